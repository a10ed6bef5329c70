/* shape.c - the token filter: one walk over the scanned tokens with a stack of frames, one per open
 * bracket. It inserts TERM, names tokens by their place (words here, brackets and operators in
 * shape_class.c) and counts nesting. It looks at the token emitted before, up to three tokens
 * ahead and at mates: O(1) per token.
 * Active frames (blocks and their kin) heed newlines; in passive ones they mean nothing. */
#include "shape_frame.h"
#include <string.h>

bool frame_active(const Frame *f) { return f->kind <= FR_ENUM; }

bool frame_in_pattern(const Frame *f) {
    return (f->kind == FR_MATCH || f->kind == FR_SELECT) && f->pattern;
}

bool shape_at_operand(const Shape *s) { return !s->prev.ender || s->prev.kind == TK_RETURN; }

bool shape_at_statement(const Shape *s) {
    if (!frame_active(s->frame)) return false;
    const Prev *p = &s->prev;
    return p->kind == TK_TERM || p->kind == TK_LB || p->kind == TK_ELSE || p->label_colon ||
           p->arm_arrow;
}

const Head *shape_head(const Shape *s) {
    return s->heads.n > s->frame->heads ? &vec_last(&s->heads) : NULL;
}

/* --- nesting --- */

static void check_depth(Shape *s, const Token *t) {
    if (s->depth + s->extra + s->heads.n <= NESTING_LIMIT || s->failed) return;
    shape_too_deep(s->ds, (Span){s->file, t->off, t->len});
    s->failed = true;
}

void shape_count(Shape *s) {
    s->frame->count++;
    s->extra++;
}

static void shape_uncount(Shape *s) {
    if (!s->frame->count) return;
    s->frame->count--;
    s->extra--;
}

static void shape_clear_count(Shape *s) {
    s->extra -= s->frame->count;
    s->frame->count = 0;
}

void shape_push(Shape *s, FrameKind kind, bool stmt) {
    if (s->depth >= NESTING_LIMIT) {
        s->failed = true;
        shape_too_deep(s->ds, (Span){s->file, vec_last(&s->out).off, vec_last(&s->out).len});
        return;
    }
    s->frame = &s->frames[++s->depth];
    *s->frame = (Frame){.kind = (u8)kind, .stmt = stmt, .heads = s->heads.n,
                        .opener = s->out.n - 1,
                        .pattern = kind == FR_MATCH || kind == FR_SELECT};
}

Frame shape_pop(Shape *s) {
    Frame f = *s->frame;
    ASSERT(s->depth > 0);
    shape_clear_count(s);
    s->heads.n = f.heads;
    s->frame = &s->frames[--s->depth];
    return f;
}

/* --- output --- */

void shape_put(Shape *s, TokenKind kind, const Token *t) {
    Token o = *t;
    o.kind = (u8)kind;
    o.flags &= TF_NL | TF_ADJ;
    o.depth = (u16)s->depth;
    o.mate = s->frame->opener;
    vec_push(s->scratch, &s->out, o);
    bool name = kind == TK_IDENT;
    s->prev = (Prev){.kind = kind, .ender = token_class[kind] & TC_ENDER,
                     .declared = name && (s->prev.kind == TK_STRUCT || s->prev.kind == TK_ENUM ||
                                          s->prev.kind == TK_TRAIT || s->prev.kind == TK_TYPE),
                     .cap = name && s->text[t->off] >= 'A' && s->text[t->off] <= 'Z'};
}

static bool braceless_head(const Head *h) {
    return h && (h->kind == TK_IF || h->kind == TK_ELIF || h->kind == TK_WHILE ||
                 h->kind == TK_FOR);
}

/* A separator; `at` is its `;` or `,`, or an empty place after the token before. */
static void put_term(Shape *s, Token at) {
    if (s->prev.kind == TK_TERM) return;
    bool body = braceless_head(shape_head(s));
    Frame *f = s->frame;
    u8 flags = (u8)((at.flags & TF_JUXT) | (body ? TF_BODY : 0));
    shape_put(s, TK_TERM, &at);
    vec_last(&s->out).flags = flags;
    if (body) shape_count(s);
    else shape_clear_count(s);
    s->heads.n = f->heads;
    f->ret = f->let = f->default_seen = f->pipe = false;
    if (!body) f->pattern = true;
}

static void put_term_between(Shape *s, u32 i, bool juxt) {
    const Token *before = &s->raw[i - 1];
    put_term(s, (Token){.off = before->off + before->len, .flags = juxt ? TF_JUXT : 0});
}

/* --- where a TERM stands --- */

static bool is_label_use(const Shape *s, u32 i) {
    const Token *t = &s->raw[i], *after = t + 1;
    if ((s->prev.kind != TK_BREAK && s->prev.kind != TK_CONTINUE) || t->kind != TK_IDENT)
        return false;
    return (after->flags & TF_NL) || after->kind == TK_RC || after->kind == TK_SEMI ||
           after->kind == TK_COMMA || after->kind == TK_ELSE || after->kind == TK_END;
}

typedef enum TermRule { TERM_NO, TERM_YES, TERM_JUXT } TermRule;

/* The rows of the table in order: the first that fits decides. `k` is the kind of raw token i. */
static TermRule term_rule(const Shape *s, u32 i, TokenKind k) {
    const Token *t = &s->raw[i];
    const Prev *p = &s->prev;
    const Head *head = shape_head(s);
    u8 class = token_class[k];
    if (!frame_active(s->frame) || !p->ender || (class & TC_CLOSER)) return TERM_NO;
    if (head && head->kind == TK_IMPL && (k == TK_FOR || p->impl_gens)) return TERM_NO;
    if (frame_in_pattern(s->frame) && (k == TK_IF || k == TK_PIPE)) return TERM_NO;
    if (t->flags & TF_NL) {
        if (class & TC_JOINER) return TERM_NO;
        if (k == TK_LB && (head || s->frame->ret)) return TERM_NO;
        return TERM_YES;
    }
    if (p->kind == TK_RETURN || is_label_use(s, i)) return TERM_NO;
    if (class & TC_STARTER) return TERM_JUXT;
    if (p->stmt_close && (class & TC_TWO_FACED)) return TERM_JUXT;
    return TERM_NO;
}

/* --- words --- */

static bool names_a_field(const Shape *s, u32 i) {
    const Token *t = &s->raw[i];
    if (t[1].kind != TK_COLON || t->kind == TK_SELF) return false;
    FrameKind f = s->frame->kind;
    if (f != FR_PAREN && f != FR_LIT && f != FR_STRUCT) return false;
    switch (s->prev.kind) {
    case TK_LP: case TK_LP_LAM: case TK_COMMA: case TK_LB_LIT: case TK_LB: case TK_TERM:
    case TK_PUB:
        return true;
    default: return f == FR_STRUCT && (t->flags & TF_NL);
    }
}

/* A keyword where only a name can stand is a name. */
static TokenKind keyword_kind(const Shape *s, u32 i) {
    const Token *t = &s->raw[i], *next = t + 1;
    TokenKind k = t->kind, before = s->prev.kind;
    if (before == TK_DOT || before == TK_OPT_DOT || before == TK_COLONS) {
        bool task = k == TK_SPAWN && before == TK_DOT && !(next->flags & TF_NL) &&
                    (next->kind == TK_IDENT || next->kind == TK_SELF || next->kind == TK_LB);
        return task ? k : TK_IDENT;
    }
    if (before == TK_FN && (next->kind == TK_LP || next->kind == TK_LT)) return TK_IDENT;
    if (names_a_field(s, i)) return TK_IDENT;
    bool value = k == TK_TRUE || k == TK_FALSE || k == TK_NONE || k == TK_SOME;
    if (value && s->frame->kind == FR_ENUM) return TK_IDENT;
    if (k == TK_SELECT && next->kind != TK_LB) return TK_IDENT;
    if (k == TK_ROOT && next->kind != TK_COLONS) return TK_IDENT;
    return k;
}

typedef struct Word {
    TokenKind kind;
    u32 used; /* raw tokens that make it */
} Word;

/* What raw token i is called before its place is looked at. */
static Word word_at(const Shape *s, u32 i) {
    const Token *t = &s->raw[i];
    TokenKind k = t->kind;
    if (token_is_keyword(k)) k = keyword_kind(s, i);
    if (k == TK_ELSE && t[1].kind == TK_IF) return (Word){TK_ELIF, 2};
    if (k == TK_NOT && s->prev.ender && t[1].kind == TK_IN) return (Word){TK_NOT_IN, 2};
    if (k == TK_GT && t[1].kind == TK_GT && (t[1].flags & TF_ADJ)) return (Word){TK_SHR, 2};
    return (Word){k, 1};
}

static bool text_is(const Shape *s, const Token *t, Str word) {
    return str_eq((Str){s->text + t->off, t->len}, word);
}

static bool starts_pattern(const Token *t) {
    switch (t->kind) {
    case TK_IDENT: case TK_INT: case TK_FLOAT: case TK_STRING: case TK_SOME: case TK_NONE:
    case TK_TRUE: case TK_FALSE:
        return true;
    case TK_LP: case TK_LS: return !(t->flags & TF_ADJ);
    case TK_MINUS: return t[1].kind == TK_INT || t[1].kind == TK_FLOAT;
    default: return false;
    }
}

static bool is_scope(const Shape *s, u32 i) {
    u32 at = i + 1;
    if (s->raw[at].kind == TK_LP) at = s->raw[at].mate + 1;
    return s->raw[at].kind == TK_IDENT && s->raw[at + 1].kind == TK_LB;
}

/* Words that mean something only where they stand. */
static TokenKind contextual_kind(const Shape *s, u32 i) {
    const Token *t = &s->raw[i], *next = t + 1;
    TokenKind before = s->prev.kind;
    if (text_is(s, t, S("let"))) {
        bool cond = before == TK_IF || before == TK_IF_E || before == TK_ELIF ||
                    before == TK_WHILE;
        return cond && starts_pattern(next) ? TK_LET : TK_IDENT;
    }
    if (before == TK_EXTERN && text_is(s, t, S("blocking"))) return TK_BLOCKING;
    if (!shape_at_statement(s) || frame_in_pattern(s->frame)) return TK_IDENT;
    if (next->kind == TK_COLON) {
        TokenKind k = next[1].kind;
        return k == TK_FOR || k == TK_WHILE || k == TK_PARALLEL ? TK_LABEL : TK_IDENT;
    }
    bool named = next->kind == TK_STRING || next->kind == TK_IDENT;
    if (text_is(s, t, S("test")) && named && next[1].kind == TK_LB) return TK_TEST;
    if (text_is(s, t, S("scope")) && is_scope(s, i)) return TK_SCOPE;
    bool hook = text_is(s, t, S("before_each")) || text_is(s, t, S("after_each"));
    return hook && next->kind == TK_LB ? TK_HOOK : TK_IDENT;
}

static TokenKind if_kind(const Shape *s) {
    if (frame_in_pattern(s->frame)) return TK_GUARD;
    if (!frame_active(s->frame) && s->prev.ender) return TK_GUARD;
    return shape_at_statement(s) ? TK_IF : TK_IF_E;
}

static void push_head(Shape *s, TokenKind k, u32 i, bool stmt) {
    bool with_var = s->raw[i + 1].kind == TK_VAR;
    vec_push(s->scratch, &s->heads, ((Head){(u8)k, stmt, k == TK_FOR && with_var}));
}

static void put_word_head(Shape *s, TokenKind k, u32 i, const Token *t) {
    const Head *head = shape_head(s);
    bool stmt = shape_at_statement(s);
    TokenKind before = s->prev.kind, next = s->raw[i + 1].kind;
    bool comprehension = !frame_active(s->frame) && s->prev.ender;
    shape_put(s, k, t);
    switch (k) {
    case TK_FOR:
        if (comprehension || (head && head->kind == TK_IMPL)) return;
        push_head(s, k, i, stmt || before == TK_PARALLEL);
        break;
    case TK_PARALLEL:
        if (next != TK_FOR && next != TK_WHILE) push_head(s, k, i, stmt);
        break;
    case TK_STRUCT: case TK_ENUM: case TK_IMPL: case TK_TRAIT: case TK_TEST: case TK_SCOPE:
        push_head(s, k, i, true);
        break;
    default: push_head(s, k, i, stmt); break;
    }
}

static void put_else(Shape *s, TokenKind k, u32 i, const Token *t) {
    s->else_stmt = s->prev.kind == TK_RC ? s->prev.stmt_close : true;
    shape_uncount(s);
    shape_put(s, k, t);
    if (k == TK_ELIF) push_head(s, k, i, s->else_stmt);
}

static void put_fn(Shape *s, u32 i, const Token *t) {
    bool named = s->raw[i + 1].kind != TK_LP;
    shape_put(s, TK_FN, t);
    s->fn_name = named;
    s->frame->ret_stmt = named || (s->frame->ret && s->frame->ret_stmt);
    s->frame->ret = true;
}

static bool is_timed_await(const Shape *s, u32 i) {
    const Token *t = &s->raw[i];
    return t[1].kind == TK_LP && t[2].kind == TK_IDENT && text_is(s, &t[2], S("timeout")) &&
           t[3].kind == TK_COLON;
}

static void put_prefix(Shape *s, TokenKind k, u32 i, const Token *t) {
    if (k == TK_AWAIT && is_timed_await(s, i)) k = TK_AWAIT_T;
    bool prefix = shape_at_operand(s) || s->prev.kind == TK_DOT;
    if (prefix || k == TK_DEFER) shape_count(s);
    shape_put(s, k, t);
    s->prev.prefix = prefix;
}

/* 9223372036854775808 has its place only directly under a minus. */
static void put_int(Shape *s, u32 i, const Token *t) {
    TokenKind next = s->raw[i + 1].kind;
    bool postfix = next == TK_DOT || next == TK_OPT_DOT || next == TK_LP || next == TK_LS;
    bool fine = s->prev.kind == TK_MINUS && s->prev.prefix && !postfix;
    if ((t->flags & TF_MIN) && !fine) {
        Diag *d = diag_new(s->ds, E_INT_TOO_LARGE, (Span){s->file, t->off, t->len},
                           "the number is too large for a 64-bit int");
        diag_label(d, d->span, "the largest is 9223372036854775807");
        diag_hint(d, "only '-9223372036854775808' may be written, with its minus");
        s->failed = true;
    }
    shape_put(s, TK_INT, t);
}

/* --- one token --- */

static void put_token(Shape *s, TokenKind k, u32 i, const Token *t) { /* table */
    if (k == TK_IDENT && t->kind == TK_IDENT) k = contextual_kind(s, i);
    if (k == TK_IF) k = if_kind(s);
    switch (k) {
    case TK_IF: case TK_IF_E: case TK_WHILE: case TK_FOR: case TK_MATCH: case TK_SELECT:
    case TK_STRUCT: case TK_ENUM: case TK_IMPL: case TK_TRAIT: case TK_PARALLEL: case TK_TEST:
    case TK_SCOPE:
        put_word_head(s, k, i, t);
        break;
    case TK_ELSE: case TK_ELIF: put_else(s, k, i, t); break;
    case TK_FN: put_fn(s, i, t); break;
    case TK_LET:
        shape_put(s, k, t);
        s->frame->let = true;
        break;
    case TK_AWAIT: case TK_SPAWN: case TK_NOT: case TK_MINUS: case TK_TILDE: case TK_AMP:
    case TK_DEFER:
        put_prefix(s, k, i, t);
        break;
    case TK_INT: put_int(s, i, t); break;
    case TK_LP: case TK_LS: case TK_LB: case TK_RP: case TK_RS: case TK_RC: case TK_STR_BEG:
    case TK_STR_MID: case TK_STR_END:
        class_bracket(s, k, i, t);
        break;
    case TK_LT: case TK_GGT: case TK_QUEST: case TK_PIPE: case TK_ARROW: case TK_THIN:
    case TK_ASSIGN: case TK_COALESCE: case TK_COLON:
        class_operator(s, k, i, t);
        break;
    default: shape_put(s, k, t); break;
    }
}

static bool comma_separates(const Shape *s) {
    const Head *h = shape_head(s);
    FrameKind f = s->frame->kind;
    bool listing = f == FR_MATCH || f == FR_SELECT || f == FR_STRUCT || f == FR_ENUM;
    return listing && !(h && h->kind == TK_FOR);
}

static void put_comma(Shape *s, const Token *t) {
    if (comma_separates(s)) {
        if (s->prev.kind == TK_LB) shape_put(s, TK_COMMA, t);
        else put_term(s, *t);
        return;
    }
    shape_clear_count(s);
    if (!frame_active(s->frame)) s->frame->ret = false;
    shape_put(s, TK_COMMA, t);
}

static void put_semi(Shape *s, const Token *t) {
    const Head *h = shape_head(s);
    bool c_style = s->frame->for_c || (h && h->c_style);
    if (c_style || !frame_active(s->frame)) {
        shape_clear_count(s);
        shape_put(s, TK_SEMI, t);
    } else if (s->prev.kind != TK_LB) {
        put_term(s, *t);
    }
}

Shaped shape_tokens(Arena *scratch, Diags *ds, u32 file, TokenVec *raw) {
    Shape *s = NEW(scratch, Shape);
    s->scratch = scratch, s->ds = ds, s->file = file, s->raw = raw->v;
    s->text = source_file(ds->sources, file)->text.p;
    s->frame = &s->frames[0];
    *s->frame = (Frame){.kind = FR_BLOCK, .opener = NO_MATE};
    s->prev = (Prev){.kind = TK_TERM};
    u8 carried = 0; /* the newline before a dropped `async` */
    for (u32 i = 0; i < raw->n && !s->failed;) {
        Token t = s->raw[i];
        Word w = word_at(s, i);
        if (w.kind == TK_IDENT && s->raw[i + 1].kind == TK_FN && text_is(s, &t, S("async"))) {
            carried |= t.flags & TF_NL;
            i++;
            continue;
        }
        s->raw[i].flags |= carried;
        t.flags |= carried;
        carried = 0;
        if (w.used == 2) t.len = s->raw[i + 1].off + s->raw[i + 1].len - t.off;
        TermRule rule = term_rule(s, i, w.kind);
        if (rule != TERM_NO) put_term_between(s, i, rule == TERM_JUXT);
        if (w.kind == TK_COMMA) put_comma(s, &t);
        else if (w.kind == TK_SEMI) put_semi(s, &t);
        else put_token(s, w.kind, i + w.used - 1, &t);
        check_depth(s, &t);
        i += w.used;
    }
    return (Shaped){.toks = s->out, .failed = s->failed};
}
