/* net.c - connections and listeners over TCP and Unix sockets. A connection is a handle of
 * runtime/poll.h with a buffer for what was read and not yet asked for. Calls that fail give a
 * negative errno, or "" and leave the errno with the connection. Times are milliseconds for the
 * whole call; below 0: no limit. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "blocking.h"
#include "conn.h"
#include "wyn.h"
#include "wyn_inline.h"

enum { CHUNK = 64 << 10, OUT_MAX = 32 << 10, BUFFER_FIRST = 4096, BUFFER_SMALL = 512, MANY = 4096 };

static _Atomic int64_t conn_count; /* relaxed: a count */

bool conn_many(void) { return atomic_load_explicit(&conn_count, memory_order_relaxed) > MANY; }

/* Where bytes arrive first; not used across a wait, so one for each thread is enough. */
static __thread char scratch[CHUNK];

/* Not inlined: the thread may be another one after a wait. */
static __attribute__((noinline)) char *scratch_here(void) {
    __asm__ volatile("");
    return scratch;
}

void conn_drop(void *extra) {
    Conn *c = extra;
    if (c->layer != NULL) c->layer->end(c->layer);
    free(c->buf);
    free(c->head);
    free(c->out);
    free(c->why);
    free(c);
    atomic_fetch_sub_explicit(&conn_count, 1, memory_order_relaxed);
}

void conn_rest(Conn *c) {
    if (!conn_many() || c->from < c->to) return;
    free(c->buf);
    free(c->head);
    c->buf = NULL;
    c->head = NULL;
    c->from = c->to = c->cap = 0;
}

__attribute__((noinline)) int64_t conn_new(int fd, int64_t listener) {
    Conn *c = calloc(1, sizeof *c);
    if (c != NULL) c->listener = listener;
    int64_t h = c == NULL ? -1 : poll_open(fd, c, conn_drop);
    if (h >= 0) {
        atomic_fetch_add_explicit(&conn_count, 1, memory_order_relaxed);
        return h;
    }
    int why = c == NULL ? ENOMEM : errno;
    free(c);
    close(fd);
    return -why;
}

/* The state before: CONN_FREE when it is `as` now. Somebody who looks is gone in a moment.
 * acquire: with the release in give_back. */
static int take_hold(Conn *c, int as) {
    for (;;) {
        int was = CONN_FREE;
        if (atomic_compare_exchange_weak_explicit(&c->reading, &was, as, memory_order_acquire,
                                                  memory_order_relaxed))
            return CONN_FREE;
        if (was == CONN_READ) return was;
    }
}

static void give_back(int64_t h, Conn *c) {
    atomic_store_explicit(&c->reading, CONN_FREE, memory_order_release); /* with take_hold */
    poll_leave(h);
}

int conn_enter_read(int64_t h, Conn **c) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return fd;
    *c = extra;
    if (take_hold(*c, CONN_READ) == CONN_FREE) return fd;
    poll_leave(h);
    wyn_panic("another task is reading from this connection");
}

void conn_leave_read(int64_t h, Conn *c) { give_back(h, c); }

bool conn_look(int64_t h, Conn **c) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return false;
    *c = extra;
    if (take_hold(*c, CONN_LOOKED_AT) == CONN_FREE) return true;
    poll_leave(h);
    return false;
}

void conn_unlook(int64_t h, Conn *c) { give_back(h, c); }

ssize_t conn_again(int64_t h, ssize_t bad, PollSide side, int64_t when, const char *what) {
    if (bad == -EINTR) return 0;
    if (bad != -EAGAIN) return bad;
    PollEnd end = poll_wait(h, side, when, what, NULL);
    return end == POLL_READY ? 0 : end == POLL_TIMEOUT ? -ETIMEDOUT : -ECANCELED;
}

/* Calls as the system's, but a failure is a negative errno. Not inlined: see conn_again. Those of
 * the C library are points of cancellation, which threads of ours do not use and pay for. */
static __attribute__((noinline)) ssize_t sys_recv(int fd, char *to, size_t room) {
    ssize_t n = syscall(SYS_recvfrom, fd, to, room, 0, NULL, NULL);
    return n < 0 ? -errno : n;
}

static __attribute__((noinline)) ssize_t sys_send(int fd, const char *p, size_t n) {
    ssize_t k = syscall(SYS_sendto, fd, p, n, MSG_NOSIGNAL, NULL, 0);
    return k < 0 ? -errno : k;
}

static __attribute__((noinline)) int sys_accept(int fd) {
    int got = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return got >= 0 ? got : errno == ECONNABORTED ? -EINTR : -errno;
}

static void no_delay(int fd) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* ---- names and addresses ---- */

typedef struct Lookup {
    const char *host;
    char port[16];
    struct addrinfo want, *list;
    int status;
} Lookup;

static void look_up(void *arg) {
    Lookup *l = arg;
    l->status = getaddrinfo(l->host, l->port, &l->want, &l->list);
}

/* Numbers at once, names on a thread of the pool. The negative errno, or 0. */
static int resolve(Lookup *l, const wyn_str *host, int64_t port, int flags) {
    if (port < 0 || port > 65535) return -EINVAL;
    snprintf(l->port, sizeof l->port, "%d", (int)port);
    l->host = host->len == 0 ? NULL : host->bytes;
    if (l->want.ai_socktype == 0) l->want.ai_socktype = SOCK_STREAM;
    l->want.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST | flags;
    look_up(l);
    if (l->status == EAI_NONAME && l->host != NULL) {
        l->want.ai_flags &= ~AI_NUMERICHOST;
        blocking_call(look_up, l, "resolving a name", NULL);
    }
    if (l->status == 0) return 0;
    return l->status == EAI_SYSTEM ? -EIO : l->status == EAI_MEMORY ? -ENOMEM : -ENOENT;
}

int net_address(const wyn_str *host, int64_t port, int family, int flags, int type,
                struct sockaddr_storage *out) {
    Lookup l = {.want = {.ai_family = family, .ai_socktype = type}};
    int bad = resolve(&l, host, port, flags);
    if (bad != 0) return bad;
    int len = l.list == NULL ? -ENOENT : (int)l.list->ai_addrlen;
    if (len > 0) memcpy(out, l.list->ai_addr, (size_t)len);
    freeaddrinfo(l.list);
    return len;
}

wyn_str *net_address_text(const struct sockaddr_storage *a, socklen_t len, bool with_port) {
    char host[NI_MAXHOST], port[NI_MAXSERV], text[NI_MAXHOST + NI_MAXSERV + 4];
    if (a->ss_family == AF_UNIX) {
        const struct sockaddr_un *u = (const void *)a;
        size_t n = len > sizeof u->sun_family ? strnlen(u->sun_path, sizeof u->sun_path) : 0;
        if (n > 0 || len <= sizeof u->sun_family) return wyn_str_new(u->sun_path, (int64_t)n);
        n = (size_t)snprintf(text, sizeof text, "@%.*s", (int)sizeof u->sun_path - 1,
                             u->sun_path + 1);
        return wyn_str_new(text, (int64_t)n);
    }
    if (getnameinfo((const void *)a, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return wyn_str_new("", 0);
    int n = !with_port ? snprintf(text, sizeof text, "%s", host)
            : a->ss_family == AF_INET6 ? snprintf(text, sizeof text, "[%s]:%s", host, port)
                                       : snprintf(text, sizeof text, "%s:%s", host, port);
    return wyn_str_new(text, n);
}

wyn_str *wyn_net_resolve(const wyn_str *host) {
    Lookup l = {0};
    if (resolve(&l, host, 0, 0) != 0 || l.list == NULL) return wyn_str_new("", 0);
    struct sockaddr_storage a = {0};
    memcpy(&a, l.list->ai_addr, l.list->ai_addrlen);
    wyn_str *s = net_address_text(&a, l.list->ai_addrlen, false);
    freeaddrinfo(l.list);
    return s;
}

/* All addresses of a host, each once, in the system's order. */
wyn_array *wyn_net_resolve_all(const wyn_str *host) {
    wyn_array *all = wyn_array_new(&wyn_type_str, 0);
    Lookup l = {0};
    if (resolve(&l, host, 0, 0) != 0) return all;
    for (struct addrinfo *i = l.list; i != NULL; i = i->ai_next) {
        struct sockaddr_storage a = {0};
        memcpy(&a, i->ai_addr, i->ai_addrlen);
        wyn_str *s = net_address_text(&a, i->ai_addrlen, false);
        if (!wyn_array_contains(all, &s, &wyn_type_str)) wyn_array_push_str(all, s);
    }
    freeaddrinfo(l.list);
    return all;
}

wyn_str *wyn_net_address(int64_t h, bool peer) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return wyn_str_new("", 0);
    struct sockaddr_storage a = {0};
    socklen_t len = sizeof a;
    int bad = peer ? getpeername(fd, (void *)&a, &len) : getsockname(fd, (void *)&a, &len);
    poll_leave(h);
    return bad ? wyn_str_new("", 0) : net_address_text(&a, len, true);
}

/* ---- listening and connecting ---- */

/* A descriptor kept back, so that there is one for a moment when there are no more; -1: none. */
static _Atomic int reserve = -1;

/* Before the first listener: as many descriptors as the system allows, and the reserve. */
static void reserve_keep(void) {
    struct rlimit limit;
    if (atomic_load(&reserve) >= 0) return;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < 1 << 20 ? limit.rlim_max : 1 << 20;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    int none = -1, fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && !atomic_compare_exchange_strong(&reserve, &none, fd)) close(fd);
}

/* Without descriptors: says goodbye to a client, by what was put to the listener, instead of
 * letting it wait for nothing. False: it could not. */
static bool shed(Conn *listener, int fd) {
    int spare = atomic_exchange(&reserve, -1);
    if (spare < 0) return false;
    close(spare);
    int got = sys_accept(fd);
    if (got >= 0) {
        char rest[4096];
        if (listener->out_len > 0) sys_send(got, listener->out, listener->out_len);
        shutdown(got, SHUT_WR);
        sys_recv(got, rest, sizeof rest); /* what is not read would take the goodbye back */
        close(got);
    }
    reserve_keep();
    return got >= 0;
}

static __attribute__((noinline)) int listen_at(const struct sockaddr *a, socklen_t len,
                                               int64_t backlog, bool share) {
    reserve_keep();
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (share) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, a, len) == 0 && listen(fd, (int)backlog) == 0) return fd;
    int why = errno;
    close(fd);
    return -why;
}

int64_t wyn_net_listen(const wyn_str *host, int64_t port, int64_t backlog, bool share) {
    Lookup l = {0};
    int bad = resolve(&l, host, port, AI_PASSIVE);
    if (bad != 0) return bad;
    int fd = -ENOENT;
    /* without a host: IPv6 serves both kinds, if there is any */
    for (int want6 = 1; want6 >= 0 && fd < 0; want6--) {
        for (struct addrinfo *a = l.list; a != NULL && fd < 0; a = a->ai_next) {
            if ((a->ai_family == AF_INET6) == want6)
                fd = listen_at(a->ai_addr, a->ai_addrlen, backlog, share);
        }
    }
    freeaddrinfo(l.list);
    return fd < 0 ? fd : conn_new(fd, 0);
}

/* The length of the address, 0: the path is too long. A name that begins with @ is none of a
 * file: its first byte is 0 and its length counts. */
static socklen_t unix_address(struct sockaddr_un *a, const wyn_str *path) {
    a->sun_family = AF_UNIX;
    if (path->len == 0 || path->len >= (int64_t)sizeof a->sun_path) return 0;
    memcpy(a->sun_path, path->bytes, (size_t)path->len);
    if (*a->sun_path != '@') return sizeof *a;
    *a->sun_path = 0;
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)path->len);
}

/* A socket that nobody listens on, left by a process that ended in the middle. */
static bool is_left_behind(const struct sockaddr_un *a, socklen_t len) {
    struct stat st;
    if (*a->sun_path == 0 || lstat(a->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode)) return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool left = fd >= 0 && connect(fd, (const void *)a, len) != 0 && errno == ECONNREFUSED;
    if (fd >= 0) close(fd);
    return left;
}

int64_t wyn_net_listen_unix(const wyn_str *path, int64_t backlog) {
    struct sockaddr_un a = {0};
    socklen_t len = unix_address(&a, path);
    if (len == 0) return -ENAMETOOLONG;
    int fd = listen_at((const void *)&a, len, backlog, false);
    if (fd == -EADDRINUSE && is_left_behind(&a, len) && unlink(a.sun_path) == 0)
        fd = listen_at((const void *)&a, len, backlog, false);
    return fd < 0 ? fd : conn_new(fd, 0);
}

int64_t wyn_net_port(int64_t h) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -1;
    struct sockaddr_storage a = {0};
    socklen_t len = sizeof a;
    int bad = getsockname(fd, (void *)&a, &len);
    poll_leave(h);
    if (bad) return -1;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

int64_t wyn_net_accept(int64_t h, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    int64_t when = poll_deadline(ms);
    ssize_t got, bad = 0;
    do {
        got = sys_accept(fd);
        if (got == -EMFILE || got == -ENFILE) {
            if (shed(extra, fd)) continue;
            reserve_keep();
            /* some will be free again; a listener is never ready to be written to */
            PollEnd end = poll_wait(h, POLL_WRITE, poll_deadline(10), "accept", NULL);
            bad = end == POLL_CLOSED ? -ECANCELED : ms >= 0 ? -ETIMEDOUT : 0;
        } else if (got < 0) {
            bad = conn_again(h, got, POLL_READ, when, "accept");
        }
    } while (got < 0 && bad == 0);
    poll_leave(h);
    if (got < 0) return bad;
    no_delay((int)got);
    return conn_new((int)got, h);
}

/* A socket that is connected, or that will be when it can be written to. */
static __attribute__((noinline)) int dial(const struct sockaddr *a, socklen_t len,
                                          bool *pending) {
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (a->sa_family != AF_UNIX) no_delay(fd);
    *pending = connect(fd, a, len) != 0;
    if (!*pending || errno == EINPROGRESS || errno == EINTR) return fd;
    int why = errno;
    close(fd);
    return -why;
}

static int64_t connect_to(const struct sockaddr *a, socklen_t len, int64_t when) {
    bool pending;
    int fd = dial(a, len, &pending), why;
    int64_t h = fd < 0 ? fd : conn_new(fd, 0);
    if (h < 0 || !pending) return h;
    for (socklen_t size = sizeof why;;) {
        PollEnd end = poll_wait(h, POLL_WRITE, when, "connect", NULL);
        why = end == POLL_TIMEOUT ? ETIMEDOUT : ECANCELED;
        if (end != POLL_READY) break;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) why = EBADF;
        struct sockaddr_storage peer;
        socklen_t peer_len = sizeof peer;
        if (why == 0 && getpeername(fd, (void *)&peer, &peer_len) == 0) return h;
        if (why != 0) break;
    }
    poll_close(h);
    return -why;
}

int64_t wyn_net_connect(const wyn_str *host, int64_t port, int64_t ms) {
    Lookup l = {0};
    int64_t when = poll_deadline(ms);
    int bad = resolve(&l, host, port, 0);
    if (bad != 0) return bad;
    int64_t h = -ENOENT;
    for (struct addrinfo *a = l.list; a != NULL && h < 0; a = a->ai_next)
        h = connect_to(a->ai_addr, a->ai_addrlen, when);
    freeaddrinfo(l.list);
    return h;
}

int64_t wyn_net_connect_unix(const wyn_str *path, int64_t ms) {
    struct sockaddr_un a = {0};
    socklen_t len = unix_address(&a, path);
    return len == 0 ? -ENAMETOOLONG : connect_to((const void *)&a, len, poll_deadline(ms));
}

/* ---- what was put and not yet sent ---- */

static bool out_take(Conn *c) {
    return !atomic_flag_test_and_set_explicit(&c->putting, memory_order_acquire);
}

static void out_give(Conn *c) { atomic_flag_clear_explicit(&c->putting, memory_order_release); }

/* By the holder of `putting`. */
static int64_t out_send(Conn *c, int64_t h, int fd, int64_t when) {
    size_t n = c->out_len;
    c->out_len = 0;
    return n == 0 ? 0 : conn_write(c, h, fd, c->out, n, when);
}

void conn_send_put(Conn *c, int64_t h, int fd, int64_t when) {
    if (!out_take(c)) return;
    out_send(c, h, fd, when);
    out_give(c);
}

static int64_t out_add(Conn *c, int64_t h, int fd, const wyn_str *s, int64_t when) {
    size_t n = (size_t)s->len;
    int64_t bad = 0;
    if (c->out_len + n > OUT_MAX) bad = out_send(c, h, fd, when);
    if (bad == 0 && n > OUT_MAX) return conn_write(c, h, fd, s->bytes, n, when);
    if (bad != 0) return bad;
    if (c->out_len + n > c->out_cap) {
        size_t cap = c->out_cap == 0 ? 1024 : c->out_cap;
        while (cap < c->out_len + n) cap *= 2;
        char *more = realloc(c->out, cap);
        if (more == NULL) return -ENOMEM;
        c->out = more;
        c->out_cap = cap;
    }
    if (n > 0) memcpy(c->out + c->out_len, s->bytes, n);
    c->out_len += n;
    return 0;
}

/* Keeps the text for the next send (none: sends what is kept). -EALREADY: another task is at it. */
int64_t wyn_net_put(int64_t h, const wyn_str *s, bool flush, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    Conn *c = extra;
    int64_t bad = -EALREADY;
    if (out_take(c)) {
        int64_t when = poll_deadline(ms);
        bad = out_add(c, h, fd, s, when);
        if (bad == 0 && flush) bad = out_send(c, h, fd, when);
        out_give(c);
    }
    poll_leave(h);
    return bad;
}

/* ---- reading ---- */

/* One attempt; *side: what to wait for after EAGAIN. */
static ssize_t read_once(Conn *c, int64_t h, int fd, char *to, size_t room, PollSide *side) {
    *side = POLL_READ;
    if (c->layer != NULL) {
        ssize_t n = c->layer->read(c->layer, to, room);
        *side = c->layer->wants;
        return n;
    }
    if (poll_is_drained(h)) return -EAGAIN;
    ssize_t n = sys_recv(fd, to, room);
    if (n > 0 && (size_t)n < room) poll_drained(h);
    return n;
}

/* The bytes read, 0 at the end, or a negative errno. */
static ssize_t read_some(Conn *c, int64_t h, int fd, char *to, size_t room, int64_t when) {
    for (;;) {
        PollSide side;
        ssize_t n = read_once(c, h, fd, to, room, &side);
        if (n >= 0) return n;
        n = conn_again(h, n, side, when, "read from a connection");
        if (n < 0) return n;
    }
}

ssize_t conn_receive(Conn *c, int64_t h, int fd, char *to, size_t room, int64_t when) {
    size_t kept = c->to - c->from, n = kept < room ? kept : room;
    if (n > 0) {
        memcpy(to, c->buf + c->from, n);
        c->from += n;
        return (ssize_t)n;
    }
    conn_send_put(c, h, fd, when);
    return read_some(c, h, fd, to, room, when);
}

static wyn_str *take(Conn *c, size_t n) {
    wyn_str *s = wyn_str_new(c->buf + c->from, (int64_t)n);
    c->from += n;
    if (c->from == c->to) c->from = c->to = 0;
    return s;
}

void conn_reserve(Conn *c, size_t room) {
    if (c->cap - c->to >= room) return;
    char *more = realloc(c->buf, c->to + room);
    if (more == NULL) return;
    c->buf = more;
    c->cap = c->to + room;
}

ssize_t conn_receive_first(Conn *c, int64_t h, int fd, size_t room, int64_t when, char **at) {
    PollSide side;
    ssize_t n, bad = 0;
    conn_send_put(c, h, fd, when);
    do { /* the buffer of a thread may be another one's after a wait */
        n = read_once(c, h, fd, scratch_here(), room, &side);
        if (n < 0) bad = conn_again(h, n, side, when, "read from a connection");
    } while (n < 0 && bad == 0);
    *at = scratch_here();
    return n < 0 ? bad : n;
}

/* The first bytes of a connection, into a buffer that is made for them. */
static bool fill_first(Conn *c, int64_t h, int fd, int64_t when) {
    char *at;
    ssize_t n = conn_receive_first(c, h, fd, CHUNK, when, &at);
    c->error = n < 0 ? (int)-n : 0;
    if (n <= 0) return false;
    size_t least = conn_many() ? BUFFER_SMALL : BUFFER_FIRST;
    c->from = c->to = 0;
    conn_reserve(c, (size_t)n > least ? (size_t)n : least);
    if (c->cap == 0) c->error = ENOMEM;
    if (c->cap == 0) return false;
    memcpy(c->buf, at, (size_t)n);
    c->to = (size_t)n;
    return true;
}

bool conn_fill(Conn *c, int64_t h, int fd, int64_t when) {
    if (c->cap == 0) return fill_first(c, h, fd, when);
    if (c->from > 0) memmove(c->buf, c->buf + c->from, c->to - c->from);
    c->to -= c->from;
    c->from = 0;
    if (c->to == c->cap) {
        size_t cap = c->cap * 2;
        char *more = realloc(c->buf, cap);
        if (more == NULL) {
            c->error = ENOMEM;
            return false;
        }
        c->buf = more;
        c->cap = cap;
    }
    conn_send_put(c, h, fd, when);
    ssize_t n = read_some(c, h, fd, c->buf + c->to, c->cap - c->to, when);
    c->error = n < 0 ? (int)-n : 0;
    if (n <= 0) return false;
    c->to += (size_t)n;
    return true;
}

int conn_need(Conn *c, int64_t h, int fd, size_t n, int64_t when) {
    while (c->to - c->from < n) {
        if (!conn_fill(c, h, fd, when)) return c->error != 0 ? -c->error : -ECONNABORTED;
    }
    return 0;
}

wyn_str *wyn_net_read(int64_t h, int64_t most, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_new("", 0);
    wyn_str *s;
    size_t room = most <= 0 || most > CHUNK ? CHUNK : (size_t)most;
    c->error = 0;
    if (c->from < c->to) {
        s = take(c, c->to - c->from < room ? c->to - c->from : room);
    } else {
        char *at;
        ssize_t n = conn_receive_first(c, h, fd, room, poll_deadline(ms), &at);
        c->error = n < 0 ? (int)-n : 0;
        s = wyn_str_new(at, n < 0 ? 0 : n);
    }
    conn_leave_read(h, c);
    return s;
}

wyn_str *wyn_net_read_exact(int64_t h, int64_t n, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_new("", 0);
    int64_t when = poll_deadline(ms);
    bool ok = true;
    while (ok && (int64_t)(c->to - c->from) < n) ok = conn_fill(c, h, fd, when);
    if (!ok && c->error == 0) c->error = EPIPE; /* the end came first; what came is kept */
    wyn_str *s = ok && n > 0 ? take(c, (size_t)n) : wyn_str_new("", 0);
    conn_leave_read(h, c);
    return s;
}

/* Up to the next newline, without it and a CR before it; the rest at the end of the stream. More
 * than `most` bytes without a newline are an error. */
wyn_str *wyn_net_read_line(int64_t h, int64_t most, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return wyn_str_new("", 0);
    int64_t when = poll_deadline(ms);
    size_t seen = 0;
    char *end = NULL;
    bool more = true;
    c->error = 0;
    while (more) {
        size_t have = c->to - c->from;
        end = have > seen ? memchr(c->buf + c->from + seen, '\n', have - seen) : NULL;
        seen = have;
        if (end != NULL) break;
        more = (int64_t)have <= most && conn_fill(c, h, fd, when);
        if ((int64_t)have > most) c->error = EMSGSIZE;
    }
    wyn_str *s;
    if (end != NULL) {
        size_t n = (size_t)(end - (c->buf + c->from)), cr = n > 0 && end[-1] == '\r';
        s = wyn_str_new(c->buf + c->from, (int64_t)(n - cr));
        c->from += n + 1;
        if (c->from == c->to) c->from = c->to = 0;
    } else if (c->error == 0 && c->to > c->from) {
        s = take(c, c->to - c->from);
    } else {
        if (c->error == 0) c->error = EPIPE; /* the end, and no line */
        s = wyn_str_new("", 0);
    }
    conn_leave_read(h, c);
    return s;
}

/* ---- writing, closing ---- */

int64_t conn_write(Conn *c, int64_t h, int fd, const char *p, size_t n, int64_t when) {
    while (n > 0) {
        Layer *l = c->layer;
        ssize_t k = l != NULL ? l->write(l, p, n) : sys_send(fd, p, n);
        PollSide side = l != NULL ? l->wants : POLL_WRITE;
        if (k >= 0) {
            p += k;
            n -= (size_t)k;
        } else {
            k = conn_again(h, k, side, when, "write to a connection");
            if (k < 0) return k;
        }
    }
    return 0;
}

int64_t conn_send(int64_t h, const char *p, size_t n, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    int64_t when = poll_deadline(ms);
    conn_send_put(extra, h, fd, when); /* in order */
    int64_t bad = conn_write(extra, h, fd, p, n, when);
    poll_leave(h);
    return bad != 0 ? bad : (int64_t)n;
}

int64_t wyn_net_write(int64_t h, const wyn_str *s, int64_t ms) {
    return conn_send(h, s->bytes, (size_t)s->len, ms);
}

bool wyn_net_shutdown(int64_t h) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    Layer *l = ((Conn *)extra)->layer;
    if (l != NULL) l->finish(l);
    bool ok = shutdown(fd, SHUT_WR) == 0;
    poll_leave(h);
    return ok;
}

bool wyn_net_close(int64_t h) { return poll_close(h); }

int64_t wyn_net_error(int64_t h) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return EBADF;
    int64_t why = ((Conn *)extra)->error;
    poll_leave(h);
    return why;
}

wyn_str *wyn_net_error_text(int64_t code) {
    char text[128];
    const char *s = code == EPIPE      ? "the connection was closed by the other side"
                    : code == EBADF    ? "the connection is closed"
                    : code == ECONNABORTED ? "the connection was closed in the middle"
                    : code == ETIMEDOUT  ? "timed out"
                    : code == ENOENT    ? "no such host"
                    : code == EMSGSIZE  ? "the line is too long"
                                        : strerror_r((int)code, text, sizeof text);
    return wyn_str_new(s, (int64_t)strlen(s));
}
