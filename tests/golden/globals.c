#include "wyn.h"
#include "wyn_inline.h"

static int64_t g_limit;
static int64_t g_base;
static wyn_array *g_names;
static void w_init(void);
static bool w_is_mark(wyn_str *);
static void w_main(void);

WYN_STR_LIT(S_1, 1, "a");
WYN_STR_LIT(S_2, 1, "b");
static const wyn_site SITE_0 = {"globals.wyn", "is_mark", 8};
WYN_STR_LIT(S_3, 1, "!");

int64_t wyn_main(void) {
    w_init();
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_init\0" "init" "\0"
    "w_is_mark\0" "is_mark" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn init() */
#line 1 "globals.wyn"
static void w_init(void) {
#line 4
    g_base = 21;
#line 3
    g_limit = g_base * 2;
#line 7
    g_names = wyn_array_of(&wyn_type_str, 2, (wyn_str *[]){WYN_S(S_1), WYN_S(S_2)});
}

/* fn is_mark(s: string) -> bool */
#line 8
static bool w_is_mark(wyn_str *s) {
#line 8
    return wyn_byte_of(wyn_str_byte_at(s, 0, &SITE_0), 87969520156672, 0);
}

/* fn main() */
#line 9
static void w_main(void) {
    wyn_text t1;
#line 10
    int64_t t2 = g_limit;
#line 10
    wyn_array *t3 = g_names;
#line 10
    bool t4 = w_is_mark(WYN_S(S_3));
#line 10
    wyn_text_open(&t1);
#line 10
    wyn_text_int(&t1, t2);
#line 10
    wyn_text_bytes(&t1, " ", 1);
#line 10
    wyn_fmt(&t1, &(wyn_array *){t3}, &wyn_type_strs);
#line 10
    wyn_text_bytes(&t1, " ", 1);
#line 10
    wyn_text_bool(&t1, t4);
#line 10
    wyn_text_bytes(&t1, "\012", 1);
#line 10
    wyn_text_print(&t1);
}
