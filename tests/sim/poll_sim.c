/* The netpoller: every byte reaches its reader, whatever he was about to do; a deadline ends a wait
 * when it is over, not before; a close ends all waits of its handle, and the descriptor stays open
 * for who is inside, so that nobody works on the one that has its number next. Pipes are the
 * system's own (system.c). */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "blocking.h"
#include "poll.h"

const char wyn_names[] = "";
const int sim_threads = 0;

enum { STREAMS = 3, BYTES = 5, CLOSED = 2, READERS = 4 };
static const wyn_site site = {"sim.wyn", "main", 3};

typedef struct Pipe {
    int64_t handle; /* of the end that is read */
    int to;
    bool silent;   /* nothing is ever written */
    bool answered; /* the next byte is written when this one was read */
    _Atomic int read;
    int drops, closes;
} Pipe;

static Pipe streams[STREAMS], closed[CLOSED], ended;

static void on_drop(void *extra) {
    Pipe *p = extra;
    OK(p->drops == 0);
    p->drops++;
}

static void pipe_make(Pipe *p) {
    int ends[2];
    OK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    p->drops = p->closes = 0;
    p->to = ends[1];
    p->handle = poll_open(ends[0], p, on_drop);
    OK(p->handle >= 0);
}

/* A byte, -1: closed, -2: its end, -3: the time is over. */
static int byte_read(Pipe *p, int64_t ms) {
    unsigned char c[2];
    void *extra;
    int64_t h = p->handle, when = poll_deadline(ms);
    int got = 0;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return -1;
    OK(extra == p);
    for (bool again = true; again;) {
        OK(p->drops == 0);
        ssize_t n = -1;
        if (!poll_is_drained(h)) {
            size_t room = 1 + (size_t)sim_random(2);
            n = read(fd, c, p->answered ? room : 1);
            OK(n == -1 ? errno == EAGAIN : n < 2);
            if (n > 0 && (size_t)n < room) poll_drained(h);
        }
        again = n < 0;
        got = n > 0 ? c[0] : -2;
        if (n >= 0) break;
        for (uint64_t k = sim_random(16); k > 0; k--) time_mono(); /* events come now */
        PollEnd end = poll_wait(h, POLL_READ, when, "read", &site);
        OK(p->drops == 0 && (end != POLL_CLOSED || p->closes > 0));
        OK(end != POLL_READY || !p->silent);
        if (end == POLL_READY) continue;
        OK(end == POLL_CLOSED || (when != 0 && time_mono() >= when));
        got = end == POLL_CLOSED ? -1 : -3;
        break;
    }
    poll_leave(h);
    return got;
}

static int64_t reads(int64_t i) {
    Pipe *p = &streams[i];
    for (int want = 0; want <= BYTES;) {
        int got = byte_read(p, p->answered ? -1 : (int64_t)sim_random(4) - 2);
        if (got == -3) continue;
        OK(got == (want < BYTES ? want : -2));
        atomic_store(&p->read, ++want);
    }
    p->closes++;
    OK(poll_close(p->handle) && !poll_close(p->handle));
    return 1;
}

static void nap(void *unused) {
    (void)unused;
    struct timespec t = {0, (int64_t)sim_random((uint64_t)1 << (8 + sim_random(10)))};
    nanosleep(&t, NULL);
}

static void writes(Pipe *p, void (*pause)(void)) {
    for (unsigned char c = 0; c < BYTES; c++) {
        pause();
        while (p->answered && atomic_load(&p->read) < c) pause();
        OK(write(p->to, &c, 1) == 1);
    }
    while (p->answered && atomic_load(&p->read) < BYTES) pause();
    close(p->to);
}

/* By a task, which sleeps or comes back from the pool of threads. */
static void pause_task(void) {
    if (sim_random(2) == 0) {
        wyn_time_sleep((int64_t)sim_random(3));
    } else {
        blocking_call(nap, NULL, "nap", &site);
    }
}

static int64_t task_writes(int64_t i) {
    writes(&streams[i], pause_task);
    return 1;
}

/* By a thread that the runtime does not know. */
static void pause_thread(void) { nap(NULL); }

static void *thread_writes(void *i) {
    writes(&streams[(intptr_t)i], pause_thread);
    return NULL;
}

/* Nobody writes: it ends by the close. */
static int64_t waits(int64_t i) {
    int got;
    while ((got = byte_read(&closed[i], (int64_t)sim_random(4) - 2)) == -3) continue;
    OK(got == -1);
    return 1;
}

static int64_t closes(int64_t i) {
    if (sim_random(2) == 0) wyn_time_sleep((int64_t)sim_random(4));
    closed[i].closes++;
    return poll_close(closed[i].handle) ? 1 : 0;
}

/* All who read it see the end, as often as they look. */
static int64_t sees_end(int64_t unused) {
    (void)unused;
    void *extra;
    OK(byte_read(&ended, -1) == -2);
    OK(poll_enter(ended.handle, &extra) >= 0);
    for (int i = 0; i < 2; i++)
        OK(poll_wait(ended.handle, POLL_READ, 0, "end", &site) == POLL_READY);
    poll_leave(ended.handle);
    return 1;
}

static int64_t ends(int64_t unused) {
    (void)unused;
    for (int round = 0; round < 4; round++) {
        wyn_future *f[READERS];
        pipe_make(&ended);
        for (int i = 0; i < READERS; i++) f[i] = job(sees_end, 0);
        for (uint64_t n = sim_random(40); n > 0; n--) time_mono();
        close(ended.to);
        for (int i = 0; i < READERS; i++) OK(job_await(f[i]) == 1);
        OK(poll_close(ended.handle));
    }
    return 1;
}

/* The number of a descriptor that was closed is given to the next one. */
static int64_t reopened(int64_t i) {
    wyn_future *f[5];
    pipe_make(&closed[i]);
    closed[i].silent = true;
    for (int k = 0; k < 3; k++) f[k] = job(waits, i);
    for (int k = 3; k < 5; k++) f[k] = job(closes, i);
    OK(job_await(f[3]) + job_await(f[4]) == 1);
    static Pipe next[CLOSED];
    bool late = sim_random(2) == 0;
    for (int k = 0; late && k < 3; k++) OK(job_await(f[k]) == 1);
    int64_t old = closed[i].handle;
    pipe_make(&next[i]);
    void *extra;
    OK(next[i].handle != old && poll_enter(old, &extra) < 0 && !poll_close(old));
    OK(poll_wait(old, POLL_READ, 0, "read", &site) == POLL_CLOSED);
    for (int k = 0; !late && k < 3; k++) OK(job_await(f[k]) == 1);
    OK(closed[i].drops == 1);
    unsigned char c = 9;
    OK(write(next[i].to, &c, 1) == 1 && byte_read(&next[i], -1) == 9);
    OK(poll_close(next[i].handle) && next[i].drops == 1);
    close(closed[i].to);
    close(next[i].to);
    return 1;
}

int64_t wyn_main(void) {
    wyn_future *r[STREAMS], *c[CLOSED], *e;
    pthread_t outside;
    for (int i = 0; i < STREAMS; i++) {
        pipe_make(&streams[i]);
        streams[i].answered = sim_random(2) == 0;
    }
    int closed_ones = (int)sim_random(CLOSED + 1);
    for (int i = 0; i < STREAMS; i++) r[i] = job(reads, i);
    for (int i = 1; i < STREAMS; i++) job(task_writes, i);
    for (int i = 0; i < closed_ones; i++) c[i] = job(reopened, i);
    e = job(ends, 0);
    pthread_create(&outside, NULL, thread_writes, NULL);
    for (int i = 0; i < STREAMS; i++) OK(job_await(r[i]) == 1 && streams[i].drops == 1);
    OK(job_await(e) == 1);
    for (int i = 0; i < closed_ones; i++) OK(job_await(c[i]) == 1);
    return 0;
}
