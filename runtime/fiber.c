/* fiber.c - the stacks: one reserved arena, places and descriptors in dense arrays, pools.
 * Stack i occupies [base + i * stride, base + (i + 1) * stride); its high end is coloured, since
 * tops at the same offset would share the few sets of a cache: a ring of 1,000 waiting tasks ran
 * three times as long. */
#define _GNU_SOURCE
#include "fiber.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "config.h"
#include "fork.h"
#include "gc.h"
#include "lock.h"
#include "place.h"

static Place main_place = {.homes = 1, .here = &main_fiber};
Fiber main_fiber = {.state = FIBER_USED, .context = &main_place.context};

static char *arena;
static Place *places;
static Fiber *table;
static _Atomic uint32_t made;  /* fibers; release: with the acquire in fiber_each */
static _Atomic uint32_t built; /* places */
static uint32_t lock;          /* of the lists, and of making */
static Fiber *unused;          /* with a place of their own */
static Fiber *placeless;
static uint32_t places_max, fibers_max;
static uint32_t alone_max; /* places that are made although tasks of a kind could share */

#ifdef __x86_64__
/* void stack_call(void (*fn)(void *), void *arg, void *top, void **save); every register that
 * outlives the call is on the old stack before its sp is stored */
__asm__(".text\n"
        ".globl stack_call\n"
        ".hidden stack_call\n"
        ".type stack_call, @function\n"
        "stack_call:\n"
        "    pushq %rbp\n"
        "    movq %rsp, %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rcx)\n"
        "    movq %rdx, %rsp\n"
        "    movq %rdi, %rax\n"
        "    movq %rsi, %rdi\n"
        "    call *%rax\n"
        "    leaq -40(%rbp), %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size stack_call, . - stack_call\n");

/* Where a new stack begins: what registers have of another task would be kept in its frames. */
void stack_begin(void);
__asm__(".text\n"
        ".globl stack_begin\n"
        ".hidden stack_begin\n"
        ".type stack_begin, @function\n"
        "stack_begin:\n"
        "    popq %rax\n"
        "    xorl %ebx, %ebx\n"
        "    xorl %r12d, %r12d\n"
        "    xorl %r13d, %r13d\n"
        "    xorl %r14d, %r14d\n"
        "    xorl %r15d, %r15d\n"
        "    jmp *%rax\n"
        ".size stack_begin, . - stack_begin\n");
#else
#error "no stack switch for this machine yet"
#endif

void fiber_call_system(void (*fn)(void *), void *arg, void *top, Fiber *self) {
    stack_call(fn, arg, top, &self->sp);
}

static void *reserve(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static bool arena_make(void) {
    size_t size, fibers;
    char *p = NULL;
    for (uint32_t n = RT_TASKS_MAX; p == NULL; n /= 2) { /* less where address space is limited */
        if (n < 16) return false;
        places_max = n;
        fibers_max = n < RT_TASKS_MAX / 16 ? 16 * n : RT_TASKS_MAX;
        size = (size_t)n * RT_TASK_STRIDE + RT_PAGE_TABLE;
        fibers = (size_t)fibers_max * sizeof *table;
        p = reserve(size + fibers + (size_t)n * sizeof *places);
    }
    table = (Fiber *)(void *)(p + size); /* a page boundary */
    places = (Place *)(void *)(p + size + fibers);
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    alone_max = UINT32_MAX; /* they know what lies where on a stack */
#else
    const char *asked = getenv("WYN_STACKS"); /* for tests */
    int n = asked == NULL ? 0 : atoi(asked);
    alone_max = n > 0 ? (uint32_t)n : places_max / 2 < RT_PLACES ? places_max / 2 : RT_PLACES;
#endif
    madvise(p, size, MADV_NOHUGEPAGE);
    uintptr_t at = ((uintptr_t)p + RT_PAGE_TABLE - 1) & ~(uintptr_t)(RT_PAGE_TABLE - 1);
    arena = (char *)at;
    return true;
}

static size_t colour(uint32_t n) {
    return n % RT_LINE_COLOURS * RT_CACHE_LINE + n / RT_LINE_COLOURS % RT_PAGE_COLOURS * RT_PAGE;
}

Place *place_at(uint32_t i) { return &places[i]; }

uint32_t place_count(void) { return atomic_load_explicit(&built, memory_order_relaxed); }

void fiber_link(Fiber *f, const Fiber *next) {
    f->next = next == NULL ? 0 : (uint32_t)(next - table) + 1;
}

Fiber *fiber_next(const Fiber *f) { return f->next == 0 ? NULL : &table[f->next - 1]; }

/* A descriptor; under the lock. */
static Fiber *descriptor(void) {
    Fiber *f = placeless;
    if (f != NULL) {
        placeless = fiber_next(f);
        return f;
    }
    uint32_t n = atomic_load_explicit(&made, memory_order_relaxed);
    if (n == fibers_max) return NULL;
    atomic_store_explicit(&made, n + 1, memory_order_release);
    return &table[n];
}

Fiber *fiber_bind(Place *p) {
    uint32_t n = (uint32_t)(p - places);
    lock_take(&lock);
    Fiber *f = descriptor();
    lock_drop(&lock);
    if (f == NULL) return NULL;
    f->context = &p->context;
    atomic_store_explicit(&f->busy, true, memory_order_relaxed);
    p->context = (Context){0};
    stack_at(&p->context.stack, arena + (size_t)n * RT_TASK_STRIDE,
             arena + (size_t)(n + 1) * RT_TASK_STRIDE - colour(n));
    return f;
}

/* A place with its own fiber; the guard is set once. */
static Fiber *fiber_make(void) {
    lock_take(&lock);
    uint32_t n = place_count();
    bool ok = (arena != NULL || arena_make()) && n < places_max &&
              stack_guard(arena + (size_t)n * RT_TASK_STRIDE);
    if (ok) atomic_store_explicit(&built, n + 1, memory_order_relaxed);
    lock_drop(&lock);
    if (!ok) return NULL;
    Fiber *f = fiber_bind(&places[n]);
    if (f == NULL) return NULL;
    places[n].here = f;
    atomic_store_explicit(&places[n].homes, 1, memory_order_relaxed);
    return f;
}

static void fiber_arm(Fiber *f, void (*entry)(void)) {
    Context *c = f->context;
    uintptr_t *sp = (uintptr_t *)(void *)c->stack.high;
    *--sp = 0; /* end of traces, and alignment as after a call */
    *--sp = 0;
    *--sp = 0;
    *--sp = (uintptr_t)entry;
    *--sp = (uintptr_t)stack_begin;
    *--sp = 0; /* the frame pointer */
    f->sp = sp;
    Deque *d = fork_deque(f);
    if (d != NULL) fork_reset(d);
    c->base = NULL;
    c->first = (Run){0};
    c->run = &c->first;
    c->panic = (PanicContext){0};
    c->stack.spare = 0;
    waiter_over(&f->waiter);
    atomic_store_explicit(&f->busy, true, memory_order_relaxed);
#ifdef __SANITIZE_THREAD__
    if (f->tsan == NULL) f->tsan = __tsan_create_fiber(0);
#endif
}

static Fiber *fiber_shared(const wyn_site *kind) {
    return kind != NULL && arena != NULL && place_count() >= alone_max ? place_share(kind) : NULL;
}

static void fiber_begin(Fiber *f, void (*entry)(void)) {
    fiber_arm(f, entry);
    atomic_store_explicit(&f->state, FIBER_USED, memory_order_relaxed);
}

Fiber *fiber_share(void (*entry)(void), const wyn_site *kind) {
    Fiber *f = fiber_shared(kind);
    if (f != NULL) fiber_begin(f, entry);
    return f;
}

Fiber *fiber_take(Fiber **pool, int *pooled, void (*entry)(void), const wyn_site *kind) {
    Fiber *f = *pool;
    if (f != NULL) {
        *pool = fiber_next(f);
        --*pooled;
    } else {
        lock_take(&lock);
        f = unused;
        if (f != NULL) unused = fiber_next(f);
        lock_drop(&lock);
        if (f == NULL) f = fiber_shared(kind);
        if (f == NULL) f = fiber_make();
        if (f == NULL) return NULL;
    }
    fiber_begin(f, entry);
    return f;
}

void fiber_drop(Fiber **pool, int *pooled, Fiber *f) {
    atomic_store_explicit(&f->state, FIBER_FREE, memory_order_relaxed);
    Stack *s = &f->context->stack;
    if (s->first != NULL) stack_trim(s);
    stack_forget(f->sp, s->high);
    if (WYN_UNLIKELY(fiber_shares(f)) && place_quit(f)) {
        f->context = NULL;
        lock_take(&lock);
        fiber_link(f, placeless);
        placeless = f;
        lock_drop(&lock);
        return;
    }
    if (*pooled < RT_POOL) {
        fiber_link(f, *pool);
        *pool = f;
        ++*pooled;
        return;
    }
    /* the surplus gives its memory back, but for the guard */
    uintptr_t high = ((uintptr_t)s->high + RT_PAGE - 1) & ~(RT_PAGE - 1);
    madvise(s->low, high - (uintptr_t)s->low, MADV_DONTNEED);
    lock_take(&lock);
    fiber_link(f, unused);
    unused = f;
    lock_drop(&lock);
}

Fiber *fiber_at(const void *p) {
    const char *at = p;
    char *low, *high;
    Segment *none = NULL;
    if (stack_part(&main_place.context.stack, p, &none, &low, &high)) return &main_fiber;
    if (arena == NULL || at < arena) return NULL;
    size_t i = (size_t)(at - arena) / RT_TASK_STRIDE;
    return i < place_count() ? places[i].here : NULL;
}

const void *fiber_frame(const Fiber *f) {
    if (f->sp == NULL || f->image != NULL) return NULL;
    return ((void *const *)f->sp)[0]; /* as stack_switch pushes it */
}

Fiber *fiber_holding(const void *p) {
    const char *at = p, *low = (const char *)table;
    if (at >= (const char *)&main_fiber && at < (const char *)(&main_fiber + 1)) return &main_fiber;
    if (table == NULL || at < low) return NULL;
    size_t i = (size_t)(at - low) / sizeof *table;
    return i < fiber_made() ? &table[i] : NULL;
}

uint32_t fiber_number(const Fiber *f) {
    return f == &main_fiber ? fiber_made() : (uint32_t)(f - table);
}

uint32_t fiber_made(void) { return atomic_load_explicit(&made, memory_order_relaxed); }

/* Descriptors and images soon to be looked at; what lies behind the last is readable. */
static void look_ahead(const Fiber *f) {
    for (size_t at = 64; at < sizeof *f; at += RT_CACHE_LINE)
        __builtin_prefetch((const char *)(f + 24) + at);
    const char *image = (const char *)f[6].image;
    if (image == NULL) return;
    __builtin_prefetch(image);
    __builtin_prefetch(image + RT_CACHE_LINE);
    __builtin_prefetch(image + 2 * RT_CACHE_LINE);
}

void fiber_each(void (*look)(Fiber *f)) {
    look(&main_fiber);
    uint32_t n = atomic_load_explicit(&made, memory_order_acquire); /* with fiber_make */
    for (uint32_t i = 0; i < n; i++) {
        look_ahead(&table[i]);
        look(&table[i]);
    }
}
