/* sort_word.c - ints and floats in ascending order, stable, by the digits of a key: a number whose
 * unsigned order is the order of the values. Many are dealt out to 256 parts by the top eight bits
 * of the keys' span, part by part until a part fits the cache; there the digits left are sorted
 * from the last one on. So an element goes through memory once, not once for each digit. Dealing
 * and sorting parts can be shared among workers: chunks count their keys, a sum over the counts
 * says where each chunk puts its share of a part, and no two write to one place. */
#include "base.h"
#include "config.h"
#include "gc.h"
#include "native.h"
#include "wyn_scope.h"

enum {
    FEW = 48,             /* elements sorted by insertion */
    CACHED = 1 << 15,     /* elements sorted by all their digits: with the other half 512 KB */
    PARTS = 256,
    CHUNKS = 64,          /* of an array that workers share */
    SHARED = 1 << 16,     /* elements, at least */
};

static const uint64_t SIGN = (uint64_t)1 << 63;

/* NaN last, the two zeros equal. */
static inline uint64_t key_of(uint64_t w, bool floats) {
    if (!floats) return w ^ SIGN;
    if ((w & ~SIGN) > (uint64_t)0x7ff << 52) return UINT64_MAX;
    if (w == SIGN) w = 0;
    return (w & SIGN) != 0 ? ~w : w | SIGN;
}

static void by_insertion(uint64_t *p, size_t n, bool floats) {
    for (size_t i = 1; i < n; i++) {
        uint64_t v = p[i], key = key_of(v, floats);
        size_t j = i;
        for (; j > 0 && key < key_of(p[j - 1], floats); j--) p[j] = p[j - 1];
        p[j] = v;
    }
}

/* By the `digits` lowest bytes of key - least; between a and b, the result in `to`, one of them. */
static void by_digits(uint64_t *a, uint64_t *b, size_t n, const uint64_t *to, uint64_t least,
                      unsigned digits, bool floats) {
    uint32_t counts[8][256];
    memset(counts, 0, digits * sizeof counts[0]);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(a[i], floats) - least;
        for (unsigned d = 0; d < digits; d++, key >>= 8) counts[d][key & 255]++;
    }
    for (unsigned d = 0; d < digits; d++) {
        unsigned shift = 8 * d;
        uint32_t *at = counts[d], sum = 0;
        if (at[(key_of(a[0], floats) - least) >> shift & 255] == n) continue;
        for (int v = 0; v < 256; v++) {
            uint32_t count = at[v];
            at[v] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            b[at[(key_of(a[i], floats) - least) >> shift & 255]++] = a[i];
        uint64_t *t = a;
        a = b;
        b = t;
    }
    if (a != to) memcpy(b, a, n * sizeof *a);
}

typedef struct Span {
    uint64_t least, most;
} Span;

static Span span_of(const uint64_t *p, size_t n, bool floats) {
    Span s = {UINT64_MAX, 0};
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(p[i], floats);
        if (key < s.least) s.least = key;
        if (key > s.most) s.most = key;
    }
    return s;
}

static unsigned bits_of(Span s) {
    return s.most == s.least ? 0 : 64 - (unsigned)__builtin_clzll(s.most - s.least);
}

static void count_parts(const uint64_t *p, size_t n, uint64_t least, unsigned shift, size_t *counts,
                        bool floats) {
    for (size_t i = 0; i < n; i++) counts[(key_of(p[i], floats) - least) >> shift]++;
}

static void deal(const uint64_t *p, size_t n, uint64_t least, unsigned shift, size_t *at,
                 uint64_t *out, bool floats) {
    for (size_t i = 0; i < n; i++)
        out[at[(key_of(p[i], floats) - least) >> shift]++] = p[i];
}

/* Sorts a, with b of equal size beside it; the result is in `to`, one of them. */
static void sort_part(uint64_t *a, uint64_t *b, size_t n, uint64_t *to, bool floats) {
    if (n <= FEW) {
        by_insertion(a, n, floats);
        if (to != a) memcpy(to, a, n * sizeof *a);
        return;
    }
    Span s = span_of(a, n, floats);
    unsigned bits = bits_of(s);
    if (bits <= 16 || n <= CACHED) {
        by_digits(a, b, n, to, s.least, (bits + 7) / 8, floats);
        return;
    }
    size_t counts[PARTS] = {0}, sum = 0;
    count_parts(a, n, s.least, bits - 8, counts, floats);
    for (int v = 0; v < PARTS; v++) {
        size_t count = counts[v];
        counts[v] = sum;
        sum += count;
    }
    deal(a, n, s.least, bits - 8, counts, b, floats);
    for (size_t v = 0, from = 0; v < PARTS; from = counts[v++]) {
        size_t count = counts[v] - from;
        if (count > 0) sort_part(b + from, a + from, count, to == a ? a + from : b + from, floats);
        if (count > CACHED / 2) wyn_poll();
    }
}

/* ---- many, by several workers ---- */

typedef struct Share {
    const wyn_buf *from; /* kept: the array may get another one meanwhile */
    uint64_t *a, *b;
    size_t n, chunk;
    bool floats;
    unsigned shift;
    Span span[CHUNKS];
    size_t at[CHUNKS][PARTS]; /* counts, then the next place */
    size_t ends[PARTS];
} Share;

static size_t chunk_len(const Share *s, int64_t k) {
    size_t start = (size_t)k * s->chunk;
    if (start >= s->n) return 0;
    return s->n - start < s->chunk ? s->n - start : s->chunk;
}

static void share_copy(void *env, int64_t from, int64_t to) {
    Share *s = env;
    for (int64_t k = from; k < to; k++) {
        size_t start = (size_t)k * s->chunk, n = chunk_len(s, k);
        if (n > 0) memcpy(s->a + start, s->from->data + start * sizeof *s->a, n * sizeof *s->a);
        s->span[k] = span_of(s->a + start, n, s->floats);
    }
}

static void share_count(void *env, int64_t from, int64_t to) {
    Share *s = env;
    for (int64_t k = from; k < to; k++)
        count_parts(s->a + (size_t)k * s->chunk, chunk_len(s, k), s->span[0].least, s->shift,
                    s->at[k], s->floats);
}

static void share_deal(void *env, int64_t from, int64_t to) {
    Share *s = env;
    for (int64_t k = from; k < to; k++)
        deal(s->a + (size_t)k * s->chunk, chunk_len(s, k), s->span[0].least, s->shift, s->at[k],
             s->b, s->floats);
}

static void share_sort(void *env, int64_t from, int64_t to) {
    Share *s = env;
    for (int64_t v = from; v < to; v++) {
        size_t start = v == 0 ? 0 : s->ends[v - 1], n = s->ends[v] - start;
        sort_part(s->b + start, s->a + start, n, s->a + start, s->floats);
    }
}

static void share_run(Share *s, const wyn_site *site) {
    wyn_par_for(0, CHUNKS, share_copy, s, site);
    for (int k = 1; k < CHUNKS; k++) {
        if (s->span[k].least < s->span[0].least) s->span[0].least = s->span[k].least;
        if (s->span[k].most > s->span[0].most) s->span[0].most = s->span[k].most;
    }
    unsigned bits = bits_of(s->span[0]);
    s->shift = bits > 8 ? bits - 8 : 0;
    wyn_par_for(0, CHUNKS, share_count, s, site);
    size_t sum = 0;
    for (int v = 0; v < PARTS; v++) {
        for (int k = 0; k < CHUNKS; k++) {
            size_t count = s->at[k][v];
            s->at[k][v] = sum;
            sum += count;
        }
        s->ends[v] = sum;
    }
    wyn_par_for(0, CHUNKS, share_deal, s, site);
    wyn_par_for(0, PARTS, share_sort, s, site);
}

/* ---- for the library ---- */

static wyn_array *sorted(const wyn_array *xs, bool floats) {
    const wyn_buf *from = xs->buf;
    size_t n = from->len;
    wyn_array *out = wyn_array_sized(floats ? &wyn_type_float : &wyn_type_int, (int64_t)n);
    uint64_t *a = (uint64_t *)(void *)out->buf->data;
    uint64_t *b = gc_alloc(n * sizeof *b + 1, false);
    memcpy(a, from->data, n * sizeof *a);
    sort_part(a, b, n, a, floats);
    return out;
}

static wyn_array *par_sorted(const wyn_array *xs, bool floats) {
    const wyn_buf *from = xs->buf;
    size_t n = from->len;
    if (n < SHARED) return sorted(xs, floats);
    static const wyn_site site = {"par_sort", "par_sort", 0};
    wyn_array *out = wyn_array_sized(floats ? &wyn_type_float : &wyn_type_int, (int64_t)n);
    Share *s = wyn_alloc(sizeof *s);
    s->from = from;
    s->a = (uint64_t *)(void *)out->buf->data;
    s->b = gc_alloc(n * sizeof *s->b + 1, false);
    s->n = n;
    s->chunk = (n + CHUNKS - 1) / CHUNKS;
    s->floats = floats;
    share_run(s, &site);
    return out;
}

wyn_array *wyn_array_sorted_ints(wyn_array *xs) { return sorted(xs, false); }

wyn_array *wyn_array_sorted_floats(wyn_array *xs) { return sorted(xs, true); }

wyn_array *wyn_par_sorted_ints(wyn_array *xs) { return par_sorted(xs, false); }

wyn_array *wyn_par_sorted_floats(wyn_array *xs) { return par_sorted(xs, true); }
