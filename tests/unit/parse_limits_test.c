/* parse_limits_test.c - hostile texts: nesting of every kind gives one error `too deep`, long flat
 * programs are fine and linear, and no byte sequence makes trouble. */
#include "parse_common.h"
#include <string.h>

typedef struct Outcome {
    u32 errors, stmts;
    bool fatal, too_deep;
} Outcome;

static Outcome run(Str text) {
    Arena a = {0};
    Sources ss = {.arena = &a};
    Diags ds = {.arena = &a, .sources = &ss};
    u32 file = source_add(&ss, S("limit.wyn"), text, false);
    AstModule *m = parse(&a, interner_new(&a), &ds, file);
    Outcome o = {.errors = ds.errors, .stmts = m->stmts.n, .fatal = m->fatal};
    if (ds.list.n == 1) o.too_deep = strstr(ds.list.v[0]->message.p, "too deep") != NULL;
    if (!m->fatal) ast_dump(&a, m);
    arena_free(&a);
    return o;
}

typedef struct Repeat {
    const char *before, *part, *middle, *part2, *after;
} Repeat;

static Outcome run_repeat(const Repeat *r, u32 n) {
    Arena a = {0};
    StrBuf b = {.arena = &a};
    buf_c(&b, r->before);
    for (u32 i = 0; i < n; i++) buf_c(&b, r->part);
    buf_c(&b, r->middle);
    for (u32 i = 0; i < n; i++) buf_c(&b, r->part2);
    buf_c(&b, r->after);
    Outcome o = run(buf_done(&b));
    arena_free(&a);
    return o;
}

/* 100 levels are fine, 600 and 100,000 are one error. */
static const Repeat deep[] = {
    {"x = ", "(", "1", ")", ""},          {"x = ", "[", "", "]", ""},
    {"", "{ ", "", "}", ""},              {"", "if a { ", "", "}", ""},
    {"", "if a ", "b()", "", ""},         {"", "while a ", "b()", "", ""},
    {"x = ", "not ", "a", "", ""},        {"x = ", "~", "a", "", ""},
    {"x = ", "- ", "a", "", ""},          {"x = ", "await ", "a", "", ""},
    {"x = ", "a ? ", "b", " : c", ""},    {"x = ", "a ? b : ", "c", "", ""},
    {"x = ", "a ?? ", "b", "", ""},       {"x = ", "(a) => ", "b", "", ""},
    {"x = ", "|a| ", "b", "", ""},        {"x = ", "f(", "", ")", ""},
    {"x = ", "P { a: ", "1", "}", ""},    {"x = ", "{\"a\": ", "1", "}", ""},
    {"x: ", "[", "int", "]", " = y"},     {"x: ", "Box<", "int", ">", " = y"},
    {"x: ", "fn() -> ", "int", "", " = y"}, {"x: ", "(int, ", "int", ")", " = y"},
    {"", "match a { _ => ", "b", "}", ""}, {"match a { ", "[", "b", "]", " => 1 }"},
    {"", "if a b() else while c ", "d()", "", ""}, {"x = a", "[1", "", "]", ""},
    {"x = ", "if ", "a", " { 1 }", ""},   {"x = ", "fn() { ", "", "}", ""},
};

/* 100,000 of these are fine. */
static const Repeat flat[] = {
    {"x = a", " + a", "", "", ""},        {"x = a", " and a", "", "", ""},
    {"x = a", ".b", "", "", ""},          {"x = a", "(1)", "", "", ""},
    {"x = a", "[1]", "", "", ""},         {"x = a", "?.b", "", "", ""},
    {"if a { }", " else if b { }", "", "", ""}, {"x = [", "1, ", "", "", "]"},
    {"x = f(", "a, ", "", "", ")"},       {"x = \"", "${a} ", "", "", "\""},
    {"match a { ", "1 | ", "2 => 3 }", "", ""}, {"x: int", " | int", " = 3", "", ""},
    {"", "a()\n", "", "", ""},            {"", "f(a, b[1] + 2)\n", "", "", ""},
    {"", "fn f() { }\n", "", "", ""},     {"x = a", " < a", "", "", ""},
    {"enum E { ", "A, ", "", "", "}"},    {"", "/// doc\n", "", "", "x = 1"},
    {"", "x = * 5\n", "", "", ""},        {"", "f(a b)\n", "", "", ""},
    {"import ", "a.", "b", "", ""},       {"x = 1", "0", "", "", ""},
    {"", "let x\n", "", "", ""},          {"x = a", " ? b", "", "", ""},
    {"fn ", "a.", "b() { }", "", ""},     {"type A = ", "a.", "b", "", ""},
    {"fn f(", "a: int, ", "", "", ") { }"}, {"struct P { ", "a: int\n", "", "", "}"},
};

static bool nesting_ok(const Repeat *r) {
    Outcome fine = run_repeat(r, 100), more = run_repeat(r, 600), most = run_repeat(r, 100000);
    bool ok = fine.errors == 0 && more.errors == 1 && more.too_deep && most.errors == 1 &&
              most.too_deep && most.fatal;
    if (!ok)
        printf("nesting of '%s': 100: %u errors, 600: %u, 100000: %u\n", r->part, fine.errors,
               more.errors, most.errors);
    return ok;
}

/* Every byte, alone and in places where it might matter. */
static bool bytes_ok(void) {
    static const char *const frames[] = {"%", "x = %", "x = \"%\"", "x = \"${%}\"", "// %\ny = 1",
                                         "f(%)", "a%b", "a %% b", "'\\%'", "1%2", "struct P { %"};
    for (u32 c = 0; c < 256; c++)
        for (size_t k = 0; k < COUNT_OF(frames); k++) {
            char text[64];
            u32 n = 0;
            for (const char *p = frames[k]; *p; p++) text[n++] = *p == '%' ? (char)c : *p;
            Outcome o = run((Str){text, n});
            if (o.fatal && o.errors == 0) return false;
        }
    return true;
}

static bool flat_ok(const Repeat *r) {
    Outcome o = run_repeat(r, 100000);
    if (!o.too_deep) return true;
    printf("100000 of '%s' are too deep\n", r->part);
    return false;
}

int main(void) {
    int bad = 0;
    for (size_t i = 0; i < COUNT_OF(deep); i++) bad += !nesting_ok(&deep[i]);
    for (size_t i = 0; i < COUNT_OF(flat); i++) bad += !flat_ok(&flat[i]);
    if (!bytes_ok()) bad++, puts("a byte stops the parser without a report");
    return bad != 0;
}
