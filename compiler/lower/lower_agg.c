/* lower_agg.c - values made of parts: structs, tuples, collections, enum variants, options,
 * results; and the operators that look into options and results. */
#include "lowering.h"

static IrExpr *make_done(IrExpr *e) {
    for (u32 i = 0; i < e->make.args.n; i++) e->fx |= e->make.args.v[i]->fx;
    return e;
}

/* ---- structs and tuples ---- */

IrExpr *lower_aggregate(LowerFn *f, Tree *t) {
    u32 n = t->agg.list.n;
    Operands ops = {0};
    IrExpr *base = NULL;
    if (t->agg.update) {
        base = lower_expr(f, t->agg.update);
        if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
        base = ex_temp(f, base);
    }
    IrExpr *e = ex_make(f, type_ir(f->lw, t->type), n);
    u32 *at = NEW_N(f->lw->perm, u32, n + 1); /* operand + 1 of field i */
    for (u32 k = 0; k < n; k++) {
        u32 i = t->agg.order ? t->agg.order[k] : k;
        if (!t->agg.list.v[i]) continue;
        operands_add(f, &ops, t->agg.list.v[i]);
        if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
        at[i] = ops.v.n;
    }
    for (u32 i = 0; i < n; i++) {
        Type *ft = t->type->kind == TY_TUPLE ? t->type->args[i] : t->type->fields[i].type;
        e->make.args.v[i] = at[i] ? ops.v.v[at[i] - 1].e
                                  : ex_member(f, ex_copy(f, base), IM_FIELD, i,
                                              type_ir(f->lw, ft));
    }
    return make_done(e);
}

/* ---- enums ---- */

IrExpr *variant_value(LowerFn *f, Type *t, u32 index, IrArgs args) {
    Lower *lw = f->lw;
    IrType *type = type_ir(lw, t);
    EnumLayout layout = type_enum_layout(t);
    if (layout == ENUM_TAG) return ex_typed_int(f, index, type);
    if (layout == ENUM_BOXED && args.n == 0) {
        IrExpr *u = ex_new(f, IE_UNIT, type);
        u->unit.type = t;
        u->unit.variant = index;
        return u;
    }
    IrExpr *e = ex_make(f, type, args.n);
    for (u32 i = 0; i < args.n; i++) e->make.args.v[i] = args.v[i];
    e->make.variant = index;
    make_done(e);
    if (layout == ENUM_VALUE) return e;
    IrExpr *size = ex_new(f, IE_SIZEOF_VARIANT, lw->t.i64);
    size->unit.type = t;
    size->unit.variant = index;
    IrExpr *obj = ex_new(f, IE_ADDR, lw->t.voidp);
    obj->one.e = e;
    obj->fx = e->fx;
    bool ptrs = false;
    for (u32 i = 0; i < t->variants[index].n; i++)
        ptrs |= type_has_ptr(t->variants[index].fields[i].type);
    return ex_cast(f, ex_rt(f, "wyn_box", lw->t.voidp, 0, obj, size, ex_bool(f, ptrs), NULL), type);
}

IrExpr *lower_variant(LowerFn *f, Tree *t) {
    Operands ops = {0};
    for (u32 i = 0; i < t->variant.args.n && !f->dead; i++)
        operands_add(f, &ops, t->variant.args.v[i]);
    if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, ops.v.n), ops.v.n};
    for (u32 i = 0; i < ops.v.n; i++) args.v[i] = ops.v.v[i].e;
    return variant_value(f, t->type, t->variant.index, args);
}

IrExpr *variant_tag(LowerFn *f, Type *t, IrExpr *e) {
    EnumLayout layout = type_enum_layout(t);
    if (layout == ENUM_TAG) return e;
    IrExpr *m = ex_member(f, e, IM_TAG, 0, f->lw->t.tag);
    m->member.arrow = layout == ENUM_BOXED;
    return m;
}

IrExpr *variant_field(LowerFn *f, Type *t, IrExpr *e, u32 variant, u32 index) {
    Type *ft = t->variants[variant].fields[index].type;
    IrExpr *m = ex_member(f, e, IM_PAYLOAD, index, type_ir(f->lw, ft));
    m->member.variant = variant;
    m->member.arrow = type_enum_layout(t) == ENUM_BOXED; /* immutable: no memory effect */
    return m;
}

/* ---- options and results ---- */

static bool option_is_ptr(Type *opt) { return type_is_one_pointer(opt->args[0]); }

IrExpr *option_some(LowerFn *f, Type *opt, IrExpr *v) {
    IrType *type = type_ir(f->lw, opt);
    if (option_is_ptr(opt)) {
        if (v->kind == IE_VAR || v->kind == IE_STR) return ex_cast(f, v, type);
        return ex_cast(f, v, type);
    }
    IrExpr *e = ex_make(f, type, 2);
    e->make.args.v[0] = ex_bool(f, true);
    e->make.args.v[1] = v;
    return make_done(e);
}

IrExpr *option_none(LowerFn *f, Type *opt) {
    IrType *type = type_ir(f->lw, opt);
    return option_is_ptr(opt) ? ex_null(f, type) : ex_zero(f, type);
}

IrExpr *option_has(LowerFn *f, Type *opt, IrExpr *e) {
    if (option_is_ptr(opt))
        return ex_binary(f, IO_NE, e, ex_null(f, e->type), f->lw->t.b);
    return ex_member(f, e, IM_OPT_HAS, 0, f->lw->t.b);
}

IrExpr *option_value(LowerFn *f, Type *opt, IrExpr *e) {
    IrType *type = type_ir(f->lw, opt->args[0]);
    if (option_is_ptr(opt)) return ex_cast(f, e, type);
    return ex_member(f, e, IM_OPT_VALUE, 0, type);
}

IrExpr *result_make(LowerFn *f, Type *res, bool ok, IrExpr *v) {
    IrExpr *e = ex_make(f, type_ir(f->lw, res), 3);
    u32 other = ok ? 1 : 0;
    Type *ot = res->args[other];
    e->make.args.v[0] = ex_bool(f, ok);
    e->make.args.v[1 + other] =
        ex_zero(f, type_no_value(ot) ? f->lw->t.u8 : type_ir(f->lw, ot));
    e->make.args.v[2 - other] = v;
    return make_done(e);
}

IrExpr *result_is_ok(LowerFn *f, IrExpr *e) { return ex_member(f, e, IM_RES_OK, 0, f->lw->t.b); }

IrExpr *result_part(LowerFn *f, Type *res, IrExpr *e, bool ok) {
    Type *t = res->args[ok ? 0 : 1];
    IrType *type = type_no_value(t) ? f->lw->t.u8 : type_ir(f->lw, t);
    return ex_member(f, e, ok ? IM_RES_VALUE : IM_RES_ERR, 0, type);
}

static IrExpr *has_value(LowerFn *f, Type *t, IrExpr *e) {
    return t->kind == TY_OPTION ? option_has(f, t, e) : result_is_ok(f, e);
}

static IrExpr *good_value(LowerFn *f, Type *t, IrExpr *e) {
    if (t->kind == TY_OPTION) return option_value(f, t, e);
    return type_no_value(t->args[0]) ? NULL : result_part(f, t, e, true);
}

/* a ?? b; the value is T, or of a's own type when b has it. */
IrExpr *lower_coalesce(LowerFn *f, Tree *t) {
    Tree *a = t->pair.a, *b = t->pair.b;
    IrExpr *v = lower_expr(f, a);
    IrType *type = type_ir(f->lw, t->type);
    if (f->dead) return type_no_value(t->type) ? NULL : ex_zero(f, type);
    v = ex_temp(f, v);
    IrExpr *has = has_value(f, a->type, v);
    if (type_no_value(t->type)) {
        IrStmt *s = st_if(f, ex_not(f, has));
        BlockSave save = block_enter(f, &s->if_.then);
        lower_effect(f, b);
        block_leave(f, save);
        return NULL;
    }
    IrExpr *value = t->type == a->type ? ex_copy(f, v) : good_value(f, a->type, ex_copy(f, v));
    IrVar *dst = var_decl(f, NULL, type, value);
    dst->mutable_ = true;
    IrStmt *s = st_if(f, ex_not(f, has));
    BlockSave save = block_enter(f, &s->if_.then);
    lower_into(f, b, dst);
    block_leave(f, save);
    return ex_var(f, dst);
}

/* obj?.body with `it` as the value of obj. */
IrExpr *lower_opt_map(LowerFn *f, Tree *t) {
    Type *ot = t->optmap.obj->type;
    IrExpr *o = lower_expr(f, t->optmap.obj);
    bool no_value = type_no_value(t->type);
    if (f->dead) return no_value ? NULL : ex_zero(f, type_ir(f->lw, t->type));
    o = ex_temp(f, o);
    IrVar *dst = no_value ? NULL : var_decl(f, NULL, type_ir(f->lw, t->type),
                                            option_none(f, t->type));
    if (dst) dst->mutable_ = true;
    IrStmt *s = st_if(f, option_has(f, ot, o));
    BlockSave save = block_enter(f, &s->if_.then);
    local_declare(f, t->optmap.it, option_value(f, ot, ex_copy(f, o)));
    if (t->optmap.flat || !dst) {
        lower_into(f, t->optmap.body, dst);
    } else {
        IrExpr *e = lower_expr(f, t->optmap.body);
        if (!f->dead) st_set(f, ex_var(f, dst), option_some(f, t->type, e ? e : ex_int(f, 0)));
    }
    block_leave(f, save);
    return dst ? ex_var(f, dst) : NULL;
}

void try_leave(LowerFn *f, Tree *t, IrExpr *v) {
    Type *from = t->try_.e->type;
    TryKind how = f->in_rounds ? TRY_PANIC : t->try_.how; /* a round has nowhere to return to */
    Type *et = from->kind == TY_RESULT ? from->args[1] : NULL;
    if (how == TRY_RETURN && from->kind == TY_OPTION) {
        lower_return_value(f, option_none(f, f->ret));
        return;
    }
    if (how == TRY_RETURN) {
        IrExpr *err = result_part(f, from, v, false);
        if (t->try_.to_text) err = value_text(f, et, err);
        lower_return_value(f, result_make(f, f->ret, false, err));
        return;
    }
    if (how == TRY_MAIN && f->body) {
        scope_try(f, t, v);
        return;
    }
    Type *str = type_prim(f->lw->ir->types, TY_STRING);
    IrExpr *err = et ? result_part(f, from, v, false) : ex_str(f, S("None"));
    IrExpr *p = ex_address(f, err);
    IrExpr *d = ex_desc(f, et ? et : str);
    if (how == TRY_MAIN) {
        scopes_leave(f, 0);
        if (f->has_defers) defer_leave(f);
    }
    if (how == TRY_MAIN)
        st_expr(f, ex_rt(f, "wyn_main_error", NULL, FX_CALL, p, d, NULL));
    else st_expr(f, ex_rt(f, "wyn_panic_error", NULL, FX_CALL, p, d, ex_site(f, t->span), NULL));
    f->dead = true;
}

IrExpr *lower_try(LowerFn *f, Tree *t) {
    Type *from = t->try_.e->type;
    IrExpr *v = lower_expr(f, t->try_.e);
    if (f->dead) return type_no_value(t->type) ? NULL : ex_zero(f, type_ir(f->lw, t->type));
    v = ex_temp(f, v);
    IrStmt *s = st_if(f, ex_not(f, has_value(f, from, v)));
    BlockSave save = block_enter(f, &s->if_.then);
    try_leave(f, t, ex_copy(f, v));
    block_leave(f, save);
    return type_no_value(t->type) ? NULL : good_value(f, from, ex_copy(f, v));
}
