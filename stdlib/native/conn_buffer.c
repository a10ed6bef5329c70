/* conn_buffer.c - reading into a StringBuilder and writing from one: the bytes of a connection
 * without a string for each piece. */
#include "conn.h"
#include "wyn.h"

enum { ROOM_FIRST = 4 << 10, ROOM_MOST = 64 << 10 };

/* The bytes read, which are all the builder holds then; 0 at the end, or a negative errno. Its
 * buffer stays; it grows when a piece has filled it. */
int64_t wyn_net_read_into(int64_t h, wyn_builder *b, int64_t ms) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return -EBADF;
    wyn_buf *buf = wyn_builder_room(b, 0);
    size_t room = (size_t)(buf->len < buf->cap ? buf->cap : 2 * buf->cap);
    if (room < ROOM_FIRST) room = ROOM_FIRST;
    if (room > ROOM_MOST) room = ROOM_MOST;
    buf = wyn_builder_room(b, room);
    buf->len = 0;
    room = buf->cap < ROOM_MOST ? (size_t)buf->cap : ROOM_MOST;
    ssize_t n = conn_receive(c, h, fd, buf->data, room, poll_deadline(ms));
    buf->len = n < 0 ? 0 : (size_t)n;
    c->error = n < 0 ? (int)-n : 0;
    conn_leave_read(h, c);
    return n;
}

int64_t wyn_net_write_builder(int64_t h, wyn_builder *b, int64_t ms) {
    const wyn_buf *buf = wyn_builder_room(b, 0);
    return conn_send(h, buf->data, (size_t)buf->len, ms);
}
