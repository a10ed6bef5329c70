#include "wyn.h"
#include "wyn_inline.h"

static int64_t w_sum(int64_t, wyn_array *);
static void w_main(void);

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_sum\0" "sum" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn sum(n: int, xs: [int]) -> int */
#line 2 "loops.wyn"
static int64_t w_sum(int64_t n, wyn_array *xs) {
    int64_t s = 0;
    int64_t t1 = n * 2;
#line 4
    for (int64_t i = 0; i < t1; i++) {
#line 4
        s += i;
    }
#line 5
    if (1 <= n) {
#line 5
        for (int64_t i = 1;; i++) {
#line 5
            s += i;
#line 5
            if (i == n) {
#line 5
                break;
            }
        }
    }
#line 6
    int64_t t2 = wyn_array_len(xs);
#line 6
    for (int64_t t3 = 0; t3 < t2; t3++) {
#line 6
        int64_t x = wyn_array_raw_int(xs, t3);
#line 6
        s += x;
    }
#line 7
    int64_t t4 = wyn_array_len(xs);
#line 7
    for (int64_t i = 0; i < t4 && i < wyn_array_len(xs); i++) {
#line 7
        int64_t x = wyn_array_raw_int(xs, i);
        if (x > 100) {
#line 8
            break;
        }
#line 9
        s -= i;
    }
    while (s > 1000) {
#line 11
        s -= 7;
    }
#line 12
    return s;
}

/* fn main() */
#line 14
static void w_main(void) {
    wyn_println_int(w_sum(5, wyn_array_of(&wyn_type_int, 2, (int64_t[]){1, 2})));
}
