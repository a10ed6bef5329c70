/* lower_ops.c - operators. Chains are walked in a loop, and spilled now and then, so that a term of
 * 100,000 operands nests nowhere. */
#include "lowering.h"

enum { NEST = 50, CONCAT_MAX = 60 };

static IrOp op_plain(Op op) { /* table */
    switch (op) {
    case OP_ADD: return IO_ADD;
    case OP_SUB: return IO_SUB;
    case OP_MUL: return IO_MUL;
    case OP_DIV: return IO_DIV;
    case OP_MOD: return IO_MOD;
    case OP_BAND: return IO_AND;
    case OP_BOR: return IO_OR;
    case OP_BXOR: return IO_XOR;
    case OP_SHL: return IO_SHL;
    case OP_SHR: return IO_SHR;
    case OP_LT: return IO_LT;
    case OP_GT: return IO_GT;
    case OP_LE: return IO_LE;
    case OP_GE: return IO_GE;
    case OP_EQ: return IO_EQ;
    case OP_NE: return IO_NE;
    case OP_IN: case OP_NOT_IN: case OP_AND: case OP_OR: case OP_NEG: case OP_NOT: case OP_BNOT:
    case OP_COUNT: break;
    }
    UNREACHABLE();
    return IO_ADD;
}

static bool op_is_order(Op op) { return op >= OP_LT && op <= OP_GE; }
static bool op_is_compare(Op op) { return op >= OP_LT && op <= OP_NE; }

/* ---- values ---- */

static IrExpr *zero_members(LowerFn *f, Type *t) {
    u32 n = t->kind == TY_TUPLE ? t->n : t->field_count;
    IrExpr *e = ex_make(f, type_ir(f->lw, t), n);
    for (u32 i = 0; i < n; i++) {
        Type *m = t->kind == TY_TUPLE ? t->args[i] : t->fields[i].type;
        e->make.args.v[i] = value_zero(f, m);
        e->fx |= e->make.args.v[i]->fx;
    }
    return e;
}

static IrExpr *zero_variant(LowerFn *f, Type *t) {
    u32 v = enum_zero_variant(t);
    TyVariant *var = &t->variants[v];
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, var->n), var->n};
    for (u32 i = 0; i < var->n; i++) args.v[i] = value_zero(f, var->fields[i].type);
    return variant_value(f, t, v, args);
}

/* Types without a zero value get zero bytes: nothing reads them before they are assigned. */
IrExpr *value_zero(LowerFn *f, Type *t) {
    Lower *lw = f->lw;
    IrType *it = type_ir(lw, t);
    switch (t->kind) {
    case TY_INT: return ex_typed_int(f, 0, it);
    case TY_BOOL: return ex_bool(f, false);
    case TY_STRING: return ex_str(f, S(""));
    case TY_ARRAY:
        return ex_rt(f, "wyn_array_new", it, 0, ex_desc(f, t->args[0]), ex_int(f, 0), NULL);
    case TY_MAP: case TY_SET:
        return ex_rt(f, "wyn_map_new", it, 0, ex_desc(f, t), ex_int(f, 0), NULL);
    case TY_STRUCT: case TY_TUPLE: return type_has_zero(t) ? zero_members(f, t) : ex_zero(f, it);
    case TY_ENUM: return type_has_zero(t) ? zero_variant(f, t) : ex_zero(f, it);
    case TY_RESULT:
        if (!type_has_zero(t) || type_no_value(t->args[1])) return ex_zero(f, it);
        return result_make(f, t, false, value_zero(f, t->args[1]));
    case TY_HANDLE: {
        if (!type_has_zero(t)) return ex_zero(f, it);
        IrVar *v = var_decl(f, NULL, it, ex_zero(f, it));
        st_expr(f, ex_rt(f, "wyn_zero", NULL, FX_EFFECT, ex_addr(f, ex_var(f, v)), ex_desc(f, t),
                         NULL));
        return ex_var(f, v);
    }
    default: return ex_zero(f, it);
    }
}

static bool same_path(const IrExpr *a, const IrExpr *b) {
    if (a->kind != b->kind) return false;
    switch ((IrExprKind)a->kind) {
    case IE_VAR: return a->var == b->var;
    case IE_GLOBAL: return a->global == b->global;
    case IE_INT: return a->int_ == b->int_;
    case IE_BOOL: return a->bool_ == b->bool_;
    case IE_DEREF: return same_path(a->one.e, b->one.e);
    case IE_MEMBER:
        return a->member.which == b->member.which && a->member.index == b->member.index &&
               a->member.variant == b->member.variant && same_path(a->member.e, b->member.e);
    default: return false;
    }
}

enum { INLINE_FIELDS = 4 };

static bool equal_is_simple(Type *t) {
    switch (t->kind) {
    case TY_INT: case TY_FLOAT: case TY_BOOL: case TY_STRING: case TY_PTR: case TY_FUTURE:
    case TY_CHANNEL: case TY_HANDLE: return true;
    case TY_ENUM: return type_enum_layout(t) == ENUM_TAG;
    default: return false;
    }
}

static Type *member_type(Type *t, u32 i) {
    return t->kind == TY_TUPLE ? t->args[i] : t->fields[i].type;
}

static bool equal_is_inline(Type *t) {
    if (t->kind != TY_STRUCT && t->kind != TY_TUPLE) return false;
    u32 n = t->kind == TY_TUPLE ? t->n : t->field_count;
    if (n == 0 || n > INLINE_FIELDS) return false;
    for (u32 i = 0; i < n; i++)
        if (!equal_is_simple(member_type(t, i))) return false;
    return true;
}

static IrExpr *equal_members(LowerFn *f, Type *t, IrExpr *a, IrExpr *b) {
    u32 n = t->kind == TY_TUPLE ? t->n : t->field_count;
    a = ex_temp(f, a);
    b = ex_temp(f, b);
    IrExpr *all = NULL;
    for (u32 i = 0; i < n; i++) {
        IrType *mt = type_ir(f->lw, member_type(t, i));
        IrExpr *e = value_equal(f, member_type(t, i), ex_member(f, ex_copy(f, a), IM_FIELD, i, mt),
                                ex_member(f, ex_copy(f, b), IM_FIELD, i, mt));
        all = all ? ex_binary(f, IO_LAND, all, e, f->lw->t.b) : e;
    }
    return all;
}

/* None is never equal to a value: only the presence is compared. */
static IrExpr *equal_to_none(LowerFn *f, Type *t, IrExpr *a, IrExpr *b) {
    bool none = b->kind == IE_NULL || (b->kind == IE_ZERO && t->kind == TY_OPTION);
    return none ? ex_not(f, option_has(f, t, a)) : NULL;
}

IrExpr *value_equal(LowerFn *f, Type *t, IrExpr *a, IrExpr *b) {
    Lower *lw = f->lw;
    if (equal_is_simple(t) && t->kind != TY_STRING) {
        if (t->kind != TY_FLOAT && same_path(a, b)) return ex_bool(f, true);
        return ex_binary(f, IO_EQ, a, b, lw->t.b);
    }
    if (t->kind == TY_STRING) return ex_rt(f, "wyn_str_eq", lw->t.b, 0, a, b, NULL);
    if (t->kind == TY_OPTION) {
        IrExpr *e = equal_to_none(f, t, a, b);
        if (e) return e;
    }
    if (equal_is_inline(t)) return equal_members(f, t, a, b);
    IrExpr *pa = ex_address(f, a), *pb = ex_address(f, b);
    return ex_rt(f, "wyn_eq", lw->t.b, FX_READ_MEM, pa, pb, ex_desc(f, t), NULL);
}

IrExpr *value_in(LowerFn *f, Type *ct, IrExpr *c, Type *vt, IrExpr *v) {
    Lower *lw = f->lw;
    switch (ct->kind) {
    case TY_STRING: return ex_rt(f, "wyn_str_has", lw->t.b, 0, c, v, NULL);
    case TY_ARRAY:
        return ex_rt(f, "wyn_array_contains", lw->t.b, FX_READ_MEM, c, ex_address(f, v),
                     ex_desc(f, vt), NULL);
    case TY_MAP: case TY_SET: {
        IrExpr *slot = map_slot(f, "wyn_map_find", ct, c, v, (Span){0}, false);
        return ex_binary(f, IO_NE, slot, ex_null(f, lw->t.voidp), lw->t.b);
    }
    default: UNREACHABLE(); return NULL;
    }
}

/* ---- int and float ---- */

static IrExpr *fold_int(LowerFn *f, Op op, IrExpr *a, IrExpr *b) {
    u64 x = (u64)a->int_, y = (u64)b->int_;
    switch (op) {
    case OP_ADD: return ex_int(f, (i64)(x + y));
    case OP_SUB: return ex_int(f, (i64)(x - y));
    case OP_MUL: return ex_int(f, (i64)(x * y));
    default: return NULL;
    }
}

static IrExpr *int_divide(LowerFn *f, bool mod, IrExpr *a, IrExpr *b, Span at) {
    IrType *i64t = f->lw->t.i64;
    if (b->kind == IE_INT && b->int_ != 0 && b->int_ != -1)
        return ex_binary(f, mod ? IO_MOD : IO_DIV, a, b, i64t);
    return ex_rt(f, mod ? "wyn_mod" : "wyn_div", i64t, FX_PANIC, a, b, ex_site(f, at), NULL);
}

static IrExpr *int_op(LowerFn *f, Op op, IrExpr *a, IrExpr *b, Span at) {
    Lower *lw = f->lw;
    bool checked = lw->opt.overflow_check && !f->fn->is_std;
    if (a->kind == IE_INT && b->kind == IE_INT && !checked) {
        IrExpr *e = fold_int(f, op, a, b);
        if (e) return e;
    }
    switch (op) {
    case OP_DIV: return int_divide(f, false, a, b, at);
    case OP_MOD: return int_divide(f, true, a, b, at);
    case OP_SHL: case OP_SHR:
        if (b->kind == IE_INT && b->int_ >= 0 && b->int_ < 64) break;
        return ex_rt(f, op == OP_SHL ? "wyn_shl" : "wyn_shr", lw->t.i64, FX_PANIC, a, b,
                     ex_site(f, at), NULL);
    case OP_ADD: case OP_SUB: case OP_MUL:
        if (!checked) break;
        return ex_rt(f, op == OP_ADD ? "wyn_add_checked" : op == OP_SUB ? "wyn_sub_checked"
                                                                         : "wyn_mul_checked",
                     lw->t.i64, FX_PANIC, a, b, ex_site(f, at), NULL);
    default: break;
    }
    return ex_binary(f, op_plain(op), a, b, lw->t.i64);
}

static IrExpr *order(LowerFn *f, Op op, Type *t, IrExpr *a, IrExpr *b) {
    Lower *lw = f->lw;
    IrExpr *c;
    if (t->kind == TY_INT || t->kind == TY_FLOAT || t->kind == TY_BOOL) {
        if (t->kind != TY_FLOAT && same_path(a, b)) return ex_bool(f, op == OP_LE || op == OP_GE);
        return ex_binary(f, op_plain(op), a, b, lw->t.b);
    }
    if (t->kind == TY_STRING) c = ex_rt(f, "wyn_str_cmp", lw->t.i64, 0, a, b, NULL);
    else {
        IrExpr *pa = ex_address(f, a), *pb = ex_address(f, b);
        c = ex_rt(f, "wyn_cmp", lw->t.i64, FX_READ_MEM, pa, pb, ex_desc(f, t), NULL);
    }
    return ex_binary(f, op_plain(op), c, ex_int(f, 0), lw->t.b);
}

static IrExpr *as_text(LowerFn *f, Type *t, IrExpr *e) {
    return t->kind == TY_STRING ? e : value_text(f, t, e);
}

static IrExpr *to_float(LowerFn *f, Type *t, IrExpr *e) {
    return t->kind == TY_FLOAT ? e : ex_cast(f, e, f->lw->t.f64);
}

IrExpr *op_apply(LowerFn *f, Op op, Type *lt, IrExpr *a, Type *rt, IrExpr *b, Type *res, Span at) {
    Lower *lw = f->lw;
    IrType *rit = type_ir(lw, res);
    if (op == OP_IN || op == OP_NOT_IN) {
        IrExpr *e = value_in(f, rt, b, lt, a);
        return op == OP_IN ? e : ex_not(f, e);
    }
    if (op_is_compare(op)) {
        bool mixed = lt != rt && (lt->kind == TY_FLOAT || rt->kind == TY_FLOAT);
        if (mixed) a = to_float(f, lt, a), b = to_float(f, rt, b);
        Type *t = mixed ? type_prim(lw->ir->types, TY_FLOAT) : lt->kind == TY_BOOL ? rt : lt;
        if (op_is_order(op)) return order(f, op, t, a, b);
        IrExpr *e = value_equal(f, t, a, b);
        return op == OP_EQ ? e : ex_not(f, e);
    }
    switch (res->kind) {
    case TY_STRING:
        if (op == OP_MUL)
            return ex_rt(f, "wyn_str_times", rit, FX_PANIC, a, b, ex_site(f, at), NULL);
        return ex_rt(f, "wyn_str_concat2", rit, 0, as_text(f, lt, a), as_text(f, rt, b), NULL);
    case TY_ARRAY:
        return ex_rt(f, "wyn_array_concat", rit, FX_READ_MEM, a, b, ex_desc(f, res->args[0]), NULL);
    case TY_FLOAT:
        a = to_float(f, lt, a), b = to_float(f, rt, b);
        if (op == OP_MOD) return ex_rt(f, "wyn_fmod", rit, 0, a, b, NULL);
        return ex_binary(f, op_plain(op), a, b, rit);
    default: return int_op(f, op, a, b, at);
    }
}

IrExpr *lower_unary(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    if (t->unary.op == OP_NOT) return ex_not(f, lower_cond(f, t->unary.e));
    IrExpr *e = lower_expr(f, t->unary.e);
    if (t->unary.op == OP_BNOT) return ex_unary(f, IO_BNOT, e, e->type);
    if (e->kind == IE_INT) return ex_int(f, (i64)(0 - (u64)e->int_));
    if (t->type->kind == TY_INT && lw->opt.overflow_check)
        return int_op(f, OP_SUB, ex_int(f, 0), e, t->span);
    return ex_unary(f, IO_NEG, e, e->type);
}

/* ---- chains ---- */

static bool is_byte_index(Tree *t) {
    return t->kind == TN_INDEX && t->index.obj->type->kind == TY_STRING;
}

static void byte_operand(LowerFn *f, Operands *ops, Tree *t) {
    u8 saved;
    operands_begin(f, &saved);
    if (t->kind == TN_STR) {
        operands_end(f, ops, ex_int(f, (u8)t->str.bytes.p[0]), saved);
        return;
    }
    Operands in = {0};
    operands_add(f, &in, t->index.obj);
    operands_add(f, &in, t->index.index);
    IrExpr *e = f->dead ? ex_int(f, 0)
                        : ex_rt(f, "wyn_str_byte_at", f->lw->t.i64, FX_PANIC, in.v.v[0].e,
                                in.v.v[1].e, ex_site(f, t->span), NULL);
    operands_end(f, ops, e, saved);
}

/* s[i] == "x" and its kin compare bytes: no string is made. */
static IrExpr *byte_compare(LowerFn *f, Tree *t) {
    if (t->chain.n != 1) return NULL;
    TreeStep *s = &t->chain.steps[0];
    if (!op_is_compare(s->op) || !is_byte_index(t->chain.first)) return NULL;
    if (!is_byte_index(s->rhs) && !(s->rhs->kind == TN_STR && s->rhs->str.bytes.n == 1))
        return NULL;
    Operands ops = {0};
    byte_operand(f, &ops, t->chain.first);
    byte_operand(f, &ops, s->rhs);
    return ex_binary(f, op_plain(s->op), ops.v.v[0].e, ops.v.v[1].e, f->lw->t.b);
}

/* Is the byte one of a literal's? A set of 128 bits tells; NULL: not of ASCII alone. */
static IrExpr *byte_of_literal(LowerFn *f, IrExpr *byte, Str text) {
    u64 set[2] = {0};
    for (u32 i = 0; i < text.n; i++) {
        u8 c = (u8)text.p[i];
        if (c >= 128) return NULL;
        set[c / 64] |= (u64)1 << c % 64;
    }
    return ex_rt(f, "wyn_byte_of", f->lw->t.b, 0, byte, ex_int(f, (i64)set[0]),
                 ex_int(f, (i64)set[1]), NULL);
}

/* s[i] in text looks for a byte. */
static IrExpr *byte_in(LowerFn *f, Tree *t) {
    TreeStep *s = &t->chain.steps[0];
    if (t->chain.n != 1 || (s->op != OP_IN && s->op != OP_NOT_IN)) return NULL;
    if (!is_byte_index(t->chain.first) || s->rhs->type->kind != TY_STRING) return NULL;
    Operands ops = {0};
    byte_operand(f, &ops, t->chain.first);
    operands_add(f, &ops, s->rhs);
    if (f->dead || ops.v.n < 2) return ex_bool(f, false);
    IrExpr *text = ops.v.v[1].e, *e = NULL;
    if (text->kind == IE_STR) e = byte_of_literal(f, ops.v.v[0].e, text->str);
    if (!e) e = ex_rt(f, "wyn_str_has_byte", f->lw->t.b, 0, text, ops.v.v[0].e, NULL);
    return s->op == OP_IN ? e : ex_not(f, e);
}

static bool is_concat(TreeStep *s) { return s->op == OP_ADD && s->type->kind == TY_STRING; }

/* The text of step i and of the literals that follow it, as one; *i moves to the last of them. */
static IrExpr *literal_run(LowerFn *f, Tree *t, u32 *i) {
    StrBuf b = {.arena = f->lw->perm};
    TreeStep *s = t->chain.steps;
    buf_str(&b, s[*i].rhs->str.bytes);
    while (*i + 1 < t->chain.n && is_concat(&s[*i + 1]) && s[*i + 1].rhs->kind == TN_STR)
        buf_str(&b, s[++*i].rhs->str.bytes);
    return ex_str(f, buf_done(&b));
}

/* Joins acc and the steps [i, *end) into one string. */
static IrExpr *concat_steps(LowerFn *f, Tree *t, u32 i, u32 *end, IrExpr *acc, Type *acc_type,
                            u8 saved) {
    Operands ops = {0};
    operands_end(f, &ops, as_text(f, acc_type, acc), saved);
    for (; i < t->chain.n && is_concat(&t->chain.steps[i]) && ops.v.n < CONCAT_MAX; i++) {
        Tree *r = t->chain.steps[i].rhs;
        operands_begin(f, &saved);
        IrExpr *e = r->kind == TN_STR ? literal_run(f, t, &i) : lower_expr(f, r);
        operands_end(f, &ops, as_text(f, r->type, e), saved);
    }
    *end = i;
    return text_joined(f, &ops);
}

/* x in lo..hi */
static IrExpr *range_step(LowerFn *f, IrExpr *acc, u8 saved, Tree *r) {
    Operands ops = {0};
    operands_end(f, &ops, ex_temp(f, acc), saved);
    operands_add(f, &ops, r->range.lo);
    operands_add(f, &ops, r->range.hi);
    IrType *b = f->lw->t.b;
    if (f->dead) return ex_bool(f, false);
    IrExpr *hi = ops.v.v[2].e;
    if (hi->fx & FX_CALL) hi = ex_temp(f, hi); /* evaluated even when lo fails */
    IrExpr *x = ex_temp(f, ops.v.v[0].e);
    return ex_binary(f, IO_LAND, ex_binary(f, IO_GE, x, ops.v.v[1].e, b),
                     ex_binary(f, r->range.inclusive ? IO_LE : IO_LT, ex_copy(f, x), hi, b), b);
}

static IrExpr *chain_step(LowerFn *f, TreeStep *s, Type *lt, IrExpr *acc, u8 saved) {
    if (s->rhs->kind == TN_RANGE) {
        IrExpr *e = range_step(f, acc, saved, s->rhs);
        return s->op == OP_IN ? e : ex_not(f, e);
    }
    Operands ops = {0};
    if (s->lhs_float) acc = to_float(f, lt, acc), lt = type_prim(f->lw->ir->types, TY_FLOAT);
    operands_end(f, &ops, acc, saved);
    operands_add(f, &ops, s->rhs);
    if (f->dead || ops.v.n < 2) return ex_zero(f, type_ir(f->lw, s->type));
    return op_apply(f, s->op, lt, ops.v.v[0].e, s->rhs->type, ops.v.v[1].e, s->type, s->span);
}

IrExpr *lower_chain(LowerFn *f, Tree *t) {
    IrExpr *acc = byte_compare(f, t);
    if (!acc) acc = byte_in(f, t);
    if (acc) return acc;
    u8 saved;
    operands_begin(f, &saved);
    acc = lower_expr(f, t->chain.first);
    Type *lt = t->chain.first->type;
    for (u32 i = 0; i < t->chain.n && !f->dead;) {
        TreeStep *s = &t->chain.steps[i];
        if (is_concat(s)) acc = concat_steps(f, t, i, &i, acc, lt, saved);
        else acc = chain_step(f, s, lt, acc, saved), i++;
        if (i % NEST == 0 && i < t->chain.n) acc = ex_temp(f, acc);
        lt = t->chain.steps[i - 1].type;
        saved = f->fx;
    }
    if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
    return acc;
}
