/* websocket.c - the frames of RFC 6455 on a connection. A message may come in several frames with
 * pings between them; it is put together in the connection's buffer, and how far that has come
 * stays with the connection, so that a ping is handed out in between: who answers takes his turn
 * with those who send. Texts must be UTF-8. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "http.h"
#include "wyn.h"

enum { CONTROL_MAX = 1 << 20 }; /* bytes of heads, pings and pongs within one message */
enum { MORE = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

typedef struct Frame {
    bool last, masked;
    int opcode;
    size_t head, length;
    unsigned char mask[4];
} Frame;

/* The head of the frame that begins at offset `at`. */
static ssize_t frame_head(Conn *c, int64_t h, int fd, size_t at, Frame *f, int64_t when) {
    ssize_t bad = conn_need(c, h, fd, at + 2, when);
    if (bad != 0) return bad;
    const unsigned char *p = (const unsigned char *)c->buf + c->from + at;
    f->last = (p[0] & 0x80) != 0;
    f->opcode = p[0] & 15;
    f->masked = (p[1] & 0x80) != 0;
    f->length = p[1] & 0x7f;
    if ((p[0] & 0x70) != 0) return -EPROTO;
    size_t more = f->length == 126 ? 2 : f->length == 127 ? 8 : 0;
    f->head = 2 + more + (f->masked ? 4 : 0);
    bad = conn_need(c, h, fd, at + f->head, when);
    if (bad != 0) return bad;
    p = (const unsigned char *)c->buf + c->from + at;
    if (more > 0) f->length = 0;
    for (size_t i = 0; i < more; i++) f->length = f->length << 8 | p[2 + i];
    if (f->masked) memcpy(f->mask, p + 2 + more, 4);
    bool control = f->opcode >= CLOSE;
    return control && (!f->last || f->length > 125) ? -EPROTO : 0;
}

static ssize_t frame_write(Conn *c, int64_t h, int fd, int opcode, const char *p, size_t n,
                           bool mask, int64_t when) {
    char *out = malloc(n + 14);
    if (out == NULL) return -ENOMEM;
    size_t at = 2, more = n < 126 ? 0 : n < 65536 ? 2 : 8;
    out[0] = (char)(0x80 | opcode);
    out[1] = (char)((mask ? 0x80 : 0) | (more == 0 ? (int)n : more == 2 ? 126 : 127));
    for (size_t i = more; i-- > 0;) out[at++] = (char)(n >> (8 * i));
    unsigned char key[4] = {0};
    if (mask) {
        if (getrandom(key, 4, 0) != 4) key[0] = 1;
        memcpy(out + at, key, 4);
        at += 4;
    }
    for (size_t i = 0; i < n; i++) out[at + i] = (char)(p[i] ^ key[i & 3]);
    ssize_t bad = (ssize_t)conn_write(c, h, fd, out, at + n, when);
    free(out);
    return bad;
}

static bool is_close_payload(const unsigned char *p, size_t n) {
    int code = n < 2 ? 1000 : p[0] << 8 | p[1];
    return n != 1 && ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                      (code >= 3000 && code <= 4999));
}

/* The next message or ping: its opcode, with *begin and *size of it from c->from on, or a negative
 * errno. `server`: the other side must mask. */
static ssize_t message(Conn *c, int64_t h, int fd, size_t most, bool server, size_t *begin,
                       size_t *size, int64_t when) {
    HttpHead *q = c->head;
    for (;;) {
        Frame f;
        ssize_t bad = frame_head(c, h, fd, q->frame_at, &f, when);
        if (bad != 0) return bad;
        if (f.masked != server) return -EPROTO;
        if (f.length > most || (f.opcode < CLOSE && q->frame_to > most - f.length))
            return -EMSGSIZE;
        bad = conn_need(c, h, fd, q->frame_at + f.head + f.length, when);
        if (bad != 0) return bad;
        *begin = q->frame_at + f.head;
        *size = f.length;
        char *p = c->buf + c->from + *begin;
        for (size_t i = 0; f.masked && i < f.length; i++) p[i] ^= (char)f.mask[i & 3];
        q->frame_at += f.head + f.length;
        if (f.opcode == CLOSE && !is_close_payload((unsigned char *)p, f.length)) return -EPROTO;
        if (f.opcode == PING || f.opcode == CLOSE) return f.opcode;
        if (f.opcode > PONG || (f.opcode > BINARY && f.opcode < CLOSE)) return -EPROTO;
        if (f.opcode <= BINARY) {
            if ((f.opcode == MORE) != (q->opcode != 0)) return -EPROTO;
            if (f.opcode != MORE) q->opcode = f.opcode;
            memmove(c->buf + c->from + q->frame_to, p, f.length);
            q->frame_to += f.length;
            *begin = 0;
            *size = q->frame_to;
            if (f.last) return q->opcode;
        }
        if (q->opcode == 0) { /* nothing begun: what came is done with */
            c->from += q->frame_at;
            q->frame_at = 0;
        } else if (q->frame_at - q->frame_to > CONTROL_MAX) {
            return -EMSGSIZE;
        }
    }
}

/* The next message; or what came in its place, with the reason as wyn_net_error: -9 a ping (its
 * payload), -8 the end (its reason), above 0: a failure. */
wyn_str *wyn_ws_next(int64_t h, int64_t most, bool server, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_empty;
    HttpHead *q = c->head;
    size_t begin = 0, size = 0;
    ssize_t r = q == NULL ? -EPROTO
                          : message(c, h, fd, (size_t)most, server, &begin, &size,
                                    poll_deadline(ms));
    bool data = r == TEXT || r == BINARY;
    wyn_str *s = r < 0 ? wyn_str_empty : wyn_str_new(c->buf + c->from + begin, (int64_t)size);
    c->error = data ? 0 : (int)-r;
    if (data || (q != NULL && q->opcode == 0 && r > 0)) { /* done with */
        c->from += q->frame_at;
        q->frame_at = 0;
    }
    if (data) {
        q->frame_to = 0;
        q->opcode = 0;
    }
    if (r == TEXT && !wyn_str_is_utf8(s)) c->error = EILSEQ;
    conn_leave_read(h, c);
    return s;
}

/* One frame. Nothing follows the one that closes. By one task at a time. */
bool wyn_ws_send(int64_t h, int64_t opcode, const wyn_str *text, bool mask, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    HttpHead *q = ((Conn *)extra)->head;
    ssize_t bad = -EPIPE;
    if (q != NULL && !q->said_close) {
        q->said_close = opcode == CLOSE;
        bad = frame_write(extra, h, fd, (int)opcode, text->bytes, (size_t)text->len, mask,
                          poll_deadline(ms));
    }
    poll_leave(h);
    return bad == 0;
}
