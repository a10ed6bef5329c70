/* select.c - waits for the first of several channel operations or futures.
 * First the arms are looked at in their order, and only a channel that seems ready is locked. If
 * none is, all channels are locked together, in order of address, while the arms are tried again
 * and the nodes are linked; so nobody can win this wait before it stands in all of them, and a
 * channel operation never has to win two waits at once. Without futures among the arms the locks
 * are held over the switch. Futures are joined after that: they end a wait by one CAS as timers
 * do. Nodes and slots lie on the stack, which is pinned meanwhile; once
 * stacks are moved they lie in the heap. */
#include "channel.h"
#include "gc.h"
#include "place.h"
#include "sched.h"
#include "task.h"

enum { FEW = 8 };

typedef struct Select {
    const wyn_arm *arms;
    int64_t n, locks, futures;
    wyn_channel **order; /* the distinct channels by address */
    WaitArm *nodes;
    const wyn_site *site;
    bool unpinned; /* nothing of this lies on the stack */
} Select;

static void order_channels(Select *s) {
    s->locks = s->futures = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind == WYN_ARM_AWAIT) {
            s->futures++;
            continue;
        }
        wyn_channel *c = s->arms[i].object;
        int64_t at = s->locks;
        while (at > 0 && (uintptr_t)s->order[at - 1] > (uintptr_t)c) at--;
        if (at > 0 && s->order[at - 1] == c) continue;
        for (int64_t k = s->locks; k > at; k--) s->order[k] = s->order[k - 1];
        s->order[at] = c;
        s->locks++;
    }
}

static void lock_all(const Select *s) {
    for (int64_t i = 0; i < s->locks; i++) turns_take_plain(&s->order[i]->turns);
}

/* The first one last: while it is held, a task that was woken cannot leave unlink_all. */
static void unlock_all(const Select *s) {
    for (int64_t i = s->locks; i-- > 0;) turns_drop(&s->order[i]->turns.word);
}

static ChannelResult try_arm(const wyn_arm *arm, WaitNode **wake) {
    *wake = NULL;
    switch (arm->kind) {
    case WYN_ARM_RECV: return channel_recv_now(arm->object, arm->slot, wake);
    case WYN_ARM_SEND: return channel_send_now(arm->object, arm->slot, wake);
    case WYN_ARM_AWAIT: return future_finished(arm->object) ? CHANNEL_DONE : CHANNEL_WAIT;
    }
    return CHANNEL_OVER;
}

/* Channels have delivered; a future that failed raises its panic. */
static int64_t take_value(const Select *s, int64_t i) {
    if (s->arms[i].kind == WYN_ARM_AWAIT) wyn_await(s->arms[i].object, s->site);
    return i;
}

static void link_channels(const Select *s, Waiter *w) {
    for (int64_t i = 0; i < s->n; i++) {
        arm_open(&s->nodes[i], w, (int)i, s->arms[i].slot);
        wyn_channel *c = s->arms[i].object;
        if (s->arms[i].kind == WYN_ARM_RECV) list_add(&c->receivers, &s->nodes[i].node);
        if (s->arms[i].kind == WYN_ARM_SEND) list_add(&c->senders, &s->nodes[i].node);
    }
}

static void unlink_all(const Select *s) {
    lock_all(s);
    for (int64_t i = 0; i < s->n; i++) {
        wyn_channel *c = s->arms[i].object;
        if (s->arms[i].kind == WYN_ARM_RECV) list_remove(&c->receivers, &s->nodes[i].node);
        if (s->arms[i].kind == WYN_ARM_SEND) list_remove(&c->senders, &s->nodes[i].node);
    }
    unlock_all(s);
    for (int64_t i = 0; i < s->n && s->futures > 0; i++) {
        if (s->arms[i].kind == WYN_ARM_AWAIT) future_unwait(s->arms[i].object, &s->nodes[i].node);
    }
}

/* The earliest of the select's own deadline and the timers it listens to. Under the locks. */
static int64_t select_deadline(const Select *s, int64_t own, Waiter *w) {
    bool weak = own == 0;
    for (int64_t i = 0; i < s->n; i++) {
        const wyn_channel *c = s->arms[i].object;
        int64_t d = s->arms[i].kind == WYN_ARM_RECV && !c->closed ? c->fire_at : 0;
        if (d == 0) continue;
        if (own == 0 || d < own) own = d;
        weak &= c->period != 0;
    }
    atomic_store_explicit(&w->weak, weak, memory_order_relaxed);
    return own;
}

static void drop_locks(void *s) { unlock_all(s); }

static const char what[] = "select has no ready channel and no live tasks (nothing can ever send)";

/* With futures among the arms: the rest of select_wait. */
static int wait_open(const Select *s, int64_t own) {
    Waiter *w = waiter_open(what, s->site);
    waiter_object(w, WAIT_SELECT, NULL);
    w->pinned = !s->unpinned;
    link_channels(s, w);
    int64_t when = select_deadline(s, own, w);
    unlock_all(s);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind != WYN_ARM_AWAIT || future_wait(s->arms[i].object, &s->nodes[i].node))
            continue;
        if (!waiter_win(w, (int)i)) break; /* another event was first: it wakes us */
        s->nodes[i].node.ok = true;
        waiter_over(w);
        return (int)i;
    }
    int won = waiter_park(w, when);
    if (won >= 0 && s->arms[won].kind == WYN_ARM_AWAIT) s->nodes[won].node.ok = true;
    return won;
}

/* Nothing is ready; the locks are held and are dropped here. The event that ended the wait. */
static int select_wait(Select *s, int64_t own) {
    int won;
    if (s->futures > 0) {
        won = wait_open(s, own);
    } else {
        Waiter *w = waiter_held(what, s->site);
        waiter_object(w, WAIT_SELECT, NULL);
        w->pinned = !s->unpinned;
        link_channels(s, w);
        won = waiter_park_held(w, select_deadline(s, own, w), drop_locks, s);
    }
    unlink_all(s);
    if (won == WAIT_ABORTED) panic_cancelled();
    return won;
}

/* Is it worth to try this arm? Does not lock. */
static bool look(const wyn_arm *arm) {
    switch (arm->kind) {
    case WYN_ARM_RECV: return channel_may_recv(arm->object);
    case WYN_ARM_SEND: return channel_may_send(arm->object);
    case WYN_ARM_AWAIT: return future_finished(arm->object);
    }
    return false;
}

/* One pass without all the locks: the arm that was done, or -1. */
static int64_t select_try(const Select *s) {
    for (int64_t i = 0; i < s->n; i++) {
        const wyn_arm *arm = &s->arms[i];
        if (!look(arm)) continue;
        if (arm->kind == WYN_ARM_AWAIT) return i;
        wyn_channel *c = arm->object;
        ChannelResult r;
        do {
            WaitNode *wake;
            turns_take(&c->turns);
            r = try_arm(arm, &wake);
            turns_drop(&c->turns.word);
            if (wake != NULL) waiter_wake(node_waiter(wake));
            if (r == CHANNEL_GROW) channel_grow(c);
        } while (r == CHANNEL_GROW);
        if (r == CHANNEL_DONE) return i;
    }
    return -1;
}

static int64_t select_run(Select *s, bool has_default, int64_t timeout_ms) {
    int64_t own = 0, i = select_try(s);
    if (i >= 0) return take_value(s, i);
    if (timeout_ms >= 0) own = deadline_in(timeout_ms);
    for (order_channels(s);;) {
        int64_t over = 0;
        ChannelResult r = CHANNEL_WAIT;
        WaitNode *wake = NULL;
        lock_all(s);
        for (i = 0; i < s->n; i++) {
            r = try_arm(&s->arms[i], &wake);
            if (r == CHANNEL_DONE || r == CHANNEL_GROW) break;
            over += r == CHANNEL_OVER;
        }
        if (i < s->n || has_default || over == s->n) {
            unlock_all(s);
            if (wake != NULL) waiter_wake(node_waiter(wake));
            if (i == s->n) return has_default ? WYN_SELECT_DEFAULT : WYN_SELECT_CLOSED;
            if (r == CHANNEL_DONE) return take_value(s, i);
            channel_grow(s->arms[i].object);
            continue;
        }
        int won = select_wait(s, own);
        if (won >= 0 && s->nodes[won].node.ok) return take_value(s, won);
        /* a channel was closed, or time is over: its own or a timer channel's */
        if (won == WAIT_TIMEOUT && own != 0 && time_mono() >= own) return WYN_SELECT_TIMEOUT;
    }
}

static char *aligned(char *p) { return (char *)(((uintptr_t)p + 15) & ~(uintptr_t)15); }

/* The same with all that others look at in the heap, so that the stack may be moved. */
static __attribute__((noinline)) int64_t select_off_stack(const Select *of, bool has_default,
                                                          int64_t timeout_ms) {
    size_t n = (size_t)of->n, size = sizeof *of + n * sizeof *of->arms;
    for (size_t i = 0; i < n; i++) {
        if (of->arms[i].kind != WYN_ARM_AWAIT)
            size += (((wyn_channel *)of->arms[i].object)->size + 15) & ~(size_t)15;
    }
    char *p = gc_alloc(size + n * (sizeof *of->order + sizeof *of->nodes) + 64, true);
    Select *s = (Select *)(void *)p;
    *s = *of;
    wyn_arm *arms = (wyn_arm *)(void *)(s + 1);
    memcpy(arms, of->arms, n * sizeof *arms);
    s->arms = arms;
    s->order = (wyn_channel **)(void *)(arms + n);
    s->nodes = (WaitArm *)(void *)aligned((char *)(s->order + n));
    char *cell = (char *)(s->nodes + n);
    for (size_t i = 0; i < n; i++) {
        if (arms[i].kind == WYN_ARM_AWAIT) continue;
        size_t bytes = ((wyn_channel *)arms[i].object)->size;
        if (arms[i].kind == WYN_ARM_SEND) memcpy(cell, arms[i].slot, bytes);
        arms[i].slot = cell;
        cell += (bytes + 15) & ~(size_t)15;
    }
    int64_t i = select_run(s, has_default, timeout_ms);
    if (i >= 0 && arms[i].kind == WYN_ARM_RECV && of->arms[i].slot != NULL)
        memcpy(of->arms[i].slot, arms[i].slot, ((wyn_channel *)arms[i].object)->size);
    return i;
}

int64_t wyn_select(const wyn_arm *arms, int64_t n, bool has_default, int64_t timeout_ms,
                   bool has_closed, const wyn_site *site) {
    (void)has_closed; /* no such arm: the caller goes on behind the select */
    wyn_channel *order[FEW];
    WaitArm nodes[FEW];
    Select s = {.arms = arms, .n = n, .order = order, .nodes = nodes, .site = site};
    if (atomic_load_explicit(&fibers_share, memory_order_relaxed)) {
        s.unpinned = true;
        return select_off_stack(&s, has_default, timeout_ms);
    }
    if (n > FEW) {
        s.order = gc_alloc((size_t)n * sizeof *s.order, true);
        s.nodes = (WaitArm *)(void *)gc_alloc((size_t)n * sizeof *s.nodes, true);
    }
    return select_run(&s, has_default, timeout_ms);
}
