/* place.c - moving the bytes of waiting stacks out of their place and back; see place.h. */
#define _GNU_SOURCE
#include "place.h"

#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/mman.h>
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

/* A stack in words: those of its memory up to the base, then those of its context. Models count
 * them from the end, so that deeper stacks of a kind have the same words. */
typedef struct Words {
    uintptr_t *stack, *context;
    uint32_t n, deep; /* all; those of its memory */
} Words;

enum { CONTEXT_WORDS = sizeof(Context) / sizeof(uintptr_t) };

static inline uintptr_t *word_at(Words v, uint32_t i) {
    return i < v.deep ? v.stack + i : v.context + (i - v.deep);
}

static Words words_of(const Fiber *f) {
    char *low = used_from(f);
    uint32_t deep = (uint32_t)((size_t)(f->context->base - low) / sizeof(uintptr_t));
    return (Words){(uintptr_t *)(void *)low, (uintptr_t *)(void *)f->context,
                   deep + CONTEXT_WORDS, deep};
}

/* What is expected of a stack there, as one looked, since most tasks of a kind wait at the same
 * line: at each word what the model has, or what is as far from the own descriptor, or the same as
 * at another word. Two words count as the same only when they are equal: the collector sees one of
 * them alone. */
typedef struct Guess {
    uint16_t at, from; /* of the model's words; from: itself, if the word is near the descriptor */
} Guess;

struct Model {
    Model *next;
    uint32_t words, of; /* it has; of the stack that it was made from */
    uint32_t images;
    uint16_t guesses, number; /* among those of the place */
    uintptr_t word[];         /* near the descriptor: the distance; then the guesses */
};

enum { MODELS = 4, MODEL_WORDS = 2048, MODEL_LOOKS = 64 };

static Guess *guesses_of(const Model *m) { return (Guess *)(void *)(m->word + m->words); }

static Model *model_make(Words v, const Fiber *f) {
    uint32_t n = v.n < MODEL_WORDS ? v.n : MODEL_WORDS, seen = 0;
    uint16_t first[MODEL_LOOKS]; /* words that may be met again */
    Model *m = malloc(sizeof *m + n * (sizeof m->word[0] + sizeof(Guess)));
    if (m == NULL) return NULL;
    *m = (Model){.words = n, .of = v.n};
    for (uint32_t i = n; i-- > 0;) {
        uintptr_t w = *word_at(v, v.n - n + i);
        Guess *g = guesses_of(m) + m->guesses;
        uint32_t k = 0;
        m->word[i] = w;
        if (w < RT_PAGE) continue; /* a number */
        *g = (Guess){(uint16_t)i, (uint16_t)i};
        if (w - (uintptr_t)f < sizeof *f) {
            m->word[i] = w - (uintptr_t)f;
            m->guesses++;
            continue;
        }
        while (k < seen && m->word[first[k]] != w) k++;
        if (k < seen) {
            g->from = first[k];
            m->word[i] = 0;
            m->guesses++;
        } else if (seen < MODEL_LOOKS) {
            first[seen++] = (uint16_t)i;
        }
    }
    return m;
}

typedef struct Image {
    uint16_t words, own;
    uint8_t model;
    bool deep;       /* the stack has segments */
    uint64_t part[]; /* a bit for each own word, then those */
} Image;

static uint32_t bit_words(uint32_t n) { return (n + 63) / 64; }
static bool bit_of(const uint64_t *bits, uint32_t i) { return (bits[i / 64] >> i % 64 & 1) != 0; }

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
    m->number = (uint16_t)__builtin_ctz(~taken);
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

/* To `want`, as long as the stack, which is in place: what is expected of it. What no model knows
 * is expected to be something else. */
static void expect(const Model *m, Words v, const Fiber *f, uintptr_t *want) {
    uint32_t same = m == NULL ? 0 : m->words < v.n ? m->words : v.n, new = v.n - same;
    for (uint32_t i = 0; i < new; i++) want[i] = ~*word_at(v, i);
    if (m == NULL) return;
    uint32_t skip = m->words - same; /* words of a deeper stack */
    memcpy(want + new, m->word + skip, same * sizeof *want);
    const Guess *g = guesses_of(m), *end = g + m->guesses;
    for (; g < end && g->at >= skip; g++) {
        want[g->at - skip + new] = g->from == g->at ? m->word[g->at] + (uintptr_t)f
                                                    : *word_at(v, g->from - skip + new);
    }
}

/* The words from the i-th on that are not as they are wanted: to own, and a bit for each. */
static inline uint32_t differ(const uintptr_t *p, const uintptr_t *want, uint32_t n, uint32_t i,
                              uint64_t *bits, uint64_t *own) {
    uint32_t found = 0;
    for (uint32_t k = 0; k < n; k++, i++) {
        bool is = p[k] != want[k];
        bits[i / 64] |= (uint64_t)is << i % 64;
        own[found] = p[k];
        found += is;
    }
    return found;
}

/* To a stack from its image. */
static void unpack(const Fiber *f, const Image *image, Words v) {
    const Model *m = model_of(f);
    uint32_t same = m == NULL ? 0 : m->words < v.n ? m->words : v.n, new = v.n - same;
    uint32_t skip = m == NULL ? 0 : m->words - same;
    const uint64_t *own = image->part + bit_words(v.n);
    if (same >= CONTEXT_WORDS) {
        const uintptr_t *context = m->word + m->words - CONTEXT_WORDS;
        memcpy(v.stack + new, m->word + skip, (same - CONTEXT_WORDS) * sizeof *context);
        memcpy(v.context, context, sizeof(Context));
    }
    for (uint32_t i = 0; i < bit_words(v.n); i++) {
        for (uint64_t bits = image->part[i]; bits != 0; bits &= bits - 1)
            *word_at(v, 64 * i + (uint32_t)__builtin_ctzll(bits)) = *own++;
    }
    if (m == NULL) return;
    const Guess *g = guesses_of(m), *end = g + m->guesses;
    for (; g < end && g->at >= skip; g++) {
        uint32_t i = g->at - skip + new;
        if (bit_of(image->part, i)) continue;
        *word_at(v, i) = g->from == g->at ? m->word[g->at] + (uintptr_t)f
                                          : *word_at(v, g->from - skip + new);
    }
}

enum { AT_ONCE = 256 };

static Image *image_make(Words v, const Model *m, const Fiber *f, uint64_t *room) {
    uintptr_t *want = room, *bits = want + v.n;
    uint64_t *own = bits + bit_words(v.n);
    memset(bits, 0, bit_words(v.n) * sizeof *bits);
    expect(m, v, f, want);
    uint32_t n = differ(v.stack, want, v.deep, 0, bits, own);
    n += differ(v.context, want + v.deep, CONTEXT_WORDS, v.deep, bits, own + n);
    size_t size = (bit_words(v.n) + n) * sizeof(uint64_t);
    Image *image = malloc(sizeof *image + size);
    if (image == NULL) return NULL;
    *image = (Image){(uint16_t)v.n, (uint16_t)n, m == NULL ? MODELS : (uint8_t)m->number,
                     f->context->stack.segment != NULL};
    memcpy(image->part, bits, size);
    return image;
}

static bool move_out(Fiber *f) {
    Place *p = place_of(f);
    Words v = words_of(f);
    Model *m = model_for(p, v, f);
    uint64_t few[2 * AT_ONCE + AT_ONCE / 64], *room = few;
    if (v.n > AT_ONCE) room = malloc((2 * v.n + bit_words(v.n)) * sizeof *room);
    CHECK(p->base == NULL || p->base == f->context->base);
    p->base = f->context->base;
    Image *image = room == NULL ? NULL : image_make(v, m, f, room);
    if (room != few) free(room);
    if (image == NULL) return false;
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
    uint32_t deep = image->words - CONTEXT_WORDS;
    uintptr_t *base = (uintptr_t *)(void *)p->base;
    Words v = {base - deep, (uintptr_t *)(void *)&p->context, image->words, deep};
    Model *m = model_of(f);
    unpack(f, image, v);
    atomic_signal_fence(memory_order_seq_cst);
    f->image = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    free(image);
    if (m != NULL && --m->images == 0) model_drop(p, m);
}

/* The base of a copy, which is no static data: nothing is kept by it. */
static const char *copy_of(const Fiber *f, Context *context) {
    static char *copy;
    if (copy == NULL) /* the world may stand still, and a thread inside malloc */
        copy = mmap(NULL, RT_TASK_STRIDE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(copy != MAP_FAILED);
    uint32_t deep = f->image->words - CONTEXT_WORDS;
    uintptr_t *base = (uintptr_t *)(void *)(copy + RT_TASK_STRIDE);
    unpack(f, f->image, (Words){base - deep, (uintptr_t *)(void *)context, f->image->words, deep});
    return copy + RT_TASK_STRIDE;
}

const void *fiber_view(const Fiber *f, const void *p) {
    static Context context;
    if (f->image == NULL) return p;
    const char *base = copy_of(f, &context), *at = p;
    const char *low = context.base - (f->image->words - CONTEXT_WORDS) * sizeof(uintptr_t);
    ptrdiff_t inside = at - (const char *)f->context;
    if (inside >= 0 && inside < (ptrdiff_t)sizeof context) return (const char *)&context + inside;
    return at >= low && at < context.base ? base - (context.base - at) : p;
}

const Context *fiber_context(const Fiber *f, Context *room) {
    if (f->image == NULL) return f->context;
    copy_of(f, room);
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
    for (int i = 0; i < 2 * RT_PLACE_LOOKS; i++) {
        uint32_t n = atomic_fetch_add_explicit(&hand, 1, memory_order_relaxed);
        uint32_t all = place_count();
        uint32_t some = i < RT_PLACE_LOOKS && all > RT_PLACES_WARM ? RT_PLACES_WARM : all;
        Place *p = place_at(all - 1 - n % some);
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
