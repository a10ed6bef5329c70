/* select.c - waits for the first of several channel operations or futures.
 * All channels are locked together, in order of address, while the arms are tried and, if none
 * is ready, while the nodes are linked; so nobody can win this wait before it stands in all of
 * them, and a channel operation never has to win two waits at once. Futures are joined after
 * that: they end a wait by one CAS as timers do. */
#include "channel.h"
#include "gc.h"
#include "lock.h"
#include "sched.h"
#include "task.h"

enum { FEW = 8 };

typedef struct Select {
    const wyn_arm *arms;
    int64_t n, locks;
    wyn_channel **order; /* the distinct channels by address */
    WaitNode *nodes;
    const wyn_site *site;
} Select;

static void order_channels(Select *s) {
    s->locks = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind == WYN_ARM_AWAIT) continue;
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
    for (int64_t i = 0; i < s->locks; i++) lock_take(&s->order[i]->lock);
}

static void unlock_all(const Select *s) {
    for (int64_t i = s->locks; i-- > 0;) lock_drop(&s->order[i]->lock);
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

/* Of a future that is finished, or of nothing: channels have delivered. */
static int64_t take_value(const Select *s, int64_t i) {
    const wyn_arm *arm = &s->arms[i];
    if (arm->kind != WYN_ARM_AWAIT) return i;
    wyn_future *f = arm->object;
    const void *value = wyn_await(f, s->site);
    if (arm->slot != NULL) memcpy(arm->slot, value, future_type(f)->size);
    return i;
}

static void link_channels(const Select *s, Waiter *w) {
    for (int64_t i = 0; i < s->n; i++) {
        node_open(&s->nodes[i], w, (int)i, s->arms[i].slot);
        wyn_channel *c = s->arms[i].object;
        if (s->arms[i].kind == WYN_ARM_RECV) list_add(&c->receivers, &s->nodes[i]);
        if (s->arms[i].kind == WYN_ARM_SEND) list_add(&c->senders, &s->nodes[i]);
    }
}

static void unlink_all(const Select *s) {
    lock_all(s);
    for (int64_t i = 0; i < s->n; i++) {
        wyn_channel *c = s->arms[i].object;
        if (s->arms[i].kind == WYN_ARM_RECV) list_remove(&c->receivers, &s->nodes[i]);
        if (s->arms[i].kind == WYN_ARM_SEND) list_remove(&c->senders, &s->nodes[i]);
    }
    unlock_all(s);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind == WYN_ARM_AWAIT) future_unwait(s->arms[i].object, &s->nodes[i]);
    }
}

/* The earliest of the select's own deadline and the timers it listens to. Under the locks. */
static int64_t select_deadline(const Select *s, int64_t own) {
    for (int64_t i = 0; i < s->n; i++) {
        const wyn_channel *c = s->arms[i].object;
        int64_t d = s->arms[i].kind == WYN_ARM_RECV && !c->closed ? c->fire_at : 0;
        if (d != 0 && (own == 0 || d < own)) own = d;
    }
    return own;
}

/* Linked everywhere; the locks are held and are dropped here. The event that ended the wait. */
static int select_wait(const Select *s, int64_t own) {
    Waiter w;
    waiter_open(&w, "select has no ready channel and no live tasks (nothing can ever send)",
                s->site);
    waiter_object(&w, WAIT_SELECT, NULL);
    link_channels(s, &w);
    int64_t when = select_deadline(s, own);
    unlock_all(s);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind != WYN_ARM_AWAIT || future_wait(s->arms[i].object, &s->nodes[i]))
            continue;
        if (!waiter_win(&w, (int)i)) break; /* another event was first: it wakes us */
        s->nodes[i].ok = true;
        unlink_all(s);
        return (int)i;
    }
    int won = waiter_park(&w, when);
    if (won >= 0 && s->arms[won].kind == WYN_ARM_AWAIT) s->nodes[won].ok = true;
    unlink_all(s);
    return won;
}

static int64_t select_run(Select *s, bool has_default, int64_t timeout_ms) {
    int64_t own = timeout_ms < 0 ? 0 : time_mono() + timeout_ms * 1000000;
    order_channels(s);
    for (;;) {
        int64_t over = 0, i = 0;
        ChannelResult r = CHANNEL_WAIT;
        WaitNode *wake = NULL;
        lock_all(s);
        for (; i < s->n; i++) {
            r = try_arm(&s->arms[i], &wake);
            if (r == CHANNEL_DONE || r == CHANNEL_GROW) break;
            over += r == CHANNEL_OVER;
        }
        if (i < s->n || has_default || over == s->n) {
            unlock_all(s);
            if (wake != NULL) waiter_wake(wake->waiter);
            if (i == s->n) return has_default ? WYN_SELECT_DEFAULT : WYN_SELECT_CLOSED;
            if (r == CHANNEL_DONE) return take_value(s, i);
            channel_grow(s->arms[i].object);
            continue;
        }
        int won = select_wait(s, own);
        if (won >= 0 && s->nodes[won].ok) return take_value(s, won);
        /* a channel was closed, or time is over: its own or a timer channel's */
        if (won == WAIT_TIMEOUT && own != 0 && time_mono() >= own) {
            return WYN_SELECT_TIMEOUT;
        }
    }
}

int64_t wyn_select(const wyn_arm *arms, int64_t n, bool has_default, int64_t timeout_ms,
                   bool has_closed, const wyn_site *site) {
    (void)has_closed; /* no such arm: the caller goes on behind the select */
    wyn_channel *order[FEW];
    WaitNode nodes[FEW];
    Select s = {.arms = arms, .n = n, .order = order, .nodes = nodes, .site = site};
    if (n > FEW) {
        s.order = gc_alloc((size_t)n * sizeof *s.order, true);
        char *p = gc_alloc((size_t)n * sizeof *s.nodes + 16, true);
        s.nodes = (WaitNode *)(((uintptr_t)p + 15) & ~(uintptr_t)15);
    }
    return select_run(&s, has_default, timeout_ms);
}
