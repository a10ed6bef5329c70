/* select over channels, a future and a time: what one arm takes or gives is taken or given once,
 * also where two selects meet and where time runs out at the same instant. */
#include "check.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { CHANNELS = 3, TASKS = 4, EACH = 5 };
static const wyn_site site = {"sim.wyn", "main", 3};
static wyn_channel *channels[CHANNELS];
static int64_t sent, received, sum_sent, sum_received;
static bool closing;

static int64_t giver(int64_t who) {
    for (int64_t i = 0; i < EACH; i++) {
        int64_t v = who * 100 + i, a = (int64_t)sim_random(CHANNELS);
        wyn_arm arms[2] = {
            {.kind = WYN_ARM_SEND, .object = channels[a], .slot = &v},
            {.kind = WYN_ARM_SEND, .object = channels[(a + 1) % CHANNELS], .slot = &v}};
        int64_t ms = sim_random(2) == 0 ? -1 : 1;
        int64_t got = wyn_select(arms, 2, sim_random(4) == 0, ms, false, &site);
        if (got >= 0) {
            sent++;
            sum_sent += v;
        } else {
            OK(got != WYN_SELECT_CLOSED);
        }
    }
    return 0;
}

static int64_t taker(int64_t unused) {
    (void)unused;
    for (;;) {
        int64_t v[CHANNELS];
        wyn_arm arms[CHANNELS];
        for (int i = 0; i < CHANNELS; i++)
            arms[i] = (wyn_arm){.kind = WYN_ARM_RECV, .object = channels[i], .slot = &v[i]};
        int64_t ms = sim_random(3) == 0 ? (int64_t)sim_random(2) : -1;
        int64_t got = wyn_select(arms, CHANNELS, sim_random(8) == 0, ms, true, &site);
        if (got == WYN_SELECT_CLOSED) {
            OK(closing);
            return 0;
        }
        if (got < 0) continue;
        received++;
        sum_received += v[got];
    }
}

int64_t wyn_main(void) {
    wyn_future *give[TASKS], *take[2];
    for (int i = 0; i < CHANNELS; i++)
        channels[i] = wyn_channel_new(&wyn_type_int, (int64_t)sim_random(3), &site);
    for (int i = 0; i < 2; i++) take[i] = job(taker, i);
    for (int i = 0; i < TASKS; i++) give[i] = job(giver, i);
    for (int i = 0; i < TASKS; i++) job_await(give[i]);
    closing = true;
    for (int i = 0; i < CHANNELS; i++) wyn_channel_close(channels[i]);
    for (int i = 0; i < 2; i++) job_await(take[i]);
    OK(sent == received && sum_sent == sum_received);
    return 0;
}
