/* sched.c - the worker's loop, parking and readying; protocols in sched.h, deque.h, idle.c. */
#define _GNU_SOURCE
#include "sched.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "crowd.h"
#include "fork.h"
#include "gc.h"
#include "inject.h"
#include "lock.h"
#include "place.h"
#include "poll.h"
#include "task.h"

static bool spawned;
static Worker first_worker = {.self = &main_fiber, .running = &main_fiber, .started = true};
Worker *workers[RT_WORKERS_MAX] = {&first_worker};
int worker_count = 1;
__thread wyn_local *wyn_here = &first_worker.local;
bool wyn_spawned;
__thread bool sched_thread_ours;

/* Not inlined: gcc must not keep what they find across a switch. */
__attribute__((noinline)) Fiber *fiber_self(void) { return worker_self()->self; }
__attribute__((noinline)) PanicContext *panic_context(void) {
    return &worker_self()->self->context->panic;
}
__attribute__((noinline)) TimerHeap *sched_timers(void) { return &worker_self()->timers; }

Stack *stack_self(void) {
    Worker *w = worker_self();
    return w == NULL ? NULL : &w->self->context->stack;
}

/* ---- switching ---- */

/* First on every stack that is switched to. */
static inline void after_switch(void) {
    Worker *w = worker_self(); /* looked up anew at each use */
    void (*commit)(Fiber *, void *) = w->commit;
    w->commit = NULL;
    if (commit == NULL) return;
    fiber_leave(w->commit_from);
    commit(w->commit_from, w->commit_arg);
}

static inline void switch_to(Worker *w, Fiber *to, void (*commit)(Fiber *, void *), void *arg) {
    Fiber *from = w->self;
    w->commit = commit;
    w->commit_from = from;
    w->commit_arg = arg;
    atomic_signal_fence(memory_order_seq_cst); /* the collector looks for us in either */
    w->self = to;
    /* release: of a new stack's descriptor, with the thieves */
    atomic_store_explicit(&w->running, to, memory_order_release);
    if (atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0) fork_want(to);
    if (WYN_UNLIKELY(observe_on)) observe_switch(from, to);
    fiber_jump(from, to);
    after_switch();
}

static void commit_drop(Fiber *from, void *arg) {
    (void)arg;
    Worker *w = worker_self();
    fiber_drop(&w->pool, &w->pooled, from);
}

/* ---- queues ---- */

static void wake_for_work(Worker *w) {
    /* one fresh task with its spawner about to await needs no second worker; the monitor sees it
     * if that turns out otherwise */
    if (atomic_load_explicit(&idle_searching, memory_order_relaxed) == 0 && !w->delivering &&
        ring_count(worker_ring(w)) >= (crowd_now() ? RT_BATCH : 2))
        idle_wake_one();
}

static __attribute__((noinline, cold)) void ring_overflow(Worker *w, uintptr_t entry) {
    uintptr_t out[RT_BATCH];
    w->stat[STAT_BATCHES]++;
    if (w->stale > RT_RING / 4) { /* maybe only entries of tasks that awaiters ran are left */
        w->stale = 0;
        uint32_t n = ring_take(worker_ring(w), out), k = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (!future_is_stale(out[i])) out[k++] = out[i];
        }
        if (k > 0) inject_push(out, k);
    } else {
        uint32_t n = ring_take(worker_ring(w), out);
        if (n > 0) inject_push(out, n);
    }
    if (!ring_push(worker_ring(w), entry)) inject_push(&entry, 1);
    if (atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0 &&
        atomic_load_explicit(&idle_searching, memory_order_relaxed) == 0)
        idle_wake_one();
}

static inline void wake_after_push(Worker *w) {
    atomic_signal_fence(memory_order_seq_cst); /* with the barrier of idle_sleep */
    if (!RT_QUIET) {
        idle_signal();
    } else if (WYN_UNLIKELY(atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0)) {
        wake_for_work(w);
    }
}

void sched_deliver_begin(void) { worker_self()->delivering = true; }

void sched_deliver_end(int woken) {
    Worker *w = worker_self();
    uint32_t n = atomic_load_explicit(&w->woken, memory_order_relaxed) + (uint32_t)woken;
    atomic_store_explicit(&w->woken, n, memory_order_relaxed);
    w->delivering = false;
    if (woken > 0 && !crowd_now()) wake_after_push(w);
}

static inline void push(Worker *w, uintptr_t entry) {
    if (WYN_UNLIKELY(!ring_push(worker_ring(w), entry))) {
        ring_overflow(w, entry);
        return;
    }
    wake_after_push(w);
}

__attribute__((noinline)) void sched_push(uintptr_t entry) { push(worker_self(), entry); }

static inline void count_spawn(Worker *w) {
    int64_t n = atomic_load_explicit(&w->spawned, memory_order_relaxed);
    atomic_store_explicit(&w->spawned, n + 1, memory_order_relaxed);
}

void sched_count_spawn(void) { count_spawn(worker_self()); }

__attribute__((noinline)) void sched_submit(uintptr_t entry) {
    Worker *w = worker_self();
    count_spawn(w);
    push(w, entry);
}

__attribute__((noinline)) void sched_ready(Fiber *f) {
    Worker *w = worker_self();
    uintptr_t e = (uintptr_t)f | ENTRY_FIBER;
    if (WYN_UNLIKELY(w == NULL)) { /* a thread that is no worker */
        inject_push(&e, 1);
        atomic_signal_fence(memory_order_seq_cst); /* as in push */
        idle_wake_one();
        return;
    }
    /* only the owner fills the slot: an empty one needs no exchange. release: with lifo_take */
    uintptr_t old = atomic_load_explicit(&w->lifo, memory_order_relaxed);
    if (old == 0 || rt_alone) {
        atomic_store_explicit(&w->lifo, e, memory_order_release);
    } else {
        old = atomic_exchange_explicit(&w->lifo, e, memory_order_acq_rel);
    }
    if (old != 0) push(w, old);
}

static inline uintptr_t lifo_take(Worker *w) {
    uintptr_t e = atomic_load_explicit(&w->lifo, memory_order_relaxed);
    if (e == 0) return 0;
    if (rt_alone) {
        atomic_store_explicit(&w->lifo, 0, memory_order_relaxed);
        return e;
    }
    return atomic_exchange_explicit(&w->lifo, 0, memory_order_acq_rel); /* with sched_ready */
}

__attribute__((noinline)) void task_ended(void) {
    Worker *w = worker_self();
    int64_t n = atomic_load_explicit(&w->finished, memory_order_relaxed);
    atomic_store_explicit(&w->finished, n + 1, memory_order_relaxed);
}

static __attribute__((noinline)) void ended_in_place(void) {
    worker_self()->stat[STAT_IN_PLACE]++;
    task_ended();
}

void sched_pause(void) { sched_yield(); }

__attribute__((noinline)) void sched_claimed(void) {
    Worker *w = worker_self();
    w->stat[STAT_IN_PLACE]++;
    if (++w->stale % RT_BATCH == 0) inject_sweep(future_is_stale);
}

/* ---- what next ---- */

/* True when it is time for timers and the global queue to come first. */
static bool fair_turn(Worker *w) {
    uint32_t tick = atomic_load_explicit(&w->tick, memory_order_relaxed) + 1;
    atomic_store_explicit(&w->tick, tick, memory_order_relaxed);
    return tick % RT_FAIR_TICK == 0;
}

static inline uintptr_t local_next(Worker *w) {
    uintptr_t e;
    if (w->lifo_run < RT_LIFO_RUN && (e = lifo_take(w)) != 0) {
        w->lifo_run++;
        return e;
    }
    w->lifo_run = 0;
    if ((e = ring_pop(worker_ring(w))) != 0) return e;
    return lifo_take(w);
}

static uintptr_t steal_round(Worker *w, uint32_t min) {
    w->random = w->random * 1664525 + 1013904223;
    uint32_t at = w->random >> 16;
    for (int i = 0; i < worker_count; i++) {
        Worker *v = workers[(at + (uint32_t)i) % (uint32_t)worker_count];
        if (v == w) continue;
        uintptr_t e =
            RT_POOLS ? ring_steal(&v->ring, &w->ring, min, &w->stolen) : local_next(w);
        if (e != 0) {
            w->stolen_at = time_mono();
            w->stat[STAT_STEALS]++;
            w->stat[STAT_STOLEN] += w->stolen;
            if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_STEAL, NULL, w->stolen);
            return e;
        }
        e = fork_steal(atomic_load_explicit(&v->running, memory_order_acquire));
        if (e != 0) {
            w->stat[STAT_STEALS]++;
            w->stat[STAT_STOLEN]++;
            return e;
        }
        if (atomic_load_explicit(&v->stuck, memory_order_relaxed) && (e = lifo_take(v)) != 0)
            return e;
        if (timers_fire(&v->timers) > 0 && (e = local_next(w)) != 0) return e;
    }
    return inject_pop(worker_ring(w));
}

static void pause_long(void) {
    for (int i = 0; i < 32; i++) cpu_pause();
}

/* Looks at the others for a while. Tasks stolen last that ran shorter than their cache lines
 * take to travel are left to their owner for some time: the thief would only slow it down. */
static uintptr_t search(Worker *w) {
    int64_t start = time_mono(), now = start, quiet = 0;
    int64_t ran = start - w->stolen_at;
    if (w->stolen >= 8 && ran < (int64_t)w->stolen * RT_STEAL_CHEAP_NS)
        quiet = ran * 16 < RT_STEAL_QUIET_NS ? ran * 16 : RT_STEAL_QUIET_NS;
    w->stolen = 0;
    while (now - start < quiet && !inject_any()) {
        pause_long();
        now = time_mono();
    }
    start = now;
    while (now - start < RT_SEARCH_NS) {
        uintptr_t e = steal_round(w, now - start < RT_STEAL_SOON_NS ? RT_STEAL_SMALL : 1);
        if (e != 0) return e;
        pause_long();
        now = time_mono();
    }
    return 0;
}

/* Anybody's timers that are over, as their owner may compute for long. */
static int fire_all(void) {
    int n = 0;
    for (int i = 0; i < worker_count; i++) n += timers_fire(&workers[i]->timers);
    return n;
}

/* Timers, events and the global queue. */
static uintptr_t fair_next(Worker *w) {
    w->fair = false;
    fire_all();
    poll_now();
    return inject_pop(worker_ring(w));
}

static uintptr_t next_entry(Worker *w) {
    uintptr_t e = w->handoff;
    if (e != 0) {
        w->handoff = 0;
        return e;
    }
    bool counted = w->called; /* as searching, by who woke us */
    w->called = false;
    for (;;) {
        if (!counted) {
            if (w->fair || fair_turn(w)) {
                if ((e = fair_next(w)) != 0) return e;
            }
            if ((e = local_next(w)) != 0 || (e = inject_pop(worker_ring(w))) != 0) return e;
            if (fire_all() + poll_now() > 0) continue;
        }
        if (counted || idle_may_search()) {
            e = local_next(w);
            if (e == 0) e = search(w);
            idle_found(e != 0);
            if (e != 0) return e;
        }
        counted = idle_sleep(w);
    }
}

static Fiber *entry_fiber(uintptr_t e) { return (Fiber *)(e & ~(uintptr_t)ENTRY_TAG); }

/* Where the task was spawned, if it has not begun. */
static const wyn_site *entry_kind(uintptr_t e) {
    return (e & ENTRY_TAG) >= ENTRY_SLOT ? fork_kind(e) : future_kind(e);
}

static Fiber *new_stack(Worker *w, const wyn_site *kind);
static void loop(void);

/* At the place of a waiting task of this kind, or NULL. */
static __attribute__((noinline, cold)) Fiber *stack_shared(Worker *w, const wyn_site *kind) {
    if (kind == NULL) return NULL;
    if (w->alone > 0) { /* there was none lately */
        w->alone--;
        return NULL;
    }
    Fiber *f = fiber_share(loop, kind);
    if (f == NULL) w->alone = RT_PLACE_PAUSE;
    return f;
}

static inline bool sharing(void) {
    return WYN_UNLIKELY(atomic_load_explicit(&fibers_share, memory_order_relaxed));
}

/* This loop lies at a place that others want: it goes on elsewhere. */
static __attribute__((noinline, cold)) void leave_place(Worker *w) {
    uintptr_t e = w->fair ? fair_next(w) : 0;
    if (e == 0 && (e = local_next(w)) == 0) e = inject_pop(worker_ring(w));
    if ((e & ENTRY_TAG) == ENTRY_FIBER) {
        if (fiber_enter(entry_fiber(e))) switch_to(w, entry_fiber(e), commit_drop, NULL);
        e = 0;
    }
    w->handoff = e;
    switch_to(w, new_stack(w, entry_kind(e)), commit_drop, NULL);
}

/* All that is particular to the task lies below this frame, or in the descriptor: what is above
 * stays as it is when another stack is moved here. */
static __attribute__((noinline)) void run_entry(uintptr_t e) {
    Context *c = fiber_self()->context;
    c->base = (char *)__builtin_frame_address(0) + 2 * sizeof(void *);
    if ((e & ENTRY_TAG) >= ENTRY_SLOT) {
        fork_run_entry(e);
    } else {
        future_run_entry(&c->first, e);
    }
}

/* A task whose like wait in great number will wait too: it begins at the place of one of them, or
 * each that begins here would keep this loop's stack, and the loop take a new one. */
static __attribute__((noinline, cold)) bool begin_shared(Worker *w, uintptr_t e) {
    Fiber *f = stack_shared(w, entry_kind(e));
    if (f == NULL) return false;
    w->handoff = e;
    switch_to(w, f, commit_drop, NULL);
    return true;
}

static void turns(void *unused) {
    (void)unused;
    for (;;) {
        Worker *w = worker_self();
        bool handed = w->handoff != 0;
        if (fiber_shares(w->self) && !handed) leave_place(w);
        uintptr_t e = next_entry(w);
        if (sharing() && !handed && begin_shared(w, e)) continue;
        if ((e & ENTRY_TAG) == ENTRY_FIBER) {
            if (fiber_enter(entry_fiber(e))) switch_to(w, entry_fiber(e), commit_drop, NULL);
        } else {
            run_entry(e);
        }
    }
}

/* At the base of every stack but main's. One catch point serves all tasks of the loop. */
static void loop(void) {
    after_switch();
    Panic *p = NULL;
    for (;;) {
        panic_run(turns, NULL, &p);
        Context *c = fiber_self()->context;
        c->base = NULL;
        c->run = &c->first;
        future_run_failed(&c->first, p);
    }
}

static Fiber *new_stack(Worker *w, const wyn_site *kind) {
    Fiber *f = sharing() ? stack_shared(w, kind) : NULL;
    if (f == NULL) f = fiber_take(&w->pool, &w->pooled, loop, kind);
    if (f != NULL) return f;
    wyn_no_memory("the stack of another waiting task");
}

static __attribute__((noinline)) void park(void (*commit)(Fiber *, void *), void *arg, bool fair) {
    sched_start();
    Worker *w = worker_self();
    if (WYN_UNLIKELY(w->self->context->panic.callbacks > 0))
        wyn_panic("blocking operation inside a C callback");
    fork_before_park(w->self);
    w->stat[STAT_PARKS]++;
    w->fair = fair_turn(w) || fair; /* then the loop of the next stack looks round first */
    uintptr_t e = w->fair ? 0 : local_next(w);
    while ((e & ENTRY_TAG) == ENTRY_FIBER) {
        if (fiber_enter(entry_fiber(e))) {
            switch_to(w, entry_fiber(e), commit, arg);
            return;
        }
        e = local_next(w);
    }
    w->handoff = e;
    /* not known what comes next: as if it were a task like this one, and leave_place sees */
    const wyn_site *kind = entry_kind(e);
    const Run *run = w->self->context->run;
    if (kind == NULL && !sharing() && run != NULL && run->desc != NULL) kind = run->desc->site;
    switch_to(w, new_stack(w, kind), commit, arg);
}

void sched_park(void (*commit)(Fiber *, void *), void *arg) { park(commit, arg, false); }

static void commit_yield(Fiber *from, void *arg) {
    (void)arg;
    push(worker_self(), (uintptr_t)from | ENTRY_FIBER);
}

/* A wait like others, for its turn: who shares the place of its stack may run meanwhile. */
void sched_yield_task(void) {
    Waiter *w = waiter_held("yield", NULL);
    sched_park(commit_yield, NULL);
    waiter_over(w);
}

void sched_preempt(void) {
    if (panic_context()->callbacks == 0) park(commit_yield, NULL, true);
}

/* ---- start ---- */

void sched_start(void) {
    static bool started;
    if (WYN_LIKELY(started)) return;
    started = true;
    gc_threads_start();
}

static Worker *worker_new(uint32_t id) {
    Worker *w = aligned_alloc(64, (sizeof *w + 63) & ~(size_t)63);
    if (w == NULL) wyn_no_memory("a worker");
    memset(w, 0, sizeof *w);
    w->id = id;
    w->random = id * 7919 + 17;
    w->running = &main_fiber; /* whatever: there is nothing to steal from itself */
    return w;
}

static __attribute__((noinline, cold)) void first_spawn(void) {
    spawned = true;
    sched_start();
    int n = sched_cpus();
    rt_alone = n == 1;
    for (int i = 1; i < n; i++) workers[i] = worker_new((uint32_t)i);
    worker_count = n;
    worker_self()->limit = &wyn_stack_limit;
    wyn_hash_prepare();
    wyn_spawned = n > 1; /* one worker: nothing happens in the middle of anything */
    idle_start();
    future_first();
}

bool sched_has_tasks(void) { return spawned; }

void sched_prepare(void) {
    if (!spawned) first_spawn();
}

wyn_future *wyn_spawn(wyn_future *f, const wyn_task *task) {
    if (WYN_UNLIKELY(!spawned)) first_spawn();
    /* relaxed: the queue publishes it */
    __atomic_store_n(&f->st, (uintptr_t)task, __ATOMIC_RELAXED);
    Worker *w = worker_self();
    count_spawn(w);
    if (WYN_UNLIKELY(!ring_push(worker_ring(w), (uintptr_t)f))) {
        /* there is work for everybody: more of it is not worth a queue */
        if ((task->flags & WYN_TASK_PROMPT) != 0 && w->stale <= RT_RING / 4 &&
            future_run_in_place(w->self, f, task)) {
            ended_in_place();
            return f;
        }
        ring_overflow(w, (uintptr_t)f);
    }
    wake_after_push(w);
    return f;
}

__attribute__((noinline)) void sched_thread(Worker *w) {
    wyn_here = &w->local;
    sched_thread_ours = true;
    __atomic_store_n(&w->limit, &wyn_stack_limit, __ATOMIC_RELEASE); /* with show */
    Fiber base = {0};
    w->self = new_stack(w, NULL);
    atomic_store_explicit(&w->running, w->self, memory_order_release);
    gc_thread_enter(w);
#ifdef __SANITIZE_THREAD__
    base.tsan = NULL;
#endif
    fiber_jump(&base, w->self);
}
