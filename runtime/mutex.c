/* mutex.c - a lock around a value. One word: taken, somebody waits, a waiter was woken and is on
 * its way, the oldest waiter insists. Who finds it free takes it by one CAS, also when others
 * wait: a lock that is handed over costs a switch each time, one that is overtaken does not. A
 * waiter that was overtaken goes to the front and insists; then the lock is handed to it.
 * Invariants: bits are set and cleared by atomic operations, since the fast paths do not take
 * `lock`; the list is under `lock`; MUTEX_WAITS is set exactly while the list has nodes, seen
 * under `lock`; MUTEX_WOKEN from the wake of a waiter until it has the lock or is in the list
 * again. What a task holds is in a list of its stack, newest first, and is unlocked where a panic
 * of it is caught. */
#include <stdatomic.h>
#include <stddef.h>

#include "config.h"
#include "gc.h"
#include "lock.h"
#include "native.h"
#include "sched.h"
#include "task.h"

enum { MUTEX_TAKEN = 1, MUTEX_WAITS = 2, MUTEX_WOKEN = 4, MUTEX_INSISTS = 8 };

struct wyn_mutex {
    _Atomic(const void *) owner; /* relaxed: only its own task finds itself here */
    struct wyn_mutex *next;      /* held by the same stack */
    WaitList waiting;
    uint32_t lock;
    _Atomic uint32_t word;
    _Alignas(8) char value[];
};

wyn_mutex *wyn_mutex_new(const wyn_type *type, const void *init) {
    size_t size = sizeof(wyn_mutex) + type->size;
    if (size < RT_CACHE_LINE) size = RT_CACHE_LINE; /* then it lies in one */
    wyn_mutex *m = wyn_alloc_kind(size, WYN_MEM_TRACED);
    memcpy(m->value, init, type->size);
    return m;
}

_Static_assert(offsetof(struct wyn_mutex, value) == WYN_MUTEX_HEAD, "as wyn_mutex_value has it");

/* ---- the word ---- */

/* acquire: with the release of who unlocked */
static bool word_change(wyn_mutex *m, uint32_t from, uint32_t to) {
    if (rt_alone) {
        if (atomic_load_explicit(&m->word, memory_order_relaxed) != from) return false;
        atomic_store_explicit(&m->word, to, memory_order_relaxed);
        return true;
    }
    return atomic_compare_exchange_strong_explicit(&m->word, &from, to, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

static uint32_t word_of(wyn_mutex *m) {
    return atomic_load_explicit(&m->word, memory_order_relaxed);
}

static void word_bits(wyn_mutex *m, uint32_t off, uint32_t on) {
    uint32_t w;
    do {
        w = word_of(m);
    } while (!word_change(m, w, (w & ~off) | on));
}

/* Takes it if it is free; clear: bits that this taker answers for. */
static bool take_if_free(wyn_mutex *m, uint32_t clear) {
    uint32_t w = word_of(m);
    return (w & MUTEX_TAKEN) == 0 && word_change(m, w, (w & ~clear) | MUTEX_TAKEN);
}

/* For a moment, while the holder may be running beside us. */
static bool spin(wyn_mutex *m, uint32_t clear) {
    if (rt_alone) return take_if_free(m, clear);
    for (int turn = 0; turn < RT_MUTEX_SPINS; turn++) {
        if (take_if_free(m, clear)) return true;
        for (int i = 0; i < 32; i++) cpu_pause();
    }
    return false;
}

/* ---- waiting ---- */

/* To the list, and away. False: it was free after all. True: woken; *mine: it was handed over. */
static bool wait_turn(wyn_mutex *m, int tries, bool *mine) {
    uint32_t clear = tries > 0 ? MUTEX_WOKEN : 0;
    uint32_t want = MUTEX_WAITS | (tries > 0 ? MUTEX_INSISTS : 0);
    lock_take(&m->lock);
    word_bits(m, clear, want); /* from now on unlock comes to the list, which is locked */
    if (take_if_free(m, 0)) {
        if (m->waiting.head == NULL) word_bits(m, MUTEX_WAITS | MUTEX_INSISTS, 0);
        lock_drop(&m->lock);
        return false;
    }
    Waiter *w = waiter_held("lock() of a Mutex that is never unlocked", NULL);
    waiter_object(w, WAIT_LOCK, m);
    node_open(&w->node, tries, NULL);
    if (tries == 0) {
        list_add(&m->waiting, &w->node);
    } else {
        list_add_first(&m->waiting, &w->node);
    }
    int won = waiter_park_lock(w, 0, &m->lock);
    if (won == WAIT_ABORTED) {
        lock_take(&m->lock);
        list_remove(&m->waiting, &w->node);
        if (m->waiting.head == NULL) word_bits(m, MUTEX_WAITS | MUTEX_INSISTS, 0);
        lock_drop(&m->lock);
        panic_cancelled();
    }
    *mine = w->node.ok;
    return true;
}

static __attribute__((noinline)) void lock_slow(wyn_mutex *m) {
    bool mine = false;
    for (int tries = 0; !mine; tries++) {
        if (spin(m, tries > 0 ? MUTEX_WOKEN : 0)) return;
        if (!wait_turn(m, tries, &mine)) return;
    }
}

/* Somebody waits. To the oldest if it insists, else it is free and the oldest is told. */
static __attribute__((noinline)) void unlock_slow(wyn_mutex *m) {
    lock_take(&m->lock);
    WaitNode *n = list_win(&m->waiting);
    uint32_t off = m->waiting.head == NULL ? MUTEX_WAITS | MUTEX_INSISTS : 0, on = 0;
    if (n != NULL && n->index > 0) {
        n->ok = true;
        off |= MUTEX_INSISTS;
    } else {
        off |= MUTEX_TAKEN;
        if (n != NULL) on = MUTEX_WOKEN;
    }
    word_bits(m, off & ~on, on);
    lock_drop(&m->lock);
    if (n != NULL) waiter_wake(node_waiter(n));
}

static inline void unlock(wyn_mutex *m) {
    for (;;) {
        uint32_t w = word_of(m);
        bool tell = (w & MUTEX_WAITS) != 0 && (w & (MUTEX_WOKEN | MUTEX_INSISTS)) != MUTEX_WOKEN;
        if (WYN_UNLIKELY(tell)) {
            unlock_slow(m);
            return;
        }
        if (word_change(m, w, w & ~(uint32_t)MUTEX_TAKEN)) return;
    }
}

/* ---- who holds it ---- */

/* The task that runs, or main. */
static const void *self(const Fiber *f) {
    static const char main_task;
    const Run *r = f->context->run;
    return r == NULL ? (const void *)&main_task : r->task != NULL ? (const void *)r->task : r;
}

static inline void hold(wyn_mutex *m) {
    Fiber *f = worker_self()->self;
    atomic_store_explicit(&m->owner, self(f), memory_order_relaxed);
    m->next = f->context->panic.held;
    f->context->panic.held = m;
}

static inline void release(wyn_mutex *m, PanicContext *context) {
    wyn_mutex **link = &context->held;
    while (*link != NULL && *link != m) link = &(*link)->next;
    if (*link == m) *link = m->next;
    atomic_store_explicit(&m->owner, NULL, memory_order_relaxed);
    unlock(m);
}

void wyn_mutex_lock(wyn_mutex *m, const wyn_type *type) {
    (void)type;
    if (WYN_UNLIKELY(!word_change(m, 0, MUTEX_TAKEN))) lock_slow(m);
    hold(m);
}

bool wyn_mutex_try_lock(wyn_mutex *m, const wyn_type *type) {
    (void)type;
    if (!take_if_free(m, 0)) return false;
    hold(m);
    return true;
}

void wyn_mutex_unlock(wyn_mutex *m, const wyn_type *type) {
    (void)type;
    Fiber *f = worker_self()->self;
    if (WYN_UNLIKELY(atomic_load_explicit(&m->owner, memory_order_relaxed) != self(f)))
        wyn_panic("unlock of a Mutex that this task does not hold");
    release(m, &f->context->panic);
}

void mutex_unlock_since(const wyn_mutex *before) {
    Fiber *f = fiber_self();
    for (wyn_mutex *m = f->context->panic.held, *next; m != NULL && m != before; m = next) {
        next = m->next;
        if (atomic_load_explicit(&m->owner, memory_order_relaxed) == self(f))
            release(m, &f->context->panic);
    }
}
