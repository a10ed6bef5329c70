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
#include <stddef.h>

#include "base.h"
#include "lock.h"

enum { WAIT_TIMEOUT = -2, WAIT_ABORTED = -3, WAIT_VALUE = 16 };

typedef enum WaitState { WAIT_RUNNING, WAIT_PARKED, WAIT_WOKEN } WaitState;

/* What a wait is for; mostly, reports ask. */
typedef enum WaitKind {
    WAIT_TIME,
    WAIT_CHANNEL,
    WAIT_TASK,
    WAIT_LOCK,
    WAIT_SELECT,
    WAIT_FD,
    WAIT_END,  /* main's for the end of all tasks: no deadlock */
    WAIT_SCOPE /* no task's: the deadline of a scope */
} WaitKind;

struct Waiter;

typedef struct WaitNode {
    struct WaitNode *next, *prev; /* futures keep flags in the outer bits of its address */
    void *slot; /* what to send, or where to receive */
    int index;
    bool linked, ok;
    bool arm; /* it begins a WaitArm, else it is a waiter's own */
} WaitNode;

typedef struct WaitArm { /* one of several events of a wait: the index tells which */
    WaitNode node;
    struct Waiter *waiter;
} WaitArm;

/* There are many waiters at times, so they are small: what is static data is kept by its distance
 * from the beginning of the program. */
typedef uint32_t StaticRef;
extern const char __executable_start[]; /* of the linker */
static inline StaticRef static_ref(const void *p) {
    return p == NULL ? 0 : (StaticRef)((const char *)p - __executable_start);
}
static inline const void *static_at(StaticRef r) { return r == 0 ? NULL : __executable_start + r; }

typedef struct Waiter {
    _Atomic uint64_t token;
    _Atomic uint8_t state; /* of a wait that is not held */
    uint8_t kind;
    bool sole;         /* only who has the list's lock can end it: needs no CAS */
    bool pinned;       /* others read or write the stack meanwhile */
    _Atomic bool weak; /* for a ticker: keeps no program alive */
    uint8_t timers;    /* of which worker, where the deadline was entered */
    int16_t won;       /* the event; written by the winner before it wakes */
    int64_t when;      /* deadline, monotonic ns; 0: none */
    _Alignas(8) char value[WAIT_VALUE];
    WaitNode node;
    const void *object;
    StaticRef what; /* for the report: "recv() on a channel with ..."; 0: does not wait */
    StaticRef site;
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
    w->kind = (uint8_t)kind;
    w->object = object;
}

static inline const char *waiter_what(const Waiter *w) { return static_at(w->what); }
static inline const wyn_site *waiter_site(const Waiter *w) { return static_at(w->site); }

/* It waits no more, or did not come to it. */
static inline void waiter_over(Waiter *w) { w->what = 0; }

/* That of a wait for one event; index: whatever its list wants to know. */
static inline void node_open(WaitNode *n, int index, void *slot) {
    n->slot = slot;
    n->index = index;
    n->linked = n->ok = n->arm = false;
}

static inline void arm_open(WaitArm *a, Waiter *w, int index, void *slot) {
    node_open(&a->node, index, slot);
    a->node.arm = true;
    a->waiter = w;
}

static inline Waiter *node_waiter(WaitNode *n) {
    void *p = n;
    return n->arm ? ((WaitArm *)p)->waiter : (Waiter *)(void *)((char *)p - offsetof(Waiter, node));
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
    w->won = (int16_t)event;
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
    Waiter *w = node_waiter(n);
    if (w->sole) { /* a closed token: nobody else looks at it meanwhile */
        uint64_t token = atomic_load_explicit(&w->token, memory_order_relaxed);
        atomic_store_explicit(&w->token, token & ~(uint64_t)1, memory_order_relaxed);
        w->won = (int16_t)n->index;
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
