/* gc.c - memory. The only file that includes <gc.h>.
 * Small objects come from inline lists (wyn_inline.h) refilled here a block at a time. Traced
 * lists are found by the collector through wyn_free_lists, which is static data; pointer-free
 * ones are linked through memory that it does not scan, so push_roots marks them one by
 * one. Interior pointers from the heap do not keep objects (stacks and registers may point
 * inside), so every object has a slop byte less than its granules for one-past-the-end pointers
 * only where it is a buffer: see gc_good_size. Nothing starts before the first allocation. */
#define _GNU_SOURCE
#include "gc.h"
#include "native.h"

#define GC_THREADS
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "config.h"

void *wyn_free_lists[2][WYN_SMALL_MAX / 16 + 1];

void (*gc_roots_hook)(void);

static bool gc_started;
static void *stack_bottom;
static void *oom_reserve;
static GC_push_other_roots_proc previous_roots;

static void push_roots(void) {
    for (size_t i = 0; i < COUNT_OF(wyn_free_lists[0]); i++) {
        for (void *p = wyn_free_lists[WYN_MEM_ATOMIC][i]; p != NULL; p = *(void **)p)
            GC_set_mark_bit(p);
    }
    if (gc_roots_hook != NULL) gc_roots_hook();
    if (previous_roots != NULL) previous_roots();
}

void gc_push_root(const void *low, const void *high) {
    GC_push_all_eager((void *)low, (void *)high);
}

static void *out_of_memory(size_t size) {
    (void)size;
    if (oom_reserve != NULL) {
        void *p = oom_reserve;
        oom_reserve = NULL;
        GC_free(p);
    }
    wyn_panic("out of memory");
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

static void gc_start(void) {
    gc_started = true;
    GC_set_all_interior_pointers(0);
    GC_set_markers_count(1);
    GC_set_free_space_divisor(1);
    GC_set_finalize_on_demand(1);
    GC_set_warn_proc(warn_nothing);
    GC_set_dont_precollect(1); /* the stack is not what GC_INIT thinks until it is told below */
    GC_INIT();
    for (size_t i = 1; i < RT_COLOURS; i++) GC_register_displacement(i * RT_CACHE_LINE);
    GC_set_oom_fn(out_of_memory);
    if (stack_bottom != NULL) gc_set_stack(stack_bottom);
    GC_expand_hp(RT_HEAP_START);
    heap_grown(GC_get_heap_size());
    GC_set_on_heap_resize(heap_grown);
    previous_roots = GC_get_push_other_roots();
    GC_set_push_other_roots(push_roots);
}

void gc_set_stack(void *bottom) {
    stack_bottom = bottom;
    if (!gc_started) return;
    struct GC_stack_base base = {.mem_base = bottom};
    GC_set_stackbottom(NULL, &base);
}

static void *alloc_large(size_t size, bool pointers) {
    if (!gc_started) gc_start();
    if (oom_reserve == NULL && size > RT_MB) oom_reserve = GC_malloc_atomic(RT_OOM_RESERVE);
    void *p;
    if (size >= RT_LARGE_OBJECT) {
        p = pointers ? GC_malloc_ignore_off_page(size) : GC_malloc_atomic_ignore_off_page(size);
    } else {
        p = pointers ? GC_malloc(size) : GC_malloc_atomic(size);
    }
    if (p == NULL) out_of_memory(size);
    return p;
}

/* RT_HOSTILE: a collection at every few refills finds what nothing keeps alive. */
static void hostile_collect(void) {
#ifdef RT_HOSTILE
    static unsigned refills;
    if (++refills % RT_HOSTILE_COLLECT == 0) GC_gcollect();
#endif
}

void *wyn_alloc_slow(size_t size, int kind) {
    if (size > WYN_SMALL_MAX) return alloc_large(size, kind == WYN_MEM_TRACED);
    if (!gc_started) gc_start();
    hostile_collect();
    size_t granules = size == 0 ? 1 : (size + 15) / 16;
    void **list = &wyn_free_lists[kind][granules];
    if (*list == NULL) {
        GC_generic_malloc_many(granules * 16,
                               kind == WYN_MEM_TRACED ? GC_I_NORMAL : GC_I_PTRFREE, list);
        if (*list == NULL) out_of_memory(size);
    }
    void **p = (void **)*list;
    *list = *p;
    *p = NULL;
    return p;
}

void *gc_alloc(size_t size, bool pointers) {
    return wyn_alloc_kind(size, pointers ? WYN_MEM_TRACED : WYN_MEM_ATOMIC);
}

void *gc_alloc_root(size_t size) {
    if (!gc_started) gc_start();
    void *p = GC_malloc_uncollectable(size);
    if (p == NULL) out_of_memory(size);
    return p;
}

size_t gc_good_size(size_t size) {
    if (size <= 2048) return (size + 15) & ~(size_t)15;
    return (size + 4095) & ~(size_t)4095;
}

void gc_collect(void) {
    if (gc_started) GC_gcollect();
}

size_t gc_heap_size(void) { return gc_started ? GC_get_heap_size() : 0; }

uint64_t gc_count(void) { return gc_started ? GC_get_gc_no() : 0; }

void wyn_sys_gc(void) { gc_collect(); }
