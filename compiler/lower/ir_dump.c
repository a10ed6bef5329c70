/* ir_dump.c - the IR as text, one statement a line, for --dump=ir. */
#include "lowering.h"

typedef struct Dump {
    StrBuf b;
    u32 depth;
} Dump;

static void dump_type(Dump *d, const IrType *t) {
    if (!t) {
        buf_c(&d->b, "void");
        return;
    }
    switch (t->kind) {
    case IRT_WYN: buf_str(&d->b, type_text(d->b.arena, t->wyn)); return;
    case IRT_STRUCT: buf_fmt(&d->b, "struct %.*s#%u", FMT(t->st->name), t->st->id); return;
    case IRT_PTR: buf_char(&d->b, '*'); dump_type(d, t->to); return;
    case IRT_RAW: buf_c(&d->b, t->raw); return;
    }
}

static void dump_var(Dump *d, const IrVar *v) {
    if (v->name) buf_fmt(&d->b, "%.*s.%u", FMT(v->name->s), v->id);
    else buf_fmt(&d->b, "t%u", v->id);
}

static void dump_expr(Dump *d, const IrExpr *e);

static void dump_args(Dump *d, const IrArgs *a) {
    buf_char(&d->b, '(');
    for (u32 i = 0; i < a->n; i++) {
        if (i) buf_c(&d->b, ", ");
        dump_expr(d, a->v[i]);
    }
    buf_char(&d->b, ')');
}

static void dump_member(Dump *d, const IrExpr *e) {
    static const char *const names[] = {"", "has", "value", "ok", "value", "err", "tag", "", ""};
    dump_expr(d, e->member.e);
    buf_c(&d->b, e->member.arrow ? "->" : ".");
    if (e->member.which == IM_FIELD) buf_fmt(&d->b, "%u", e->member.index);
    else if (e->member.which == IM_PAYLOAD)
        buf_fmt(&d->b, "v%u.%u", e->member.variant, e->member.index);
    else if (e->member.which == IM_RAW) buf_c(&d->b, e->member.raw);
    else buf_c(&d->b, names[e->member.which]);
}

static void dump_expr(Dump *d, const IrExpr *e) { /* table */
    if (e->spills) buf_c(&d->b, "spill ");
    switch ((IrExprKind)e->kind) {
    case IE_INT: buf_fmt(&d->b, "%lld", (long long)e->int_); return;
    case IE_FLOAT: buf_fmt(&d->b, "%.17g", e->float_); return;
    case IE_BOOL: buf_c(&d->b, e->bool_ ? "true" : "false"); return;
    case IE_STR: case IE_CSTR: buf_fmt(&d->b, "\"%.*s\"", FMT(e->str)); return;
    case IE_NULL: buf_c(&d->b, "null"); return;
    case IE_ZERO: buf_c(&d->b, "zero"); return;
    case IE_VAR: dump_var(d, e->var); return;
    case IE_GLOBAL: buf_fmt(&d->b, "@%.*s", FMT(e->global->name->s)); return;
    case IE_NAME: buf_c(&d->b, e->name); return;
    case IE_FN: case IE_FN_VALUE: buf_fmt(&d->b, "&%.*s#%u", FMT(e->fn->name), e->fn->id); return;
    case IE_UNIT: buf_fmt(&d->b, "unit %u", e->unit.variant); return;
    case IE_DESC: buf_c(&d->b, "desc "); buf_str(&d->b, type_text(d->b.arena, e->desc)); return;
    case IE_SITE: buf_fmt(&d->b, "site:%u", e->site->line); return;
    case IE_SPEC: buf_fmt(&d->b, "spec:%u", e->spec->id); return;
    case IE_VTABLE: buf_fmt(&d->b, "vtable:%u", e->vtable->id); return;
    case IE_TASK:
        buf_fmt(&d->b, "task:%u &%.*s#%u", e->task->id, FMT(e->task->run->name), e->task->run->id);
        return;
    case IE_FORK:
        buf_fmt(&d->b, "fork %.*s#%u", FMT(e->fork->call->name), e->fork->call->id);
        return;
    case IE_SIZEOF: buf_c(&d->b, "sizeof "); buf_str(&d->b, type_text(d->b.arena, e->desc)); return;
    case IE_SIZEOF_VARIANT: buf_fmt(&d->b, "sizeof variant %u", e->unit.variant); return;
    case IE_SIZEOF_OBJ: buf_c(&d->b, "sizeof "); dump_type(d, e->obj); return;
    case IE_MEMBER: dump_member(d, e); return;
    case IE_DEREF: buf_char(&d->b, '*'); dump_expr(d, e->one.e); return;
    case IE_ADDR: buf_char(&d->b, '&'); dump_expr(d, e->one.e); return;
    case IE_CAST:
        dump_type(d, e->type);
        buf_char(&d->b, '(');
        dump_expr(d, e->one.e);
        buf_char(&d->b, ')');
        return;
    case IE_UNARY: buf_c(&d->b, ir_op_text[e->unary.op]); dump_expr(d, e->unary.e); return;
    case IE_BINARY:
        buf_char(&d->b, '(');
        dump_expr(d, e->binary.a);
        buf_fmt(&d->b, " %s ", ir_op_text[e->binary.op]);
        dump_expr(d, e->binary.b);
        buf_char(&d->b, ')');
        return;
    case IE_COND:
        buf_char(&d->b, '(');
        dump_expr(d, e->cond.c);
        buf_c(&d->b, " ? ");
        dump_expr(d, e->cond.a);
        buf_c(&d->b, " : ");
        dump_expr(d, e->cond.b);
        buf_char(&d->b, ')');
        return;
    case IE_CALL: buf_fmt(&d->b, "%.*s#%u", FMT(e->call.fn->name), e->call.fn->id);
        dump_args(d, &e->call.args);
        return;
    case IE_CALL_VALUE: dump_expr(d, e->callv.fn); dump_args(d, &e->callv.args); return;
    case IE_CALL_VTABLE:
        dump_expr(d, e->vcall.obj);
        buf_fmt(&d->b, ".method%u", e->vcall.method);
        dump_args(d, &e->vcall.args);
        return;
    case IE_RT: buf_c(&d->b, e->rt.name); dump_args(d, &e->rt.args); return;
    case IE_ARRAY_OP: buf_fmt(&d->b, "array_%s", e->rt.name); dump_args(d, &e->rt.args); return;
    case IE_MAKE: buf_c(&d->b, "make"); dump_args(d, &e->make.args); return;
    case IE_LIST: buf_c(&d->b, "list"); dump_args(d, &e->make.args); return;
    case IR_EXPR_COUNT: return;
    }
}

static void dump_block(Dump *d, const IrBlock *b);

static void dump_line(Dump *d) {
    for (u32 i = 0; i < d->depth; i++) buf_c(&d->b, "    ");
}

static void dump_stmt(Dump *d, const IrStmt *s);

static void dump_loop(Dump *d, const IrStmt *s) {
    buf_fmt(&d->b, "loop %u", s->loop.loop->id);
    if (s->loop.cond) {
        buf_c(&d->b, " while ");
        dump_expr(d, s->loop.cond);
    }
    buf_char(&d->b, '\n');
    if (s->loop.init) dump_line(d), buf_c(&d->b, "  init "), dump_stmt(d, s->loop.init);
    if (s->loop.step) dump_line(d), buf_c(&d->b, "  step "), dump_stmt(d, s->loop.step);
    dump_block(d, &s->loop.body);
    if (s->loop.tail.stmts.n) {
        dump_line(d);
        buf_c(&d->b, "  tail\n");
        dump_block(d, &s->loop.tail);
    }
}

static void dump_switch(Dump *d, const IrStmt *s) {
    buf_c(&d->b, "switch ");
    dump_expr(d, s->switch_.e);
    buf_char(&d->b, '\n');
    for (u32 i = 0; i < s->switch_.n; i++) {
        IrCase *c = &s->switch_.cases[i];
        dump_line(d);
        buf_c(&d->b, "  case");
        for (u32 k = 0; k < c->n; k++) buf_fmt(&d->b, " %lld", (long long)c->values[k]);
        buf_char(&d->b, '\n');
        dump_block(d, &c->body);
    }
    if (!s->switch_.has_else) return;
    dump_line(d);
    buf_c(&d->b, "  else\n");
    dump_block(d, &s->switch_.els);
}

static void dump_stmt(Dump *d, const IrStmt *s) {
    switch (s->kind) {
    case IS_DECL:
        buf_c(&d->b, "var ");
        dump_var(d, s->decl.var);
        buf_c(&d->b, ": ");
        dump_type(d, s->decl.var->type);
        if (s->decl.init) buf_c(&d->b, " = "), dump_expr(d, s->decl.init);
        break;
    case IS_SET: dump_expr(d, s->set.place); buf_c(&d->b, " = "); dump_expr(d, s->set.value); break;
    case IS_EXPR: dump_expr(d, s->expr.e); break;
    case IS_RETURN:
        buf_c(&d->b, "return ");
        if (s->expr.e) dump_expr(d, s->expr.e);
        break;
    case IS_IF:
        buf_c(&d->b, "if ");
        dump_expr(d, s->if_.cond);
        buf_char(&d->b, '\n');
        dump_block(d, &s->if_.then);
        if (!s->if_.els.stmts.n) return;
        dump_line(d);
        buf_c(&d->b, "else\n");
        dump_block(d, &s->if_.els);
        return;
    case IS_LOOP: dump_loop(d, s); return;
    case IS_SWITCH: dump_switch(d, s); return;
    case IS_BREAK: buf_fmt(&d->b, "break %u", s->jump.loop->id); break;
    case IS_CONTINUE: buf_fmt(&d->b, "continue %u", s->jump.loop->id); break;
    case IS_BLOCK:
        buf_c(&d->b, "block\n");
        dump_block(d, &s->block.body);
        return;
    case IS_STOP: buf_c(&d->b, "stop"); break;
    case IS_YIELD: buf_fmt(&d->b, "yield state %u", s->yield_.state); break;
    case IR_STMT_COUNT: break;
    }
    buf_char(&d->b, '\n');
}

static void dump_block(Dump *d, const IrBlock *b) {
    d->depth++;
    for (u32 i = 0; i < b->stmts.n; i++) {
        dump_line(d);
        dump_stmt(d, b->stmts.v[i]);
    }
    d->depth--;
}

static void dump_effects(Dump *d, const IrFn *fn) {
    static const char *const names[] = {"waits", "spins", "recursive", "forks"};
    for (u32 i = 0; i < COUNT_OF(names); i++)
        if (fn->effects >> i & 1) buf_fmt(&d->b, " %s", names[i]);
    if (!fn->effects) buf_c(&d->b, " calm");
}

Str ir_dump(Arena *a, const IrProgram *p) {
    Dump d = {.b = {.arena = a}};
    for (u32 i = 0; i < p->fns.n; i++) {
        const IrFn *fn = p->fns.v[i];
        buf_fmt(&d.b, "%s%.*s#%u(", fn->is_extern ? "extern " : "fn ", FMT(fn->name), fn->id);
        for (u32 k = 0; k < fn->param_count; k++) {
            if (k) buf_c(&d.b, ", ");
            dump_var(&d, fn->params[k]);
            buf_c(&d.b, ": ");
            dump_type(&d, fn->params[k]->type);
        }
        buf_c(&d.b, ") -> ");
        dump_type(&d, fn->ret);
        dump_effects(&d, fn);
        buf_char(&d.b, '\n');
        dump_block(&d, &fn->body);
    }
    return buf_done(&d.b);
}
