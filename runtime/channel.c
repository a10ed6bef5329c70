/* channel.c - bounded queues between tasks; see channel.h for the invariants. The ring grows up to
 * the capacity, so a large capacity costs nothing by itself. Capacity 0: a value goes from stack
 * to stack. */
#include "channel.h"

#include "gc.h"
#include "lock.h"
#include "native.h"
#include "sched.h"

wyn_channel *wyn_channel_new(const wyn_type *elem, int64_t capacity, const wyn_site *site) {
    if (capacity < 0)
        wyn_panic_at(site, "channel capacity must be >= 0 (got %lld)", (long long)capacity);
    wyn_channel *c = wyn_alloc(sizeof *c);
    c->elem = elem;
    c->cap = capacity;
    return c;
}

/* ---- the ring, under the lock ---- */

void channel_grow(wyn_channel *c) {
    lock_take(&c->lock);
    int64_t old_room = c->room;
    lock_drop(&c->lock);
    int64_t room = old_room < 4 ? 4 : old_room * 2;
    size_t size = c->elem->size;
    char *ring = gc_alloc((size_t)room * size + 1, wyn_type_has_pointers(c->elem));
    lock_take(&c->lock);
    if (c->room == old_room) {
        for (int64_t i = 0; i < c->len; i++)
            memcpy(ring + (size_t)i * size, c->ring + (size_t)((c->first + i) % c->room) * size,
                   size);
        c->ring = ring;
        c->room = room;
        c->first = 0;
    }
    lock_drop(&c->lock);
}

static void ring_add(wyn_channel *c, const void *v) {
    int64_t at = c->first + c->len;
    if (at >= c->room) at -= c->room;
    memcpy(c->ring + (size_t)at * c->elem->size, v, c->elem->size);
    c->len++;
}

static void ring_remove(wyn_channel *c, void *out) {
    size_t size = c->elem->size;
    char *p = c->ring + (size_t)c->first * size;
    memcpy(out, p, size);
    if (wyn_type_has_pointers(c->elem)) memset(p, 0, size);
    if (++c->first == c->room) c->first = 0;
    c->len--;
}

/* ---- timers ---- */

static void timer_look(wyn_channel *c) {
    if (WYN_LIKELY(c->fire_at == 0) || c->closed) return;
    int64_t now = time_mono();
    if (now < c->fire_at) return;
    int64_t tick = now / 1000000;
    if (c->len == 0) ring_add(c, &tick); /* a tick nobody took is dropped */
    c->fire_at = c->period == 0 ? 0 : c->fire_at + c->period;
    if (c->period != 0 && c->fire_at <= now) c->fire_at = now + c->period;
}

static wyn_channel *timer_new(int64_t ms, bool repeat) {
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 1, NULL);
    channel_grow(c);
    int64_t ns = (ms < 1 ? 1 : ms) * 1000000;
    c->fire_at = time_mono() + ns;
    c->period = repeat ? ns : 0;
    return c;
}

wyn_channel *wyn_time_after(int64_t ms) { return timer_new(ms, false); }

wyn_channel *wyn_time_ticker(int64_t ms) { return timer_new(ms, true); }

/* ---- operations that need no wait ---- */

ChannelResult channel_recv_now(wyn_channel *c, void *out, WaitNode **wake) {
    *wake = NULL;
    timer_look(c);
    if (c->len > 0) {
        ring_remove(c, out);
        WaitNode *s = list_win(&c->senders);
        if (s != NULL) {
            ring_add(c, s->slot);
            s->ok = true;
            *wake = s;
        }
        return CHANNEL_DONE;
    }
    WaitNode *s = list_win(&c->senders);
    if (s != NULL) {
        memcpy(out, s->slot, c->elem->size);
        s->ok = true;
        *wake = s;
        return CHANNEL_DONE;
    }
    return c->closed ? CHANNEL_OVER : CHANNEL_WAIT;
}

ChannelResult channel_send_now(wyn_channel *c, const void *v, WaitNode **wake) {
    *wake = NULL;
    if (c->closed) return CHANNEL_OVER;
    WaitNode *r = c->len > 0 ? NULL : list_win(&c->receivers);
    if (r != NULL) {
        memcpy(r->slot, v, c->elem->size);
        r->ok = true;
        *wake = r;
        return CHANNEL_DONE;
    }
    if (c->len == c->cap) return CHANNEL_WAIT;
    if (c->len == c->room) return CHANNEL_GROW;
    ring_add(c, v);
    return CHANNEL_DONE;
}

static void wake_node(WaitNode *n) {
    if (n != NULL) waiter_wake(n->waiter);
}

/* ---- send and receive ---- */

bool wyn_channel_send(wyn_channel *c, const void *v, const wyn_site *site) {
    WaitNode *wake;
    for (;;) {
        lock_take(&c->lock);
        ChannelResult r = channel_send_now(c, v, &wake);
        if (r == CHANNEL_WAIT) break;
        lock_drop(&c->lock);
        wake_node(wake);
        if (r != CHANNEL_GROW) return r == CHANNEL_DONE;
        channel_grow(c);
    }
    Waiter w;
    WaitNode n;
    waiter_open(&w, "send() on a full channel with no receiver and no live tasks "
                    "(nothing can ever receive)", site);
    waiter_object(&w, WAIT_CHANNEL, c);
    node_open(&n, &w, 0, (void *)v);
    list_add(&c->senders, &n);
    lock_drop(&c->lock);
    waiter_park(&w, 0);
    return n.ok;
}

bool wyn_channel_recv_opt(wyn_channel *c, void *out, const wyn_site *site) {
    for (;;) {
        WaitNode *wake;
        lock_take(&c->lock);
        ChannelResult r = channel_recv_now(c, out, &wake);
        if (r != CHANNEL_WAIT) {
            lock_drop(&c->lock);
            wake_node(wake);
            return r == CHANNEL_DONE;
        }
        Waiter w;
        WaitNode n;
        waiter_open(&w, "recv() on a channel with no sender and no live tasks "
                        "(nothing can ever send)", site);
        waiter_object(&w, WAIT_CHANNEL, c);
        node_open(&n, &w, 0, out);
        list_add(&c->receivers, &n);
        int64_t when = c->fire_at;
        lock_drop(&c->lock);
        if (waiter_park(&w, when) != WAIT_TIMEOUT) return n.ok;
        lock_take(&c->lock);
        list_remove(&c->receivers, &n);
        lock_drop(&c->lock);
    }
}

void wyn_channel_recv(wyn_channel *c, void *out, const wyn_site *site) {
    if (wyn_channel_recv_opt(c, out, site)) return;
    if (c->elem->flags & WYN_TF_NOZERO)
        wyn_panic_at(site, "recv on a closed channel: %s has no zero value, use recv_opt",
                     c->elem->name);
    wyn_zero(out, c->elem);
}

bool wyn_channel_try_send(wyn_channel *c, const void *v) {
    for (;;) {
        WaitNode *wake;
        lock_take(&c->lock);
        ChannelResult r = channel_send_now(c, v, &wake);
        lock_drop(&c->lock);
        wake_node(wake);
        if (r != CHANNEL_GROW) return r == CHANNEL_DONE;
        channel_grow(c);
    }
}

bool wyn_channel_try_recv(wyn_channel *c, void *out) {
    WaitNode *wake;
    lock_take(&c->lock);
    ChannelResult r = channel_recv_now(c, out, &wake);
    lock_drop(&c->lock);
    wake_node(wake);
    return r == CHANNEL_DONE;
}

/* All of a list: nothing more comes. Woken after the lock is dropped. */
static WaitNode *win_all(WaitList *l, WaitNode *chain) {
    WaitNode *n;
    while ((n = list_win(l)) != NULL) {
        n->ok = false;
        n->prev = chain;
        chain = n;
    }
    return chain;
}

void wyn_channel_close(wyn_channel *c) {
    lock_take(&c->lock);
    c->closed = true;
    WaitNode *chain = win_all(&c->senders, win_all(&c->receivers, NULL));
    lock_drop(&c->lock);
    while (chain != NULL) {
        WaitNode *n = chain;
        chain = n->prev;
        waiter_wake(n->waiter);
    }
}

int64_t wyn_channel_len(wyn_channel *c) {
    lock_take(&c->lock);
    timer_look(c);
    int64_t n = c->len;
    lock_drop(&c->lock);
    return n;
}

int64_t wyn_channel_cap(wyn_channel *c) { return c->cap; }

bool wyn_channel_is_closed(wyn_channel *c) {
    return __atomic_load_n(&c->closed, __ATOMIC_ACQUIRE); /* with the lock of close */
}

const wyn_type *wyn_channel_elem(wyn_channel *c) { return c->elem; }
