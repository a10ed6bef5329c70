/* shape_class.c - the filter's decisions on brackets and operators: which `{` is a literal, which
 * `<` opens type arguments, which `?` is a ternary. Why each rule: the grammar is LALR(1) only
 * because these are settled before it. */
#include "shape_frame.h"

/* --- braces --- */

static bool is_literal_word(const Token *t) {
    return t->kind == TK_STRING || t->kind == TK_INT || t->kind == TK_TRUE || t->kind == TK_FALSE;
}

typedef struct Brace {
    TokenKind token;
    FrameKind frame;
    bool stmt;
} Brace;

static const Brace brace_map = {TK_LB_MAP, FR_MAP, false};

/* A block after a finished head or expression: the innermost open head fixes its kind. */
static Brace brace_of_head(Shape *s) {
    Frame *f = s->frame;
    if (f->ret) {
        f->ret = false;
        return (Brace){TK_LB, FR_BLOCK, f->ret_stmt};
    }
    if (!shape_head(s)) return (Brace){TK_LB, FR_BLOCK, false};
    Head h = vec_pop(&s->heads);
    switch (h.kind) {
    case TK_MATCH: return (Brace){TK_LB, FR_MATCH, h.stmt};
    case TK_SELECT: return (Brace){TK_LB, FR_SELECT, h.stmt};
    case TK_STRUCT: return (Brace){TK_LB, FR_STRUCT, h.stmt};
    case TK_ENUM: return (Brace){TK_LB, FR_ENUM, h.stmt};
    default: return (Brace){TK_LB, FR_BLOCK, h.stmt};
    }
}

static Brace classify_brace(Shape *s, u32 i) {
    const Token *t = &s->raw[i], *next = t + 1;
    const Prev *p = &s->prev;
    Frame *f = s->frame;
    if (!(t->flags & TF_NL) && p->cap && ((!shape_head(s) && !f->ret) || f->let))
        return (Brace){TK_LB_LIT, FR_LIT, false};
    if (p->kind == TK_ARROW || p->kind == TK_PIPE_C || p->kind == TK_TERM || p->kind == TK_LB ||
        p->label_colon) {
        if (next->kind == TK_COLON || (is_literal_word(next) && next[1].kind == TK_COLON))
            return brace_map;
        return (Brace){TK_LB, FR_BLOCK, shape_at_statement(s)};
    }
    switch (p->kind) {
    case TK_ELSE: return (Brace){TK_LB, FR_BLOCK, s->else_stmt};
    case TK_SPAWN: return (Brace){TK_LB, FR_BLOCK, false};
    case TK_DEFER: case TK_HOOK: return (Brace){TK_LB, FR_BLOCK, true};
    case TK_PARALLEL: case TK_SELECT: return brace_of_head(s);
    default: break;
    }
    return shape_at_operand(s) ? brace_map : brace_of_head(s);
}

static void close_brace(Shape *s, const Token *t) {
    bool block = frame_active(s->frame);
    shape_put(s, block ? TK_RC : TK_RB, t);
    Frame f = shape_pop(s);
    s->prev.stmt_close = block && f.stmt;
}

/* --- parentheses --- */

static bool opens_lambda(const Shape *s, u32 i) {
    if (!shape_at_operand(s) || s->prev.kind == TK_FN || s->frame->ret ||
        frame_in_pattern(s->frame))
        return false;
    TokenKind after = s->raw[s->raw[i].mate + 1].kind;
    return after == TK_ARROW || after == TK_THIN;
}

static void open_paren(Shape *s, u32 i, const Token *t) {
    TokenKind before = s->prev.kind;
    shape_put(s, opens_lambda(s, i) ? TK_LP_LAM : TK_LP, t);
    shape_push(s, FR_PAREN, false);
    s->frame->quiet = before == TK_SCOPE || before == TK_AWAIT_T;
    s->frame->for_c = before == TK_FOR && s->raw[i + 1].kind == TK_VAR;
    s->fn_name = false;
}

void class_bracket(Shape *s, TokenKind k, u32 i, const Token *t) {
    Brace b;
    switch (k) {
    case TK_LB:
        b = classify_brace(s, i);
        shape_put(s, b.token, t);
        shape_push(s, b.frame, b.stmt);
        break;
    case TK_RC: close_brace(s, t); break;
    case TK_LP: open_paren(s, i, t); break;
    case TK_RP: {
        shape_put(s, k, t);
        Frame f = shape_pop(s);
        if (f.quiet) s->prev.ender = false;
        break;
    }
    case TK_LS:
        shape_put(s, k, t);
        shape_push(s, FR_BRACKET, false);
        break;
    case TK_STR_BEG:
        shape_put(s, k, t);
        shape_push(s, FR_INTERP, false);
        break;
    default: /* RS, STR_MID, STR_END */
        shape_put(s, k, t);
        shape_pop(s);
        if (k == TK_STR_MID) shape_push(s, FR_INTERP, false);
        break;
    }
}

/* --- angles --- */

/* May type arguments end before this token? */
static bool ends_type(const Shape *s, const Token *after) {
    const Head *h = shape_head(s);
    if ((after->flags & TF_NL) || s->frame->ret) return true;
    switch (after->kind) {
    case TK_END: case TK_GGT: case TK_LB: case TK_DOT: case TK_COLONS: case TK_ASSIGN:
    case TK_COMMA: case TK_RP: case TK_RS: case TK_RC: case TK_QUEST: case TK_PIPE: case TK_ARROW:
    case TK_SEMI: case TK_COLON:
        return true;
    case TK_IDENT: case TK_FN: case TK_FOR: case TK_PUB:
        return s->frame->kind == FR_STRUCT || (h && h->kind == TK_IMPL);
    case TK_PLUS: return s->frame->kind == FR_GENERIC;
    default: return false;
    }
}

static bool opens_types(const Shape *s, u32 i) {
    const Token *t = &s->raw[i];
    const Prev *p = &s->prev;
    if (!t->mate) return false;
    if (p->kind == TK_FN || p->kind == TK_IMPL || p->declared || s->fn_name) return true;
    if (p->kind != TK_IDENT) return false;
    const Token *close = &s->raw[t->mate], *after = close + 1;
    if (p->cap && ends_type(s, after)) return true;
    return (t->flags & TF_ADJ) && after->kind == TK_LP && (after->flags & TF_ADJ);
}

static void put_angle(Shape *s, u32 i, const Token *t) {
    Prev before = s->prev;
    if (!opens_types(s, i)) {
        shape_put(s, TK_LT, t);
        return;
    }
    s->raw[t->mate].kind = TK_GGT;
    shape_put(s, TK_GLT, t);
    shape_push(s, FR_GENERIC, false);
    s->frame->cap = before.cap;
    s->frame->impl_gens = before.kind == TK_IMPL;
}

/* --- operators --- */

static void put_quest(Shape *s, const Token *t) {
    const Frame *f = s->frame;
    bool in_type = (f->kind == FR_STRUCT && !f->default_seen) || f->ret;
    if (t->mate && !in_type && t->kind == TK_QUEST) {
        shape_count(s);
        shape_put(s, TK_QUEST, t);
        return;
    }
    if (s->prev.kind == TK_TRY) shape_count(s);
    shape_put(s, TK_TRY, t);
}

/* `??` before what cannot be an operand is two marks: `x: int?? = none`, `f()??`. */
static void put_coalesce(Shape *s, u32 i, const Token *t) {
    if (!s->frame->ret && shape_begins_operand(&s->raw[i + 1])) {
        shape_count(s);
        shape_put(s, TK_COALESCE, t);
        return;
    }
    Token half = *t;
    half.len = 1;
    put_quest(s, &half);
    half.off++;
    put_quest(s, &half);
}

static void put_pipe(Shape *s, const Token *t) {
    Frame *f = s->frame;
    if (f->pipe) {
        f->pipe = false;
        shape_count(s);
        shape_put(s, TK_PIPE_C, t);
    } else if (shape_at_operand(s) && !frame_in_pattern(f)) {
        f->pipe = true;
        shape_put(s, TK_PIPE_O, t);
    } else {
        shape_put(s, TK_PIPE, t);
    }
}

static void put_arrow(Shape *s, const Token *t) {
    Frame *f = s->frame;
    bool arm = frame_in_pattern(f);
    f->ret = f->pattern = false;
    s->heads.n = f->heads;
    shape_count(s);
    shape_put(s, TK_ARROW, t);
    s->prev.arm_arrow = arm;
}

void class_operator(Shape *s, TokenKind k, u32 i, const Token *t) {
    Frame f;
    bool label;
    switch (k) {
    case TK_LT: put_angle(s, i, t); break;
    case TK_GGT:
        shape_put(s, k, t);
        f = shape_pop(s);
        s->prev.cap = f.cap;
        s->prev.impl_gens = f.impl_gens;
        break;
    case TK_QUEST: put_quest(s, t); break;
    case TK_PIPE: put_pipe(s, t); break;
    case TK_ARROW: put_arrow(s, t); break;
    case TK_THIN:
        shape_count(s);
        shape_put(s, k, t);
        s->frame->ret = true;
        break;
    case TK_ASSIGN:
        s->frame->ret = s->frame->let = false;
        s->frame->default_seen = true;
        shape_put(s, k, t);
        break;
    case TK_COLON:
        label = s->prev.kind == TK_LABEL;
        shape_put(s, k, t);
        s->prev.label_colon = label;
        break;
    default: put_coalesce(s, i, t); break;
    }
}
