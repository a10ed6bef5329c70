#include "wyn.h"
#include "wyn_inline.h"

static void w_main(void);

WYN_STR_LIT(S_1, 5, "hello");

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_main\0" "main" "\0"
    "";

/* fn main() */
#line 1 "hello.wyn"
static void w_main(void) {
    wyn_println_str(WYN_S(S_1));
}
