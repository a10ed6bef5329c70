/* lock.h - the one-word lock of short sections: nothing that blocks or panics happens inside.
 * Sections may be interrupted by a collection; the collector takes no such lock. */
#ifndef WYN_LOCK_H
#define WYN_LOCK_H

#include <stdint.h>

/* Plain words, since they lie in objects that emitted C sees. */
void lock_wait(uint32_t *lock); /* lock.c */

static inline void lock_take(uint32_t *lock) {
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
