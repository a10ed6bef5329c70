/* blocking.h - calls that block their thread, done by threads of their own while the task waits. */
#ifndef WYN_BLOCKING_H
#define WYN_BLOCKING_H

#include <stdbool.h>

#include "wyn.h"

/* Calls fn(arg) on a thread of the pool and parks the task until it returns. fn may read Wyn
 * objects that the caller's frame keeps; it must not allocate from the collector, panic or call
 * Wyn code. At most WYN_BLOCKING_THREADS (default 64) run at once; more wait their turn. In a
 * process that has no tasks fn runs at once. About 10 us beyond the call: for calls that take
 * longer than that (waiting for a process, name resolution, a database). */
void blocking_call(void (*fn)(void *arg), void *arg, const char *what, const wyn_site *site);

bool blocking_pending(void); /* is any such call under way? Then there is no deadlock */
void blocking_forked(void);

#endif
