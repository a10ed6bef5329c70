/* blocking.c - the bounded pool of threads for blocking calls.
 * Invariants: a job lies on the stack of the task that waits for it, linked under `lock`; `pending`
 * counts jobs from before the park until the task goes on, and the task itself counts down: a
 * thread that did it after the wake-up could be seen by the last worker that falls asleep, and
 * nobody would look again whether anything can still go on. Threads start when there are more jobs
 * than idle threads, up to the limit, and end after RT_BLOCKING_IDLE_S without work. The pool's
 * threads are unknown to the collector: they allocate nothing from it. */
#define _GNU_SOURCE
#include "blocking.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "config.h"
#include "lock.h"
#include "sched.h"
#include "scope.h"

typedef struct Job {
    void (*fn)(void *);
    void *arg;
    Waiter *waiter;
    struct Job *next;
} Job;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static Job *first, **last = &first;
static int threads, idle, queued;
static _Atomic int64_t pending;

static int thread_limit(void) {
    const char *text = getenv("WYN_BLOCKING_THREADS");
    long n = text == NULL ? RT_BLOCKING_THREADS : strtol(text, NULL, 10);
    return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}

/* Under the lock: the next job, waiting for one for some time. */
static Job *job_take(void) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += RT_BLOCKING_IDLE_S;
    idle++;
    while (first == NULL && pthread_cond_timedwait(&more, &lock, &end) == 0) {}
    idle--;
    Job *job = first;
    if (job != NULL) {
        first = job->next;
        if (first == NULL) last = &first;
        queued--;
    }
    return job;
}

static void *thread_main(void *unused) {
    (void)unused;
    wyn_here = NULL; /* no worker */
    pthread_mutex_lock(&lock);
    for (Job *job; (job = job_take()) != NULL;) {
        pthread_mutex_unlock(&lock);
        job->fn(job->arg);
        Waiter *w = job->waiter; /* once it is woken the job is gone */
        if (waiter_win(w, 0)) waiter_wake(w);
        pthread_mutex_lock(&lock);
    }
    threads--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Under the lock. */
static bool thread_add(void) {
    pthread_t t;
    pthread_attr_t attr;
    sigset_t all, old;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 1 * RT_MB);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    rt_alone = false; /* this worker is not the only thread any more */
    bool ok = pthread_create(&t, &attr, thread_main, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    if (ok) threads++;
    return ok;
}

/* False: no thread could be had at all. */
static bool job_add(Job *job) {
    static int limit;
    pthread_mutex_lock(&lock);
    if (limit == 0) limit = thread_limit();
    /* an idle one may be meant for an earlier job, which may wait for what this one does */
    bool ok = idle > queued || threads >= limit || thread_add() || threads > 0;
    if (ok) {
        *last = job;
        last = &job->next;
        queued++;
        atomic_fetch_add(&pending, 1);
        pthread_cond_signal(&more);
    }
    pthread_mutex_unlock(&lock);
    return ok;
}

void blocking_call(void (*fn)(void *), void *arg, const char *what, const wyn_site *site) {
    Job job = {.fn = fn, .arg = arg};
    if (sched_has_tasks()) {
        job.waiter = waiter_open(what, site);
        waiter_object(job.waiter, WAIT_FD, NULL);
        job.waiter->pinned = true;
        if (job_add(&job)) {
            PanicContext *c = panic_context();
            c->masked++; /* the job lies on this stack: an abort waits for its end */
            waiter_park(job.waiter, 0);
            c->masked--;
            atomic_fetch_sub(&pending, 1);
            scope_check();
            return;
        }
        waiter_win(job.waiter, 0); /* no wait after all */
        waiter_over(job.waiter);
    }
    fn(arg);
}

bool blocking_pending(void) { return atomic_load(&pending) > 0; }

void blocking_forked(void) {
    /* another thread of the parent may have held it */
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&more, NULL);
    first = NULL;
    last = &first;
    threads = idle = queued = 0;
    atomic_store(&pending, 0);
}
