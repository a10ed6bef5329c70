/* sys.c - the process: arguments, environment, out-parameters of C. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "wyn_inline.h"

extern char **environ;

static wyn_str *str_of(const char *s) { return wyn_str_new(s, (int64_t)strlen(s)); }

wyn_array *wyn_sys_args(void) {
    wyn_array *a = wyn_array_new(&wyn_type_str, wyn_argc);
    for (int i = 0; i < wyn_argc; i++) wyn_array_push_str(a, str_of(wyn_argv[i]));
    return a;
}

wyn_str *wyn_sys_env(const wyn_str *name) {
    const char *value = getenv(name->bytes);
    return value == NULL ? wyn_str_empty : str_of(value);
}

bool wyn_sys_has_env(const wyn_str *name) { return getenv(name->bytes) != NULL; }

void wyn_sys_set_env(const wyn_str *name, const wyn_str *value) {
    setenv(name->bytes, value->bytes, 1);
    if (strcmp(name->bytes, "TZ") == 0) tzset(); /* localtime_r looks only once by itself */
}

wyn_array *wyn_sys_env_all(void) {
    wyn_array *a = wyn_array_new(&wyn_type_str, 0);
    for (char **e = environ; *e != NULL; e++) wyn_array_push_str(a, str_of(*e));
    return a;
}

int64_t wyn_sys_pid(void) { return getpid(); }

wyn_str *wyn_sys_hostname(void) {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return str_of(name);
}

void wyn_sys_eprint(const wyn_str *s) {
    wyn_flush();
    for (int64_t at = 0; at < s->len;) {
        ssize_t n = write(STDERR_FILENO, s->bytes + at, (size_t)(s->len - at));
        if (n <= 0) return;
        at += n;
    }
}

/* Cells for out-parameters: outside the collected heap, as C may keep them. */
void *wyn_ptr_cell(void) { return calloc(1, sizeof(void *)); }

void *wyn_ptr_read(void *p) { return *(void **)p; }

void wyn_ptr_write(void *p, void *v) { *(void **)p = v; }

void wyn_ptr_free(void *p) { free(p); }
