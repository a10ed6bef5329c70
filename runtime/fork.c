/* fork.c - scoped tasks. A spawn that its function always joins takes a slot of the deque of the
 * stack it runs on, and no object; unless somebody steals it, the join is a call.
 *
 * The slots of a deque, lowest first: [0, top) claimed by thieves, [top, split) shared, free to be
 * claimed, [split, head) private. Head is the owner's alone and lies in a register; it is stored
 * in fork.head where others may look (compiler/lower/fork_pass.c), never beyond the true one. top
 * and split are one word, `shared`, changed by CAS; the owner has split a second time, to compare.
 * - push: the slot's fields, plain stores. One compare with `limit` sees that there is room and
 *   that nobody asks; who asks stores NULL there.
 * - share: moves split up, release; thieves read a slot after their CAS on the word, acquire.
 * - join: a private slot is called. A shared one is taken back first by moving split down; if top
 *   has passed it, the owner waits for st. When it is the oldest of several that are shared, as in
 *   a loop over an array of tasks, the owner claims it as a thief would, with a part of those
 *   behind it, and the others stay shared; that loop also shares what is left when others ask.
 * - A slot joined while later ones are in use becomes a task that does nothing; it may be stolen
 *   like any other. Going below it waits for those.
 * - When all slots are in use, head goes on beyond them: those tasks are run when they are joined,
 *   by nobody else.
 * - A slot is used again only when its task was joined, so a claim never meets a reused slot: a
 *   thief's CAS succeeds only while the slot is shared.
 * - While a stack is parked, all its slots are shared, and one entry in the queues says so.
 * - st is NEW in every free slot: who pops a slot that was claimed sets it so.
 * The deque is asked whenever nothing is shared, so a spawn shares at once if others could have it.
 * While somebody sleeps, the third slot wakes one; before that, the monitor does it should the task
 * still be there at its next look.
 *
 * What waits must not be buried: a task that runs on top of a waiting one keeps it from going on.
 * So while it waits for a stolen task, a stack runs only tasks of its thief that wait for nobody
 * (they are its descendants, or are joined by such), and else is parked. */
#define _GNU_SOURCE
#include "fork.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "config.h"
#include "lock.h"
#include "sched.h"
#include "scope.h"
#include "task.h"

enum { SLOT_NEW = 0, SLOT_DONE = 1, SLOT_RUNNING = 2, SLOT_WAITED = 4, SLOT_FAILED = 9 };
enum { SLOT_MINE = 16 | SLOT_DONE };
/* RUNNING: with the fiber of the thief; WAITED: with that of the owner; FAILED: the panic is
 * the first word of data; MINE: claimed by the owner, nobody waits for it */
#define SLOT_BITS ((uintptr_t)15)

static void nothing(wyn_stack *stack, wyn_slot *head, wyn_slot *task) {
    (void)stack;
    (void)head;
    (void)task;
}

const wyn_fork wyn_fork_nothing = {nothing, NULL, 0};

static Deque *deque_of(wyn_stack *s) { return (Deque *)(void *)s; }

static uint32_t index_of(const Deque *d, const wyn_slot *t) { return (uint32_t)(t - d->slots); }

static uint64_t word(uint32_t top, uint32_t split) { return (uint64_t)split << 32 | top; }

static uint32_t top_of(uint64_t x) { return (uint32_t)x; }

static uint32_t split_of(uint64_t x) { return (uint32_t)(x >> 32); }

/* acq_rel: release of the slots that become visible, acquire of those who claimed before */
static bool shared_change(Deque *d, uint64_t *x, uint64_t to) {
    if (rt_alone) {
        uint64_t now = atomic_load_explicit(&d->shared, memory_order_relaxed);
        bool same = now == *x;
        if (same) atomic_store_explicit(&d->shared, to, memory_order_relaxed);
        *x = now;
        return same;
    }
    return atomic_compare_exchange_strong_explicit(&d->shared, x, to, memory_order_acq_rel,
                                                   memory_order_acquire);
}

static uintptr_t st_load(const wyn_slot *t) {
    return __atomic_load_n(&t->st, __ATOMIC_ACQUIRE); /* with the exchange in finish */
}

static bool finished(const wyn_slot *t) { return (st_load(t) & SLOT_DONE) != 0; }

/* ---- the owner ---- */

/* Without memory for slots it has none: then tasks run when they are joined. */
static __attribute__((noinline, cold)) Deque *open_deque(Fiber *f) {
    static wyn_slot none;
    size_t size = RT_FORK_SLOTS * sizeof(wyn_slot);
    Deque *d = aligned_alloc(RT_CACHE_LINE, sizeof *d);
    if (d == NULL) wyn_no_memory("the stack of another waiting task");
    memset(d, 0, sizeof *d);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p != MAP_FAILED) madvise(p, size, MADV_NOHUGEPAGE);
    d->fiber = f;
    d->slots = p == MAP_FAILED ? &none : p;
    d->end = d->slots + (p == MAP_FAILED ? 0 : RT_FORK_SLOTS);
    fork_reset(d);
    /* release: with fork_deque of thieves */
    atomic_store_explicit(&f->deque, d, memory_order_release);
    return d;
}

void fork_reset(Deque *d) {
    d->fork.head = d->fork.split = d->fork.traced = d->slots;
    atomic_store_explicit(&d->shared, 0, memory_order_relaxed);
    __atomic_store_n(&d->fork.limit, NULL, __ATOMIC_RELAXED);
}

static Deque *deque_self(void) {
    Fiber *f = fiber_self();
    Deque *d = fork_deque(f);
    return WYN_UNLIKELY(d == NULL) ? open_deque(f) : d;
}

__attribute__((noinline)) wyn_stack *wyn_fork_stack(void) {
    return &deque_self()->fork;
}

wyn_slot *wyn_fork_head(void) { return wyn_fork_stack()->head; }

void *wyn_fork_box(wyn_slot *t, size_t size) {
    void *p = wyn_alloc_slow(size, WYN_MEM_TRACED);
    t->data[0] = (uintptr_t)p;
    return p;
}

/* Tasks that wait belong to the scope in which they were spawned. */
void wyn_fork_scope(wyn_stack *s, wyn_slot *t) {
    const PanicContext *c = &deque_of(s)->fiber->context->panic;
    t->scope = c->masked > 0 ? NULL : c->scope;
}

/* The scopes of n slots from t on, about to be shared: the abort must reach who takes them. */
static void stamp(Deque *d, wyn_slot *t, ptrdiff_t n) {
    if (WYN_LIKELY(d->fiber->context->panic.scope == NULL)) {
        for (; n > 0; n--, t++) {
            if ((t->fork->flags & WYN_FORK_WAITS) == 0) t->scope = NULL;
        }
        return;
    }
    for (; n > 0; n--, t++) {
        if ((t->fork->flags & WYN_FORK_WAITS) == 0)
            t->scope = scope_of_slot(d->fiber, index_of(d, t));
    }
}

static void want_again(Deque *d) {
    if (worker_count > 1) deque_want(d);
}

int wyn_fork_no_room(wyn_stack *s, wyn_slot *t) {
    return t < deque_of(s)->end ? WYN_FORK_ASKED : WYN_FORK_FULL;
}

/* Asked for each task that could run in place while thieves have nothing left. A look at the clock
 * tells how long the last ones took; the first ones have the benefit of the doubt. */
__attribute__((noinline)) bool wyn_fork_is_short(wyn_stack *s) {
    Deque *d = deque_of(s);
    if (d->trial > 0) {
        d->trial--;
        return true;
    }
    int64_t now = time_mono();
    bool is_short = d->trial_at == 0 || now - d->trial_at < RT_FORK_TRIAL * RT_STEAL_CHEAP_NS;
    d->trial_at = now;
    if (is_short) d->trial = RT_FORK_TRIAL;
    return is_short;
}

__attribute__((noinline)) void wyn_fork_share(wyn_stack *s, wyn_slot *last) {
    sched_prepare();
    wyn_slot *head = last + 1;
    Deque *d = deque_of(s);
    d->trial_at = 0; /* a new trial, when all is shared */
    d->trial = 0;
    bool asks = worker_count > 1;
    ptrdiff_t n = (head - s->split + 1) / 2;
    if (asks && n > 0) {
        stamp(d, s->split, n);
        s->split += n;
        atomic_fetch_add_explicit(&d->shared, (uint64_t)n << 32, memory_order_acq_rel);
        uint32_t shares = atomic_load_explicit(&d->shares, memory_order_relaxed);
        atomic_store_explicit(&d->shares, shares + 1, memory_order_relaxed);
    }
    atomic_signal_fence(memory_order_seq_cst); /* with the barrier of idle_sleep */
    if (asks && atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0 &&
        atomic_load_explicit(&idle_searching, memory_order_relaxed) == 0) {
        if (head - d->slots < RT_FORK_WAKE) return; /* asked again by the next spawn */
        idle_wake_one();
    }
    __atomic_store_n(&s->limit, d->end, __ATOMIC_RELAXED);
}

/* Did the joins of an array since the last look take less than sharing their tasks would? So they
 * are taken to, when an array begins and as long as there were few of them. */
static bool joins_are_quick(Deque *d, uint32_t i) {
    int64_t now = time_mono(), ns = now - d->seen_ns;
    int64_t joined = (int64_t)i - d->seen_slot;
    if (joined == 0) return d->quick;
    bool begins = joined < 0 || d->seen_ns == 0, few = joined < RT_FORK_MANY;
    bool quick = begins || ns < (few ? RT_FORK_MANY : joined) * RT_FORK_QUICK_NS;
    if (!begins && few && quick) return true;
    d->seen_ns = now;
    d->seen_slot = i;
    d->quick = quick;
    return quick;
}

/* The oldest shared slots, less of them the fewer there are: others are at the same end. */
static bool claim_own(Deque *d, uint64_t *x) {
    uint32_t top = top_of(*x), split = split_of(*x);
    uint32_t n = (split - top) / (2 * (uint32_t)worker_count);
    n = n == 0 ? 1 : n > RT_FORK_MANY ? RT_FORK_MANY : n;
    if (!shared_change(d, x, word(top + n, split))) return false;
    for (uint32_t k = top; k < top + n; k++)
        __atomic_store_n(&d->slots[k].st, SLOT_MINE, __ATOMIC_RELAXED);
    return true;
}

/* Somebody asks while the array whose oldest slot is t is joined. Those before t are joined: if all
 * that was shared is claimed, sharing goes on from t. */
__attribute__((noinline)) void wyn_fork_offer(wyn_stack *s, wyn_slot *t, wyn_slot *head) {
    Deque *d = deque_of(s);
    if (t >= d->end) return;
    if (d->unasked > 0) {
        d->unasked--;
        return;
    }
    if (joins_are_quick(d, index_of(d, t))) {
        d->unasked = RT_FORK_MANY / 4;
        return;
    }
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
    if (top_of(x) == split_of(x) && s->split < t) { /* then nobody else changes it */
        for (wyn_slot *k = s->split; k < t; k++)
            __atomic_store_n(&k->st, SLOT_MINE, __ATOMIC_RELAXED);
        uint32_t i = index_of(d, t);
        atomic_store_explicit(&d->shared, word(i, i), memory_order_release);
        s->split = t;
    }
    wyn_fork_share(s, head - 1);
}

__attribute__((noinline)) bool wyn_fork_take_back(wyn_stack *s, wyn_slot *t) {
    Deque *d = deque_of(s);
    uint32_t i = index_of(d, t);
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
    for (;;) {
        uint32_t top = top_of(x), split;
        if (top > i) return st_load(t) == SLOT_MINE;
        uint32_t n = split_of(x) - i;
        if (top == i && n > 1 && (n < RT_FORK_MANY || !joins_are_quick(d, i))) {
            if (claim_own(d, &x)) return true;
            continue;
        }
        split = top + (i - top) / 2; /* the older half stays shared */
        if (!shared_change(d, &x, word(top, split))) continue;
        s->split = d->slots + split;
        if (split == top) want_again(d);
        return true;
    }
}

/* A thief that runs a task of no work is quick, but may have lost its processor. */
static void wait_short(const wyn_slot *t) {
    for (int i = 0; !finished(t); i++) {
        cpu_pause();
        if (i > 1000) sched_pause();
    }
}

__attribute__((noinline)) void wyn_fork_lower(wyn_stack *s, wyn_slot *head) {
    Deque *d = deque_of(s);
    uint32_t i = index_of(d, head);
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
    uint32_t top = top_of(x) < i ? top_of(x) : i;
    while (!shared_change(d, &x, word(top, i))) top = top_of(x) < i ? top_of(x) : i;
    for (uint32_t k = i; k < top_of(x); k++) {
        wait_short(&d->slots[k]);
        __atomic_store_n(&d->slots[k].st, SLOT_NEW, __ATOMIC_RELAXED);
    }
    s->split = head;
    if (top == i) want_again(d);
}

void wyn_fork_run_here(wyn_stack *s, wyn_slot *t, wyn_slot *head) {
    const wyn_fork *fork = t->fork;
    t->fork = &wyn_fork_nothing; /* what it spawns may share this slot */
    s->head = head;
    fork->run(s, head, t);
}

/* ---- thieves ---- */

static wyn_slot *claim(Deque *d, uint64_t x) {
    if (!shared_change(d, &x, x + 1)) return NULL;
    if (top_of(x) + 1 == split_of(x)) deque_want(d); /* that was the last */
    return &d->slots[top_of(x)];
}

uintptr_t fork_steal(Fiber *victim) {
    Deque *d = fork_deque(victim);
    if (d == NULL) return 0;
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
    if (top_of(x) >= split_of(x)) {
        deque_want(d);
        return 0;
    }
    wyn_slot *t = claim(d, x);
    return t == NULL ? 0 : (uintptr_t)t | ENTRY_SLOT;
}

typedef struct Stolen {
    wyn_stack *stack;
    wyn_slot *task, *head;
    const wyn_fork *fork;
    bool scoped;
} Stolen;

static void run_body(void *arg) {
    Stolen *r = arg;
    if (r->scoped) scope_check();
    r->fork->run(r->stack, r->head, r->task);
}

/* Publishes the result. After that nothing of the slot is touched. */
static void finish(wyn_slot *t, uintptr_t as) {
    /* acq_rel: release of the result, with st_load; acquire of the waiter */
    uintptr_t old = __atomic_exchange_n(&t->st, as, __ATOMIC_ACQ_REL);
    if ((old & SLOT_WAITED) == 0) return;
    Waiter *w = &((Fiber *)(old & ~SLOT_BITS))->waiter;
    if (waiter_win(w, 0)) waiter_wake(w);
}

/* Runs a claimed slot of another stack on this one, whose slots from head on are free; NULL: all
 * that are not in use. It gets a deque if it has none and the task wants one. */
static void run_stolen(Fiber *f, wyn_slot *head, wyn_slot *t) {
    Context *c = f->context;
    const wyn_fork *fork = t->fork;
    if (fork == &wyn_fork_nothing) {
        finish(t, SLOT_DONE);
        return;
    }
    Deque *d = fork_deque(f);
    if (d == NULL && (fork->flags & WYN_FORK_FORKS) != 0) d = open_deque(f);
    wyn_slot *before = d == NULL ? NULL : d->fork.head;
    if (head == NULL) head = before;
    uintptr_t fresh = SLOT_NEW; /* or its owner waits already */
    __atomic_compare_exchange_n(&t->st, &fresh, (uintptr_t)f | SLOT_RUNNING, false,
                                __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    wyn_task desc = {.site = fork->site};
    Run run = {.outer = c->run, .desc = &desc};
    Stolen stolen = {d == NULL ? NULL : &d->fork, t, head, fork, t->scope != NULL};
    struct wyn_scope *scope = c->panic.scope;
    int masked = c->panic.masked;
    Panic *p = NULL;
    if (d != NULL) d->fork.head = head;
    c->run = &run;
    c->panic.scope = t->scope;
    c->panic.masked = 0;
    bool ok = panic_run(run_body, &stolen, &p);
    c->run = run.outer;
    if (d != NULL) d->fork.head = before;
    c->panic.scope = scope;
    c->panic.masked = masked;
    if (!ok) {
        if (p->spawned == NULL) p->spawned = fork->site;
        t->data[0] = (uintptr_t)p;
    }
    finish(t, ok ? SLOT_DONE : SLOT_FAILED);
}

/* ---- stacks that are parked ---- */

void fork_share_all(Deque *d) {
    wyn_stack *s = &d->fork;
    wyn_slot *end = s->head < d->end ? s->head : d->end;
    if (end > s->split) {
        uint64_t n = (uint64_t)(end - s->split);
        stamp(d, s->split, (ptrdiff_t)n);
        s->split = end;
        atomic_fetch_add_explicit(&d->shared, n << 32, memory_order_acq_rel);
    }
    if (!deque_stealable(d)) return;
    if (!atomic_exchange_explicit(&d->listed, true, memory_order_acq_rel))
        sched_push((uintptr_t)d->fiber | ENTRY_DEQUE);
}

/* Takes one slot of a stack that was parked; if there are more, others come for them. */
static void run_of(Deque *from, Fiber *f) {
    atomic_store_explicit(&from->listed, false, memory_order_release);
    for (;;) {
        uint64_t x = atomic_load_explicit(&from->shared, memory_order_acquire);
        if (top_of(x) >= split_of(x)) return;
        wyn_slot *t = claim(from, x);
        if (t == NULL) continue;
        if (deque_stealable(from) &&
            !atomic_exchange_explicit(&from->listed, true, memory_order_acq_rel))
            sched_push((uintptr_t)from->fiber | ENTRY_DEQUE);
        run_stolen(f, NULL, t);
        return;
    }
}

/* Which task a claim would give: a guess, since the owner may be using that slot anew. */
static __attribute__((noinline)) const wyn_fork *fork_guess(const Deque *d, uint32_t i) {
    return __atomic_load_n(&d->slots[i].fork, __ATOMIC_RELAXED);
}

const wyn_site *fork_kind(uintptr_t entry) {
    void *p = (void *)(entry & ~(uintptr_t)ENTRY_TAG);
    const wyn_fork *fork = NULL;
    if ((entry & ENTRY_TAG) == ENTRY_SLOT) {
        fork = ((const wyn_slot *)p)->fork;
    } else {
        const Deque *d = fork_deque(p);
        uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
        if (top_of(x) < split_of(x)) fork = fork_guess(d, top_of(x));
    }
    return fork == NULL ? NULL : fork->site;
}

void fork_run_entry(uintptr_t entry) {
    void *p = (void *)(entry & ~(uintptr_t)ENTRY_TAG);
    if ((entry & ENTRY_TAG) == ENTRY_DEQUE) {
        run_of(fork_deque(p), fiber_self());
    } else {
        run_stolen(fiber_self(), NULL, p);
    }
}

/* ---- waiting for a stolen task ---- */

/* Meanwhile something of what its thief has spawned. */
static bool leapfrog(Deque *d, Deque *thief, wyn_slot *head) {
    if (thief == NULL || thief == d || wyn_stack_low()) return false;
    uint64_t x = atomic_load_explicit(&thief->shared, memory_order_acquire);
    if (top_of(x) >= split_of(x)) {
        deque_want(thief);
        return false;
    }
    const wyn_fork *fork = fork_guess(thief, top_of(x));
    if (fork == NULL || (fork->flags & WYN_FORK_WAITS) != 0) return false;
    wyn_slot *t = claim(thief, x);
    if (t == NULL) return false;
    if ((t->fork->flags & WYN_FORK_WAITS) != 0) {
        sched_push((uintptr_t)t | ENTRY_SLOT);
        return true;
    }
    d->on_top++;
    run_stolen(d->fiber, head, t);
    d->on_top--;
    return true;
}

/* The owner leaves only when the task is finished, also when its own scope is aborted. */
static void park(Fiber *f, wyn_slot *t, const wyn_site *site) {
    Waiter *w = waiter_open("await of a task that cannot go on", site);
    waiter_object(w, WAIT_TASK, NULL);
    uintptr_t st = st_load(t);
    do {
        if ((st & SLOT_DONE) != 0) {
            waiter_over(w);
            return;
        }
        CHECK((st & SLOT_WAITED) == 0);
        /* acq_rel: with the exchange in finish */
    } while (!__atomic_compare_exchange_n(&t->st, &st, (uintptr_t)f | SLOT_WAITED, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    f->context->panic.masked++;
    waiter_park(w, 0);
    f->context->panic.masked--;
}

/* The slots from head on are free. */
static void join_stolen(Deque *d, wyn_slot *t, wyn_slot *head, const wyn_site *site) {
    wyn_slot *before = d->fork.head;
    d->fork.head = head;
    for (int turns = 0; !finished(t); turns++) {
        uintptr_t st = st_load(t);
        if (turns > RT_FORK_SPINS / 4 && (st & SLOT_RUNNING) != 0 &&
            leapfrog(d, fork_deque((Fiber *)(st & ~SLOT_BITS)), head)) {
            turns = RT_FORK_SPINS / 4;
        } else if (turns > RT_FORK_SPINS || rt_alone) {
            park(d->fiber, t, site);
        } else {
            cpu_pause();
        }
    }
    d->fork.head = before;
}

__attribute__((noinline)) void wyn_fork_wait(wyn_stack *s, wyn_slot *t, wyn_slot *head,
                                             const wyn_site *site) {
    join_stolen(deque_of(s), t, head == NULL ? t + 1 : head, site);
    if (st_load(t) == SLOT_FAILED) panic_rethrow((Panic *)t->data[0], site);
}

/* ---- panics and the collector ---- */

void fork_unwind(uint32_t mark) {
    Deque *d = fork_deque(fiber_self());
    if (d == NULL) return;
    uint64_t x = atomic_load_explicit(&d->shared, memory_order_acquire);
    uint32_t floor;
    do { /* what nobody has claimed is dropped */
        floor = top_of(x) > mark ? top_of(x) : mark;
    } while (split_of(x) > floor && !shared_change(d, &x, word(top_of(x), floor)));
    if (split_of(x) > floor) d->fork.split = d->slots + floor;
    d->fork.head = d->slots + floor;
    for (uint32_t i = mark; i < top_of(x); i++)
        join_stolen(d, &d->slots[i], d->slots + floor, NULL);
    d->fork.head = d->slots + mark;
    wyn_fork_pop(&d->fork, d->fork.head);
}

const wyn_slot *fork_traced(const Deque *d) {
    const wyn_slot *top = d->slots + top_of(atomic_load_explicit(&d->shared, memory_order_relaxed));
    return top > d->fork.traced ? top : d->fork.traced;
}
