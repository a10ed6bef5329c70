/* fork.h - scoped tasks: the deque of a stack. Emitted C sees its owner's end as wyn_stack, which
 * begins the Fiber, and keeps `head` in a register; protocol in fork.c. */
#ifndef WYN_FORK_H
#define WYN_FORK_H

#include "fiber.h"

/* One slot of a running stack, claimed, as an entry of queues; 0: nothing to steal. */
uintptr_t fork_steal(Fiber *victim);

/* Are there slots that anybody may take? */
static inline bool fork_stealable(const Fiber *f) {
    uint64_t x = atomic_load_explicit(&f->shared, memory_order_acquire); /* with fork_share */
    return (uint32_t)x < (uint32_t)(x >> 32);
}

/* Asks the owner to share. */
static inline void fork_want(Fiber *f) {
    if (__atomic_load_n(&f->fork.limit, __ATOMIC_RELAXED) != NULL)
        __atomic_store_n(&f->fork.limit, NULL, __ATOMIC_RELAXED);
}

/* The stack is about to be parked: what its task has spawned must not wait for it. */
void fork_share_all(Fiber *f);
static inline void fork_before_park(Fiber *f) {
    if (f->fork.head > f->fork.split || fork_stealable(f)) fork_share_all(f);
}

/* Entries ENTRY_SLOT and ENTRY_DEQUE. */
void fork_run_entry(uintptr_t entry);

/* Around code that may panic: joins what was spawned since the mark, and forgets what nobody has
 * begun. */
static inline uint32_t fork_mark(const Fiber *f) {
    return f->slots == NULL ? 0 : (uint32_t)(f->fork.head - f->slots);
}
void fork_unwind(uint32_t mark);

/* Slots that may hold the only pointer to something: [slots, this). */
wyn_slot *fork_traced(const Fiber *f);

/* A stack that is taken into use has no tasks. */
void fork_reset(Fiber *f);

#endif
