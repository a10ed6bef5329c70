/* channel.c - bounded queues between tasks; see channel.h for the invariants. The ring grows up to
 * the capacity, so a large capacity costs nothing by itself. A value
 * goes through the ring, or straight to or from the slot of a waiter; a small one lies in the
 * waiter itself, so that the stack that waits is not touched. */
#include "channel.h"

#include "gc.h"
#include "place.h"
#include "native.h"
#include "sched.h"

wyn_channel *wyn_channel_new(const wyn_type *elem, int64_t capacity, const wyn_site *site) {
    if (capacity < 0)
        wyn_panic_at(site, "channel capacity must be >= 0 (got %lld)", (long long)capacity);
    wyn_channel *c = wyn_alloc(sizeof *c);
    c->elem = elem;
    c->size = (uint32_t)elem->size;
    c->pointers = wyn_type_has_pointers(elem);
    c->cap = capacity;
    return c;
}

/* ---- the ring, under the lock ---- */

void channel_grow(wyn_channel *c) {
    turns_take(&c->turns);
    int64_t old_room = c->room;
    turns_drop(&c->turns.word);
    int64_t room = old_room < 4 ? 4 : old_room * 2;
    size_t size = c->size;
    char *ring = gc_alloc((size_t)room * size + 1, c->pointers);
    turns_take(&c->turns);
    if (c->room == old_room) {
        for (int64_t i = 0; i < c->len; i++)
            memcpy(ring + (size_t)i * size, c->ring + (size_t)((c->first + i) % c->room) * size,
                   size);
        c->ring = ring;
        c->room = room;
        c->first = 0;
    }
    turns_drop(&c->turns.word);
}

static inline void ring_add(wyn_channel *c, const void *v) {
    int64_t at = c->first + c->len;
    if (at >= c->room) at -= c->room;
    value_copy(c->ring + (size_t)at * c->size, v, c->size);
    c->len++;
}

static inline void ring_remove(wyn_channel *c, void *out) {
    char *p = c->ring + (size_t)c->first * c->size;
    value_copy(out, p, c->size);
    if (c->pointers) memset(p, 0, c->size);
    if (++c->first == c->room) c->first = 0;
    c->len--;
}

/* ---- timers ---- */

static __attribute__((noinline, cold)) void timer_feed(wyn_channel *c) {
    int64_t now = time_mono();
    if (now < c->fire_at) return;
    int64_t tick = now / 1000000;
    if (c->len == 0) ring_add(c, &tick); /* a tick nobody took is dropped */
    c->fire_at = c->period == 0 ? 0 : c->fire_at + c->period;
    if (c->period != 0 && c->fire_at <= now) c->fire_at = now + c->period;
}

static inline void timer_look(wyn_channel *c) {
    if (WYN_UNLIKELY(c->fire_at != 0) && !c->closed) timer_feed(c);
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

static inline ChannelResult recv_now(wyn_channel *c, void *out, WaitNode **wake) {
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
        value_copy(out, s->slot, c->size);
        s->ok = true;
        *wake = s;
        return CHANNEL_DONE;
    }
    return c->closed ? CHANNEL_OVER : CHANNEL_WAIT;
}

static inline ChannelResult send_now(wyn_channel *c, const void *v, WaitNode **wake) {
    *wake = NULL;
    if (c->closed) return CHANNEL_OVER;
    WaitNode *r = list_win(&c->receivers); /* none while there are values */
    if (r != NULL) {
        value_copy(r->slot, v, c->size);
        r->ok = true;
        *wake = r;
        return CHANNEL_DONE;
    }
    if (c->len >= c->cap) return CHANNEL_WAIT; /* above: a value was put back */
    if (c->len == c->room) return CHANNEL_GROW;
    ring_add(c, v);
    return CHANNEL_DONE;
}

ChannelResult channel_recv_now(wyn_channel *c, void *out, WaitNode **wake) {
    return recv_now(c, out, wake);
}

ChannelResult channel_send_now(wyn_channel *c, const void *v, WaitNode **wake) {
    return send_now(c, v, wake);
}

bool channel_may_recv(wyn_channel *c) {
    return __atomic_load_n(&c->len, __ATOMIC_RELAXED) > 0 ||
           __atomic_load_n(&c->senders.head, __ATOMIC_RELAXED) != NULL || c->fire_at != 0;
}

bool channel_may_send(wyn_channel *c) {
    return __atomic_load_n(&c->len, __ATOMIC_RELAXED) < c->cap ||
           __atomic_load_n(&c->receivers.head, __ATOMIC_RELAXED) != NULL;
}

/* ---- send and receive ---- */

/* Where a value waits that others take or bring; NULL: on the stack, which is pinned meanwhile. */
static inline void *wait_cell(Waiter *w, size_t size) {
    if (WYN_LIKELY(size <= WAIT_VALUE)) return w->value;
    if (atomic_load_explicit(&fibers_share, memory_order_relaxed)) return gc_alloc(size, true);
    w->pinned = true;
    return NULL;
}

/* Full; the lock is held. */
static __attribute__((noinline)) bool send_wait(wyn_channel *c, const void *v,
                                                const wyn_site *site) {
    Waiter *w = waiter_held("send() on a full channel with no receiver and no live tasks "
                            "(nothing can ever receive)", site);
    waiter_object(w, WAIT_CHANNEL, c);
    WaitNode *n = &w->node;
    void *cell = wait_cell(w, c->size);
    if (cell != NULL) value_copy(cell, v, c->size);
    node_open(n, 0, cell == NULL ? (void *)(uintptr_t)v : cell);
    list_add(&c->senders, n);
    if (waiter_park_lock(w, 0, &c->turns.word) == WAIT_ABORTED) {
        turns_take(&c->turns);
        list_remove(&c->senders, n);
        turns_drop(&c->turns.word);
        panic_cancelled();
    }
    return n->ok;
}

bool wyn_channel_send(wyn_channel *c, const void *v, const wyn_site *site) {
    for (;;) {
        WaitNode *wake;
        turns_take(&c->turns);
        ChannelResult r = send_now(c, v, &wake);
        if (r == CHANNEL_WAIT) return send_wait(c, v, site);
        turns_drop(&c->turns.word);
        if (wake != NULL) waiter_wake(node_waiter(wake));
        if (r != CHANNEL_GROW) return r == CHANNEL_DONE;
        channel_grow(c);
    }
}

/* Empty; the lock is held. False: the time of a timer channel has come. */
static __attribute__((noinline)) bool recv_wait(wyn_channel *c, void *out, bool *ok,
                                                const wyn_site *site) {
    Waiter *w = waiter_held("recv() on a channel with no sender and no live tasks "
                            "(nothing can ever send)", site);
    waiter_object(w, WAIT_CHANNEL, c);
    WaitNode *n = &w->node;
    void *cell = wait_cell(w, c->size);
    if (WYN_UNLIKELY(c->period != 0))
        atomic_store_explicit(&w->weak, true, memory_order_relaxed);
    node_open(n, 0, cell == NULL ? out : cell);
    list_add(&c->receivers, n);
    int won = waiter_park_lock(w, c->fire_at, &c->turns.word);
    if (won < 0) {
        turns_take(&c->turns);
        list_remove(&c->receivers, n);
        turns_drop(&c->turns.word);
        if (won == WAIT_ABORTED) panic_cancelled();
        return false;
    }
    if (n->ok && cell != NULL) value_copy(out, cell, c->size);
    *ok = n->ok;
    return true;
}

static inline bool recv(wyn_channel *c, void *out, const wyn_site *site) {
    for (;;) {
        WaitNode *wake;
        turns_take(&c->turns);
        ChannelResult r = recv_now(c, out, &wake);
        if (r == CHANNEL_WAIT) {
            bool ok;
            if (recv_wait(c, out, &ok, site)) return ok;
            continue;
        }
        turns_drop(&c->turns.word);
        if (wake != NULL) waiter_wake(node_waiter(wake));
        return r == CHANNEL_DONE;
    }
}

bool wyn_channel_recv_opt(wyn_channel *c, void *out, const wyn_site *site) {
    return recv(c, out, site);
}

void wyn_channel_recv(wyn_channel *c, void *out, const wyn_site *site) {
    if (recv(c, out, site)) return;
    if (c->elem->flags & WYN_TF_NOZERO)
        wyn_panic_at(site, "recv on a closed channel: %s has no zero value, use recv_opt",
                     c->elem->name);
    wyn_zero(out, c->elem);
}

bool wyn_channel_try_send(wyn_channel *c, const void *v) {
    for (;;) {
        WaitNode *wake;
        turns_take(&c->turns);
        ChannelResult r = send_now(c, v, &wake);
        turns_drop(&c->turns.word);
        if (wake != NULL) waiter_wake(node_waiter(wake));
        if (r != CHANNEL_GROW) return r == CHANNEL_DONE;
        channel_grow(c);
    }
}

bool wyn_channel_try_recv(wyn_channel *c, void *out) {
    WaitNode *wake;
    turns_take(&c->turns);
    ChannelResult r = recv_now(c, out, &wake);
    turns_drop(&c->turns.word);
    if (wake != NULL) waiter_wake(node_waiter(wake));
    return r == CHANNEL_DONE;
}

void wyn_channel_put_back(wyn_channel *c, const void *v, const wyn_type *t) {
    (void)t;
    turns_take(&c->turns);
    WaitNode *r = list_win(&c->receivers);
    while (r == NULL && c->len == c->room) {
        turns_drop(&c->turns.word);
        channel_grow(c);
        turns_take(&c->turns);
        r = list_win(&c->receivers);
    }
    if (r != NULL) {
        value_copy(r->slot, v, c->size);
        r->ok = true;
    } else {
        c->first = (c->first == 0 ? c->room : c->first) - 1;
        value_copy(c->ring + (size_t)c->first * c->size, v, c->size);
        c->len++;
    }
    turns_drop(&c->turns.word);
    if (r != NULL) waiter_wake(node_waiter(r));
}

void wyn_channel_close(wyn_channel *c) {
    turns_take(&c->turns);
    c->closed = true;
    WaitNode *chain = list_win_all(&c->senders, list_win_all(&c->receivers, NULL));
    turns_drop(&c->turns.word);
    chain_wake(chain);
}

int64_t wyn_channel_len(wyn_channel *c) {
    turns_take(&c->turns);
    timer_look(c);
    int64_t n = c->len;
    turns_drop(&c->turns.word);
    return n;
}

int64_t wyn_channel_cap(wyn_channel *c) { return c->cap; }

bool wyn_channel_is_closed(wyn_channel *c) {
    return __atomic_load_n(&c->closed, __ATOMIC_ACQUIRE); /* with the lock of close */
}

const wyn_type *wyn_channel_elem(wyn_channel *c) { return c->elem; }
