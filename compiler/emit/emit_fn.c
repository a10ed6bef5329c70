/* emit_fn.c - prototypes, bodies, statements. */
#include "emitting.h"
#include <string.h>

static void emit_block(Emit *e, const IrBlock *b);

static void params(Emit *e, Out *o, IrFn *fn, bool names) {
    out_c(o, "(");
    for (u32 i = 0; i < fn->param_count; i++) {
        if (i) out_c(o, ", ");
        if (names) type_declare(e, o, fn->params[i]->type, name_var(e, fn->params[i]));
        else out_str(o, type_c(e, fn->params[i]->type));
    }
    if (fn->varargs) out_c(o, fn->param_count ? ", ..." : "...");
    else if (!fn->param_count) out_c(o, "void");
    out_c(o, ")");
}

void emit_prototype(Emit *e, Out *o, IrFn *fn) {
    if (fn->is_exported) return;
    const IrType *ret = ir_is_void(fn->ret) ? NULL : fn->ret;
    if (!fn->is_extern) out_c(o, fn->inlined ? "WYN_INLINE " : "static ");
    type_declare(e, o, ret, fn->c_name);
    params(e, o, fn, false);
    if (fn->is_extern && !fn->std_abi) {
        out_c(o, " WYN_C_NAME(");
        out_c_string(o, fn->name, 0);
        out_c(o, ")");
    }
    out_c(o, ";\n");
}

static void line_of(Emit *e, const IrStmt *s) {
    if (!s->span.file) return;
    Str file = source_file(e->ir->sources, s->span.file)->path;
    out_line(e->out, file, source_pos(e->ir->sources, s->span).line);
}

static void begin(Emit *e, const IrStmt *s) {
    line_of(e, s);
    out_begin(e->out);
}

static void finish(Emit *e, const char *text) {
    out_c(e->out, text);
    out_end(e->out);
}

/* ---- simple statements, also in the head of a for ---- */

static bool same_var(const IrExpr *a, const IrExpr *b) {
    return a->kind == IE_VAR && b->kind == IE_VAR && a->var == b->var;
}

static bool same_place(const IrExpr *a, const IrExpr *b) {
    if (a->kind != b->kind) return false;
    switch ((IrExprKind)a->kind) {
    case IE_VAR: return a->var == b->var;
    case IE_GLOBAL: return a->global == b->global;
    case IE_DEREF: return same_place(a->one.e, b->one.e);
    case IE_MEMBER:
        return a->member.which == b->member.which && a->member.index == b->member.index &&
               a->member.variant == b->member.variant && a->member.arrow == b->member.arrow &&
               a->member.which != IM_RAW && same_place(a->member.e, b->member.e);
    default: return false;
    }
}

static void set_text(Emit *e, const IrStmt *s) {
    const IrExpr *p = s->set.place, *v = s->set.value;
    bool op = v->kind == IE_BINARY && v->binary.op <= IO_SHR && same_place(p, v->binary.a);
    if (op && v->binary.b->kind == IE_INT && v->binary.b->int_ == 1 && same_var(p, v->binary.a) &&
        (v->binary.op == IO_ADD || v->binary.op == IO_SUB)) {
        emit_expr(e, p, P_POST);
        out_c(e->out, v->binary.op == IO_ADD ? "++" : "--");
        return;
    }
    const IrFn *fn = e->fn;
    if (fn->spills && p->kind == IE_VAR && p->var == fn->head && v->kind == IE_VAR)
        out_fmt(e->out, "%.*s->head = ", FMT(name_var(e, fn->stack)));
    emit_expr(e, p, P_UNARY);
    if (op) {
        out_fmt(e->out, " %s= ", ir_op_text[v->binary.op]);
        emit_expr(e, v->binary.b, P_ASSIGN);
        return;
    }
    out_c(e->out, " = ");
    emit_expr(e, v, P_ASSIGN);
}

static bool is_struct_c(const IrType *t) {
    return t->kind == IRT_STRUCT || (t->kind == IRT_WYN && type_by_value(t->wyn));
}

static void decl_text(Emit *e, const IrStmt *s) {
    IrVar *v = s->decl.var;
    const IrExpr *init = s->decl.init;
    if (v->via) {
        IrExpr place = {.kind = IE_VAR, .type = v->type};
        place.var = v;
        emit_expr(e, &place, P_UNARY);
    } else {
        type_declare(e, e->out, v->type, name_var(e, v));
    }
    if (!init) return;
    out_c(e->out, " = ");
    if (init->kind == IE_ZERO && is_struct_c(v->type) && !v->via) out_c(e->out, "{0}");
    else emit_expr(e, init, P_ASSIGN);
}

static bool is_pure(const IrExpr *x) {
    return !x || !(x->fx & (FX_EFFECT | FX_PANIC | FX_WRITE_VAR));
}

static void emit_decl(Emit *e, const IrStmt *s) {
    IrVar *v = s->decl.var;
    bool unread = v->reads == 0 && v->writes == 0;
    if (unread && is_pure(s->decl.init)) return;
    if (v->via && !s->decl.init) return;
    begin(e, s);
    if (unread) { /* only its effect */
        out_c(e->out, "(void)");
        emit_expr(e, s->decl.init, P_UNARY);
        finish(e, ";");
        return;
    }
    decl_text(e, s);
    finish(e, ";");
    if (v->reads || v->via) return;
    out_begin(e->out);
    out_fmt(e->out, "(void)%.*s", FMT(name_var(e, v)));
    finish(e, ";");
}

/* ---- control ---- */

static bool ends_in_jump(const IrBlock *b) {
    if (!b->stmts.n) return false;
    IrStmtKind k = vec_last(&b->stmts)->kind;
    return k == IS_RETURN || k == IS_BREAK || k == IS_CONTINUE || k == IS_STOP;
}

static void emit_if(Emit *e, const IrStmt *s) {
    begin(e, s);
    for (;;) {
        const IrBlock *then = &s->if_.then, *els = &s->if_.els;
        out_c(e->out, "if (");
        emit_expr(e, s->if_.cond, P_COMMA);
        finish(e, ") {");
        emit_block(e, then);
        if (!els->stmts.n) break;
        out_begin(e->out);
        if (els->stmts.n == 1 && els->stmts.v[0]->kind == IS_IF) {
            out_c(e->out, "} else ");
            s = els->stmts.v[0];
            continue;
        }
        finish(e, "} else {");
        emit_block(e, els);
        break;
    }
    out_begin(e->out);
    finish(e, "}");
}

static void label(Emit *e, const char *kind, u32 id) {
    out_fmt(e->out, "%s_%u:;", kind, id);
    out_end(e->out);
}

static void push(Emit *e, IrLoop *loop, bool is_loop, bool has_tail) {
    Breakable b = {loop, is_loop, has_tail};
    vec_push(e->perm, &e->breakables, b);
}

static void loop_head(Emit *e, const IrStmt *s) {
    if (!s->loop.init && !s->loop.step && s->loop.cond) {
        out_c(e->out, "while (");
        emit_expr(e, s->loop.cond, P_COMMA);
        finish(e, ") {");
        return;
    }
    out_c(e->out, "for (");
    if (s->loop.init) decl_text(e, s->loop.init);
    out_c(e->out, ";");
    if (s->loop.cond) {
        out_c(e->out, " ");
        emit_expr(e, s->loop.cond, P_COMMA);
    }
    out_c(e->out, ";");
    if (s->loop.step) {
        out_c(e->out, " ");
        set_text(e, s->loop.step);
    }
    finish(e, ") {");
}

static void emit_loop(Emit *e, const IrStmt *s) {
    u32 mark = e->scope.n;
    begin(e, s);
    loop_head(e, s);
    push(e, s->loop.loop, true, s->loop.tail.stmts.n > 0);
    emit_block(e, &s->loop.body);
    if (s->loop.loop->continue_label) label(e, "next", s->loop.loop->id);
    emit_block(e, &s->loop.tail);
    (void)vec_pop(&e->breakables);
    name_scope_end(e, mark);
    out_begin(e->out);
    finish(e, "}");
    if (s->loop.loop->break_label) label(e, "brk", s->loop.loop->id);
}

static void emit_case(Emit *e, const IrCase *c, const IrType *type) {
    for (u32 i = 0; i < c->n; i++) {
        out_begin(e->out);
        out_fmt(e->out, "case %lld:", (long long)c->values[i]);
        if (c->enum_) {
            Str name = c->enum_->variants[c->values[i]].name->s;
            out_fmt(e->out, " /* %.*s */", FMT(name));
        }
        finish(e, i + 1 < c->n ? "" : " {");
    }
    (void)type;
    emit_block(e, &c->body);
    e->out->depth++;
    if (!ends_in_jump(&c->body)) {
        out_begin(e->out);
        finish(e, "break;");
    }
    e->out->depth--;
    out_begin(e->out);
    finish(e, "}");
}

static void emit_switch(Emit *e, const IrStmt *s) {
    begin(e, s);
    out_c(e->out, "switch (");
    emit_expr(e, s->switch_.e, P_COMMA);
    finish(e, ") {");
    push(e, NULL, false, false);
    for (u32 i = 0; i < s->switch_.n; i++) emit_case(e, &s->switch_.cases[i], NULL);
    if (s->switch_.has_else) {
        out_begin(e->out);
        finish(e, "default: {");
        emit_block(e, &s->switch_.els);
        e->out->depth++;
        if (!ends_in_jump(&s->switch_.els)) {
            out_begin(e->out);
            finish(e, "break;");
        }
        e->out->depth--;
        out_begin(e->out);
        finish(e, "}");
    }
    (void)vec_pop(&e->breakables);
    out_begin(e->out);
    finish(e, "}");
}

static void emit_break(Emit *e, const IrStmt *s) {
    IrLoop *l = s->jump.loop;
    begin(e, s);
    Breakable *top = e->breakables.n ? &vec_last(&e->breakables) : NULL;
    if (top && top->is_loop && top->loop == l) {
        finish(e, "break;");
        return;
    }
    l->break_label = true;
    out_fmt(e->out, "goto brk_%u", l->id);
    finish(e, ";");
}

static void emit_continue(Emit *e, const IrStmt *s) {
    IrLoop *l = s->jump.loop;
    begin(e, s);
    Breakable *in = NULL; /* innermost loop */
    for (u32 i = e->breakables.n; i-- > 0 && !in;)
        if (e->breakables.v[i].is_loop) in = &e->breakables.v[i];
    if (in && in->loop == l && !in->has_tail) {
        finish(e, "continue;");
        return;
    }
    l->continue_label = true;
    out_fmt(e->out, "goto next_%u", l->id);
    finish(e, ";");
}

static void emit_labelled(Emit *e, const IrStmt *s) {
    IrLoop *l = s->block.loop;
    begin(e, s);
    finish(e, "{");
    emit_block(e, &s->block.body);
    out_begin(e->out);
    finish(e, "}");
    if (l && l->break_label) label(e, "brk", l->id);
}

static void state_member(Emit *e) {
    IrVar *self = e->fn->self;
    FieldNames *f = names_of_struct(e, e->fn->frame);
    out_fmt(e->out, "%.*s->%.*s", FMT(name_var(e, self)), FMT(f->v[1]));
}

static void emit_yield(Emit *e, const IrStmt *s) {
    begin(e, s);
    state_member(e);
    out_fmt(e->out, " = %u", s->yield_.state);
    finish(e, ";");
    out_begin(e->out);
    finish(e, "return true;");
    label(e, "state", s->yield_.state);
}

static void emit_states(Emit *e) {
    out_begin(e->out);
    out_c(e->out, "switch (");
    state_member(e);
    finish(e, ") {");
    out_begin(e->out);
    finish(e, "case 0: break;");
    for (u32 i = 1; i <= e->fn->states; i++) {
        out_begin(e->out);
        out_fmt(e->out, "case %u: goto state_%u", i, i);
        finish(e, ";");
    }
    out_begin(e->out);
    finish(e, "default: return false;");
    out_begin(e->out);
    finish(e, "}");
}

static void emit_stmt(Emit *e, const IrStmt *s) {
    switch (s->kind) {
    case IS_DECL: emit_decl(e, s); return;
    case IS_SET:
        if (same_place(s->set.place, s->set.value)) return;
        begin(e, s);
        set_text(e, s);
        finish(e, ";");
        return;
    case IS_EXPR:
        begin(e, s);
        if (!ir_is_void(s->expr.e->type) && s->expr.e->kind != IE_CALL && s->expr.e->kind != IE_RT)
            out_c(e->out, "(void)");
        emit_expr(e, s->expr.e, P_UNARY);
        finish(e, ";");
        return;
    case IS_RETURN:
        begin(e, s);
        out_c(e->out, "return");
        if (s->expr.e) {
            out_c(e->out, " ");
            emit_expr(e, s->expr.e, P_COMMA);
        }
        finish(e, ";");
        return;
    case IS_IF: emit_if(e, s); return;
    case IS_LOOP: emit_loop(e, s); return;
    case IS_SWITCH: emit_switch(e, s); return;
    case IS_BREAK: emit_break(e, s); return;
    case IS_CONTINUE: emit_continue(e, s); return;
    case IS_BLOCK: emit_labelled(e, s); return;
    case IS_STOP:
        begin(e, s);
        finish(e, "__builtin_unreachable();");
        return;
    case IS_YIELD: emit_yield(e, s); return;
    case IR_STMT_COUNT: break;
    }
    UNREACHABLE();
}

static void emit_block(Emit *e, const IrBlock *b) {
    u32 mark = e->scope.n;
    e->out->depth++;
    for (u32 i = 0; i < b->stmts.n; i++) emit_stmt(e, b->stmts.v[i]);
    e->out->depth--;
    name_scope_end(e, mark);
}

/* The code of a function parameter, loaded once: the compiler sees that no call changes it. */
static void emit_code(Emit *e, IrVar *p) {
    Type *t = p->type->wyn;
    IrVar code = {.name = intern(e->names, str_fmt(e->perm, "%.*s_code", FMT(name_var(e, p))))};
    IrType part = {.kind = IRT_WYN};
    p->code_name = name_var(e, &code);
    out_begin(e->out);
    part.wyn = t->args[t->n - 1];
    Str ret = type_c(e, part.wyn->kind == TY_VOID || part.wyn->kind == TY_NEVER ? NULL : &part);
    out_fmt(e->out, "%.*s (*%.*s)(", FMT(ret), FMT(p->code_name));
    for (u32 i = 0; i + 1 < t->n; i++) {
        part.wyn = t->args[i];
        out_fmt(e->out, "%.*s, ", FMT(type_c(e, &part)));
    }
    out_fmt(e->out, "wyn_fn *) = %.*s->code", FMT(name_var(e, p)));
    finish(e, ";");
}

void emit_fn(Emit *e, IrFn *fn) {
    e->fn = fn;
    e->temps = 0;
    e->breakables.n = 0;
    name_scope_end(e, 0);
    Out *o = e->out;
    out_end(o);
    if (fn->comment.n) {
        out_fmt(o, "/* %.*s */", FMT(fn->comment));
        out_end(o);
    }
    if (fn->span.file)
        out_line(o, source_file(e->ir->sources, fn->span.file)->path,
                 source_pos(e->ir->sources, fn->span).line);
    const IrType *ret = ir_is_void(fn->ret) ? NULL : fn->ret;
    if (!fn->is_exported) out_c(o, fn->inlined ? "WYN_INLINE " : "static ");
    type_declare(e, o, ret, fn->c_name);
    params(e, o, fn, true);
    finish(e, " {");
    o->depth++;
    for (u32 i = 0; i < fn->param_count; i++) {
        if (fn->params[i]->reads) continue;
        out_begin(o);
        out_fmt(o, "(void)%.*s", FMT(name_var(e, fn->params[i])));
        finish(e, ";");
    }
    for (u32 i = 0; i < fn->param_count && fn->loads_code; i++)
        if (fn->params[i]->calls && !fn->params[i]->mutable_) emit_code(e, fn->params[i]);
    for (u32 i = 0; i < fn->texts.n; i++) {
        if (!fn->texts.v[i]->reads) continue;
        out_begin(o);
        type_declare(e, o, fn->texts.v[i]->type, name_var(e, fn->texts.v[i]));
        finish(e, ";");
    }
    u32 easy = stack_unchecked(fn);
    for (u32 i = 0; i < fn->body.stmts.n; i++) {
        if (i == easy) emit_stack_check(e, fn);
        emit_stmt(e, fn->body.stmts.v[i]);
        if (i == 0 && fn->frame) emit_states(e);
    }
    o->depth--;
    finish(e, "}");
}
