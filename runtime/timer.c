/* timer.c - a 4-ary heap of waiters by deadline; see timer.h. */
#include "timer.h"

#include <stdlib.h>

#include "lock.h"
#include "sched.h"

static void put(TimerHeap *h, int64_t i, Waiter *w) {
    h->at[i] = w;
    w->timer.place = i;
}

static void sift_up(TimerHeap *h, int64_t i, Waiter *w) {
    while (i > 0) {
        int64_t up = (i - 1) / 4;
        if (h->at[up]->timer.when <= w->timer.when) break;
        put(h, i, h->at[up]);
        i = up;
    }
    put(h, i, w);
}

static void sift_down(TimerHeap *h, int64_t i, Waiter *w) {
    for (;;) {
        int64_t first = 4 * i + 1, best = first;
        if (first >= h->n) break;
        for (int64_t k = first + 1; k < first + 4 && k < h->n; k++) {
            if (h->at[k]->timer.when < h->at[best]->timer.when) best = k;
        }
        if (h->at[best]->timer.when >= w->timer.when) break;
        put(h, i, h->at[best]);
        i = best;
    }
    put(h, i, w);
}

static void publish(TimerHeap *h) {
    atomic_store_explicit(&h->next, h->n == 0 ? 0 : h->at[0]->timer.when, memory_order_relaxed);
}

/* Under the lock. */
static void take_out(TimerHeap *h, Waiter *w) {
    int64_t i = w->timer.place;
    Waiter *last = h->at[--h->n];
    w->timer.place = -1;
    if (last != w) {
        if (i > 0 && h->at[(i - 1) / 4]->timer.when > last->timer.when) {
            sift_up(h, i, last);
        } else {
            sift_down(h, i, last);
        }
    }
    publish(h);
}

void timer_add(Waiter *w, int64_t when) {
    TimerHeap *h = sched_timers();
    w->timer.when = when;
    w->timer.heap = h;
    lock_take(&h->lock);
    if (h->n == h->room) {
        h->room = h->room == 0 ? 64 : 2 * h->room;
        h->at = realloc(h->at, (size_t)h->room * sizeof *h->at);
        CHECK(h->at != NULL);
    }
    sift_up(h, h->n++, w);
    publish(h);
    lock_drop(&h->lock);
}

void timer_remove(Waiter *w) {
    TimerHeap *h = w->timer.heap;
    lock_take(&h->lock);
    if (w->timer.place >= 0) take_out(h, w);
    lock_drop(&h->lock);
}

int timers_fire(TimerHeap *h) {
    enum { AT_ONCE = 64 };
    Waiter *over[AT_ONCE];
    int n = 0;
    int64_t next = atomic_load_explicit(&h->next, memory_order_relaxed);
    if (next == 0) return 0;
    int64_t now = time_mono();
    if (next > now) return 0;
    lock_take(&h->lock);
    while (n < AT_ONCE && h->n > 0 && h->at[0]->timer.when <= now) {
        Waiter *w = h->at[0];
        take_out(h, w);
        if (waiter_win(w, WAIT_TIMEOUT)) over[n++] = w;
    }
    lock_drop(&h->lock);
    for (int i = 0; i < n; i++) waiter_wake(over[i]);
    return n;
}
