/* host_run.c - child processes: posix_spawn with an argument vector, never a shell; capture,
 * timeouts, several at a time; and what happens to them when a signal ends us.
 * The table of live children is read by the signal handler, so a slot is filled by storing its pid
 * last and freed by clearing it first. Signals are held back between spawn and that store. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <ucontext.h>
#include "host.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CHILDREN = 64, CAPTURE_MAX = 16 << 20, POLL_MS = 5, GRACE_NS = 1000000000 };
extern char **environ;

typedef struct Child {
    volatile pid_t pid; /* 0: free slot */
    bool grouped;       /* leads a process group of its own */
    u32 index;
    int pidfd, fds[2]; /* -1: closed */
    StrBuf bufs[2];
    u64 deadline; /* 0: none */
    bool timed_out, exited;
    int wait_status;
} Child;

static Child children[MAX_CHILDREN];
static volatile sig_atomic_t forwarding; /* the one child is the user's program: pass signals on */
static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void end_on_signal(int sig, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    for (u32 i = 0; i < MAX_CHILDREN; i++) {
        pid_t pid = children[i].pid;
        /* a key press reaches the whole foreground group by itself */
        if (!pid || (!children[i].grouped && info->si_code == SI_KERNEL)) continue;
        kill(children[i].grouped ? -pid : pid, sig);
    }
    if (!forwarding) {
        host_temp_clean();
        signal(sig, SIG_DFL);
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, sig);
        raise(sig);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    }
    errno = saved;
}

static void signals_watch(void) {
    static bool done;
    if (done) return;
    done = true;
    struct sigaction sa = {.sa_sigaction = end_on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&sa.sa_mask);
    for (u32 i = 0; i < COUNT_OF(ending_signals); i++) {
        struct sigaction old;
        sigaction(ending_signals[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) sigaction(ending_signals[i], &sa, NULL);
    }
}

void host_watch_signals(void) { signals_watch(); }

static void end_on_crash(int sig) {
    static const char text[] =
        "wync: internal error: it crashed\n"
        "This is a bug of the compiler, not of your program. Please report it with the source.\n";
    (void)sig;
    if (write(2, text, sizeof text - 1) < 0) _exit(EXIT_BUG);
    host_temp_clean();
    _exit(EXIT_BUG);
}

void host_catch_crashes(void) {
#if !defined(__SANITIZE_ADDRESS__)
    static _Alignas(16) char stack[1 << 16];
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    if (sigaltstack(&alternative, NULL) != 0) return;
    struct sigaction sa = {.sa_handler = end_on_crash, .sa_flags = SA_ONSTACK};
    sigemptyset(&sa.sa_mask);
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (u32 i = 0; i < COUNT_OF(crashes); i++) sigaction(crashes[i], &sa, NULL);
#else
    (void)end_on_crash;
#endif
}

typedef struct Deep {
    int (*fn)(void *);
    void *ctx;
    int result;
} Deep;
static Deep deep;

static void deep_entry(void) { deep.result = deep.fn(deep.ctx); }

int host_deep(int (*fn)(void *), void *ctx) {
    host_catch_crashes();
#if !defined(__SANITIZE_ADDRESS__)
    size_t size = (size_t)4 << 30;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
    void *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    ucontext_t here, there;
    if (stack != MAP_FAILED && getcontext(&there) == 0) {
        there.uc_stack.ss_sp = stack;
        there.uc_stack.ss_size = size;
        there.uc_link = &here;
        deep = (Deep){fn, ctx, 0};
        makecontext(&there, deep_entry, 0);
        swapcontext(&here, &there);
        return deep.result;
    }
#endif
    (void)deep_entry;
    return fn(ctx);
}

typedef struct Setup {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int pipes[2][2];
} Setup;

static void setup_open(Setup *s, const HostRun *run, const sigset_t *mask) {
    memset(s->pipes, -1, sizeof s->pipes);
    posix_spawn_file_actions_init(&s->files);
    posix_spawnattr_init(&s->attr);
    short flags = POSIX_SPAWN_SETSIGMASK;
    if (run->timeout_ms) {
        flags |= POSIX_SPAWN_SETPGROUP;
        posix_spawnattr_setpgroup(&s->attr, 0);
    }
    posix_spawnattr_setflags(&s->attr, flags);
    posix_spawnattr_setsigmask(&s->attr, mask);
    if (run->cwd) posix_spawn_file_actions_addchdir_np(&s->files, run->cwd);
    if (run->stdin_path)
        posix_spawn_file_actions_addopen(&s->files, 0, run->stdin_path, O_RDONLY, 0);
}

static bool setup_pipes(Setup *s, const HostRun *run) {
    if (!run->capture) return true;
    int n = run->merge ? 1 : 2;
    for (int i = 0; i < n; i++) {
        if (pipe2(s->pipes[i], O_CLOEXEC) != 0) return false;
        posix_spawn_file_actions_adddup2(&s->files, s->pipes[i][1], i + 1);
    }
    if (run->merge) posix_spawn_file_actions_adddup2(&s->files, s->pipes[0][1], 2);
    return true;
}

/* Closes our ends except those that the child hands to us. */
static void setup_close(Setup *s, bool keep_read_ends) {
    posix_spawn_file_actions_destroy(&s->files);
    posix_spawnattr_destroy(&s->attr);
    for (int i = 0; i < 2; i++) {
        if (s->pipes[i][1] >= 0) close(s->pipes[i][1]);
        if (!keep_read_ends && s->pipes[i][0] >= 0) close(s->pipes[i][0]);
    }
}

/* Starts run number `index`; 0, or the error number. */
static int child_start(Arena *a, Child *c, const HostRun *run, u32 index) {
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    Setup s;
    setup_open(&s, run, &old);
    pid_t pid = 0;
    int error = setup_pipes(&s, run) ? 0 : errno;
    if (!error) {
        char *const *argv = (char *const *)(uintptr_t)run->argv;
        int (*spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                     const posix_spawnattr_t *, char *const[], char *const[]) =
            strchr(argv[0], '/') ? posix_spawn : posix_spawnp;
        error = spawn(&pid, argv[0], &s.files, &s.attr, argv, environ);
    }
    setup_close(&s, !error);
    if (!error) {
        c->grouped = run->timeout_ms != 0;
        c->index = index;
        c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        c->deadline = run->timeout_ms ? host_now_ns() + (u64)run->timeout_ms * 1000000u : 0;
        c->timed_out = c->exited = false;
        for (int i = 0; i < 2; i++) {
            c->fds[i] = s.pipes[i][0];
            c->bufs[i] = (StrBuf){.arena = a};
        }
        c->pid = pid;
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    return error;
}

static void child_read(Child *c, int which, bool drain) {
    char buf[16384];
    int fd = c->fds[which];
    if (drain) fcntl(fd, F_SETFL, O_NONBLOCK);
    do {
        ssize_t n = read(fd, buf, sizeof buf);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            close(fd);
            c->fds[which] = -1;
            return;
        }
        if (c->bufs[which].n < CAPTURE_MAX) buf_str(&c->bufs[which], (Str){buf, (u32)n});
    } while (drain);
}

static void child_check(Child *c) {
    if (c->deadline && host_now_ns() >= c->deadline) {
        kill(-c->pid, c->timed_out ? SIGKILL : SIGTERM);
        c->timed_out = true;
        c->deadline += GRACE_NS;
    }
    int status;
    if (waitpid(c->pid, &status, WNOHANG) != c->pid) return;
    pid_t pid = c->pid;
    c->pid = 0;
    if (c->grouped) kill(-pid, SIGKILL); /* what it left running */
    for (int i = 0; i < 2; i++)
        if (c->fds[i] >= 0) child_read(c, i, true);
    for (int i = 0; i < 2; i++)
        if (c->fds[i] >= 0) close(c->fds[i]);
    if (c->pidfd >= 0) close(c->pidfd);
    c->exited = true;
    c->wait_status = status;
}

static HostResult child_result(Child *c) {
    HostResult r = {.started = true, .timed_out = c->timed_out};
    r.signal = WIFSIGNALED(c->wait_status) ? WTERMSIG(c->wait_status) : 0;
    r.status = r.signal ? 128 + r.signal : WEXITSTATUS(c->wait_status);
    r.out = buf_done(&c->bufs[0]);
    r.err = buf_done(&c->bufs[1]);
    return r;
}

/* Waits until some child says or does something. */
static void children_wait(u32 slots) {
    struct pollfd fds[MAX_CHILDREN * 3];
    Child *owner[MAX_CHILDREN * 3];
    int which[MAX_CHILDREN * 3];
    u32 n = 0;
    int timeout = -1;
    for (u32 i = 0; i < slots; i++) {
        Child *c = &children[i];
        if (!c->pid) continue;
        if (c->pidfd < 0 || c->timed_out) timeout = POLL_MS;
        if (c->deadline && timeout < 0) timeout = 50;
        for (int k = 0; k < 3; k++) {
            int fd = k == 2 ? c->pidfd : c->fds[k];
            if (fd < 0) continue;
            fds[n] = (struct pollfd){fd, POLLIN, 0};
            owner[n] = c;
            which[n++] = k;
        }
    }
    if (poll(fds, n, timeout) <= 0) return;
    for (u32 i = 0; i < n; i++)
        if (fds[i].revents && which[i] < 2) child_read(owner[i], which[i], false);
}

void host_run_many(Arena *a, const HostRun *runs, u32 n, u32 jobs, HostDone *done, void *ctx) {
    signals_watch();
    u32 slots = MIN_OF(MAX_OF(jobs, 1), MAX_CHILDREN), next = 0, live = 0;
    while (next < n || live) {
        for (u32 i = 0; i < slots && next < n; i++) {
            if (children[i].pid) continue;
            u32 index = next++;
            int error = child_start(a, &children[i], &runs[index], index);
            if (!error) {
                live++;
                continue;
            }
            HostResult r = {.error = str_copy(a, str_c(strerror(error)))};
            done(ctx, index, &r);
        }
        if (!live) continue;
        children_wait(slots);
        for (u32 i = 0; i < slots; i++) {
            Child *c = &children[i];
            if (!c->pid) continue;
            child_check(c);
            if (c->pid) continue;
            live--;
            HostResult r = child_result(c);
            done(ctx, c->index, &r);
        }
    }
}

static void keep_result(void *ctx, u32 index, const HostResult *result) {
    (void)index;
    *(HostResult *)ctx = *result;
}

HostResult host_run(Arena *a, const HostRun *run) {
    HostResult r = {0};
    host_run_many(a, run, 1, 1, keep_result, &r);
    return r;
}

HostResult host_run_program(Arena *a, const HostRun *run) {
    forwarding = 1;
    HostResult r = host_run(a, run);
    forwarding = 0;
    return r;
}
