/* Channels: order, values of each size, closing under waiters, timed-out and racing selects. */
#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"t.wyn", "main", 5};

typedef struct Big {
    int64_t a, b, c;
} Big;
static const wyn_type big = {.kind = WYN_T_STRUCT, .size = sizeof(Big), .name = "Big"};

typedef struct Call {
    wyn_fn fn;
    wyn_channel *x, *y;
    int64_t n;
} Call;

static wyn_future *spawn(void (*code)(void *, wyn_fn *), wyn_channel *x, wyn_channel *y,
                         int64_t n) {
    Call *c = wyn_alloc(sizeof *c);
    *c = (Call){{(void *)code}, x, y, n};
    return check_spawn(&c->fn, false);
}

static int64_t value(wyn_future *f) { return *(int64_t *)wyn_await(f, &site); }

static void send_big(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    for (int64_t i = 0; i < c->n; i++) {
        Big v = {i, 2 * i, 3 * i};
        wyn_channel_send(c->x, &v, &site);
    }
    *(int64_t *)result = c->n;
}

static void order(int64_t cap) {
    wyn_channel *c = wyn_channel_new(&big, cap, &site);
    wyn_future *f = spawn(send_big, c, NULL, 2000);
    for (int64_t i = 0; i < 2000; i++) {
        Big v;
        wyn_channel_recv(c, &v, &site);
        OK(v.a == i && v.b == 2 * i && v.c == 3 * i);
    }
    OK(value(f) == 2000 && wyn_channel_len(c) == 0);
}

static void until_closed(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    int64_t v, n = 0;
    while (wyn_channel_recv_opt(c->x, &v, &site)) n++;
    *(int64_t *)result = n;
}

static void send_one(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    *(int64_t *)result = wyn_channel_send(c->x, &c->n, &site);
}

static void closing(void) {
    wyn_future *f[50];
    wyn_channel *c = wyn_channel_new(&wyn_type_int, 0, &site);
    for (int i = 0; i < 50; i++) f[i] = spawn(until_closed, c, NULL, 0);
    wyn_sleep(1, &site);
    wyn_channel_close(c);
    wyn_channel_close(c);
    for (int i = 0; i < 50; i++) OK(value(f[i]) == 0);
    c = wyn_channel_new(&wyn_type_int, 1, &site);
    for (int i = 0; i < 50; i++) f[i] = spawn(send_one, c, NULL, i);
    wyn_sleep(2, &site);
    wyn_channel_close(c);
    int64_t sent = 0, v;
    for (int i = 0; i < 50; i++) sent += value(f[i]);
    OK(sent == 1 && wyn_channel_recv_opt(c, &v, &site) && !wyn_channel_recv_opt(c, &v, &site));
}

/* Sends or receives by select, giving up now and then; the sum of (sent - received) must be what
 * is left in the channels. */
static void both_ways(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    int64_t in, out = 1, n = 0;
    wyn_arm arms[] = {{WYN_ARM_RECV, c->x, &in}, {WYN_ARM_SEND, c->y, &out}};
    for (int64_t i = 0; i < c->n; i++) {
        int64_t done = wyn_select(arms, 2, false, i % 3 == 0 ? 0 : 1, false, &site);
        n += done == 1 ? 1 : done == 0 ? -1 : 0;
    }
    *(int64_t *)result = n;
}

static void crossed(int64_t cap) {
    wyn_channel *x = wyn_channel_new(&wyn_type_int, cap, &site);
    wyn_channel *y = wyn_channel_new(&wyn_type_int, cap, &site);
    wyn_future *f[16];
    for (int i = 0; i < 16; i++)
        f[i] = i % 2 == 0 ? spawn(both_ways, x, y, 300) : spawn(both_ways, y, x, 300);
    int64_t balance = 0;
    for (int i = 0; i < 16; i++) balance += value(f[i]);
    OK(balance == wyn_channel_len(x) + wyn_channel_len(y));
}

int64_t wyn_main(void) {
    for (int64_t cap = 0; cap < 4; cap++) order(cap);
    order(1000);
    for (int i = 0; i < 20; i++) closing();
    for (int64_t cap = 0; cap < 3; cap++) crossed(cap);
    return 0;
}
