/* scope.c - structured concurrency: tasks that belong to a block, and cancellation.
 *
 * Invariants. `tasks` holds every task started in the scope and not known to be finished; it
 * changes under `lock`, and `closed` is set under it when the joiner finds none left. `aborted` is
 * set before the aborter takes `lock`, and whoever adds a wait or a child looks at it under
 * `lock`: so each is either seen by the aborter or sees the mark. A wait is ended by an abort only
 * by winning its waiter, as any other event does: exactly one of result and abort wins. Locks are
 * taken from a scope to its child, never upwards. The joiner itself waits masked: it always waits
 * for all, and the abort reaches it through its tasks. */
#include "scope.h"

#include "config.h"
#include "fork.h"
#include "gc.h"
#include "lock.h"
#include "native.h"
#include "preempt.h"
#include "sched.h"

typedef struct Guarded {
    Waiter *waiter;
    uint64_t token;
} Guarded;

struct wyn_scope {
    wyn_frame frame; /* linked by wyn_scope_enter: a panic that passes joins */
    wyn_defer_entry entry;
    wyn_scope *outer;  /* governs when this one is left */
    wyn_scope *parent; /* whose abort reaches this one; NULL when it was opened masked */
    wyn_scope *children, *next, *prev; /* next, prev: under the parent's lock */
    wyn_scope *work;                   /* list of an aborter */
    Guarded *waits;    /* under the lock; those that are over stay until room is needed */
    int64_t wait_n, wait_room;
    wyn_future **tasks;
    int64_t n, room;
    wyn_future *_Atomic failed; /* the first that panicked */
    int64_t deadline;           /* 0: none */
    const wyn_site *site;
    const Fiber *fiber;         /* that opened it, and how many slots its deque had then */
    uint32_t slots;
    uint32_t lock;
    int adding; /* tasks about to be added */
    _Atomic bool aborted, timed_out;
    bool closed;
    Waiter timer;
};

enum { FEW_TASKS = 8 };

static inline bool is_aborted(wyn_scope *s) {
    /* acquire: with the exchange in abort_all */
    return atomic_load_explicit(&s->aborted, memory_order_acquire);
}

/* ---- waits inside a scope ---- */

/* Tokens are counted up by 2, from an open or a closed one, and closed by 1 down. */
static bool is_over(const Guarded *g) {
    uint64_t ahead = g->token - atomic_load_explicit(&g->waiter->token, memory_order_relaxed);
    return ahead == 1 || ahead > 3;
}

static void waits_sweep(wyn_scope *s) {
    int64_t k = 0;
    for (int64_t i = 0; i < s->wait_n; i++) {
        if (!is_over(&s->waits[i])) s->waits[k++] = s->waits[i];
    }
    s->wait_n = k;
}

/* Room for one more; under the lock, which it may drop. */
static void waits_grow(wyn_scope *s) {
    waits_sweep(s);
    while (2 * s->wait_n >= s->wait_room) {
        int64_t room = s->wait_room == 0 ? RT_SCOPE_WAITS : 2 * s->wait_room;
        lock_drop(&s->lock);
        Guarded *more = (Guarded *)(void *)gc_alloc((size_t)room * sizeof *more, false);
        lock_take(&s->lock);
        if (s->wait_room >= room) continue;
        if (s->wait_n > 0) memcpy(more, s->waits, (size_t)s->wait_n * sizeof *more);
        s->waits = more;
        s->wait_room = room;
    }
}

bool scope_guard(Waiter *w, uint64_t token, wyn_scope **in) {
    PanicContext *c = panic_context();
    wyn_scope *s = c->scope;
    *in = NULL;
    if (WYN_LIKELY(s == NULL) || c->masked > 0) return true;
    *in = s;
    lock_take(&s->lock);
    if (s->wait_n == s->wait_room) waits_grow(s);
    bool ok = !is_aborted(s);
    if (ok) s->waits[s->wait_n++] = (Guarded){w, token};
    lock_drop(&s->lock);
    return ok;
}

/* The wait was opened after it was linked: an aborter that came in between won nothing. */
bool scope_missed(wyn_scope *s) {
    atomic_thread_fence(memory_order_seq_cst); /* with the one in abort_all */
    return is_aborted(s);
}

bool scope_is_aborted(void) {
    wyn_scope *s = panic_context()->scope;
    return s != NULL && is_aborted(s);
}

void scope_check(void) {
    PanicContext *c = panic_context();
    if (c->scope != NULL && c->masked == 0 && is_aborted(c->scope)) panic_cancelled();
}

bool scope_runs_others(void) {
    PanicContext *c = panic_context();
    return c->scope == NULL || c->masked > 0;
}

/* A slot spawned before a scope was opened on this stack belongs to one further out. */
wyn_scope *scope_of_slot(const Fiber *f, uint32_t index) {
    wyn_scope *s = f->context->panic.scope;
    while (s != NULL && s->fiber == f && index < s->slots) s = s->outer;
    return s;
}

/* ---- aborting ---- */

static wyn_scope *abort_claim(wyn_scope *s, wyn_scope *list) {
    if (atomic_exchange(&s->aborted, true)) return list; /* somebody else is at it */
    s->work = list;
    return s;
}

/* s and everything opened inside it. */
static void abort_all(wyn_scope *s) {
    wyn_scope *list = abort_claim(s, NULL);
    if (list != NULL) preempt_ask_all(ASK_LOOK);
    while (list != NULL) {
        s = list;
        list = s->work;
        atomic_thread_fence(memory_order_seq_cst); /* with the one in scope_missed */
        lock_take(&s->lock);
        for (wyn_scope *c = s->children; c != NULL; c = c->next) list = abort_claim(c, list);
        for (int64_t i = 0; i < s->wait_n; i++) {
            const Guarded *g = &s->waits[i];
            if (waiter_win_token(g->waiter, g->token, WAIT_ABORTED)) waiter_wake(g->waiter);
        }
        s->wait_n = 0;
        lock_drop(&s->lock);
    }
}

/* By the thread whose turn of the timers it is. */
void scope_timer_over(Waiter *w) {
    wyn_scope *s = (wyn_scope *)(void *)((char *)w - offsetof(wyn_scope, timer));
    atomic_store(&s->timed_out, true);
    abort_all(s);
}

static void tree_link(wyn_scope *s) {
    wyn_scope *p = s->parent;
    if (p == NULL) return;
    lock_take(&p->lock);
    s->next = p->children;
    if (p->children != NULL) p->children->prev = s;
    p->children = s;
    if (is_aborted(p)) atomic_store(&s->aborted, true);
    lock_drop(&p->lock);
}

static void tree_unlink(wyn_scope *s) {
    wyn_scope *p = s->parent;
    if (p == NULL) return;
    lock_take(&p->lock);
    if (s->prev != NULL) {
        s->prev->next = s->next;
    } else {
        p->children = s->next;
    }
    if (s->next != NULL) s->next->prev = s->prev;
    lock_drop(&p->lock);
    s->parent = NULL;
}

/* ---- its tasks ---- */

static wyn_scope **scope_of(wyn_future *f, const wyn_task *d) {
    return (wyn_scope **)(void *)((char *)f + d->size - sizeof(wyn_scope *));
}

/* A task that has not begun when its scope is aborted does not begin. */
void scope_begin(wyn_future *f, const wyn_task *d) {
    PanicContext *c = panic_context();
    c->scope = (d->flags & WYN_TASK_SCOPED) != 0 ? *scope_of(f, d) : NULL;
    c->masked = 0;
    if (c->scope != NULL && is_aborted(c->scope)) panic_cancelled();
}

void scope_end(void) { panic_context()->scope = NULL; }

void scope_failed(wyn_future *f, const wyn_task *d, const Panic *p) {
    if (panic_is_cancelled(p)) return;
    wyn_scope *s = *scope_of(f, d);
    wyn_future *none = NULL;
    atomic_compare_exchange_strong(&s->failed, &none, f);
    abort_all(s);
}

/* Leaves out what is finished; under the lock. */
static void tasks_sweep(wyn_scope *s) {
    int64_t k = 0;
    for (int64_t i = 0; i < s->n; i++) {
        wyn_future *f = s->tasks[i];
        if (!future_finished(f)) {
            s->tasks[k++] = f;
        } else {
            future_consume(f);
        }
    }
    for (int64_t i = k; i < s->n; i++) s->tasks[i] = NULL;
    s->n = k;
}

static void tasks_add(wyn_scope *s, wyn_future *f) {
    lock_take(&s->lock);
    if (s->n == s->room) {
        tasks_sweep(s);
        while (2 * s->n > s->room || s->room == 0) {
            int64_t room = s->room < FEW_TASKS ? FEW_TASKS : 2 * s->room;
            lock_drop(&s->lock);
            wyn_future **more = (wyn_future **)gc_alloc((size_t)room * sizeof *more, true);
            lock_take(&s->lock);
            if (s->room >= room) continue;
            for (int64_t i = 0; i < s->n; i++) more[i] = s->tasks[i];
            s->tasks = more;
            s->room = room;
        }
    }
    s->tasks[s->n++] = f;
    s->adding--;
    lock_drop(&s->lock);
}

wyn_future *wyn_scope_spawn(wyn_scope *s, wyn_future *f, const wyn_task *d) {
    lock_take(&s->lock);
    bool closed = s->closed;
    if (!closed) s->adding++;
    lock_drop(&s->lock);
    if (closed) wyn_panic_at(d->site, "spawn in a scope that has been left");
    *scope_of(f, d) = s;
    wyn_spawn(f, d);
    tasks_add(s, f);
    return f;
}

/* The newest, which is the least likely to run already; NULL: there is none and will be none. */
static wyn_future *tasks_take(wyn_scope *s) {
    for (;;) {
        lock_take(&s->lock);
        wyn_future *f = NULL;
        if (s->n > 0) {
            f = s->tasks[--s->n];
            s->tasks[s->n] = NULL;
        }
        bool adding = s->adding > 0;
        if (f == NULL && !adding) s->closed = true;
        lock_drop(&s->lock);
        if (f != NULL || !adding) return f;
        sched_pause();
    }
}

/* False: the deadline came first, and the rest goes on without the scope. Masked. */
static bool tasks_join(wyn_scope *s, int64_t deadline) {
    wyn_future *f;
    while ((f = tasks_take(s)) != NULL) {
        int64_t when = s->failed != NULL || is_aborted(s) ? 0 : deadline;
        while (!future_join_until(f, when, s->site)) {
            if (s->failed == NULL && !is_aborted(s)) return false;
            when = 0;
        }
        future_consume(f);
    }
    return true;
}

/* ---- opening and leaving ---- */

static void scope_close(wyn_scope *s) {
    tree_unlink(s);
    /* a timer that has just gone off finds the scope still there: the collector keeps it */
    if (s->timer.kind == WAIT_SCOPE) waiter_stop_timer(&s->timer);
    PanicContext *c = panic_context();
    c->scope = s->outer;
}

/* A panic passes, with deferred blocks masked. */
static void scope_unwind(void *frame) {
    wyn_scope *s = frame;
    abort_all(s);
    tasks_join(s, 0);
    scope_close(s);
    wyn_future *f = s->failed;
    PanicContext *c = panic_context();
    if (f == NULL || c->active == NULL || !panic_is_cancelled(c->active)) return;
    c->active = failed_panic(f); /* whose echo this is */
}

static wyn_scope *scope_new(int64_t timeout_ms, const wyn_site *site) {
    wyn_scope *s = wyn_alloc(sizeof *s);
    PanicContext *c = panic_context();
    s->site = site;
    s->fiber = fiber_self();
    s->slots = fork_mark(s->fiber);
    s->outer = c->scope;
    if (c->masked == 0) s->parent = c->scope;
    if (timeout_ms >= 0) s->deadline = deadline_in(timeout_ms);
    tree_link(s);
    return s;
}

wyn_scope *wyn_scope_enter(int64_t timeout_ms, const wyn_site *site) {
    wyn_scope *s = scope_new(timeout_ms, site);
    PanicContext *c = panic_context();
    wyn_frame_enter(&s->frame);
    wyn_defer(&s->frame, &s->entry, scope_unwind);
    c->scope = s;
    return s;
}

/* After the join, outside of the scope. */
static void scope_raise(wyn_scope *s, const wyn_site *site) {
    wyn_future *f = s->failed;
    if (f != NULL) panic_rethrow(failed_panic(f), site);
    scope_check();
}

bool wyn_scope_leave(wyn_scope *s, const wyn_site *site) {
    PanicContext *c = panic_context();
    c->masked++;
    bool all = tasks_join(s, s->deadline);
    c->masked--;
    scope_close(s);
    c->frames = s->frame.next;
    if (all || s->failed != NULL) scope_raise(s, site);
    return all;
}

bool wyn_scope_wait(wyn_scope *s, wyn_future *f, const wyn_site *site) {
    if (!future_finished(f)) {
        PanicContext *c = panic_context();
        c->masked++; /* a panic of the task aborts the others and comes to us as its result */
        bool done = future_join_until(f, s->deadline, site);
        c->masked--;
        if (!done) return false;
    }
    scope_check();
    return true;
}

/* ---- scope s { } ---- */

typedef struct ScopeBody {
    wyn_scope *scope;
    int64_t (*code)(void *record, wyn_scope *s);
    void *record;
    int64_t how;
} ScopeBody;

static void body_run(void *arg) {
    ScopeBody *b = arg;
    b->how = b->code(b->record, b->scope);
}

wyn_scope *wyn_scope_new(int64_t timeout_ms, const wyn_site *site) {
    return scope_new(timeout_ms, site);
}

int64_t wyn_scope_run(wyn_scope *s, int64_t (*code)(void *record, wyn_scope *s), void *record,
                      const wyn_site *site) {
    PanicContext *c = panic_context();
    if (s->deadline != 0) {
        sched_prepare();
        s->timer.kind = WAIT_SCOPE;
        waiter_start_timer(&s->timer, s->deadline);
    }
    c->scope = s;
    ScopeBody b = {s, code, record, 0};
    Panic *p = NULL;
    bool ok = panic_run(body_run, &b, &p);
    if (!ok) abort_all(s);
    c->masked++;
    tasks_join(s, 0);
    c->masked--;
    scope_close(s);
    if (!ok && !panic_is_cancelled(p)) panic_rethrow(p, NULL);
    scope_raise(s, site);
    return b.how; /* 0 when the body was cut short by its own scope */
}

void wyn_scope_cancel(wyn_scope *s) {
    lock_take(&s->lock);
    bool closed = s->closed;
    lock_drop(&s->lock);
    if (!closed) abort_all(s);
}

bool wyn_scope_is_cancelled(wyn_scope *s) { return is_aborted(s); }

bool wyn_scope_timed_out(wyn_scope *s) { return atomic_load(&s->timed_out); }
