/* The pool for blocking calls: each is made once, its task goes on afterwards and not before; one
 * that waits for another gets the thread it needs; threads that end for want of work take none with
 * them; nothing under way is taken for a deadlock or for the end. */
#include "check.h"

#include <time.h>
#include <unistd.h>

#include "blocking.h"
#include "config.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 5, CALLS = 8 };
static const wyn_site site = {"sim.wyn", "main", 3};
static int calls, under_way, running, limit;
static _Atomic bool told;

typedef struct Call {
    int64_t in, out;
    int made;
} Call;

static void nap(int64_t ns) {
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    nanosleep(&t, NULL);
}

static void call(void *arg) {
    Call *c = arg;
    OK(++running <= limit);
    c->made++;
    if (sim_random(2) == 0) nap((int64_t)sim_random(3000));
    c->out = c->in + 1;
    running--;
    calls++;
}

static void check_call(int64_t in) {
    Call c = {.in = in};
    blocking_call(call, &c, "call", &site);
    OK(c.made == 1 && c.out == in + 1);
}

/* Sometimes it comes again at the very moment when the idle threads give up. */
static int64_t task(int64_t who) {
    for (int i = 0; i < CALLS; i++) {
        check_call(who * 100 + i);
        if (sim_random(3) == 0) wyn_time_sleep(RT_BLOCKING_IDLE_S * 1000);
    }
    under_way--;
    return who;
}

static void waits(void *unused) {
    (void)unused;
    while (!atomic_load(&told)) nap(100);
}

static void tells(void *unused) {
    (void)unused;
    atomic_store(&told, true);
}

static int64_t task_waits(int64_t unused) {
    blocking_call(waits, NULL, "waits", &site);
    under_way--;
    return unused;
}

static int64_t task_tells(int64_t unused) {
    blocking_call(tells, NULL, "tells", &site);
    under_way--;
    return unused;
}

static void at_exit(void) {
    if (under_way == 0) return;
    fprintf(stderr, "main did not wait for %d tasks\n", under_way);
    _Exit(96);
}

int64_t wyn_main(void) {
    char text[8];
    atexit(at_exit);
    limit = 2 + (int)sim_random(3);
    snprintf(text, sizeof text, "%d", limit);
    setenv("WYN_BLOCKING_THREADS", text, 1);
    under_way = TASKS + 2;
    wyn_future *f[TASKS];
    for (int64_t i = 0; i < TASKS; i++) f[i] = job(task, i);
    bool first = sim_random(2) == 0;
    for (int64_t i = 0; first && i < TASKS; i++) OK(job_await(f[i]) == i);
    job(task_waits, 0);
    job(task_tells, 0);
    return 0; /* the end waits for all */
}
