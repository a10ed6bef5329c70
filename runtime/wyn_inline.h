/* wyn_inline.h - the fast paths of emitted C; included after wyn.h, and the only header with GNU
 * extensions. Each body here earns its place by a figure in docs/runtime-values.md. Unused
 * functions do not warn. */
#ifndef WYN_INLINE_H
#define WYN_INLINE_H

#include <string.h>

#include "wyn.h"

/* A program may recurse for ever: that is for the run to find out. */
#if defined(__clang__) || __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Winfinite-recursion"
#endif

#define WYN_FAST static inline __attribute__((always_inline, unused))
#define WYN_INLINE static inline __attribute__((always_inline))
#define WYN_COLD __attribute__((cold, noinline))
#define WYN_LIKELY(x) __builtin_expect(!!(x), 1)
#define WYN_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* ---- memory ---- */

/* Volatile: the worker changes where a task may wait, and gcc believes that the address of a
 * thread-local variable is the same throughout a function. */
WYN_FAST wyn_local *wyn_worker(void) {
#ifdef __x86_64__
    wyn_local *w;
    __asm__ volatile("movq %%fs:wyn_here@tpoff, %0" : "=r"(w));
    return w;
#else
    return *(wyn_local *volatile *)&wyn_here;
#endif
}

/* `size` should be a constant: then class and test fold away. */
WYN_FAST void *wyn_alloc_kind(size_t size, int kind) {
    if (size <= WYN_SMALL_MAX) {
        void **list = &wyn_worker()->lists[kind][(size + 15) >> 4];
        void **p = (void **)*list;
        if (WYN_LIKELY(p != NULL)) {
            *list = *p;
            *p = NULL;
            return p;
        }
    }
    return wyn_alloc_slow(size, kind);
}

/* Zeroed memory that the collector scans. */
WYN_FAST void *wyn_alloc(size_t size) { return wyn_alloc_kind(size, WYN_MEM_TRACED); }

/* Memory without pointers; NOT zeroed. */
WYN_FAST void *wyn_alloc_atomic(size_t size) { return wyn_alloc_kind(size, WYN_MEM_ATOMIC); }

/* Where the value lies; hold the lock. */
WYN_FAST void *wyn_mutex_value(wyn_mutex *m) { return (char *)m + WYN_MUTEX_HEAD; }

/* A copy of a value on the heap: enum objects, trait objects, closures. */
WYN_FAST void *wyn_box(const void *value, size_t size, bool pointers) {
    return memcpy(wyn_alloc_kind(size, pointers), value, size);
}

/* ---- stacks ---- */

/* Is less than the room left that C functions may count on? Not volatile: within one frame the
 * answer stays the same. */
WYN_FAST bool wyn_stack_low(void) {
    bool low;
#ifdef __x86_64__
    __asm__("cmpq %%fs:wyn_stack_limit@tpoff, %%rsp" : "=@ccb"(low));
#else
    low = (char *)__builtin_frame_address(0) < *(char *volatile *)&wyn_stack_limit;
#endif
    return WYN_UNLIKELY(low);
}

/* The same for functions that call foreign C, whose needs are not known. */
WYN_FAST bool wyn_stack_short(void) {
    char *limit = *(char *volatile *)&wyn_stack_limit;
    return WYN_UNLIKELY((char *)__builtin_frame_address(0) - WYN_C_ROOM < limit);
}

/* fn(arg) with room for C functions that need more than others: look-ups of names, patterns. */
WYN_FAST void wyn_with_room(void (*fn)(void *), void *arg) {
    if (wyn_stack_short()) {
        stack_more(fn, arg);
    } else {
        fn(arg);
    }
}

/* ---- int and float ---- */

WYN_FAST int64_t wyn_div(int64_t a, int64_t b, const wyn_site *site) {
    if (WYN_UNLIKELY(b == 0)) wyn_panic_div(false, site);
    return WYN_UNLIKELY(b == -1) ? (int64_t)(0 - (uint64_t)a) : a / b;
}

WYN_FAST int64_t wyn_mod(int64_t a, int64_t b, const wyn_site *site) {
    if (WYN_UNLIKELY(b == 0)) wyn_panic_div(true, site);
    return WYN_UNLIKELY(b == -1) ? 0 : a % b;
}

WYN_FAST int64_t wyn_shl(int64_t a, int64_t n, const wyn_site *site) {
    if (WYN_UNLIKELY((uint64_t)n > 63)) {
        if (n < 0) wyn_panic_shift(n, site);
        return 0;
    }
    return (int64_t)((uint64_t)a << n);
}

WYN_FAST int64_t wyn_shr(int64_t a, int64_t n, const wyn_site *site) {
    if (WYN_UNLIKELY((uint64_t)n > 63)) {
        if (n < 0) wyn_panic_shift(n, site);
        n = 63;
    }
    return a >> n;
}

/* --check=overflow */
WYN_FAST int64_t wyn_add_checked(int64_t a, int64_t b, const wyn_site *site) {
    int64_t r;
    if (WYN_UNLIKELY(__builtin_add_overflow(a, b, &r))) wyn_panic_overflow("+", site);
    return r;
}

WYN_FAST int64_t wyn_sub_checked(int64_t a, int64_t b, const wyn_site *site) {
    int64_t r;
    if (WYN_UNLIKELY(__builtin_sub_overflow(a, b, &r))) wyn_panic_overflow("-", site);
    return r;
}

WYN_FAST int64_t wyn_mul_checked(int64_t a, int64_t b, const wyn_site *site) {
    int64_t r;
    if (WYN_UNLIKELY(__builtin_mul_overflow(a, b, &r))) wyn_panic_overflow("*", site);
    return r;
}

/* Truncates, saturates, NaN gives 0. */
WYN_FAST int64_t wyn_float_to_int(double v) {
    if (WYN_LIKELY(v >= -9223372036854775808.0 && v < 9223372036854775808.0)) return (int64_t)v;
    if (v != v) return 0;
    return v < 0 ? INT64_MIN : INT64_MAX;
}

/* Turns of `for i in range(lo, hi, step)`; hi belongs to it when inclusive. 0 for step 0. */
WYN_FAST int64_t wyn_range_count(int64_t lo, int64_t hi, int64_t step, bool inclusive) {
    if (step == 0 || (step > 0 ? lo > hi : lo < hi)) return 0;
    uint64_t span = step > 0 ? (uint64_t)hi - (uint64_t)lo : (uint64_t)lo - (uint64_t)hi;
    uint64_t by = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    return (int64_t)(span / by + (inclusive || span % by != 0));
}

/* The name of a struct's field in data, and how it is filled when the data has none. */
WYN_FAST const char *wyn_field_name(const wyn_type *t, uint32_t i) {
    return t->outside != NULL ? t->outside[i].name : t->fields[i].name;
}
WYN_FAST void (*wyn_field_preset(const wyn_type *t, uint32_t i))(void *field) {
    return t->outside != NULL ? t->outside[i].preset : NULL;
}

WYN_FAST bool wyn_iter_next(wyn_iter *it, void *slot) { return it->next(it, slot); }

WYN_FAST wyn_iter *wyn_iter_own(wyn_iter *it) {
    it->owned = true;
    return it;
}

/* A loop over it was left, or is at its end. */
WYN_FAST void wyn_iter_leave(wyn_iter *it) {
    if (it->owned && it->closes) it->next(it, NULL);
}

WYN_FAST double wyn_fmod(double a, double b) { return __builtin_fmod(a, b); }

/* ---- strings ---- */

WYN_FAST bool wyn_str_eq(const wyn_str *a, const wyn_str *b) {
    if (a == b) return true;
    return a->len == b->len && memcmp(a->bytes, b->bytes, (size_t)a->len) == 0;
}

WYN_FAST int64_t wyn_str_len(wyn_str *s) { return s->len; }

/* The byte s[i] as a number, negative from the end: for comparisons with one-byte literals. */
WYN_FAST int64_t wyn_str_byte_at(const wyn_str *s, int64_t i, const wyn_site *site) {
    if (WYN_UNLIKELY((uint64_t)i >= (uint64_t)s->len)) {
        int64_t j = i + s->len;
        if (i >= 0 || j < 0) wyn_panic_str_index(i, s->len, site);
        i = j;
    }
    return (unsigned char)s->bytes[i];
}

/* s[i]: no allocation. */
WYN_FAST wyn_str *wyn_str_index(const wyn_str *s, int64_t i, const wyn_site *site) {
    return (wyn_str *)&wyn_str_one_byte[wyn_str_byte_at(s, i, site)];
}

/* The character at *at, which moves behind it. */
WYN_FAST wyn_str *wyn_str_take_char(const wyn_str *s, int64_t *at) {
    unsigned char c = (unsigned char)s->bytes[*at];
    int64_t from = *at;
    if (WYN_LIKELY(c < 0x80)) {
        *at = from + 1;
        return (wyn_str *)&wyn_str_one_byte[c];
    }
    *at = wyn_str_next_char(s, from);
    return wyn_str_slice_to(s, from, *at);
}

WYN_FAST bool wyn_str_has_byte(const wyn_str *s, int64_t byte) {
    return memchr(s->bytes, (int)byte, (size_t)s->len) != NULL;
}

/* Is the byte in the set of 128 bits? */
WYN_FAST bool wyn_byte_of(int64_t byte, int64_t low, int64_t high) {
    uint64_t set = (uint64_t)(byte < 64 ? low : high);
    return byte < 128 && (set >> (byte & 63) & 1) != 0;
}

/* part in s */
WYN_FAST bool wyn_str_has(wyn_str *s, wyn_str *part) {
    if (part->len == 1) return wyn_str_has_byte(s, part->bytes[0]);
    return wyn_str_contains(s, part);
}

/* ---- text ---- */

WYN_FAST void wyn_text_open(wyn_text *t) {
    t->p = t->small;
    t->len = 0;
    t->cap = sizeof t->small;
}

/* ---- arrays ---- */

WYN_FAST int64_t wyn_array_len(const wyn_array *a) { return (int64_t)a->buf->len; }

/* The checked index. The cold half does not return or touches no memory, so loads stay hoisted. */
WYN_FAST unsigned long long wyn_index(int64_t i, unsigned long long len, const wyn_site *site) {
    unsigned long long u = (unsigned long long)i;
    if (WYN_UNLIKELY(u >= len)) {
        u += len;
        if (i >= 0 || u >= len) wyn_panic_index(i, len, site);
    }
    return u;
}

/* WYN_ARRAY_OPS(suffix, CTYPE, pointers): the element operations of one C type.
 *   T   wyn_array_get_S(a, i, site)       checked, negative from the end
 *   T  *wyn_array_at_S(a, i, site)        checked; valid until the array changes
 *   void wyn_array_set_S(a, i, v, site)
 *   T   wyn_array_raw_S(a, i)             0 <= i < len known (loops that test the length)
 *   void wyn_array_push_S(a, v)           push_own, pop_own: nothing else sees the array
 *   bool wyn_array_pop_S(a, T *out)       false when empty, *out untouched */
#define WYN_ARRAY_OPS(S, T, pointers)                                                              \
    WYN_FAST T *wyn_array_at_##S(const wyn_array *a, int64_t i, const wyn_site *site) {            \
        wyn_buf *b = a->buf;                                                                       \
        return (T *)(void *)b->data + wyn_index(i, b->len, site);                                  \
    }                                                                                              \
    WYN_FAST T wyn_array_get_##S(const wyn_array *a, int64_t i, const wyn_site *site) {            \
        wyn_buf *b = a->buf;                                                                       \
        return ((T *)(void *)b->data)[wyn_index(i, b->len, site)];                                 \
    }                                                                                              \
    WYN_FAST void wyn_array_set_##S(wyn_array *a, int64_t i, T v, const wyn_site *site) {          \
        wyn_buf *b = a->buf;                                                                       \
        ((T *)(void *)b->data)[wyn_index(i, b->len, site)] = v;                                    \
    }                                                                                              \
    WYN_FAST T wyn_array_raw_##S(const wyn_array *a, int64_t i) {                                  \
        return ((T *)(void *)a->buf->data)[i];                                                     \
    }                                                                                              \
    WYN_FAST void wyn_array_push_own_##S(wyn_array *a, T v) {                                      \
        wyn_buf *b = a->buf;                                                                       \
        unsigned long long n = b->len;                                                             \
        if (WYN_UNLIKELY(n == b->cap)) b = wyn_array_grow(a, sizeof(T), (pointers));               \
        ((T *)(void *)b->data)[n] = v;                                                             \
        b->len = n + 1;                                                                            \
    }                                                                                              \
    WYN_FAST void wyn_array_push_##S(wyn_array *a, T v) {                                          \
        if (WYN_UNLIKELY(wyn_spawned)) {                                                           \
            wyn_array_push_locked(a, &v, sizeof(T), (pointers));                                   \
            return;                                                                                \
        }                                                                                          \
        wyn_array_push_own_##S(a, v);                                                              \
    }                                                                                              \
    WYN_FAST bool wyn_array_pop_own_##S(wyn_array *a, T *out) {                                    \
        wyn_buf *b = a->buf;                                                                       \
        if (b->len == 0) return false;                                                             \
        b->len -= 1;                                                                               \
        *out = ((T *)(void *)b->data)[b->len];                                                     \
        return true;                                                                               \
    }                                                                                              \
    WYN_FAST bool wyn_array_pop_##S(wyn_array *a, T *out) {                                        \
        if (WYN_UNLIKELY(wyn_spawned)) return wyn_array_pop_locked(a, out, sizeof(T));             \
        return wyn_array_pop_own_##S(a, out);                                                      \
    }

WYN_ARRAY_OPS(int, int64_t, false)
WYN_ARRAY_OPS(float, double, false)
WYN_ARRAY_OPS(bool, bool, false)
WYN_ARRAY_OPS(tag, int32_t, false)
WYN_ARRAY_OPS(str, wyn_str *, true)
WYN_ARRAY_OPS(array, wyn_array *, true)
WYN_ARRAY_OPS(map, wyn_map *, true)
WYN_ARRAY_OPS(fn, wyn_fn *, true)
WYN_ARRAY_OPS(ptr, void *, true) /* every other one-pointer type, cast by the emitter */

/* ---- maps: m[k], panics when missing ---- */

/* After a store through the slot of a put, for other tasks may replace the table meanwhile. */
WYN_FAST void wyn_map_stored(wyn_map *m, void *slot) {
    if (WYN_UNLIKELY(wyn_spawned)) wyn_map_stored_slow(m, slot);
}

/* m[k] without an entry: a fresh zero value if the map reads so, else the panic. */
void *wyn_map_absent(wyn_map *m, const void *key, bool compound, const wyn_site *site);

WYN_FAST void *wyn_map_at_i64(wyn_map *m, int64_t key, bool compound, const wyn_site *site) {
    void *p = wyn_map_find_i64(m, key);
    return WYN_UNLIKELY(p == NULL) ? wyn_map_absent(m, &key, compound, site) : p;
}

WYN_FAST void *wyn_map_at_str(wyn_map *m, const wyn_str *key, bool compound,
                              const wyn_site *site) {
    void *p = wyn_map_find_str(m, key);
    return WYN_UNLIKELY(p == NULL) ? wyn_map_absent(m, &key, compound, site) : p;
}

WYN_FAST void *wyn_map_at(wyn_map *m, const void *key, const wyn_type *key_type, bool compound,
                          const wyn_site *site) {
    void *p = wyn_map_find(m, key);
    (void)key_type;
    return WYN_UNLIKELY(p == NULL) ? wyn_map_absent(m, key, compound, site) : p;
}

/* ---- tasks ---- */

/* Both sizes are constants; `args` is that of the head with the arguments. */
#define WYN_TASK_SIZE(args, result)                                                                \
    ((args) > sizeof(wyn_future) + (result) ? (args) : sizeof(wyn_future) + (result))
WYN_FAST wyn_future *wyn_task_new(size_t args, size_t result, bool pointers) {
    return (wyn_future *)wyn_alloc_kind(WYN_TASK_SIZE(args, result), pointers);
}

/* The address of the result; rethrows. acquire: with the release of who finished it; 1: task.h */
WYN_FAST void *wyn_await(wyn_future *f, const wyn_site *site) {
    if (WYN_LIKELY(__atomic_load_n(&f->st, __ATOMIC_ACQUIRE) == 1)) return f->value;
    return wyn_await_slow(f, site);
}

/* Of a finished one. */
WYN_FAST void *wyn_future_value(wyn_future *f) { return f->value; }

/* ---- names for emitted C ---- */

/* Method i of a trait object, as the emitted vtable lays it out behind its head. */
#define WYN_METHOD(o, i) (((void *const *)((o)->vt + 1))[i])
/* A C function of the user's `extern fn` under a name that clashes with no header. */
#define WYN_C_NAME(name) __asm__(name)

#include "wyn_fork.h"
#include "wyn_scope.h"
#endif
