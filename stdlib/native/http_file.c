/* http_file.c - files that a server answers with, and the dates of HTTP. A path is opened below a
 * folder and never leaves it, neither by ".." nor by a link; the kernel sees to that (openat2), or,
 * where it cannot, the resolved path is compared. A file is named by a stamp (inode, time, size):
 * who sends it later opens it again and sees whether it is still the same, so that nothing is held
 * open between the head and the body, which may never be sent. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "wyn.h"
#include "wyn_inline.h"

enum { BLOCK = 64 << 10, SENDFILE = 1 << 20 };
enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* Is the open file below the folder, by the names that the system has for them? */
static bool is_below(const char *root, int fd) {
    char own[32], at[PATH_MAX], folder[PATH_MAX];
    snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(own, at, sizeof at - 1);
    if (n <= 0 || realpath(root, folder) == NULL) return false;
    at[n] = 0;
    size_t len = strlen(folder);
    return strncmp(at, folder, len) == 0 && (at[len] == '/' || at[len] == 0 || len == 1);
}

/* A descriptor, or -1. */
static int open_below(const wyn_str *root, const wyn_str *path) {
    const char *p = path->bytes;
    if (strlen(p) != (size_t)path->len || strlen(root->bytes) != (size_t)root->len) return -1;
    while (*p == '/') p++;
    int dir = open(root->len == 0 ? "." : root->bytes, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return -1;
    struct open_how how = {.flags = FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    if (*p == 0) p = ".";
    int fd = (int)syscall(SYS_openat2, dir, p, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
        fd = openat(dir, p, FLAGS);
        if (fd >= 0 && !is_below(root->len == 0 ? "." : root->bytes, fd)) {
            close(fd);
            fd = -1;
        }
    }
    close(dir);
    return fd;
}

typedef struct Stamp {
    int64_t kind, size, seconds, nanos, inode; /* kind 1: a file, 2: a folder, 0: neither */
} Stamp;

static Stamp stamp_of(int fd) {
    struct stat s;
    if (fd < 0 || fstat(fd, &s) != 0) return (Stamp){0};
    int kind = S_ISREG(s.st_mode) ? 1 : S_ISDIR(s.st_mode) ? 2 : 0;
    return (Stamp){kind, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec, (int64_t)s.st_ino};
}

/* kind, size, seconds, nanoseconds, inode. */
wyn_array *wyn_http_file_stamp(const wyn_str *root, const wyn_str *path) {
    int fd = open_below(root, path);
    Stamp s = stamp_of(fd);
    if (fd >= 0) close(fd);
    return wyn_array_of(&wyn_type_int, 5, &s);
}

/* The same file as when the stamp was made; -1: it is another one now, or gone. */
static int open_again(const wyn_str *root, const wyn_str *path, wyn_array *stamp) {
    int fd = open_below(root, path);
    Stamp now = stamp_of(fd);
    if (fd < 0 || stamp->buf->len != 5 || memcmp(&now, stamp->buf->data, sizeof now) != 0) {
        if (fd >= 0) close(fd);
        return -1;
    }
    return fd;
}

/* All of a small file, or less when it has changed. */
wyn_str *wyn_http_file_read(const wyn_str *root, const wyn_str *path, wyn_array *stamp) {
    int fd = open_again(root, path, stamp);
    if (fd < 0) return wyn_str_empty;
    size_t size = (size_t)((int64_t *)(void *)stamp->buf->data)[1], have = 0;
    char *block = malloc(size + 1);
    ssize_t n = block == NULL ? -1 : 1;
    while (have < size && n > 0) {
        n = pread(fd, block + have, size - have, (off_t)have);
        if (n > 0) have += (size_t)n;
    }
    close(fd);
    wyn_str *s = wyn_str_new(block, (int64_t)have);
    free(block);
    return s;
}

/* ---- sending ---- */

/* Not inlined: see conn_again. */
static __attribute__((noinline)) ssize_t sys_sendfile(int to, int from, off_t *at, size_t n) {
    ssize_t k = sendfile(to, from, at, n < SENDFILE ? n : SENDFILE);
    return k < 0 ? -errno : k;
}

/* By the kernel, without a copy here. */
static int64_t send_plain(int64_t h, int to, int from, off_t at, size_t n, int64_t ms) {
    for (size_t since = 0; n > 0;) {
        ssize_t k = sys_sendfile(to, from, &at, n);
        if (k == 0) return -EPROTO; /* it has become shorter */
        if (k < 0 && (k = conn_again(h, k, POLL_WRITE, poll_deadline(ms), "send a file")) < 0)
            return k;
        n -= (size_t)k;
        since += (size_t)k;
        if (since < 4 * SENDFILE) continue;
        since = 0; /* others may go on; nobody reads here meanwhile, who could miss an event */
        if (poll_wait(h, POLL_READ, poll_deadline(0), "send a file", NULL) == POLL_CLOSED)
            return -ECANCELED;
    }
    return 0;
}

static int64_t send_blocks(Conn *c, int64_t h, int to, int from, off_t at, size_t n, int64_t ms) {
    char *block = malloc(BLOCK);
    int64_t bad = block == NULL ? -ENOMEM : 0;
    while (n > 0 && bad == 0) {
        ssize_t k = pread(from, block, n < BLOCK ? n : BLOCK, at);
        if (k <= 0) bad = -EPROTO;
        if (k > 0) bad = conn_write(c, h, to, block, (size_t)k, poll_deadline(ms));
        if (k > 0) at += k, n -= (size_t)k;
    }
    free(block);
    return bad;
}

/* Bytes [at, at + n) of a file as a piece of the answer, within ms for each block. 0, -EPROTO: the
 * file is another one now, or what went wrong with the connection. */
int64_t wyn_http_file_send(int64_t h, const wyn_str *root, const wyn_str *path, wyn_array *stamp,
                           int64_t at, int64_t n, int64_t ms) {
    void *extra;
    int to = poll_enter(h, &extra);
    if (to < 0) return -EBADF;
    Conn *c = extra;
    HttpHead *q = c->head;
    int64_t bad = q == NULL || q->promised < 0 ? -EPIPE : 0;
    if (bad == 0 && !q->answers_head) {
        int from = open_again(root, path, stamp);
        bool fits = from >= 0 && n >= 0 && n <= q->promised - (int64_t)q->sent;
        bad = !fits              ? -EPROTO
              : c->layer == NULL ? send_plain(h, to, from, at, (size_t)n, ms)
                                 : send_blocks(c, h, to, from, at, (size_t)n, ms);
        if (from >= 0) close(from);
    }
    if (bad == 0) q->sent += (size_t)n;
    if (bad != 0 && q != NULL) q->keep = false;
    poll_leave(h);
    return bad;
}

/* ---- dates ---- */

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
wyn_str *wyn_http_date(int64_t seconds) {
    char text[64];
    time_t t = (time_t)seconds;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL) return wyn_str_empty;
    size_t n = strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    return wyn_str_new(text, (int64_t)n);
}

/* The seconds of a date in one of the three forms of RFC 9110, -1: it is none. */
int64_t wyn_http_date_of(const wyn_str *text) {
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %e %H:%M:%S %Y"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        const char *end = strptime(text->bytes, forms[i], &tm);
        if (end != NULL && *end == 0) return timegm(&tm);
    }
    return -1;
}
