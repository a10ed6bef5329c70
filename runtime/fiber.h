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

struct Run;

typedef enum FiberState { FIBER_FREE, FIBER_USED } FiberState;

typedef struct Fiber {
    void *sp;
    Stack stack;
    PanicContext panic;
    struct Run *run; /* the innermost task on it; NULL: none, or main itself */
    struct Fiber *next; /* in the pool */
    void *tsan;
    _Atomic int state; /* read by the collector with the world stopped */
    Waiter waiter;
} Fiber;

extern Fiber main_fiber;

/* What it waits for, or NULL. */
static inline const Waiter *fiber_wait(const Fiber *f) {
    return f->waiter.what == NULL ? NULL : &f->waiter;
}

/* The running fiber. */
Fiber *fiber_self(void);

/* A fresh stack whose first act is entry(). NULL: no memory for one. */
Fiber *fiber_take(Fiber **pool, int *pooled, void (*entry)(void));

/* Back to the pool; nobody runs on it any more. */
void fiber_drop(Fiber **pool, int *pooled, Fiber *f);

/* fn(arg) on the stack that ends at top; *save is the running one's pointer meanwhile. */
void stack_call(void (*fn)(void *), void *arg, void *top, void **save);

/* Stores the running stack in from->sp and continues `to`. */
void fiber_jump(Fiber *from, Fiber *to);

/* Runs fn(arg) on the system stack `top` of the thread; `self` counts as parked meanwhile. fn does
 * not panic, park or run Wyn code. */
void fiber_call_system(void (*fn)(void *), void *arg, void *top, Fiber *self);

/* The fiber on whose stack p lies, or NULL; its segments are not looked at. */
Fiber *fiber_at(const void *p);

/* The frame pointer of one that is parked. */
const void *fiber_frame(const Fiber *f);

/* Stacks made so far: as many were in use at the same time. */
uint32_t fiber_made(void);

/* Every fiber that was ever made, main's first. */
void fiber_each(void (*look)(Fiber *f));

#endif
