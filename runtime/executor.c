/* executor.c - jobs that run in the order they came, at most `limit` at a time.
 * A job is a task (task.h) that no worker's queue has: it lies in the ring of its executor, and
 * is claimed already if somebody has its future, so that who awaits it waits. The ring is served
 * by plain tasks, the drains, which run one job after the other and end when there is none. Who
 * awaits a job at once needs no future: it enters, runs the job itself and leaves; if it cannot
 * enter it waits in the ring like a job.
 * Invariants, under `lock`: `running` counts drains and those inside, and is at most `limit`; the
 * ring has something only while running == limit, so nobody overtakes; who stops running gives its
 * place to the first of the ring. A place is given to a waiter by winning its wait. */
#include "gc.h"
#include "native.h"
#include "preempt.h"
#include "scope.h"

typedef struct Entry {
    void *what;           /* a future, or the Waiter */
    const wyn_task *desc; /* NULL: a Waiter */
} Entry;

struct wyn_executor {
    uint32_t lock;
    int64_t limit, running;
    Entry *ring;
    int64_t room, first, len; /* room: a power of two */
};

typedef struct Drain { /* begins as a wyn_future that nobody has */
    uintptr_t st;
    struct wyn_executor *executor;
    Entry job; /* the first one */
} Drain;

enum { ROOM = 16, SPINS = 64, TURN = 128, BATCH = 32 };

void *wyn_executor_new(int64_t limit) {
    if (limit < 1) wyn_panic("Executor.parallel needs a limit >= 1 (got %lld)", (long long)limit);
    struct wyn_executor *x = wyn_alloc(sizeof *x);
    x->limit = limit;
    return x;
}

static Entry *entry_at(struct wyn_executor *x, int64_t i) {
    return &x->ring[(x->first + i) & (x->room - 1)];
}

/* With room for one more. Called with the lock, which it drops while it allocates. */
static void room_grow(struct wyn_executor *x) {
    while (x->len == x->room) {
        int64_t room = x->room == 0 ? ROOM : x->room * 2;
        lock_drop(&x->lock);
        Entry *more = gc_alloc((size_t)room * sizeof *more, true);
        lock_take(&x->lock);
        if (room <= x->room) continue;
        for (int64_t i = 0; i < x->len; i++) more[i] = *entry_at(x, i);
        x->ring = more;
        x->room = room;
        x->first = 0;
    }
}

/* Under the lock. */
static void entry_add(struct wyn_executor *x, void *what, const wyn_task *desc) {
    *entry_at(x, x->len) = (Entry){what, desc};
    x->len++;
}

/* Under the lock. */
static Entry entry_take(struct wyn_executor *x) {
    Entry *at = entry_at(x, 0), e = *at;
    *at = (Entry){NULL, NULL};
    x->first = (x->first + 1) & (x->room - 1);
    x->len--;
    return e;
}

/* Under the lock: a waiter that waits no more, if it is still there. */
static void entry_remove(struct wyn_executor *x, const void *what) {
    int64_t i = 0;
    while (i < x->len && entry_at(x, i)->what != what) i++;
    if (i == x->len) return;
    for (; i + 1 < x->len; i++) *entry_at(x, i) = *entry_at(x, i + 1);
    *entry_at(x, i) = (Entry){NULL, NULL};
    x->len--;
}

/* Under the lock: who or what is next and has this place now; else gives up the place. */
static Entry place_pass(struct wyn_executor *x) {
    while (x->len > 0) {
        Entry e = entry_take(x);
        if (e.desc != NULL || waiter_win(e.what, 0)) return e;
    }
    x->running--;
    return (Entry){NULL, NULL};
}

/* ---- drains ---- */

typedef struct Jobs {
    Run run; /* task: NULL between two */
    struct wyn_executor *executor;
    Waiter *heir; /* who has the place instead */
    int n, at;
    Entry batch[BATCH];
} Jobs;

/* The next jobs: as many as come before a waiter if they run one at a time anyway. None: the place
 * is given up, or is the heir's. */
static void jobs_take(Jobs *j) {
    struct wyn_executor *x = j->executor;
    j->at = j->n = 0;
    lock_take(&x->lock);
    Entry e = place_pass(x);
    if (e.what != NULL && e.desc == NULL) {
        j->heir = e.what;
    } else if (e.what != NULL) {
        j->batch[j->n++] = e;
        while (x->limit == 1 && j->n < BATCH && x->len > 0 && entry_at(x, 0)->desc != NULL)
            j->batch[j->n++] = entry_take(x);
    }
    lock_drop(&x->lock);
}

static void jobs_run(void *arg) {
    Jobs *j = arg;
    for (int turn = 1;; turn++) {
        if (j->at == j->n) jobs_take(j);
        if (j->at == j->n) return;
        Entry *e = &j->batch[j->at++];
        Claimed c = {e->what, e->desc};
        e->what = NULL;
        future_run_entry(&j->run, (uintptr_t)&c | ENTRY_CLAIMED);
        if (turn % TURN == 0) sched_yield_task(); /* other tasks of this worker */
    }
}

static void drain(void *future) {
    Drain *d = future;
    Fiber *self = fiber_self();
    Context *c = self->context;
    Jobs j;
    Panic *p = NULL;
    j.run = (Run){.outer = c->run};
    j.executor = d->executor;
    j.heir = NULL;
    j.batch[0] = d->job;
    j.at = 0;
    j.n = 1;
    c->run = &j.run;
    while (!panic_run_on(self, jobs_run, &j, &p)) future_run_failed(&j.run, p);
    c->run = j.run.outer;
    if (j.heir != NULL) waiter_wake(j.heir);
}

static const wyn_site drain_site = {"std/concurrency.wyn", "Executor", 0};
static const wyn_task drain_task = {
    .run = drain,
    .site = &drain_site,
    .size = sizeof(Drain),
    .flags = WYN_TASK_DETACHED | WYN_TASK_TRACED,
};

/* Gives a place that is counted already to what is next. */
static void place_use(struct wyn_executor *x, Entry e) {
    if (e.what == NULL) return;
    if (e.desc == NULL) {
        waiter_wake(e.what);
        return;
    }
    Drain *d = (Drain *)wyn_alloc_kind(sizeof *d, true);
    d->executor = x;
    d->job = e;
    wyn_spawn((wyn_future *)d, &drain_task);
}

/* ---- jobs ---- */

/* As wyn_spawn, for a call whose first operand is the executor that is to run it. */
wyn_future *wyn_spawn_held(wyn_future *f, const wyn_task *task) {
    struct wyn_executor *x = *(struct wyn_executor **)(void *)f->value;
    sched_prepare();
    sched_count_spawn();
    /* relaxed: the lock publishes it */
    __atomic_store_n(&f->st, FUTURE_RUNNING, __ATOMIC_RELAXED);
    lock_take(&x->lock);
    if (x->running < x->limit) {
        x->running++;
        lock_drop(&x->lock);
        place_use(x, (Entry){f, task});
        return f;
    }
    if (x->len == x->room) room_grow(x);
    if (x->running < x->limit) { /* while it grew */
        x->running++;
        lock_drop(&x->lock);
        place_use(x, (Entry){f, task});
        return f;
    }
    entry_add(x, f, task);
    lock_drop(&x->lock);
    return f;
}

/* ---- jobs that their awaiter runs ---- */

static const char what[] = "a job of an Executor whose place is never free";

static __attribute__((noinline)) void enter_slow(struct wyn_executor *x) {
    for (int i = 0; i < SPINS && worker_count > 1; i++) { /* jobs may be short */
        cpu_pause();
        if (__atomic_load_n(&x->running, __ATOMIC_RELAXED) < x->limit) break;
        if (__atomic_load_n(&x->len, __ATOMIC_RELAXED) > 0) break;
    }
    lock_take(&x->lock);
    if (x->len == x->room) room_grow(x);
    if (x->running < x->limit) {
        x->running++;
        lock_drop(&x->lock);
        return;
    }
    Waiter *w = waiter_open(what, NULL);
    waiter_object(w, WAIT_LOCK, x);
    entry_add(x, w, NULL);
    lock_drop(&x->lock);
    if (waiter_park(w, 0) != WAIT_ABORTED) return;
    lock_take(&x->lock);
    entry_remove(x, w);
    lock_drop(&x->lock);
    panic_cancelled();
}

void wyn_executor_enter(void *executor) {
    struct wyn_executor *x = executor;
    lock_take(&x->lock);
    bool free = x->running < x->limit;
    x->running += free;
    lock_drop(&x->lock);
    if (WYN_UNLIKELY(!free)) enter_slow(x);
}

void wyn_executor_leave(void *executor) {
    struct wyn_executor *x = executor;
    Entry next = {NULL, NULL};
    lock_take(&x->lock);
    if (WYN_LIKELY(x->len == 0)) {
        x->running--;
    } else {
        next = place_pass(x);
    }
    lock_drop(&x->lock);
    if (WYN_UNLIKELY(next.what != NULL)) place_use(x, next);
}

/* Jobs that have not begun. */
int64_t wyn_executor_waiting(void *executor) {
    struct wyn_executor *x = executor;
    return __atomic_load_n(&x->len, __ATOMIC_RELAXED);
}
