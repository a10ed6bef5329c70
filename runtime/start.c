/* start.c - main(): the big stack, signals, wyn_main, the end.
 * The program runs on a reserved, not committed stack, so that recursion is limited by memory.
 * Below it lie a reserve and a guard: [guard | reserve | stack]. An overflow faults in the
 * reserve; the handler opens it and continues in the panic, which needs room for the deferred
 * blocks. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "config.h"
#include "gc.h"
#include "native.h"
#include "panic.h"

const char *stack_low, *stack_high;
void (*wyn_drain_hook)(void);
int wyn_argc;
char **wyn_argv;

static char *reserve; /* RT_STACK_RESERVE bytes below the stack; NULL: no such stack */
static bool reserve_open;
static bool asserts_failed;
static char alt_stack[RT_ALT_STACK];

void wyn_fail_status(void) { asserts_failed = true; }

bool wyn_failed(void) { return asserts_failed; }

void wyn_finish(int status) {
    wyn_flush();
    exit(status);
}

void wyn_exit(int64_t status) { wyn_finish((int)(status & 255)); }

void wyn_main_error(const void *err, const wyn_type *t) {
    wyn_text text;
    wyn_text_open(&text);
    wyn_text_cstr(&text, "Error: ");
    wyn_fmt(&text, err, t);
    wyn_text_cstr(&text, "\n");
    wyn_flush();
    wyn_err_write(text.p, text.len);
    wyn_finish(1);
}

/* ---- stack overflow ---- */

void stack_guard_restore(void) {
    if (!reserve_open) return;
    reserve_open = false;
    mprotect(reserve, RT_STACK_RESERVE, PROT_NONE);
}

static _Noreturn void stack_overflow(void) {
    wyn_panic("stack overflow (recursion too deep?)");
}

static void on_fault(int signal_number, siginfo_t *info, void *context) {
    const char *at = info->si_addr;
    bool in_reserve = reserve != NULL && at >= reserve && at < reserve + RT_STACK_RESERVE;
    if (!in_reserve || reserve_open) {
        signal(signal_number, SIG_DFL); /* a fault of foreign code: die of it */
        return;
    }
    reserve_open = true;
    mprotect(reserve, RT_STACK_RESERVE, PROT_READ | PROT_WRITE);
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

static void signals_install(void) {
    stack_t alt = {.ss_sp = alt_stack, .ss_size = sizeof alt_stack};
    sigaltstack(&alt, NULL);
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGBUS, &fault, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- the big stack ---- */

static size_t stack_size(void) {
    size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    size_t size = RT_STACK_MAX;
    while (size > memory / 2 && size > RT_STACK_MIN) size /= 2;
    return size;
}

static bool stack_make(void) {
    for (size_t size = stack_size(); size >= RT_STACK_MIN; size /= 2) {
        size_t total = RT_STACK_GUARD + RT_STACK_RESERVE + size;
        char *p = mmap(NULL, total, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (p == MAP_FAILED) continue;
        madvise(p, total, MADV_NOHUGEPAGE);
        mprotect(p, RT_STACK_GUARD + RT_STACK_RESERVE, PROT_NONE);
        reserve = p + RT_STACK_GUARD;
        stack_low = reserve;
        stack_high = p + total;
        return true;
    }
    return false;
}

static void run_main(void *status) { *(int64_t *)status = wyn_main(); }

static void run_drain(void *unused) {
    (void)unused;
    wyn_drain_hook();
}

static void program(void) {
    int64_t status = 0;
    Panic *p = NULL;
    if (!panic_run(run_main, &status, &p) ||
        (wyn_drain_hook != NULL && !panic_run(run_drain, NULL, &p))) {
        panic_report(p);
        wyn_finish(STATUS_PANIC);
    }
    if (status == 0 && wyn_failed()) status = 1;
    wyn_exit(status);
}

static void program_on_stack(char *bottom) {
#ifdef __x86_64__
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "call *%1\n\t"
                     "hlt"
                     :
                     : "r"(bottom), "r"(program)
                     : "memory");
#else
    (void)bottom;
#endif
}

int main(int argc, char **argv) {
    wyn_argc = argc;
    wyn_argv = argv;
    signals_install();
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
    if (stack_make()) {
        gc_set_stack((void *)stack_high);
        program_on_stack((char *)stack_high);
    }
#else
    (void)stack_make;
    (void)program_on_stack;
#endif
    stack_high = __builtin_frame_address(0);
    stack_low = stack_high - 8 * RT_MB;
    program();
}
