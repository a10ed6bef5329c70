/* start.c - main(): signals, the big stack, wyn_main, the end. */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "gc.h"
#include "sched.h"
#include "native.h"
#include "observe.h"
#include "panic.h"
#include "fiber.h"

void (*wyn_drain_hook)(void);
int wyn_argc;
char **wyn_argv;

static bool asserts_failed;

void wyn_fail_status(void) { asserts_failed = true; }

bool wyn_failed(void) { return asserts_failed; }

void wyn_finish(int status) {
    static _Atomic bool ending;
    wyn_flush();
    while (atomic_exchange(&ending, true)) pause(); /* another task ends the process */
    observe_finish();
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

static void run_main(void *status) { *(int64_t *)status = wyn_main(); }

static void run_drain(void *unused) {
    (void)unused;
    wyn_drain_hook();
}

static _Noreturn void program(void) {
    int64_t status = 0;
    Panic *p = NULL;
    observe_start();
    if (!panic_run(run_main, &status, &p) ||
        (wyn_drain_hook != NULL && !panic_run(run_drain, NULL, &p))) {
        panic_report(p);
        wyn_finish(STATUS_PANIC);
    }
    if (status == 0 && wyn_failed()) status = 1;
    wyn_exit(status);
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
/* This or half of the memory; it is reserved only. */
static bool big_stack(Stack *s) {
    size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    size_t size = RT_STACK_MAX;
    while (size > memory / 2 && size > RT_STACK_MIN) size /= 2;
    for (; size >= RT_STACK_MIN; size /= 2) {
        if (!stack_make(s, size)) continue;
        /* deep recursion touches it in huge pages, an ordinary program only its small top */
        madvise(s->low, size - RT_STACK_SMALL_PAGES, MADV_HUGEPAGE);
        return true;
    }
    return false;
}

static void program_on_stack(char *bottom) {
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "call *%1\n\t"
                     "hlt"
                     :
                     : "r"(bottom), "r"(program)
                     : "memory");
}
#else
static bool big_stack(Stack *s) {
    (void)s;
    return false;
}

static void program_on_stack(char *bottom) { (void)bottom; }
#endif

int main(int argc, char **argv) {
    sched_thread_ours = true;
    wyn_argc = argc;
    wyn_argv = argv;
    static char *alternate;
    stack_alternate(&alternate);
    stack_signals(0);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    char *system = __builtin_frame_address(0);
    Stack *stack = &main_fiber.context->stack;
    if (big_stack(stack)) {
        gc_set_stack(stack->high, (char *)((uintptr_t)(system - 16 * RT_KB) & ~(uintptr_t)63),
                     system);
        stack_use(stack);
        program_on_stack(stack->high);
    }
    stack->high = system + 256; /* what main itself holds is nothing to the collector */
    program();
}
