/* emit_expr.c - expressions. Parentheses are written where C needs them, and where gcc's
 * -Wparentheses asks for them. */
#include "emitting.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const int op_prec[IO_COUNT] = {
    [IO_ADD] = P_ADD, [IO_SUB] = P_ADD, [IO_MUL] = P_MUL, [IO_DIV] = P_MUL, [IO_MOD] = P_MUL,
    [IO_AND] = P_AND, [IO_OR] = P_OR, [IO_XOR] = P_XOR, [IO_SHL] = P_SHIFT, [IO_SHR] = P_SHIFT,
    [IO_LT] = P_REL, [IO_GT] = P_REL, [IO_LE] = P_REL, [IO_GE] = P_REL, [IO_EQ] = P_EQ,
    [IO_NE] = P_EQ, [IO_LAND] = P_LAND, [IO_LOR] = P_LOR, [IO_NEG] = P_UNARY, [IO_NOT] = P_UNARY,
    [IO_BNOT] = P_UNARY,
};

static void emit_args(Emit *e, const IrArgs *a) {
    for (u32 i = 0; i < a->n; i++) {
        if (i) out_c(e->out, ", ");
        emit_expr(e, a->v[i], P_ASSIGN);
    }
}

static void emit_int(Emit *e, i64 v) {
    if (v == INT64_MIN) out_c(e->out, "INT64_MIN");
    else if (v == INT64_MAX) out_c(e->out, "INT64_MAX");
    else out_fmt(e->out, "%lld", (long long)v);
}

static void emit_float(Emit *e, double v) {
    char text[40];
    if (isnan(v)) {
        out_c(e->out, "((double)NAN)");
        return;
    }
    if (isinf(v)) {
        out_c(e->out, v < 0 ? "-((double)INFINITY)" : "((double)INFINITY)");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        double back = 0;
        if (sscanf(text, "%lf", &back) == 1 && back == v) break;
    }
    out_c(e->out, text);
    if (!strpbrk(text, ".e")) out_c(e->out, ".0");
}

static void emit_var(Emit *e, IrVar *v) {
    if (!v->via) {
        out_str(e->out, name_var(e, v));
        return;
    }
    const IrType *t = v->via->type;
    const IrStruct *st = t->kind == IRT_PTR ? t->to->st : t->st;
    FieldNames *f = names_of_struct(e, st);
    for (u32 i = 0; i < st->fields.n; i++)
        if (st->fields.v[i] == v->field) {
            out_fmt(e->out, "%.*s%s%.*s", FMT(name_var(e, v->via)), t->kind == IRT_PTR ? "->" : ".",
                    FMT(f->v[i]));
            return;
        }
    UNREACHABLE();
}

/* ---- structures ---- */

static Str field_name(Emit *e, const IrType *t, u32 index) {
    if (t->kind == IRT_PTR) t = t->to;
    if (t->kind == IRT_STRUCT) return names_of_struct(e, t->st)->v[index];
    ASSERT(t->kind == IRT_WYN);
    return names_of_type(e, t->wyn)->v[index];
}

static void emit_member(Emit *e, const IrExpr *x) {
    const IrExpr *base = x->member.e;
    bool arrow = x->member.arrow;
    if (!arrow && base->kind == IE_DEREF) {
        base = base->one.e;
        arrow = true;
    } else if (arrow && base->kind == IE_ADDR && base->one.e->kind != IE_MAKE) {
        base = base->one.e;
        arrow = false;
    }
    emit_expr(e, base, P_POST);
    out_c(e->out, arrow ? "->" : ".");
    const IrType *t = x->member.e->type;
    switch (x->member.which) {
    case IM_FIELD: out_str(e->out, field_name(e, t, x->member.index)); return;
    case IM_OPT_HAS: out_c(e->out, "has"); return;
    case IM_OPT_VALUE: case IM_RES_VALUE: out_c(e->out, "v"); return;
    case IM_RES_OK: out_c(e->out, "ok"); return;
    case IM_RES_ERR: out_c(e->out, "e"); return;
    case IM_TAG: out_c(e->out, "tag"); return;
    case IM_PAYLOAD: {
        Type *w = t->wyn;
        Str v = name_local(e, w->variants[x->member.variant].name);
        Str f = names_of_variant(e, w, x->member.variant)->v[x->member.index];
        out_fmt(e->out, "u.%.*s.%.*s", FMT(v), FMT(f));
        return;
    }
    case IM_RAW: out_c(e->out, x->member.raw); return;
    case IR_MEMBER_COUNT: break;
    }
    UNREACHABLE();
}

/* Inside an initialiser the type of a nested structure is known. */
static void emit_init(Emit *e, const IrExpr *x);

static void make_member(Emit *e, bool *first, Str name, const IrExpr *x) {
    if (x->kind == IE_ZERO) return;
    out_fmt(e->out, "%s.%.*s = ", *first ? "" : ", ", FMT(name));
    *first = false;
    emit_init(e, x);
}

static void make_enum(Emit *e, Type *t, const IrExpr *x) {
    TyVariant *v = &t->variants[x->make.variant];
    out_fmt(e->out, ".tag = %u", x->make.variant);
    if (!x->make.args.n) return;
    FieldNames *f = names_of_variant(e, t, x->make.variant);
    Str name = name_local(e, v->name);
    out_fmt(e->out, ", .u.%.*s = {", FMT(name));
    bool first = true;
    for (u32 i = 0; i < x->make.args.n; i++) make_member(e, &first, f->v[i], x->make.args.v[i]);
    out_c(e->out, "}");
}

static void make_braces(Emit *e, const IrExpr *x) {
    static const char *const option[] = {"has", "v"}, *const result[] = {"ok", "v", "e"};
    const IrType *t = x->type;
    out_c(e->out, "{");
    bool first = true;
    if (t->kind == IRT_WYN && t->wyn->kind == TY_ENUM) {
        make_enum(e, t->wyn, x);
        first = false;
    } else {
        for (u32 i = 0; i < x->make.args.n; i++) {
            const IrExpr *a = x->make.args.v[i];
            if (t->kind == IRT_RAW) {
                if (i) out_c(e->out, ", ");
                emit_init(e, a);
                first = false;
            } else if (t->kind == IRT_WYN && t->wyn->kind == TY_OPTION) {
                make_member(e, &first, str_c(option[i]), a);
            } else if (t->kind == IRT_WYN && t->wyn->kind == TY_RESULT) {
                make_member(e, &first, str_c(result[i]), a);
            } else {
                make_member(e, &first, field_name(e, t, i), a);
            }
        }
    }
    out_c(e->out, "}");
}

static void emit_init(Emit *e, const IrExpr *x) {
    if (x->kind == IE_MAKE) make_braces(e, x);
    else if (x->kind == IE_ZERO && x->type->kind == IRT_WYN && type_by_value(x->type->wyn))
        out_c(e->out, "{0}");
    else emit_expr(e, x, P_ASSIGN);
}

static void emit_make(Emit *e, const IrExpr *x) {
    Str c = type_c(e, x->type);
    if (x->type->kind == IRT_WYN) c = type_struct_c(e, x->type->wyn);
    out_fmt(e->out, "(%.*s)", FMT(c));
    make_braces(e, x);
}

static bool is_constant(const IrExpr *x) {
    switch ((IrExprKind)x->kind) {
    case IE_INT: case IE_FLOAT: case IE_BOOL: case IE_STR: case IE_NULL: case IE_ZERO: return true;
    case IE_UNARY: return is_constant(x->unary.e);
    case IE_MAKE:
        for (u32 i = 0; i < x->make.args.n; i++)
            if (!is_constant(x->make.args.v[i])) return false;
        return true;
    default: return false;
    }
}

/* A long list of constants is a static object, not filled on the stack. */
static bool emit_table(Emit *e, const IrExpr *x) {
    enum { LEAST = 16 };
    if (x->make.args.n < LEAST || x->make.elem->kind != IRT_WYN) return false;
    for (u32 i = 0; i < x->make.args.n; i++)
        if (!is_constant(x->make.args.v[i])) return false;
    Out text = {.b = {.arena = e->perm}, .no_line = true};
    Out *save = e->out;
    e->out = &text;
    for (u32 i = 0; i < x->make.args.n; i++) {
        out_c(&text, i % 16 ? ", " : i ? ",\n    " : "\n    ");
        emit_init(e, x->make.args.v[i]);
    }
    e->out = save;
    u32 id = ++e->table_count;
    Str name = str_fmt(e->perm, "const L_%u[]", id);
    out_c(&e->data_out, "static ");
    type_declare(e, &e->data_out, x->make.elem, name);
    out_c(&e->data_out, " = {");
    out_str(&e->data_out, buf_done(&text.b));
    out_c(&e->data_out, "};\n");
    out_fmt(e->out, "L_%u", id);
    return true;
}

static void emit_list(Emit *e, const IrExpr *x) {
    if (emit_table(e, x)) return;
    Str c = type_c(e, x->make.elem);
    const IrType *elem = x->make.elem;
    bool by_value = elem->kind == IRT_STRUCT || elem->kind == IRT_RAW ||
                    (elem->kind == IRT_WYN && type_by_value(elem->wyn));
    bool one = x->make.args.n == 1 && !by_value;
    out_fmt(e->out, one ? "&(%.*s){" : "(%.*s[]){", FMT(c));
    for (u32 i = 0; i < x->make.args.n; i++) {
        if (i) out_c(e->out, i % 16 == 0 ? ",\n        " : ", ");
        if (i && i % 16 == 0) e->out->line++;
        emit_init(e, x->make.args.v[i]);
    }
    out_c(e->out, "}");
}

static void emit_zero(Emit *e, const IrExpr *x) {
    const IrType *t = x->type;
    if (t->kind == IRT_STRUCT || (t->kind == IRT_WYN && type_by_value(t->wyn))) {
        out_fmt(e->out, "(%.*s){0}", FMT(type_c(e, t)));
        return;
    }
    Str c = type_c(e, t);
    if (c.p[c.n - 1] == '*') out_c(e->out, "NULL");
    else if (str_eq(c, S("bool"))) out_c(e->out, "false");
    else if (str_eq(c, S("double"))) out_c(e->out, "0.0");
    else out_c(e->out, "0");
}

/* ---- calls ---- */

static void signature(Emit *e, const IrType *ret, const IrType *const *params, u32 n,
                      const char *first, const char *last) {
    out_fmt(e->out, "%.*s (*)(", FMT(type_c(e, ir_is_void(ret) ? NULL : ret)));
    if (first) out_c(e->out, first);
    for (u32 i = 0; i < n; i++)
        out_fmt(e->out, "%s%.*s", i || first ? ", " : "", FMT(type_c(e, params[i])));
    if (last) out_fmt(e->out, "%s%s", n || first ? ", " : "", last);
    out_c(e->out, ")");
}

static void emit_call_value(Emit *e, const IrExpr *x) {
    const IrExpr *fn = x->callv.fn;
    u32 n = x->callv.args.n;
    const IrType **params = NEW_N(e->perm, const IrType *, n);
    for (u32 i = 0; i < n; i++) params[i] = x->callv.args.v[i]->type;
    if (fn->kind == IE_VAR && fn->var->code_name.n) {
        out_fmt(e->out, "%.*s(", FMT(fn->var->code_name));
    } else {
        out_c(e->out, "((");
        signature(e, x->type, params, n, NULL, "wyn_fn *");
        out_c(e->out, ")");
        emit_expr(e, fn, P_POST);
        out_c(e->out, "->code)(");
    }
    emit_args(e, &x->callv.args);
    if (n) out_c(e->out, ", ");
    emit_expr(e, fn, P_ASSIGN);
    out_c(e->out, ")");
}

static void emit_call_vtable(Emit *e, const IrExpr *x) {
    u32 n = x->vcall.args.n;
    const IrType **params = NEW_N(e->perm, const IrType *, n);
    for (u32 i = 0; i < n; i++) params[i] = x->vcall.args.v[i]->type;
    out_c(e->out, "((");
    signature(e, x->type, params, n, "wyn_object *", NULL);
    out_c(e->out, ")WYN_METHOD(");
    emit_expr(e, x->vcall.obj, P_ASSIGN);
    out_fmt(e->out, ", %u))(", x->vcall.method);
    emit_expr(e, x->vcall.obj, P_ASSIGN);
    if (n) out_c(e->out, ", ");
    emit_args(e, &x->vcall.args);
    out_c(e->out, ")");
}

static void emit_call(Emit *e, const IrExpr *x) {
    IrFn *fn = x->call.fn;
    out_fmt(e->out, "%.*s(", FMT(fn->c_name));
    for (u32 i = 0; i < x->call.args.n; i++) {
        if (i) out_c(e->out, ", ");
        const IrExpr *a = x->call.args.v[i];
        if (i >= fn->param_count && a->kind == IE_INT) out_c(e->out, "(int64_t)");
        emit_expr(e, a, P_ASSIGN);
    }
    out_c(e->out, ")");
}

/* ---- operators ---- */

static bool is_arith(IrOp op) { return op <= IO_SHR; }

/* A literal that decides the width of an operation on constants. */
static bool needs_wide(const IrExpr *x) {
    if (!is_arith(x->binary.op) || x->binary.a->kind != IE_INT) return false;
    return x->binary.b->kind == IE_INT || x->binary.op == IO_SHL || x->binary.op == IO_SHR;
}

static bool wants_parens(IrOp parent, const IrExpr *child) {
    if (child->kind == IE_COND) return true;
    if (child->kind != IE_BINARY) return false;
    IrOp c = child->binary.op;
    if (parent >= IO_AND && parent <= IO_SHR) return true;
    if (parent >= IO_LT && parent <= IO_NE) return c >= IO_LT;
    if (parent == IO_LOR) return c == IO_LAND;
    if (parent == IO_LAND) return c == IO_LOR;
    return false;
}

static void operand(Emit *e, IrOp parent, const IrExpr *x, int prec) {
    bool parens =
        wants_parens(parent, x) &&
        !(x->kind == IE_BINARY && op_prec[x->binary.op] < prec); /* written below anyway */
    if (parens) out_c(e->out, "(");
    emit_expr(e, x, parens ? P_COMMA : prec);
    if (parens) out_c(e->out, ")");
}

static void emit_binary(Emit *e, const IrExpr *x, int prec) {
    int mine = op_prec[x->binary.op];
    bool parens = mine < prec;
    if (parens) out_c(e->out, "(");
    if (needs_wide(x)) out_c(e->out, "(int64_t)");
    operand(e, x->binary.op, x->binary.a, mine);
    out_fmt(e->out, " %s ", ir_op_text[x->binary.op]);
    operand(e, x->binary.op, x->binary.b, mine + 1);
    if (parens) out_c(e->out, ")");
}

static void emit_cond(Emit *e, const IrExpr *x, int prec) {
    bool parens = prec > P_ASSIGN;
    if (parens) out_c(e->out, "(");
    emit_expr(e, x->cond.c, P_LOR);
    out_c(e->out, " ? ");
    emit_expr(e, x->cond.a, P_LOR);
    out_c(e->out, " : ");
    emit_expr(e, x->cond.b, P_LOR);
    if (parens) out_c(e->out, ")");
}

static void prefix(Emit *e, const char *op, const IrExpr *x, int prec) {
    bool parens = prec > P_UNARY;
    if (parens) out_c(e->out, "(");
    out_c(e->out, op);
    bool minus = *op == '-' && ((x->kind == IE_INT && x->int_ < 0) || x->kind == IE_UNARY ||
                                (x->kind == IE_FLOAT && signbit(x->float_)));
    if (minus) out_c(e->out, "(");
    emit_expr(e, x, minus ? P_COMMA : P_UNARY);
    if (minus) out_c(e->out, ")");
    if (parens) out_c(e->out, ")");
}

static void emit_cast(Emit *e, const IrExpr *x, int prec) {
    Str to = type_c(e, x->type);
    Str from = x->one.e->type ? type_c(e, x->one.e->type) : S("");
    if (str_eq(to, from)) {
        emit_expr(e, x->one.e, prec);
        return;
    }
    bool parens = prec > P_UNARY;
    if (parens) out_c(e->out, "(");
    out_fmt(e->out, "(%.*s)", FMT(to));
    emit_expr(e, x->one.e, P_UNARY);
    if (parens) out_c(e->out, ")");
}

static void emit_c_bytes(Emit *e, Str s) {
    if (s.n > 90) {
        Out o = {.b = {.arena = e->perm}};
        out_c_string(&o, s, 90);
        Str t = buf_done(&o.b);
        for (u32 i = 0; i < t.n; i++) e->out->line += t.p[i] == '\n';
        out_str(e->out, t);
    } else {
        out_c_string(e->out, s, 0);
    }
}

static void literal_name(Emit *e, Str s) {
    if (!s.n) {
        out_c(e->out, "wyn_str_empty");
        return;
    }
    emit_literal(e, s);
    out_fmt(e->out, "WYN_S(S_%u)", (u32)(uintptr_t)map_get(&e->literals, intern(e->names, s)));
}

static void emit_object(Emit *e, const IrExpr *x) { /* names of static objects */
    switch ((IrExprKind)x->kind) {
    case IE_DESC: {
        emit_desc(e, x->desc);
        return;
    }
    case IE_SITE:
        emit_site(e, x->site);
        out_fmt(e->out, "&SITE_%u", x->site->id);
        return;
    case IE_SPEC:
        emit_spec(e, x->spec);
        out_fmt(e->out, "&SPEC_%u", x->spec->id);
        return;
    case IE_VTABLE: out_fmt(e->out, "&VT_%u.head", x->vtable->id); return;
    case IE_TASK:
        emit_task(e, x->task);
        out_fmt(e->out, "&TASK_%u", x->task->id);
        return;
    case IE_FORK: emit_fork(e, x->fork); return;
    case IE_FN_VALUE: emit_fn_object(e, x->fn); return;
    case IE_UNIT: emit_unit(e, x->unit.type, x->unit.variant); return;
    default: UNREACHABLE();
    }
}

static void emit_sizeof(Emit *e, const IrExpr *x) {
    if (x->kind == IE_SIZEOF) {
        IrType t = {.kind = IRT_WYN, .wyn = x->desc};
        out_fmt(e->out, "sizeof(%.*s)", FMT(type_c(e, &t)));
        return;
    }
    if (x->kind == IE_SIZEOF_OBJ) {
        out_fmt(e->out, "sizeof(%.*s)", FMT(type_c(e, x->obj)));
        return;
    }
    Str v = name_local(e, x->unit.type->variants[x->unit.variant].name);
    type_define(e, x->unit.type);
    Str c = type_struct_c(e, x->unit.type);
    out_fmt(e->out, "offsetof(%.*s, u) + sizeof(((%.*s *)0)->u.%.*s)", FMT(c), FMT(c), FMT(v));
}

/* A call that may look at the stack's deque, or let others: head is stored first. */
static void emit_spilling(Emit *e, const IrExpr *x) {
    IrExpr call = *x;
    call.spills = false;
    Str stack = name_var(e, e->fn->stack), head = name_var(e, e->fn->head);
    out_fmt(e->out, "(%.*s->head = %.*s, ", FMT(stack), FMT(head));
    emit_expr(e, &call, P_ASSIGN);
    out_c(e->out, ")");
}

void emit_expr(Emit *e, const IrExpr *x, int prec) { /* table */
    if (x->spills) {
        emit_spilling(e, x);
        return;
    }
    switch ((IrExprKind)x->kind) {
    case IE_INT: emit_int(e, x->int_); return;
    case IE_FLOAT: emit_float(e, x->float_); return;
    case IE_BOOL: out_c(e->out, x->bool_ ? "true" : "false"); return;
    case IE_STR: literal_name(e, x->str); return;
    case IE_CSTR: emit_c_bytes(e, x->str); return;
    case IE_NULL: out_c(e->out, "NULL"); return;
    case IE_ZERO: emit_zero(e, x); return;
    case IE_VAR: emit_var(e, x->var); return;
    case IE_GLOBAL: out_str(e->out, x->global->c_name); return;
    case IE_NAME: out_c(e->out, x->name); return;
    case IE_FN: out_fmt(e->out, "(void *)%.*s", FMT(x->fn->c_name)); return;
    case IE_DESC: case IE_SITE: case IE_SPEC: case IE_VTABLE: case IE_TASK: case IE_FORK:
    case IE_FN_VALUE: case IE_UNIT:
        emit_object(e, x);
        return;
    case IE_SIZEOF: case IE_SIZEOF_VARIANT: case IE_SIZEOF_OBJ: emit_sizeof(e, x); return;
    case IE_MEMBER: emit_member(e, x); return;
    case IE_DEREF: prefix(e, "*", x->one.e, prec); return;
    case IE_ADDR: prefix(e, "&", x->one.e, prec); return;
    case IE_CAST: emit_cast(e, x, prec); return;
    case IE_UNARY: prefix(e, ir_op_text[x->unary.op], x->unary.e, prec); return;
    case IE_BINARY: emit_binary(e, x, prec); return;
    case IE_COND: emit_cond(e, x, prec); return;
    case IE_CALL: emit_call(e, x); return;
    case IE_CALL_VALUE: emit_call_value(e, x); return;
    case IE_CALL_VTABLE: emit_call_vtable(e, x); return;
    case IE_RT:
        out_fmt(e->out, "%s(", x->rt.name);
        emit_args(e, &x->rt.args);
        out_c(e->out, ")");
        return;
    case IE_ARRAY_OP:
        out_fmt(e->out, "wyn_array_%s_%.*s(", x->rt.name, FMT(array_suffix(e, x->rt.elem)));
        emit_args(e, &x->rt.args);
        out_c(e->out, ")");
        return;
    case IE_MAKE: emit_make(e, x); return;
    case IE_LIST: emit_list(e, x); return;
    case IR_EXPR_COUNT: break;
    }
    UNREACHABLE();
}
