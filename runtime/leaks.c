/* leaks.c - tasks that can never run again, found on demand: Task.leaks().
 * A waiting task goes on only if somebody reaches what it waits for, and everything one can wait
 * for holds the address of the waiter, which lies in the descriptor of its stack. So while a
 * collection has the world stopped, all that running and ready tasks can reach is walked, word by
 * word: a waiting task whose descriptor, stack or deque is met may go on, and what it reaches is
 * walked too. Waits for time, sockets and blocking calls end by themselves. Tasks that are not
 * met can never go on.
 * Who has won a wait has closed it before, and a closed one counts as going on; so waiters need not
 * be looked for on stacks, which are full of old addresses of other stacks. For all else the walk
 * is conservative as the collector is: an old word may hide a leak, and none is invented. It
 * allocates from the system alone, since threads may be stopped inside malloc. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "fork.h"
#include "gc.h"
#include "inject.h"
#include "lock.h"
#include "native.h"
#include "report.h"
#include "sched.h"
#include "task.h"

typedef struct Area { /* memory that belongs to a fiber: its deque, parts of its stack */
    const char *low, *high;
    Fiber *fiber;
} Area;

typedef struct Range {
    const char *low, *high;
    bool links; /* lists of waiters lead through it */
} Range;

enum { CHUNK = 16 };                 /* areas are found by their addresses in units of 64 KB */
static uintptr_t *met;               /* objects: a hash table */
static size_t met_room, met_count;
static Range *todo;
static size_t todo_room, todo_count;
static Area *areas;                  /* a hash table by unit */
static size_t area_room, area_count;
static bool *alive;                  /* by number of the fiber; main's is the last */
static Fiber **lost;
static int64_t lost_count;
static size_t lost_room;

static void *room(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    CHECK(p != MAP_FAILED);
    return p;
}

static size_t slot_of(uintptr_t key, size_t size) {
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (size - 1);
}

/* ---- what was met ---- */

static void met_put(uintptr_t p) {
    size_t i = slot_of(p, met_room);
    while (met[i] != 0) i = (i + 1) & (met_room - 1);
    met[i] = p;
}

/* False: before. */
static bool met_add(uintptr_t p) {
    size_t i = slot_of(p, met_room);
    for (; met[i] != 0; i = (i + 1) & (met_room - 1)) {
        if (met[i] == p) return false;
    }
    met[i] = p;
    if (++met_count * 2 < met_room) return true;
    uintptr_t *old = met;
    size_t n = met_room;
    met_room *= 4;
    met = room(met_room * sizeof *met);
    for (i = 0; i < n; i++) {
        if (old[i] != 0) met_put(old[i]);
    }
    munmap(old, n * sizeof *old);
    return true;
}

static void walk_later(const void *low, const void *high, bool links) {
    if (todo_count == todo_room) {
        void *p = mremap(todo, todo_room * sizeof *todo, 2 * todo_room * sizeof *todo,
                         MREMAP_MAYMOVE);
        CHECK(p != MAP_FAILED);
        todo = p;
        todo_room *= 2;
    }
    todo[todo_count++] = (Range){low, high, links};
}

static void walk_memory(const void *low, const void *high) { walk_later(low, high, false); }
static void walk_links(const void *low, const void *high) { walk_later(low, high, true); }

/* ---- memory of fibers ---- */

static void area_put(const void *low, const void *high, Fiber *f) {
    for (uintptr_t unit = (uintptr_t)low >> CHUNK; unit <= ((uintptr_t)high - 1) >> CHUNK; unit++) {
        size_t i = slot_of(unit, area_room);
        while (areas[i].fiber != NULL) i = (i + 1) & (area_room - 1);
        areas[i] = (Area){low, high, f};
    }
}

static void areas_of(Fiber *f, void (*put)(const void *low, const void *high, Fiber *f)) {
    if (atomic_load_explicit(&f->state, memory_order_relaxed) != FIBER_USED) return;
    const Deque *d = fork_deque(f);
    if (d != NULL) put(d->slots, d->end, f);
    for (Segment *g = fiber_segment(f); g != NULL; g = g->outer) put(g->low, g + 1, f);
}

static void area_count_one(const void *low, const void *high, Fiber *f) {
    (void)f;
    area_count += (((uintptr_t)high - 1) >> CHUNK) - ((uintptr_t)low >> CHUNK) + 1;
}

static void count_areas(Fiber *f) { areas_of(f, area_count_one); }
static void put_areas(Fiber *f) { areas_of(f, area_put); }

static Fiber *area_at(uintptr_t p) {
    const char *at = (const char *)p;
    for (size_t i = slot_of(p >> CHUNK, area_room); areas[i].fiber != NULL;
         i = (i + 1) & (area_room - 1)) {
        if (at >= areas[i].low && at < areas[i].high) return areas[i].fiber;
    }
    return NULL;
}

/* ---- the walk ---- */

static bool in_scope(const Fiber *f) {
    Context room;
    const Context *c = fiber_context(f, &room);
    return c->panic.scope != NULL && c->panic.masked == 0;
}

/* It goes on by itself or already, or its scope can abort it. */
static bool goes_on(const Fiber *f) {
    const Waiter *w = fiber_wait(f);
    return w == NULL || (atomic_load_explicit(&w->token, memory_order_relaxed) & 1) == 0 ||
           w->when != 0 || w->kind == WAIT_FD || w->kind == WAIT_END || in_scope(f);
}

static void wake(Fiber *f) {
    bool *seen = &alive[fiber_number(f)];
    if (*seen || atomic_load_explicit(&f->state, memory_order_relaxed) != FIBER_USED) return;
    *seen = true;
    gc_fiber_roots(f, walk_memory);
    walk_links(&f->waiter.node, &f->waiter.node + 1); /* others wait in the same list */
}

static bool on_stack(const Fiber *f, const char *p) {
    const Stack *s = &f->context->stack;
    const char *low = s->low != NULL ? s->low : f->sp;
    return p >= low && p + sizeof(WaitNode) <= s->high && ((uintptr_t)p & 7) == 0;
}

/* Stacks are full of old addresses of other stacks; only lists of waiters mean them. */
static void look_at(uintptr_t p, bool links) {
    p &= ~FUTURE_MARKED; /* the word of a future leads to its waiters */
    Fiber *f = fiber_holding((const void *)p);
    bool node = f != NULL && (uintptr_t)f != p; /* the address itself is no node of a wait */
    if (f == NULL) {
        f = fiber_at((const void *)p);
        node = f != NULL && on_stack(f, (const char *)p);
    }
    if (f != NULL) {
        if (!node || !links) return;
        wake(f);
        if (met_add(p)) walk_links((void *)p, (WaitNode *)p + 1);
        return;
    }
    if ((f = area_at(p)) != NULL) {
        wake(f);
        return;
    }
    size_t size;
    bool traced;
    char *object = gc_object((void *)p, &size, &traced);
    if (object == NULL || !met_add((uintptr_t)object)) return;
    /* one that is not traced may be a future: its first word leads to its waiters */
    walk_links(object, object + (traced ? size : sizeof(wyn_future)));
}

__attribute__((no_sanitize("address"))) static void walk(void) { /* as push_eager in gc.c */
    while (todo_count > 0) {
        Range r = todo[--todo_count];
        uintptr_t p = ((uintptr_t)r.low + 7) & ~(uintptr_t)7;
        for (; p + sizeof(uintptr_t) <= (uintptr_t)r.high; p += sizeof(uintptr_t)) {
            uintptr_t v = *(const volatile uintptr_t *)p;
            if (v > 4096) look_at(v, r.links);
        }
    }
}

static void start(Fiber *f) {
    if (atomic_load_explicit(&f->state, memory_order_relaxed) == FIBER_USED && goes_on(f)) wake(f);
}

static void finish(Fiber *f) {
    if (atomic_load_explicit(&f->state, memory_order_relaxed) == FIBER_USED &&
        !alive[fiber_number(f)])
        lost[lost_count++] = f;
}

extern char __data_start[], _end[]; /* of the linker: static data */

/* Without what is no root by itself: main's descriptor and a first worker. */
static void walk_static(void) {
    const char *low = __data_start;
    while (low < (const char *)_end) {
        const char *high = _end, *next = _end;
        for (int i = -1; i < worker_count; i++) {
            const char *from = i < 0 ? (const char *)&main_fiber : (const char *)workers[i];
            const char *to = i < 0 ? from + sizeof main_fiber : from + sizeof *workers[i];
            if (from < low || from >= high) continue;
            high = from;
            next = to;
        }
        walk_links(low, high);
        low = next;
    }
}

static void walk_worker(Worker *w) {
    uint32_t h = atomic_load_explicit(&w->ring.head, memory_order_relaxed);
    uint32_t t = atomic_load_explicit(&w->ring.tail, memory_order_relaxed);
    for (; h != t; h++) {
        void *slot = &w->ring.slot[h % RT_RING];
        walk_links(slot, (char *)slot + sizeof(uintptr_t));
    }
    walk_links(&w->lifo, &w->lifo + 1);
    walk_links(&w->handoff, &w->handoff + 1);
    if (w->self != NULL) wake(w->self); /* else it has never been started */
    if (w->commit != NULL) wake(w->commit_from);
}

static void look(void) {
    size_t n = (size_t)fiber_made() + 1;
    alive = room(n * sizeof *alive);
    lost_room = n * sizeof *lost;
    lost = room(lost_room);
    met_room = 1 << 16;
    met_count = todo_count = area_count = 0;
    met = room(met_room * sizeof *met);
    todo_room = 1 << 14;
    todo = room(todo_room * sizeof *todo);
    fiber_each(count_areas);
    for (area_room = 64; area_room < 2 * area_count; area_room *= 2) continue;
    areas = room(area_room * sizeof *areas);
    fiber_each(put_areas);

    walk_static();
    for (int i = 0; i < worker_count; i++) walk_worker(workers[i]);
    inject_walk(walk_links);
    gc_registers(walk_memory);
    fiber_each(start);
    walk();
    lost_count = 0;
    fiber_each(finish);
    report_collect(lost, lost_count);

    munmap(areas, area_room * sizeof *areas);
    munmap(todo, todo_room * sizeof *todo);
    munmap(met, met_room * sizeof *met);
    munmap(alive, n * sizeof *alive);
}

wyn_array *wyn_task_leaks(void) {
    static uint32_t lock; /* held long: it is rare */
    lock_take(&lock);
    lost_count = 0;
    bool looked = gc_look(look);
    if (!looked) report_collect(NULL, 0);
    wyn_array *lines = report_lines();
    if (looked) munmap(lost, lost_room);
    lock_drop(&lock);
    return lines;
}
