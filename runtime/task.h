/* task.h - futures from the inside, and what runs.
 * A future is one object: task, thunk, and result or panic. `st` is NEW (0), RUNNING or
 * finished in its low bits, LOCKED while its list of waiters is changed or taken, and the address
 * of the newest waiting node above. NEW -> RUNNING is one CAS, by who runs it: a loop that popped
 * its entry, or an awaiter. Whoever sees DONE or FAILED (acquire) sees the result. */
#ifndef WYN_TASK_H
#define WYN_TASK_H

#include "panic.h"
#include "wait.h"

enum {
    FUTURE_NEW = 0,
    FUTURE_DONE = 1,
    FUTURE_RUNNING = 2,
    FUTURE_FAILED = 4,
    FUTURE_LOCKED = 8,
    FUTURE_BITS = 15
};

/* In the low bits of `type`, whose descriptors are aligned to 8. */
enum { TASK_DETACHED = 1, TASK_CANCELLED = 2, TASK_CONSUMED = 4, TASK_BITS = 7 };

struct wyn_future {
    _Atomic uintptr_t st;
    union {
        wyn_fn *thunk; /* until it is finished */
        Panic *panic;  /* FAILED */
    };
    _Atomic uint32_t type; /* distance of the result's descriptor from an anchor, and TASK_ bits */
    int32_t site;          /* distance of the spawn's place; 0: none */
    _Alignas(8) char result[];
};

/* One task being run; on the stack that runs it. Tasks that an awaiter runs nest. */
typedef struct Run {
    struct Run *outer;
    wyn_future *task;
    int64_t id; /* 0: nobody has asked */
} Run;

wyn_future *task_current(void); /* NULL in main */
const wyn_type *future_type(const wyn_future *f);
const wyn_site *future_site(const wyn_future *f);

static inline bool future_finished(wyn_future *f) {
    /* acquire: with the release in future_finish */
    return (atomic_load_explicit(&f->st, memory_order_acquire) & (FUTURE_DONE | FUTURE_FAILED)) !=
           0;
}

/* False when it is finished already. future_unwait is for a node whose wait ended otherwise. */
bool future_wait(wyn_future *f, WaitNode *n);
void future_unwait(wyn_future *f, WaitNode *n);

#endif
