/* sleep.c - a task that waits for the clock alone. */
#include "native.h"
#include "wait.h"

void wyn_sleep(int64_t ms, const wyn_site *site) {
    waiter_park_lock(waiter_held("sleep", site), deadline_in(ms), NULL);
}

void wyn_time_sleep(int64_t ms) { wyn_sleep(ms, NULL); }
