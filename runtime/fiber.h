/* fiber.h - stacks that tasks run on, and switching between them.
 * Invariants: a descriptor is never freed, its stack never unmapped, so a stale pointer reads old
 * values only. A fiber's sp is valid whenever no thread's stack pointer lies in its stack; that
 * is how the collector tells parked from running ones. Fiber 0 is main's. */
#ifndef WYN_FIBER_H
#define WYN_FIBER_H

#include <stdatomic.h>

#include "panic.h"
#include "stack.h"
#include "wait.h"

#ifdef __SANITIZE_THREAD__
void *__tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void *__tsan_get_current_fiber(void);
#endif

struct Deque;
struct Place;

typedef enum FiberState { FIBER_FREE, FIBER_USED } FiberState;

/* One task being run. Tasks that an awaiter runs nest: their Run lies on the stack. */
typedef struct Run {
    struct Run *outer;
    wyn_future *task; /* NULL: a loop between two tasks */
    const wyn_task *desc;
    int64_t id; /* 0: nobody has asked */
} Run;

/* What a task has of its own while it is in its place; moved out and in with its stack. Only
 * itself looks at it, the collector, and reports through fiber_view. */
typedef struct Context {
    Run *run;   /* the innermost task on it; NULL: main itself */
    Run first;  /* the one of its loop */
    char *base; /* where its task begins: above it lies the loop, the same for all */
    Stack stack;
    PanicContext panic;
} Context;

/* What others may look at while it waits, wherever its stack is: two lines of the cache. */
typedef struct Fiber {
    _Alignas(64) void *sp;
    struct Image *image; /* of context and [sp, base), while another one is there; or NULL */
    Context *context;    /* begins its place, place.h; NULL: it has none */
    _Atomic(struct Deque *) deque; /* of scoped tasks, fork.h; NULL: it has had none */
    uint32_t next; /* in a list of stacks; fiber_next */
    _Atomic uint8_t state; /* read by the collector with the world stopped */
    _Atomic bool busy; /* runs, or is about to; place.h */
    Waiter waiter;
#ifdef __SANITIZE_THREAD__
    void *tsan;
#endif
} Fiber;

extern Fiber main_fiber;

/* What it waits for, or NULL. */
static inline const Waiter *fiber_wait(const Fiber *f) {
    return f->waiter.what == 0 ? NULL : &f->waiter;
}

/* The running fiber. */
Fiber *fiber_self(void);

/* A fresh stack whose first act is entry(). It is for a task spawned there, if that is known. NULL:
 * no memory for one. */
Fiber *fiber_take(Fiber **pool, int *pooled, void (*entry)(void), const wyn_site *kind);

/* The same, but only at the place of a waiting task spawned there. NULL: there is none, or room for
 * each to have its own. */
Fiber *fiber_share(void (*entry)(void), const wyn_site *kind);

/* Back to the pool; nobody runs on it any more. */
void fiber_drop(Fiber **pool, int *pooled, Fiber *f);

/* fn(arg) on the stack that ends at top; *save is the running one's pointer meanwhile. */
void stack_call(void (*fn)(void *), void *arg, void *top, void **save);

/* Saves what must survive on the running stack and its sp in *save; continues the one whose sp is
 * `to`. Part of its function, not a call: then the calls and returns around it stay in pairs, and
 * the processor predicts the returns of a task that waited where the one before waits. That
 * function calls others, so it keeps nothing below the stack pointer. */
#ifdef __x86_64__
static inline __attribute__((always_inline)) void stack_switch(void **save, void *to) {
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "pushq %%rbp\n\t"
                     "movq %%rsp, (%0)\n\t"
                     "movq %1, %%rsp\n\t"
                     "popq %%rbp\n\t"
                     "popq %%rax\n\t"
                     "jmp *%%rax\n"
                     "1:"
                     : "+D"(save), "+S"(to)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                       "memory", "cc");
}
#else
#error "no stack switch for this machine yet"
#endif

/* Stores the running stack in from->sp and continues `to`. */
static inline void fiber_jump(Fiber *from, Fiber *to) {
#ifdef __SANITIZE_THREAD__
    if (from->tsan == NULL) from->tsan = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->tsan, 0);
#endif
    stack_use(&to->context->stack);
    stack_switch(&from->sp, to->sp);
}

/* Runs fn(arg) on the system stack `top` of the thread; `self` counts as parked meanwhile. fn does
 * not panic, park or run Wyn code. */
void fiber_call_system(void (*fn)(void *), void *arg, void *top, Fiber *self);

/* The fiber on whose stack p lies, or NULL; its segments are not looked at. */
Fiber *fiber_at(const void *p);

/* Where what lay at p of a parked stack, or of its context, is now. */
const void *fiber_view(const Fiber *f, const void *p); /* for reports: of one at a time */

/* Its context, or a copy. */
const Context *fiber_context(const Fiber *f, Context *room);

/* The innermost segment of a stack in use, also of one that is parked. */
Segment *fiber_segment(const Fiber *f);

/* place.c and fiber.c: places by number, and a new descriptor for a stack at p, or NULL. */
struct Place *place_at(uint32_t i);
uint32_t place_count(void);
Fiber *fiber_bind(struct Place *p);

/* Lists of stacks without a task, and of those that wait for their place. */
void fiber_link(Fiber *f, const Fiber *next); /* NULL: the last */
Fiber *fiber_next(const Fiber *f);

/* The frame pointer of one that is parked; NULL: it has an image. */
const void *fiber_frame(const Fiber *f);

/* Stacks made so far: as many were in use at the same time. */
uint32_t fiber_made(void);

/* The fiber in whose descriptor p lies, or NULL; its number, main's being fiber_made(). */
Fiber *fiber_holding(const void *p);
uint32_t fiber_number(const Fiber *f);

/* Every fiber that was ever made, main's first. */
void fiber_each(void (*look)(Fiber *f));

#endif
