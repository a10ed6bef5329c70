/* sync.c - locks and counters between tasks. Each has a spin lock for its few words and a list of
 * waiters, oldest first; who releases hands over under that lock, so nobody is woken in vain. */
#include <stdatomic.h>

#include "gc.h"
#include "lock.h"
#include "native.h"
#include "task.h"

/* Who holds a lock: the task, or main. */
static const void *self(void) {
    static const char main_task;
    const void *task = task_current();
    return task == NULL ? &main_task : task;
}

typedef struct Gate {
    uint32_t lock;
    WaitList waiting;
} Gate;

/* Called with the lock held, drops it; returns when somebody has handed over. */
static void gate_wait(Gate *g, int index, const void *who, const char *what,
                      const wyn_site *site) {
    Waiter *w = waiter_held(what, site);
    waiter_object(w, WAIT_LOCK, g);
    node_open(&w->node, w, index, (void *)(uintptr_t)who);
    list_add(&g->waiting, &w->node);
    if (waiter_park_lock(w, 0, &g->lock) != WAIT_ABORTED) return;
    lock_take(&g->lock);
    list_remove(&g->waiting, &w->node);
    lock_drop(&g->lock);
    panic_cancelled();
}

/* All waiters; called with the lock held, drops it. */
static void gate_open(Gate *g) {
    WaitNode *chain = NULL, *n;
    while ((n = list_win(&g->waiting)) != NULL) {
        n->prev = chain;
        chain = n;
    }
    lock_drop(&g->lock);
    while (chain != NULL) {
        n = chain;
        chain = n->prev;
        waiter_wake(n->waiter);
    }
}

/* ---- Mutex ---- */

struct wyn_mutex {
    Gate gate;
    const void *owner; /* NULL: free */
    const wyn_type *type;
    _Alignas(8) char value[];
};

wyn_mutex *wyn_mutex_new(const wyn_type *type, const void *init) {
    wyn_mutex *m = wyn_alloc_kind(sizeof *m + type->size, WYN_MEM_TRACED);
    m->type = type;
    memcpy(m->value, init, type->size);
    return m;
}

void wyn_mutex_lock(wyn_mutex *m, const wyn_site *site) {
    const void *me = self();
    lock_take(&m->gate.lock);
    if (m->owner == NULL) {
        m->owner = me;
        lock_drop(&m->gate.lock);
        return;
    }
    gate_wait(&m->gate, 0, me, "lock() of a Mutex that is never unlocked", site);
}

void wyn_mutex_unlock(wyn_mutex *m, const wyn_site *site) {
    lock_take(&m->gate.lock);
    if (m->owner != self()) {
        lock_drop(&m->gate.lock);
        wyn_panic_at(site, "unlock of a Mutex that this task has not locked");
    }
    WaitNode *next = list_win(&m->gate.waiting);
    m->owner = next == NULL ? NULL : next->slot;
    lock_drop(&m->gate.lock);
    if (next != NULL) waiter_wake(next->waiter);
}

void *wyn_mutex_value(wyn_mutex *m) { return m->value; }

wyn_mutex *wyn_mutex_make(const void *init, const wyn_type *type) {
    return wyn_mutex_new(type, init);
}

void wyn_mutex_acquire(wyn_mutex *m, const wyn_type *type) {
    (void)type;
    wyn_mutex_lock(m, NULL);
}

void wyn_mutex_release(wyn_mutex *m, const wyn_type *type) {
    (void)type;
    wyn_mutex_unlock(m, NULL);
}

void wyn_mutex_load(void *result, wyn_mutex *m, const wyn_type *type) {
    memcpy(result, m->value, type->size);
}

void wyn_mutex_store(wyn_mutex *m, const void *v, const wyn_type *type) {
    memcpy(m->value, v, type->size);
}

/* ---- RwLock ---- */

enum { READER, WRITER };

typedef struct wyn_rwlock {
    Gate gate;
    int64_t readers;
    const void *writer;
    _Alignas(8) char value[];
} wyn_rwlock;

void *wyn_rwlock_make(const void *init, const wyn_type *type) {
    wyn_rwlock *l = wyn_alloc_kind(sizeof *l + type->size, WYN_MEM_TRACED);
    memcpy(l->value, init, type->size);
    return l;
}

void wyn_rwlock_read(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    lock_take(&l->gate.lock);
    if (l->writer == NULL) {
        l->readers++;
        lock_drop(&l->gate.lock);
        return;
    }
    gate_wait(&l->gate, READER, NULL, "read() of an RwLock that is never released", NULL);
}

void wyn_rwlock_write(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    const void *me = self();
    lock_take(&l->gate.lock);
    if (l->writer == NULL && l->readers == 0) {
        l->writer = me;
        lock_drop(&l->gate.lock);
        return;
    }
    gate_wait(&l->gate, WRITER, me, "write() of an RwLock that is never released", NULL);
}

/* Free: to the oldest, and if that is a reader, to all readers. Drops the lock. */
static void rwlock_pass(wyn_rwlock *l) {
    WaitNode *chain = NULL, *n = l->gate.waiting.head, *next;
    for (; n != NULL && l->writer == NULL; n = next) {
        next = n->next;
        if (n->index == WRITER && l->readers > 0) continue;
        list_remove(&l->gate.waiting, n);
        if (!waiter_win(n->waiter, n->index)) continue; /* aborted */
        if (n->index == WRITER) {
            l->writer = n->slot;
        } else {
            l->readers++;
        }
        n->prev = chain;
        chain = n;
    }
    lock_drop(&l->gate.lock);
    while (chain != NULL) {
        n = chain;
        chain = n->prev;
        waiter_wake(n->waiter);
    }
}

void wyn_rwlock_release(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    lock_take(&l->gate.lock);
    if (l->writer == self()) {
        l->writer = NULL;
        rwlock_pass(l);
    } else if (l->readers > 0) {
        if (--l->readers == 0) {
            rwlock_pass(l);
        } else {
            lock_drop(&l->gate.lock);
        }
    } else {
        lock_drop(&l->gate.lock);
        wyn_panic("release of an RwLock that is not held");
    }
}

void wyn_rwlock_load(void *result, void *lock, const wyn_type *type) {
    memcpy(result, ((wyn_rwlock *)lock)->value, type->size);
}

void wyn_rwlock_store(void *lock, const void *v, const wyn_type *type) {
    memcpy(((wyn_rwlock *)lock)->value, v, type->size);
}

/* ---- Semaphore, WaitGroup, Once: a counter and its waiters ---- */

typedef struct Counter {
    Gate gate;
    int64_t n;
} Counter;

static Counter *counter_new(int64_t n) {
    Counter *c = wyn_alloc(sizeof *c);
    c->n = n;
    return c;
}

void *wyn_semaphore_new(int64_t n) {
    if (n < 0) wyn_panic("Semaphore count must be >= 0 (got %lld)", (long long)n);
    return counter_new(n);
}

bool wyn_semaphore_try_acquire(void *s) {
    Counter *c = s;
    lock_take(&c->gate.lock);
    bool ok = c->n > 0;
    if (ok) c->n--;
    lock_drop(&c->gate.lock);
    return ok;
}

void wyn_semaphore_acquire(void *s) {
    Counter *c = s;
    lock_take(&c->gate.lock);
    if (c->n > 0) {
        c->n--;
        lock_drop(&c->gate.lock);
        return;
    }
    gate_wait(&c->gate, 0, NULL, "acquire() of a Semaphore that is never released", NULL);
}

void wyn_semaphore_release(void *s) {
    Counter *c = s;
    lock_take(&c->gate.lock);
    WaitNode *next = list_win(&c->gate.waiting);
    if (next == NULL) c->n++;
    lock_drop(&c->gate.lock);
    if (next != NULL) waiter_wake(next->waiter);
}

void *wyn_waitgroup_new(void) { return counter_new(0); }

void wyn_waitgroup_add(void *w, int64_t n) {
    Counter *c = w;
    lock_take(&c->gate.lock);
    c->n += n;
    if (c->n < 0) {
        lock_drop(&c->gate.lock);
        wyn_panic("WaitGroup counter is negative");
    }
    if (c->n == 0) {
        gate_open(&c->gate);
    } else {
        lock_drop(&c->gate.lock);
    }
}

void wyn_waitgroup_done(void *w) { wyn_waitgroup_add(w, -1); }

void wyn_waitgroup_wait(void *w) {
    Counter *c = w;
    lock_take(&c->gate.lock);
    if (c->n <= 0) {
        lock_drop(&c->gate.lock);
        return;
    }
    gate_wait(&c->gate, 0, NULL, "wait() of a WaitGroup that is never done", NULL);
}

/* Once: 0 not yet, 1 running, 2 done */

void *wyn_once_new(void) { return counter_new(0); }

bool wyn_once_enter(void *o) {
    Counter *c = o;
    lock_take(&c->gate.lock);
    if (c->n == 1) {
        gate_wait(&c->gate, 0, NULL, "run() of a Once that never finishes", NULL);
        return false;
    }
    bool first = c->n == 0;
    if (first) c->n = 1;
    lock_drop(&c->gate.lock);
    return first;
}

void wyn_once_leave(void *o) {
    Counter *c = o;
    lock_take(&c->gate.lock);
    c->n = 2;
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
    if (id < 0 || id >= n)
        wyn_panic("Shared handle out of range: handle %lld (valid 0..%lld)", (long long)id,
                  (long long)(n - 1));
    return wyn_array_raw_ptr(shared_ids, id);
}
