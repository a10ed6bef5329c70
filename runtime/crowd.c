/* crowd.c - see crowd.h. Linux counts for each thread how long it ran and how long it was ready
 * and waited for a processor. Every few milliseconds a worker looks at both: waited more than an
 * eighth of that time, with short tasks, is a reason to try. What is tried is judged by how many
 * tasks events wake in a window of time: the way of working in which there are more is kept, first
 * for a short while, then, as it proves itself again, for longer. Who judges holds `lock`; the
 * flag alone is read without it. */
#define _GNU_SOURCE
#include "crowd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "sched.h"
#include "wait.h"

typedef struct Look { /* of a worker, by its own thread */
    int64_t at, ran, waited;
    uint32_t tasks;
    int fd;            /* 0: not open yet; -1: the system does not tell */
    bool light, waits; /* what it saw */
} Look;

_Atomic bool crowd_is;
static Look looks[RT_WORKERS_MAX];
static atomic_flag lock = ATOMIC_FLAG_INIT;
static bool trial;                 /* of this way; else it is kept until `until` */
static int64_t until, settled;     /* before that it has not begun to count */
static int64_t window;             /* when this one began.. */
static uint32_t window_tasks;      /* ..and the tasks until then */
static int64_t rate[2], length[2]; /* tasks a second, for how long it was kept: crowded or not */

static uint32_t tasks_of(const Worker *w) {
    return atomic_load_explicit(&w->woken, memory_order_relaxed);
}

static uint32_t all_tasks(void) {
    uint32_t n = 0;
    for (int i = 0; i < worker_count; i++) n += tasks_of(workers[i]);
    return n;
}

static void begin(bool crowded, int64_t now) {
    atomic_store_explicit(&crowd_is, crowded, memory_order_relaxed);
    settled = now + RT_CROWD_WINDOW_NS;
}

/* This way is the better one, for a while. */
static void keep(bool crowded, int64_t now) {
    int64_t ns = 2 * length[crowded];
    if (ns < RT_CROWD_FIRST_NS) ns = RT_CROWD_FIRST_NS;
    if (ns > RT_CROWD_MOST_NS) ns = RT_CROWD_MOST_NS;
    length[crowded] = ns;
    length[!crowded] = 0;
    until = now + ns;
    trial = false;
    if (crowded != crowd_now()) begin(crowded, now);
}

static void try_other(int64_t now) {
    trial = true;
    begin(!crowd_now(), now);
}

static void judge(const Look *l, int64_t now) {
    uint32_t tasks = all_tasks();
    int64_t wall = now - window;
    bool crowded = crowd_now();
    if (crowded && !l->light) {
        keep(false, now);
    } else if (now < settled || wall > 4 * RT_CROWD_WINDOW_NS) { /* or nothing happened for long */
        window = now;
        window_tasks = tasks;
    } else if (wall >= RT_CROWD_WINDOW_NS) {
        rate[crowded] = (int64_t)(tasks - window_tasks) * 1000000000 / wall;
        window = now;
        window_tasks = tasks;
        if (trial) {
            keep(rate[true] * 20 >= rate[false] * 19, now); /* about as many with less work */
        } else if (now > until && (crowded || (l->light && l->waits))) {
            try_other(now);
        }
    }
}

static __attribute__((noinline)) void look(Look *l, int64_t now, uint32_t tasks) {
    char text[64], *rest;
    if (l->fd == 0) l->fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    ssize_t n = l->fd < 0 ? -1 : pread(l->fd, text, sizeof text - 1, 0);
    if (n <= 0) return;
    text[n] = '\0';
    int64_t ran = strtoll(text, &rest, 10), waited = strtoll(rest, NULL, 10);
    int64_t busy = ran - l->ran, idle = waited - l->waited, wall = now - l->at;
    l->light = busy < (int64_t)(tasks - l->tasks) * RT_CROWD_TASK_NS;
    l->waits = idle * 8 > busy + idle && (busy + idle) * 4 > wall; /* and did not sleep, mostly */
    l->at = now;
    l->ran = ran;
    l->waited = waited;
    l->tasks = tasks;
    if (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) return;
    judge(l, now);
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

void crowd_look(const Worker *w) {
    Look *l = &looks[w->id];
    int64_t now = time_mono();
    if (now - l->at >= RT_CROWD_LOOK_NS) look(l, now, tasks_of(w));
}

void crowd_forked(void) {
    for (int i = 0; i < RT_WORKERS_MAX; i++) {
        if (looks[i].fd > 0) close(looks[i].fd);
        looks[i] = (Look){0};
    }
    atomic_flag_clear(&lock);
    keep(false, time_mono());
}
