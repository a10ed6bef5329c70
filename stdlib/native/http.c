/* http.c - what the HTTP client keeps for the whole process: the header lines to send with each
 * request, how the last request ended, and connections that may be used again. One lock. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poll.h"
#include "wyn.h"

enum { IDLE_MAX = 64 };

typedef struct Idle {
    char *key; /* "host:port"; malloc */
    int64_t handle;
} Idle;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *headers; /* "Name: value\r\n".. or NULL */
static int64_t last_status;
static char last_error[256];
static Idle idle[IDLE_MAX]; /* oldest first */
static int idle_count;

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

/* A connection used before, or -1. */
int64_t wyn_http_idle_take(const wyn_str *key) {
    int64_t handle = -1;
    pthread_mutex_lock(&lock);
    for (int i = idle_count; i-- > 0 && handle < 0;) {
        if (strcmp(idle[i].key, key->bytes) == 0) handle = idle_remove(i);
    }
    pthread_mutex_unlock(&lock);
    return handle;
}

void wyn_http_idle_put(const wyn_str *key, int64_t handle) {
    int64_t oldest = -1;
    char *copy = strdup(key->bytes);
    if (copy == NULL) {
        poll_close(handle);
        return;
    }
    pthread_mutex_lock(&lock);
    if (idle_count == IDLE_MAX) oldest = idle_remove(0);
    idle[idle_count++] = (Idle){copy, handle};
    pthread_mutex_unlock(&lock);
    if (oldest >= 0) poll_close(oldest);
}
