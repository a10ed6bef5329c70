/* sleep.c - a task that waits for the clock alone. */
#include "native.h"
#include "task.h"

static bool never(void *arg) {
    (void)arg;
    return false;
}

void wyn_sleep(int64_t ms, const wyn_site *site) {
    Wait w = {.ready = never, .deadline = time_mono() + (ms < 0 ? 0 : ms) * 1000000,
              .site = site, .what = "sleep"};
    task_wait(&w);
}

void wyn_time_sleep(int64_t ms) { wyn_sleep(ms, NULL); }
