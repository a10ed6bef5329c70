/* stack.c - making stacks, and turning an overflow into a panic. */
#define _GNU_SOURCE
#include "stack.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "config.h"
#include "gc.h"
#include "panic.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

enum { RESERVE_CLOSED, RESERVE_HALF, RESERVE_OPEN };

/* Makes [p, p + size) inaccessible, or accessible again. */
static void guard_set(const Stack *s, char *p, size_t size, bool closed) {
    if (s->by_advice) {
        madvise(p, size, closed ? MADV_GUARD_INSTALL : MADV_GUARD_REMOVE);
    } else {
        mprotect(p, size, closed ? PROT_NONE : PROT_READ | PROT_WRITE);
    }
}

bool stack_make(Stack *s, size_t size) {
    size_t total = RT_STACK_GUARD + RT_STACK_RESERVE + size;
    char *p = mmap(NULL, total, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (p == MAP_FAILED) return false;
    madvise(p, total, MADV_NOHUGEPAGE);
    mprotect(p, RT_STACK_GUARD + RT_STACK_RESERVE, PROT_NONE);
    s->reserve = p + RT_STACK_GUARD;
    s->high = p + total;
    return true;
}

bool stack_guard(Stack *s, char *low, char *high) {
    size_t size = RT_TASK_GUARD + RT_STACK_RESERVE;
    s->by_advice = madvise(low, size, MADV_GUARD_INSTALL) == 0;
    if (!s->by_advice && mprotect(low, size, PROT_NONE) != 0) return false;
    s->reserve = low + RT_TASK_GUARD;
    s->high = high;
    s->opened = RESERVE_CLOSED;
    return true;
}

void stack_guard_restore(void) {
    Stack *s = stack_self();
    if (s->opened == RESERVE_CLOSED) return;
    s->opened = RESERVE_CLOSED;
    guard_set(s, s->reserve, RT_STACK_RESERVE, true);
}

static _Noreturn void stack_overflow(void) {
    wyn_panic("stack overflow (recursion too deep?)");
}

static void reserve_allow(Stack *s, size_t from, uint8_t opened) {
    s->opened = opened;
    guard_set(s, s->reserve + from, RT_STACK_RESERVE - from, false);
}

extern const char __executable_start[], etext[]; /* of the linker */

/* A library (the collector, say) must not be left half-way: it gets the upper half of the reserve
 * to finish, and the overflow is reported when Wyn code runs into the lower one. */
static void on_fault(int signal_number, siginfo_t *info, void *context) {
    const char *at = info->si_addr;
    Stack *s = stack_self();
    const char *low = s == NULL ? NULL : s->reserve;
    bool here = low != NULL && at >= low && at < low + RT_STACK_RESERVE;
    if (!here || s->opened == RESERVE_OPEN) {
        signal(signal_number, SIG_DFL); /* a fault of foreign code: die of it */
        return;
    }
#ifdef __x86_64__
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *pc = (const char *)regs[REG_RIP];
    bool library = pc < __executable_start || pc >= etext;
    if (library && s->opened == RESERVE_CLOSED && at >= low + RT_STACK_RESERVE / 2) {
        reserve_allow(s, RT_STACK_RESERVE / 2, RESERVE_HALF);
        return;
    }
    reserve_allow(s, 0, RESERVE_OPEN);
    uintptr_t sp = ((uintptr_t)regs[REG_RSP] - 256) & ~(uintptr_t)15;
    *(uintptr_t *)(sp - 8) = (uintptr_t)regs[REG_RIP] + 1; /* as if called: the trace sees it */
    regs[REG_RSP] = (greg_t)(sp - 8);
    regs[REG_RIP] = (greg_t)(uintptr_t)stack_overflow;
#else
    (void)context;
#endif
}

void stack_alternate(char **low) {
    char *p = mmap(NULL, RT_ALT_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
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
