#include "wyn.h"
#include "wyn_inline.h"

static int64_t w_digits(wyn_str *);
static void w_main(void);

static const wyn_site SITE_0 = {"strings.wyn", "digits", 5};
WYN_STR_LIT(S_1, 3, "Ada");
WYN_STR_LIT(S_2, 6, "name: ");
WYN_STR_LIT(S_3, 2, ", ");
WYN_STR_LIT(S_4, 2, "!?");
static const wyn_spec SPEC_0 = {0, 62, 0, 0, false, false, 5, -1};
WYN_STR_LIT(S_5, 3, "a1b");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_digits\0" "digits" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn digits(s: string) -> int */
#line 2 "strings.wyn"
static int64_t w_digits(wyn_str *s) {
    int64_t n = 0;
    for (int64_t i = 0; i < 3; i++) {
        if (wyn_str_byte_at(s, i, &SITE_0) >= 48 && wyn_str_byte_at(s, i, &SITE_0) <= 57) {
#line 5
            n++;
        }
    }
#line 7
    return n;
}

/* fn main() */
#line 9
static void w_main(void) {
    wyn_text t1;
#line 10
    wyn_str *name = WYN_S(S_1);
    int64_t age = 36;
    wyn_println_str(wyn_str_concat(5, (wyn_str *[]){WYN_S(S_2), name, WYN_S(S_3), wyn_int_to_string(age), WYN_S(S_4)}));
    wyn_text_open(&t1);
#line 13
    wyn_text_str(&t1, name);
#line 13
    wyn_text_bytes(&t1, " is ", 4);
#line 13
    wyn_text_int(&t1, age);
#line 13
    wyn_text_bytes(&t1, " (", 2);
#line 13
    wyn_text_spec_int(&t1, age, &SPEC_0);
#line 13
    wyn_text_bytes(&t1, ")", 1);
#line 13
    wyn_text_bytes(&t1, "\012", 1);
#line 13
    wyn_text_print(&t1);
    wyn_println_int(w_digits(WYN_S(S_5)));
}
