/* relay.c - what goes through a connection without becoming one string: texts that are sent one
 * behind the other, and bytes that are passed on to another connection. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "conn.h"
#include "wyn.h"
#include "wyn_inline.h"

enum { LARGE = 64 << 10 }; /* a buffer grows up to this */
enum { PARTS = 64 }; /* pieces that one call of the system takes */

static __attribute__((noinline)) ssize_t sys_send_parts(int fd, struct iovec *v, size_t n) {
    struct msghdr m = {.msg_iov = v, .msg_iovlen = n};
    ssize_t k = sendmsg(fd, &m, MSG_NOSIGNAL);
    return k < 0 ? -errno : k;
}

/* Sends v[0, n), which it changes. */
static int64_t write_parts(int64_t h, int fd, struct iovec *v, size_t n, int64_t when) {
    while (n > 0) {
        ssize_t k = sys_send_parts(fd, v, n);
        if (k < 0 && (k = conn_again(h, k, POLL_WRITE, when, "write to a connection")) < 0)
            return k;
        for (; n > 0 && (size_t)k >= v->iov_len; v++, n--) k -= (ssize_t)v->iov_len;
        if (n > 0) *v = (struct iovec){(char *)v->iov_base + k, v->iov_len - (size_t)k};
    }
    return 0;
}

/* Writes the texts one behind the other, without a copy; how many bytes. */
int64_t wyn_net_write_parts(int64_t h, wyn_array *parts, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    Conn *c = extra;
    wyn_buf *all = parts->buf; /* another task may change the array meanwhile */
    int64_t when = poll_deadline(ms), bad = 0, total = 0, len = (int64_t)all->len;
    conn_send_put(c, h, fd, when); /* in order */
    for (int64_t i = 0; i < len && bad == 0;) {
        struct iovec v[PARTS];
        size_t n = 0;
        for (; i < len && n < PARTS; i++) {
            const wyn_str *s = ((wyn_str **)all->data)[i];
            if (s->len > 0) v[n++] = (struct iovec){(char *)(uintptr_t)s->bytes, (size_t)s->len};
            total += s->len;
        }
        if (c->layer == NULL) {
            bad = write_parts(h, fd, v, n, when);
        } else {
            for (size_t k = 0; k < n && bad == 0; k++)
                bad = conn_write(c, h, fd, v[k].iov_base, v[k].iov_len, when);
        }
    }
    poll_leave(h);
    return bad != 0 ? bad : total;
}

/* Passes on what one connection reads to the other, until its end; how many bytes. One buffer. */
int64_t wyn_net_copy(int64_t from, int64_t to, int64_t ms) {
    Conn *c;
    void *other;
    int fd = conn_enter_read(from, &c);
    if (fd < 0) return -EBADF;
    int out = poll_enter(to, &other);
    int64_t total = 0, bad = out < 0 ? -EBADF : 0;
    while (bad == 0) {
        if (c->from == c->to && !conn_fill(c, from, fd, poll_deadline(ms))) break;
        size_t n = c->to - c->from;
        bad = conn_write(other, to, out, c->buf + c->from, n, poll_deadline(ms));
        c->from = c->to = 0;
        total += (int64_t)n;
        if (n == c->cap && n < LARGE) conn_reserve(c, 2 * n); /* there is more */
    }
    if (bad == 0) bad = -c->error;
    if (out >= 0) poll_leave(to);
    conn_leave_read(from, c);
    return bad != 0 ? bad : total;
}

/* TCP asks a silent other side after so many seconds whether it is still there; 0: no more. */
bool wyn_net_keep_alive(int64_t h, int64_t seconds) {
    void *extra;
    int fd = poll_enter(h, &extra), on = seconds > 0, tries = 4;
    if (fd < 0) return false;
    int first = seconds > 32767 ? 32767 : (int)seconds, every = first / 4 + 1;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0;
    if (ok && on) {
        ok = setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &first, sizeof first) == 0 &&
             setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every) == 0 &&
             setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries) == 0;
    }
    poll_leave(h);
    return ok;
}
