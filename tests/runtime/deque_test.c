/* The ring: order, fullness, and that every entry leaves it exactly once under thieves. */
#include <pthread.h>

#include "check.h"
#include "../../runtime/deque.h"
#include "../../runtime/lock.h"

const char wyn_names[] = "";

enum { THIEVES = 3, ENTRIES = 300000 };
static Ring ring;
static _Atomic unsigned char taken[ENTRIES + 1];
static _Atomic int64_t total;
static _Atomic bool over;

static void count(uintptr_t e) {
    OK(e >= 1 && e <= ENTRIES && atomic_fetch_add(&taken[e], 1) == 0);
    atomic_fetch_add(&total, 1);
}

static void *thief(void *arg) {
    Ring *mine = arg;
    uint32_t n;
    while (!over || ring_count(&ring) > 0) {
        uintptr_t e = ring_steal(&ring, mine, 1, &n);
        for (; e != 0; e = ring_pop(mine)) count(e);
        cpu_pause();
    }
    return NULL;
}

static void alone(void) {
    Ring *r = aligned_alloc(64, (sizeof *r + 63) & ~(size_t)63);
    memset(r, 0, sizeof *r);
    OK(ring_pop(r) == 0);
    for (int turn = 0; turn < 3; turn++) {
        for (uintptr_t i = 1; i <= RT_RING; i++) OK(ring_push(r, i));
        OK(!ring_push(r, 1) && ring_count(r) == RT_RING);
        uintptr_t out[RT_BATCH];
        OK(ring_take(r, out) == RT_BATCH && out[0] == 1);
        for (uintptr_t i = RT_BATCH + 1; i <= RT_RING; i++) OK(ring_pop(r) == i);
        OK(ring_pop(r) == 0);
    }
    free(r);
}

int64_t wyn_main(void) {
    alone();
    rt_alone = false; /* these threads are no workers */
    pthread_t t[THIEVES];
    static Ring theirs[THIEVES];
    for (int i = 0; i < THIEVES; i++) pthread_create(&t[i], NULL, thief, &theirs[i]);
    for (uintptr_t i = 1; i <= ENTRIES; i++) {
        while (!ring_push(&ring, i)) {
            uintptr_t e = ring_pop(&ring);
            if (e != 0) count(e);
        }
        if (i % 7 == 0) {
            uintptr_t e = ring_pop(&ring);
            if (e != 0) count(e);
        }
    }
    for (uintptr_t e; (e = ring_pop(&ring)) != 0;) count(e);
    over = true;
    for (int i = 0; i < THIEVES; i++) pthread_join(t[i], NULL);
    OK(total == ENTRIES);
    return 0;
}
