/* fmt_float.c - the text of a float: the smallest of %.15g, %.16g, %.17g that reads back equal,
 * with ".0" where the text would be an int's.
 * v = m * 2^e, so v * 10^k = (m * 5^k) * 2^(e + k). For 10^-38 <= v < 10^17 the product has at
 * most 181 bits, and rounding it to P digits and testing whether the result reads back as v is
 * exact 128-bit arithmetic. Everything else (and whole numbers above) goes through snprintf.
 * Fixed places (":.2f") below 10^9 are one exact division by a power of two. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base.h"

typedef unsigned __int128 Wide;

enum { POWERS = 56 }; /* 5^55 is the last below 2^128 */

static Wide power_of_five(int k) {
    static Wide powers[POWERS];
    if (powers[0] == 0) {
        for (int i = POWERS - 1; i >= 0; i--) { /* powers[0] last: it says that all are there */
            Wide p = 1;
            for (int n = 0; n < i; n++) p *= 5;
            powers[i] = p;
        }
    }
    return powers[k];
}

static const uint64_t tens[] = {100000000000000u, 1000000000000000u, 10000000000000000u,
                                100000000000000000u}; /* 10^14 .. 10^17 */

typedef struct Decimal {
    uint64_t digits; /* of the precision asked for */
    int exponent;    /* of the first one */
    bool exact;      /* reads back as v */
    bool ok;         /* false: out of the range of this method */
} Decimal;

/* v rounded to `precision` digits; exponent may be one too small at first. */
static Decimal decimal_of(uint64_t m, int e, int exponent, int precision) {
    int k = precision - 1 - exponent;
    int shift = -(e + k);
    if (k < 0 || k >= POWERS || shift < 1 || shift > 127) return (Decimal){.ok = false};
    Wide five = power_of_five(k);
    Wide low = (Wide)m * (uint64_t)five;
    Wide high = (Wide)m * (uint64_t)(five >> 64);
    Wide sum = low + (high << 64);
    uint64_t top = (uint64_t)(high >> 64) + (sum < low);
    uint64_t q = (uint64_t)(sum >> shift);
    if (top != 0) q |= (uint64_t)((Wide)top << (128 - shift));
    Wide rest = sum & (((Wide)1 << shift) - 1);
    Wide half = (Wide)1 << (shift - 1);
    bool up = rest > half || (rest == half && (q & 1) != 0);
    Wide off = up ? ((Wide)1 << shift) - rest : rest;
    bool narrow = m == (uint64_t)1 << 52 && !up; /* the next float below is twice as near */
    Decimal d = {.digits = q + up, .exponent = exponent, .ok = true,
                 .exact = off <= (narrow ? five >> 2 : five >> 1)};
    return d;
}

/* d.ddde+XX or positional, as %g; trailing zeros are gone. */
static size_t write_digits(char *out, uint64_t v, int exponent, int precision) {
    char digits[WYN_INT_TEXT];
    int n = (int)wyn_int_write(digits, (int64_t)v);
    while (n > 1 && digits[n - 1] == '0') n--;
    if (exponent < -4 || exponent >= precision) {
        int at = 0;
        out[at++] = digits[0];
        if (n > 1) out[at++] = '.';
        memcpy(out + at, digits + 1, (size_t)n - 1);
        at += n - 1;
        char sign = exponent < 0 ? '-' : '+';
        return (size_t)at + (size_t)snprintf(out + at, 8, "e%c%02d", sign, abs(exponent));
    }
    if (exponent < 0) {
        memcpy(out, "0.00000", 7);
        memcpy(out + 1 - exponent, digits, (size_t)n);
        return (size_t)(1 - exponent + n);
    }
    int whole = exponent + 1;
    int have = n < whole ? n : whole;
    memcpy(out, digits, (size_t)have);
    memset(out + have, '0', (size_t)(whole - have));
    out[whole] = '.';
    if (n <= whole) {
        out[whole + 1] = '0';
        return (size_t)whole + 2;
    }
    memcpy(out + whole + 1, digits + whole, (size_t)(n - whole));
    return (size_t)n + 1;
}

static size_t write_fast(char *out, double v) {
    int e;
    uint64_t m = (uint64_t)(frexp(v, &e) * 0x1p53); /* v = m * 2^e, 2^52 <= m < 2^53 */
    e -= 53;
    int guess = (int)floor((e + 52) * 0.30102999566398120);
    for (int precision = 15;; precision++) {
        Decimal d = decimal_of(m, e, guess, precision);
        if (d.ok && d.digits >= tens[precision - 14]) /* the guess was low, or it rounded up */
            d = decimal_of(m, e, guess + 1, precision);
        if (!d.ok) return 0;
        if (d.exact || precision == 17)
            return write_digits(out, d.digits, d.exponent, precision);
    }
}

static size_t write_slow(char *out, double v) {
    int n = 0;
    for (int precision = 15; precision <= 17; precision++) {
        n = snprintf(out, WYN_FLOAT_TEXT, "%.*g", precision, v);
        if (precision == 17 || strtod(out, NULL) == v) break;
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
    }
    size_t n = a >= 1e-38 && a < 1e17 ? write_fast(out + sign, a) : 0;
    return sign + (n > 0 ? n : write_slow(out + sign, a));
}

/* a * 10^precision as m * 10^precision / 2^shift, exactly: below 2^83 before the division. */
size_t wyn_float_write_fixed(char out[WYN_FLOAT_TEXT], double a, int precision) {
    static const uint32_t scale[] = {1,      10,      100,      1000,      10000,
                                     100000, 1000000, 10000000, 100000000, 1000000000};
    int e;
    if (precision < 0 || precision > 9 || !(a < 1e9)) return 0;
    uint64_t m = (uint64_t)(frexp(a, &e) * 0x1p53);
    int shift = 53 - e;
    uint64_t q = 0;
    if (shift < 100) {
        Wide product = (Wide)m * scale[precision];
        Wide rest = product & (((Wide)1 << shift) - 1), half = (Wide)1 << (shift - 1);
        q = (uint64_t)(product >> shift);
        q += rest > half || (rest == half && (q & 1) != 0);
    }
    char digits[WYN_INT_TEXT];
    size_t n = wyn_int_write(digits, (int64_t)q), fraction = (size_t)precision;
    size_t zeros = n <= fraction ? fraction + 1 - n : 0; /* one digit before the point at least */
    size_t whole = zeros + n - fraction;
    char all[WYN_FLOAT_TEXT];
    memset(all, '0', zeros);
    memcpy(all + zeros, digits, n);
    memcpy(out, all, whole);
    if (fraction == 0) return whole;
    out[whole] = '.';
    memcpy(out + whole + 1, all + whole, fraction);
    return whole + 1 + fraction;
}
