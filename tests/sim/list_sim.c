/* The list of waiters of a future: threads link nodes and take them out again, and mark it; nothing
 * of it is lost. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 1;

enum { THREADS = 3, TURNS = 8 };
static _Alignas(16) char memory[64];
static wyn_future *const task = (wyn_future *)(void *)memory;
static WaitNode stays[THREADS];

static void *links(void *arg) {
    int me = (int)(intptr_t)arg;
    WaitNode passing;
    for (int i = 0; i < TURNS; i++) {
        node_open(&passing, 0, NULL);
        OK(future_wait(task, &passing) && passing.linked);
        if (i == TURNS / 2) {
            node_open(&stays[me], 0, NULL);
            OK(future_wait(task, &stays[me]));
            if (me == 0) wyn_task_cancel(task);
        }
        future_unwait(task, &passing);
        OK(!passing.linked);
    }
    return NULL;
}

int64_t wyn_main(void) {
    rt_alone = false; /* these threads are no workers */
    task->st = FUTURE_RUNNING;
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, links, (void *)(intptr_t)i);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
    OK((task->st & FUTURE_BITS) == (FUTURE_RUNNING | FUTURE_CANCELLED));
    int found = 0;
    for (WaitNode *n = (WaitNode *)(task->st & ~FUTURE_BITS); n != NULL; n = n->next) {
        OK(n >= stays && n < stays + THREADS && found < THREADS);
        found++;
    }
    OK(found == THREADS);
    return 0;
}
