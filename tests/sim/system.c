/* system.c - what tasks wait for outside of the runtime, under the simulation: descriptors and
 * events, and the mutexes and conditions of threads that are no workers.
 * Descriptors are the system's own, so edge-triggered events come as the kernel reports them. Only
 * waiting for events is simulated: who wrote or closed something makes those that wait look again.
 * A mutex is a word of its memory; an unlock, a signal and a write publish all stores. */
#define SIM_IMPLEMENTATION
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "system.h"

int __real_epoll_wait(int ep, struct epoll_event *list, int n, int ms);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __real_read(int fd, void *p, size_t n);
int __real_close(int fd);
int __wrap_epoll_wait(int ep, struct epoll_event *list, int n, int ms);
int __wrap_epoll_pwait2(int ep, struct epoll_event *list, int n, const struct timespec *left,
                        const sigset_t *mask);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
int __wrap_close(int fd);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                  const struct timespec *end);
int __wrap_pthread_cond_signal(pthread_cond_t *c);

/* ---- descriptors ---- */

static char events; /* its address: what those wait for who wait for events */

static int events_until(int ep, struct epoll_event *list, int n, bool waits, int64_t until) {
    sim_system("epoll_wait");
    int got = __real_epoll_wait(ep, list, n, 0);
    if (got == 0 && !waits) sim_pause("epoll_wait"); /* who looks in a loop falls behind */
    for (bool late = false; got == 0 && waits && !late;) {
        late = sim_wait(&events, until);
        got = __real_epoll_wait(ep, list, n, 0);
    }
    return got;
}

int __wrap_epoll_wait(int ep, struct epoll_event *list, int n, int ms) {
    return events_until(ep, list, n, ms != 0, ms < 0 ? 0 : sim_now() + ms * (int64_t)1000000 + 1);
}

int __wrap_epoll_pwait2(int ep, struct epoll_event *list, int n, const struct timespec *left,
                        const sigset_t *mask) {
    (void)mask;
    int64_t ns = left == NULL ? 0 : left->tv_sec * (int64_t)1000000000 + left->tv_nsec;
    return events_until(ep, list, n, left == NULL || ns > 0,
                        left == NULL ? 0 : sim_now() + ns + 1);
}

ssize_t __wrap_write(int fd, const void *p, size_t n) {
    sim_system("write");
    ssize_t done = __real_write(fd, p, n);
    int why = errno;
    sim_wake(&events, true);
    errno = why;
    return done;
}

ssize_t __wrap_read(int fd, void *p, size_t n) {
    sim_system("read");
    ssize_t done = __real_read(fd, p, n);
    int why = errno;
    sim_wake(&events, true); /* there is room again */
    errno = why;
    return done;
}

int __wrap_close(int fd) {
    sim_system("close");
    int status = __real_close(fd);
    sim_wake(&events, true);
    return status;
}

/* ---- mutexes and conditions ---- */

int __wrap_pthread_mutex_lock(pthread_mutex_t *m) {
    int *held = (int *)m;
    sim_system("mutex_lock");
    while (*held != 0) sim_wait(m, 0);
    *held = 1;
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *m) {
    sim_system("mutex_unlock");
    *(int *)m = 0;
    sim_wake(m, true);
    return 0;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                  const struct timespec *end) {
    sim_system("cond_wait");
    *(int *)m = 0;
    sim_wake(m, true);
    bool late = sim_wait(c, end->tv_sec * (int64_t)1000000000 + end->tv_nsec);
    __wrap_pthread_mutex_lock(m);
    return late ? ETIMEDOUT : 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *c) {
    sim_system("cond_signal");
    sim_wake(c, false);
    return 0;
}
