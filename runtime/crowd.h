/* crowd.h - do more threads want to run than there are processors? Then a second worker for tasks
 * of a few microseconds takes a processor from those it works for: a client on this machine, say.
 * While it is crowded, workers that wait for descriptors wake nobody for a few tasks, do not
 * search, and leave events to the one that is at it; the monitor sees who is left waiting. */
#ifndef WYN_CROWD_H
#define WYN_CROWD_H

#include <stdatomic.h>
#include <stdbool.h>

struct Worker;

extern _Atomic bool crowd_is; /* relaxed: a hint */

static inline bool crowd_now(void) {
    return atomic_load_explicit(&crowd_is, memory_order_relaxed);
}

/* By the thread of a worker, between tasks: now and then it looks. */
void crowd_look(const struct Worker *w);

void crowd_forked(void); /* in the child of a fork */

#endif
