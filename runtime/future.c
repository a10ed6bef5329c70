/* future.c - spawn and await. The result stays in the future, so it may be awaited any number of
 * times by any number of tasks; a panic is kept with it and raised in every awaiter, and one that
 * nobody has awaited is reported when the program ends. States and their owners: task.h. */
#include "gc.h"
#include "lock.h"
#include "native.h"
#include "report.h"
#include "sched.h"
#include "task.h"

/* Descriptors and places are static data of one executable, so 32 bits tell where they are. */
static const _Alignas(8) char anchor[8];

typedef struct Failed { /* keeps what the report at the end needs */
    struct Failed *next;
    wyn_future *task;
} Failed;

static uint32_t failed_lock;
static Failed *failed;
static int64_t failed_count, failed_sweep = 64;
static _Atomic int64_t ids;

const wyn_type *future_type(const wyn_future *f) {
    uint32_t t = atomic_load_explicit(&f->type, memory_order_relaxed) & ~(uint32_t)TASK_BITS;
    return (const wyn_type *)(const void *)(anchor + (int32_t)t);
}

const wyn_site *future_site(const wyn_future *f) {
    return f->site == 0 ? NULL : (const wyn_site *)(const void *)(anchor + f->site);
}

static bool task_flag(wyn_future *f, uint32_t flag) {
    return (atomic_load_explicit(&f->type, memory_order_relaxed) & flag) != 0;
}

static void task_set_flag(wyn_future *f, uint32_t flag) {
    atomic_fetch_or_explicit(&f->type, flag, memory_order_relaxed);
}

wyn_future *task_current(void) {
    Run *r = fiber_self()->run;
    return r == NULL ? NULL : r->task;
}

/* ---- spawning ---- */

static void drain_and_report(void);

static __attribute__((noinline, cold)) void first_spawn(void) {
    wyn_drain_hook = drain_and_report;
    sched_spawned();
}

static wyn_future *spawn(wyn_fn *thunk, const wyn_type *result, const wyn_site *site,
                         uint32_t flags) {
    if (WYN_UNLIKELY(!wyn_spawned)) first_spawn();
    wyn_future *f = wyn_alloc_kind(sizeof *f + result->size, WYN_MEM_TRACED);
    ptrdiff_t type = (const char *)result - anchor;
    ptrdiff_t place = site == NULL ? 0 : (const char *)site - anchor;
    CHECK(type == (int32_t)type && place == (int32_t)place && (type & TASK_BITS) == 0);
    f->thunk = thunk;
    f->site = (int32_t)place;
    atomic_store_explicit(&f->type, (uint32_t)type | flags, memory_order_relaxed);
    sched_submit(f);
    return f;
}

wyn_future *wyn_spawn(wyn_fn *thunk, const wyn_type *result, const wyn_site *site) {
    return spawn(thunk, result, site, 0);
}

void wyn_spawn_detached(wyn_fn *thunk, const wyn_type *result, const wyn_site *site) {
    spawn(thunk, result, site, TASK_DETACHED);
}

/* ---- the list of waiters ---- */

/* Takes the lock bit; gives the word without it, or a finished one untaken. */
static uintptr_t future_lock(wyn_future *f) {
    for (int turns = 0;; turns++) {
        uintptr_t st = atomic_load_explicit(&f->st, memory_order_acquire); /* with finish */
        if ((st & (FUTURE_DONE | FUTURE_FAILED)) != 0) return st;
        if ((st & FUTURE_LOCKED) == 0 &&
            atomic_compare_exchange_weak_explicit(&f->st, &st, st | FUTURE_LOCKED,
                                                  memory_order_acquire, memory_order_relaxed))
            return st;
        cpu_pause();
        if (turns > 1000) sched_pause();
    }
}

bool future_wait(wyn_future *f, WaitNode *n) {
    uintptr_t st = future_lock(f);
    if ((st & (FUTURE_DONE | FUTURE_FAILED)) != 0) return false;
    n->next = (WaitNode *)(st & ~(uintptr_t)FUTURE_BITS);
    n->linked = true;
    /* release: with future_lock */
    atomic_store_explicit(&f->st, (uintptr_t)n | (st & FUTURE_RUNNING), memory_order_release);
    return true;
}

void future_unwait(wyn_future *f, WaitNode *n) {
    if (!n->linked) return;
    uintptr_t st = future_lock(f); /* while the list is being woken it is locked: we wait */
    if ((st & (FUTURE_DONE | FUTURE_FAILED)) != 0) return;
    WaitNode *first = (WaitNode *)(st & ~(uintptr_t)FUTURE_BITS);
    WaitNode **link = &first;
    while (*link != NULL && *link != n) link = &(*link)->next;
    if (*link == n) *link = n->next;
    n->linked = false;
    atomic_store_explicit(&f->st, (uintptr_t)first | (st & FUTURE_RUNNING), memory_order_release);
}

/* Publishes result or panic, wakes all. Losers' nodes are not touched once LOCKED is off. */
static void future_finish(wyn_future *f, uintptr_t as) {
    uintptr_t running = FUTURE_RUNNING;
    /* release: of the result, with the acquire in future_finished */
    if (WYN_LIKELY(atomic_compare_exchange_strong_explicit(
            &f->st, &running, as, memory_order_release, memory_order_relaxed)))
        return;
    uintptr_t st = future_lock(f);
    WaitNode *won = NULL, *n = (WaitNode *)(st & ~(uintptr_t)FUTURE_BITS);
    while (n != NULL) {
        WaitNode *next = n->next;
        if (waiter_win(n->waiter, n->index)) {
            n->next = won;
            won = n;
        }
        n = next;
    }
    atomic_store_explicit(&f->st, as, memory_order_release);
    while (won != NULL) { /* oldest first */
        WaitNode *next = won->next;
        waiter_wake(won->waiter);
        won = next;
    }
}

/* ---- running ---- */

static void failed_add(wyn_future *f) {
    Failed *n = wyn_alloc(sizeof *n);
    n->task = f;
    lock_take(&failed_lock);
    n->next = failed;
    failed = n;
    if (++failed_count >= failed_sweep) { /* forget those that were awaited */
        failed_count = 0;
        for (Failed **link = &failed; *link != NULL;) {
            if (task_flag((*link)->task, TASK_CONSUMED)) {
                *link = (*link)->next;
            } else {
                failed_count++;
                link = &(*link)->next;
            }
        }
        failed_sweep = 2 * failed_count + 64;
    }
    lock_drop(&failed_lock);
}

static void drain_and_report(void) {
    idle_at_end(waiter_open("the end", NULL));
    report_abandoned();
    bool any = false;
    for (Failed *f = failed; f != NULL; f = f->next) {
        if (task_flag(f->task, TASK_CONSUMED)) continue;
        panic_report(f->task->panic);
        any = true;
    }
    if (any) wyn_finish(STATUS_PANIC);
}

static void future_body(void *arg) {
    wyn_future *f = arg;
    wyn_fn *thunk = f->thunk;
    ((void (*)(void *, wyn_fn *))thunk->code)(f->result, thunk);
}

static void future_fail(wyn_future *f, Panic *p) {
    if (p->spawned == NULL) p->spawned = future_site(f);
    if (task_flag(f, TASK_DETACHED)) {
        panic_report(p);
        wyn_finish(STATUS_PANIC);
    }
    f->panic = p;
    failed_add(f);
    future_finish(f, FUTURE_FAILED);
}

/* Runs a claimed one on top of this stack. */
static void future_run(wyn_future *f) {
    Fiber *self = fiber_self();
    Run run = {.outer = self->run, .task = f};
    Panic *p = NULL;
    self->run = &run;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_TASK, future_site(f), 0);
    bool ok = panic_run(future_body, f, &p);
    self->run = run.outer;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_END, NULL, 0);
    task_ended();
    if (!ok) {
        future_fail(f, p);
        return;
    }
    f->thunk = NULL;
    future_finish(f, FUTURE_DONE);
}

static bool future_claim(wyn_future *f) {
    uintptr_t st = atomic_load_explicit(&f->st, memory_order_acquire);
    while ((st & (FUTURE_DONE | FUTURE_RUNNING | FUTURE_FAILED)) == 0) {
        if ((st & FUTURE_LOCKED) != 0) {
            cpu_pause();
            st = atomic_load_explicit(&f->st, memory_order_acquire);
            continue;
        }
        /* acquire: with the release of its fields in ring_push or future_wait */
        if (atomic_compare_exchange_weak_explicit(&f->st, &st, st | FUTURE_RUNNING,
                                                  memory_order_acq_rel, memory_order_acquire))
            return true;
    }
    return false;
}

void future_run_entry(wyn_future *f) {
    if (future_claim(f)) future_run(f);
}

bool future_is_stale(uintptr_t entry) {
    if ((entry & 1) != 0) return false;
    wyn_future *f = (wyn_future *)entry;
    return (atomic_load_explicit(&f->st, memory_order_relaxed) &
            (FUTURE_DONE | FUTURE_RUNNING | FUTURE_FAILED)) != 0;
}

/* ---- waiting ---- */

static bool stack_has_room(void) {
    const Stack *s = stack_self();
    const char *here = __builtin_frame_address(0);
    return s->reserve == NULL || here - (s->reserve + RT_STACK_RESERVE) > (ptrdiff_t)RT_INLINE_ROOM;
}

/* False: the time is over first. */
static bool wait_until(wyn_future *f, int64_t when, const char *what, const wyn_site *site) {
    Waiter *w = waiter_open(what, site);
    WaitNode *n = &w->node;
    waiter_object(w, WAIT_TASK, f);
    node_open(n, w, 0, NULL);
    if (!future_wait(f, n)) {
        w->what = NULL;
        return true;
    }
    int won = waiter_park(w, when);
    if (won == WAIT_TIMEOUT) future_unwait(f, n);
    return won != WAIT_TIMEOUT || future_finished(f);
}

bool wyn_future_is_done(wyn_future *f) { return future_finished(f); }

static void future_join(wyn_future *f, const wyn_site *site) {
    if (future_finished(f)) return;
    if (stack_has_room() && future_claim(f)) { /* no need of a stack: we wait for just this */
        sched_claimed();
        future_run(f);
        return;
    }
    for (int i = 0; i < 100 && worker_count > 1; i++) { /* maybe it is nearly ready */
        if (future_finished(f)) return;
        cpu_pause();
    }
    wait_until(f, 0, "await of a task that cannot go on", site);
}

static void *future_take(wyn_future *f, const wyn_site *site) {
    if ((atomic_load_explicit(&f->st, memory_order_acquire) & FUTURE_FAILED) != 0) {
        task_set_flag(f, TASK_CONSUMED);
        panic_rethrow(f->panic, site);
    }
    return f->result;
}

static bool has_failed(wyn_future *f) {
    return (atomic_load_explicit(&f->st, memory_order_acquire) & FUTURE_FAILED) != 0;
}

void *wyn_await(wyn_future *f, const wyn_site *site) {
    future_join(f, site);
    return future_take(f, site);
}

bool wyn_await_ms(wyn_future *f, int64_t ms, const wyn_site *site) {
    if (!future_finished(f) && !wait_until(f, deadline_in(ms), "wait(ms)", site)) return false;
    future_take(f, site);
    return true;
}

void *wyn_future_value(wyn_future *f) { return future_take(f, NULL); }

bool wyn_future_result(wyn_future *f, wyn_str **err, const wyn_site *site) {
    future_join(f, site);
    if (!has_failed(f)) return true;
    task_set_flag(f, TASK_CONSUMED);
    *err = f->panic->text;
    return false;
}

/* First what nobody runs yet, then the few that others run. */
void wyn_join_all(wyn_array *futures, const wyn_site *site) {
    int64_t n = wyn_array_len(futures);
    for (int64_t i = 0; i < n; i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (!future_is_stale((uintptr_t)f)) future_join(f, site);
    }
    for (int64_t i = 0; i < n; i++) future_join(wyn_array_raw_ptr(futures, i), site);
    wyn_future *bad = NULL;
    for (int64_t i = n; i-- > 0;) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (!has_failed(f)) continue;
        task_set_flag(f, TASK_CONSUMED);
        bad = f;
    }
    if (bad != NULL) future_take(bad, site);
}

wyn_array *wyn_await_all(wyn_array *futures, const wyn_type *elem, const wyn_site *site) {
    wyn_join_all(futures, site);
    int64_t n = wyn_array_len(futures);
    wyn_array *r = wyn_array_sized(elem, n);
    for (int64_t i = 0; i < n; i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        memcpy(r->buf->data + (size_t)i * elem->size, f->result, elem->size);
    }
    return r;
}

bool wyn_join_for(wyn_array *futures, int64_t timeout_ms, const wyn_site *site) {
    if (timeout_ms < 0) {
        wyn_join_all(futures, site);
        return true;
    }
    int64_t when = deadline_in(timeout_ms);
    for (int64_t i = 0; i < wyn_array_len(futures); i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (!future_finished(f) && !wait_until(f, when, "parallel", site)) return false;
    }
    return true;
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
 * alive through `keep` on this stack; they hold stack addresses only. */
static void wait_any(wyn_array *futures, const wyn_site *site) {
    int64_t n = wyn_array_len(futures), i;
    char *keep = gc_alloc((size_t)n * sizeof(WaitNode) + 16, true);
    WaitNode *nodes = (WaitNode *)(((uintptr_t)keep + 15) & ~(uintptr_t)15);
    Waiter *w = waiter_open("await_any", site);
    for (i = 0; i < n; i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        node_open(&nodes[i], w, 0, NULL);
        if (!future_finished(f)) future_wait(f, &nodes[i]);
    }
    /* what finished before its node was linked is seen now, what finishes later wakes us */
    bool all;
    bool late = first_good(futures, &all) != NULL || all;
    if (!late || !waiter_win(w, 0)) waiter_park(w, 0);
    w->what = NULL;
    for (i = 0; i < n; i++) future_unwait(wyn_array_raw_ptr(futures, i), &nodes[i]);
    __asm__ volatile("" : : "r"(keep));
}

wyn_future *wyn_await_any(wyn_array *futures, const wyn_site *site) {
    if (wyn_array_len(futures) == 0) wyn_panic_at(site, "await_any of an empty array");
    futures = wyn_array_copy(futures, &wyn_type_ptr); /* others may change it meanwhile */
    bool all;
    wyn_future *good;
    while ((good = first_good(futures, &all)) == NULL && !all) wait_any(futures, site);
    int64_t n = wyn_array_len(futures);
    for (int64_t i = 0; i < n; i++) /* all of them were awaited, whichever came first */
        task_set_flag(wyn_array_raw_ptr(futures, i), TASK_CONSUMED);
    if (good != NULL) return good;
    future_take(wyn_array_raw_ptr(futures, n - 1), site);
    return NULL;
}

/* ---- tasks seen from inside ---- */

void wyn_task_cancel(wyn_future *f) { task_set_flag(f, TASK_CANCELLED); }

/* In the task itself, and in what it awaits and runs itself. */
bool wyn_task_is_cancelled(void) {
    for (Run *r = fiber_self()->run; r != NULL; r = r->outer) {
        if (task_flag(r->task, TASK_CANCELLED)) return true;
    }
    return false;
}

int64_t wyn_task_id(void) {
    Run *r = fiber_self()->run;
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

void wyn_task_yield(void) { sched_yield_task(); }
