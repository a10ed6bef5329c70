/* lower_call.c - calls, function values, closures, trait objects, conversions.
 * A function value is one pointer to {code, captures}; code takes it as hidden last argument. */
#include "fork.h"
#include "fuse.h"

static bool pushes_ref(Local *param, Tree *arg) { return param->by_ref || arg->kind == TN_REF; }

static bool writes_var(const IrExpr *e) {
    if (e->kind != IE_ADDR) return false;
    e = e->one.e;
    while (e->kind == IE_MEMBER && !e->member.arrow) e = e->member.e;
    return e->kind == IE_VAR;
}

static void call_operand(LowerFn *f, Operands *ops, Fn *callee, u32 i, Tree *arg, u8 *fx) {
    if (!pushes_ref(callee->params[i], arg)) {
        operands_add(f, ops, arg);
        return;
    }
    IrExpr *a = place_address(f, ops, arg->kind == TN_REF ? arg->one.e : arg);
    if (writes_var(a)) *fx |= FX_WRITE_VAR;
    *fx |= FX_EFFECT;
}

static IrType *extern_type(LowerFn *f, Fn *fn, Type *t) {
    if (!fn->is_std && t->kind == TY_STRING) return f->lw->t.cstr;
    if (!fn->is_std && t->kind == TY_FN) return f->lw->t.voidp;
    return type_ir(f->lw, t);
}

/* The function that C calls in place of fn: arguments and result in C's types. */
static IrFn *fn_callback(Lower *lw, Fn *fn) {
    FnInfo *fi = fn_info(lw, fn);
    if (fi->as_callback) return fi->as_callback;
    IrFn *cb = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_from_c", FMT(fi->ir->name)), fi->ir->ret);
    fi->as_callback = cb;
    cb->shown = fi->ir->shown;
    LowerFn *f = fn_begin(lw, cb);
    f->fn = fn;
    f->span = fn->span;
    IrArgs args = {NEW_N(lw->perm, IrExpr *, fn->param_count + 1), fn->param_count};
    for (u32 i = 0; i < fn->param_count; i++) {
        Type *pt = fn->params[i]->type;
        bool text = pt->kind == TY_STRING;
        IrExpr *e = ex_var(f, fn_param(f, fn->params[i]->name,
                                       text ? lw->t.cstr : type_ir(lw, pt)));
        args.v[i] = text ? ex_rt(f, "wyn_str_from_c", lw->t.str, 0, e, NULL) : e;
    }
    st_expr(f, ex_rt(f, "wyn_callback_begin", NULL, FX_EFFECT, ex_site(f, fn->span), NULL));
    for (u32 i = 0; i < fn->param_count; i++) args.v[i] = ex_temp(f, args.v[i]);
    if (fi->takes_site) args.v[args.n++] = ex_site(f, fn->span);
    IrExpr *e = ex_call(f, fi->ir, args);
    bool none = ir_is_void(e->type);
    IrVar *v = none ? NULL : var_temp(f, e);
    if (none) st_expr(f, e);
    st_expr(f, ex_rt(f, "wyn_callback_end", NULL, FX_EFFECT, NULL));
    if (!none) st_return(f, ex_var(f, v));
    return cb;
}

static IrExpr *callback_arg(LowerFn *f, Tree *arg) {
    IrExpr *code = ex_new(f, IE_FN, f->lw->t.voidp);
    code->fn = fn_callback(f->lw, arg->fn);
    return code;
}

/* Strings pass to C as NUL-terminated bytes, and come back by copying. */
static IrExpr *call_extern(LowerFn *f, Tree *t, IrArgs args) {
    Fn *fn = t->call.fn;
    FnInfo *fi = fn_info(f->lw, fn);
    for (u32 i = 0; !fn->is_std && i < args.n; i++) {
        Tree *arg = t->call.args.v[i];
        if (arg->type->kind == TY_FN) args.v[i] = callback_arg(f, arg);
        if (arg->type->kind == TY_STRING)
            args.v[i] = ex_rt(f, "wyn_str_c", f->lw->t.cstr, 0, args.v[i], NULL);
    }
    IrExpr *e = ex_call(f, fi->ir, args);
    if (!fn->is_std && fn->ret->kind == TY_STRING)
        e = ex_rt(f, "wyn_str_from_c", f->lw->t.str, 0, e, NULL);
    return e;
}

/* Generic externs of the library: bare T by address, a bare T result through the first parameter,
 * one descriptor per type parameter at the end. */
static IrExpr *call_generic_extern(LowerFn *f, Tree *t, IrArgs args) {
    Fn *fn = t->call.fn;
    VEC(IrExpr *) list = {0};
    Arena *a = f->lw->perm;
    IrVar *out = NULL;
    if (fn->bare_ret) {
        out = var_decl(f, NULL, type_ir(f->lw, fn->ret), ex_zero(f, type_ir(f->lw, fn->ret)));
        vec_push(a, &list, ex_addr(f, ex_var(f, out)));
    }
    for (u32 i = 0; i < args.n; i++) {
        bool bare = fn->bare_params >> i & 1;
        vec_push(a, &list, bare ? ex_address(f, args.v[i]) : args.v[i]);
    }
    for (u32 i = 0; i < fn->type_arg_count; i++) vec_push(a, &list, ex_desc(f, fn->type_args[i]));
    IrExpr *e = ex_call(f, fn_info(f->lw, fn)->ir, (IrArgs){list.v, list.n});
    if (!out) return e;
    e->type = NULL;
    st_expr(f, e);
    return ex_var(f, out);
}

IrExpr *lower_call(LowerFn *f, Tree *t) {
    Fn *fn = t->call.fn;
    IrExpr *joined;
    if (fork_call(f, t, &joined)) return joined;
    IrExpr *fused = fuse_call(f, t);
    if (fused) return fused;
    FnInfo *fi = fn_info(f->lw, fn);
    u32 n = t->call.args.n;
    Operands ops = {0};
    u32 *at = NEW_N(f->lw->perm, u32, n + 1);
    u8 fx = 0;
    for (u32 k = 0; k < n; k++) {
        u32 i = t->call.order ? t->call.order[k] : k;
        if (i >= fn->param_count) operands_add(f, &ops, t->call.args.v[i]); /* varargs */
        else call_operand(f, &ops, fn, i, t->call.args.v[i], &fx);
        if (f->dead) return NULL;
        at[i] = ops.v.n - 1;
    }
    bool site = fi->takes_site;
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, n + 1), n + site};
    for (u32 i = 0; i < n; i++) args.v[i] = ops.v.v[at[i]].e;
    if (fn->is_std && fn->is_method && n && t->call.args.v[0]->type->kind == TY_ITER &&
        iter_is_fresh(t->call.args.v[0])) /* g().take(1): take may end it */
        args.v[0] = ex_rt(f, "wyn_iter_own", args.v[0]->type, FX_EFFECT, args.v[0], NULL);
    if (site) args.v[n] = ex_site(f, t->span);
    if (fn->kind == FN_EXTERN && (fn->type_arg_count || fn->bare_ret))
        return call_generic_extern(f, t, args);
    if (fn->kind == FN_EXTERN) return call_extern(f, t, args);
    IrExpr *e = ex_call(f, fi->ir, args);
    e->fx |= fx;
    return e;
}

IrExpr *call_fn_value(LowerFn *f, Type *fn_type, IrExpr *fn, IrArgs args) {
    IrExpr *e = ex_new(f, IE_CALL_VALUE, type_ir(f->lw, fn_type->args[fn_type->n - 1]));
    e->callv.fn = fn;
    e->callv.args = args;
    e->fx = FX_CALL;
    return e;
}

static IrArgs operand_args(LowerFn *f, Operands *ops, u32 from) {
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, ops->v.n), ops->v.n - from};
    for (u32 i = from; i < ops->v.n; i++) args.v[i - from] = ops->v.v[i].e;
    return args;
}

IrExpr *lower_call_value(LowerFn *f, Tree *t) {
    Operands ops = {0};
    u8 saved;
    operands_begin(f, &saved);
    IrExpr *fn = lower_expr(f, t->callv.callee);
    if (f->dead) return NULL;
    operands_end(f, &ops, ex_temp(f, fn), saved);
    for (u32 i = 0; i < t->callv.args.n && !f->dead; i++) operands_add(f, &ops, t->callv.args.v[i]);
    if (f->dead) return NULL;
    IrExpr *e = call_fn_value(f, t->callv.callee->type, ops.v.v[0].e, operand_args(f, &ops, 1));
    for (u32 i = 0; i < ops.v.n; i++) e->fx |= ops.v.v[i].e->fx;
    return e;
}

IrExpr *lower_call_dyn(LowerFn *f, Tree *t) {
    Operands ops = {0};
    u8 saved;
    operands_begin(f, &saved);
    IrExpr *o = lower_expr(f, t->dyn.obj);
    if (f->dead) return NULL;
    operands_end(f, &ops, ex_temp(f, o), saved);
    for (u32 i = 0; i < t->dyn.args.n && !f->dead; i++) operands_add(f, &ops, t->dyn.args.v[i]);
    if (f->dead) return NULL;
    IrExpr *e = ex_new(f, IE_CALL_VTABLE, type_ir(f->lw, t->type));
    e->vcall.obj = ops.v.v[0].e;
    e->vcall.method = t->dyn.method;
    e->vcall.trait = t->dyn.obj->type;
    e->vcall.args = operand_args(f, &ops, 1);
    e->fx = FX_CALL;
    for (u32 i = 0; i < ops.v.n; i++) e->fx |= ops.v.v[i].e->fx;
    return e;
}

/* ---- function values ---- */

static IrExpr *fn_value(LowerFn *f, IrFn *code, IrType *type) {
    IrExpr *e = ex_new(f, IE_FN_VALUE, type);
    e->fn = code;
    return e;
}

/* The same function with the hidden last parameter, for use as a value. */
IrFn *fn_adapter(Lower *lw, Fn *fn) {
    FnInfo *fi = fn_info(lw, fn);
    if (fi->as_value) return fi->as_value;
    IrFn *ad = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_value", FMT(fi->ir->name)), fi->ir->ret);
    fi->as_value = ad;
    LowerFn *f = fn_begin(lw, ad);
    f->fn = fn;
    f->span = fn->span;
    ad->shown = fi->ir->shown;
    IrArgs args = {NEW_N(lw->perm, IrExpr *, fn->param_count + 1), fn->param_count};
    for (u32 i = 0; i < fn->param_count; i++) {
        IrType *pt = type_ir(lw, fn->params[i]->type);
        if (fn->params[i]->by_ref) pt = ir_ptr(lw->perm, pt);
        args.v[i] = ex_var(f, fn_param(f, fn->params[i]->name, pt));
    }
    fn_param(f, NULL, lw->t.fn);
    if (fi->takes_site) args.v[args.n++] = ex_site(f, fn->span);
    IrExpr *e = ex_call(f, fi->ir, args);
    if (ir_is_void(e->type)) st_expr(f, e);
    else st_return(f, e);
    return ad;
}

IrExpr *lower_fn_value(LowerFn *f, Tree *t) {
    return fn_value(f, fn_adapter(f->lw, t->fn), type_ir(f->lw, t->type));
}

/* Environment of a lambda: {fn, captures}. */
IrExpr *lower_lambda(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    FnInfo *fi = fn_info(lw, t->fn);
    IrType *type = type_ir(lw, t->type);
    if (!fi->env) return fn_value(f, fi->ir, type);
    bool heap = t->fn->escapes || t->fn->spawned;
    IrType *st = ir_struct_type(lw->perm, fi->env);
    IrType *ptr = ir_ptr(lw->perm, st);
    IrVar *env;
    if (heap) {
        IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
        size->obj = st;
        env = var_temp(f, ex_cast(f, ex_rt(f, "wyn_alloc", lw->t.voidp, 0, size, NULL), ptr));
    } else {
        env = var_decl(f, NULL, st, NULL);
    }
    IrExpr *code = ex_new(f, IE_FN, lw->t.voidp);
    code->fn = fi->ir;
    IrExpr *head = ex_member(f, ex_var(f, env), IM_FIELD, 0, lw->t.fn_head);
    head->member.arrow = heap;
    st_set(f, ex_raw_member(f, head, "code", lw->t.voidp, false), code);
    for (u32 i = 0; i < t->fn->captures.n; i++) {
        Capture *c = &t->fn->captures.v[i];
        if (type_no_value(c->outer->type)) continue;
        IrType *ft = struct_field_type(fi->env, i + 1);
        IrExpr *m = ex_member(f, ex_var(f, env), IM_FIELD, i + 1, ft);
        m->member.arrow = heap;
        Slot *s = local_slot(f, c->outer);
        bool by_ptr = local_is_boxed(lw, c->inner) || local_is_ref(lw, c->inner);
        st_set(f, m, by_ptr ? ex_var(f, s->var) : local_read(f, c->outer));
    }
    if (heap) return ex_cast(f, ex_var(f, env), type);
    return ex_cast(f, ex_addr(f, ex_var(f, env)), type);
}

/* ---- trait objects ---- */

static IrStruct *object_struct(Lower *lw, Type *t) {
    IrStruct *st = map_get(&lw->objects, t);
    if (st) return st;
    st = struct_new(lw, str_fmt(lw->perm, "object"));
    struct_add(lw, st, NULL, lw->t.object_head);
    struct_add(lw, st, NULL, type_ir(lw, t));
    map_put(lw->perm, &lw->objects, t, st);
    return st;
}

/* A method that finds its receiver inside the object. */
static IrFn *vtable_method(Lower *lw, IrStruct *st, Fn *m) {
    FnInfo *fi = fn_info(lw, m);
    IrFn *ad = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_dyn", FMT(fi->ir->name)), fi->ir->ret);
    ad->shown = fi->ir->shown;
    LowerFn *f = fn_begin(lw, ad);
    f->fn = m;
    f->span = m->span;
    IrVar *self = fn_param(f, NULL, lw->t.object);
    IrArgs args = {NEW_N(lw->perm, IrExpr *, m->param_count + 1), m->param_count};
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, st));
    IrExpr *v = ex_arrow(f, ex_cast(f, ex_var(f, self), ptr), 1, struct_field_type(st, 1));
    args.v[0] = m->params[0]->by_ref ? ex_addr(f, v) : v;
    for (u32 i = 1; i < m->param_count; i++) {
        IrType *pt = type_ir(lw, m->params[i]->type);
        if (m->params[i]->by_ref) pt = ir_ptr(lw->perm, pt);
        args.v[i] = ex_var(f, fn_param(f, m->params[i]->name, pt));
    }
    if (fi->takes_site) args.v[args.n++] = ex_site(f, m->span);
    IrExpr *e = ex_call(f, fi->ir, args);
    if (ir_is_void(e->type)) st_expr(f, e);
    else st_return(f, e);
    return ad;
}

static IrVtable *vtable_for(Lower *lw, Type *impl, Type *trait, Fn **methods, u32 n) {
    for (u32 i = 0; i < lw->ir->vtables.n; i++) { /* few */
        IrVtable *v = lw->ir->vtables.v[i];
        if (v->impl == impl && v->trait == trait) return v;
    }
    IrVtable *v = NEW(lw->perm, IrVtable);
    *v = (IrVtable){.trait = trait, .impl = impl, .n = n, .id = lw->ir->vtables.n};
    vec_push(lw->perm, &lw->ir->vtables, v);
    v->methods = NEW_N(lw->perm, IrFn *, n);
    IrStruct *st = object_struct(lw, impl);
    for (u32 i = 0; i < n; i++) v->methods[i] = vtable_method(lw, st, methods[i]);
    return v;
}

static IrExpr *cast_trait(LowerFn *f, Tree *t, IrExpr *e) {
    Lower *lw = f->lw;
    Type *impl = t->cast.e->type;
    IrVtable *v = vtable_for(lw, impl, t->type, t->cast.vtable, t->cast.vtable_count);
    IrStruct *st = object_struct(lw, impl);
    IrType *sty = ir_struct_type(lw->perm, st);
    IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = sty;
    e = ex_temp(f, e);
    IrVar *o = var_temp(f, ex_cast(f, ex_rt(f, "wyn_alloc", lw->t.voidp, 0, size, NULL),
                                   ir_ptr(lw->perm, sty)));
    IrExpr *head = ex_arrow(f, ex_var(f, o), 0, lw->t.object_head);
    IrExpr *vt = ex_new(f, IE_VTABLE, lw->t.voidp);
    vt->vtable = v;
    st_set(f, ex_raw_member(f, head, "vt", lw->t.voidp, false), vt);
    st_set(f, ex_arrow(f, ex_var(f, o), 1, struct_field_type(st, 1)), e);
    return ex_cast(f, ex_var(f, o), type_ir(lw, t->type));
}

/* ---- conversions ---- */

/* A function value whose result is dropped or converted. */
static IrExpr *cast_fn(LowerFn *f, Tree *t, IrExpr *e) {
    Lower *lw = f->lw;
    Type *from = t->cast.e->type, *to = t->type;
    IrStruct *st = struct_new(lw, S("fn_cast"));
    struct_add(lw, st, NULL, lw->t.fn_head);
    struct_add(lw, st, NULL, type_ir(lw, from));
    IrType *sty = ir_struct_type(lw->perm, st), *ptr = ir_ptr(lw->perm, sty);
    IrFn *code = ir_fn_new(lw, S("fn_cast"), type_ir(lw, to->args[to->n - 1]));
    LowerFn *g = fn_begin(lw, code);
    g->fn = f->fn;
    g->span = t->span;
    IrArgs args = {NEW_N(lw->perm, IrExpr *, from->n), from->n - 1};
    for (u32 i = 0; i + 1 < to->n; i++)
        args.v[i] = ex_var(g, fn_param(g, NULL, type_ir(lw, to->args[i])));
    IrVar *self = fn_param(g, NULL, lw->t.fn);
    IrVar *inner = var_temp(g, ex_arrow(g, ex_cast(g, ex_var(g, self), ptr), 1,
                                        type_ir(lw, from)));
    IrExpr *r = call_fn_value(g, from, ex_var(g, inner), args);
    Type *rt = to->args[to->n - 1], *ft = from->args[from->n - 1];
    if (type_no_value(rt)) st_expr(g, r);
    else if (rt->kind == TY_BOOL && ft->kind == TY_INT)
        st_return(g, ex_binary(g, IO_NE, r, ex_int(g, 0), lw->t.b));
    else st_return(g, ex_cast(g, r, type_ir(lw, rt)));

    e = ex_temp(f, e);
    IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = sty;
    IrVar *o = var_temp(f, ex_cast(f, ex_rt(f, "wyn_alloc", lw->t.voidp, 0, size, NULL), ptr));
    IrExpr *addr = ex_new(f, IE_FN, lw->t.voidp);
    addr->fn = code;
    st_set(f, ex_raw_member(f, ex_arrow(f, ex_var(f, o), 0, lw->t.fn_head), "code", lw->t.voidp,
                            false), addr);
    st_set(f, ex_arrow(f, ex_var(f, o), 1, type_ir(lw, from)), e);
    return ex_cast(f, ex_var(f, o), type_ir(lw, to));
}

static const char *handle_kind(const Type *t) {
    static const char *const rows[][2] = {
        {"Shared", "WYN_H_SHARED"}, {"StringBuilder", "WYN_H_BUILDER"},
        {"File", "WYN_H_FILE"},     {"JsonDoc", "WYN_H_JSON"},
        {"Database", "WYN_H_DB"}};
    if (t->kind == TY_CHANNEL) return "WYN_H_CHANNEL";
    if (t->kind == TY_FUTURE) return "WYN_H_FUTURE";
    for (u32 i = 0; i < COUNT_OF(rows) && t->name; i++)
        if (str_eq(t->name->s, str_c(rows[i][0]))) return rows[i][1];
    return "WYN_H_OTHER";
}

/* The number under which the registry knows a handle. */
IrExpr *handle_number(LowerFn *f, Type *t, IrExpr *e) {
    Lower *lw = f->lw;
    const char *kind = handle_kind(t);
    bool elem = (t->kind == TY_CHANNEL || t->kind == TY_FUTURE);
    if (t->kind == TY_STRUCT) e = ex_member(f, e, IM_FIELD, 0, lw->t.voidp); /* a table: its rows */
    return ex_rt(f, "wyn_handle_enter", lw->t.i64, FX_EFFECT, e, ex_name(f, kind, lw->t.i64),
                 elem ? ex_desc(f, t->args[0]) : ex_null(f, lw->t.voidp), NULL);
}

IrExpr *lower_cast(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    IrExpr *e = lower_expr(f, t->cast.e);
    if (!e || f->dead || t->cast.how == CAST_NEVER)
        return type_no_value(t->type) ? NULL : ex_zero(f, type_ir(lw, t->type));
    IrType *type = type_ir(lw, t->type);
    switch (t->cast.how) {
    case CAST_NONE: return e;
    case CAST_INT_FLOAT: case CAST_BOOL_INT: case CAST_BOOL_FLOAT:
        if (e->kind == IE_INT && t->cast.how == CAST_INT_FLOAT) {
            IrExpr *c = ex_new(f, IE_FLOAT, type);
            c->float_ = (double)e->int_;
            return c;
        }
        return ex_cast(f, e, type);
    case CAST_INT_BOOL: return ex_binary(f, IO_NE, e, ex_int(f, 0), lw->t.b);
    case CAST_SOME: return option_some(f, t->type, e);
    case CAST_HANDLE_INT: return handle_number(f, t->cast.e->type, e);
    case CAST_TRAIT: return cast_trait(f, t, e);
    case CAST_FN_VOID: return cast_fn(f, t, e);
    case CAST_STR_PTR: return ex_cast(f, ex_rt(f, "wyn_str_c", lw->t.cstr, 0, e, NULL), type);
    case CAST_NEVER: break;
    }
    return e;
}

/* For the prototypes of C functions. */
IrType *extern_param_type(Lower *lw, Fn *fn, Type *t) {
    LowerFn f = {.lw = lw};
    return extern_type(&f, fn, t);
}
