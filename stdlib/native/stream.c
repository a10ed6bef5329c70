/* stream.c - files read line by line and written piece by piece. A reader has a block of its own
 * and gives each line as a string of its own; its descriptor is closed at the end of the file, by
 * close, or when the collector finds that nothing refers to the reader any more. Writers are
 * streams of the C library, which flushes those that are open when the program ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "wyn_inline.h"

enum { BLOCK = 64 * 1024 };

typedef struct reader {
    int fd;     /* -1: closed */
    int error;  /* errno of a failed read */
    size_t at, have, room; /* what is left: buf[at..have) */
    char *buf;
} reader;

typedef struct writer {
    FILE *f; /* NULL: closed */
} writer;

wyn_str *wyn_stream_reason(int64_t error);
wyn_str *wyn_stream_reason(int64_t error) {
    return error == 0 ? wyn_str_empty : wyn_str_from_c(strerror((int)error));
}

static void reader_drop(void *object) {
    reader *r = object;
    if (r->fd >= 0) close(r->fd);
    r->fd = -1;
}

/* A reader whose error is set when the file cannot be opened. Descriptors of readers that were
 * dropped are looked for when there are none left. */
reader *wyn_reader_open(const wyn_str *path);
reader *wyn_reader_open(const wyn_str *path) {
    reader *r = wyn_alloc(sizeof *r);
    for (int tries = 0;; tries++) {
        r->fd = open(path->bytes, O_RDONLY | O_CLOEXEC);
        if (r->fd >= 0 || tries > 0 || (errno != EMFILE && errno != ENFILE)) break;
        wyn_drop_now();
    }
    if (r->fd < 0) {
        r->error = errno;
        return r;
    }
    wyn_on_drop(r, reader_drop);
    r->room = BLOCK;
    r->buf = wyn_alloc_atomic(BLOCK);
    return r;
}

int64_t wyn_reader_error(const reader *r);
int64_t wyn_reader_error(const reader *r) { return r->error; }

void wyn_reader_close(reader *r);
void wyn_reader_close(reader *r) { reader_drop(r); }

/* Reads a block behind what is left; false at the end. */
static bool reader_fill(reader *r) {
    if (r->fd < 0) return false;
    if (r->at > 0) memmove(r->buf, r->buf + r->at, r->have - r->at);
    r->have -= r->at;
    r->at = 0;
    if (r->have == r->room) {
        char *bigger = wyn_alloc_atomic(r->room * 2);
        memcpy(bigger, r->buf, r->have);
        r->buf = bigger;
        r->room *= 2;
    }
    ssize_t n;
    do n = read(r->fd, r->buf + r->have, r->room - r->have);
    while (n < 0 && errno == EINTR);
    if (n < 0) r->error = errno;
    if (n <= 0) reader_drop(r);
    else r->have += (size_t)n;
    return n > 0;
}

/* The next line without its end, NULL at the end of the file. */
wyn_str *wyn_reader_line(reader *r);
wyn_str *wyn_reader_line(reader *r) {
    size_t seen = 0;
    for (;;) {
        char *from = r->buf + r->at;
        char *nl = r->have - r->at > seen
                       ? memchr(from + seen, '\n', r->have - r->at - seen) : NULL;
        if (WYN_LIKELY(nl != NULL)) {
            r->at = (size_t)(nl + 1 - r->buf);
            if (nl > from && nl[-1] == '\r') nl--;
            return wyn_str_cut(from, nl - from, r->buf + r->have);
        }
        seen = r->have - r->at;
        if (reader_fill(r)) continue;
        if (r->have == r->at) return NULL;
        wyn_str *last = wyn_str_new(r->buf + r->at, (int64_t)(r->have - r->at));
        r->at = r->have;
        return last;
    }
}

/* Up to n bytes; "" at the end. */
wyn_str *wyn_reader_read(reader *r, int64_t n);
wyn_str *wyn_reader_read(reader *r, int64_t n) {
    if (n <= 0) return wyn_str_empty;
    size_t want = (size_t)n;
    while (r->have - r->at < want && reader_fill(r)) {}
    size_t left = r->have - r->at;
    if (want > left) want = left;
    wyn_str *s = wyn_str_new(r->buf + r->at, (int64_t)want);
    r->at += want;
    return s;
}

/* ---- writers ---- */

static void writer_drop(void *object) {
    writer *w = object;
    if (w->f) fclose(w->f);
    w->f = NULL;
}

/* NULL when the file cannot be opened; the reason is in *error. */
writer *wyn_writer_open(const wyn_str *path, bool append, wyn_array *error);
writer *wyn_writer_open(const wyn_str *path, bool append, wyn_array *error) {
    writer *w = wyn_alloc(sizeof *w);
    w->f = fopen(path->bytes, append ? "ae" : "we");
    if (w->f) {
        setvbuf(w->f, NULL, _IOFBF, BLOCK);
        wyn_on_drop(w, writer_drop);
    } else {
        int64_t code = errno;
        wyn_array_push_any(error, &code, &wyn_type_int);
    }
    return w;
}

bool wyn_writer_put(writer *w, const wyn_str *s);
bool wyn_writer_put(writer *w, const wyn_str *s) {
    return w->f && fwrite(s->bytes, 1, (size_t)s->len, w->f) == (size_t)s->len;
}

/* errno of what failed, 0 when all is well. */
int64_t wyn_writer_flush(writer *w);
int64_t wyn_writer_flush(writer *w) { return !w->f ? EBADF : fflush(w->f) == 0 ? 0 : errno; }

int64_t wyn_writer_close(writer *w);
int64_t wyn_writer_close(writer *w) {
    FILE *f = w->f;
    w->f = NULL;
    return f && fclose(f) != 0 ? errno : 0;
}
