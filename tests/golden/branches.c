#include "wyn.h"
#include "wyn_inline.h"

static wyn_str *w_sign(int64_t);
static bool w_check(wyn_array *, int64_t);
static void w_main(void);

WYN_STR_LIT(S_1, 5, "minus");
WYN_STR_LIT(S_2, 4, "zero");
WYN_STR_LIT(S_3, 4, "plus");
static const wyn_site SITE_0 = {"branches.wyn", "check", 6};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_sign\0" "sign" "\0"
    "w_check\0" "check" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn sign(n: int) -> string */
#line 2 "branches.wyn"
static wyn_str *w_sign(int64_t n) {
    wyn_str *t1;
#line 3
    if (n < 0) {
#line 3
        t1 = WYN_S(S_1);
    } else if (n == 0) {
#line 3
        t1 = WYN_S(S_2);
    } else {
#line 3
        t1 = WYN_S(S_3);
    }
#line 3
    return t1;
}

/* fn check(xs: [int], n: int) -> bool */
#line 5
static bool w_check(wyn_array *xs, int64_t n) {
    return (n >= 0 && n < 3 && wyn_array_get_int(xs, n, &SITE_0) > 0) || n == 99;
}

/* fn main() */
#line 8
static void w_main(void) {
    wyn_text t1;
#line 9
    wyn_str *t2 = w_sign(3);
#line 9
    bool t3 = w_check(wyn_array_of(&wyn_type_int, 3, (int64_t[]){1, 2, 3}), 1);
#line 9
    wyn_text_open(&t1);
#line 9
    wyn_text_str(&t1, t2);
#line 9
    wyn_text_bytes(&t1, " ", 1);
#line 9
    wyn_text_bool(&t1, t3);
#line 9
    wyn_text_bytes(&t1, "\012", 1);
#line 9
    wyn_text_print(&t1);
}
