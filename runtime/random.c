/* random.c - xoshiro256**, seeded from the hash key (so from the kernel, or WYN_SEED) unless the
 * program seeds it. Not for secrets. */
#include "base.h"
#include "lock.h"
#include "native.h"

static uint64_t s[4];

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void seed(uint64_t state) {
    for (int i = 0; i < 4; i++) s[i] = splitmix(&state);
}

static uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

static uint32_t lock; /* once there are tasks */

static uint64_t next_locked(void) {
    if (WYN_UNLIKELY((s[0] | s[1] | s[2] | s[3]) == 0)) seed(wyn_hash_seed());
    uint64_t result = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static uint64_t next(void) {
    if (!wyn_spawned) return next_locked();
    lock_take(&lock);
    uint64_t v = next_locked();
    lock_drop(&lock);
    return v;
}

void wyn_random_seed(int64_t n) {
    lock_take(&lock);
    seed((uint64_t)n);
    lock_drop(&lock);
}

int64_t wyn_random_bits(void) { return (int64_t)next(); }

double wyn_random_float(void) { return (double)(next() >> 11) * 0x1p-53; }

/* Uniform in [lo, hi]; an empty range gives lo. */
int64_t wyn_random_int(int64_t lo, int64_t hi) {
    if (hi <= lo) return lo;
    uint64_t span = (uint64_t)hi - (uint64_t)lo + 1;
    if (span == 0) return (int64_t)next();
    for (;;) { /* multiply and reject: no bias */
        unsigned __int128 r = (unsigned __int128)next() * span;
        if ((uint64_t)r >= -span % span) return (int64_t)((uint64_t)lo + (uint64_t)(r >> 64));
    }
}
