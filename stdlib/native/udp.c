/* udp.c - sockets for datagrams: handles of runtime/poll.h like connections, without a buffer. What
 * came last stays with the socket until the receiver has asked where it came from, so one task
 * receives at a time; any number may send. Failures are negative errnos, times milliseconds. */
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "wyn.h"

enum { DATAGRAM_MAX = 65536 };

/* Not used across a wait, so one for each thread is enough. */
static __thread char scratch[DATAGRAM_MAX];

typedef struct From {
    struct sockaddr_storage address;
    socklen_t len;
} From;

/* Calls as the system's, but a failure is a negative errno. Not inlined: see conn_again. */
static __attribute__((noinline)) ssize_t receive(int fd, From *from, wyn_str **text) {
    __asm__ volatile("");
    from->len = sizeof from->address;
    ssize_t n = recvfrom(fd, scratch, sizeof scratch, 0, (void *)&from->address, &from->len);
    if (n < 0) return -errno;
    *text = wyn_str_new(scratch, n);
    return n;
}

static __attribute__((noinline)) ssize_t dispatch(int fd, const wyn_str *s, const From *to) {
    const void *address = to->len == 0 ? NULL : &to->address;
    ssize_t n = sendto(fd, s->bytes, (size_t)s->len, MSG_NOSIGNAL, address, to->len);
    return n < 0 ? -errno : n;
}

static __attribute__((noinline)) int socket_at(const From *at) {
    int fd = socket(at->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), off = 0;
    if (fd < 0) return -errno;
    if (at->address.ss_family == AF_INET6) /* all addresses: of both kinds */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, (const void *)&at->address, at->len) == 0) return fd;
    int why = errno;
    close(fd);
    return -why;
}

/* The address of a host as this socket takes it. */
static int address_for(int fd, const wyn_str *host, int64_t port, From *to) {
    struct sockaddr_storage own = {0};
    socklen_t len = sizeof own;
    if (getsockname(fd, (void *)&own, &len) != 0) return -EBADF;
    int flags = own.ss_family == AF_INET6 ? AI_V4MAPPED : 0;
    int n = net_address(host, port, own.ss_family, flags, SOCK_DGRAM, &to->address);
    if (n < 0) return n;
    to->len = (socklen_t)n;
    return 0;
}

/* A socket at that place, "": all addresses, port 0: a free one. */
int64_t wyn_udp_open(const wyn_str *host, int64_t port) {
    From at = {0};
    int fd = -ENOENT, family = host->len == 0 ? AF_INET6 : AF_UNSPEC;
    for (int tries = 0; tries < 2 && fd < 0; tries++, family = AF_INET) {
        int n = net_address(host, port, family, AI_PASSIVE, SOCK_DGRAM, &at.address);
        at.len = n < 0 ? 0 : (socklen_t)n;
        fd = n < 0 ? n : socket_at(&at);
        if (host->len > 0) break;
    }
    return fd < 0 ? fd : conn_new(fd, 0);
}

/* Datagrams go to that place when none is named, and only those from there arrive. */
int64_t wyn_udp_connect(int64_t h, const wyn_str *host, int64_t port) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    From to = {0};
    int bad = address_for(fd, host, port, &to);
    if (bad == 0 && connect(fd, (const void *)&to.address, to.len) != 0) bad = -errno;
    poll_leave(h);
    return bad;
}

/* host "" and port 0: to where the socket is connected. How many bytes. */
int64_t wyn_udp_send(int64_t h, const wyn_str *text, const wyn_str *host, int64_t port,
                     int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    From to = {0};
    int64_t when = poll_deadline(ms);
    ssize_t n = 0, bad = host->len > 0 || port != 0 ? address_for(fd, host, port, &to) : 0;
    while (bad == 0 && (n = dispatch(fd, text, &to)) < 0)
        bad = conn_again(h, n, POLL_WRITE, when, "send a datagram");
    poll_leave(h);
    return bad != 0 ? bad : n;
}

/* The next datagram. Where it came from: wyn_udp_from; why there is none: wyn_net_error. */
wyn_str *wyn_udp_recv(int64_t h, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_empty;
    if (c->buf == NULL && (c->buf = calloc(1, sizeof(From))) == NULL) {
        c->error = ENOMEM;
        conn_leave_read(h, c);
        return wyn_str_empty;
    }
    int64_t when = poll_deadline(ms);
    From from;
    wyn_str *text = wyn_str_empty;
    ssize_t n, bad = 0;
    while ((n = receive(fd, &from, &text)) < 0 && bad == 0)
        bad = conn_again(h, n, POLL_READ, when, "receive a datagram");
    c->error = (int)-bad;
    if (n >= 0) memcpy(c->buf, &from, sizeof from);
    conn_leave_read(h, c);
    return text;
}

/* Of the datagram that came last: the host, or the port. */
static bool last_from(int64_t h, From *from) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return false;
    Conn *c = extra;
    bool ok = c->buf != NULL;
    if (ok) memcpy(from, c->buf, sizeof *from);
    poll_leave(h);
    return ok;
}

wyn_str *wyn_udp_from_host(int64_t h) {
    From from;
    if (!last_from(h, &from)) return wyn_str_empty;
    struct sockaddr_in6 *six = (void *)&from.address;
    if (from.address.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = six->sin6_port};
        memcpy(&four.sin_addr, &six->sin6_addr.s6_addr[12], 4);
        memcpy(&from.address, &four, sizeof four);
        from.len = sizeof four;
    }
    return net_address_text(&from.address, from.len, false);
}

int64_t wyn_udp_from_port(int64_t h) {
    From from;
    if (!last_from(h, &from)) return 0;
    return ntohs(from.address.ss_family == AF_INET6
                     ? ((struct sockaddr_in6 *)&from.address)->sin6_port
                     : ((struct sockaddr_in *)&from.address)->sin_port);
}

/* Sending to a broadcast address is allowed from now on. */
bool wyn_udp_broadcast(int64_t h, bool on) {
    void *extra;
    int fd = poll_enter(h, &extra), value = on;
    if (fd < 0) return false;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, sizeof value) == 0;
    poll_leave(h);
    return ok;
}
