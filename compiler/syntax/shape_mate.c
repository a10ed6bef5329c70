/* shape_mate.c - the mate pass: one walk over the scanned tokens that pairs brackets, `<` with `>`
 * and the `?` of a ternary with its `:`, each within its bracket level.
 * Angles and question marks are guesses: a token that contradicts drops them, each at most once. */
#include "shape.h"
#include <string.h>

typedef struct Guess {
    u32 tok, level;
} Guess;
typedef struct Open {
    u32 tok;
    bool in_head; /* between the bars of |x: T| */
} Open;

typedef struct Mate {
    Arena *scratch;
    Diags *ds;
    u32 file;
    const char *text;
    Token *v;
    Open opens[NESTING_LIMIT + 2]; /* opens[0] is the file */
    u32 level;
    VEC(Guess) angles, quests;
    u32 suspect; /* a `{` closed by a `}` that stands further left: 0 none */
} Mate;

static Span token_span(const Mate *m, const Token *t) { return (Span){m->file, t->off, t->len}; }

static const char *closer_of(TokenKind k) {
    return k == TK_LP ? ")" : k == TK_LS ? "]" : "}";
}

static const char *opener_text(TokenKind k) {
    return k == TK_LP ? "(" : k == TK_LS ? "[" : k == TK_LB ? "{" : "${";
}

static bool closes(TokenKind open, TokenKind close) {
    switch (close) {
    case TK_RP: return open == TK_LP;
    case TK_RS: return open == TK_LS;
    case TK_RC: return open == TK_LB;
    default: return open == TK_STR_BEG || open == TK_STR_MID;
    }
}

/* The bracket itself; of a string piece its last two bytes, `${`. */
static Span open_span(const Mate *m, const Token *t) {
    if (t->kind == TK_STR_BEG || t->kind == TK_STR_MID)
        return (Span){m->file, t->off + t->len - 2, 2};
    return token_span(m, t);
}

static void report_stray(Mate *m, const Token *t) {
    Str s = {m->text + t->off, 1};
    Diag *d = diag_new(m->ds, E_UNBALANCED, (Span){m->file, t->off, 1}, "unexpected '%.*s'",
                       FMT(s));
    diag_label(d, d->span, "nothing is open that it could close");
    if (m->suspect)
        diag_label(d, token_span(m, &m->v[m->suspect]), "this '{' was closed earlier than its "
                                                        "indentation says");
}

static void report_wrong(Mate *m, const Token *open, const Token *t) {
    Str s = {m->text + t->off, 1};
    Diag *d = diag_new(m->ds, E_UNBALANCED, (Span){m->file, t->off, 1},
                       "expected '%s' to close '%s', found '%.*s'", closer_of(open->kind),
                       opener_text(open->kind), FMT(s));
    diag_label(d, d->span, "expected '%s' before this", closer_of(open->kind));
    diag_label(d, open_span(m, open), "opened here");
}

static void report_unclosed(Mate *m) {
    const Token *open = &m->v[m->opens[m->level].tok];
    if (m->suspect) open = &m->v[m->suspect];
    Diag *d = diag_new(m->ds, E_UNBALANCED, open_span(m, open), "expected '%s' to close this '%s'",
                       closer_of(open->kind), opener_text(open->kind));
    diag_label(d, d->span, "never closed");
}

void shape_too_deep(Diags *ds, Span at) {
    Diag *d = diag_new(ds, E_TOO_DEEP, at, "nested too deep: %d levels are allowed", NESTING_LIMIT);
    diag_label(d, at, "the level that is too deep begins here");
    diag_hint(d, "move an inner part into a function or a variable of its own");
}

/* Columns of blanks before the first token of the line, looking back a bounded way. */
static u32 line_indent(const Mate *m, u32 off) {
    enum { FAR = 240 };
    u32 low = off > FAR ? off - FAR : 0, at = off, n = 0;
    while (at > low && m->text[at - 1] != '\n') at--;
    while (m->text[at + n] == ' ' || m->text[at + n] == '\t') n++;
    return n;
}

static bool stands_in_type(TokenKind k) {
    switch (k) {
    case TK_IDENT: case TK_COMMA: case TK_QUEST: case TK_LS: case TK_RS: case TK_LP: case TK_RP:
    case TK_LB: case TK_RC: case TK_COLON: case TK_THIN: case TK_FN: case TK_LT: case TK_GT:
    case TK_PIPE: case TK_DOT: case TK_COLONS: case TK_MUT: case TK_PLUS: case TK_COALESCE:
        return true;
    default: return false;
    }
}

bool shape_begins_operand(const Token *t) {
    switch (t->kind) {
    case TK_IDENT: case TK_INT: case TK_FLOAT: case TK_STRING: case TK_STR_BEG: case TK_LP:
    case TK_LS: case TK_LB: case TK_MINUS: case TK_TILDE: case TK_AMP: case TK_PIPE: case TK_NOT:
    case TK_AWAIT: case TK_SPAWN: case TK_IF: case TK_MATCH: case TK_SELF: case TK_NONE:
    case TK_SOME: case TK_TRUE: case TK_FALSE:
        return true;
    case TK_FN: return t[1].kind == TK_LP;
    default: return false;
    }
}

static bool statement_word(const Token *t) {
    switch (t->kind) {
    case TK_RETURN: case TK_VAR: case TK_CONST: case TK_WHILE: case TK_FOR: case TK_BREAK:
    case TK_CONTINUE: case TK_STRUCT: case TK_ENUM: case TK_IMPL: case TK_TRAIT: case TK_IMPORT:
    case TK_TYPE: case TK_DEFER: case TK_PUB:
        return t[-1].kind != TK_DOT && t[-1].kind != TK_OPT_DOT && t[-1].kind != TK_COLONS;
    case TK_FN: return t[1].kind != TK_LP;
    default: return false;
    }
}

/* Is the token before v[i] an ender? Keywords after a dot are names. */
static bool after_ender(const Token *v, u32 i) {
    if (i == 0) return false;
    if (token_class[v[i - 1].kind] & TC_ENDER) return true;
    return i > 1 && token_is_keyword(v[i - 1].kind) &&
           (v[i - 2].kind == TK_DOT || v[i - 2].kind == TK_COLONS);
}

static void drop_quests(Mate *m) {
    while (m->quests.n && vec_last(&m->quests).level >= m->level) m->quests.n--;
}

/* A new line ends a statement, and with it the wait for a `:`; not inside ( [ ${. */
static bool newline_ends(const Mate *m, u32 i) {
    const Token *t = &m->v[i];
    if (!(t->flags & TF_NL) || t->kind == TK_COLON || (token_class[t->kind] & TC_JOINER))
        return false;
    if (m->level && m->v[m->opens[m->level].tok].kind != TK_LB) return false;
    return after_ender(m->v, i);
}

static bool mate_open(Mate *m, u32 i) {
    if (m->level >= NESTING_LIMIT) {
        shape_too_deep(m->ds, open_span(m, &m->v[i]));
        return false;
    }
    m->opens[++m->level] = (Open){.tok = i};
    return true;
}

static bool mate_close(Mate *m, u32 i) {
    Token *t = &m->v[i];
    if (m->level == 0) {
        report_stray(m, t);
        return false;
    }
    u32 open = m->opens[m->level].tok;
    if (!closes(m->v[open].kind, t->kind)) {
        report_wrong(m, &m->v[open], t);
        return false;
    }
    if (t->kind == TK_RC && (t->flags & TF_NL) && !m->suspect &&
        line_indent(m, t->off) < line_indent(m, m->v[open].off))
        m->suspect = open;
    while (m->angles.n && vec_last(&m->angles).level >= m->level) m->angles.n--;
    drop_quests(m);
    m->v[open].mate = i;
    t->mate = open;
    m->level--;
    return t->kind != TK_STR_MID || mate_open(m, i);
}

/* After a name, `fn` or `impl`, or a keyword that serves as a name: `fn Set.from<T>`. */
static bool may_open_angle(const Token *v, u32 i) {
    if (i == 0) return false;
    TokenKind name = v[i - 1].kind;
    if (name == TK_IDENT || name == TK_FN || name == TK_IMPL) return true;
    if (i == 1 || !token_is_keyword(name)) return false;
    TokenKind before = v[i - 2].kind;
    return before == TK_DOT || before == TK_COLONS || before == TK_FN;
}

static void mate_operator(Mate *m, u32 i) {
    Token *t = &m->v[i];
    switch (t->kind) {
    case TK_LT:
        if (may_open_angle(m->v, i))
            vec_push(m->scratch, &m->angles, ((Guess){i, m->level}));
        break;
    case TK_GT:
        if (m->angles.n && vec_last(&m->angles).level == m->level) {
            u32 open = vec_pop(&m->angles).tok;
            m->v[open].mate = i;
            t->mate = open;
        }
        break;
    case TK_QUEST:
        if (!(t[1].flags & TF_NL) && shape_begins_operand(t + 1))
            vec_push(m->scratch, &m->quests, ((Guess){i, m->level}));
        break;
    case TK_COLON:
        if (!m->opens[m->level].in_head && m->quests.n &&
            vec_last(&m->quests).level == m->level)
            m->v[vec_pop(&m->quests).tok].mate = i;
        break;
    case TK_PIPE: {
        bool *head = &m->opens[m->level].in_head;
        *head = !*head && !after_ender(m->v, i);
        break;
    }
    case TK_COMMA: case TK_SEMI: drop_quests(m); break;
    default: break;
    }
}

bool shape_mate(Arena *scratch, Diags *ds, u32 file, TokenVec *toks) {
    Mate *m = NEW(scratch, Mate);
    *m = (Mate){.scratch = scratch, .ds = ds, .file = file, .v = toks->v,
                .text = source_file(ds->sources, file)->text.p};
    for (u32 i = 0; i + 1 < toks->n; i++) {
        Token *t = &m->v[i];
        if (!stands_in_type(t->kind)) m->angles.n = 0;
        if (i > 0 && m->quests.n && (newline_ends(m, i) || statement_word(t))) drop_quests(m);
        if (t->flags & TF_NL && i > 0 && newline_ends(m, i)) m->opens[m->level].in_head = false;
        switch (t->kind) {
        case TK_LP: case TK_LS: case TK_LB: case TK_STR_BEG:
            if (!mate_open(m, i)) return false;
            break;
        case TK_RP: case TK_RS: case TK_RC: case TK_STR_MID: case TK_STR_END:
            if (!mate_close(m, i)) return false;
            break;
        default: mate_operator(m, i); break;
        }
    }
    if (m->level) report_unclosed(m);
    return m->level == 0;
}
