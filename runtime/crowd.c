/* crowd.c - see crowd.h. Linux counts for each thread how long it ran and how long it was ready
 * and waited for a processor. Every few milliseconds a worker looks at both: waited more than an
 * eighth of that time, with short tasks, means crowded. That ends after a while, as only with all
 * workers at work it can be seen whether there is room for them again; each time it was in vain
 * the next while is twice as long. */
#define _GNU_SOURCE
#include "crowd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "wait.h"

typedef struct Look { /* of a worker, by its own thread */
    int64_t at, ran, waited;
    uint32_t turns;
    int fd; /* 0: not open yet; -1: the system does not tell */
} Look;

_Atomic bool crowd_is;
static _Atomic int64_t until, ended, length; /* relaxed: each a hint */
static Look looks[RT_WORKERS_MAX];

static int64_t get(_Atomic int64_t *x) { return atomic_load_explicit(x, memory_order_relaxed); }
static void set(_Atomic int64_t *x, int64_t v) {
    atomic_store_explicit(x, v, memory_order_relaxed);
}

static void crowd_set(bool is) { atomic_store_explicit(&crowd_is, is, memory_order_relaxed); }

static void begins(int64_t now) {
    int64_t ns = now - get(&ended) < 8 * RT_CROWD_LOOK_NS ? 2 * get(&length) : RT_CROWD_FIRST_NS;
    if (ns > RT_CROWD_MOST_NS) ns = RT_CROWD_MOST_NS;
    set(&length, ns);
    set(&until, now + ns);
    crowd_set(true);
}

static void ends(int64_t now) {
    set(&ended, now);
    crowd_set(false);
}

/* Not inlined: a look is rare, and its buffer would lie in the frame of each. */
static __attribute__((noinline)) void crowd_judge(Look *l, int64_t now, uint32_t turns) {
    char text[64], *rest;
    if (l->fd == 0) l->fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    ssize_t n = l->fd < 0 ? -1 : pread(l->fd, text, sizeof text - 1, 0);
    if (n <= 0) return;
    text[n] = '\0';
    int64_t ran = strtoll(text, &rest, 10), waited = strtoll(rest, NULL, 10);
    int64_t wall = now - l->at, busy = ran - l->ran, idle = waited - l->waited;
    int64_t done = (int64_t)(turns - l->turns);
    *l = (Look){now, ran, waited, turns, l->fd};
    bool light = busy < done * RT_CROWD_TASK_NS, much = (busy + idle) * 4 > wall;
    if (!crowd_now()) {
        if (light && much && idle * 8 > busy + idle && wall < 8 * RT_CROWD_LOOK_NS) begins(now);
    } else if (!light || now > get(&until)) {
        ends(now);
    }
}

void crowd_look(uint32_t i, uint32_t turns) {
    Look *l = &looks[i];
    int64_t now = time_mono();
    if (now - l->at >= RT_CROWD_LOOK_NS) crowd_judge(l, now, turns);
}

void crowd_forked(void) {
    for (int i = 0; i < RT_WORKERS_MAX; i++) {
        if (looks[i].fd > 0) close(looks[i].fd);
        looks[i] = (Look){0};
    }
    crowd_set(false);
}
