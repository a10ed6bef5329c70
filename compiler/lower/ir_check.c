/* ir_check.c - the shape that the emitter relies on: every value has a type, variables are declared
 * in their function, no expression nests beyond reason. Violations are bugs of the lowering. */
#include "lowering.h"

enum { DEEPEST = 20000 };

static void check_expr(const IrExpr *e, u32 depth) {
    ASSERT(e);
    ASSERT(depth < DEEPEST);
    switch ((IrExprKind)e->kind) {
    case IE_VAR: ASSERT(e->var && !ir_is_void(e->var->type)); break;
    case IE_GLOBAL: ASSERT(e->global); break;
    case IE_FN: case IE_FN_VALUE: ASSERT(e->fn); break;
    case IE_MEMBER: ASSERT(e->type); check_expr(e->member.e, depth + 1); break;
    case IE_DEREF:
    case IE_ADDR:
    case IE_CAST:
        ASSERT(e->type);
        check_expr(e->one.e, depth + 1);
        break;
    case IE_UNARY: check_expr(e->unary.e, depth + 1); break;
    case IE_BINARY:
        ASSERT(e->type);
        check_expr(e->binary.a, depth + 1);
        check_expr(e->binary.b, depth + 1);
        break;
    case IE_COND:
        check_expr(e->cond.c, depth + 1);
        check_expr(e->cond.a, depth + 1);
        check_expr(e->cond.b, depth + 1);
        break;
    case IE_CALL:
        ASSERT(e->call.fn->varargs || e->call.args.n == e->call.fn->param_count);
        for (u32 i = 0; i < e->call.args.n; i++) check_expr(e->call.args.v[i], depth + 1);
        break;
    case IE_CALL_VALUE:
        check_expr(e->callv.fn, depth + 1);
        for (u32 i = 0; i < e->callv.args.n; i++) check_expr(e->callv.args.v[i], depth + 1);
        break;
    case IE_CALL_VTABLE:
        check_expr(e->vcall.obj, depth + 1);
        for (u32 i = 0; i < e->vcall.args.n; i++) check_expr(e->vcall.args.v[i], depth + 1);
        break;
    case IE_RT: case IE_ARRAY_OP:
        for (u32 i = 0; i < e->rt.args.n; i++) check_expr(e->rt.args.v[i], depth + 1);
        break;
    case IE_MAKE: case IE_LIST:
        for (u32 i = 0; i < e->make.args.n; i++) check_expr(e->make.args.v[i], depth + 1);
        break;
    case IE_INT: case IE_FLOAT: case IE_BOOL: case IE_STR: case IE_CSTR: case IE_NULL: case IE_ZERO:
    case IE_NAME: case IE_UNIT: case IE_DESC: case IE_SITE: case IE_SPEC: case IE_VTABLE:
    case IE_TASK: case IE_FORK: case IE_SIZEOF: case IE_SIZEOF_VARIANT: case IE_SIZEOF_OBJ:
    case IR_EXPR_COUNT: break;
    }
}

static void check_block(const IrBlock *b);

static void check_stmt(const IrStmt *s) {
    switch (s->kind) {
    case IS_DECL:
        ASSERT(s->decl.var);
        if (s->decl.init) check_expr(s->decl.init, 0);
        break;
    case IS_SET: check_expr(s->set.place, 0); check_expr(s->set.value, 0); break;
    case IS_EXPR: check_expr(s->expr.e, 0); break;
    case IS_RETURN: if (s->expr.e) check_expr(s->expr.e, 0); break;
    case IS_IF:
        check_expr(s->if_.cond, 0);
        check_block(&s->if_.then);
        check_block(&s->if_.els);
        break;
    case IS_LOOP:
        ASSERT(s->loop.loop);
        if (s->loop.init) check_stmt(s->loop.init);
        if (s->loop.cond) check_expr(s->loop.cond, 0);
        if (s->loop.step) check_stmt(s->loop.step);
        check_block(&s->loop.body);
        check_block(&s->loop.tail);
        break;
    case IS_SWITCH:
        check_expr(s->switch_.e, 0);
        for (u32 i = 0; i < s->switch_.n; i++) {
            ASSERT(s->switch_.cases[i].n > 0);
            check_block(&s->switch_.cases[i].body);
        }
        check_block(&s->switch_.els);
        break;
    case IS_BREAK: case IS_CONTINUE: ASSERT(s->jump.loop); break;
    case IS_BLOCK: check_block(&s->block.body); break;
    case IS_STOP: case IS_YIELD: case IR_STMT_COUNT: break;
    }
}

static void check_block(const IrBlock *b) {
    for (u32 i = 0; i < b->stmts.n; i++) check_stmt(b->stmts.v[i]);
}

void ir_check(Arena *a, const IrProgram *p) {
    (void)a;
    ASSERT(p->start);
    for (u32 i = 0; i < p->fns.n; i++) check_block(&p->fns.v[i]->body);
}
