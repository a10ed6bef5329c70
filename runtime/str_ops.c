/* str_ops.c - string methods that search, cut and change case. ASCII letters only; characters
 * where the library says so. */
#define _GNU_SOURCE
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base.h"
#include "find.h"
#include "gc.h"
#include "native.h"

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(char c) { return is_upper(c) || is_lower(c); }
static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static char to_upper(char c) { return is_lower(c) ? (char)(c - 32) : c; }

#define BYTES(b) (~(uint64_t)0 / 255 * (b)) /* the byte b in each of 8 places */

/* ASCII letters from `first` on, 26 of them, in the other case: 8 bytes at a time. A sum with the
 * low 7 bits of a byte carries into its eighth bit from `first` on, or beyond the last letter. */
static wyn_str *change_case(const wyn_str *s, char first) {
    wyn_str *r = wyn_str_make(s->len);
    uint64_t from = BYTES((uint64_t)(128 - first)), beyond = BYTES((uint64_t)(128 - first - 26));
    int64_t i = 0;
    for (; i + 8 <= s->len; i += 8) {
        uint64_t w, low;
        memcpy(&w, s->bytes + i, 8);
        low = w & BYTES(0x7f);
        w ^= ((low + from) ^ (low + beyond)) >> 2 & ~w >> 2 & BYTES(0x20);
        memcpy(r->bytes + i, &w, 8);
    }
    for (; i < s->len; i++) {
        char c = s->bytes[i];
        r->bytes[i] = c >= first && c < first + 26 ? (char)(c ^ 32) : c;
    }
    return r;
}

wyn_str *wyn_str_upper(const wyn_str *s) { return change_case(s, 'a'); }

wyn_str *wyn_str_lower(const wyn_str *s) { return change_case(s, 'A'); }

wyn_str *wyn_str_capitalize(const wyn_str *s) {
    wyn_str *r = wyn_str_lower(s);
    if (r->len > 0) r->bytes[0] = to_upper(r->bytes[0]);
    return r;
}

wyn_str *wyn_str_title(const wyn_str *s) {
    wyn_str *r = wyn_str_lower(s);
    for (int64_t i = 0; i < r->len; i++) {
        if (i == 0 || is_blank(r->bytes[i - 1])) r->bytes[i] = to_upper(r->bytes[i]);
    }
    return r;
}

static wyn_str *str_trim(const wyn_str *s, bool left, bool right) {
    int64_t from = 0;
    int64_t to = s->len;
    while (left && from < to && is_blank(s->bytes[from])) from++;
    while (right && to > from && is_blank(s->bytes[to - 1])) to--;
    if (to - from == s->len) return (wyn_str *)s;
    return wyn_str_new(s->bytes + from, to - from);
}

wyn_str *wyn_str_trim(const wyn_str *s) { return str_trim(s, true, true); }

wyn_str *wyn_str_trim_left(const wyn_str *s) { return str_trim(s, true, false); }

wyn_str *wyn_str_trim_right(const wyn_str *s) { return str_trim(s, false, true); }

/* ---- search ---- */

/* The position of part at or after from, or -1. */
static int64_t str_find(const wyn_str *s, const wyn_str *part, int64_t from) {
    if (part->len > s->len - from) return -1;
    if (part->len == 0) return from;
    size_t room = (size_t)(s->len - from);
    const char *p;
    if (part->len == 1) {
        p = memchr(s->bytes + from, part->bytes[0], room);
    } else {
        Find f;
        find_start(&f, s->bytes + from, room, part->bytes, (size_t)part->len);
        p = find_next(&f);
    }
    return p == NULL ? -1 : p - s->bytes;
}

bool wyn_str_contains(wyn_str *s, wyn_str *part) { return str_find(s, part, 0) >= 0; }

bool wyn_str_starts_with(const wyn_str *s, const wyn_str *part) {
    return part->len <= s->len && memcmp(s->bytes, part->bytes, (size_t)part->len) == 0;
}

bool wyn_str_ends_with(const wyn_str *s, const wyn_str *part) {
    int64_t at = s->len - part->len;
    return at >= 0 && memcmp(s->bytes + at, part->bytes, (size_t)part->len) == 0;
}

int64_t wyn_str_index_of(const wyn_str *s, const wyn_str *part) { return str_find(s, part, 0); }

int64_t wyn_str_find(const wyn_str *s, const wyn_str *part, int64_t start) {
    if (start < 0) start = 0;
    return start > s->len ? -1 : str_find(s, part, start);
}

int64_t wyn_str_last_index_of(const wyn_str *s, const wyn_str *part) {
    if (part->len == 0) return s->len;
    for (int64_t room = s->len - part->len + 1; room > 0;) {
        const char *p = memrchr(s->bytes, part->bytes[0], (size_t)room);
        if (p == NULL) return -1;
        if (memcmp(p, part->bytes, (size_t)part->len) == 0) return p - s->bytes;
        room = p - s->bytes;
    }
    return -1;
}

int64_t wyn_str_count(const wyn_str *s, const wyn_str *part) {
    if (part->len == 0) return 0;
    return find_count(s->bytes, (size_t)s->len, part->bytes, (size_t)part->len);
}

wyn_str *wyn_str_replace(const wyn_str *s, const wyn_str *from, const wyn_str *to) {
    int64_t count = wyn_str_count(s, from);
    if (count == 0) return (wyn_str *)s;
    wyn_str *r = wyn_str_make(s->len + count * (to->len - from->len));
    char *p = r->bytes;
    const char *at = s->bytes;
    Find f;
    find_start(&f, s->bytes, (size_t)s->len, from->bytes, (size_t)from->len);
    for (const char *next; (next = find_next(&f)) != NULL; at = next + from->len) {
        memcpy(p, at, (size_t)(next - at));
        p += next - at;
        memcpy(p, to->bytes, (size_t)to->len);
        p += to->len;
    }
    memcpy(p, at, (size_t)(s->bytes + s->len - at));
    return r->len == 0 ? wyn_str_empty : r;
}

/* ---- pieces ---- */

/* Which of the 16 bytes at p are blanks, a bit each. */
static inline uint32_t blanks(const char *p) {
    uint32_t mask = 0;
#ifdef __SSE2__
    __m128i v = _mm_loadu_si128((const void *)p), tab = _mm_set1_epi8('\t');
    __m128i from_tab = _mm_sub_epi8(v, tab), last = _mm_set1_epi8('\r' - '\t');
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(from_tab, last), from_tab);
    __m128i both = _mm_or_si128(control, _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    mask = (uint32_t)_mm_movemask_epi8(both);
#else
    for (int i = 0; i < 16; i++) mask |= (uint32_t)is_blank(p[i]) << i;
#endif
    return mask;
}

/* The first byte from p on that is a blank, or none; 16 at a time. */
static inline const char *blank_skip(const char *p, const char *end, bool blank) {
    for (; end - p >= 16; p += 16) {
        uint32_t mask = blanks(p) ^ (blank ? 0 : 0xffff);
        if (mask != 0) return p + __builtin_ctz(mask);
    }
    while (p < end && is_blank(*p) != blank) p++;
    return p;
}

wyn_str *wyn_str_next_word(const wyn_str *s, int64_t *at) {
    const char *p = s->bytes + *at, *end = s->bytes + s->len;
    if (end - p >= 16) { /* a blank and a word, mostly */
        uint32_t mask = blanks(p), first = (uint32_t)__builtin_ctz(~mask);
        mask = mask >> first >> 1;
        if (mask != 0) {
            int64_t n = __builtin_ctz(mask) + 1;
            *at = p + first + n - s->bytes;
            return wyn_str_cut(p + first, n, end);
        }
    }
    p = blank_skip(p, end, false);
    if (p >= end) return NULL;
    const char *start = p;
    p = blank_skip(p, end, true);
    *at = p - s->bytes;
    return wyn_str_new(start, p - start);
}

wyn_str *wyn_str_next_line(const wyn_str *s, int64_t *at) {
    int64_t start = *at;
    if (start >= s->len) return NULL;
    const char *nl = memchr(s->bytes + start, '\n', (size_t)(s->len - start));
    int64_t end = nl == NULL ? s->len : nl - s->bytes;
    int64_t cut = end > start && s->bytes[end - 1] == '\r' && nl != NULL ? end - 1 : end;
    *at = end + 1;
    return wyn_str_cut(s->bytes + start, cut - start, s->bytes + s->len);
}

static wyn_str *next_char(const wyn_str *s, int64_t *at) {
    int64_t start = *at;
    if (start >= s->len) return NULL;
    *at = wyn_str_next_char(s, start);
    return wyn_str_new(s->bytes + start, *at - start);
}

/* *at is beyond the text after the last piece. Without a separator the pieces are characters. */
wyn_str *wyn_str_next_piece(const wyn_str *s, int64_t *at, const wyn_str *sep) {
    int64_t start = *at;
    if (sep->len == 0) return next_char(s, at);
    if (start > s->len) return NULL;
    int64_t end = str_find(s, sep, start);
    *at = end < 0 ? s->len + 1 : end + sep->len;
    return wyn_str_cut(s->bytes + start, (end < 0 ? s->len : end) - start, s->bytes + s->len);
}

/* Adds to an array that no other task has seen yet: without its lock. */
static void add_own(wyn_array *a, wyn_str *p) {
    wyn_buf *b = a->buf;
    if (b->len == b->cap) b = wyn_array_grow(a, sizeof p, true);
    ((wyn_str **)(void *)b->data)[b->len++] = p;
}

wyn_array *wyn_str_chars(const wyn_str *s) {
    wyn_array *a = wyn_array_new(&wyn_type_str, s->len);
    int64_t at = 0;
    for (wyn_str *c; (c = next_char(s, &at)) != NULL;) add_own(a, c);
    return a;
}

wyn_array *wyn_str_split(const wyn_str *s, const wyn_str *sep) {
    if (sep->len == 0) return wyn_str_chars(s);
    wyn_array *a = wyn_array_sized(&wyn_type_str, wyn_str_count(s, sep) + 1);
    wyn_str **to = (wyn_str **)(void *)a->buf->data;
    const char *at = s->bytes;
    Find f;
    find_start(&f, s->bytes, (size_t)s->len, sep->bytes, (size_t)sep->len);
    for (const char *next; (next = find_next(&f)) != NULL; at = next + sep->len)
        *to++ = wyn_str_cut(at, next - at, s->bytes + s->len);
    *to = wyn_str_new(at, s->bytes + s->len - at);
    return a;
}

wyn_str *wyn_str_split_at(const wyn_str *s, const wyn_str *sep, int64_t i) {
    int64_t at = 0;
    for (wyn_str *p; i >= 0 && (p = wyn_str_next_piece(s, &at, sep)) != NULL; i--)
        if (i == 0) return p;
    return wyn_str_empty;
}

int64_t wyn_str_split_count(const wyn_str *s, const wyn_str *sep) {
    return sep->len == 0 ? wyn_str_char_count(s) : wyn_str_count(s, sep) + 1;
}

wyn_array *wyn_str_lines(wyn_str *s) {
    static const char newline[] = "\n";
    const char *at = s->bytes, *end = s->bytes + s->len;
    int64_t n = find_count(at, (size_t)s->len, newline, 1);
    Find f;
    wyn_array *a = wyn_array_sized(&wyn_type_str, n + (s->len > 0 && end[-1] != '\n'));
    wyn_str **to = (wyn_str **)(void *)a->buf->data;
    find_start(&f, at, (size_t)s->len, newline, 1);
    for (const char *next; (next = find_next(&f)) != NULL; at = next + 1)
        *to++ = wyn_str_cut(at, next - at - (next > at && next[-1] == '\r'), end);
    if (at < end) *to = wyn_str_new(at, end - at);
    return a;
}

wyn_array *wyn_str_words(const wyn_str *s) {
    wyn_array *a = wyn_array_new(&wyn_type_str, s->len / 8);
    int64_t at = 0;
    for (wyn_str *p; (p = wyn_str_next_word(s, &at)) != NULL;) add_own(a, p);
    return a;
}

wyn_str *wyn_str_join(wyn_array *parts, const wyn_str *sep) {
    return wyn_array_join(parts, sep, &wyn_type_str);
}

wyn_array *wyn_str_to_bytes(const wyn_str *s) {
    wyn_array *a = wyn_array_sized(&wyn_type_int, s->len);
    for (int64_t i = 0; i < s->len; i++)
        ((int64_t *)(void *)a->buf->data)[i] = (unsigned char)s->bytes[i];
    return a;
}

wyn_str *wyn_str_from_bytes(wyn_array *bytes) {
    int64_t n = wyn_array_len(bytes);
    wyn_str *s = wyn_str_make(n);
    for (int64_t i = 0; i < n; i++) s->bytes[i] = (char)wyn_array_raw_int(bytes, i);
    return s;
}

wyn_str *wyn_str_reverse(const wyn_str *s) {
    wyn_str *r = wyn_str_make(s->len);
    for (int64_t i = 0; i < s->len;) {
        int64_t next = wyn_str_next_char(s, i);
        memcpy(r->bytes + s->len - next, s->bytes + i, (size_t)(next - i));
        i = next;
    }
    return r;
}

wyn_str *wyn_str_repeat(const wyn_str *s, int64_t n) { return wyn_str_times(s, n, NULL); }

wyn_str *wyn_str_char_at(const wyn_str *s, int64_t i) {
    return i < 0 || i >= s->len ? wyn_str_empty : wyn_str_new(s->bytes + i, 1);
}

static wyn_str *str_pad(const wyn_str *s, int64_t width, const wyn_str *pad, bool left) {
    if (width <= s->len) return (wyn_str *)s;
    wyn_str *r = wyn_str_make(width);
    size_t room = (size_t)(width - s->len);
    memset(r->bytes + (left ? 0 : s->len), pad->len > 0 ? pad->bytes[0] : ' ', room);
    memcpy(r->bytes + (left ? room : 0), s->bytes, (size_t)s->len);
    return r;
}

wyn_str *wyn_str_pad_left(const wyn_str *s, int64_t width, const wyn_str *pad) {
    return str_pad(s, width, pad, true);
}

wyn_str *wyn_str_pad_right(const wyn_str *s, int64_t width, const wyn_str *pad) {
    return str_pad(s, width, pad, false);
}

/* ---- tests ---- */

static bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }

static bool str_all(const wyn_str *s, bool (*f)(char)) {
    for (int64_t i = 0; i < s->len; i++) {
        if (!f(s->bytes[i])) return false;
    }
    return s->len > 0;
}

bool wyn_str_is_alpha(const wyn_str *s) { return str_all(s, is_alpha); }

bool wyn_str_is_digit(const wyn_str *s) { return str_all(s, is_digit); }

bool wyn_str_is_alnum(const wyn_str *s) { return str_all(s, is_alnum); }

bool wyn_str_is_whitespace(const wyn_str *s) { return str_all(s, is_blank); }

bool wyn_str_is_numeric(const wyn_str *s) {
    int64_t i = s->len > 0 && (s->bytes[0] == '-' || s->bytes[0] == '+');
    int64_t digits = 0, dots = 0;
    for (; i < s->len; i++) {
        if (is_digit(s->bytes[i])) {
            digits++;
        } else if (s->bytes[i] != '.' || ++dots > 1) {
            return false;
        }
    }
    return digits > 0;
}

bool wyn_str_equals(const wyn_str *a, const wyn_str *b) { return wyn_str_eq(a, b); }

/* ---- characters ---- */

int64_t wyn_str_ascii(const wyn_str *s) { return s->len == 0 ? 0 : (unsigned char)s->bytes[0]; }

wyn_str *wyn_str_from_code(int64_t code) {
    char out[4];
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
    return wyn_str_new(out, wyn_utf8_encode(out, (uint32_t)code));
}

int64_t wyn_str_code_at(const wyn_str *s, int64_t i) {
    bool ok;
    if (i < 0 || i >= s->len) return -1;
    const unsigned char *p = (const unsigned char *)s->bytes + i;
    int n = wyn_utf8_length(s->bytes + i, (size_t)(s->len - i), &ok);
    if (n == 1) return p[0];
    int64_t code = p[0] & (0x7f >> n);
    for (int k = 1; k < n; k++) code = code << 6 | (p[k] & 0x3f);
    return code;
}

int64_t wyn_str_char_count(const wyn_str *s) { return wyn_utf8_count(s->bytes, (size_t)s->len); }

int64_t wyn_str_hash(const wyn_str *s) {
    return (int64_t)wyn_hash_bytes(s->bytes, (size_t)s->len);
}

/* {} in order, {{ and }} literal; a placeholder without an argument stays. */
wyn_str *wyn_str_format(const wyn_str *s, wyn_array *args) {
    wyn_text t;
    int64_t used = 0;
    wyn_text_open(&t);
    for (int64_t i = 0; i < s->len; i++) {
        char c = s->bytes[i];
        char next = s->bytes[i + 1]; /* NUL at the end */
        if (c == '{' && next == '}' && used < wyn_array_len(args)) {
            wyn_text_str(&t, wyn_array_raw_str(args, used++));
            i++;
        } else {
            wyn_text_bytes(&t, &c, 1);
            if ((c == '{' || c == '}') && next == c) i++;
        }
    }
    return wyn_text_take(&t);
}
