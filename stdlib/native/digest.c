/* digest.c - MD5, SHA-1, SHA-256 and SHA-512, and HMAC over them. One state for all: words of 32 or
 * 64 bits and a block that is being filled. */
#include <stdlib.h>

#include "wyn_inline.h"

typedef struct digest digest;

typedef struct kind {
    size_t size, block, length; /* of the result, a block, the count at the end: bytes */
    bool little;                /* byte order of words */
    void (*work)(digest *d, const uint8_t *p);
    const void *first;          /* words of the state at the beginning */
} kind;

struct digest {
    const kind *k;
    union {
        uint32_t w[8];
        uint64_t l[8];
    } h;
    uint8_t block[128];
    size_t have;
    uint64_t len;
};

static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static const uint32_t rounds_256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const uint64_t rounds_512[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static const uint32_t first_5[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
static const uint32_t first_1[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
static const uint32_t first_256[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint64_t first_512[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static inline uint32_t ror(uint32_t x, int n) { return x >> n | x << (32 - n); }
static inline uint64_t ror64(uint64_t x, int n) { return x >> n | x << (64 - n); }

static inline uint32_t word32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}

static void work_5(digest *d, const uint8_t *p) {
    static const uint8_t turns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    uint32_t m[16], a = d->h.w[0], b = d->h.w[1], c = d->h.w[2], e = d->h.w[3];
    memcpy(m, p, 64);
    for (int i = 0; i < 64; i++) {
        uint32_t f;
        int g, r = i / 16;
        if (r == 0) f = (b & c) | (~b & e), g = i;
        else if (r == 1) f = (e & b) | (~e & c), g = (5 * i + 1) % 16;
        else if (r == 2) f = b ^ c ^ e, g = (3 * i + 5) % 16;
        else f = c ^ (b | ~e), g = 7 * i % 16;
        f += a + sines[i] + m[g];
        a = e;
        e = c;
        c = b;
        b += ror(f, 32 - turns[r * 4 + i % 4]);
    }
    d->h.w[0] += a;
    d->h.w[1] += b;
    d->h.w[2] += c;
    d->h.w[3] += e;
}

static void work_1(digest *d, const uint8_t *p) {
    uint32_t w[80], v[5];
    for (int i = 0; i < 16; i++) w[i] = word32(p + 4 * i);
    for (int i = 16; i < 80; i++) w[i] = ror(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 31);
    memcpy(v, d->h.w, sizeof v);
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) f = (v[1] & v[2]) | (~v[1] & v[3]), k = 0x5a827999;
        else if (i < 40) f = v[1] ^ v[2] ^ v[3], k = 0x6ed9eba1;
        else if (i < 60) f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]), k = 0x8f1bbcdc;
        else f = v[1] ^ v[2] ^ v[3], k = 0xca62c1d6;
        uint32_t t = ror(v[0], 27) + f + v[4] + k + w[i];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = ror(v[1], 2);
        v[1] = v[0];
        v[0] = t;
    }
    for (int i = 0; i < 5; i++) d->h.w[i] += v[i];
}

/* a..h in v[0..7]; the eight names move round instead of the values. */
#define ROUND(T, S1, S0, k, w)                                                                     \
    do {                                                                                           \
        T t1 = v[7] + S1(v[4]) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + (k) + (w);                     \
        T t2 = S0(v[0]) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));                         \
        v[7] = v[6], v[6] = v[5], v[5] = v[4], v[4] = v[3] + t1;                                   \
        v[3] = v[2], v[2] = v[1], v[1] = v[0], v[0] = t1 + t2;                                     \
    } while (0)
#define S1_256(x) (ror(x, 6) ^ ror(x, 11) ^ ror(x, 25))
#define S0_256(x) (ror(x, 2) ^ ror(x, 13) ^ ror(x, 22))
#define S1_512(x) (ror64(x, 14) ^ ror64(x, 18) ^ ror64(x, 41))
#define S0_512(x) (ror64(x, 28) ^ ror64(x, 34) ^ ror64(x, 39))

static void work_256(digest *d, const uint8_t *p) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++) w[i] = word32(p + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t a = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(v, d->h.w, sizeof v);
    for (int i = 0; i < 64; i++) ROUND(uint32_t, S1_256, S0_256, rounds_256[i], w[i]);
    for (int i = 0; i < 8; i++) d->h.w[i] += v[i];
}

static void work_512(digest *d, const uint8_t *p) {
    uint64_t w[80], v[8];
    for (int i = 0; i < 16; i++) w[i] = (uint64_t)word32(p + 8 * i) << 32 | word32(p + 8 * i + 4);
    for (int i = 16; i < 80; i++) {
        uint64_t a = ror64(w[i - 15], 1) ^ ror64(w[i - 15], 8) ^ w[i - 15] >> 7;
        uint64_t b = ror64(w[i - 2], 19) ^ ror64(w[i - 2], 61) ^ w[i - 2] >> 6;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(v, d->h.l, sizeof v);
    for (int i = 0; i < 80; i++) ROUND(uint64_t, S1_512, S0_512, rounds_512[i], w[i]);
    for (int i = 0; i < 8; i++) d->h.l[i] += v[i];
}

static const kind kinds[] = {
    {16, 64, 8, true, work_5, first_5},
    {20, 64, 8, false, work_1, first_1},
    {32, 64, 8, false, work_256, first_256},
    {64, 128, 16, false, work_512, first_512},
};

static void digest_start(digest *d, const kind *k) {
    *d = (digest){.k = k};
    memcpy(&d->h, k->first, k->size == 64 ? 64 : k->size);
}

static void digest_add(digest *d, const void *data, size_t n) {
    const uint8_t *p = data;
    size_t block = d->k->block;
    d->len += n;
    if (d->have > 0) {
        size_t part = block - d->have < n ? block - d->have : n;
        memcpy(d->block + d->have, p, part);
        d->have += part;
        p += part;
        n -= part;
        if (d->have < block) return;
        d->k->work(d, d->block);
        d->have = 0;
    }
    for (; n >= block; p += block, n -= block) d->k->work(d, p);
    memcpy(d->block, p, n);
    d->have = n;
}

static void digest_end(digest *d, uint8_t *out) {
    const kind *k = d->k;
    uint8_t tail[128 + 16] = {0x80};
    uint64_t bits = d->len * 8;
    size_t pad = (k->block * 2 - k->length - 1 - d->have) % k->block + 1;
    for (int i = 0; i < 8; i++)
        tail[pad + k->length - 8 + (size_t)i] = (uint8_t)(bits >> 8 * (k->little ? i : 7 - i));
    digest_add(d, tail, pad + k->length);
    for (size_t i = 0; i < k->size; i++) {
        if (k->size == 64) out[i] = (uint8_t)(d->h.l[i / 8] >> 8 * (7 - i % 8));
        else out[i] = (uint8_t)(d->h.w[i / 4] >> 8 * (k->little ? i % 4 : 3 - i % 4));
    }
}

/* The bytes of a digest: 0 MD5, 1 SHA-1, 2 SHA-256, 3 SHA-512. */
wyn_str *wyn_digest(int64_t which, const wyn_str *s);
wyn_str *wyn_digest(int64_t which, const wyn_str *s) {
    digest d;
    uint8_t out[64];
    digest_start(&d, &kinds[which & 3]);
    digest_add(&d, s->bytes, (size_t)s->len);
    digest_end(&d, out);
    return wyn_str_new((char *)out, (int64_t)d.k->size);
}

wyn_str *wyn_digest_hmac(int64_t which, const wyn_str *key, const wyn_str *data);
wyn_str *wyn_digest_hmac(int64_t which, const wyn_str *key, const wyn_str *data) {
    digest d;
    const kind *k = &kinds[which & 3];
    uint8_t pad[128] = {0}, out[64];
    digest_start(&d, k);
    if ((size_t)key->len > k->block) {
        digest_add(&d, key->bytes, (size_t)key->len);
        digest_end(&d, pad);
    } else {
        memcpy(pad, key->bytes, (size_t)key->len);
    }
    for (size_t i = 0; i < k->block; i++) pad[i] ^= 0x36;
    digest_start(&d, k);
    digest_add(&d, pad, k->block);
    digest_add(&d, data->bytes, (size_t)data->len);
    digest_end(&d, out);
    for (size_t i = 0; i < k->block; i++) pad[i] ^= 0x36 ^ 0x5c;
    digest_start(&d, k);
    digest_add(&d, pad, k->block);
    digest_add(&d, out, k->size);
    digest_end(&d, out);
    return wyn_str_new((char *)out, (int64_t)k->size);
}

/* Takes as long for any two texts of these lengths. */
bool wyn_crypto_equal(const wyn_str *a, const wyn_str *b);
bool wyn_crypto_equal(const wyn_str *a, const wyn_str *b) {
    volatile uint8_t differ = a->len != b->len;
    for (int64_t i = 0; i < a->len; i++)
        differ |= (uint8_t)(a->bytes[i] ^ b->bytes[b->len ? i % b->len : 0]);
    return differ == 0;
}

/* A digest that is fed piece by piece; the collector owns it. */
digest *wyn_digest_new(int64_t which);
digest *wyn_digest_new(int64_t which) {
    digest *d = wyn_alloc(sizeof *d);
    digest_start(d, &kinds[which & 3]);
    return d;
}

void wyn_digest_add(digest *d, const wyn_str *s);
void wyn_digest_add(digest *d, const wyn_str *s) { digest_add(d, s->bytes, (size_t)s->len); }

wyn_str *wyn_digest_value(const digest *d);
wyn_str *wyn_digest_value(const digest *d) {
    digest copy = *d;
    uint8_t out[64];
    digest_end(&copy, out);
    return wyn_str_new((char *)out, (int64_t)d->k->size);
}
