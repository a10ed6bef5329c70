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

/* Where the used part of a stack's own memory begins; it is in place. */
static char *used_from(const Fiber *f) {
    const Segment *g = f->context->stack.segment;
    if (g == NULL) return f->sp;
    while (g->outer != NULL) g = g->outer;
    return g->sp;
}

/* A stack in words: those of its context, then those of its memory from the base down. */
typedef struct Words {
    uintptr_t *context, *base;
    uint32_t n;
} Words;

enum { CONTEXT_WORDS = sizeof(Context) / sizeof(uintptr_t) };

static inline uintptr_t *word_at(Words v, uint32_t k) {
    return k < CONTEXT_WORDS ? v.context + k : v.base - 1 - (k - CONTEXT_WORDS);
}

static Words words_of(const Fiber *f) {
    Context *c = f->context;
    uint32_t n = (uint32_t)((size_t)(c->base - used_from(f)) / sizeof(uintptr_t));
    return (Words){(uintptr_t *)(void *)c, (uintptr_t *)(void *)c->base, CONTEXT_WORDS + n};
}

/* What is expected of a stack there, as one looked, since most tasks of a kind wait at the same
 * line: at each word what the model has, or what is as far from the own descriptor, or the same as
 * at an earlier word. Two words count as the same only when they are equal: the collector sees the
 * first alone. */
struct Model {
    Model *next;
    uint32_t words, of; /* it has; of the stack that it was made from */
    uint32_t images;
    uint8_t number;   /* among those of the place */
    uintptr_t word[]; /* of FROM_FIBER: the distance; then `from`, for each of them */
};

enum { FROM_MODEL = UINT16_MAX, FROM_FIBER = UINT16_MAX - 1 };
enum { MODELS = 4, MODEL_WORDS = 2048, MODEL_LOOKS = 64 };

static uint16_t *from_of(Model *m) { return (uint16_t *)(void *)(m->word + m->words); }

static uintptr_t expected(const Model *m, const uint16_t *from, uint32_t k, Words v,
                          const Fiber *f) {
    if (WYN_LIKELY(from[k] == FROM_MODEL)) return m->word[k];
    if (from[k] == FROM_FIBER) return (uintptr_t)f + m->word[k];
    return *word_at(v, from[k]);
}

static Model *model_make(Words v, const Fiber *f) {
    uint32_t n = v.n < MODEL_WORDS ? v.n : MODEL_WORDS, seen = 0;
    uint16_t first[MODEL_LOOKS]; /* words that may be met again */
    Model *m = malloc(sizeof *m + n * (sizeof m->word[0] + sizeof first[0]));
    if (m == NULL) return NULL;
    *m = (Model){.words = n, .of = v.n};
    for (uint32_t k = 0; k < n; k++) {
        uintptr_t w = *word_at(v, k);
        uint16_t *from = from_of(m) + k;
        uint32_t i = 0;
        m->word[k] = w;
        *from = FROM_MODEL;
        if (w < RT_PAGE) continue; /* a number */
        if (w - (uintptr_t)f < sizeof *f) {
            *from = FROM_FIBER;
            m->word[k] = w - (uintptr_t)f;
            continue;
        }
        while (i < seen && m->word[first[i]] != w) i++;
        if (i < seen) *from = first[i];
        if (i == seen && seen < MODEL_LOOKS) first[seen++] = (uint16_t)k;
    }
    return m;
}

typedef struct Image {
    uint16_t words, own;
    uint8_t model;
    bool deep;       /* the stack has segments */
    uint64_t part[]; /* a bit for each own word, then those */
} Image;

/* That for a stack of so many words, as those differ that wait elsewhere; or the oldest. NULL: no
 * memory. */
static Model *model_for(Place *p, Words v, const Fiber *f) {
    unsigned taken = 0; /* numbers, a bit each */
    Model **link = &p->models;
    for (Model *m = *link; m != NULL; m = *link) {
        if (m->of == v.n) return m;
        taken |= 1u << m->number;
        link = &m->next;
    }
    Model *m = taken == (1u << MODELS) - 1 ? NULL : model_make(v, f);
    if (m == NULL) return p->models;
    m->number = (uint8_t)__builtin_ctz(~taken);
    atomic_signal_fence(memory_order_seq_cst); /* the collector may look */
    return *link = m;
}

static Model *model_of(const Fiber *f) {
    Model *m = place_of(f)->models;
    while (m != NULL && m->number != f->image->model) m = m->next;
    return m;
}

/* Its last image is gone. */
static void model_drop(Place *p, Model *m) {
    Model **link = &p->models;
    while (*link != m) link = &(*link)->next;
    *link = m->next;
    atomic_signal_fence(memory_order_seq_cst);
    free(m);
}

static uint32_t bit_words(uint32_t n) { return (n + 63) / 64; }

/* The number of own words; and, unless it is NULL, fills in what belongs into an image. */
static uint32_t pack(Words v, Model *m, const Fiber *f, uint64_t *bits) {
    uint32_t same = m == NULL ? 0 : m->words < v.n ? m->words : v.n, own = 0;
    uint64_t *to = bits == NULL ? NULL : bits + bit_words(v.n);
    for (uint32_t k = 0; k < v.n; k++) {
        uintptr_t w = *word_at(v, k);
        if (k < same && w == expected(m, from_of(m), k, v, f)) continue;
        own++;
        if (bits == NULL) continue;
        bits[k / 64] |= (uint64_t)1 << k % 64;
        *to++ = w;
    }
    return own;
}

/* The first n words, to v. */
static void unpack(const Fiber *f, Words v, uint32_t n) {
    const Image *image = f->image;
    Model *m = model_of(f);
    const uint64_t *own = image->part + bit_words(image->words);
    for (uint32_t k = 0; k < n; k++) {
        bool has = (image->part[k / 64] >> k % 64 & 1) != 0;
        *word_at(v, k) = has ? *own++ : expected(m, from_of(m), k, v, f);
    }
}

static bool move_out(Fiber *f) {
    Place *p = place_of(f);
    Words v = words_of(f);
    Model *m = model_for(p, v, f);
    uint32_t own = pack(v, m, f, NULL);
    Image *image = calloc(1, sizeof *image + (bit_words(v.n) + own) * sizeof(uint64_t));
    if (image == NULL) return false;
    image->words = (uint16_t)v.n;
    image->own = (uint16_t)own;
    image->model = m == NULL ? 0 : m->number;
    image->deep = f->context->stack.segment != NULL;
    pack(v, m, f, image->part);
    if (m != NULL) m->images++;
    atomic_signal_fence(memory_order_seq_cst);
    f->image = image;
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

static void move_in(Fiber *f) {
    Place *p = place_of(f);
    Image *image = f->image;
    if (image == NULL) return;
    Words v = {(uintptr_t *)(void *)&p->context, NULL, image->words};
    unpack(f, v, CONTEXT_WORDS);
    v.base = (uintptr_t *)(void *)p->context.base;
    unpack(f, v, image->words);
    Model *m = model_of(f);
    atomic_signal_fence(memory_order_seq_cst);
    f->image = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    free(image);
    if (m != NULL && --m->images == 0) model_drop(p, m);
}

const void *fiber_view(const Fiber *f, const void *p) {
    static const Fiber *shown;
    static const Image *from;
    static Context context;
    static _Alignas(16) char copy[RT_TASK_STRIDE];
    Image *image = f->image;
    if (image == NULL) return p;
    Words v = {(uintptr_t *)(void *)&context, (uintptr_t *)(void *)(copy + sizeof copy), 0};
    if (shown != f || from != image) unpack(f, v, image->words);
    shown = f;
    from = image;
    const char *at = p, *low = context.base - (image->words - CONTEXT_WORDS) * sizeof(uintptr_t);
    ptrdiff_t inside = at - (const char *)f->context;
    if (inside >= 0 && inside < (ptrdiff_t)sizeof context) return (const char *)&context + inside;
    return at >= low && at < context.base ? copy + sizeof copy - (context.base - at) : p;
}

const Context *fiber_context(const Fiber *f, Context *room) {
    if (f->image == NULL) return f->context;
    *room = (Context){0};
    unpack(f, (Words){(uintptr_t *)(void *)room, NULL, 0}, CONTEXT_WORDS);
    return room;
}

Segment *fiber_segment(const Fiber *f) {
    Context room;
    return f->image == NULL || f->image->deep ? fiber_context(f, &room)->stack.segment : NULL;
}

void fiber_image(const Fiber *f, void (*push)(const void *low, const void *high)) {
    const Image *image = f->image;
    const uint64_t *own = image->part + bit_words(image->words);
    push(own, own + image->own);
    const char *sp = f->sp; /* its segments stay where they are */
    for (const Segment *g = fiber_segment(f); g != NULL; g = g->outer) {
        push(sp, g);
        sp = g->sp;
    }
}

void place_model(const Fiber *f, void (*push)(const void *low, const void *high)) {
    const Model *m = model_of(f);
    if (m != NULL) push(m->word, m->word + m->words);
}

void place_models(void (*push)(const void *low, const void *high)) {
    uint32_t n = place_count();
    for (uint32_t i = 0; i < n; i++) {
        for (const Model *m = place_at(i)->models; m != NULL; m = m->next)
            push(m->word, m->word + m->words);
    }
}

/* ---- under the place's lock ---- */

static bool may_move(const Fiber *f) {
    /* acquire: with the release in fiber_leave */
    return !atomic_load_explicit(&f->busy, memory_order_acquire) && f->waiter.what != 0 &&
           !f->waiter.pinned && f->context->base != NULL;
}

static Fiber *queue_take(Place *p) {
    Fiber *f = p->queue;
    if (f != NULL) p->queue = fiber_next(f);
    return f;
}

static void queue_add(Place *p, Fiber *f) {
    fiber_link(f, NULL);
    if (p->queue == NULL) {
        p->queue = f;
    } else {
        fiber_link(p->tail, f);
    }
    p->tail = f;
}

/* ---- going on and leaving ---- */

bool place_enter(Fiber *f) {
    Place *p = place_of(f);
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
    Place *p = place_of(f);
    Fiber *next = NULL;
    lock_take(&p->lock);
    atomic_store_explicit(&f->busy, false, memory_order_release);
    if (may_move(f)) next = queue_take(p);
    lock_drop(&p->lock);
    if (next != NULL) sched_ready(next);
}

bool place_quit(Fiber *f) {
    Place *p = place_of(f);
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
    if (!may_move(h)) return false;
    if (homes > 1) return p->kind == kind;
    const Context *c = h->context;
    return c->run != NULL && c->run->desc != NULL && c->run->desc->site == kind &&
           c->base - used_from(h) <= (ptrdiff_t)RT_IMAGE_MAX;
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
