/* stack.c - making stacks, and turning an overflow into a panic. */
#define _GNU_SOURCE
#include "stack.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "config.h"
#include "gc.h"
#include "panic.h"

const char *stack_low, *stack_high;

static Stack current;
static enum { RESERVE_CLOSED, RESERVE_HALF, RESERVE_OPEN } reserve_state;
static char alt_stack[RT_ALT_STACK];

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

void stack_use(const Stack *s) {
    stack_guard_restore();
    current = *s;
    stack_high = s->high;
    stack_low = s->reserve != NULL ? s->reserve : s->high - 8 * RT_MB;
    gc_set_stack(s->high);
}

void stack_guard_restore(void) {
    if (reserve_state == RESERVE_CLOSED) return;
    reserve_state = RESERVE_CLOSED;
    mprotect(current.reserve, RT_STACK_RESERVE, PROT_NONE);
}

static _Noreturn void stack_overflow(void) {
    wyn_panic("stack overflow (recursion too deep?)");
}

static void reserve_allow(size_t from, int state) {
    reserve_state = state;
    mprotect(current.reserve + from, RT_STACK_RESERVE - from, PROT_READ | PROT_WRITE);
}

extern const char __executable_start[], etext[]; /* of the linker */

/* A library (the collector, say) must not be left half-way: it gets the upper half of the reserve
 * to finish, and the overflow is reported when Wyn code runs into the lower one. */
static void on_fault(int signal_number, siginfo_t *info, void *context) {
    const char *at = info->si_addr;
    const char *low = current.reserve;
    bool here = low != NULL && at >= low && at < low + RT_STACK_RESERVE;
    if (!here || reserve_state == RESERVE_OPEN) {
        signal(signal_number, SIG_DFL); /* a fault of foreign code: die of it */
        return;
    }
#ifdef __x86_64__
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *pc = (const char *)regs[REG_RIP];
    bool library = pc < __executable_start || pc >= etext;
    if (library && reserve_state == RESERVE_CLOSED && at >= low + RT_STACK_RESERVE / 2) {
        reserve_allow(RT_STACK_RESERVE / 2, RESERVE_HALF);
        return;
    }
    reserve_allow(0, RESERVE_OPEN);
    uintptr_t sp = ((uintptr_t)regs[REG_RSP] - 256) & ~(uintptr_t)15;
    *(uintptr_t *)(sp - 8) = (uintptr_t)regs[REG_RIP] + 1; /* as if called: the trace sees it */
    regs[REG_RSP] = (greg_t)(sp - 8);
    regs[REG_RIP] = (greg_t)(uintptr_t)stack_overflow;
#else
    (void)context;
#endif
}

void stack_signals(void) {
    stack_t alt = {.ss_sp = alt_stack, .ss_size = sizeof alt_stack};
    sigaltstack(&alt, NULL);
    struct sigaction fault = {.sa_sigaction = on_fault,
                              .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGBUS, &fault, NULL);
}
