/* Places and images: tasks of one kind, more than there are places (RT_HOSTILE: four), wait and go
 * on in every order; what lies on the stack of each is what it left there, nobody writes into one
 * that was moved out, and each goes on although its place was taken. */
#include "check.h"

#include <time.h>
#include <unistd.h>

#include "blocking.h"
#include "fiber.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 14, WORDS = 24, DEEP = 3, ROUNDS = 5, WIDE = 6 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *values, *replies;

typedef struct Wide { /* too large for the waiter: on the stack, or in the heap */
    int64_t word[WIDE];
} Wide;
static const wyn_type wide_type = {.size = sizeof(Wide), .name = "Wide"};

static Wide wide(int64_t n) {
    Wide v;
    for (int i = 0; i < WIDE; i++) v.word[i] = n + i;
    return v;
}

static void check_wide(const Wide *v) {
    for (int i = 0; i < WIDE; i++) OK(v->word[i] == v->word[0] + i);
}

static void call(void *arg) {
    struct timespec t = {0, (long)sim_random(3000)};
    nanosleep(&t, NULL);
    ++*(int64_t *)arg; /* on the stack of who waits */
}

/* One of the ways to wait. */
static void wait_somehow(int64_t n, int way) {
    Wide v = wide(n);
    int64_t called = n;
    switch (way) {
    case 0: wyn_task_yield(); break;
    case 1: wyn_time_sleep((int64_t)sim_random(3)); break;
    case 2:
        blocking_call(call, &called, "call", &site);
        OK(called == n + 1);
        break;
    case 3: OK(wyn_channel_send(values, &v, &site)); break;
    default:
        OK(wyn_channel_recv_opt(replies, &v, &site));
        check_wide(&v);
    }
}

/* Words of its own, every third like those of no other, below which it waits. */
static __attribute__((noinline)) int64_t holds(int64_t n, int64_t depth) {
    volatile int64_t mine[WORDS];
    for (int64_t i = 0; i < WORDS; i++) mine[i] = i % 3 == 0 ? n * 1000 + depth * 100 + i : i;
    int64_t below = depth > 0 ? holds(n, depth - 1) : 0;
    for (int i = 0; depth == 0 && i < ROUNDS; i++) wait_somehow(n, (int)(n + i) % ROUNDS);
    for (int64_t i = 0; i < WORDS; i++)
        OK(mine[i] == (i % 3 == 0 ? n * 1000 + depth * 100 + i : i));
    if (depth == 0 && n % 5 == 4) wyn_panic("four");
    return below + 1;
}

static int64_t task(int64_t n) {
    int64_t depth = (int64_t)sim_random(DEEP);
    OK(holds(n, depth) == depth + 1);
    return n;
}

static int64_t drains(int64_t n) {
    for (Wide v; n > 0; n--) {
        OK(wyn_channel_recv_opt(values, &v, &site));
        check_wide(&v);
    }
    return 0;
}

static int64_t feeds(int64_t n) {
    for (; n > 0; n--) {
        Wide v = wide(n);
        OK(wyn_channel_send(replies, &v, &site));
    }
    return 0;
}

/* The flag by which a stack is held is a plain store: it may come late. */
static void delays(Fiber *f) {
    if (f != &main_fiber && fiber_number(f) == 0) sim_buffered(f, (TASKS + 8) * sizeof *f);
}

int64_t wyn_main(void) {
    values = wyn_channel_new(&wide_type, (int64_t)sim_random(2), &site);
    replies = wyn_channel_new(&wide_type, (int64_t)sim_random(2), &site);
    wyn_future *f[TASKS], *others[] = {job(drains, TASKS), job(feeds, TASKS)};
    wyn_task_yield(); /* now there is a stack */
    fiber_each(delays);
    for (int64_t i = 0; i < TASKS; i++) f[i] = job(task, i);
    wyn_str *err;
    for (int64_t i = 0; i < TASKS; i++) {
        bool good = wyn_future_result(f[i], &err, &site);
        OK(good == (i % 5 != 4) && (!good || *(int64_t *)wyn_future_value(f[i]) == i));
    }
    for (int i = 0; i < 2; i++) OK(job_await(others[i]) == 0);
    return 0;
}
