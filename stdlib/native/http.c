/* http.c - what the HTTP client keeps for the whole process: the header lines to send with each
 * request, how the last request ended, and connections that may be used again: so many in all and
 * to one place, for so long. One lock. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "wyn.h"

enum { IDLE_MAX = 1024 };

typedef struct Idle {
    char *key; /* "host:port"; malloc */
    int64_t handle;
    int64_t until; /* poll_deadline */
} Idle;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *headers; /* "Name: value\r\n".. or NULL */
static int64_t last_status;
static char last_error[256];
static Idle idle[IDLE_MAX]; /* oldest first */
static int idle_count;
static int idle_limit = 64, place_limit = 16;
static int64_t idle_ms = 90000;

void wyn_http_note(int64_t status, const wyn_str *error) {
    pthread_mutex_lock(&lock);
    last_status = status;
    snprintf(last_error, sizeof last_error, "%s", error->bytes);
    pthread_mutex_unlock(&lock);
}

int64_t wyn_http_status(void) {
    pthread_mutex_lock(&lock);
    int64_t status = last_status;
    pthread_mutex_unlock(&lock);
    return status;
}

wyn_str *wyn_http_error(void) {
    char text[sizeof last_error];
    pthread_mutex_lock(&lock);
    memcpy(text, last_error, sizeof text);
    pthread_mutex_unlock(&lock);
    return wyn_str_from_c(text);
}

void wyn_http_header(const wyn_str *name, const wyn_str *value) {
    char *more;
    if (strpbrk(name->bytes, "\r\n:") || strpbrk(value->bytes, "\r\n")) return;
    pthread_mutex_lock(&lock);
    if (asprintf(&more, "%s%s: %s\r\n", headers ? headers : "", name->bytes, value->bytes) >= 0) {
        free(headers);
        headers = more;
    }
    pthread_mutex_unlock(&lock);
}

void wyn_http_clear_headers(void) {
    pthread_mutex_lock(&lock);
    free(headers);
    headers = NULL;
    pthread_mutex_unlock(&lock);
}

wyn_str *wyn_http_headers(void) {
    pthread_mutex_lock(&lock);
    char *copy = headers == NULL ? NULL : strdup(headers);
    pthread_mutex_unlock(&lock);
    wyn_str *s = wyn_str_from_c(copy);
    free(copy);
    return s;
}

/* Under the lock. */
static int64_t idle_remove(int i) {
    int64_t handle = idle[i].handle;
    free(idle[i].key);
    memmove(&idle[i], &idle[i + 1], (size_t)(--idle_count - i) * sizeof *idle);
    return handle;
}

/* Takes out the newest of that place (NULL: the oldest of all), or gives -1. */
static int64_t idle_pick(const char *key) {
    int64_t handle = -1;
    pthread_mutex_lock(&lock);
    for (int i = idle_count; key != NULL && i-- > 0 && handle < 0;) {
        if (strcmp(idle[i].key, key) == 0) handle = idle_remove(i);
    }
    if (key == NULL && idle_count > 0) handle = idle_remove(0);
    pthread_mutex_unlock(&lock);
    return handle;
}

/* Closes those that have waited for too long. */
static void idle_sweep(void) {
    for (int64_t handle = 0; handle >= 0;) {
        int64_t now = poll_deadline(0);
        handle = -1;
        pthread_mutex_lock(&lock);
        for (int i = 0; i < idle_count && handle < 0; i++) {
            if (idle[i].until <= now) handle = idle_remove(i);
        }
        pthread_mutex_unlock(&lock);
        if (handle >= 0) poll_close(handle);
    }
}

/* Nothing has come since the last answer, not even the end. */
static bool is_quiet(int64_t handle) {
    void *extra;
    int fd = poll_enter(handle, &extra);
    if (fd < 0) return false;
    const Conn *c = extra;
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    /* under a layer bytes may come that are no answer */
    bool quiet = n < 0 ? errno == EAGAIN : n > 0 && c->layer != NULL;
    poll_leave(handle);
    return quiet;
}

/* A connection used before, or -1. */
int64_t wyn_http_idle_take(const wyn_str *key) {
    int64_t handle;
    idle_sweep();
    while ((handle = idle_pick(key->bytes)) >= 0 && !is_quiet(handle)) poll_close(handle);
    return handle;
}

void wyn_http_idle_put(const wyn_str *key, int64_t handle) {
    int64_t oldest = -1;
    char *copy = strdup(key->bytes);
    int same = 0, first = -1;
    pthread_mutex_lock(&lock);
    for (int i = idle_count; i-- > 0;) {
        if (strcmp(idle[i].key, key->bytes) == 0) same++, first = i;
    }
    if (same > 0 && same >= place_limit) oldest = idle_remove(first);
    if (oldest < 0 && idle_count > 0 && idle_count >= idle_limit) oldest = idle_remove(0);
    if (copy != NULL && idle_limit > 0 && place_limit > 0) {
        idle[idle_count++] = (Idle){copy, handle, poll_deadline(idle_ms)};
        handle = -1;
        copy = NULL;
    }
    pthread_mutex_unlock(&lock);
    free(copy);
    if (oldest >= 0) poll_close(oldest);
    if (handle >= 0) poll_close(handle);
}

/* How many are kept in all and for one place, and for how long. Closes what is kept now. */
void wyn_http_idle_limit(int64_t all, int64_t place, int64_t ms) {
    pthread_mutex_lock(&lock);
    idle_limit = all < 0 ? 0 : all > IDLE_MAX ? IDLE_MAX : (int)all;
    place_limit = place < 0 ? 0 : place > IDLE_MAX ? IDLE_MAX : (int)place;
    idle_ms = ms < 0 ? 0 : ms;
    pthread_mutex_unlock(&lock);
    for (int64_t handle; (handle = idle_pick(NULL)) >= 0;) poll_close(handle);
}
