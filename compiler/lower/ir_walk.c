/* ir_walk.c - every expression and statement of a body, once each, parents before children. */
#include "ir.h"

static void walk_args(const IrArgs *a, const IrWalk *w) {
    for (u32 i = 0; i < a->n; i++) ir_walk_expr(a->v[i], w);
}

void ir_walk_expr(IrExpr *e, const IrWalk *w) { /* table */
    if (!e) return;
    if (w->expr) w->expr(w->ctx, e);
    switch ((IrExprKind)e->kind) {
    case IE_MEMBER: ir_walk_expr(e->member.e, w); return;
    case IE_DEREF: case IE_ADDR: case IE_CAST: ir_walk_expr(e->one.e, w); return;
    case IE_UNARY: ir_walk_expr(e->unary.e, w); return;
    case IE_BINARY:
        ir_walk_expr(e->binary.a, w);
        ir_walk_expr(e->binary.b, w);
        return;
    case IE_COND:
        ir_walk_expr(e->cond.c, w);
        ir_walk_expr(e->cond.a, w);
        ir_walk_expr(e->cond.b, w);
        return;
    case IE_CALL: walk_args(&e->call.args, w); return;
    case IE_CALL_VALUE:
        ir_walk_expr(e->callv.fn, w);
        walk_args(&e->callv.args, w);
        return;
    case IE_CALL_VTABLE:
        ir_walk_expr(e->vcall.obj, w);
        walk_args(&e->vcall.args, w);
        return;
    case IE_RT: case IE_ARRAY_OP: walk_args(&e->rt.args, w); return;
    case IE_MAKE: case IE_LIST: walk_args(&e->make.args, w); return;
    default: return; /* leaves */
    }
}

static void walk_stmt(IrStmt *s, const IrWalk *w) {
    if (!s) return;
    if (w->stmt) w->stmt(w->ctx, s);
    switch (s->kind) {
    case IS_DECL: ir_walk_expr(s->decl.init, w); return;
    case IS_SET:
        ir_walk_expr(s->set.place, w);
        ir_walk_expr(s->set.value, w);
        return;
    case IS_EXPR: case IS_RETURN: ir_walk_expr(s->expr.e, w); return;
    case IS_IF:
        ir_walk_expr(s->if_.cond, w);
        ir_walk_block(&s->if_.then, w);
        ir_walk_block(&s->if_.els, w);
        return;
    case IS_LOOP:
        walk_stmt(s->loop.init, w);
        ir_walk_expr(s->loop.cond, w);
        walk_stmt(s->loop.step, w);
        ir_walk_block(&s->loop.body, w);
        ir_walk_block(&s->loop.tail, w);
        return;
    case IS_SWITCH:
        ir_walk_expr(s->switch_.e, w);
        for (u32 i = 0; i < s->switch_.n; i++) ir_walk_block(&s->switch_.cases[i].body, w);
        ir_walk_block(&s->switch_.els, w);
        return;
    case IS_BLOCK: ir_walk_block(&s->block.body, w); return;
    default: return;
    }
}

void ir_walk_block(IrBlock *b, const IrWalk *w) {
    for (u32 i = 0; i < b->stmts.n; i++) walk_stmt(b->stmts.v[i], w);
}
