/* number.c - leaves of numbers and text positions that the runtime proper does not need. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "wyn.h"

/* Truncates; saturates at the ends, NaN gives 0. */
int64_t wyn_float_to_int(double x);
int64_t wyn_float_to_int(double x) {
    if (isnan(x)) return 0;
    if (x >= 9223372036854775808.0) return INT64_MAX;
    if (x <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)x;
}

/* Exactly `places` decimal places. */
wyn_str *wyn_float_fixed(double x, int64_t places);
wyn_str *wyn_float_fixed(double x, int64_t places) {
    char text[512];
    if (places < 0) places = 0;
    if (places > 100) places = 100;
    int n = snprintf(text, sizeof text, "%.*f", (int)places, x);
    return wyn_str_new(text, n);
}

int64_t wyn_math_add(int64_t a, int64_t b);
int64_t wyn_math_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }

int64_t wyn_math_sub(int64_t a, int64_t b);
int64_t wyn_math_sub(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }

int64_t wyn_math_mul(int64_t a, int64_t b);
int64_t wyn_math_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }

bool wyn_math_add_overflows(int64_t a, int64_t b);
bool wyn_math_add_overflows(int64_t a, int64_t b) {
    int64_t r;
    return __builtin_add_overflow(a, b, &r);
}

bool wyn_math_sub_overflows(int64_t a, int64_t b);
bool wyn_math_sub_overflows(int64_t a, int64_t b) {
    int64_t r;
    return __builtin_sub_overflow(a, b, &r);
}

bool wyn_math_mul_overflows(int64_t a, int64_t b);
bool wyn_math_mul_overflows(int64_t a, int64_t b) {
    int64_t r;
    return __builtin_mul_overflow(a, b, &r);
}

/* The byte at i as a number, -1 outside. */
int64_t wyn_str_byte(const wyn_str *s, int64_t i);
int64_t wyn_str_byte(const wyn_str *s, int64_t i) {
    return i < 0 || i >= s->len ? -1 : (unsigned char)s->bytes[i];
}
