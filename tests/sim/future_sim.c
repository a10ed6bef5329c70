/* Futures: each task runs once, all that await it - at once, with a deadline, through await_any -
 * get its value or its panic. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 5, AWAITERS = 4 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_future *tasks[TASKS];
static int runs[TASKS];
static wyn_channel *tell;

static int64_t body(int64_t i) {
    runs[i]++;
    switch (sim_random(4)) {
    case 0: wyn_task_yield(); break;
    case 1: wyn_time_sleep(1); break;
    case 2: if (i > 0 && i < 4) job_await(tasks[i - 1]); break;
    }
    if (i == 3) wyn_panic("three");
    return 10 + i;
}

static int64_t awaiter(int64_t unused) {
    (void)unused;
    for (int k = 0; k < 4; k++) {
        int64_t i = (int64_t)sim_random(TASKS);
        wyn_str *err;
        switch (sim_random(3)) {
        case 0:
            if (i == 3) continue;
            while (!wyn_await_ms(tasks[i], 0, &site)) wyn_time_sleep(1);
            OK(*(int64_t *)wyn_future_value(tasks[i]) == 10 + i);
            break;
        case 1: {
            wyn_array *a = wyn_array_new(&wyn_type_ptr, 0);
            for (int64_t n = i % 3; n < 3; n++) wyn_array_push_ptr(a, tasks[n]);
            wyn_future *f = wyn_await_any(a, &site);
            OK(wyn_future_is_done(f) && *(int64_t *)wyn_future_value(f) < 13);
            break;
        }
        default:
            OK(wyn_future_result(tasks[i], &err, &site) == (i != 3));
            if (i != 3) OK(job_await(tasks[i]) == 10 + i);
        }
    }
    return 1;
}

static int64_t told(int64_t unused) {
    (void)unused;
    int64_t v;
    wyn_channel_recv_opt(tell, &v, &site);
    return v;
}

/* Ends only when a deadline has passed before. */
static void deadline(void) {
    tell = wyn_channel_new(&wyn_type_int, 0, &site);
    wyn_future *f = job(told, 0);
    OK(!wyn_await_ms(f, (int64_t)sim_random(3), &site));
    int64_t v = 7;
    wyn_channel_send(tell, &v, &site);
    OK(job_await(f) == 7);
}

int64_t wyn_main(void) {
    deadline();
    wyn_future *a[AWAITERS];
    for (int64_t i = 0; i < TASKS; i++) tasks[i] = job(body, i);
    for (int i = 0; i < AWAITERS; i++) a[i] = job(awaiter, i);
    int64_t n = 0;
    for (int i = 0; i < AWAITERS; i++) n += job_await(a[i]);
    OK(n == AWAITERS);
    wyn_str *err;
    for (int i = 0; i < TASKS; i++) wyn_future_result(tasks[i], &err, &site);
    for (int i = 0; i < TASKS; i++) OK(runs[i] == 1);
    return 0;
}
