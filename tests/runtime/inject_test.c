/* The global queue: order, sweeping, and that every entry leaves it once under several threads. */
#include <pthread.h>

#include "check.h"
#include "../../runtime/inject.h"
#include "../../runtime/lock.h"

const char wyn_names[] = "";

enum { THREADS = 4, EACH = 50000 };
static _Atomic unsigned char taken[THREADS * EACH + 1];
static _Atomic int64_t total, swept;

static bool even(uintptr_t e) { return e % 2 == 0; }

static void count(uintptr_t e) {
    OK(atomic_fetch_add(&taken[e], 1) == 0);
    atomic_fetch_add(&total, 1);
}

static void *worker(void *arg) {
    uintptr_t next = (uintptr_t)arg * EACH + 1, end = next + EACH;
    Ring *mine = aligned_alloc(64, (sizeof *mine + 63) & ~(size_t)63);
    memset(mine, 0, sizeof *mine);
    while (next < end) {
        uintptr_t batch[RT_BATCH];
        uint32_t n = 0;
        while (n < RT_BATCH && next < end) batch[n++] = next++;
        inject_push(batch, n);
        for (uintptr_t e = inject_pop(mine); e != 0; e = ring_pop(mine)) count(e);
    }
    for (uintptr_t e; (e = inject_pop(mine)) != 0;)
        for (; e != 0; e = ring_pop(mine)) count(e);
    free(mine);
    return NULL;
}

int64_t wyn_main(void) {
    Ring *mine = aligned_alloc(64, (sizeof *mine + 63) & ~(size_t)63);
    memset(mine, 0, sizeof *mine);
    uintptr_t batch[RT_BATCH], next = 1;
    for (int k = 0; k < 10; k++) {
        for (uintptr_t i = 0; i < RT_BATCH; i++) batch[i] = next++;
        inject_push(batch, RT_BATCH);
    }
    for (int i = 0; i < 20; i++) inject_sweep(even);
    uintptr_t last = 0;
    for (uintptr_t e; (e = inject_pop(mine)) != 0;) {
        for (; e != 0; e = ring_pop(mine)) {
            OK(e > last);
            swept += e % 2 == 0;
            last = e;
        }
    }
    OK(swept < 5 * RT_BATCH && !inject_any());
    pthread_t t[THREADS];
    rt_alone = false; /* these threads are no workers */
    for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, worker, (void *)i);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
    OK(total == THREADS * EACH && !inject_any());
    return 0;
}
