/* lock.c - waiting for a lock: spin with growing pauses, then give the processor away, since the
 * holder may have lost it. */
#include "lock.h"

#include <sched.h>

bool rt_alone = true;

void lock_wait(uint32_t *lock) {
    int turns = 0, pauses = 4;
    do {
        while (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0) {
            for (int i = 0; i < pauses; i++) cpu_pause();
            if (pauses < 64) pauses *= 2;
            if (++turns > 20) sched_yield();
        }
    } while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0); /* as in lock_take */
}
