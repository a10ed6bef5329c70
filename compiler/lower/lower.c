/* lower.c - the program: declares a C function for each Fn, lowers the bodies, and makes wyn_main.
 */
#include "effect.h"
#include "fork.h"
#include "append.h"
#include "own.h"

static void types_init(Lower *lw) {
    Arena *a = lw->perm;
    TypeStore *ts = lw->prog->types;
    lw->t.i64 = type_ir(lw, type_prim(ts, TY_INT));
    lw->t.f64 = type_ir(lw, type_prim(ts, TY_FLOAT));
    lw->t.b = type_ir(lw, type_prim(ts, TY_BOOL));
    lw->t.str = type_ir(lw, type_prim(ts, TY_STRING));
    lw->t.tag = ir_raw(a, lw->ir, "int32_t");
    lw->t.u8 = ir_raw(a, lw->ir, "uint8_t");
    lw->t.voidp = ir_ptr(a, ir_raw(a, lw->ir, "void"));
    lw->t.fn_head = ir_raw(a, lw->ir, "wyn_fn");
    lw->t.fn = ir_ptr(a, lw->t.fn_head);
    lw->t.future = ir_ptr(a, ir_raw(a, lw->ir, "wyn_future"));
    lw->t.iter_head = ir_raw(a, lw->ir, "wyn_iter");
    lw->t.iter = ir_ptr(a, lw->t.iter_head);
    lw->t.object_head = ir_raw(a, lw->ir, "wyn_object");
    lw->t.object = ir_ptr(a, lw->t.object_head);
    lw->t.site = ir_ptr(a, ir_raw(a, lw->ir, "const wyn_site"));
    lw->t.cstr = ir_ptr(a, ir_raw(a, lw->ir, "const char"));
}

static void stem_add(StrBuf *b, Str s) {
    bool gap = false;
    for (u32 i = 0; i < s.n && b->n < 80; i++) {
        char c = s.p[i];
        bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!word) {
            if (c == '[' || c == '{') {
                if (b->n) buf_char(b, '_');
                buf_c(b, c == '[' ? "array" : "map");
            }
            gap = b->n > 0;
            continue;
        }
        if (gap) buf_char(b, '_');
        gap = false;
        buf_char(b, c);
    }
}

/* module_owner_name_targs, words only; the emitter makes it unique. */
Str fn_stem(Lower *lw, const Fn *fn) {
    StrBuf b = {.arena = lw->perm};
    if (fn->kind == FN_LAMBDA) {
        if (fn->outer && fn->outer != fn) {
            Fn *o = fn->outer;
            while (o->kind == FN_LAMBDA && o->outer) o = o->outer;
            if (o->name) stem_add(&b, o->name->s);
            else if (o->kind == FN_LAMBDA) return S("lambda");
            buf_c(&b, b.n ? "_lambda" : "lambda");
        } else buf_c(&b, "lambda");
        return buf_done(&b);
    }
    if (fn->module.n && !fn->is_std) {
        stem_add(&b, fn->module);
        buf_char(&b, '_');
    }
    if (fn->owner.n) {
        stem_add(&b, fn->owner);
        buf_char(&b, '_');
    }
    stem_add(&b, fn->name ? fn->name->s : S("anonymous"));
    if (fn->targs.n) {
        buf_c(&b, "__");
        stem_add(&b, fn->targs);
    }
    return buf_done(&b);
}

static Str fn_shown(Lower *lw, const Fn *fn) {
    if (fn->kind == FN_LAMBDA) return fn->outer ? fn_shown(lw, fn->outer) : S("lambda");
    Str name = fn->name ? fn->name->s : S("main");
    if (fn->owner.n) return str_fmt(lw->perm, "%.*s.%.*s", FMT(fn->owner), FMT(name));
    return name;
}

/* The signature as the user would write it. */
static Str fn_comment(Lower *lw, const Fn *fn) {
    if (fn->kind == FN_LAMBDA || !fn->name) return (Str){0};
    StrBuf b = {.arena = lw->perm};
    buf_c(&b, "fn ");
    if (fn->owner.n) buf_fmt(&b, "%.*s.", FMT(fn->owner));
    buf_fmt(&b, "%.*s%.*s(", FMT(fn->name->s), FMT(fn->targs));
    for (u32 i = 0; i < fn->param_count; i++) {
        Local *p = fn->params[i];
        Str t = type_text(lw->perm, p->type);
        Str name = p->name ? p->name->s : S("_");
        buf_fmt(&b, "%s%s%.*s", i ? ", " : "", p->by_ref ? "mut " : "", FMT(name));
        if (!(fn->is_method && i == 0)) buf_fmt(&b, ": %.*s", FMT(t));
    }
    buf_char(&b, ')');
    if (!type_no_value(fn->ret)) {
        Str t = type_text(lw->perm, fn->ret);
        buf_fmt(&b, " -> %.*s", FMT(t));
    }
    return buf_done(&b);
}

static void declare_env(Lower *lw, Fn *fn, FnInfo *fi) {
    if (fn->kind != FN_LAMBDA || !fn->captures.n) return;
    fi->env = struct_new(lw, fi->ir->name);
    struct_add(lw, fi->env, NULL, lw->t.fn_head);
    for (u32 i = 0; i < fn->captures.n; i++) {
        Local *in = fn->captures.v[i].inner;
        IrType *t = type_no_value(in->type) ? lw->t.u8 : type_ir(lw, in->type);
        if (local_is_boxed(lw, in) || local_is_ref(lw, in)) t = ir_ptr(lw->perm, t);
        struct_add(lw, fi->env, in->name, t);
    }
}

static void declare_extern(Lower *lw, Fn *fn, FnInfo *fi) {
    IrFn *ir = fi->ir;
    ir->name = fn->name->s;
    ir->is_extern = true;
    ir->varargs = fn->varargs;
    ir->std_abi = fn->is_std;
    bool generic = fn->type_arg_count || fn->bare_ret;
    LowerFn f = {.lw = lw, .out = ir};
    if (fn->bare_ret) {
        fn_param(&f, NULL, lw->t.voidp);
        ir->ret = NULL;
    } else if (type_no_value(fn->ret)) {
        ir->ret = NULL;
    } else {
        ir->ret = extern_param_type(lw, fn, fn->ret);
    }
    IrType *cvoid = ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "const void"));
    for (u32 i = 0; i < fn->param_count; i++) {
        bool bare = fn->bare_params >> i & 1;
        fn_param(&f, NULL, bare ? cvoid : extern_param_type(lw, fn, fn->params[i]->type));
    }
    IrType *d = ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "const wyn_type"));
    for (u32 i = 0; generic && i < fn->type_arg_count; i++) fn_param(&f, NULL, d);
}

static void declare_fn(Lower *lw, Fn *fn) {
    FnInfo *fi = fn_info(lw, fn);
    if (fi->ir) return;
    fi->ir = ir_fn_new(lw, S(""), NULL);
    fi->ir->span = fn->span;
    if (fn->kind == FN_EXTERN) {
        declare_extern(lw, fn, fi);
        return;
    }
    fi->ir->ret = type_no_value(fn->ret) ? NULL : type_ir(lw, fn->ret);
    fi->ir->name = fn_stem(lw, fn);
    fi->ir->shown = fn_shown(lw, fn);
    fi->ir->comment = fn_comment(lw, fn);
    fi->ir->inlined = fi->ir->loads_code = inline_wanted(fn);
    declare_env(lw, fn, fi);
}

/* `const N = 10` is its literal wherever it is read: no variable is needed. */
static void note_constant(Lower *lw, Tree *t) {
    if (t->kind != TN_ASSIGN || t->assign.targets.n != 1) return;
    Tree *to = t->assign.targets.v[0], *v = t->assign.values.v[0];
    if (to->kind != TN_GLOBAL || !to->global->is_const || to->type != v->type) return;
    if (v->kind == TN_INT || v->kind == TN_FLOAT || v->kind == TN_BOOL || v->kind == TN_STR)
        map_put(lw->perm, &lw->constants, to->global, v);
}

static void declare_globals(Lower *lw) {
    const Fn *init = lw->prog->init;
    for (u32 i = 0; init && i < init->body->block.stmts.n; i++)
        note_constant(lw, init->body->block.stmts.v[i]);
    for (u32 i = 0; i < lw->prog->globals.n; i++) {
        Global *g = lw->prog->globals.v[i];
        if (map_get(&lw->constants, g)) continue;
        IrGlobal *ig = NEW(lw->perm, IrGlobal);
        ig->name = g->name;
        ig->module = g->module;
        ig->type = type_no_value(g->type) ? lw->t.u8 : type_ir(lw, g->type);
        vec_push(lw->perm, &lw->ir->globals, ig);
        map_put(lw->perm, &lw->globals, g, ig);
    }
}

/* Adapters `wyn_str *(const void *)` of the users' to_string. */
static void declare_to_string(Lower *lw) {
    for (u32 i = 0; i < type_count(lw->prog->types); i++) {
        Type *t = type_at(lw->prog->types, i);
        if (!t->to_string || t->has_var) continue;
        Fn *fn = t->to_string;
        FnInfo *fi = map_get(&lw->fns, fn);
        if (!fi || !fi->ir) continue;
        IrFn *ad = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_text", FMT(fi->ir->name)), lw->t.str);
        LowerFn *f = fn_begin(lw, ad);
        f->fn = fn;
        f->span = fn->span;
        IrVar *p = fn_param(f, NULL, ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "const void")));
        IrType *vt = type_ir(lw, t);
        IrExpr *v = ex_deref(f, ex_cast(f, ex_var(f, p), ir_ptr(lw->perm, vt)));
        IrArgs args = {NEW_N(lw->perm, IrExpr *, 2), 1};
        if (fn->params[0]->by_ref) {
            IrVar *copy = var_temp(f, v);
            copy->mutable_ = true;
            args.v[0] = ex_addr(f, ex_var(f, copy));
        } else {
            args.v[0] = v;
        }
        if (fi->takes_site) args.v[args.n++] = ex_site(f, fn->span);
        st_return(f, ex_call(f, fi->ir, args));
        map_put(lw->perm, &lw->ir->to_string, t, ad);
    }
}

/* Adapters `void (void *field)` of the defaults that readers of data fill in. */
static void declare_presets(Lower *lw) {
    for (u32 i = 0; i < type_count(lw->prog->types); i++) {
        Type *t = type_at(lw->prog->types, i);
        for (u32 k = 0; t->has_outside && k < t->field_count; k++) {
            Fn *fn = t->fields[k].preset;
            FnInfo *fi = fn ? map_get(&lw->fns, fn) : NULL;
            if (!fi || !fi->ir) continue;
            IrFn *ad = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_put", FMT(fi->ir->name)), NULL);
            LowerFn *f = fn_begin(lw, ad);
            f->fn = fn;
            f->span = fn->span;
            IrVar *p = fn_param(f, NULL, lw->t.voidp);
            IrArgs args = {NEW_N(lw->perm, IrExpr *, 1), 0};
            if (fi->takes_site) args.v[args.n++] = ex_site(f, fn->span);
            IrType *at = ir_ptr(lw->perm, type_ir(lw, t->fields[k].type));
            st_set(f, ex_deref(f, ex_cast(f, ex_var(f, p), at)), ex_call(f, fi->ir, args));
            map_put(lw->perm, &lw->ir->presets, fn, ad);
        }
    }
}

/* ---- wyn_main ---- */

static IrExpr *call_plain(LowerFn *f, Fn *fn) {
    FnInfo *fi = fn_info(f->lw, fn);
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, fn->param_count + 1), 0};
    for (u32 i = 0; i < fn->param_count; i++) /* main(args): unused */
        args.v[args.n++] = value_zero(f, fn->params[i]->type);
    if (fi->takes_site) args.v[args.n++] = ex_site(f, fn->span);
    return ex_call(f, fi->ir, args);
}

static void return_status(LowerFn *f, Fn *fn, IrExpr *e) {
    Lower *lw = f->lw;
    Type *t = fn->ret;
    if (t->kind == TY_INT || t->kind == TY_BOOL) {
        st_return(f, ex_cast(f, e, lw->t.i64));
        return;
    }
    if (t->kind == TY_RESULT) {
        IrVar *r = var_temp(f, e);
        IrStmt *s = st_if(f, ex_not(f, result_is_ok(f, ex_var(f, r))));
        BlockSave save = block_enter(f, &s->if_.then);
        IrExpr *err = ex_address(f, result_part(f, t, ex_var(f, r), false));
        st_expr(f, ex_rt(f, "wyn_main_error", NULL, FX_CALL, err, ex_desc(f, t->args[1]), NULL));
        block_leave(f, save);
        if (t->args[0]->kind == TY_INT) {
            st_return(f, result_part(f, t, ex_var(f, r), true));
            return;
        }
    } else {
        st_expr(f, e);
    }
    st_return(f, ex_int(f, 0));
}

/* All hooks of one kind as one function. */
static IrFn *hooks(Lower *lw, Fn **v, u32 n, const char *name) {
    if (!n) return NULL;
    IrFn *fn = ir_fn_new(lw, str_c(name), NULL);
    LowerFn *f = fn_begin(lw, fn);
    for (u32 i = 0; i < n; i++) {
        f->fn = v[i];
        st_expr(f, call_plain(f, v[i]));
    }
    return fn;
}

static IrExpr *fn_or_null(LowerFn *f, IrFn *fn) {
    if (!fn) return ex_null(f, f->lw->t.voidp);
    IrExpr *e = ex_new(f, IE_FN, f->lw->t.voidp);
    e->fn = fn;
    return e;
}

static void run_tests(LowerFn *f) {
    Lower *lw = f->lw;
    const Program *p = lw->prog;
    IrExpr *list = ex_null(f, lw->t.voidp);
    if (p->tests.n) {
        list = ex_new(f, IE_LIST, lw->t.voidp);
        list->make.elem = ir_raw(lw->perm, lw->ir, "wyn_test");
        list->make.args = (IrArgs){NEW_N(lw->perm, IrExpr *, p->tests.n), p->tests.n};
    }
    for (u32 i = 0; i < p->tests.n; i++) {
        IrExpr *e = ex_make(f, list->make.elem, 2);
        e->make.args.v[0] = ex_str(f, p->tests.v[i].title);
        e->make.args.v[1] = fn_or_null(f, fn_info(lw, p->tests.v[i].fn)->ir);
        list->make.args.v[i] = e;
    }
    IrFn *before = hooks(lw, p->before_each.v, p->before_each.n, "before_each");
    IrFn *after = hooks(lw, p->after_each.v, p->after_each.n, "after_each");
    st_return(f, ex_rt(f, "wyn_run_tests", lw->t.i64, FX_CALL, list, ex_int(f, p->tests.n),
                       fn_or_null(f, before), fn_or_null(f, after), NULL));
}

static void make_start(Lower *lw) {
    const Program *p = lw->prog;
    IrFn *start = ir_fn_new(lw, S("wyn_main"), lw->t.i64);
    start->is_exported = true;
    lw->ir->start = start;
    LowerFn *f = fn_begin(lw, start);
    if (p->init) {
        f->fn = p->init;
        st_expr(f, call_plain(f, p->init));
    }
    if (p->tests.n && (lw->opt.test_mode || !p->main)) {
        run_tests(f);
        return;
    }
    if (!p->main) {
        st_return(f, ex_int(f, 0));
        return;
    }
    f->fn = p->main;
    return_status(f, p->main, call_plain(f, p->main));
}

static void declare_all(Lower *lw) {
    const Program *p = lw->prog;
    for (u32 i = 0; i < p->fns.n; i++) declare_fn(lw, p->fns.v[i]);
    if (p->init) declare_fn(lw, p->init);
    if (p->main) declare_fn(lw, p->main);
}

/* Who asks for the number of its task, how many there are, or whether its future was cancelled,
 * would see that scoped ones have no future. */
static bool counts_tasks(const Program *p) {
    for (u32 i = 0; i < p->fns.n; i++) {
        const Fn *fn = p->fns.v[i];
        if (fn->kind == FN_EXTERN && fn->is_std &&
            (str_eq(fn->name->s, S("wyn_task_id")) || str_eq(fn->name->s, S("wyn_task_count")) ||
             str_eq(fn->name->s, S("wyn_task_is_cancelled"))))
            return true;
    }
    return false;
}

IrProgram *lower_program(Arena *perm, const Program *p, const LowerOptions *opt) {
    Lower *lw = NEW(perm, Lower);
    lw->perm = perm;
    lw->prog = p;
    lw->opt = *opt;
    lw->ir = NEW(perm, IrProgram);
    lw->ir->types = p->types;
    lw->ir->sources = p->sources;
    lw->ir->overflow_check = opt->overflow_check;
    lw->scoped = !counts_tasks(p);
    types_init(lw);
    capture_prepare(lw);
    declare_all(lw);
    declare_globals(lw);
    declare_to_string(lw);
    declare_presets(lw);
    for (u32 i = 0; i < p->fns.n; i++) lower_fn(lw, p->fns.v[i]);
    make_start(lw);
    inline_decide(lw);
    fork_finish(lw, effect_analyse(perm, lw->ir));
    own_analyse(perm, lw->ir);
    append_analyse(perm, lw->ir);
    ir_check(perm, lw->ir);
    return lw->ir;
}
