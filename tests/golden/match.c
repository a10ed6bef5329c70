#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_opt_int { /* int? */
    bool has;
    int64_t v;
} W_opt_int;

typedef struct W_tuple_int_int_opt { /* (int, int?) */
    int64_t f0;
    W_opt_int f1;
} W_tuple_int_int_opt;

static wyn_str *w_say(W_tuple_int_int_opt);
static void w_main(void);

WYN_STR_LIT(S_1, 7, "nothing");
WYN_STR_LIT(S_2, 4, "down");
WYN_STR_LIT(S_3, 5, "seven");
WYN_STR_LIT(S_4, 4, "else");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_say\0" "say" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn say(p: (int, int?)) -> string */
#line 2 "match.wyn"
static wyn_str *w_say(W_tuple_int_int_opt p) {
    wyn_text t1;
#line 3
    wyn_str *t2;
#line 3
    {
#line 3
        if (p.f0 == 0 && !p.f1.has) {
            t2 = WYN_S(S_1);
#line 3
            goto brk_1;
        }
#line 3
        if (p.f1.has) {
#line 3
            int64_t n = p.f0;
#line 3
            int64_t k = p.f1.v;
#line 3
            if (n > k) {
#line 5
                t2 = WYN_S(S_2);
#line 3
                goto brk_1;
            }
        }
#line 3
        if (p.f0 >= 1 && p.f0 < 10 && p.f1.has) {
#line 3
            int64_t k = p.f1.v;
#line 6
            wyn_text_open(&t1);
#line 6
            wyn_text_bytes(&t1, "small ", 6);
#line 6
            wyn_text_int(&t1, k);
#line 6
            wyn_str *t3 = wyn_text_take(&t1);
#line 6
            t2 = t3;
#line 3
            goto brk_1;
        }
#line 3
        if (p.f1.has && p.f1.v == 7) {
#line 7
            t2 = WYN_S(S_3);
#line 3
            goto brk_1;
        }
#line 8
        t2 = WYN_S(S_4);
    }
brk_1:;
#line 3
    return t2;
}

/* fn main() */
#line 11
static void w_main(void) {
    wyn_println_str(w_say((W_tuple_int_int_opt){.f0 = 3, .f1 = {.has = true, .v = 1}}));
}
