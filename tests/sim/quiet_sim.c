/* Quiet: workers that have their last work at the same time fall asleep together, and one of them,
 * not two, finds that nothing can go on: main, which waits for the end, goes on once. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

static int working, wanted;

/* Until all do it, or the others are late. */
static int64_t last(int64_t unused) {
    (void)unused;
    working++;
    for (int turns = 0; turns < 200 && working < wanted; turns++) {
        cpu_pause();
        time_mono();
    }
    return 0;
}

int64_t wyn_main(void) {
    wanted = atoi(getenv("WYN_WORKERS"));
    for (int i = 0; i < wanted; i++) job(last, 0);
    if (sim_random(2) == 0) last(wanted = wanted + 1);
    return 0;
}
