/* scan.c - before anything is written: which functions are reachable, and which variables are read.
 * Blocks are walked backwards, so that a declaration nobody reads does not count its reads. */
#include "emitting.h"

static void scan_expr(Emit *e, const IrExpr *x);

void scan_use(Emit *e, IrFn *fn) {
    if (fn->used) return;
    fn->used = true;
    vec_push(e->perm, &e->work, fn);
}

static void desc_parts(Emit *e, Type *t) {
    for (u32 i = 0; i < t->n; i++) scan_desc(e, t->args[i]);
    for (u32 i = 0; i < t->field_count; i++) scan_desc(e, t->fields[i].type);
    for (u32 v = 0; v < t->variant_count; v++)
        for (u32 i = 0; i < t->variants[v].n; i++) scan_desc(e, t->variants[v].fields[i].type);
}

/* A descriptor leads to those of its parts, and to the user's to_string. */
void scan_desc(Emit *e, Type *t) {
    TypeInfo *ti = type_info(e, t);
    if (ti->desc) return;
    ti->desc = true;
    IrFn *fn = map_get(&e->ir->to_string, t);
    if (fn) scan_use(e, fn);
    for (u32 i = 0; t->has_outside && i < t->field_count; i++) {
        fn = t->fields[i].preset ? map_get(&e->ir->presets, t->fields[i].preset) : NULL;
        if (fn) scan_use(e, fn);
    }
    switch (t->kind) {
    case TY_ARRAY: case TY_MAP: case TY_SET: case TY_OPTION: case TY_RESULT: case TY_TUPLE:
    case TY_STRUCT: case TY_ENUM: desc_parts(e, t); return;
    default: return;
    }
}

static void scan_args(Emit *e, const IrArgs *a) {
    for (u32 i = 0; i < a->n; i++) scan_expr(e, a->v[i]);
}

static void scan_vtable(Emit *e, IrVtable *v) {
    if (v->used) return;
    v->used = true;
    scan_desc(e, v->impl);
    for (u32 i = 0; i < v->n; i++) scan_use(e, v->methods[i]);
}

static void read_var(IrVar *v) {
    v->reads++;
    if (v->via) v->via->reads++;
}

static void scan_expr(Emit *e, const IrExpr *x) { /* table */
    switch ((IrExprKind)x->kind) {
    case IE_VAR: read_var(x->var); return;
    case IE_GLOBAL: x->global->used = true; return;
    case IE_FN: case IE_FN_VALUE: scan_use(e, x->fn); return;
    case IE_DESC: scan_desc(e, x->desc); return;
    case IE_VTABLE: scan_vtable(e, x->vtable); return;
    case IE_TASK: scan_use(e, x->task->run); return;
    case IE_FORK: scan_use(e, x->fork->run); scan_use(e, x->fork->call); return;
    case IE_MEMBER: scan_expr(e, x->member.e); return;
    case IE_DEREF: case IE_ADDR: case IE_CAST: scan_expr(e, x->one.e); return;
    case IE_UNARY: scan_expr(e, x->unary.e); return;
    case IE_BINARY: scan_expr(e, x->binary.a); scan_expr(e, x->binary.b); return;
    case IE_COND: scan_expr(e, x->cond.c); scan_expr(e, x->cond.a); scan_expr(e, x->cond.b); return;
    case IE_CALL: scan_use(e, x->call.fn); scan_args(e, &x->call.args); return;
    case IE_CALL_VALUE:
        if (x->callv.fn->kind == IE_VAR) x->callv.fn->var->calls++;
        scan_expr(e, x->callv.fn);
        scan_args(e, &x->callv.args);
        return;
    case IE_CALL_VTABLE: scan_expr(e, x->vcall.obj); scan_args(e, &x->vcall.args); return;
    case IE_RT: case IE_ARRAY_OP: scan_args(e, &x->rt.args); return;
    case IE_MAKE: case IE_LIST: scan_args(e, &x->make.args); return;
    case IE_INT: case IE_FLOAT: case IE_BOOL: case IE_STR: case IE_CSTR: case IE_NULL: case IE_ZERO:
    case IE_NAME: case IE_UNIT: case IE_SITE: case IE_SPEC: case IE_SIZEOF:
    case IE_SIZEOF_VARIANT: case IE_SIZEOF_OBJ: case IR_EXPR_COUNT: return;
    }
}

static void scan_block(Emit *e, const IrBlock *b);

static bool has_effect(const IrExpr *x) {
    return (x->fx & (FX_EFFECT | FX_PANIC | FX_WRITE_VAR)) != 0;
}

/* A store reads no variable at its root: `x = 1`, `p.x = 1`. */
static void scan_place(Emit *e, const IrExpr *x) {
    const IrExpr *r = x;
    while (r->kind == IE_MEMBER && !r->member.arrow) r = r->member.e;
    if (r->kind != IE_VAR) {
        scan_expr(e, x);
        return;
    }
    r->var->writes++;
    if (r->var->via) r->var->via->reads++;
}

static void scan_stmt(Emit *e, const IrStmt *s) {
    switch (s->kind) {
    case IS_DECL:
        if (s->decl.var->via) s->decl.var->via->reads++;
        if (s->decl.init &&
            (s->decl.var->reads || s->decl.var->writes || has_effect(s->decl.init)))
            scan_expr(e, s->decl.init);
        return;
    case IS_SET: scan_expr(e, s->set.value); scan_place(e, s->set.place); return;
    case IS_EXPR: scan_expr(e, s->expr.e); return;
    case IS_RETURN: if (s->expr.e) scan_expr(e, s->expr.e); return;
    case IS_IF:
        scan_block(e, &s->if_.els);
        scan_block(e, &s->if_.then);
        scan_expr(e, s->if_.cond);
        return;
    case IS_LOOP:
        scan_block(e, &s->loop.tail);
        if (s->loop.step) scan_stmt(e, s->loop.step);
        scan_block(e, &s->loop.body);
        if (s->loop.cond) scan_expr(e, s->loop.cond);
        if (s->loop.init) scan_stmt(e, s->loop.init);
        return;
    case IS_SWITCH:
        scan_block(e, &s->switch_.els);
        for (u32 i = 0; i < s->switch_.n; i++) scan_block(e, &s->switch_.cases[i].body);
        scan_expr(e, s->switch_.e);
        return;
    case IS_BLOCK: scan_block(e, &s->block.body); return;
    case IS_BREAK: case IS_CONTINUE: case IS_STOP: case IS_YIELD: case IR_STMT_COUNT: return;
    }
}

static void scan_block(Emit *e, const IrBlock *b) {
    for (u32 i = b->stmts.n; i-- > 0;) scan_stmt(e, b->stmts.v[i]);
}

void scan_fn(Emit *e, IrFn *fn) {
    scan_block(e, &fn->body);
    if (fn->self) fn->self->reads++;
}
