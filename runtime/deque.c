/* deque.c - the worker's ring; see deque.h for the invariants. */
#include "deque.h"

uint32_t ring_lock;

static bool ring_move(Ring *r, uint32_t *head, uint32_t n) {
    if (rt_alone) {
        atomic_store_explicit(&r->head, *head + n, memory_order_relaxed);
        return true;
    }
    /* acq_rel: release for the owner's acquire in ring_push, acquire with earlier moves */
    return atomic_compare_exchange_strong_explicit(&r->head, head, *head + n,
                                                   memory_order_acq_rel, memory_order_acquire);
}

static uintptr_t pop(Ring *r) {
    uint32_t h = atomic_load_explicit(&r->head, memory_order_acquire);
    for (;;) {
        if (h == atomic_load_explicit(&r->tail, memory_order_acquire)) return 0;
        uintptr_t e = atomic_load_explicit(&r->slot[h % RT_RING], memory_order_relaxed);
        if (ring_move(r, &h, 1)) return e;
    }
}

uintptr_t ring_pop(Ring *r) {
    ring_enter();
    uintptr_t e = pop(r);
    ring_leave();
    return e;
}

uintptr_t ring_steal(Ring *from, Ring *to, uint32_t min, uint32_t *count) {
    for (;;) {
        uint32_t h = atomic_load_explicit(&from->head, memory_order_acquire);
        uint32_t t = atomic_load_explicit(&from->tail, memory_order_acquire);
        uint32_t n = t - h;
        if (n == 0 || n < min) return 0;
        if (n > RT_RING) continue; /* head moved between the two loads */
        n = RT_BATCHED ? n - n / 2 : 1;
        uint32_t mine = atomic_load_explicit(&to->tail, memory_order_relaxed);
        uintptr_t first = atomic_load_explicit(&from->slot[h % RT_RING], memory_order_relaxed);
        for (uint32_t i = 1; i < n; i++) {
            uintptr_t e =
                atomic_load_explicit(&from->slot[(h + i) % RT_RING], memory_order_relaxed);
            atomic_store_explicit(&to->slot[(mine + i - 1) % RT_RING], e, memory_order_relaxed);
        }
        if (!ring_move(from, &h, n)) continue;
        if (n > 1) atomic_store_explicit(&to->tail, mine + n - 1, memory_order_release);
        *count = n;
        return first;
    }
}

static uint32_t take(Ring *r, uintptr_t out[RT_BATCH]) {
    uint32_t h = atomic_load_explicit(&r->head, memory_order_acquire);
    for (;;) {
        uint32_t n = atomic_load_explicit(&r->tail, memory_order_relaxed) - h;
        if (n > RT_BATCH) n = RT_BATCH;
        if (n == 0) return 0;
        for (uint32_t i = 0; i < n; i++)
            out[i] = atomic_load_explicit(&r->slot[(h + i) % RT_RING], memory_order_relaxed);
        if (ring_move(r, &h, n)) return n;
    }
}

uint32_t ring_take(Ring *r, uintptr_t out[RT_BATCH]) {
    ring_enter();
    uint32_t n = take(r, out);
    ring_leave();
    return n;
}

uint32_t ring_put(Ring *r, const uintptr_t *entry, uint32_t n) {
    ring_enter();
    uint32_t room = RT_RING - ring_count(r);
    if (n > room) n = room;
    uint32_t t = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (uint32_t i = 0; i < n; i++)
        atomic_store_explicit(&r->slot[(t + i) % RT_RING], entry[i], memory_order_relaxed);
    atomic_store_explicit(&r->tail, t + n, memory_order_release); /* as in ring_push */
    ring_leave();
    return n;
}
