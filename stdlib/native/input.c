/* input.c - standard input by lines. stdout is flushed before the process waits for input. The
 * buffer belongs to whoever holds the gate, so a line goes to one task whole; the others wait. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "blocking.h"
#include "wyn_inline.h"

static _Atomic(wyn_mutex *) gate; /* made by the first who reads */
static char buffer[16384];        /* these under the gate */
static size_t at, end;
static bool ended;

static void enter(void) {
    wyn_mutex *g = atomic_load_explicit(&gate, memory_order_acquire); /* with the CAS below */
    if (g == NULL) {
        const int64_t none = 0;
        wyn_mutex *made = wyn_mutex_new(&wyn_type_int, &none);
        if (atomic_compare_exchange_strong(&gate, &g, made)) g = made;
    }
    wyn_mutex_lock(g, NULL);
}

static void leave(void) {
    wyn_mutex_unlock(atomic_load_explicit(&gate, memory_order_relaxed), NULL);
}

static void read_block(void *got) {
    do *(ssize_t *)got = read(STDIN_FILENO, buffer, sizeof buffer);
    while (*(ssize_t *)got < 0 && errno == EINTR);
}

/* A file is read here; from a terminal or a pipe input may take its time, and tasks go on. */
static bool refill(void) {
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t n;
    wyn_flush();
    if (poll(&in, 1, 0) > 0) read_block(&n);
    else blocking_call(read_block, &n, "reading input", NULL);
    at = 0;
    end = n > 0 ? (size_t)n : 0;
    ended = n <= 0;
    return n > 0;
}

static wyn_str *next_line(void) {
    wyn_text t;
    wyn_text_open(&t);
    for (bool done = false; !done && (at < end || refill());) {
        const char *nl = memchr(buffer + at, '\n', end - at);
        size_t n = (nl == NULL ? end : (size_t)(nl - buffer)) - at;
        wyn_text_bytes(&t, buffer + at, n);
        at += n + (nl != NULL);
        done = nl != NULL;
    }
    if (t.len > 0 && t.p[t.len - 1] == '\r') t.len--;
    return wyn_text_take(&t);
}

static bool at_eof(void) { return ended || (at == end && !refill()); }

static bool is_blank(const wyn_str *line) {
    for (int64_t i = 0; i < line->len; i++) {
        if (line->bytes[i] != ' ' && line->bytes[i] != '\t') return false;
    }
    return true;
}

/* The next line that is not blank; "" at the end. */
static wyn_str *full_line(void) {
    enter();
    wyn_str *line = next_line();
    while (is_blank(line) && !ended) line = next_line();
    leave();
    return line;
}

/* ---- what the library calls ---- */

wyn_str *wyn_input_line(void) {
    enter();
    wyn_str *line = next_line();
    leave();
    return line;
}

wyn_str *wyn_input_line_opt(void) {
    enter();
    wyn_str *line = at_eof() ? NULL : next_line();
    leave();
    return line;
}

wyn_str *wyn_input_all(void) {
    wyn_text t;
    wyn_text_open(&t);
    enter();
    while (at < end || refill()) {
        wyn_text_bytes(&t, buffer + at, end - at);
        at = end;
    }
    leave();
    return wyn_text_take(&t);
}

/* The next number, a line each; 0 when the line is none. */
int64_t wyn_input_int(void) {
    wyn_str *line = full_line();
    return wyn_str_is_int(line) ? wyn_str_to_int(line) : 0;
}

double wyn_input_float(void) {
    wyn_str *line = full_line();
    return wyn_str_is_float(line) ? wyn_str_to_float(line) : 0.0;
}
