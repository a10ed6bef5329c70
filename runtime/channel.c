/* channel.c - bounded queues between tasks. The ring grows up to the capacity, so a large
 * capacity costs nothing by itself. A rendezvous channel (capacity 0) accepts a value only while
 * a receiver waits that has none yet. Timer channels are fed when somebody looks at them. */
#include "channel.h"

#include "gc.h"
#include "native.h"
#include "task.h"

struct wyn_channel {
    char *ring;
    const wyn_type *elem;
    int64_t room, first, len; /* of the ring */
    int64_t cap;
    int64_t receivers; /* waiting */
    int64_t fire_at, period;
    bool closed;
};

wyn_channel *wyn_channel_new(const wyn_type *elem, int64_t capacity, const wyn_site *site) {
    if (capacity < 0)
        wyn_panic_at(site, "channel capacity must be >= 0 (got %lld)", (long long)capacity);
    wyn_channel *c = wyn_alloc(sizeof *c);
    c->elem = elem;
    c->cap = capacity;
    return c;
}

static void ring_grow(wyn_channel *c) {
    int64_t room = c->room < 4 ? 4 : c->room * 2;
    size_t size = c->elem->size;
    char *ring = gc_alloc((size_t)room * size + 1, wyn_type_has_pointers(c->elem));
    for (int64_t i = 0; i < c->len; i++)
        memcpy(ring + (size_t)i * size, c->ring + (size_t)((c->first + i) % c->room) * size, size);
    c->ring = ring;
    c->room = room;
    c->first = 0;
}

static void ring_put(wyn_channel *c, const void *v) {
    if (c->len == c->room) ring_grow(c);
    memcpy(c->ring + (size_t)((c->first + c->len) % c->room) * c->elem->size, v, c->elem->size);
    c->len++;
}

static void ring_take(wyn_channel *c, void *out) {
    char *p = c->ring + (size_t)c->first * c->elem->size;
    memcpy(out, p, c->elem->size);
    memset(p, 0, c->elem->size);
    c->first = (c->first + 1) % c->room;
    c->len--;
}

/* ---- timers ---- */

static void timer_look(wyn_channel *c) {
    if (c->fire_at == 0 || c->closed) return;
    int64_t now = time_mono();
    if (now < c->fire_at) return;
    int64_t tick = now / 1000000;
    if (c->len == 0) ring_put(c, &tick); /* a tick nobody took is dropped */
    c->fire_at = c->period == 0 ? 0 : c->fire_at + c->period;
    if (c->period != 0 && c->fire_at <= now) c->fire_at = now + c->period;
}

int64_t channel_deadline(wyn_channel *c) { return c->closed ? 0 : c->fire_at; }

static wyn_channel *timer_new(int64_t ms, bool repeat) {
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 1, NULL);
    int64_t ns = (ms < 1 ? 1 : ms) * 1000000;
    c->fire_at = time_mono() + ns;
    c->period = repeat ? ns : 0;
    return c;
}

wyn_channel *wyn_time_after(int64_t ms) { return timer_new(ms, false); }

wyn_channel *wyn_time_ticker(int64_t ms) { return timer_new(ms, true); }

/* ---- conditions ---- */

bool channel_can_recv(wyn_channel *c) {
    timer_look(c);
    return c->len > 0;
}

bool channel_can_send(wyn_channel *c) {
    return !c->closed && c->len < (c->cap == 0 ? c->receivers : c->cap);
}

bool channel_recv_over(wyn_channel *c) { return c->closed && c->len == 0; }

void channel_receivers(wyn_channel *c, int change) { c->receivers += change; }

static bool recv_ready(void *arg) { return channel_can_recv(arg) || channel_recv_over(arg); }

static bool send_ready(void *arg) {
    wyn_channel *c = arg;
    return c->closed || channel_can_send(c);
}

/* ---- operations ---- */

bool wyn_channel_send(wyn_channel *c, const void *v, const wyn_site *site) {
    Wait w = {.ready = send_ready, .arg = c, .site = site,
              .what = "send() on a full channel with no receiver and no live tasks "
                      "(nothing can ever receive)"};
    if (!send_ready(c)) task_wait(&w);
    if (c->closed) return false;
    ring_put(c, v);
    return true;
}

bool wyn_channel_recv_opt(wyn_channel *c, void *out, const wyn_site *site) {
    Wait w = {.ready = recv_ready, .arg = c, .site = site,
              .what = "recv() on a channel with no sender and no live tasks "
                      "(nothing can ever send)"};
    c->receivers++;
    while (!recv_ready(c)) {
        w.deadline = channel_deadline(c);
        task_wait(&w);
    }
    c->receivers--;
    if (c->len == 0) return false;
    ring_take(c, out);
    return true;
}

void wyn_channel_recv(wyn_channel *c, void *out, const wyn_site *site) {
    if (wyn_channel_recv_opt(c, out, site)) return;
    if (c->elem->flags & WYN_TF_NOZERO)
        wyn_panic_at(site, "recv on a closed channel: %s has no zero value, use recv_opt",
                     c->elem->name);
    wyn_zero(out, c->elem);
}

bool wyn_channel_try_send(wyn_channel *c, const void *v) {
    if (!channel_can_send(c)) return false;
    ring_put(c, v);
    return true;
}

bool wyn_channel_try_recv(wyn_channel *c, void *out) {
    if (!channel_can_recv(c) && c->cap == 0 && !c->closed) {
        c->receivers++; /* lets a waiting sender in */
        wyn_task_yield();
        c->receivers--;
    }
    if (c->len == 0) return false;
    ring_take(c, out);
    return true;
}

void wyn_channel_close(wyn_channel *c) { c->closed = true; }

int64_t wyn_channel_len(wyn_channel *c) {
    timer_look(c);
    return c->len;
}

int64_t wyn_channel_cap(wyn_channel *c) { return c->cap; }

bool wyn_channel_is_closed(wyn_channel *c) { return c->closed; }

const wyn_type *wyn_channel_elem(wyn_channel *c) { return c->elem; }
