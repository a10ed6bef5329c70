#include "wyn.h"
#include "wyn_inline.h"

static int64_t g_total;
static void w_init(void);
static int64_t w_bump(void);
static int64_t w_inc(int64_t *);
static void w_main(void);

static const wyn_site SITE_0 = {"order.wyn", "main", 16};
static const wyn_site SITE_1 = {"order.wyn", "main", 17};

int64_t wyn_main(void) {
    w_init();
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_init\0" "init" "\0"
    "w_bump\0" "bump" "\0"
    "w_inc\0" "inc" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn init() */
#line 1 "order.wyn"
static void w_init(void) {
    g_total = 1;
}

/* fn bump() -> int */
#line 3
static int64_t w_bump(void) {
    g_total += 10;
    return g_total;
}

/* fn inc(mut n: int) -> int */
#line 7
static int64_t w_inc(int64_t *n) {
    *n += 1;
    return *n;
}

/* fn main() */
#line 11
static void w_main(void) {
    wyn_text t1;
#line 12
    int64_t x = 1;
    int64_t t2 = x;
#line 13
    int64_t t3 = w_inc(&x);
#line 13
    wyn_println_int(t2 + t3 * x);
    int64_t t4 = g_total;
#line 14
    int64_t t5 = t4 + w_bump();
#line 14
    wyn_println_int(t5 + g_total);
    wyn_array *xs = wyn_array_of(&wyn_type_int, 2, (int64_t[]){1, 2});
    int64_t t6 = w_bump() % 2;
#line 16
    wyn_array_set_int(xs, t6, w_bump(), &SITE_0);
    int64_t t7 = wyn_array_get_int(xs, 1, &SITE_1);
#line 17
    int64_t t8 = wyn_array_get_int(xs, 0, &SITE_1);
#line 17
    wyn_array_set_int(xs, 0, t7, &SITE_1);
#line 17
    wyn_array_set_int(xs, 1, t8, &SITE_1);
    wyn_text_open(&t1);
#line 18
    wyn_fmt(&t1, &(wyn_array *){xs}, &wyn_type_ints);
#line 18
    wyn_text_bytes(&t1, "\012", 1);
#line 18
    wyn_text_print(&t1);
}
