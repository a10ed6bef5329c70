/* websocket.c - the frames of RFC 6455 on a connection. A message may come in several frames with
 * pings between them; it is put together in the connection's buffer. Texts must be UTF-8. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "conn.h"
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

/* Puts the next message together in [from, from + *size); *used bytes are done with then. Gives its
 * opcode, CLOSE at the end, or a negative errno. `server`: the other side must mask. */
static ssize_t message(Conn *c, int64_t h, int fd, size_t most, bool server, size_t *size,
                       size_t *used, int64_t when) {
    size_t at = 0, to = 0;
    int opcode = 0;
    for (;;) {
        Frame f;
        ssize_t bad = frame_head(c, h, fd, at, &f, when);
        if (bad != 0) return bad;
        if (f.masked != server) return -EPROTO;
        if (f.length > most || (f.opcode < CLOSE && to > most - f.length)) return -EMSGSIZE;
        bad = conn_need(c, h, fd, at + f.head + f.length, when);
        if (bad != 0) return bad;
        char *p = c->buf + c->from + at + f.head;
        for (size_t i = 0; f.masked && i < f.length; i++) p[i] ^= (char)f.mask[i & 3];
        at += f.head + f.length;
        if (f.opcode == PING || f.opcode == CLOSE) {
            int as = f.opcode == PING ? PONG : CLOSE;
            bad = frame_write(c, h, fd, as, p, f.length, !server, when);
            if (as == CLOSE || bad != 0) return bad != 0 ? bad : CLOSE;
        } else if (f.opcode <= BINARY) {
            if ((f.opcode == MORE) != (opcode != 0)) return -EPROTO;
            if (f.opcode != MORE) opcode = f.opcode;
            memmove(c->buf + c->from + to, p, f.length);
            to += f.length;
            if (f.last) break;
        } else if (f.opcode != PONG) {
            return -EPROTO;
        }
        if (opcode == 0) { /* nothing begun: these are done with */
            c->from += at;
            at = 0;
        } else if (at - to > CONTROL_MAX) {
            return -EMSGSIZE;
        }
    }
    *size = to;
    *used = at;
    return opcode;
}

/* The next message; "" with wyn_net_error at the end or after a failure. */
wyn_str *wyn_ws_next(int64_t h, int64_t most, bool server, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_empty;
    size_t size = 0, used = 0;
    ssize_t r = message(c, h, fd, (size_t)most, server, &size, &used, poll_deadline(ms));
    c->error = r == CLOSE ? EPIPE : r < 0 ? (int)-r : 0;
    wyn_str *s = r == TEXT || r == BINARY ? wyn_str_new(c->buf + c->from, (int64_t)size)
                                          : wyn_str_empty;
    c->from += used;
    if (r == TEXT && !wyn_str_is_utf8(s)) c->error = EILSEQ;
    conn_leave_read(h, c);
    return s;
}

bool wyn_ws_send(int64_t h, int64_t opcode, const wyn_str *text, bool mask, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    ssize_t bad = frame_write(extra, h, fd, (int)opcode, text->bytes, (size_t)text->len, mask,
                              poll_deadline(ms));
    poll_leave(h);
    return bad == 0;
}
