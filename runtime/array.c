/* array.c - arrays: a header with one pointer to a buffer that carries its own length and
 * capacity. Growth fills a new buffer and publishes it, so a reader that has loaded the buffer
 * pointer stays within memory it may read. Element access is inline (wyn_inline.h).
 * Once the process has spawned, whatever changes length or buffer holds the header's lock; readers
 * take none. Then elements are stored before the length that covers them, and what lies behind
 * a shrunk length is left as it is, since a reader may still look at it. */
#include "base.h"
#include "gc.h"
#include "lock.h"
#include "native.h"
#include "config.h"

static const wyn_buf no_buffer; /* of every array that was never filled */

static bool enter(wyn_array *a) {
    if (!wyn_spawned) return false;
    lock_take(&a->lock);
    return true;
}

static void leave(wyn_array *a, bool locked) {
    if (locked) lock_drop(&a->lock);
}

static void set_len(wyn_buf *b, unsigned long long n) {
    __atomic_store_n(&b->len, n, __ATOMIC_RELEASE); /* after the elements, for lock-free readers */
}

static void publish(wyn_array *a, wyn_buf *b) { __atomic_store_n(&a->buf, b, __ATOMIC_RELEASE); }

static wyn_array *array_with(wyn_buf *buf) {
    wyn_array *a = wyn_alloc(sizeof *a);
    a->buf = buf;
    return a;
}

/* Buffers of a page and more begin at page boundaries: rows of one length would lie in the same
 * cache sets, so that walking down a column misses at each step (512 x 512 floats: 6 times slower).
 * What a buffer has to spare moves its start by a number of cache lines taken from its address. */
static size_t colour_of(const void *object, size_t spare) {
    uintptr_t page = (uintptr_t)object / RT_PAGE;
    size_t colour = (page ^ (page >> 6)) % RT_COLOURS * RT_CACHE_LINE;
    return colour <= spare ? colour : 0;
}

/* Room for cap elements, or a little less, but at least `least`. Fills whole granules; one byte
 * stays free, so that a pointer past the last element, which the C compiler may make, still points
 * into the object. */
static wyn_buf *buf_new(unsigned long long cap, unsigned long long least, size_t size,
                        bool pointers) {
    size_t need;
    if (size == 0) size = 1;
    if (__builtin_mul_overflow((size_t)cap, size, &need) || need > SIZE_MAX / 4)
        wyn_panic("array too large: %llu elements", cap);
    need += sizeof(wyn_buf) + 1;
    size_t bytes = gc_good_size(need);
    char *object = gc_alloc(bytes, pointers);
    if (bytes >= RT_PAGE) {
        size_t colour = colour_of(object, bytes - need + (size_t)(cap - least) * size);
        object += colour;
        bytes -= colour;
    }
    wyn_buf *b = (wyn_buf *)(void *)object;
    b->len = 0;
    b->cap = (bytes - sizeof(wyn_buf) - 1) / size;
    return b;
}

static bool pointers_in(const wyn_type *elem) { return wyn_type_has_pointers(elem); }

wyn_array *wyn_array_sized(const wyn_type *elem, int64_t len) {
    if (len == 0) return array_with((wyn_buf *)&no_buffer);
    unsigned long long n = (unsigned long long)len;
    wyn_buf *b = buf_new(n, n, elem->size, pointers_in(elem));
    b->len = (unsigned long long)len;
    return array_with(b);
}

wyn_array *wyn_array_new(const wyn_type *elem, int64_t capacity) {
    if (capacity <= 0) return array_with((wyn_buf *)&no_buffer);
    unsigned long long cap = (unsigned long long)capacity;
    return array_with(buf_new(cap, cap, elem->size, pointers_in(elem)));
}

wyn_array *wyn_array_of(const wyn_type *elem, int64_t n, const void *values) {
    wyn_array *a = wyn_array_sized(elem, n);
    if (n > 0) memcpy(a->buf->data, values, (size_t)n * elem->size);
    return a;
}

static wyn_buf *buf_resize(wyn_array *a, unsigned long long cap, unsigned long long least,
                           size_t size, bool pointers) {
    wyn_buf *old = a->buf;
    wyn_buf *b = buf_new(cap, least, size, pointers);
    memcpy(b->data, old->data, old->len * size);
    b->len = old->len;
    publish(a, b);
    return b;
}

wyn_buf *wyn_array_grow(wyn_array *a, size_t elem_size, bool pointers) {
    unsigned long long cap = a->buf->cap;
    cap = cap < RT_ARRAY_FIRST ? RT_ARRAY_FIRST : cap * 2;
    return buf_resize(a, cap, cap - cap / 4, elem_size, pointers);
}

void wyn_array_push_locked(wyn_array *a, const void *v, size_t size, bool pointers) {
    lock_take(&a->lock);
    wyn_buf *b = a->buf;
    while (b->len == b->cap) { /* memory is got without the lock */
        lock_drop(&a->lock);
        unsigned long long cap = b->cap < RT_ARRAY_FIRST ? RT_ARRAY_FIRST : b->cap * 2;
        wyn_buf *bigger = buf_new(cap, cap - cap / 4, size, pointers);
        lock_take(&a->lock);
        if (a->buf == b && b->len == b->cap) {
            memcpy(bigger->data, b->data, b->len * size);
            bigger->len = b->len;
            publish(a, bigger);
        }
        b = a->buf;
    }
    memcpy(b->data + b->len * size, v, size);
    set_len(b, b->len + 1);
    lock_drop(&a->lock);
}

bool wyn_array_pop_locked(wyn_array *a, void *out, size_t size) {
    lock_take(&a->lock);
    wyn_buf *b = a->buf;
    bool any = b->len > 0;
    if (any) {
        memcpy(out, b->data + (b->len - 1) * size, size);
        set_len(b, b->len - 1);
    }
    lock_drop(&a->lock);
    return any;
}

static void reserve(wyn_array *a, int64_t n, const wyn_type *elem) {
    if (n <= 0 || (unsigned long long)n <= a->buf->cap) return;
    unsigned long long cap = a->buf->cap * 2;
    if (cap < (unsigned long long)n) cap = (unsigned long long)n;
    buf_resize(a, cap, (unsigned long long)n, elem->size, pointers_in(elem));
}

/* A loop of n rounds will add one element in each, unless it leaves early. */
void wyn_array_hint(wyn_array *a, int64_t n, const wyn_type *elem) {
    wyn_array_reserve(a, n < RT_ARRAY_HINT ? n : RT_ARRAY_HINT, elem);
}

void wyn_array_reserve(wyn_array *a, int64_t n, const wyn_type *elem) {
    bool locked = enter(a);
    reserve(a, n, elem);
    leave(a, locked);
}

void wyn_array_push_any(wyn_array *a, const void *v, const wyn_type *elem) {
    if (wyn_spawned) {
        wyn_array_push_locked(a, v, elem->size, pointers_in(elem));
        return;
    }
    wyn_buf *b = a->buf;
    unsigned long long n = b->len;
    if (n == b->cap) b = wyn_array_grow(a, elem->size, pointers_in(elem));
    memcpy(b->data + n * elem->size, v, elem->size);
    b->len = n + 1;
}

static wyn_array *array_part(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem) {
    wyn_buf *b = a->buf;
    int64_t len = (int64_t)b->len;
    if (from < 0) from = 0;
    if (to > len) to = len;
    if (from >= to) return wyn_array_new(elem, 0);
    return wyn_array_of(elem, to - from, b->data + (size_t)from * elem->size);
}

wyn_array *wyn_array_slice(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem) {
    int64_t len = wyn_array_len(a);
    return array_part(a, from < 0 ? from + len : from, to < 0 ? to + len : to, elem);
}

wyn_array *wyn_array_slice_clamped(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem) {
    return array_part(a, from, to, elem);
}

wyn_array *wyn_array_fill(const wyn_type *elem, int64_t n, const void *v) {
    wyn_array *a = wyn_array_sized(elem, n < 0 ? 0 : n);
    char *p = a->buf->data;
    for (int64_t i = 0; i < n; i++, p += elem->size) memcpy(p, v, elem->size);
    return a;
}

void wyn_array_assign(wyn_array *a, wyn_array *b) {
    wyn_buf *from = b->buf;
    b->buf = (wyn_buf *)&no_buffer; /* two headers never share a buffer */
    bool locked = enter(a);
    publish(a, from);
    leave(a, locked);
}

wyn_array *wyn_array_copy(wyn_array *a, const wyn_type *elem) {
    wyn_buf *b = a->buf;
    return wyn_array_of(elem, (int64_t)b->len, b->data);
}

wyn_array *wyn_array_concat(wyn_array *a, wyn_array *b, const wyn_type *elem) {
    wyn_buf *x = a->buf, *y = b->buf;
    size_t n = x->len, m = y->len;
    wyn_array *r = wyn_array_sized(elem, (int64_t)(n + m));
    if (n + m == 0) return r;
    memcpy(r->buf->data, x->data, n * elem->size);
    memcpy(r->buf->data + n * elem->size, y->data, m * elem->size);
    return r;
}

void wyn_array_append_all(wyn_array *a, wyn_array *b, const wyn_type *elem) {
    wyn_buf *from = b->buf; /* a may be b */
    unsigned long long m = from->len;
    if (m == 0) return;
    bool locked = enter(a);
    reserve(a, (int64_t)(a->buf->len + m), elem);
    wyn_buf *to = a->buf;
    memcpy(to->data + to->len * elem->size, from->data, m * elem->size);
    set_len(to, to->len + m);
    leave(a, locked);
}

static int64_t array_find_word(const wyn_array *a, int64_t v) {
    const wyn_buf *b = a->buf;
    const int64_t *p = (const void *)b->data;
    int64_t n = (int64_t)b->len;
    for (int64_t i = 0; i < n; i++) {
        if (p[i] == v) return i;
    }
    return -1;
}

int64_t wyn_array_index_of(wyn_array *a, const void *v, const wyn_type *elem) {
    if (elem->kind == WYN_T_INT) return array_find_word(a, *(const int64_t *)v);
    const wyn_buf *b = a->buf;
    int64_t n = (int64_t)b->len;
    for (int64_t i = 0; i < n; i++) {
        if (wyn_eq(b->data + (size_t)i * elem->size, v, elem)) return i;
    }
    return -1;
}

bool wyn_array_contains(wyn_array *a, const void *v, const wyn_type *elem) {
    return wyn_array_index_of(a, v, elem) >= 0;
}

int64_t wyn_array_count_of(wyn_array *a, const void *v, const wyn_type *elem) {
    int64_t count = 0;
    const wyn_buf *b = a->buf;
    for (unsigned long long i = 0; i < b->len; i++)
        count += wyn_eq(b->data + i * elem->size, v, elem);
    return count;
}

void wyn_array_insert(wyn_array *a, int64_t i, const void *v, const wyn_type *elem) {
    bool locked = enter(a);
    int64_t len = wyn_array_len(a);
    if (i < 0) i += len;
    if (i >= 0 && i <= len) {
        reserve(a, len + 1, elem);
        wyn_buf *b = a->buf;
        char *p = b->data + (size_t)i * elem->size;
        memmove(p + elem->size, p, (size_t)(len - i) * elem->size);
        memcpy(p, v, elem->size);
        set_len(b, (unsigned long long)len + 1);
    }
    leave(a, locked);
}

static void truncate(wyn_array *a, int64_t n, const wyn_type *elem) {
    int64_t len = wyn_array_len(a);
    if (n < 0) n = 0;
    if (n >= len) return;
    wyn_buf *b = a->buf;
    if (!wyn_spawned)
        memset(b->data + (size_t)n * elem->size, 0, (size_t)(len - n) * elem->size);
    set_len(b, (unsigned long long)n);
}

void wyn_array_truncate(wyn_array *a, int64_t n, const wyn_type *elem) {
    bool locked = enter(a);
    truncate(a, n, elem);
    leave(a, locked);
}

void wyn_array_remove(wyn_array *a, int64_t i, int64_t n, const wyn_type *elem) {
    bool locked = enter(a);
    int64_t len = wyn_array_len(a);
    if (i >= 0 && i < len && n > 0) {
        if (n > len - i) n = len - i;
        char *p = a->buf->data + (size_t)i * elem->size;
        memmove(p, p + (size_t)n * elem->size, (size_t)(len - i - n) * elem->size);
        truncate(a, len - n, elem);
    }
    leave(a, locked);
}

void wyn_array_remove_at(wyn_array *a, int64_t i, const wyn_type *elem) {
    wyn_array_remove(a, i < 0 ? i + wyn_array_len(a) : i, 1, elem);
}

bool wyn_array_remove_value(wyn_array *a, const void *v, const wyn_type *elem) {
    int64_t i = wyn_array_index_of(a, v, elem);
    if (i < 0) return false;
    wyn_array_remove_at(a, i, elem);
    return true;
}

void wyn_array_clear(wyn_array *a, const wyn_type *elem) {
    (void)elem;
    bool locked = enter(a);
    publish(a, (wyn_buf *)&no_buffer);
    leave(a, locked);
}

void wyn_array_reserve_room(wyn_array *a, int64_t n, const wyn_type *elem) {
    wyn_array_reserve(a, n, elem);
}

static void swap_bytes(char *a, char *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
}

void wyn_array_reverse_in_place(wyn_array *a, const wyn_type *elem) {
    wyn_buf *b = a->buf;
    size_t n = b->len;
    if (n < 2) return;
    char *lo = b->data;
    char *hi = lo + (n - 1) * elem->size;
    for (; lo < hi; lo += elem->size, hi -= elem->size) swap_bytes(lo, hi, elem->size);
}

wyn_array *wyn_array_reversed(wyn_array *a, const wyn_type *elem) {
    wyn_array *r = wyn_array_copy(a, elem);
    wyn_array_reverse_in_place(r, elem);
    return r;
}

wyn_array *wyn_array_unique(wyn_array *a, const wyn_type *elem) {
    wyn_type set = {.kind = WYN_T_SET, .flags = WYN_TF_PTR, .size = 8, .name = "set", .a = elem};
    wyn_array *r = wyn_array_new(elem, 0);
    bool hashable = elem->kind == WYN_T_INT || elem->kind == WYN_T_STR;
    wyn_map *seen = hashable ? wyn_map_new(&set, 0) : NULL;
    for (unsigned long long i = 0; i < a->buf->len; i++) {
        const char *v = a->buf->data + i * elem->size;
        if (hashable) {
            int64_t before = wyn_map_len(seen);
            wyn_map_put(seen, v);
            if (wyn_map_len(seen) > before) wyn_array_push_any(r, v, elem);
        } else if (!wyn_array_contains(r, v, elem)) {
            wyn_array_push_any(r, v, elem);
        }
    }
    return r;
}

wyn_str *wyn_array_join(wyn_array *a, const wyn_str *sep, const wyn_type *elem) {
    wyn_text t;
    wyn_text_open(&t);
    for (unsigned long long i = 0; i < a->buf->len; i++) {
        if (i > 0) wyn_text_str(&t, sep);
        wyn_fmt(&t, a->buf->data + i * elem->size, elem);
    }
    return wyn_text_take(&t);
}

wyn_str *wyn_any_to_string(const void *v, const wyn_type *t) { return wyn_to_string(v, t); }

bool wyn_any_eq(const void *a, const void *b, const wyn_type *t) { return wyn_eq(a, b, t); }

int64_t wyn_any_cmp(const void *a, const void *b, const wyn_type *t) { return wyn_cmp(a, b, t); }

int64_t wyn_any_hash(const void *v, const wyn_type *t) { return (int64_t)wyn_hash(v, t); }
