/* fmt_float.c - the text of a float: the smallest of %.15g, %.16g, %.17g that reads back equal,
 * with ".0" where the text would be an int's.
 * Fast path: v = m / 10^k with m < 10^15 and k <= 22 is exact in double arithmetic (both are,
 * and one division rounds correctly), and every decimal of at most 15 digits survives
 * decimal -> double -> decimal; so m's digits are %.15g's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base.h"

static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19};

/* 10^14 <= m < 10^15 bounds the search: digits before the point plus k are at most 15. */
static size_t write_decimal(char *out, double v) {
    for (int k = 1; k < (int)COUNT_OF(power_of_ten); k++) {
        double scaled = v * power_of_ten[k];
        if (scaled >= 1e15) return 0;
        double m = nearbyint(scaled);
        if (m / power_of_ten[k] != v) continue;
        char digits[WYN_INT_TEXT];
        size_t n = wyn_int_write(digits, (int64_t)m);
        size_t point = (size_t)k;
        char *p = out;
        if (n <= point) { /* 0.000ddd */
            *p++ = '0';
            *p++ = '.';
            for (size_t i = n; i < point; i++) *p++ = '0';
            memcpy(p, digits, n);
            return (size_t)(p - out) + n;
        }
        memcpy(p, digits, n - point);
        p += n - point;
        *p++ = '.';
        memcpy(p, digits + n - point, point);
        return n + 1;
    }
    return 0;
}

static size_t write_slow(char *out, double v) {
    int n = 0;
    for (int precision = 15; precision <= 17; precision++) {
        n = snprintf(out, WYN_FLOAT_TEXT, "%.*g", precision, v);
        if (precision == 17 || strtod(out, NULL) == v) break;
        /* the subnormal minimum reads back at 15 digits already */
    }
    if (strpbrk(out, ".en") == NULL) {
        memcpy(out + n, ".0", 3);
        n += 2;
    }
    return (size_t)n;
}

size_t wyn_float_write(char out[WYN_FLOAT_TEXT], double v) {
    if (v != v) {
        memcpy(out, "nan", 3);
        return 3;
    }
    size_t sign = signbit(v) != 0;
    double a = fabs(v);
    out[0] = '-';
    if (a < 1e15) {
        int64_t whole = (int64_t)a;
        if ((double)whole == a) {
            size_t n = wyn_int_write(out + sign, whole);
            memcpy(out + sign + n, ".0", 2);
            return sign + n + 2;
        }
        if (a >= 1e-4) {
            size_t n = write_decimal(out + sign, a);
            if (n > 0) return sign + n;
        }
    }
    return sign + write_slow(out + sign, a);
}
