/* task.c - the scheduler: fibers on one thread, switched only where a task waits.
 * Waiting fibers are in one list in the order they began to wait; the next to run is the first
 * whose condition holds, else a new task, else the machine sleeps until the nearest deadline,
 * else there is a deadlock. A Fiber lies at the top of its own stack, so the collector sees its
 * fields when the stack is pushed as a root. */
#include "task.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "config.h"
#include "gc.h"
#include "stack.h"

typedef struct Fiber {
    struct Fiber *next; /* waiting list, or pool */
    void *sp;           /* while not running */
    Stack stack;
    PanicContext panic;
    wyn_future *task; /* NULL: main */
    Wait *wait;       /* while waiting */
} Fiber;

static Fiber main_fiber;
static Fiber *running = &main_fiber;
static Fiber *waiting_head, **waiting_tail = &waiting_head;
static Fiber *pool;
static wyn_future *queue_head, *queue_tail;
static wyn_future *current_task;
static int64_t queued;
static bool draining;
static unsigned turn;

int64_t time_mono(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

wyn_future *task_current(void) { return current_task; }

wyn_future *task_set_current(wyn_future *f) {
    wyn_future *old = current_task;
    current_task = f;
    return old;
}

int64_t task_count(void) {
    int64_t n = queued;
    for (Fiber *f = waiting_head; f != NULL; f = f->next) n += f->task != NULL;
    return n + (current_task != NULL);
}

/* ---- queue of new tasks ---- */

static bool never(void *arg) {
    (void)arg;
    return false;
}

/* main has returned: waits until no task can go on. */
static void drain(void) {
    Wait w = {.ready = never, .what = "the end"};
    draining = true;
    task_wait(&w);
}

void task_enqueue(wyn_future *f) {
    static int64_t ids;
    wyn_drain_hook = drain;
    f->id = ++ids;
    f->next = NULL;
    if (queue_head == NULL) {
        queue_head = f;
    } else {
        queue_tail->next = f;
    }
    queue_tail = f;
    queued++;
}

/* The oldest task that nobody has run inline meanwhile. */
static wyn_future *task_dequeue(void) {
    while (queue_head != NULL) {
        wyn_future *f = queue_head;
        queue_head = f->next;
        queued--;
        f->next = NULL;
        if (f->state == FUTURE_NEW) return f;
    }
    return NULL;
}

/* ---- fibers ---- */

/* void fiber_switch(void **save, void *to): saves the running stack in *save, continues `to`. */
void fiber_switch(void **save, void *to);
#ifdef __x86_64__
__asm__(".text\n"
        ".globl fiber_switch\n"
        ".hidden fiber_switch\n"
        ".type fiber_switch, @function\n"
        "fiber_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size fiber_switch, . - fiber_switch\n");
#else
#error "fiber_switch: no such machine yet"
#endif

static void push_fibers(void) {
    for (Fiber *f = waiting_head; f != NULL; f = f->next) gc_push_root(f->sp, f->stack.high);
}

static void fiber_enter(Fiber *to) {
    Fiber *from = running;
    from->task = current_task;
    from->panic = panic_switch(to->panic);
    current_task = to->task;
    running = to;
    stack_use(&to->stack);
    fiber_switch(&from->sp, to->sp);
}

static _Noreturn void fiber_main(void);

static Fiber *fiber_new(void) {
    Fiber *f = pool;
    if (f != NULL) {
        pool = f->next;
    } else {
        Stack s;
        if (!stack_make(&s, RT_TASK_STACK)) wyn_panic("cannot make a stack for a task");
        f = (Fiber *)(void *)(s.high - sizeof *f);
        f->stack = s;
    }
    uintptr_t *sp = (uintptr_t *)((uintptr_t)f & ~(uintptr_t)15);
    *--sp = 0; /* end of traces, and alignment as after a call */
    *--sp = (uintptr_t)fiber_main;
    sp -= 6;
    memset(sp, 0, 6 * sizeof *sp);
    f->sp = sp;
    f->next = NULL;
    f->task = NULL;
    f->wait = NULL;
    f->panic = (PanicContext){0};
    return f;
}

/* ---- choosing what runs next ---- */

static void waiting_add(Fiber *f) {
    f->next = NULL;
    *waiting_tail = f;
    waiting_tail = &f->next;
}

static Fiber *waiting_take(Fiber **link) {
    Fiber *f = *link;
    *link = f->next;
    if (f->next == NULL) waiting_tail = link;
    f->next = NULL;
    return f;
}

/* The first waiting fiber that can go on; *nearest is the next deadline of the others, or 0. */
static Fiber *next_ready(int64_t *nearest) {
    int64_t now = 0;
    *nearest = 0;
    for (Fiber **link = &waiting_head; *link != NULL; link = &(*link)->next) {
        Wait *w = (*link)->wait;
        if (w->ready(w->arg)) return waiting_take(link);
        if (w->deadline == 0) continue;
        if (now == 0) now = time_mono();
        if (w->deadline <= now) return waiting_take(link);
        if (*nearest == 0 || w->deadline < *nearest) *nearest = w->deadline;
    }
    return NULL;
}

static void sleep_until(int64_t deadline) {
    struct timespec t = {deadline / 1000000000, deadline % 1000000000};
    wyn_flush();
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) continue;
}

static void report_wait(const Fiber *f) {
    char text[512];
    const Wait *w = f->wait;
    int n = snprintf(text, sizeof text, "  %s waits in %s", f->task == NULL ? "main" : "a task",
                     w->what);
    if (w->site != NULL)
        n += snprintf(text + n, sizeof text - (size_t)n, ", %s (%s:%d)", w->site->func,
                      w->site->file, w->site->line);
    if (f->task != NULL && f->task->site != NULL && n < (int)sizeof text)
        n += snprintf(text + n, sizeof text - (size_t)n, ", spawned in %s (%s:%d)",
                      f->task->site->func, f->task->site->file, f->task->site->line);
    if (n > (int)sizeof text - 2) n = (int)sizeof text - 2;
    text[n] = '\n';
    wyn_err_write(text, (size_t)n + 1);
}

static _Noreturn void deadlock(void) {
    char text[256];
    const char *what = waiting_head->wait->what;
    for (Fiber *f = waiting_head; f != NULL; f = f->next) {
        if (f->task == NULL) what = f->wait->what;
    }
    wyn_flush();
    int n = snprintf(text, sizeof text, "wyn: deadlock - %s\n", what);
    wyn_err_write(text, (size_t)n);
    for (Fiber *f = waiting_head; f != NULL; f = f->next) report_wait(f);
    wyn_finish(STATUS_PANIC);
}

/* main, when it waits for the end: nobody else can go on, so the process ends. */
static Fiber *main_at_end(void) {
    if (!draining) return NULL;
    for (Fiber **link = &waiting_head; *link != NULL; link = &(*link)->next) {
        if (*link == &main_fiber) return waiting_take(link);
    }
    return NULL;
}

/* What to continue; never the running fiber unless it was put on the waiting list. */
static Fiber *choose(void) {
    for (;;) {
        int64_t nearest;
        wyn_future *fresh = ++turn % 8 == 0 ? task_dequeue() : NULL; /* new tasks get a turn */
        if (fresh == NULL) {
            Fiber *f = next_ready(&nearest);
            if (f != NULL) return f;
            fresh = task_dequeue();
        }
        if (fresh != NULL) {
            Fiber *f = fiber_new();
            f->task = fresh;
            return f;
        }
        if (nearest != 0) {
            sleep_until(nearest);
            continue;
        }
        Fiber *end = main_at_end();
        if (end != NULL) return end;
        deadlock();
    }
}

static _Noreturn void fiber_main(void) {
    wyn_future *f = current_task;
    current_task = NULL;
    if (f->state == FUTURE_NEW) future_run(f);
    Fiber *next = choose();
    running->next = pool;
    pool = running;
    fiber_enter(next); /* who takes this fiber from the pool starts it afresh */
    CHECK(!"a finished fiber goes on");
    __builtin_unreachable();
}

static bool expired(const Wait *w) { return w->deadline != 0 && w->deadline <= time_mono(); }

bool task_wait(Wait *w) {
    for (;;) {
        if (w->ready(w->arg)) return true;
        if (expired(w)) return false;
        gc_roots_hook = push_fibers;
        if (running->stack.high == NULL) { /* main, seen for the first time */
            running->stack = (Stack){.reserve = (char *)stack_low, .high = (char *)stack_high};
        }
        running->wait = w;
        running->task = current_task;
        waiting_add(running);
        Fiber *next = choose();
        if (next == &main_fiber && draining && w->ready == never) return false;
        if (next != running) fiber_enter(next);
    }
}
