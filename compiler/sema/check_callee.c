/* check_callee.c - from the text of a call to who is called: language forms (print, Some, Ok, Err),
 * variant constructors, functions by name, statics of types and modules, methods, and values. */
#include "calls.h"

static Tree *check_print(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_PRINT, e->span, ck->t_void);
    const AstArgs *a = &e->call.args;
    t->print.args.v = NEW_N(ck->perm, Tree *, a->n + 1);
    for (u32 i = 0; i < a->n; i++) {
        const AstArg *g = &a->v[i];
        if (g->name && (g->name == ck->n.sep || g->name == ck->n.end)) {
            Tree *v = check_to(ck, g->value, ck->t_string,
                               (Site){.kind = SITE_ARG, .name = g->name, .owner = ck->n.print});
            if (g->name == ck->n.sep)
                t->print.sep = v;
            else
                t->print.end = v;
            continue;
        }
        if (g->name) {
            Diag *d = diag_new(ck->ds, E_BAD_ARGUMENT, g->name_span,
                               "'print' has no parameter '%s'", g->name->s.p);
            diag_label(d, g->name_span, "only sep: and end:");
        }
        t->print.args.v[t->print.args.n++] = check_value(ck, g->value, NULL);
    }
    return t;
}

static bool one_arg(Checker *ck, const Ast *e, const char *name) {
    if (e->call.args.n == 1 && !e->call.args.v[0].name) return true;
    Diag *d = diag_new(ck->ds, E_ARG_COUNT, e->span, "Wrong number of arguments for %s", name);
    diag_label(d, e->span, "Got: %u", e->call.args.n);
    diag_note(d, "Expected: 1");
    return false;
}

static Tree *check_some(Checker *ck, const Ast *e, Type *want) {
    if (!one_arg(ck, e, "Some")) return tn_error(ck, e->span);
    Type *head = want ? ty_head(ck, want) : NULL;
    Type *inner = head && head->kind == TY_OPTION ? head->args[0] : NULL;
    Tree *t = tn(ck, TN_SOME, e->span, ck->t_error);
    t->one.e = check_value(ck, e->call.args.v[0].value, inner);
    if (inner && ty_head(ck, inner)->kind != TY_VAR)
        t->one.e = coerce(ck, t->one.e, inner, (Site){.kind = SITE_DECL});
    else if (inner)
        ty_unify(ck, inner, t->one.e->type);
    tn_type(ck, t, inner ? head : type_1(ck->ts, TY_OPTION, t->one.e->type));
    return t;
}

static Tree *check_ok_err(Checker *ck, const Ast *e, Type *want, bool ok) {
    if (!(ok && e->call.args.n == 0) && !one_arg(ck, e, ok ? "Ok" : "Err"))
        return tn_error(ck, e->span);
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION) head = ty_head(ck, head->args[0]);
    Tree *t = tn(ck, ok ? TN_OK : TN_ERR, e->span, ck->t_error);
    bool wanted = head && head->kind == TY_RESULT;
    Type *part = wanted ? head->args[ok ? 0 : 1] : NULL;
    if (e->call.args.n == 0) {
        t->one.e = tn(ck, TN_ZERO, e->span, ck->t_void);
        tn_type(ck, t,
                wanted ? head
                       : type_2(ck->ts, TY_RESULT, ck->t_void,
                                ty_fresh(ck, e->span, VD_STRING, "errors")));
        return t;
    }
    t->one.e = check_value(ck, e->call.args.v[0].value, part);
    if (wanted) {
        if (ty_prune(ck, part)->kind == TY_VAR) ty_unify(ck, part, t->one.e->type);
        t->one.e = coerce(ck, t->one.e, part, (Site){.kind = SITE_RETURN});
        tn_type(ck, t, head);
        return t;
    }
    Type *other = ty_fresh(ck, e->span, ok ? VD_STRING : VD_INT, ok ? "errors" : "results");
    tn_type(ck, t,
            ok ? type_2(ck->ts, TY_RESULT, t->one.e->type, other)
               : type_2(ck->ts, TY_RESULT, other, t->one.e->type));
    return t;
}

static Tree *call_decl(Checker *ck, FnDecl *d, const Ast *e, Span name_span, Type *owner_inst,
                       const AstList *targs, Type *want) {
    Call *c = NEW(ck->perm, Call);
    *c = (Call){.d = d,
                .args = call_args(ck, &e->call.args),
                .owner_inst = owner_inst,
                .span = e->span,
                .name_span = name_span,
                .want = want};
    if (targs) {
        c->targ_n = targs->n;
        c->targs = NEW_N(ck->perm, Type *, targs->n + 1);
        for (u32 i = 0; i < targs->n; i++)
            c->targs[i] = resolve_type(ck, ck->fx->mod, ck->fx->env, targs->v[i]);
    }
    private_check(ck, d, name_span);
    return fn_call(ck, c);
}

static FnDecl *named_fn(Checker *ck, Name name) {
    FnDecl *d = map_get(&ck->fx->mod->fns, name);
    if (d) return d;
    Symbol *s = map_get(&ck->fx->mod->scope, name);
    if (s && s->kind == SYM_FN) return s->fn;
    return NULL;
}

static FnDecl *std_fn(Checker *ck, Name name) {
    Symbol *s = map_get(&ck->std_scope, name);
    if (s && s->kind == SYM_FN) return s->fn;
    for (u32 i = 1; i + 1 < name->s.n; i++) {
        if (name->s.p[i] != '_') continue;
        Owner *o = map_get(&ck->owners, intern(ck->names, (Str){name->s.p, i}));
        FnDecl *d =
            o ? owner_method(o, intern(ck->names, (Str){name->s.p + i + 1, name->s.n - i - 1}))
              : NULL;
        if (d) return d;
    }
    return NULL;
}

static Symbol *variant_by_want(Checker *ck, Symbol *v, const Ast *e, Type *want) {
    if (!v->variant.other) return v;
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION) head = ty_head(ck, head->args[0]);
    Symbol *fit = NULL;
    u32 fits = 0;
    for (Symbol *s = v; s; s = s->variant.other) {
        if (head && s->variant.type == head->decl) return s;
        if (s->variant.type->ast->enum_.variants[s->variant.index].payload.n == e->call.args.n)
            fit = s, fits++;
    }
    if (fits == 1) return fit;
    Diag *d = diag_new(ck->ds, E_AMBIGUOUS, e->call.fn->span, "'%s' is a variant of several enums",
                       v->name->s.p);
    diag_label(d, e->call.fn->span, "which one?");
    for (Symbol *s = v; s; s = s->variant.other)
        diag_hint(d, "write %s.%s(...)", s->variant.type->name->s.p, s->name->s.p);
    return v;
}

/* Language forms written as calls; NULL when the name is something else. */
static Tree *call_form(Checker *ck, const Ast *e, Name name, Type *want) {
    if (name == ck->n.print || name == ck->n.println) return check_print(ck, e);
    if (name == ck->n.Some || name == ck->n.Ok || name == ck->n.Err) {
        if (name == ck->n.Some) return check_some(ck, e, want);
        return check_ok_err(ck, e, want, name == ck->n.Ok);
    }
    if (name == ck->n.await_any && e->call.args.n == 1 &&
        e->call.args.v[0].value->kind == AST_ARRAY && !e->call.args.v[0].value->list.elems.n)
        return tn(ck, TN_INT, e->span, ck->t_int); /* a literal [] gives 0 */
    if ((name == ck->n.none || name == ck->n.None) && e->call.args.n == 0)
        return check_expr(ck, e->call.fn, want);
    return NULL;
}

static bool is_fn_value(Checker *ck, Type *t) {
    t = ty_head(ck, t);
    return t->kind == TY_FN || t->kind == TY_VAR || t->kind == TY_ERROR;
}

/* A variable of the name: called when it holds a function, or when no function has the name. */
static Tree *variable_call(Checker *ck, const Ast *e, Name name) {
    Local *l = local_find(ck, name);
    Symbol *s = l ? NULL : map_get(&ck->fx->mod->scope, name);
    if (!l && (!s || s->kind != SYM_GLOBAL)) return NULL;
    if (!is_fn_value(ck, l ? l->type : s->global->type) &&
        (map_get(&ck->fx->mod->fns, name) || std_fn(ck, name) ||
         variant_symbol(ck, ck->fx->mod, name)))
        return NULL;
    CallArgs args = call_args(ck, &e->call.args);
    return call_value(ck, check_expr(ck, e->call.fn, NULL), &args, e->span);
}

static Tree *unknown_fn(Checker *ck, const Ast *e, Name name) {
    Diag *d = undefined_diag(ck, e->call.fn->span, "variable", name);
    for (u32 i = 0; d && i < ck->fx->mod->imports.n; i++) {
        Module *m = ck->fx->mod->imports.v[i];
        const FnDecl *there = m ? map_get(&m->fns, name) : NULL;
        if (!there || (!there->is_pub && !m->is_std)) continue;
        diag_hint(d, "'%s' must be called as '%s.%s(...)'", name->s.p, m->name->s.p, name->s.p);
        break;
    }
    static const char *const forms[] = {"print", "println", "Some", "Ok", "Err"};
    Map extra = {0};
    for (u32 i = 0; i < COUNT_OF(forms); i++)
        map_put(ck->perm, &extra, intern_c(ck->names, forms[i]), ck);
    const Map *maps[] = {&ck->fx->mod->fns, &extra, &ck->fx->mod->scope, &ck->std_scope};
    Symbol *type = map_get(&ck->fx->mod->scope, name);
    if (d && type && type->kind == SYM_TYPE && type->type->kind == TY_STRUCT)
        diag_hint(d, "it is a struct: write %s { field: value, ... }", name->s.p);
    if (d && d->code == E_UNDEFINED && d->hints.n == 0) suggest(ck, d, name, maps, 4);
    for (u32 i = 0; i < e->call.args.n; i++)
        if (e->call.args.v[i].value->kind != AST_ADDR)
            check_expr(ck, e->call.args.v[i].value, NULL);
    return tn_error(ck, e->span);
}

static Tree *call_name(Checker *ck, const Ast *e, const Ast *fn, const AstList *targs, Type *want) {
    Name name = fn->name.name;
    Tree *t = variable_call(ck, e, name);
    if (t) return t;
    FnDecl *d = named_fn(ck, name);
    if (d) return call_decl(ck, d, e, fn->span, NULL, targs, want);
    Symbol *v = variant_symbol(ck, ck->fx->mod, name);
    if (v && !v->variant.other && std_fn(ck, name) &&
        v->variant.type->ast->enum_.variants[v->variant.index].payload.n != e->call.args.n)
        v = NULL; /* a library function of that name fits better */
    if (v) {
        v = variant_by_want(ck, v, e, want);
        return variant_make(ck, v->variant.type, want, v->variant.index, &e->call.args, e->span,
                            true);
    }
    t = call_form(ck, e, name, want);
    if (t) return t;
    d = std_fn(ck, name);
    if (d) return call_decl(ck, d, e, fn->span, NULL, targs, want);
    Owner *o = map_get(&ck->owners, name); /* Mutex(0) is Mutex.new(0) */
    Symbol *type = map_get(&ck->std_scope, name);
    if (type && type->kind == SYM_TYPE) o = &type->type->owner;
    d = o ? owner_method(o, ck->n.new) : NULL;
    if (d) return call_decl(ck, d, e, fn->span, NULL, targs, want);
    return unknown_fn(ck, e, name);
}

/* ---- statics and methods ---- */

static Tree *no_fn(Checker *ck, const Ast *e, const Ast *field, const char *what, Name owner,
                   const Map *names) {
    Diag *d = diag_new(ck->ds, E_NO_MEMBER, field->field.name_span,
                       "unknown function '%s.%s': %s '%s' has no such function", owner->s.p,
                       field->field.name->s.p, what, owner->s.p);
    diag_label(d, field->field.name_span, "not found");
    if (str_eq(owner->s, S("Task")) && str_eq(field->field.name->s, S("select")))
        diag_hint(d, "did you mean 'Task.select_2' or 'Task.select_3'?");
    else
        suggest(ck, d, field->field.name, (const Map *[]){names}, 1);
    for (u32 i = 0; i < e->call.args.n; i++) check_expr(ck, e->call.args.v[i].value, NULL);
    return tn_error(ck, e->span);
}

static Tree *call_static(Checker *ck, const Ast *e, const Ast *field, const Static *st,
                         const AstList *targs, Type *want) {
    Name name = field->field.name;
    Span at = field->field.name_span;
    if (st->module) {
        FnDecl *d = map_get(&st->module->fns, name);
        if (d) return call_decl(ck, d, e, at, NULL, targs, want);
        Symbol *s = map_get(&st->module->scope, name);
        if (s && s->kind == SYM_GLOBAL) {
            CallArgs args = call_args(ck, &e->call.args);
            return call_value(ck, check_expr(ck, field, NULL), &args, e->span);
        }
        return no_fn(ck, e, field, "module", st->module->name, &st->module->fns);
    }
    if (st->type) {
        int v = variant_index(st->type, name);
        if (v >= 0)
            return variant_make(ck, st->type, st->inst ? st->inst : want, (u32)v, &e->call.args,
                                e->span, true);
        FnDecl *d = owner_method(&st->type->owner, name);
        for (u32 i = 0; i < ck->impls.n && !d; i++)
            if (ck->impls.v[i]->for_decl == st->type)
                d = owner_method(&ck->impls.v[i]->methods, name);
        Type *inst = st->inst;
        Type *head = want ? ty_head(ck, want) : NULL;
        if (!inst && head && head->decl == st->type && st->type->gens && st->type->gens->n)
            inst = head;
        if (d) return call_decl(ck, d, e, at, inst, targs, want);
        return no_fn(ck, e, field, st->type->kind == TY_ENUM ? "enum" : "struct", st->type->name,
                     &st->type->owner.methods);
    }
    FnDecl *d = owner_method(st->owner, name);
    if (d) return call_decl(ck, d, e, at, st->inst, targs, want);
    return no_fn(ck, e, field, "module", st->owner->name, &st->owner->methods);
}

static Tree *call_on(Checker *ck, Tree *recv, const Ast *e, const Ast *field, const AstList *targs,
                     Type *want) {
    Call *c = NEW(ck->perm, Call);
    *c = (Call){.args = call_args(ck, &e->call.args),
                .span = e->span,
                .name_span = field->field.name_span,
                .want = want};
    if (targs) {
        c->targ_n = targs->n;
        c->targs = NEW_N(ck->perm, Type *, targs->n + 1);
        for (u32 i = 0; i < targs->n; i++)
            c->targs[i] = resolve_type(ck, ck->fx->mod, ck->fx->env, targs->v[i]);
    }
    return member_call(ck, recv, field->field.name, c);
}

/* m.get(k).unwrap_or(d) is m.get(k, d); m.get_opt(k) gives the option. */
static Tree *get_unwrap_or(Checker *ck, const Ast *e, const Ast *field, Tree **recv) {
    const Ast *inner = field->field.obj;
    if (field->field.name != ck->n.unwrap_or || inner->kind != AST_CALL ||
        inner->call.fn->kind != AST_FIELD || inner->call.fn->field.name != ck->n.get ||
        inner->call.args.n != 1 || e->call.args.n != 1)
        return NULL;
    Static st;
    if (static_of(ck, inner->call.fn->field.obj, &st)) return NULL;
    Tree *m = check_value(ck, inner->call.fn->field.obj, NULL);
    if (!ty_is(ck, m->type, TY_MAP)) {
        *recv = call_on(ck, m, inner, inner->call.fn, NULL, NULL);
        return NULL;
    }
    AstArg two[2] = {inner->call.args.v[0], e->call.args.v[0]};
    AstArgs both = {two, 2};
    Call *c = NEW(ck->perm, Call);
    *c = (Call){.args = call_args(ck, &both),
                .span = e->span,
                .name_span = inner->call.fn->field.name_span};
    return member_call(ck, m, ck->n.get, c);
}

/* Walks down the receivers of a.b().c().d() in a loop, then builds the calls on the way back. */
static Tree *call_method(Checker *ck, const Ast *e, const Ast *field, const AstList *targs,
                         Type *want) {
    Tree *recv = NULL;
    Tree *t = get_unwrap_or(ck, e, field, &recv);
    if (t) return t;
    if (!recv) recv = check_value(ck, field->field.obj, NULL);
    return call_on(ck, recv, e, field, targs, want);
}

static Tree *call_once(Checker *ck, const Ast *e, Type *want) {
    const Ast *fn = e->call.fn;
    const AstList *targs = NULL;
    if (fn->kind == AST_TARGS && fn->targs.e->kind != AST_TARGS) {
        targs = &fn->targs.types;
        fn = fn->targs.e;
    }
    Static st;
    switch ((int)fn->kind) {
    case AST_NAME:
        if (!(fn->flags & AF_PAREN)) return call_name(ck, e, fn, targs, want);
        break;
    case AST_NONE: return check_expr(ck, fn, want);
    case AST_FIELD:
        if (static_of(ck, fn->field.obj, &st)) return call_static(ck, e, fn, &st, targs, want);
        return call_method(ck, e, fn, targs, want);
    case AST_OPT_FIELD: return opt_chain(ck, fn, &e->call.args, e->span);
    }
    CallArgs args = call_args(ck, &e->call.args);
    return call_value(ck, check_value(ck, fn, NULL), &args, e->span);
}

/* A long chain of method calls is deep on the left: the innermost receivers are checked first. */
static Tree *call_spine(Checker *ck, const Ast *e, Type *want) {
    const Ast **spine = NULL;
    u32 n = 0, cap = 0;
    const Ast *at = e;
    while (at->kind == AST_CALL && at->call.fn->kind == AST_FIELD &&
           at->call.fn->field.obj->kind == AST_CALL && at->call.fn->field.name != ck->n.unwrap_or) {
        if (n == cap) {
            u32 bigger = cap ? cap * 2 : 32;
            spine = arena_grow(ck->perm, spine, cap * sizeof *spine, bigger * sizeof *spine, 8);
            cap = bigger;
        }
        spine[n++] = at;
        at = at->call.fn->field.obj;
    }
    Tree *t = call_once(ck, at, NULL);
    while (n-- > 0) {
        const Ast *c = spine[n];
        if (ty_head(ck, t->type)->kind == TY_VOID) {
            no_value(ck, t->span);
            t = tn_error(ck, t->span);
        }
        t = call_on(ck, t, c, c->call.fn, NULL, n == 0 ? want : NULL);
    }
    return t;
}

Tree *check_call(Checker *ck, const Ast *e, Type *want) {
    const Ast *fn = e->call.fn;
    if (fn->kind == AST_FIELD && fn->field.obj->kind == AST_CALL &&
        fn->field.name != ck->n.unwrap_or)
        return call_spine(ck, e, want);
    return call_once(ck, e, want);
}
