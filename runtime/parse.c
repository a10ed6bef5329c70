/* parse.c - numbers from text: base 10, blanks around allowed, nothing else. */
#include <errno.h>
#include <stdlib.h>

#include "base.h"
#include "native.h"

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

wyn_parse wyn_parse_int(const wyn_str *s, int64_t *out) {
    const char *p = s->bytes;
    const char *end = p + s->len;
    while (p < end && is_blank(*p)) p++;
    while (end > p && is_blank(end[-1])) end--;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return WYN_PARSE_BAD;
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t u = 0;
    bool overflow = false;
    for (const char *safe = end - p > 18 ? p + 18 : end; p < safe; p++) { /* 18 digits always fit */
        unsigned digit = (unsigned char)*p - (unsigned)'0';
        if (digit > 9) return WYN_PARSE_BAD;
        u = u * 10 + digit;
    }
    for (; p < end; p++) {
        if (*p < '0' || *p > '9') return WYN_PARSE_BAD;
        uint64_t digit = (uint64_t)(*p - '0');
        if (u > (limit - digit) / 10) overflow = true;
        u = u * 10 + digit;
    }
    if (overflow) return WYN_PARSE_OVERFLOW;
    *out = negative ? (int64_t)(0 - u) : (int64_t)u;
    return WYN_PARSE_OK;
}

wyn_parse wyn_parse_float(const wyn_str *s, double *out) {
    const char *end = s->bytes + s->len;
    while (end > s->bytes && is_blank(end[-1])) end--;
    char *stop;
    *out = strtod(s->bytes, &stop); /* skips blanks; the NUL ends it */
    return stop == end && stop != s->bytes ? WYN_PARSE_OK : WYN_PARSE_BAD;
}

int64_t wyn_str_to_int(wyn_str *s) {
    int64_t v = 0;
    switch (wyn_parse_int(s, &v)) {
    case WYN_PARSE_OK: return v;
    case WYN_PARSE_OVERFLOW:
        wyn_panic("to_int overflow: \"%s\" does not fit in a 64-bit int", s->bytes);
    case WYN_PARSE_BAD: break;
    }
    wyn_panic("to_int parse error: \"%s\" is not a valid integer", s->bytes);
}

double wyn_str_to_float(wyn_str *s) {
    double v;
    if (wyn_parse_float(s, &v) == WYN_PARSE_OK) return v;
    wyn_panic("to_float parse error: \"%s\" is not a valid number", s->bytes);
}

bool wyn_str_is_int(wyn_str *s) {
    int64_t v;
    return wyn_parse_int(s, &v) == WYN_PARSE_OK;
}

bool wyn_str_is_float(wyn_str *s) {
    double v;
    return wyn_parse_float(s, &v) == WYN_PARSE_OK;
}

wyn_str *wyn_int_to_base(int64_t n, int64_t base) {
    if (base < 2 || base > 36) wyn_panic("base must be 2 to 36, not %lld", (long long)base);
    char tmp[64];
    char *p = tmp + sizeof tmp;
    uint64_t u = (uint64_t)n;
    do {
        *--p = "0123456789abcdefghijklmnopqrstuvwxyz"[u % (uint64_t)base];
        u /= (uint64_t)base;
    } while (u > 0);
    return wyn_str_new(p, tmp + sizeof tmp - p);
}
