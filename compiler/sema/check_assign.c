/* check_assign.c - declarations and assignments. A bare assignment to an unknown name declares it:
 * in place when the present block is its home, else hoisted to the home with its zero value. */
#include "checker.h"

Type *arith_result(Checker *ck, Op op, Type *l, Type *r, bool *lf, bool *rf);
Tree *opassign_types(Checker *ck, Tree *t, const Ast *s);

/* Marks a local as assigned, through every lambda that captured it on the way. */
static void mark_assigned(FnCtx *fx, Local *l) {
    l->reassigned = true;
    for (; fx && l->owner == fx->fn; fx = fx->outer) {
        Local *outer = NULL;
        for (u32 i = 0; i < fx->fn->captures.n; i++)
            if (fx->fn->captures.v[i].inner == l) outer = fx->fn->captures.v[i].outer;
        if (!outer) return;
        outer->reassigned = true;
        l = outer;
    }
}

static void const_error(Checker *ck, Span at, Name name, Span decl) {
    Diag *d =
        diag_new(ck->ds, E_CONST, at, "Cannot assign to constant '%s'", name ? name->s.p : "?");
    diag_label(d, at, "assigned here");
    if (decl.file) diag_label(d, decl, "declared const here");
    diag_hint(d, "declare it with `var` if it has to change");
}

/* Reports when t is no place; marks the root variable as assigned. */
/* A global of another module is assigned only if that module says so. */
static void foreign_global(Checker *ck, const Global *g, Span at) {
    Module *m = ck->fx->mod;
    if (g->is_export || m->is_std || str_eq(g->module, m->text_name)) return;
    Diag *d =
        diag_new(ck->ds, E_PRIVATE, at, "global '%s' of module '%.*s' cannot be assigned here",
                 g->name->s.p, FMT(g->module));
    diag_label(d, at, "it can be read, not assigned");
    diag_hint(d, "declare it with `export var %s` there", g->name->s.p);
}

void place_check(Checker *ck, Tree *t, const char *what) {
    Tree *root = t;
    bool through_index = false;
    for (;;) {
        if (root->kind == TN_CAST && root->cast.how == CAST_NONE) {
            root = root->cast.e; /* a member that waits for its type, or waited */
            continue;
        }
        if (root->kind != TN_FIELD && root->kind != TN_INDEX) break;
        Type *obj =
            ty_head(ck, root->kind == TN_FIELD ? root->field.obj->type : root->index.obj->type);
        if (root->kind == TN_INDEX) {
            through_index = true;
            if (obj->kind == TY_STRING) {
                Diag *d =
                    diag_new(ck->ds, E_BAD_TARGET, t->span, "Cannot assign to a byte of a string");
                diag_label(d, t->span, "strings are immutable");
                diag_hint(d, "build a new string with slices and `+`");
                return;
            }
        }
        root = root->kind == TN_FIELD ? root->field.obj : root->index.obj;
    }
    if (root->kind == TN_ERROR ||
        (through_index && root->kind != TN_LOCAL && root->kind != TN_GLOBAL))
        return;
    if (root->kind == TN_LOCAL) {
        if (root->local->is_const && !through_index)
            const_error(ck, t->span, root->local->name, root->local->span);
        if (!through_index) mark_assigned(ck->fx, root->local);
        return;
    }
    if (root->kind == TN_GLOBAL) {
        if (root->global->is_const && !through_index)
            const_error(ck, t->span, root->global->name, root->global->span);
        else if (!through_index)
            foreign_global(ck, root->global, t->span);
        return;
    }
    Diag *d = diag_new(ck->ds, E_BAD_TARGET, t->span, "Cannot %s this", what);
    diag_label(d, t->span, "not a variable, field or element");
}

/* ---- var ---- */

static bool script_top(Checker *ck) { return ck->fx->is_script && !ck->fx->scope->outer; }

static Tree *global_node(Checker *ck, Global *g, Span span) {
    Tree *t = tn(ck, TN_GLOBAL, span, g->type);
    t->global = g;
    return t;
}

static Tree *assign_node(Checker *ck, Span span, Tree *target, Tree *value) {
    Tree *t = tn(ck, TN_ASSIGN, span, ck->t_void);
    t->assign.targets.v = NEW_N(ck->perm, Tree *, 1);
    t->assign.values.v = NEW_N(ck->perm, Tree *, 1);
    t->assign.targets.v[0] = target;
    t->assign.values.v[0] = value;
    t->assign.targets.n = t->assign.values.n = 1;
    return t;
}

static Tree *let_node(Checker *ck, Local *l, Tree *init) {
    Tree *t = tn(ck, TN_LET, l->span, ck->t_void);
    t->let.local = l;
    t->let.init = init;
    if (init && init->kind == TN_CALL && !ck->fx->mod->is_std)
        vec_push(ck->perm, &ck->key_uses, ((KeyUse){l->type, l->span}));
    return t;
}

static void no_void(Checker *ck, Tree *e) {
    Type *t = ty_head(ck, e->type);
    if (t->kind != TY_VOID) return;
    Diag *d = diag_new(ck->ds, E_NO_VALUE, e->span, "this gives no value");
    diag_label(d, e->span, "a call without a result");
    e->type = ck->t_error;
}

/* A second `var x` at the top of a script starts a new global of that name. */
static Global *script_global(Checker *ck, AstName n, Type *type, const Ast *s) {
    Module *m = ck->fx->mod;
    Symbol *sym = map_get(&m->scope, n.name);
    Global *g = sym && sym->kind == SYM_GLOBAL && sym->home == m ? sym->global : NULL;
    if (g && g->span.off != n.span.off && ty_prune(ck, g->type)->kind != TY_VAR &&
        s->kind == AST_VAR)
        g = NULL;
    if (!g) {
        g = NEW(ck->perm, Global);
        *g = (Global){.name = n.name, .module = m->text_name, .span = n.span, .type = type};
        g->id = ck->prog->globals.n;
        ty_slot(ck, &g->type);
        vec_push(ck->perm, &ck->prog->globals, g);
        sym = NEW(ck->perm, Symbol);
        *sym = (Symbol){.kind = SYM_GLOBAL, .name = n.name, .span = n.span, .home = m, .global = g};
        map_put(ck->perm, &m->scope, n.name, sym);
    }
    if (s->flags & AF_CONST) g->is_const = true;
    return g;
}

static Tree *declare_one(Checker *ck, const Ast *s, AstName n, Tree *init, Type *type) {
    if (n.name == ck->n.underscore) return init;
    if (script_top(ck)) {
        Global *g = script_global(ck, n, type, s);
        if (!ty_unify(ck, g->type, type)) {
            init = coerce(ck, init, g->type,
                          (Site){.kind = SITE_ASSIGN, .name = n.name, .decl = g->span});
        }
        return assign_node(ck, s->span, global_node(ck, g, n.span), init);
    }
    Local *l = local_new(ck, n.name, n.span, type);
    l->is_const = s->flags & AF_CONST;
    return let_node(ck, l, init);
}

static Pattern *bind_pattern(Checker *ck, Local *l, Type *type, Span span) {
    Pattern *p = NEW(ck->perm, Pattern);
    p->kind = l ? PAT_BIND : PAT_WILD;
    p->type = type;
    p->span = span;
    p->bind = l;
    ty_slot(ck, &p->type);
    return p;
}

/* Locals for the names of a destructuring; at the top of a script temporaries and stores to
 * globals. */
typedef struct Unpack {
    Pattern **parts;
    Tree **stores;
    u32 store_count;
} Unpack;

static Pattern *unpack_name(Checker *ck, const Ast *s, AstName n, Type *type, Unpack *u) {
    if (!n.name || n.name == ck->n.underscore) return bind_pattern(ck, NULL, type, n.span);
    if (!script_top(ck)) return bind_pattern(ck, local_new(ck, n.name, n.span, type), type, n.span);
    Local *tmp = local_temp(ck, type, n.span);
    Global *g = script_global(ck, n, type, s);
    ty_unify(ck, g->type, type);
    Tree *from = tn(ck, TN_LOCAL, n.span, type);
    from->local = tmp;
    u->stores[u->store_count++] =
        assign_node(ck, n.span, global_node(ck, g, n.span),
                    coerce(ck, from, g->type, (Site){.kind = SITE_ASSIGN, .name = n.name}));
    return bind_pattern(ck, tmp, type, n.span);
}

static Tree *unpack_done(Checker *ck, const Ast *s, Pattern *p, Tree *e, Unpack *u) {
    Tree *t = tn(ck, TN_DESTRUCT, s->span, ck->t_void);
    t->letc.pattern = p;
    t->letc.e = e;
    if (!u->store_count) return t;
    Tree *b = tn(ck, TN_BLOCK, s->span, ck->t_void);
    b->block.stmts.v = NEW_N(ck->perm, Tree *, u->store_count + 1);
    b->block.stmts.v[0] = t;
    for (u32 i = 0; i < u->store_count; i++) b->block.stmts.v[i + 1] = u->stores[i];
    b->block.stmts.n = u->store_count + 1;
    return b;
}

static Tree *tuple_of(Checker *ck, const AstList *values, Span span) {
    if (values->n == 1) return check_value(ck, values->v[0], NULL);
    Ast tuple = {.kind = AST_TUPLE, .span = span};
    tuple.list.elems = *values;
    return check_value(ck, &tuple, NULL);
}

static bool count_check(Checker *ck, Span span, u32 want, Type *t) {
    if (t->kind == TY_ERROR) return false;
    if (t->kind == TY_TUPLE && t->n == want) return true;
    Str s = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_PATTERN, span, "%u names on the left, but the value is %.*s",
                       want, FMT(s));
    diag_label(d, span, "the counts do not match");
    return false;
}

/* A value of unknown type that is taken apart is a tuple of n parts. */
static Type *open_tuple(Checker *ck, Span span, u32 n, Type *t) {
    if (t->kind != TY_VAR) return t;
    Type **parts = NEW_N(ck->perm, Type *, n);
    for (u32 i = 0; i < n; i++) parts[i] = ty_fresh(ck, span, VD_INT, "elements");
    ty_unify(ck, t, type_make(ck->ts, TY_TUPLE, parts, n));
    return ty_prune(ck, t);
}

static Tree *var_tuple(Checker *ck, const Ast *s) {
    Tree *e = tuple_of(ck, &s->var.values, s->span);
    Type *t = ty_force(ck, e->type);
    u32 n = s->var.names.n;
    t = open_tuple(ck, s->span, n, t);
    bool ok = count_check(ck, s->span, n, t);
    Unpack u = {NULL, NEW_N(ck->perm, Tree *, n), 0};
    Pattern *p = bind_pattern(ck, NULL, t, s->span);
    p->kind = PAT_TUPLE;
    p->tuple.n = n;
    p->tuple.elems = NEW_N(ck->perm, Pattern *, n);
    for (u32 i = 0; i < n; i++)
        p->tuple.elems[i] =
            unpack_name(ck, s, s->var.names.v[i], ok ? t->args[i] : ck->t_error, &u);
    return unpack_done(ck, s, p, e, &u);
}

static Tree *var_array(Checker *ck, const Ast *s) {
    Tree *e = check_value(ck, s->var.values.v[0], NULL);
    Type *elem = ty_fresh(ck, s->span, VD_INT, "elements");
    Type *array = type_1(ck->ts, TY_ARRAY, elem);
    if (!ty_unify(ck, e->type, array)) {
        Str f = ty_text(ck, e->type);
        Diag *d =
            diag_new(ck->ds, E_BAD_PATTERN, e->span, "Cannot take %.*s apart as an array", FMT(f));
        diag_label(d, e->span, "Got: %.*s", FMT(f));
    }
    u32 n = s->var.names.n;
    Unpack u = {NULL, NEW_N(ck->perm, Tree *, n + 1), 0};
    Pattern *p = bind_pattern(ck, NULL, array, s->span);
    p->kind = PAT_ARRAY;
    p->array.n = n;
    p->array.elems = NEW_N(ck->perm, Pattern *, n);
    for (u32 i = 0; i < n; i++) p->array.elems[i] = unpack_name(ck, s, s->var.names.v[i], elem, &u);
    if (s->var.rest.name) {
        p->array.has_rest = true;
        p->array.rest_at = n;
        p->array.rest = unpack_name(ck, s, s->var.rest, array, &u)->bind;
    }
    return unpack_done(ck, s, p, e, &u);
}

Tree *check_var(Checker *ck, const Ast *s) {
    if (s->flags & AF_ARRAY) return var_array(ck, s);
    if (s->var.names.n > 1 || (s->flags & AF_TUPLE)) return var_tuple(ck, s);
    AstName n = s->var.names.v[0];
    if (!s->var.type) {
        Tree *init = check_value(ck, s->var.values.v[0], NULL);
        no_void(ck, init);
        return declare_one(ck, s, n, init, init->type);
    }
    Type *type = resolve_type(ck, ck->fx->mod, ck->fx->env, s->var.type);
    Tree *init = check_to(ck, s->var.values.v[0], type,
                          (Site){.kind = SITE_DECL, .name = n.name, .decl = s->var.type->span});
    return declare_one(ck, s, n, init, type);
}

/* ---- assignment ---- */

static Scope *home_scope(Checker *ck) {
    Scope *s = ck->fx->scope;
    while (!s->home) s = s->outer;
    return s;
}

/* `n = 1` in a function looks like a variable of its own while `n` is a global by a bare assignment
 * further down. */
static void later_global_lint(Checker *ck, const Tree *t) {
    if (!t || t->kind != TN_GLOBAL || ck->fx->is_script || !t->global->bare) return;
    Span g = t->global->span;
    if (g.file != t->span.file || g.off < t->span.off) return;
    const char *name = t->global->name->s.p;
    Diag *d = diag_new(ck->ds, L_LATER_GLOBAL, t->span,
                       "this assigns the global '%s', which is first seen below", name);
    diag_label(d, t->span, "changes the variable of the whole file");
    diag_label(d, g, "the global");
    diag_hint(d, "`var %s = ...` here makes a variable of this function; "
                 "`var %s = ...` above it says that the global is meant", name, name);
}

/* The target of a bare name: an existing variable, or NULL when the name is new. */
static Tree *name_target(Checker *ck, const Ast *t) {
    Name name = t->name.name;
    Local *l = local_find(ck, name);
    if (l) {
        Tree *r = tn(ck, TN_LOCAL, t->span, l->type);
        r->local = l;
        return r;
    }
    Symbol *s = map_get(&ck->fx->mod->scope, name);
    if (!s && ck->fx->mod->is_std) s = map_get(&ck->std_scope, name);
    if (!s || s->kind != SYM_GLOBAL) return NULL;
    global_wake(ck, s);
    return global_node(ck, s->global, t->span);
}

static Tree *declare_bare(Checker *ck, const Ast *target, Span span, Tree *value) {
    no_void(ck, value);
    Scope *home = home_scope(ck), *here = ck->fx->scope;
    ck->fx->scope = home;
    Local *l = local_new(ck, target->name.name, target->span, value->type);
    ck->fx->scope = here;
    if (home == here) return let_node(ck, l, value);
    vec_push(ck->perm, &home->hoisted, l);
    l->reassigned = true;
    Tree *t = tn(ck, TN_LOCAL, target->span, l->type);
    t->local = l;
    return assign_node(ck, span, t, value);
}

static Tree *par_bind(Checker *ck, const Ast *s, const Ast *value);

static Tree *store_value(Checker *ck, Tree *target, const Ast *value, const Ast *s) {
    Site site = {.kind = SITE_ASSIGN};
    if (target->kind == TN_LOCAL) site.name = target->local->name, site.decl = target->local->span;
    if (target->kind == TN_GLOBAL)
        site.name = target->global->name, site.decl = target->global->span;
    if (target->kind == TN_INDEX) site.kind = SITE_STORE, site.whole = target->index.obj->type;
    const Ast *place = s->kind == AST_ASSIGN ? s->assign.targets.v[0] : NULL;
    if (place && place->kind == AST_FIELD) site.name = place->field.name;
    return check_to(ck, value, target->type, site);
}

static Tree *assign_one(Checker *ck, const Ast *s) {
    const Ast *target = s->assign.targets.v[0], *value = s->assign.values.v[0];
    if (ck->fx->parallel == ck->fx->scope && ck->fx->scope && target->kind == AST_NAME) {
        Tree *p = par_bind(ck, s, value);
        if (p) return p;
    }
    if (target->kind != AST_NAME) {
        Tree *t = check_expr(ck, target, NULL);
        place_check(ck, t, "assign to");
        return assign_node(ck, s->span, t, store_value(ck, t, value, s));
    }
    if (target->name.name == ck->n.underscore) return check_value(ck, value, NULL);
    Tree *t = name_target(ck, target);
    later_global_lint(ck, t);
    if (!t) return declare_bare(ck, target, s->span, check_value(ck, value, NULL));
    if (t->kind == TN_GLOBAL && ck->fx->is_script && ty_prune(ck, t->type)->kind == TY_VAR) {
        Tree *v = check_value(ck, value, NULL);
        no_void(ck, v);
        if (ty_prune(ck, t->type)->kind == TY_VAR) ty_unify(ck, t->type, v->type);
        return assign_node(
            ck, s->span, t,
            coerce(ck, v, t->type, (Site){.kind = SITE_ASSIGN, .name = target->name.name}));
    }
    place_check(ck, t, "assign to");
    return assign_node(ck, s->span, t, store_value(ck, t, value, s));
}

/* a, b = e, f and a, b = tuple: new names are declared in their home. */
static Tree *assign_many(Checker *ck, const Ast *s) {
    u32 n = s->assign.targets.n;
    Tree **targets = NEW_N(ck->perm, Tree *, n);
    for (u32 i = 0; i < n; i++) {
        const Ast *t = s->assign.targets.v[i];
        targets[i] = t->kind == AST_NAME ? name_target(ck, t) : check_expr(ck, t, NULL);
        later_global_lint(ck, targets[i]);
        if (targets[i]) place_check(ck, targets[i], "assign to");
    }
    Tree *out = tn(ck, TN_ASSIGN, s->span, ck->t_void);
    out->assign.targets = (TreeList){targets, n};
    Tree *tuple = NULL;
    Type *tt = NULL;
    if (s->assign.values.n == 1) {
        tuple = check_value(ck, s->assign.values.v[0], NULL);
        tt = open_tuple(ck, s->span, n, ty_force(ck, tuple->type));
        if (!count_check(ck, s->span, n, tt)) return tn_error(ck, s->span);
    } else if (s->assign.values.n != n) {
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, s->span, "%u targets, but %u values", n,
                           s->assign.values.n);
        diag_label(d, s->span, "the counts do not match");
        return tn_error(ck, s->span);
    }
    Tree **values = NEW_N(ck->perm, Tree *, n);
    Local *tmp = tuple ? local_temp(ck, tuple->type, s->span) : NULL;
    for (u32 i = 0; i < n; i++) {
        const Ast *ta = s->assign.targets.v[i];
        Tree *v;
        if (tuple) {
            v = tn(ck, TN_FIELD, ta->span, tt->args[i]);
            v->field.obj = tn(ck, TN_LOCAL, ta->span, tuple->type);
            v->field.obj->local = tmp;
            v->field.index = i;
        } else {
            v = check_value(ck, s->assign.values.v[i], targets[i] ? targets[i]->type : NULL);
        }
        if (!targets[i]) {
            if (ta->name.name == ck->n.underscore) {
                Local *l = local_temp(ck, v->type, ta->span);
                targets[i] = tn(ck, TN_LOCAL, ta->span, v->type);
                targets[i]->local = l;
                vec_push(ck->perm, &home_scope(ck)->hoisted, l);
            } else {
                Scope *home = home_scope(ck), *here = ck->fx->scope;
                ck->fx->scope = home;
                Local *l = local_new(ck, ta->name.name, ta->span, v->type);
                ck->fx->scope = here;
                vec_push(ck->perm, &home->hoisted, l);
                l->reassigned = true;
                targets[i] = tn(ck, TN_LOCAL, ta->span, v->type);
                targets[i]->local = l;
            }
        } else if (targets[i]->kind == TN_GLOBAL &&
                   ty_prune(ck, targets[i]->type)->kind == TY_VAR) {
            ty_unify(ck, targets[i]->type, v->type);
        }
        values[i] = coerce(
            ck, v, targets[i]->type,
            (Site){.kind = SITE_ASSIGN, .name = ta->kind == AST_NAME ? ta->name.name : NULL});
    }
    out->assign.values = (TreeList){values, n};
    if (!tuple) return out;
    Tree *b = tn(ck, TN_BLOCK, s->span, ck->t_void);
    b->block.stmts.v = NEW_N(ck->perm, Tree *, 2);
    b->block.stmts.v[0] = let_node(ck, tmp, tuple);
    b->block.stmts.v[1] = out;
    b->block.stmts.n = 2;
    return b;
}

static Tree *par_bind_node(Checker *ck, const Ast *s, Local *l, Tree *call) {
    Tree *b = tn(ck, TN_PAR_BIND, s->span, ck->t_void);
    b->parbind.local = l;
    b->parbind.call = call;
    return b;
}

/* a = spawn f(x), a = f(x) directly in a parallel block: a task whose value a gets at the brace. */
static Tree *par_bind(Checker *ck, const Ast *s, const Ast *value) {
    const Ast *call = value->kind == AST_SPAWN ? value->one.e : value;
    bool user = call->kind == AST_CALL && call->call.fn->kind == AST_NAME &&
                map_get(&ck->fx->mod->fns, call->call.fn->name.name) &&
                !local_find(ck, call->call.fn->name.name);
    if (!user && value->kind == AST_CALL && call->call.fn->kind == AST_NAME &&
        !local_find(ck, call->call.fn->name.name)) {
        Symbol *sym = map_get(&ck->fx->mod->scope, call->call.fn->name.name);
        user = sym && sym->kind == SYM_FN;
    }
    if (value->kind != AST_SPAWN && !user) return NULL;
    const Ast *target = s->assign.targets.v[0];
    Tree *e;
    if (value->kind == AST_SPAWN) {
        Tree *sp = check_spawn(ck, value, false);
        if (sp->kind == TN_ERROR) return sp;
        e = sp->spawn.e;
    } else {
        e = check_expr(ck, call, NULL);
    }
    Tree *t = name_target(ck, target);
    if (t) {
        place_check(ck, t, "assign to");
        bool open = ty_prune(ck, t->type)->kind == TY_VAR || ty_prune(ck, e->type)->kind == TY_VAR;
        if (open) ty_unify(ck, t->type, e->type);
        if (t->kind == TN_LOCAL && ty_prune(ck, t->type) == ty_prune(ck, e->type)) {
            t->local->reassigned = true;
            return par_bind_node(ck, s, t->local, e);
        }
        return assign_node(
            ck, s->span, t,
            coerce(ck, e, t->type, (Site){.kind = SITE_ASSIGN, .name = target->name.name}));
    }
    Scope *home = ck->fx->scope->outer, *here = ck->fx->scope;
    while (!home->home) home = home->outer;
    ck->fx->scope = home;
    Local *l = local_new(ck, target->name.name, target->span, e->type);
    ck->fx->scope = here;
    vec_push(ck->perm, &home->hoisted, l);
    l->reassigned = true;
    return par_bind_node(ck, s, l, e);
}

static Tree *check_opassign(Checker *ck, const Ast *s) {
    const Ast *target = s->opassign.target;
    Tree *t = tn(ck, TN_OPASSIGN, s->span, ck->t_void);
    t->opassign.op = s->opassign.op;
    t->opassign.target = target->kind == AST_NAME ? name_target(ck, target)
                                                  : check_expr(ck, target, NULL);
    if (!t->opassign.target) t->opassign.target = check_expr(ck, target, NULL);
    if (t->opassign.target->kind == TN_ERROR) return t->opassign.target;
    place_check(ck, t->opassign.target, "assign to");
    return opassign_types(ck, t, s);
}

Tree *check_assign(Checker *ck, const Ast *s) {
    if (s->kind == AST_OPASSIGN) return check_opassign(ck, s);
    return s->assign.targets.n == 1 ? assign_one(ck, s) : assign_many(ck, s);
}
