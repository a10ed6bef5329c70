/* sync.c - locks and counters between tasks. Each has a spin lock for its few words and a list of
 * waiters, oldest first; who releases hands over under that lock, so nobody is woken in vain.
 * Mutex has a word of its own: mutex.c. */
#include <stdatomic.h>

#include "gc.h"
#include "lock.h"
#include "native.h"
#include "panic.h"
#include "turns.h"
#include "wait.h"

typedef struct Gate {
    Turns turns; /* the lock */
    WaitList waiting;
} Gate;

/* Called with the lock held, drops it; returns when somebody has handed over. False: the wait was
 * aborted, it is in the list no more and the lock is held again. */
static bool gate_try_wait(Gate *g, int index, const char *what) {
    Waiter *w = waiter_held(what, NULL);
    waiter_object(w, WAIT_LOCK, g);
    node_open(&w->node, index, NULL);
    list_add(&g->waiting, &w->node);
    if (waiter_park_lock(w, 0, &g->turns.word) != WAIT_ABORTED) return true;
    turns_take(&g->turns);
    list_remove(&g->waiting, &w->node);
    return false;
}

static void gate_wait(Gate *g, const char *what) {
    if (gate_try_wait(g, 0, what)) return;
    turns_drop(&g->turns.word);
    panic_cancelled();
}

/* All waiters; called with the lock held, drops it. */
static void gate_open(Gate *g) {
    WaitNode *chain = list_win_all(&g->waiting, NULL);
    turns_drop(&g->turns.word);
    chain_wake(chain);
}

/* ---- RwLock ---- */

enum { READER, WRITER };

typedef struct RwLock {
    Gate gate;
    int64_t readers; /* -1: a writer */
} RwLock;

void *wyn_rwlock_new(void) { return wyn_alloc(sizeof(RwLock)); }

/* To the oldest if it may, and if that is a reader, to all readers up to the next writer. Drops
 * the lock. */
static void rwlock_pass(RwLock *l) {
    WaitNode *chain = NULL, *n;
    while ((n = l->gate.waiting.head) != NULL && l->readers >= 0) {
        if (n->index == WRITER && l->readers > 0) break;
        if ((n = list_win_first(&l->gate.waiting)) == NULL) continue;
        l->readers = n->index == WRITER ? -1 : l->readers + 1;
        n->prev = chain;
        chain = n;
    }
    turns_drop(&l->gate.turns.word);
    chain_wake(chain);
}

/* Called with the lock held, drops it. */
static void rwlock_wait(RwLock *l, int index, const char *what) {
    if (gate_try_wait(&l->gate, index, what)) return;
    rwlock_pass(l); /* others may have waited behind this one only */
    panic_cancelled();
}

/* A reader that comes while somebody waits waits too: so a writer is not kept out for ever. */
void wyn_rwlock_read(void *lock) {
    RwLock *l = lock;
    turns_take(&l->gate.turns);
    if (l->readers >= 0 && l->gate.waiting.head == NULL) {
        l->readers++;
        turns_drop(&l->gate.turns.word);
    } else {
        rwlock_wait(l, READER, "read() of an RwLock that is never released");
    }
}

void wyn_rwlock_write(void *lock) {
    RwLock *l = lock;
    turns_take(&l->gate.turns);
    if (l->readers == 0 && l->gate.waiting.head == NULL) {
        l->readers = -1;
        turns_drop(&l->gate.turns.word);
    } else {
        rwlock_wait(l, WRITER, "write() of an RwLock that is never released");
    }
}

void wyn_rwlock_release(void *lock) {
    RwLock *l = lock;
    turns_take(&l->gate.turns);
    l->readers = l->readers < 0 ? 0 : l->readers - 1;
    if (l->readers == 0 && l->gate.waiting.head != NULL) {
        rwlock_pass(l);
    } else {
        turns_drop(&l->gate.turns.word);
    }
}

/* ---- Semaphore, WaitGroup, Once: a counter and its waiters ---- */

typedef struct Counter {
    Gate gate;
    _Atomic int64_t n; /* changed under the lock */
} Counter;

static int64_t counter_of(Counter *c) { return atomic_load_explicit(&c->n, memory_order_relaxed); }

/* release: with the look in wyn_once_enter */
static void counter_set(Counter *c, int64_t n) {
    atomic_store_explicit(&c->n, n, memory_order_release);
}

static Counter *counter_new(int64_t n) {
    Counter *c = wyn_alloc(sizeof *c);
    counter_set(c, n);
    return c;
}

void *wyn_semaphore_new(int64_t n) {
    if (n < 0) wyn_panic("Semaphore count must be >= 0 (got %lld)", (long long)n);
    return counter_new(n);
}

bool wyn_semaphore_try_acquire(void *s) {
    Counter *c = s;
    turns_take(&c->gate.turns);
    int64_t n = counter_of(c);
    if (n > 0) counter_set(c, n - 1);
    turns_drop(&c->gate.turns.word);
    return n > 0;
}

void wyn_semaphore_acquire(void *s) {
    Counter *c = s;
    turns_take(&c->gate.turns);
    int64_t n = counter_of(c);
    if (n > 0) {
        counter_set(c, n - 1);
        turns_drop(&c->gate.turns.word);
    } else {
        gate_wait(&c->gate, "acquire() of a Semaphore that is never released");
    }
}

void wyn_semaphore_release(void *s) {
    Counter *c = s;
    turns_take(&c->gate.turns);
    WaitNode *next = list_win(&c->gate.waiting);
    if (next == NULL) counter_set(c, counter_of(c) + 1);
    turns_drop(&c->gate.turns.word);
    if (next != NULL) waiter_wake(node_waiter(next));
}

void *wyn_waitgroup_new(void) { return counter_new(0); }

void wyn_waitgroup_add(void *w, int64_t n) {
    Counter *c = w;
    turns_take(&c->gate.turns);
    int64_t now = counter_of(c) + n;
    if (now < 0) {
        turns_drop(&c->gate.turns.word);
        wyn_panic("more done() than add() on a WaitGroup");
    }
    counter_set(c, now);
    if (now == 0) {
        gate_open(&c->gate);
    } else {
        turns_drop(&c->gate.turns.word);
    }
}

void wyn_waitgroup_wait(void *w) {
    Counter *c = w;
    turns_take(&c->gate.turns);
    if (counter_of(c) == 0) {
        turns_drop(&c->gate.turns.word);
    } else {
        gate_wait(&c->gate, "wait() of a WaitGroup that is never done");
    }
}

enum { ONCE_NEVER, ONCE_RUNS, ONCE_DONE };

void *wyn_once_new(void) { return counter_new(ONCE_NEVER); }

/* True: the caller is the first, and calls leave when it is through. */
bool wyn_once_enter(void *o) {
    Counter *c = o;
    /* acquire: with the release in leave */
    if (atomic_load_explicit(&c->n, memory_order_acquire) == ONCE_DONE) return false;
    turns_take(&c->gate.turns);
    int64_t n = counter_of(c);
    if (n == ONCE_RUNS) {
        gate_wait(&c->gate, "run() of a Once that never finishes");
        return false;
    }
    if (n == ONCE_NEVER) counter_set(c, ONCE_RUNS);
    turns_drop(&c->gate.turns.word);
    return n == ONCE_NEVER;
}

void wyn_once_leave(void *o) {
    Counter *c = o;
    turns_take(&c->gate.turns);
    counter_set(c, ONCE_DONE);
    gate_open(&c->gate);
}

/* ---- Shared: a 64-bit cell; numbered from 0 when first converted to int ---- */

struct wyn_shared {
    _Atomic int64_t value;
    int64_t id; /* or -1 */
};

static wyn_array *shared_ids;
static uint32_t ids_lock; /* of numbering; entries never change */

wyn_shared *wyn_shared_new(int64_t value) {
    wyn_shared *s = wyn_alloc_atomic(sizeof *s);
    s->value = value;
    s->id = -1;
    return s;
}

int64_t wyn_shared_get(wyn_shared *s) { return atomic_load(&s->value); }

void wyn_shared_set(wyn_shared *s, int64_t v) { atomic_store(&s->value, v); }

int64_t wyn_shared_swap(wyn_shared *s, int64_t v) {
    return atomic_exchange(&s->value, v);
}

int64_t wyn_shared_add(wyn_shared *s, int64_t d) {
    return atomic_fetch_add(&s->value, d);
}

int64_t wyn_shared_sub(wyn_shared *s, int64_t d) {
    return atomic_fetch_sub(&s->value, d);
}

bool wyn_shared_cas(wyn_shared *s, int64_t old, int64_t v) {
    return atomic_compare_exchange_strong(&s->value, &old, v);
}

int64_t wyn_shared_min(wyn_shared *s, int64_t v) {
    int64_t old = atomic_load(&s->value);
    while (!atomic_compare_exchange_weak(&s->value, &old, v < old ? v : old)) continue;
    return old;
}

int64_t wyn_shared_max(wyn_shared *s, int64_t v) {
    int64_t old = atomic_load(&s->value);
    while (!atomic_compare_exchange_weak(&s->value, &old, v > old ? v : old)) continue;
    return old;
}

int64_t wyn_shared_id(wyn_shared *s) {
    lock_take(&ids_lock);
    if (s->id < 0) {
        if (shared_ids == NULL) shared_ids = wyn_array_new(&wyn_type_ptr, 0);
        s->id = wyn_array_len(shared_ids);
        wyn_array_push_ptr(shared_ids, s);
    }
    int64_t id = s->id;
    lock_drop(&ids_lock);
    return id;
}

wyn_shared *wyn_shared_by_id(int64_t id) {
    int64_t n = shared_ids == NULL ? 0 : wyn_array_len(shared_ids);
    if (n == 0)
        wyn_panic("Shared handle out of range: handle %lld (there is none yet)", (long long)id);
    if (id < 0 || id >= n)
        wyn_panic("Shared handle out of range: handle %lld (valid 0..%lld)", (long long)id,
                  (long long)(n - 1));
    return wyn_array_raw_ptr(shared_ids, id);
}
