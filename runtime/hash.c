/* hash.c - keyed hashing against flooding: SipHash-1-3 for bytes, one keyed 64x64 multiplication
 * folded to 64 bits for ints. The key comes from the kernel, or from WYN_SEED. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base.h"

static struct {
    bool ready;
    uint64_t k0, k1, odd;
} key;

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static __attribute__((noinline)) void key_make(void) {
    const char *seed = getenv("WYN_SEED");
    uint64_t state = 0;
    if (seed != NULL) {
        state = strtoull(seed, NULL, 0);
    } else if (getrandom(&state, sizeof state, 0) != (ssize_t)sizeof state) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        state = (uint64_t)t.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)t.tv_sec;
    }
    key.k0 = splitmix(&state);
    key.k1 = splitmix(&state);
    key.odd = splitmix(&state) | 1;
    key.ready = true;
}

/* Before other threads exist: they would race to make it, and what a loser hashed is not found. */
void wyn_hash_prepare(void) {
    if (!key.ready) key_make();
}

uint64_t wyn_hash_seed(void) {
    static uint64_t state;
    if (!key.ready) key_make();
    if (state == 0) state = key.k0 ^ key.odd;
    return splitmix(&state);
}

static inline uint64_t mixed(uint64_t v) {
    unsigned __int128 r = (unsigned __int128)(v ^ key.k0) * (key.odd ^ 0xa0761d6478bd642fu);
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

uint64_t wyn_hash_int(uint64_t v) {
    if (WYN_UNLIKELY(!key.ready)) key_make();
    uint64_t h = mixed(v);
    return h ^ h >> 29;
}

uint64_t wyn_hash_pair(uint64_t a, uint64_t b) {
    if (WYN_UNLIKELY(!key.ready)) key_make();
    uint64_t h = mixed(mixed(a) ^ b);
    return h ^ h >> 29;
}

#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))
#define ROUND                                                                                      \
    do {                                                                                           \
        a += b;                                                                                    \
        b = ROTL(b, 13) ^ a;                                                                       \
        a = ROTL(a, 32);                                                                           \
        c += d;                                                                                    \
        d = ROTL(d, 16) ^ c;                                                                       \
        a += d;                                                                                    \
        d = ROTL(d, 21) ^ a;                                                                       \
        c += b;                                                                                    \
        b = ROTL(b, 17) ^ c;                                                                       \
        c = ROTL(c, 32);                                                                           \
    } while (0)

/* The n % 8 bytes at p, the end of a text of n bytes, as a little-endian number, without a loop. */
static inline uint64_t last_bytes(const unsigned char *text, const unsigned char *p, size_t n) {
    uint64_t word;
    uint32_t low, high;
    size_t rest = n & 7;
    if (rest == 0) return 0;
    if (n >= 8) {
        memcpy(&word, text + n - 8, 8);
        return word >> (64 - 8 * rest);
    }
    if (rest >= 4) {
        memcpy(&low, p, 4);
        memcpy(&high, p + rest - 4, 4);
        return low | (uint64_t)high << (8 * rest - 32);
    }
    return p[0] | (uint64_t)p[rest / 2] << (8 * (rest / 2)) |
           (uint64_t)p[rest - 1] << (8 * rest - 8);
}

uint64_t wyn_hash_bytes(const void *bytes, size_t n) {
    if (WYN_UNLIKELY(!key.ready)) key_make();
    const unsigned char *p = bytes;
    uint64_t a = key.k0 ^ 0x736f6d6570736575u, b = key.k1 ^ 0x646f72616e646f6du;
    uint64_t c = key.k0 ^ 0x6c7967656e657261u, d = key.k1 ^ 0x7465646279746573u;
    uint64_t word;
    for (size_t left = n; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        d ^= word;
        ROUND;
        a ^= word;
    }
    word = (uint64_t)n << 56 | last_bytes(bytes, p, n);
    d ^= word;
    ROUND;
    a ^= word;
    c ^= 0xff;
    ROUND;
    ROUND;
    ROUND;
    return a ^ b ^ c ^ d;
}
