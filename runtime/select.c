/* select.c - waits for the first of several channel operations or futures. */
#include "channel.h"
#include "task.h"

typedef struct Select {
    const wyn_arm *arms;
    int64_t n;
} Select;

static bool arm_ready(const wyn_arm *arm) {
    switch (arm->kind) {
    case WYN_ARM_RECV: return channel_can_recv(arm->object);
    case WYN_ARM_SEND: return channel_can_send(arm->object);
    case WYN_ARM_AWAIT: return wyn_future_is_done(arm->object);
    }
    return false;
}

/* Can never become ready. */
static bool arm_over(const wyn_arm *arm) {
    switch (arm->kind) {
    case WYN_ARM_RECV: return channel_recv_over(arm->object);
    case WYN_ARM_SEND: return wyn_channel_is_closed(arm->object);
    case WYN_ARM_AWAIT: return false;
    }
    return false;
}

static int64_t select_ready(const Select *s) {
    for (int64_t i = 0; i < s->n; i++) {
        if (arm_ready(&s->arms[i])) return i;
    }
    return -1;
}

static bool select_over(const Select *s) {
    for (int64_t i = 0; i < s->n; i++) {
        if (!arm_over(&s->arms[i])) return false;
    }
    return true;
}

static bool select_can_go(void *arg) { return select_ready(arg) >= 0 || select_over(arg); }

static void select_receivers(const Select *s, int change) {
    for (int64_t i = 0; i < s->n; i++) {
        if (s->arms[i].kind == WYN_ARM_RECV) channel_receivers(s->arms[i].object, change);
    }
}

/* The earliest of the select's own deadline and the timers it listens to. */
static int64_t select_deadline(const Select *s, int64_t own) {
    for (int64_t i = 0; i < s->n; i++) {
        int64_t d = s->arms[i].kind == WYN_ARM_RECV ? channel_deadline(s->arms[i].object) : 0;
        if (d != 0 && (own == 0 || d < own)) own = d;
    }
    return own;
}

static int64_t arm_do(const Select *s, int64_t i, const wyn_site *site) {
    const wyn_arm *arm = &s->arms[i];
    if (arm->kind == WYN_ARM_RECV) {
        wyn_channel_recv_opt(arm->object, arm->slot, site);
    } else if (arm->kind == WYN_ARM_SEND) {
        wyn_channel_send(arm->object, arm->slot, site);
    } else {
        wyn_future *f = arm->object;
        const void *value = wyn_await(f, site);
        if (arm->slot != NULL) memcpy(arm->slot, value, f->type->size);
    }
    return i;
}

int64_t wyn_select(const wyn_arm *arms, int64_t n, bool has_default, int64_t timeout_ms,
                   bool has_closed, const wyn_site *site) {
    Select s = {arms, n};
    (void)has_closed; /* no such arm: the caller goes on behind the select */
    int64_t i = select_ready(&s);
    if (i >= 0) return arm_do(&s, i, site);
    if (has_default) return WYN_SELECT_DEFAULT;
    int64_t own = timeout_ms < 0 ? 0 : time_mono() + timeout_ms * 1000000;
    Wait w = {.ready = select_can_go, .arg = &s, .site = site,
              .what = "select has no ready channel and no live tasks (nothing can ever send)"};
    select_receivers(&s, 1);
    while (!select_can_go(&s) && (own == 0 || time_mono() < own)) {
        w.deadline = select_deadline(&s, own);
        task_wait(&w);
    }
    select_receivers(&s, -1);
    i = select_ready(&s);
    if (i >= 0) return arm_do(&s, i, site);
    return select_over(&s) ? WYN_SELECT_CLOSED : WYN_SELECT_TIMEOUT;
}
