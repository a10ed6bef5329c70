/* find.c - searching a text for a short one. The first and the last byte of the part are compared
 * with 64 places at once; what passes both is a candidate whose middle is then compared. Matches
 * that lie close together share the work of their block, which is what split, replace and count
 * want. When candidates keep failing, as in texts of one letter, and for the last bytes of the
 * text, the C library's search, whose time is linear, does the rest. */
#define _GNU_SOURCE
#include "find.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base.h"
#include "config.h"

void find_start(Find *f, const char *text, size_t n, const char *part, size_t len) {
    *f = (Find){.part = part, .len = len, .text = text, .end = text + n};
    f->next = f->block = text;
}

/* The places of a block of 64 whose first byte is the part's first and whose byte at len - 1 is its
 * last. */
static inline uint64_t candidates(const char *p, char first, char last, size_t len) {
    uint64_t mask = 0;
#ifdef __SSE2__
    __m128i a = _mm_set1_epi8(first), z = _mm_set1_epi8(last);
    for (int i = 0; i < 64; i += 16) {
        __m128i x = _mm_loadu_si128((const void *)(p + i));
        __m128i both = _mm_cmpeq_epi8(x, a);
        if (len > 1) {
            __m128i y = _mm_loadu_si128((const void *)(p + i + len - 1));
            both = _mm_and_si128(both, _mm_cmpeq_epi8(y, z));
        }
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(both) << i;
    }
#else
    for (int i = 0; i < 64; i++) mask |= (uint64_t)(p[i] == first && p[i + len - 1] == last) << i;
#endif
    return mask;
}

static const char *find_slowly(Find *f) {
    if (f->next < f->block) f->next = f->block;
    size_t room = (size_t)(f->end - f->next);
    const char *p = f->len == 1 ? memchr(f->next, f->part[0], room)
                                : memmem(f->next, room, f->part, f->len);
    f->next = p == NULL ? f->end : p + f->len;
    return p;
}

/* Room for another block, and were candidates worth their comparison so far? */
static inline bool is_fast(const Find *f) {
    return (size_t)(f->end - f->block) >= 64 + f->len &&
           f->misses * 16 < (size_t)(f->block - f->text) + 64 * RT_KB;
}

const char *find_next(Find *f) {
    for (;;) {
        while (f->mask != 0) {
            const char *p = f->base + __builtin_ctzll(f->mask);
            f->mask &= f->mask - 1;
            if (p < f->next) continue;
            if (f->len <= 2 || memcmp(p + 1, f->part + 1, f->len - 2) == 0) {
                f->next = p + f->len;
                return p;
            }
            f->misses += 1 + f->len / 64;
        }
        if (f->block < f->next) f->block = f->next;
        while (f->mask == 0) {
            if (!is_fast(f)) return find_slowly(f);
            f->base = f->block;
            f->mask = f->len == 1 ? candidates(f->base, f->part[0], f->part[0], 1)
                                  : candidates(f->base, f->part[0], f->part[f->len - 1], f->len);
            f->block += 64;
        }
    }
}

int64_t find_count(const char *text, size_t n, const char *part, size_t len) {
    int64_t count = 0;
    Find f;
    if (len == 1) {
        for (; n >= 64; text += 64, n -= 64)
            count += __builtin_popcountll(candidates(text, *part, *part, 1));
    }
    find_start(&f, text, n, part, len);
    while (find_next(&f) != NULL) count++;
    return count;
}
