/* failed.c - the panics of futures. A future has room for a word only, and a pointer-free one is
 * not scanned, so the panic lies in a record of this list.
 * A record whose panic nobody has seen holds its future, for the report when the program ends.
 * Afterwards it knows the future weakly and is dropped when the collector has freed it. */
#include "gc.h"
#include "lock.h"
#include "task.h"

typedef struct Failed {
    struct Failed *next;
    wyn_future *task; /* until the panic was seen */
    uintptr_t weak;   /* then, hidden; 0: it is gone */
    Panic *panic;
} Failed;

static uint32_t lock;
static Failed *all;
static int64_t count, sweep_at = 64;

static Failed *record_of(wyn_future *f) {
    uintptr_t st = __atomic_load_n(&f->st, __ATOMIC_ACQUIRE); /* with future_finish */
    return (Failed *)(st & ~(uintptr_t)FUTURE_BITS);
}

static void sweep(void) {
    count = 0;
    for (Failed **link = &all; *link != NULL;) {
        if ((*link)->task == NULL && gc_weak_is_gone(&(*link)->weak)) {
            *link = (*link)->next;
        } else {
            count++;
            link = &(*link)->next;
        }
    }
    sweep_at = 2 * count + 64;
}

uintptr_t failed_add(wyn_future *f, Panic *p) {
    Failed *n = wyn_alloc(sizeof *n);
    n->task = f;
    n->panic = p;
    lock_take(&lock);
    n->next = all;
    all = n;
    if (++count >= sweep_at) sweep();
    lock_drop(&lock);
    return (uintptr_t)n | FUTURE_FAILED;
}

void failed_seen(wyn_future *f) {
    Failed *n = record_of(f);
    lock_take(&lock);
    if (n->task != NULL) {
        gc_weak_set(&n->weak, f);
        n->task = NULL;
    }
    lock_drop(&lock);
}

Panic *failed_panic(wyn_future *f) {
    failed_seen(f);
    return record_of(f)->panic;
}

bool failed_report(void) {
    bool any = false;
    for (Failed *n = all; n != NULL; n = n->next) {
        if (n->task == NULL) continue;
        panic_report(n->panic);
        any = true;
    }
    return any;
}
