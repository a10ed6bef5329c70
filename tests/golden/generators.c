#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_odds E_odds;

struct E_odds {
    wyn_iter iter;
    int32_t f1;
    int64_t limit;
    int64_t i;
};

static wyn_iter *w_odds(int64_t);
static void w_main(void);
static bool w_odds_next(wyn_iter *, void *);

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_odds\0" "odds" "\0"
    "w_main\0" "main" "\0"
    "w_odds_next\0" "odds" "\0"
    "";

/* fn odds(limit: int) -> Iter<int> */
#line 2 "generators.wyn"
static wyn_iter *w_odds(int64_t limit) {
#line 2
    E_odds *t1 = (E_odds *)wyn_alloc(sizeof(E_odds));
#line 2
    t1->iter.next = (void *)w_odds_next;
#line 2
    t1->limit = limit;
#line 2
    return (wyn_iter *)t1;
}

/* fn main() */
#line 9
static void w_main(void) {
    wyn_iter *t1 = w_odds(6);
#line 10
    wyn_iter_own(t1);
#line 10
    for (;;) {
#line 10
        int64_t t2 = 0;
#line 10
        if (!wyn_iter_next(t1, &t2)) {
#line 10
            break;
        }
#line 10
        int64_t x = t2;
#line 10
        wyn_println_int(x);
    }
}

#line 2
static bool w_odds_next(wyn_iter *t1, void *t2) {
#line 2
    E_odds *t3 = (E_odds *)t1;
    switch (t3->f1) {
    case 0: break;
    case 1: goto state_1;
    default: return false;
    }
#line 3
    t3->i = 1;
    while (t3->i < t3->limit) {
        *(int64_t *)t2 = t3->i;
#line 5
        t3->f1 = 1;
        return true;
state_1:;
#line 6
        t3->i += 2;
    }
#line 2
    t3->f1 = -1;
#line 2
    return false;
}
