/* unicode.c - what depends on the tables of Unicode, by utf8proc. Bytes that are no UTF-8 stay as
 * they are. */
#ifdef WYN_HAVE_UNICODE
#include <stdlib.h>
#include <utf8proc.h>

#include "wyn_inline.h"

/* 0 upper, 1 lower, 2 title for each character. */
wyn_str *wyn_unicode_case(const wyn_str *s, int64_t how);
wyn_str *wyn_unicode_case(const wyn_str *s, int64_t how) {
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s->bytes, *end = p + s->len;
    while (p < end) {
        utf8proc_int32_t c;
        utf8proc_uint8_t out[4];
        utf8proc_ssize_t n = utf8proc_iterate(p, end - p, &c);
        if (n <= 0) {
            wyn_text_bytes(&t, (const char *)p++, 1);
            continue;
        }
        p += n;
        if (how == 0 && c == 0xdf) { /* sharp s */
            wyn_text_bytes(&t, "SS", 2);
            continue;
        }
        c = how == 0 ? utf8proc_toupper(c) : how == 1 ? utf8proc_tolower(c) : utf8proc_totitle(c);
        wyn_text_bytes(&t, (char *)out, (size_t)utf8proc_encode_char(c, out));
    }
    return wyn_text_take(&t);
}

/* 0 NFC, 1 NFD, 2 NFKC, 3 NFKD, 4 folded for comparison, 5 without marks. */
wyn_str *wyn_unicode_form(const wyn_str *s, int64_t form);
wyn_str *wyn_unicode_form(const wyn_str *s, int64_t form) {
    static const int options[] = {
        UTF8PROC_STABLE | UTF8PROC_COMPOSE, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE,
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK};
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s->bytes, s->len, &out,
                                      (utf8proc_option_t)options[(uint64_t)form % 6]);
    wyn_str *r = n < 0 ? (wyn_str *)(uintptr_t)s : wyn_str_new((char *)out, n);
    free(out);
    return r;
}

/* What a reader takes for one character, each a string. */
wyn_array *wyn_unicode_graphemes(const wyn_str *s);
wyn_array *wyn_unicode_graphemes(const wyn_str *s) {
    wyn_array *list = wyn_array_new(&wyn_type_str, 0);
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s->bytes, *end = p + s->len, *from = p;
    utf8proc_int32_t before = -1, state = 0, c;
    while (p < end) {
        utf8proc_ssize_t n = utf8proc_iterate(p, end - p, &c);
        if (n <= 0) {
            c = 0xfffd;
            n = 1;
        }
        if (before >= 0 && utf8proc_grapheme_break_stateful(before, c, &state)) {
            wyn_array_push_str(list, wyn_str_new((const char *)from, p - from));
            from = p;
        }
        before = c;
        p += n;
    }
    if (from < end) wyn_array_push_str(list, wyn_str_new((const char *)from, end - from));
    return list;
}

/* Columns on a terminal. */
int64_t wyn_unicode_width(const wyn_str *s);
int64_t wyn_unicode_width(const wyn_str *s) {
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s->bytes, *end = p + s->len;
    int64_t width = 0;
    while (p < end) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(p, end - p, &c);
        width += n <= 0 ? 1 : utf8proc_charwidth(c);
        p += n <= 0 ? 1 : n;
    }
    return width;
}

/* The category of the first character: Lu, Nd, Zs .. */
wyn_str *wyn_unicode_category(const wyn_str *s);
wyn_str *wyn_unicode_category(const wyn_str *s) {
    utf8proc_int32_t c;
    if (utf8proc_iterate((const utf8proc_uint8_t *)s->bytes, s->len, &c) <= 0) return wyn_str_empty;
    return wyn_str_from_c(utf8proc_category_string(c));
}
#else
typedef int wyn_unicode_absent;
#endif
