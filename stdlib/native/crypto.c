/* crypto.c - random bytes, and the text forms base64, hex and percent. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "wyn.h"

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

static int sixty_four_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Where a text stops being base64 (either alphabet, with or without padding), -1 when it is. */
int64_t wyn_base64_fault(const wyn_str *s);
int64_t wyn_base64_fault(const wyn_str *s) {
    int64_t n = s->len;
    while (n > 0 && s->len - n < 2 && s->bytes[n - 1] == '=') n--;
    for (int64_t i = 0; i < n; i++)
        if (sixty_four_value(s->bytes[i]) < 0) return i;
    return n % 4 == 1 || (n < s->len && s->len % 4 != 0) ? s->len : -1;
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
        int digit = sixty_four_value(s->bytes[i]);
        if (digit < 0) continue;
        v = v << 6 | (uint32_t)digit;
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
            if (end == pair + 2 && !strchr(" +-\t\n\v\f\r", pair[0])) {
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
