#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_counter_lambda E_counter_lambda;
typedef struct E_main_lambda E_main_lambda;

struct E_counter_lambda {
    wyn_fn fn;
    int64_t *n;
};

struct E_main_lambda {
    wyn_fn fn;
    int64_t k;
};

static wyn_fn *w_counter(void);
static int64_t w_counter_lambda(wyn_fn *);
static int64_t w_twice(wyn_fn *, int64_t);
static void w_main(void);
static int64_t w_main_lambda(int64_t, wyn_fn *);

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_counter\0" "counter" "\0"
    "w_counter_lambda\0" "counter" "\0"
    "w_twice\0" "twice" "\0"
    "w_main\0" "main" "\0"
    "w_main_lambda\0" "main" "\0"
    "";

/* fn counter() -> fn() -> int */
#line 3 "closures.wyn"
static wyn_fn *w_counter(void) {
    int64_t *n = (int64_t *)wyn_alloc(sizeof(int64_t));
#line 4
    *n = 0;
    E_counter_lambda *t1 = (E_counter_lambda *)wyn_alloc(sizeof(E_counter_lambda));
#line 5
    t1->fn.code = (void *)w_counter_lambda;
#line 5
    t1->n = n;
#line 5
    return (wyn_fn *)t1;
}

#line 5
static int64_t w_counter_lambda(wyn_fn *t1) {
#line 5
    E_counter_lambda *t2 = (E_counter_lambda *)t1;
#line 5
    int64_t *n = t2->n;
    *n += 1;
    return *n;
}

/* fn twice(f: fn(int) -> int, n: int) -> int */
#line 10
static int64_t w_twice(wyn_fn *f, int64_t n) {
#line 10
    return ((int64_t (*)(int64_t, wyn_fn *))f->code)(((int64_t (*)(int64_t, wyn_fn *))f->code)(n, f), f);
}

/* fn main() */
#line 11
static void w_main(void) {
    wyn_text t1;
#line 12
    wyn_fn *c = w_counter();
    int64_t k = 3;
    int64_t t2 = ((int64_t (*)(wyn_fn *))c->code)(c);
#line 14
    int64_t t3 = t2 + ((int64_t (*)(wyn_fn *))c->code)(c);
#line 14
    E_main_lambda t4;
#line 14
    t4.fn.code = (void *)w_main_lambda;
#line 14
    t4.k = k;
#line 14
    int64_t t5 = w_twice((wyn_fn *)&t4, 2);
#line 14
    wyn_text_open(&t1);
#line 14
    wyn_text_int(&t1, t3);
#line 14
    wyn_text_bytes(&t1, " ", 1);
#line 14
    wyn_text_int(&t1, t5);
#line 14
    wyn_text_bytes(&t1, "\012", 1);
#line 14
    wyn_text_print(&t1);
}

#line 14
static int64_t w_main_lambda(int64_t x, wyn_fn *t1) {
#line 14
    E_main_lambda *t2 = (E_main_lambda *)t1;
#line 14
    int64_t k = t2->k;
#line 14
    return x * k;
}
