/* check.h - what the simulations share. A simulation defines wyn_main, which runs as the program's
 * main in the simulated runtime; `const int sim_threads = 1` makes it one with threads of its own
 * (pthread_create) and without workers. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base.h"
#include "lock.h"
#include "native.h"
#include "sched.h"
#include "task.h"

#define OK(c) ((c) ? (void)0 : check_failed(#c, __FILE__, __LINE__))

static __attribute__((unused)) void check_failed(const char *what, const char *file, int line) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    exit(97);
}

/* Tasks that run in a worker of their own tell the test by plain counters: one system thread. */
extern bool sim_alone; /* the monitor could not be started: all must go well without it */

/* A task of a simulation: body(arg) gives the result. */
typedef struct Job {
    int64_t (*body)(int64_t arg);
    int64_t arg;
} Job;
enum { JOB_SIZE = sizeof(wyn_future) + sizeof(Job) };

static __attribute__((unused)) void job_run(wyn_future *f) {
    Job j;
    memcpy(&j, f->value, sizeof j);
    int64_t result = j.body(j.arg);
    memcpy(f->value, &result, sizeof result);
}

static __attribute__((unused)) wyn_future *job(int64_t (*body)(int64_t), int64_t arg) {
    static const wyn_site site = {"sim.wyn", "job", 1};
    static const wyn_task task = {job_run, &site, WYN_TASK_SIZE(JOB_SIZE, 8), 0};
    Job j = {body, arg};
    wyn_future *f = wyn_task_new(JOB_SIZE, 8, false);
    memcpy(f->value, &j, sizeof j);
    return wyn_spawn(f, &task);
}

static __attribute__((unused)) int64_t job_await(wyn_future *f) {
    static const wyn_site site = {"sim.wyn", "await", 2};
    return *(int64_t *)wyn_await(f, &site);
}

#endif
