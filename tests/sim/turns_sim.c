/* The lock that leans to who uses it: one holder at a time, also while it is taken away from a
 * worker that comes back at that moment; and among several that are taken together. */
#include "check.h"
#include "turns.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 4, EACH = 12 };
static Turns *lock;
static int64_t holders, uses;

static void use(void) {
    OK(holders++ == 0);
    for (uint64_t i = sim_random(40); i > 0; i--) cpu_pause(); /* others may run here */
    OK(--holders == 0);
    uses++;
}

static int64_t user(int64_t unused) {
    (void)unused;
    for (int i = 0; i < EACH; i++) {
        if (sim_random(8) == 0) wyn_task_yield();
        if (sim_random(8) == 0) {
            turns_take_plain(&lock[0]);
            turns_take_plain(&lock[1]);
            turns_drop(&lock[1].word);
        } else {
            turns_take(&lock[0]);
        }
        use();
        turns_drop(&lock[0].word);
    }
    return 0;
}

int64_t wyn_main(void) {
    lock = wyn_alloc(2 * sizeof *lock);
    wyn_future *f[TASKS];
    for (int i = 0; i < TASKS; i++) f[i] = job(user, i);
    for (int i = 0; i < TASKS; i++) job_await(f[i]);
    OK(uses == TASKS * EACH);
    return 0;
}
