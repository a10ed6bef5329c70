/* signal.c - signals as bytes of a connection: the handler writes the number into a socket, whose
 * other end a task reads like any connection. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "wyn.h"
#include "wyn_inline.h"

static int ends[65]; /* where to write each signal; 0: nowhere */

static const struct { const char *name; int number; } known[] = {
    {"INT", SIGINT},   {"TERM", SIGTERM}, {"HUP", SIGHUP},   {"QUIT", SIGQUIT},
    {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"CHLD", SIGCHLD}, {"WINCH", SIGWINCH},
    {"ALRM", SIGALRM}, {"CONT", SIGCONT}, {"PIPE", SIGPIPE}};

int64_t wyn_signal_number(const wyn_str *name) {
    const char *p = name->bytes;
    if (strncmp(p, "SIG", 3) == 0) p += 3;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, p) == 0) return known[i].number;
    }
    return -1;
}

wyn_str *wyn_signal_name(int64_t number) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].number == number) return wyn_str_from_c(known[i].name);
    }
    return wyn_str_empty;
}

static void on_signal(int number) {
    int why = errno;
    char byte = (char)number;
    if (send(ends[number], &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {} /* full: it has many */
    errno = why;
}

/* A connection that gives a byte for each of these signals from now on; or a negative errno. */
int64_t wyn_signal_open(wyn_array *numbers) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -errno;
    int64_t h = conn_new(pair[0], 0);
    if (h < 0) {
        close(pair[1]);
        return h;
    }
    poll_make_weak(h);
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&sa.sa_mask); /* the collector may not look at a thread that is on its other stack */
    for (int64_t i = 0; i < wyn_array_len(numbers); i++) {
        int64_t number = wyn_array_raw_int(numbers, i);
        if (number < 1 || number > 64) continue;
        ends[number] = pair[1];
        sigaction((int)number, &sa, NULL);
    }
    return h;
}

bool wyn_signal_raise(int64_t number) { return kill(getpid(), (int)number) == 0; }
