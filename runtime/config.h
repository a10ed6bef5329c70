/* config.h - every constant of the runtime that is a choice. RT_HOSTILE shrinks them so that rare
 * paths are taken often. */
#ifndef WYN_CONFIG_H
#define WYN_CONFIG_H

#define RT_KB ((size_t)1 << 10)
#define RT_MB ((size_t)1 << 20)
#define RT_GB ((size_t)1 << 30)

/* The four ideas of the scheduler (sched.h). bench/spawn/ideas builds the runtime without one. */
#ifndef RT_BULK
#define RT_BULK 1 /* tasks come from lists refilled a block at a time */
#endif
#ifndef RT_BATCHED
#define RT_BATCHED 1 /* entries of queues move many at a time */
#endif
#ifndef RT_QUIET
#define RT_QUIET 1 /* a push signals only if somebody sleeps and nobody searches */
#endif
#ifndef RT_POOLS
#define RT_POOLS 1 /* each worker has a queue of its own, from which others steal */
#endif

#ifdef RT_HOSTILE
#define RT_HEAP_START (64 * RT_KB)
#define RT_OUT_BUFFER 64
#define RT_MAP_SMALL 2
#define RT_ARRAY_FIRST 1
#define RT_ARRAY_HINT 2
#define RT_HOSTILE_COLLECT 4 /* refills of allocation lists between two collections */
#define RT_RING 8
#define RT_BATCH 8
#define RT_POOL 2
#define RT_TIMERS_FIRST 4
#define RT_SEGMENT (128 * RT_KB)
#define RT_PLACES 4u
#define RT_PLACES_WARM 3u
#define RT_FORK_SLOTS (WYN_FORK_SPARE + 16)
#define RT_FORK_SPINS 4
#define RT_FORK_WAKE 1
#define RT_FORK_MANY 4
#define RT_FORK_QUICK_NS 0
#define RT_SCOPE_WAITS 1
#define RT_TURNS_MET 1
#define RT_TURNS_LEAN 2
#define RT_TURNS_WAITS 0
#else
#define RT_HEAP_START (4 * RT_MB) /* first growth of the heap: about the size of an L2 cache */
#define RT_OUT_BUFFER (64 * RT_KB)
#define RT_MAP_SMALL 8   /* entries up to which a map has no index */
#define RT_ARRAY_FIRST 4 /* elements of an array's first buffer, at least */
#define RT_ARRAY_HINT (1 << 20) /* elements that a comprehension gets room for at once */
#define RT_RING 256      /* entries of a worker's queue; a power of two */
#define RT_BATCH (RT_BATCHED ? 128 : 1) /* entries moved to the global queue at once; half a ring */
#define RT_POOL 64       /* unused stacks a worker keeps */
#define RT_TIMERS_FIRST 64 /* entries of a heap of timers, at first */
#define RT_PLACES 4096u   /* stacks from which on tasks of a kind share their places.. */
#define RT_PLACES_WARM 512u /* ..rather one of the newest, so that few are in the caches */
#define RT_SEGMENT (1 * RT_MB) /* first extension of a stack; the next ones double */
#define RT_FORK_SLOTS 65536 /* scoped tasks of a stack that are not joined; more are calls */
#define RT_FORK_SPINS 100  /* turns in which a stolen task may end before its owner is parked */
#define RT_FORK_WAKE 3     /* so many scoped tasks are worth waking somebody at once */
#define RT_TURNS_MET 16    /* changes of who uses a lock before one stays away */
#define RT_TURNS_WAITS 6   /* looks until a lock that leans to another one is taken away */
#define RT_TURNS_LEAN 64   /* uses in a row before it leans; doubled each time that was in vain */
#define RT_FORK_MANY 32     /* tasks of an array, from which on it matters how quick they are */
#define RT_FORK_QUICK_NS 300 /* a task that takes less is not worth a thief */
#define RT_SCOPE_WAITS 4   /* waits that a scope has room for, at first */
#endif

#define RT_PAGE ((size_t)4096)
#define RT_PAGE_TABLE (2 * RT_MB) /* what one page of a page table maps */
#define RT_CACHE_LINE ((size_t)64)
#define RT_COLOURS 64 /* starts of large array buffers, a cache line apart */
#define RT_HUGE_PAGES (4 * RT_MB)     /* growth of the heap by that much lies in huge pages */

#define RT_WORKERS_MAX 64        /* one bit each in a word */
#define RT_LIFO_RUN 3            /* readied tasks run in a row before the queue has its turn */
#define RT_FAIR_TICK 61          /* every so many turns timers and the global queue come first */
#define RT_SEARCH_NS 30000       /* how long a worker looks for work before it sleeps */
#define RT_STEAL_SOON_NS 4000    /* so long a small backlog is left to its owner.. */
#define RT_STEAL_SMALL 64        /* ..small means this */
#define RT_STEAL_CHEAP_NS 150    /* stolen tasks shorter than this are not worth stealing.. */
#define RT_STEAL_QUIET_NS 250000  /* ..so the thief stays away, at most so long */
#define RT_MUTEX_SPINS 16        /* looks at a taken lock before the task waits */
#define RT_FORK_TRIAL 64         /* tasks run in place between two looks at the clock */
#define RT_TURN_NS 4000          /* so long, which is worth it if the other one.. */
#define RT_TURN_WORTH 50         /* ..uses it so often; if not, it takes twice as many changes.. */
#define RT_TURNS_APART 6         /* ..and again, so often */
#define RT_TURNS_LEAN_MAX 12     /* doublings */
#define RT_TICK_MIN_US 50        /* the monitor's pause; doubles up to the maximum */
#define RT_TICK_MAX_US 10000
#define RT_TICK_EVENTS_US 1000   /* ..or to this while workers sleep and wake all the time */
#define RT_CROWD_LOOK_NS 4000000    /* crowd.c: between two looks of a worker */
#define RT_CROWD_WINDOW_NS 16000000 /* to count tasks in, and to settle before: some time slices */
#define RT_CROWD_FIRST_NS 320000000 /* how long a finding counts.. */
#define RT_CROWD_MOST_NS 2560000000 /* ..and at most, after it was found again and again */
#define RT_CROWD_TASK_NS 20000      /* between two waits: up to this they are short */
#define RT_ROUNDS_SOON_NS 20000   /* parallel for: so long it does not look for helpers.. */
#define RT_ROUNDS_STEP_NS 10000   /* ..and then so often */
#define RT_SLICE_NS 10000000      /* how long a task may run while others wait */

#define RT_BLOCKING_THREADS 64   /* for blocking calls, unless WYN_BLOCKING_THREADS says */
#define RT_BLOCKING_IDLE_S 10    /* seconds after which one without work ends */

#define RT_LARGE_OBJECT (100 * RT_KB) /* from here interior pointers do not keep objects */
#define RT_OOM_RESERVE (1 * RT_MB)    /* freed when memory ends, for the deferred blocks */

#define RT_STACK_MAX (1 * RT_GB) /* main's stack: this or half of the memory */
#define RT_STACK_MIN (64 * RT_MB)
#define RT_STACK_SMALL_PAGES (4 * RT_MB)
#define RT_STACK_GUARD (1 * RT_MB)    /* never accessible, below the reserve */
#define RT_STACK_RESERVE (128 * RT_KB) /* opened by an overflow, for the deferred blocks */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define RT_TASK_STRIDE (1 * RT_MB) /* of a task's stack; reserved, not committed */
#define RT_TASKS_MAX 65536u        /* stacks at the same time */
#else
#define RT_TASK_STRIDE (64 * RT_KB)
#define RT_TASKS_MAX (4u << 20)
#endif
#define RT_STACK_GUARD_PAGE RT_PAGE /* at the lower end of tasks' stacks and of segments */
#define RT_STACK_ROOM (32 * RT_KB)  /* what the check at function entry leaves to C and leaves */
#define RT_SEGMENTS_KEPT 64         /* unused segments, of the first size */
#define RT_SEGMENT_WARM (64 * RT_KB) /* of each that stays in memory */
#define RT_LINE_COLOURS 48u /* starts of stacks within a page, a cache line apart.. */
#define RT_PLACE_PAUSE 8 /* tasks after one that found none */
#define RT_PLACE_LOOKS 8  /* at places for one whose task can be moved out, twice */
#define RT_IMAGE_MAX (8 * RT_KB) /* longer stacks are not shared */
#define RT_PAGE_COLOURS 4u  /* ..and pages they start in */
#define RT_ALT_STACK (64 * RT_KB)

#define RT_TRACE_TOP 20     /* frames printed */
#define RT_TRACE_KEEP 256   /* frames captured; inlined ones come on top */

#endif
