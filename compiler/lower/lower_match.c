/* lower_match.c - patterns and match. Tests are expressions without effects over a subject that was
 * stored once; bindings read it again. A match over plain variants, ints or bools becomes a switch,
 * one without guards an if chain, any other a labelled block of ifs. */
#include "lowering.h"

static Pattern *binding_of(Pattern *p) {
    if (!p) return NULL;
    return p->kind == PAT_WILD || p->kind == PAT_BIND ? p : NULL;
}

static IrExpr *both(LowerFn *f, IrExpr *a, IrExpr *b) {
    if (!a) return b;
    if (!b) return a;
    return ex_binary(f, IO_LAND, a, b, f->lw->t.b);
}

static IrExpr *literal(LowerFn *f, Pattern *p) {
    switch (p->kind) {
    case PAT_INT: return ex_int(f, p->int_);
    case PAT_BOOL: return ex_bool(f, p->bool_);
    case PAT_STR: return ex_str(f, p->str);
    case PAT_FLOAT: {
        IrExpr *e = ex_new(f, IE_FLOAT, f->lw->t.f64);
        e->float_ = p->float_;
        return e;
    }
    default: UNREACHABLE(); return NULL;
    }
}

static IrExpr *order_test(LowerFn *f, IrOp op, Pattern *end, IrExpr *v) {
    IrExpr *l = literal(f, end);
    if (end->kind != PAT_STR) return ex_binary(f, op, ex_clone(f, v), l, f->lw->t.b);
    IrExpr *c = ex_rt(f, "wyn_str_cmp", f->lw->t.i64, 0, ex_clone(f, v), l, NULL);
    return ex_binary(f, op, c, ex_int(f, 0), f->lw->t.b);
}

static IrExpr *range_test(LowerFn *f, Pattern *p, IrExpr *v) {
    IrExpr *t = NULL;
    if (p->range.lo) t = order_test(f, IO_GE, p->range.lo, v);
    if (p->range.hi)
        t = both(f, t, order_test(f, p->range.inclusive ? IO_LE : IO_LT, p->range.hi, v));
    return t;
}

static IrExpr *element(LowerFn *f, Pattern *p, IrExpr *v, u32 i) {
    Lower *lw = f->lw;
    Type *elem = p->type->args[0];
    IrExpr *at = ex_int(f, i);
    if (p->array.has_rest && i >= p->array.rest_at) /* counted from the end */
        at = ex_binary(f, IO_SUB, ex_rt(f, "wyn_array_len", lw->t.i64, FX_READ_MEM, ex_clone(f, v),
                                        NULL), ex_int(f, (i64)p->array.n - i), lw->t.i64);
    return ex_array_op(f, "raw", elem, type_ir(lw, elem), FX_READ_MEM, ex_clone(f, v), at, NULL);
}

static IrExpr *array_test(LowerFn *f, Pattern *p, IrExpr *v) {
    Lower *lw = f->lw;
    IrExpr *len = ex_rt(f, "wyn_array_len", lw->t.i64, FX_READ_MEM, ex_clone(f, v), NULL);
    IrExpr *t = NULL;
    if (!p->array.has_rest || p->array.n)
        t = ex_binary(f, p->array.has_rest ? IO_GE : IO_EQ, len, ex_int(f, p->array.n), lw->t.b);
    for (u32 i = 0; i < p->array.n; i++)
        if (p->array.elems[i])
            t = both(f, t, pattern_test(f, p->array.elems[i], element(f, p, v, i)));
    return t;
}

static IrExpr *part(LowerFn *f, Pattern *p, IrExpr *v, u32 i) { /* of a tuple or struct */
    Type *t = p->type->kind == TY_TUPLE ? p->type->args[i] : p->type->fields[i].type;
    return ex_member(f, ex_clone(f, v), IM_FIELD, i, type_ir(f->lw, t));
}

static IrExpr *inner_value(LowerFn *f, Pattern *p, IrExpr *v) {
    if (p->kind == PAT_SOME) return option_value(f, p->type, ex_clone(f, v));
    Type *t = p->type->args[p->kind == PAT_OK ? 0 : 1];
    if (type_no_value(t)) return NULL;
    return result_part(f, p->type, ex_clone(f, v), p->kind == PAT_OK);
}

static IrExpr *inner_test(LowerFn *f, Pattern *p, IrExpr *v) {
    IrExpr *t = p->kind == PAT_SOME ? option_has(f, p->type, ex_clone(f, v))
                                    : result_is_ok(f, ex_clone(f, v));
    if (p->kind == PAT_ERR) t = ex_not(f, t);
    if (!p->inner || binding_of(p->inner)) return t;
    IrExpr *in = inner_value(f, p, v);
    return in ? both(f, t, pattern_test(f, p->inner, in)) : t;
}

static IrExpr *variant_test(LowerFn *f, Pattern *p, IrExpr *v) {
    IrExpr *t = NULL;
    if (p->type->variant_count > 1)
        t = ex_binary(f, IO_EQ, variant_tag(f, p->type, ex_clone(f, v)),
                      ex_typed_int(f, p->variant.index, f->lw->t.tag), f->lw->t.b);
    for (u32 i = 0; i < p->variant.n; i++) {
        Pattern *a = p->variant.args[i];
        if (!a || binding_of(a)) continue;
        IrExpr *field = variant_field(f, p->type, ex_clone(f, v), p->variant.index, i);
        t = both(f, t, pattern_test(f, a, field));
    }
    return t;
}

static IrExpr *or_test(LowerFn *f, Pattern *p, IrExpr *v) {
    IrExpr *t = NULL;
    for (u32 i = 0; i < p->alts.n; i++) {
        IrExpr *a = pattern_test(f, p->alts.alts[i], ex_clone(f, v));
        if (!a) return NULL;
        t = t ? ex_binary(f, IO_LOR, t, a, f->lw->t.b) : a;
    }
    return t;
}

IrExpr *pattern_test(LowerFn *f, Pattern *p, IrExpr *v) {
    switch (p->kind) {
    case PAT_WILD: case PAT_BIND: return NULL;
    case PAT_INT: case PAT_FLOAT: case PAT_BOOL: case PAT_STR:
        return value_equal(f, p->type, ex_clone(f, v), literal(f, p));
    case PAT_RANGE: return range_test(f, p, v);
    case PAT_VARIANT: return variant_test(f, p, v);
    case PAT_NONE: return ex_not(f, option_has(f, p->type, ex_clone(f, v)));
    case PAT_SOME: case PAT_OK: case PAT_ERR: return inner_test(f, p, v);
    case PAT_TUPLE: case PAT_STRUCT: {
        IrExpr *t = NULL;
        for (u32 i = 0; i < p->tuple.n; i++)
            if (p->tuple.elems[i] && !binding_of(p->tuple.elems[i]))
                t = both(f, t, pattern_test(f, p->tuple.elems[i], part(f, p, v, i)));
        return t;
    }
    case PAT_ARRAY: return array_test(f, p, v);
    case PAT_OR: return or_test(f, p, v);
    }
    UNREACHABLE();
    return NULL;
}

static bool has_bindings(Pattern *p) {
    if (!p) return false;
    switch (p->kind) {
    case PAT_BIND: return true;
    case PAT_SOME: case PAT_OK: case PAT_ERR: return has_bindings(p->inner);
    case PAT_VARIANT:
        for (u32 i = 0; i < p->variant.n; i++)
            if (has_bindings(p->variant.args[i])) return true;
        return false;
    case PAT_TUPLE: case PAT_STRUCT:
        for (u32 i = 0; i < p->tuple.n; i++)
            if (has_bindings(p->tuple.elems[i])) return true;
        return false;
    case PAT_ARRAY:
        for (u32 i = 0; i < p->array.n; i++)
            if (has_bindings(p->array.elems[i])) return true;
        return p->array.rest != NULL;
    case PAT_OR: return has_bindings(p->alts.alts[0]);
    case PAT_WILD: case PAT_INT: case PAT_FLOAT: case PAT_STR: case PAT_BOOL: case PAT_RANGE:
    case PAT_NONE: break;
    }
    return false;
}

/* Declares the variables of a pattern, so that alternatives can assign them. */
void pattern_declare(LowerFn *f, Pattern *p) {
    if (!p || !has_bindings(p)) return;
    switch (p->kind) {
    case PAT_BIND:
        if (!map_get(&f->slots, p->bind)) local_declare(f, p->bind, NULL);
        return;
    case PAT_SOME: case PAT_OK: case PAT_ERR: pattern_declare(f, p->inner); return;
    case PAT_VARIANT:
        for (u32 i = 0; i < p->variant.n; i++) pattern_declare(f, p->variant.args[i]);
        return;
    case PAT_TUPLE: case PAT_STRUCT:
        for (u32 i = 0; i < p->tuple.n; i++) pattern_declare(f, p->tuple.elems[i]);
        return;
    case PAT_ARRAY:
        for (u32 i = 0; i < p->array.n; i++) pattern_declare(f, p->array.elems[i]);
        if (p->array.rest) local_declare(f, p->array.rest, NULL);
        return;
    case PAT_OR: pattern_declare(f, p->alts.alts[0]); return;
    default: return;
    }
}

static void bind(LowerFn *f, Pattern *p, IrExpr *v, bool declared);

static void bind_local(LowerFn *f, Local *l, IrExpr *v, bool declared) {
    if (type_no_value(l->type)) {
        if (!declared) local_declare_raw(f, l);
    } else if (!declared) {
        local_declare(f, l, v);
    } else {
        Slot *s = local_slot(f, l);
        s->var->mutable_ = true;
        st_set(f, local_read(f, l), v);
    }
}

static void bind_or(LowerFn *f, Pattern *p, IrExpr *v, bool declared) {
    if (!declared) pattern_declare(f, p->alts.alts[0]);
    BlockSave outer = {f->block, f->dead};
    for (u32 i = 0; i < p->alts.n; i++) {
        IrExpr *t = i + 1 < p->alts.n ? pattern_test(f, p->alts.alts[i], ex_clone(f, v)) : NULL;
        if (!t) {
            bind(f, p->alts.alts[i], ex_clone(f, v), true);
            break;
        }
        IrStmt *s = st_if(f, t);
        BlockSave save = block_enter(f, &s->if_.then);
        bind(f, p->alts.alts[i], ex_clone(f, v), true);
        block_leave(f, save);
        f->block = &s->if_.els;
    }
    block_leave(f, outer);
}

static void bind_rest(LowerFn *f, Pattern *p, IrExpr *v, bool declared) {
    Lower *lw = f->lw;
    u32 after = p->array.n - p->array.rest_at;
    IrExpr *to = after ? ex_int(f, -(i64)after) : ex_name(f, "WYN_SLICE_END", lw->t.i64);
    IrExpr *e = ex_rt(f, "wyn_array_slice", type_ir(lw, p->type), FX_READ_MEM, ex_clone(f, v),
                      ex_int(f, p->array.rest_at), to, ex_desc(f, p->type->args[0]), NULL);
    bind_local(f, p->array.rest, e, declared);
}

static void bind(LowerFn *f, Pattern *p, IrExpr *v, bool declared) {
    if (!p || !has_bindings(p)) return;
    switch (p->kind) {
    case PAT_BIND: bind_local(f, p->bind, v, declared); return;
    case PAT_SOME:
    case PAT_OK:
    case PAT_ERR: bind(f, p->inner, inner_value(f, p, v), declared); return;
    case PAT_VARIANT:
        for (u32 i = 0; i < p->variant.n; i++)
            if (has_bindings(p->variant.args[i]))
                bind(f, p->variant.args[i],
                     variant_field(f, p->type, ex_clone(f, v), p->variant.index, i), declared);
        return;
    case PAT_TUPLE: case PAT_STRUCT:
        for (u32 i = 0; i < p->tuple.n; i++)
            if (has_bindings(p->tuple.elems[i]))
                bind(f, p->tuple.elems[i], part(f, p, v, i), declared);
        return;
    case PAT_ARRAY:
        for (u32 i = 0; i < p->array.n; i++)
            if (has_bindings(p->array.elems[i]))
                bind(f, p->array.elems[i], element(f, p, v, i), declared);
        if (p->array.rest) bind_rest(f, p, v, declared);
        return;
    case PAT_OR: bind_or(f, p, v, declared); return;
    default: return;
    }
}

void pattern_bind(LowerFn *f, Pattern *p, IrExpr *v) { bind(f, p, v, false); }

static void array_length_check(LowerFn *f, Pattern *p, IrExpr *v, Span at) {
    if (p->kind != PAT_ARRAY || (p->array.has_rest && !p->array.n)) return;
    Lower *lw = f->lw;
    IrExpr *len = ex_rt(f, "wyn_array_len", lw->t.i64, FX_READ_MEM, ex_clone(f, v), NULL);
    IrStmt *s = st_if(f, ex_binary(f, p->array.has_rest ? IO_LT : IO_NE, len,
                                   ex_int(f, p->array.n), lw->t.b));
    BlockSave save = block_enter(f, &s->if_.then);
    Str text = str_fmt(lw->perm, "array pattern needs %s%u elements, the array has another length",
                       p->array.has_rest ? "at least " : "", p->array.n);
    st_expr(f, ex_rt(f, "wyn_panic_str", NULL, FX_CALL, ex_str(f, text), ex_site(f, at), NULL));
    block_leave(f, save);
}

void lower_destruct(LowerFn *f, Tree *t) {
    IrExpr *v = lower_expr(f, t->letc.e);
    if (f->dead) return;
    if (!has_bindings(t->letc.pattern) && t->letc.pattern->kind != PAT_ARRAY) {
        st_expr(f, v);
        return;
    }
    v = ex_temp(f, v);
    array_length_check(f, t->letc.pattern, v, t->span);
    pattern_bind(f, t->letc.pattern, v);
}

/* ---- match ---- */

static bool is_case(Pattern *p) {
    switch (p->kind) {
    case PAT_INT: case PAT_BOOL: return true;
    case PAT_VARIANT:
        for (u32 i = 0; i < p->variant.n; i++)
            if (p->variant.args[i] && !binding_of(p->variant.args[i])) return false;
        return true;
    case PAT_OR:
        for (u32 i = 0; i < p->alts.n; i++)
            if (!is_case(p->alts.alts[i]) || has_bindings(p->alts.alts[i])) return false;
        return true;
    default: return false;
    }
}

static bool is_switch(Tree *t) {
    Type *s = t->match.subject->type;
    if (s->kind != TY_INT && s->kind != TY_BOOL && s->kind != TY_ENUM) return false;
    for (u32 i = 0; i < t->match.n; i++) {
        TreeArm *a = &t->match.arms[i];
        if (a->guard) return false;
        if (!is_case(a->pattern) && !(i == t->match.n - 1 && binding_of(a->pattern))) return false;
    }
    return t->match.n > 1;
}

static u32 case_count(Pattern *p) {
    if (p->kind != PAT_OR) return 1;
    u32 n = 0;
    for (u32 i = 0; i < p->alts.n; i++) n += case_count(p->alts.alts[i]);
    return n;
}

static bool value_seen(IrStmt *s, u32 cases, IrCase *c, i64 v) {
    for (u32 i = 0; i < c->n; i++)
        if (c->values[i] == v) return true;
    for (u32 k = 0; k < cases; k++)
        for (u32 i = 0; i < s->switch_.cases[k].n; i++)
            if (s->switch_.cases[k].values[i] == v) return true;
    return false;
}

static void case_fill(IrStmt *s, u32 cases, IrCase *c, Pattern *p) {
    if (p->kind == PAT_OR) {
        for (u32 i = 0; i < p->alts.n; i++) case_fill(s, cases, c, p->alts.alts[i]);
        return;
    }
    i64 v = p->kind == PAT_INT ? p->int_ : p->kind == PAT_BOOL ? p->bool_ : (i64)p->variant.index;
    if (!value_seen(s, cases, c, v)) c->values[c->n++] = v;
    if (p->kind == PAT_VARIANT) c->enum_ = p->type;
}

static void match_arm(LowerFn *f, TreeArm *a, IrExpr *v, IrVar *dst) {
    pattern_bind(f, a->pattern, v);
    lower_into(f, a->body, dst);
}

static void match_switch(LowerFn *f, Tree *t, IrExpr *v, IrVar *dst) {
    Lower *lw = f->lw;
    u32 n = t->match.n;
    Type *st = t->match.subject->type;
    IrStmt *s = st_add(f, IS_SWITCH);
    s->switch_.cases = NEW_N(lw->perm, IrCase, n);
    s->switch_.e = st->kind == TY_ENUM ? variant_tag(f, st, ex_clone(f, v)) : ex_clone(f, v);
    if (st->kind == TY_BOOL) s->switch_.e = ex_cast(f, s->switch_.e, lw->t.tag);
    f->fx |= s->switch_.e->fx;
    bool all_dead = true;
    for (u32 i = 0; i < n; i++) {
        TreeArm *a = &t->match.arms[i];
        bool other = i == n - 1 && (binding_of(a->pattern) || !t->match.falls_through);
        IrBlock *b = &s->switch_.els;
        if (!other) {
            IrCase *c = &s->switch_.cases[s->switch_.n];
            c->values = NEW_N(lw->perm, i64, case_count(a->pattern));
            case_fill(s, s->switch_.n, c, a->pattern);
            b = &c->body;
            if (c->n) s->switch_.n++;
        }
        s->switch_.has_else |= other;
        BlockSave save = block_enter(f, b);
        match_arm(f, a, v, dst);
        all_dead &= f->dead;
        block_leave(f, save);
    }
    if (all_dead && s->switch_.has_else) f->dead = true;
}

static void match_chain(LowerFn *f, Tree *t, IrExpr *v, IrVar *dst) {
    BlockSave outer = {f->block, f->dead};
    bool all_dead = true, complete = false;
    for (u32 i = 0; i < t->match.n && !complete; i++) {
        TreeArm *a = &t->match.arms[i];
        bool last = i == t->match.n - 1 && !t->match.falls_through;
        IrExpr *c = last ? NULL : pattern_test(f, a->pattern, ex_clone(f, v));
        if (!c) {
            match_arm(f, a, v, dst);
            all_dead &= f->dead;
            complete = true;
            break;
        }
        IrStmt *s = st_if(f, c);
        BlockSave save = block_enter(f, &s->if_.then);
        match_arm(f, a, v, dst);
        all_dead &= f->dead;
        block_leave(f, save);
        f->block = &s->if_.els;
    }
    block_leave(f, outer);
    if (all_dead && complete) f->dead = true;
}

/* With guards: each arm that is done leaves the block. */
static void match_block(LowerFn *f, Tree *t, IrExpr *v, IrVar *dst) {
    IrStmt *b = st_add(f, IS_BLOCK);
    b->block.loop = loop_new(f);
    BlockSave outer = block_enter(f, &b->block.body);
    bool all_dead = true, complete = false;
    for (u32 i = 0; i < t->match.n && !complete; i++) {
        TreeArm *a = &t->match.arms[i];
        bool last = i == t->match.n - 1 && !t->match.falls_through && !a->guard;
        IrExpr *c = last ? NULL : pattern_test(f, a->pattern, ex_clone(f, v));
        BlockSave in = {f->block, f->dead};
        if (c) in = block_enter(f, &st_if(f, c)->if_.then);
        pattern_bind(f, a->pattern, v);
        BlockSave guard = {f->block, f->dead};
        if (a->guard) guard = block_enter(f, &st_if(f, lower_cond(f, a->guard))->if_.then);
        lower_into(f, a->body, dst);
        all_dead &= f->dead;
        complete = !c && !a->guard;
        if (!f->dead && !complete) st_break(f, b->block.loop);
        if (a->guard) block_leave(f, guard);
        if (c) block_leave(f, in);
    }
    if (!complete && !t->match.falls_through) st_stop(f);
    block_leave(f, outer);
    if (all_dead && (complete || !t->match.falls_through)) f->dead = true;
}

IrExpr *lower_match(LowerFn *f, Tree *t, IrVar *dst, bool want) {
    IrExpr *v = lower_expr(f, t->match.subject);
    if (f->dead)
        return !want || type_no_value(t->type) ? NULL : ex_zero(f, type_ir(f->lw, t->type));
    if (!v) v = ex_int(f, 0);
    v = ex_temp(f, v);
    if (want && !dst && !type_no_value(t->type))
        dst = var_decl(f, NULL, type_ir(f->lw, t->type), NULL);
    bool guards = false;
    for (u32 i = 0; i < t->match.n; i++) guards |= t->match.arms[i].guard != NULL;
    if (is_switch(t)) match_switch(f, t, v, dst);
    else if (guards || t->match.n > 100) match_block(f, t, v, dst);
    else match_chain(f, t, v, dst);
    return dst ? ex_var(f, dst) : NULL;
}
