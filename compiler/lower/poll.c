/* poll.c - where a loop asks whether it should let other tasks run. Only programs that start tasks
 * ask. A loop polls at the start of each round, but
 *   - not when it is short: a few rounds, counted by constants, of nothing that takes long;
 *   - a tight counted loop, which the C compiler may unroll or vectorise, polls before each strip:
 *         for (int64_t i = 0; i < n;) {
 *             wyn_poll();
 *             int64_t end = wyn_strip(0, i, n);
 *             for (; i < end; i = i + 1) { .. }
 *         }
 * Functions that may recurse need no poll: see preempt.h of the runtime. */
#include "lowering.h"

enum { SHORT = 1024 };

typedef struct Look {
    bool loops, leaves, calls;
} Look;

static void look_expr(void *ctx, IrExpr *e) {
    Look *l = ctx;
    switch (e->kind) {
    case IE_CALL: case IE_CALL_VALUE: case IE_CALL_VTABLE: l->calls = true; break;
    case IE_RT: case IE_ARRAY_OP:
        if (e->fx & FX_EFFECT) l->calls = true;
        break;
    default: break;
    }
}

static void look_stmt(void *ctx, IrStmt *s) {
    Look *l = ctx;
    switch (s->kind) {
    case IS_LOOP: l->loops = true; break;
    case IS_BREAK: case IS_RETURN: case IS_STOP: case IS_YIELD: l->leaves = true; break;
    default: break;
    }
}

static Look look_at(IrStmt *s) {
    Look l = {0};
    IrWalk w = {look_expr, look_stmt, &l};
    ir_walk_block(&s->loop.body, &w);
    ir_walk_block(&s->loop.tail, &w);
    return l;
}

/* The counter of `for (i = ..; i < n; i = i + 1)`, or NULL. */
static IrVar *counter_of(const IrStmt *s) {
    const IrExpr *c = s->loop.cond;
    if (!s->loop.init || !s->loop.step || s->loop.tail.stmts.n) return NULL;
    if (!c || c->kind != IE_BINARY || c->binary.op != IO_LT) return NULL;
    IrVar *i = s->loop.init->decl.var;
    if (c->binary.a->kind != IE_VAR || c->binary.a->var != i || i->via) return NULL;
    return ex_is_leaf(c->binary.b) ? i : NULL;
}

static bool is_short(const IrStmt *s, const Look *l) {
    if (l->loops || l->calls || !counter_of(s)) return false;
    const IrExpr *from = s->loop.init->decl.init, *to = s->loop.cond->binary.b;
    return from->kind == IE_INT && to->kind == IE_INT && to->int_ <= from->int_ + SHORT;
}

static IrStmt *poll_stmt(LowerFn *f) {
    IrStmt *s = NEW(f->lw->perm, IrStmt);
    s->kind = IS_EXPR;
    s->span = f->span;
    s->expr.e = ex_rt(f, "wyn_poll", NULL, 0, NULL);
    return s;
}

static void prepend(LowerFn *f, IrBlock *b, IrStmt *s) {
    vec_push(f->lw->perm, &b->stmts, s);
    for (u32 i = b->stmts.n - 1; i > 0; i--) b->stmts.v[i] = b->stmts.v[i - 1];
    b->stmts.v[0] = s;
}

/* s becomes the loop over the strips. */
static void strip_mine(LowerFn *f, IrStmt *s, IrVar *i) {
    IrStmt *inner = NEW(f->lw->perm, IrStmt);
    *inner = *s;
    const IrExpr *from = s->loop.init->decl.init;
    IrExpr *least = from->kind == IE_INT ? ex_copy(f, from) : ex_int(f, INT64_MIN);
    inner->loop.init = NULL;
    s->loop.step = NULL;
    s->loop.loop = loop_new(f);
    s->loop.body = (IrBlock){0};
    i->mutable_ = true;
    BlockSave save = block_enter(f, &s->loop.body);
    vec_push(f->lw->perm, &f->block->stmts, poll_stmt(f));
    IrExpr *end = ex_rt(f, "wyn_strip", f->lw->t.i64, 0, least, ex_var(f, i),
                        ex_copy(f, s->loop.cond->binary.b), NULL);
    inner->loop.cond = ex_binary(f, IO_LT, ex_var(f, i), ex_var(f, var_temp(f, end)), f->lw->t.b);
    vec_push(f->lw->perm, &f->block->stmts, inner);
    block_leave(f, save);
}

void loop_poll(LowerFn *f, IrStmt *s) {
    if (!f->lw->polls) return;
    Look l = look_at(s);
    if (is_short(s, &l)) return;
    IrVar *i = counter_of(s);
    if (i && !l.loops && !l.leaves && !l.calls) strip_mine(f, s, i);
    else prepend(f, &s->loop.body, poll_stmt(f));
}
