/* conn_buffer.c - reading into a StringBuilder and writing from one: the bytes of a connection
 * without a string for each piece. */
#include <string.h>

#include "conn.h"
#include "wyn.h"

enum { ROOM_MOST = 64 << 10 };

/* The first bytes decide how large its buffer is: a piece alike shall not fill it. */
static ssize_t read_first(Conn *c, int64_t h, int fd, wyn_builder *b, int64_t when) {
    char *at;
    ssize_t n = conn_receive_first(c, h, fd, ROOM_MOST, when, &at);
    if (n <= 0) return n;
    wyn_buf *buf = wyn_builder_room(b, (size_t)n + (size_t)n / 4 + 64);
    memcpy(buf->data, at, (size_t)n);
    buf->len = (size_t)n;
    return n;
}

/* The same into its buffer, which grows when a piece has filled it. */
static ssize_t read_next(Conn *c, int64_t h, int fd, wyn_builder *b, int64_t when) {
    wyn_buf *buf = wyn_builder_room(b, 0);
    size_t room = (size_t)(buf->len < buf->cap ? buf->cap : 2 * buf->cap);
    buf = wyn_builder_room(b, room < ROOM_MOST ? room : ROOM_MOST);
    buf->len = 0;
    room = buf->cap < ROOM_MOST ? (size_t)buf->cap : ROOM_MOST;
    ssize_t n = conn_receive(c, h, fd, buf->data, room, when);
    buf->len = n < 0 ? 0 : (size_t)n;
    return n;
}

/* The bytes read, which are all the builder holds then; 0 at the end, or a negative errno. */
int64_t wyn_net_read_into(int64_t h, wyn_builder *b, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return -EBADF;
    size_t kept = c->to - c->from;
    if (conn_many() && kept == 0) wyn_builder_clear(b);
    bool has = wyn_builder_room(b, kept)->cap > 0;
    int64_t when = poll_deadline(ms);
    ssize_t n = has ? read_next(c, h, fd, b, when) : read_first(c, h, fd, b, when);
    c->error = n < 0 ? (int)-n : 0;
    conn_leave_read(h, c);
    return n;
}

int64_t wyn_net_write_builder(int64_t h, wyn_builder *b, int64_t ms) {
    const wyn_buf *buf = wyn_builder_room(b, 0);
    return conn_send(h, buf->data, (size_t)buf->len, ms);
}
