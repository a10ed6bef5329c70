/* The worker that sleeps in wait of events in place of its futex: threads that are no workers wake
 * tasks while one waits for a descriptor for ever. Each comes, and no worker is left asleep though
 * somebody called it: the end waits for all to sleep. */
#include "check.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "poll.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { PAIRS = 3, ROUNDS = 12 };
static const wyn_site site = {"sim.wyn", "main", 3};
static _Atomic(Waiter *) waits[PAIRS];
static int came[PAIRS];
static int64_t handle;

static int64_t reads(int64_t unused) {
    (void)unused;
    void *extra;
    OK(poll_enter(handle, &extra) >= 0);
    poll_wait(handle, POLL_READ, 0, "read", &site);
    OK(false);
    return 0;
}

static int64_t waits_for_thread(int64_t i) {
    for (int round = 1; round <= ROUNDS; round++) {
        Waiter *w = waiter_open("a thread", &site);
        atomic_store(&waits[i], w);
        OK(waiter_park(w, 0) == 0);
        came[i] = round;
    }
    return 1;
}

static void *wakes(void *i) {
    int me = (int)(intptr_t)i;
    wyn_here = NULL; /* no worker */
    for (int round = 1; round <= ROUNDS; round++) {
        Waiter *w;
        while ((w = atomic_exchange(&waits[me], NULL)) == NULL) cpu_pause();
        OK(came[me] == round - 1);
        struct timespec t = {0, (long)sim_random((uint64_t)1 << sim_random(14))};
        if (sim_random(2) == 0) nanosleep(&t, NULL);
        if (waiter_win(w, 0)) waiter_wake(w);
    }
    return NULL;
}

int64_t wyn_main(void) {
    int ends[2];
    wyn_future *f[PAIRS];
    pthread_t t;
    OK(pipe2(ends, O_CLOEXEC) == 0);
    handle = poll_open(ends[0], NULL, NULL);
    poll_make_weak(handle);
    job(reads, 0);
    for (int i = 0; i < PAIRS; i++) f[i] = job(waits_for_thread, i);
    for (int i = 0; i < PAIRS; i++) pthread_create(&t, NULL, wakes, (void *)(intptr_t)i);
    for (int i = 0; i < PAIRS; i++) OK(job_await(f[i]) == 1);
    return 0;
}
