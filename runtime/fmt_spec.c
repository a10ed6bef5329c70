/* fmt_spec.c - format specs: "${x:>8.2f}". The compiler has parsed and checked the spec. */
#include <math.h>
#include <stdio.h>

#include "base.h"
#include "gc.h"

/* Writes body with its prefix (sign, nothing else) padded to the width. */
static void spec_pad(wyn_text *t, const char *sign, const char *body, size_t n,
                     const wyn_spec *spec, char default_align) {
    int64_t have = wyn_utf8_count(body, n) + (int64_t)strlen(sign);
    int64_t pad = spec->width > have ? spec->width - have : 0;
    char align = spec->align != 0 ? spec->align : default_align;
    char fill[4] = {' '};
    int fill_len = 1;
    if (spec->zero && spec->align == 0) {
        wyn_text_cstr(t, sign);
        sign = "";
        fill[0] = '0';
        align = '>';
    } else if (spec->fill != 0) {
        fill_len = wyn_utf8_encode(fill, spec->fill);
    }
    int64_t left = align == '>' ? pad : align == '^' ? pad / 2 : 0;
    for (int64_t i = 0; i < left; i++) wyn_text_bytes(t, fill, (size_t)fill_len);
    wyn_text_cstr(t, sign);
    wyn_text_bytes(t, body, n);
    for (int64_t i = left; i < pad; i++) wyn_text_bytes(t, fill, (size_t)fill_len);
}

/* Thousands separators into the leading digits of body; out has room for 4/3 of it. */
static size_t spec_commas(char *out, const char *body, size_t n) {
    size_t digits = 0;
    while (digits < n && body[digits] >= '0' && body[digits] <= '9') digits++;
    char *p = out;
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) *p++ = ',';
        *p++ = body[i];
    }
    memcpy(p, body + digits, n - digits);
    return (size_t)(p - out) + n - digits;
}

static const char *spec_sign(bool negative, const wyn_spec *spec) {
    if (negative) return "-";
    if (spec->sign == '+') return "+";
    return spec->sign == ' ' ? " " : "";
}

static void spec_number(wyn_text *t, bool negative, const char *body, size_t n,
                        const wyn_spec *spec) {
    wyn_text grouped;
    wyn_text_open(&grouped);
    if (spec->comma) {
        wyn_text_room(&grouped, n + n / 3 + 1);
        n = spec_commas(grouped.p, body, n);
        body = grouped.p;
    }
    spec_pad(t, spec_sign(negative, spec), body, n, spec, '>');
}

void wyn_text_spec_int(wyn_text *t, int64_t v, const wyn_spec *spec) {
    char type = spec->type;
    if (type == 'e' || type == 'f' || type == 'g' || type == '%') {
        wyn_text_spec_float(t, (double)v, spec);
        return;
    }
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    uint64_t base = type == 'x' || type == 'X' ? 16 : type == 'b' ? 2 : type == 'o' ? 8 : 10;
    const char *digits = type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char tmp[64];
    char *p = tmp + sizeof tmp;
    do {
        *--p = digits[u % base];
        u /= base;
    } while (u > 0);
    spec_number(t, v < 0, p, (size_t)(tmp + sizeof tmp - p), spec);
}

void wyn_text_spec_float(wyn_text *t, double v, const wyn_spec *spec) {
    bool negative = signbit(v) && v == v;
    double a = fabs(v);
    char small[WYN_FLOAT_TEXT];
    if (!isfinite(v)) {
        wyn_spec plain = *spec;
        plain.zero = plain.comma = false;
        spec_pad(t, spec_sign(negative, spec), v != v ? "nan" : "inf", 3, &plain, '>');
        return;
    }
    if (spec->precision < 0 && (spec->type == 0 || spec->type == 's')) {
        spec_number(t, negative, small, wyn_float_write(small, a), spec);
        return;
    }
    int precision = spec->precision < 0 ? 6 : spec->precision;
    char type = spec->type == 0 || spec->type == '%' ? 'f' : spec->type;
    char format[8] = {'%', '.', '*', type};
    if (spec->type == '%') a *= 100;
    size_t fixed = type == 'f' ? wyn_float_write_fixed(small, a, precision) : 0;
    if (fixed > 0) {
        if (spec->type == '%') small[fixed++] = '%';
        spec_number(t, negative, small, fixed, spec);
        return;
    }
    int n = snprintf(NULL, 0, format, precision, a); /* %f of 1e308 has 309 digits */
    wyn_text body;
    wyn_text_open(&body);
    wyn_text_room(&body, (size_t)n + 2);
    snprintf(body.p, (size_t)n + 1, format, precision, a);
    if (spec->type == '%') body.p[n++] = '%';
    spec_number(t, negative, body.p, (size_t)n, spec);
}

void wyn_text_spec(wyn_text *t, const void *v, const wyn_type *type, const wyn_spec *spec) {
    if (type->kind == WYN_T_INT && spec->type != 's') {
        wyn_text_spec_int(t, *(const int64_t *)v, spec);
        return;
    }
    if (type->kind == WYN_T_FLOAT && spec->type != 's') {
        wyn_text_spec_float(t, *(const double *)v, spec);
        return;
    }
    wyn_str *s = wyn_to_string(v, type);
    size_t n = (size_t)s->len;
    if (spec->precision >= 0) { /* at most so many characters */
        int64_t at = 0;
        for (int32_t i = 0; i < spec->precision && at < s->len; i++)
            at = wyn_str_next_char(s, at);
        n = (size_t)at;
    }
    spec_pad(t, "", s->bytes, n, spec, type->kind == WYN_T_INT ? '>' : '<');
}
