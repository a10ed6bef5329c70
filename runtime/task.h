/* task.h - futures from the inside, and what runs.
 * A future is one object of 8 bytes and its value: task, arguments, result. Its word `st` is
 *   NEW       the address of the descriptor; marks CANCELLED, SEEN
 *   RUNNING   the address of the newest waiting node; the marks, and LOCKED while the list is
 *             being changed or taken
 *   DONE      nothing else: the value is there
 *   FAILED    the address of a record in failed.c, which keeps the panic
 * NEW -> RUNNING is the claim, by who runs it: a loop that popped its entry, an awaiter, or who
 * wants to wait for it (then an entry of a claimed task is queued, as the descriptor leaves the
 * word). A detached one has no handle, so who holds its entry owns it and claims nothing. Whoever
 * sees DONE or FAILED (acquire) sees what was stored before it. Pointer-free objects are not
 * scanned, so nothing in them keeps anything alive.
 * With one worker nothing contends, and every change of the word is a plain store. */
#ifndef WYN_TASK_H
#define WYN_TASK_H

#include "panic.h"
#include "wait.h"

enum {
    FUTURE_DONE = 1,
    FUTURE_RUNNING = 2,
    FUTURE_CANCELLED = 4, /* not when DONE */
    FUTURE_FAILED = 5
};
#define FUTURE_LOCKED ((uintptr_t)1 << 62)
#define FUTURE_SEEN ((uintptr_t)1 << 63) /* somebody has asked for a panic that may come */
#define FUTURE_MARKS (FUTURE_SEEN | FUTURE_CANCELLED)
#define FUTURE_MARKED (FUTURE_SEEN | FUTURE_LOCKED) /* what is no part of an address */
#define FUTURE_BITS (FUTURE_MARKED | 7)

/* A task that was claimed and is to be run; in queues, from the collector's heap. */
typedef struct Claimed {
    wyn_future *task;
    const wyn_task *desc;
} Claimed;

wyn_future *task_current(void); /* NULL in main */

static inline bool future_finished(wyn_future *f) {
    /* acquire: with the release in future_finish */
    return (__atomic_load_n(&f->st, __ATOMIC_ACQUIRE) & FUTURE_DONE) != 0;
}

/* Waits, running it in place if that is allowed; false: `when` (0: never) came first. */
bool future_join_until(wyn_future *f, int64_t when, const wyn_site *site);
void future_consume(wyn_future *f); /* its panic, if any, need not be reported at the end */

/* False when it is finished already. future_unwait is for a node whose wait ended otherwise. */
bool future_wait(wyn_future *f, WaitNode *n);
void future_unwait(wyn_future *f, WaitNode *n);

/* failed.c: the panics of tasks, kept while anybody can ask for them. */
uintptr_t failed_add(wyn_future *f, Panic *p); /* the word of the future */
Panic *failed_panic(wyn_future *f);            /* somebody has seen it */
void failed_seen(wyn_future *f);
bool failed_report(void); /* those that nobody has seen; at the end */

#endif
