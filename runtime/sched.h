/* sched.h - workers and what they do next.
 * Words: a worker is a queue, a slot for the task readied last, timers and allocation lists, held
 * by one thread; P of them, started when there is work for a second one. A task begins as a plain
 * call from the loop at the base of a stack; if it waits, the stack is parked with it and the
 * worker goes on with another one; when it ends, it returns into the loop of its stack.
 * Entries of queues are addresses with a tag in the low bits: see ENTRY_TAG.
 * Four ideas carry it. Bulk allocation: tasks come from lists that are refilled a block at a time
 * (wyn_local). Batched queue operations: half a ring moves at once, to a thief (deque.h) or the
 * global queue (inject.h). Smart signalling: a sleeper is woken only when nobody searches and there
 * is enough work (idle.c). Pools of the worker: objects, stacks and queues need no lock. */
#ifndef WYN_SCHED_H
#define WYN_SCHED_H

#include "deque.h"
#include "fiber.h"
#include "observe.h"
#include "timer.h"

enum {
    ENTRY_TASK = 0,    /* a wyn_future that is to be run if it is still NEW */
    ENTRY_FIBER = 1,   /* a Fiber that is to be continued */
    ENTRY_CLAIMED = 3, /* a Claimed (task.h) that is to be run */
    ENTRY_SLOT = 5,    /* a claimed slot of a deque (fork.c) that is to be run */
    ENTRY_DEQUE = 7,   /* a Fiber of whose deque one is to be run */
    ENTRY_TAG = 7
};

struct Run;

typedef struct Worker {
    wyn_local local; /* first: emitted C sees it through wyn_here */
    Fiber *self;     /* running; worker-private, but for the collector */
    _Atomic(Fiber *) running; /* the same for thieves and the monitor */
    uint32_t id, lifo_run, random, stale;
    _Atomic uint32_t tick; /* of turns; written by the owner only, relaxed: the monitor looks */
    Fiber *pool;
    int pooled;
    void (*commit)(Fiber *from, void *arg); /* to do after a switch, with its arguments */
    Fiber *commit_from;
    void *commit_arg;
    struct wyn_scope *commit_scope; /* wait.c: of a wait that is guarded */
    uint32_t alone;       /* so many tasks begin without looking for a place to share */
    bool fair;            /* timers and the global queue come first */
    bool delivering;      /* events: what they wake is looked at when all are handed out */
    uintptr_t handoff;    /* an entry taken by a park for the loop of the next stack */
    int64_t stolen_at;    /* when, and how many: cheap tasks are left to their owner */
    uint32_t stolen;
    Ring ring;
    _Atomic(uint32_t *) inside; /* a lock that leans to it, while it has that; turns.h */
    _Atomic uintptr_t lifo; /* filled by the owner, emptied by anybody */
    _Atomic bool stuck;     /* the monitor: one task has run for long */
    TimerHeap timers;
    _Atomic uint32_t woken;   /* tasks, by events that it handed out */
    _Atomic int64_t polling; /* waits for descriptors that began here, less those that ended here */
    _Alignas(64) _Atomic uint32_t wake; /* futex: 1 ends a sleep */
    char **limit;             /* the stack limit of its thread; preempt.c */
    _Atomic uint32_t asked;   /* of the task that runs; preempt.h */
    int64_t still_since;      /* the monitor's: the task has run at least since then; 0: no */
    bool started;
    bool called; /* to life by a waker, who has counted it as searching */
    uint32_t seen_tick, seen_head, seen_shares; /* the monitor's */
    _Atomic int64_t spawned, finished; /* written by the owner only */
    int64_t stat[STAT_COUNT];          /* observe.h */
    struct GcThread *gc;
} Worker;

extern Worker *workers[RT_WORKERS_MAX]; /* all P of them once tasks exist; workers[0] always */
extern int worker_count;

/* Does this thread run Wyn code? One that C made does not, whatever wyn_here says there. */
extern __thread bool sched_thread_ours;

static inline Worker *worker_self(void) { return (Worker *)(void *)wyn_worker(); }

/* The ring it pushes to and pops from. */
static inline Ring *worker_ring(Worker *w) { return RT_POOLS ? &w->ring : &workers[0]->ring; }

void sched_start(void); /* before anything waits or is spawned */

/* Puts a task into the queue of this worker. */
void sched_submit(uintptr_t entry);

void sched_count_spawn(void);     /* of a task that is in no queue of a worker */
void sched_push(uintptr_t entry); /* the same for what is no new task */

/* Makes a parked fiber continue soon. */
void sched_ready(Fiber *f);

/* Around the handing out of events, which readies many tasks at once. */
void sched_deliver_begin(void);
void sched_deliver_end(int woken);

/* Leaves this stack; commit(self, arg) runs on the next one, then self may be continued. */
void sched_park(void (*commit)(Fiber *from, void *arg), void *arg);

void sched_preempt(void);    /* the same, and the next stack looks round first */
void sched_yield_task(void); /* behind everything that is ready */
TimerHeap *sched_timers(void);

void task_ended(void);  /* counts */
void sched_pause(void); /* gives the processor away: the holder of a lock may have lost its own */

/* An awaiter has run a task itself, so its entry is stale. */
void sched_claimed(void);

/* Threads other than the first begin here. */
void sched_thread(Worker *w);

/* future.c */
void future_first(void);

/* As the first spawn does: timers of scopes and long loops need the other threads too. */
void sched_prepare(void);
bool sched_has_tasks(void); /* has anything been spawned, also with one worker? */

const wyn_site *future_kind(uintptr_t entry); /* where a task that has not begun was spawned */
void future_run_entry(struct Run *r, uintptr_t entry); /* ENTRY_TASK or ENTRY_CLAIMED */
/* By its spawner; false: the stack is short. */
bool future_run_in_place(Fiber *self, wyn_future *f, const wyn_task *d);
void future_run_failed(struct Run *r, Panic *p);       /* it left future_run_entry by a panic */
bool future_is_stale(uintptr_t entry);

/* cpus.c: workers to have: WYN_WORKERS, or the processors this process may use. */
int sched_cpus(void);

/* idle.c */
extern _Atomic uint64_t idle_bits; /* bit i: worker i sleeps, is about to, or never started */
extern _Atomic int idle_searching;
extern bool idle_has_barrier;
void idle_barrier(void); /* on all processors that run us, if there is one */
void idle_start(void);
void idle_wake_one(void);
void idle_signal(void); /* without RT_QUIET: the same, with a system call in any case */
bool idle_may_search(void);
bool idle_sleep(Worker *w); /* true: woken by somebody who counted us as searching */
void idle_found(bool found); /* ends a search */
void idle_at_end(Waiter *w); /* main waits until nothing can go on */

#endif
