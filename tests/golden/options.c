#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_opt_int { /* int? */
    bool has;
    int64_t v;
} W_opt_int;

typedef struct W_User {
    wyn_str *name;
    wyn_str *boss;
} W_User;

typedef struct W_opt_User { /* User? */
    bool has;
    W_User v;
} W_opt_User;

static W_opt_int w_find(int64_t);
static wyn_str *w_boss(W_opt_User);
static void w_main(void);

WYN_STR_LIT(S_1, 6, "nobody");
WYN_STR_LIT(S_2, 1, "a");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_find\0" "find" "\0"
    "w_boss\0" "boss" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn find(n: int) -> int? */
#line 3 "options.wyn"
static W_opt_int w_find(int64_t n) {
    if (n > 3) {
#line 4
        return (W_opt_int){.has = true, .v = n};
    }
#line 5
    return (W_opt_int){0};
}

/* fn boss(u: User?) -> string */
#line 7
static wyn_str *w_boss(W_opt_User u) {
#line 7
    wyn_str *t1 = NULL;
#line 7
    if (u.has) {
#line 7
        W_User t2 = u.v;
#line 7
        t1 = t2.boss;
    }
#line 7
    wyn_str *t3 = t1;
#line 7
    wyn_str *t4 = t3;
#line 7
    if (t3 == NULL) {
#line 7
        t4 = WYN_S(S_1);
    }
#line 7
    return t4;
}

/* fn main() */
#line 8
static void w_main(void) {
    wyn_text t1;
#line 9
    W_opt_int t2 = w_find(5);
#line 9
    if (t2.has) {
#line 9
        int64_t v = t2.v;
#line 9
        wyn_println_int(v);
    }
#line 10
    W_opt_int t3 = w_find(1);
#line 10
    int64_t t4 = t3.v;
#line 10
    if (!t3.has) {
#line 10
        t4 = 7;
    }
#line 10
    int64_t t5 = t4;
#line 10
    wyn_str *t6 = w_boss((W_opt_User){.has = true, .v = {.name = WYN_S(S_2), .boss = NULL}});
#line 10
    wyn_text_open(&t1);
#line 10
    wyn_text_int(&t1, t5);
#line 10
    wyn_text_bytes(&t1, " ", 1);
#line 10
    wyn_text_str(&t1, t6);
#line 10
    wyn_text_bytes(&t1, "\012", 1);
#line 10
    wyn_text_print(&t1);
}
