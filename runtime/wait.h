/* wait.h - the one way to block. A Waiter is one wait of one task; it lies on the task's stack
 * together with a WaitNode for each event it waits for.
 * Invariants: `won` goes once from WAIT_OPEN to the index of the event that ended the wait; who
 * wins that CAS, and nobody else, delivers and calls waiter_wake, and until then the task does
 * not return from waiter_park. `state` decides whether the waker finds the task parked or still
 * on its way: the park is committed on the next stack, so a parked one may be resumed at once.
 * A node is linked only under its list's lock, and unlinked before the task goes on. */
#ifndef WYN_WAIT_H
#define WYN_WAIT_H

#include <stdatomic.h>

#include "fiber.h"

enum { WAIT_OPEN = -1, WAIT_TIMEOUT = -2 };

typedef enum WaitState { WAIT_RUNNING, WAIT_PARKED, WAIT_WOKEN } WaitState;

typedef struct Timer {
    int64_t when;  /* monotonic ns; 0: none */
    int64_t place; /* in the heap, or -1; under its lock */
    struct TimerHeap *heap;
} Timer;

/* What a wait is for; only reports ask. */
typedef enum WaitKind { WAIT_TIME, WAIT_CHANNEL, WAIT_TASK, WAIT_LOCK, WAIT_SELECT } WaitKind;

typedef struct Waiter {
    _Atomic int won;
    _Atomic int state;
    Fiber *fiber;
    const char *what; /* for the deadlock report: "recv() on a channel with ..." */
    const wyn_site *site;
    const void *object;
    Timer timer;
    WaitKind kind;
    bool at_end; /* main's wait for the end of all tasks: no deadlock */
} Waiter;

typedef struct WaitNode {
    _Alignas(16) struct WaitNode *next; /* futures keep flags in the low bits of its address */
    struct WaitNode *prev;
    Waiter *waiter;
    void *slot; /* what to send, or where to receive */
    int index;
    bool linked, ok;
} WaitNode;

typedef struct WaitList { /* under the lock of its owner */
    WaitNode *head, *tail;
} WaitList;

void waiter_open(Waiter *w, const char *what, const wyn_site *site);
static inline void waiter_object(Waiter *w, WaitKind kind, const void *object) {
    w->kind = kind;
    w->object = object;
}
void node_open(WaitNode *n, Waiter *w, int index, void *slot);

void list_add(WaitList *l, WaitNode *n);
void list_remove(WaitList *l, WaitNode *n); /* if it is linked */

/* The first node whose waiter is won for it now, unlinked; losers are dropped. Or NULL. */
WaitNode *list_win(WaitList *l);
bool list_waiting(const WaitList *l); /* is there an open one? */

/* acq_rel: release for what the winner knows, acquire with the opener's set-up */
static inline bool waiter_win(Waiter *w, int event) {
    int open = WAIT_OPEN;
    return atomic_compare_exchange_strong_explicit(&w->won, &open, event, memory_order_acq_rel,
                                                   memory_order_acquire);
}

void waiter_wake(Waiter *w); /* by the winner, once, after all it delivers */

/* Waits until woken, or until the time when (0: for ever); the event that won. */
int waiter_park(Waiter *w, int64_t when);

int64_t time_mono(void);

#endif
