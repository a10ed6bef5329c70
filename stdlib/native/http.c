/* http.c - a client of HTTP/1.1 over plain connections: one request, one connection. The headers to
 * send and the last status and error belong to the process, under one lock. */
#define _GNU_SOURCE
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wyn.h"
#include "wyn_inline.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *headers; /* "Name: value\r\n".. or NULL */
static int64_t last_status;
static char last_error[160];

static void note(int64_t status, const char *error) {
    pthread_mutex_lock(&lock);
    last_status = status;
    snprintf(last_error, sizeof last_error, "%s", error);
    pthread_mutex_unlock(&lock);
}

typedef struct lookup {
    const char *host, *port;
    struct addrinfo *list;
    int status;
} lookup;

static void look_up(void *arg) {
    lookup *l = arg;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM};
    l->status = getaddrinfo(l->host, l->port, &want, &l->list);
}

static int dial(const char *host, const char *port) {
    lookup l = {.host = host, .port = port};
    int fd = -1;
    wyn_with_room(look_up, &l);
    if (l.status != 0) return -1;
    struct addrinfo *list = l.list;
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        struct timeval limit = {.tv_sec = 30};
        if (fd < 0) continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (connect(fd, a->ai_addr, a->ai_addrlen) == 0) continue;
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

static bool send_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* Everything until the other side closes; NUL-terminated. */
static char *receive_all(int fd, size_t *len) {
    size_t n = 0, cap = 0;
    char *text = NULL;
    for (;;) {
        if (cap - n < 2) {
            char *more = realloc(text, cap = cap ? cap * 2 : 8192);
            if (!more) break;
            text = more;
        }
        ssize_t k = recv(fd, text + n, cap - n - 1, 0);
        if (k <= 0) break;
        n += (size_t)k;
    }
    if (text) text[n] = 0;
    *len = n;
    return text;
}

/* Joins the pieces of a chunked body in place; its length. */
static size_t unchunk(char *body, size_t n) {
    size_t from = 0, to = 0;
    while (from < n) {
        char *end;
        size_t size = strtoul(body + from, &end, 16);
        end = strstr(end, "\r\n");
        if (!end || size == 0) break;
        from = (size_t)(end + 2 - body);
        if (size > n - from) size = n - from;
        memmove(body + to, body + from, size);
        to += size;
        from += size + 2;
    }
    return to;
}

static wyn_str *answer(char *text, size_t n) {
    char *body = text ? strstr(text, "\r\n\r\n") : NULL;
    int status = 0;
    if (!body || sscanf(text, "HTTP/%*s %d", &status) != 1) {
        note(0, "no answer");
        return wyn_str_empty;
    }
    *body = 0;
    body += 4;
    size_t len = n - (size_t)(body - text);
    if (strcasestr(text, "\ntransfer-encoding: chunked")) len = unchunk(body, len);
    note(status, "");
    return wyn_str_new(body, (int64_t)len);
}

/* The body of the answer; "" after a failure, see wyn_http_error. */
wyn_str *wyn_http_request(const wyn_str *method, const wyn_str *url, const wyn_str *body);
wyn_str *wyn_http_request(const wyn_str *method, const wyn_str *url, const wyn_str *body) {
    char host[256], port[16] = "80", *request;
    const char *at = url->bytes;
    if (strncmp(at, "http://", 7) != 0) {
        note(0, "only http:// addresses are supported");
        return wyn_str_empty;
    }
    at += 7;
    size_t n = strcspn(at, ":/?#");
    if (n == 0 || n >= sizeof host) {
        note(0, "bad address");
        return wyn_str_empty;
    }
    snprintf(host, sizeof host, "%.*s", (int)n, at);
    at += n;
    if (*at == ':') snprintf(port, sizeof port, "%.*s", (int)strspn(at + 1, "0123456789"), at + 1);
    at += strcspn(at, "/?#");
    pthread_mutex_lock(&lock);
    int k = asprintf(&request,
                     "%s %s%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                     "Content-Length: %lld\r\n%s\r\n",
                     method->bytes, *at == '/' ? "" : "/", at, host, (long long)body->len,
                     headers ? headers : "");
    pthread_mutex_unlock(&lock);
    if (k < 0) return wyn_str_empty;
    int fd = dial(host, port);
    size_t len = 0;
    char *text = NULL;
    bool sent = fd >= 0 && send_all(fd, request, (size_t)k) &&
                send_all(fd, body->bytes, (size_t)body->len);
    if (sent) text = receive_all(fd, &len);
    if (fd >= 0) close(fd);
    free(request);
    if (!sent) note(0, "cannot connect");
    wyn_str *result = sent ? answer(text, len) : wyn_str_empty;
    free(text);
    return result;
}

int64_t wyn_http_status(void);
int64_t wyn_http_status(void) {
    pthread_mutex_lock(&lock);
    int64_t status = last_status;
    pthread_mutex_unlock(&lock);
    return status;
}

wyn_str *wyn_http_error(void);
wyn_str *wyn_http_error(void) {
    char text[sizeof last_error];
    pthread_mutex_lock(&lock);
    memcpy(text, last_error, sizeof text);
    pthread_mutex_unlock(&lock);
    return wyn_str_new(text, (int64_t)strlen(text));
}

void wyn_http_header(const wyn_str *name, const wyn_str *value);
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

void wyn_http_clear_headers(void);
void wyn_http_clear_headers(void) {
    pthread_mutex_lock(&lock);
    free(headers);
    headers = NULL;
    pthread_mutex_unlock(&lock);
}
