/* turns.c - what turns.h does when the lock does not lean to who takes it. */
#include "turns.h"

#ifdef RT_HOSTILE
#define CHECK_ALONE(w, word) \
    CHECK(atomic_load_explicit(&(w)->inside, memory_order_relaxed) == (word))
#else
#define CHECK_ALONE(w, word) (void)0
#endif

static bool change(Turns *t, uint32_t from, uint32_t to) {
    /* acquire: with the release in lock_drop; release: an owner that gives it up, with the same */
    return __atomic_compare_exchange_n(&t->word, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

/* It leans to somebody who has not come: no matter what he does now. */
static bool take_away(Turns *t, uint32_t word) {
    if (!change(t, word, TURNS_TAKEN)) return false;
    const Worker *owner = workers[word >> TURNS_ID];
    idle_barrier(); /* with the fence in turns_take */
    /* acquire: with the release in turns_drop */
    for (int i = 0; atomic_load_explicit(&owner->inside, memory_order_acquire) == &t->word; i++) {
        cpu_pause();
        if (i > 20) sched_pause();
    }
    if (t->lean < RT_TURNS_LEAN_MAX) t->lean++;
    return true;
}

static void take(Turns *t, uint32_t mine) {
    int asked = 0;
    for (int i = 0;; i++) {
        uint32_t word = __atomic_load_n(&t->word, __ATOMIC_RELAXED);
        if (word == TURNS_FREE || (word & ~(uint32_t)TURNS_ASKED) == mine) {
            if (change(t, word, TURNS_TAKEN)) return;
        } else if (word == TURNS_TAKEN) {
            asked = 0;
        } else if ((word & TURNS_ASKED) == 0) {
            change(t, word, word | TURNS_ASKED);
        } else if (++asked > RT_TURNS_WAITS && take_away(t, word)) {
            return;
        }
        for (int k = 0; k < (i < 5 ? 4 << i : 64); k++) cpu_pause();
        if (i > 20) sched_pause();
    }
}

/* Another one was there last. */
static void stay_away(Turns *t) {
    uint32_t heat = __atomic_load_n(&t->heat, __ATOMIC_RELAXED) + 1;
    uint8_t apart = __atomic_load_n(&t->apart, __ATOMIC_RELAXED);
    if (heat > (uint32_t)RT_TURNS_MET << apart) {
        uint32_t before = __atomic_load_n(&t->runs, __ATOMIC_RELAXED);
        for (int64_t end = time_mono() + RT_TURN_NS; time_mono() < end;) cpu_pause();
        uint32_t runs = __atomic_load_n(&t->runs, __ATOMIC_RELAXED) - before;
        if (runs >= RT_TURN_WORTH) {
            apart = 0;
            heat = RT_TURNS_MET;
        } else {
            if (apart < RT_TURNS_APART) apart++;
            heat = 0;
        }
        __atomic_store_n(&t->apart, apart, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&t->heat, (uint16_t)heat, __ATOMIC_RELAXED);
}

__attribute__((noinline)) void turns_take_slow(Turns *t, Worker *w) {
    CHECK_ALONE(w, &t->word);
    atomic_store_explicit(&w->inside, NULL, memory_order_release); /* with take_away */
    uint32_t mine = turns_mine(w);
    if (__atomic_load_n(&t->word, __ATOMIC_RELAXED) == (mine | TURNS_ASKED) &&
        change(t, mine | TURNS_ASKED, TURNS_TAKEN)) {
        if (t->lean > 0) t->lean--; /* it was good for something */
        lock_drop(&t->word);        /* who asks has his turn */
        stay_away(t);
        take(t, mine);
    } else if (__atomic_load_n(&t->user, __ATOMIC_RELAXED) != mine ||
               !change(t, TURNS_FREE, TURNS_TAKEN)) {
        stay_away(t);
        take(t, mine);
    }
    uint32_t runs = t->runs + 1;
    __atomic_store_n(&t->runs, runs, __ATOMIC_RELAXED);
    if (t->user != mine) {
        __atomic_store_n(&t->user, mine, __ATOMIC_RELAXED);
        t->since = runs;
    } else if (runs - t->since >= (uint32_t)RT_TURNS_LEAN << t->lean && idle_has_barrier) {
        t->since = runs;
        atomic_store_explicit(&w->inside, &t->word, memory_order_relaxed);
        __atomic_store_n(&t->word, mine, __ATOMIC_RELEASE); /* with change */
    }
}

void turns_take_plain(Turns *t) {
    if (rt_alone) return;
    CHECK_ALONE(worker_self(), NULL);
    take(t, turns_mine(worker_self()));
}
