/* Diagnostics: order, duplicates, the twenty that are shown, columns, cropping, JSON. */
#include "base/diag.h"
#include <stdio.h>
#include <string.h>

static Arena arena;
static Sources sources = {.arena = &arena};
static u32 file;

static Diags *fresh(const char *text) {
    Diags *ds = NEW(&arena, Diags);
    *ds = (Diags){.arena = &arena, .sources = &sources};
    file = source_add(&sources, S("main.wyn"), str_c(text), false);
    return ds;
}

static Span at(u32 off, u32 len) { return (Span){file, off, len}; }

static void same(Diags *ds, DiagFormat format, const char *want) {
    Str got = diags_render(ds, format, false);
    if (strcmp(got.p, want) == 0) return;
    printf("got:\n%s\nexpected:\n%s\n", got.p, want);
    ASSERT(!"rendered text differs");
}

static void labels(void) {
    Diags *ds = fresh("\n\n\n\n\n\n    var r = total - \"x\"\n");
    Diag *d = diag_new(ds, E_TYPE_MISMATCH, at(26, 3), "Type mismatch");
    diag_label(d, at(26, 3), "Got: %s", "string");
    diag_label(d, at(18, 5), "Expected: int, because of this");
    diag_hint(d, "convert with .to_string()");
    same(ds, DIAG_TEXT,
         "Error[E0201]: Type mismatch\n"
         "  --> main.wyn:7:21\n"
         "7 |     var r = total - \"x\"\n"
         "  |             -----   ^^^ Got: string\n"
         "  |             Expected: int, because of this\n"
         "  hint: convert with .to_string()\n");
    ASSERT(diag_exit_status(ds) == EXIT_CHECK);
}

static void other_lines(void) {
    Diags *ds = fresh("fn f() {}\nx\ny\nfn f() {}\n");
    Diag *d = diag_new(ds, E_DUPLICATE, at(17, 1), "'f' is declared twice");
    diag_label(d, at(3, 1), "first here");
    diag_note(d, "a note");
    same(ds, DIAG_TEXT,
         "Error[E0308]: 'f' is declared twice\n"
         "  --> main.wyn:4:4\n"
         "1 | fn f() {}\n"
         "  |    - first here\n"
         "...\n"
         "4 | fn f() {}\n"
         "  |    ^\n"
         "  note: a note\n");
}

static void columns(void) {
    Diags *ds = fresh("\t\xC3\xA9 = \xE6\x97\xA5 + z\n");
    diag_new(ds, E_UNDEFINED, at(12, 1), "no z");
    same(ds, DIAG_TEXT,
         "Error[E0301]: no z\n"
         "  --> main.wyn:1:10\n"
         "1 |     \xC3\xA9 = \xE6\x97\xA5 + z\n"
         "  |              ^\n");
    ds = fresh("ab\xFF\x01z\n");
    diag_new(ds, E_UNEXPECTED_CHAR, at(4, 1), "odd");
    same(ds, DIAG_TEXT,
         "Error[E0002]: odd\n"
         "  --> main.wyn:1:5\n"
         "1 | ab\xEF\xBF\xBD\xEF\xBF\xBDz\n"
         "  |     ^\n");
    ds = fresh("x = (");
    diag_new(ds, E_SYNTAX, at(5, 0), "end of file");
    same(ds, DIAG_TEXT,
         "Error[E0100]: end of file\n"
         "  --> main.wyn:1:6\n"
         "1 | x = (\n"
         "  |      ^\n");
}

static void long_line(void) {
    char *text = NEW_N(&arena, char, 100001);
    memset(text, 'a', 100000);
    memcpy(text + 50000, "BAD", 3);
    Diags *ds = fresh(text);
    diag_new(ds, E_SYNTAX, at(50000, 3), "bad");
    Str got = diags_render(ds, DIAG_TEXT, false);
    ASSERT(got.n < 400 && strstr(got.p, "1 | ...aaa") && strstr(got.p, "aaaBADaaa"));
    const char *bad = strstr(got.p, "BAD"), *caret = strstr(got.p, "^^^");
    const char *line = strstr(got.p, "1 | ..."), *under = strstr(got.p, "\n  |") + 1;
    ASSERT(bad - line == caret - under);
}

static void once_and_sorted(void) {
    Diags *ds = fresh("a b c d e f g h i j k l m n o p q r s t u v w x y z\n");
    for (u32 i = 26; i-- > 0;)
        for (int twice = 0; twice < 2; twice++)
            diag_new(ds, E_UNDEFINED, at(i * 2, 1), "number %u", i);
    diag_new(ds, E_UNKNOWN_TYPE, at(0, 1), "the same place");
    diag_new(ds, W_UNUSED_VAR, at(0, 1), "a warning there is another matter");
    diag_new(ds, L_DEFAULTED, at(2, 1), "lints are off");
    ASSERT(ds->errors == 26 && ds->warnings == 1 && ds->list.n == 27);
    Str got = diags_render(ds, DIAG_TEXT, false);
    ASSERT(strstr(got.p, "number 0") < strstr(got.p, "number 19") && !strstr(got.p, "number 20"));
    ASSERT(str_ends(got, S("6 more errors\n")));
}

static void json(void) {
    Diags *ds = fresh("a \"b\"\n");
    Diag *d = diag_new(ds, E_SYNTAX, at(2, 3), "bad \"text\"\n");
    diag_label(d, at(0, 1), "here");
    diag_hint(d, "fix\tit");
    same(ds, DIAG_JSON,
         "{\"severity\":\"error\",\"code\":\"E0100\",\"message\":\"bad \\\"text\\\"\\n\","
         "\"file\":\"main.wyn\",\"line\":1,\"column\":3,\"end_line\":1,\"end_column\":6,"
         "\"offset\":2,\"length\":3,\"labels\":[{\"file\":\"main.wyn\",\"line\":1,\"column\":1,"
         "\"end_line\":1,\"end_column\":2,\"offset\":0,\"length\":1,\"text\":\"here\"}],"
         "\"notes\":[],\"hints\":[\"fix\\tit\"]}\n");
    ASSERT(diag_exit_status(ds) == EXIT_PARSE);
}

int main(void) {
    labels();
    other_lines();
    columns();
    long_line();
    once_and_sorted();
    json();
    ASSERT(diag_code_find(S("E0201")) == E_TYPE_MISMATCH && diag_code_find(S("X")) == DIAG_COUNT);
    arena_free(&arena);
    return 0;
}
