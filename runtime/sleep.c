/* sleep.c - a task that waits for the clock alone. */
#include "native.h"
#include "wait.h"

void wyn_sleep(int64_t ms, const wyn_site *site) {
    Waiter w;
    waiter_open(&w, "sleep", site);
    if (ms < 0) ms = 0;
    if (ms > INT64_MAX / 2000000) ms = INT64_MAX / 2000000;
    waiter_park(&w, time_mono() + ms * 1000000);
}

void wyn_time_sleep(int64_t ms) { wyn_sleep(ms, NULL); }
