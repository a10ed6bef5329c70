/* conn.h - what net.c and http_server.c know of a connection. */
#ifndef WYN_CONN_H
#define WYN_CONN_H

#include <errno.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "poll.h"

typedef struct HttpHead HttpHead;

typedef struct Conn {
    int error;            /* errno of the last call that gave "" */
    size_t from, to, cap; /* bytes [from, to) of buf were read and not yet asked for */
    char *buf;            /* malloc */
    HttpHead *head;       /* malloc; of a connection that speaks HTTP */
    int64_t listener;     /* that accepted it; 0: none */
    _Atomic bool idle;    /* waits for the first byte of a request */
} Conn;

/* Reads more behind what the buffer holds, which may move. False at the end, with error 0, or
 * after a failure. */
bool conn_fill(Conn *c, int64_t h, int fd, int64_t when);

/* Writes all of it; 0 or a negative errno. */
int64_t conn_write(int64_t h, int fd, const char *p, size_t n, int64_t when);

/* Of poll_open for connections. */
void conn_drop(void *extra);

#endif
