/* idle.c - sleeping and waking workers, the monitor, and what happens when nothing can go on.
 *
 * No lost wake-up. A producer stores its entry, then (compiler barrier) loads idle_bits. A worker
 * that wants to sleep sets its bit, issues a full barrier on every running thread (membarrier),
 * then looks at all queues again. If the producer's store came before the barrier on its
 * processor, the look sees the entry; if after, its load comes after too and sees the bit. A
 * producer that leaves the entry to a searcher is covered because a searcher finds it, or becomes
 * a sleeper and looks. A single entry wakes nobody (its spawner is usually about to await it): the
 * monitor wakes somebody if it is still there at its next look. The monitor sleeps only while all
 * workers do.
 *
 * Quiet: all bits set, nothing in any queue, no timer, and no worker left its sleep meanwhile
 * (each counts `rounds` before it touches a queue). Then no task can ever go on: main's wait for
 * the end is over, or there is a deadlock. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "blocking.h"
#include "crowd.h"
#include "fork.h"
#include "gc.h"
#include "inject.h"
#include "preempt.h"
#include "lock.h"
#include "poll.h"
#include "report.h"
#include "sched.h"
#include "task.h"

_Atomic uint64_t idle_bits;
_Atomic int idle_searching;

static _Atomic uint64_t rounds;
static _Atomic(Waiter *) at_end;
static _Atomic int64_t keeper; /* the earliest deadline a sleeper sleeps for, or 0 */
static _Atomic uint32_t monitor_wake;
bool idle_has_barrier;
static bool have_monitor;
static uint64_t all_bits = 1;

static void futex_wait(_Atomic uint32_t *word, uint32_t value, const struct timespec *left) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, left, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* ---- waking ---- */

/* Whoever starts a worker may have its signals blocked, as a thread of blocking.c has; a worker
 * must take the collector's. */
static void *thread_main(void *w) {
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    sched_thread(w);
    return NULL;
}

/* Threads take no signals of the process but what libgc and faults need. */
static bool thread_start(void *(*body)(void *), void *arg) {
    pthread_t t;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 1 * RT_MB);
    bool ok = pthread_create(&t, &attr, body, arg) == 0;
    pthread_attr_destroy(&attr);
    return ok;
}

/* Of the sleepers, whose bits are given, rather one that waits on its futex. */
static int choose_sleeper(uint64_t bits) {
    int poller = poll_sleeper();
    uint64_t others = poller < 0 ? bits : bits & ~((uint64_t)1 << poller);
    return __builtin_ctzll(others != 0 ? others : bits);
}

void idle_wake_one(void) {
    uint64_t bits = atomic_load_explicit(&idle_bits, memory_order_relaxed);
    while (bits != 0) {
        int i = choose_sleeper(bits);
        uint64_t bit = (uint64_t)1 << i;
        /* seq_cst: with the sleeper's own exchange on the same word */
        uint64_t old = atomic_fetch_and(&idle_bits, ~bit);
        if ((old & bit) != 0) {
            Worker *w = workers[i];
            atomic_fetch_add(&idle_searching, 1);
            atomic_fetch_add_explicit(&observe_wakes, 1, memory_order_relaxed);
            if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_WAKE, NULL, i);
            if (!w->started) {
                w->started = w->called = true;
                if (thread_start(thread_main, w)) return;
                w->started = false; /* then without it */
                all_bits &= ~bit;
                atomic_fetch_sub(&idle_searching, 1);
            } else {
                /* seq_cst: with the acquire in sleep_body, and see poll.c */
                atomic_store(&w->wake, 1);
                if (poll_sleeper() == i) {
                    poll_interrupt();
                } else {
                    futex_wake(&w->wake);
                }
                return;
            }
        }
        bits = atomic_load_explicit(&idle_bits, memory_order_relaxed);
    }
}

void idle_signal(void) {
    if (atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0) {
        idle_wake_one();
    } else {
        futex_wake(&workers[0]->wake);
    }
}

/* ---- searching ---- */

bool idle_may_search(void) {
    if (worker_count == 1 || (crowd_now() && poll_pending())) return false;
    int asleep = __builtin_popcountll(atomic_load_explicit(&idle_bits, memory_order_relaxed));
    if (asleep >= worker_count - 1) return false; /* nobody else who could have any */
    int searching = atomic_load_explicit(&idle_searching, memory_order_relaxed);
    if (2 * searching > worker_count - asleep) return false;
    atomic_fetch_add(&idle_searching, 1);
    return true;
}

static Fiber *running_on(const Worker *w) {
    return atomic_load_explicit(&w->running, memory_order_acquire); /* with switch_to */
}

/* Work that anybody may take: at least min entries in somebody's queue. */
static bool backlog(uint32_t min) {
    if (inject_any()) return true;
    for (int i = 0; i < worker_count; i++) {
        if (ring_count(&workers[i]->ring) >= min) return true;
        if (fork_stealable(running_on(workers[i]))) return true;
    }
    return false;
}

void idle_found(bool found) {
    /* the last one that finds work calls the next */
    if (atomic_fetch_sub(&idle_searching, 1) == 1 && found &&
        atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0 && backlog(2))
        idle_wake_one();
}

/* ---- when nothing can go on ---- */

static int64_t nearest_timer(void) {
    int64_t nearest = 0;
    for (int i = 0; i < worker_count; i++) {
        int64_t t = timers_next(&workers[i]->timers);
        if (t != 0 && (nearest == 0 || t < nearest)) nearest = t;
    }
    return nearest;
}

static bool all_asleep(void) { return atomic_load(&idle_bits) == all_bits; }

/* Is there a timer that somebody waits for? Not a ticker once main waits for the end. */
static bool timers_wait(void) {
    if (nearest_timer() == 0) return false;
    if (atomic_load(&at_end) == NULL) return true;
    for (int i = 0; i < worker_count; i++) {
        if (timers_strong(&workers[i]->timers)) return true;
    }
    return false;
}

/* Does a task wait for a descriptor? Not one for signals once main waits for the end. */
static bool polls_wait(void) {
    return atomic_load(&at_end) == NULL ? poll_pending() : poll_strong();
}

static bool is_quiet(void) {
    uint64_t before = atomic_load(&rounds);
    return all_asleep() && !backlog(1) && !timers_wait() && !polls_wait() &&
           !blocking_pending() && all_asleep() && atomic_load(&rounds) == before;
}

void idle_at_end(Waiter *w) {
    waiter_object(w, WAIT_END, NULL);
    atomic_store(&at_end, w);
    waiter_park(w, 0);
}

/* True when main goes on. Several sleepers may come here; one ends main's wait, or reports. */
static bool quiet(void) {
    static uint32_t lock;
    static bool over;
    lock_take(&lock);
    bool mine = !over && is_quiet();
    if (mine) {
        /* acq_rel by default: with the store in idle_at_end */
        Waiter *w = atomic_exchange(&at_end, NULL);
        if (w == NULL) report_deadlock();
        over = true;
        mine = waiter_win(w, 0);
        if (mine) waiter_wake(w);
    }
    lock_drop(&lock);
    return mine;
}

/* ---- sleeping ---- */

typedef struct Sleep {
    Worker *w;
    int64_t until; /* 0: no end */
} Sleep;

static void *sleep_body(void *arg) {
    Sleep *s = arg;
    /* acquire: with the release in idle_wake_one */
    while (atomic_load_explicit(&s->w->wake, memory_order_acquire) == 0) {
        struct timespec left;
        if (s->until != 0) {
            int64_t ns = s->until - time_mono();
            if (ns <= 0) break;
            left = (struct timespec){ns / 1000000000, ns % 1000000000};
        }
        futex_wait(&s->w->wake, 0, s->until != 0 ? &left : NULL);
    }
    return NULL;
}

static void sleep_on_system(void *arg) { gc_blocking(sleep_body, arg); }

static void *poll_body(void *arg) {
    Sleep *s = arg;
    if (atomic_load(&s->w->wake) == 0) poll_sleep(&s->until);
    return NULL;
}

static void poll_on_system(void *arg) { gc_blocking(poll_body, arg); }

void idle_barrier(void) {
    if (idle_has_barrier) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    atomic_thread_fence(memory_order_seq_cst);
}

/* Back from sleep. True when a waker has already cleared the bit. */
static bool leave(Worker *w) {
    uint64_t bit = (uint64_t)1 << w->id;
    uint64_t old = atomic_fetch_and(&idle_bits, ~bit);
    atomic_fetch_add(&rounds, 1); /* after the bit: who saw it set sees this one change */
    if (have_monitor && atomic_exchange(&monitor_wake, 1) == 0) futex_wake(&monitor_wake);
    return (old & bit) == 0;
}

bool idle_sleep(Worker *w) {
    uint64_t bit = (uint64_t)1 << w->id;
    atomic_store_explicit(&w->wake, 0, memory_order_relaxed);
    atomic_fetch_or(&idle_bits, bit);
    /* With tasks that wait for descriptors workers sleep too often for it: then an entry that its
     * owner pushes at this very moment waits for the owner, or for the monitor. */
    if (worker_count > 1 && !poll_pending()) idle_barrier();
    for (int i = 0; i < worker_count; i++) fork_want(running_on(workers[i]));
    bool crowded = crowd_now() && poll_pending(); /* then queues are left to their owners */
    if (backlog(crowded ? RT_RING + 1 : 1)) {
        cpu_pause(); /* enough others may be searching: this can repeat */
        return leave(w);
    }
    Sleep s = {w, nearest_timer()};
    bool keeps = false;
    if (s.until != 0) { /* one sleeper keeps the time, or all those with an earlier deadline */
        int64_t k = atomic_load(&keeper);
        if (k == 0 || s.until < k) {
            atomic_store(&keeper, s.until);
            keeps = true;
        } else {
            s.until = 0;
        }
    }
    if (all_asleep()) {
        wyn_flush();
        if (quiet()) return leave(w);
    }
    w->stat[STAT_SLEEPS]++;
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_SLEEP, NULL, 0);
    bool polls = (!crowded || all_asleep()) && poll_begin((int)w->id);
    fiber_call_system(polls ? poll_on_system : sleep_on_system, &s, gc_system_stack(w), w->self);
    if (WYN_UNLIKELY(observe_on)) observe_event(EVENT_AWAKE, NULL, 0);
    if (keeps) {
        int64_t mine = s.until;
        atomic_compare_exchange_strong(&keeper, &mine, 0);
    }
    bool counted = leave(w);
    if (polls) poll_awake();
    return counted;
}

/* ---- the monitor ---- */

/* A lone worker takes no locks, so the monitor only reads. */
static int64_t nearest_seen(void) {
    if (!rt_alone) return nearest_timer();
    return atomic_load_explicit(&workers[0]->timers.next, memory_order_relaxed);
}

/* Is work lying about that nobody is on the way to? */
static bool starving(int64_t now) {
    static uint32_t seen_rounds;
    uint32_t polled = poll_rounds();
    bool found = inject_any() || (polled == seen_rounds && poll_unattended());
    seen_rounds = polled;
    int64_t timer = nearest_seen();
    if (timer != 0 && timer <= now) found = true;
    for (int i = 0; i < worker_count; i++) {
        Worker *w = workers[i];
        uint32_t tick = atomic_load_explicit(&w->tick, memory_order_relaxed);
        uint32_t head = atomic_load_explicit(&w->ring.head, memory_order_relaxed);
        bool still = tick == w->seen_tick;
        bool stuck = still && atomic_load_explicit(&w->lifo, memory_order_relaxed) != 0;
        atomic_store_explicit(&w->stuck, stuck, memory_order_relaxed);
        if (stuck || (head == w->seen_head && ring_count(&w->ring) > 0)) found = true;
        if (!still || w->still_since == 0) w->still_since = now;
        const Fiber *f = running_on(w);
        uint32_t shares = fork_shares(f);
        if (shares == w->seen_shares && fork_stealable(f)) found = true;
        w->seen_shares = shares;
        w->seen_tick = tick;
        w->seen_head = head;
    }
    return found;
}

/* Who has run for long is asked to let the others run. */
static void preempt_long(int64_t now) {
    uint64_t asleep = atomic_load_explicit(&idle_bits, memory_order_relaxed);
    for (int i = 0; i < worker_count; i++) {
        Worker *w = workers[i];
        if ((asleep >> i & 1) != 0 || now - w->still_since < RT_SLICE_NS) continue;
        preempt_ask(w, ASK_YIELD);
        w->still_since = now;
    }
}

static void *monitor(void *unused) {
    (void)unused;
    wyn_here = NULL; /* no worker */
    int64_t us = RT_TICK_MIN_US;
    uint64_t seen = 0;
    for (bool on = true;; on = !on) {
        uint64_t before = seen;
        seen = atomic_load(&rounds);
        bool asleep = all_asleep();
        if ((asleep || crowd_now()) && us > RT_TICK_EVENTS_US) us = RT_TICK_EVENTS_US;
        if (asleep && seen == before) { /* and since the last look */
            atomic_store(&monitor_wake, 0);
            while (all_asleep() && atomic_load(&monitor_wake) == 0)
                futex_wait(&monitor_wake, 0, NULL);
            us = RT_TICK_MIN_US;
        }
        struct timespec pause = {0, us * 1000};
        nanosleep(&pause, NULL);
        if (us < RT_TICK_MAX_US) us *= 2;
        preempt_tick(on);
        int64_t now = time_mono();
        if (!starving(now)) continue;
        if (!rt_alone && atomic_load(&idle_bits) != 0 &&
            atomic_load_explicit(&idle_searching, memory_order_relaxed) == 0) {
            idle_wake_one();
            us = RT_TICK_MIN_US;
        }
        preempt_long(now);
    }
    return NULL;
}

/* A child of fork has one thread: only the worker that forked goes on. */
static void after_fork(void) {
    Worker *w = worker_self();
    workers[w->id] = workers[0];
    workers[0] = w;
    w->id = 0;
    worker_count = 1;
    have_monitor = false;
    poll_forked();
    blocking_forked();
    crowd_forked();
    all_bits = 1;
    atomic_store(&idle_bits, 0);
    atomic_store(&idle_searching, 0);
    atomic_store(&keeper, 0); /* it slept in the parent */
}

void idle_start(void) {
    pthread_atfork(NULL, NULL, after_fork);
    all_bits = worker_count == 64 ? UINT64_MAX : ((uint64_t)1 << worker_count) - 1;
    if (worker_count > 1)
        idle_has_barrier =
            syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    atomic_store(&idle_bits, all_bits & ~(uint64_t)1);
    atomic_store(&monitor_wake, 1);
    have_monitor = thread_start(monitor, NULL);
}
