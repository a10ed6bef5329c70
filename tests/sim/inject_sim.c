/* The global queue: every entry leaves it exactly once, among threads that push, pop and sweep. */
#include "check.h"

#include "../../runtime/inject.h"

const char wyn_names[] = "";
const int sim_threads = 1;

enum { THREADS = 3, EACH = 40, ENTRIES = THREADS * EACH };
static unsigned char taken[ENTRIES + 1];
static int total;
static Ring rings[THREADS];

static bool never(uintptr_t e) {
    OK(e >= 1 && e <= ENTRIES && taken[e] == 0);
    return false;
}

static void count(uintptr_t e) {
    OK(e >= 1 && e <= ENTRIES && taken[e] == 0);
    taken[e] = 1;
    total++;
}

static void pop(Ring *mine) {
    for (uintptr_t e = inject_pop(mine); e != 0; e = ring_pop(mine)) count(e);
}

static void *worker(void *arg) {
    int me = (int)((Ring *)arg - rings);
    uintptr_t next = (uintptr_t)(me * EACH + 1), end = next + EACH;
    while (next < end) {
        uintptr_t batch[RT_BATCH];
        uint32_t n = 0, most = 1 + (uint32_t)sim_random(RT_BATCH);
        while (n < most && next < end) batch[n++] = next++;
        inject_push(batch, n);
        while (sim_random(3) > 0) pop(&rings[me]);
        if (sim_random(4) == 0) inject_sweep(never);
    }
    return NULL;
}

int64_t wyn_main(void) {
    pthread_t t[THREADS];
    rt_alone = false; /* these threads are no workers */
    for (int i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, worker, &rings[i]);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
    while (inject_any()) pop(&rings[0]);
    OK(total == ENTRIES);
    return 0;
}
