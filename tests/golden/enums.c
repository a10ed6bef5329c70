#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_Tree W_Tree;

typedef struct W_Shape {
    int32_t tag;
    union {
        struct {
            double f0;
        } Circle_;
        struct {
            int64_t f0;
        } Square_;
    } u;
} W_Shape;

struct W_Tree { /* Tree */
    int32_t tag;
    union {
        struct {
            const W_Tree *f0;
            int64_t f1;
            const W_Tree *f2;
        } Node_;
    } u;
};

static double w_area(W_Shape);
static int64_t w_sum(const W_Tree *);
static void w_main(void);

static const W_Tree U_Tree_Leaf = {.tag = 0};

struct w_sum_more_on {
    const W_Tree *p0;
    int64_t result;
};
static WYN_COLD void w_sum_more_on(void *at) {
    struct w_sum_more_on *c = at;
    c->result = w_sum(c->p0);
}
static WYN_COLD int64_t w_sum_more(const W_Tree *p0) {
    struct w_sum_more_on c;
    c.p0 = p0;
    wyn_stack_more(w_sum_more_on, &c);
    return c.result;
}

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_area\0" "area" "\0"
    "w_sum\0" "sum" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn area(s: Shape) -> float */
#line 5 "enums.wyn"
static double w_area(W_Shape s) {
    double t1;
#line 6
    switch (s.tag) {
    case 0: /* Circle */ {
#line 6
        double r = s.u.Circle_.f0;
        t1 = r * r * 3.0;
        break;
    }
    case 1: /* Square */ {
#line 6
        int64_t a = s.u.Square_.f0;
#line 8
        t1 = (double)(a * a) * 1.0;
        break;
    }
    default: {
#line 9
        t1 = 0.0;
        break;
    }
    }
#line 6
    return t1;
}

/* fn sum(t: Tree) -> int */
#line 12
static int64_t w_sum(const W_Tree *t) {
    int64_t t1;
#line 12
    if (wyn_stack_low()) return w_sum_more(t);
    switch (t->tag) {
    case 0: /* Leaf */ {
#line 14
        t1 = 0;
        break;
    }
    default: {
#line 13
        const W_Tree *l = t->u.Node_.f0;
#line 13
        int64_t v = t->u.Node_.f1;
#line 13
        const W_Tree *r = t->u.Node_.f2;
#line 15
        int64_t t2 = w_sum(l) + v;
#line 15
        t1 = t2 + w_sum(r);
        break;
    }
    }
#line 13
    return t1;
}

/* fn main() */
#line 18
static void w_main(void) {
    wyn_text t1;
#line 19
    int32_t c = 1;
    double t2 = w_area((W_Shape){.tag = 0, .u.Circle_ = {.f0 = 2.0}});
#line 20
    int64_t t3 = w_sum((const W_Tree *)wyn_box(&(W_Tree){.tag = 1, .u.Node_ = {.f0 = &U_Tree_Leaf, .f1 = 4, .f2 = &U_Tree_Leaf}}, offsetof(W_Tree, u) + sizeof(((W_Tree *)0)->u.Node_), true));
#line 20
    wyn_text_open(&t1);
#line 20
    wyn_text_bool(&t1, c == 0);
#line 20
    wyn_text_bytes(&t1, " ", 1);
#line 20
    wyn_text_float(&t1, t2);
#line 20
    wyn_text_bytes(&t1, " ", 1);
#line 20
    wyn_text_int(&t1, t3);
#line 20
    wyn_text_bytes(&t1, "\012", 1);
#line 20
    wyn_text_print(&t1);
}
