/* timer.h - deadlines of waits: one heap per worker.
 * Invariants: a timer lies in its waiter and is in a heap only during waiter_park; place and heap
 * are under the heap's lock; `next` repeats the earliest deadline and may be read without it. So
 * the timers in the heaps are exactly the ones somebody still waits for. */
#ifndef WYN_TIMER_H
#define WYN_TIMER_H

#include "wait.h"

typedef struct TimerHeap {
    uint32_t lock;
    _Atomic int64_t next; /* relaxed: a hint, looked at again under the lock; 0: none */
    int64_t n, room;
    Waiter **at;
} TimerHeap;

void timer_add(Waiter *w, int64_t when); /* to the heap of the worker that runs this */
void timer_remove(Waiter *w);

/* Ends the waits that are over; how many. They become ready on the worker that runs this. */
int timers_fire(TimerHeap *h);

#endif
