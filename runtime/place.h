/* place.h - where stacks lie, and how many tasks that wait share one place.
 * A place is one stack's memory. While there are few, each belongs to one fiber. From RT_PLACES on
 * a new task gets the place of the one that has waited longest among its like (spawned at the
 * same line): the bytes of that one's task go to an image on the heap and come back to the same
 * addresses before it goes on. So a million waiting tasks touch no more stack memory than some
 * thousand, and no page is faulted in or given back. The frames of the loop below the task are
 * the same for all and stay; of the rest, and of the context, an image has only what the place's
 * models do not tell.
 *
 * Invariants. `here` is the fiber whose bytes are in memory, `homes` counts the fibers bound to
 * the place; both, and `queue`, are under its lock once fibers_share is set. A fiber may be moved
 * out only while it waits, is not `busy` and its waiter is not pinned. `busy` is set before it is
 * looked up whether places are shared, and cleared by the next stack after sp is saved and
 * before the wait is committed: so until the first sharer, who sets fibers_share and then has
 * every thread pass a barrier, both are plain stores. A fiber that is ready while its place is
 * taken waits in `queue` for the one there to leave; one that loops without a task leaves such
 * a place at once. `image` is set after the bytes are copied out and cleared after they are
 * copied back: the collector scans it instead of the stack. */
#ifndef WYN_PLACE_H
#define WYN_PLACE_H

#include "fiber.h"

typedef struct Model Model;

typedef struct Place {
    Context context; /* first; of the fiber that is here */
    uint32_t lock;
    _Atomic uint32_t homes;
    Fiber *here;         /* or NULL */
    Fiber *queue, *tail; /* ready fibers that belong here */
    const wyn_site *kind;    /* of the tasks, once it is shared */
    Model *models;       /* while there are images */
    char *base;          /* of all stacks that are moved here */
} Place;

extern _Atomic bool fibers_share; /* set once */

static inline Place *place_of(const Fiber *f) { return (Place *)(void *)f->context; }

/* The words that may be pointers: of all models, of that of one place, and those that an image has
 * of its own, with the segments of that stack. */
void place_models(void (*push)(const void *low, const void *high));
void place_model(const Fiber *f, void (*push)(const void *low, const void *high));
void fiber_image(const Fiber *f, void (*push)(const void *low, const void *high));

/* A fiber at the place of a waiting task of this kind. NULL: there is none. */
Fiber *place_share(const wyn_site *kind);

/* The slow halves of the functions below. */
bool place_enter(Fiber *f);
void place_leave(Fiber *f);
bool place_quit(Fiber *f); /* false: it keeps its place */

/* f is about to be continued. False: it will be made ready when its place is free. */
static inline bool fiber_enter(Fiber *f) {
    atomic_store_explicit(&f->busy, true, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst); /* with the barrier in share_begin */
    return WYN_LIKELY(!atomic_load_explicit(&fibers_share, memory_order_relaxed)) ||
           place_enter(f);
}

/* It has been left, and may be continued by others once its wait is committed. */
static inline void fiber_leave(Fiber *f) {
    if (WYN_LIKELY(!atomic_load_explicit(&fibers_share, memory_order_relaxed))) {
        /* release: of the stack, with the acquire in may_move */
        atomic_store_explicit(&f->busy, false, memory_order_release);
    } else {
        place_leave(f);
    }
}

/* Are others bound to its place? Asked by itself. */
static inline bool fiber_shares(const Fiber *f) {
    return WYN_UNLIKELY(atomic_load_explicit(&fibers_share, memory_order_relaxed)) &&
           atomic_load_explicit(&place_of(f)->homes, memory_order_relaxed) > 1;
}

#endif
