/* lower_text.c - text of values: interpolation, print, to_string. Longer texts are built in a
 * wyn_text in the C frame; each piece is evaluated and appended in order. */
#include "lowering.h"

/* The texts of a function are few and used again: each is a large object in its C frame, never in
 * that of a generator, as no text lives across a yield. */
IrVar *text_open(LowerFn *f) {
    Arena *a = f->lw->perm;
    IrVar *v;
    if (f->free_texts.n) {
        v = vec_pop(&f->free_texts);
    } else {
        v = NEW(a, IrVar);
        v->type = ir_raw(a, f->lw->ir, "wyn_text");
        v->id = f->vars++;
        v->mutable_ = true;
        vec_push(a, &f->out->texts, v);
    }
    st_expr(f, ex_rt(f, "wyn_text_open", NULL, FX_EFFECT, ex_addr(f, ex_var(f, v)), NULL));
    return v;
}

static void text_close(LowerFn *f, IrVar *v) { vec_push(f->lw->perm, &f->free_texts, v); }

static IrExpr *text_arg(LowerFn *f, IrVar *text) { return ex_addr(f, ex_var(f, text)); }

static void text_bytes(LowerFn *f, IrVar *text, Str s) {
    if (s.n)
        st_expr(f, ex_rt(f, "wyn_text_bytes", NULL, FX_EFFECT, text_arg(f, text), ex_cstr(f, s),
                         ex_int(f, s.n), NULL));
}

void text_append(LowerFn *f, IrVar *text, Type *t, IrExpr *v) {
    const char *name = t->kind == TY_INT ? "wyn_text_int"
                       : t->kind == TY_FLOAT ? "wyn_text_float"
                       : t->kind == TY_BOOL ? "wyn_text_bool"
                       : t->kind == TY_STRING ? "wyn_text_str" : NULL;
    if (name) {
        st_expr(f, ex_rt(f, name, NULL, FX_EFFECT, text_arg(f, text), v, NULL));
        return;
    }
    IrExpr *p = ex_address(f, v);
    st_expr(f, ex_rt(f, "wyn_fmt", NULL, FX_CALL, text_arg(f, text), p, ex_desc(f, t), NULL));
}

IrExpr *value_text(LowerFn *f, Type *t, IrExpr *v) {
    IrType *str = f->lw->t.str;
    switch (t->kind) {
    case TY_STRING: return v;
    case TY_INT: return ex_rt(f, "wyn_int_to_string", str, 0, v, NULL);
    case TY_FLOAT: return ex_rt(f, "wyn_float_to_string", str, 0, v, NULL);
    case TY_BOOL: return ex_rt(f, "wyn_bool_to_string", str, 0, v, NULL);
    default: {
        IrExpr *p = ex_address(f, v);
        return ex_rt(f, "wyn_to_string", str, FX_CALL, p, ex_desc(f, t), NULL);
    }
    }
}

/* ---- format specifications: [[fill]align][sign][0][width][,][.precision][type] ---- */

static u32 utf8_next(Str s, u32 at, u32 *code) {
    u8 c = (u8)s.p[at];
    u32 n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    if (at + n > s.n) n = 1;
    u32 v = n == 1 ? c : c & (0xffu >> (n + 1));
    for (u32 i = 1; i < n; i++) v = v << 6 | ((u8)s.p[at + i] & 0x3f);
    *code = v;
    return at + n;
}

static bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }

static u32 spec_number(Str s, u32 i, i32 *out) {
    i32 v = 0;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && v < 100000) v = v * 10 + (s.p[i++] - '0');
    *out = v;
    return i;
}

IrSpec *spec_parse(Lower *lw, Str s) {
    IrSpec *p = NEW(lw->perm, IrSpec);
    p->precision = -1;
    u32 i = 0, code = 0;
    if (s.n) {
        u32 next = utf8_next(s, 0, &code);
        if (next < s.n && is_align(s.p[next])) {
            p->fill = code;
            p->align = s.p[next];
            i = next + 1;
        } else if (is_align(s.p[0])) {
            p->align = s.p[0];
            i = 1;
        }
    }
    if (i < s.n && (s.p[i] == '+' || s.p[i] == '-' || s.p[i] == ' ')) p->sign = s.p[i++];
    if (i < s.n && s.p[i] == '0') p->zero = true, i++;
    i = spec_number(s, i, &p->width);
    if (i < s.n && s.p[i] == ',') p->comma = true, i++;
    if (i < s.n && s.p[i] == '.') i = spec_number(s, i + 1, &p->precision);
    if (i < s.n) p->type = s.p[i];
    p->id = lw->ir->specs.n;
    vec_push(lw->perm, &lw->ir->specs, p);
    return p;
}

static void text_spec(LowerFn *f, IrVar *text, Type *t, IrExpr *v, Str spec) {
    IrSpec *p = spec_parse(f->lw, spec);
    IrExpr *s = ex_new(f, IE_SPEC, f->lw->t.voidp);
    s->spec = p;
    bool as_float = p->type == 'e' || p->type == 'f' || p->type == 'g' || p->type == '%';
    if (t->kind == TY_INT && !as_float && p->type != 's') {
        st_expr(f, ex_rt(f, "wyn_text_spec_int", NULL, FX_EFFECT, text_arg(f, text), v, s, NULL));
        return;
    }
    if ((t->kind == TY_FLOAT && p->type != 's') || (t->kind == TY_INT && as_float)) {
        v = ex_cast(f, v, f->lw->t.f64);
        st_expr(f, ex_rt(f, "wyn_text_spec_float", NULL, FX_EFFECT, text_arg(f, text), v, s, NULL));
        return;
    }
    IrExpr *a = ex_address(f, v);
    st_expr(f, ex_rt(f, "wyn_text_spec", NULL, FX_CALL, text_arg(f, text), a, ex_desc(f, t), s,
                     NULL));
}

static void interp_append(LowerFn *f, Tree *t, IrVar *text) {
    for (u32 i = 0; i < t->interp.n && !f->dead; i++) {
        TreeInterp *p = &t->interp.parts[i];
        if (!p->e) {
            text_bytes(f, text, p->text);
            continue;
        }
        IrExpr *v = lower_expr(f, p->e);
        if (f->dead) return;
        if (p->spec.p) text_spec(f, text, p->e->type, v, p->spec);
        else text_append(f, text, p->e->type, v);
    }
}

/* One string from the operands, at least one, all of them strings. */
IrExpr *text_joined(LowerFn *f, Operands *ops) {
    IrType *str = f->lw->t.str;
    if (ops->v.n == 1) return ops->v.v[0].e;
    if (ops->v.n == 2)
        return ex_rt(f, "wyn_str_concat2", str, 0, ops->v.v[0].e, ops->v.v[1].e, NULL);
    IrExpr *list = ex_new(f, IE_LIST, f->lw->t.voidp);
    list->make.elem = str;
    list->make.args.n = ops->v.n;
    list->make.args.v = NEW_N(f->lw->perm, IrExpr *, ops->v.n);
    for (u32 k = 0; k < ops->v.n; k++) {
        list->make.args.v[k] = ops->v.v[k].e;
        list->fx |= ops->v.v[k].e->fx;
    }
    return ex_rt(f, "wyn_str_concat", str, 0, ex_int(f, ops->v.n), list, NULL);
}

/* Only strings: one concatenation. */
static IrExpr *interp_concat(LowerFn *f, Tree *t) {
    Operands ops = {0};
    for (u32 i = 0; i < t->interp.n; i++) {
        TreeInterp *p = &t->interp.parts[i];
        u8 saved;
        operands_begin(f, &saved);
        IrExpr *e = p->e ? lower_expr(f, p->e) : ex_str(f, p->text);
        operands_end(f, &ops, e, saved);
    }
    if (f->dead || ops.v.n == 0) return ex_str(f, S(""));
    return text_joined(f, &ops);
}

IrExpr *lower_interp(LowerFn *f, Tree *t) {
    bool strings = true;
    for (u32 i = 0; i < t->interp.n; i++) {
        TreeInterp *p = &t->interp.parts[i];
        if (p->e && (p->e->type->kind != TY_STRING || p->spec.p)) strings = false;
    }
    if (strings && t->interp.n <= 100) return interp_concat(f, t);
    IrVar *text = text_open(f);
    interp_append(f, t, text);
    IrExpr *e = ex_rt(f, "wyn_text_take", f->lw->t.str, FX_EFFECT, text_arg(f, text), NULL);
    e = ex_temp(f, e);
    text_close(f, text);
    return e;
}

/* ---- print ---- */

static bool print_plain(LowerFn *f, Tree *t) {
    if (t->print.args.n != 1 || t->print.sep || t->print.end) return false;
    Tree *a = t->print.args.v[0];
    const char *name = a->type->kind == TY_INT ? "wyn_println_int"
                       : a->type->kind == TY_FLOAT ? "wyn_println_float"
                       : a->type->kind == TY_BOOL ? "wyn_println_bool"
                       : a->type->kind == TY_STRING ? "wyn_println_str" : NULL;
    if (!name) return false;
    if (a->kind == TN_INTERP && a->interp.n > 1) {
        IrVar *text = text_open(f);
        interp_append(f, a, text);
        text_bytes(f, text, S("\n"));
        st_expr(f, ex_rt(f, "wyn_text_print", NULL, FX_EFFECT, text_arg(f, text), NULL));
        text_close(f, text);
        return true;
    }
    IrExpr *e = lower_expr(f, a);
    if (!f->dead) st_expr(f, ex_rt(f, name, NULL, FX_EFFECT, e, NULL));
    return true;
}

void lower_print(LowerFn *f, Tree *t) {
    if (print_plain(f, t)) return;
    TreeList *args = &t->print.args;
    Operands ops = {0};
    for (u32 i = 0; i < args->n; i++) operands_add(f, &ops, args->v[i]);
    if (t->print.sep) operands_add(f, &ops, t->print.sep);
    if (t->print.end) operands_add(f, &ops, t->print.end);
    if (f->dead) return;
    for (u32 i = 0; i < ops.v.n; i++) /* printing may run the user's to_string */
        if (ops.v.v[i].e->fx) ops.v.v[i].e = ex_temp(f, ops.v.v[i].e);
    u32 next = args->n;
    IrExpr *sep = t->print.sep ? ex_temp(f, ops.v.v[next++].e) : NULL;
    IrExpr *end = t->print.end ? ops.v.v[next].e : NULL;
    IrVar *text = text_open(f);
    Type *str = type_prim(f->lw->ir->types, TY_STRING);
    for (u32 i = 0; i < args->n; i++) {
        if (i && sep) text_append(f, text, str, ex_copy(f, sep));
        else if (i) text_bytes(f, text, S(" "));
        text_append(f, text, args->v[i]->type, ops.v.v[i].e);
    }
    if (end) text_append(f, text, str, end);
    else text_bytes(f, text, S("\n"));
    st_expr(f, ex_rt(f, "wyn_text_print", NULL, FX_EFFECT, text_arg(f, text), NULL));
    text_close(f, text);
}
