/* regex.c - extended regular expressions of the C library; a faulty pattern matches nothing. */
#define _GNU_SOURCE
#include <regex.h>
#include <string.h>

#include "wyn.h"

static bool compile(regex_t *r, const wyn_str *pattern) {
    return regcomp(r, pattern->bytes, REG_EXTENDED) == 0;
}

/* The next match at or after `at`; false when there is none. Positions are those of the text. */
static bool next(regex_t *r, const wyn_str *s, int64_t at, regmatch_t m[10]) {
    if (at > s->len || regexec(r, s->bytes + at, 10, m, at > 0 ? REG_NOTBOL : 0) != 0) return false;
    for (int i = 0; i < 10; i++) {
        if (m[i].rm_so < 0) continue;
        m[i].rm_so += (regoff_t)at;
        m[i].rm_eo += (regoff_t)at;
    }
    return true;
}

int64_t wyn_regex_find(const wyn_str *s, const wyn_str *pattern);
int64_t wyn_regex_find(const wyn_str *s, const wyn_str *pattern) {
    regex_t r;
    regmatch_t m[10];
    if (!compile(&r, pattern)) return -1;
    int64_t at = next(&r, s, 0, m) ? m[0].rm_so : -1;
    regfree(&r);
    return at;
}

static void put_part(wyn_text *t, const wyn_str *s, const wyn_str *by, regmatch_t m[10]) {
    for (int64_t i = 0; i < by->len; i++) {
        char c = by->bytes[i], d = by->bytes[i + 1];
        if ((c == '\\' || c == '$') && d >= '0' && d <= '9') {
            regmatch_t g = m[d - '0'];
            if (g.rm_so >= 0) wyn_text_bytes(t, s->bytes + g.rm_so, (size_t)(g.rm_eo - g.rm_so));
            i++;
        } else {
            wyn_text_bytes(t, &c, 1);
        }
    }
}

/* Every match replaced; \1 or $1 stand for groups. */
wyn_str *wyn_regex_replace(const wyn_str *s, const wyn_str *pattern, const wyn_str *by);
wyn_str *wyn_regex_replace(const wyn_str *s, const wyn_str *pattern, const wyn_str *by) {
    regex_t r;
    regmatch_t m[10];
    if (!compile(&r, pattern)) return (wyn_str *)s;
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    int64_t at = 0;
    while (next(&r, s, at, m)) {
        wyn_text_bytes(&t, s->bytes + at, (size_t)(m[0].rm_so - at));
        put_part(&t, s, by, m);
        at = m[0].rm_eo;
        if (m[0].rm_so != m[0].rm_eo) continue;
        if (at >= s->len) break;
        wyn_text_bytes(&t, s->bytes + at++, 1);
    }
    if (at < s->len) wyn_text_bytes(&t, s->bytes + at, (size_t)(s->len - at));
    regfree(&r);
    return wyn_text_take(&t);
}

/* The matches, or the pieces between them. */
wyn_array *wyn_regex_parts(const wyn_str *s, const wyn_str *pattern, bool between);
wyn_array *wyn_regex_parts(const wyn_str *s, const wyn_str *pattern, bool between) {
    regex_t r;
    regmatch_t m[10];
    wyn_array *out = wyn_array_new(&wyn_type_str, 0);
    if (!compile(&r, pattern)) return out;
    int64_t at = 0, from = 0;
    while (next(&r, s, at, m)) {
        int64_t start = between ? from : m[0].rm_so, stop = between ? m[0].rm_so : m[0].rm_eo;
        wyn_str *part = wyn_str_new(s->bytes + start, stop - start);
        wyn_array_push_any(out, &part, &wyn_type_str);
        from = m[0].rm_eo;
        at = m[0].rm_eo + (m[0].rm_so == m[0].rm_eo);
    }
    if (between) {
        wyn_str *part = wyn_str_new(s->bytes + from, s->len - from);
        wyn_array_push_any(out, &part, &wyn_type_str);
    }
    regfree(&r);
    return out;
}
