/* The first place that is shared: until then stacks are held by a plain store, which may come late,
 * while others go on and leave all the time. */
#include "check.h"

#include "fiber.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { BUSY = 3, WAITING = 2, WORDS = 16, TURNS = 40 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *values;

/* Below words of its own. */
static int64_t task(int64_t n) {
    volatile int64_t mine[WORDS];
    for (int64_t i = 0; i < WORDS; i++) mine[i] = n * 100 + i;
    int64_t v = 0;
    if (n >= BUSY) OK(wyn_channel_recv_opt(values, &v, &site));
    for (int i = 0; n < BUSY && i < TURNS; i++) wyn_task_yield();
    for (int64_t i = 0; i < WORDS; i++) OK(mine[i] == n * 100 + i);
    return n;
}

static void delays(Fiber *f) {
    if (f != &main_fiber && fiber_number(f) == 0) sim_buffered(f, 16 * sizeof *f);
}

int64_t wyn_main(void) {
    wyn_future *f[BUSY + WAITING];
    values = wyn_channel_new(&wyn_type_int, WAITING, &site);
    for (int64_t i = 0; i < BUSY; i++) f[i] = job(task, i);
    wyn_task_yield(); /* now there is a stack */
    fiber_each(delays);
    for (int64_t i = BUSY; i < BUSY + WAITING; i++) {
        f[i] = job(task, i);
        if (sim_random(2) == 0) wyn_task_yield();
    }
    wyn_task_yield();
    for (int64_t i = 0; i < WAITING; i++) OK(wyn_channel_send(values, &i, &site));
    for (int64_t i = 0; i < BUSY + WAITING; i++) OK(job_await(f[i]) == i);
    return 0;
}
