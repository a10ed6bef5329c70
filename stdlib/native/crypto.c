/* crypto.c - digests, and the text forms base64, hex and percent. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "wyn.h"

typedef struct sha256 {
    uint32_t h[8];
    uint8_t block[64];
    uint64_t len;
} sha256;

static const uint32_t round_256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t ror(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha256_block(sha256 *s) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)s->block[4 * i] << 24 | (uint32_t)s->block[4 * i + 1] << 16 |
               (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(v, s->h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t e = ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25);
        uint32_t t1 = v[7] + e + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_256[i] + w[i];
        uint32_t a = ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22);
        uint32_t t2 = a + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) s->h[i] += v[i];
}

static void sha256_start(sha256 *s) {
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(s->h, first, sizeof first);
    s->len = 0;
}

static void sha256_add(sha256 *s, const void *data, size_t n) {
    const uint8_t *p = data;
    for (size_t i = 0; i < n; i++) {
        s->block[s->len++ % 64] = p[i];
        if (s->len % 64 == 0) sha256_block(s);
    }
}

static void sha256_end(sha256 *s, uint8_t out[32]) {
    uint64_t bits = s->len * 8;
    uint8_t byte = 0x80;
    sha256_add(s, &byte, 1);
    byte = 0;
    while (s->len % 64 != 56) sha256_add(s, &byte, 1);
    for (int i = 7; i >= 0; i--) {
        byte = (uint8_t)(bits >> (8 * i));
        sha256_add(s, &byte, 1);
    }
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

static wyn_str *hex_text(const uint8_t *p, size_t n) {
    char *text = malloc(2 * n + 1);
    if (!text) wyn_panic("out of memory");
    for (size_t i = 0; i < n; i++) snprintf(text + 2 * i, 3, "%02x", p[i]);
    wyn_str *s = wyn_str_new(text, (int64_t)(2 * n));
    free(text);
    return s;
}

/* The bytes of hexadecimal digits; NULL when they are none. */
static uint8_t *hex_bytes(const wyn_str *s) {
    if (s->len % 2) return NULL;
    uint8_t *out = malloc((size_t)s->len / 2 + 1);
    for (int64_t i = 0; out && i < s->len; i += 2) {
        char pair[3] = {s->bytes[i], s->bytes[i + 1], 0}, *end;
        out[i / 2] = (uint8_t)strtol(pair, &end, 16);
        if (end != pair + 2 || strchr(" +-xX\t\n", pair[0])) {
            free(out);
            return NULL;
        }
    }
    return out;
}

wyn_str *wyn_crypto_sha256(const wyn_str *s);
wyn_str *wyn_crypto_sha256(const wyn_str *s) {
    sha256 h;
    uint8_t out[32];
    sha256_start(&h);
    sha256_add(&h, s->bytes, (size_t)s->len);
    sha256_end(&h, out);
    return hex_text(out, 32);
}

static wyn_str *hmac(const uint8_t *key, size_t n, const wyn_str *data) {
    uint8_t pad[64] = {0}, inner[32];
    sha256 h;
    if (n > 64) {
        sha256_start(&h);
        sha256_add(&h, key, n);
        sha256_end(&h, pad);
    } else {
        memcpy(pad, key, n);
    }
    for (int i = 0; i < 64; i++) pad[i] ^= 0x36;
    sha256_start(&h);
    sha256_add(&h, pad, 64);
    sha256_add(&h, data->bytes, (size_t)data->len);
    sha256_end(&h, inner);
    for (int i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
    sha256_start(&h);
    sha256_add(&h, pad, 64);
    sha256_add(&h, inner, 32);
    sha256_end(&h, inner);
    return hex_text(inner, 32);
}

wyn_str *wyn_crypto_hmac(const wyn_str *key, const wyn_str *data);
wyn_str *wyn_crypto_hmac(const wyn_str *key, const wyn_str *data) {
    return hmac((const uint8_t *)key->bytes, (size_t)key->len, data);
}

wyn_str *wyn_crypto_hmac_hex(const wyn_str *key, const wyn_str *data);
wyn_str *wyn_crypto_hmac_hex(const wyn_str *key, const wyn_str *data) {
    uint8_t *bytes = hex_bytes(key);
    if (!bytes) return wyn_str_empty;
    wyn_str *s = hmac(bytes, (size_t)key->len / 2, data);
    free(bytes);
    return s;
}

wyn_str *wyn_crypto_random(int64_t n);
wyn_str *wyn_crypto_random(int64_t n) {
    uint8_t part[256];
    if (n < 0) n = 0;
    if (n > 256) n = 256;
    if (getrandom(part, (size_t)n, 0) != n) wyn_panic("no random bytes");
    return hex_text(part, (size_t)n);
}

wyn_str *wyn_hex_encode(const wyn_str *s);
wyn_str *wyn_hex_encode(const wyn_str *s) {
    return hex_text((const uint8_t *)s->bytes, (size_t)s->len);
}

wyn_str *wyn_hex_decode(const wyn_str *s);
wyn_str *wyn_hex_decode(const wyn_str *s) {
    uint8_t *bytes = hex_bytes(s);
    if (!bytes) return wyn_str_empty;
    wyn_str *r = wyn_str_new((char *)bytes, s->len / 2);
    free(bytes);
    return r;
}

static const char sixty_four[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

wyn_str *wyn_base64_encode(const wyn_str *s);
wyn_str *wyn_base64_encode(const wyn_str *s) {
    size_t n = (size_t)s->len, at = 0;
    const uint8_t *p = (const uint8_t *)s->bytes;
    char *out = malloc((n + 2) / 3 * 4 + 1);
    if (!out) wyn_panic("out of memory");
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16;
        if (i + 1 < n) v |= (uint32_t)p[i + 1] << 8;
        if (i + 2 < n) v |= p[i + 2];
        out[at++] = sixty_four[v >> 18];
        out[at++] = sixty_four[v >> 12 & 63];
        out[at++] = i + 1 < n ? sixty_four[v >> 6 & 63] : '=';
        out[at++] = i + 2 < n ? sixty_four[v & 63] : '=';
    }
    wyn_str *r = wyn_str_new(out, (int64_t)at);
    free(out);
    return r;
}

wyn_str *wyn_base64_decode(const wyn_str *s);
wyn_str *wyn_base64_decode(const wyn_str *s) {
    char *out = malloc((size_t)s->len + 1);
    if (!out) wyn_panic("out of memory");
    uint32_t v = 0;
    int bits = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < s->len; i++) {
        const char *at = s->bytes[i] ? strchr(sixty_four, s->bytes[i]) : NULL;
        if (!at) continue;
        v = v << 6 | (uint32_t)(at - sixty_four);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(v >> bits & 255);
        }
    }
    wyn_str *r = wyn_str_new(out, n);
    free(out);
    return r;
}

wyn_str *wyn_url_encode(const wyn_str *s);
wyn_str *wyn_url_encode(const wyn_str *s) {
    char *out = malloc((size_t)s->len * 3 + 1);
    if (!out) wyn_panic("out of memory");
    int64_t n = 0;
    for (int64_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->bytes[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c && strchr("-._~", c));
        if (plain)
            out[n++] = (char)c;
        else
            n += snprintf(out + n, 4, "%%%02X", c);
    }
    wyn_str *r = wyn_str_new(out, n);
    free(out);
    return r;
}

wyn_str *wyn_url_decode(const wyn_str *s);
wyn_str *wyn_url_decode(const wyn_str *s) {
    char *out = malloc((size_t)s->len + 1);
    if (!out) wyn_panic("out of memory");
    int64_t n = 0;
    for (int64_t i = 0; i < s->len; i++) {
        char c = s->bytes[i];
        if (c == '%' && i + 2 < s->len) {
            char pair[3] = {s->bytes[i + 1], s->bytes[i + 2], 0}, *end;
            long v = strtol(pair, &end, 16);
            if (end == pair + 2) {
                out[n++] = (char)v;
                i += 2;
                continue;
            }
        }
        out[n++] = c == '+' ? ' ' : c;
    }
    wyn_str *r = wyn_str_new(out, n);
    free(out);
    return r;
}
