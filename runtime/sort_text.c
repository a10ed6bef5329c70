/* sort_text.c - strings in the order of their bytes, stable. Each string is sorted together with
 * eight of its bytes as a number, so that most comparisons touch no string: by the first eight,
 * then those that agree in them by the next eight, and so on. Many are sorted byte by byte from
 * the last of the eight (bytes in which all agree are skipped), few by insertion. The two arrays
 * in between are traced: they may be all that keeps the strings if the array changes meanwhile. */
#include "base.h"
#include "gc.h"
#include "native.h"

typedef struct Entry {
    uint64_t key; /* the eight bytes, first one highest, zeros beyond the end */
    wyn_str *s;
} Entry;

enum { FEW = 40 };

/* A string object fills whole words, so the last word may be loaded. */
static inline uint64_t key_at(const wyn_str *s, size_t depth) {
    size_t len = (size_t)s->len;
    uint64_t word;
    if (depth >= len) return 0;
    memcpy(&word, s->bytes + depth, 8);
    word = __builtin_bswap64(word);
    return len - depth < 8 ? word & ~(UINT64_MAX >> 8 * (len - depth)) : word;
}

static void by_insertion(Entry *p, size_t n) {
    for (size_t i = 1; i < n; i++) {
        Entry v = p[i];
        size_t j = i;
        for (; j > 0 && v.key < p[j - 1].key; j--) p[j] = p[j - 1];
        p[j] = v;
    }
}

/* Moves n entries to `to` by one byte, whose values occur counts[] times. */
static void by_byte(const Entry *p, Entry *to, size_t n, unsigned shift, const uint32_t *counts) {
    size_t starts[256], at = 0;
    for (int i = 0; i < 256; i++) {
        starts[i] = at;
        at += counts[i];
    }
    for (size_t i = 0; i < n; i++) to[starts[p[i].key >> shift & 255]++] = p[i];
}

static void by_key(Entry *p, Entry *tmp, size_t n) {
    if (n <= FEW) {
        by_insertion(p, n);
        return;
    }
    uint32_t counts[8][256] = {{0}};
    for (size_t i = 0; i < n; i++) {
        for (int b = 0; b < 8; b++) counts[b][p[i].key >> 8 * b & 255]++;
    }
    Entry *from = p, *to = tmp;
    for (unsigned b = 0; b < 8; b++) {
        if (counts[b][p->key >> 8 * b & 255] == n) continue;
        by_byte(from, to, n, 8 * b, counts[b]);
        Entry *t = from;
        from = to;
        to = t;
    }
    if (from != p) memcpy(p, from, n * sizeof *p);
}

/* Entries of one key: those that end within it by their length, then the others; the number of
 * the others, which come last. */
static size_t by_length(Entry *p, Entry *tmp, size_t n, size_t depth) {
    size_t counts[10] = {0}, at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = (size_t)p[i].s->len - depth;
        counts[len > 8 ? 9 : len]++;
    }
    size_t longer = counts[9];
    for (int i = 0; i < 10; i++) {
        size_t c = counts[i];
        if (c == n) return longer;
        counts[i] = at;
        at += c;
    }
    for (size_t i = 0; i < n; i++) {
        size_t len = (size_t)p[i].s->len - depth;
        tmp[counts[len > 8 ? 9 : len]++] = p[i];
    }
    memcpy(p, tmp, n * sizeof *p);
    return longer;
}

/* Sorts entries that agree in their first `depth` bytes and are at least so long. */
static void sort_from(Entry *p, Entry *tmp, size_t n, size_t depth) {
    while (n > 1) {
        for (size_t i = 0; i < n; i++) p[i].key = key_at(p[i].s, depth);
        by_key(p, tmp, n);
        size_t last = 0;
        for (size_t i = 0, j; i < n; i = j) {
            for (j = i + 1; j < n && p[j].key == p[i].key; j++) {}
            size_t longer = j - i > 1 ? by_length(p + i, tmp, j - i, depth) : 0;
            if (longer == n) last = n; /* all go on: no deeper call */
            else if (longer > 1) sort_from(p + j - longer, tmp, longer, depth + 8);
        }
        n = last;
        depth += 8;
    }
}

void sort_texts(wyn_str **p, size_t n) {
    if (n > UINT32_MAX / 2) wyn_panic("array too large to sort: %zu elements", n);
    Entry *entries = gc_alloc(2 * n * sizeof *entries + 1, true);
    for (size_t i = 0; i < n; i++) entries[i].s = p[i];
    sort_from(entries, entries + n, n, 0);
    for (size_t i = 0; i < n; i++) p[i] = entries[i].s;
}

/* The array is its caller's own. */
void wyn_str_sort(wyn_array *a) {
    if (a->buf->len > 1) sort_texts((wyn_str **)(void *)a->buf->data, a->buf->len);
}
