/* fork.h - scoped tasks: the deque of a stack. Emitted C sees its owner's end as wyn_stack, which
 * begins the deque, and keeps `head` in a register; protocol in fork.c. */
#ifndef WYN_FORK_H
#define WYN_FORK_H

#include "fiber.h"
#include "wyn_fork.h"

/* Made when the stack first spawns a scoped task, and kept. */
typedef struct Deque {
    wyn_stack fork; /* first: emitted C sees it */
    Fiber *fiber;
    wyn_slot *slots, *end;   /* a mapping that is touched as far as it is used */
    _Atomic uint32_t shares; /* counts; the monitor looks */
    uint32_t seen_slot;      /* joins_are_quick: the last one looked at, and when */
    int64_t seen_ns;
    bool quick;              /* what it said */
    uint32_t unasked;        /* so many joins pass before one looks at the clock again */
    int on_top;              /* tasks running on top of a waiting one: they must not wait */
    int trial;               /* wyn_fork_is_short: tasks until it looks at the clock again.. */
    int64_t trial_at;        /* ..and when it did last; 0: not yet */
    _Atomic bool listed;     /* a queue has an entry for it */
    _Alignas(64) _Atomic uint64_t shared; /* {split, top}; thieves write here */
} Deque;

/* NULL: it has had none. */
static inline Deque *fork_deque(const Fiber *f) {
    return atomic_load_explicit(&f->deque, memory_order_acquire); /* with open_deque */
}

/* One slot of a running stack, claimed, as an entry of queues; 0: nothing to steal. */
uintptr_t fork_steal(Fiber *victim);

static inline bool deque_stealable(const Deque *d) {
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire); /* with fork_share */
    return (uint32_t)x < (uint32_t)(x >> 32);
}

/* Are there slots that anybody may take? */
static inline bool fork_stealable(const Fiber *f) {
    const Deque *d = fork_deque(f);
    return d != NULL && deque_stealable(d);
}

/* Asks the owner to share. */
static inline void deque_want(Deque *d) {
    if (__atomic_load_n(&d->fork.limit, __ATOMIC_RELAXED) != NULL)
        __atomic_store_n(&d->fork.limit, NULL, __ATOMIC_RELAXED);
}
static inline void fork_want(Fiber *f) {
    Deque *d = fork_deque(f);
    if (d != NULL) deque_want(d);
}

/* How often it has shared; and tasks on top of a waiting one. */
static inline uint32_t fork_shares(const Fiber *f) {
    const Deque *d = fork_deque(f);
    return d == NULL ? 0 : atomic_load_explicit(&d->shares, memory_order_relaxed);
}
static inline int fork_on_top(const Fiber *f) {
    const Deque *d = fork_deque(f);
    return d == NULL ? 0 : d->on_top;
}

/* The stack is about to be parked: what its task has spawned must not wait for it. */
void fork_share_all(Deque *d);
static inline void fork_before_park(Fiber *f) {
    Deque *d = fork_deque(f);
    if (d != NULL && (d->fork.head > d->fork.split || deque_stealable(d))) fork_share_all(d);
}

/* Entries ENTRY_SLOT and ENTRY_DEQUE. */
void fork_run_entry(uintptr_t entry);
const wyn_site *fork_kind(uintptr_t entry); /* where its task was spawned: of a deque, a guess */

/* Around code that may panic: joins what was spawned since the mark, and forgets what nobody has
 * begun. */
static inline uint32_t fork_mark(const Fiber *f) {
    const Deque *d = fork_deque(f);
    return d == NULL ? 0 : (uint32_t)(d->fork.head - d->slots);
}
void fork_unwind(uint32_t mark);

/* Slots that may hold the only pointer to something: [slots, this). */
const wyn_slot *fork_traced(const Deque *d);

/* A stack that is taken into use has no tasks. */
void fork_reset(Deque *d);

#endif
