/* process.c - other programs, started from an argument vector without a shell.
 * A process is driven by steps: each moves what can be moved and, if that was nothing, waits for
 * the next event. All that may come - its end, by a pidfd, and its pipes - is in an epoll set of
 * its own, level-triggered, which the netpoller watches as one descriptor: a wait holds no thread.
 * Invariant: a pipe that is closed and a child that is reaped have left the set, so an event is
 * always something to do. Tasks may share a process: `gate` lets one step at a time, also while it
 * waits; `lock` guards the words and is not held while anybody waits.
 * The pipes are closed and the child is reaped when it ends, is killed, or when the collector finds
 * that nothing refers to the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocking.h"
#include "poll.h"
#include "wyn_inline.h"

extern char **environ;

enum { IN, OUT, ERR, END }; /* events of the set */

typedef struct process {
    pthread_mutex_t lock;
    void *gate;           /* a semaphore, which the caller of a step holds */
    int64_t moves;        /* how often something was moved */
    pid_t pid;            /* 0: never started or reaped */
    int ended;            /* its pidfd, -1: reaped, or the kernel has none */
    int64_t events;       /* handle of the set, -1: none */
    bool watches_in;      /* the set has `in` */
    int error;            /* errno when it could not be started */
    int in, out[2];       /* our ends of its pipes, -1: closed */
    int64_t status;       /* -1 until it has ended */
    const wyn_str *input; /* for its standard input; `given` bytes are written */
    int64_t given;
    bool close_input;     /* once the input is written */
    wyn_text text[2];     /* what it printed */
} process;

static void fd_close(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void pipes_close(process *p) {
    fd_close(&p->in);
    fd_close(&p->out[0]);
    fd_close(&p->out[1]);
}

static void reap_blocking(void *arg) {
    siginfo_t end;
    pid_t pid = *(const pid_t *)arg;
    while (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
}

static bool reap(process *p, bool wait) {
    int status;
    pid_t got;
    if (p->pid == 0) return true;
    do got = waitpid(p->pid, &status, wait ? 0 : WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0) return false;
    p->pid = 0;
    fd_close(&p->ended);
    p->status = got < 0 ? 255 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

static void process_drop(void *object) {
    process *p = object;
    pipes_close(p);
    reap(p, false);
    fd_close(&p->ended);
    if (p->events >= 0) poll_close(p->events);
}

static void watch(int set, int fd, int what) {
    struct epoll_event e = {.events = what == IN ? EPOLLOUT : EPOLLIN, .data.u32 = (uint32_t)what};
    if (fd >= 0) epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
}

static void events_open(process *p) {
    int set = epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) return;
    p->ended = (int)syscall(SYS_pidfd_open, p->pid, 0);
    watch(set, p->out[0], OUT);
    watch(set, p->out[1], ERR);
    watch(set, p->ended, END);
    p->events = poll_open(set, NULL, NULL);
    if (p->events < 0) close(set);
}

static char **strings(wyn_array *list, bool environment) {
    size_t n = (size_t)list->buf->len, have = 0, k = 0;
    while (environment && environ[have]) have++;
    char **out = wyn_alloc((n + have + 1) * sizeof *out);
    wyn_str **s = (wyn_str **)(void *)list->buf->data;
    for (size_t i = 0; i < have; i++) {
        size_t name = strcspn(environ[i], "=") + 1;
        bool replaced = false;
        for (size_t j = 0; j < n; j++)
            replaced |= strncmp(s[j]->bytes, environ[i], name) == 0;
        if (!replaced) out[k++] = environ[i];
    }
    for (size_t i = 0; i < n; i++) out[k++] = s[i]->bytes;
    return out;
}

static int start(process *p, wyn_array *argv, const wyn_str *dir, wyn_array *env, int child[3]) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, defaults;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, child[i], i);
    if (dir->len > 0) posix_spawn_file_actions_addchdir_np(&actions, dir->bytes);
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char **args = strings(argv, false);
    int error = posix_spawnp(&p->pid, args[0], &actions, &attr, args, strings(env, true));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    if (error) p->pid = 0;
    return error;
}

/* NAME=value texts in env are added to the environment. */
process *wyn_process_start(wyn_array *argv, const wyn_str *dir, wyn_array *env, void *gate);
process *wyn_process_start(wyn_array *argv, const wyn_str *dir, wyn_array *env, void *gate) {
    process *p = wyn_alloc(sizeof *p);
    int ends[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    p->in = p->out[0] = p->out[1] = p->ended = -1;
    p->events = -1;
    pthread_mutex_init(&p->lock, NULL);
    p->gate = gate;
    p->status = -1;
    p->input = wyn_str_empty;
    for (int i = 0; i < 2; i++) {
        p->text[i].p = wyn_alloc_atomic(256);
        p->text[i].cap = 256;
    }
    if (argv->buf->len == 0) {
        p->error = EINVAL;
        return p;
    }
    wyn_flush();
    for (int i = 0; i < 3 && p->error == 0; i++)
        if (pipe2(ends[i], O_CLOEXEC) != 0) p->error = errno;
    if (p->error == 0)
        p->error = start(p, argv, dir, env, (int[3]){ends[0][0], ends[1][1], ends[2][1]});
    fd_close(&ends[0][0]);
    fd_close(&ends[1][1]);
    fd_close(&ends[2][1]);
    p->in = ends[0][1];
    p->out[0] = ends[1][0];
    p->out[1] = ends[2][0];
    if (p->error) {
        pipes_close(p);
        return p;
    }
    fcntl(p->in, F_SETFL, O_NONBLOCK);
    fcntl(p->out[0], F_SETFL, O_NONBLOCK);
    fcntl(p->out[1], F_SETFL, O_NONBLOCK);
    events_open(p);
    wyn_on_drop(p, process_drop);
    return p;
}

int64_t wyn_process_error(const process *p);
int64_t wyn_process_error(const process *p) { return p->error; }

int64_t wyn_process_pid(const process *p);
int64_t wyn_process_pid(const process *p) { return p->pid; }

/* Under the lock: its input is watched while there is something to write. */
static void input_watch(process *p, int set) {
    if (p->in >= 0 && p->given == p->input->len && p->close_input) fd_close(&p->in);
    bool writing = p->in >= 0 && p->given < p->input->len;
    if (writing && !p->watches_in) watch(set, p->in, IN);
    if (!writing && p->watches_in && p->in >= 0) epoll_ctl(set, EPOLL_CTL_DEL, p->in, NULL);
    p->watches_in = writing;
}

/* More text for its input; the last one closes it. */
void wyn_process_give(process *p, const wyn_str *text, bool last);
void wyn_process_give(process *p, const wyn_str *text, bool last) {
    pthread_mutex_lock(&p->lock);
    wyn_str *rest = wyn_str_new(p->input->bytes + p->given, p->input->len - p->given);
    p->input = rest->len == 0 ? text : wyn_str_concat2(rest, text);
    p->given = 0;
    p->close_input |= last;
    void *none; /* who waits in a step learns of it */
    int set = p->events < 0 ? -1 : poll_enter(p->events, &none);
    if (set >= 0) {
        input_watch(p, set);
        poll_leave(p->events);
    }
    pthread_mutex_unlock(&p->lock);
}

static void write_some(process *p) {
    sigset_t pipe, before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ssize_t n = write(p->in, p->input->bytes + p->given, (size_t)(p->input->len - p->given));
    int error = errno;
    if (n < 0 && error == EPIPE) sigtimedwait(&pipe, NULL, &(struct timespec){0, 0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (n >= 0) p->given += n;
    else if (error != EINTR && error != EAGAIN) fd_close(&p->in); /* it reads no more */
}

static void read_some(process *p, int i) {
    char block[16384];
    ssize_t n = read(p->out[i], block, sizeof block);
    if (n > 0) wyn_text_bytes(&p->text[i], block, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN)) fd_close(&p->out[i]);
}

/* Under the lock: moves what can be moved. False: nothing could be. */
static bool move(process *p, int set) {
    struct epoll_event e[4];
    int n = epoll_wait(set, e, 4, 0);
    for (int i = 0; i < n; i++) {
        switch (e[i].data.u32) {
        case IN: write_some(p); break;
        case OUT: read_some(p, 0); break;
        case ERR: read_some(p, 1); break;
        case END: reap(p, false); break;
        }
    }
    p->moves += n > 0;
    return n > 0;
}

static bool is_over(const process *p) {
    return p->pid == 0 && p->out[0] < 0 && p->out[1] < 0;
}

/* Moves what can be moved; if that is nothing, waits for it at most ms (-1: for ever), but not when
 * something was moved since wyn_process_moves gave `seen` (-1: no matter). True when it has ended
 * and all was read. The caller holds the gate. */
bool wyn_process_step(process *p, int64_t ms, int64_t seen);
bool wyn_process_step(process *p, int64_t ms, int64_t seen) {
    void *none;
    int set = p->events < 0 ? -1 : poll_enter(p->events, &none);
    if (set < 0) return reap(p, false);
    pthread_mutex_lock(&p->lock);
    input_watch(p, set);
    bool moved = (seen >= 0 && seen != p->moves) || move(p, set);
    if (p->out[0] < 0 && p->out[1] < 0) reap(p, false);
    bool over = is_over(p);
    bool blind = p->pid != 0 && p->ended < 0; /* nothing would tell of its end */
    pthread_mutex_unlock(&p->lock);
    if (!moved && !over && ms != 0) {
        int64_t longest = blind && (ms < 0 || ms > 10) ? 10 : ms;
        poll_wait(p->events, POLL_READ, poll_deadline(longest), "waiting for a process", NULL);
    }
    poll_leave(p->events);
    return over;
}

void *wyn_process_gate(const process *p);
void *wyn_process_gate(const process *p) { return p->gate; }

bool wyn_process_is_over(process *p);
bool wyn_process_is_over(process *p) {
    pthread_mutex_lock(&p->lock);
    bool over = is_over(p);
    pthread_mutex_unlock(&p->lock);
    return over;
}

int64_t wyn_process_moves(const process *p);
int64_t wyn_process_moves(const process *p) { return __atomic_load_n(&p->moves, __ATOMIC_RELAXED); }

/* What it printed since the last call: 0 output, 1 errors. */
wyn_str *wyn_process_taken(process *p, int64_t which);
wyn_str *wyn_process_taken(process *p, int64_t which) {
    pthread_mutex_lock(&p->lock);
    wyn_str *s = wyn_text_take(&p->text[which != 0]);
    p->text[which != 0].len = 0;
    pthread_mutex_unlock(&p->lock);
    return s;
}

static wyn_str *line_take(process *p, int64_t which) {
    wyn_text *t = &p->text[which];
    const char *nl = memchr(t->p, '\n', t->len);
    if (!nl && p->out[which] >= 0) return NULL;
    size_t n = nl ? (size_t)(nl - t->p) + 1 : t->len;
    if (n == 0) return NULL;
    wyn_str *s = wyn_str_new(t->p, (int64_t)n);
    memmove(t->p, t->p + n, t->len - n);
    t->len -= n;
    return s;
}

/* A line with its end out of what it printed (0 output, 1 errors); NULL: there is no whole one. */
wyn_str *wyn_process_line(process *p, int64_t which);
wyn_str *wyn_process_line(process *p, int64_t which) {
    pthread_mutex_lock(&p->lock);
    wyn_str *s = line_take(p, which != 0);
    pthread_mutex_unlock(&p->lock);
    return s;
}

bool wyn_process_output_open(process *p, int64_t which);
bool wyn_process_output_open(process *p, int64_t which) {
    pthread_mutex_lock(&p->lock);
    bool open = p->out[which != 0] >= 0 || p->text[which != 0].len > 0;
    pthread_mutex_unlock(&p->lock);
    return open;
}

void wyn_process_kill(process *p, int64_t signal);
void wyn_process_kill(process *p, int64_t signal) {
    if (p->pid > 0) kill(p->pid, (int)signal);
}

/* Ends it: closes its pipes and waits for it after SIGKILL. */
void wyn_process_end(process *p);
void wyn_process_end(process *p) {
    wyn_process_kill(p, SIGKILL);
    pid_t pid = p->pid;
    if (pid > 0) blocking_call(reap_blocking, &pid, "waiting for a process", NULL);
    pthread_mutex_lock(&p->lock);
    reap(p, true);
    pipes_close(p);
    pthread_mutex_unlock(&p->lock);
}

/* Its exit status, 128 + n after signal n, -1 while it runs. */
int64_t wyn_process_status(const process *p);
int64_t wyn_process_status(const process *p) { return p->status; }
