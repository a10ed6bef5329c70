#include "wyn.h"
#include "wyn_inline.h"

static int64_t g_limit;
static int64_t g_base;
static wyn_array *g_names;
static void w_init(void);
static void w_main(void);

WYN_STR_LIT(S_1, 1, "a");
WYN_STR_LIT(S_2, 1, "b");

int64_t wyn_main(void) {
    w_init();
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_init\0" "init" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn init() */
#line 1 "globals.wyn"
static void w_init(void) {
#line 3
    g_base = 21;
#line 2
    g_limit = g_base * 2;
#line 4
    g_names = wyn_array_of(&wyn_type_str, 2, (wyn_str *[]){WYN_S(S_1), WYN_S(S_2)});
}

/* fn main() */
#line 5
static void w_main(void) {
    wyn_text t1;
#line 6
    int64_t t2 = g_limit;
#line 6
    wyn_array *t3 = g_names;
#line 6
    wyn_text_open(&t1);
#line 6
    wyn_text_int(&t1, t2);
#line 6
    wyn_text_bytes(&t1, " ", 1);
#line 6
    wyn_fmt(&t1, &(wyn_array *){t3}, &wyn_type_strs);
#line 6
    wyn_text_bytes(&t1, "\012", 1);
#line 6
    wyn_text_print(&t1);
}
