/* future.c - spawn and await. The result stays in the future, so it may be awaited any number of
 * times by any number of tasks; a panic is kept with it and raised in every awaiter, and one that
 * nobody has awaited is reported when the program ends. States and their owners: task.h. */
#include "gc.h"
#include "lock.h"
#include "native.h"
#include "report.h"
#include "sched.h"
#include "scope.h"

static _Atomic int64_t ids;

wyn_future *task_current(void) {
    Run *r = fiber_self()->context->run;
    return r == NULL ? NULL : r->task;
}

/* ---- the word ---- */

static uintptr_t st_load(const wyn_future *f) {
    return __atomic_load_n(&f->st, __ATOMIC_ACQUIRE); /* with st_store and st_change */
}

static void st_store(wyn_future *f, uintptr_t to) {
    __atomic_store_n(&f->st, to, __ATOMIC_RELEASE);
}

/* Compare and swap; *from is what was there. */
static bool st_change(wyn_future *f, uintptr_t *from, uintptr_t to) {
    if (rt_alone) {
        uintptr_t now = __atomic_load_n(&f->st, __ATOMIC_RELAXED);
        bool same = now == *from;
        if (same) __atomic_store_n(&f->st, to, __ATOMIC_RELAXED);
        *from = now;
        return same;
    }
    /* acq_rel: each side with st_load and the other changes */
    return __atomic_compare_exchange_n(&f->st, from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

static void spin(int *turns) {
    cpu_pause();
    if (++*turns > 1000) sched_pause();
}

/* ---- claiming ---- */

/* The descriptor, if it was NEW: the caller runs it or sees to that. */
static const wyn_task *future_claim(wyn_future *f) {
    uintptr_t st = st_load(f);
    while ((st & (FUTURE_DONE | FUTURE_RUNNING)) == 0) {
        uintptr_t desc = st & ~FUTURE_BITS;
        if (st_change(f, &st, FUTURE_RUNNING | (st & FUTURE_MARKS)))
            return (const wyn_task *)desc;
    }
    return NULL;
}

bool future_is_stale(uintptr_t entry) {
    if ((entry & ENTRY_TAG) != ENTRY_TASK) return false;
    const wyn_future *f = (const wyn_future *)entry;
    return (__atomic_load_n(&f->st, __ATOMIC_RELAXED) & (FUTURE_DONE | FUTURE_RUNNING)) != 0;
}

const wyn_site *future_kind(uintptr_t entry) {
    if (entry == 0 || (entry & ENTRY_TAG) != ENTRY_TASK) return NULL;
    uintptr_t st = __atomic_load_n(&((const wyn_future *)entry)->st, __ATOMIC_RELAXED);
    return (st & FUTURE_BITS) == 0 ? ((const wyn_task *)st)->site : NULL;
}

/* ---- the list of waiters ---- */

/* Takes the lock bit of one that runs; gives the word without it, or a finished one untaken. */
static uintptr_t future_lock(wyn_future *f) {
    int turns = 0;
    for (uintptr_t st = st_load(f);;) {
        if ((st & FUTURE_DONE) != 0) return st;
        if ((st & FUTURE_LOCKED) == 0) {
            if (st_change(f, &st, st | FUTURE_LOCKED)) return st;
        } else {
            spin(&turns);
            st = st_load(f);
        }
    }
}

/* Unless it is finished. */
static void future_mark(wyn_future *f, uintptr_t mark) {
    int turns = 0;
    for (uintptr_t st = st_load(f); (st & FUTURE_DONE) == 0;) {
        if ((st & FUTURE_LOCKED) == 0) {
            if (st_change(f, &st, st | mark)) return;
        } else {
            spin(&turns);
            st = st_load(f);
        }
    }
}

/* Somebody is going to wait without running it himself. */
static void future_start(wyn_future *f) {
    if ((st_load(f) & (FUTURE_DONE | FUTURE_RUNNING)) != 0) return;
    Claimed *c = wyn_alloc(sizeof *c);
    c->desc = future_claim(f);
    if (c->desc == NULL) return;
    c->task = f;
    sched_claimed();
    sched_submit((uintptr_t)c | ENTRY_CLAIMED);
}

bool future_wait(wyn_future *f, WaitNode *n) {
    future_start(f);
    uintptr_t st = future_lock(f);
    if ((st & FUTURE_DONE) != 0) return false;
    n->next = (WaitNode *)(st & ~FUTURE_BITS);
    n->linked = true;
    st_store(f, (uintptr_t)n | (st & FUTURE_BITS));
    return true;
}

void future_unwait(wyn_future *f, WaitNode *n) {
    if (!n->linked) return;
    uintptr_t st = future_lock(f); /* while the list is being woken it is locked: we wait */
    if ((st & FUTURE_DONE) != 0) return;
    WaitNode *first = (WaitNode *)(st & ~FUTURE_BITS);
    WaitNode **link = &first;
    while (*link != NULL && *link != n) link = &(*link)->next;
    if (*link == n) *link = n->next;
    n->linked = false;
    st_store(f, (uintptr_t)first | (st & FUTURE_BITS));
}

/* Publishes result or panic, wakes all; the marks it had. Losers' nodes are not touched once LOCKED
 * is off. */
static uintptr_t future_finish(wyn_future *f, uintptr_t as) {
    uintptr_t st = FUTURE_RUNNING;
    if (WYN_LIKELY(st_change(f, &st, as))) return st;
    st = future_lock(f);
    WaitNode *won = NULL, *n = (WaitNode *)(st & ~FUTURE_BITS);
    while (n != NULL) {
        WaitNode *next = n->next;
        if (waiter_win(node_waiter(n), n->index)) {
            n->next = won;
            won = n;
        }
        n = next;
    }
    st_store(f, as);
    while (won != NULL) { /* oldest first */
        WaitNode *next = won->next;
        waiter_wake(node_waiter(won));
        won = next;
    }
    return st;
}

/* ---- running ---- */

static void drain_and_report(void) {
    idle_at_end(waiter_open("the end", NULL));
    report_abandoned();
    if (failed_report()) wyn_finish(STATUS_PANIC);
}

void future_first(void) { wyn_drain_hook = drain_and_report; }

/* Nobody else has it: back to the list that the next spawn of this worker takes from. */
static void future_free(wyn_future *f, const wyn_task *d) {
    if (d->size > WYN_SMALL_MAX || !RT_BULK) return;
    bool traced = (d->flags & WYN_TASK_TRACED) != 0;
    uint64_t *word = (uint64_t *)f, *end = word + (d->size + 15) / 16 * 2;
    while (traced && word < end) {
        *word++ = 0;
        __asm__ volatile(""); /* stays a loop: a string instruction takes 100 ns to begin */
    }
    void **list = &wyn_worker()->lists[traced][(d->size + 15) >> 4];
    *(void **)f = *list;
    *list = f;
}

/* What is left to do when `run` has returned. */
static void future_done(wyn_future *f, const wyn_task *d) {
    if ((d->flags & WYN_TASK_DETACHED) != 0) {
        future_free(f, d);
    } else {
        future_finish(f, FUTURE_DONE);
    }
}

static __attribute__((cold)) void future_fail(wyn_future *f, const wyn_task *d, Panic *p) {
    if (p->spawned == NULL) p->spawned = d->site;
    if ((d->flags & WYN_TASK_DETACHED) != 0) {
        panic_report(p);
        wyn_finish(STATUS_PANIC);
    }
    if ((d->flags & WYN_TASK_SCOPED) != 0) scope_failed(f, d, p);
    if ((future_finish(f, failed_add(f, p)) & FUTURE_SEEN) != 0) failed_seen(f);
}

static void run_scoped(void *f) {
    const wyn_task *d = fiber_self()->context->run->desc;
    scope_begin(f, d);
    d->run(f);
}

/* Runs one on top of this stack. NULL: it did not panic. */
static inline Panic *future_call(Fiber *self, wyn_future *f, const wyn_task *d) {
    Context *c = self->context;
    Run run = {.outer = c->run, .task = f, .desc = d};
    Panic *p = NULL;
    struct wyn_scope *scope = c->panic.scope; /* of who awaits it */
    int masked = c->panic.masked;
    c->run = &run;
    c->panic.scope = NULL;
    c->panic.masked = 0;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_TASK, d->site, 0);
    panic_run_on(self, (d->flags & WYN_TASK_SCOPED) != 0 ? run_scoped : d->run, f, &p);
    c->run = run.outer;
    c->panic.scope = scope;
    c->panic.masked = masked;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_END, NULL, 0);
    return p;
}

/* Nobody has seen it yet, so it needs no claim and nobody waits for it. */
bool future_run_in_place(Fiber *self, wyn_future *f, const wyn_task *d) {
    if (wyn_stack_low()) return false;
    Panic *p = NULL;
    if ((d->flags & WYN_TASK_CALM) != 0 && WYN_LIKELY(!observe_on)) {
        d->run(f);
    } else {
        p = future_call(self, f, d);
    }
    if (WYN_UNLIKELY(p != NULL)) {
        st_store(f, FUTURE_RUNNING);
        future_fail(f, d, p);
    } else if ((d->flags & WYN_TASK_DETACHED) != 0) {
        future_free(f, d);
    } else {
        st_store(f, FUTURE_DONE);
    }
    return true;
}

static void run_claimed(Run *r, wyn_future *f, const wyn_task *d) {
    r->task = f;
    r->desc = d;
    r->id = 0;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_TASK, d->site, 0);
    if ((d->flags & WYN_TASK_SCOPED) != 0) scope_begin(f, d);
    d->run(f);
    if ((d->flags & WYN_TASK_SCOPED) != 0) scope_end();
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_END, NULL, 0);
    r->task = NULL;
    task_ended();
    future_done(f, d);
}

void future_run_entry(Run *r, uintptr_t entry) {
    if ((entry & ENTRY_TAG) == ENTRY_CLAIMED) {
        const Claimed *c = (const Claimed *)(entry & ~(uintptr_t)ENTRY_TAG);
        run_claimed(r, c->task, c->desc);
        return;
    }
    wyn_future *f = (wyn_future *)entry;
    uintptr_t st = st_load(f);
    if ((st & (FUTURE_DONE | FUTURE_RUNNING)) != 0) return; /* an awaiter was first */
    const wyn_task *d = (const wyn_task *)(st & ~FUTURE_BITS);
    if ((d->flags & WYN_TASK_DETACHED) == 0 && (d = future_claim(f)) == NULL) return;
    run_claimed(r, f, d);
}

void future_run_failed(Run *r, Panic *p) {
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_END, NULL, 0);
    task_ended();
    future_fail(r->task, r->desc, p);
    r->task = NULL;
}

/* ---- waiting ---- */

/* False: the time is over first. */
static bool wait_until(wyn_future *f, int64_t when, const char *what, const wyn_site *site) {
    Waiter *w = waiter_open(what, site);
    WaitNode *n = &w->node;
    waiter_object(w, WAIT_TASK, f);
    node_open(n, 0, NULL);
    if (!future_wait(f, n)) {
        waiter_over(w);
        return true;
    }
    int won = waiter_park(w, when);
    if (won < 0) future_unwait(f, n);
    if (won == WAIT_ABORTED) panic_cancelled();
    return won >= 0 || future_finished(f);
}

bool wyn_future_is_done(wyn_future *f) { return future_finished(f); }

typedef struct Join {
    wyn_future *f;
    const wyn_site *site;
} Join;

static void future_join(wyn_future *f, const wyn_site *site);

static __attribute__((noinline)) void join_again(void *arg) {
    Join *j = arg;
    future_join(j->f, j->site);
}

static __attribute__((noinline, cold)) void join_more(wyn_future *f, const wyn_site *site) {
    Join j = {f, site};
    stack_more(join_again, &j);
}

static void future_join(wyn_future *f, const wyn_site *site) {
    if (future_finished(f)) return;
    if (wyn_stack_low()) { /* what it runs may await in turn */
        join_more(f, site);
        return;
    }
    const wyn_task *d = scope_runs_others() ? future_claim(f) : NULL;
    if (d != NULL) { /* no need of a stack: we wait for just this */
        sched_claimed();
        Panic *p = future_call(fiber_self(), f, d);
        task_ended();
        if (p == NULL) {
            future_done(f, d);
        } else {
            future_fail(f, d, p);
        }
        return;
    }
    for (int i = 0; i < 100 && worker_count > 1; i++) { /* maybe it is nearly ready */
        if (future_finished(f)) return;
        cpu_pause();
    }
    wait_until(f, 0, "await of a task that cannot go on", site);
}

static bool has_failed(const wyn_future *f) {
    return (st_load(f) & FUTURE_BITS) == FUTURE_FAILED;
}

bool future_join_until(wyn_future *f, int64_t when, const wyn_site *site) {
    if (when != 0) return future_finished(f) || wait_until(f, when, "parallel", site);
    future_join(f, site);
    return true;
}

void future_consume(wyn_future *f) {
    if (has_failed(f)) failed_seen(f);
}

static void *future_take(wyn_future *f, const wyn_site *site) {
    if (has_failed(f)) panic_rethrow(failed_panic(f), site);
    return f->value;
}

void *wyn_await_slow(wyn_future *f, const wyn_site *site) {
    future_join(f, site);
    return future_take(f, site);
}

bool wyn_await_ms(wyn_future *f, int64_t ms, const wyn_site *site) {
    if (!future_finished(f) && !wait_until(f, deadline_in(ms), "wait(ms)", site)) return false;
    future_take(f, site);
    return true;
}

bool wyn_future_result(wyn_future *f, wyn_str **err, const wyn_site *site) {
    future_join(f, site);
    if (!has_failed(f)) return true;
    *err = failed_panic(f)->text;
    return false;
}

/* What an array holds now; others may change it meanwhile. */
typedef struct Futures {
    const wyn_buf *buf;
    int64_t n;
} Futures;

static Futures futures_of(const wyn_array *a) {
    const wyn_buf *b = a->buf;
    return (Futures){b, (int64_t)b->len};
}

static inline wyn_future *future_at(Futures fs, int64_t i) {
    return ((wyn_future *const *)(const void *)fs.buf->data)[i];
}

/* An address inside of a large buffer does not keep it. */
static inline void futures_keep(Futures fs) { __asm__ volatile("" : : "r"(fs.buf)); }

/* Runs what nobody has begun, one after the other: one catch point serves many. */
typedef struct Batch {
    Run run; /* task: NULL between two */
    Futures fs;
    int64_t i;
} Batch;

static void batch_body(void *arg) {
    Batch *b = arg;
    for (; b->i < b->fs.n; b->i++) {
        wyn_future *f = future_at(b->fs, b->i);
        const wyn_task *d = future_claim(f);
        if (d == NULL) continue;
        sched_claimed();
        run_claimed(&b->run, f, d);
    }
}

static void batch_run(Futures fs, int64_t from) {
    Fiber *self = fiber_self();
    Context *c = self->context;
    Batch b = {.run.outer = c->run, .fs = fs, .i = from};
    struct wyn_scope *scope = c->panic.scope;
    int masked = c->panic.masked;
    Panic *p = NULL;
    c->run = &b.run;
    c->panic.scope = NULL;
    c->panic.masked = 0;
    while (!panic_run_on(self, batch_body, &b, &p)) {
        future_run_failed(&b.run, p);
        b.i++;
    }
    c->run = b.run.outer;
    c->panic.scope = scope;
    c->panic.masked = masked;
}

/* The first from i on that is not done. */
static int64_t first_open(Futures fs, int64_t i) {
    while (i < fs.n && st_load(future_at(fs, i)) == FUTURE_DONE) i++;
    return i;
}

/* First what nobody runs yet, then the few that others run. The first panic, when all are over. */
static void futures_join(Futures fs, const wyn_site *site) {
    int64_t at = first_open(fs, 0);
    if (at < fs.n && !wyn_stack_low() && scope_runs_others()) {
        batch_run(fs, at);
        at = first_open(fs, at);
    }
    wyn_future *bad = NULL;
    for (int64_t i = at; i < fs.n; i++) future_join(future_at(fs, i), site);
    for (int64_t i = fs.n; i-- > at;) {
        wyn_future *f = future_at(fs, i);
        if (!has_failed(f)) continue;
        failed_seen(f);
        bad = f;
    }
    if (bad != NULL) future_take(bad, site);
    futures_keep(fs);
}

void wyn_join_all(wyn_array *futures, const wyn_site *site) {
    futures_join(futures_of(futures), site);
}

wyn_array *wyn_await_all(wyn_array *futures, const wyn_type *elem, const wyn_site *site) {
    Futures fs = futures_of(futures);
    futures_join(fs, site);
    wyn_array *r = wyn_array_sized(elem, fs.n);
    char *out = r->buf->data;
    size_t size = elem->size;
    for (int64_t i = 0; i < fs.n; i++) {
        if (size == sizeof(uint64_t)) {
            memcpy(out + 8 * i, future_at(fs, i)->value, sizeof(uint64_t));
        } else {
            memcpy(out + (size_t)i * size, future_at(fs, i)->value, size);
        }
    }
    futures_keep(fs);
    return r;
}

static wyn_future *first_good(wyn_array *futures, bool *all) {
    *all = true;
    for (int64_t i = 0; i < wyn_array_len(futures); i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (!future_finished(f)) {
            *all = false;
        } else if (!has_failed(f)) {
            return f;
        }
    }
    return NULL;
}

/* Waits until one of those not finished finishes. The nodes lie in heap memory, which they keep
 * alive through `arms` on this stack; they hold stack addresses only. */
static void wait_any(wyn_array *futures, const wyn_site *site) {
    int64_t n = wyn_array_len(futures), i;
    WaitArm *arms = (WaitArm *)(void *)gc_alloc((size_t)n * sizeof(WaitArm), true);
    Waiter *w = waiter_open("await_any", site);
    for (i = 0; i < n; i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        arm_open(&arms[i], w, 0, NULL);
        if (!future_finished(f)) future_wait(f, &arms[i].node);
    }
    /* what finished before its node was linked is seen now, what finishes later wakes us */
    bool all;
    bool late = first_good(futures, &all) != NULL || all;
    int won = late && waiter_win(w, 0) ? 0 : waiter_park(w, 0);
    waiter_over(w);
    for (i = 0; i < n; i++) future_unwait(wyn_array_raw_ptr(futures, i), &arms[i].node);
    if (won == WAIT_ABORTED) panic_cancelled();
    __asm__ volatile("" : : "r"(arms));
}

wyn_future *wyn_await_any(wyn_array *futures, const wyn_site *site) {
    if (wyn_array_len(futures) == 0) wyn_panic_at(site, "await_any of an empty array");
    futures = wyn_array_copy(futures, &wyn_type_ptr); /* others may change it meanwhile */
    bool all;
    wyn_future *good;
    while ((good = first_good(futures, &all)) == NULL && !all) wait_any(futures, site);
    int64_t n = wyn_array_len(futures);
    for (int64_t i = 0; i < n; i++) { /* all of them were awaited, whichever came first */
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        future_mark(f, FUTURE_SEEN);
        if (has_failed(f)) failed_seen(f);
    }
    if (good != NULL) return good;
    future_take(wyn_array_raw_ptr(futures, n - 1), site);
    return NULL;
}

/* ---- tasks seen from inside ---- */

void wyn_task_cancel(wyn_future *f) { future_mark(f, FUTURE_CANCELLED); }

/* In the task itself, and in what it awaits and runs itself. */
bool wyn_task_is_cancelled(void) {
    for (Run *r = fiber_self()->context->run; r != NULL; r = r->outer) {
        if (r->task != NULL && (st_load(r->task) & FUTURE_CANCELLED) != 0) return true;
    }
    return scope_is_aborted();
}

int64_t wyn_task_id(void) {
    Run *r = fiber_self()->context->run;
    if (r == NULL) return 0;
    if (r->id == 0) r->id = atomic_fetch_add_explicit(&ids, 1, memory_order_relaxed) + 1;
    return r->id;
}

int64_t wyn_task_count(void) {
    int64_t n = 0;
    for (int i = 0; i < worker_count; i++) {
        n += atomic_load_explicit(&workers[i]->spawned, memory_order_relaxed);
        n -= atomic_load_explicit(&workers[i]->finished, memory_order_relaxed);
    }
    return n;
}

int64_t wyn_task_workers(void) { return wyn_spawned ? worker_count : sched_cpus(); }

void wyn_task_yield(void) {
    scope_check();
    sched_yield_task();
    scope_check();
}
