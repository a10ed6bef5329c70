/* process.c - other programs, started from an argument vector without a shell. A process is driven
 * by steps that wait a few milliseconds at most, so that the tasks of its worker go on meanwhile.
 * The pipes are closed and the child is reaped when it ends, is killed, or when the collector finds
 * that nothing refers to the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wyn_inline.h"

extern char **environ;

typedef struct process {
    pid_t pid;            /* 0: never started or reaped */
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

static bool reap(process *p, bool wait) {
    int status;
    pid_t got;
    if (p->pid == 0) return true;
    do got = waitpid(p->pid, &status, wait ? 0 : WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0) return false;
    p->pid = 0;
    p->status = got < 0 ? 255 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

static void process_drop(void *object) {
    process *p = object;
    pipes_close(p);
    reap(p, false);
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
process *wyn_process_start(wyn_array *argv, const wyn_str *dir, wyn_array *env);
process *wyn_process_start(wyn_array *argv, const wyn_str *dir, wyn_array *env) {
    process *p = wyn_alloc(sizeof *p);
    int ends[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    p->in = p->out[0] = p->out[1] = -1;
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
    wyn_on_drop(p, process_drop);
    return p;
}

int64_t wyn_process_error(const process *p);
int64_t wyn_process_error(const process *p) { return p->error; }

int64_t wyn_process_pid(const process *p);
int64_t wyn_process_pid(const process *p) { return p->pid; }

/* More text for its input; the last one closes it. */
void wyn_process_give(process *p, const wyn_str *text, bool last);
void wyn_process_give(process *p, const wyn_str *text, bool last) {
    wyn_str *rest = wyn_str_new(p->input->bytes + p->given, p->input->len - p->given);
    p->input = rest->len == 0 ? text : wyn_str_concat2(rest, text);
    p->given = 0;
    p->close_input |= last;
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
    else if (n == 0 || errno != EINTR) fd_close(&p->out[i]);
}

/* Moves what can be moved, waiting at most ms; true when it has ended and all was read. */
bool wyn_process_step(process *p, int64_t ms);
bool wyn_process_step(process *p, int64_t ms) {
    if (p->in >= 0 && p->given == p->input->len && p->close_input) fd_close(&p->in);
    bool writing = p->in >= 0 && p->given < p->input->len;
    struct pollfd fds[3] = {{writing ? p->in : -1, POLLOUT, 0},
                            {p->out[0], POLLIN, 0}, {p->out[1], POLLIN, 0}};
    bool open = p->out[0] >= 0 || p->out[1] >= 0;
    int n = open || writing ? poll(fds, 3, (int)ms) : 0;
    if (n > 0 && fds[0].revents) write_some(p);
    if (n > 0 && fds[1].revents) read_some(p, 0);
    if (n > 0 && fds[2].revents) read_some(p, 1);
    if (p->out[0] >= 0 || p->out[1] >= 0) return false;
    if (reap(p, false)) return true;
    if (!open) poll(NULL, 0, (int)ms); /* it closed its pipes and lives on */
    return false;
}

/* What it printed since the last call: 0 output, 1 errors. */
wyn_str *wyn_process_taken(process *p, int64_t which);
wyn_str *wyn_process_taken(process *p, int64_t which) {
    wyn_str *s = wyn_text_take(&p->text[which != 0]);
    p->text[which != 0].len = 0;
    return s;
}

/* A line with its end out of what it printed; NULL when there is no whole one. */
wyn_str *wyn_process_line(process *p);
wyn_str *wyn_process_line(process *p) {
    wyn_text *t = &p->text[0];
    const char *nl = memchr(t->p, '\n', t->len);
    if (!nl && p->out[0] >= 0) return NULL;
    size_t n = nl ? (size_t)(nl - t->p) + 1 : t->len;
    if (n == 0) return NULL;
    wyn_str *s = wyn_str_new(t->p, (int64_t)n);
    memmove(t->p, t->p + n, t->len - n);
    t->len -= n;
    return s;
}

bool wyn_process_output_open(const process *p);
bool wyn_process_output_open(const process *p) { return p->out[0] >= 0; }

void wyn_process_kill(process *p, int64_t signal);
void wyn_process_kill(process *p, int64_t signal) {
    if (p->pid > 0) kill(p->pid, (int)signal);
}

/* Ends it: closes its pipes and waits for it after SIGKILL. */
void wyn_process_end(process *p);
void wyn_process_end(process *p) {
    wyn_process_kill(p, SIGKILL);
    reap(p, true);
    pipes_close(p);
}

/* Its exit status, 128 + n after signal n, -1 while it runs. */
int64_t wyn_process_status(const process *p);
int64_t wyn_process_status(const process *p) { return p->status; }
