#include "wyn.h"
#include "wyn_inline.h"

static double w_mix(int64_t, int64_t, double);
static void w_main(void);

static const wyn_site SITE_0 = {"numbers.wyn", "mix", 3};
static const wyn_site SITE_1 = {"numbers.wyn", "mix", 5};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_mix\0" "mix" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn mix(a: int, b: int, x: float) -> float */
#line 2 "numbers.wyn"
static double w_mix(int64_t a, int64_t b, double x) {
    int64_t c = a * b - a / 3 + wyn_mod(a, b, &SITE_0);
    int64_t d = ((a & b) | 1) ^ a;
    int64_t e = wyn_shr(a << 2, b, &SITE_1);
    return x * (double)c - 0.5 + wyn_fmod((double)(d + e), 2.0);
}

/* fn main() */
#line 8
static void w_main(void) {
    wyn_println_float(w_mix(7, 2, 1.5));
}
