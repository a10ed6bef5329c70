/* http_body.c - the bodies of requests and answers, as a whole or piece by piece; the layout of the
 * buffer is in http.h. Sizes of chunks and trailers are read strictly (RFC 9112), each line ends
 * with CR LF: what two servers could read differently is refused. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http.h"
#include "wyn.h"

enum { LINE_MAX_BYTES = 4096, PIECE = 64 << 10 };

void body_begin(HttpHead *q, bool answer, bool head) {
    bool bare = answer && (head || q->status == 204 || q->status == 304 || q->status < 200);
    q->body = (Span){q->size, 0};
    q->taken = q->size;
    q->bad = 0;
    q->total = q->extra = q->sent = 0;
    q->left = q->length > 0 ? (size_t)q->length : 0;
    q->state = bare                ? BODY_NONE
               : q->chunked        ? BODY_CHUNK_LINE
               : q->left > 0       ? BODY_SIZED
               : answer && q->length < 0 ? BODY_TO_END
                                   : BODY_NONE;
    if (q->state == BODY_TO_END) q->keep = false;
    if (q->state == BODY_NONE) q->expect = false;
}

/* Reads more. What was taken makes room for it; a buffer that was filled grows. */
static int fill(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when) {
    char *base = c->buf + c->from;
    size_t to = q->size + q->body.len, rest = c->to - c->from - q->taken;
    bool full = c->to == c->cap;
    if (q->taken > to) {
        memmove(base + to, base + q->taken, rest);
        c->to -= q->taken - to;
        q->taken = to;
    }
    if (full && c->cap < PIECE) conn_reserve(c, c->cap);
    if (conn_fill(c, h, fd, when)) return 0;
    return c->error != 0 ? -c->error : -ECONNABORTED;
}

/* The line at q->taken is [taken, *end) with its CR LF. */
static int line_next(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when, size_t *end) {
    for (;;) {
        const char *p = c->buf + c->from + q->taken;
        size_t n = c->to - c->from - q->taken;
        const char *nl = memchr(p, '\n', n);
        if (nl != NULL) {
            if (nl == p || nl[-1] != '\r') return 400;
            for (const char *b = p; b < nl - 1; b++) {
                if (((unsigned char)*b < ' ' && *b != '\t') || *b == 0x7f) return 400;
            }
            *end = q->taken + (size_t)(nl - p) + 1;
            q->extra += *end - q->taken;
            return q->extra > HEAD_MAX + 8 * q->total ? 413 : 0;
        }
        if (n > LINE_MAX_BYTES) return 400;
        int bad = fill(c, q, h, fd, when);
        if (bad != 0) return bad;
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A size, perhaps with an extension behind a semicolon, which nobody asks for. */
static int chunk_line(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when) {
    size_t end, n = 0;
    int bad = line_next(c, q, h, fd, when, &end), v;
    if (bad != 0) return bad;
    const char *p = c->buf + c->from + q->taken, *start = p;
    for (; (v = hex_value(*p)) >= 0; p++) {
        if (p - start > 12) return 413;
        n = n * 16 + (size_t)v;
    }
    if (p == start) return 400;
    while (*p == ' ' || *p == '\t') p++;
    if (*p != ';' && *p != '\r') return 400;
    q->taken = end;
    q->left = n;
    q->state = n == 0 ? BODY_TRAILERS : BODY_CHUNK;
    return 0;
}

static int after_chunk(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when) {
    while (c->to - c->from - q->taken < 2) {
        int bad = fill(c, q, h, fd, when);
        if (bad != 0) return bad;
    }
    if (memcmp(c->buf + c->from + q->taken, "\r\n", 2) != 0) return 400;
    q->taken += 2;
    q->extra += 2;
    q->state = BODY_CHUNK_LINE;
    return 0;
}

/* Fields that nobody asks for, but which have to look like fields. */
static int trailer(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when) {
    size_t end;
    int bad = line_next(c, q, h, fd, when, &end);
    if (bad != 0) return bad;
    const char *p = c->buf + c->from + q->taken;
    size_t n = end - q->taken - 2;
    if (n == 0) q->state = BODY_NONE;
    const char *colon = memchr(p, ':', n), *blank = memchr(p, ' ', n);
    if (n > 0 && (colon == NULL || colon == p || (blank != NULL && blank < colon))) return 400;
    if (q->extra > (size_t)HEAD_MAX + 8 * q->total) return 431;
    q->taken = end;
    return 0;
}

static int go_on(Conn *c, HttpHead *q, int64_t h, int fd, int64_t when) {
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    bool here = c->to - c->from > q->taken; /* it does not wait */
    q->expect = false;
    return here ? 0 : (int)conn_write(c, h, fd, text, sizeof text - 1, when);
}

/* Is there more to come than may? */
static int too_long(const HttpHead *q, size_t most) {
    bool sized = q->state == BODY_SIZED || q->state == BODY_CHUNK;
    return q->total > most || (sized && q->left > most - q->total) ? 413 : 0;
}

static int next(Conn *c, int64_t h, int fd, size_t room, size_t most, int64_t when, size_t *n) {
    HttpHead *q = c->head;
    int bad = too_long(q, most);
    *n = 0;
    if (bad == 0 && q->expect) bad = go_on(c, q, h, fd, when);
    while (bad == 0) {
        switch (q->state) {
        case BODY_NONE: return 0;
        case BODY_CHUNK_LINE:
            bad = chunk_line(c, q, h, fd, when);
            if (bad == 0) bad = too_long(q, most);
            continue;
        case BODY_AFTER_CHUNK: bad = after_chunk(c, q, h, fd, when); continue;
        case BODY_TRAILERS: bad = trailer(c, q, h, fd, when); continue;
        case BODY_SIZED:
        case BODY_CHUNK:
        case BODY_TO_END: break;
        }
        size_t have = c->to - c->from - q->taken;
        if (have > 0) {
            if (q->state != BODY_TO_END && have > q->left) have = q->left;
            *n = have < room ? have : room;
            return *n > most - q->total ? 413 : 0;
        }
        bad = fill(c, q, h, fd, when);
        if (bad == -ECONNABORTED && c->error == 0 && q->state == BODY_TO_END) {
            q->state = BODY_NONE;
            bad = 0;
        }
    }
    return bad;
}

int body_next(Conn *c, int64_t h, int fd, size_t room, size_t most, int64_t when, size_t *n) {
    HttpHead *q = c->head;
    if (q->bad == 0) q->bad = next(c, h, fd, room, most, when, n);
    if (q->bad == -ETIMEDOUT && q->status == 0) q->bad = 408;
    if (q->bad != 0) q->keep = false;
    return q->bad;
}

void body_take(HttpHead *q, size_t n) {
    q->taken += n;
    q->total += n;
    if (q->state == BODY_TO_END) return;
    q->left -= n;
    if (q->left == 0) q->state = q->state == BODY_SIZED ? BODY_NONE : BODY_AFTER_CHUNK;
}

int body_whole(Conn *c, int64_t h, int fd, size_t most, int64_t when) {
    HttpHead *q = c->head;
    for (size_t n;;) {
        int bad = body_next(c, h, fd, SIZE_MAX, most, when, &n);
        if (bad != 0 || n == 0) return bad;
        char *to = c->buf + c->from + q->size + q->body.len;
        if (q->taken != q->size + q->body.len) memmove(to, c->buf + c->from + q->taken, n);
        q->body.len += (uint32_t)n;
        body_take(q, n);
    }
}

bool body_drain(Conn *c, int64_t h, int fd, size_t most, int64_t when) {
    HttpHead *q = c->head;
    if (q->bad != 0) return false;
    if (q->expect) return false; /* it waits for a word before it sends */
    for (size_t n, end = q->total + most;;) {
        if (body_next(c, h, fd, SIZE_MAX, end, when, &n) != 0) return false;
        if (n == 0) return true;
        body_take(q, n);
    }
}

/* ---- for the library ---- */

/* The body of a request as a whole. "" and wyn_http_bad when it cannot be had. */
wyn_str *wyn_http_body(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return wyn_str_empty;
    HttpHead *q = c->head;
    bool begun = q != NULL && q->taken > 0, more = begun && q->state != BODY_NONE && q->bad == 0;
    wyn_str *s = !begun || more || q->bad != 0
                     ? wyn_str_empty
                     : wyn_str_new(c->buf + c->from + q->body.at, q->body.len);
    conn_unlook(h, c);
    if (!more) return s;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_empty;
    q = c->head;
    int bad = body_whole(c, h, fd, q->whole, poll_deadline(q->ms));
    if (bad == 0) s = wyn_str_new(c->buf + c->from + q->body.at, q->body.len);
    conn_leave_read(h, c);
    return s;
}

/* The next piece of a body, at most `room` bytes; "" at the end, or with wyn_http_bad. */
wyn_str *wyn_http_read(int64_t h, int64_t room) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_empty;
    HttpHead *q = c->head;
    wyn_str *s = wyn_str_empty;
    size_t n, most = room < 1 || room > PIECE ? PIECE : (size_t)room;
    if (q != NULL && q->taken > 0 &&
        body_next(c, h, fd, most, q->upload, poll_deadline(q->ms), &n) == 0 && n > 0) {
        s = wyn_str_new(c->buf + c->from + q->taken, (int64_t)n);
        body_take(q, n);
    }
    conn_leave_read(h, c);
    return s;
}

/* Why the body cannot be read: a status, a negative errno; 0: it can. */
int64_t wyn_http_bad(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return -EBADF;
    int64_t bad = c->head == NULL ? 0 : c->head->bad;
    conn_unlook(h, c);
    return bad;
}

/* The length that the head names, -1: none. */
int64_t wyn_http_length(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return -1;
    const HttpHead *q = c->head;
    int64_t n = q == NULL || q->taken == 0 ? -1
                : q->length < 0 && !q->chunked && q->state == BODY_NONE ? 0 : q->length;
    conn_unlook(h, c);
    return n;
}

/* Has all of the body come? */
bool wyn_http_ended(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return false;
    bool ended = c->head != NULL && c->head->state == BODY_NONE && c->head->bad == 0;
    conn_unlook(h, c);
    return ended;
}

/* Before a connection is closed on which the other side may still be sending: without this it would
 * not see the answer, because what comes after the end resets the connection. */
void wyn_http_linger(int64_t h, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return;
    int64_t when = poll_deadline(ms);
    if (c->layer == NULL && shutdown(fd, SHUT_WR) == 0) {
        for (size_t n = 0; n < HTTP_DRAIN; n += c->to) {
            c->from = c->to = 0;
            if (!conn_fill(c, h, fd, when)) break;
        }
        if (c->head != NULL) c->head->taken = 0;
    }
    conn_leave_read(h, c);
}
