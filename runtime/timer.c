/* timer.c - a 4-ary heap of deadlines; see timer.h. */
#include "timer.h"

#include <stdlib.h>

#include "config.h"
#include "sched.h"
#include "scope.h"

static void sift_up(TimerHeap *h, int64_t i, Timer t) {
    while (i > 0) {
        int64_t up = (i - 1) / 4;
        if (h->at[up].when <= t.when) break;
        h->at[i] = h->at[up];
        i = up;
    }
    h->at[i] = t;
}

static void sift_down(TimerHeap *h, int64_t i, Timer t) {
    for (;;) {
        int64_t first = 4 * i + 1, best = first;
        if (first >= h->n) break;
        for (int64_t k = first + 1; k < first + 4 && k < h->n; k++) {
            if (h->at[k].when < h->at[best].when) best = k;
        }
        if (h->at[best].when >= t.when) break;
        h->at[i] = h->at[best];
        i = best;
    }
    h->at[i] = t;
}

static void publish(TimerHeap *h) {
    atomic_store_explicit(&h->next, h->n == 0 ? 0 : h->at[0].when, memory_order_relaxed);
}

static void remove_top(TimerHeap *h) {
    Timer last = h->at[--h->n];
    if (h->n > 0) sift_down(h, 0, last);
}

static bool is_live(const Timer *t) {
    return atomic_load_explicit(&t->waiter->token, memory_order_relaxed) == t->token;
}

static int64_t left_of(TimerHeap *h) {
    return atomic_load_explicit(&h->left, memory_order_relaxed);
}

/* Drops all that were left behind and arranges the rest anew. */
static void sweep(TimerHeap *h) {
    int64_t k = 0;
    for (int64_t i = 0; i < h->n; i++) {
        if (is_live(&h->at[i])) h->at[k++] = h->at[i];
    }
    /* may fall short of 0 for a moment: a task counts itself after its token has changed */
    atomic_fetch_sub_explicit(&h->left, h->n - k, memory_order_relaxed);
    h->n = k;
    for (int64_t i = (k - 2) / 4; i >= 0 && k > 1; i--) sift_down(h, i, h->at[i]);
}

void timer_add(Waiter *w, uint64_t token, bool open) {
    Worker *here = worker_self();
    TimerHeap *h = &here->timers;
    Timer t = {w->when, w, token};
    w->timers = (uint8_t)here->id;
    lock_take(&h->lock);
    if (h->n == h->room) {
        if (left_of(h) > h->n / 2) {
            sweep(h);
        } else {
            h->room = h->room == 0 ? RT_TIMERS_FIRST : 2 * h->room;
            h->at = realloc(h->at, (size_t)h->room * sizeof *h->at);
            if (h->at == NULL) wyn_no_memory("timers");
        }
    }
    sift_up(h, h->n++, t);
    publish(h);
    if (open) atomic_store_explicit(&w->token, token, memory_order_release); /* as token_open */
    lock_drop(&h->lock);
}

void timer_leave(Waiter *w) {
    atomic_fetch_add_explicit(&workers[w->timers]->timers.left, 1, memory_order_relaxed);
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
    while (n < AT_ONCE && h->n > 0 && h->at[0].when <= now) {
        Timer t = h->at[0];
        remove_top(h);
        if (waiter_win_token(t.waiter, t.token, WAIT_TIMEOUT)) {
            over[n++] = t.waiter;
        } else {
            atomic_fetch_sub_explicit(&h->left, 1, memory_order_relaxed);
        }
    }
    publish(h);
    lock_drop(&h->lock);
    for (int i = 0; i < n; i++) {
        if (over[i]->kind == WAIT_SCOPE) {
            scope_timer_over(over[i]);
        } else {
            waiter_wake(over[i]);
        }
    }
    return n;
}

int64_t timers_next(TimerHeap *h) {
    if (left_of(h) > 0) {
        lock_take(&h->lock);
        while (h->n > 0 && !is_live(&h->at[0])) {
            remove_top(h);
            atomic_fetch_sub_explicit(&h->left, 1, memory_order_relaxed);
        }
        publish(h);
        lock_drop(&h->lock);
    }
    return atomic_load_explicit(&h->next, memory_order_relaxed);
}

bool timers_strong(TimerHeap *h) {
    bool strong = false;
    lock_take(&h->lock);
    for (int64_t i = 0; i < h->n && !strong; i++)
        strong = is_live(&h->at[i]) &&
                 !atomic_load_explicit(&h->at[i].waiter->weak, memory_order_relaxed);
    lock_drop(&h->lock);
    return strong;
}
