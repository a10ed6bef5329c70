/* lower_intr.c - the operations declared in the standard library that the compiler knows: inline
 * code or calls of the runtime with a descriptor. */
#include "fuse.h"

typedef struct Intr {
    LowerFn *f;
    Tree *t;
    IrExpr **a;          /* arguments */
    Type *at;            /* type of the first argument, or NULL */
    Type *elem;          /* first type argument */
    IrType *type;        /* of the result; NULL: none */
} Intr;

#define RT(name, fx, ...) ex_rt(in->f, name, in->type, fx, __VA_ARGS__, NULL)
#define SITE ex_site(in->f, in->t->span)

static IrExpr *desc(Intr *in, u32 i) { return ex_desc(in->f, in->t->intr.targs[i]); }

/* A call that fills a slot: the value is the slot. */
static IrVar *slot_new(Intr *in, Type *t) {
    IrType *it = type_ir(in->f->lw, t);
    IrVar *v = var_decl(in->f, NULL, it, ex_zero(in->f, it));
    v->mutable_ = true;
    return v;
}

static IrExpr *slot_addr(Intr *in, IrVar *v) { return ex_addr(in->f, ex_var(in->f, v)); }

static IrExpr *compare(Intr *in) {
    LowerFn *f = in->f;
    Type *t = in->at;
    IrType *b = f->lw->t.b;
    if (t->kind == TY_INT || t->kind == TY_BOOL) {
        IrExpr *x = ex_temp(f, in->a[0]), *y = ex_temp(f, in->a[1]);
        IrExpr *gt = ex_cast(f, ex_binary(f, IO_GT, x, y, b), in->type);
        IrExpr *lt = ex_cast(f, ex_binary(f, IO_LT, ex_copy(f, x), ex_copy(f, y), b), in->type);
        return ex_binary(f, IO_SUB, gt, lt, in->type);
    }
    if (t->kind == TY_STRING) return RT("wyn_str_cmp", 0, in->a[0], in->a[1]);
    IrExpr *x = ex_address(f, in->a[0]), *y = ex_address(f, in->a[1]);
    return RT("wyn_cmp", FX_READ_MEM, x, y, ex_desc(f, t));
}

static IrExpr *zero(Intr *in) {
    LowerFn *f = in->f;
    if (type_has_zero(in->t->type)) return value_zero(f, in->t->type);
    Str text = str_fmt(f->lw->perm, "%.*s has no zero value",
                       FMT(type_text(f->lw->perm, in->t->type)));
    st_expr(f, ex_rt(f, "wyn_panic_str", NULL, FX_CALL, ex_str(f, text), SITE, NULL));
    f->dead = true;
    return ex_zero(f, in->type);
}

static IrExpr *format(Intr *in) {
    LowerFn *f = in->f;
    Tree part = *in->t;
    TreeInterp p = {.e = in->t->intr.args.v[0], .spec = in->t->intr.args.v[1]->str.bytes};
    part.kind = TN_INTERP;
    part.interp.parts = &p;
    part.interp.n = 1;
    return lower_interp(f, &part);
}

static IrExpr *array_op(Intr *in, const char *name, u8 fx, IrExpr *b, IrExpr *c, IrExpr *d) {
    return ex_array_op(in->f, name, in->at->args[0], in->type, fx, in->a[0], b, c, d, NULL);
}

static IrExpr *array_pop(Intr *in) {
    IrVar *v = slot_new(in, in->t->type);
    IrExpr *e = ex_array_op(in->f, "pop", in->at->args[0], in->f->lw->t.b, FX_EFFECT, in->a[0],
                            slot_addr(in, v), NULL);
    st_expr(in->f, e);
    return ex_var(in->f, v);
}

static IrExpr *lower_array_intrinsic(Intr *in) { /* table */
    LowerFn *f = in->f;
    IrExpr **a = in->a;
    Type *elem = in->t->intr.targ_count ? in->t->intr.targs[0] : NULL;
    switch (in->t->intr.id) {
    case IN_ARRAY_NEW: return RT("wyn_array_new", 0, ex_desc(f, elem), a[0]);
    case IN_ARRAY_FILL: return RT("wyn_array_fill", 0, ex_desc(f, elem), a[0], ex_address(f, a[1]));
    case IN_ARRAY_LEN: return RT("wyn_array_len", FX_READ_MEM, a[0]);
    case IN_ARRAY_PUSH: return array_op(in, "push", FX_EFFECT, a[1], NULL, NULL);
    case IN_ARRAY_POP: return array_pop(in);
    case IN_ARRAY_AT: return array_op(in, "get", FX_READ_MEM, a[1], SITE, NULL);
    case IN_ARRAY_PUT: return array_op(in, "set", FX_EFFECT, a[1], a[2], SITE);
    case IN_ARRAY_INSERT:
        return RT("wyn_array_insert", FX_EFFECT, a[0], a[1], ex_address(f, a[2]), ex_desc(f, elem));
    case IN_ARRAY_REMOVE:
        return RT("wyn_array_remove", FX_EFFECT, a[0], a[1], a[2], ex_desc(f, elem));
    case IN_ARRAY_SLICE:
        return RT("wyn_array_slice_clamped", FX_READ_MEM, a[0], a[1], a[2], ex_desc(f, elem));
    case IN_ARRAY_APPEND:
        return RT("wyn_array_append_all", FX_EFFECT, a[0], a[1], ex_desc(f, elem));
    case IN_ARRAY_REVERSE:
        return RT("wyn_array_reverse_in_place", FX_EFFECT, a[0], ex_desc(f, elem));
    case IN_ARRAY_SWAP_BUF: return RT("wyn_array_assign", FX_EFFECT, a[0], a[1]);
    default: UNREACHABLE(); return NULL;
    }
}

/* Entry numbers of maps with int and string keys are found by the fast look-up too. */
static IrExpr *entry_put(Intr *in) {
    LowerFn *f = in->f;
    IrExpr *v = in->a[2];
    if (v->fx & FX_CALL) v = ex_temp(f, v);
    map_store(f, in->at, in->a[0], in->a[1], v, in->t->span);
    return NULL;
}

static IrExpr *set_add(Intr *in) {
    LowerFn *f = in->f;
    Lower *lw = f->lw;
    IrExpr *s = ex_temp(f, in->a[0]);
    IrVar *n = var_temp(f, ex_rt(f, "wyn_map_len", lw->t.i64, FX_READ_MEM, s, NULL));
    st_expr(f, map_slot(f, "wyn_map_put", in->at, ex_copy(f, s), in->a[1], in->t->span, false));
    return ex_binary(f, IO_NE,
                     ex_rt(f, "wyn_map_len", lw->t.i64, FX_READ_MEM, ex_copy(f, s), NULL),
                     ex_var(f, n), lw->t.b);
}

static IrExpr *entry_part(Intr *in, const char *name, Type *t) {
    LowerFn *f = in->f;
    IrExpr *p = ex_rt(f, name, f->lw->t.voidp, FX_READ_MEM, in->a[0], in->a[1], NULL);
    return ex_deref(f, ex_cast(f, p, ir_ptr(f->lw->perm, type_ir(f->lw, t))));
}

static IrExpr *lower_map_intrinsic(Intr *in) { /* table */
    LowerFn *f = in->f;
    IrExpr **a = in->a;
    switch (in->t->intr.id) {
    case IN_MAP_NEW: case IN_SET_NEW: return value_zero(f, in->t->type);
    case IN_MAP_LEN: case IN_SET_LEN: return RT("wyn_map_len", FX_READ_MEM, a[0]);
    case IN_MAP_HAS: case IN_SET_HAS: return value_in(f, in->at, a[0], in->at->args[0], a[1]);
    case IN_MAP_FIND: return RT("wyn_map_entry", FX_READ_MEM, a[0], ex_address(f, a[1]));
    case IN_MAP_PUT: return entry_put(in);
    case IN_MAP_REMOVE: case IN_SET_REMOVE:
        return RT("wyn_map_remove", FX_EFFECT, a[0], ex_address(f, a[1]));
    case IN_MAP_CLEAR: case IN_SET_CLEAR: return RT("wyn_map_clear", FX_EFFECT, a[0]);
    case IN_MAP_NEXT: case IN_SET_NEXT: return RT("wyn_map_next", FX_READ_MEM, a[0], a[1]);
    case IN_MAP_KEY: case IN_SET_KEY: return entry_part(in, "wyn_map_entry_key", in->at->args[0]);
    case IN_MAP_VALUE: return entry_part(in, "wyn_map_entry_value", in->at->args[1]);
    case IN_SET_ADD: return set_add(in);
    default: UNREACHABLE(); return NULL;
    }
}

/* ---- tasks ---- */

static IrExpr *into_option(Intr *in, const char *name, IrExpr *handle, bool site) {
    LowerFn *f = in->f;
    Type *opt = in->t->type;
    IrVar *v = slot_new(in, opt->args[0]);
    IrVar *out = var_decl(f, NULL, in->type, option_none(f, opt));
    out->mutable_ = true;
    IrExpr *got = site ? ex_rt(f, name, f->lw->t.b, FX_CALL, handle, slot_addr(in, v), SITE, NULL)
                       : ex_rt(f, name, f->lw->t.b, FX_CALL, handle, slot_addr(in, v), NULL);
    IrStmt *s = st_if(f, got);
    BlockSave save = block_enter(f, &s->if_.then);
    st_set(f, ex_var(f, out), option_some(f, opt, ex_var(f, v)));
    block_leave(f, save);
    return ex_var(f, out);
}

static IrExpr *chan_recv(Intr *in) {
    LowerFn *f = in->f;
    IrVar *v = slot_new(in, in->t->type);
    st_expr(f, ex_rt(f, "wyn_channel_recv", NULL, FX_CALL, in->a[0], slot_addr(in, v), SITE, NULL));
    return ex_var(f, v);
}

static IrExpr *lower_chan_intrinsic(Intr *in) { /* table */
    LowerFn *f = in->f;
    IrExpr **a = in->a;
    switch (in->t->intr.id) {
    case IN_CHAN_NEW: return RT("wyn_channel_new", FX_PANIC, desc(in, 0), a[0], SITE);
    case IN_CHAN_SEND: return RT("wyn_channel_send", FX_CALL, a[0], ex_address(f, a[1]), SITE);
    case IN_CHAN_TRY_SEND: return RT("wyn_channel_try_send", FX_CALL, a[0], ex_address(f, a[1]));
    case IN_CHAN_RECV: return chan_recv(in);
    case IN_CHAN_RECV_OPT: return into_option(in, "wyn_channel_recv_opt", a[0], true);
    case IN_CHAN_TRY_RECV: return into_option(in, "wyn_channel_try_recv", a[0], false);
    case IN_CHAN_CLOSE: return RT("wyn_channel_close", FX_CALL, a[0]);
    case IN_CHAN_LEN: return RT("wyn_channel_len", FX_READ_MEM, a[0]);
    case IN_CHAN_CAP: return RT("wyn_channel_cap", FX_READ_MEM, a[0]);
    case IN_CHAN_CLOSED: return RT("wyn_channel_is_closed", FX_READ_MEM, a[0]);
    default: UNREACHABLE(); return NULL;
    }
}

static IrExpr *future_value(Intr *in, Type *t, IrExpr *p) {
    LowerFn *f = in->f;
    if (type_no_value(t)) {
        st_expr(f, p);
        return NULL;
    }
    return ex_deref(f, ex_cast(f, p, ir_ptr(f->lw->perm, type_ir(f->lw, t))));
}

static IrExpr *fut_await(Intr *in, IrExpr *future) {
    LowerFn *f = in->f;
    return future_value(in, in->t->type,
                        ex_rt(f, "wyn_await", f->lw->t.voidp, FX_CALL, future, SITE, NULL));
}

static IrExpr *fut_wait(Intr *in) {
    LowerFn *f = in->f;
    Type *opt = in->t->type;
    IrExpr *fut = ex_temp(f, in->a[0]);
    IrVar *out = var_decl(f, NULL, in->type, option_none(f, opt));
    out->mutable_ = true;
    IrStmt *s = st_if(f, ex_rt(f, "wyn_await_ms", f->lw->t.b, FX_CALL, fut, in->a[1], SITE, NULL));
    BlockSave save = block_enter(f, &s->if_.then);
    IrExpr *p = ex_rt(f, "wyn_future_value", f->lw->t.voidp, FX_READ_MEM, ex_copy(f, fut), NULL);
    IrExpr *v = future_value(in, opt->args[0], p);
    st_set(f, ex_var(f, out), option_some(f, opt, v ? v : ex_int(f, 0)));
    block_leave(f, save);
    return ex_var(f, out);
}

/* Ok(value) or Err(text), by a call that tells which and fills err. */
static IrExpr *result_of(Intr *in, IrExpr *ok, IrVar *err, IrExpr *value) {
    LowerFn *f = in->f;
    IrVar *out = var_decl(f, NULL, in->type, NULL);
    IrStmt *s = st_if(f, ok);
    BlockSave save = block_enter(f, &s->if_.then);
    if (value && ir_is_void(value->type)) st_expr(f, value), value = NULL;
    st_set(f, ex_var(f, out), result_make(f, in->t->type, true, value ? value : ex_int(f, 0)));
    f->block = &s->if_.els;
    st_set(f, ex_var(f, out), result_make(f, in->t->type, false, ex_var(f, err)));
    block_leave(f, save);
    return ex_var(f, out);
}

static IrVar *err_slot(Intr *in) {
    return slot_new(in, type_prim(in->f->lw->ir->types, TY_STRING));
}

static IrExpr *fut_result(Intr *in) {
    LowerFn *f = in->f;
    IrExpr *fut = ex_temp(f, in->a[0]);
    IrVar *err = err_slot(in);
    IrExpr *ok = ex_rt(f, "wyn_future_result", f->lw->t.b, FX_CALL, fut, slot_addr(in, err), SITE,
                       NULL);
    Type *t = in->t->type->args[0];
    IrExpr *p = ex_rt(f, "wyn_future_value", f->lw->t.voidp, FX_READ_MEM, ex_copy(f, fut), NULL);
    IrExpr *v = type_no_value(t) ? NULL
                : ex_deref(f, ex_cast(f, p, ir_ptr(f->lw->perm, type_ir(f->lw, t))));
    return result_of(in, ok, err, v);
}

/* The thunk has the shape of a task: void (void *result, wyn_fn *self). */
static IrExpr *try_call(Intr *in) {
    LowerFn *f = in->f;
    Lower *lw = f->lw;
    Type *ft = in->at, *res = ft->args[ft->n - 1];
    IrStruct *st = struct_new(lw, S("try_call"));
    struct_add(lw, st, NULL, lw->t.fn_head);
    struct_add(lw, st, NULL, type_ir(lw, ft));
    IrType *sty = ir_struct_type(lw->perm, st);
    IrFn *code = ir_fn_new(lw, S("try_call_body"), NULL);
    LowerFn *g = fn_begin(lw, code);
    g->fn = f->fn;
    IrVar *out = fn_param(g, NULL, lw->t.voidp);
    IrVar *self = fn_param(g, NULL, lw->t.fn);
    IrVar *inner = var_temp(g, ex_arrow(g, ex_cast(g, ex_var(g, self), ir_ptr(lw->perm, sty)), 1,
                                        type_ir(lw, ft)));
    IrExpr *r = call_fn_value(g, ft, ex_var(g, inner), (IrArgs){NULL, 0});
    if (type_no_value(res)) st_expr(g, r);
    else st_set(g, ex_deref(g, ex_cast(g, ex_var(g, out), ir_ptr(lw->perm, type_ir(lw, res)))), r);

    IrExpr *fn = ex_temp(f, in->a[0]);
    IrVar *env = var_decl(f, NULL, sty, NULL);
    env->mutable_ = true;
    IrExpr *addr = ex_new(f, IE_FN, lw->t.voidp);
    addr->fn = code;
    IrExpr *head = ex_member(f, ex_var(f, env), IM_FIELD, 0, lw->t.fn_head);
    st_set(f, ex_raw_member(f, head, "code", lw->t.voidp, false), addr);
    st_set(f, ex_member(f, ex_var(f, env), IM_FIELD, 1, type_ir(lw, ft)), fn);
    IrVar *err = err_slot(in);
    IrVar *value = type_no_value(res) ? NULL : slot_new(in, res);
    IrExpr *slot = value ? slot_addr(in, value) : ex_null(f, lw->t.voidp);
    IrExpr *thunk = ex_cast(f, ex_addr(f, ex_var(f, env)), lw->t.fn);
    IrExpr *ok = ex_rt(f, "wyn_try_call", lw->t.b, FX_CALL, thunk, slot, slot_addr(in, err), NULL);
    return result_of(in, ok, err, value ? ex_var(f, value) : NULL);
}

static IrExpr *lower_future_intrinsic(Intr *in) { /* table */
    LowerFn *f = in->f;
    IrExpr **a = in->a;
    switch (in->t->intr.id) {
    case IN_FUT_AWAIT: return fut_await(in, a[0]);
    case IN_FUT_WAIT: return fut_wait(in);
    case IN_FUT_DONE: return RT("wyn_future_is_done", FX_READ_MEM, a[0]);
    case IN_FUT_RESULT: return fut_result(in);
    case IN_FUT_ALL: return RT("wyn_await_all", FX_CALL, a[0], desc(in, 0), SITE);
    case IN_FUT_ANY: {
        IrType *fut = type_ir(f->lw, in->at->args[0]);
        IrExpr *any = ex_rt(f, "wyn_await_any", fut, FX_CALL, a[0], SITE, NULL);
        return fut_await(in, ex_temp(f, any));
    }
    case IN_FUT_CANCEL: return RT("wyn_task_cancel", FX_CALL, a[0]);
    default: UNREACHABLE(); return NULL;
    }
}

/* ---- handles ---- */

static IrExpr *typed_handle(Intr *in, const char *kind) {
    LowerFn *f = in->f;
    IrExpr *p = ex_rt(f, "wyn_handle_typed", f->lw->t.voidp, FX_PANIC | FX_READ_MEM, in->a[0],
                      ex_name(f, kind, f->lw->t.i64), desc(in, 0), SITE, NULL);
    return ex_cast(f, p, in->type);
}

static IrExpr *plain_handle(Intr *in, const char *kind) {
    LowerFn *f = in->f;
    IrExpr *p = ex_rt(f, "wyn_handle_object", f->lw->t.voidp, FX_PANIC | FX_READ_MEM, in->a[0],
                      ex_name(f, kind, f->lw->t.i64), SITE, NULL);
    return ex_cast(f, p, in->type);
}

static IrExpr *box_value(Intr *in, Type *t) {
    LowerFn *f = in->f;
    IrExpr *p = ex_rt(f, "wyn_mutex_value", f->lw->t.voidp, FX_READ_MEM, in->a[0], NULL);
    return ex_deref(f, ex_cast(f, p, ir_ptr(f->lw->perm, type_ir(f->lw, t))));
}

static IrExpr *lower_other_intrinsic(Intr *in) { /* table */
    LowerFn *f = in->f;
    IrExpr **a = in->a;
    switch (in->t->intr.id) {
    case IN_TO_STRING: return value_text(f, in->at, a[0]);
    case IN_VARIANT_NAME: return RT("wyn_variant_name", 0, ex_address(f, a[0]), ex_desc(f, in->at));
    case IN_QUOTE: return RT("wyn_quote", FX_CALL, ex_address(f, a[0]), ex_desc(f, in->at));
    case IN_EQ: return value_equal(f, in->at, a[0], a[1]);
    case IN_CMP: return compare(in);
    case IN_HASH:
        return ex_cast(f, ex_rt(f, "wyn_hash", f->lw->t.u8, FX_READ_MEM, ex_address(f, a[0]),
                                ex_desc(f, in->at), NULL), in->type);
    case IN_ZERO: return zero(in);
    case IN_IS_TYPE_FLOAT: return ex_bool(f, in->t->intr.targs[0]->kind == TY_FLOAT);
    case IN_PANIC:
        st_expr(f, RT("wyn_panic_str", FX_CALL, a[0], SITE));
        f->dead = true;
        return NULL;
    case IN_ASSERT: return RT("wyn_assert", FX_CALL, a[0], a[1], SITE);
    case IN_ASSERT_EQ: {
        IrExpr *x = ex_address(f, a[0]), *y = ex_address(f, a[1]);
        return RT("wyn_assert_eq", FX_CALL, x, y, ex_desc(f, in->at), SITE);
    }
    case IN_TRY_CALL: return try_call(in);
    case IN_HANDLE_INT: return handle_number(f, in->at, a[0]);
    case IN_INT_CHAN: return typed_handle(in, "WYN_H_CHANNEL");
    case IN_INT_FUTURE: return typed_handle(in, "WYN_H_FUTURE");
    case IN_INT_BUILDER: return plain_handle(in, "WYN_H_BUILDER");
    case IN_INT_SHARED: return plain_handle(in, "WYN_H_SHARED");
    case IN_ITER_NEXT: {
        Type *opt = in->t->type;
        (void)opt;
        return into_option(in, "wyn_iter_next", a[0], false);
    }
    case IN_BOX_NEW:
        return ex_cast(f, ex_rt(f, "wyn_mutex_new", f->lw->t.voidp, FX_EFFECT, desc(in, 0),
                                ex_address(f, a[0]), NULL), in->type);
    case IN_BOX_GET: return box_value(in, in->t->type);
    case IN_BOX_SET: st_set(f, box_value(in, in->t->intr.args.v[1]->type), a[1]); return NULL;
    default: UNREACHABLE(); return NULL;
    }
}

IrExpr *lower_intrinsic(LowerFn *f, Tree *t) {
    if (t->intr.id == IN_ARRAY_LEN && fuse_is_self(f, t->intr.args.v[0])) return fuse_room(f);
    Intr in = {.f = f, .t = t};
    TreeList *args = &t->intr.args;
    if (!type_no_value(t->type)) in.type = type_ir(f->lw, t->type);
    if (t->intr.id == IN_FORMAT) return format(&in);
    Operands ops = {0};
    for (u32 i = 0; i < args->n && !f->dead; i++) operands_add(f, &ops, args->v[i]);
    if (f->dead) return in.type ? ex_zero(f, in.type) : NULL;
    in.a = NEW_N(f->lw->perm, IrExpr *, args->n + 1);
    for (u32 i = 0; i < args->n; i++) in.a[i] = ops.v.v[i].e;
    in.at = args->n ? args->v[0]->type : NULL;
    Intrinsic id = t->intr.id;
    if (id >= IN_ARRAY_NEW && id <= IN_ARRAY_SWAP_BUF) return lower_array_intrinsic(&in);
    if (id >= IN_MAP_NEW && id <= IN_SET_KEY) return lower_map_intrinsic(&in);
    if (id >= IN_CHAN_NEW && id <= IN_CHAN_CLOSED) return lower_chan_intrinsic(&in);
    if (id >= IN_FUT_AWAIT && id <= IN_FUT_CANCEL) return lower_future_intrinsic(&in);
    return lower_other_intrinsic(&in);
}
