/* The global queue: every entry that is pushed is popped once, also while a sweep takes batches out
 * and puts them back. */
#include "check.h"
#include "inject.h"

const char wyn_names[] = "";
const int sim_threads = 1;

enum { PUSHERS = 2, TAKERS = 2, EACH = 20, ENTRIES = PUSHERS * EACH };
static Ring theirs[TAKERS + 1];
static unsigned char taken[ENTRIES + 1];
static int total;
static _Atomic bool over;

static void count(uintptr_t e) {
    OK(e >= 1 && e <= ENTRIES && taken[e] == 0);
    taken[e] = 1;
    total++;
}

static bool none(uintptr_t e) {
    (void)e;
    return false;
}

static void *pusher(void *arg) {
    uintptr_t next = (uintptr_t)arg * EACH + 1, end = next + EACH;
    while (next < end) {
        uintptr_t batch[RT_BATCH];
        uint32_t n = 1 + (uint32_t)sim_random(RT_BATCH);
        if (n > end - next) n = (uint32_t)(end - next);
        for (uint32_t i = 0; i < n; i++) batch[i] = next++;
        inject_push(batch, n);
        if (sim_random(4) == 0) inject_sweep(none);
    }
    return NULL;
}

static void take(Ring *mine) {
    for (uintptr_t e = inject_pop(mine); e != 0; e = ring_pop(mine)) count(e);
}

static void *taker(void *arg) {
    while (!atomic_load(&over)) {
        take(arg);
        cpu_pause();
    }
    return NULL;
}

int64_t wyn_main(void) {
    rt_alone = false;
    pthread_t t[PUSHERS], u[TAKERS];
    for (uintptr_t i = 0; i < PUSHERS; i++) pthread_create(&t[i], NULL, pusher, (void *)i);
    for (int i = 0; i < TAKERS; i++) pthread_create(&u[i], NULL, taker, &theirs[i]);
    for (int i = 0; i < PUSHERS; i++) pthread_join(t[i], NULL);
    for (int i = 0; i < 3; i++) take(&theirs[TAKERS]);
    atomic_store(&over, true);
    for (int i = 0; i < TAKERS; i++) pthread_join(u[i], NULL);
    while (inject_any()) take(&theirs[TAKERS]);
    OK(total == ENTRIES);
    return 0;
}
