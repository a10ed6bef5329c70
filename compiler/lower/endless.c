/* endless.c - functions that cannot return: each of their paths calls a function of the same kind
 * first (fn down(n: int) -> int { return down(n + 1) + 1 }). The C compiler would make an endless
 * loop of such a recursion; marked, they keep their frames and end in the stack-overflow panic.
 * Invariant: `may_return` only grows; what is never marked by the fixpoint is endless. */
#include "ir.h"

static bool stops(const IrExpr *e);

static bool any_stops(const IrArgs *args) {
    for (u32 i = 0; i < args->n; i++)
        if (stops(args->v[i])) return true;
    return false;
}

/* Does evaluating e always call a function that is not known to return? */
static bool stops(const IrExpr *e) { /* table */
    if (!e) return false;
    switch ((IrExprKind)e->kind) {
    case IE_MEMBER: return stops(e->member.e);
    case IE_DEREF: case IE_ADDR: case IE_CAST: return stops(e->one.e);
    case IE_UNARY: return stops(e->unary.e);
    case IE_BINARY:
        if (stops(e->binary.a)) return true;
        return e->binary.op != IO_LAND && e->binary.op != IO_LOR && stops(e->binary.b);
    case IE_COND: return stops(e->cond.c) || (stops(e->cond.a) && stops(e->cond.b));
    case IE_CALL:
        return any_stops(&e->call.args) || (!e->call.fn->is_extern && !e->call.fn->may_return);
    case IE_CALL_VALUE: return stops(e->callv.fn) || any_stops(&e->callv.args);
    case IE_CALL_VTABLE: return stops(e->vcall.obj) || any_stops(&e->vcall.args);
    case IE_RT: case IE_ARRAY_OP: return any_stops(&e->rt.args);
    case IE_MAKE: case IE_LIST: return any_stops(&e->make.args);
    case IE_INT: case IE_FLOAT: case IE_BOOL: case IE_STR: case IE_CSTR: case IE_NULL: case IE_ZERO:
    case IE_VAR: case IE_GLOBAL: case IE_NAME: case IE_FN: case IE_FN_VALUE: case IE_UNIT:
    case IE_DESC: case IE_SITE: case IE_SPEC: case IE_VTABLE: case IE_SIZEOF:
    case IE_SIZEOF_VARIANT: case IE_SIZEOF_OBJ: case IR_EXPR_COUNT: return false;
    }
    UNREACHABLE();
}

/* How control can leave a piece of code; a jump counts as reaching what follows its loop. */
typedef struct Ways {
    bool falls, returns, jumps;
} Ways;

static Ways block_ways(const IrBlock *b);

static Ways either(Ways a, Ways b) {
    return (Ways){a.falls || b.falls, a.returns || b.returns, a.jumps || b.jumps};
}

static Ways loop_ways(const IrStmt *s) {
    Ways none = {false, false, false};
    if (s->loop.init && s->loop.init->kind == IS_DECL && stops(s->loop.init->decl.init)) return none;
    if (stops(s->loop.cond)) return none;
    Ways body = block_ways(&s->loop.body), tail = block_ways(&s->loop.tail);
    return (Ways){s->loop.cond || body.jumps || tail.jumps, body.returns || tail.returns,
                  body.jumps || tail.jumps};
}

static Ways switch_ways(const IrStmt *s) {
    Ways w = {!s->switch_.has_else, false, false};
    if (stops(s->switch_.e)) return (Ways){false, false, false};
    for (u32 i = 0; i < s->switch_.n; i++) w = either(w, block_ways(&s->switch_.cases[i].body));
    return s->switch_.has_else ? either(w, block_ways(&s->switch_.els)) : w;
}

static Ways stmt_ways(const IrStmt *s) {
    Ways on = {true, false, false}, none = {false, false, false};
    switch (s->kind) {
    case IS_DECL: return stops(s->decl.init) ? none : on;
    case IS_SET: return stops(s->set.place) || stops(s->set.value) ? none : on;
    case IS_EXPR: return stops(s->expr.e) ? none : on;
    case IS_RETURN: return stops(s->expr.e) ? none : (Ways){false, true, false};
    case IS_IF:
        if (stops(s->if_.cond)) return none;
        return either(block_ways(&s->if_.then), block_ways(&s->if_.els));
    case IS_LOOP: return loop_ways(s);
    case IS_SWITCH: return switch_ways(s);
    case IS_BREAK: case IS_CONTINUE: return (Ways){false, false, true};
    case IS_BLOCK: {
        Ways w = block_ways(&s->block.body);
        w.falls |= w.jumps;
        return w;
    }
    case IS_STOP: return none;
    case IS_YIELD: return (Ways){true, true, false};
    case IR_STMT_COUNT: break;
    }
    UNREACHABLE();
}

static Ways block_ways(const IrBlock *b) {
    Ways w = {true, false, false};
    for (u32 i = 0; i < b->stmts.n && w.falls; i++) {
        Ways s = stmt_ways(b->stmts.v[i]);
        w.falls = s.falls;
        w.returns |= s.returns;
        w.jumps |= s.jumps;
    }
    return w;
}

static bool mark(IrFn *fn) {
    if (fn->may_return || fn->is_extern) return false;
    Ways w = block_ways(&fn->body);
    return fn->may_return = w.falls || w.returns || w.jumps;
}

void ir_find_endless(IrProgram *p) {
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 i = 0; i < p->fns.n; i++) changed |= mark(p->fns.v[i]);
        for (u32 i = p->fns.n; i-- > 0;) changed |= mark(p->fns.v[i]);
    }
}
