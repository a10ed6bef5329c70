/* wait.h - the one way to block. A Waiter is the wait of one task; it lies in the descriptor of
 * the stack that waits, never on the stack, with the node and the small value of a wait for one
 * event. So nobody writes into a parked stack, unless the waiter says `pinned`.
 * Invariants: `token` is the number of the wait, times 2, plus 1 while it is open. It is closed
 * by who wins it, with one CAS; the winner, and nobody else, delivers and calls waiter_wake, and
 * until then the task does not go on. A token is used once, so an entry of a timer that is left
 * behind wins nothing.
 * A node is linked only under its list's lock, and unlinked before the task goes on.
 * Two ways to park. Held: the list's lock is held over the switch and dropped by the next stack;
 * who can win finds the task parked. Otherwise `state` decides whether the waker finds the task
 * parked or still on its way. */
#ifndef WYN_WAIT_H
#define WYN_WAIT_H

#include <stdatomic.h>

#include "base.h"
#include "lock.h"

enum { WAIT_TIMEOUT = -2, WAIT_ABORTED = -3, WAIT_VALUE = 16 };

typedef enum WaitState { WAIT_RUNNING, WAIT_PARKED, WAIT_WOKEN } WaitState;

/* What a wait is for; only reports ask. */
typedef enum WaitKind {
    WAIT_TIME,
    WAIT_CHANNEL,
    WAIT_TASK,
    WAIT_LOCK,
    WAIT_SELECT,
    WAIT_FD
} WaitKind;

struct Waiter;

typedef struct WaitNode {
    _Alignas(16) struct WaitNode *next; /* futures keep flags in the low bits of its address */
    struct WaitNode *prev;
    struct Waiter *waiter;
    void *slot; /* what to send, or where to receive */
    int index;
    bool linked, ok;
} WaitNode;

typedef struct Waiter {
    _Atomic uint64_t token;
    _Atomic int state; /* of a wait that is not held */
    int won;           /* the event; written by the winner before it wakes */
    const char *what;  /* for the report: "recv() on a channel with ..."; NULL: does not wait */
    const wyn_site *site;
    const void *object;
    int64_t when;            /* deadline, monotonic ns; 0: none */
    struct TimerHeap *heap;  /* where that was entered */
    _Alignas(8) char value[WAIT_VALUE];
    WaitNode node;
    WaitKind kind;
    bool sole;          /* only who has the list's lock can end it: needs no CAS */
    bool pinned;        /* others read or write the stack meanwhile */
    _Atomic bool weak;  /* for a ticker: keeps no program alive */
    bool at_end;        /* main's wait for the end of all tasks: no deadlock */
    void (*fired)(struct Waiter *w); /* instead of waking when its time is over; or NULL */
    struct wyn_scope *scope;         /* that may abort this wait, or NULL; scope.c */
    struct Waiter *scope_next, *scope_prev;
} Waiter;

typedef struct WaitList { /* under the lock of its owner */
    WaitNode *head, *tail;
} WaitList;

/* The timer of a scope, no task's wait: opens it and enters its deadline. */
void waiter_start_timer(Waiter *w, int64_t when);
void waiter_stop_timer(Waiter *w);

/* Begins a wait of the running task: open, or held, which nobody can win before it is parked. */
Waiter *waiter_open(const char *what, const wyn_site *site);
Waiter *waiter_held(const char *what, const wyn_site *site);

static inline void waiter_object(Waiter *w, WaitKind kind, const void *object) {
    w->kind = kind;
    w->object = object;
}

static inline void node_open(WaitNode *n, Waiter *w, int index, void *slot) {
    n->waiter = w;
    n->slot = slot;
    n->index = index;
    n->linked = n->ok = false;
}

static inline void list_add(WaitList *l, WaitNode *n) {
    n->next = NULL;
    n->prev = l->tail;
    if (l->tail != NULL) {
        l->tail->next = n;
    } else {
        l->head = n;
    }
    l->tail = n;
    n->linked = true;
}

static inline void list_add_first(WaitList *l, WaitNode *n) {
    n->prev = NULL;
    n->next = l->head;
    if (l->head != NULL) {
        l->head->prev = n;
    } else {
        l->tail = n;
    }
    l->head = n;
    n->linked = true;
}

void list_remove(WaitList *l, WaitNode *n); /* if it is linked */

/* All of a list: nothing more comes. A chain by `prev`, newest first; chain_wake wakes it. */
WaitNode *list_win_all(WaitList *l, WaitNode *chain);
void chain_wake(WaitNode *chain);

/* Ends the wait `token` if it is still open. acq_rel: release for what the winner knows, acquire
 * of what the opener set up. */
static inline bool waiter_win_token(Waiter *w, uint64_t token, int event) {
    if (rt_alone) {
        if (atomic_load_explicit(&w->token, memory_order_relaxed) != token) return false;
        atomic_store_explicit(&w->token, token & ~(uint64_t)1, memory_order_relaxed);
    } else if (!atomic_compare_exchange_strong_explicit(&w->token, &token, token & ~(uint64_t)1,
                                                        memory_order_acq_rel,
                                                        memory_order_relaxed)) {
        return false;
    }
    w->won = event;
    return true;
}

/* Ends the wait of a linked node, or one that cannot have been followed by another. */
static inline bool waiter_win(Waiter *w, int event) {
    uint64_t token = atomic_load_explicit(&w->token, memory_order_relaxed);
    return (token & 1) != 0 && waiter_win_token(w, token, event);
}

/* The first node, which must exist, unlinked; NULL if its wait has ended otherwise. */
static inline WaitNode *list_win_first(WaitList *l) {
    WaitNode *n = l->head;
    l->head = n->next;
    if (n->next != NULL) {
        n->next->prev = NULL;
    } else {
        l->tail = NULL;
    }
    n->linked = false;
    Waiter *w = n->waiter;
    if (w->sole) { /* a closed token: nobody else looks at it meanwhile */
        uint64_t token = atomic_load_explicit(&w->token, memory_order_relaxed);
        atomic_store_explicit(&w->token, token & ~(uint64_t)1, memory_order_relaxed);
        w->won = n->index;
        return n;
    }
    return waiter_win(w, n->index) ? n : NULL;
}

/* The first node whose waiter is won for it now, unlinked; losers are dropped. Or NULL. */
static inline WaitNode *list_win(WaitList *l) {
    WaitNode *n = NULL;
    while (l->head != NULL && n == NULL) n = list_win_first(l);
    return n;
}

void waiter_wake(Waiter *w); /* by the winner, once, after all it delivers */

/* Waits until woken, or until the time when (0: for ever); the event that won. After WAIT_TIMEOUT
 * and WAIT_ABORTED the caller unlinks its nodes, and after the latter calls panic_cancelled. */
int waiter_park(Waiter *w, int64_t when);

/* The same for a held one: drop(arg) on the next stack drops what is held; it may touch what
 * lies on the waiting stack until its last lock is dropped, if the task takes that one first. */
int waiter_park_held(Waiter *w, int64_t when, void (*drop)(void *arg), void *arg);
int waiter_park_lock(Waiter *w, int64_t when, uint32_t *lock); /* NULL: nothing is held */

int64_t time_mono(void);

/* The moment so many milliseconds from now; never 0. */
int64_t deadline_in(int64_t ms);

#endif
