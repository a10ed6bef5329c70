/* A deadlock is always found, once, and only when it is there: the report ends the process with
 * 101, which on_end turns into success. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *a, *b;
static int busy;

static int64_t other(int64_t unused) {
    (void)unused;
    int64_t v = 0;
    if (sim_random(2) == 0) wyn_time_sleep(1);
    busy--;
    wyn_channel_send(a, &v, &site);
    return wyn_channel_recv_opt(a, &v, &site);
}

static void on_end(int status, void *unused) {
    (void)unused;
    _Exit(status == 101 && busy == 0 ? 0 : 95);
}

int64_t wyn_main(void) {
    on_exit(on_end, NULL);
    int64_t v;
    a = wyn_channel_new(&wyn_type_int, 0, &site);
    b = wyn_channel_new(&wyn_type_int, 1, &site);
    for (uint64_t i = sim_random(4); i > 0; i--) {
        busy++;
        job(other, 0);
    }
    if (sim_random(2) == 0) wyn_time_sleep(1);
    wyn_channel_recv_opt(b, &v, &site);
    return 0;
}
