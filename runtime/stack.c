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
static bool reserve_open;
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
    if (!reserve_open) return;
    reserve_open = false;
    mprotect(current.reserve, RT_STACK_RESERVE, PROT_NONE);
}

static _Noreturn void stack_overflow(void) {
    wyn_panic("stack overflow (recursion too deep?)");
}

static void on_fault(int signal_number, siginfo_t *info, void *context) {
    const char *at = info->si_addr;
    const char *low = current.reserve;
    if (low == NULL || at < low || at >= low + RT_STACK_RESERVE || reserve_open) {
        signal(signal_number, SIG_DFL); /* a fault of foreign code: die of it */
        return;
    }
    reserve_open = true;
    mprotect(current.reserve, RT_STACK_RESERVE, PROT_READ | PROT_WRITE);
#ifdef __x86_64__
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
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
