/* utf8.c - characters in byte strings. Invalid bytes count as characters of one byte each. */
#include "base.h"

int wyn_utf8_length(const char *p, size_t n, bool *ok) {
    unsigned char c = (unsigned char)p[0];
    *ok = true;
    if (c < 0x80) return 1;
    size_t need = c >= 0xc2 && c <= 0xdf ? 2 : 0;
    if ((c & 0xf0) == 0xe0) need = 3;
    if (c >= 0xf0 && c <= 0xf4) need = 4;
    if (need == 0 || need > n) goto bad;
    for (size_t i = 1; i < need; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80) goto bad;
    }
    unsigned char d = (unsigned char)p[1];
    if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f)) goto bad;
    if ((c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f)) goto bad;
    return (int)need;
bad:
    *ok = false;
    return 1;
}

int wyn_utf8_encode(char out[4], uint32_t code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (code >> 18 & 7));
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

int64_t wyn_utf8_count(const char *p, size_t n) {
    int64_t count = 0;
    bool ok;
    for (size_t i = 0; i < n; count++) i += (size_t)wyn_utf8_length(p + i, n - i, &ok);
    return count;
}

int64_t wyn_str_next_char(const wyn_str *s, int64_t at) {
    bool ok;
    return at + wyn_utf8_length(s->bytes + at, (size_t)(s->len - at), &ok);
}

bool wyn_str_is_utf8(const wyn_str *s) {
    bool ok = true;
    for (int64_t i = 0; ok && i < s->len;)
        i += wyn_utf8_length(s->bytes + i, (size_t)(s->len - i), &ok);
    return ok;
}
