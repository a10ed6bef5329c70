/* file_lock.c - locks of files between processes (flock). Who has to wait does so on a thread of
 * the pool for blocking calls, or, with a limit of time, asks again after pauses that grow: the
 * system has no wait with a limit. The lock goes with its descriptor, so also when the process
 * dies. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "blocking.h"
#include "poll.h"
#include "wyn.h"

typedef struct LockCall {
    int fd, how, why;
} LockCall;

static void lock_call(void *arg) {
    LockCall *c = arg;
    while ((c->why = flock(c->fd, c->how) == 0 ? 0 : errno) == EINTR) {}
}

/* ms below 0: as long as it takes. The descriptor or a negative errno, -EWOULDBLOCK: somebody else
 * has it. The file is made if there is none. */
int64_t wyn_file_lock(const wyn_str *path, bool shared, int64_t ms) {
    int fd = open(path->bytes, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 && (errno == EACCES || errno == EROFS))
        fd = open(path->bytes, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    LockCall c = {.fd = fd, .how = (shared ? LOCK_SH : LOCK_EX) | LOCK_NB};
    int64_t until = poll_deadline(ms);
    lock_call(&c);
    for (int64_t pause = 1; c.why == EWOULDBLOCK && ms > 0 && poll_deadline(0) < until;) {
        wyn_sleep(pause, NULL);
        if (pause < 50) pause *= 2;
        lock_call(&c);
    }
    if (c.why == EWOULDBLOCK && ms < 0) {
        c.how &= ~LOCK_NB;
        blocking_call(lock_call, &c, "waiting for the lock of a file", NULL);
    }
    if (c.why == 0) return fd;
    close(fd);
    return -c.why;
}

void wyn_file_unlock(int64_t fd) { close((int)fd); }
