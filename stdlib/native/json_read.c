/* json_read.c - JSON text to values of any type, led by the plan of the type.
 * The text ends with a NUL, which no token begins with: nothing but the wide loads needs to look
 * for the end. A token's function gives the place behind it, or NULL after an error. Errors keep
 * the place; line and column are counted only then. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "json.h"

enum { PATH_ROOM = 120 };
#define MANTISSA_LIMIT (UINT64_MAX / 10 - 1)

typedef struct reader {
    const char *start, *end;
    const char *why, *at; /* why: NULL as long as all is well */
    int depth;
    char path[PATH_ROOM]; /* the members around the place, outermost first */
} reader;

typedef struct cursor { /* JsonCursor: where the next line begins */
    const wyn_str *text;
    int64_t at;
    int64_t line, line_at; /* number and place of the line of the last error */
    wyn_str *why;
} cursor;

/* ---- tokens ---- */

static __attribute__((cold, noinline)) const char *fail(reader *r, const char *at,
                                                        const char *why) {
    if (!r->why) {
        r->why = why;
        r->at = at;
    }
    return NULL;
}

/* The member in which an error stands; called from the inside out. */
static __attribute__((cold, noinline)) const char *fail_in(reader *r, const char *name, size_t n) {
    size_t have = strlen(r->path), sep = have > 0;
    if (n > 0 && have + n + sep < sizeof r->path) {
        memmove(r->path + n + sep, r->path, have + 1);
        memcpy(r->path, name, n);
        if (sep) r->path[n] = '.';
        else r->path[n] = 0;
    }
    return NULL;
}

WYN_INLINE const char *skip(const char *p) {
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') p++;
    return p;
}

static bool utf8_ok(const char *text, const char *end) {
    const unsigned char *p = (const unsigned char *)text, *e = (const unsigned char *)end;
    while (p < e) {
        if (*p < 0x80) {
            p++;
            continue;
        }
        int n = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
        if (*p < 0xc2 || *p > 0xf4 || e - p <= n) return false;
        if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
            (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
            return false;
        for (int i = 1; i <= n; i++)
            if ((p[i] & 0xc0) != 0x80) return false;
        p += n + 1;
    }
    return true;
}

#ifdef __SSE2__
/* The next quote, backslash or control character. Aligned loads stay within the pages of the text
 * although they may begin before p and end behind the text. */
static __attribute__((no_sanitize("address"))) inline const char *plain_end(const char *p,
                                                                            bool *high) {
    unsigned from = (uintptr_t)p & 15;
    const __m128i *block = (const __m128i *)(const void *)(p - from);
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(31);
    for (unsigned mask = 0xffffu << from;; mask = 0xffff, block++) {
        __m128i v = _mm_load_si128(block);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
        unsigned at = (unsigned)_mm_movemask_epi8(hit) & mask;
        unsigned top = (unsigned)_mm_movemask_epi8(v) & mask;
        if (WYN_LIKELY(at != 0)) {
            unsigned n = (unsigned)__builtin_ctz(at);
            if (top & ((1u << n) - 1)) *high = true;
            return (const char *)block + n;
        }
        if (top) *high = true;
    }
}
#else
static inline const char *plain_end(const char *p, bool *high) {
    for (; *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20; p++)
        if ((unsigned char)*p >= 0x80) *high = true;
    return p;
}
#endif

static int hex4(const char *p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f'
                ? (c | 32) - 'a' + 10 : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

static char *utf8_put(char *out, int c) {
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const int lead[] = {0, 0xc0, 0xe0, 0xf0};
    *out++ = (char)(lead[more] | c >> 6 * more);
    while (more-- > 0) *out++ = (char)(0x80 | (c >> 6 * more & 63));
    return out;
}

/* At a backslash: the place behind the escape; its character goes to *out unless that is NULL. */
static const char *escape(reader *r, const char *p, char **out) {
    static const char simple[256] = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b',
                                     ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};
    char c = simple[(unsigned char)p[1]];
    if (c) {
        if (out) *(*out)++ = c;
        return p + 2;
    }
    int code = p[1] == 'u' ? hex4(p + 2) : -1;
    if (code < 0) return fail(r, p, "bad escape in a string");
    const char *next = p + 6;
    if (code >= 0xd800 && code < 0xe000) {
        int low = code < 0xdc00 && next[0] == '\\' && next[1] == 'u' ? hex4(next + 2) : -1;
        if (low < 0xdc00 || low >= 0xe000) return fail(r, p, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        next += 6;
    }
    if (out) *out = utf8_put(*out, code);
    return next;
}

/* Behind the opening quote: checks the string and gives the closing quote. */
static inline const char *string_end(reader *r, const char *p, bool *escaped) {
    const char *start = p;
    bool high = false;
    while (*(p = plain_end(p, &high)) != '"') {
        if (*p != '\\')
            return fail(r, p, p == r->end ? "a string is not closed"
                                          : "control character in a string");
        *escaped = true;
        p = escape(r, p, NULL);
        if (!p) return NULL;
    }
    if (WYN_UNLIKELY(high) && !utf8_ok(start, p)) return fail(r, start, "invalid UTF-8");
    return p;
}

static wyn_str *string_of(reader *r, const char *p, const char *end, bool escaped) {
    if (end == p) return wyn_str_empty;
    wyn_str *s = wyn_alloc_atomic(sizeof *s + (size_t)(end - p) + 1);
    char *out = s->bytes;
    if (WYN_LIKELY(!escaped)) {
        memcpy(out, p, (size_t)(end - p));
        out += end - p;
    } else {
        while (p < end)
            if (*p == '\\') p = escape(r, p, &out);
            else *out++ = *p++;
    }
    *out = 0;
    s->len = out - s->bytes;
    return s;
}

/* At the opening quote. */
static const char *read_string(reader *r, const char *p, wyn_str **out) {
    if (*p != '"') return fail(r, p, "a string was expected");
    bool escaped = false;
    const char *end = string_end(r, p + 1, &escaped);
    if (!end) return NULL;
    *out = string_of(r, p + 1, end, escaped);
    return end + 1;
}

typedef struct number {
    const char *start;
    uint64_t digits;
    int power;
    bool negative, whole, exact; /* exact: `digits` has all of them */
} number;

WYN_INLINE bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

static const char *scan_number(reader *r, const char *p, number *n) {
    *n = (number){.start = p, .whole = true, .exact = true, .negative = *p == '-'};
    p += n->negative;
    if (!is_digit(*p)) return fail(r, p, n->negative ? "a digit was expected"
                                                     : "a value was expected");
    if (*p == '0' && is_digit(p[1])) return fail(r, p, "a number begins with 0");
    for (; is_digit(*p); p++) {
        if (n->digits > MANTISSA_LIMIT) n->exact = false;
        n->digits = n->digits * 10 + (uint64_t)(*p - '0');
    }
    if (*p == '.') {
        n->whole = false;
        if (!is_digit(*++p)) return fail(r, p, "digits are missing after a point");
        for (; is_digit(*p); p++) {
            if (n->digits > MANTISSA_LIMIT) n->exact = false;
            n->digits = n->digits * 10 + (uint64_t)(*p - '0');
            n->power--;
        }
    }
    if ((*p | 32) == 'e') {
        n->whole = false;
        bool minus = *++p == '-';
        p += minus || *p == '+';
        if (!is_digit(*p)) return fail(r, p, "digits are missing in an exponent");
        int e = 0;
        for (; is_digit(*p); p++) e = e < 100000 ? e * 10 + (*p - '0') : e;
        n->power += minus ? -e : e;
    }
    return p;
}

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Exact for up to 2^53 and small powers: both operands are doubles without error then. */
static double number_double(const number *n) {
    if (WYN_LIKELY(n->exact && n->digits <= 1ull << 53 && n->power >= -22 && n->power <= 22)) {
        double v = (double)n->digits;
        v = n->power < 0 ? v / powers[-n->power] : v * powers[n->power];
        return n->negative ? -v : v;
    }
    return strtod(n->start, NULL);
}

static bool number_int(const number *n, int64_t *out) {
    if (n->whole && n->exact && n->digits <= (uint64_t)INT64_MAX + n->negative) {
        *out = (int64_t)(n->negative ? 0 - n->digits : n->digits);
        return true;
    }
    double v = n->whole ? NAN : number_double(n);
    if (v != floor(v) || fabs(v) > 9007199254740992.0) return false;
    *out = (int64_t)v;
    return true;
}

static const char *read_int(reader *r, const char *p, int64_t *out) {
    number n;
    if (*p != '-' && !is_digit(*p)) return fail(r, p, "an int was expected");
    const char *end = scan_number(r, p, &n);
    if (!end) return NULL;
    if (number_int(&n, out)) return end;
    return fail(r, p, n.whole ? "the number does not fit in 64 bits" : "an int was expected");
}

static const char *read_float(reader *r, const char *p, double *out) {
    number n;
    if (*p != '-' && !is_digit(*p)) return fail(r, p, "a number was expected");
    const char *end = scan_number(r, p, &n);
    if (!end) return NULL;
    *out = number_double(&n);
    return isfinite(*out) ? end : fail(r, p, "the number is out of range");
}

static const char *word(reader *r, const char *p, const char *w) {
    size_t n = strlen(w);
    return strncmp(p, w, n) == 0 ? p + n : fail(r, p, "a value was expected");
}

static const char *read_bool(reader *r, const char *p, bool *out) {
    if (*p != 't' && *p != 'f') return fail(r, p, "true or false was expected");
    *out = *p == 't';
    return word(r, p, *out ? "true" : "false");
}

/* ---- what no field takes: checked, not kept ---- */

/* Iterative: one bit a level tells objects from arrays. */
static const char *skip_value(reader *r, const char *p) {
    uint64_t kinds[JSON_DEPTH / 64 + 1];
    int depth = r->depth, base = depth;
    bool escaped;
    for (;;) {
        p = skip(p);
        if (*p == '"') {
            p = string_end(r, p + 1, &escaped);
            if (!p) return NULL;
            p++;
        } else if (*p == '{' || *p == '[') {
            if (depth == JSON_DEPTH) return fail(r, p, "nested too deep");
            bool object = *p == '{';
            uint64_t bit = 1ull << depth % 64, *bits = &kinds[depth / 64];
            *bits = object ? *bits | bit : *bits & ~bit;
            depth++;
            p = skip(p + 1);
            if (*p != (object ? '}' : ']')) {
                if (!object) continue;
                goto name;
            }
            p++;
            depth--;
        } else if (*p == 't' || *p == 'f' || *p == 'n') {
            p = word(r, p, *p == 't' ? "true" : *p == 'f' ? "false" : "null");
        } else {
            number n;
            p = scan_number(r, p, &n);
        }
        if (!p) return NULL;
        for (;;) { /* behind a value */
            if (depth == base) return p;
            p = skip(p);
            bool object = kinds[(depth - 1) / 64] >> (depth - 1) % 64 & 1;
            if (*p == ',') {
                p = skip(p + 1);
                if (object) goto name;
                break;
            }
            if (*p != (object ? '}' : ']'))
                return fail(r, p, object ? "',' or '}' was expected" : "',' or ']' was expected");
            p++;
            depth--;
        }
        continue;
    name:
        if (*p != '"') return fail(r, p, "a name in quotes was expected");
        p = string_end(r, p + 1, &escaped);
        if (!p) return NULL;
        p = skip(p + 1);
        if (*p != ':') return fail(r, p, "':' was expected");
        p++;
    }
}

/* ---- values ---- */

static const char *read_value(reader *r, const char *p, const plan *pl, void *out);

static inline void *at(void *base, size_t offset) { return (char *)base + offset; }

/* Opens a collection: the place of its first part, and whether it has none. */
static const char *open_part(reader *r, const char *p, char open, const char *why, bool *empty) {
    if (*p != open) return fail(r, p, why);
    if (++r->depth > JSON_DEPTH) return fail(r, p, "nested too deep");
    p = skip(p + 1);
    *empty = *p == open + 2; /* the mates of [ and { stand two behind them */
    return p;
}

/* Behind a part: the place of the next one, or behind the close with *more false. */
static inline const char *next_part(reader *r, const char *p, char close, bool *more) {
    p = skip(p);
    if (*p == ',') return skip(p + 1);
    *more = false;
    if (WYN_UNLIKELY(*p != close))
        return fail(r, p, close == '}' ? "',' or '}' was expected" : "',' or ']' was expected");
    r->depth--;
    return p + 1;
}

static const char *close_empty(reader *r, const char *p) {
    r->depth--;
    return p + 1;
}

static const char *read_array(reader *r, const char *p, const plan *pl, wyn_array **out) {
    bool empty;
    const wyn_type *elem = pl->a->type;
    p = open_part(r, p, '[', "an array was expected", &empty);
    if (!p) return NULL;
    wyn_array *a = *out = wyn_array_new(elem, 0);
    if (empty) return close_empty(r, p);
    bool pointers = elem->flags & WYN_TF_PTR;
    for (bool more = true; more;) { /* the element is read where it stays */
        if (a->buf->len == a->buf->cap) wyn_array_grow(a, elem->size, pointers);
        wyn_buf *b = a->buf;
        void *place = b->data + b->len * elem->size;
        p = read_value(r, p, pl->a, place);
        if (!p) return NULL;
        b->len++;
        p = next_part(r, p, ']', &more);
        if (!p) return NULL;
    }
    return p;
}

static const char *read_set(reader *r, const char *p, const plan *pl, wyn_map **out) {
    bool empty;
    p = open_part(r, p, '[', "an array was expected", &empty);
    if (!p) return NULL;
    wyn_map *m = *out = wyn_map_new(pl->type, 0);
    if (empty) return close_empty(r, p);
    wyn_array *one = wyn_array_new(pl->a->type, 1);
    wyn_array_grow(one, pl->a->type->size, pl->a->type->flags & WYN_TF_PTR);
    for (bool more = true; more;) {
        p = read_value(r, p, pl->a, one->buf->data);
        if (!p) return NULL;
        wyn_map_put(m, one->buf->data);
        p = next_part(r, p, ']', &more);
        if (!p) return NULL;
    }
    return p;
}

static const char *read_slots(reader *r, const char *p, const slot *slots, size_t n, void *out) {
    bool empty, more = true;
    p = open_part(r, p, '[', "an array was expected", &empty);
    if (!p) return NULL;
    for (size_t i = 0; i < n; i++) {
        if (empty || !more) return fail(r, p, "the array is too short");
        p = read_value(r, p, slots[i].plan, at(out, slots[i].offset));
        if (!p) return NULL;
        p = next_part(r, p, ']', &more);
        if (!p) return NULL;
    }
    if (n == 0 && empty) return close_empty(r, p);
    return more ? fail(r, p, "the array is too long") : p;
}

/* The place of a variant by the name at p, and behind the name. */
static const char *read_choice(reader *r, const char *p, const plan *pl, const choice **out) {
    wyn_str *name;
    const char *end = read_string(r, p, &name);
    if (!end) return NULL;
    for (uint32_t i = 0; i < pl->type->count; i++) {
        const char *known = pl->choices[i].variant->name;
        size_t n = strlen(known);
        if (n == (size_t)name->len && memcmp(known, name->bytes, n) == 0) {
            *out = &pl->choices[i];
            return end;
        }
    }
    return fail(r, p, "no variant has this name");
}

/* In an object's name: a map's key of a type other than string. */
static const char *read_key(reader *r, const char *p, const plan *pl, void *key) {
    if (pl->type->kind == WYN_T_INT) {
        const char *end = *p == '"' ? read_int(r, p + 1, key) : fail(r, p, "a name was expected");
        if (end && *end != '"') return fail(r, p, "an int was expected");
        return end ? end + 1 : NULL;
    }
    const choice *c;
    p = read_choice(r, p, pl, &c);
    if (p) *(int32_t *)key = (int32_t)(c - pl->choices);
    return p;
}

static const char *read_map(reader *r, const char *p, const plan *pl, wyn_map **out) {
    bool empty;
    p = open_part(r, p, '{', "an object was expected", &empty);
    if (!p) return NULL;
    wyn_map *m = *out = wyn_map_new(pl->type, 0);
    if (empty) return close_empty(r, p);
    for (bool more = true; more;) {
        wyn_str *name = NULL;
        int64_t key = 0;
        if (*p != '"') return fail(r, p, "a name in quotes was expected");
        bool text = pl->a->type->kind == WYN_T_STR;
        p = text ? read_string(r, p, &name) : read_key(r, p, pl->a, &key);
        if (!p) return NULL;
        p = skip(p);
        if (*p != ':') return fail(r, p, "':' was expected");
        void *place = text ? wyn_map_put_str(m, name) : wyn_map_put(m, &key);
        p = read_value(r, skip(p + 1), pl->b, place);
        if (!p) return text ? fail_in(r, name->bytes, (size_t)name->len) : NULL;
        p = next_part(r, p, '}', &more);
        if (!p) return NULL;
    }
    return p;
}

/* Does the name at p (behind its quote) belong to s? */
WYN_INLINE bool slot_is(const slot *s, const char *p, uint64_t head) {
    if ((head & s->mask) != s->head) return false;
    return s->len < 8 || (strncmp(p + 8, s->name + 8, s->len - 8) == 0 && p[s->len] == '"');
}

static const slot *slot_find(const plan *pl, const char *p, const char *end, uint32_t *next) {
    uint64_t head = 0;
    if (WYN_LIKELY(end - p >= 8)) memcpy(&head, p, 8);
    else memcpy(&head, p, (size_t)(end - p));
    uint32_t n = pl->type->count;
    for (uint32_t k = 0, i = *next; k < n; k++, i++) {
        if (i >= n) i = 0;
        if (slot_is(&pl->slots[i], p, head)) {
            *next = i + 1;
            return &pl->slots[i];
        }
    }
    return NULL;
}

/* A name that no field has as it is written: it may contain escapes. */
static const char *slot_escaped(reader *r, const char *p, const plan *pl, const slot **found) {
    bool escaped = false;
    const char *end = string_end(r, p, &escaped);
    if (!end || WYN_LIKELY(!escaped)) return end;
    wyn_str *name = string_of(r, p, end, true);
    for (uint32_t i = 0; i < pl->type->count; i++) {
        const slot *s = &pl->slots[i];
        if (s->len == name->len && memcmp(s->name, name->bytes, s->len) == 0) *found = s;
    }
    return end;
}

static const char *struct_done(reader *r, const char *p, const plan *pl, const uint64_t *seen,
                               void *out) {
    for (uint32_t i = 0; i < pl->type->count; i++) {
        const slot *s = &pl->slots[i];
        if (seen[i / 64] >> i % 64 & 1) continue;
        if (s->preset) {
            s->preset(at(out, s->offset));
            continue;
        }
        if (!s->optional) {
            fail(r, p - 1, "the member is missing");
            return fail_in(r, s->name, s->len);
        }
        memset(at(out, s->offset), 0, s->plan->type->size);
    }
    return p;
}

static const char *read_struct(reader *r, const char *p, const plan *pl, void *out) {
    bool empty;
    uint32_t next = 0;
    uint64_t seen[JSON_FIELDS / 64] = {0};
    p = open_part(r, p, '{', "an object was expected", &empty);
    if (!p) return NULL;
    if (empty) return struct_done(r, close_empty(r, p), pl, seen, out);
    for (bool more = true; more;) {
        if (WYN_UNLIKELY(*p != '"')) return fail(r, p, "a name in quotes was expected");
        const slot *s = slot_find(pl, ++p, r->end, &next);
        p = s ? p + s->len : slot_escaped(r, p, pl, &s);
        if (!p) return NULL;
        if (WYN_UNLIKELY(*++p != ':' && *(p = skip(p)) != ':'))
            return fail(r, p, "':' was expected");
        p = skip(p + 1);
        if (s) {
            uint32_t i = (uint32_t)(s - pl->slots);
            seen[i / 64] |= 1ull << i % 64;
            p = read_value(r, p, s->plan, at(out, s->offset));
            if (!p) return fail_in(r, s->name, s->len);
        } else {
            p = skip_value(r, p);
            if (!p) return NULL;
        }
        p = next_part(r, p, '}', &more);
        if (!p) return NULL;
    }
    return struct_done(r, p, pl, seen, out);
}

/* "Name", or {"Name": payload}, the payload an array when it has several parts. */
static const char *read_enum(reader *r, const char *p, const plan *pl, void *out) {
    const choice *c;
    bool object = *p == '{', empty, more = true, boxed = pl->type->kind == WYN_T_ENUM_BOX;
    if (object) p = open_part(r, p, '{', "", &empty);
    if (!p) return NULL;
    const char *name = p;
    if (*p != '"') return fail(r, p, "the name of a variant was expected");
    p = read_choice(r, p, pl, &c);
    if (!p) return NULL;
    const wyn_variant *v = c->variant;
    if (object != (v->nfields > 0))
        return fail(r, name, object ? "the variant takes no values" : "the variant takes values");
    int32_t tag = (int32_t)(c - pl->choices);
    if (boxed && !object) {
        *(const void **)out = v->unit;
        return p;
    }
    void *place = out;
    if (boxed) place = *(void **)out = wyn_alloc(v->size);
    *(int32_t *)place = tag;
    if (!object) return p;
    p = skip(p);
    if (*p != ':') return fail(r, p, "':' was expected");
    p = skip(p + 1);
    p = v->nfields == 1 ? read_value(r, p, c->slots[0].plan, at(place, c->slots[0].offset))
                        : read_slots(r, p, c->slots, v->nfields, place);
    if (!p) return fail_in(r, v->name, strlen(v->name));
    p = next_part(r, p, '}', &more);
    return p && more ? fail(r, p, "one variant was expected") : p;
}

static const char *read_result(reader *r, const char *p, const plan *pl, void *out) {
    bool empty, more = true;
    wyn_str *name;
    p = open_part(r, p, '{', "an object with Ok or Err was expected", &empty);
    p = p ? read_string(r, p, &name) : NULL;
    if (!p) return NULL;
    bool ok = strcmp(name->bytes, "Ok") == 0;
    if (!ok && strcmp(name->bytes, "Err") != 0) return fail(r, p, "Ok or Err was expected");
    p = skip(p);
    if (*p != ':') return fail(r, p, "':' was expected");
    memset(out, 0, pl->type->size);
    wyn_zero(at(out, pl->type->fields[ok].offset), (ok ? pl->b : pl->a)->type);
    *(bool *)out = ok;
    p = read_value(r, skip(p + 1), ok ? pl->a : pl->b, at(out, pl->type->fields[!ok].offset));
    p = p ? next_part(r, p, '}', &more) : NULL;
    return p && more ? fail(r, p, "'}' was expected") : p;
}

/* A JsonValue: its variants stand in the order of is_any. */
static const char *read_any(reader *r, const char *p, const plan *pl, void **out) {
    const wyn_variant *variants = pl->type->variants;
    if (*p == 'n') {
        *out = (void *)(uintptr_t)variants[0].unit;
        return word(r, p, "null");
    }
    number n;
    const char *end = NULL;
    int tag = *p == '"' ? 4 : *p == '[' ? 5 : *p == '{' ? 6 : *p == 't' || *p == 'f' ? 1 : 2;
    int64_t whole = 0;
    if (tag == 2) {
        end = scan_number(r, p, &n);
        if (!end) return NULL;
        if (!n.whole || !number_int(&n, &whole)) tag = 3;
    }
    void *object = *out = wyn_alloc(variants[tag].size);
    void *place = at(object, variants[tag].fields[0].offset);
    *(int32_t *)object = tag;
    plan of = {.type = variants[tag].fields[0].type, .a = pl, .b = pl};
    static const plan text = {.type = &wyn_type_str};
    switch (tag) {
    case 1: return read_bool(r, p, place);
    case 2: *(int64_t *)place = whole; return end;
    case 3: return read_float(r, p, place);
    case 4: return read_string(r, p, place);
    case 5: return read_array(r, p, &of, place);
    default: of.a = &text; return read_map(r, p, &of, place);
    }
}

/* At the first byte of a value. */
static const char *read_value(reader *r, const char *p, const plan *pl, void *out) { /* table */
    switch ((wyn_kind)pl->type->kind) {
    case WYN_T_INT: return read_int(r, p, out);
    case WYN_T_FLOAT: return read_float(r, p, out);
    case WYN_T_BOOL: return read_bool(r, p, out);
    case WYN_T_STR: return read_string(r, p, out);
    case WYN_T_ARRAY: return read_array(r, p, pl, out);
    case WYN_T_MAP: return read_map(r, p, pl, out);
    case WYN_T_SET: return read_set(r, p, pl, out);
    case WYN_T_STRUCT: return read_struct(r, p, pl, out);
    case WYN_T_TUPLE: return read_slots(r, p, pl->slots, pl->type->count, out);
    case WYN_T_RESULT: return read_result(r, p, pl, out);
    case WYN_T_OPT_PTR:
        if (*p != 'n') return read_value(r, p, pl->a, out);
        *(void **)out = NULL;
        return word(r, p, "null");
    case WYN_T_OPT_VAL:
        memset(out, 0, pl->type->size);
        if (*p == 'n') return word(r, p, "null");
        *(bool *)out = true;
        return read_value(r, p, pl->a, at(out, pl->type->fields[0].offset));
    case WYN_T_ENUM_INT: case WYN_T_ENUM_VAL: return read_enum(r, p, pl, out);
    case WYN_T_ENUM_BOX: return pl->any ? read_any(r, p, pl, out) : read_enum(r, p, pl, out);
    case WYN_T_VOID: return word(r, p, "null");
    case WYN_T_PTR: case WYN_T_FN: case WYN_T_OBJECT: case WYN_T_FUTURE: case WYN_T_CHANNEL:
    case WYN_T_BUILDER: case WYN_T_HANDLE: break;
    }
    return fail(r, p, "no value of this type can be read");
}

/* ---- what the library calls ---- */

/* Lines are counted from the error before this one. */
static wyn_str *error_text(const reader *r, cursor *c) {
    const char *bytes = c->text->bytes, *from = bytes + c->line_at;
    for (const char *p = from; p < r->at; p++)
        if (*p == '\n') {
            c->line++;
            from = p + 1;
        }
    c->line_at = from - bytes;
    int64_t column = 1;
    for (const char *p = from; p < r->at; p++) column += (*p & 0xc0) != 0x80;
    char text[PATH_ROOM + 160];
    int n = snprintf(text, sizeof text, "line %lld, column %lld: %s%s%s", (long long)c->line,
                     (long long)column, r->path, r->path[0] ? ": " : "", r->why);
    return wyn_str_new(text, n);
}

static wyn_str *unfit_text(const plan *pl) {
    char text[200];
    int n = snprintf(text, sizeof text, "%.80s is not read from JSON: it has a %.60s inside",
                     pl->type->name, pl->unfit);
    return wyn_str_new(text, n);
}

cursor *wyn_json_cursor(const wyn_str *text);
cursor *wyn_json_cursor(const wyn_str *text) {
    cursor *c = wyn_alloc(sizeof *c);
    *c = (cursor){.text = text, .line = 1};
    return c;
}

/* Moves to the next value between lines; false at the end. */
bool wyn_json_more(cursor *c);
bool wyn_json_more(cursor *c) {
    c->at = skip(c->text->bytes + c->at) - c->text->bytes;
    return c->at < c->text->len;
}

/* Why the last value could not be read, "" when it could. */
wyn_str *wyn_json_why(const cursor *c);
wyn_str *wyn_json_why(const cursor *c) { return c->why ? c->why : wyn_str_empty; }

/* The value at the cursor. `lines`: it must lie in a line of its own, and the cursor goes to the
 * next one even after an error; else it must end the text. */
void wyn_json_read(void *result, cursor *c, bool lines, const wyn_type *t);
void wyn_json_read(void *result, cursor *c, bool lines, const wyn_type *t) {
    const plan *pl = wyn_json_plan(t);
    const char *bytes = c->text->bytes;
    reader r;
    r.start = bytes + c->at;
    r.end = bytes + c->text->len;
    r.why = NULL;
    r.depth = 0;
    r.path[0] = 0;
    c->why = NULL;
    if (pl->unfit) {
        c->why = unfit_text(pl);
        c->at = c->text->len;
        return;
    }
    const char *p = read_value(&r, skip(r.start), pl, result);
    if (p && lines) {
        while (*p == ' ' || *p == '\t' || *p == '\r') p++;
    } else if (p) {
        p = skip(p);
    }
    if (p && p != r.end && (!lines || *p != '\n')) p = fail(&r, p, "text after the value");
    const char *nl = lines ? memchr(r.start, '\n', (size_t)((p ? p : r.at) - r.start)) : NULL;
    if (!p || nl) {
        p = NULL;
        if (nl) { /* read on into the next line, which is a value of its own */
            r.at = nl;
            r.why = "the line ends inside the value";
        }
        c->why = error_text(&r, c);
        p = lines ? memchr(r.at, '\n', (size_t)(r.end - r.at)) : NULL;
    }
    c->at = p ? p - bytes : c->text->len;
}

/* ---- documents: a JsonDoc is the object of its JsonValue ---- */

void *wyn_json_doc(void *value);
void *wyn_json_doc(void *value) { return value; }

void *wyn_json_doc_value(void *doc);
void *wyn_json_doc_value(void *doc) { return doc; }

void *wyn_json_doc_at(int64_t number);
void *wyn_json_doc_at(int64_t number) { return wyn_handle_object(number, WYN_H_JSON, NULL); }

bool wyn_bytes_are_utf8(const wyn_str *s);
bool wyn_bytes_are_utf8(const wyn_str *s) { return utf8_ok(s->bytes, s->bytes + s->len); }
