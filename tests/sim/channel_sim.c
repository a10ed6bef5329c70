/* Channels of capacity 0 to 3: every value arrives once, those of one sender in order, also when
 * receivers come and go; closing ends all. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { SENDERS = 3, RECEIVERS = 2, EACH = 6 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *values;
static uint64_t tries; /* one in so many */
static unsigned char got[SENDERS * EACH];

static int64_t sender(int64_t who) {
    for (int64_t i = 0; i < EACH; i++) {
        int64_t v = who * EACH + i;
        if (sim_random(tries) == 0 && wyn_channel_try_send(values, &v)) continue;
        OK(wyn_channel_send(values, &v, &site));
    }
    return 1;
}

static int64_t receiver(int64_t unused) {
    int64_t last[SENDERS] = {-1, -1, -1}, n = 0, v;
    (void)unused;
    for (;;) {
        if (sim_random(4) != 0 || !wyn_channel_try_recv(values, &v)) {
            if (!wyn_channel_recv_opt(values, &v, &site)) return n;
        }
        OK(v >= 0 && v < SENDERS * EACH && got[v] == 0);
        got[v] = 1;
        OK(v > last[v / EACH]);
        last[v / EACH] = v;
        n++;
    }
}

int64_t wyn_main(void) {
    tries = (uint64_t)1 << (1 + sim_random(4));
    values = wyn_channel_new(&wyn_type_int, (int64_t)sim_random(4), &site);
    wyn_future *s[SENDERS], *r[RECEIVERS];
    for (int i = 0; i < RECEIVERS; i++) r[i] = job(receiver, i);
    for (int i = 0; i < SENDERS; i++) s[i] = job(sender, i);
    for (int i = 0; i < SENDERS; i++) OK(job_await(s[i]) == 1);
    wyn_channel_close(values);
    int64_t n = 0;
    for (int i = 0; i < RECEIVERS; i++) n += job_await(r[i]);
    OK(n == SENDERS * EACH);
    return 0;
}
