/* str.c - strings: immutable, pointer-free objects of a length, the bytes and a NUL. What yields
 * "" or one byte yields a static object. Positions count bytes. */
#include "base.h"
#include "native.h"

const struct wyn_str_empty_object wyn_str_empty_object = {0, ""};

/* One-byte strings: 16 bytes each, never allocated. */
#define B1(c) {1, {(char)(c)}}
#define B4(c) B1(c), B1((c) + 1), B1((c) + 2), B1((c) + 3)
#define B16(c) B4(c), B4((c) + 4), B4((c) + 8), B4((c) + 12)
#define B64(c) B16(c), B16((c) + 16), B16((c) + 32), B16((c) + 48)
const struct wyn_str_byte wyn_str_one_byte[256] = {B64(0), B64(64), B64(128), B64(192)};

wyn_str *wyn_str_make(int64_t len) {
    if (len < 0 || len > INT64_MAX / 2) wyn_panic("string too large: %lld bytes", (long long)len);
    wyn_str *s = wyn_alloc_atomic(sizeof *s + (size_t)len + 1);
    s->len = len;
    s->bytes[len] = '\0';
    return s;
}

/* n bytes, 2 <= n <= 16, by two moves that overlap. */
static inline void copy_short(char *to, const char *from, size_t n) {
    uint64_t a, b;
    uint32_t c, d;
    uint16_t e, f;
    if (n >= 8) {
        memcpy(&a, from, 8);
        memcpy(&b, from + n - 8, 8);
        memcpy(to, &a, 8);
        memcpy(to + n - 8, &b, 8);
    } else if (n >= 4) {
        memcpy(&c, from, 4);
        memcpy(&d, from + n - 4, 4);
        memcpy(to, &c, 4);
        memcpy(to + n - 4, &d, 4);
    } else {
        memcpy(&e, from, 2);
        memcpy(&f, from + n - 2, 2);
        memcpy(to, &e, 2);
        memcpy(to + n - 2, &f, 2);
    }
}

wyn_str *wyn_str_new(const char *bytes, int64_t len) {
    if (len == 0) return wyn_str_empty;
    if (len == 1) return (wyn_str *)&wyn_str_one_byte[(unsigned char)bytes[0]];
    if (len > 1 && len <= 16) { /* words, mostly */
        wyn_str *s = wyn_alloc_atomic(sizeof *s + (size_t)len + 1);
        s->len = len;
        copy_short(s->bytes, bytes, (size_t)len);
        s->bytes[len] = '\0';
        return s;
    }
    wyn_str *s = wyn_str_make(len);
    memcpy(s->bytes, bytes, (size_t)len);
    return s;
}

/* Short pieces without a branch on the length: two words, what lies behind the piece masked out. */
wyn_str *wyn_str_cut(const char *from, int64_t len, const char *end) {
    if (len < 2 || len > 15 || end - from < 16) return wyn_str_new(from, len);
    uint64_t w[2];
    memcpy(w, from, sizeof w);
    unsigned cut = 64 - 8 * ((unsigned)len & 7);
    wyn_str *s;
    if (len < 8) {
        s = wyn_alloc_atomic(sizeof *s + 8);
        w[0] = w[0] << cut >> cut;
    } else {
        s = wyn_alloc_atomic(sizeof *s + 16);
        w[1] = len == 8 ? 0 : w[1] << cut >> cut;
        memcpy(s->bytes + 8, &w[1], 8);
    }
    s->len = len;
    memcpy(s->bytes, &w[0], 8);
    return s;
}

wyn_str *wyn_str_concat2(const wyn_str *a, const wyn_str *b) {
    if (a->len == 0) return (wyn_str *)b;
    if (b->len == 0) return (wyn_str *)a;
    wyn_str *s = wyn_str_make(a->len + b->len);
    memcpy(s->bytes, a->bytes, (size_t)a->len);
    memcpy(s->bytes + a->len, b->bytes, (size_t)b->len);
    return s;
}

wyn_str *wyn_str_concat(int64_t n, wyn_str *const *parts) {
    int64_t len = 0;
    for (int64_t i = 0; i < n; i++) len += parts[i]->len;
    if (len == 0) return wyn_str_empty;
    wyn_str *s = wyn_str_make(len);
    char *p = s->bytes;
    for (int64_t i = 0; i < n; i++) {
        memcpy(p, parts[i]->bytes, (size_t)parts[i]->len);
        p += parts[i]->len;
    }
    return s;
}

/* A string in a loop that one variable alone holds (compiler/lower/append.c) grows in place. room:
 * bytes that may be written behind it; 0: it may be held elsewhere; -1: it is not, but has no room.
 * The first string after one that is held elsewhere gets none: most are made of a few parts. */
static wyn_str *str_grow(wyn_str *s, int64_t *room, int64_t n) {
    if (*room >= n) return s;
    int64_t len = s->len + n, spare = *room == 0 ? 0 : len / 2 + 16;
    wyn_str *grown = wyn_str_make(len + spare);
    memcpy(grown->bytes, s->bytes, (size_t)s->len);
    grown->len = s->len;
    *room = *room == 0 ? -1 : len + spare - s->len;
    return grown;
}

wyn_str *wyn_str_append(wyn_str *s, int64_t *room, int64_t n, wyn_str *const *parts) {
    int64_t more = 0;
    for (int64_t i = 0; i < n; i++) more += parts[i]->len;
    if (more == 0) return s;
    if (s->len == 0 && n == 1) {
        *room = 0;
        return parts[0];
    }
    wyn_str *grown = str_grow(s, room, more);
    char *p = grown->bytes + grown->len;
    for (int64_t i = 0; i < n; i++) {
        memcpy(p, parts[i]->bytes, (size_t)parts[i]->len);
        p += parts[i]->len;
    }
    *p = '\0';
    grown->len += more;
    if (*room > 0) *room -= more;
    return grown;
}

int wyn_str_cmp(const wyn_str *a, const wyn_str *b) {
    int64_t n = a->len < b->len ? a->len : b->len;
    int c = memcmp(a->bytes, b->bytes, (size_t)n);
    if (c != 0) return c < 0 ? -1 : 1;
    return (a->len > b->len) - (a->len < b->len);
}

static wyn_str *str_part(const wyn_str *s, int64_t from, int64_t to) {
    if (from < 0) from = 0;
    if (to > s->len) to = s->len;
    if (from >= to) return wyn_str_empty;
    if (to - from == s->len) return (wyn_str *)s;
    return wyn_str_new(s->bytes + from, to - from);
}

wyn_str *wyn_str_slice_to(const wyn_str *s, int64_t from, int64_t to) {
    return str_part(s, from < 0 ? from + s->len : from, to < 0 ? to + s->len : to);
}

wyn_str *wyn_str_slice(const wyn_str *s, int64_t from, int64_t to) { return str_part(s, from, to); }

wyn_str *wyn_str_times(const wyn_str *s, int64_t n, const wyn_site *site) {
    if (n <= 0 || s->len == 0) return wyn_str_empty;
    int64_t len;
    if (__builtin_mul_overflow(s->len, n, &len) || len > INT64_MAX / 4)
        wyn_panic_at(site, "string repeat result too large: %lld times %lld bytes", (long long)n,
                     (long long)s->len);
    wyn_str *r = wyn_str_make(len);
    if (s->len == 1) {
        memset(r->bytes, s->bytes[0], (size_t)len);
        return r;
    }
    size_t have = (size_t)s->len;
    memcpy(r->bytes, s->bytes, have);
    while (have < (size_t)len) {
        size_t more = have <= (size_t)len - have ? have : (size_t)len - have;
        memcpy(r->bytes + have, r->bytes, more);
        have += more;
    }
    return r;
}

const char *wyn_str_c(wyn_str *s) {
    if (memchr(s->bytes, '\0', (size_t)s->len) != NULL)
        wyn_panic("a string with a NUL byte inside cannot be passed to C");
    return s->bytes;
}

wyn_str *wyn_str_from_c(const char *s) {
    return s == NULL ? wyn_str_empty : wyn_str_new(s, (int64_t)strlen(s));
}
