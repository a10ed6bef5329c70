/* http.h - what http_wire.c, http_body.c and http_file.c know of a request or an answer.
 * In the connection's buffer, from c->from on: the head [0, size); the part of the body that was
 * asked for as a whole [size, size + body.len); at `taken` the bytes that nobody has looked at yet.
 * Results below 0 are negative errnos; from 100 on the status to answer with. */
#ifndef WYN_HTTP_H
#define WYN_HTTP_H

#include "conn.h"

enum { FIELDS_MAX = 100, HEAD_MAX = 64 << 10, HTTP_DRAIN = 256 << 10 };

typedef struct Span { /* in the buffer, from the start of the head */
    uint32_t at, len;
} Span;

/* What comes next. NONE: nothing, SIZED and CHUNK: `left` bytes, CHUNK_LINE: a line with a size,
 * AFTER_CHUNK: a chunk's line end, TRAILERS: lines up to an empty one, TO_END: until the end. */
typedef enum BodyState {
    BODY_NONE,
    BODY_SIZED,
    BODY_CHUNK_LINE,
    BODY_CHUNK,
    BODY_AFTER_CHUNK,
    BODY_TRAILERS,
    BODY_TO_END
} BodyState;

struct HttpHead {
    Span method, target;
    Span name[FIELDS_MAX], value[FIELDS_MAX];
    uint32_t fields, size; /* of the head with its empty line */
    size_t taken;          /* see above; 0: there is no head */
    Span body;             /* decoded in place */
    bool keep, v10, chunked, expect, answers_head;
    int status;     /* of an answer; 0: a request */
    int64_t length; /* -1: none given */

    BodyState state;
    int bad;               /* why the body could not be read, see above; 0: it could */
    size_t left;           /* bytes of the body or of its chunk that have not come */
    size_t total, extra;   /* bytes of the body so far, and of what stands around chunks */
    size_t whole, upload;  /* the most of a body asked for as a whole, and in pieces */
    int64_t ms;            /* for the body, or for each piece */
    size_t sent;           /* bytes of the body that were answered */
    size_t frame_at, frame_to; /* of a web socket: the next frame, the end of the message so far */
    int opcode;            /* of that message; 0: none has begun */
    bool said_close;       /* by this side */
    int64_t promised;      /* how many the answer's head names; below 0: see put_head */
};

/* After a head was read: what follows it. head: to a HEAD request. */
void body_begin(HttpHead *q, bool answer, bool head);

/* The next bytes of the body, at most `room`: [q->taken, q->taken + *n), which the caller takes
 * by body_take; *n 0: the end. Sends "100 Continue" when the client waits for it. */
int body_next(Conn *c, int64_t h, int fd, size_t room, size_t most, int64_t when, size_t *n);
void body_take(HttpHead *q, size_t n);

/* All of the body, into q->body. */
int body_whole(Conn *c, int64_t h, int fd, size_t most, int64_t when);

/* Reads what is left of a body, to the end; false when that is more than `most` bytes. */
bool body_drain(Conn *c, int64_t h, int fd, size_t most, int64_t when);

#endif
