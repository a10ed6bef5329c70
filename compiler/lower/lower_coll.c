/* lower_coll.c - array, set and map literals. Long ones are made so that the C compiler's time does
 * not explode: constants as static tables, other elements one after the other. */
#include "lowering.h"

enum { LONG = 256, TABLE = 64 };

static bool is_constant(const Tree *t) {
    switch (t->kind) {
    case TN_INT: case TN_FLOAT: case TN_BOOL: case TN_STR: return true;
    case TN_UNARY: return is_constant(t->unary.e);
    case TN_STRUCT: case TN_TUPLE:
        if (t->agg.update) return false;
        for (u32 i = 0; i < t->agg.list.n; i++)
            if (!t->agg.list.v[i] || !is_constant(t->agg.list.v[i])) return false;
        return true;
    default: return false;
    }
}

static bool all_constant(TreeList list) {
    for (u32 i = 0; i < list.n; i++)
        if (!is_constant(list.v[i])) return false;
    return true;
}

/* Constants of one C type. */
static bool is_table(TreeList list) {
    for (u32 i = 0; i < list.n; i++)
        if (list.v[i]->kind > TN_STR || !is_constant(list.v[i])) return false;
    return true;
}

/* Into the buffer of an array that nobody else has yet; its length is known at the end. */
static IrExpr *array_by_stores(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Type *elem = t->type->args[0];
    TreeList list = t->agg.list;
    IrType *ptr = ir_ptr(lw->perm, type_ir(lw, elem));
    IrVar *a = var_temp(f, ex_rt(f, "wyn_array_new", type_ir(lw, t->type), 0, ex_desc(f, elem),
                                 ex_int(f, list.n), NULL));
    IrExpr *buf = ex_raw_member(f, ex_var(f, a), "buf", lw->t.voidp, true);
    IrVar *p = var_temp(f, ex_cast(f, ex_raw_member(f, buf, "data", lw->t.voidp, true), ptr));
    for (u32 i = 0; i < list.n && !f->dead; i++) {
        IrExpr *v = lower_expr(f, list.v[i]);
        if (f->dead) break;
        st_set(f, ex_deref(f, ex_binary(f, IO_ADD, ex_var(f, p), ex_int(f, i), ptr)), v);
    }
    buf = ex_raw_member(f, ex_var(f, a), "buf", lw->t.voidp, true);
    st_set(f, ex_raw_member(f, buf, "len", lw->t.i64, true), ex_int(f, list.n));
    return ex_var(f, a);
}

/* A pointer to the first of the constants. */
static IrVar *table_new(LowerFn *f, Type *elem, TreeList list) {
    IrType *ptr = ir_ptr(f->lw->perm, type_ir(f->lw, elem));
    IrExpr *e = ex_new(f, IE_LIST, f->lw->t.voidp);
    e->make.elem = ptr->to;
    e->make.args = (IrArgs){NEW_N(f->lw->perm, IrExpr *, list.n), list.n};
    for (u32 i = 0; i < list.n; i++) e->make.args.v[i] = lower_expr(f, list.v[i]);
    return var_temp(f, ex_cast(f, e, ptr));
}

static IrExpr *table_at(LowerFn *f, IrVar *table, IrVar *i) {
    return ex_deref(f, ex_binary(f, IO_ADD, ex_var(f, table), ex_var(f, i), table->type));
}

/* for i in 0..n { m[keys[i]] = values[i] } */
static void map_by_table(LowerFn *f, Tree *t, IrVar *m) {
    IrVar *keys = table_new(f, t->type->args[0], t->map.keys);
    IrVar *values = table_new(f, t->type->args[1], t->map.values);
    IrVar *i = var_decl(f, NULL, f->lw->t.i64, ex_int(f, 0));
    i->mutable_ = true;
    IrStmt *s = st_loop(f, loop_new(f));
    s->loop.cond = ex_binary(f, IO_LT, ex_var(f, i), ex_int(f, t->map.keys.n), f->lw->t.b);
    BlockSave save = block_enter(f, &s->loop.body);
    IrExpr *slot = map_slot(f, "wyn_map_put", t->type, ex_var(f, m), table_at(f, keys, i), t->span,
                            false);
    st_set(f, ex_deref(f, slot), table_at(f, values, i));
    st_set(f, ex_var(f, i), ex_binary(f, IO_ADD, ex_var(f, i), ex_int(f, 1), f->lw->t.i64));
    block_leave(f, save);
}

IrExpr *lower_array_literal(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Type *elem = t->type->args[0];
    IrType *type = type_ir(lw, t->type);
    u32 n = t->agg.list.n;
    if (!n) return ex_rt(f, "wyn_array_new", type, 0, ex_desc(f, elem), ex_int(f, 0), NULL);
    if (n > LONG && !all_constant(t->agg.list)) return array_by_stores(f, t);
    Operands ops = {0};
    for (u32 i = 0; i < n && !f->dead; i++) operands_add(f, &ops, t->agg.list.v[i]);
    if (f->dead) return ex_zero(f, type);
    IrExpr *list = ex_new(f, IE_LIST, lw->t.voidp);
    list->make.elem = type_ir(lw, elem);
    list->make.args.n = n;
    list->make.args.v = NEW_N(lw->perm, IrExpr *, n);
    for (u32 i = 0; i < n; i++) {
        list->make.args.v[i] = ops.v.v[i].e;
        list->fx |= ops.v.v[i].e->fx;
    }
    return ex_rt(f, "wyn_array_of", type, 0, ex_desc(f, elem), ex_int(f, n), list, NULL);
}

static IrExpr *map_start(LowerFn *f, Type *t, u32 n) {
    return ex_rt(f, "wyn_map_new", type_ir(f->lw, t), 0, ex_desc(f, t), ex_int(f, n), NULL);
}

IrExpr *lower_set_literal(LowerFn *f, Tree *t) {
    IrVar *m = var_temp(f, map_start(f, t->type, t->agg.list.n));
    for (u32 i = 0; i < t->agg.list.n && !f->dead; i++) {
        IrExpr *v = lower_expr(f, t->agg.list.v[i]);
        if (f->dead) break;
        st_expr(f, map_slot(f, "wyn_map_put", t->type, ex_var(f, m), v, t->span, false));
    }
    return ex_var(f, m);
}

IrExpr *lower_map_literal(LowerFn *f, Tree *t) {
    if (!t->map.keys.n) return map_start(f, t->type, 0);
    IrVar *m = var_temp(f, map_start(f, t->type, t->map.keys.n));
    if (t->map.keys.n > TABLE && is_table(t->map.keys) && is_table(t->map.values)) {
        map_by_table(f, t, m);
        return ex_var(f, m);
    }
    for (u32 i = 0; i < t->map.keys.n && !f->dead; i++) {
        Operands ops = {0};
        operands_add(f, &ops, t->map.keys.v[i]);
        operands_add(f, &ops, t->map.values.v[i]);
        if (f->dead || ops.v.n < 2) break;
        IrExpr *v = ops.v.v[1].e;
        if (v->fx & FX_CALL) {
            ops.v.v[0].e = ex_temp(f, ops.v.v[0].e);
            v = ex_temp(f, v);
        }
        IrExpr *slot = map_slot(f, "wyn_map_put", t->type, ex_var(f, m), ops.v.v[0].e, t->span,
                                false);
        st_set(f, ex_deref(f, slot), v);
    }
    return ex_var(f, m);
}
