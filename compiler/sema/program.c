/* program.c - check_program: modules are declared, then their statements and bodies are gone
 * through in source order, constraints are solved, types made ground, and the passes over the
 * finished tree run. */
#include "checker.h"
#include "passes.h"

static void names_init(Checker *ck) {
#define X(n_) ck->n.n_ = intern_c(ck->names, #n_);
    KNOWN_NAMES(X)
#undef X
    ck->n.default_ = intern_c(ck->names, "default");
    ck->n.underscore = intern_c(ck->names, "_");
}

static Checker *checker_new(Arena *perm, Interner *names, Diags *ds, const CheckOptions *opt) {
    Checker *ck = NEW(perm, Checker);
    ck->perm = perm;
    ck->names = names;
    ck->ds = ds;
    ck->opt = opt;
    ck->ts = type_store_new(perm, names);
    ck->prog = NEW(perm, Program);
    ck->prog->types = ck->ts;
    ck->prog->sources = ds->sources;
    ck->prog->overflow_check = opt->overflow_check;
    names_init(ck);
    ck->t_int = type_prim(ck->ts, TY_INT);
    ck->t_float = type_prim(ck->ts, TY_FLOAT);
    ck->t_bool = type_prim(ck->ts, TY_BOOL);
    ck->t_string = type_prim(ck->ts, TY_STRING);
    ck->t_void = type_prim(ck->ts, TY_VOID);
    ck->t_never = type_prim(ck->ts, TY_NEVER);
    ck->t_error = type_prim(ck->ts, TY_ERROR);
    ck->t_ptr = type_prim(ck->ts, TY_PTR);
    return ck;
}

/* ---- top level ---- */

/* The function that a module's top-level statements run in. */
static FnCtx *top_ctx(Checker *ck, Module *m, Fn *fn) {
    FnCtx *fx = NEW(ck->perm, FnCtx);
    fx->fn = fn;
    fx->mod = m;
    fx->ret = ck->t_int;
    fx->is_script = true;
    fx->is_init = fn == ck->init;
    ck->fx = fx;
    scope_push(ck, true);
    ck->fx = NULL;
    return fx;
}

void global_wake(Checker *ck, Symbol *s) {
    const Ast *decl = s->asleep;
    if (!decl) return;
    s->asleep = NULL;
    s->global->id = ck->prog->globals.n;
    ty_slot(ck, &s->global->type);
    vec_push(ck->perm, &ck->prog->globals, s->global);
    FnCtx *here = ck->fx;
    ck->fx = top_ctx(ck, s->home, ck->init);
    Tree *t = check_stmt(ck, decl);
    if (t) vec_push(ck->perm, &ck->std_inits, t);
    ck->fx = here;
}

static void check_decl(Checker *ck, FnDecl *d) {
    if (d->gen_count == 0 && d->ast->fn.body && d->intrinsic < 0) fn_plain(ck, d);
    fn_check_work(ck);
}

static void check_methods(Checker *ck, Module *m, const AstList *l) {
    for (u32 i = 0; i < l->n; i++) {
        FnDecl *d = map_get(&m->decl_of, l->v[i]);
        if (d) check_decl(ck, d);
    }
}

static void check_test(Checker *ck, Module *m, const Ast *s) {
    Fn *f = fn_new(ck, FN_PLAIN, NULL, s->span);
    f->name = intern(ck->names, str_fmt(ck->perm, "test_%u", f->id));
    FnCtx *fx = NEW(ck->perm, FnCtx);
    fx->fn = f;
    fx->mod = m;
    fx->ret = ck->t_void;
    ck->fx = fx;
    scope_push(ck, true);
    f->body = check_block(ck, s->test.body, NULL, false, true);
    ck->fx = NULL;
    if (s->kind == AST_TEST) {
        TreeTest t = {s->test.title, f, s->span};
        vec_push(ck->perm, &ck->prog->tests, t);
    } else if (str_eq(s->test.title, S("before_each"))) {
        vec_push(ck->perm, &ck->prog->before_each, f);
    } else {
        vec_push(ck->perm, &ck->prog->after_each, f);
    }
}

static void beside_main(Checker *ck, const Ast *s) {
    Diag *d = diag_new(ck->ds, E_TOP_LEVEL, s->span, "a statement beside `main` would never run");
    diag_label(d, s->span, "at the top level of a file with fn main");
    diag_hint(d, "move it into main");
}

static void check_top_stmt(Checker *ck, Module *m, FnCtx *fx, const Ast *s,
                           bool script) { /* table */
    switch ((int)s->kind) {
    case AST_FN: {
        FnDecl *d = map_get(&m->decl_of, s);
        if (d) check_decl(ck, d);
        return;
    }
    case AST_STRUCT: check_methods(ck, m, &s->struct_.methods); return;
    case AST_IMPL: check_methods(ck, m, &s->impl.methods); return;
    case AST_ENUM:
    case AST_TRAIT:
    case AST_ALIAS:
    case AST_IMPORT:
    case AST_EXPORT_LIST: return;
    case AST_TEST:
    case AST_HOOK:
        if (m->is_main) check_test(ck, m, s);
        return;
    }
    if (!script && s->kind != AST_VAR && s->kind != AST_ASSIGN) {
        if (m->is_main && m->has_main_fn) beside_main(ck, s);
        return;
    }
    ck->fx = fx;
    Tree *t = check_stmt(ck, s);
    infer_drain(ck);
    ck->fx = NULL;
    if (t) vec_push(ck->perm, &ck->init_stmts, t);
}

static bool has_tests(const Module *m) {
    for (u32 i = 0; i < m->ast->stmts.n; i++)
        if (m->ast->stmts.v[i]->kind == AST_TEST) return true;
    return false;
}

static Tree *body_of(Checker *ck, Scope *s, Tree **stmts, u32 n, Span span) {
    Tree *b = tn(ck, TN_BLOCK, span, ck->t_void);
    b->block.stmts.v = stmts;
    b->block.stmts.n = n;
    b->block.hoisted = s->hoisted.v;
    b->block.hoisted_count = s->hoisted.n;
    return b;
}

static void check_struct_decls(Checker *ck, Module *m) {
    for (u32 i = 0; i < m->ast->stmts.n; i++) {
        const Ast *s = m->ast->stmts.v[i];
        bool plain = (s->kind == AST_STRUCT && !s->struct_.gens.n) ||
                     (s->kind == AST_ENUM && !s->enum_.gens.n);
        if (!plain) continue;
        Symbol *sym = map_get(&m->scope, s->kind == AST_STRUCT ? s->struct_.name : s->enum_.name);
        if (sym && sym->kind == SYM_TYPE) type_expand(ck, decl_type(ck, sym->type, NULL));
    }
}

void check_top_level(Checker *ck, Module *m) {
    bool script = m->is_main && !m->has_main_fn && !(has_tests(m));
    Fn *fn = ck->init;
    Span whole = {m->file, 0, 0};
    if (script) {
        fn = fn_new(ck, FN_PLAIN, ck->n.main, whole);
        fn->is_main = true;
        fn->ret = ck->t_int;
    }
    FnCtx *fx = top_ctx(ck, m, fn);
    declare_globals(ck, m);
    check_struct_decls(ck, m);
    u32 first = ck->init_stmts.n;
    for (u32 i = 0; i < m->ast->stmts.n; i++) check_top_stmt(ck, m, fx, m->ast->stmts.v[i], script);
    if (script) {
        /* globals of imported modules were collected before: they stay in init */
        u32 n = ck->init_stmts.n - first;
        Tree **own = NEW_N(ck->perm, Tree *, n + 1);
        for (u32 i = 0; i < n; i++) own[i] = ck->init_stmts.v[first + i];
        ck->init_stmts.n = first;
        fn->body = body_of(ck, fx->scope, own, n, whole);
        ck->prog->main = fn;
        ck->prog->script = true;
    } else if (m->is_main && m->has_main_fn) {
        FnDecl *d = map_get(&m->fns, ck->n.main);
        if (d && d->gen_count == 0) ck->prog->main = fn_plain(ck, d);
    }
    batch_run(ck);
}

static void check_modules(Checker *ck) {
    ck->init = fn_new(ck, FN_PLAIN, intern_c(ck->names, "init"), (Span){ck->main->file, 0, 0});
    for (u32 i = 0; i < ck->modules.n; i++) check_top_level(ck, ck->modules.v[i]);
    batch_run(ck);
    if (ck->init_stmts.n + ck->std_inits.n) {
        Scope none = {0};
        for (u32 i = 0; i < ck->init_stmts.n; i++) /* the library's come first */
            vec_push(ck->perm, &ck->std_inits, ck->init_stmts.v[i]);
        ck->init_stmts.v = ck->std_inits.v;
        ck->init_stmts.n = ck->std_inits.n;
        ck->init->body = body_of(ck, &none, ck->init_stmts.v, ck->init_stmts.n, ck->init->span);
        ck->prog->init = ck->init;
    }
    batch_run(ck);
}

static void declare_std(Checker *ck) {
    for (u32 i = 0; i < ck->std.n; i++) declare_module(ck, ck->std.v[i]);
    for (u32 i = 0; i < ck->std.n; i++) declare_impls(ck, ck->std.v[i]);
    for (u32 i = 0; i < ck->std.n; i++) declare_globals(ck, ck->std.v[i]);
}

static void declare_user(Checker *ck) {
    for (u32 i = 0; i < ck->modules.n; i++) declare_module(ck, ck->modules.v[i]);
    for (u32 i = 0; i < ck->modules.n; i++) declare_impls(ck, ck->modules.v[i]);
    check_impls(ck);
}

/* Functions without a body that were only looked at (extern) stay; those never reached are dropped.
 */
static void drop_empty(Program *p) {
    u32 n = 0;
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *f = p->fns.v[i];
        if (!f->body && f->kind != FN_EXTERN) continue;
        f->id = n;
        p->fns.v[n++] = f;
    }
    p->fns.n = n;
}

Program *check_program(Arena *perm, Interner *names, Diags *ds, const CheckOptions *opt, Str path,
                       Str text) {
    Checker *ck = checker_new(perm, names, ds, opt);
    load_std(ck);
    declare_std(ck);
    load_program(ck, path, text);
    if (ds->errors) return NULL;
    declare_user(ck);
    check_modules(ck);
    finish_program(ck);
    if (opt->test_mode && ck->prog->tests.n) ck->prog->main = NULL;
    if (ds->errors) return NULL;
    drop_empty(ck->prog);
    return ck->prog;
}
