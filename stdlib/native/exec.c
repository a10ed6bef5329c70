/* exec.c - shell commands of a program, and its open files by number. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "blocking.h"
#include "wyn.h"

/* By a thread of the pool: nothing of it is Wyn's. */
typedef struct command {
    const char *line;
    char *text; /* malloc: what it printed */
    size_t n;
    int status;
} command;

static void command_read(void *arg) {
    command *c = arg;
    FILE *f = popen(c->line, "re");
    if (!f) return;
    for (size_t cap = 0;;) {
        if (c->n == cap) {
            char *more = realloc(c->text, cap = cap ? cap * 2 : 4096);
            if (!more) break;
            c->text = more;
        }
        size_t got = fread(c->text + c->n, 1, cap - c->n, f);
        if (got == 0) break;
        c->n += got;
    }
    pclose(f);
}

/* What a command prints on stdout, and on stderr when `errors` is set. */
wyn_str *wyn_sys_exec(const wyn_str *line, bool errors);
wyn_str *wyn_sys_exec(const wyn_str *line, bool errors) {
    char *own = NULL;
    command c = {0};
    wyn_flush();
    if (asprintf(&own, errors ? "{ %s\n} 2>&1" : "%s", line->bytes) < 0) return wyn_str_empty;
    c.line = own;
    blocking_call(command_read, &c, "running a command", NULL);
    free(own);
    wyn_str *result = wyn_str_new(c.text, (int64_t)c.n);
    free(c.text);
    return result;
}

static void command_run(void *arg) {
    command *c = arg;
    c->status = system(c->line);
}

/* The status of a command; 128 + n after signal n. */
int64_t wyn_sys_exec_status(const wyn_str *line);
int64_t wyn_sys_exec_status(const wyn_str *line) {
    command c = {.line = line->bytes};
    wyn_flush();
    blocking_call(command_run, &c, "running a command", NULL);
    if (c.status == -1) return -1;
    return WIFSIGNALED(c.status) ? 128 + WTERMSIG(c.status) : WEXITSTATUS(c.status);
}

typedef struct open_file {
    FILE *f; /* NULL once closed */
} open_file;

/* A number for the calls below, or -1. */
int64_t wyn_file_open(const wyn_str *path, const wyn_str *mode);
int64_t wyn_file_open(const wyn_str *path, const wyn_str *mode) {
    char how[4] = {0};
    char kind = mode->len > 0 ? mode->bytes[0] : 'r';
    how[0] = kind == 'w' || kind == 'a' ? kind : 'r';
    if (memchr(mode->bytes, '+', (size_t)mode->len)) how[1] = '+';
    FILE *f = fopen(path->bytes, how);
    if (!f) return -1;
    open_file *o = malloc(sizeof *o);
    if (!o) {
        fclose(f);
        return -1;
    }
    o->f = f;
    return wyn_handle_enter(o, WYN_H_FILE, NULL);
}

static FILE *file_of(int64_t h) { return ((open_file *)wyn_handle_object(h, WYN_H_FILE, NULL))->f; }

/* The next line with its end, "" at the end of the file. */
wyn_str *wyn_file_read_line(int64_t h);
wyn_str *wyn_file_read_line(int64_t h) {
    FILE *f = file_of(h);
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = f ? getline(&line, &cap, f) : 0;
    wyn_str *result = n > 0 ? wyn_str_new(line, n) : wyn_str_empty;
    free(line);
    return result;
}

bool wyn_file_put(int64_t h, const wyn_str *text);
bool wyn_file_put(int64_t h, const wyn_str *text) {
    FILE *f = file_of(h);
    return f && fwrite(text->bytes, 1, (size_t)text->len, f) == (size_t)text->len;
}

bool wyn_file_eof(int64_t h);
bool wyn_file_eof(int64_t h) {
    FILE *f = file_of(h);
    return !f || feof(f);
}

bool wyn_file_close(int64_t h);
bool wyn_file_close(int64_t h) {
    open_file *o = wyn_handle_object(h, WYN_H_FILE, NULL);
    if (!o->f) return false;
    bool ok = fclose(o->f) == 0;
    o->f = NULL;
    return ok;
}
