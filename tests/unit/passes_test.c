/* passes_test.c - coverage of matches, over trees built by hand. */
#include "../../compiler/sema/passes.h"
#include <stdio.h>
#include <string.h>

static Arena arena;
static TypeStore *types;
static Interner *names;
static Type *t_int, *t_bool, *t_shape;

static Pattern *pat(PatternKind kind, Type *type) {
    Pattern *p = NEW(&arena, Pattern);
    p->kind = kind;
    p->type = type;
    p->span = (Span){1, 0, 1};
    return p;
}

static Pattern *pat_int(i64 n) {
    Pattern *p = pat(PAT_INT, t_int);
    p->int_ = n;
    return p;
}

static Pattern *pat_range(i64 lo, i64 hi, bool inclusive) {
    Pattern *p = pat(PAT_RANGE, t_int);
    p->range.lo = pat_int(lo);
    p->range.hi = pat_int(hi);
    p->range.inclusive = inclusive;
    return p;
}

static Pattern *pat_bool(bool b) {
    Pattern *p = pat(PAT_BOOL, t_bool);
    p->bool_ = b;
    return p;
}

static Pattern *pat_list(PatternKind kind, Type *type, u32 n, Pattern **v) {
    Pattern *p = pat(kind, type);
    Pattern **copy = NEW_N(&arena, Pattern *, n);
    for (u32 i = 0; i < n; i++) copy[i] = v[i];
    if (kind == PAT_ARRAY) p->array.elems = copy, p->array.n = n;
    else p->tuple.elems = copy, p->tuple.n = n;
    return p;
}

#define LIST(...) \
    (u32)(sizeof((Pattern *[]){__VA_ARGS__}) / sizeof(Pattern *)), (Pattern *[]){__VA_ARGS__}

static Pattern *pat_variant(u32 index, u32 n, Pattern **args) {
    Pattern *p = pat(PAT_VARIANT, t_shape);
    p->variant.index = index;
    p->variant.n = n;
    p->variant.args = NEW_N(&arena, Pattern *, n);
    for (u32 i = 0; i < n; i++) p->variant.args[i] = args[i];
    return p;
}

/* enum Shape { Circle(int), Rect(int, bool), Nothing }, as declared nowhere */
static Type *shape_type(void) {
    Type *t = NEW(&arena, Type);
    *t = (Type){.kind = TY_ENUM, .name = intern_c(names, "Shape"), .variant_count = 3};
    t->variants = NEW_N(&arena, TyVariant, 3);
    TyField *one = NEW_N(&arena, TyField, 1), *two = NEW_N(&arena, TyField, 2);
    one[0].type = two[0].type = t_int;
    two[1].type = t_bool;
    t->variants[0] = (TyVariant){intern_c(names, "Circle"), one, 1};
    t->variants[1] = (TyVariant){intern_c(names, "Rect"), two, 2};
    t->variants[2] = (TyVariant){intern_c(names, "Nothing"), NULL, 0};
    return t;
}

static Tree *node(TreeKind kind, Type *type) {
    Tree *t = NEW(&arena, Tree);
    t->kind = kind;
    t->type = type;
    t->span = (Span){1, 0, 1};
    return t;
}

typedef struct Outcome {
    Str text;    /* of the first error */
    u32 errors, unused;
    bool falls;
} Outcome;

/* A match over a value of type `on` that gives `gives`. */
static Outcome match_run(Type *on, Type *gives, u32 n, Pattern **patterns) {
    Tree *m = node(TN_MATCH, gives), *body = node(TN_BLOCK, gives);
    m->match.subject = node(TN_ZERO, on);
    m->match.n = n;
    m->match.arms = NEW_N(&arena, TreeArm, n);
    for (u32 i = 0; i < n; i++) {
        m->match.arms[i].pattern = patterns[i];
        patterns[i]->span.off = i;
        m->match.arms[i].body = node(TN_ZERO, gives);
    }
    body->block.stmts = (TreeList){&m, 1};
    Fn fn = {.name = intern_c(names, "f"), .body = body, .ret = gives};
    Program p = {.types = types};
    vec_push(&arena, &p.fns, &fn);
    Sources sources = {.arena = &arena};
    source_add(&sources, S("f.wyn"), S("0123456789012345678901234567890123456789"), false);
    Diags ds = {.arena = &arena, .sources = &sources};
    exhaust_program(&arena, &ds, &p);
    Outcome o = {.text = S(""), .errors = ds.errors, .unused = ds.warnings,
                 .falls = m->match.falls_through};
    for (u32 i = ds.list.n; i-- > 0;)
        if (ds.list.v[i]->code == E_NON_EXHAUSTIVE) o.text = ds.list.v[i]->message;
    return o;
}

static u32 failed;

static void expect(const char *what, Outcome o, const char *text, u32 unused) {
    bool fine = text ? o.errors == 1 && strstr(str_z(&arena, o.text), text) : o.errors == 0;
    if (fine && o.unused == unused) return;
    printf("%s: %u errors, %u unused arms: %.*s\n", what, o.errors, o.unused, FMT(o.text));
    failed++;
}

static void test_enums(void) {
    Pattern *circle = pat_variant(0, LIST(NULL)), *nothing = pat_variant(2, 0, NULL);
    Pattern *rect_true = pat_variant(1, LIST(NULL, pat_bool(true)));
    Pattern *rect_false = pat_variant(1, LIST(NULL, pat_bool(false)));
    Pattern *rect = pat_variant(1, LIST(pat(PAT_BIND, t_int), pat(PAT_WILD, t_bool)));
    expect("two missing", match_run(t_shape, t_int, LIST(circle)),
           "missing Shape.Rect(_, _), Shape.Nothing", 0);
    expect("all", match_run(t_shape, t_int, LIST(circle, rect_true, nothing, rect_false)), NULL, 0);
    expect("half a payload", match_run(t_shape, t_int, LIST(circle, nothing, rect_true)),
           "missing Shape.Rect(_, false)", 0);
    expect("covered", match_run(t_shape, t_int, LIST(rect, rect_true, circle, nothing)), NULL, 1);
    expect("statement", match_run(t_shape, type_prim(types, TY_VOID), LIST(circle, rect)),
           "missing Shape.Nothing", 0);
}

static void test_scalars(void) {
    Type *t_void = type_prim(types, TY_VOID);
    Outcome o = match_run(t_int, t_void, LIST(pat_int(1), pat_int(2)));
    expect("statement falls through", o, NULL, 0);
    if (!o.falls) failed++, puts("falls_through is not set");
    expect("value", match_run(t_int, t_bool, LIST(pat_int(1))), "must end with a wildcard", 0);
    Pattern *any = pat(PAT_BIND, t_int);
    expect("ranges", match_run(t_int, t_bool, LIST(pat_range(0, 10, false), pat_int(9), pat_int(10),
                                                   pat_range(1, 9, true), any)), NULL, 2);
    expect("after all", match_run(t_int, t_bool, LIST(any, pat_int(1))), NULL, 1);
    expect("bool", match_run(t_bool, t_int, LIST(pat_bool(true))), "missing false", 0);
}

static void test_tuples_and_arrays(void) {
    Type *pair = type_2(types, TY_TUPLE, t_bool, t_bool), *ints = type_1(types, TY_ARRAY, t_int);
    Pattern *tf = pat_list(PAT_TUPLE, pair, LIST(pat_bool(true), pat_bool(false)));
    Pattern *ft = pat_list(PAT_TUPLE, pair, LIST(NULL, pat_bool(true)));
    expect("tuple", match_run(pair, t_int, LIST(tf, ft)), "missing (false, false)", 0);
    Pattern *empty = pat_list(PAT_ARRAY, ints, 0, NULL);
    Pattern *one = pat_list(PAT_ARRAY, ints, LIST(NULL));
    Pattern *rest = pat_list(PAT_ARRAY, ints, LIST(pat(PAT_BIND, t_int)));
    rest->array.has_rest = true;
    rest->array.rest_at = 1;
    expect("head and rest", match_run(ints, t_int, LIST(empty, rest)), NULL, 0);
    expect("one is covered", match_run(ints, t_int, LIST(empty, rest, one)), NULL, 1);
    expect("lengths", match_run(ints, t_int, LIST(empty, one)), "missing [_, _, ...]", 0);
}

/* n columns of bools, each arm true in one: the search is exponential without a bound. */
static void test_bound(void) {
    enum { N = 40 };
    Type *args[N];
    for (u32 i = 0; i < N; i++) args[i] = t_bool;
    Type *wide = type_make(types, TY_TUPLE, args, N);
    Pattern *arms[2 * N];
    for (u32 i = 0; i < 2 * N; i++) {
        Pattern *cells[N] = {0};
        cells[i / 2] = pat_bool(i % 2);
        cells[(i / 2 + 7) % N] = pat_bool(i / 2 % 2);
        arms[i] = pat_list(PAT_TUPLE, wide, N, cells);
    }
    Outcome o = match_run(wide, t_int, 2 * N, arms);
    if (o.errors > 1) failed++, puts("bound: more than one error");
}

int main(void) {
    names = interner_new(&arena);
    types = type_store_new(&arena, names);
    t_int = type_prim(types, TY_INT);
    t_bool = type_prim(types, TY_BOOL);
    t_shape = shape_type();
    test_enums();
    test_scalars();
    test_tuples_and_arrays();
    test_bound();
    return failed != 0;
}
