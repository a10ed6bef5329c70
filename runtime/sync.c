/* sync.c - locks and counters between tasks. Every one is a condition and a task_wait. */
#include "gc.h"
#include "native.h"
#include "task.h"

/* Who holds a lock: the task, or main. */
static const void *self(void) {
    static const char main_task;
    const void *task = task_current();
    return task == NULL ? &main_task : task;
}

static void wait_for(bool (*ready)(void *), void *object, const char *what,
                     const wyn_site *site) {
    Wait w = {.ready = ready, .arg = object, .what = what, .site = site};
    if (!ready(object)) task_wait(&w);
}

/* ---- Mutex ---- */

struct wyn_mutex {
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

static bool mutex_free(void *arg) { return ((wyn_mutex *)arg)->owner == NULL; }

void wyn_mutex_lock(wyn_mutex *m, const wyn_site *site) {
    wait_for(mutex_free, m, "lock() of a Mutex that is never unlocked", site);
    m->owner = self();
}

void wyn_mutex_unlock(wyn_mutex *m, const wyn_site *site) {
    if (m->owner != self()) wyn_panic_at(site, "unlock of a Mutex that this task has not locked");
    m->owner = NULL;
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

typedef struct wyn_rwlock {
    int64_t readers;
    const void *writer;
    _Alignas(8) char value[];
} wyn_rwlock;

void *wyn_rwlock_make(const void *init, const wyn_type *type) {
    wyn_rwlock *l = wyn_alloc_kind(sizeof *l + type->size, WYN_MEM_TRACED);
    memcpy(l->value, init, type->size);
    return l;
}

static bool rwlock_readable(void *arg) { return ((wyn_rwlock *)arg)->writer == NULL; }

static bool rwlock_writable(void *arg) {
    const wyn_rwlock *l = arg;
    return l->writer == NULL && l->readers == 0;
}

void wyn_rwlock_read(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    wait_for(rwlock_readable, l, "read() of an RwLock that is never released", NULL);
    l->readers++;
}

void wyn_rwlock_write(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    wait_for(rwlock_writable, l, "write() of an RwLock that is never released", NULL);
    l->writer = self();
}

void wyn_rwlock_release(void *lock, const wyn_type *type) {
    wyn_rwlock *l = lock;
    (void)type;
    if (l->writer == self()) {
        l->writer = NULL;
    } else if (l->readers > 0) {
        l->readers--;
    } else {
        wyn_panic("release of an RwLock that is not held");
    }
}

void wyn_rwlock_load(void *result, void *lock, const wyn_type *type) {
    memcpy(result, ((wyn_rwlock *)lock)->value, type->size);
}

void wyn_rwlock_store(void *lock, const void *v, const wyn_type *type) {
    memcpy(((wyn_rwlock *)lock)->value, v, type->size);
}

/* ---- Semaphore, WaitGroup: a counter each ---- */

static int64_t *counter_new(int64_t n) {
    int64_t *c = wyn_alloc_atomic(sizeof *c);
    *c = n;
    return c;
}

static bool counter_positive(void *arg) { return *(int64_t *)arg > 0; }

static bool counter_zero(void *arg) { return *(int64_t *)arg <= 0; }

void *wyn_semaphore_new(int64_t n) {
    if (n < 0) wyn_panic("Semaphore count must be >= 0 (got %lld)", (long long)n);
    return counter_new(n);
}

void wyn_semaphore_acquire(void *s) {
    wait_for(counter_positive, s, "acquire() of a Semaphore that is never released", NULL);
    --*(int64_t *)s;
}

bool wyn_semaphore_try_acquire(void *s) {
    if (!counter_positive(s)) return false;
    --*(int64_t *)s;
    return true;
}

void wyn_semaphore_release(void *s) { ++*(int64_t *)s; }

void *wyn_waitgroup_new(void) { return counter_new(0); }

void wyn_waitgroup_add(void *w, int64_t n) {
    if ((*(int64_t *)w += n) < 0) wyn_panic("WaitGroup counter is negative");
}

void wyn_waitgroup_done(void *w) { wyn_waitgroup_add(w, -1); }

void wyn_waitgroup_wait(void *w) {
    wait_for(counter_zero, w, "wait() of a WaitGroup that is never done", NULL);
}

/* ---- Once: 0 not yet, 1 running, 2 done ---- */

void *wyn_once_new(void) { return counter_new(0); }

static bool once_not_running(void *arg) { return *(int64_t *)arg != 1; }

bool wyn_once_enter(void *o) {
    int64_t *state = o;
    wait_for(once_not_running, o, "run() of a Once that never finishes", NULL);
    if (*state == 2) return false;
    *state = 1;
    return true;
}

void wyn_once_leave(void *o) { *(int64_t *)o = 2; }

/* ---- Shared: a 64-bit cell; numbered from 0 when first converted to int ---- */

struct wyn_shared {
    int64_t value;
    int64_t id; /* or -1 */
};

static wyn_array *shared_ids;

wyn_shared *wyn_shared_new(int64_t value) {
    wyn_shared *s = wyn_alloc_atomic(sizeof *s);
    s->value = value;
    s->id = -1;
    return s;
}

int64_t wyn_shared_get(wyn_shared *s) { return s->value; }

void wyn_shared_set(wyn_shared *s, int64_t v) { s->value = v; }

int64_t wyn_shared_swap(wyn_shared *s, int64_t v) {
    int64_t old = s->value;
    s->value = v;
    return old;
}

int64_t wyn_shared_add(wyn_shared *s, int64_t d) {
    return wyn_shared_swap(s, (int64_t)((uint64_t)s->value + (uint64_t)d));
}

int64_t wyn_shared_sub(wyn_shared *s, int64_t d) {
    return wyn_shared_swap(s, (int64_t)((uint64_t)s->value - (uint64_t)d));
}

bool wyn_shared_cas(wyn_shared *s, int64_t old, int64_t v) {
    if (s->value != old) return false;
    s->value = v;
    return true;
}

int64_t wyn_shared_min(wyn_shared *s, int64_t v) {
    return wyn_shared_swap(s, v < s->value ? v : s->value);
}

int64_t wyn_shared_max(wyn_shared *s, int64_t v) {
    return wyn_shared_swap(s, v > s->value ? v : s->value);
}

int64_t wyn_shared_id(wyn_shared *s) {
    if (s->id >= 0) return s->id;
    if (shared_ids == NULL) shared_ids = wyn_array_new(&wyn_type_ptr, 0);
    s->id = wyn_array_len(shared_ids);
    wyn_array_push_ptr(shared_ids, s);
    return s->id;
}

wyn_shared *wyn_shared_by_id(int64_t id) {
    int64_t n = shared_ids == NULL ? 0 : wyn_array_len(shared_ids);
    if (id < 0 || id >= n)
        wyn_panic("Shared handle out of range: handle %lld (valid 0..%lld)", (long long)id,
                  (long long)(n - 1));
    return wyn_array_raw_ptr(shared_ids, id);
}
