/* gc.c - memory, and the collector among switching stacks. The only file that includes <gc.h>.
 *
 * Small objects come from a worker's lists (wyn_inline.h) refilled here a block at a time. Traced
 * lists are pushed as roots; pointer-free ones are linked through memory that is not scanned, so
 * their cells are marked one by one. libgc stores a refill in the worker's list head before it
 * lets other threads collect, so no list is ever held by a local alone. Interior pointers from the
 * heap do not keep objects (stacks and registers may point inside); buffers have a slop byte for
 * one-past-the-end pointers. Nothing starts before the first allocation.
 *
 * Collections while stacks are switched cost nothing per switch. The suspend handler is wrapped
 * and runs on an alternate stack: it notes the interrupted stack pointer, whose address tells on
 * which stack the thread was at any instruction. With the world stopped, push_roots tells libgc
 * the stack each handler runs on (where the registers are), and pushes the interrupted stacks from
 * their noted pointers and all others from their saved ones. The collecting thread is always on
 * its system stack, since libgc is entered nowhere else once tasks exist. A thread in
 * gc_blocking is not signalled; its stack was saved on the way there. */
#define _GNU_SOURCE
#include "gc.h"
#include "native.h"

#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "config.h"
#include "fork.h"
#include "inject.h"
#include "place.h"
#include "sched.h"

typedef struct GcThread {
    void *handle;             /* libgc's; set last */
    char *bottom;             /* of the system stack */
    char *system;             /* where it is free */
    char *alternate;          /* lower end */
    char *volatile at;        /* interrupted stack pointer, less the red zone */
    char *volatile handler;   /* an address in the handler's frame */
    volatile bool stopped;
} GcThread;

static bool gc_started, threads_started;
static char *stack_bottom, *system_free, *system_bottom;
static _Atomic(void *) oom_reserve;
static GC_push_other_roots_proc previous_roots;

/* ---- roots ---- */

static size_t pushed; /* bytes of roots in this collection */

/* It reads what the address checker has forbidden to others. */
__attribute__((no_sanitize("address"))) static void push_eager(const void *low,
                                                               const void *high) {
    pushed += (size_t)((const char *)high - (const char *)low);
    /* most words are no addresses of the heap: that is seen here, without a call */
    GC_word least = (GC_word)GC_least_plausible_heap_addr;
    GC_word most = (GC_word)GC_greatest_plausible_heap_addr;
    for (const GC_word *p = low; p < (const GC_word *)high; p++) {
        if (*p - least < most - least) GC_push_all_eager((void *)p, (void *)(p + 1));
    }
}

static void (*visit)(const void *low, const void *high) = push_eager; /* or another's, gc.h */

static void push(const void *low, const void *high) { visit(low, high); }

static void set_bottom(const GcThread *t, char *bottom) {
    struct GC_stack_base base = {.mem_base = bottom};
    GC_set_stackbottom(t->handle, &base);
}

/* Where others spawn what this worker runs, it gives objects back to lists from which it takes
 * none: they would grow for ever. What is more than a page goes back to the collector, each for
 * itself, as old words point into the middle. Who was stopped in taking or giving one holds the
 * first two at most. */
static void list_cut(void **p, size_t size) {
    for (size_t n = RT_PAGE / size; p != NULL && n > 1; n--) p = *p;
    while (p != NULL) {
        void **next = *p;
        *p = NULL;
        p = next;
    }
}

static void push_worker(Worker *w) {
    for (size_t i = 1; i < COUNT_OF(w->local.lists[0]); i++) {
        list_cut(w->local.lists[WYN_MEM_TRACED][i], 16 * i);
        list_cut(w->local.lists[WYN_MEM_ATOMIC][i], 16 * i);
    }
    push(w->local.lists[WYN_MEM_TRACED], w->local.lists[WYN_MEM_TRACED] + WYN_SMALL_MAX / 16 + 1);
    for (size_t i = 0; i < COUNT_OF(w->local.lists[0]); i++) {
        for (void *p = w->local.lists[WYN_MEM_ATOMIC][i]; p != NULL; p = *(void **)p)
            GC_set_mark_bit(p);
    }
    push((void *)w->ring.slot, (void *)(w->ring.slot + RT_RING));
    push((void *)&w->handoff, (void *)(&w->handoff + 1));
}

static Fiber *interrupted[RT_WORKERS_MAX];
static int interrupted_count;

/* From sp up, part by part. */
static void push_stack(const Stack *s, void *sp) {
    Segment *g = s->segment;
    char *low, *high;
    while (stack_part(s, sp, &g, &low, &high)) {
        push(sp, high);
        if (g == NULL) return;
        sp = g->sp;
        g = g->outer;
    }
}

/* The fiber whose stack a thread was stopped on: by its address, or if that is a segment's, the one
 * it runs or is just leaving. */
static Fiber *interrupted_fiber(const Worker *w, void *at) {
    Fiber *f = fiber_at(at);
    Fiber *const maybe[] = {w->self, w->commit_from};
    for (int i = 0; i < 2 && f == NULL; i++) {
        char *low, *high;
        const Context *c = maybe[i] == NULL ? NULL : maybe[i]->context;
        Segment *g = c == NULL ? NULL : c->stack.segment;
        if (g != NULL && stack_part(&c->stack, at, &g, &low, &high)) f = maybe[i];
    }
    return f;
}

/* Sets what libgc scans of a worker's thread, and pushes the stack it was interrupted on. */
static void push_thread(Worker *w, bool collecting) {
    GcThread *t = w->gc;
    if (t == NULL || t->handle == NULL) return;
    if (collecting || !t->stopped) {
        set_bottom(t, t->bottom);
        return;
    }
    bool alternate = t->handler >= t->alternate && t->handler < t->alternate + RT_ALT_STACK;
    set_bottom(t, alternate ? t->alternate + RT_ALT_STACK : t->bottom);
    Fiber *f = interrupted_fiber(w, t->at);
    if (f == NULL) {
        if (alternate) push(t->at, t->bottom);
        return;
    }
    interrupted[interrupted_count++] = f;
    push_stack(&f->context->stack, t->at);
}

static void push_fiber(Fiber *f) {
    const Deque *d = fork_deque(f);
    if (d != NULL) push(d->slots, fork_traced(d));
    push(f->waiter.value, f->waiter.value + WAIT_VALUE); /* handed over, not yet taken */
    push(&f->waiter.node.slot, &f->waiter.node.slot + 1); /* a larger value */
    if (atomic_load_explicit(&f->state, memory_order_relaxed) != FIBER_USED) return;
    if (f->image != NULL) {
        fiber_image(f, push);
        return;
    }
    push(f->context, f->context + 1);
    for (int i = 0; i < interrupted_count; i++) {
        if (interrupted[i] == f) return;
    }
    if (f->sp != NULL) push_stack(&f->context->stack, f->sp);
}

static void (*world_look)(void); /* to be called once while the world is stopped */

static void push_roots(void) {
    for (int i = 0; i < worker_count; i++) push_worker(workers[i]);
    if (threads_started) {
        interrupted_count = 0;
        for (int i = 0; i < worker_count; i++) push_thread(workers[i], workers[i] == worker_self());
        pushed = 0;
        fiber_each(push_fiber);
        place_models(push);
        /* libgc paces itself by the heap alone: many waiting tasks are to be paid for as well */
        GC_set_min_bytes_allocd(pushed > RT_MB ? 2 * pushed : 1);
        inject_walk(push);
        if (world_look != NULL) {
            world_look();
            world_look = NULL;
        }
    }
    if (previous_roots != NULL) previous_roots();
    for (int i = 0; i < worker_count && threads_started; i++) {
        GcThread *t = workers[i]->gc;
        if (t != NULL && t->handle != NULL) set_bottom(t, t->bottom);
    }
}

bool gc_look(void (*look)(void)) {
    if (!threads_started) return false;
    world_look = look;
    gc_collect();
    return world_look == NULL;
}

void gc_fiber_roots(Fiber *f, void (*see)(const void *low, const void *high)) {
    visit = see;
    push_fiber(f);
    if (f->image != NULL) place_model(f, push);
    for (int i = 0; i < worker_count; i++) {
        const GcThread *t = workers[i]->gc;
        if (t != NULL && t->stopped && interrupted_fiber(workers[i], t->at) == f)
            push_stack(&f->context->stack, t->at);
    }
    visit = push_eager;
}

void gc_registers(void (*see)(const void *low, const void *high)) {
    for (int i = 0; i < worker_count; i++) {
        const GcThread *t = workers[i]->gc;
        if (t != NULL && t->stopped && t->handler >= t->alternate &&
            t->handler < t->alternate + RT_ALT_STACK)
            see(t->handler, t->alternate + RT_ALT_STACK);
    }
}

char *gc_object(const void *p, size_t *size, bool *traced) {
    char *base = GC_base((void *)(uintptr_t)p);
    if (base != NULL) *traced = GC_get_kind_and_size(base, size) != GC_I_PTRFREE;
    return base;
}

/* ---- threads ---- */

static void (*suspend)(int, siginfo_t *, void *);

static void on_suspend(int number, siginfo_t *info, void *context) {
    Worker *w = worker_self();
    GcThread *t = w == NULL ? NULL : w->gc;
    if (t == NULL) {
        suspend(number, info, context);
        return;
    }
#ifdef __x86_64__
    t->at = (char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP] - 128;
#endif
    t->handler = __builtin_frame_address(0);
    t->stopped = true;
    suspend(number, info, context);
    t->stopped = false;
}

static void gc_start(void);

static GcThread *thread_new(Worker *w, char *bottom, char *system) {
    GcThread *t = calloc(1, sizeof *t);
    if (t == NULL) wyn_no_memory("a thread");
    t->bottom = bottom;
    t->system = system;
    w->gc = t;
    return t;
}

void gc_threads_start(void) {
    if (!gc_started) gc_start();
    GC_allow_register_threads();
    struct sigaction action;
    int number = GC_get_suspend_signal();
    sigaction(number, NULL, &action);
    suspend = action.sa_sigaction;
    action.sa_sigaction = on_suspend;
    action.sa_flags |= SA_ONSTACK | SA_SIGINFO;
    sigaction(number, &action, NULL);
    stack_signals(number);
    if (system_free == NULL) { /* main is on it: another one serves instead */
        char *p = mmap(NULL, RT_MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        system_bottom = p + RT_MB;
        system_free = system_bottom - 64;
    }
    GcThread *t = thread_new(worker_self(), system_bottom, system_free);
    struct GC_stack_base base;
    void *handle = GC_get_my_stackbottom(&base);
    t->handle = handle;
    set_bottom(t, t->bottom);
    stack_alternate(&t->alternate);
    threads_started = true;
}

void gc_thread_enter(Worker *w) {
    struct GC_stack_base base;
    GC_get_stack_base(&base);
    char *here = __builtin_frame_address(0);
    GcThread *t = thread_new(w, base.mem_base, (char *)((uintptr_t)(here - 4096) & ~(uintptr_t)63));
    GC_register_my_thread(&base);
    void *handle = GC_get_my_stackbottom(&base);
    t->bottom = base.mem_base;
    atomic_signal_fence(memory_order_seq_cst);
    t->handle = handle;
    stack_alternate(&t->alternate); /* after it: push_thread must know where handlers run */
}

void *gc_system_stack(const Worker *w) { return w->gc->system; }

void gc_blocking(void *(*fn)(void *), void *arg) { GC_do_blocking(fn, arg); }

/* fn(arg) where libgc may be entered. */
static __attribute__((noinline)) void on_system(void (*fn)(void *), void *arg) {
    if (!threads_started) {
        if (main_fiber.context->stack.segment == NULL) {
            fn(arg);
            return;
        }
        sched_start(); /* libgc knows main's own stack only */
    }
    Worker *w = worker_self();
    fiber_call_system(fn, arg, w->gc->system, w->self);
}

/* ---- allocation ---- */

typedef struct Request {
    size_t size;
    bool pointers, root;
    void **list;
    void *p;
} Request;

static void *no_memory(size_t size) {
    (void)size;
    return NULL;
}

static _Noreturn void out_of_memory(void) {
    void *p = atomic_exchange(&oom_reserve, NULL); /* one of several who find the end */
    if (p != NULL) on_system(GC_free, p);
    panic_no_memory();
}

static void warn_nothing(char *format, GC_word arg) {
    (void)format;
    (void)arg;
}

/* Huge pages for what the heap has just grown by, if it lies lowest, as it does: touching 80 MB
 * for the first time takes 5 ms in place of 70, and look-ups in large maps miss the TLB less.
 * The collector tells the size only, and a bound below its heap. */
static void heap_grown(GC_word size) {
    static GC_word before;
    static char *lowest;
    GC_word by = size - before;
    if (before > 0 && by < RT_HUGE_PAGES) {
        before = size;
        return;
    }
    GC_word bound = (GC_word)GC_least_plausible_heap_addr;
    char *low = (char *)((bound + RT_PAGE - 1) & ~(RT_PAGE - 1));
    while (!GC_is_heap_ptr(low)) low += RT_PAGE;
    if (before > 0 && low < lowest) madvise(low, by, MADV_HUGEPAGE);
    before = size;
    lowest = low;
}

static void on_event(GC_EventType event) {
    if (event == GC_EVENT_PRE_STOP_WORLD) observe_pause(true);
    if (event == GC_EVENT_POST_START_WORLD) observe_pause(false);
}

static void gc_start(void) {
    gc_started = true;
    GC_set_all_interior_pointers(0);
    GC_set_markers_count(1);
    GC_set_free_space_divisor(1);
    GC_set_finalize_on_demand(1);
    GC_set_handle_fork(1);
    GC_set_warn_proc(warn_nothing);
    GC_set_dont_precollect(1); /* the stack is not what GC_INIT thinks until it is told below */
    GC_INIT();
    for (size_t i = 1; i < RT_COLOURS; i++) GC_register_displacement(i * RT_CACHE_LINE);
    GC_set_oom_fn(no_memory);
    if (stack_bottom != NULL) {
        struct GC_stack_base base = {.mem_base = stack_bottom};
        GC_set_stackbottom(NULL, &base);
    }
    GC_expand_hp(RT_HEAP_START);
    heap_grown(GC_get_heap_size());
    GC_set_on_heap_resize(heap_grown);
    previous_roots = GC_get_push_other_roots();
    GC_set_push_other_roots(push_roots);
    if (observe_wanted()) GC_set_on_collection_event(on_event);
}

void gc_set_stack(void *bottom, void *system, void *end) {
    stack_bottom = bottom;
    system_free = system;
    system_bottom = end;
}

static void do_large(void *arg) {
    Request *r = arg;
    if (r->root) {
        r->p = GC_malloc_uncollectable(r->size);
    } else if (r->size >= RT_LARGE_OBJECT) {
        r->p = r->pointers ? GC_malloc_ignore_off_page(r->size)
                           : GC_malloc_atomic_ignore_off_page(r->size);
    } else {
        r->p = r->pointers ? GC_malloc(r->size) : GC_malloc_atomic(r->size);
    }
}

static void do_reserve(void *unused) {
    (void)unused;
    oom_reserve = GC_malloc_atomic(RT_OOM_RESERVE);
}

static void *alloc_large(size_t size, bool pointers, bool root) {
    Request r = {.size = size, .pointers = pointers, .root = root};
    if (!gc_started) gc_start();
    if (oom_reserve == NULL && size > RT_MB) on_system(do_reserve, NULL);
    on_system(do_large, &r);
    if (r.p == NULL) out_of_memory();
    return r.p;
}

typedef struct Weak {
    uintptr_t *slot;
    void *object;
} Weak;

static void do_weak(void *arg) {
    Weak *w = arg;
    *w->slot = GC_HIDE_POINTER(w->object);
    GC_general_register_disappearing_link((void **)w->slot, w->object);
}

void gc_weak_set(uintptr_t *slot, void *object) { on_system(do_weak, &(Weak){slot, object}); }

bool gc_weak_is_gone(uintptr_t *slot) { return *(volatile uintptr_t *)slot == 0; }

static void do_collect(void *unused) {
    (void)unused;
    GC_gcollect();
}

/* RT_HOSTILE or WYN_GC_EVERY=n: a collection at every few refills finds what nothing keeps. */
static unsigned collect_every(void) {
#ifdef RT_HOSTILE
    return RT_HOSTILE_COLLECT;
#else
    static int every = -1;
    if (every < 0) {
        const char *asked = getenv("WYN_GC_EVERY");
        every = asked == NULL ? 0 : atoi(asked);
    }
    return (unsigned)every;
#endif
}

static void do_refill(void *arg) {
    Request *r = arg;
    static _Atomic unsigned refills;
    unsigned every = collect_every();
    if (every != 0 && atomic_fetch_add(&refills, 1) % every == 0) GC_gcollect();
    if (*r->list == NULL)
        GC_generic_malloc_many(r->size, r->pointers ? GC_I_NORMAL : GC_I_PTRFREE, r->list);
}

void *wyn_alloc_slow(size_t size, int kind) {
    if (size > WYN_SMALL_MAX || !RT_BULK) return alloc_large(size, kind == WYN_MEM_TRACED, false);
    if (!gc_started) gc_start();
    size_t granules = size == 0 ? 1 : (size + 15) / 16;
    void **list = &wyn_worker()->lists[kind][granules];
    Request r = {.size = granules * 16, .pointers = kind == WYN_MEM_TRACED, .list = list};
    if (*list == NULL) on_system(do_refill, &r);
    if (*list == NULL) out_of_memory();
    void **p = (void **)*list;
    *list = *p;
    *p = NULL;
    return p;
}

void *gc_alloc(size_t size, bool pointers) {
    return wyn_alloc_kind(size, pointers ? WYN_MEM_TRACED : WYN_MEM_ATOMIC);
}

void *gc_alloc_root(size_t size) { return alloc_large(size, true, true); }

size_t gc_good_size(size_t size) {
    if (size <= 2048) return (size + 15) & ~(size_t)15;
    return (size + 4095) & ~(size_t)4095;
}

void gc_collect(void) {
    if (gc_started) on_system(do_collect, NULL);
}

/* ---- objects with an end ---- */

typedef struct Drop {
    void *object;
    void (*fn)(void *object);
} Drop;

static void drop_run(void *object, void *fn) { ((void (*)(void *))fn)(object); }

static void do_drop(void *arg) {
    const Drop *d = arg;
    if (GC_should_invoke_finalizers()) GC_invoke_finalizers();
    GC_register_finalizer_no_order(d->object, drop_run, (void *)d->fn, NULL, NULL);
}

static void do_drop_now(void *unused) {
    (void)unused;
    GC_gcollect();
    GC_invoke_finalizers();
}

void wyn_on_drop(void *object, void (*fn)(void *object)) {
    Drop d = {object, fn};
    on_system(do_drop, &d);
}

void wyn_drop_now(void) {
    if (gc_started) on_system(do_drop_now, NULL);
}

size_t gc_heap_size(void) { return gc_started ? GC_get_heap_size() : 0; }

uint64_t gc_count(void) { return gc_started ? GC_get_gc_no() : 0; }

void wyn_sys_gc(void) { gc_collect(); }
