/* The end: main waits for all that can still go on, tasks that wait only for one another are left,
 * and that is never taken for a deadlock. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *never, *values;
static int running;

static int64_t abandoned(int64_t unused) {
    (void)unused;
    int64_t v;
    return wyn_channel_recv_opt(never, &v, &site);
}

static int64_t goes_on(int64_t n) {
    if (sim_random(2) == 0) wyn_time_sleep((int64_t)sim_random(3));
    if (sim_random(2) == 0) wyn_channel_send(values, &n, &site);
    if (n > 0) {
        running++;
        job(goes_on, n - 1);
    }
    running--;
    return 0;
}

static void at_exit(void) {
    if (running == 0) return;
    fprintf(stderr, "main did not wait for %d tasks\n", running);
    _Exit(96);
}

int64_t wyn_main(void) {
    atexit(at_exit);
    never = wyn_channel_new(&wyn_type_int, 0, &site);
    values = wyn_channel_new(&wyn_type_int, 100, &site);
    for (uint64_t i = sim_random(4); i > 0; i--) job(abandoned, 0);
    for (uint64_t i = sim_random(8); i > 0; i--) {
        running++;
        job(goes_on, (int64_t)sim_random(4));
    }
    return 0;
}
