/* deque.h - a worker's queue: a ring that its owner fills at the tail and everybody, the owner
 * too, empties at the head, oldest first.
 * Invariants: head <= tail <= head + RT_RING; only the owner writes tail and slots in
 * [tail, head + RT_RING); what lies in [head, tail) is taken by moving head with one CAS, so an
 * entry read before a CAS that succeeds was not overwritten. Entries are never 0. */
#ifndef WYN_DEQUE_H
#define WYN_DEQUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "lock.h"

typedef struct Ring {
    _Alignas(64) _Atomic uint32_t head;
    _Alignas(64) _Atomic uint32_t tail;
    uint32_t seen_head; /* the owner's last look at head: a push is two plain stores */
    _Atomic uintptr_t slot[RT_RING];
} Ring;

/* Without RT_POOLS all workers have one ring, and a lock makes each of them its owner. */
extern uint32_t ring_lock;
static inline void ring_enter(void) {
    if (!RT_POOLS) lock_take(&ring_lock);
}
static inline void ring_leave(void) {
    if (!RT_POOLS) lock_drop(&ring_lock);
}

static inline bool ring_append(Ring *r, uintptr_t entry) {
    uint32_t t = atomic_load_explicit(&r->tail, memory_order_relaxed);
    if (__builtin_expect(t - r->seen_head >= RT_RING, 0)) {
        /* acquire: with the CAS of whoever moved head, so that it has read its slots */
        r->seen_head = atomic_load_explicit(&r->head, memory_order_acquire);
        if (t - r->seen_head >= RT_RING) return false;
    }
    atomic_store_explicit(&r->slot[t % RT_RING], entry, memory_order_relaxed);
    /* release: with the acquire of tail in ring_pop and ring_steal */
    atomic_store_explicit(&r->tail, t + 1, memory_order_release);
    return true;
}

/* False when it is full. Owner only. */
static inline bool ring_push(Ring *r, uintptr_t entry) {
    ring_enter();
    bool added = ring_append(r, entry);
    ring_leave();
    return added;
}

static inline uint32_t ring_count(const Ring *r) {
    return atomic_load_explicit(&r->tail, memory_order_relaxed) -
           atomic_load_explicit(&r->head, memory_order_acquire); /* as in ring_push */
}

uintptr_t ring_pop(Ring *r); /* 0: empty */

/* Moves half of `from` (at least min entries there) into `to`, the empty ring of the caller; the
 * first is returned instead, *n is how many there were. 0: nothing. */
uintptr_t ring_steal(Ring *from, Ring *to, uint32_t min, uint32_t *n);

/* Owner: takes up to RT_BATCH of the oldest entries out. */
uint32_t ring_take(Ring *r, uintptr_t out[RT_BATCH]);

/* Owner: appends up to n entries; how many fitted. */
uint32_t ring_put(Ring *r, const uintptr_t *entry, uint32_t n);

#endif
