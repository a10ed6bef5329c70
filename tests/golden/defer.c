#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_work_frame E_work_frame;
typedef struct E_work_defer2_entry E_work_defer2_entry;

struct E_work_frame {
    wyn_frame frame;
    wyn_str *log;
    wyn_defer_entry f2;
    int64_t i;
    E_work_defer2_entry *f4;
};

struct E_work_defer2_entry {
    wyn_defer_entry f0;
    E_work_defer2_entry *f1;
    int64_t i;
};

static int64_t w_work(int64_t);
static void w_main(void);
static void w_work_defer1(void *);
static void w_work_defer2(void *);

WYN_STR_LIT(S_1, 5, "start");
WYN_STR_LIT(S_2, 4, "done");
WYN_STR_LIT(S_3, 3, "end");
WYN_STR_LIT(S_4, 4, "turn");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_work\0" "work" "\0"
    "w_main\0" "main" "\0"
    "w_work_defer1\0" "work" "\0"
    "w_work_defer2\0" "work" "\0"
    "";

/* fn work(n: int) -> int */
#line 2 "defer.wyn"
static int64_t w_work(int64_t n) {
#line 2
    E_work_frame t1 = {0};
#line 2
    wyn_frame_enter(&t1.frame);
    t1.log = WYN_S(S_1);
    wyn_defer(&t1.frame, &t1.f2, (void *)w_work_defer1);
    for (int64_t t2 = 0; t2 < n; t2++) {
#line 5
        t1.i = t2;
        E_work_defer2_entry *t3 = (E_work_defer2_entry *)wyn_alloc(sizeof(E_work_defer2_entry));
#line 6
        t3->f1 = t1.f4;
#line 6
        t1.f4 = t3;
#line 6
        t3->i = t1.i;
#line 6
        wyn_defer(&t1.frame, &t3->f0, (void *)w_work_defer2);
    }
    t1.log = WYN_S(S_2);
    if (n > 2) {
#line 9
        int64_t t4 = n * 2;
#line 9
        wyn_frame_leave(&t1.frame);
#line 9
        return t4;
    }
#line 10
    wyn_frame_leave(&t1.frame);
#line 10
    return 0;
}

/* fn main() */
#line 12
static void w_main(void) {
    wyn_println_int(w_work(3));
}

#line 4
static void w_work_defer1(void *t1) {
    wyn_text t2;
#line 4
    E_work_frame *t3 = (E_work_frame *)t1;
#line 4
    wyn_str *t4 = t3->log;
#line 4
    wyn_text_open(&t2);
#line 4
    wyn_text_str(&t2, WYN_S(S_3));
#line 4
    wyn_text_bytes(&t2, " ", 1);
#line 4
    wyn_text_str(&t2, t4);
#line 4
    wyn_text_bytes(&t2, "\012", 1);
#line 4
    wyn_text_print(&t2);
}

#line 6
static void w_work_defer2(void *t1) {
    wyn_text t2;
#line 6
    E_work_frame *t3 = (E_work_frame *)t1;
#line 6
    E_work_defer2_entry *t4 = t3->f4;
#line 6
    t3->f4 = t4->f1;
#line 6
    int64_t i = t4->i;
#line 6
    wyn_text_open(&t2);
#line 6
    wyn_text_str(&t2, WYN_S(S_4));
#line 6
    wyn_text_bytes(&t2, " ", 1);
#line 6
    wyn_text_int(&t2, i);
#line 6
    wyn_text_bytes(&t2, "\012", 1);
#line 6
    wyn_text_print(&t2);
}
