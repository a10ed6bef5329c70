/* parse_span_test.c - places are exact: a statement covers its text from the first byte of its
 * first token to the last of its last, and so does each expression, operator and name. */
#include "parse_common.h"
#include <string.h>

static const char *const statements[] = {
    "a()", "a = b", "a, b = b, a", "x: int = 5", "var x = 1", "var a, b = 1, 2", "const K = 1",
    "var (a, b) = c", "var [a, ...b] = c", "return", "return 5", "return a, b", "break", "i++",
    "a.b += 1", "if a { b() }", "if a b() else c()", "if a { } else if b { } else { c() }",
    "while a { }", "while a b()", "for i in 0..3 { }", "for (a, b) in m { }", "for i in xs f(i)",
    "for var i = 0; i < 3; i++ { }", "outer: for i in xs { }", "parallel for i in xs { }",
    "parallel { a() }", "scope(timeout: 5) s { }", "select { a => b }", "defer a()", "defer { }",
    "yield 1", "test \"a\" { }", "before_each { }", "import a.b", "import a as b",
    "import { a } from b", "export { a, b }", "pub fn f() { }", "export var x = 1", "fn f() => 1",
    "fn A<T>.b<U>(self) -> [U] { }", "extern fn f(a: int) -> int", "extern fn f()", "{ a() }",
    "struct P<T> { a: int }", "pub struct P { }", "enum E { A, B(int) }", "type A = int?",
    "trait T { fn a(self) }", "impl A for B { fn c() { } }", "match a { 1 => 2 }", "spawn f(1)",
};

static const char *const values[] = {
    "a", "1", "1.5", "\"s\"", "'t'", "\"a${b}c\"", "true", "None", "self", "a.b", "a?.b", "a::b",
    "t.0", "f(a, b: 1)", "a[1]", "a[1:2]", "a[:]", "f()?", "f<int>(x)", "P { a: 1 }", "Box<int>{}",
    "-a", "not a", "a + b", "a + b - c", "a and b or c", "a in 1..3", "a not in b", "a ?? b",
    "a ? b : c", "if a { 1 } else { 2 }", "match a { _ => 1 }", "(x) => x", "|x| x + 1",
    "fn(x) { }", "[1, 2]", "(1, 2)", "{\"a\": 1}", "{: 1}", "[i for i in 0..3 if i > 1]",
    "spawn f()",
    "spawn { }", "s.spawn f()", "await f", "await(timeout: 5) f", "&a.b", "(a + b).c", "(a)(b)",
    "a\n    .b()\n    .c", "f(\n    1,\n    2\n)",
};

static Str text_of(const char *source, Span s) { return (Str){source + s.off, s.len}; }

static bool same(const char *what, Str want, Str got) {
    if (str_eq(want, got)) return true;
    printf("%s: want '%.*s', got '%.*s'\n", what, FMT(want), FMT(got));
    return false;
}

static AstModule *parse_text(Arena *a, const char *source) {
    Sources *ss = NEW(a, Sources);
    Diags *ds = NEW(a, Diags);
    ss->arena = ds->arena = a;
    ds->sources = ss;
    u32 file = source_add(ss, S("span.wyn"), str_c(source), false);
    return parse(a, interner_new(a), ds, file);
}

static bool statement_ok(const char *source) {
    Arena a = {0};
    AstModule *m = parse_text(&a, str_fmt(&a, "one()\n%s // c\nlast()\n", source).p);
    bool ok = m->stmts.n == 3;
    if (ok) {
        const char *text = str_fmt(&a, "one()\n%s // c\nlast()\n", source).p;
        ok = same("statement", str_c(source), text_of(text, m->stmts.v[1]->span));
    } else {
        printf("'%s': %u statements\n", source, m->stmts.n);
    }
    arena_free(&a);
    return ok;
}

static bool value_ok(const char *value) {
    Arena a = {0};
    const char *text = str_fmt(&a, "x = %s\n", value).p;
    AstModule *m = parse_text(&a, text);
    bool ok = m->stmts.n == 1 && m->stmts.v[0]->kind == AST_ASSIGN;
    if (!ok) printf("'%s' is no value\n", value);
    const Ast *e = ok ? m->stmts.v[0]->assign.values.v[0] : NULL;
    if (ok) ok = same("value", str_c(value), text_of(text, e->span));
    arena_free(&a);
    return ok;
}

/* Names, operators and parts inside their nodes. */
static bool parts_ok(void) {
    Arena a = {0};
    const char *text = "x = (aa + bb) not in cc.dd(ee: 1)\nfn ff(gg: [int]) -> hh? { }\n";
    AstModule *m = parse_text(&a, text);
    const Ast *chain = m->stmts.v[0]->assign.values.v[0], *fn = m->stmts.v[1];
    const AstChainStep *step = &chain->chain.steps[0];
    const Ast *call = step->rhs;
    bool ok = same("operator", S("not in"), text_of(text, step->op_span));
    ok &= same("in parentheses", S("aa + bb"), text_of(text, chain->chain.first->span));
    ok &= same("call", S("cc.dd(ee: 1)"), text_of(text, call->span));
    ok &= same("callee", S("cc.dd"), text_of(text, call->call.fn->span));
    ok &= same("field", S("dd"), text_of(text, call->call.fn->field.name_span));
    ok &= same("argument", S("ee"), text_of(text, call->call.args.v[0].name_span));
    ok &= same("function", S("ff"), text_of(text, fn->fn.name_span));
    ok &= same("parameter", S("gg"), text_of(text, fn->fn.params.v[0].span));
    ok &= same("type", S("[int]"), text_of(text, fn->fn.params.v[0].type->span));
    ok &= same("result", S("hh?"), text_of(text, fn->fn.ret->span));
    ok &= same("body", S("{ }"), text_of(text, fn->fn.body->span));
    arena_free(&a);
    return ok;
}

int main(void) {
    int bad = !parts_ok();
    for (size_t i = 0; i < COUNT_OF(statements); i++) bad += !statement_ok(statements[i]);
    for (size_t i = 0; i < COUNT_OF(values); i++) bad += !value_ok(values[i]);
    return bad != 0;
}
