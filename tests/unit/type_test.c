/* type_test.c - interning of types, their text, and the layout questions. */
#include "../../compiler/sema/symbol.h"
#include "../../compiler/sema/type.h"
#include <stdio.h>

static int failures;
#define EXPECT(c) \
    ((c) ? (void)0 : (void)(failures++, fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #c)))

static Arena arena;
static TypeStore *ts;
static Interner *names;

static Type *prim(TyKind k) { return type_prim(ts, k); }

static bool text_is(Type *t, const char *want) {
    Str s = type_text(&arena, t);
    if (str_eq(s, str_c(want))) return true;
    fprintf(stderr, "text is %.*s, not %s\n", FMT(s), want);
    return false;
}

static void test_interning(void) {
    Type *ints = type_1(ts, TY_ARRAY, prim(TY_INT));
    EXPECT(ints == type_1(ts, TY_ARRAY, prim(TY_INT)));
    EXPECT(ints != type_1(ts, TY_ARRAY, prim(TY_FLOAT)));
    Type *f = type_make(ts, TY_FN, (Type *[]){ints, prim(TY_BOOL)}, 2);
    EXPECT(f == type_make(ts, TY_FN, (Type *[]){ints, prim(TY_BOOL)}, 2));
    EXPECT(f != type_make(ts, TY_TUPLE, (Type *[]){ints, prim(TY_BOOL)}, 2));
    Type *v = type_var(ts, 0);
    EXPECT(v == type_var(ts, 0) && v != type_var(ts, 1));
    EXPECT(type_1(ts, TY_OPTION, v)->has_var && !ints->has_var);
    for (int i = 0; i < 3000; i++) ints = type_1(ts, TY_ARRAY, ints);
    EXPECT(type_count(ts) > 3000 && type_at(ts, ints->id) == ints);
}

static void test_text(void) {
    Type *i = prim(TY_INT), *s = prim(TY_STRING);
    EXPECT(text_is(type_1(ts, TY_ARRAY, i), "[int]"));
    EXPECT(text_is(type_2(ts, TY_MAP, s, type_1(ts, TY_ARRAY, i)), "{string: [int]}"));
    EXPECT(text_is(type_1(ts, TY_OPTION, type_1(ts, TY_OPTION, i)), "int??"));
    EXPECT(text_is(type_make(ts, TY_TUPLE, (Type *[]){i, s}, 2), "(int, string)"));
    EXPECT(text_is(type_make(ts, TY_FN, (Type *[]){i, s}, 2), "fn(int) -> string"));
    EXPECT(text_is(type_make(ts, TY_FN, (Type *[]){prim(TY_VOID)}, 1), "fn()"));
    EXPECT(text_is(type_2(ts, TY_RESULT, i, s), "Result<int, string>"));
    EXPECT(text_is(type_1(ts, TY_FUTURE, prim(TY_VOID)), "Future<void>"));
    EXPECT(text_is(type_1(ts, TY_OPTION, type_make(ts, TY_FN, (Type *[]){i, i}, 2)),
                   "(fn(int) -> int)?"));
}

/* An enum type made by hand, as the checker expands one. */
static Type *enum_of(const char *name, TypeDecl *d, TyVariant *v, u32 n) {
    Type *t = type_named(ts, TY_ENUM, d, intern_c(names, name), NULL, 0);
    t->variants = v;
    t->variant_count = n;
    t->expanded = true;
    return t;
}

static void test_layout(void) {
    static TypeDecl plain, scalar, boxed, tree;
    Name a = intern_c(names, "A"), b = intern_c(names, "B");
    static TyVariant pv[2], sv[2], bv[2], tv[2];
    static TyField sf[1], bf[1], tf[2];
    pv[0].name = sv[0].name = bv[0].name = tv[0].name = a;
    pv[1].name = sv[1].name = bv[1].name = tv[1].name = b;
    sf[0].type = prim(TY_FLOAT), sv[1].fields = sf, sv[1].n = 1;
    bf[0].type = prim(TY_STRING), bv[0].fields = bf, bv[0].n = 1;
    Type *p = enum_of("Plain", &plain, pv, 2), *s = enum_of("Scalar", &scalar, sv, 2);
    Type *x = enum_of("Boxed", &boxed, bv, 2), *t = enum_of("Tree", &tree, tv, 2);
    tf[0].type = tf[1].type = t, tv[1].fields = tf, tv[1].n = 2;
    EXPECT(type_enum_layout(p) == ENUM_TAG && !type_has_ptr(p));
    EXPECT(type_enum_layout(s) == ENUM_VALUE && !type_is_one_pointer(s));
    EXPECT(type_enum_layout(x) == ENUM_BOXED && type_is_one_pointer(x));
    EXPECT(type_enum_layout(t) == ENUM_BOXED && type_has_ptr(t));
    EXPECT(enum_zero_variant(x) == 1 && enum_zero_variant(t) == 0);
    EXPECT(type_hashable(p) && type_comparable(t));
    Type *fl = prim(TY_FLOAT), *fn = type_make(ts, TY_FN, (Type *[]){fl, fl}, 2);
    EXPECT(!type_hashable(fl) && type_comparable(fl) && !type_comparable(fn));
    EXPECT(!type_comparable(type_1(ts, TY_ARRAY, fn)) && !type_has_zero(fn));
    EXPECT(type_has_zero(type_1(ts, TY_OPTION, fn)) && type_has_zero(type_1(ts, TY_ARRAY, fn)));
    EXPECT(!type_has_zero(type_make(ts, TY_TUPLE, (Type *[]){fl, fn}, 2)));
    EXPECT(!type_has_ptr(type_1(ts, TY_OPTION, fl)) && type_has_ptr(type_1(ts, TY_OPTION, fn)));
}

int main(void) {
    names = interner_new(&arena);
    ts = type_store_new(&arena, names);
    test_interning();
    test_text();
    test_layout();
    arena_free(&arena);
    return failures != 0;
}
