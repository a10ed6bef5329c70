/* task.h - tasks on one thread. A task is a future whose thunk has not finished; it runs either
 * inline, by the task that awaits it, or on a fiber of its own. Whatever blocks waits for a
 * condition by task_wait; the scheduler looks at the conditions of waiting fibers in turn. */
#ifndef WYN_TASK_H
#define WYN_TASK_H

#include "panic.h"

typedef enum FutureState { FUTURE_NEW, FUTURE_RUNNING, FUTURE_DONE, FUTURE_FAILED } FutureState;

struct wyn_future {
    wyn_future *next; /* in the queue while NEW, in the list of failed ones */
    wyn_fn *thunk;    /* while NEW */
    const wyn_type *type;
    const wyn_site *site;
    Panic *panic; /* FAILED */
    FutureState state;
    bool detached, cancelled, consumed;
    int64_t id;
    _Alignas(8) char result[];
};

typedef struct Wait {
    bool (*ready)(void *arg);
    void *arg;
    int64_t deadline; /* monotonic ns, or 0 */
    const char *what; /* for the deadlock report: "recv() on a channel with ..." */
    const wyn_site *site;
} Wait;

/* Returns true when w->ready holds, false when the deadline has passed first. */
bool task_wait(Wait *w);

void task_enqueue(wyn_future *f);
void future_run(wyn_future *f); /* claims a NEW one */
wyn_future *task_current(void); /* NULL in main */
wyn_future *task_set_current(wyn_future *f);
int64_t task_count(void);
int64_t time_mono(void);

#endif
