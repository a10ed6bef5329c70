/* gc.h - the collector as the rest of the runtime sees it. gc.c alone includes <gc.h>. */
#ifndef WYN_GC_H
#define WYN_GC_H

#include "base.h"

/* Objects whose size is only known at run time. Traced ones are zeroed. */
void *gc_alloc(size_t size, bool pointers);

/* A never-collected, scanned, zeroed object: roots kept outside of static data. */
void *gc_alloc_root(size_t size);

/* The usable size of the object gc_alloc would give for `size`, so that buffers fill it. */
size_t gc_good_size(size_t size);

/* A reference that does not keep its object: set once, gone when the object is. `slot` lies in an
 * object of its own. */
void gc_weak_set(uintptr_t *slot, void *object);
bool gc_weak_is_gone(uintptr_t *slot);

/* The program runs on [low, bottom) until tasks exist; `system` is where the stack that the
 * process began on is free. */
void gc_set_stack(void *bottom, void *system, void *system_bottom);

/* From now on stacks are switched and libgc is entered on the system stack only. */
void gc_threads_start(void);

/* A thread begins to be a worker. */
struct Worker;
void gc_thread_enter(struct Worker *w);
void *gc_system_stack(const struct Worker *w); /* where it is free */

/* fn(arg) on the system stack, without being stopped for a collection; touches no heap. */
void gc_blocking(void *(*fn)(void *), void *arg);

/* Calls look() once, during a collection that has stopped the world; it allocates nothing and takes
 * no lock. False: there are no tasks yet. For look(): what is scanned of a fiber; the registers
 * of stopped threads; the object around p, or NULL. */
struct Fiber;
bool gc_look(void (*look)(void));
void gc_fiber_roots(struct Fiber *f, void (*see)(const void *low, const void *high));
void gc_registers(void (*see)(const void *low, const void *high));
char *gc_object(const void *p, size_t *size, bool *traced);

void gc_collect(void);
size_t gc_heap_size(void);
uint64_t gc_count(void);

#endif
