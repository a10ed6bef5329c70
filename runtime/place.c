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

/* Words are counted from the base down. Those that the model has too are not kept: tasks of one
 * kind that wait at the same line differ in few. */
typedef struct Image {
    uint32_t words, own;
    uint64_t part[]; /* a bit for each own word, then those */
} Image;

static uint32_t bit_words(uint32_t n) { return (n + 63) / 64; }

static Model *model_make(const uintptr_t *base, uint32_t words) {
    Model *m = malloc(sizeof *m + words * sizeof m->word[0]);
    if (m == NULL) return NULL;
    m->words = words;
    for (uint32_t k = 0; k < words; k++) m->word[k] = base[-1 - (int64_t)k];
    return m;
}

static bool move_out(Fiber *f) {
    Place *p = f->place;
    const uintptr_t *base = (const uintptr_t *)(const void *)f->base;
    uint32_t words = (uint32_t)((size_t)(f->base - used_from(f)) / sizeof *base);
    if (p->model == NULL) p->model = model_make(base, words);
    uint32_t same = p->model == NULL ? 0 : p->model->words, own = 0;
    if (same > words) same = words;
    for (uint32_t k = 0; k < same; k++) own += base[-1 - (int64_t)k] != p->model->word[k];
    own += words - same;
    size_t size = (bit_words(words) + own) * sizeof(uint64_t);
    Image *image = malloc(sizeof *image + size);
    if (image == NULL) return false;
    *image = (Image){words, own};
    memset(image->part, 0, bit_words(words) * sizeof(uint64_t));
    uint64_t *to = image->part + bit_words(words);
    for (uint32_t k = 0; k < words; k++) {
        uintptr_t w = base[-1 - (int64_t)k];
        if (k < same && w == p->model->word[k]) continue;
        image->part[k / 64] |= (uint64_t)1 << k % 64;
        *to++ = w;
    }
    p->images++;
    atomic_signal_fence(memory_order_seq_cst);
    f->image = image;
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

static void unpack(const Image *image, const Model *model, uintptr_t *base) {
    const uint64_t *from = image->part + bit_words(image->words);
    for (uint32_t k = 0; k < image->words; k++) {
        bool own = (image->part[k / 64] >> k % 64 & 1) != 0;
        base[-1 - (int64_t)k] = own ? *from++ : model->word[k];
    }
}

static void move_in(Fiber *f) {
    Place *p = f->place;
    Image *image = f->image;
    if (image == NULL) return;
    unpack(image, p->model, (uintptr_t *)(void *)f->base);
    atomic_signal_fence(memory_order_seq_cst);
    f->image = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    free(image);
    if (--p->images > 0) return;
    Model *m = p->model;
    p->model = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    free(m);
}

const void *fiber_view(const Fiber *f, const void *p) {
    static const Fiber *shown;
    static _Alignas(16) char copy[RT_TASK_STRIDE];
    const char *at = p, *low = f->image == NULL ? NULL : used_from(f);
    if (low == NULL || at < low || at >= f->base) return p;
    if (shown != f) unpack(f->image, f->place->model, (uintptr_t *)(void *)(copy + sizeof copy));
    shown = f;
    return copy + sizeof copy - (f->base - at);
}

void fiber_image(const Fiber *f, void (*push)(const void *low, const void *high)) {
    const Image *image = f->image;
    const uint64_t *own = image->part + bit_words(image->words);
    push(own, own + image->own);
}

void place_models(void (*push)(const void *low, const void *high)) {
    uint32_t n = place_count();
    for (uint32_t i = 0; i < n; i++) {
        const Model *m = place_at(i)->model;
        if (m != NULL) push(m->word, m->word + m->words);
    }
}

/* ---- under the place's lock ---- */

static bool may_move(const Fiber *f) {
    /* acquire: with the release in fiber_leave */
    return !atomic_load_explicit(&f->busy, memory_order_acquire) && f->waiter.what != NULL &&
           !f->waiter.pinned && f->base != NULL;
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
    bool ok = h == f || h == NULL || may_move(h);
    if (ok && h != f && h != NULL && !move_out(h))
        wyn_no_memory("what lies on the stack of a waiting task");
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

/* Is the place free, or the fiber there waiting, of that kind, and not deep in calls? */
static bool suits(const Place *p, const wyn_site *kind) {
    const Fiber *h = p->here;
    uint32_t homes = atomic_load_explicit(&p->homes, memory_order_relaxed);
    if (h == NULL) return homes > 0 && p->kind == kind;
    if (!may_move(h) || h->run == NULL || h->run->desc == NULL) return false;
    if (homes > 1) return p->kind == kind;
    return h->run->desc->site == kind && h->base - used_from(h) <= (ptrdiff_t)RT_IMAGE_MAX;
}

Fiber *place_share(const wyn_site *kind) {
    if (!atomic_load_explicit(&ready, memory_order_acquire) && !share_begin()) return NULL;
    for (int i = 0; i < RT_PLACE_LOOKS; i++) {
        uint32_t n = atomic_fetch_add_explicit(&hand, 1, memory_order_relaxed);
        Place *p = place_at(n % place_count());
        lock_take(&p->lock);
        Fiber *f = suits(p, kind) && (p->here == NULL || move_out(p->here)) ? fiber_bind(p) : NULL;
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
