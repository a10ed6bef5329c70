/* out.c - stdout and stderr. stdout has one buffer of its own: line by line on a terminal, else
 * filled up and flushed at exit, at a panic and before input is read. One print is one call here,
 * so lines never mix. A write error on stdout ends the process quietly with status 1. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base.h"
#include "config.h"

static char out_buffer[RT_OUT_BUFFER];
static size_t out_used;
static enum { OUT_UNKNOWN, OUT_LINES, OUT_BLOCKS } out_mode;

static pthread_mutex_t out_mutex = PTHREAD_MUTEX_INITIALIZER;

static bool out_enter(void) {
    if (!wyn_spawned) return false;
    pthread_mutex_lock(&out_mutex);
    return true;
}

static void out_leave(bool locked) {
    if (locked) pthread_mutex_unlock(&out_mutex);
}

static void write_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0) {
            if (errno == EINTR) continue;
            if (fd == STDOUT_FILENO) _exit(1);
            return;
        }
        p += done;
        n -= (size_t)done;
    }
}

static void out_flush(void) {
    size_t n = out_used;
    out_used = 0;
    write_all(STDOUT_FILENO, out_buffer, n);
}

void wyn_flush(void) {
    bool locked = out_enter();
    if (out_used > 0) out_flush();
    out_leave(locked);
}

/* Room for n bytes, or NULL when they must be written directly. */
static char *out_room(size_t n) {
    if (WYN_UNLIKELY(out_mode == OUT_UNKNOWN))
        out_mode = isatty(STDOUT_FILENO) ? OUT_LINES : OUT_BLOCKS;
    if (n > sizeof out_buffer - out_used) {
        out_flush();
        if (n > sizeof out_buffer) return NULL;
    }
    return out_buffer + out_used;
}

static void out_done(size_t n) {
    out_used += n;
    if (out_mode == OUT_LINES && out_used > 0 && out_buffer[out_used - 1] == '\n') out_flush();
}

static void out_write(const char *p, size_t n) {
    char *room = out_room(n);
    if (room == NULL) {
        write_all(STDOUT_FILENO, p, n);
        return;
    }
    memcpy(room, p, n);
    out_done(n);
}

void wyn_out_write(const char *p, size_t n) {
    bool locked = out_enter();
    out_write(p, n);
    out_leave(locked);
}

void wyn_println_str(const wyn_str *s) {
    size_t n = (size_t)s->len + 1;
    bool locked = out_enter();
    char *room = out_room(n);
    if (room == NULL) {
        write_all(STDOUT_FILENO, s->bytes, n - 1);
        out_write("\n", 1);
    } else {
        memcpy(room, s->bytes, n - 1);
        room[n - 1] = '\n';
        out_done(n);
    }
    out_leave(locked);
}

void wyn_print_str(const wyn_str *s) {
    wyn_out_write(s->bytes, (size_t)s->len);
    if (out_mode == OUT_LINES) wyn_flush();
}

void wyn_println_int(int64_t v) {
    char text[WYN_INT_TEXT];
    size_t n = wyn_int_write(text, v);
    text[n] = '\n';
    wyn_out_write(text, n + 1);
}

void wyn_println_float(double v) {
    char text[WYN_FLOAT_TEXT];
    size_t n = wyn_float_write(text, v);
    text[n] = '\n';
    wyn_out_write(text, n + 1);
}

void wyn_println_bool(bool v) {
    if (v) {
        wyn_out_write("true\n", 5);
    } else {
        wyn_out_write("false\n", 6);
    }
}

void wyn_text_print(wyn_text *t) {
    wyn_out_write(t->p, t->len);
    if (out_mode == OUT_LINES) wyn_flush();
}

void wyn_err_write(const char *p, size_t n) { write_all(STDERR_FILENO, p, n); }
