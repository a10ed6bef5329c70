/* One wait, several events that end it at the same time: exactly one wins, none is lost. */
#include "../../runtime/timer.h"
#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"t.wyn", "main", 5};

typedef struct Race {
    wyn_fn fn;
    Waiter *w;
    _Atomic int *wins, *done;
    int event;
} Race;

static void racer(void *result, wyn_fn *self) {
    Race *r = (Race *)self;
    *(int64_t *)result = 0;
    if (r->event % 2 == 0) wyn_task_yield();
    if (waiter_win(r->w, r->event)) {
        atomic_fetch_add(r->wins, 1);
        waiter_wake(r->w);
    }
    atomic_fetch_add(r->done, 1);
}

static int race(int events, int64_t ns) {
    Waiter *w = waiter_open("race", &site);
    _Atomic int wins = 0, done = 0;
    for (int i = 0; i < events; i++) {
        Race *r = wyn_alloc(sizeof *r);
        *r = (Race){{(void *)racer}, w, &wins, &done, i};
        check_spawn(&r->fn, false);
    }
    int won = waiter_park(w, ns == 0 ? 0 : time_mono() + ns);
    while (done < events) wyn_task_yield();
    OK(won == WAIT_TIMEOUT ? wins == 0 : wins == 1 && won >= 0 && won < events);
    return won;
}

static void lists(void) {
    WaitList l = {NULL, NULL};
    WaitArm n[4];
    static Waiter w[4];
    for (int i = 0; i < 4; i++) {
        atomic_store(&w[i].token, 1);
        arm_open(&n[i], &w[i], i, NULL);
        list_add(&l, &n[i].node);
    }
    list_remove(&l, &n[1].node);
    list_remove(&l, &n[1].node);
    OK(waiter_win(&w[0], 7) && !waiter_win(&w[0], 8)); /* then the list skips it */
    OK(list_win(&l) == &n[2].node && list_win(&l) == &n[3].node && list_win(&l) == NULL);
    OK(l.head == NULL && l.tail == NULL);
}

int64_t wyn_main(void) {
    lists();
    int late = 0;
    for (int i = 0; i < 3000; i++) race(1 + i % 5, 0);
    for (int i = 0; i < 3000; i++) late += race(1 + i % 3, 1000 + i % 20000) == WAIT_TIMEOUT;
    for (int i = 0; i < 20; i++) OK(race(0, 1000) == WAIT_TIMEOUT);
    OK(late < 3000);
    return 0;
}
