/* lex_test.c - the filtered token stream: how texts are cut into tokens, which names the filter
 * gives them and where it puts a separator: `TERM!` within a line, `TERM+` before a body. */
#include "syntax/parse.h"
#include <stdio.h>

typedef struct LexCase {
    const char *source, *tokens;
} LexCase;

static const LexCase cases[] = {
    {"a = b\nc", "IDENT ASSIGN IDENT TERM IDENT END"},
    {"a b;c", "IDENT TERM! IDENT TERM IDENT END"},
    {"if a b", "IF IDENT TERM!+ IDENT END"},
    {"f(a,\n b)", "IDENT LP IDENT COMMA IDENT RP END"},
    {"x = 0..5 + 1.5e3 + t.0.1 + 0xFF",
     "IDENT ASSIGN INT DOTS INT PLUS FLOAT PLUS IDENT DOT INT DOT INT PLUS INT END"},
    {"7.to_string()", "INT DOT IDENT LP RP END"},
    {"\"a${b:>8}c${d}e\" 'x'", "STR_BEG IDENT SPEC STR_MID IDENT STR_END TERM! STRING END"},
    {"\"${a ? b : c}\" \"${f()?:x}\" \"${m::n}\"",
     "STR_BEG IDENT QUEST IDENT COLON IDENT STR_END TERM! STR_BEG IDENT LP RP TRY SPEC STR_EN"
     "D TERM! STR_BEG IDENT COLONS IDENT STR_END END"},
    {"\"${xs[1:2]:d}\" \"${|x: T| x}\"",
     "STR_BEG IDENT LS INT COLON INT RS SPEC STR_END TERM! STR_BEG PIPE_O IDENT COLON IDENT P"
     "IPE_C IDENT STR_END END"},
    {"\"\"\"a\n\"b\" ${\nc} d\"\"\" r\"\\n\"", "STR_BEG IDENT STR_END TERM! STRING END"},
    {"a >> b > > c >= d", "IDENT SHR IDENT GT GT IDENT GE IDENT END"},
    {"HashMap<string, Map<int, int>>\nx",
     "IDENT GLT IDENT COMMA IDENT GLT IDENT COMMA IDENT GGT GGT TERM IDENT END"},
    {"x = a ? b : c\ny = d?",
     "IDENT ASSIGN IDENT QUEST IDENT COLON IDENT TERM IDENT ASSIGN IDENT TRY END"},
    {"(a, b) => c\n(a)", "LP_LAM IDENT COMMA IDENT RP ARROW IDENT TERM LP IDENT RP END"},
    {"|a| a | b", "PIPE_O IDENT PIPE_C IDENT PIPE IDENT END"},
    {"x = P { a: {\"b\": 1} }",
     "IDENT ASSIGN IDENT LB_LIT IDENT COLON LB_MAP STRING COLON INT RB RB END"},
    {"match a { b if c => d, e => f }",
     "MATCH IDENT LB IDENT GUARD IDENT ARROW IDENT TERM IDENT ARROW IDENT RC END"},
    {"outer: for i in a { break outer }", "LABEL COLON FOR IDENT IN IDENT LB BREAK IDENT RC END"},
    {"else if a not in b", "ELIF IDENT NOT_IN IDENT END"},
    {"s.spawn f()\ns.spawn", "IDENT DOT SPAWN IDENT LP RP TERM IDENT DOT IDENT END"},
    {"await(timeout: 5) f\nscope s { }\ntest \"a\" { }",
     "AWAIT_T LP IDENT COLON INT RP IDENT TERM SCOPE IDENT LB RC TERM TEST STRING LB RC END"},
    {"// c\na # d\n/* e\n*/ b /// f", "IDENT TERM IDENT END"},
    {"a ?. b ?\? c :: d ..= e ... f -> g => h ++ i --",
     "IDENT OPT_DOT IDENT COALESCE IDENT COLONS IDENT DOTS_EQ IDENT REST IDENT THIN IDENT ARR"
     "OW IDENT INC TERM! IDENT DEC END"},
    {"async fn f() { }", "FN IDENT LP RP LB RC END"},
    {"for var i = 0; i < 3; i++ { }",
     "FOR VAR IDENT ASSIGN INT SEMI IDENT LT INT SEMI IDENT INC LB RC END"},
    {"while a; b", "WHILE IDENT TERM+ IDENT END"},
};

/* Of each line of the dump the second word, with the marks of separators. */
static Str token_words(Arena *a, Str dump) {
    StrBuf b = {.arena = a};
    const char *p = dump.p, *end = dump.p + dump.n;
    while (p < end) {
        const char *from = p;
        while (p < end && *p != ' ' && *p != '\n') p++;
        bool line = p < end && *p == ' ' && *from >= '1' && *from <= '9';
        const char *word = ++p;
        while (line && p < end && *p != ' ' && *p != '\n') p++;
        if (line) buf_fmt(&b, "%s%.*s", b.n ? " " : "", (int)(p - word), word);
        bool term = line && p - word == 4 && word[0] == 'T' && word[1] == 'E';
        while (p < end && *p != '\n') {
            if (term && *p == ' ' && p[1] == 'j') buf_char(&b, '!');
            if (term && *p == ' ' && p[1] == 'b') buf_char(&b, '+');
            p++;
        }
        p++;
    }
    return buf_done(&b);
}

static bool lex_case(const LexCase *c) {
    Arena a = {0};
    Sources ss = {.arena = &a};
    Diags ds = {.arena = &a, .sources = &ss};
    u32 file = source_add(&ss, S("case.wyn"), str_c(c->source), false);
    Str got = token_words(&a, tokens_dump(&a, interner_new(&a), &ds, file));
    bool ok = ds.errors == 0 && str_eq(got, str_c(c->tokens));
    if (!ok)
        printf("--- source\n%s\n--- want\n%s\n--- got\n%.*s\n", c->source, c->tokens,
               FMT(got));
    arena_free(&a);
    return ok;
}

int main(void) {
    int bad = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) bad += !lex_case(&cases[i]);
    return bad != 0;
}
