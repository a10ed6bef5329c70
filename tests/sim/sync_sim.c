/* Locks and counters: one holder at a time, at most n of a semaphore, nobody is forgotten. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { TASKS = 4, EACH = 4 };
static wyn_mutex *mutex;
static void *semaphore, *group, *rwlock;
static int64_t inside, held, counter, readers, writers;

static void maybe_wait(void) {
    if (sim_random(3) == 0) wyn_task_yield();
}

static int64_t user(int64_t unused) {
    (void)unused;
    for (int i = 0; i < EACH; i++) {
        wyn_mutex_lock(mutex, &wyn_type_int);
        OK(inside++ == 0);
        int64_t seen = counter;
        maybe_wait();
        counter = seen + 1;
        OK(--inside == 0);
        wyn_mutex_unlock(mutex, &wyn_type_int);
        wyn_semaphore_acquire(semaphore);
        OK(++held <= 2);
        maybe_wait();
        held--;
        wyn_semaphore_release(semaphore);
        if (sim_random(2) == 0) {
            wyn_rwlock_read(rwlock);
            readers++;
            OK(writers == 0);
            maybe_wait();
            readers--;
        } else {
            wyn_rwlock_write(rwlock);
            OK(writers++ == 0 && readers == 0);
            maybe_wait();
            writers--;
        }
        wyn_rwlock_release(rwlock);
    }
    wyn_waitgroup_add(group, -1);
    return 0;
}

int64_t wyn_main(void) {
    int64_t zero = 0;
    mutex = wyn_mutex_new(&wyn_type_int, &zero);
    semaphore = wyn_semaphore_new(2);
    rwlock = wyn_rwlock_new();
    group = wyn_waitgroup_new();
    wyn_waitgroup_add(group, TASKS);
    for (int i = 0; i < TASKS; i++) job(user, i);
    wyn_waitgroup_wait(group);
    OK(counter == TASKS * EACH && held == 0 && wyn_semaphore_try_acquire(semaphore));
    return 0;
}
