/* parse_common.h - for tests of the parser: a source text and the tree it must give, with runs of
 * blanks in the printed tree taken as one. */
#ifndef PARSE_COMMON_H
#define PARSE_COMMON_H
#include "syntax/parse.h"
#include <stdio.h>

typedef struct ParseCase {
    const char *source, *tree;
} ParseCase;

static Str parse_squeeze(Arena *a, Str s) {
    StrBuf b = {.arena = a};
    for (u32 i = 0; i < s.n; i++) {
        bool blank = s.p[i] == ' ' || s.p[i] == '\n';
        if (blank && (!b.n || b.p[b.n - 1] == ' ')) continue;
        buf_char(&b, blank ? ' ' : s.p[i]);
    }
    Str out = buf_done(&b);
    if (out.n && out.p[out.n - 1] == ' ') out.n--;
    return out;
}

static bool parse_case(const ParseCase *c) {
    Arena a = {0};
    Sources ss = {.arena = &a};
    Diags ds = {.arena = &a, .sources = &ss};
    u32 file = source_add(&ss, S("case.wyn"), str_c(c->source), false);
    AstModule *m = parse(&a, interner_new(&a), &ds, file);
    Str got = parse_squeeze(&a, ast_dump(&a, m));
    bool ok = ds.errors == 0 && str_eq(got, str_c(c->tree));
    if (!ok) {
        Str errors = diags_render(&ds, DIAG_TEXT, false);
        printf("--- source\n%s\n--- want\n%s\n--- got\n%.*s\n%.*s", c->source, c->tree, FMT(got),
               FMT(errors));
    }
    arena_free(&a);
    return ok;
}

static inline int parse_cases(const ParseCase *cases, size_t n) {
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad += !parse_case(&cases[i]);
    if (bad) printf("%d of %zu cases failed\n", bad, n);
    return bad != 0;
}
#endif
