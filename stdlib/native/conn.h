/* conn.h - what net.c and http_server.c know of a connection. */
#ifndef WYN_CONN_H
#define WYN_CONN_H

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "poll.h"

typedef struct HttpHead HttpHead;

/* A layer between the socket and the reader. Calls as recv and send, but a failure is a negative
 * errno: -EAGAIN when they have to wait, for the direction that `wants` then says. */
typedef struct Layer {
    ssize_t (*read)(struct Layer *l, char *to, size_t room);
    ssize_t (*write)(struct Layer *l, const char *p, size_t n);
    void (*finish)(struct Layer *l); /* says that nothing more will be written */
    void (*end)(struct Layer *l);    /* frees it */
    PollSide wants;
} Layer;

enum { CONN_FREE, CONN_LOOKED_AT, CONN_READ };

typedef struct Conn {
    int error;            /* errno of the last call that gave "" */
    size_t from, to, cap; /* bytes [from, to) of buf were read and not yet asked for */
    char *buf;            /* malloc */
    HttpHead *head;       /* malloc; of a connection that speaks HTTP */
    Layer *layer;         /* NULL: none */
    char *why;            /* malloc; what the layer said of a failure, or NULL */
    int64_t listener;     /* that accepted it; 0: none */
    _Atomic bool idle;    /* waits for the first byte of a request */
    char *out;            /* malloc; [0, out_len) was put and not yet sent */
    size_t out_len, out_cap;
    _Atomic int reading;  /* CONN_..: who uses buf and head */
    atomic_flag putting;  /* held while out is looked at or changed: pairs with itself */
} Conn;

/* A handle for an open socket that `listener` accepted (0: none), or a negative errno with the
 * socket closed. */
int64_t conn_new(int fd, int64_t listener);

/* As poll_enter and poll_leave, for a call that reads: a panic when another one is at it, since
 * both would move the buffer. */
int conn_enter_read(int64_t h, Conn **c);
void conn_leave_read(int64_t h, Conn *c);

/* For a call that only looks at what was read, for a moment: false when the connection is closed or
 * a call reads, which moves the buffer. */
bool conn_look(int64_t h, Conn **c);
void conn_unlook(int64_t h, Conn *c);

/* Reads more behind what the buffer holds, which may move. False at the end, with error 0, or
 * after a failure. */
bool conn_fill(Conn *c, int64_t h, int fd, int64_t when);

/* Room for so many bytes behind what is there, if there is memory for it. */
void conn_reserve(Conn *c, size_t room);

/* Until n bytes are there, from c->from on: 0, or a negative errno. */
int conn_need(Conn *c, int64_t h, int fd, size_t n, int64_t when);

/* Are there so many connections that one that waits for a first byte should keep no memory? */
bool conn_many(void);

/* Then gives up what it has for the next head, if there is nothing in it. */
void conn_rest(Conn *c);

/* As conn_receive, without a buffer: *at is valid until the next call that may wait. */
ssize_t conn_receive_first(Conn *c, int64_t h, int fd, size_t room, int64_t when, char **at);

/* What has come, at most so much, after sending what was put: the bytes read, 0 at the end, or a
 * negative errno. */
ssize_t conn_receive(Conn *c, int64_t h, int fd, char *to, size_t room, int64_t when);

/* For a handle: what was put, then these bytes; how many, or a negative errno. */
int64_t conn_send(int64_t h, const char *p, size_t n, int64_t ms);

/* Sends what was put, before something else: a write, or a wait for the other side, which may wait
 * for it. A failure shows then. Another task that puts at this moment sends for itself. */
void conn_send_put(Conn *c, int64_t h, int fd, int64_t when);

/* Writes all of it; 0 or a negative errno. */
int64_t conn_write(Conn *c, int64_t h, int fd, const char *p, size_t n, int64_t when);

/* After a call that gave this negative errno: 0 when it is to be tried again, perhaps after a wait,
 * else the negative errno to give up with. (errno itself is not looked at in functions that wait:
 * compilers keep its address, and the thread may be another one afterwards.) */
ssize_t conn_again(int64_t h, ssize_t bad, PollSide side, int64_t when, const char *what);

/* The first address of a host and port ("" for all of this machine with AI_PASSIVE) of that family
 * and type: its length, or a negative errno. */
int net_address(const wyn_str *host, int64_t port, int family, int flags, int type,
                struct sockaddr_storage *out);

/* "1.2.3.4:80", "[::1]:80" or a path. */
wyn_str *net_address_text(const struct sockaddr_storage *a, socklen_t len, bool with_port);

/* Of poll_open for connections. */
void conn_drop(void *extra);

#endif
