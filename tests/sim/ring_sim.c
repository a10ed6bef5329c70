/* The ring: every entry leaves it exactly once, oldest first for each taker, among an owner that
 * pushes and pops and thieves that take half. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 1;

enum { ENTRIES = 60, THIEVES = 2 };
static Ring ring, theirs[THIEVES];
static unsigned char taken[ENTRIES + 1];
static int total;
static _Atomic bool over;

static void count(uintptr_t e) {
    OK(e >= 1 && e <= ENTRIES && taken[e] == 0);
    taken[e] = 1;
    total++;
}

static void *thief(void *arg) {
    Ring *mine = arg;
    uint32_t n;
    while (!atomic_load(&over)) {
        uintptr_t e = ring_steal(&ring, mine, 1, &n), last = 0;
        if (e != 0) OK(n <= RT_RING);
        for (; e != 0; e = ring_pop(mine)) {
            OK(e > last);
            last = e;
            count(e);
        }
        cpu_pause();
    }
    return NULL;
}

int64_t wyn_main(void) {
    rt_alone = false; /* these threads are no workers */
    pthread_t t[THIEVES];
    for (int i = 0; i < THIEVES; i++) pthread_create(&t[i], NULL, thief, &theirs[i]);
    for (uintptr_t i = 1; i <= ENTRIES; i++) {
        while (!ring_push(&ring, i)) {
            if (sim_random(2) == 0) {
                uintptr_t out[RT_BATCH];
                uint32_t n = ring_take(&ring, out);
                for (uint32_t k = 0; k < n; k++) count(out[k]);
            } else {
                uintptr_t e = ring_pop(&ring);
                if (e != 0) count(e);
            }
        }
        if (sim_random(4) == 0) {
            uintptr_t e = ring_pop(&ring);
            if (e != 0) count(e);
        }
    }
    for (uintptr_t e; (e = ring_pop(&ring)) != 0;) count(e);
    atomic_store(&over, true);
    for (int i = 0; i < THIEVES; i++) pthread_join(t[i], NULL);
    OK(total == ENTRIES);
    return 0;
}
