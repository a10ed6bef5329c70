/* host.h - the seam to the operating system: files, folders, processes, time. Nothing here prints;
 * every failure is a result with a text. */
#ifndef WYN_HOST_H
#define WYN_HOST_H
#include "str.h"
#include "vec.h"

typedef struct HostText {
    bool ok;
    Str text;  /* NUL-terminated */
    Str error; /* "No such file or directory" */
} HostText;

typedef enum HostKind { HOST_ABSENT, HOST_FILE, HOST_DIR, HOST_OTHER } HostKind;
typedef struct HostStat {
    HostKind kind;
    u64 size, mtime_ns, inode, device;
} HostStat;

typedef struct HostNames {
    bool ok;
    Str error;
    VEC(Str) names; /* sorted; without . and .. */
} HostNames;

HostStat host_stat(const char *path);
HostText host_read(Arena *a, const char *path); /* "-" is a file of that name, not stdin */
HostText host_read_stdin(Arena *a);
/* Whole files appear or do not: a temporary beside it is renamed over it. */
HostText host_write(Arena *a, const char *path, Str text, bool executable);
HostText host_copy(Arena *a, const char *from, const char *to, bool executable);
HostNames host_list(Arena *a, const char *path);
bool host_mkdirs(Arena *a, const char *path);
bool host_remove(const char *path);
Str host_real(Arena *a, const char *path); /* absolute, without links; empty when absent */
Str host_exe_dir(Arena *a);                /* folder of the running program */
Str host_env(const char *name);            /* empty when unset */
void host_env_set(const char *name, const char *value); /* for our children */
/* A private folder (mode 0700), removed with all in it when the process ends, by a signal too. */
HostText host_temp_dir(Arena *a);
void host_temp_clean(void);
u64 host_now_ns(void); /* monotonic */
int host_cores(void);
bool host_is_terminal(int fd);

/* A child process: argument vector, never a shell. */
typedef struct HostRun {
    const char *const *argv; /* argv[0] is looked up in PATH when it has no slash */
    const char *cwd;         /* NULL: ours */
    bool capture;            /* collect stdout and stderr instead of passing them on */
    bool merge;              /* with capture: stderr goes into out */
    const char *stdin_path;  /* NULL: ours */
    u32 timeout_ms;          /* 0: none */
} HostRun;
typedef struct HostResult {
    bool started;
    Str error;      /* why it did not start */
    int status;     /* exit status, or 128 + signal */
    int signal;     /* 0 or the signal that ended it */
    bool timed_out;
    Str out, err;
} HostResult;
HostResult host_run(Arena *a, const HostRun *run);
/* At most `jobs` at a time; `done(ctx, i, result)` is called as each one ends. */
typedef void HostDone(void *ctx, u32 index, const HostResult *result);
void host_run_many(Arena *a, const HostRun *runs, u32 n, u32 jobs, HostDone *done, void *ctx);
/* The user's own program: signals that would end us are passed on to it instead. */
HostResult host_run_program(Arena *a, const HostRun *run);
/* From now on a signal that ends us removes the temporary folder and ends our children first. */
void host_watch_signals(void);
/* A crash of ours becomes a message and EXIT_BUG. */
void host_catch_crashes(void);
/* Calls fn on a stack of a few gigabytes of address space (memory only as it is used). */
int host_deep(int (*fn)(void *), void *ctx);
#endif
