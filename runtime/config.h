/* config.h - every constant of the runtime that is a choice. RT_HOSTILE shrinks them so that rare
 * paths are taken often. */
#ifndef WYN_CONFIG_H
#define WYN_CONFIG_H

#define RT_KB ((size_t)1 << 10)
#define RT_MB ((size_t)1 << 20)
#define RT_GB ((size_t)1 << 30)

#ifdef RT_HOSTILE
#define RT_HEAP_START (64 * RT_KB)
#define RT_OUT_BUFFER 64
#define RT_MAP_SMALL 2
#define RT_ARRAY_FIRST 1
#define RT_ARRAY_HINT 2
#define RT_HOSTILE_COLLECT 4 /* refills of allocation lists between two collections */
#else
#define RT_HEAP_START (4 * RT_MB) /* first growth of the heap: about the size of an L2 cache */
#define RT_OUT_BUFFER (64 * RT_KB)
#define RT_MAP_SMALL 8   /* entries up to which a map has no index */
#define RT_ARRAY_FIRST 4 /* elements of an array's first buffer, at least */
#define RT_ARRAY_HINT (1 << 20) /* elements that a comprehension gets room for at once */
#endif

#define RT_PAGE ((size_t)4096)
#define RT_CACHE_LINE ((size_t)64)
#define RT_COLOURS 64 /* starts of large array buffers, a cache line apart */
#define RT_HUGE_PAGES (4 * RT_MB)     /* growth of the heap by that much lies in huge pages */
#define RT_LARGE_OBJECT (100 * RT_KB) /* from here interior pointers do not keep objects */
#define RT_OOM_RESERVE (1 * RT_MB)    /* freed when memory ends, for the deferred blocks */

#define RT_STACK_MAX (1 * RT_GB) /* main's stack: this or half of the memory */
#define RT_STACK_MIN (64 * RT_MB)
#define RT_STACK_SMALL_PAGES (4 * RT_MB)
#define RT_STACK_GUARD (1 * RT_MB)    /* never accessible, below the reserve */
#define RT_STACK_RESERVE (128 * RT_KB) /* opened by an overflow, for the deferred blocks */
#define RT_TASK_STACK (64 * RT_MB)     /* of a task; reserved, not committed */
#define RT_ALT_STACK (64 * RT_KB)

#define RT_TRACE_TOP 20     /* frames printed */
#define RT_TRACE_KEEP 256   /* frames captured; inlined ones come on top */

#endif
