/* mathx.c - what libm does not have under a plain name. */
#include <math.h>

#include "wyn_inline.h"

bool wyn_float_is_nan(double x) { return isnan(x); }

bool wyn_float_is_infinite(double x) { return isinf(x); }

double wyn_float_round_to(double x, int64_t n) {
    double scale = pow(10, fabs((double)n));
    if (n < 0 && isfinite(x)) return isfinite(scale) ? round(x / scale) * scale : copysign(0, x);
    double r = round(x * scale) / scale;
    return isfinite(r) ? r : x;
}
