/* sleep.c - a task that waits for the clock alone. */
#include "native.h"
#include "panic.h"
#include "wait.h"

void wyn_sleep(int64_t ms, const wyn_site *site) {
    int won = waiter_park_lock(waiter_held("sleep", site), deadline_in(ms), NULL);
    if (won == WAIT_ABORTED) panic_cancelled();
}

void wyn_time_sleep(int64_t ms) { wyn_sleep(ms, NULL); }
