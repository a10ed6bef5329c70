/* inject.h - the global queue: what did not fit into a worker's ring, oldest first.
 * Lock-free: pushed, taken and swept in batches of up to RT_BATCH, by any thread. An entry is at
 * any instant in a batch, in a ring or on the stack of who moves it, so a collection that stops the
 * world between two instructions sees it. */
#ifndef WYN_INJECT_H
#define WYN_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "deque.h"

void inject_push(const uintptr_t *entry, uint32_t n); /* n <= RT_BATCH */

/* The oldest entry; up to RT_BATCH - 1 more go to the caller's own ring. 0: none. */
uintptr_t inject_pop(Ring *mine);
bool inject_any(void);

/* Drops entries for which stale() holds from the oldest batch; what is left goes to the end. */
void inject_sweep(bool (*stale)(uintptr_t entry));

/* World stopped: every batch's entries. */
void inject_walk(void (*push)(const void *low, const void *high));

#endif
