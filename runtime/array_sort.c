/* array_sort.c - stable sorting. Merge sort with runs of insertion-sorted blocks; ints and floats
 * have loops of their own, strings sort_text.c. A private copy is sorted and stored back at the
 * end, so user code (a comparator) never runs while the array is half sorted. */
#include "base.h"
#include "gc.h"
#include "lock.h"
#include "native.h"

enum { RUN = 12 };

/* SORT(name, T, LESS): stable merge sort of n values at p, tmp of equal size. */
#define SORT(name, T, LESS)                                                                        \
    static void name(T *p, T *tmp, size_t n) {                                                     \
        if (n <= RUN) {                                                                            \
            for (size_t i = 1; i < n; i++) {                                                       \
                T v = p[i];                                                                        \
                size_t j = i;                                                                      \
                for (; j > 0 && LESS(v, p[j - 1]); j--) p[j] = p[j - 1];                           \
                p[j] = v;                                                                          \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        size_t half = n / 2;                                                                       \
        name(p, tmp, half);                                                                        \
        name(p + half, tmp, n - half);                                                             \
        if (!LESS(p[half], p[half - 1])) return;                                                   \
        memcpy(tmp, p, half * sizeof(T));                                                          \
        size_t i = 0, j = half, k = 0;                                                             \
        while (i < half && j < n) {                                                                \
            bool right = LESS(p[j], tmp[i]);                                                       \
            p[k++] = right ? p[j] : tmp[i];                                                        \
            j += right;                                                                            \
            i += !right;                                                                           \
        }                                                                                          \
        memcpy(p + k, tmp + i, (half - i) * sizeof(T));                                            \
    }

#define LESS_VALUE(a, b) ((a) < (b))
#define LESS_FLOAT(a, b) ((a) < (b) || ((b) != (b) && (a) == (a)))
SORT(sort_ints, int64_t, LESS_VALUE)
SORT(sort_floats, double, LESS_FLOAT)

typedef struct Sorter {
    size_t size;
    wyn_compare compare;
    void *env;
    const wyn_type *type;
} Sorter;

/* Sorts an array of indices, so elements of any size move once. */
typedef struct Order {
    const char *base;
    const Sorter *s;
} Order;

static bool order_less(const Order *o, uint32_t a, uint32_t b) {
    const Sorter *s = o->s;
    return s->compare(o->base + a * s->size, o->base + b * s->size, s->env) < 0;
}

static void order_sort(const Order *o, uint32_t *p, uint32_t *tmp, size_t n) {
    if (n <= RUN) {
        for (size_t i = 1; i < n; i++) {
            uint32_t v = p[i];
            size_t j = i;
            for (; j > 0 && order_less(o, v, p[j - 1]); j--) p[j] = p[j - 1];
            p[j] = v;
        }
        return;
    }
    size_t half = n / 2;
    order_sort(o, p, tmp, half);
    order_sort(o, p + half, tmp, n - half);
    if (!order_less(o, p[half], p[half - 1])) return;
    memcpy(tmp, p, half * sizeof *p);
    size_t i = 0, j = half, k = 0;
    while (i < half && j < n) {
        if (order_less(o, p[j], tmp[i])) {
            p[k++] = p[j++];
        } else {
            p[k++] = tmp[i++];
        }
    }
    memcpy(p + k, tmp + i, (half - i) * sizeof *p);
}

static uint32_t *order_make(size_t n) {
    if (n > UINT32_MAX / 2) wyn_panic("array too large to sort: %zu elements", n);
    uint32_t *p = gc_alloc(2 * n * sizeof *p, false);
    for (size_t i = 0; i < n; i++) p[i] = (uint32_t)i;
    return p;
}

/* data[i] = the old data[order[i]] */
static void order_apply(char *data, const uint32_t *order, size_t n, const wyn_type *elem) {
    size_t size = elem->size;
    char *copy = gc_alloc(n * size + 1, wyn_type_has_pointers(elem));
    memcpy(copy, data, n * size);
    for (size_t i = 0; i < n; i++) memcpy(data + i * size, copy + order[i] * size, size);
}

void wyn_array_sort_raw(void *data, int64_t count, const wyn_type *elem, wyn_compare compare,
                        void *env) {
    size_t n = (size_t)count;
    Sorter s = {.size = elem->size, .compare = compare, .env = env};
    Order o = {.base = data, .s = &s};
    uint32_t *order = order_make(n);
    order_sort(&o, order, order + n, n);
    order_apply(data, order, n, elem);
}

static int compare_natural(const void *a, const void *b, void *env) { return wyn_cmp(a, b, env); }

static void sort_natural(void *data, size_t n, const wyn_type *elem) {
    if (elem->kind == WYN_T_INT) {
        sort_ints(data, gc_alloc(n * 8 + 1, false), n);
    } else if (elem->kind == WYN_T_FLOAT) {
        sort_floats(data, gc_alloc(n * 8 + 1, false), n);
    } else if (elem->kind == WYN_T_STR) {
        sort_texts(data, n);
    } else {
        wyn_array_sort_raw(data, (int64_t)n, elem, compare_natural, (void *)elem);
    }
}

/* Stores back what was sorted, if the array still has that length. */
void wyn_array_sort_part(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem) {
    char *data = a->buf->data;
    sort_natural(data + (size_t)from * elem->size, (size_t)(to - from), elem);
}

static void store_back(wyn_array *a, wyn_array *sorted, const wyn_type *elem) {
    unsigned long long n = sorted->buf->len;
    if (wyn_spawned) lock_take(&a->lock);
    wyn_buf *b = a->buf;
    memcpy(b->data, sorted->buf->data, (n < b->len ? n : b->len) * elem->size);
    if (wyn_spawned) lock_drop(&a->lock);
}

void wyn_array_sort(wyn_array *a, const wyn_type *elem) {
    if (a->buf->len < 2) return;
    if (wyn_spawned) { /* others may read it meanwhile */
        wyn_array *copy = wyn_array_copy(a, elem);
        sort_natural(copy->buf->data, copy->buf->len, elem);
        store_back(a, copy, elem);
        return;
    }
    sort_natural(a->buf->data, a->buf->len, elem); /* no user code: in place */
}

void wyn_array_sort_with(wyn_array *a, const wyn_type *elem, wyn_compare compare, void *env) {
    if (a->buf->len < 2) return;
    wyn_array *copy = wyn_array_copy(a, elem);
    wyn_array_sort_raw(copy->buf->data, wyn_array_len(copy), elem, compare, env);
    store_back(a, copy, elem);
}

void wyn_array_sort_keys(wyn_array *a, wyn_array *keys, const wyn_type *elem,
                         const wyn_type *key) {
    size_t n = a->buf->len;
    if (n < 2 || keys->buf->len < n) return;
    Sorter s = {.size = key->size, .compare = compare_natural, .env = (void *)key};
    Order o = {.base = keys->buf->data, .s = &s};
    uint32_t *order = order_make(n);
    order_sort(&o, order, order + n, n);
    order_apply(a->buf->data, order, n, elem);
}
