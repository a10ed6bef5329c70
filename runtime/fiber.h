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
struct Place;

typedef enum FiberState { FIBER_FREE, FIBER_USED } FiberState;

typedef struct Fiber {
    void *sp;
    char *image;         /* what was on the stack, while that is another one's; or NULL */
    struct Place *place; /* where the stack lies; NULL: main's. place.h */
    Stack stack;
    PanicContext panic;
    struct Run *run; /* the innermost task on it; NULL: none, or main itself */
    struct Fiber *next; /* in the pool */
    void *tsan;
    _Atomic int state; /* read by the collector with the world stopped */
    _Atomic bool busy; /* runs, or is about to; place.h */
    Waiter waiter;
} Fiber;

extern Fiber main_fiber;

/* What it waits for, or NULL. */
static inline const Waiter *fiber_wait(const Fiber *f) {
    return f->waiter.what == NULL ? NULL : &f->waiter;
}

/* The running fiber. */
Fiber *fiber_self(void);

/* A fresh stack whose first act is entry(). It is for a task of this kind, if that is known. NULL:
 * no memory for one. */
Fiber *fiber_take(Fiber **pool, int *pooled, void (*entry)(void), const void *kind);

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

/* Where what lay at p of a parked stack is now. */
void *fiber_view(const Fiber *f, const void *p);
void *fiber_image(const Fiber *f, size_t *size);

/* place.c and fiber.c: places by number, and a new descriptor for a stack at p, or NULL. */
struct Place *place_at(uint32_t i);
uint32_t place_count(void);
Fiber *fiber_bind(struct Place *p);

/* The frame pointer of one that is parked; NULL: it has an image. */
const void *fiber_frame(const Fiber *f);

/* Stacks made so far: as many were in use at the same time. */
uint32_t fiber_made(void);

/* Every fiber that was ever made, main's first. */
void fiber_each(void (*look)(Fiber *f));

#endif
