#include "wyn.h"
#include "wyn_inline.h"

static int64_t g_n;
static void w_init(void);
static void w_test_1(void);
static void w_test_2(void);
static void w_test_3(void);
static void w_before_each(void);

WYN_STR_LIT(S_1, 4, "adds");
WYN_STR_LIT(S_2, 5, "again");

int64_t wyn_main(void) {
    w_init();
    return wyn_run_tests((wyn_test[]){{WYN_S(S_1), (void *)w_test_2}, {WYN_S(S_2), (void *)w_test_3}}, 2, (void *)w_before_each, NULL);
}

static void w_before_each(void) {
    w_test_1();
}

const char wyn_names[] =
    "w_init\0" "init" "\0"
    "w_test_1\0" "test_1" "\0"
    "w_test_2\0" "test_2" "\0"
    "w_test_3\0" "test_3" "\0"
    "";

/* fn init() */
#line 1 "tests.wyn"
static void w_init(void) {
#line 1
    g_n = 1;
}

/* fn test_1() */
#line 2
static void w_test_1(void) {
#line 2
    g_n += 1;
}

/* fn test_2() */
#line 3
static void w_test_2(void) {
    wyn_println_int(g_n);
}

/* fn test_3() */
#line 6
static void w_test_3(void) {
    wyn_println_int(g_n);
}
