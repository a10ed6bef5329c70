/* Sleep and wake: a task that computes for long and made two others is helped by other workers,
 * whatever they were about to do. Without the monitor in half of the schedules, so that nothing
 * covers up a lost wake-up. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { ROUNDS = 24 };
static int done;

static int64_t work(int64_t pauses) {
    for (int64_t i = 0; i < pauses; i++) time_mono();
    done++;
    return 0;
}

/* Computes until the others have done what it made. */
static int64_t producer(int64_t unused) {
    (void)unused;
    int n = (sim_alone ? 2 : 1) + (int)sim_random(3), want = done + n;
    for (int64_t i = (int64_t)sim_random(300); i > 0; i--) time_mono(); /* others sleep, or not */
    for (int i = 0; i < n; i++) job(work, (int64_t)sim_random(20));
    for (int turns = 0; done < want; turns++) {
        OK(turns < 100000); /* nobody comes */
        cpu_pause();
        time_mono();
    }
    return 0;
}

int64_t wyn_main(void) {
    for (int i = 0; i < ROUNDS; i++) {
        if (sim_random(2) == 0) {
            producer(0);
        } else {
            job_await(job(producer, 0));
        }
    }
    return 0;
}
