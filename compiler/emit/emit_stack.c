/* emit_stack.c - functions that may recurse look at their entry how much stack is left, and those
 * that call foreign C too. If it is little, NAME_more makes the same call on a further segment:
 * the arguments travel in a structure, and so does the result.
 *     if (wyn_stack_low()) return w_fib_more(n); */
#include "emitting.h"

static bool has_check(const IrFn *fn) {
    if (fn->is_exported || fn->inlined) return false;
    return (fn->effects & EF_RECURSIVE) || fn->calls_foreign;
}

static const IrType *result_of(const IrFn *fn) { return ir_is_void(fn->ret) ? NULL : fn->ret; }

/* The structure and the function that unpacks it; `at` is NULL when there is nothing in it. */
static void unpack(Emit *e, Out *o, const IrFn *fn, Str on, bool any) {
    const IrType *ret = result_of(fn);
    if (any) {
        out_fmt(o, "struct %.*s {\n", FMT(on));
        for (u32 i = 0; i <= fn->param_count; i++) {
            const IrType *t = i < fn->param_count ? fn->params[i]->type : ret;
            if (!t) continue;
            out_c(o, "    ");
            type_declare(e, o, t, i < fn->param_count ? str_fmt(e->perm, "p%u", i) : S("result"));
            out_c(o, ";\n");
        }
        out_c(o, "};\n");
    }
    out_fmt(o, "static WYN_COLD void %.*s(void *at) {\n", FMT(on));
    if (any) out_fmt(o, "    struct %.*s *c = at;\n", FMT(on));
    else out_c(o, "    (void)at;\n");
    out_fmt(o, "    %s%.*s(", ret ? "c->result = " : "", FMT(fn->c_name));
    for (u32 i = 0; i < fn->param_count; i++) out_fmt(o, "%sc->p%u", i ? ", " : "", i);
    out_c(o, ");\n}\n");
}

static void pack(Emit *e, Out *o, const IrFn *fn, Str more, Str on, bool any) {
    const IrType *ret = result_of(fn);
    out_c(o, "static WYN_COLD ");
    type_declare(e, o, ret, more);
    out_c(o, "(");
    for (u32 i = 0; i < fn->param_count; i++) {
        if (i) out_c(o, ", ");
        type_declare(e, o, fn->params[i]->type, str_fmt(e->perm, "p%u", i));
    }
    out_c(o, fn->param_count ? ") {\n" : "void) {\n");
    if (any) out_fmt(o, "    struct %.*s c;\n", FMT(on));
    for (u32 i = 0; i < fn->param_count; i++) out_fmt(o, "    c.p%u = p%u;\n", i, i);
    out_fmt(o, "    wyn_stack_more(%.*s, %s);\n", FMT(on), any ? "&c" : "NULL");
    if (ret) out_c(o, "    return c.result;\n");
    out_c(o, "}\n");
}

static void call_note(void *calls, IrExpr *e) {
    IrExprKind k = e->kind;
    if (k == IE_CALL || k == IE_CALL_VALUE || k == IE_CALL_VTABLE || k == IE_RT ||
        k == IE_ARRAY_OP)
        *(bool *)calls = true;
}

static void loop_note(void *calls, IrStmt *s) {
    if (s->kind != IS_DECL && s->kind != IS_IF && s->kind != IS_RETURN && s->kind != IS_SET)
        *(bool *)calls = true;
}

/* What stands first and calls nothing, like the end of a recursion, needs no stack: without the
 * check before it the C compiler makes no frame for it. */
u32 stack_unchecked(IrFn *fn) {
    bool calls = fn->frame != NULL;
    IrWalk w = {call_note, loop_note, &calls};
    u32 i = 0;
    for (; i < fn->body.stmts.n && !calls; i++) {
        IrBlock one = {{&fn->body.stmts.v[i], 1, 1}};
        ir_walk_block(&one, &w);
        if (calls) break;
    }
    return i;
}

void emit_stack_check(Emit *e, IrFn *fn) {
    if (!has_check(fn)) return;
    Out *o = &e->more_out;
    bool any = fn->param_count || result_of(fn);
    Str more = name_global(e, "", str_fmt(e->perm, "%.*s_more", FMT(fn->c_name)));
    Str on = name_global(e, "", str_fmt(e->perm, "%.*s_on", FMT(more)));
    unpack(e, o, fn, on, any);
    pack(e, o, fn, more, on, any);
    if (fn->span.file)
        out_line(e->out, source_file(e->ir->sources, fn->span.file)->path,
                 source_pos(e->ir->sources, fn->span).line);
    out_begin(e->out);
    out_fmt(e->out, "if (wyn_stack_%s()) ", fn->calls_foreign ? "short" : "low");
    if (result_of(fn)) out_c(e->out, "return ");
    else out_c(e->out, "{ ");
    out_fmt(e->out, "%.*s(", FMT(more));
    for (u32 i = 0; i < fn->param_count; i++)
        out_fmt(e->out, "%s%.*s", i ? ", " : "", FMT(name_var(e, fn->params[i])));
    out_c(e->out, result_of(fn) ? ");" : "); return; }");
    out_end(e->out);
}
