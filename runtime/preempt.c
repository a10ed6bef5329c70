/* preempt.c - the slow path of a poll, and who asks for it; see preempt.h.
 * A request is a bit in `asked` of the worker; it stays until the task that runs there polls. The
 * byte and the limit may be lost to a race with a switch or another poll, so the monitor shows
 * them again while a bit is set, in every other of its turns: a worker that does not poll for
 * long, inside C, costs the others little. */
#include "preempt.h"

#include "scope.h"

uint8_t wyn_poll_wanted;

static char *const beyond = (char *)UINTPTR_MAX; /* above every stack */

static void show(Worker *w) {
    __atomic_store_n(&wyn_poll_wanted, 1, __ATOMIC_RELAXED);
    /* acquire: with the release in sched_thread */
    char **limit = __atomic_load_n(&w->limit, __ATOMIC_ACQUIRE);
    if (limit != NULL) __atomic_store_n(limit, beyond, __ATOMIC_RELAXED);
}

void preempt_ask(Worker *w, uint32_t why) {
    atomic_fetch_or_explicit(&w->asked, why, memory_order_relaxed);
    show(w);
}

void preempt_ask_all(uint32_t why) {
    for (int i = 0; i < worker_count; i++) preempt_ask(workers[i], why);
}

bool preempt_pending(void) {
    uint64_t asleep = atomic_load_explicit(&idle_bits, memory_order_relaxed);
    for (int i = 0; i < worker_count; i++) {
        if ((asleep >> i & 1) == 0 &&
            atomic_load_explicit(&workers[i]->asked, memory_order_relaxed) != 0) return true;
    }
    return false;
}

void preempt_tick(bool on) {
    if (!on) {
        __atomic_store_n(&wyn_poll_wanted, 0, __ATOMIC_RELAXED);
        return;
    }
    for (int i = 0; i < worker_count; i++) {
        Worker *w = workers[i];
        if (atomic_load_explicit(&w->asked, memory_order_relaxed) != 0) show(w);
    }
}

void wyn_poll_now(void) {
    Worker *w = worker_self();
    if (w == NULL) return;
    uint32_t asked = atomic_exchange_explicit(&w->asked, 0, memory_order_relaxed);
    if (asked == 0) return;
    if (!preempt_pending()) __atomic_store_n(&wyn_poll_wanted, 0, __ATOMIC_RELAXED);
    scope_check();
    if ((asked & ASK_YIELD) == 0) return;
    sched_preempt();
    scope_check();
}

bool preempt_limit_restored(void) {
    if (__atomic_load_n(&wyn_stack_limit, __ATOMIC_RELAXED) != beyond) return false;
    stack_use(stack_self());
    return true;
}

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
/* wyn_poll_now() that changes no register. */
__asm__(".text\n"
        ".globl wyn_poll_saved\n"
        ".type wyn_poll_saved, @function\n"
        "wyn_poll_saved:\n"
        "    pushq %rbp\n"
        "    movq %rsp, %rbp\n"
        "    pushq %rax\n"
        "    pushq %rcx\n"
        "    pushq %rdx\n"
        "    pushq %rsi\n"
        "    pushq %rdi\n"
        "    pushq %r8\n"
        "    pushq %r9\n"
        "    pushq %r10\n"
        "    pushq %r11\n"
        "    subq $528, %rsp\n"
        "    andq $-16, %rsp\n"
        "    fxsave64 (%rsp)\n"
        "    call wyn_poll_now\n"
        "    fxrstor64 (%rsp)\n"
        "    leaq -72(%rbp), %rsp\n"
        "    popq %r11\n"
        "    popq %r10\n"
        "    popq %r9\n"
        "    popq %r8\n"
        "    popq %rdi\n"
        "    popq %rsi\n"
        "    popq %rdx\n"
        "    popq %rcx\n"
        "    popq %rax\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size wyn_poll_saved, . - wyn_poll_saved\n");
#endif
