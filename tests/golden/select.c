#include "wyn.h"
#include "wyn_inline.h"

static int64_t w_wait(wyn_channel *, wyn_channel *);
static void w_main(void);
static wyn_channel *w_channel___int(int64_t, const wyn_site *);
static wyn_channel *w_channel___string(int64_t, const wyn_site *);

static const wyn_site SITE_0 = {"select.wyn", "wait", 2};
WYN_STR_LIT(S_1, 4, "none");
static const wyn_site SITE_1 = {"select.wyn", "main", 10};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_wait\0" "wait" "\0"
    "w_main\0" "main" "\0"
    "w_channel___int\0" "channel" "\0"
    "w_channel___string\0" "channel" "\0"
    "";

/* fn wait(a: Channel<int>, b: Channel<string>) -> int */
#line 1 "select.wyn"
static int64_t w_wait(wyn_channel *a, wyn_channel *b) {
    int64_t t1 = 0;
#line 2
    wyn_str *t2 = NULL;
#line 2
    switch (wyn_select((wyn_arm[]){{WYN_ARM_RECV, a, &t1}, {WYN_ARM_RECV, b, &t2}}, 2, true, -1, false, &SITE_0)) {
    case 0: {
#line 2
        int64_t v = t1;
        return v;
    }
    case 1: {
#line 2
        wyn_str *s = t2;
#line 4
        wyn_println_str(s);
        break;
    }
    case -1: {
#line 5
        wyn_println_str(WYN_S(S_1));
        break;
    }
    }
#line 7
    return 0;
}

/* fn main() */
#line 9
static void w_main(void) {
    wyn_channel *t1 = w_channel___int(1, &SITE_1);
#line 10
    wyn_println_int(w_wait(t1, w_channel___string(1, &SITE_1)));
}

/* fn channel<int>(cap: int) -> Channel<int> */
#line N "std/concurrency.wyn"
static wyn_channel *w_channel___int(int64_t cap, const wyn_site *t1) {
#line N
    return wyn_channel_new(&wyn_type_int, cap, t1);
}

/* fn channel<string>(cap: int) -> Channel<string> */
#line N
static wyn_channel *w_channel___string(int64_t cap, const wyn_site *t1) {
#line N
    return wyn_channel_new(&wyn_type_str, cap, t1);
}
