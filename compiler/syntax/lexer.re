/* lexer.re - bytes to the whole file's array of tokens.
 * Owns: comments, numbers, string pieces and the nesting of `${ }`. Every rule only names a token;
 * what follows from it is plain C below. The text ends with a NUL, so no rule can run off its end.
 * The first hard error ends the scan: nothing sensible can be said about the rest. Operators of
 * other languages are reported once each and scanned over. */
#include "lexer.h"
#include <math.h>
#include <string.h>

enum { STRINGS_DEEP = 60 };

/* An open `${`: which string it belongs to and what is open inside. */
typedef struct Interp {
    u32 start;             /* of the string's opening quote */
    char quote;
    bool triple, in_head;  /* in_head: between the bars of |x: T| */
    u32 braces, others, ternaries;
} Interp;

typedef struct Lexer {
    Arena *perm, *scratch;
    Diags *ds;
    u32 file;
    const char *text, *cur, *end;
    Lexed out;
    Interp interps[STRINGS_DEEP];
    u32 n_interps;
    bool stop, nl;
    StrBuf doc;            /* collected `///` lines, waiting for their token */
    bool has_doc;
    u32 removed;           /* bits of operators already reported */
} Lexer;

enum { /* beside the token kinds */
    SCAN_END_OR_NUL = TOKEN_KIND_COUNT, SCAN_OTHER, SCAN_QUOTE, SCAN_RAW, SCAN_RADIX, SCAN_REMOVED
};

const u8 token_class[] = {
#define TOK(name, text, class) class,
#include "token.def"
#undef TOK
};

static const char *const token_texts[] = {
#define TOK(name, text, class) text,
#include "token.def"
#undef TOK
};

static const char *const token_names[] = {
#define TOK(name, text, class) #name,
#include "token.def"
#undef TOK
};

const char *token_text(TokenKind k) { return token_texts[k]; }
const char *token_name(TokenKind k) { return token_names[k]; }
bool token_is_keyword(TokenKind k) { return token_class[k] & TC_KEYWORD; }

static Span span_at(const Lexer *lx, const char *from, const char *to) {
    return (Span){lx->file, (u32)(from - lx->text), (u32)(to - from)};
}

static void lexer_fail(Lexer *lx) {
    lx->out.failed = true;
    lx->stop = true;
}

static Token *last_token(Lexer *lx) {
    return lx->out.toks.n ? &vec_last(&lx->out.toks) : NULL;
}

/* --- one token --- */

static int scan(Lexer *lx) {
    const u8 *c = (const u8 *)lx->cur, *m;
    int k;
#define IS(kind) do { k = kind; goto done; } while (0)
/*!re2c
    re2c:define:YYCTYPE = u8;
    re2c:define:YYCURSOR = c;
    re2c:define:YYMARKER = m;
    re2c:yyfill:enable = 0;
    DEC = [0-9]([_]?[0-9])*;
    EXP = [eE][+-]?DEC;

    "and" { IS(TK_AND); }           "as" { IS(TK_AS); }
    "await" { IS(TK_AWAIT); }       "break" { IS(TK_BREAK); }
    "const" { IS(TK_CONST); }       "continue" { IS(TK_CONTINUE); }
    "defer" { IS(TK_DEFER); }       "else" { IS(TK_ELSE); }
    "enum" { IS(TK_ENUM); }         "export" { IS(TK_EXPORT); }
    "extern" { IS(TK_EXTERN); }     "false" { IS(TK_FALSE); }
    "fn" { IS(TK_FN); }             "for" { IS(TK_FOR); }
    "from" { IS(TK_FROM); }         "if" { IS(TK_IF); }
    "impl" { IS(TK_IMPL); }         "import" { IS(TK_IMPORT); }
    "in" { IS(TK_IN); }             "match" { IS(TK_MATCH); }
    "mut" { IS(TK_MUT); }           "None" { IS(TK_NONE); }
    "not" { IS(TK_NOT); }           "or" { IS(TK_OR); }
    "parallel" { IS(TK_PARALLEL); } "pub" { IS(TK_PUB); }
    "return" { IS(TK_RETURN); }     "root" { IS(TK_ROOT); }
    "select" { IS(TK_SELECT); }     "self" { IS(TK_SELF); }
    "Some" { IS(TK_SOME); }         "spawn" { IS(TK_SPAWN); }
    "struct" { IS(TK_STRUCT); }     "trait" { IS(TK_TRAIT); }
    "true" { IS(TK_TRUE); }         "type" { IS(TK_TYPE); }
    "var" { IS(TK_VAR); }           "while" { IS(TK_WHILE); }
    "yield" { IS(TK_YIELD); }
    [a-zA-Z_][a-zA-Z0-9_]* { IS(TK_IDENT); }

    DEC { IS(TK_INT); }
    DEC "." DEC EXP? { IS(TK_FLOAT); }
    DEC EXP { IS(TK_FLOAT); }
    "0"[xXoObB][0-9a-zA-Z_]* { IS(SCAN_RADIX); }
    ["'] { IS(SCAN_QUOTE); }
    "r"["'] { IS(SCAN_RAW); }

    "(" { IS(TK_LP); }      ")" { IS(TK_RP); }      "[" { IS(TK_LS); }
    "]" { IS(TK_RS); }      "{" { IS(TK_LB); }      "}" { IS(TK_RC); }
    "+" { IS(TK_PLUS); }    "-" { IS(TK_MINUS); }   "*" { IS(TK_STAR); }
    "/" { IS(TK_SLASH); }   "%" { IS(TK_PERCENT); } "&" { IS(TK_AMP); }
    "|" { IS(TK_PIPE); }    "^" { IS(TK_CARET); }   "~" { IS(TK_TILDE); }
    "<<" { IS(TK_SHL); }    "==" { IS(TK_EQ); }     "!=" { IS(TK_NE); }
    "<" { IS(TK_LT); }      ">" { IS(TK_GT); }      "<=" { IS(TK_LE); }
    ">=" { IS(TK_GE); }     "=" { IS(TK_ASSIGN); }  "+=" { IS(TK_ADD_SET); }
    "-=" { IS(TK_SUB_SET); } "*=" { IS(TK_MUL_SET); } "/=" { IS(TK_DIV_SET); }
    "%=" { IS(TK_MOD_SET); } "++" { IS(TK_INC); }   "--" { IS(TK_DEC); }
    "=>" { IS(TK_ARROW); }  "->" { IS(TK_THIN); }   "." { IS(TK_DOT); }
    ".." { IS(TK_DOTS); }   "..=" { IS(TK_DOTS_EQ); } "..." { IS(TK_REST); }
    "?" { IS(TK_QUEST); }   "?." { IS(TK_OPT_DOT); } "??" { IS(TK_COALESCE); }
    ":" { IS(TK_COLON); }   "::" { IS(TK_COLONS); } ";" { IS(TK_SEMI); }
    "," { IS(TK_COMMA); }

    "&&" | "||" | "|>" | "!" | "===" | "!==" | "**" | "<<=" | ">>=" | "&=" | "|=" | "^=" {
        IS(SCAN_REMOVED);
    }
    [\x00] { IS(SCAN_END_OR_NUL); }
    [^] { IS(SCAN_OTHER); }
*/
done:
    lx->cur = (const char *)c;
    return k;
}

/* --- blanks and comments --- */

static void doc_add(Lexer *lx, const char *from, const char *to) {
    Str line = {from, (u32)(to - from)};
    if (line.n && line.p[0] == ' ') line.p++, line.n--;
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    if (lx->has_doc) buf_char(&lx->doc, '\n');
    lx->has_doc = true;
    buf_str(&lx->doc, line);
}

static void skip_line(Lexer *lx) {
    const char *from = lx->cur;
    const char *nl = memchr(from, '\n', (size_t)(lx->end - from));
    lx->cur = nl ? nl : lx->end;
    bool doc = lx->cur - from >= 3 && !memcmp(from, "///", 3) && from[3] != '/';
    Token *last = last_token(lx);
    if (doc && (lx->nl || !last)) doc_add(lx, from + 3, lx->cur);
}

static void skip_block(Lexer *lx) {
    const char *open = lx->cur;
    for (lx->cur += 2; lx->cur < lx->end; lx->cur++) {
        if (*lx->cur == '\n') lx->nl = true;
        if (lx->cur[0] == '*' && lx->cur[1] == '/') {
            lx->cur += 2;
            return;
        }
    }
    Diag *d = diag_new(lx->ds, E_UNTERMINATED_COMMENT, span_at(lx, open, open + 2),
                       "Unterminated comment");
    diag_label(d, d->span, "no '*/' follows this '/*'");
    lexer_fail(lx);
}

static void skip_blanks(Lexer *lx) {
    while (!lx->stop) {
        char c = *lx->cur;
        if (c == '\n') {
            lx->nl = true;
            lx->cur++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            lx->cur++;
        } else if (c == '#' || (c == '/' && lx->cur[1] == '/')) {
            skip_line(lx);
        } else if (c == '/' && lx->cur[1] == '*') {
            skip_block(lx);
        } else {
            return;
        }
    }
}

/* --- errors --- */

static void report_byte(Lexer *lx, const char *at) {
    u8 c = (u8)*at;
    u32 n = utf8_len(at, lx->end);
    Span span = span_at(lx, at, at + MAX_OF(n, 1u));
    Diag *d;
    if (c < 0x20 || c == 0x7f) {
        d = diag_new(lx->ds, E_UNEXPECTED_CHAR, span, "unexpected byte 0x%02x", c);
        diag_label(d, span, "control characters may not stand in source text");
    } else if (c < 0x80) {
        d = diag_new(lx->ds, E_UNEXPECTED_CHAR, span, "unexpected character '%c'", c);
        diag_label(d, span, "no token begins with it");
        if (c == '`') diag_hint(d, "strings are written \"...\" or '...'");
        if (c == '\\') diag_hint(d, "an expression goes on after an operator or inside brackets; "
                                    "no '\\' is needed");
        if (c == '$') diag_hint(d, "'${...}' is written inside a string");
        if (c == '@') diag_hint(d, "Wyn has no decorators and no '@' operator");
    } else if (n) {
        d = diag_new(lx->ds, E_UNEXPECTED_CHAR, span, "unexpected byte 0x%02x", c);
        diag_label(d, span, "'%.*s' can only stand in strings and comments", (int)n, at);
        if (n == 3 && !memcmp(at, "\xe2\x80", 2) && (u8)at[2] >= 0x98 && (u8)at[2] <= 0x9f)
            diag_hint(d, "write a plain quote: \" or '");
        else
            diag_hint(d, "names are made of the letters a-z, A-Z, digits and '_'");
    } else {
        d = diag_new(lx->ds, E_BAD_ENCODING, span, "unexpected byte 0x%02x", c);
        diag_label(d, span, "this is not UTF-8");
    }
    lexer_fail(lx);
}

typedef struct Removed {
    const char *text, *message, *hint;
} Removed;
static const Removed removed_ops[] = {
    {"&&", "the operator '&&' has been removed", "write 'and'"},
    {"||", "the operator '||' has been removed", "write 'or'; a lambda without parameters is "
                                                 "'() => e'"},
    {"|>", "the pipe operator '|>' has been removed", "nest the calls, or chain methods with '.'"},
    {"!", "the operator '!' has been removed", "write 'not'"},
    {"===", "'===' is not an operator", "write '=='"},
    {"!==", "'!==' is not an operator", "write '!='"},
    {"**", "'**' is not an operator", "write Math.pow(a, b)"},
    {"<<=", "'<<=' is not an operator", "write 'x = x << n'"},
    {">>=", "'>>=' is not an operator", "write 'x = x >> n'"},
    {"&=", "'&=' is not an operator", "write 'x = x & n'"},
    {"|=", "'|=' is not an operator", "write 'x = x | n'"},
    {"^=", "'^=' is not an operator", "write 'x = x ^ n'"},
};

static void report_removed(Lexer *lx, const char *at) {
    Str text = {at, (u32)(lx->cur - at)};
    for (u32 i = 0; i < COUNT_OF(removed_ops); i++) {
        const Removed *r = &removed_ops[i];
        if (!str_eq(str_c(r->text), text)) continue;
        lx->out.failed = true;
        if (lx->removed & 1u << i) return;
        lx->removed |= 1u << i;
        Diag *d = diag_new(lx->ds, E_REMOVED_OPERATOR, span_at(lx, at, lx->cur), "%s", r->message);
        diag_label(d, d->span, "not an operator of Wyn");
        diag_hint(d, "%s", r->hint);
    }
}

/* With an open `${` the string around it is the one to look at: the quote that closes it was read
 * as the beginning of another one. */
static void report_unterminated(Lexer *lx, const char *open, bool triple) {
    bool inside = lx->n_interps && !triple;
    if (inside) open = lx->text + lx->interps[lx->n_interps - 1].start;
    const char *eol = memchr(open, '\n', (size_t)(lx->end - open));
    if (!eol) eol = lx->end;
    if (eol > open && eol[-1] == '\r') eol--;
    if (triple) eol = open + 3;
    Diag *d = diag_new(lx->ds, E_UNTERMINATED_STRING, span_at(lx, open, eol),
                       triple ? "Unterminated multi-line string" : "Unterminated string literal");
    diag_label(d, d->span, "%s", triple ? "no closing \"\"\" follows"
                               : inside ? "a '${' in it is not closed on this line"
                                        : "no closing quote on this line");
    if (inside) diag_hint(d, "write '}' after the expression; for the two characters themselves "
                             "write \\${");
    else if (!triple) diag_hint(d, "a string over several lines is written \"\"\"...\"\"\"");
    lexer_fail(lx);
}

/* --- numbers --- */

static bool is_name_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void number_fail(Lexer *lx, const char *at, const char *what, const char *hint) {
    Diag *d = diag_new(lx->ds, E_BAD_NUMBER, span_at(lx, at, lx->cur), "%s '%.*s'", what,
                       (int)MIN_OF(lx->cur - at, 40), at);
    diag_label(d, d->span, "malformed");
    diag_hint(d, "%s", hint);
    lx->out.failed = true;
}

static void number_check(Lexer *lx, int kind, const char *at, u8 *flags) {
    if (is_name_byte(*lx->cur)) {
        while (is_name_byte(*lx->cur)) lx->cur++;
        number_fail(lx, at, "a letter is glued to the number", "put a blank or an operator after "
                                                               "the digits");
        return;
    }
    if (kind == SCAN_RADIX) {
        char r = at[1] | 0x20;
        char top = r == 'x' ? '9' : r == 'o' ? '7' : '1';
        bool ok = is_name_byte(at[2]) && at[2] != '_' && lx->cur[-1] != '_';
        for (const char *p = at + 2; p < lx->cur; p++)
            ok = ok && (*p == '_' || (*p >= '0' && *p <= top) ||
                        (r == 'x' && (*p | 0x20) >= 'a' && (*p | 0x20) <= 'f'));
        const char *name = r == 'x' ? "malformed hex literal"
                         : r == 'o' ? "malformed octal literal" : "malformed binary literal";
        if (!ok) {
            number_fail(lx, at, name, r == 'x' ? "digits 0-9 and a-f follow '0x'"
                                    : r == 'o' ? "digits 0-7 follow '0o'"
                                               : "digits 0 and 1 follow '0b'");
            return;
        }
    }
    if (kind == TK_FLOAT) {
        if (isinf(literal_float((Str){at, (u32)(lx->cur - at)})))
            number_fail(lx, at, "too large for a float:", "the largest is about 1.79e308");
        return;
    }
    Str digits = {at, (u32)(lx->cur - at)};
    IntCheck c = literal_int_check(digits);
    if (c.range == INT_MIN_ONLY) *flags |= TF_MIN;
    if (c.range != INT_TOO_LARGE) return;
    Diag *d = diag_new(lx->ds, E_INT_TOO_LARGE, span_at(lx, at, lx->cur),
                       "the number is too large for a 64-bit int");
    diag_label(d, d->span, "the largest is %s",
               kind == SCAN_RADIX ? "0xffffffffffffffff" : "9223372036854775807");
    diag_hint(d, "%s", kind == SCAN_RADIX ? "an int has 64 bits: 16 hex digits, 64 binary ones"
                                          : "write it as a float: add '.0'");
    lx->out.failed = true;
}

/* --- strings --- */

static void report_escape(Lexer *lx, const char *at) {
    u32 n = 1 + MAX_OF(utf8_len(at + 1, lx->end), 1u);
    if (at[1] < 0x20) n = 1;
    if (at[1] == 'u' && at[2] == '{') {
        for (n = 3; is_name_byte(at[n]) && n < 14; n++) {}
        n += at[n] == '}';
    }
    Diag *d = diag_new(lx->ds, E_BAD_ESCAPE, span_at(lx, at, at + n),
                       "unknown escape sequence '%.*s'", (int)n, at);
    if (at[1] == 'x') diag_label(d, d->span, "two hex digits must follow '\\x'");
    else if (at[1] == 'u') diag_label(d, d->span, "four hex digits, or {...} with the number of a "
                                                  "character, must follow '\\u'");
    else if (at[1] >= '0' && at[1] <= '9') diag_label(d, d->span, "octal escapes go from \\000 to "
                                                                  "\\377");
    else diag_label(d, d->span, "this letter has no meaning after '\\'");
    diag_hint(d, "write '\\\\' for a backslash, or a raw string r\"...\"");
    lx->out.failed = true;
}

static bool string_byte_ok(Lexer *lx, u32 *len) {
    u8 c = (u8)*lx->cur;
    *len = c < 0x80 ? 1 : utf8_len(lx->cur, lx->end);
    if (*len && c) return true;
    Diag *d = diag_new(lx->ds, E_BAD_ENCODING, span_at(lx, lx->cur, lx->cur + 1),
                       "unexpected byte 0x%02x in a string", c);
    diag_label(d, d->span, c ? "this is not UTF-8" : "a NUL byte");
    diag_hint(d, "write \\x%02x for the byte itself", c);
    lexer_fail(lx);
    return false;
}

static void interp_push(Lexer *lx, u32 start, char quote, bool triple) {
    if (lx->n_interps == STRINGS_DEEP) {
        Diag *d = diag_new(lx->ds, E_TOO_DEEP, (Span){lx->file, start, 1},
                           "strings nest too deep: %d levels are allowed", STRINGS_DEEP);
        diag_label(d, d->span, "give the inner text a name");
        lexer_fail(lx);
        return;
    }
    lx->interps[lx->n_interps++] = (Interp){.start = start, .quote = quote, .triple = triple};
}

/* From after an opening quote or a `}`, to the closing quote or `${`. True when it ends there. */
static bool string_rest(Lexer *lx, u32 start, char quote, bool triple, bool raw) {
    bool escape_reported = false;
    while (!lx->stop) {
        char c = *lx->cur;
        u32 n;
        if (c == quote && (!triple || (lx->cur[1] == quote && lx->cur[2] == quote))) {
            lx->cur += triple ? 3 : 1;
            return true;
        }
        if ((c == 0 && lx->cur >= lx->end) || (c == '\n' && !triple)) {
            report_unterminated(lx, lx->text + start, triple);
        } else if (c == '\\' && !raw) {
            n = escape_len(lx->cur, lx->end);
            if (!n && !escape_reported) report_escape(lx, lx->cur);
            if (!n) escape_reported = true;
            lx->cur += n ? n : 1;
        } else if (c == '$' && lx->cur[1] == '{' && !raw) {
            lx->cur += 2;
            return false;
        } else if (string_byte_ok(lx, &n)) {
            lx->cur += n;
        }
    }
    return true;
}

static TokenKind string_begin(Lexer *lx, const char *at, bool raw) {
    char quote = lx->cur[-1];
    u32 start = (u32)(at - lx->text);
    bool triple = quote == '"' && lx->cur[0] == '"' && lx->cur[1] == '"';
    if (triple) lx->cur += 2;
    if (string_rest(lx, start, quote, triple, raw)) return TK_STRING;
    interp_push(lx, start, quote, triple);
    return TK_STR_BEG;
}

static TokenKind string_continue(Lexer *lx) {
    Interp *in = &lx->interps[lx->n_interps - 1];
    if (string_rest(lx, in->start, in->quote, in->triple, false)) {
        lx->n_interps--;
        return TK_STR_END;
    }
    *in = (Interp){.start = in->start, .quote = in->quote, .triple = in->triple};
    return TK_STR_MID;
}

/* The text of a format, up to its `}`. */
static void scan_spec(Lexer *lx, Token *t) {
    while (*lx->cur != '}' && *lx->cur != '\n' && lx->cur < lx->end) {
        u32 n;
        if (!string_byte_ok(lx, &n)) return;
        lx->cur += n;
    }
    t->kind = TK_SPEC;
    t->off++;
    t->len = (u32)(lx->cur - lx->text) - t->off;
    Interp *in = &lx->interps[lx->n_interps - 1];
    if (*lx->cur != '}') report_unterminated(lx, lx->text + in->start, in->triple);
}

static bool quest_is_try(const Lexer *lx) {
    const char *p = lx->cur;
    while (*p == ' ' || *p == '\t') p++;
    return *p == 0 || strchr(":})].,=+*/%<>?^\n\r", *p) != NULL;
}

/* Inside `${ }` brackets, ternaries and the colon of a format are counted. */
static void interp_track(Lexer *lx, Token *t, const Token *prev) {
    Interp *in = &lx->interps[lx->n_interps - 1];
    bool top = in->braces + in->others == 0;
    switch (t->kind) {
    case TK_LB: in->braces++; break;
    case TK_LP: case TK_LS: in->others++; break;
    case TK_RP: case TK_RS: in->others -= in->others > 0; break;
    case TK_RC:
        if (in->braces) in->braces--;
        else t->kind = string_continue(lx);
        break;
    case TK_QUEST: in->ternaries += top && !quest_is_try(lx); break;
    case TK_PIPE:
        if (top && in->in_head) in->in_head = false;
        else if (top && !(token_class[prev->kind] & TC_ENDER)) in->in_head = true;
        break;
    case TK_COLON:
        if (!top || in->in_head) break;
        if (in->ternaries) in->ternaries--;
        else scan_spec(lx, t);
        break;
    }
}

/* --- the loop --- */

static void name_token(Lexer *lx, Token *t, int k, const char *at) {
    const Token *prev = last_token(lx);
    if (k == TK_INT || k == TK_FLOAT || k == SCAN_RADIX) {
        if (prev && prev->kind == TK_DOT) {
            lx->cur = at;
            while (*lx->cur >= '0' && *lx->cur <= '9') lx->cur++;
            k = TK_INT;
        }
        number_check(lx, k, at, &t->flags);
        t->kind = k == SCAN_RADIX ? TK_INT : (u8)k;
    } else if (k == SCAN_QUOTE || k == SCAN_RAW) {
        t->kind = string_begin(lx, at, k == SCAN_RAW);
    } else if (k == SCAN_REMOVED) {
        report_removed(lx, at);
        t->kind = TK_PLUS;
    } else if (k == SCAN_OTHER || (k == SCAN_END_OR_NUL && at < lx->end)) {
        report_byte(lx, at);
        t->kind = TK_BAD;
    } else if (k == SCAN_END_OR_NUL) {
        lx->cur = lx->end;
        t->kind = TK_END;
        if (lx->n_interps) {
            Interp *in = &lx->interps[lx->n_interps - 1];
            report_unterminated(lx, lx->text + in->start, in->triple);
        }
    } else {
        t->kind = (u8)k;
    }
}

static void lex_token(Lexer *lx) {
    lx->nl = false;
    const char *before = lx->cur;
    skip_blanks(lx);
    if (lx->stop) return;
    if (lx->n_interps && lx->nl && !lx->interps[lx->n_interps - 1].triple) {
        report_unterminated(lx, lx->text + lx->interps[lx->n_interps - 1].start, false);
        return;
    }
    const char *at = lx->cur;
    Token t = {.off = (u32)(at - lx->text)};
    if (lx->nl) t.flags |= TF_NL;
    if (before == at && lx->out.toks.n) t.flags |= TF_ADJ;
    name_token(lx, &t, scan(lx), at);
    if (lx->stop) return;
    t.len = (u32)(lx->cur - at);
    if (lx->n_interps && t.kind != TK_STR_BEG && lx->out.toks.n)
        interp_track(lx, &t, last_token(lx));
    if (t.kind != TK_SPEC) t.len = (u32)(lx->cur - at);
    if (lx->has_doc) {
        vec_push(lx->perm, &lx->out.docs, ((DocText){t.off, buf_done(&lx->doc)}));
        lx->doc = (StrBuf){.arena = lx->perm};
        lx->has_doc = false;
    }
    if (!lx->stop) vec_push(lx->scratch, &lx->out.toks, t);
}

/* Bidirectional controls make text read differently from what it says: refused everywhere. */
static void check_bidi(Lexer *lx) {
    const char *p = lx->text;
    while ((p = memchr(p, 0xe2, (size_t)(lx->end - p)))) {
        u8 b = (u8)p[1], c = b ? (u8)p[2] : 0;
        bool bad = (b == 0x80 && c >= 0xaa && c <= 0xae) || (b == 0x81 && c >= 0xa6 && c <= 0xa9);
        if (bad) {
            u32 code = 0x2000 | (b & 0x3fu) << 6 | (c & 0x3fu);
            Diag *d = diag_new(lx->ds, E_BAD_ENCODING, span_at(lx, p, p + 3),
                               "bidirectional control character U+%04X in source", code);
            diag_label(d, d->span, "invisible; the text would read differently from what it says");
            diag_hint(d, "in a string write \\u{%04X}; elsewhere delete it", code);
            lexer_fail(lx);
            return;
        }
        p++;
    }
}

static void skip_start(Lexer *lx) {
    if (lx->end - lx->cur >= 3 && !memcmp(lx->cur, "\xef\xbb\xbf", 3)) lx->cur += 3;
    if (lx->cur[0] == '#' && lx->cur[1] == '!')
        while (lx->cur < lx->end && *lx->cur != '\n') lx->cur++;
}

Lexed lex_file(Arena *perm, Arena *scratch, Diags *ds, u32 file) {
    Str text = source_file(ds->sources, file)->text;
    Lexer *lx = NEW(scratch, Lexer);
    *lx = (Lexer){.perm = perm, .scratch = scratch, .ds = ds, .file = file, .text = text.p,
                  .cur = text.p, .end = text.p + text.n, .doc = {.arena = perm}};
    check_bidi(lx);
    skip_start(lx);
    while (!lx->stop && (!lx->out.toks.n || last_token(lx)->kind != TK_END)) lex_token(lx);
    Token pad = {.kind = TK_END, .off = text.n, .flags = TF_NL};
    if (lx->stop) vec_push(scratch, &lx->out.toks, pad);
    for (int i = 0; i < 4; i++) vec_push(scratch, &lx->out.toks, pad); /* for looking ahead */
    lx->out.toks.n -= 4;
    return lx->out;
}
