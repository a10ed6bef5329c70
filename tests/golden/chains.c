#include "wyn.h"
#include "wyn_inline.h"

static int64_t w_one_loop(wyn_array *);
static int64_t w_one_loop_lambda(int64_t, wyn_fn *);
static bool w_one_loop_lambda_2(int64_t, wyn_fn *);
static wyn_array *w_of_lines(wyn_str *);
static bool w_of_lines_lambda(wyn_str *, wyn_fn *);
static int64_t w_of_lines_lambda_2(wyn_str *, wyn_fn *);
static int64_t w_string_len(wyn_str *);
int64_t wyn_str_len(wyn_str *);
static wyn_array *w_step_by_step(wyn_array *);
static int64_t w_step_by_step_lambda(int64_t, wyn_fn *);
static bool w_step_by_step_lambda_2(int64_t, wyn_fn *);
static void w_main(void);
WYN_INLINE wyn_array *w_array_int_map___int(wyn_array *, wyn_fn *);
WYN_INLINE wyn_array *w_array_int_filter(wyn_array *, wyn_fn *);
WYN_INLINE int64_t w_array_int_sum_fused(wyn_array *, wyn_fn *, wyn_fn *, const wyn_site *);
WYN_INLINE wyn_array *w_array_string_map___int_fused(wyn_str *, wyn_fn *, wyn_fn *);

static const wyn_site SITE_0 = {"chains.wyn", "one_loop", 2};
WYN_STR_LIT(S_1, 2, "a\012");

static const wyn_fn F_one_loop_lambda = {(void *)w_one_loop_lambda};
static const wyn_fn F_one_loop_lambda_2 = {(void *)w_one_loop_lambda_2};
static const wyn_fn F_of_lines_lambda = {(void *)w_of_lines_lambda};
static const wyn_fn F_of_lines_lambda_2 = {(void *)w_of_lines_lambda_2};
static const wyn_fn F_step_by_step_lambda = {(void *)w_step_by_step_lambda};
static const wyn_fn F_step_by_step_lambda_2 = {(void *)w_step_by_step_lambda_2};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_one_loop\0" "one_loop" "\0"
    "w_one_loop_lambda\0" "one_loop" "\0"
    "w_one_loop_lambda_2\0" "one_loop" "\0"
    "w_of_lines\0" "of_lines" "\0"
    "w_of_lines_lambda\0" "of_lines" "\0"
    "w_of_lines_lambda_2\0" "of_lines" "\0"
    "w_string_len\0" "string.len" "\0"
    "w_step_by_step\0" "step_by_step" "\0"
    "w_step_by_step_lambda\0" "step_by_step" "\0"
    "w_step_by_step_lambda_2\0" "step_by_step" "\0"
    "w_main\0" "main" "\0"
    "w_array_int_map___int\0" "[int].map" "\0"
    "w_array_int_filter\0" "[int].filter" "\0"
    "w_array_int_sum_fused\0" "[int].sum" "\0"
    "w_array_string_map___int_fused\0" "[string].map" "\0"
    "";

/* fn one_loop(xs: [int]) -> int */
#line 2 "chains.wyn"
static int64_t w_one_loop(wyn_array *xs) {
#line 2
    return w_array_int_sum_fused(xs, ((wyn_fn *)&F_one_loop_lambda), ((wyn_fn *)&F_one_loop_lambda_2), &SITE_0);
}

#line 2
static int64_t w_one_loop_lambda(int64_t x, wyn_fn *t1) {
    (void)t1;
#line 2
    return x * 3;
}

#line 2
static bool w_one_loop_lambda_2(int64_t x, wyn_fn *t1) {
    (void)t1;
#line 2
    return x % 2 == 0;
}

/* fn of_lines(text: string) -> [int] */
#line 3
static wyn_array *w_of_lines(wyn_str *text) {
#line 3
    return w_array_string_map___int_fused(text, ((wyn_fn *)&F_of_lines_lambda), ((wyn_fn *)&F_of_lines_lambda_2));
}

#line 3
static bool w_of_lines_lambda(wyn_str *l, wyn_fn *t1) {
    (void)t1;
#line 3
    return !wyn_str_eq(l, wyn_str_empty);
}

#line 3
static int64_t w_of_lines_lambda_2(wyn_str *l, wyn_fn *t1) {
    (void)t1;
#line 3
    return w_string_len(l);
}

/* fn string.len(self) -> int */
#line N "std/string.wyn"
static int64_t w_string_len(wyn_str *self) {
#line N
    return wyn_str_len(self);
}

/* fn step_by_step(xs: [int]) -> [int] */
#line 4 "chains.wyn"
static wyn_array *w_step_by_step(wyn_array *xs) {
#line 4
    return w_array_int_filter(w_array_int_map___int(xs, ((wyn_fn *)&F_step_by_step_lambda)), ((wyn_fn *)&F_step_by_step_lambda_2));
}

#line 4
static int64_t w_step_by_step_lambda(int64_t x, wyn_fn *t1) {
    (void)t1;
#line 5
    wyn_println_int(x);
    return x + 1;
}

#line 7
static bool w_step_by_step_lambda_2(int64_t x, wyn_fn *t1) {
    (void)t1;
#line 7
    return x > 1;
}

/* fn main() */
#line 8
static void w_main(void) {
    wyn_text t1;
#line 9
    int64_t t2 = w_one_loop(wyn_array_of(&wyn_type_int, 2, (int64_t[]){1, 2}));
#line 9
    wyn_array *t3 = w_of_lines(WYN_S(S_1));
#line 9
    wyn_array *t4 = w_step_by_step(wyn_array_of(&wyn_type_int, 1, &(int64_t){3}));
#line 9
    wyn_text_open(&t1);
#line 9
    wyn_text_int(&t1, t2);
#line 9
    wyn_text_bytes(&t1, " ", 1);
#line 9
    wyn_fmt(&t1, &(wyn_array *){t3}, &wyn_type_ints);
#line 9
    wyn_text_bytes(&t1, " ", 1);
#line 9
    wyn_fmt(&t1, &(wyn_array *){t4}, &wyn_type_ints);
#line 9
    wyn_text_bytes(&t1, "\012", 1);
#line 9
    wyn_text_print(&t1);
}

/* fn [int].map<int>(self, f: fn(int) -> int) -> [int] */
#line N "std/array.wyn"
WYN_INLINE wyn_array *w_array_int_map___int(wyn_array *self, wyn_fn *f) {
    int64_t (*f_code)(int64_t, wyn_fn *) = f->code;
#line N
    wyn_array *out = wyn_array_new(&wyn_type_int, wyn_array_len(self));
    int64_t t1 = wyn_array_len(self);
#line N
    for (int64_t t2 = 0; t2 < t1 && t2 < wyn_array_len(self); t2++) {
#line N
        int64_t x = wyn_array_raw_int(self, t2);
#line N
        wyn_array_push_own_int(out, f_code(x, f));
    }
#line N
    return out;
}

/* fn [int].filter(self, test: fn(int) -> bool) -> [int] */
WYN_INLINE wyn_array *w_array_int_filter(wyn_array *self, wyn_fn *test) {
    bool (*test_code)(int64_t, wyn_fn *) = test->code;
#line N
    wyn_array *out = wyn_array_new(&wyn_type_int, 0);
    int64_t t1 = wyn_array_len(self);
#line N
    for (int64_t t2 = 0; t2 < t1 && t2 < wyn_array_len(self); t2++) {
#line N
        int64_t x = wyn_array_raw_int(self, t2);
        if (test_code(x, test)) {
#line N
            wyn_array_push_own_int(out, x);
        }
    }
#line N
    return out;
}

/* sum over map, filter in one loop */
#line N
WYN_INLINE int64_t w_array_int_sum_fused(wyn_array *t1, wyn_fn *f, wyn_fn *test, const wyn_site *t2) {
    (void)t2;
    int64_t (*f_code)(int64_t, wyn_fn *) = f->code;
    bool (*test_code)(int64_t, wyn_fn *) = test->code;
#line N
    int64_t total = 0;
    int64_t t3 = wyn_array_len(t1);
#line N
    for (int64_t t4 = 0; t4 < t3 && t4 < wyn_array_len(t1); t4++) {
#line N
        int64_t t5 = wyn_array_raw_int(t1, t4);
#line N
        int64_t t6 = f_code(t5, f);
#line N
        if (test_code(t6, test)) {
#line N
            int64_t x = t6;
#line N
            total += x;
        }
    }
#line N
    return total;
}

/* map over lines, filter in one loop */
#line N
WYN_INLINE wyn_array *w_array_string_map___int_fused(wyn_str *t1, wyn_fn *test, wyn_fn *f) {
    bool (*test_code)(wyn_str *, wyn_fn *) = test->code;
    int64_t (*f_code)(wyn_str *, wyn_fn *) = f->code;
#line N
    wyn_array *out = wyn_array_new(&wyn_type_int, 0);
    int64_t t2 = 0;
#line N
    for (;;) {
#line N
        wyn_str *t3 = wyn_str_next_line(t1, &t2);
#line N
        if (t3 == NULL) {
#line N
            break;
        }
#line N
        if (test_code(t3, test)) {
#line N
            wyn_str *x = t3;
#line N
            wyn_array_push_own_int(out, f_code(x, f));
        }
    }
#line N
    return out;
}
