/* stack.c - making stacks, chaining segments to them, and turning an overflow into a panic. */
#define _GNU_SOURCE
#include "preempt.h"
#include "stack.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "config.h"
#include "fiber.h"
#include "gc.h"
#include "lock.h"
#include "panic.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

enum { RESERVE_CLOSED, RESERVE_HALF, RESERVE_OPEN };
enum { SPARE_UNUSED, SPARE_WANTED, SPARE_TAKEN };

__thread char *wyn_stack_limit;

static size_t size_max = RT_STACK_MIN; /* of one stack */
static uint32_t lock;                  /* of unused, kept and large */
static Segment *unused;
static int kept;
static size_t large; /* bytes of all segments but the first ones of stacks */

/* ---- making ---- */

/* By a marker in the page table, or a mapping of its own where the kernel has none. */
bool stack_guard(char *low) {
    return madvise(low, RT_STACK_GUARD_PAGE, MADV_GUARD_INSTALL) == 0 ||
           mprotect(low, RT_STACK_GUARD_PAGE, PROT_NONE) == 0;
}

static char *limit_of(const Stack *s) {
#ifdef __SANITIZE_THREAD__
    (void)s; /* it does not know calls that continue elsewhere */
    return NULL;
#else
    char *low = s->segment != NULL ? s->segment->low : s->low;
    return low == NULL ? NULL : low + RT_STACK_ROOM;
#endif
}

bool stack_make(Stack *s, size_t size) {
    size_t total = RT_STACK_GUARD + RT_STACK_RESERVE + size;
    char *p = mmap(NULL, total, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (p == MAP_FAILED) return false;
    madvise(p, total, MADV_NOHUGEPAGE);
    mprotect(p, RT_STACK_GUARD + RT_STACK_RESERVE, PROT_NONE);
    s->reserve = p + RT_STACK_GUARD;
    s->low = s->reserve + RT_STACK_RESERVE;
    s->high = p + total;
    s->limit = limit_of(s);
    s->size = size_max = size;
    return true;
}

void stack_at(Stack *s, char *low, char *high) {
    s->low = low + RT_STACK_GUARD_PAGE;
    s->high = high;
    s->limit = limit_of(s);
    s->size = (size_t)(high - low);
}

/* The bounds of its own memory; of the process's stack nobody knows the lower one. */
static char *stack_low(const Stack *s) {
    return s->reserve != NULL ? s->reserve : s->low != NULL ? s->low : s->high - 8 * RT_MB;
}

bool stack_part(const Stack *s, const void *p, Segment **g, char **low, char **high) {
    const char *at = p;
    for (; *g != NULL; *g = (*g)->outer) {
        *low = (*g)->low;
        *high = (char *)*g;
        if (at >= *low && at < *high) return true;
    }
    *low = stack_low(s);
    *high = s->high;
    return at >= *low && at < *high;
}

#ifdef __SANITIZE_ADDRESS__
void __sanitizer_start_switch_fiber(void **frames, const void *low, size_t size);
void __sanitizer_finish_switch_fiber(void *frames, const void **low, size_t *size);
void __asan_unpoison_memory_region(const void *p, size_t n);

/* Begun and ended at once, ahead of the switch: nothing between asks for the bounds. */
__attribute__((no_sanitize("address"))) void stack_announce(const Stack *s) {
    const Segment *g = s->segment;
    char *low = g != NULL ? g->low : stack_low(s), *high = g != NULL ? (char *)g : s->high;
    __sanitizer_start_switch_fiber(NULL, low, (size_t)(high - low));
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
}

void stack_forget(const void *low, const void *high) {
    __asan_unpoison_memory_region(low, (size_t)((const char *)high - (const char *)low));
}
#endif

/* ---- segments ---- */

static size_t segment_size(const Segment *g) {
    return (size_t)((const char *)(g + 1) - g->low) + RT_STACK_GUARD_PAGE;
}

static Segment *segment_new(size_t size) {
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return NULL;
    madvise(p, size, size > RT_STACK_SMALL_PAGES ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    if (!stack_guard(p)) {
        munmap(p, size);
        return NULL;
    }
    Segment *g = (Segment *)(void *)(p + size) - 1;
    g->low = p + RT_STACK_GUARD_PAGE;
    return g;
}

static Segment *segment_take(size_t size) {
    Segment *g = NULL;
    if (size == RT_SEGMENT) {
        lock_take(&lock);
        g = unused;
        if (g != NULL) {
            unused = g->inner;
            kept--;
        }
        lock_drop(&lock);
    }
    if (g == NULL) g = segment_new(size);
    if (g != NULL) g->inner = NULL;
    return g;
}

static void segment_drop(Segment *g) {
    size_t size = segment_size(g);
    stack_forget(g->low, g);
    bool keep = false;
    lock_take(&lock);
    if (size == RT_SEGMENT) {
        keep = kept < RT_SEGMENTS_KEPT;
        kept += keep;
    } else {
        large -= size;
    }
    lock_drop(&lock);
    if (!keep) {
        munmap(g->low - RT_STACK_GUARD_PAGE, size);
        return;
    }
    madvise(g->low, size - RT_STACK_GUARD_PAGE - RT_SEGMENT_WARM, MADV_DONTNEED);
    lock_take(&lock);
    g->inner = unused;
    unused = g;
    lock_drop(&lock);
}

/* May a segment of that size be added? The sum of the large ones is bounded like a stack that
 * takes half of the memory would be. */
static bool segment_allowed(Stack *s, size_t size) {
    if (s->size + size > size_max) return false;
    if (size == RT_SEGMENT) return true;
    lock_take(&lock);
    bool ok = large + size <= 2 * size_max;
    if (ok) large += size;
    lock_drop(&lock);
    return ok;
}

static _Noreturn void stack_overflow(void) {
    wyn_panic("stack overflow (recursion too deep?)");
}

/* Links a new one behind the part in use; not entered yet. */
static Segment *segment_link(Stack *s, Segment *g) {
    if (s->segment == NULL) {
        s->first = g;
    } else {
        s->segment->inner = g;
    }
    s->size += segment_size(g);
    return g;
}

static Segment *segment_next(Stack *s) {
    Segment *g = s->segment == NULL ? s->first : s->segment->inner;
    if (g != NULL) return g;
    size_t size = s->segment == NULL ? RT_SEGMENT : 2 * segment_size(s->segment);
    if (s->spare == SPARE_WANTED) {
        s->spare = SPARE_TAKEN; /* for deferred blocks */
        g = segment_take(RT_SEGMENT);
    } else if (segment_allowed(s, size)) {
        g = segment_take(size);
        if (g == NULL && size != RT_SEGMENT) __atomic_fetch_sub(&large, size, __ATOMIC_RELAXED);
    }
    if (g != NULL) return segment_link(s, g);
    if (s->spare == SPARE_UNUSED) s->spare = SPARE_WANTED;
    stack_overflow();
}

static void segment_enter(Stack *s, Segment *g) {
    g->outer = s->segment;
    atomic_signal_fence(memory_order_seq_cst); /* the collector may stop us between */
    s->segment = g;
    s->limit = limit_of(s);
}

__attribute__((noinline)) void stack_more(void (*fn)(void *), void *arg) {
    if (preempt_limit_restored() && !wyn_stack_short()) {
        fn(arg);
        return;
    }
    Stack *s = stack_self(); /* the same afterwards, if maybe on another thread */
    Segment *g = segment_next(s);
    segment_enter(s, g);
    stack_use(s);
    stack_call(fn, arg, g, &g->sp);
    s->segment = g->outer;
    s->limit = limit_of(s);
    stack_use(s);
}

void wyn_stack_more(void (*fn)(void *), void *arg) {
    if (preempt_limit_restored()) {
        wyn_poll_now();
        if (!wyn_stack_short()) {
            fn(arg);
            return;
        }
    }
    stack_more(fn, arg);
}

/* Gives back what comes behind the part in use. */
static void trim_inner(Stack *s) {
    Segment **link = s->segment == NULL ? &s->first : &s->segment->inner;
    Segment *g = *link;
    *link = NULL;
    while (g != NULL) {
        Segment *inner = g->inner;
        s->size -= segment_size(g);
        segment_drop(g);
        g = inner;
    }
}

static void reserve_close(Stack *s);

__attribute__((noinline)) void stack_unwind(Segment *to) {
    Stack *s = stack_self();
    stack_forget(to != NULL ? to->low : stack_low(s), __builtin_frame_address(0));
    s->segment = to;
    s->spare = SPARE_UNUSED;
    reserve_close(s);
    trim_inner(s);
    s->limit = limit_of(s);
    stack_use(s);
}

void stack_trim(Stack *s) {
    s->segment = NULL;
    trim_inner(s);
}

/* ---- faults ---- */

static void reserve_close(Stack *s) {
    if (s->opened == RESERVE_CLOSED) return;
    s->opened = RESERVE_CLOSED;
    mprotect(s->reserve, RT_STACK_RESERVE, PROT_NONE);
}

static void reserve_allow(Stack *s, size_t from, uint8_t opened) {
    s->opened = opened;
    mprotect(s->reserve + from, RT_STACK_RESERVE - from, PROT_READ | PROT_WRITE);
}

extern const char __executable_start[], etext[]; /* of the linker */

#ifdef __x86_64__
/* The interrupted code goes on with the panic, on `sp`, as if it had called it. */
static void overflow_at(greg_t *regs, uintptr_t sp) {
    sp = (sp & ~(uintptr_t)15) - 8;
    *(uintptr_t *)sp = (uintptr_t)regs[REG_RIP] + 1; /* the trace sees it */
    regs[REG_RSP] = (greg_t)sp;
    regs[REG_RIP] = (greg_t)(uintptr_t)stack_overflow;
}

/* In main's reserve. A library must not be left half-way: it gets the upper half to finish, and the
 * overflow is reported when Wyn code runs into the lower one. */
static bool fault_in_reserve(Stack *s, const char *at, greg_t *regs) {
    const char *low = s->reserve;
    if (low == NULL || at < low || at >= low + RT_STACK_RESERVE || s->opened == RESERVE_OPEN)
        return false;
    const char *pc = (const char *)regs[REG_RIP];
    bool library = pc < __executable_start || pc >= etext;
    if (library && s->opened == RESERVE_CLOSED && at >= low + RT_STACK_RESERVE / 2) {
        reserve_allow(s, RT_STACK_RESERVE / 2, RESERVE_HALF);
        return true;
    }
    reserve_allow(s, 0, RESERVE_OPEN);
    overflow_at(regs, (uintptr_t)regs[REG_RSP] - 256);
    return true;
}

/* In a handler: whatever was interrupted may hold locks. */
static _Noreturn void die(const char *text) {
    wyn_err_write(text, strlen(text));
    _exit(STATUS_PANIC);
}

/* In the guard of the part in use: code without a check has used up more than RT_STACK_ROOM. The
 * panic runs on a segment more. */
static bool fault_in_guard(Stack *s, const char *at, greg_t *regs) {
    const char *low = s->segment != NULL ? s->segment->low : s->low;
    if (low == NULL || at >= low || at < low - RT_STACK_GUARD_PAGE) return false;
    Segment *g = s->spare == SPARE_TAKEN ? NULL : segment_new(RT_SEGMENT);
    if (g == NULL) die("wyn: stack overflow, and no memory to report more\n");
    s->spare = SPARE_TAKEN;
    g->inner = s->segment == NULL ? s->first : s->segment->inner;
    segment_link(s, g);
    g->sp = (void *)regs[REG_RSP];
    segment_enter(s, g);
    stack_use(s);
    overflow_at(regs, (uintptr_t)g);
    return true;
}
#endif

static void on_fault(int signal_number, siginfo_t *info, void *context) {
    Stack *s = stack_self();
    bool handled = false;
#ifdef __x86_64__
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *at = info->si_addr;
    handled = s != NULL && (fault_in_reserve(s, at, regs) || fault_in_guard(s, at, regs));
#else
    (void)info, (void)context;
#endif
    if (!handled) signal(signal_number, SIG_DFL); /* a fault of foreign code: die of it */
}

void stack_alternate(char **low) {
    char *p = mmap(NULL, RT_ALT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) wyn_no_memory("a thread");
    *low = p;
    stack_t alt = {.ss_sp = p, .ss_size = RT_ALT_STACK};
    sigaltstack(&alt, NULL);
}

void stack_signals(int blocked) {
    struct sigaction fault = {.sa_sigaction = on_fault,
                              .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&fault.sa_mask);
    if (blocked != 0) sigaddset(&fault.sa_mask, blocked);
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGBUS, &fault, NULL);
}
