/* str.c - sized strings, interning (open addressing, FNV-1a with a final mix), text buffers. */
#include "str.h"
#include <stdio.h>
#include <string.h>

Str str_c(const char *c_string) { return (Str){c_string, (u32)strlen(c_string)}; }

bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool str_starts(Str s, Str prefix) {
    return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

bool str_ends(Str s, Str suffix) {
    return s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

const char *str_z(Arena *a, Str s) {
    char *p = arena_alloc(a, s.n + 1, 1);
    if (s.n) memcpy(p, s.p, s.n);
    return p;
}

Str str_copy(Arena *a, Str s) { return (Str){str_z(a, s), s.n}; }

Str str_vfmt(Arena *a, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    ASSERT(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1, 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (Str){p, (u32)n};
}

Str str_fmt(Arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str s = str_vfmt(a, fmt, ap);
    va_end(ap);
    return s;
}

u64 str_hash(Str s) {
    u64 h = 14695981039346656037u;
    for (u32 i = 0; i < s.n; i++) h = (h ^ (u8)s.p[i]) * 1099511628211u;
    return h ^ (h >> 32);
}

u32 str_distance(Str a, Str b, u32 limit) {
    enum { LONGEST = 64 };
    if (a.n > LONGEST || b.n > LONGEST || (a.n > b.n ? a.n - b.n : b.n - a.n) > limit)
        return limit + 1;
    u32 rows[3][LONGEST + 1];
    u32 *prev2 = rows[0], *prev = rows[1], *cur = rows[2];
    for (u32 j = 0; j <= b.n; j++) prev[j] = j;
    for (u32 i = 1; i <= a.n; i++) {
        cur[0] = i;
        for (u32 j = 1; j <= b.n; j++) {
            u32 best = prev[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            best = MIN_OF(best, prev[j] + 1);
            best = MIN_OF(best, cur[j - 1] + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                best = MIN_OF(best, prev2[j - 2] + 1);
            cur[j] = best;
        }
        u32 *t = prev2;
        prev2 = prev, prev = cur, cur = t;
    }
    return prev[b.n];
}

struct Interner {
    Arena *arena;
    NameRec **slots;
    u32 cap, n;
};

Interner *interner_new(Arena *a) {
    Interner *in = NEW(a, Interner);
    in->arena = a;
    in->cap = 1024;
    in->slots = NEW_N(a, NameRec *, in->cap);
    return in;
}

static void interner_grow(Interner *in) {
    u32 cap = in->cap * 2;
    NameRec **slots = NEW_N(in->arena, NameRec *, cap);
    for (u32 i = 0; i < in->cap; i++) {
        NameRec *r = in->slots[i];
        if (!r) continue;
        u32 at = (u32)r->hash & (cap - 1);
        while (slots[at]) at = (at + 1) & (cap - 1);
        slots[at] = r;
    }
    in->slots = slots;
    in->cap = cap;
}

Name intern(Interner *in, Str s) {
    if (in->n * 2 >= in->cap) interner_grow(in);
    u64 h = str_hash(s);
    u32 at = (u32)h & (in->cap - 1);
    for (; in->slots[at]; at = (at + 1) & (in->cap - 1)) {
        NameRec *r = in->slots[at];
        if (r->hash == h && str_eq(r->s, s)) return r;
    }
    NameRec *r = NEW(in->arena, NameRec);
    r->s = str_copy(in->arena, s);
    r->hash = h;
    r->id = in->n++;
    return in->slots[at] = r;
}

Name intern_c(Interner *in, const char *s) { return intern(in, str_c(s)); }

static void buf_room(StrBuf *b, size_t more) {
    if (b->n + more + 1 <= b->cap) return;
    size_t cap = MAX_OF((size_t)b->cap * 2, b->n + more + 64);
    ASSERT(cap < UINT32_MAX);
    b->p = arena_grow(b->arena, b->p, b->cap, cap, 1);
    b->cap = (u32)cap;
}

void buf_str(StrBuf *b, Str s) {
    buf_room(b, s.n);
    if (s.n) memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void buf_c(StrBuf *b, const char *s) { buf_str(b, str_c(s)); }

void buf_char(StrBuf *b, char c) {
    buf_room(b, 1);
    b->p[b->n++] = c;
}

void buf_fmt(StrBuf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    ASSERT(n >= 0);
    buf_room(b, (size_t)n);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    b->n += (u32)n;
    va_end(again);
    va_end(ap);
}

Str buf_done(StrBuf *b) {
    buf_room(b, 0);
    b->p[b->n] = 0;
    return (Str){b->p, b->n};
}
