/* lower_expr.c - the dispatch over expressions, and those that choose: if, and / or, blocks. A
 * value that needs statements is stored into a destination variable by each branch. */
#include "lowering.h"

static IrExpr *lower_float(LowerFn *f, double v) {
    IrExpr *e = ex_new(f, IE_FLOAT, f->lw->t.f64);
    e->float_ = v;
    return e;
}

static IrExpr *lower_global(LowerFn *f, Global *g) {
    Tree *literal = map_get(&f->lw->constants, g);
    if (literal) return lower_expr(f, literal);
    IrExpr *e = ex_new(f, IE_GLOBAL, type_ir(f->lw, g->type));
    e->global = map_get(&f->lw->globals, g);
    ASSERT(e->global);
    e->fx = FX_READ_MEM;
    return e;
}

/* One element a round: no guard. */
static bool fills_array(const Tree *t) {
    const Tree *loop = t->compr.loop, *body = NULL;
    if (loop->kind == TN_FOR_RANGE) body = loop->for_range.body;
    if (loop->kind == TN_FOR_IN) body = loop->for_in.body;
    if (t->type->kind != TY_ARRAY || !body || body->kind != TN_BLOCK) return false;
    return body->block.stmts.n == 1 && body->block.stmts.v[0]->kind == TN_INTRINSIC;
}

static IrExpr *lower_compr(LowerFn *f, Tree *t) {
    Type *elem = t->type->args[0];
    if (t->type->kind == TY_ARRAY)
        local_declare(f, t->compr.out,
                      ex_rt(f, "wyn_array_new", type_ir(f->lw, t->type), 0, ex_desc(f, elem),
                            ex_int(f, 0), NULL));
    else
        local_declare(f, t->compr.out, NULL);
    f->fill = fills_array(t) ? t->compr.out : NULL;
    lower_stmt(f, t->compr.loop);
    f->fill = NULL;
    return local_read(f, t->compr.out);
}

/* No value where one was wanted: only after something that never returns. */
static IrExpr *after_never(LowerFn *f, Tree *t) {
    if (type_no_value(t->type)) return NULL;
    return ex_zero(f, type_ir(f->lw, t->type));
}

static IrExpr *lower_one(LowerFn *f, Tree *t) {
    IrExpr *v = t->one.e ? lower_expr(f, t->one.e) : NULL;
    if (!v) v = ex_int(f, 0); /* Ok(void) */
    if (t->kind == TN_SOME) return option_some(f, t->type, v);
    return result_make(f, t->type, t->kind == TN_OK, v);
}

static IrExpr *lower_any(LowerFn *f, Tree *t) { /* table */
    switch (t->kind) {
    case TN_ZERO: return type_no_value(t->type) ? NULL : value_zero(f, t->type);
    case TN_INT: return ex_typed_int(f, t->int_.value, type_ir(f->lw, t->type));
    case TN_FLOAT: return lower_float(f, t->float_.value);
    case TN_BOOL: return ex_bool(f, t->bool_.value);
    case TN_STR: return ex_str(f, t->str.bytes);
    case TN_INTERP: return lower_interp(f, t);
    case TN_LOCAL: return local_read(f, t->local);
    case TN_GLOBAL: return lower_global(f, t->global);
    case TN_FN: return lower_fn_value(f, t);
    case TN_LAMBDA: return lower_lambda(f, t);
    case TN_CALL: return lower_call(f, t);
    case TN_CALL_VALUE: return lower_call_value(f, t);
    case TN_CALL_DYN: return lower_call_dyn(f, t);
    case TN_INTRINSIC: return lower_intrinsic(f, t);
    case TN_PRINT: lower_print(f, t); return NULL;
    case TN_FIELD: return lower_field(f, t);
    case TN_INDEX: return lower_index(f, t);
    case TN_SLICE: return lower_slice(f, t);
    case TN_UNARY: return lower_unary(f, t);
    case TN_CHAIN: return lower_chain(f, t);
    case TN_LOGIC: return lower_logic(f, t);
    case TN_IF: return lower_if(f, t, NULL, true);
    case TN_MATCH: return lower_match(f, t, NULL, true);
    case TN_BLOCK: return lower_block(f, t, NULL, true);
    case TN_STRUCT: case TN_TUPLE: return lower_aggregate(f, t);
    case TN_ARRAY: return lower_array_literal(f, t);
    case TN_SET: return lower_set_literal(f, t);
    case TN_MAP: return lower_map_literal(f, t);
    case TN_COMPR: return lower_compr(f, t);
    case TN_VARIANT: return lower_variant(f, t);
    case TN_NONE: return option_none(f, t->type);
    case TN_SOME: case TN_OK: case TN_ERR: return lower_one(f, t);
    case TN_TRY: return lower_try(f, t);
    case TN_COALESCE: return lower_coalesce(f, t);
    case TN_OPT_MAP: return lower_opt_map(f, t);
    case TN_CAST: return lower_cast(f, t);
    case TN_REF: {
        Operands ops = {0};
        return place_address(f, &ops, t->one.e);
    }
    case TN_SPAWN: return lower_spawn(f, t);
    case TN_AWAIT: return lower_await(f, t);
    case TN_LET: case TN_DESTRUCT: case TN_ASSIGN: case TN_OPASSIGN: case TN_RETURN: case TN_BREAK:
    case TN_CONTINUE: case TN_WHILE: case TN_FOR_RANGE: case TN_FOR_IN: case TN_FOR_C:
    case TN_PARALLEL: case TN_SCOPE: case TN_PAR_BIND: case TN_SELECT: case TN_DEFER: case TN_YIELD:
        lower_stmt(f, t);
        return NULL;
    case TN_ERROR: case TN_RANGE: case TN_LET_COND: case TREE_KIND_COUNT: break;
    }
    UNREACHABLE();
    return NULL;
}

static IrExpr *first_part(const IrExpr *e) { /* table */
    const IrArgs *a = NULL;
    switch ((IrExprKind)e->kind) {
    case IE_MEMBER: return e->member.e;
    case IE_DEREF: case IE_CAST: return e->one.e;
    case IE_UNARY: return e->unary.e;
    case IE_BINARY: return e->binary.a;
    case IE_CALL: a = &e->call.args; break;
    case IE_CALL_VALUE: a = &e->callv.args; break;
    case IE_RT: case IE_ARRAY_OP: a = &e->rt.args; break;
    default: return NULL;
    }
    return a->n ? a->v[0] : NULL;
}

/* A long chain of calls: its parts go into temporaries, so that nothing nests without end. */
static bool too_deep(const IrExpr *e) {
    enum { DEEP = 40 };
    u32 n = 0;
    while (e && n <= DEEP) e = first_part(e), n++;
    return n > DEEP;
}

IrExpr *lower_expr(LowerFn *f, Tree *t) {
    IrExpr *e = lower_any(f, t);
    if (t->type->kind == TY_NEVER && !f->dead) {
        st_expr(f, e);
        st_stop(f);
        return NULL;
    }
    if (e && ir_is_void(e->type)) {
        st_expr(f, e);
        e = NULL;
    }
    if (!e) return after_never(f, t);
    return too_deep(e) && !f->dead ? ex_temp(f, e) : e;
}

void lower_effect(LowerFn *f, Tree *t) { lower_into(f, t, NULL); }

void lower_into(LowerFn *f, Tree *t, IrVar *dst) {
    Span save = f->span;
    switch (t->kind) {
    case TN_IF: lower_if(f, t, dst, false); return;
    case TN_MATCH: lower_match(f, t, dst, false); return;
    case TN_BLOCK: lower_block(f, t, dst, false); return;
    default: break;
    }
    f->span = t->span;
    IrExpr *e = lower_expr(f, t);
    if (dst && e && !f->dead) st_set(f, ex_var(f, dst), e);
    else if (!dst) st_expr(f, e);
    f->span = save;
}

IrExpr *lower_cond(LowerFn *f, Tree *t) {
    IrExpr *e = lower_expr(f, t);
    if (!e) return ex_bool(f, false); /* after something that never returns */
    if (t->type->kind == TY_INT)
        return ex_binary(f, IO_NE, e, ex_int(f, 0), f->lw->t.b);
    return e;
}

/* a and b: nested while b needs no statements, else `bool t = a; if (t) { ..; t = b; }`. */
IrExpr *lower_logic(LowerFn *f, Tree *t) {
    enum { NEST = 40 };
    bool is_and = t->logic.op == OP_AND;
    IrExpr *e = lower_cond(f, t->logic.list.v[0]);
    for (u32 i = 1; i < t->logic.list.n; i++) {
        IrBlock b = {0};
        u8 saved;
        operands_begin(f, &saved);
        BlockSave save = block_enter(f, &b);
        IrExpr *r = lower_cond(f, t->logic.list.v[i]);
        bool dead = f->dead;
        block_leave(f, save);
        f->fx |= saved;
        if (!b.stmts.n && !dead && i % NEST != 0) {
            e = ex_binary(f, is_and ? IO_LAND : IO_LOR, e, r, f->lw->t.b);
            continue;
        }
        IrVar *v = var_decl(f, NULL, f->lw->t.b, e);
        v->mutable_ = true;
        IrStmt *s = st_if(f, is_and ? ex_var(f, v) : ex_not(f, ex_var(f, v)));
        s->if_.then = b;
        save = block_enter(f, &s->if_.then);
        f->dead = dead;
        st_set(f, ex_var(f, v), r);
        block_leave(f, save);
        e = ex_var(f, v);
        if (i == t->logic.list.n - 1) v->mutable_ = false, e->fx = 0;
    }
    return e;
}

static IrVar *value_dest(LowerFn *f, Tree *t, IrVar *dst, bool want) {
    if (dst || !want || type_no_value(t->type)) return dst;
    return var_decl(f, NULL, type_ir(f->lw, t->type), NULL);
}

/* The condition of an arm; the subject of a let condition is left in *leaf for the bindings. */
static IrExpr *arm_cond(LowerFn *f, Tree *cond, IrExpr **leaf) {
    if (cond->kind != TN_LET_COND) return lower_cond(f, cond);
    IrExpr *v = lower_expr(f, cond->letc.e);
    *leaf = v ? ex_temp(f, v) : NULL;
    IrExpr *test = v && !f->dead ? pattern_test(f, cond->letc.pattern, *leaf) : NULL;
    return test ? test : ex_bool(f, true);
}

static void arm_body(LowerFn *f, TreeIfArm *arm, IrExpr *leaf, IrVar *dst) {
    if (arm->cond->kind == TN_LET_COND && leaf) pattern_bind(f, arm->cond->letc.pattern, leaf);
    lower_into(f, arm->body, dst);
}

static void if_else(LowerFn *f, Tree *t, IrVar *dst) {
    if (t->if_.els) lower_into(f, t->if_.els, dst);
    else if (dst) st_set(f, ex_var(f, dst), value_zero(f, t->type));
}

/* Thousands of `else if`: a labelled block of plain ifs, so that nothing nests. */
static void if_flat(LowerFn *f, Tree *t, IrVar *dst) {
    IrStmt *s = st_add(f, IS_BLOCK);
    s->block.loop = loop_new(f);
    BlockSave save = block_enter(f, &s->block.body);
    for (u32 i = 0; i < t->if_.n; i++) {
        IrExpr *leaf = NULL;
        f->span = t->if_.arms[i].cond->span;
        IrStmt *c = st_if(f, arm_cond(f, t->if_.arms[i].cond, &leaf));
        BlockSave in = block_enter(f, &c->if_.then);
        arm_body(f, &t->if_.arms[i], leaf, dst);
        if (!f->dead) st_break(f, s->block.loop);
        block_leave(f, in);
    }
    if_else(f, t, dst);
    block_leave(f, save);
}

static IrExpr *if_as_cond(LowerFn *f, Tree *t);

IrExpr *lower_if(LowerFn *f, Tree *t, IrVar *dst, bool want) {
    enum { FLAT = 100 };
    if (want && !dst && !type_no_value(t->type)) {
        IrExpr *e = if_as_cond(f, t);
        if (e) return e;
    }
    dst = value_dest(f, t, dst, want);
    if (t->if_.n > FLAT) {
        if_flat(f, t, dst);
        return dst ? ex_var(f, dst) : NULL;
    }
    BlockSave outer = {f->block, f->dead};
    bool all_dead = true;
    for (u32 i = 0; i < t->if_.n; i++) {
        TreeIfArm *arm = &t->if_.arms[i];
        IrExpr *leaf = NULL;
        f->span = arm->cond->span;
        IrExpr *c = arm_cond(f, arm->cond, &leaf);
        IrStmt *s = st_if(f, c);
        BlockSave save = block_enter(f, &s->if_.then);
        arm_body(f, arm, leaf, dst);
        all_dead &= f->dead;
        block_leave(f, save);
        f->block = &s->if_.els;
    }
    if_else(f, t, dst);
    all_dead &= f->dead;
    block_leave(f, outer);
    f->dead |= all_dead;
    return dst ? ex_var(f, dst) : NULL;
}

/* The single value of a block or expression that needs no statements, or NULL. */
static IrExpr *pure_value(LowerFn *f, Tree *t) {
    while (t->kind == TN_BLOCK && t->block.has_value && t->block.stmts.n == 1 &&
           !t->block.hoisted_count)
        t = t->block.stmts.v[0];
    switch (t->kind) {
    case TN_INT: case TN_FLOAT: case TN_BOOL: case TN_STR: return lower_expr(f, t);
    case TN_LOCAL: return local_read(f, t->local);
    case TN_UNARY:
        return t->unary.op == OP_NEG && (t->unary.e->kind == TN_INT || t->unary.e->kind == TN_FLOAT)
                   ? lower_expr(f, t) : NULL;
    default: return NULL;
    }
}

/* c ? a : b of plain values. */
static IrExpr *if_as_cond(LowerFn *f, Tree *t) {
    if (t->if_.n != 1 || !t->if_.els || t->if_.arms[0].cond->kind == TN_LET_COND) return NULL;
    IrExpr *a = pure_value(f, t->if_.arms[0].body);
    IrExpr *b = a ? pure_value(f, t->if_.els) : NULL;
    if (!b) return NULL;
    return ex_cond(f, lower_cond(f, t->if_.arms[0].cond), a, b);
}

IrExpr *lower_block(LowerFn *f, Tree *t, IrVar *dst, bool want) {
    Span save = f->span;
    f->span = t->span;
    for (u32 i = 0; i < t->block.hoisted_count; i++) local_declare(f, t->block.hoisted[i], NULL);
    IrExpr *value = NULL;
    for (u32 i = 0; i < t->block.stmts.n && !f->dead; i++) {
        Tree *s = t->block.stmts.v[i];
        bool last = i == t->block.stmts.n - 1 && t->block.has_value;
        par_join_named(f, s);
        if (!last) lower_stmt(f, s);
        else if (dst || !want) lower_into(f, s, dst);
        else {
            f->span = s->span;
            value = lower_expr(f, s);
        }
    }
    f->span = save;
    if (want && !dst && !value) return after_never(f, t);
    return value;
}
