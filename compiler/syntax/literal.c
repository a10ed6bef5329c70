/* literal.c - values of literals: integers, floats, escapes. The scanner calls the checks, the
 * parser the decoders; a decoder is never given a text that its check has refused. */
#include "lexer.h"
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

u32 utf8_len(const char *p, const char *end) {
    const u8 *b = (const u8 *)p;
    size_t room = (size_t)(end - p);
    if (room < 1) return 0;
    if (b[0] < 0x80) return 1;
    u32 n = b[0] >= 0xc2 && b[0] < 0xe0 ? 2 : b[0] >= 0xe0 && b[0] < 0xf0 ? 3
          : b[0] >= 0xf0 && b[0] < 0xf5 ? 4 : 0;
    if (!n || room < n) return 0;
    for (u32 i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80) return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] >= 0xa0) ||
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] >= 0x90))
        return 0;
    return n;
}

/* --- integers --- */

typedef struct Radix {
    u32 base, skip;
} Radix;

static Radix radix_of(Str s) {
    if (s.n < 2 || s.p[0] != '0') return (Radix){10, 0};
    char r = s.p[1] | 0x20;
    return r == 'x' ? (Radix){16, 2} : r == 'o' ? (Radix){8, 2} : r == 'b' ? (Radix){2, 2}
         : (Radix){10, 0};
}

IntCheck literal_int_check(Str s) {
    Radix r = radix_of(s);
    u64 v = 0;
    for (u32 i = r.skip; i < s.n; i++) {
        if (s.p[i] == '_') continue;
        if (__builtin_mul_overflow(v, (u64)r.base, &v) ||
            __builtin_add_overflow(v, (u64)hex_digit(s.p[i]), &v))
            return (IntCheck){INT_TOO_LARGE};
    }
    if (r.base != 10 || v < (u64)1 << 63) return (IntCheck){INT_FINE};
    return (IntCheck){v == (u64)1 << 63 ? INT_MIN_ONLY : INT_TOO_LARGE};
}

u64 literal_int(Str s) {
    Radix r = radix_of(s);
    u64 v = 0;
    for (u32 i = r.skip; i < s.n; i++)
        if (s.p[i] != '_') v = v * r.base + (u64)hex_digit(s.p[i]);
    return v;
}

double literal_float(Str s) {
    Arena tmp = {0};
    char *p = arena_alloc(&tmp, s.n + 1, 1), *q = p;
    for (u32 i = 0; i < s.n; i++)
        if (s.p[i] != '_') *q++ = s.p[i];
    double v = strtod(p, NULL);
    arena_free(&tmp);
    return v;
}

/* --- escapes --- */

static const char simple_escapes[] = "n\nt\tr\r\\\\\"\"''a\ab\bf\fv\ve\033$${{}}";

static u32 utf8_put(char *to, u32 c) {
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    u32 n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (u32 i = n - 1; i > 0; i--, c >>= 6) to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)((0xf00u >> n & 0xf0) | c);
    return n;
}

typedef struct Escape {
    u32 len;      /* in the source, 0: no escape */
    char bytes[4];
    u32 n;
} Escape;

static Escape escape_unicode(const char *p, const char *end) {
    u32 code = 0, i = 2, digits = 0;
    bool braced = p + 2 < end && p[2] == '{';
    if (braced) i++;
    for (; p + i < end && hex_digit(p[i]) >= 0 && digits < (braced ? 8u : 4u); i++, digits++)
        code = code << 4 | (u32)hex_digit(p[i]);
    if (braced ? digits == 0 || p + i >= end || p[i++] != '}' : digits != 4) return (Escape){0};
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return (Escape){0};
    Escape e = {.len = i};
    e.n = utf8_put(e.bytes, code);
    return e;
}

static Escape escape_octal(const char *p, const char *end) {
    u32 v = 0, n = 0;
    for (; n < 3 && p + 1 + n < end && p[1 + n] >= '0' && p[1 + n] <= '7'; n++)
        v = v << 3 | (u32)(p[1 + n] - '0');
    if (n == 3 && v < 256) return (Escape){4, {(char)v}, 1};
    if (n == 3) return (Escape){0};
    return p[1] == '0' ? (Escape){2, {0}, 1} : (Escape){0};
}

static Escape escape_at(const char *p, const char *end) {
    if (p + 1 >= end) return (Escape){0};
    char c = p[1];
    for (const char *s = simple_escapes; *s; s += 2)
        if (s[0] == c) return (Escape){2, {s[1]}, 1};
    if (c == '\n') return (Escape){2, {0}, 0};
    if (c == '\r' && p + 2 < end && p[2] == '\n') return (Escape){3, {0}, 0};
    if (c >= '0' && c <= '7') return escape_octal(p, end);
    if (c == 'u') return escape_unicode(p, end);
    if (c == 'x' && p + 3 < end && hex_digit(p[2]) >= 0 && hex_digit(p[3]) >= 0)
        return (Escape){4, {(char)(hex_digit(p[2]) << 4 | hex_digit(p[3]))}, 1};
    return (Escape){0};
}

u32 escape_len(const char *p, const char *end) { return escape_at(p, end).len; }

Str literal_text(Arena *a, Str s) {
    char *to = arena_alloc(a, s.n + 1, 1);
    u32 n = 0;
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        Escape e = *p == '\\' ? escape_at(p, end) : (Escape){0};
        if (e.len) {
            memcpy(to + n, e.bytes, e.n);
            n += e.n;
            p += e.len;
        } else {
            to[n++] = *p++;
        }
    }
    return (Str){to, n};
}
