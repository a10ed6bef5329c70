/* Arrays: element access, growth, structure, sorting. */
#include <math.h>

#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"a.wyn", "f", 9};

static wyn_array *numbers(int64_t n) {
    wyn_array *a = wyn_array_new(&wyn_type_int, 0);
    for (int64_t i = 0; i < n; i++) wyn_array_push_int(a, i);
    return a;
}

static void text(wyn_array *a, const char *want) { TEXT(wyn_to_string(&a, &wyn_type_ints), want); }

static void elements(void) {
    wyn_array *a = numbers(5);
    OK(wyn_array_get_int(a, -1, &site) == 4 && wyn_array_get_int(a, 0, &site) == 0);
    wyn_array_set_int(a, -5, 7, &site);
    *wyn_array_at_int(a, 1, &site) += 10;
    text(a, "[7, 11, 2, 3, 4]");
    int64_t v = 0;
    OK(wyn_array_pop_int(a, &v) && v == 4 && wyn_array_len(a) == 4);
    wyn_array *none = wyn_array_new(&wyn_type_int, 0);
    OK(!wyn_array_pop_int(none, &v) && v == 4);
    wyn_array *b = wyn_array_new(&wyn_type_bool, 0);
    for (int i = 0; i < 1000; i++) wyn_array_push_bool(b, i % 3 == 0);
    for (int i = 0; i < 1000; i++) OK(wyn_array_get_bool(b, i, &site) == (i % 3 == 0));
}

static void read_past(void) { wyn_array_get_int(numbers(3), 10, &site); }
static void read_before(void) { wyn_array_get_int(numbers(3), -4, &site); }
static void write_past(void) { wyn_array_set_int(numbers(3), 3, 1, &site); }

static void structure(void) {
    wyn_array *a = numbers(6);
    int64_t v = 99;
    text(wyn_array_slice(a, 1, 3, &wyn_type_int), "[1, 2]");
    text(wyn_array_slice(a, -2, WYN_SLICE_END, &wyn_type_int), "[4, 5]");
    text(wyn_array_slice(a, 4, 2, &wyn_type_int), "[]");
    text(wyn_array_slice_clamped(a, -2, 2, &wyn_type_int), "[0, 1]");
    text(wyn_array_concat(a, numbers(2), &wyn_type_int), "[0, 1, 2, 3, 4, 5, 0, 1]");
    wyn_array_insert(a, 0, &v, &wyn_type_int);
    wyn_array_insert(a, 7, &v, &wyn_type_int);
    wyn_array_insert(a, 100, &v, &wyn_type_int);
    text(a, "[99, 0, 1, 2, 3, 4, 5, 99]");
    OK(wyn_array_index_of(a, &v, &wyn_type_int) == 0);
    OK(wyn_array_count_of(a, &v, &wyn_type_int) == 2);
    wyn_array_remove(a, 1, 5, &wyn_type_int);
    text(a, "[99, 5, 99]");
    OK(wyn_array_remove_value(a, &v, &wyn_type_int));
    text(a, "[5, 99]");
    wyn_array_append_all(a, a, &wyn_type_int);
    text(a, "[5, 99, 5, 99]");
    text(wyn_array_unique(a, &wyn_type_int), "[5, 99]");
    wyn_array_reverse_in_place(a, &wyn_type_int);
    text(a, "[99, 5, 99, 5]");
    text(wyn_array_fill(&wyn_type_int, 3, &v), "[99, 99, 99]");
    wyn_array_assign(a, numbers(2));
    text(a, "[0, 1]");
    wyn_array_clear(a, &wyn_type_int);
    text(a, "[]");
    wyn_array_push_int(a, 1);
    text(a, "[1]");
}

static uint64_t x = 88172645463325252u;
static uint64_t next(void) { return x ^= x << 13, x ^= x >> 7, x ^= x << 17; }

typedef struct Item {
    int64_t key, order;
    wyn_str *name;
} Item;
static const wyn_field item_fields[] = {{"key", &wyn_type_int, 0}};
static const wyn_type item_type = {.kind = WYN_T_STRUCT, .flags = WYN_TF_PTR, .count = 1,
                                   .size = sizeof(Item), .name = "Item", .fields = item_fields};

static int by_key(const void *a, const void *b, void *env) {
    (void)env;
    int64_t p = ((const Item *)a)->key, q = ((const Item *)b)->key;
    return (p > q) - (p < q);
}

static void sorts(int64_t n) {
    wyn_array *a = wyn_array_new(&wyn_type_int, 0), *f = wyn_array_new(&wyn_type_float, 0);
    wyn_array *s = wyn_array_new(&wyn_type_str, 0), *items = wyn_array_new(&item_type, 0);
    wyn_array *keys = wyn_array_new(&wyn_type_int, 0);
    for (int64_t i = 0; i < n; i++) {
        int64_t v = (int64_t)(next() % 1000) - 500;
        wyn_array_push_int(a, v);
        wyn_array_push_float(f, i % 50 == 7 ? (double)NAN : (double)v / 3);
        wyn_array_push_str(s, wyn_int_to_string(v));
        wyn_array_push_int(keys, v % 10);
        wyn_array_push_any(items, &(Item){v % 10, i, wyn_int_to_string(i)}, &item_type);
    }
    wyn_array *copy = wyn_array_copy(items, &item_type);
    wyn_array_sort(a, &wyn_type_int);
    wyn_array_sort(f, &wyn_type_float);
    wyn_array_sort(s, &wyn_type_str);
    wyn_array_sort_with(items, &item_type, by_key, NULL);
    wyn_array_sort_keys(copy, keys, &item_type, &wyn_type_int);
    const Item *p = (const void *)items->buf->data, *q = (const void *)copy->buf->data;
    for (int64_t i = 1; i < n; i++) {
        OK(wyn_array_raw_int(a, i - 1) <= wyn_array_raw_int(a, i));
        double u = wyn_array_raw_float(f, i - 1), v = wyn_array_raw_float(f, i);
        OK(u <= v || v != v);
        OK(wyn_str_cmp(wyn_array_raw_str(s, i - 1), wyn_array_raw_str(s, i)) <= 0);
        OK(p[i - 1].key < p[i].key || (p[i - 1].key == p[i].key && p[i - 1].order < p[i].order));
        OK(p[i].order == q[i].order && wyn_str_to_int(p[i].name) == p[i].order);
    }
}

static void survives_collection(void) {
    wyn_array *rows = wyn_array_new(&wyn_type_ptr, 0);
    for (int64_t i = 0; i < 2000; i++) wyn_array_push_ptr(rows, numbers(i % 50));
    for (int round = 0; round < 5; round++) {
        wyn_sys_gc();
        for (int64_t i = 0; i < 3000; i++) numbers(i % 70);
    }
    for (int64_t i = 0; i < 2000; i++) {
        wyn_array *row = wyn_array_raw_ptr(rows, i);
        OK(wyn_array_len(row) == i % 50);
        for (int64_t k = 0; k < wyn_array_len(row); k++) OK(wyn_array_raw_int(row, k) == k);
    }
}

int64_t wyn_main(void) {
    elements();
    PANICS(read_past, "panic at a.wyn:9: array index out of bounds: index 10, length 3");
    PANICS(read_before, "array index out of bounds: index -4, length 3");
    PANICS(write_past, "array index out of bounds: index 3, length 3");
    structure();
    for (int64_t n = 0; n < 40; n++) sorts(n);
    sorts(5000);
    survives_collection();
    return 0;
}
