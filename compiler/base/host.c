/* host.c - files, folders, environment, time (host_run.c has the processes). Failures are results;
 * nothing is printed here. The temporary folder is removed with calls that are safe in a signal
 * handler: open, getdents64, unlinkat. */
#define _GNU_SOURCE
#include "host.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char temp_path[256]; /* "" when there is none */

static HostText failed(Arena *a, int error) {
    HostText r = {.error = str_copy(a, str_c(strerror(error)))};
    return r;
}

HostStat host_stat(const char *path) {
    struct stat st;
    HostStat r = {.kind = HOST_ABSENT};
    if (stat(path, &st) != 0) return r;
    r.kind = S_ISREG(st.st_mode) ? HOST_FILE : S_ISDIR(st.st_mode) ? HOST_DIR : HOST_OTHER;
    r.size = (u64)st.st_size;
    r.mtime_ns = (u64)st.st_mtim.tv_sec * 1000000000u + (u64)st.st_mtim.tv_nsec;
    r.inode = (u64)st.st_ino;
    r.device = (u64)st.st_dev;
    return r;
}

static HostText read_fd(Arena *a, int fd, size_t expect) {
    size_t cap = expect + 4096, n = 0;
    char *p = arena_alloc(a, cap + 1, 1);
    for (;;) {
        if (n == cap) {
            if (cap > UINT32_MAX / 4) return failed(a, EFBIG);
            p = arena_grow(a, p, cap + 1, cap * 2 + 1, 1);
            cap *= 2;
        }
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(a, errno);
        if (got == 0) break;
        n += (size_t)got;
    }
    p[n] = 0;
    return (HostText){.ok = true, .text = {p, (u32)n}};
}

HostText host_read(Arena *a, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(a, errno);
    struct stat st;
    HostText r;
    if (fstat(fd, &st) != 0) r = failed(a, errno);
    else if (S_ISDIR(st.st_mode)) r = failed(a, EISDIR);
    else if (st.st_size > UINT32_MAX / 4) r = failed(a, EFBIG);
    else r = read_fd(a, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0);
    close(fd);
    return r;
}

HostText host_read_stdin(Arena *a) { return read_fd(a, 0, 0); }

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

/* A device or pipe is written to, never replaced. */
static HostText write_special(Arena *a, const char *path, Str text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return failed(a, errno);
    int error = write_all(fd, text.p, text.n) ? 0 : errno;
    close(fd);
    return error ? failed(a, error) : (HostText){.ok = true};
}

HostText host_write(Arena *a, const char *path, Str text, bool executable) {
    if (host_stat(path).kind == HOST_OTHER) return write_special(a, path, text);
    Str temp = str_fmt(a, "%s.tmp-XXXXXX", path);
    char *name = (char *)(uintptr_t)str_z(a, temp);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) return failed(a, errno);
    mode_t mask = umask(0);
    umask(mask);
    int error = 0;
    if (!write_all(fd, text.p, text.n)) error = errno;
    if (!error && fchmod(fd, (executable ? 0777 : 0666) & ~mask) != 0) error = errno;
    if (close(fd) != 0 && !error) error = errno;
    if (!error && rename(name, path) != 0) error = errno;
    if (error) {
        unlink(name);
        return failed(a, error);
    }
    return (HostText){.ok = true};
}

HostText host_copy(Arena *a, const char *from, const char *to, bool executable) {
    Arena scratch = {0};
    HostText r = host_read(&scratch, from);
    if (r.ok) r = host_write(a, to, r.text, executable);
    else r.error = str_copy(a, r.error);
    arena_free(&scratch);
    return r;
}

static int name_order(const void *x, const void *y) {
    return strcmp(((const Str *)x)->p, ((const Str *)y)->p);
}

HostNames host_list(Arena *a, const char *path) {
    HostNames r = {0};
    DIR *d = opendir(path);
    if (!d) {
        r.error = str_copy(a, str_c(strerror(errno)));
        return r;
    }
    for (struct dirent *e; (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        Str name = str_copy(a, str_c(e->d_name));
        vec_push(a, &r.names, name);
    }
    closedir(d);
    if (r.names.n) qsort(r.names.v, r.names.n, sizeof *r.names.v, name_order);
    r.ok = true;
    return r;
}

bool host_mkdirs(Arena *a, const char *path) {
    char *p = (char *)(uintptr_t)str_z(a, str_c(path));
    for (char *s = p + 1; *s; s++) {
        if (*s != '/') continue;
        *s = 0;
        mkdir(p, 0777);
        *s = '/';
    }
    return mkdir(p, 0777) == 0 || host_stat(path).kind == HOST_DIR;
}

bool host_remove(const char *path) { return unlink(path) == 0; }

Str host_real(Arena *a, const char *path) {
    char *p = realpath(path, NULL);
    if (!p) return S("");
    Str s = str_copy(a, str_c(p));
    free(p);
    return s;
}

Str host_exe_dir(Arena *a) {
    Str s = host_real(a, "/proc/self/exe");
    while (s.n > 1 && s.p[s.n - 1] != '/') s.n--;
    if (s.n > 1) s.n--;
    return str_copy(a, s);
}

Str host_env(const char *name) {
    const char *v = getenv(name);
    return v ? str_c(v) : S("");
}

void host_env_set(const char *name, const char *value) { setenv(name, value, 1); }

struct dirent64_raw {
    u64 ino, off;
    u16 len;
    u8 type;
    char name[];
};

/* Only calls allowed in a signal handler, no allocation. Folders nest a few levels at most. */
static void remove_tree(int parent, const char *name, int depth) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || depth > 16) {
        if (fd >= 0) close(fd);
        unlinkat(parent, name, 0);
        return;
    }
    _Alignas(8) char buf[4096];
    for (bool more = true; more;) {
        more = false;
        lseek(fd, 0, SEEK_SET);
        for (long n; (n = syscall(SYS_getdents64, fd, buf, sizeof buf)) > 0;)
            for (long at = 0; at < n;) {
                struct dirent64_raw *e = (void *)(buf + at);
                at += e->len;
                if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0) continue;
                if (unlinkat(fd, e->name, 0) == 0) more = true;
                else remove_tree(fd, e->name, depth + 1);
            }
    }
    close(fd);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void host_temp_clean(void) {
    if (!temp_path[0]) return;
    remove_tree(AT_FDCWD, temp_path, 0);
    temp_path[0] = 0;
}

HostText host_temp_dir(Arena *a) {
    if (!temp_path[0]) {
        Str base = host_env("TMPDIR");
        if (!base.n || base.n > 200 || base.p[0] != '/') base = S("/tmp");
        char path[256];
        int n = snprintf(path, sizeof path, "%.*s/wyn-XXXXXX", FMT(base));
        if (n < 0 || (size_t)n >= sizeof path || !mkdtemp(path)) return failed(a, errno);
        memcpy(temp_path, path, sizeof path);
        atexit(host_temp_clean);
    }
    return (HostText){.ok = true, .text = str_copy(a, str_c(temp_path))};
}

u64 host_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

int host_cores(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

bool host_is_terminal(int fd) { return isatty(fd) == 1; }
