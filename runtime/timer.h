/* timer.h - deadlines of waits: one heap per worker.
 * Invariants: an entry repeats the waiter's token, so nothing is looked up in the waiter while the
 * heap is arranged, and an entry whose wait ended otherwise stays behind and wins nothing. `left`
 * counts those; they go when they are on top, or all together when they are the greater part.
 * `next` repeats the earliest deadline and may be read without the lock. */
#ifndef WYN_TIMER_H
#define WYN_TIMER_H

#include "wait.h"

typedef struct Timer {
    int64_t when;
    Waiter *waiter;
    uint64_t token;
} Timer;

typedef struct TimerHeap {
    uint32_t lock;
    _Atomic int64_t next; /* relaxed: a hint, looked at again under the lock; 0: none */
    _Atomic int64_t left; /* relaxed: a count */
    int64_t n, room;
    Timer *at;
} TimerHeap;

/* To the heap of the worker that runs this. open: makes the token that of the waiter, so that the
 * wait begins with its timer. */
void timer_add(Waiter *w, uint64_t token, bool open);
void timer_leave(Waiter *w);             /* a wait with a timer ended otherwise */

/* Ends the waits that are over; how many. They become ready on the worker that runs this. */
int timers_fire(TimerHeap *h);

/* The earliest deadline that somebody still waits for, or 0. */
int64_t timers_next(TimerHeap *h);

/* Does anybody wait here for something else than a ticker? */
bool timers_strong(TimerHeap *h);

#endif
