/* gc_malloc.c - gc.h over malloc, nothing freed: for builds with -fsanitize=thread, which and the
 * collector's signals do not go together. */
#include <pthread.h>
#include <stdlib.h>

#include "gc.h"
#include "native.h"
#include "sched.h"

typedef struct GcThread {
    char *system;
} GcThread;

static char *first_system;

void *wyn_alloc_slow(size_t size, int kind) {
    (void)kind;
    void *p = calloc(1, size + 16);
    CHECK(p != NULL);
    return p;
}

void *gc_alloc(size_t size, bool pointers) { return wyn_alloc_slow(size, pointers); }
void *gc_alloc_root(size_t size) { return wyn_alloc_slow(size, 1); }
size_t gc_good_size(size_t size) { return (size + 15) & ~(size_t)15; }
void gc_weak_set(uintptr_t *slot, void *object) { *slot = ~(uintptr_t)object; }
bool gc_weak_is_gone(uintptr_t *slot) { return *slot == 0; }
void gc_collect(void) {}
void wyn_sys_gc(void) {}
size_t gc_heap_size(void) { return 0; }
uint64_t gc_count(void) { return 0; }

void gc_set_stack(void *bottom, void *system, void *end) {
    (void)bottom, (void)end;
    first_system = system;
}

static void thread_new(Worker *w) {
    w->gc = calloc(1, sizeof *w->gc);
    CHECK(w->gc != NULL);
    size_t size = 256 * 1024;
    w->gc->system = (char *)malloc(size) + size - 64;
}

void gc_threads_start(void) { thread_new(worker_self()); }
void gc_thread_enter(Worker *w) { thread_new(w); }
void *gc_system_stack(const Worker *w) { return w->gc->system; }
void gc_blocking(void *(*fn)(void *), void *arg) { fn(arg); }

bool gc_look(void (*look)(void)) {
    (void)look;
    return false;
}
void gc_fiber_roots(struct Fiber *f, void (*see)(const void *low, const void *high)) {
    (void)f, (void)see;
}
void gc_registers(void (*see)(const void *low, const void *high)) { (void)see; }
char *gc_object(const void *p, size_t *size, bool *traced) {
    (void)p, (void)size, (void)traced;
    return NULL;
}
