/* tls.c - TLS under a connection, by OpenSSL.
 * The library is opened when the first connection asks for it, so that a program that never does
 * carries nothing of it and needs no header to be built. Certificates are checked against those of
 * the system, and the name of the host against the certificate; TLS 1.2 is the least. A session
 * is not used by two tasks at once: reading and writing take its lock. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "conn.h"
#include "wyn.h"

enum { WANT_READ = 2, WANT_WRITE = 3, ZERO_RETURN = 6, VERIFY_PEER = 1, FILE_PEM = 1 };
enum { CTRL_SNI = 55, CTRL_MODE = 33, CTRL_MIN_VERSION = 123, VERSION_1_2 = 0x303 };
enum { MODES = 1 | 2 | 16 }; /* partial writes, moving buffers, release of buffers */

#define FUNCTIONS(F)                                                                              \
    F(void *, TLS_client_method, (void))                                                          \
    F(void *, TLS_server_method, (void))                                                          \
    F(void *, SSL_CTX_new, (void *))                                                              \
    F(int, SSL_CTX_set_default_verify_paths, (void *))                                            \
    F(int, SSL_CTX_load_verify_locations, (void *, const char *, const char *))                   \
    F(void, SSL_CTX_set_verify, (void *, int, void *))                                            \
    F(void, SSL_CTX_free, (void *))                                                               \
    F(long, SSL_CTX_ctrl, (void *, int, long, void *))                                            \
    F(int, SSL_CTX_use_certificate_chain_file, (void *, const char *))                            \
    F(int, SSL_CTX_use_PrivateKey_file, (void *, const char *, int))                              \
    F(void *, SSL_new, (void *))                                                                  \
    F(void, SSL_free, (void *))                                                                   \
    F(int, SSL_set_fd, (void *, int))                                                             \
    F(long, SSL_ctrl, (void *, int, long, void *))                                                \
    F(int, SSL_set1_host, (void *, const char *))                                                 \
    F(void *, SSL_get0_param, (void *))                                                           \
    F(int, X509_VERIFY_PARAM_set1_ip_asc, (void *, const char *))                                 \
    F(int, SSL_connect, (void *))                                                                 \
    F(int, SSL_accept, (void *))                                                                  \
    F(int, SSL_read, (void *, void *, int))                                                       \
    F(int, SSL_write, (void *, const void *, int))                                                \
    F(int, SSL_shutdown, (void *))                                                                \
    F(int, SSL_get_error, (const void *, int))                                                    \
    F(long, SSL_get_verify_result, (const void *))                                                \
    F(const char *, X509_verify_cert_error_string, (long))                                        \
    F(unsigned long, ERR_get_error, (void))                                                       \
    F(void, ERR_clear_error, (void))                                                              \
    F(const char *, ERR_reason_error_string, (unsigned long))

#define DECLARE(result, name, arguments) static result(*name) arguments;
FUNCTIONS(DECLARE)

typedef struct Tls {
    Layer layer;
    pthread_mutex_t lock;
    Conn *conn;
    void *ssl;
    bool broken;
} Tls;

typedef struct ServerContext {
    char *cert, *key;
    void *context;
    struct ServerContext *next;
} ServerContext;

static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static bool tried, loaded;
static _Atomic(void *) client_context; /* acquire here, release in start_client */
static ServerContext *server_contexts; /* under start_lock, which no wait holds */

static void load_library(void) {
    void *lib = dlopen("libssl.so.3", RTLD_NOW | RTLD_GLOBAL);
    if (lib == NULL) lib = dlopen("libssl.so", RTLD_NOW | RTLD_GLOBAL);
    loaded = lib != NULL;
#define FIND(result, name, arguments)                                                             \
    if (loaded) {                                                                                 \
        void *at = dlsym(lib, #name);                                                             \
        memcpy(&name, &at, sizeof at);                                                            \
        loaded = at != NULL;                                                                      \
    }
    FUNCTIONS(FIND)
}

static void *context_new(bool server) {
    void *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_ctrl(context, CTRL_MIN_VERSION, VERSION_1_2, NULL);
    SSL_CTX_ctrl(context, CTRL_MODE, MODES, NULL);
    return context;
}

/* Under start_lock. */
static bool library_is_there(void) {
    if (!tried) load_library();
    tried = true;
    return loaded;
}

/* On a thread of the pool: it reads files. */
static void start_client(void *unused) {
    (void)unused;
    pthread_mutex_lock(&start_lock);
    void *context = atomic_load_explicit(&client_context, memory_order_relaxed);
    if (library_is_there() && context == NULL && (context = context_new(false)) != NULL) {
        SSL_CTX_set_default_verify_paths(context);
        const char *more = getenv("SSL_CERT_FILE"); /* OpenSSL reads it only where it is built so */
        if (more != NULL) SSL_CTX_load_verify_locations(context, more, NULL);
        SSL_CTX_set_verify(context, VERIFY_PEER, NULL);
        atomic_store_explicit(&client_context, context, memory_order_release);
    }
    pthread_mutex_unlock(&start_lock);
}

static void why(Conn *c, const char *text) {
    free(c->why);
    c->why = strdup(text);
}

static void why_ssl(Conn *c) {
    const char *text = ERR_reason_error_string(ERR_get_error());
    if (text != NULL && strcmp(text, "wrong version number") == 0)
        text = "the other side does not speak TLS here (wrong version number)";
    why(c, text == NULL ? "the connection was closed" : text);
}

static void why_refused(Conn *c, long verified, const char *host) {
    char text[512];
    snprintf(text, sizeof text, "the certificate of %.200s is refused: %s", host,
             X509_verify_cert_error_string(verified));
    why(c, text);
}

/* ---- the layer ---- */

/* What a call of the library gave, as a layer gives it. Under the lock. */
static ssize_t outcome(Tls *t, int n) {
    if (n > 0) return n;
    switch (SSL_get_error(t->ssl, n)) {
    case WANT_READ: t->layer.wants = POLL_READ; return -EAGAIN;
    case WANT_WRITE: t->layer.wants = POLL_WRITE; return -EAGAIN;
    case ZERO_RETURN: return 0;
    default:
        t->broken = true;
        why_ssl(t->conn);
        return -EPROTO;
    }
}

static ssize_t tls_read(Layer *l, char *to, size_t room) {
    Tls *t = (Tls *)l;
    pthread_mutex_lock(&t->lock);
    ERR_clear_error();
    ssize_t n = outcome(t, SSL_read(t->ssl, to, room > 1 << 30 ? 1 << 30 : (int)room));
    pthread_mutex_unlock(&t->lock);
    return n;
}

static ssize_t tls_write(Layer *l, const char *p, size_t n) {
    Tls *t = (Tls *)l;
    pthread_mutex_lock(&t->lock);
    ERR_clear_error();
    ssize_t k = outcome(t, SSL_write(t->ssl, p, n > 1 << 30 ? 1 << 30 : (int)n));
    pthread_mutex_unlock(&t->lock);
    return k == 0 ? -EPIPE : k;
}

static void tls_finish(Layer *l) {
    Tls *t = (Tls *)l;
    pthread_mutex_lock(&t->lock);
    if (!t->broken) SSL_shutdown(t->ssl); /* says goodbye; reading goes on */
    pthread_mutex_unlock(&t->lock);
}

static void tls_end(Layer *l) {
    Tls *t = (Tls *)l;
    if (!t->broken) SSL_shutdown(t->ssl); /* says goodbye, does not wait for an answer */
    SSL_free(t->ssl);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static __attribute__((noinline)) ssize_t step(Tls *t, bool client) {
    ERR_clear_error();
    return outcome(t, client ? SSL_connect(t->ssl) : SSL_accept(t->ssl));
}

/* Who the certificate has to be of. An address is no name for SNI. */
static void name_host(void *ssl, const char *host) {
    unsigned char address[16];
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    } else {
        SSL_ctrl(ssl, CTRL_SNI, 0, (void *)(uintptr_t)host);
        SSL_set1_host(ssl, host);
    }
}

/* 0, or a negative errno with the reason noted. */
static int64_t handshake(Conn *c, int64_t h, int fd, void *context, const char *host, int64_t ms) {
    Tls *t = calloc(1, sizeof *t);
    if (t == NULL || (t->ssl = SSL_new(context)) == NULL || SSL_set_fd(t->ssl, fd) != 1) {
        if (t != NULL && t->ssl != NULL) SSL_free(t->ssl);
        free(t);
        why(c, "no memory");
        return -ENOMEM;
    }
    pthread_mutex_init(&t->lock, NULL);
    t->conn = c;
    t->layer = (Layer){tls_read, tls_write, tls_finish, tls_end, POLL_READ};
    if (host != NULL) name_host(t->ssl, host);
    int64_t when = poll_deadline(ms);
    ssize_t n, bad = 0;
    why(c, "timed out");
    do {
        n = step(t, host != NULL);
        if (n < 0) bad = conn_again(h, n, t->layer.wants, when, "TLS handshake");
    } while (n < 0 && bad == 0);
    if (n > 0) {
        c->layer = &t->layer;
        return 0;
    }
    long verified = SSL_get_verify_result(t->ssl);
    if (verified != 0 && host != NULL) why_refused(c, verified, host);
    if (bad == -ECANCELED) why(c, "the connection was closed");
    t->broken = true;
    tls_end(&t->layer);
    return n == 0 ? -EPIPE : bad;
}

static const char no_library[] = "TLS needs OpenSSL 3 (Debian package libssl3)";

/* TLS on a connection to that host: 0, or a negative errno; wyn_tls_error says more. */
int64_t wyn_tls_client(int64_t h, const wyn_str *host, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    void *context = atomic_load_explicit(&client_context, memory_order_acquire);
    if (context == NULL) {
        blocking_call(start_client, NULL, "loading certificates", NULL);
        context = atomic_load_explicit(&client_context, memory_order_acquire);
    }
    int64_t r = -ENOSYS;
    if (context == NULL) {
        why(extra, no_library);
    } else {
        r = handshake(extra, h, fd, context, host->bytes, ms);
    }
    poll_leave(h);
    return r;
}

typedef struct ServerCall {
    const char *cert, *key;
    void *context;   /* NULL: see why */
    const char *why; /* NULL: something else */
} ServerCall;

/* Under start_lock. */
static void *context_known(const ServerCall *call) {
    for (ServerContext *s = server_contexts; s != NULL; s = s->next) {
        if (strcmp(s->cert, call->cert) == 0 && strcmp(s->key, call->key) == 0) return s->context;
    }
    return NULL;
}

/* On a thread of the pool: it reads files. */
static void start_server(void *arg) {
    ServerCall *call = arg;
    pthread_mutex_lock(&start_lock);
    call->context = context_known(call);
    if (call->context == NULL && !library_is_there()) {
        call->why = no_library;
    } else if (call->context == NULL) {
        void *context = context_new(true);
        ServerContext *s = calloc(1, sizeof *s);
        ERR_clear_error();
        if (context != NULL && s != NULL &&
            SSL_CTX_use_certificate_chain_file(context, call->cert) == 1 &&
            SSL_CTX_use_PrivateKey_file(context, call->key, FILE_PEM) == 1) {
            *s = (ServerContext){strdup(call->cert), strdup(call->key), context, server_contexts};
            server_contexts = s;
            call->context = context;
        } else {
            call->why = ERR_reason_error_string(ERR_get_error());
            if (context != NULL) SSL_CTX_free(context);
            free(s);
        }
    }
    pthread_mutex_unlock(&start_lock);
}

/* The context for these files, or NULL with the reason in text. */
static void *server_context(const wyn_str *cert, const wyn_str *key, char *text, size_t room) {
    ServerCall call = {.cert = cert->bytes, .key = key->bytes};
    pthread_mutex_lock(&start_lock);
    call.context = context_known(&call);
    pthread_mutex_unlock(&start_lock);
    if (call.context == NULL) blocking_call(start_server, &call, "loading certificates", NULL);
    if (call.context != NULL) return call.context;
    if (call.why == no_library) {
        snprintf(text, room, "%s", no_library);
    } else {
        snprintf(text, room, "certificate %.150s, key %.150s: %s", call.cert, call.key,
                 call.why == NULL ? "cannot be read" : call.why);
    }
    return NULL;
}

/* Can these files be used? "", or why not. */
wyn_str *wyn_tls_check(const wyn_str *cert, const wyn_str *key) {
    char text[512];
    void *context = server_context(cert, key, text, sizeof text);
    return context != NULL ? wyn_str_empty : wyn_str_from_c(text);
}

int64_t wyn_tls_server(int64_t h, const wyn_str *cert, const wyn_str *key, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -EBADF;
    char text[512];
    void *context = server_context(cert, key, text, sizeof text);
    int64_t r = -EPROTO;
    if (context != NULL) {
        r = handshake(extra, h, fd, context, NULL, ms);
    } else {
        why(extra, text);
    }
    poll_leave(h);
    return r;
}

/* Why TLS failed on this connection. */
wyn_str *wyn_tls_error(int64_t h) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return wyn_str_from_c("the connection is closed");
    wyn_str *s = wyn_str_from_c(((Conn *)extra)->why);
    poll_leave(h);
    return s;
}
