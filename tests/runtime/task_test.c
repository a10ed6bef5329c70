/* Tasks, channels, select, locks, handles: one thread, but every wait and wake. */
#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"t.wyn", "main", 5};

typedef struct Call {
    wyn_fn fn;
    wyn_channel *in, *out;
    int64_t n;
} Call;

static wyn_fn *call(void (*code)(void *, wyn_fn *), wyn_channel *in, wyn_channel *out, int64_t n) {
    Call *c = wyn_alloc(sizeof *c);
    *c = (Call){{(void *)code}, in, out, n};
    return &c->fn;
}

static wyn_future *spawn(void (*code)(void *, wyn_fn *), wyn_channel *in, wyn_channel *out,
                         int64_t n) {
    return check_spawn(call(code, in, out, n), false);
}

static int64_t await_int(wyn_future *f) { return *(int64_t *)wyn_await(f, &site); }

static void twice(void *result, wyn_fn *self) { *(int64_t *)result = 2 * ((Call *)self)->n; }

static void produce(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    for (int64_t i = 1; i <= c->n; i++) wyn_channel_send(c->out, &i, &site);
    *(int64_t *)result = c->n;
}

static void forward(void *result, wyn_fn *self) { /* until closed */
    Call *c = (Call *)self;
    int64_t v, n = 0;
    while (wyn_channel_recv_opt(c->in, &v, &site)) {
        n++;
        wyn_channel_send(c->out, &v, &site);
    }
    *(int64_t *)result = n;
}

static void fails(void *result, wyn_fn *self) {
    (void)result, (void)self;
    static const wyn_site here = {"t.wyn", "worker", 8};
    wyn_panic_at(&here, "broken");
}

static void fib(void *result, wyn_fn *self) {
    int64_t n = ((Call *)self)->n;
    if (n < 2) {
        *(int64_t *)result = n;
        return;
    }
    wyn_future *a = spawn(fib, NULL, NULL, n - 1);
    wyn_future *b = spawn(fib, NULL, NULL, n - 2);
    *(int64_t *)result = await_int(a) + await_int(b);
}

static void futures(void) {
    wyn_future *f = spawn(twice, NULL, NULL, 21);
    OK(!wyn_future_is_done(f) && await_int(f) == 42 && await_int(f) == 42);
    OK(await_int(spawn(fib, NULL, NULL, 15)) == 610);
    wyn_array *fs = wyn_array_new(&wyn_type_ptr, 0);
    for (int64_t i = 0; i < 1000; i++) wyn_array_push_ptr(fs, spawn(twice, NULL, NULL, i));
    wyn_array *r = wyn_await_all(fs, &wyn_type_int, &site);
    for (int64_t i = 0; i < 1000; i++) OK(wyn_array_raw_int(r, i) == 2 * i);
    OK(wyn_await_any(fs, &site) == wyn_array_raw_ptr(fs, 0));
    f = spawn(fails, NULL, NULL, 0);
    wyn_str *err = NULL;
    OK(!wyn_future_result(f, &err, &site));
    TEXT(err, "broken");
}

static void pipeline(int64_t cap, int64_t n) {
    wyn_channel *c[6];
    for (int i = 0; i < 6; i++) c[i] = wyn_channel_new(&wyn_type_int, cap, &site);
    wyn_future *stage[5];
    for (int i = 0; i < 5; i++) stage[i] = spawn(forward, c[i], c[i + 1], 0);
    wyn_future *first = spawn(produce, NULL, c[0], n);
    for (int64_t i = 1; i <= n; i++) {
        int64_t v;
        wyn_channel_recv(c[5], &v, &site);
        OK(v == i);
    }
    OK(await_int(first) == n);
    for (int i = 0; i < 5; i++) {
        wyn_channel_close(c[i]);
        OK(await_int(stage[i]) == n);
    }
    int64_t v = 1;
    wyn_channel_close(c[5]);
    wyn_channel_recv(c[5], &v, &site);
    OK(v == 0 && !wyn_channel_send(c[5], &v, &site));
}

static void many_senders(void) {
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 4, &site);
    for (int i = 0; i < 100; i++) spawn(produce, NULL, c, 10);
    int64_t sum = 0, v;
    for (int i = 0; i < 1000; i++) {
        wyn_channel_recv(c, &v, &site);
        sum += v;
        if (i == 500) wyn_sys_gc();
    }
    OK(sum == 5500 && wyn_channel_len(c) == 0 && !wyn_channel_try_recv(c, &v));
}

static void selects(void) {
    wyn_channel *a = wyn_channel_new(&wyn_type_int, 1, &site);
    wyn_channel *b = wyn_channel_new(&wyn_type_int, 1, &site);
    int64_t x = 0, y = 9;
    wyn_arm arms[] = {{WYN_ARM_RECV, a, &x}, {WYN_ARM_SEND, b, &y}};
    OK(wyn_select(arms, 2, true, -1, false, &site) == 1);
    OK(wyn_select(arms, 2, true, -1, false, &site) == WYN_SELECT_DEFAULT);
    OK(wyn_select(arms, 2, false, 5, false, &site) == WYN_SELECT_TIMEOUT);
    spawn(produce, NULL, a, 1);
    OK(wyn_select(arms, 2, false, -1, false, &site) == 0 && x == 1);
    wyn_channel_close(a);
    OK(wyn_select(arms, 1, false, -1, true, &site) == WYN_SELECT_CLOSED);
    wyn_arm wait = {WYN_ARM_AWAIT, spawn(twice, NULL, NULL, 4), NULL};
    OK(wyn_select(&wait, 1, false, -1, false, &site) == 0 && await_int(wait.object) == 8);
    wyn_arm tick = {WYN_ARM_RECV, wyn_time_after(5), &x};
    OK(wyn_select(&tick, 1, false, 2000, false, &site) == 0);
}

static void sleeps(void *result, wyn_fn *self) {
    wyn_sleep(((Call *)self)->n, &site);
    *(int64_t *)result = 1;
}

static void sleeping(void) {
    int64_t start = wyn_time_mono_nanos();
    wyn_array *fs = wyn_array_new(&wyn_type_ptr, 0);
    for (int i = 0; i < 20; i++) wyn_array_push_ptr(fs, spawn(sleeps, NULL, NULL, 50));
    wyn_future *f = spawn(sleeps, NULL, NULL, 1000);
    OK(!wyn_await_ms(f, 10, &site));
    wyn_await_all(fs, &wyn_type_int, &site);
    int64_t ms = (wyn_time_mono_nanos() - start) / 1000000;
    OK(ms >= 49 && ms < 500);
}

static void locked(void *result, wyn_fn *self) {
    wyn_mutex *m = (wyn_mutex *)(void *)((Call *)self)->in;
    wyn_mutex_lock(m, &wyn_type_int);
    int64_t *v = wyn_mutex_value(m);
    int64_t old = *v;
    wyn_task_yield();
    *v = old + 1;
    wyn_mutex_unlock(m, &wyn_type_int);
    *(int64_t *)result = old;
}

static void locks(void) {
    int64_t zero = 0;
    wyn_mutex *m = wyn_mutex_new(&wyn_type_int, &zero);
    wyn_array *fs = wyn_array_new(&wyn_type_ptr, 0);
    for (int i = 0; i < 50; i++)
        wyn_array_push_ptr(fs, spawn(locked, (wyn_channel *)(void *)m, NULL, 0));
    wyn_await_all(fs, &wyn_type_int, &site);
    OK(*(int64_t *)wyn_mutex_value(m) == 50);
    wyn_shared *s = wyn_shared_new(5);
    OK(wyn_shared_add(s, 2) == 5 && wyn_shared_get(s) == 7 && wyn_shared_cas(s, 7, 1));
    OK(wyn_shared_id(s) == 0 && wyn_shared_by_id(0) == s && wyn_shared_max(s, 3) == 1);
    void *once = wyn_once_new();
    OK(wyn_once_enter(once));
    wyn_once_leave(once);
    OK(!wyn_once_enter(once));
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 1, &site);
    int64_t h = wyn_handle_enter(c, WYN_H_CHANNEL, &wyn_type_int);
    OK(h == wyn_handle_enter(c, WYN_H_CHANNEL, &wyn_type_int));
    OK(wyn_handle_object(h, WYN_H_CHANNEL, &site) == c);
}

/* ---- ends of programs ---- */

static void dead_recv(void) {
    int64_t v;
    wyn_channel_recv(wyn_channel_new(&wyn_type_int, 1, &site), &v, &site);
}
static void dead_send(void) {
    int64_t v = 1;
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 1, &site);
    wyn_channel_send(c, &v, &site);
    wyn_channel_send(c, &v, &site);
}
static void waits_for_ever(void *result, wyn_fn *self) {
    (void)self;
    wyn_channel_recv(wyn_channel_new(&wyn_type_int, 1, &site), result, &site);
}
static void dead_await(void) { wyn_await(spawn(waits_for_ever, NULL, NULL, 0), &site); }
static void rethrown(void) { wyn_await(spawn(fails, NULL, NULL, 0), &site); }
static void statement(void) {
    check_spawn(call(fails, NULL, NULL, 0), true);
    wyn_sleep(1000, &site);
}
static void bad_capacity(void) { wyn_channel_new(&wyn_type_int, -1, &site); }
static void bad_handle(void) { wyn_handle_object(99, WYN_H_CHANNEL, &site); }
static void bad_shared(void) { wyn_shared_by_id(70000); }

int64_t wyn_main(void) {
    futures();
    pipeline(0, 200);
    pipeline(1, 200);
    pipeline(7, 1000);
    many_senders();
    selects();
    sleeping();
    locks();
    PANICS(dead_recv, "wyn: deadlock - recv() on a channel with no sender and no live tasks");
    PANICS(dead_send, "wyn: deadlock - send() on a full channel with no receiver");
    PANICS(dead_await, "wyn: deadlock - ");
    PANICS(rethrown, "panic at t.wyn:8: broken\n");
    PANICS(statement, "panic at t.wyn:8: broken\n");
    PANICS(bad_capacity, "channel capacity must be >= 0 (got -1)");
    PANICS(bad_handle, "not a channel handle: 99");
    PANICS(bad_shared, "Shared handle out of range: handle 70000");
    return 0;
}
