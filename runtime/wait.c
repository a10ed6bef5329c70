/* wait.c - opening, winning and ending waits; see wait.h. */
#include "wait.h"

#include <time.h>

#include "fork.h"
#include "sched.h"
#include "scope.h"
#include "timer.h"
#include "turns.h"

int64_t time_mono(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t deadline_in(int64_t ms) {
    if (ms < 0) ms = 0;
    int64_t now = time_mono();
    return ms > (INT64_MAX - now) / 1000000 ? INT64_MAX : now + ms * 1000000;
}

static inline Fiber *fiber_of(Waiter *w) { return (Fiber *)((char *)w - offsetof(Fiber, waiter)); }

/* What runs on top of a waiting task may wait for tasks that it has started, nothing else. */
#ifdef RT_HOSTILE
#define CHECK_WAIT(w) CHECK(fork_on_top(fiber_of(w)) == 0 || (w)->kind == WAIT_TASK)
#else
#define CHECK_WAIT(w) (void)0
#endif

/* ---- beginning ---- */

Waiter *waiter_held(const char *what, const wyn_site *site) {
    Waiter *w = &worker_self()->self->waiter;
    w->what = static_ref(what);
    w->site = static_ref(site);
    w->when = 0;
    w->pinned = w->sole = false;
    atomic_store_explicit(&w->weak, false, memory_order_relaxed);
    waiter_object(w, WAIT_TIME, NULL);
    return w;
}

/* The next number, open. */
static uint64_t token_next(const Waiter *w) {
    return (atomic_load_explicit(&w->token, memory_order_relaxed) | 1) + 2;
}

/* release: of the set-up, with the acquire in waiter_win_token */
static void token_open(Waiter *w) {
    atomic_store_explicit(&w->token, token_next(w), memory_order_release);
}

Waiter *waiter_open(const char *what, const wyn_site *site) {
    Waiter *w = waiter_held(what, site);
    atomic_store_explicit(&w->state, WAIT_RUNNING, memory_order_relaxed);
    token_open(w);
    return w;
}

/* ---- lists ---- */

void list_remove(WaitList *l, WaitNode *n) {
    if (!n->linked) return;
    n->linked = false;
    if (n->prev != NULL) {
        n->prev->next = n->next;
    } else {
        l->head = n->next;
    }
    if (n->next != NULL) {
        n->next->prev = n->prev;
    } else {
        l->tail = n->prev;
    }
}

WaitNode *list_win_all(WaitList *l, WaitNode *chain) {
    WaitNode *n;
    while ((n = list_win(l)) != NULL) {
        n->prev = chain;
        chain = n;
    }
    return chain;
}

void chain_wake(WaitNode *chain) {
    while (chain != NULL) {
        WaitNode *n = chain;
        chain = n->prev;
        waiter_wake(node_waiter(n));
    }
}

/* ---- ending ---- */

void waiter_wake(Waiter *w) {
    Fiber *f = fiber_of(w);
    /* acquire: of the park's commit. A held wait is parked before it can be won. */
    if (atomic_load_explicit(&w->state, memory_order_acquire) != WAIT_PARKED) {
        /* acq_rel: release of the delivery for the acquire in waiter_park, acquire as above.
         * From here on a waiter that was not parked may be in another wait. */
        int old = atomic_exchange_explicit(&w->state, WAIT_WOKEN, memory_order_acq_rel);
        if (old != WAIT_PARKED) return;
    }
    sched_ready(f);
}

/* On the next stack: the waiting one is saved, so it may be resumed from now on. */
static void commit(Fiber *from, void *arg) {
    Waiter *w = arg;
    uint8_t running = WAIT_RUNNING;
    /* acq_rel: with the exchange in waiter_wake */
    if (!atomic_compare_exchange_strong_explicit(&w->state, &running, WAIT_PARKED,
                                                 memory_order_acq_rel, memory_order_acquire))
        sched_ready(from);
}

static inline bool has_scope(Waiter *w) { return fiber_of(w)->context->panic.scope != NULL; }

static inline int waiter_end(Waiter *w) {
    waiter_over(w);
    if (w->when != 0 && w->won != WAIT_TIMEOUT) timer_leave(w);
    return w->won;
}

void waiter_start_timer(Waiter *w, int64_t when) {
    w->when = when;
    timer_add(w, token_next(w), true);
}

void waiter_stop_timer(Waiter *w) {
    if (waiter_win(w, 0)) timer_leave(w);
}

int waiter_park(Waiter *w, int64_t when) {
    CHECK_WAIT(w);
    uint64_t token = atomic_load_explicit(&w->token, memory_order_relaxed);
    struct wyn_scope *scope;
    if (WYN_UNLIKELY(has_scope(w)) && !scope_guard(w, token, &scope) &&
        waiter_win(w, WAIT_ABORTED)) {
        waiter_over(w);
        return WAIT_ABORTED;
    }
    if (when != 0 && (token & 1) != 0) { /* else it has been won already */
        w->when = when;
        timer_add(w, token, false);
    }
    /* acquire: with the release in waiter_wake */
    if (atomic_load_explicit(&w->state, memory_order_acquire) != WAIT_WOKEN) sched_park(commit, w);
    return waiter_end(w);
}

/* Also on the next stack. Once the wait is open, only what is still locked keeps the task from
 * going on. */
static inline void open_parked(Waiter *w) {
    uint64_t token = token_next(w);
    atomic_store_explicit(&w->state, WAIT_PARKED, memory_order_relaxed);
    if (w->when == 0) {
        /* release: of the set-up, with the acquire in waiter_win_token */
        atomic_store_explicit(&w->token, token, memory_order_release);
    } else {
        timer_add(w, token, true);
    }
}

/* The same inside a scope. */
static void open_in_scope(Waiter *w) {
    wyn_scope *scope = worker_self()->commit_scope;
    uint64_t token = token_next(w);
    open_parked(w);
    /* a sleeper may be in another wait by now; then the token is gone */
    if (scope_missed(scope) && waiter_win_token(w, token, WAIT_ABORTED)) waiter_wake(w);
}

/* Before a held wait parks. False: it is aborted. */
static inline bool guard_held(Waiter *w, struct wyn_scope **scope) {
    *scope = NULL;
    if (WYN_LIKELY(!has_scope(w))) return true;
    if (!scope_guard(w, token_next(w), scope)) return false;
    worker_self()->commit_scope = *scope;
    return true;
}

static void commit_lock(Fiber *from, void *lock) {
    open_parked(&from->waiter);
    if (lock != NULL) turns_drop(lock);
}

static void commit_lock_scope(Fiber *from, void *lock) {
    open_in_scope(&from->waiter);
    if (lock != NULL) turns_drop(lock);
}

int waiter_park_lock(Waiter *w, int64_t when, uint32_t *lock) {
    CHECK_WAIT(w);
    w->when = when;
    struct wyn_scope *scope;
    if (!guard_held(w, &scope)) {
        if (lock != NULL) turns_drop(lock);
        waiter_over(w);
        return WAIT_ABORTED;
    }
    w->sole = when == 0 && scope == NULL;
    sched_park(WYN_LIKELY(scope == NULL) ? commit_lock : commit_lock_scope, lock);
    return waiter_end(w);
}

static void commit_drop(Fiber *from, void *arg) {
    Waiter *w = &from->waiter;
    void (*drop)(void *) = *(void (**)(void *))(void *)w->value;
    open_parked(w);
    drop(arg);
}

static void commit_drop_scope(Fiber *from, void *arg) {
    Waiter *w = &from->waiter;
    void (*drop)(void *) = *(void (**)(void *))(void *)w->value;
    open_in_scope(w);
    drop(arg);
}

int waiter_park_held(Waiter *w, int64_t when, void (*drop)(void *arg), void *arg) {
    CHECK_WAIT(w);
    w->when = when;
    struct wyn_scope *scope;
    if (!guard_held(w, &scope)) {
        drop(arg);
        waiter_over(w);
        return WAIT_ABORTED;
    }
    memcpy(w->value, &drop, sizeof drop);
    sched_park(WYN_LIKELY(scope == NULL) ? commit_drop : commit_drop_scope, arg);
    return waiter_end(w);
}
