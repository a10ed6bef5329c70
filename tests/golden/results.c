#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_Result_int_string { /* Result<int, string> */
    bool ok;
    int64_t v;
    wyn_str *e;
} W_Result_int_string;

static W_Result_int_string w_half(int64_t);
static W_Result_int_string w_quarter(int64_t);
static void w_main(void);

WYN_STR_LIT(S_1, 3, "odd");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_half\0" "half" "\0"
    "w_quarter\0" "quarter" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn half(n: int) -> Result<int, string> */
#line 2 "results.wyn"
static W_Result_int_string w_half(int64_t n) {
    if (n % 2 == 1) {
#line 3
        return (W_Result_int_string){.ok = false, .e = WYN_S(S_1)};
    }
#line 4
    return (W_Result_int_string){.ok = true, .v = n / 2};
}

/* fn quarter(n: int) -> Result<int, string> */
#line 6
static W_Result_int_string w_quarter(int64_t n) {
    W_Result_int_string t1 = w_half(n);
#line 7
    if (!t1.ok) {
#line 7
        return (W_Result_int_string){.ok = false, .e = t1.e};
    }
#line 7
    int64_t h = t1.v;
    return w_half(h);
}

/* fn main() */
#line 10
static void w_main(void) {
    W_Result_int_string t1 = w_quarter(6);
#line 11
    if (t1.ok) {
#line 11
        int64_t v = t1.v;
        wyn_println_int(v);
    } else {
#line 11
        wyn_str *e = t1.e;
#line 13
        wyn_println_str(e);
    }
}
