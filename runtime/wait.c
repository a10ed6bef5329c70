/* wait.c - opening, winning and ending waits; see wait.h. */
#include "wait.h"

#include <time.h>

#include "sched.h"
#include "timer.h"

int64_t time_mono(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void waiter_open(Waiter *w, const char *what, const wyn_site *site) {
    atomic_store_explicit(&w->won, WAIT_OPEN, memory_order_relaxed);
    atomic_store_explicit(&w->state, WAIT_RUNNING, memory_order_relaxed);
    w->fiber = fiber_self();
    w->what = what;
    w->site = site;
    w->timer = (Timer){.place = -1};
    w->at_end = false;
    waiter_object(w, WAIT_TIME, NULL);
}

void node_open(WaitNode *n, Waiter *w, int index, void *slot) {
    *n = (WaitNode){.waiter = w, .slot = slot, .index = index};
}

void list_add(WaitList *l, WaitNode *n) {
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

WaitNode *list_win(WaitList *l) {
    while (l->head != NULL) {
        WaitNode *n = l->head;
        list_remove(l, n);
        if (waiter_win(n->waiter, n->index)) return n;
    }
    return NULL;
}

bool list_waiting(const WaitList *l) {
    for (const WaitNode *n = l->head; n != NULL; n = n->next) {
        if (atomic_load_explicit(&n->waiter->won, memory_order_relaxed) == WAIT_OPEN) return true;
    }
    return false;
}

void waiter_wake(Waiter *w) {
    Fiber *f = w->fiber;
    /* acq_rel: release of the delivery for the acquire in waiter_park, acquire of the park's
     * commit. From here on a waiter that was not parked may be gone. */
    int old = atomic_exchange_explicit(&w->state, WAIT_WOKEN, memory_order_acq_rel);
    if (old == WAIT_PARKED) sched_ready(f);
}

/* On the next stack: the waiting one is saved, so it may be resumed from now on. */
static void commit(Fiber *from, void *arg) {
    Waiter *w = arg;
    int running = WAIT_RUNNING;
    /* acq_rel: with the exchange in waiter_wake */
    if (!atomic_compare_exchange_strong_explicit(&w->state, &running, WAIT_PARKED,
                                                 memory_order_acq_rel, memory_order_acquire))
        sched_ready(from);
}

int waiter_park(Waiter *w, int64_t when) {
    if (when != 0) timer_add(w, when);
    /* acquire: with the release in waiter_wake */
    if (atomic_load_explicit(&w->state, memory_order_acquire) != WAIT_WOKEN) {
        w->fiber->wait = w;
        sched_park(commit, w);
        w->fiber->wait = NULL;
    }
    CHECK(atomic_load_explicit(&w->state, memory_order_acquire) == WAIT_WOKEN);
    if (when != 0) timer_remove(w);
    return atomic_load_explicit(&w->won, memory_order_relaxed);
}
