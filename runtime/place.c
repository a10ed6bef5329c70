/* place.c - moving the bytes of waiting stacks out of their place and back; see place.h. */
#define _GNU_SOURCE
#include "place.h"

#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "lock.h"
#include "sched.h"
#include "task.h"

_Atomic bool fibers_share;

static _Atomic uint32_t hand; /* where to look for the next one to move out */
static uint32_t begin_lock;
static _Atomic bool ready; /* release: all threads know that fibers_share is set */
static bool cannot_share;

/* ---- images ---- */

/* Where the used part of a stack's own memory begins. */
static char *used_from(const Fiber *f) {
    const Segment *g = f->stack.segment;
    if (g == NULL) return f->sp;
    while (g->outer != NULL) g = g->outer;
    return g->sp;
}

static bool move_out(Fiber *f) {
    char *low = used_from(f);
    size_t size = (size_t)(f->stack.high - low);
    char *image = malloc(size);
    if (image == NULL) return false;
    memcpy(image, low, size);
    atomic_signal_fence(memory_order_seq_cst);
    f->image = image;
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

static void move_in(Fiber *f) {
    char *image = f->image, *low = used_from(f);
    if (image == NULL) return;
    memcpy(low, image, (size_t)(f->stack.high - low));
    atomic_signal_fence(memory_order_seq_cst);
    f->image = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    free(image);
}

void *fiber_view(const Fiber *f, const void *p) {
    const char *at = p;
    if (f->image == NULL) return (void *)(uintptr_t)p;
    char *low = used_from(f);
    return at >= low && at < f->stack.high ? f->image + (at - low) : (void *)(uintptr_t)p;
}

void *fiber_image(const Fiber *f, size_t *size) {
    *size = f->image == NULL ? 0 : (size_t)(f->stack.high - used_from(f));
    return f->image;
}

/* ---- under the place's lock ---- */

static bool may_move(const Fiber *f) {
    /* acquire: with the release in fiber_leave */
    return !atomic_load_explicit(&f->busy, memory_order_acquire) && f->waiter.what != NULL &&
           !f->waiter.pinned;
}

static Fiber *queue_take(Place *p) {
    Fiber *f = p->queue;
    if (f != NULL) p->queue = f->next;
    return f;
}

static void queue_add(Place *p, Fiber *f) {
    f->next = NULL;
    if (p->queue == NULL) {
        p->queue = f;
    } else {
        p->tail->next = f;
    }
    p->tail = f;
}

/* ---- going on and leaving ---- */

bool place_enter(Fiber *f) {
    Place *p = f->place;
    if (p == NULL) return true; /* main */
    lock_take(&p->lock);
    Fiber *h = p->here;
    bool ok = h == f || h == NULL || (may_move(h) && move_out(h));
    if (!ok) {
        atomic_store_explicit(&f->busy, false, memory_order_relaxed);
        queue_add(p, f);
    } else if (h != f) {
        move_in(f);
        p->here = f;
    }
    lock_drop(&p->lock);
    return ok;
}

void place_leave(Fiber *f) {
    Place *p = f->place;
    if (p == NULL) return;
    Fiber *next = NULL;
    lock_take(&p->lock);
    atomic_store_explicit(&f->busy, false, memory_order_release);
    if (may_move(f)) next = queue_take(p);
    lock_drop(&p->lock);
    if (next != NULL) sched_ready(next);
}

bool place_quit(Fiber *f) {
    Place *p = f->place;
    lock_take(&p->lock);
    bool quits = atomic_load_explicit(&p->homes, memory_order_relaxed) > 1;
    Fiber *next = NULL;
    if (quits) {
        atomic_fetch_sub_explicit(&p->homes, 1, memory_order_relaxed);
        p->here = NULL;
        next = queue_take(p);
    }
    lock_drop(&p->lock);
    if (next != NULL) sched_ready(next);
    return quits;
}

/* ---- sharing ---- */

/* From now on all take the locks; what they did before is seen. */
static bool share_begin(void) {
    lock_take(&begin_lock);
    if (!cannot_share && !atomic_load_explicit(&ready, memory_order_relaxed)) {
        atomic_store_explicit(&fibers_share, true, memory_order_relaxed);
        cannot_share = worker_count > 1 &&
                       syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0;
        atomic_store_explicit(&ready, !cannot_share, memory_order_release);
    }
    lock_drop(&begin_lock);
    return !cannot_share;
}

/* Is the fiber there waiting, of that kind, and has not too much on its stack? */
static bool suits(const Place *p, const void *kind) {
    const Fiber *h = p->here;
    if (h == NULL || !may_move(h) || h->run == NULL) return false;
    if (atomic_load_explicit(&p->homes, memory_order_relaxed) > 1) return p->kind == kind;
    return h->run->desc == kind && h->stack.high - used_from(h) <= (ptrdiff_t)RT_IMAGE_MAX;
}

Fiber *place_share(const void *kind) {
    if (!atomic_load_explicit(&ready, memory_order_acquire) && !share_begin()) return NULL;
    for (int i = 0; i < RT_PLACE_LOOKS; i++) {
        uint32_t n = atomic_fetch_add_explicit(&hand, 1, memory_order_relaxed);
        Place *p = place_at(n % place_count());
        lock_take(&p->lock);
        Fiber *f = suits(p, kind) && move_out(p->here) ? fiber_bind(p) : NULL;
        if (f != NULL) {
            atomic_fetch_add_explicit(&p->homes, 1, memory_order_relaxed);
            p->kind = kind;
            p->here = f;
        }
        lock_drop(&p->lock);
        if (f != NULL) return f;
    }
    return NULL;
}
