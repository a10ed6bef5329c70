/* parse_error.c - says what is wrong at a token the grammar cannot take.
 * First the usual mistakes, each recognised by a few tokens around the place; then, in general,
 * what was expected: an expression, a bracket that closes something, a few tokens. Looking back
 * is bounded, so that many errors in a long file stay linear. */
#include "build.h"
#include "shape.h"
#include <string.h>

enum { LOOK_BACK = 400 };

typedef struct Bad {
    Parser *P;
    u32 at;              /* the offending token; for a made-up separator the one after it */
    Token *t, *prev;     /* prev: a TERM token stands before the first */
    Token *opener;       /* of the innermost frame, NULL: file level */
    u32 first;           /* first token of the statement */
    const TokenKind *expected;
    u32 n;
    Diag *d;
} Bad;

static bool expects(const Bad *b, TokenKind k) {
    for (u32 i = 0; i < b->n; i++)
        if (b->expected[i] == k) return true;
    return false;
}

static bool expects_expression(const Bad *b) {
    return expects(b, TK_INT) && (expects(b, TK_AWAIT) || expects(b, TK_NOT));
}

/* Where nothing stands, right after the token before. */
static Span bad_span(const Bad *b) {
    bool nothing = b->t->kind == TK_END || (b->t->kind == TK_TERM && !b->t->len);
    if (nothing && b->prev->off) return (Span){b->P->file, b->prev->off + b->prev->len, 0};
    return (Span){b->P->file, b->t->off, b->t->len};
}

static Span tok_span(const Parser *P, const Token *t) { return (Span){P->file, t->off, t->len}; }

static bool tok_is(const Parser *P, const Token *t, Str text) {
    return str_eq((Str){P->text + t->off, t->len}, text);
}

static bool closes_frame(TokenKind k) {
    return k == TK_RP || k == TK_RS || k == TK_RC || k == TK_RB || k == TK_GGT || k == TK_STR_END;
}

/* The first token of the statement that token `at` lies in. */
static u32 statement_first(const Parser *P, u32 at) {
    u32 i = at;
    for (int steps = 0; i > 0 && steps < LOOK_BACK; steps++) {
        const Token *t = &P->toks[i - 1];
        if (t->kind == TK_TERM || t->kind == TK_LB) return i;
        i--;
        while (closes_frame(P->toks[i].kind) || P->toks[i].kind == TK_STR_MID) {
            if (P->toks[i].mate == NO_MATE) break;
            i = P->toks[i].mate;
        }
    }
    return i;
}

static Diag *bad_diag(Bad *b, DiagCode code, const char *message) {
    return b->d = diag_new(b->P->ds, code, bad_span(b), "%s", message);
}

/* The token as a user would name it. */
static Str found_text(const Bad *b) {
    Arena *a = b->P->ds->arena;
    switch (b->t->kind) {
    case TK_END: case TK_TERM: case TK_STR_MID: case TK_STR_END:
        return str_c(token_text(b->t->kind));
    case TK_STRING: case TK_STR_BEG: return S("a string");
    default: break;
    }
    Str s = {b->P->text + b->t->off, MIN_OF(b->t->len, 40u)};
    return str_fmt(a, "'%.*s'%s", FMT(s), b->t->len > 40 ? "..." : "");
}

/* --- words of other languages --- */

static void report_word(Parser *P, const Token *t, const char *instead) {
    Str s = {P->text + t->off, t->len};
    Diag *d = diag_new(P->ds, E_FOREIGN_SYNTAX, tok_span(P, t), "'%.*s' is not Wyn syntax - %s",
                       FMT(s), instead);
    diag_label(d, d->span, "a word of another language");
}

static const char *foreign_at(const Parser *P, const Token *t) {
    if (t->kind != TK_IDENT) return NULL;
    return foreign_word((Str){P->text + t->off, t->len});
}

static bool report_await_all(Parser *P, const Token *word) {
    if (!tok_is(P, word, S("await_all")) && !tok_is(P, word, S("await_any"))) return false;
    Str s = {P->text + word->off, word->len};
    Diag *d = diag_new(P->ds, E_FOREIGN_SYNTAX, tok_span(P, word),
                       "'%.*s' must be called with parentheses", FMT(s));
    diag_label(d, d->span, "a function, not a keyword");
    diag_hint(d, "write %.*s(...)", FMT(s));
    return true;
}

/* Called for a made-up separator: `let x = 5`, `f = new P(1)`, `await_all fs`. */
bool report_foreign_word(Parser *P, u32 i) {
    if (i == 0) return false;
    const Token *word = &P->toks[i - 1];
    if (report_await_all(P, word)) return true;
    const char *instead = foreign_at(P, word);
    if (!instead) return false;
    TokenKind before = i < 2 ? TK_TERM : P->toks[i - 2].kind;
    bool start = before == TK_TERM || before == TK_LB || before == TK_ARROW;
    const Token *next = &P->toks[i + 1];
    char c = P->text[next->off];
    bool value = (tok_is(P, word, S("new")) && c >= 'A' && c <= 'Z') ||
                 (tok_is(P, word, S("lambda")) && next->kind == TK_IDENT &&
                  (next[1].kind == TK_COLON || next[1].kind == TK_COMMA));
    if (!start && !value) return false;
    report_word(P, word, instead);
    return true;
}

/* `try {`, `switch (x) {`, `elseif c {`, `map(lambda x: x)`, `f(await_all xs)`. */
static bool bad_word(Bad *b) {
    Parser *P = b->P;
    if (b->prev->kind == TK_IDENT && (token_class[b->t->kind] & TC_STARTER) &&
        report_await_all(P, b->prev))
        return true;
    const Token *first = &P->toks[b->first];
    const Token *word = NULL;
    if (b->t->kind == TK_LB && b->prev->kind == TK_RP && b->prev->mate != NO_MATE &&
        b->prev->mate > 0)
        word = &P->toks[b->prev->mate - 1];
    else if (b->prev->kind == TK_IDENT && b->t->kind != TK_ASSIGN && b->t->kind != TK_TERM)
        word = b->prev;
    if (word && foreign_at(P, word)) {
        report_word(P, word, foreign_at(P, word));
        return true;
    }
    bool used = b->first + 1 < P->n_toks && (first[1].kind == TK_ASSIGN || first[1].kind == TK_DOT);
    if (b->first >= b->at || used || !foreign_at(P, first)) return false;
    report_word(P, first, foreign_at(P, first));
    return true;
}

/* --- the usual mistakes: each returns true when it has reported --- */

static bool bad_interpolation(Bad *b) {
    const Token *o = b->opener;
    while (o && o->kind != TK_LB && o->kind != TK_STR_BEG && o->kind != TK_STR_MID)
        o = o->mate == NO_MATE ? NULL : &b->P->toks[o->mate];
    if (!o || o->kind == TK_LB) return false;
    Diag *d = bad_diag(b, E_BAD_INTERPOLATION, "Unsupported syntax in string interpolation");
    Str found = found_text(b);
    bool empty = b->prev->kind == TK_STR_BEG || b->prev->kind == TK_STR_MID;
    if (empty && (b->t->kind == TK_STR_MID || b->t->kind == TK_STR_END || b->t->kind == TK_SPEC)) {
        d->span.len = 1;
        diag_label(d, d->span, "an expression is missing between '${' and '}'");
        diag_hint(d, "write \\${ for the characters themselves");
    } else {
        if (b->t->kind == TK_STR_MID || b->t->kind == TK_STR_END) d->span.len = 1;
        diag_label(d, d->span, "%.*s cannot stand here", FMT(found));
        diag_hint(d, "between '${' and '}' stands one expression, then perhaps ':' and a format");
    }
    return true;
}

static bool in_condition(const Bad *b) {
    TokenKind k = b->P->toks[b->first].kind;
    return k == TK_IF || k == TK_WHILE || k == TK_ELIF;
}

static bool behind_arrow(const Bad *b) {
    for (u32 i = b->at, steps = 0; i > b->first && steps < LOOK_BACK; i--, steps++) {
        const Token *t = &b->P->toks[i - 1];
        if (t->mate == b->t->mate && (t->kind == TK_ARROW || t->kind == TK_PIPE_C)) return true;
    }
    return false;
}

static bool bad_assign(Bad *b) {
    TokenKind k = b->t->kind;
    if (k != TK_ASSIGN && (k < TK_ADD_SET || k > TK_DEC)) return false;
    TokenKind frame = b->opener ? b->opener->kind : TK_TERM;
    Diag *d;
    if (b->prev->kind == TK_COLON && k == TK_ASSIGN && (b->t->flags & TF_ADJ)) {
        d = bad_diag(b, E_SYNTAX, "':=' is not an operator");
        diag_label(d, d->span, "a type is expected after ':'");
        diag_hint(d, "write 'x = ...' or 'x: T = ...'");
        return true;
    }
    if (expects_expression(b)) return false;
    if (behind_arrow(b)) {
        d = bad_diag(b, E_SYNTAX, "a lambda's body is an expression or a block");
        diag_label(d, d->span, "an assignment is a statement");
        diag_hint(d, "put it in braces: '=> { x = ... }'");
    } else if (k == TK_ASSIGN && frame == TK_LP && !in_condition(b)) {
        d = bad_diag(b, E_SYNTAX, "'=' cannot stand inside parentheses");
        diag_label(d, d->span, "an assignment is a statement, it has no value");
        bool loop = b->opener > b->P->toks && b->opener[-1].kind == TK_FOR;
        diag_hint(d, loop ? "write 'for (var i = 0; ...)', or 'for i in 0..n'"
                          : "a named argument is written 'name: value', a comparison '=='");
    } else if (k == TK_ASSIGN && (frame == TK_LB_LIT || frame == TK_LB_MAP)) {
        d = bad_diag(b, E_SYNTAX, "expected ':' and a value, found '='");
        diag_label(d, d->span, "expected ':'");
    } else if (frame == TK_LB && b->opener - b->P->toks > 1 && b->opener[-2].kind == TK_ENUM) {
        d = bad_diag(b, E_SYNTAX, "a variant of an enum has no number");
        diag_label(d, d->span, "no value is given here");
        diag_hint(d, "map it with a match: 'match x { A => 1, B => 2 }'");
    } else if (in_condition(b)) {
        d = bad_diag(b, E_SYNTAX, "a condition cannot assign");
        diag_label(d, d->span, "an assignment is a statement, it has no value");
        diag_hint(d, "comparing is written '=='");
    } else {
        d = bad_diag(b, E_SYNTAX, "an assignment is a statement, it has no value");
        diag_label(d, d->span, "cannot stand inside an expression");
        diag_hint(d, "write two statements");
    }
    return true;
}

static bool bad_else(Bad *b) {
    if (b->t->kind != TK_ELSE && b->t->kind != TK_ELIF) return false;
    if (expects_expression(b) && b->prev->kind != TK_TERM && b->prev->kind != TK_LB) return false;
    Diag *d = bad_diag(b, E_SYNTAX, "'else' without an 'if' before it");
    diag_label(d, d->span, "no 'if' ends here");
    const Token *t = b->prev;
    while (t > b->P->toks && t->kind != TK_IF && t->kind != TK_IF_E && t->kind != TK_GUARD &&
           t->kind != TK_TERM)
        t--;
    if (b->prev->kind == TK_TERM && b->at) diag_hint(d, "remove the ';' or ',' before 'else'");
    else if (t->kind != TK_TERM && t > b->P->toks && !(t->flags & TF_NL))
        diag_hint(d, "a choice between two values is written 'c ? a : b'");
    return true;
}

static bool bad_mut(Bad *b) {
    if (b->t->kind != TK_MUT) return false;
    Diag *d = bad_diag(b, E_MISPLACED, "'mut' is only valid on function parameters");
    diag_label(d, d->span, "not here");
    diag_hint(d, "every variable can be assigned: write 'var m = 1'");
    return true;
}

/* `+` and its like at the beginning of a line. */
static bool bad_line_start(Bad *b) {
    TokenKind k = b->t->kind;
    bool operator = (k >= TK_PLUS && k <= TK_GE) || k == TK_COALESCE || k == TK_QUEST ||
                    k == TK_TRY || k == TK_COLON || k == TK_DOTS || k == TK_ASSIGN;
    if (!operator || b->prev->kind != TK_TERM || !(b->t->flags & TF_NL)) return false;
    Str found = found_text(b);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "a line cannot begin with %.*s",
                       FMT(found));
    diag_label(d, d->span, "the line before has ended");
    diag_hint(d, "end the line before with it, or put the whole in parentheses");
    return true;
}

static bool bad_colon(Bad *b) {
    if (b->t->kind != TK_COLON) return false;
    TokenKind k = b->P->toks[b->first].kind;
    const Token *next = b->t + 1;
    Diag *d;
    if (b->prev->kind == TK_TRY) {
        d = bad_diag(b, E_SYNTAX, "'?:' is not an operator");
        diag_label(d, d->span, "unexpected ':'");
        diag_hint(d, "the value or a default is written 'a ?? b'");
        return true;
    }
    if ((k == TK_FN || k == TK_PUB) && b->prev->kind == TK_RP && !(next->flags & TF_NL)) {
        d = bad_diag(b, E_SYNTAX, "expected '->' before the result type, found ':'");
        diag_label(d, d->span, "expected '->'");
        diag_hint(d, "write 'fn f(...) -> T { ... }'");
        return true;
    }
    bool block = k == TK_IF || k == TK_WHILE || k == TK_FOR || k == TK_FN || k == TK_ELSE;
    if (!block && b->prev->kind != TK_ELSE) return false;
    d = bad_diag(b, E_SYNTAX, "expected '{' to open a block, found ':'");
    diag_label(d, d->span, "expected '{'");
    diag_hint(d, "blocks are written in braces, not by indentation");
    return true;
}

static bool bad_arrow(Bad *b) {
    if (b->t->kind == TK_ARROW && b->prev->kind == TK_IDENT && !expects(b, TK_ARROW)) {
        Str name = {b->P->text + b->prev->off, b->prev->len};
        Diag *d = bad_diag(b, E_SYNTAX, "the parameters of a lambda stand in parentheses");
        diag_label(d, tok_span(b->P, b->prev), "a parameter without parentheses");
        diag_hint(d, "write '(%.*s) => ...'", FMT(name));
        return true;
    }
    if (b->prev->kind != TK_ARROW || b->t->kind != TK_LB) return false;
    Diag *d = bad_diag(b, E_SYNTAX, "a function has '=> expression' or '{ block }', not both");
    diag_label(d, d->span, "a block after '=>'");
    diag_hint(d, "leave out the '=>'");
    return true;
}

static bool bad_declaration(Bad *b) {
    const Token *first = &b->P->toks[b->first];
    TokenKind k = b->t->kind;
    bool typed = first->kind == TK_IDENT && first[1].kind == TK_COLON;
    if (first->kind != TK_VAR && first->kind != TK_CONST && !typed) return false;
    if ((k != TK_TERM && k != TK_END && k != TK_RC) || !expects(b, TK_ASSIGN)) return false;
    Diag *d = bad_diag(b, E_SYNTAX, "expected '=' and a value for the variable");
    diag_label(d, d->span, "no value is given");
    diag_hint(d, "a variable is declared with its first value: 'x: int = 0'");
    return true;
}

static bool bad_public(Bad *b) {
    if (b->prev->kind != TK_PUB && b->prev->kind != TK_EXPORT) return false;
    Str found = found_text(b);
    const char *word = token_text(b->prev->kind);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b),
                       "expected a declaration after '%s', found %.*s", word, FMT(found));
    diag_label(d, d->span, "expected 'fn', 'struct', 'enum', 'trait', 'type', 'var' or 'const'");
    return true;
}

/* `int x` and plain `x` in a struct; `a int`, `int a` among parameters. */
static bool bad_field(Bad *b) {
    bool field = b->n == 1 && expects(b, TK_COLON) && b->opener && b->opener->kind == TK_LB;
    bool param = b->opener && b->opener->kind == TK_LP && b->t->kind == TK_IDENT &&
                 b->prev->kind == TK_IDENT && expects(b, TK_RP) &&
                 b->P->toks[b->first].kind == TK_FN &&
                 (b->prev[-1].kind == TK_COMMA || b->prev - 1 == b->opener);
    if (!field && !param) return false;
    Str found = found_text(b);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "expected ':' and a type, found %.*s",
                       FMT(found));
    diag_label(d, d->span, "expected ':'");
    diag_hint(d, "a %s is written 'name: type'", field ? "field" : "parameter");
    return true;
}

/* `while { ... }`: the braces were read as a map. */
static bool bad_empty_head(Bad *b) {
    const Token *close = b->prev;
    if (close->kind != TK_RB || close->mate == NO_MATE || close->mate == 0 || !expects(b, TK_LB))
        return false;
    const Token *open = &b->P->toks[close->mate], *head = open - 1;
    Diag *d = diag_new(b->P->ds, E_SYNTAX, tok_span(b->P, open),
                       "expected an expression after '%s', found '{'", token_text(head->kind));
    diag_label(d, d->span, "expected an expression before it");
    return true;
}

/* `if p == P { x: 1 } {`: in a head the braces after a name open the body. */
static bool bad_head_literal(Bad *b) {
    const Token *o = b->opener, *toks = b->P->toks;
    if (!o || o->kind != TK_LB || o - toks < 2 || b->at > (u32)(o - toks) + 6) return false;
    char c = b->P->text[o[-1].off];
    if (o[-1].kind != TK_IDENT || c < 'A' || c > 'Z' || o[1].kind != TK_IDENT ||
        o[2].kind != TK_COLON)
        return false;
    TokenKind head = toks[statement_first(b->P, (u32)(o - toks))].kind;
    if (head != TK_IF && head != TK_ELIF && head != TK_WHILE && head != TK_FOR &&
        head != TK_MATCH)
        return false;
    u32 off = o[-1].off;
    Diag *d = diag_new(b->P->ds, E_SYNTAX, (Span){b->P->file, off, o->off + o->len - off},
                       "a struct literal in the head of a statement needs parentheses");
    diag_label(d, d->span, "this '{' opens the body");
    diag_hint(d, "write '(%.*s { ... })'", (int)o[-1].len, b->P->text + off);
    return true;
}

static bool bad_angle(Bad *b) {
    if (b->t->kind != TK_LT || expects(b, TK_LT) || expects_expression(b)) return false;
    Diag *d = bad_diag(b, E_SYNTAX, "expected '>' to close this '<'");
    diag_label(d, d->span, "no '>' closes these type arguments");
    return true;
}

static bool bad_arm(Bad *b) {
    bool lone = b->n == 1 && expects(b, TK_ARROW);
    TokenKind end = b->prev->kind; /* of the pattern: (a, b), [a, b] or -1 */
    bool second = b->t->kind == TK_ARROW && expects(b, TK_RC) &&
                  (end == TK_RP || end == TK_RS || (end == TK_INT && b->at > 1 &&
                                                    b->prev[-1].kind == TK_MINUS));
    if (!lone && !second) return false;
    Str found = found_text(b);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), lone ? "expected '=>', found %.*s"
                       : "unexpected %.*s", FMT(found));
    diag_label(d, d->span, lone ? "expected '=>'" : "this belongs to the arm before");
    diag_hint(d, lone
                     ? "an arm is written 'pattern => value'"
                     : "in one line an arm that begins with '(', '[' or '-' needs a ',' before it");
    return true;
}

static bool bad_range(Bad *b) {
    if (b->t->kind != TK_DOTS && b->t->kind != TK_DOTS_EQ) return false;
    if (expects_expression(b)) return false;
    Diag *d = bad_diag(b, E_SYNTAX, "a range is not a value");
    diag_label(d, d->span, "not here");
    diag_hint(d, "ranges stand in 'for', in slices and patterns, and after 'in'");
    return true;
}

static bool bad_cast(Bad *b) {
    if (b->t->kind != TK_AS) return false;
    Diag *d = bad_diag(b, E_FOREIGN_SYNTAX, "'as' does not convert values");
    diag_label(d, d->span, "'as' only renames imports");
    diag_hint(d, "write x.to_int(), x.to_float(), x.to_string()");
    return true;
}

static bool keyword_misused(const Bad *b) {
    bool wants_name = expects(b, TK_IDENT) && !expects_expression(b);
    const Token *next = b->t + 1;
    return wants_name || (expects_expression(b) && (next->kind == TK_ASSIGN ||
                                                    next->kind == TK_DOT));
}

static bool bad_keyword(Bad *b) {
    const Token *first = &b->P->toks[b->first];
    bool lone_match = b->prev->kind == TK_MATCH && (token_class[b->t->kind] & TC_CLOSER);
    if (lone_match) {
        b->t = b->prev;
    } else if (b->t->kind == TK_ASSIGN && token_is_keyword(first->kind) && b->prev == first &&
        first->kind != TK_SELF) {
        b->t = b->prev;
    } else if (!token_is_keyword(b->t->kind) || b->t->kind == TK_SELF) {
        return false;
    } else if (!keyword_misused(b)) {
        return false;
    }
    Str found = found_text(b);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "%.*s is a keyword and cannot be a name "
                       "here", FMT(found));
    diag_label(d, d->span, "a keyword");
    diag_hint(d, "keywords may name fields, methods and arguments, not variables");
    return true;
}

static bool bad_extern(Bad *b) {
    const Token *first = &b->P->toks[b->first];
    if (b->t->kind != TK_LB && b->t->kind != TK_ARROW) return false;
    if (first->kind != TK_EXTERN && (first->kind != TK_PUB || first[1].kind != TK_EXTERN))
        return false;
    Diag *d = bad_diag(b, E_SYNTAX, "an extern function has no body");
    diag_label(d, d->span, "expected the end of the declaration");
    return true;
}

static bool bad_brace(Bad *b) {
    if (b->t->kind != TK_LB || b->prev->kind != TK_IDENT || b->n <= 4) return false;
    Str name = {b->P->text + b->prev->off, b->prev->len};
    Diag *d = bad_diag(b, E_SYNTAX, "unexpected '{' after a name");
    diag_label(d, d->span, "no block can stand here");
    if (name.p[0] >= 'a' && name.p[0] <= 'z')
        diag_hint(d, "a struct literal needs a capitalised name; a block stands on its own line");
    return true;
}

/* --- in general --- */

static const char *frame_words(const Bad *b) {
    const Token *o = b->opener, *before = o - 1;
    bool first = o == b->P->toks;
    u8 ender = first ? 0 : token_class[before->kind] & TC_ENDER;
    switch (o->kind) {
    case TK_LP:
        if (!first && before->kind == TK_FN) return "the parameters";
        if (ender && before > b->P->toks && before[-1].kind == TK_FN) return "the parameters";
        return ender ? "the call" : "the parenthesis";
    case TK_LP_LAM: return "the parameters";
    case TK_LS: return ender ? "the index" : "the array";
    case TK_LB_LIT: return "the struct literal";
    case TK_LB_MAP: return !first && before->kind == TK_IMPORT ? "the list" : "the map";
    case TK_GLT: return "the type arguments";
    default: return "the block";
    }
}

static const char *frame_part(const Bad *b) {
    switch (b->opener->kind) {
    case TK_LP: return str_eq(str_c(frame_words(b)), S("the parameters")) ? "parameters"
                     : "arguments";
    case TK_LP_LAM: return "parameters";
    case TK_LB_LIT: return "fields";
    default: return "elements";
    }
}

/* f"..", b"..": letters of other languages before a string. */
static bool hint_prefixed_string(const Bad *b, Diag *d) {
    bool string = b->t->kind == TK_STRING || b->t->kind == TK_STR_BEG;
    if (!string || !(b->t->flags & TF_ADJ) || b->prev->kind != TK_IDENT || b->prev->len > 2)
        return false;
    diag_hint(d, "a string has no letter before it; each one interpolates: \"${x}\"");
    return true;
}

static void report_unclosed_list(Bad *b, const char *closer) {
    Str found = found_text(b);
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "expected '%s' to close %s, found %.*s",
                       closer, frame_words(b), FMT(found));
    diag_label(d, d->span, "expected '%s' or ','", closer);
    diag_label(d, tok_span(b->P, b->opener), "opened here");
    if (hint_prefixed_string(b, d)) return;
    if (token_class[b->t->kind] & TC_STARTER)
        diag_hint(d, "put ',' between %s", frame_part(b));
}

static const char *frame_closer(const Bad *b) {
    if (!b->opener) return NULL;
    switch (b->opener->kind) {
    case TK_LP: case TK_LP_LAM: return expects(b, TK_RP) ? ")" : NULL;
    case TK_LS: return expects(b, TK_RS) ? "]" : NULL;
    case TK_LB_LIT: case TK_LB_MAP: return expects(b, TK_RB) ? "}" : NULL;
    case TK_GLT: return expects(b, TK_GGT) ? ">" : NULL;
    default: return NULL;
    }
}

/* What could stand there, in the language's words; empty when it is too much to say. */
static Str expected_text(const Bad *b) {
    StrBuf text = {.arena = b->P->ds->arena};
    if (expects_expression(b)) return S("an expression");
    if (expects(b, TK_IDENT) && expects(b, TK_STRING)) return S("a pattern");
    if (expects(b, TK_IDENT) && expects(b, TK_SPAWN)) return S("a name");
    if (expects(b, TK_IDENT) && expects(b, TK_LS) && expects(b, TK_LB_MAP)) return S("a type");
    if (b->n == 1 && expects(b, TK_END)) return S("end of line");
    if (b->n == 1 && expects(b, TK_RC)) return S("end of line or '}'");
    if (b->n == 0 || b->n > 5) return (Str){0};
    u32 said = 0, all = b->n - expects(b, TK_PIPE);
    for (u32 i = 0; i < b->n; i++) {
        TokenKind k = b->expected[i];
        if (k == TK_PIPE && all) continue;
        bool words = k == TK_TERM || k == TK_END || (k >= TK_IDENT && k <= TK_SPEC);
        if (said++) buf_c(&text, said == all ? " or " : ", ");
        buf_fmt(&text, words ? "%s" : "'%s'", token_text(k));
    }
    return buf_done(&text);
}

/* After `(` or `,` stands neither an item nor the end of the list. */
static void report_missing_item(Bad *b) {
    Str found = found_text(b), part = str_c(frame_part(b));
    const char *item = part.p[0] == 'f' ? "a field name" : part.p[0] == 'p' ? "a parameter"
                     : "an expression";
    Diag *d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "expected %s, found %.*s", item,
                       FMT(found));
    diag_label(d, d->span, "expected %s", item);
    if (part.p[0] == 'f') diag_hint(d, "a field is given by name: 'name: value'");
}

static void hint_general(const Bad *b, Diag *d) {
    TokenKind k = b->t->kind;
    if (k == TK_INC || k == TK_DEC) diag_hint(d, "x++ and x-- are statements");
    if (b->n && expects(b, TK_IN) && b->at > 1 && b->prev[-1].kind == TK_LP)
        diag_hint(d, "count with 'for i in 0..n'");
    if (k == TK_FROM && b->t[1].kind == TK_IDENT && b->t[3].kind == TK_IMPORT)
        diag_hint(d, "write 'import { name } from module'");
    else if (token_is_keyword(k) && expects_expression(b))
        diag_hint(d, "'%s' is a keyword: a variable or function needs another name", token_text(k));
    if (k == TK_PLUS && expects_expression(b)) diag_hint(d, "Wyn has no unary plus");
    if (k == TK_DOT && b->t[1].kind == TK_INT) diag_hint(d, "a float begins with a digit: '0.5'");
    if (b->prev->kind == TK_DOT && b->at > 1 && b->prev[-1].kind == TK_INT)
        diag_hint(d, "a float ends with a digit: '5.0'");
    if (k == TK_COMMA && expects(b, TK_LB) && expects(b, TK_ARROW))
        diag_hint(d, "several results are a tuple: '-> (int, string)'");
    if (b->n != 1 || !expects(b, TK_LB)) return;
    for (u32 i = b->at; i > b->first && b->at - i < LOOK_BACK; i--)
        if (b->P->toks[i - 1].kind == TK_IF_E) {
            diag_hint(d, "an 'if' used as a value needs braces");
            return;
        }
}

static void report_general(Bad *b) {
    const char *closer = expects_expression(b) ? NULL : frame_closer(b);
    bool twice = b->t->kind == TK_COMMA && (b->prev->kind == TK_COMMA || b->prev == b->opener);
    if (closer && (twice || b->prev == b->opener)) {
        report_missing_item(b);
        return;
    }
    if (closer) {
        report_unclosed_list(b, closer);
        return;
    }
    Str found = found_text(b), expected = expected_text(b);
    Diag *d;
    if (!expected.n) {
        d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "unexpected %.*s", FMT(found));
        diag_label(d, d->span, "cannot stand here");
        return;
    }
    d = diag_new(b->P->ds, E_SYNTAX, bad_span(b), "expected %.*s, found %.*s", FMT(expected),
                 FMT(found));
    diag_label(d, d->span, "expected %.*s", FMT(expected));
    hint_general(b, d);
}

static bool (*const usual_mistakes[])(Bad *) = {
    bad_interpolation, bad_word, bad_mut, bad_else, bad_line_start, bad_head_literal,
    bad_field, bad_keyword, bad_assign, bad_colon, bad_arrow, bad_arm, bad_declaration,
    bad_public, bad_empty_head, bad_angle, bad_range, bad_cast, bad_extern, bad_brace,
};

/* Where to go on: at a separator of the innermost block, or at its end. */
static void plan_recovery(Parser *P, u32 bad) {
    const Token *t = &P->toks[bad];
    u32 o = t->mate;
    while (o != NO_MATE && P->toks[o].kind != TK_LB) o = P->toks[o].mate;
    P->skip_depth = o == NO_MATE ? 0 : P->toks[o].depth + 1u;
    bool fits = t->kind == TK_RC || t->kind == TK_END ||
                (t->kind == TK_TERM && !(t->flags & TF_JUXT) && t->depth == P->skip_depth);
    P->skipping = P->drop_bad = !fits;
    P->progress = P->last_bad != bad;
    P->last_bad = bad;
}

void report_syntax(Parser *P, u32 bad, const TokenKind *expected, u32 n) {
    static Token file_start = {.kind = TK_TERM};
    plan_recovery(P, bad);
    if (P->reported_bad) {
        P->reported_bad = false;
        return;
    }
    Bad b = {.P = P, .at = bad, .t = &P->toks[bad], .expected = expected, .n = n};
    b.prev = bad ? &P->toks[bad - 1] : &file_start;
    if (b.t->kind == TK_TERM && (b.t->flags & TF_JUXT)) b.t++, b.at++;
    b.opener = P->toks[bad].mate == NO_MATE ? NULL : &P->toks[P->toks[bad].mate];
    b.first = statement_first(P, bad);
    for (u32 i = 0; i < COUNT_OF(usual_mistakes); i++)
        if (usual_mistakes[i](&b)) return;
    report_general(&b);
}

void report_exhausted(Parser *P, u32 bad) {
    shape_too_deep(P->ds, tok_span(P, &P->toks[bad]));
    P->fatal = true;
}
