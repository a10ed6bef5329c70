/* lower_place.c - variables and assignable places. A place is computed once, before the arguments
 * or the right side; the bounds check comes at the store. */
#include "lowering.h"

Slot *local_slot(LowerFn *f, Local *l) {
    Slot *s = map_get(&f->slots, l);
    ASSERT(s);
    return s;
}

IrExpr *local_read(LowerFn *f, Local *l) {
    Slot *s = local_slot(f, l);
    IrExpr *e = ex_var(f, s->var);
    return s->ptr ? ex_deref(f, e) : e;
}

static Slot *slot_new(LowerFn *f, Local *l) {
    Slot *s = NEW(f->lw->perm, Slot);
    map_put(f->lw->perm, &f->slots, l, s);
    return s;
}

/* A variable named in a deferred block is a member of the record. */
static IrVar *record_var(LowerFn *f, Local *l, IrType *type) {
    IrVar *v = var_new(f, l->name, type);
    if (v->via) return v;
    v->via = f->record;
    v->field = v;
    vec_push(f->lw->perm, &f->record_type->fields, v);
    return v;
}

static IrExpr *box_new(LowerFn *f, Type *t, IrType *ptr) {
    IrExpr *size = ex_new(f, IE_SIZEOF, f->lw->t.i64);
    size->desc = t;
    return ex_cast(f, ex_rt(f, "wyn_alloc", f->lw->t.voidp, 0, size, NULL), ptr);
}

static void local_make(LowerFn *f, Local *l, IrExpr *init, bool rebind) {
    if (type_no_value(l->type)) {
        slot_new(f, l);
        return;
    }
    IrType *t = type_ir(f->lw, l->type);
    Slot *s = rebind ? NULL : map_get(&f->slots, l);
    bool fresh = !s;
    if (fresh) s = slot_new(f, l);
    s->ptr = local_is_boxed(f->lw, l);
    IrType *vt = s->ptr ? ir_ptr(f->lw->perm, t) : t;
    bool in_record = map_get(&f->deferred_locals, l) != NULL && f->record_type;
    IrExpr *first = s->ptr ? box_new(f, l->type, vt) : init;
    if (in_record) {
        if (fresh) s->var = record_var(f, l, vt);
        s->var->mutable_ = true;
        if (first) st_set(f, ex_var(f, s->var), first);
    } else {
        s->var = var_decl(f, l->name, vt, first);
        s->var->mutable_ = !s->ptr && local_is_changed(f->lw, l);
    }
    if (s->ptr && init) st_set(f, local_read(f, l), init);
}

void local_declare(LowerFn *f, Local *l, IrExpr *init) {
    if (!init && !type_no_value(l->type)) init = value_zero(f, l->type);
    local_make(f, l, init, false);
}

/* A parameter moves from its C variable to where it is shared. */
void local_rebind(LowerFn *f, Local *l, IrExpr *value) { local_make(f, l, value, true); }

void local_declare_raw(LowerFn *f, Local *l) { local_make(f, l, NULL, false); }

/* ---- reading through places ---- */

static bool is_array_index(Tree *t) {
    return t->kind == TN_INDEX && t->index.obj->type->kind == TY_ARRAY;
}

static IrExpr *array_at(LowerFn *f, Type *elem, IrExpr *a, IrExpr *i, Span at) {
    IrType *ptr = ir_ptr(f->lw->perm, type_ir(f->lw, elem));
    return ex_array_op(f, "at", elem, ptr, FX_READ_MEM | FX_PANIC, a, i, ex_site(f, at), NULL);
}

/* The value of a field. From an array element it is read in place, without copying the element. */
IrExpr *lower_field(LowerFn *f, Tree *t) {
    Tree *obj = t->field.obj;
    IrExpr *o;
    if (is_array_index(obj)) {
        Operands ops = {0};
        operands_add(f, &ops, obj->index.obj);
        operands_add(f, &ops, obj->index.index);
        if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
        o = ex_deref(f, array_at(f, obj->type, ops.v.v[0].e, ops.v.v[1].e, obj->span));
    } else {
        o = lower_expr(f, obj);
    }
    if (!o || type_no_value(t->type)) return NULL;
    return ex_member(f, o, IM_FIELD, t->field.index, type_ir(f->lw, t->type));
}

static IrExpr *map_key_arg(LowerFn *f, Type *key, IrExpr *k) {
    return key->kind == TY_INT || key->kind == TY_STRING ? k : ex_address(f, k);
}

/* Address of the value of m[k]: op is "wyn_map_at", "wyn_map_put" or "wyn_map_find". */
IrExpr *map_slot(LowerFn *f, const char *op, Type *map, IrExpr *m, IrExpr *k, Span at,
                 bool compound) {
    Lower *lw = f->lw;
    Type *key = map->args[0];
    const char *suffix = key->kind == TY_INT ? "_i64" : key->kind == TY_STRING ? "_str" : "";
    Str name = str_fmt(lw->perm, "%s%s", op, suffix);
    bool is_at = str_eq(str_c(op), S("wyn_map_at"));
    IrType *ptr = map->kind == TY_MAP && !type_no_value(map->args[1])
                      ? ir_ptr(lw->perm, type_ir(lw, map->args[1])) : lw->t.voidp;
    u8 fx = is_at ? FX_READ_MEM | FX_PANIC
                  : str_eq(str_c(op), S("wyn_map_find")) ? FX_READ_MEM : FX_READ_MEM | FX_EFFECT;
    IrExpr *karg = map_key_arg(f, key, k);
    IrExpr *e;
    if (!is_at) e = ex_rt(f, name.p, lw->t.voidp, fx, m, karg, NULL);
    else if (*suffix)
        e = ex_rt(f, name.p, lw->t.voidp, fx, m, karg, ex_bool(f, compound), ex_site(f, at), NULL);
    else
        e = ex_rt(f, name.p, lw->t.voidp, fx, m, karg, ex_desc(f, key), ex_bool(f, compound),
                  ex_site(f, at), NULL);
    return ex_cast(f, e, ptr);
}

/* m[k] = v; v is evaluated and may not change the map any more. Another task may have grown the
 * table between finding the slot and the store, so the runtime has a last look. */
void map_store(LowerFn *f, Type *map, IrExpr *m, IrExpr *k, IrExpr *v, Span at) {
    if (m->kind != IE_VAR) m = ex_temp(f, m);
    IrVar *slot = var_temp(f, map_slot(f, "wyn_map_put", map, ex_copy(f, m), k, at, false));
    st_set(f, ex_deref(f, ex_var(f, slot)), v);
    st_expr(f, ex_rt(f, "wyn_map_stored", NULL, FX_EFFECT, m, ex_var(f, slot), NULL));
}

IrExpr *lower_index(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Operands ops = {0};
    operands_add(f, &ops, t->index.obj);
    operands_add(f, &ops, t->index.index);
    if (f->dead || ops.v.n < 2) return ex_zero(f, type_ir(lw, t->type));
    IrExpr *o = ops.v.v[0].e, *i = ops.v.v[1].e;
    IrType *type = type_ir(lw, t->type);
    switch (t->index.obj->type->kind) {
    case TY_ARRAY:
        return ex_array_op(f, "get", t->type, type, FX_READ_MEM | FX_PANIC, o, i,
                           ex_site(f, t->span), NULL);
    case TY_STRING:
        return ex_rt(f, "wyn_str_index", type, FX_PANIC, o, i, ex_site(f, t->span), NULL);
    case TY_MAP:
        return ex_deref(f, map_slot(f, "wyn_map_at", t->index.obj->type, o, i, t->span, false));
    default: UNREACHABLE(); return NULL;
    }
}

static IrExpr *slice_end(LowerFn *f, IrExpr *e, bool inclusive) {
    if (!inclusive) return e;
    if (e->kind == IE_INT && e->int_ != -1 && e->int_ != INT64_MAX) return ex_int(f, e->int_ + 1);
    IrExpr *v = ex_temp(f, e);
    return ex_cond(f, ex_binary(f, IO_EQ, v, ex_int(f, -1), f->lw->t.b),
                   ex_name(f, "WYN_SLICE_END", f->lw->t.i64),
                   ex_binary(f, IO_ADD, ex_clone(f, v), ex_int(f, 1), f->lw->t.i64));
}

IrExpr *lower_slice(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Operands ops = {0};
    operands_add(f, &ops, t->slice.obj);
    if (t->slice.lo) operands_add(f, &ops, t->slice.lo);
    if (t->slice.hi) operands_add(f, &ops, t->slice.hi);
    if (f->dead) return ex_zero(f, type_ir(lw, t->type));
    u32 n = 1;
    IrExpr *lo = t->slice.lo ? ops.v.v[n++].e : ex_int(f, 0);
    IrExpr *hi = t->slice.hi ? slice_end(f, ops.v.v[n++].e, t->slice.inclusive)
                             : ex_name(f, "WYN_SLICE_END", lw->t.i64);
    IrType *type = type_ir(lw, t->type);
    if (t->type->kind == TY_STRING)
        return ex_rt(f, "wyn_str_slice_to", type, 0, ops.v.v[0].e, lo, hi, NULL);
    return ex_rt(f, "wyn_array_slice", type, FX_READ_MEM, ops.v.v[0].e, lo, hi,
                 ex_desc(f, t->type->args[0]), NULL);
}

/* ---- places ---- */

/* A place after its operands were evaluated: root and the fields that lead from it. */
typedef struct Place {
    Tree *t;             /* the whole path */
    Tree *root;          /* LOCAL, GLOBAL, INDEX or a value */
    u32 at;              /* first operand */
} Place;

static Tree *path_root(Tree *t) {
    while (t->kind == TN_FIELD) t = t->field.obj;
    while (t->kind == TN_CAST && t->cast.how == CAST_NONE) t = t->cast.e;
    return t;
}

static Place place_begin(LowerFn *f, Operands *ops, Tree *t) {
    Place p = {t, path_root(t), ops->v.n};
    switch (p.root->kind) {
    case TN_LOCAL: case TN_GLOBAL: break;
    case TN_INDEX:
        operands_add(f, ops, p.root->index.obj);
        operands_add(f, ops, p.root->index.index);
        break;
    default: operands_add(f, ops, p.root); break; /* a temporary */
    }
    return p;
}

static IrExpr *place_fields(LowerFn *f, Tree *t, Tree *root, IrExpr *base) {
    if (t == root || t->kind != TN_FIELD) return base;
    IrExpr *o = place_fields(f, t->field.obj, root, base);
    return ex_member(f, o, IM_FIELD, t->field.index, type_ir(f->lw, t->type));
}

/* The place as an lvalue, its check included. A map element is a fresh copy unless it is assigned
 * as a whole, which the callers handle. */
static IrExpr *place_end(LowerFn *f, Operands *ops, Place *p) {
    IrExpr *base;
    Tree *r = p->root;
    switch (r->kind) {
    case TN_LOCAL: base = local_read(f, r->local); break;
    case TN_GLOBAL: base = lower_expr(f, r); break;
    case TN_INDEX: {
        IrExpr *o = ops->v.v[p->at].e, *i = ops->v.v[p->at + 1].e;
        Type *ot = r->index.obj->type;
        if (ot->kind == TY_ARRAY) base = ex_deref(f, array_at(f, r->type, o, i, r->span));
        else base = ex_deref(f, map_slot(f, "wyn_map_at", ot, o, i, r->span, true));
        break;
    }
    default: {
        IrVar *v = var_temp(f, ops->v.v[p->at].e);
        v->mutable_ = true;
        base = ex_var(f, v);
        break;
    }
    }
    return place_fields(f, p->t, r, base);
}

/* For `mut` arguments and receivers: the address, checked now. */
IrExpr *place_address(LowerFn *f, Operands *ops, Tree *t) {
    u8 saved;
    operands_begin(f, &saved);
    Operands in = {0};
    Place p = place_begin(f, &in, t);
    IrExpr *a = NULL;
    if (f->dead) a = ex_zero(f, ir_ptr(f->lw->perm, type_ir(f->lw, t->type)));
    else if (p.root->kind == TN_INDEX && p.root->index.obj->type->kind == TY_MAP) {
        IrVar *v = var_temp(f, place_end(f, &in, &p)); /* a map read: a copy */
        v->mutable_ = true;
        a = ex_addr(f, ex_var(f, v));
    } else {
        a = ex_addr(f, place_end(f, &in, &p));
    }
    operands_end(f, ops, a, saved);
    return a;
}

/* ---- assignment ---- */

static void place_store(LowerFn *f, Operands *ops, Place *p, IrExpr *v) {
    Tree *t = p->t;
    if (t == p->root && t->kind == TN_INDEX) {
        IrExpr *o = ops->v.v[p->at].e, *i = ops->v.v[p->at + 1].e;
        Type *ot = t->index.obj->type;
        if (ot->kind == TY_ARRAY) {
            st_expr(f, ex_array_op(f, "set", t->type, NULL, FX_PANIC | FX_EFFECT, o, i, v,
                                   ex_site(f, t->span), NULL));
            return;
        }
        if (v->fx & FX_CALL) v = ex_temp(f, v); /* may read the map */
        if (!type_no_value(t->type)) map_store(f, ot, o, i, v, t->span);
        else st_expr(f, map_slot(f, "wyn_map_put", ot, o, i, t->span, false));
        return;
    }
    IrExpr *place = place_end(f, ops, p);
    if ((place->fx & FX_PANIC) && (v->fx & (FX_EFFECT | FX_PANIC))) v = ex_temp(f, v);
    st_set(f, place, v);
}

/* `i, xs[i] = ..`: what a later target is made of is read before the first store. */
static void targets_settle(LowerFn *f, Operands *ops, const Place *places, u32 n, u32 end) {
    u8 stores = 0;
    for (u32 i = 0; i < n; i++)
        stores |= places[i].root->kind == TN_LOCAL ? FX_READ_VAR | FX_READ_MEM : FX_READ_MEM;
    for (u32 k = places[1].at; k < end; k++)
        if (ops->v.v[k].e->fx & stores) ops->v.v[k].e = ex_temp(f, ops->v.v[k].e);
}

void lower_assign(LowerFn *f, Tree *t) {
    u32 n = t->assign.targets.n;
    Tree *first = t->assign.targets.v[0];
    if (first->kind == TN_GLOBAL && map_get(&f->lw->constants, first->global)) return;
    Operands ops = {0};
    Place *places = NEW_N(f->lw->perm, Place, n);
    for (u32 i = 0; i < n; i++) places[i] = place_begin(f, &ops, t->assign.targets.v[i]);
    u32 values = ops.v.n;
    for (u32 i = 0; i < n && !f->dead; i++) operands_add(f, &ops, t->assign.values.v[i]);
    if (f->dead) return;
    ASSERT(ops.v.n == values + n);
    if (n > 1) { /* all right sides before the first store */
        targets_settle(f, &ops, places, n, values);
        for (u32 i = values; i < ops.v.n; i++) ops.v.v[i].e = ex_temp(f, ops.v.v[i].e);
    }
    for (u32 i = 0; i < n; i++) place_store(f, &ops, &places[i], ops.v.v[values + i].e);
}

/* x op= v. On a plain variable in place; else through a pointer to the place. */
void lower_opassign(LowerFn *f, Tree *t) {
    Operands ops = {0};
    Tree *target = t->opassign.target;
    Place p = place_begin(f, &ops, target);
    u32 value = ops.v.n;
    operands_add(f, &ops, t->opassign.value);
    if (f->dead) return;
    IrExpr *v = ops.v.v[value].e;
    Tree *r = p.root;
    IrExpr *load, *store;
    bool var = r->kind == TN_LOCAL || r->kind == TN_GLOBAL;
    if (v->fx & (var ? FX_EFFECT | FX_WRITE_VAR : FX_CALL | FX_WRITE_VAR)) v = ex_temp(f, v);
    if (var) {
        load = place_end(f, &ops, &p);
        store = place_end(f, &ops, &p);
    } else {
        IrExpr *ptr = ex_addr(f, place_end(f, &ops, &p));
        IrVar *pv = var_temp(f, ptr);
        load = ex_deref(f, ex_var(f, pv));
        store = ex_deref(f, ex_var(f, pv));
    }
    if (t->opassign.lhs_float) load = ex_cast(f, load, f->lw->t.f64);
    IrExpr *res = op_apply(f, t->opassign.op, target->type, load, t->opassign.value->type, v,
                           target->type, t->span);
    st_set(f, store, res);
}
