/* Panics: texts, deferred blocks, try_call, overflow of the stack, the end of the program. */
#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"p.wyn", "f", 4};

static void divide(void) { wyn_div(1, 0, &site); }
static void modulo(void) { wyn_mod(1, 0, &site); }
static void shift(void) { wyn_shl(1, -1, &site); }
static void none(void) { wyn_panic_none(&site); }
static void library(void) { wyn_panic_at(&(wyn_site){"std/x.wyn", "g", 1}, "odd"); }
static void error_out(void) {
    wyn_str *e = STR("no file");
    wyn_main_error(&e, &wyn_type_str);
}
static void key(void) {
    wyn_str *k = STR("z\"z");
    wyn_panic_map_key(&k, &wyn_type_str, false, &site);
}
static void key_compound(void) {
    int64_t k = 5;
    wyn_panic_map_key(&k, &wyn_type_int, true, &site);
}

static void ints(void) {
    OK(wyn_div(-7, 2, &site) == -3 && wyn_mod(-7, 2, &site) == -1 && wyn_mod(7, -3, &site) == 1);
    OK(wyn_div(INT64_MIN, -1, &site) == INT64_MIN && wyn_mod(INT64_MIN, -1, &site) == 0);
    OK(wyn_shl(1, 63, &site) == INT64_MIN && wyn_shl(1, 64, &site) == 0);
    OK(wyn_shr(-5, 100, &site) == -1 && wyn_shr(5, 64, &site) == 0 && wyn_shr(-8, 1, &site) == -4);
    OK(wyn_float_to_int(1e30) == INT64_MAX && wyn_float_to_int(-1e30) == INT64_MIN);
    OK(wyn_float_to_int(0.0 / (wyn_shl(0, 1, &site) + 0.0)) == 0 && wyn_float_to_int(-2.9) == -2);
    OK(wyn_range_count(0, 10, 3, false) == 4 && wyn_range_count(0, 9, 3, false) == 3);
    OK(wyn_range_count(0, 9, 3, true) == 4 && wyn_range_count(10, 0, -5, false) == 2);
    OK(wyn_range_count(0, 10, 0, false) == 0 && wyn_range_count(0, -1, 1, true) == 0);
}

/* ---- deferred blocks ---- */

typedef struct Record {
    wyn_frame frame;
    wyn_defer_entry a, b;
    int64_t n;
} Record;

static char log_text[100];
static void note(const char *s) { memcpy(log_text + strlen(log_text), s, strlen(s) + 1); }
static void run_a(void *r) { note("a"), OK(((Record *)r)->n == 7); }
static void run_b(void *r) { (void)r, note("b"); }
static void run_bad(void *r) { (void)r, note("x"), wyn_panic_at(&site, "second"); }

static void with_defers(int64_t stop) {
    Record r;
    wyn_frame_enter(&r.frame);
    r.n = 7;
    wyn_defer(&r.frame, &r.a, run_a);
    if (stop == 1) wyn_panic_at(&site, "first");
    wyn_defer(&r.frame, &r.b, stop == 3 ? run_bad : run_b);
    if (stop >= 2) wyn_panic_at(&site, "first");
    wyn_frame_leave(&r.frame);
}

typedef struct Thunk {
    wyn_fn fn;
    int64_t stop;
} Thunk;

static void call_defers(void *result, wyn_fn *self) {
    with_defers(((Thunk *)self)->stop);
    *(int64_t *)result = 42;
}

static void defers(void) {
    static const char *const logs[] = {"ba", "a", "ba", "xa"};
    for (int64_t stop = 0; stop < 4; stop++) {
        Thunk t = {{(void *)call_defers}, stop};
        int64_t result = 0;
        wyn_str *err = NULL;
        log_text[0] = '\0';
        bool ok = wyn_try_call(&t.fn, &result, &err);
        OK(ok == (stop == 0) && strcmp(log_text, logs[stop]) == 0);
        if (ok) OK(result == 42);
        if (!ok) TEXT(err, "first");
    }
}

static void nested_panic(void) { with_defers(3); }

/* ---- stack ---- */

static __attribute__((noinline)) int64_t deep(int64_t n) {
    volatile int64_t here = n;
    return n == 0 ? 0 : deep(n - 1) + here - here + 1;
}

static void call_endless(void *result, wyn_fn *self) {
    Record r;
    (void)self;
    wyn_frame_enter(&r.frame);
    r.n = 7;
    wyn_defer(&r.frame, &r.a, run_a);
    *(int64_t *)result = deep(INT64_MAX);
    wyn_frame_leave(&r.frame);
}

static void overflow(void) {
    wyn_fn f = {(void *)call_endless};
    int64_t result;
    wyn_str *err;
    for (int i = 0; i < 2; i++) { /* the guard works again afterwards */
        log_text[0] = '\0';
        OK(!wyn_try_call(&f, &result, &err) && strcmp(log_text, "a") == 0);
        TEXT(err, "stack overflow (recursion too deep?)");
    }
}

static void endless(void) { deep(INT64_MAX); }

/* ---- asserts ---- */

static void asserts(void) {
    int64_t a = 1, b = 2;
    wyn_assert(true, NULL, &site);
    wyn_assert(false, STR("hm"), &site);
    wyn_assert_eq(&a, &b, &wyn_type_int, &site);
    wyn_println_int(7);
}

static void block_ok(void) { wyn_println_int(1); }
static void block_bad(void) { wyn_assert(false, NULL, &site); }
static void block_panics(void) { wyn_panic_at(&site, "oops"); }

static void tests(void) {
    wyn_test blocks[] = {{STR("good"), block_ok}, {STR("bad"), block_bad},
                         {STR("panics"), block_panics}};
    wyn_exit(wyn_run_tests(blocks, 3, NULL, NULL));
}

static void out_of_memory(void) { wyn_alloc_slow((size_t)1 << 46, WYN_MEM_ATOMIC); }

int64_t wyn_main(void) {
    PANICS(divide, "panic at p.wyn:4: division by zero\n");
    PANICS(modulo, "panic at p.wyn:4: modulo by zero\n");
    PANICS(shift, "negative shift count: -1");
    PANICS(none, "unwrap() called on None");
    PANICS(library, "panic: odd\n");
    PANICS(key, "missing map key: \"z\\\"z\"");
    PANICS(key_compound, "map key 5 not found for compound assignment (+=, -=, ...)");
    PANICS(nested_panic, "panic at p.wyn:4: first\n");
    PANICS(nested_panic, "panic at p.wyn:4: second\n");
    PANICS(out_of_memory, "panic: out of memory\n");
    ints();
    defers();
#ifndef __SANITIZE_ADDRESS__
    OK(deep(1000000) == 1000000);
    overflow();
    PANICS(endless, "panic: stack overflow (recursion too deep?)\n");
#else
    (void)overflow, (void)endless;
#endif
    Child c = check_child(error_out);
    OK(c.status == 1 && strcmp(c.text, "Error: no file\n") == 0);
    c = check_child(asserts);
    OK(strcmp(c.text, "    assert failed at p.wyn:4: hm\n    assert_eq failed at p.wyn:4\n"
                      "      expected: 2\n      got:      1\n7\n") == 0);
    c = check_child(tests);
    OK(c.status == 1 && strstr(c.text, "  ✓ good") != NULL);
    OK(strstr(c.text, "  ✗ bad") != NULL);
    OK(strstr(c.text, "  ✗ panics") != NULL && strstr(c.text, "\n1 passed, 2 failed\n") != NULL);
    return 0;
}
