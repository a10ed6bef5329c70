/* check_expr.c - the dispatch over expressions, names, lambdas, interpolation, ? and ??. */
#include "calls.h"

Tree *check_value(Checker *ck, const Ast *e, Type *want) {
    Tree *t = check_expr(ck, e, want);
    Type *type = ty_head(ck, t->type);
    if (type->kind == TY_VAR) vec_push(ck->perm, &ck->needed, t);
    if (type->kind != TY_VOID) return t;
    no_value(ck, t->span);
    return tn_error(ck, e->span);
}

void no_value(Checker *ck, Span span) {
    Diag *d = diag_new(ck->ds, E_NO_VALUE, span, "Type mismatch: this gives no value");
    diag_label(d, span, "a value is needed here, but this is void");
}

Tree *check_to(Checker *ck, const Ast *e, Type *to, Site site) {
    return coerce(ck, check_expr(ck, e, to), to, site);
}

static Tree *check_int(Checker *ck, const Ast *e, Type *want) {
    Tree *t = tn(ck, TN_INT, e->span, ck->t_int);
    t->int_.value = (i64)e->int_.value;
    if ((e->flags & AF_DECIMAL) && e->int_.value > INT64_MAX) {
        Diag *d =
            diag_new(ck->ds, E_INT_TOO_LARGE, e->span, "this number is too large for a 64-bit int");
        diag_label(d, e->span, "the largest int is 9223372036854775807");
    }
    (void)want;
    return t;
}

/* ---- names ---- */

static Tree *undefined(Checker *ck, const Ast *e, Name name) {
    Diag *d = undefined_diag(ck, e->span, "variable", name);
    if (!d || d->code != E_UNDEFINED) return tn_error(ck, e->span);
    const Local *self = local_find(ck, ck->n.self);
    Type *own = self ? ty_head(ck, self->type) : NULL;
    u32 at;
    if (own && own->kind == TY_STRUCT && struct_field(ck, own, name, &at)) {
        diag_hint(d, "write self.%s", name->s.p);
        return tn_error(ck, e->span);
    }
    Map locals = {0};
    for (FnCtx *fx = ck->fx; fx; fx = fx->outer)
        for (Scope *s = fx->scope; s; s = s->outer)
            for (u32 i = 0; i < s->locals.n; i++)
                if (s->locals.v[i]->name)
                    map_put(ck->perm, &locals, s->locals.v[i]->name, s->locals.v[i]);
    static const char *const built_in[] = {"print", "println", "Some", "None", "Ok", "Err"};
    for (u32 i = 0; i < COUNT_OF(built_in); i++)
        map_put(ck->perm, &locals, intern_c(ck->names, built_in[i]), (void *)1);
    const Map *maps[] = {&locals, &ck->fx->mod->scope, &ck->fx->mod->variants, &ck->owners,
                         &ck->std_scope};
    suggest(ck, d, name, maps, 5);
    return tn_error(ck, e->span);
}

/* Math_abs is Math.abs: a flat name is split where an owner and a function of it meet. */
static FnDecl *flat_name(Checker *ck, Name name) {
    for (u32 i = 1; i + 1 < name->s.n; i++) {
        if (name->s.p[i] != '_') continue;
        Owner *o = map_get(&ck->owners, intern(ck->names, (Str){name->s.p, i}));
        if (!o) continue;
        FnDecl *d = owner_method(o, intern(ck->names, (Str){name->s.p + i + 1, name->s.n - i - 1}));
        if (d) return d;
    }
    return NULL;
}

/* Of several library functions of one name the one whose parameters are those of `fn`. */
static FnDecl *overload_for(Checker *ck, FnDecl *d, Type *fn) {
    FnDecl *fallback = d;
    for (FnDecl *o = d; o; o = o->next) {
        if (o->ast->fn.params.n != fn->n - 1) continue;
        fallback = o;
        Type **args = NEW_N(ck->perm, Type *, o->gen_count + 1);
        for (u32 i = 0; i < o->gen_count; i++) args[i] = ty_fresh(ck, o->span, VD_INT, NULL);
        Sig s = fn_sig(ck, o, args);
        bool same = true;
        for (u32 i = 0; i + 1 < fn->n; i++) {
            Type *got = ty_head(ck, fn->args[i]), *has = ty_prune(ck, s.params[i]);
            same &= got->kind == TY_VAR || has->kind == TY_VAR ||
                    (got->kind == has->kind && got->decl == has->decl);
        }
        if (same) return o;
    }
    return fallback;
}

/* A function as a value: adapters are the lowering's work; a generic one takes its types from
 * `want`. */
Tree *fn_value(Checker *ck, FnDecl *d, Span span, Type *want) {
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_FN) d = overload_for(ck, d, head);
    else
        while (d->next) d = d->next; /* of several, the one declared first */
    Type **args = NEW_N(ck->perm, Type *, d->gen_count + 1);
    for (u32 i = 0; i < d->gen_count; i++) args[i] = ty_fresh(ck, span, VD_INT, "type arguments");
    if (d->intrinsic >= 0 || (d->ast->flags & AF_EXTERN && d->gen_count)) {
        Diag *g =
            diag_new(ck->ds, E_BAD_OPERAND, span, "'%s' cannot be used as a value", d->name->s.p);
        diag_label(g, span, "wrap it in a lambda");
        return tn_error(ck, span);
    }
    Tree *t = tn(ck, TN_FN, span, ck->t_error);
    Sig s = fn_sig(ck, d, args);
    if (d->gen_count == 0) {
        t->fn = fn_plain(ck, d);
        tn_type(ck, t, fn_type_of(ck, s.params, s.n, t->fn->ret));
        return t;
    }
    tn_type(ck, t, fn_type_of(ck, s.params, s.n, s.ret ? s.ret : ck->t_void));
    if (head && head->kind == TY_FN && head->n == t->type->n)
        for (u32 i = 0; i + 1 < head->n; i++) ty_unify(ck, t->type->args[i], head->args[i]);
    PendingCall pc = {t, d, args, ck->instance_depth, fn_site(ck, t->span)};
    vec_push(ck->perm, &ck->calls, pc);
    return t;
}

static Tree *none_value(Checker *ck, Span span, Type *want) {
    Type *head = want ? ty_head(ck, want) : NULL;
    Type *t = head && head->kind == TY_OPTION
                  ? head
                  : type_1(ck->ts, TY_OPTION, ty_fresh(ck, span, VD_INT, "values"));
    return tn(ck, TN_NONE, span, t);
}

static Tree *symbol_value(Checker *ck, Symbol *s, const Ast *e, Type *want) {
    Tree *t;
    switch (s->kind) {
    case SYM_GLOBAL:
        if (s->init) return check_expr(ck, s->init, want);
        global_wake(ck, s);
        t = tn(ck, TN_GLOBAL, e->span, s->global->type);
        t->global = s->global;
        return t;
    case SYM_FN: return fn_value(ck, s->fn, e->span, want);
    case SYM_VARIANT:
        return variant_make(ck, s->variant.type, want, s->variant.index, NULL, e->span, false);
    case SYM_TYPE:
    case SYM_ALIAS:
    case SYM_MODULE:
    case SYM_SPACE: break;
    }
    Diag *d = diag_new(ck->ds, E_NO_VALUE, e->span, "'%s' is a %s, not a value", s->name->s.p,
                       s->kind == SYM_MODULE ? "module" : "type");
    diag_label(d, e->span, "no value");
    return tn_error(ck, e->span);
}

/* A bare variant: unique among the visible enums, or decided by the wanted type. */
static Symbol *pick_variant(Checker *ck, Symbol *v, const Ast *e, Type *want) {
    if (!v->variant.other) return v;
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION) head = ty_head(ck, head->args[0]);
    for (Symbol *s = v; s; s = s->variant.other)
        if (head && s->variant.type == head->decl) return s;
    Diag *d =
        diag_new(ck->ds, E_AMBIGUOUS, e->span, "'%s' is a variant of several enums", v->name->s.p);
    diag_label(d, e->span, "which one?");
    StrBuf b = {ck->perm, NULL, 0, 0};
    for (Symbol *s = v; s; s = s->variant.other)
        buf_fmt(&b, "%s%s.%s", b.n ? " or " : "", s->variant.type->name->s.p, s->name->s.p);
    Str list = buf_done(&b);
    diag_hint(d, "write %.*s", FMT(list));
    return v;
}

/* `println` where a function is wanted: the lambda that calls it. */
static Tree *print_value(Checker *ck, const Ast *e, Type *want) {
    Type *head = want ? ty_head(ck, want) : NULL;
    if (!head || head->kind != TY_FN) {
        Diag *d = diag_new(ck->ds, E_NO_VALUE, e->span, "'%s' is called, it is not a value",
                           e->name.name->s.p);
        diag_label(d, e->span, "no value");
        diag_hint(d, "wrap it in a lambda: (x) => %s(x)", e->name.name->s.p);
        return tn_error(ck, e->span);
    }
    u32 n = head->n - 1;
    AstParam *params = NEW_N(ck->perm, AstParam, n + 1);
    AstArg *args = NEW_N(ck->perm, AstArg, n + 1);
    Ast *call = NEW(ck->perm, Ast), *lambda = NEW(ck->perm, Ast);
    for (u32 i = 0; i < n; i++) {
        params[i].name = intern(ck->names, str_fmt(ck->perm, "value%u", i + 1));
        params[i].span = e->span;
        Ast *use = NEW(ck->perm, Ast);
        *use = (Ast){.kind = AST_NAME, .span = e->span};
        use->name.name = params[i].name;
        args[i].value = use;
    }
    *call = (Ast){.kind = AST_CALL, .span = e->span};
    call->call.fn = (Ast *)e;
    call->call.args = (AstArgs){args, n};
    *lambda = (Ast){.kind = AST_LAMBDA, .span = e->span};
    lambda->lambda.params = (AstParams){params, n};
    lambda->lambda.body = call;
    return check_lambda(ck, lambda, want, false);
}

Tree *check_name(Checker *ck, const Ast *e, Type *want) {
    Name name = e->name.name;
    Local *l = local_find(ck, name);
    if (l) {
        l->used = true;
        Tree *t = tn(ck, TN_LOCAL, e->span, l->type);
        t->local = l;
        return t;
    }
    Symbol *s = map_get(&ck->fx->mod->scope, name);
    if (s && s->kind == SYM_GLOBAL) return symbol_value(ck, s, e, want);
    if (s && s->kind == SYM_FN) return symbol_value(ck, s, e, want);
    Symbol *v = variant_symbol(ck, ck->fx->mod, name);
    if (v) return symbol_value(ck, pick_variant(ck, v, e, want), e, want);
    if (name == ck->n.none || name == ck->n.None) return none_value(ck, e->span, want);
    if (name == ck->n.print || name == ck->n.println) return print_value(ck, e, want);
    if (!s) s = map_get(&ck->std_scope, name);
    if (s) return symbol_value(ck, s, e, want);
    FnDecl *d = flat_name(ck, name);
    if (d) return fn_value(ck, d, e->span, want);
    return undefined(ck, e, name);
}

static Tree *check_self(Checker *ck, const Ast *e) {
    Local *l = local_find(ck, ck->n.self);
    if (!l) {
        Diag *d = undefined_diag(ck, e->span, "variable", ck->n.self);
        if (d) diag_hint(d, "a method takes `self` as its first parameter");
        return tn_error(ck, e->span);
    }
    l->used = true;
    Tree *t = tn(ck, TN_LOCAL, e->span, l->type);
    t->local = l;
    return t;
}

/* ---- lambdas ---- */

static void lambda_params(Checker *ck, const Ast *e, Fn *f, Type *want_fn, Type **types) {
    const AstParams *ps = &e->lambda.params;
    f->param_count = ps->n;
    f->params = NEW_N(ck->perm, Local *, ps->n);
    for (u32 i = 0; i < ps->n; i++) {
        const AstParam *p = &ps->v[i];
        if (p->type)
            types[i] = resolve_type(ck, ck->fx->mod, ck->fx->env, p->type);
        else if (want_fn && i + 1 < want_fn->n)
            types[i] = want_fn->args[i];
        else
            types[i] = ty_fresh(ck, p->span, VD_INT, "parameters");
        Local *l = NEW(ck->perm, Local);
        *l = (Local){.name = p->name,
                     .type = types[i],
                     .span = p->span,
                     .owner = f,
                     .id = i,
                     .is_param = true};
        ty_slot(ck, &l->type);
        f->params[i] = l;
    }
}

static Tree *lambda_expr_body(Checker *ck, FnCtx *fx, const Ast *body) {
    Type *ret = ty_head(ck, fx->ret);
    Tree *block = tn(ck, TN_BLOCK, body->span, ck->t_void);
    block->block.stmts.v = NEW_N(ck->perm, Tree *, 1);
    block->block.stmts.n = 1;
    Tree *e = check_expr(ck, body, ret->kind == TY_VOID ? NULL : ret);
    block->block.stmts.v[0] = e;
    if (ret->kind == TY_VOID) return block;
    if (ret->kind == TY_VAR)
        ty_unify(ck, ret, ty_prune(ck, e->type)->kind == TY_NEVER ? ck->t_void : e->type);
    if (ty_prune(ck, fx->ret)->kind == TY_VOID) return block;
    Tree *r = tn(ck, TN_RETURN, body->span, ck->t_never);
    r->one.e = coerce(ck, e, fx->ret, (Site){.kind = SITE_RETURN});
    block->block.stmts.v[0] = r;
    tn_type(ck, block, ck->t_never);
    return block;
}

static Tree *lambda_block_body(Checker *ck, FnCtx *fx, const Ast *body) {
    Type *ret = ty_head(ck, fx->ret);
    bool returns = scan_returns_value(body);
    bool value = !returns && ret->kind != TY_VOID && body->list.elems.n > 0;
    bool open = ret->kind == TY_VAR;
    if (returns && open) fx->ret_open = true;
    Tree *b = check_block(ck, body, open ? NULL : ret, value, true);
    if (fx->ret_open) {
        u32 n = fx->open_returns.n;
        Tree ***slots = NEW_N(ck->perm, Tree **, n + 1);
        u32 k = 0;
        for (u32 i = 0; i < n; i++)
            if (fx->open_returns.v[i]->one.e) slots[k++] = &fx->open_returns.v[i]->one.e;
        Type *t = join_list(ck, slots, k, NULL, body->span, SITE_BRANCH);
        ty_unify(ck, fx->ret, t);
        fx->ret_open = false;
        return b;
    }
    if (!b->block.has_value) {
        if (open && !returns) ty_unify(ck, ret, ck->t_void);
        return b;
    }
    Tree **last = &b->block.stmts.v[b->block.stmts.n - 1];
    if (open && ty_prune(ck, ret)->kind == TY_VAR) ty_unify(ck, ret, (*last)->type);
    *last = coerce(ck, *last, fx->ret, (Site){.kind = SITE_RETURN});
    tn_type(ck, b, fx->ret);
    return b;
}

Tree *check_lambda(Checker *ck, const Ast *e, Type *want, bool spawned) {
    Type *head = want ? ty_head(ck, want) : NULL;
    Type *want_fn = head && head->kind == TY_FN ? head : NULL;
    Fn *f = fn_new(ck, FN_LAMBDA, NULL, e->span);
    f->outer = ck->fx->fn;
    f->module = ck->fx->fn->module;
    f->is_std = ck->fx->fn->is_std;
    f->spawned = spawned;
    f->escapes = true;
    FnCtx *fx = NEW(ck->perm, FnCtx);
    *fx = (FnCtx){.fn = f, .outer = ck->fx, .mod = ck->fx->mod, .env = ck->fx->env,
                  .site = ck->fx->site};
    u32 n = e->kind == AST_LAMBDA ? e->lambda.params.n : 0;
    Type **types = NEW_N(ck->perm, Type *, n + 1);
    if (e->kind == AST_LAMBDA) lambda_params(ck, e, f, want_fn, types);
    const Ast *ret = e->kind == AST_LAMBDA ? e->lambda.ret : NULL;
    if (ret)
        fx->ret = resolve_type(ck, fx->mod, fx->env, ret);
    else if (want_fn && want_fn->n == n + 1)
        fx->ret = want_fn->args[n];
    else
        fx->ret = ty_fresh(ck, e->span, VD_VOID, "results");
    FnCtx *saved = ck->fx;
    ck->fx = fx;
    Scope *s = scope_push(ck, true);
    for (u32 i = 0; i < n; i++) vec_push(ck->perm, &s->locals, f->params[i]);
    const Ast *body = e->kind == AST_LAMBDA ? e->lambda.body : e;
    f->body = body->kind == AST_BLOCK ? lambda_block_body(ck, fx, body)
                                      : lambda_expr_body(ck, fx, body);
    if (s->hoisted.n) {
        f->body->block.hoisted = s->hoisted.v;
        f->body->block.hoisted_count = s->hoisted.n;
    }
    ck->fx = saved;
    f->ret = fx->ret;
    ty_slot(ck, &f->ret);
    Tree *t = tn(ck, TN_LAMBDA, e->span, fn_type_of(ck, types, n, fx->ret));
    t->fn = f;
    return t;
}

/* ---- interpolation ---- */

Tree *check_interp(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_INTERP, e->span, ck->t_string);
    t->interp.n = e->interp.n;
    t->interp.parts = NEW_N(ck->perm, TreeInterp, e->interp.n);
    for (u32 i = 0; i < e->interp.n; i++) {
        const AstInterpPart *p = &e->interp.parts[i];
        TreeInterp *out = &t->interp.parts[i];
        if (p->expr->kind == AST_STR) {
            out->text = p->expr->str.bytes;
            if (!p->spec.p) continue;
        }
        out->e = check_value(ck, p->expr, NULL);
        out->spec = p->spec;
    }
    vec_push(ck->perm, &ck->late, t);
    return t;
}

/* ---- ? ?? ?. ---- */

typedef struct TryData {
    FnCtx *fx;
} TryData;

static bool try_bad(Checker *ck, Constraint *c, Type *t) {
    Str s = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_TRY, c->node->span,
                       "'?' operator can only be applied to a Result value, but got %.*s", FMT(s));
    diag_label(d, c->node->try_.e->span, "Got: %.*s", FMT(s));
    if (t->kind == TY_BOOL) diag_hint(d, "a conditional value is written `c ? a : b`");
    ty_unify(ck, c->b, ck->t_error);
    blame_label(ck, d);
    return true;
}

/* On an option it needs a function that can give none back. */
static bool try_option(Checker *ck, Constraint *c, Type *t, Type *ret) {
    Str s = ty_text(ck, t), r = ty_text(ck, ret);
    Span at = c->node->try_.e->span;
    Diag *d = diag_new(ck->ds, E_BAD_TRY, c->node->span,
                       "'?' operator can only be applied to a Result value in a function that "
                       "returns %.*s", FMT(r));
    diag_label(d, at, "Got: %.*s", FMT(s));
    diag_hint(d, "give a default with `??`, or let the function return an option");
    return true;
}

/* The error type of `?` against the one the function returns. */
static bool try_error(Checker *ck, Tree *node, Type *from, Type *to) {
    from = ty_head(ck, from);
    to = ty_head(ck, to);
    node->try_.how = TRY_RETURN;
    if (to->kind == TY_STRING && from->kind != TY_STRING && from->kind != TY_VAR) {
        node->try_.to_text = true;
        return true;
    }
    if (ty_unify(ck, from, to)) return true;
    Str a = ty_text(ck, from), b = ty_text(ck, to);
    Diag *d = diag_new(
        ck->ds, E_BAD_TRY, node->span,
        "'?' passes on an error of type %.*s, but this function returns errors of type %.*s",
        FMT(a), FMT(b));
    diag_label(d, node->span, "error of type %.*s", FMT(a));
    diag_hint(d, "convert it with .map_err(...)");
    return true;
}

static bool try_run(Checker *ck, Constraint *c, bool force) {
    Type *t = force ? ty_force(ck, c->a) : ty_prune(ck, c->a);
    if (t->kind == TY_VAR) {
        con_wait(ck, c, t);
        return false;
    }
    if (t->kind == TY_ERROR) return ty_unify(ck, c->b, t);
    if (t->kind != TY_RESULT && t->kind != TY_OPTION) return try_bad(ck, c, t);
    ty_unify(ck, c->b, t->args[0]);
    FnCtx *fx = c->fx;
    Type *ret = ty_prune(ck, fx->ret);
    bool leaves = fx->is_main || fx->is_script;
    if (ret->kind == TY_VAR && !leaves && !force) { /* an omitted result: known from the returns */
        con_wait(ck, c, ret);
        return false;
    }
    if (ret->kind == TY_RESULT && t->kind == TY_RESULT)
        return try_error(ck, c->node, t->args[1], ret->args[1]);
    if (ret->kind == TY_OPTION && t->kind == TY_OPTION) {
        c->node->try_.how = TRY_RETURN;
        return true;
    }
    if (t->kind == TY_OPTION && !leaves && ret->kind != TY_VAR && ret->kind != TY_ERROR)
        return try_option(ck, c, t, ret);
    c->node->try_.how = leaves ? TRY_MAIN : TRY_PANIC;
    if (leaves && ret->kind == TY_RESULT) c->node->try_.how = TRY_RETURN;
    return true;
}

Tree *check_try(Checker *ck, const Ast *e, Type *want) {
    (void)want;
    Tree *t = tn(ck, TN_TRY, e->span, ck->t_error);
    t->try_.e = check_value(ck, e->one.e, NULL);
    Type *it = ty_head(ck, t->try_.e->type);
    Type *out = it->kind == TY_RESULT || it->kind == TY_OPTION
                    ? it->args[0]
                    : ty_fresh(ck, e->span, VD_INT, "values");
    tn_type(ck, t, out);
    Constraint *c = con_new(ck, CON_OTHER, try_run, t);
    c->a = t->try_.e->type;
    c->b = out;
    con_start(ck, c);
    return t;
}

/* A left side of unknown type is taken as an option of what stands on the right. */
static Type *coalesce_open(Checker *ck, Tree *t, const Ast *e, Type *a) {
    t->pair.b = check_value(ck, e->pair.b, NULL);
    Type *b = ty_force(ck, t->pair.b->type);
    if (ty_prune(ck, a)->kind == TY_VAR && b->kind != TY_VAR && b->kind != TY_OPTION)
        ty_unify(ck, a, type_1(ck->ts, TY_OPTION, b));
    return ty_head(ck, a);
}

Tree *check_coalesce(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_COALESCE, e->span, ck->t_error);
    t->pair.a = check_value(ck, e->pair.a, NULL);
    Type *a = ty_force(ck, t->pair.a->type);
    if (a->kind == TY_VAR) a = coalesce_open(ck, t, e, a);
    if (a->kind != TY_OPTION && a->kind != TY_RESULT) {
        if (a->kind == TY_ERROR) return t;
        Str s = ty_text(ck, a);
        Diag *d = diag_new(ck->ds, E_BAD_OPERAND, t->pair.a->span,
                           "'?\?' needs an option or a result on its left, not %.*s", FMT(s));
        diag_label(d, t->pair.a->span, "Got: %.*s", FMT(s));
        return tn_error(ck, e->span);
    }
    if (!t->pair.b) t->pair.b = check_value(ck, e->pair.b, a->args[0]);
    Type *b = ty_force(ck, t->pair.b->type);
    if (b->kind == a->kind && ty_head(ck, a->args[0])->kind != b->kind && ty_unify(ck, a, b)) {
        tn_type(ck, t, a);
        return t;
    }
    t->pair.b = coerce(ck, t->pair.b, a->args[0], (Site){.kind = SITE_DEFAULT});
    tn_type(ck, t, a->args[0]);
    return t;
}

/* ---- dispatch ---- */

static Tree *check_bool(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_BOOL, e->span, ck->t_bool);
    t->bool_.value = e->bool_.value;
    return t;
}

static Tree *check_float(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_FLOAT, e->span, ck->t_float);
    t->float_.value = e->float_.value;
    return t;
}

static Tree *check_str(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_STR, e->span, ck->t_string);
    t->str.bytes = e->str.bytes;
    return t;
}

static Tree *check_ternary(Checker *ck, const Ast *e, Type *want) {
    Tree *t = tn(ck, TN_IF, e->span, ck->t_error);
    t->if_.n = 1;
    t->if_.arms = NEW_N(ck->perm, TreeIfArm, 1);
    t->if_.arms[0].cond = check_cond(ck, e->ternary.c);
    t->if_.arms[0].body = check_expr(ck, e->ternary.a, want);
    t->if_.els = check_expr(ck, e->ternary.b, want);
    Tree **slots[] = {&t->if_.arms[0].body, &t->if_.els};
    tn_type(ck, t, join_list(ck, slots, 2, want, e->span, SITE_BRANCH));
    return t;
}

static Tree *misplaced(Checker *ck, const Ast *e, const char *what, const char *hint) {
    Diag *d = diag_new(ck->ds, E_MISPLACED, e->span, "%s", what);
    diag_label(d, e->span, "not allowed here");
    if (hint) diag_hint(d, "%s", hint);
    return tn_error(ck, e->span);
}

Tree *check_expr(Checker *ck, const Ast *e, Type *want) { /* table */
    switch ((int)e->kind) {
    case AST_INT: return check_int(ck, e, want);
    case AST_FLOAT: return check_float(ck, e);
    case AST_STR: return check_str(ck, e);
    case AST_INTERP: return check_interp(ck, e);
    case AST_BOOL: return check_bool(ck, e);
    case AST_NONE: {
        Symbol *v = variant_symbol(ck, ck->fx->mod, ck->n.None);
        Type *head = want ? ty_head(ck, want) : NULL;
        if (v && head && head->kind == TY_ENUM && head->decl == v->variant.type)
            return symbol_value(ck, v, e, want);
        return none_value(ck, e->span, want);
    }
    case AST_SELF: return check_self(ck, e);
    case AST_NAME: return check_name(ck, e, want);
    case AST_FIELD:
    case AST_ELEM: return check_field(ck, e, want);
    case AST_OPT_FIELD: return check_opt_field(ck, e);
    case AST_CALL: return check_call(ck, e, want);
    case AST_INDEX: return check_index(ck, e);
    case AST_SLICE: return check_slice(ck, e);
    case AST_TRY: return check_try(ck, e, want);
    case AST_TARGS:
        return misplaced(ck, e, "type arguments need a call or a literal after them", NULL);
    case AST_STRUCT_LIT: return check_struct_lit(ck, e, want);
    case AST_UNARY: return check_unary(ck, e, want);
    case AST_CHAIN: return check_chain(ck, e, want);
    case AST_COALESCE: return check_coalesce(ck, e);
    case AST_TERNARY: return check_ternary(ck, e, want);
    case AST_IF: return check_if(ck, e, want, true);
    case AST_MATCH: return check_match(ck, e, want, true);
    case AST_BLOCK: return check_block(ck, e, want, true, false);
    case AST_LAMBDA: return check_lambda(ck, e, want, false);
    case AST_ARRAY: return check_array(ck, e, want);
    case AST_TUPLE: return check_tuple(ck, e, want);
    case AST_SET: return check_set(ck, e, want);
    case AST_MAP: return check_map(ck, e, want);
    case AST_COMPR: return check_compr(ck, e, want);
    case AST_RANGE:
        return misplaced(ck, e, "a range is not a value",
                         "ranges stand in for loops, slices, patterns and after `in`");
    case AST_SPAWN: return check_spawn(ck, e, false);
    case AST_AWAIT:
    case AST_AWAIT_T: return check_await(ck, e, want);
    case AST_ADDR:
        return misplaced(ck, e, "'&' stands only before an argument for a mut parameter", NULL);
    case AST_LET_COND:
        return misplaced(ck, e, "`let` stands only in conditions of if and while", NULL);
    case AST_ERROR: return tn_error(ck, e->span);
    }
    return misplaced(ck, e, "a statement stands where a value is needed", NULL);
}
