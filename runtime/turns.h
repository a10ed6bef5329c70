/* turns.h - the lock of what one worker uses again and again: channels, counters.
 * It leans to a worker that has taken it often in a row: then that one takes and drops it with
 * plain stores. Who else wants it asks; the owner gives it up at its next try, or if it does not
 * come, it is taken away with the help of a barrier on all processors.
 *
 * Invariants. `word` is FREE, TAKEN, or says to whom it leans, maybe with the bit ASKED; only that
 * worker makes it lean to itself, while it has it. A worker has a lock if it has made it TAKEN, or
 * if it leans to it and `inside` of the worker is its address. To enter, the owner stores
 * `inside`, then loads `word`; who takes it away stores `word`, passes the barrier, then loads
 * `inside` until it is something else. So either the owner sees the new word, or the other one sees
 * it inside. `inside` holds one lock: who takes several makes them TAKEN (turns_take_plain).
 *
 * Workers that both use it all the time take its lines from each other's cache at every
 * operation, which makes each ten times as long. So who finds another one there stays away for a
 * moment, in which that one gets far undisturbed. Whether it does is measured: if not, they have
 * other things to do between, and it is tried less and less often. */
#ifndef WYN_TURNS_H
#define WYN_TURNS_H

#include "sched.h"

typedef struct Turns { /* begins as zeros; all but word are hints */
    uint32_t word;
    uint32_t user, runs, since; /* who took it last; how often it was, and when he began */
    uint16_t heat;              /* changes of the user since one stayed away */
    uint8_t apart, lean;        /* how often staying away, and leaning, was in vain */
} Turns;

enum { TURNS_FREE = 0, TURNS_TAKEN = 1, TURNS_LEANS = 2, TURNS_ASKED = 1, TURNS_ID = 2 };

static inline uint32_t turns_mine(const Worker *w) { return w->id << TURNS_ID | TURNS_LEANS; }

void turns_take_slow(Turns *t, Worker *w);
void turns_take_plain(Turns *t); /* one of several */

static inline void turns_take(Turns *t) {
    if (rt_alone) return;
    Worker *w = worker_self();
    /* release: of what it did inside of others, with the acquire in take_away */
    atomic_store_explicit(&w->inside, &t->word, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst); /* with the barrier in take_away */
    if (WYN_LIKELY(__atomic_load_n(&t->word, __ATOMIC_RELAXED) == turns_mine(w))) {
        __atomic_store_n(&t->runs, t->runs + 1, __ATOMIC_RELAXED);
        return;
    }
    turns_take_slow(t, w);
}

/* Also of a plain lock (lock.h). */
static inline void turns_drop(uint32_t *word) {
    if (!rt_alone) {
        Worker *w = worker_self();
        if (atomic_load_explicit(&w->inside, memory_order_relaxed) == word) {
            /* release: with the acquire in take_away */
            atomic_store_explicit(&w->inside, NULL, memory_order_release);
            return;
        }
    }
    lock_drop(word);
}

#endif
