/* Maps and sets: against a plain model, order, removal, iteration while changing. */
#include "check.h"

const char wyn_names[] = "";

static const wyn_type ints = {.kind = WYN_T_MAP, .flags = WYN_TF_PTR, .size = 8,
                              .name = "{int: int}", .a = &wyn_type_int, .b = &wyn_type_int};
static const wyn_type strs = {.kind = WYN_T_MAP, .flags = WYN_TF_PTR, .size = 8,
                              .name = "{string: string}", .a = &wyn_type_str,
                              .b = &wyn_type_str};
static const wyn_type set_ints = {.kind = WYN_T_SET, .flags = WYN_TF_PTR, .size = 8,
                                  .name = "HashSet<int>", .a = &wyn_type_int};

static uint64_t x = 88172645463325252u;
static uint64_t next(void) { return x ^= x << 13, x ^= x >> 7, x ^= x << 17; }

/* Random puts and removes of `span` keys against an array; order checked at the end. */
static void model(int64_t span, int rounds) {
    wyn_map *m = wyn_map_new(&ints, 0);
    int64_t *value = calloc((size_t)span, sizeof *value);
    int64_t *born = calloc((size_t)span, sizeof *born);
    int64_t live = 0;
    for (int i = 1; i <= rounds; i++) {
        int64_t k = (int64_t)(next() % (uint64_t)span);
        if (next() % 3 == 0) {
            OK(wyn_map_remove(m, &k) == (value[k] != 0));
            live -= value[k] != 0;
            value[k] = 0;
        } else {
            int64_t *slot = wyn_map_put_i64(m, k * 1000003);
            slot = wyn_map_put_i64(m, k);
            OK(*slot == value[k]);
            int64_t extra = k * 1000003;
            if (extra != k) wyn_map_remove(m, &extra);
            if (value[k] == 0) born[k] = i, live++;
            *(int64_t *)wyn_map_put(m, &k) = value[k] = i;
        }
        OK(wyn_map_len(m) == live);
    }
    int64_t last = 0, seen = 0;
    wyn_map_iter it;
    wyn_map_iter_start(&it, m);
    while (wyn_map_iter_next(&it)) {
        int64_t k = *(const int64_t *)it.key;
        OK(*(int64_t *)it.value == value[k] && born[k] > last);
        last = born[k];
        seen++;
    }
    OK(seen == live);
    for (int64_t k = 0; k < span; k++) {
        int64_t *p = wyn_map_find_i64(m, k);
        OK((p == NULL) == (value[k] == 0) && (p == NULL || *p == value[k]));
    }
    free(value);
    free(born);
}

static wyn_str *key(int64_t i) { return wyn_str_concat2(STR("key"), wyn_int_to_string(i)); }

static void strings(void) {
    wyn_map *m = wyn_map_new(&strs, 0);
    for (int64_t i = 0; i < 20000; i++) *(wyn_str **)wyn_map_put_str(m, key(i)) = key(-i);
    wyn_sys_gc();
    for (int64_t i = 0; i < 20000; i++)
        OK(wyn_str_eq(*(wyn_str **)wyn_map_find_str(m, key(i)), key(-i)));
    OK(wyn_map_find_str(m, key(20000)) == NULL);
    wyn_map *c = wyn_map_copy(m);
    OK(wyn_eq(&m, &c, &strs));
    wyn_str *k = key(5);
    OK(wyn_map_remove(m, &k) && !wyn_map_remove(m, &k) && !wyn_eq(&m, &c, &strs));
    *(wyn_str **)wyn_map_put_str(m, k) = key(-5);
    OK(wyn_eq(&m, &c, &strs)); /* order is no part of equality */
    wyn_array *keys = wyn_map_keys(m);
    TEXT(wyn_array_raw_str(keys, 19999), "key5");
    TEXT(wyn_array_raw_str(keys, 5), "key6");
    wyn_map_clear(m);
    OK(wyn_map_len(m) == 0 && wyn_map_find_str(m, key(1)) == NULL && wyn_map_len(c) == 20000);
}

/* Keys present at the start, in order; removed ones skipped, new ones not visited. */
static void iteration(int64_t n) {
    wyn_map *m = wyn_map_new(&ints, 0);
    for (int64_t i = 0; i < n; i++) *(int64_t *)wyn_map_put_i64(m, i) = i;
    wyn_map_iter it;
    wyn_map_iter_start(&it, m);
    int64_t seen = 0;
    while (wyn_map_iter_next(&it)) {
        int64_t k = *(const int64_t *)it.key;
        OK(k < n && k % 2 == 0 && *(int64_t *)it.value == k);
        int64_t next_key = k + 1;
        wyn_map_remove(m, &next_key);
        for (int64_t j = 0; j < 3; j++) *(int64_t *)wyn_map_put_i64(m, n + 3 * k + j) = 1;
        seen++;
    }
    OK(seen == (n + 1) / 2);
}

static void entries(void) {
    wyn_map *m = wyn_map_new(&ints, 0);
    for (int64_t i = 0; i < 5; i++) *(int64_t *)wyn_map_put_i64(m, i * 10) = i;
    int64_t k = 20;
    int64_t e = wyn_map_entry(m, &k);
    OK(e == 2 && *(int64_t *)wyn_map_entry_key(m, e) == 20);
    OK(*(int64_t *)wyn_map_entry_value(m, e) == 2);
    wyn_map_remove(m, &k);
    OK(wyn_map_entry(m, &k) == -1 && wyn_map_next(m, 2) == 3 && wyn_map_next(m, 5) == -1);
}

static void queue_pattern(void) { /* insert at the end, remove at the front: stays small */
    wyn_map *m = wyn_map_new(&ints, 0);
    for (int64_t i = 0; i < 200000; i++) {
        *(int64_t *)wyn_map_put_i64(m, i) = i;
        int64_t old = i - 10;
        if (old >= 0) OK(wyn_map_remove(m, &old));
    }
    OK(wyn_map_len(m) == 10);
}

typedef struct Pair {
    wyn_str *a;
    int64_t b;
} Pair;

static void any_key(void) {
    wyn_type pair = {.kind = WYN_T_TUPLE, .flags = WYN_TF_PTR, .count = 2, .size = sizeof(Pair),
                     .fields = (wyn_field[]){{NULL, &wyn_type_str, 0}, {NULL, &wyn_type_int, 8}}};
    wyn_type type = {.kind = WYN_T_MAP, .size = 8, .a = &pair, .b = &wyn_type_bool};
    wyn_map *m = wyn_map_new(&type, 0);
    for (int64_t i = 0; i < 1000; i++) *(bool *)wyn_map_put(m, &(Pair){key(i % 100), i}) = i % 2;
    for (int64_t i = 0; i < 1000; i++) {
        bool *p = wyn_map_find(m, &(Pair){key(i % 100), i});
        OK(p != NULL && *p == i % 2);
    }
    OK(wyn_map_find(m, &(Pair){key(1), 2}) == NULL);
}

static void sets(void) {
    wyn_map *a = wyn_map_new(&set_ints, 0), *b = wyn_map_new(&set_ints, 0);
    for (int64_t i = 0; i < 100; i++) wyn_map_put_i64(a, i);
    for (int64_t i = 50; i < 150; i++) wyn_set_add(b, &i, &wyn_type_int);
    OK(wyn_map_len(wyn_set_union(a, b, &wyn_type_int)) == 150);
    OK(wyn_map_len(wyn_set_intersection(a, b, &wyn_type_int)) == 50);
    wyn_map *d = wyn_set_difference(a, b, &wyn_type_int);
    OK(wyn_map_len(d) == 50 && wyn_set_is_subset(d, a, &wyn_type_int));
    OK(!wyn_set_is_subset(a, d, &wyn_type_int));
}

int64_t wyn_main(void) {
    model(5, 2000);
    model(12, 5000);
    model(1000, 100000);
    strings();
    iteration(4);
    iteration(9);
    iteration(1000);
    entries();
    queue_pattern();
    any_key();
    sets();
    return 0;
}
