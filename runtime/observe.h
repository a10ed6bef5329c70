/* observe.h - what the scheduler did: counters (WYN_STATS=1) and a trace (WYN_TRACE=file).
 * Counters belong to a worker and are plain stores on paths that are not the fast ones. The trace
 * costs one predictable test of observe_on per task run in a loop and per switch of stacks. */
#ifndef WYN_OBSERVE_H
#define WYN_OBSERVE_H

#include "base.h"

struct Worker;
struct Fiber;

typedef enum Stat {
    STAT_STEALS,   /* successful looks at another worker's queue */
    STAT_STOLEN,   /* entries moved by them */
    STAT_IN_PLACE, /* tasks run by their awaiter or spawner */
    STAT_PARKS,    /* stacks left to a waiting task */
    STAT_SLEEPS,   /* of the worker itself */
    STAT_BATCHES,  /* moved from a full queue to the global one */
    STAT_COUNT
} Stat;

typedef enum EventKind {
    EVENT_TASK,   /* a task begins or goes on; site: its spawn */
    EVENT_END,    /* the innermost one ends */
    EVENT_LEAVE,  /* the stack is left: all that run on it pause; site: of the wait */
    EVENT_SLEEP,  /* the worker sleeps */
    EVENT_AWAKE,
    EVENT_STEAL,  /* number: entries */
    EVENT_WAKE,   /* number: the worker woken */
    EVENT_STOP,   /* the collector stops the world */
    EVENT_RESUME
} EventKind;

extern bool observe_on; /* a trace is being recorded */
extern _Atomic int64_t observe_wakes; /* by workers and the monitor */

/* Reads the environment; before anything is spawned. */
void observe_start(void);

/* Writes what was asked for, once; the process is about to end. */
void observe_finish(void);

/* Only while observe_on. */
void observe_event(EventKind kind, const wyn_site *site, int64_t number);
void observe_switch(const struct Fiber *from, const struct Fiber *to);

/* A stop of the world begins or ends; from gc.c, on the collecting thread. */
void observe_pause(bool begins);
bool observe_wanted(void); /* counters or trace */

#endif
