/* lock.h - the one-word lock of short sections: nothing that blocks or panics happens inside, but
 * a lock may be held over the switch to the next stack, whose first act drops it.
 * Sections may be interrupted by a collection; the collector takes no such lock.
 * While there is one worker (rt_alone), nobody else can be inside: locks are not taken at all, and
 * what is otherwise an atomic change is a load and a store. The first spawn ends that if there are
 * to be more, before a second thread starts and outside of every section. */
#ifndef WYN_LOCK_H
#define WYN_LOCK_H

#include <stdbool.h>
#include <stdint.h>

extern bool rt_alone; /* lock.c */

/* Plain words, since they lie in objects that emitted C sees. */
void lock_wait(uint32_t *lock); /* lock.c */

static inline void lock_take(uint32_t *lock) {
    if (rt_alone) return;
    /* acquire: with the release in lock_drop */
    if (__builtin_expect(__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0, 0)) lock_wait(lock);
}

static inline void lock_drop(uint32_t *lock) { __atomic_store_n(lock, 0, __ATOMIC_RELEASE); }

static inline void cpu_pause(void) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

#endif
