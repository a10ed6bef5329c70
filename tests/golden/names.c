#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_Int_t {
    int64_t unix_;
    int64_t I_;
    int64_t register_;
} W_Int_t;

static int64_t w_errno(int64_t, int64_t);
static void w_printf(wyn_str *);
static void w_main(void);

WYN_STR_LIT(S_1, 1, "a");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_errno\0" "errno" "\0"
    "w_printf\0" "printf" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn errno(linux: int, NULL: int) -> int */
#line 3 "names.wyn"
static int64_t w_errno(int64_t linux_, int64_t NULL_) {
    int64_t main_ = linux_ + NULL_;
    int64_t t1_ = main_;
    int64_t stdout_ = t1_;
    return stdout_;
}

/* fn printf(w_main: string) */
#line 9
static void w_printf(wyn_str *w_main_) {
#line 9
    wyn_println_str(w_main_);
}

/* fn main() */
#line 10
static void w_main(void) {
    W_Int_t x = (W_Int_t){.unix_ = 1, .I_ = 2, .register_ = 3};
    w_printf(wyn_str_concat2(WYN_S(S_1), wyn_int_to_string(w_errno(x.I_, x.register_))));
}
