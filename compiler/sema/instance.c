/* instance.c - from declarations to Fns: signatures under given type arguments, instances of
 * generics, and the checking of bodies from a worklist. */
#include "checker.h"

enum { DEPTH_LIMIT = 64 };

Type *fn_type_of(Checker *ck, Type **params, u32 n, Type *ret) {
    Type **args = NEW_N(ck->perm, Type *, n + 1);
    for (u32 i = 0; i < n; i++) args[i] = params[i];
    args[n] = ret;
    return type_make(ck->ts, TY_FN, args, n + 1);
}

static TyKind builtin_kind(Str s) {
    static const struct {
        const char *name;
        TyKind kind;
    } rows[] = {{"int", TY_INT},       {"float", TY_FLOAT},   {"bool", TY_BOOL},
                {"string", TY_STRING}, {"ptr", TY_PTR},       {"Array", TY_ARRAY},
                {"HashMap", TY_MAP},   {"HashSet", TY_SET},   {"Option", TY_OPTION},
                {"Result", TY_RESULT}, {"Future", TY_FUTURE}, {"Channel", TY_CHANNEL},
                {"Iter", TY_ITER}};
    for (u32 i = 0; i < COUNT_OF(rows); i++)
        if (str_eq(s, str_c(rows[i].name))) return rows[i].kind;
    return TY_HANDLE;
}

Type *fn_self_type(Checker *ck, FnDecl *d, Env *env, Type **args) {
    if (d->is_trait_sig) return args[0];
    if (d->self_ast) return resolve_type(ck, d->module, env, d->self_ast);
    if (d->self_type) return decl_type(ck, d->self_type, args);
    if (!d->owner) return ck->t_error;
    TyKind k = builtin_kind(d->owner->name->s);
    u32 n = d->outer_gens ? d->outer_gens->n : 0;
    if (k == TY_HANDLE) return type_named(ck->ts, k, NULL, d->owner->name, args, n);
    if (n == 0) return type_prim(ck->ts, k);
    return type_make(ck->ts, k, args, n);
}

/* The struct or enum (without type parameters) that a default names: P { .. }, E.V or E.V(..). */
static Type *default_named(Checker *ck, Module *m, const Ast *e) {
    if (e->kind == AST_CALL) e = e->call.fn;
    const Ast *name = e->kind == AST_STRUCT_LIT ? e->lit.type : e->field.obj;
    if (e->kind != AST_STRUCT_LIT && e->kind != AST_FIELD) return NULL;
    if (name->kind != AST_NAME) return NULL;
    Symbol *s = module_symbol(ck, m, name->name.name);
    if (!s || s->kind != SYM_TYPE || (s->type->gens && s->type->gens->n)) return NULL;
    if (s->type->kind != (e->kind == AST_FIELD ? TY_ENUM : TY_STRUCT)) return NULL;
    return decl_type(ck, s->type, NULL);
}

/* A literal default says the type of its parameter; any other expression means int. */
static Type *default_param(Checker *ck, Module *m, const Ast *def) { /* table */
    if (def->kind == AST_UNARY) def = def->unary.e;
    switch ((int)def->kind) {
    case AST_FLOAT: return ck->t_float;
    case AST_STR:
    case AST_INTERP: return ck->t_string;
    case AST_BOOL: return ck->t_bool;
    case AST_ARRAY: {
        const AstList *l = &def->list.elems;
        return type_1(ck->ts, TY_ARRAY, l->n ? default_param(ck, m, l->v[0]) : ck->t_int);
    }
    case AST_MAP:
        if (!def->map.n) return type_2(ck->ts, TY_MAP, ck->t_string, ck->t_int);
        return type_2(ck->ts, TY_MAP, default_param(ck, m, def->map.keys[0]),
                      default_param(ck, m, def->map.values[0]));
    case AST_TUPLE: {
        const AstList *l = &def->list.elems;
        Type **parts = NEW_N(ck->perm, Type *, l->n + 1);
        for (u32 i = 0; i < l->n; i++) parts[i] = default_param(ck, m, l->v[i]);
        return type_make(ck->ts, TY_TUPLE, parts, l->n);
    }
    case AST_STRUCT_LIT:
    case AST_FIELD:
    case AST_CALL: {
        Type *t = default_named(ck, m, def);
        return t ? t : ck->t_int;
    }
    }
    return ck->t_int;
}

static Type *param_type(Checker *ck, FnDecl *d, Env *env, const AstParam *p) {
    if (p->type) return resolve_type(ck, d->module, env, p->type);
    return p->def ? default_param(ck, d->module, p->def) : ck->t_int;
}

/* A bare `iter` says that the function is a generator and leaves the element open. */
static bool is_bare_iter(Checker *ck, const Ast *t) {
    return t->kind == AST_T_NAME && t->tname.path.n == 1 && !t->tname.args.n &&
           (t->tname.path.v[0].name == ck->n.iter || t->tname.path.v[0].name == ck->n.Iter);
}

static bool type_mentions_error(const Type *t) {
    if (t->kind == TY_ERROR) return true;
    for (u32 i = 0; i < t->n; i++)
        if (type_mentions_error(t->args[i])) return true;
    return false;
}

/* The signature as it is written; names left open in it are new variables each time. */
static Sig sig_read(Checker *ck, FnDecl *d, Type **args) {
    Sig s = {0};
    const AstParams *ps = &d->ast->fn.params;
    u32 outer = d->outer_gens ? d->outer_gens->n : 0;
    s.env = env_of(ck, NULL, d->outer_gens, args);
    s.env = env_of(ck, s.env, &d->ast->fn.gens, args + outer);
    s.n = ps->n;
    s.params = NEW_N(ck->perm, Type *, ps->n);
    for (u32 i = 0; i < ps->n; i++) {
        s.params[i] = i == 0 && d->has_self ? fn_self_type(ck, d, s.env, args)
                                            : param_type(ck, d, s.env, &ps->v[i]);
        if (i == 0 && d->has_self && ps->v[0].type && !d->is_trait_sig) /* `self: [[E]]` */
            ty_unify(ck, s.params[0], resolve_type(ck, d->module, s.env, ps->v[0].type));
        ty_slot(ck, &s.params[i]);
    }
    if (d->ast->fn.ret && !is_bare_iter(ck, d->ast->fn.ret))
        s.ret = resolve_type(ck, d->module, s.env, d->ast->fn.ret);
    else if (d->is_trait_sig || (d->ast->flags & AF_EXTERN) || d->module->is_std)
        s.ret = ck->t_void;
    FnDecl *sig = d->impl ? owner_method(&d->impl->trait->owner, d->name) : NULL;
    if (!d->ast->fn.ret && sig && sig->ast->fn.ret) { /* omitted: what the trait says */
        Env *env = env_of(ck, NULL, &sig->ast->fn.gens, args + outer);
        s.ret = resolve_type(ck, sig->module, env, sig->ast->fn.ret);
    }
    return s;
}

/* A method of an impl has the types that its trait says: calls through the trait rely on it. */
static void impl_types(Checker *ck, FnDecl *f, FnDecl *sig) {
    Type **any = NEW_N(ck->perm, Type *, f->gen_count + sig->gen_count + 1);
    for (u32 i = 0; i < f->gen_count + sig->gen_count; i++) any[i] = ck->t_error;
    Sig a = sig_read(ck, f, any), b = sig_read(ck, sig, any);
    if (a.n != b.n) return; /* reported where the impl was declared */
    for (u32 i = f->has_self; i <= a.n; i++) {
        Type *got = i < a.n ? a.params[i] : a.ret, *want = i < a.n ? b.params[i] : b.ret;
        if (!got || !want || type_mentions_error(got) || type_mentions_error(want)) continue;
        if (got == want || got->has_var || want->has_var) continue;
        Str g = ty_text(ck, got), w = ty_text(ck, want);
        const Ast *ga = i < a.n ? f->ast->fn.params.v[i].type : f->ast->fn.ret;
        const Ast *wa = i < a.n ? sig->ast->fn.params.v[i].type : sig->ast->fn.ret;
        Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, ga ? ga->span : f->span,
                           "method '%s' does not have the types its trait says", f->name->s.p);
        diag_label(d, d->span, "Got: %.*s", FMT(g));
        diag_label(d, wa ? wa->span : sig->span, "Expected: %.*s", FMT(w));
        return;
    }
}

void check_impls(Checker *ck) {
    for (u32 i = 0; i < ck->impls.n; i++) {
        const ImplDecl *im = ck->impls.v[i];
        if (im->module->is_std) continue;
        for (u32 m = 0; m < im->trait->trait_fns.n; m++) {
            FnDecl *f = owner_method((Owner *)&im->methods, im->trait->trait_fns.v[m]->name);
            if (f) impl_types(ck, f, im->trait->trait_fns.v[m]);
        }
    }
}

Sig fn_sig(Checker *ck, FnDecl *d, Type **args) {
    if (d->gen_count || d->intrinsic >= 0 || (d->module->is_std && !d->plain))
        return sig_read(ck, d, args);
    Fn *f = fn_plain(ck, d);
    Sig s = {NEW_N(ck->perm, Type *, f->param_count + 1), f->param_count, f->ret, NULL};
    for (u32 i = 0; i < f->param_count; i++) s.params[i] = f->params[i]->type;
    return s;
}

Fn *fn_new(Checker *ck, FnKind kind, Name name, Span span) {
    Fn *f = NEW(ck->perm, Fn);
    f->kind = kind;
    f->name = name;
    f->span = span;
    f->id = ck->prog->fns.n;
    f->ret = ck->t_void;
    f->module = S("");
    f->owner = S("");
    f->targs = S("");
    vec_push(ck->perm, &ck->prog->fns, f);
    return f;
}

static void fn_params(Checker *ck, Fn *f, const AstParams *ps, Type **types) {
    f->param_count = ps->n;
    f->params = NEW_N(ck->perm, Local *, ps->n);
    for (u32 i = 0; i < ps->n; i++) {
        Local *l = NEW(ck->perm, Local);
        l->name = ps->v[i].name;
        l->span = ps->v[i].span;
        l->type = types[i];
        l->owner = f;
        l->id = i;
        l->is_param = true;
        l->by_ref = ps->v[i].mut && ps->v[i].name != ck->n.self;
        ty_slot(ck, &l->type);
        f->params[i] = l;
    }
}

static Str targs_text(Checker *ck, Type **args, u32 n) {
    StrBuf b = {ck->perm, NULL, 0, 0};
    for (u32 i = 0; i < n; i++) {
        buf_c(&b, i ? ", " : "<");
        buf_str(&b, ty_text(ck, args[i]));
    }
    if (n) buf_char(&b, '>');
    return buf_done(&b);
}

static Type *open_result(Checker *ck, FnDecl *d, Sig *s, Fn *f) {
    Type *ret = s->ret;
    f->is_generator = d->ast->fn.body && scan_yields(d->ast->fn.body);
    if (f->is_generator && (!ret || ty_prune(ck, ret)->kind != TY_ITER))
        return type_1(ck->ts, TY_ITER, ty_fresh(ck, d->span, VD_INT, "yielded values"));
    return ret ? ret : ty_fresh(ck, d->span, VD_VOID, "results");
}

static bool is_type_param(const AstGens *gens, const Ast *t) {
    if (!t || t->kind != AST_T_NAME || t->tname.path.n != 1 || t->tname.args.n) return false;
    for (u32 i = 0; i < gens->n; i++)
        if (gens->v[i].name == t->tname.path.v[0].name) return true;
    return false;
}

/* What the C convention of a generic extern needs to know. */
static void extern_convention(FnDecl *d, Fn *f, Type **args) {
    const AstGens *gens = &d->ast->fn.gens;
    if (f->kind != FN_EXTERN || !f->is_std || !gens->n) return;
    f->type_args = args;
    f->type_arg_count = gens->n;
    f->bare_ret = is_type_param(gens, d->ast->fn.ret);
    for (u32 i = 0; i < d->ast->fn.params.n; i++)
        if (is_type_param(gens, d->ast->fn.params.v[i].type)) f->bare_params |= 1u << i;
}

static Fn *fn_make(Checker *ck, FnDecl *d, Type **args, u32 depth, Span site) {
    Sig s = sig_read(ck, d, args);
    Fn *f = fn_new(ck, d->ast->flags & AF_EXTERN ? FN_EXTERN : FN_PLAIN, d->name, d->span);
    u32 outer = d->outer_gens ? d->outer_gens->n : 0;
    f->module = d->module->text_name;
    if (d->self_type || d->has_self || d->self_ast)
        f->owner = ty_text(ck, fn_self_type(ck, d, s.env, args));
    else if (d->owner && d->owner->name)
        f->owner = d->owner->name->s;
    if (d->has_self) f->is_method = true;
    f->targs = targs_text(ck, args + outer, d->gen_count - outer);
    f->is_std = d->module->is_std;
    f->varargs = d->ast->flags & AF_VARARGS;
    f->blocking = d->ast->flags & AF_BLOCKING;
    f->is_main = d->module->is_main && !d->owner && d->name == ck->n.main;
    fn_params(ck, f, &d->ast->fn.params, s.params);
    f->ret = open_result(ck, d, &s, f);
    ty_slot(ck, &f->ret);
    extern_convention(d, f, args);
    FnWork w = {f, d, s.env, depth, site};
    if (d->ast->fn.body) vec_push(ck->perm, &ck->work, w);
    return f;
}

Span fn_site(Checker *ck, Span span) {
    bool std = span.file && source_file(ck->ds->sources, span.file)->is_std;
    return std && ck->fx && ck->fx->site.file ? ck->fx->site : span;
}

Fn *fn_plain(Checker *ck, FnDecl *d) {
    ASSERT(d->gen_count == 0);
    if (!d->plain) d->plain = fn_make(ck, d, NULL, 0, (Span){0, 0, 0});
    return d->plain;
}

Fn *fn_instance(Checker *ck, FnDecl *d, Type **args, Span site) {
    if (d->gen_count == 0) return fn_plain(ck, d);
    for (u32 i = 0; i < d->instances.n; i++) {
        FnInstance *in = d->instances.v[i];
        bool same = true;
        for (u32 k = 0; k < d->gen_count; k++) same &= in->args[k] == args[k];
        if (same) return in->fn;
    }
    FnInstance *in = NEW(ck->perm, FnInstance);
    in->args = NEW_N(ck->perm, Type *, d->gen_count);
    for (u32 k = 0; k < d->gen_count; k++) in->args[k] = args[k];
    vec_push(ck->perm, &d->instances, in);
    u32 depth = ck->instance_depth + 1;
    in->fn = fn_make(ck, d, in->args, depth, site);
    if (in->fn->kind == FN_EXTERN && d->module->is_std) data_check(ck, d, in->args[0], site);
    if (depth > DEPTH_LIMIT) {
        Diag *g = diag_new(ck->ds, E_INSTANCE_DEPTH, d->span,
                           "instances of '%s' nest more than %d deep", d->name->s.p, DEPTH_LIMIT);
        diag_label(g, d->span, "this generic function asks for ever larger types");
        ck->work.n--;
    }
    return in->fn;
}

/* ---- bodies ---- */

static Tree *body_of_expr(Checker *ck, FnCtx *fx, const Ast *body) {
    Tree *ret = tn(ck, TN_RETURN, body->span, ck->t_never);
    Tree *block = tn(ck, TN_BLOCK, body->span, ck->t_never);
    block->block.stmts.v = NEW_N(ck->perm, Tree *, 2);
    block->block.stmts.n = 1;
    if (fx->ret_open) {
        Tree *e = check_expr(ck, body, NULL);
        ret->one.e = e;
        vec_push(ck->perm, &fx->open_returns, ret);
    } else if (ty_is(ck, fx->ret, TY_VOID)) {
        block->block.stmts.v[0] = check_expr(ck, body, NULL);
        tn_type(ck, block, ck->t_void);
        return block;
    } else {
        ret->one.e = check_to(
            ck, body, fx->ret,
            (Site){.kind = SITE_RETURN,
                   .decl = fx->decl->ast->fn.ret ? fx->decl->ast->fn.ret->span : (Span){0, 0, 0}});
    }
    block->block.stmts.v[0] = ret;
    return block;
}

/* Joins the returns of an omitted result. */
static void close_returns(Checker *ck, FnCtx *fx) {
    if (!fx->ret_open) return;
    u32 n = fx->open_returns.n;
    Tree ***slots = NEW_N(ck->perm, Tree **, n + 1);
    for (u32 i = 0; i < n; i++) slots[i] = &fx->open_returns.v[i]->one.e;
    Type *t = n ? join_list(ck, slots, n, NULL, fx->fn->span, SITE_BRANCH) : ck->t_void;
    if (ty_prune(ck, t)->kind == TY_NEVER) t = ck->t_void;
    if (!ty_unify(ck, fx->ret, t) && n) {
        Diag *d = diag_new(ck->ds, E_RETURN_TYPE, fx->fn->span, "Return type mismatch");
        diag_label(d, fx->fn->span, "the results of this function have no common type");
    }
}

static void self_and_params(Checker *ck, FnCtx *fx, const FnDecl *d) {
    Scope *s = scope_push(ck, true);
    for (u32 i = 0; i < fx->fn->param_count; i++) vec_push(ck->perm, &s->locals, fx->fn->params[i]);
    (void)d;
}

static void fn_check_body(Checker *ck, FnWork *w) {
    Fn *f = w->fn;
    FnCtx *fx = NEW(ck->perm, FnCtx);
    fx->fn = f;
    fx->decl = w->decl;
    fx->mod = w->decl->module;
    fx->env = w->env;
    fx->ret = f->ret;
    fx->ret_open = !w->decl->ast->fn.ret && !f->is_generator;
    fx->is_main = f->is_main;
    fx->site = w->site;
    ck->fx = fx;
    ck->instance_depth = w->depth;
    u32 from = ck->ds->list.n;
    self_and_params(ck, fx, w->decl);
    const Ast *body = w->decl->ast->fn.body;
    if (body->kind == AST_BLOCK && !(w->decl->ast->flags & AF_ARROW)) {
        bool value = !fx->ret_open && !f->is_generator && !ty_is(ck, fx->ret, TY_VOID) &&
                     !fx->is_main;
        f->body = check_block(ck, body, fx->ret, value, true);
        if (f->body->block.has_value) {
            Tree **last = &f->body->block.stmts.v[f->body->block.stmts.n - 1];
            Site site = {.kind = SITE_RETURN};
            if (w->decl->ast->fn.ret) site.decl = w->decl->ast->fn.ret->span;
            *last = coerce(ck, *last, fx->ret, site);
            tn_type(ck, f->body, fx->ret);
        }
    } else {
        f->body = body_of_expr(ck, fx, body);
    }
    close_returns(ck, fx);
    infer_note_site(ck, fx, from);
    ck->fx = NULL;
    ck->instance_depth = 0;
}

void fn_check_work(Checker *ck) {
    while (ck->work_at < ck->work.n) {
        FnWork w = ck->work.v[ck->work_at++];
        if (!w.fn->body) fn_check_body(ck, &w);
    }
}

/* True when all bounds are met. */
static bool bounds_of(Checker *ck, const PendingCall *pc, const AstGens *gens, Type **args) {
    bool ok = true;
    for (u32 i = 0; gens && i < gens->n; i++) {
        for (u32 k = 0; k < gens->v[i].bounds.n; k++) {
            const Ast *b = gens->v[i].bounds.v[k];
            Type *trait = resolve_bound(ck, pc->decl->module, b);
            if (!trait || type_implements(ck, args[i], trait->decl)) continue;
            Str a = ty_text(ck, args[i]);
            Diag *d = diag_new(ck->ds, E_BOUND, pc->node->span,
                               "%.*s does not implement '%s', which '%s' needs", FMT(a),
                               trait->name->s.p, pc->decl->name->s.p);
            diag_label(d, pc->node->span, "%s is %.*s here", gens->v[i].name->s.p, FMT(a));
            diag_label(d, b->span, "asked for here");
            diag_hint(d, "write `impl %s for %.*s { ... }`", trait->name->s.p, FMT(a));
            ok = false;
        }
    }
    return ok;
}

static void bounds_check(Checker *ck, const PendingCall *pc) {
    if (pc->decl->is_trait_sig || pc->decl->module->is_std) return;
    u32 outer = pc->decl->outer_gens ? pc->decl->outer_gens->n : 0;
    bool ok = bounds_of(ck, pc, pc->decl->outer_gens, pc->args);
    ok &= bounds_of(ck, pc, &pc->decl->ast->fn.gens, pc->args + outer);
    /* No errors from inside a body that was never meant for these types. */
    for (u32 i = 0; !ok && i < pc->decl->gen_count; i++) pc->args[i] = ck->t_error;
}

/* Gives every call of a generic its instance, now that type arguments are ground. */
static bool resolve_calls(Checker *ck) {
    bool any = ck->calls.n > 0;
    for (u32 i = 0; i < ck->calls.n; i++) {
        PendingCall pc = ck->calls.v[i];
        for (u32 k = 0; k < pc.decl->gen_count; k++) pc.args[k] = ty_ground(ck, pc.args[k]);
        ck->instance_depth = pc.depth;
        bounds_check(ck, &pc);
        Fn *f = fn_instance(ck, pc.decl, pc.args, pc.site);
        if (pc.node->kind == TN_CALL)
            pc.node->call.fn = f;
        else
            pc.node->fn = f;
    }
    ck->calls.n = 0;
    ck->instance_depth = 0;
    any |= ck->vtables.n > 0;
    vtable_fill(ck);
    return any;
}

void batch_run(Checker *ck) {
    do {
        fn_check_work(ck);
        infer_solve(ck);
        fn_check_work(ck);
        infer_solve(ck);
        infer_finish(ck);
        finish_late(ck);
        resolve_calls(ck);
    } while (ck->work_at < ck->work.n || ck->slots.n || ck->calls.n);
}
