/* poll.c - the netpoller; the contract is in poll.h.
 *
 * A descriptor's state is under its own spin lock: whether something may have arrived since the
 * last EAGAIN (`ready`, one for each direction), and the tasks that wait. An event wins the waits
 * of its direction, or, when there is none, sets `ready`: an event between a task's EAGAIN and its
 * enqueueing is seen by poll_wait. Who reads looks at the flags without the lock: all it can miss
 * is an event that poll_wait then sees. States live in chunks that are never freed, so that a late
 * event finds one, and the generation in the event says whether it is still meant. How many tasks
 * wait is counted by each worker for itself, as they begin and end waits all the time; the sum is
 * right when no worker runs.
 *
 * Sleep. A worker that goes to sleep while tasks wait for descriptors stores its number in
 * `sleeper`, then looks at its `wake` word once more (idle.c), then waits. Who wakes it stores
 * `wake`, then loads `sleeper`: one of the two sees the other (both seq_cst). Only the sleeper
 * takes an interrupt, and before it gives `sleeper` back: anybody else could take one that is meant
 * for the next sleeper, who would sleep on. One that comes too late wakes the next for nothing. */
#define _GNU_SOURCE
#include "poll.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "crowd.h"
#include "lock.h"
#include "sched.h"
#include "wait.h"

enum { CHUNK = 1024, CHUNKS = 1024, EVENTS = 256 };

typedef struct Descriptor {
    uint32_t lock;
    uint32_t generation;
    bool open, closing;
    bool weak;
    _Atomic bool drained; /* the last read emptied it; changed by who reads, without the lock */
    _Atomic bool hung;    /* the other side has closed: reading never waits again */
    _Atomic bool ready[2];
    uint32_t users; /* operations between enter and leave */
    WaitList waiting[2];
    void *extra;
    void (*drop)(void *extra);
} Descriptor;

static _Atomic(Descriptor *) chunks[CHUNKS];
static int epoll_fd = -1, event_fd = -1;
static uint32_t start_lock;
static _Atomic int64_t open_count, weak_count;
static _Atomic int sleeper = -1;
static struct epoll_event events[EVENTS]; /* of the sleeper */
static int event_count;
static _Atomic uint32_t looked; /* relaxed: only changes count */

/* ---- descriptors ---- */

static bool flag(_Atomic bool *f) { return atomic_load_explicit(f, memory_order_relaxed); }
static void flag_set(_Atomic bool *f, bool on) {
    atomic_store_explicit(f, on, memory_order_relaxed);
}

static Descriptor *descriptor_at(int fd) {
    /* acquire: with the release in descriptor_make */
    Descriptor *c = atomic_load_explicit(&chunks[fd / CHUNK], memory_order_acquire);
    return c == NULL ? NULL : &c[fd % CHUNK];
}

static Descriptor *descriptor_make(int fd) {
    Descriptor *d = descriptor_at(fd);
    if (d != NULL) return d;
    Descriptor *fresh = calloc(CHUNK, sizeof *fresh), *none = NULL;
    if (fresh == NULL) return NULL;
    /* release: with the acquire in descriptor_at */
    if (!atomic_compare_exchange_strong_explicit(&chunks[fd / CHUNK], &none, fresh,
                                                 memory_order_acq_rel, memory_order_acquire))
        free(fresh);
    return descriptor_at(fd);
}

static int64_t handle_of(int fd, uint32_t generation) {
    return (int64_t)((uint64_t)(generation & 0x7fffffff) << 32 | (uint32_t)fd);
}

/* The locked state of an open handle, or NULL. */
static Descriptor *descriptor_lock(int64_t handle) {
    int fd = (int)(uint32_t)handle;
    if (handle < 0 || fd < 0 || fd >= CHUNK * CHUNKS) return NULL;
    Descriptor *d = descriptor_at(fd);
    if (d == NULL) return NULL;
    lock_take(&d->lock);
    if (d->open && handle_of(fd, d->generation) == handle) return d;
    lock_drop(&d->lock);
    return NULL;
}

static bool poll_start(void) {
    lock_take(&start_lock);
    if (epoll_fd < 0) {
        int ep = epoll_create1(EPOLL_CLOEXEC);
        event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        struct epoll_event e = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
        if (ep >= 0 && event_fd >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, event_fd, &e) == 0)
            epoll_fd = ep;
    }
    lock_drop(&start_lock);
    return epoll_fd >= 0;
}

int64_t poll_open(int fd, void *extra, void (*drop)(void *extra)) {
    if (fd >= CHUNK * CHUNKS) {
        errno = EMFILE;
        return -1;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || !poll_start()) return -1;
    Descriptor *d = descriptor_make(fd);
    if (d == NULL) {
        errno = ENOMEM;
        return -1;
    }
    if ((flags & O_NONBLOCK) == 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
    lock_take(&d->lock);
    d->generation++;
    uint32_t generation = d->generation;
    d->open = true;
    d->extra = extra;
    d->drop = drop;
    d->closing = d->weak = false;
    flag_set(&d->drained, false);
    flag_set(&d->hung, false);
    flag_set(&d->ready[POLL_READ], false);
    flag_set(&d->ready[POLL_WRITE], false);
    lock_drop(&d->lock);
    atomic_fetch_add_explicit(&open_count, 1, memory_order_relaxed);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                            .data.u64 = (uint64_t)handle_of(fd, generation)};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0) return handle_of(fd, generation);
    int why = errno;
    d->open = false;
    atomic_fetch_sub_explicit(&open_count, 1, memory_order_relaxed);
    errno = why;
    return -1;
}

int poll_enter(int64_t handle, void **extra) {
    Descriptor *d = descriptor_lock(handle);
    if (d == NULL) return -1;
    bool closing = d->closing;
    if (!closing) d->users++;
    *extra = d->extra;
    lock_drop(&d->lock);
    return closing ? -1 : (int)(uint32_t)handle;
}

/* Under the lock, which it drops. */
static void close_if_last(Descriptor *d, int fd) {
    bool last = d->closing && d->users == 0;
    if (last) d->open = false;
    void *extra = d->extra;
    void (*drop)(void *) = d->drop;
    lock_drop(&d->lock);
    if (!last) return;
    atomic_fetch_sub_explicit(&open_count, 1, memory_order_relaxed);
    if (drop != NULL) drop(extra);
    close(fd);
}

void poll_leave(int64_t handle) {
    Descriptor *d = descriptor_lock(handle);
    if (d == NULL) return;
    d->users--;
    close_if_last(d, (int)(uint32_t)handle);
}

bool poll_close(int64_t handle) {
    Descriptor *d = descriptor_lock(handle);
    if (d == NULL) return false;
    if (d->closing) {
        lock_drop(&d->lock);
        return false;
    }
    d->closing = true;
    WaitNode *woken = list_win_all(&d->waiting[POLL_READ], NULL);
    woken = list_win_all(&d->waiting[POLL_WRITE], woken);
    close_if_last(d, (int)(uint32_t)handle);
    chain_wake(woken);
    return true;
}

void poll_close_those(void (*drop)(void *), bool (*look)(void *, void *), void *arg) {
    for (int fd = 0; fd < CHUNK * CHUNKS; fd++) {
        Descriptor *d = descriptor_at(fd);
        if (d == NULL) {
            fd += CHUNK - 1;
            continue;
        }
        lock_take(&d->lock);
        bool close = d->open && !d->closing && d->drop == drop && look(d->extra, arg);
        int64_t handle = handle_of(fd, d->generation);
        lock_drop(&d->lock);
        if (close) poll_close(handle);
    }
}

void poll_drained(int64_t handle) {
    flag_set(&descriptor_at((int)(uint32_t)handle)->drained, true);
}

bool poll_is_drained(int64_t handle) {
    Descriptor *d = descriptor_at((int)(uint32_t)handle);
    return flag(&d->drained) && !flag(&d->ready[POLL_READ]) && !flag(&d->hung);
}

int64_t poll_deadline(int64_t ms) { return ms < 0 ? 0 : deadline_in(ms); }

/* Not inlined: the worker may be another one after a wait. */
static __attribute__((noinline)) void count_wait(int64_t n) {
    _Atomic int64_t *count = &worker_self()->polling;
    n += atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, n, memory_order_relaxed);
}

PollEnd poll_wait(int64_t handle, PollSide side, int64_t when, const char *what,
                  const wyn_site *site) {
    Descriptor *d = descriptor_lock(handle);
    if (d == NULL) return POLL_CLOSED;
    if (side == POLL_READ) flag_set(&d->drained, false);
    if (d->closing || flag(&d->ready[side]) || (side == POLL_READ && flag(&d->hung))) {
        bool closing = d->closing;
        flag_set(&d->ready[side], false);
        lock_drop(&d->lock);
        return closing ? POLL_CLOSED : POLL_READY;
    }
    Waiter *w = waiter_held(what, site);
    waiter_object(w, WAIT_FD, d);
    node_open(&w->node, 0, NULL);
    list_add(&d->waiting[side], &w->node);
    count_wait(1);
    bool weak = d->weak;
    if (weak) atomic_fetch_add_explicit(&weak_count, 1, memory_order_relaxed);
    int won = waiter_park_lock(w, when, &d->lock);
    if (weak) atomic_fetch_sub_explicit(&weak_count, 1, memory_order_relaxed);
    count_wait(-1);
    lock_take(&d->lock);
    if (won < 0) list_remove(&d->waiting[side], &w->node);
    /* an abort ends the operation like a close; the next wait or poll of the task raises it */
    bool closing = d->closing || won == WAIT_ABORTED;
    lock_drop(&d->lock);
    return closing ? POLL_CLOSED : won == WAIT_TIMEOUT ? POLL_TIMEOUT : POLL_READY;
}

/* ---- events ---- */

/* True: it woke somebody. */
static bool deliver(const struct epoll_event *e) {
    if (e->data.u64 == UINT64_MAX) return false; /* poll_interrupt: see poll_awake */
    Descriptor *d = descriptor_lock((int64_t)e->data.u64);
    if (d == NULL) return false;
    WaitNode *woken = NULL;
    /* but not an error, which is read once */
    if ((e->events & (EPOLLRDHUP | EPOLLHUP)) != 0) flag_set(&d->hung, true);
    const uint32_t mask[2] = {EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR,
                              EPOLLOUT | EPOLLHUP | EPOLLERR};
    for (int side = POLL_READ; side <= POLL_WRITE; side++) {
        if ((e->events & mask[side]) == 0) continue;
        WaitNode *before = woken;
        woken = list_win_all(&d->waiting[side], woken);
        if (woken == before) flag_set(&d->ready[side], true);
    }
    lock_drop(&d->lock);
    chain_wake(woken);
    return woken != NULL;
}

/* Events while they are handed out, of this thread: on the stack they would be a page of each. */
static __attribute__((noinline)) struct epoll_event *list_here(void) {
    static __thread struct epoll_event list[EVENTS];
    __asm__ volatile("");
    return list;
}

static int deliver_all(const struct epoll_event *list, int n) {
    int woken = 0;
    if (n <= 0) return 0;
    sched_deliver_begin();
    for (int i = 0; i < n; i++) woken += deliver(&list[i]);
    sched_deliver_end(woken);
    return woken;
}

static bool any_open(void) {
    return atomic_load_explicit(&open_count, memory_order_relaxed) > 0;
}

static int64_t waiting(void) {
    int64_t n = 0;
    for (int i = 0; i < worker_count; i++)
        n += atomic_load_explicit(&workers[i]->polling, memory_order_relaxed);
    return n;
}

bool poll_pending(void) { return any_open() && waiting() > 0; }

bool poll_strong(void) {
    return waiting() > atomic_load_explicit(&weak_count, memory_order_relaxed);
}

void poll_make_weak(int64_t handle) {
    Descriptor *d = descriptor_lock(handle);
    if (d == NULL) return;
    d->weak = true;
    lock_drop(&d->lock);
}

int poll_sleeper(void) { return atomic_load(&sleeper); }

bool poll_unattended(void) { return poll_pending() && poll_sleeper() < 0; }

uint32_t poll_rounds(void) { return atomic_load_explicit(&looked, memory_order_relaxed); }

int poll_now(void) {
    struct epoll_event *list = list_here();
    if (!any_open()) return 0;
    if (!rt_alone) crowd_look(worker_self());
    if (poll_sleeper() >= 0) return 0;
    atomic_store_explicit(&looked, poll_rounds() + 1, memory_order_relaxed);
    return deliver_all(list, epoll_wait(epoll_fd, list, EVENTS, 0));
}

bool poll_begin(int worker) {
    int none = -1;
    return poll_pending() && atomic_compare_exchange_strong(&sleeper, &none, worker);
}

void poll_sleep(const int64_t *until) {
    struct timespec left, *limit = NULL;
    if (*until != 0) {
        int64_t ns = *until - time_mono();
        if (ns < 0) ns = 0;
        left = (struct timespec){ns / 1000000000, ns % 1000000000};
        limit = &left;
    }
    event_count = epoll_pwait2(epoll_fd, events, EVENTS, limit, NULL);
    if (event_count < 0 && errno == ENOSYS) {
        int ms = limit == NULL ? -1 : (int)(left.tv_sec * 1000 + left.tv_nsec / 1000000 + 1);
        event_count = epoll_wait(epoll_fd, events, EVENTS, ms);
    }
}

int poll_awake(void) {
    struct epoll_event *list = list_here();
    int n = event_count;
    if (n > 0) memcpy(list, events, (size_t)n * sizeof *list);
    event_count = 0;
    uint64_t count;
    for (int i = 0; i < n; i++) {
        if (list[i].data.u64 == UINT64_MAX && read(event_fd, &count, sizeof count) < 0) {}
    }
    atomic_store(&sleeper, -1);
    return deliver_all(list, n);
}

void poll_interrupt(void) {
    uint64_t one = 1;
    while (write(event_fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

void poll_forked(void) {
    /* the child has a descriptor of its parent's epoll: events there are not its own */
    if (epoll_fd < 0) return;
    close(epoll_fd);
    close(event_fd);
    epoll_fd = event_fd = -1;
    atomic_store(&sleeper, -1);
    /* who waits in the parent does not wait here */
    atomic_store_explicit(&worker_self()->polling, 0, memory_order_relaxed);
    atomic_store_explicit(&weak_count, 0, memory_order_relaxed);
}
