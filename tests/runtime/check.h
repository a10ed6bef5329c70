/* check.h - what the runtime's unit tests share. A test defines wyn_main; the runtime's own main
 * calls it, so every test also tests the start and the end. */
#ifndef RUNTIME_CHECK_H
#define RUNTIME_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../runtime/base.h"
#include "../../runtime/native.h"

#define OK(c) ((c) ? (void)0 : check_failed(#c, __FILE__, __LINE__))
#define TEXT(s, want) check_text((s), (want), __FILE__, __LINE__)
#define STR(s) check_str("" s, sizeof(s) - 1)

static __attribute__((unused)) void check_failed(const char *what, const char *file, int line) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    exit(1);
}

static __attribute__((unused)) wyn_str *check_str(const char *bytes, size_t n) {
    return wyn_str_new(bytes, (int64_t)n);
}

static __attribute__((unused)) void check_text(const wyn_str *s, const char *want,
                                               const char *file, int line) {
    if ((size_t)s->len == strlen(want) && memcmp(s->bytes, want, strlen(want)) == 0) return;
    fprintf(stderr, "%s:%d: got '%s', want '%s'\n", file, line, s->bytes, want);
    exit(1);
}

/* What `run` writes on stdout and stderr in a process of its own, and its status. */
typedef struct Child {
    char text[8192];
    int status;
} Child;

static __attribute__((unused)) Child check_child(void (*run)(void)) {
    Child c = {.status = -1};
    int ends[2];
    wyn_flush();
    if (pipe(ends) != 0) abort();
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        run();
        wyn_exit(0);
    }
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; n + 1 < sizeof c.text; n += (size_t)got) {
        got = read(ends[0], c.text + n, sizeof c.text - 1 - n);
        if (got <= 0) break;
    }
    close(ends[0]);
    int status;
    waitpid(pid, &status, 0);
    c.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return c;
}

/* The child ends with 101 and says `text`. */
static __attribute__((unused)) void check_panics(void (*run)(void), const char *text,
                                                 const char *file, int line) {
    Child c = check_child(run);
    if (c.status == 101 && strstr(c.text, text) != NULL) return;
    fprintf(stderr, "%s:%d: status %d, want '%s' in:\n%s\n", file, line, c.status, text, c.text);
    exit(1);
}
/* A task that calls a function object with the place of an 8-byte result. */
static __attribute__((unused)) void check_run(void *future) {
    wyn_future *f = future;
    wyn_fn *fn = *(wyn_fn **)(void *)f->value;
    ((void (*)(void *, wyn_fn *))fn->code)(f->value, fn);
}

static __attribute__((unused)) wyn_future *check_spawn(wyn_fn *fn, bool detached) {
    static const wyn_site site = {"t.wyn", "spawner", 7};
    static const wyn_task task[2] = {{check_run, &site, 16, WYN_TASK_TRACED},
                                     {check_run, &site, 16, WYN_TASK_TRACED | WYN_TASK_DETACHED}};
    wyn_future *f = wyn_task_new(16, 8, true);
    *(wyn_fn **)(void *)f->value = fn;
    return wyn_spawn(f, &task[detached]);
}

#define PANICS(run, text) check_panics(run, text, __FILE__, __LINE__)

#endif
