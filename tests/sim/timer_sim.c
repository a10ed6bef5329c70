/* Time: nobody wakes early, late or never; a wait with a deadline that something else ends at
 * that very instant ends once. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 5, EACH = 4 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *values;

static int64_t sleeper(int64_t unused) {
    (void)unused;
    for (int i = 0; i < EACH; i++) {
        int64_t ms = (int64_t)sim_random(20), from = time_mono();
        wyn_time_sleep(ms);
        int64_t late = time_mono() - from - ms * 1000000;
        OK(late >= 0 && late < 10000000);
        if (sim_random(4) == 0) wyn_channel_try_send(values, &ms);
    }
    return 0;
}

static int64_t listener(int64_t unused) {
    (void)unused;
    int64_t n = 0, v;
    for (int i = 0; i < EACH; i++) {
        wyn_arm arm = {.kind = WYN_ARM_RECV, .object = values, .slot = &v};
        int64_t ms = (int64_t)sim_random(10), from = time_mono();
        int64_t got = wyn_select(&arm, 1, false, ms, false, &site);
        if (got == WYN_SELECT_TIMEOUT) OK(time_mono() - from >= ms * 1000000);
        n += got == 0;
    }
    return n;
}

int64_t wyn_main(void) {
    wyn_future *f[2 * TASKS];
    values = wyn_channel_new(&wyn_type_int, (int64_t)sim_random(2), &site);
    for (int i = 0; i < TASKS; i++) {
        f[i] = job(sleeper, i);
        f[TASKS + i] = job(listener, i);
    }
    for (int i = 0; i < 2 * TASKS; i++) job_await(f[i]);
    return 0;
}
