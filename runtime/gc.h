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

/* The program runs on [low, bottom) from now on; before or after the first allocation. */
void gc_set_stack(void *bottom);

/* Called at each collection to push roots that the collector cannot know: stacks of waiting tasks.
 * It must not allocate. */
extern void (*gc_roots_hook)(void);
void gc_push_root(const void *low, const void *high);

void gc_collect(void);
size_t gc_heap_size(void);
uint64_t gc_count(void);

#endif
