/* sim.c - the simulated threads, their store buffers, the seeded scheduler and the main of every
 * simulation. Compiled without sim.h's macros in force.
 *
 *     build/sim/NAME [FROM [TO]]     runs the seeds FROM..TO-1, each in a process of its own
 *
 * With one seed the last points of the schedule are printed if it fails. Schedules are drawn from
 * the seed: switching at every point with some probability, or by priorities with at most three
 * changes at random points (bounded preemption: most bugs need one or two). A thread that pauses
 * in a loop falls behind all others, so spinning ends. Time is virtual: it goes on with every point
 * and jumps when all wait. All waiting for ever is a hang: a lost wake-up. */
#define SIM_IMPLEMENTATION
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "system.h"

enum { THREADS = 16, BUFFER = 8, AREAS = 80, POINTS = 100, STACK = 512 * 1024 };
static const int64_t STEPS_MAX = 4000000;

typedef enum State { READY, WAITING, ENDED } State;

typedef struct Delayed {
    volatile void *p;
    uint64_t value;
    uint32_t n;
    bool release;
} Delayed;

typedef struct Thread {
    void *sp;
    State state;
    const volatile void *word; /* of the futex it waits for */
    int64_t until;             /* virtual time; 0: no end */
    bool timed_out;
    int priority;
    uintptr_t local; /* where its thread-local variables are: the thread register */
    void *(*body)(void *);
    void *arg;
    Delayed delayed[BUFFER]; /* oldest first */
    int n;
} Thread;

typedef struct Point {
    int thread;
    const char *what, *at;
} Point;

typedef struct Area {
    const volatile char *low, *high;
} Area;

extern char __data_start[], _end[];
int wyn_start(int argc, char **argv); /* main() of runtime/start.c */
extern const int sim_threads;

/* the linker replaces the plain ones by these */
long __real_syscall(long number, ...);
void *__real_aligned_alloc(size_t align, size_t size);
int __real_pause(void);
int __real_sched_yield(void);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *),
                          void *arg);
long __wrap_syscall(long number, ...);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_nanosleep(const struct timespec *t, struct timespec *left);
int __wrap_pause(void);
int __wrap_sched_yield(void);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *),
                          void *arg);
int __wrap_pthread_join(pthread_t thread, void **result);
void *__wrap_aligned_alloc(size_t align, size_t size);

static Thread threads[THREADS];
static int thread_count = 1, current, lowest;
static Area areas[AREAS];
static int area_count;
static uint64_t seed, random_state;
static int64_t now = 1000000000, steps, clock_step;
static bool running, by_priority, buffers, verbose, no_second;
bool sim_alone;
static uint64_t switch_one_in;
static int64_t changes[3];
static Point points[POINTS];
static uint64_t point_count;
static bool idle_noted, can_write_fs;

/* ---- random numbers ---- */

static uint64_t random_next(void) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t sim_random(uint64_t below) { return random_next() % below; }
uint64_t sim_seed(void) { return seed; }

/* ---- switching threads ---- */

void sim_switch(void **save, void *to);
__asm__(".text\n"
        ".type sim_switch, @function\n"
        "sim_switch:\n"
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
        ".size sim_switch, . - sim_switch\n");

/* Thread-local variables: those of a system thread that only waits. Under fork's child too. */
static void local_use(uintptr_t local) {
    if (can_write_fs) {
        __asm__ volatile("wrfsbase %0" : : "r"(local) : "memory");
    } else {
        __real_syscall(SYS_arch_prctl, 0x1002 /* ARCH_SET_FS */, local);
    }
}

static void *local_lend(void *out) {
    atomic_store((_Atomic uintptr_t *)out, (uintptr_t)pthread_self());
    for (;;) __real_pause();
    return NULL;
}

static uintptr_t local_make(void) {
    _Atomic uintptr_t local = 0;
    pthread_t t;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 64 * 1024);
    if (__real_pthread_create(&t, &attr, local_lend, &local) != 0) abort();
    while (atomic_load(&local) == 0) __real_sched_yield();
    return local;
}

static void switch_to(int next) {
    if (next == current) return;
    Thread *from = &threads[current], *to = &threads[next];
    current = next;
    local_use(to->local);
    sim_switch(&from->sp, to->sp);
}

static void failed(const char *what) {
    fprintf(stderr, "sim: %s\n", what);
    exit(99);
}

static bool is_ready(Thread *t) {
    if (t->state == WAITING && t->until != 0 && t->until <= now) {
        t->state = READY;
        t->timed_out = true;
    }
    return t->state == READY;
}

static int pick(void) {
    int ready[THREADS], n = 0, best = -1;
    for (int i = 0; i < thread_count; i++) {
        if (!is_ready(&threads[i])) continue;
        ready[n++] = i;
        if (best < 0 || threads[i].priority > threads[best].priority) best = i;
    }
    if (n == 0) return -1;
    return by_priority ? best : ready[sim_random((uint64_t)n)];
}

/* The current one cannot go on, or shall not. */
static void schedule(void) {
    int next;
    while ((next = pick()) < 0) {
        int64_t first = 0;
        for (int i = 0; i < thread_count; i++) {
            const Thread *t = &threads[i];
            if (t->state == WAITING && t->until != 0 && (first == 0 || t->until < first))
                first = t->until;
        }
        if (first == 0) failed("hang: every thread waits and nothing can wake one");
        now = first;
    }
    switch_to(next);
}

/* ---- store buffers ---- */

static bool is_buffered(const volatile void *p) {
    if (!buffers) return false;
    const volatile char *at = p;
    for (int i = 0; i < area_count; i++) {
        if (at >= areas[i].low && at < areas[i].high) return true;
    }
    return false;
}

static void perform(Thread *t, int i) {
    Delayed d = t->delayed[i];
    memcpy((void *)d.p, &d.value, d.n);
    memmove(&t->delayed[i], &t->delayed[i + 1], (size_t)(t->n - i - 1) * sizeof d);
    t->n--;
}

static void perform_all(Thread *t) {
    while (t->n > 0) perform(t, 0);
}

/* Those to the same place first, in order. */
static void perform_at(Thread *t, const volatile void *p, size_t n) {
    const volatile char *low = p;
    for (int i = 0; i < t->n;) {
        const volatile char *at = t->delayed[i].p;
        if (at < low + n && low < at + t->delayed[i].n) {
            if (t->delayed[i].release) {
                for (int k = 0; k <= i; k++) perform(t, 0);
                i = 0;
            } else {
                perform(t, i);
            }
        } else {
            i++;
        }
    }
}

static void perform_some(void) {
    Thread *t = &threads[sim_random((uint64_t)thread_count)];
    if (t->n == 0) return;
    int i = (int)sim_random((uint64_t)t->n);
    if (t->delayed[i].release) i = 0;
    for (int k = 0; k < i; k++) {
        if (t->delayed[k].p == t->delayed[i].p) {
            i = k;
            break;
        }
    }
    if (!t->delayed[i].release || i == 0) perform(t, i);
}

static bool is_release(int order) {
    return order == memory_order_release || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

/* ---- points ---- */

static void fall_behind(void) { threads[current].priority = --lowest; }

/* Loops that pause and look at the clock are noted once. */
static void note(const char *what, const char *at) {
    bool idle = what[0] == 'p' || (what[0] == 'c' && what[1] == 'l');
    const Point *last = &points[(point_count + POINTS - 1) % POINTS];
    if (idle && idle_noted && last->thread == current) return;
    idle_noted = idle;
    points[point_count++ % POINTS] = (Point){current, what, at};
}

static void point(const char *what, const char *at) {
    if (!running) return;
    note(what, at);
    if (++steps > STEPS_MAX) failed("no end: too many steps");
    now += 1 + (int64_t)sim_random((uint64_t)clock_step);
    if (buffers && sim_random(4) == 0) perform_some();
    if (by_priority) {
        for (int i = 0; i < 3; i++) {
            if (changes[i] == steps) fall_behind();
        }
        schedule();
    } else if (sim_random(switch_one_in) == 0) {
        schedule();
    }
}

void sim_read(const volatile void *p, void *out, size_t n, int order, const char *at) {
    (void)order;
    point("load", at);
    const Thread *t = &threads[current];
    memcpy(out, (const void *)p, n);
    for (int i = 0; i < t->n; i++) {
        if (t->delayed[i].p == p) memcpy(out, &t->delayed[i].value, n);
    }
}

void sim_write(volatile void *p, const void *v, size_t n, int order, const char *at) {
    point("store", at);
    Thread *t = &threads[current];
    if (order == memory_order_seq_cst || !is_buffered(p) || n > 8) {
        if (is_release(order)) perform_all(t);
        perform_at(t, p, n);
        memcpy((void *)p, v, n);
        return;
    }
    if (t->n == BUFFER) perform(t, 0);
    Delayed d = {p, 0, (uint32_t)n, is_release(order)};
    memcpy(&d.value, v, n);
    t->delayed[t->n++] = d;
}

void sim_change(const volatile void *p, size_t n, int order, const char *at) {
    point("change", at);
    Thread *t = &threads[current];
    if (is_release(order)) perform_all(t);
    perform_at(t, p, n);
}

void sim_fence(int order, const char *at) {
    point("fence", at);
    if (is_release(order)) perform_all(&threads[current]);
}

void sim_pause(const char *at) {
    if (!running) return;
    fall_behind();
    point("pause", at);
    if (!by_priority) schedule();
}

bool sim_weak(void) { return sim_random(8) == 0; }

/* ---- the system ---- */

static bool wait_here(const volatile void *word, int64_t until) {
    Thread *t = &threads[current];
    t->state = WAITING;
    t->word = word;
    t->until = until;
    t->timed_out = false;
    schedule();
    return t->timed_out;
}

/* At most so many; from anywhere. */
static long wake(const volatile void *word, long most) {
    long woken = 0;
    int first = (int)sim_random((uint64_t)thread_count);
    for (int i = 0; i < thread_count && woken < most; i++) {
        Thread *t = &threads[(first + i) % thread_count];
        if (t->state != WAITING || t->word != word) continue;
        t->state = READY;
        woken++;
    }
    return woken;
}

void sim_system(const char *what) {
    point(what, "");
    perform_all(&threads[current]);
}

bool sim_wait(const volatile void *word, int64_t until) { return wait_here(word, until); }

long sim_wake(const volatile void *word, bool all) { return wake(word, all ? THREADS : 1); }

int64_t sim_now(void) { return now; }

static int64_t ns_of(const struct timespec *t) {
    return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static long futex(_Atomic uint32_t *word, int op, uint32_t value, const struct timespec *left) {
    if ((op & 127) == FUTEX_WAIT) {
        if (*word != value || sim_random(64) == 0) {
            errno = EAGAIN;
            return -1;
        }
        if (wait_here(word, left == NULL ? 0 : now + ns_of(left) + 1)) {
            errno = ETIMEDOUT;
            return -1;
        }
        return 0;
    }
    return wake(word, (long)value);
}

long __wrap_syscall(long number, ...) {
    va_list args;
    va_start(args, number);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(args, long);
    va_end(args);
    if (number == SYS_futex) {
        sim_system("futex");
        return futex((_Atomic uint32_t *)a[0], (int)a[1], (uint32_t)a[2],
                     (const struct timespec *)a[3]);
    }
    if (number == SYS_membarrier) {
        point("membarrier", "");
        if (a[0] == MEMBARRIER_CMD_PRIVATE_EXPEDITED)
            for (int i = 0; i < thread_count; i++) perform_all(&threads[i]);
        return 0;
    }
    return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *t) {
    (void)clock;
    point("clock", "");
    now += 100;
    *t = (struct timespec){now / 1000000000, now % 1000000000};
    return 0;
}

int __wrap_nanosleep(const struct timespec *t, struct timespec *left) {
    (void)left;
    sim_system("sleep");
    wait_here(NULL, now + ns_of(t) + 1);
    return 0;
}

int __wrap_pause(void) {
    wait_here(NULL, 0);
    return 0;
}

int __wrap_sched_yield(void) {
    sim_pause("");
    return 0;
}

static void thread_main(void) {
    Thread *t = &threads[current];
    t->body(t->arg);
    t = &threads[current];
    perform_all(t);
    t->state = ENDED;
    for (int i = 0; i < thread_count; i++) {
        if (threads[i].state == WAITING && threads[i].word == t) threads[i].state = READY;
    }
    schedule();
    abort();
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *),
                          void *arg) {
    (void)attr;
    sim_system("create");
    if (no_second && thread_count == 1) { /* the monitor: all must go well without it */
        no_second = false;
        return EAGAIN;
    }
    if (thread_count == THREADS) failed("too many threads");
    Thread *t = &threads[thread_count];
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) abort();
    uintptr_t *sp = (uintptr_t *)(void *)(stack + STACK);
    *--sp = 0; /* aligned as after a call */
    *--sp = (uintptr_t)thread_main;
    sp -= 6;
    memset(sp, 0, 6 * sizeof *sp);
    *t = (Thread){.sp = sp, .body = body, .arg = arg, .priority = (int)sim_random(1000)};
    t->local = local_make();
    *thread = (pthread_t)thread_count++;
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **result) {
    (void)result;
    Thread *t = &threads[thread];
    while (t->state != ENDED) wait_here(t, 0);
    return 0;
}

void sim_buffered(const volatile void *p, size_t n) {
    if (area_count < AREAS) areas[area_count++] = (Area){p, (const volatile char *)p + n};
}

void *__wrap_aligned_alloc(size_t align, size_t size) {
    void *p = __real_aligned_alloc(align, size);
    if (p != NULL) sim_buffered(p, size);
    return p;
}

/* ---- one seed ---- */

static void print_points(int status, void *unused) {
    (void)unused;
    if (status == 0 || !verbose) return;
    verbose = false;
    uint64_t from = point_count > POINTS ? point_count - POINTS : 0;
    for (uint64_t i = from; i < point_count; i++) {
        const Point *p = &points[i % POINTS];
        fprintf(stderr, "  %*s%d %s %s\n", p->thread * 2, "", p->thread, p->what, p->at);
    }
    for (int i = 0; i < thread_count; i++) {
        const Thread *t = &threads[i];
        fprintf(stderr, "  thread %d %s\n", i,
                t->state == READY ? "is ready" : t->state == ENDED ? "has ended"
                : t->until != 0   ? "waits for a time" : "waits");
    }
    fprintf(stderr, "sim: status %d after %lld points\n", status, (long long)steps);
}

static void on_abort(int number) {
    print_points(number, NULL);
    _exit(98);
}

static void run_seed(uint64_t s, char **argv) {
    seed = s;
    random_state = s * 0x2545f4914f6cdd1du + 1;
    by_priority = sim_random(2) == 0;
    buffers = sim_random(2) == 0;
    sim_alone = no_second = sim_threads == 0 && sim_random(2) == 0;
    switch_one_in = (uint64_t)1 << sim_random(8);
    clock_step = (int64_t)1 << sim_random(8);
    for (int i = 0; i < 3; i++)
        changes[i] = 1 + (int64_t)sim_random((uint64_t)1 << (5 + sim_random(13)));
    can_write_fs = (getauxval(AT_HWCAP2) & 2) != 0;
    threads[0].local = (uintptr_t)pthread_self();
    threads[0].priority = (int)sim_random(1000);
    sim_buffered(__data_start, (size_t)(_end - __data_start));
    char workers[8];
    snprintf(workers, sizeof workers, "%d", sim_threads != 0 ? 1 : 2 + (int)sim_random(3));
    setenv("WYN_WORKERS", workers, 1);
    setenv("WYN_SEED", "1", 1);
    on_exit(print_points, NULL);
    signal(SIGABRT, on_abort);
    alarm(60);
    running = true;
    exit(wyn_start(1, argv));
}

static int run_child(uint64_t s, char **argv, bool tells) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        verbose = tells;
        if (!tells && (freopen("/dev/null", "w", stderr) == NULL)) abort();
        run_seed(s, argv);
    }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
    if ((personality(0xffffffff) & ADDR_NO_RANDOMIZE) == 0) { /* the same addresses every time */
        personality(ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", argv);
    }
    uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    uint64_t to = argc > 2 ? strtoull(argv[2], NULL, 10) : argc > 1 ? from + 1 : 300;
    for (uint64_t s = from; s < to; s++) {
        int status = run_child(s, argv, to == from + 1);
        if (status == 0) continue;
        if (to > from + 1) run_child(s, argv, true);
        fprintf(stderr, "sim: seed %llu fails with status %d: %s %llu\n", (unsigned long long)s,
                status, argv[0], (unsigned long long)s);
        return 1;
    }
    return 0;
}
