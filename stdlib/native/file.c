/* file.c - files by path. What fails leaves its reason for wyn_sys_error. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wyn_inline.h"

static __thread int last_error; /* read before the task can go to another thread */

static bool outcome(bool ok) {
    last_error = ok ? 0 : errno;
    return ok;
}

static wyn_str *str_of(const char *s) { return wyn_str_new(s, (int64_t)strlen(s)); }

wyn_str *wyn_sys_error(void) {
    return last_error == 0 ? wyn_str_empty : str_of(strerror(last_error));
}

/* ---- whole files ---- */

/* Reads to the end into a text; works for pipes and /proc, whose size is not known. */
static bool read_fd(int fd, wyn_text *t) {
    char block[8192];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0) return true;
        if (n > 0) {
            wyn_text_bytes(t, block, (size_t)n);
        } else if (errno != EINTR) {
            return false;
        }
    }
}

static bool read_path(const wyn_str *path, wyn_text *t) {
    wyn_text_open(t);
    int fd = open(path->bytes, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return outcome(false);
    bool ok = outcome(read_fd(fd, t));
    close(fd);
    return ok;
}

/* Reads a file of known size into its string; NULL when it is not exactly that long. */
static wyn_str *read_known(int fd, size_t size) {
    wyn_str *s = wyn_alloc_atomic(sizeof *s + size + 1);
    size_t have = 0;
    for (;;) {
        ssize_t n = read(fd, s->bytes + have, size + 1 - have); /* the last byte finds its end */
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || (have += (size_t)n) > size) break;
    }
    if (have != size) return NULL;
    s->len = (int64_t)size;
    s->bytes[size] = '\0';
    return s;
}

enum { SMALL = 8 << 10 };

/* The beginning of it to `first`: how much, all of it if *end. A small file needs no look at its
 * size then. */
static size_t read_first(int fd, char *first, bool *end) {
    size_t have = 0;
    ssize_t n = 1;
    while (have < SMALL && n > 0) {
        do n = read(fd, first + have, SMALL - have);
        while (n < 0 && errno == EINTR);
        if (n > 0) have += (size_t)n;
    }
    *end = n == 0;
    return have;
}

wyn_str *wyn_file_read(const wyn_str *path) {
    static __thread char first[SMALL];
    struct stat st;
    wyn_text t;
    bool end = false;
    int fd = open(path->bytes, O_RDONLY | O_CLOEXEC);
    size_t have = fd < 0 ? 0 : read_first(fd, first, &end);
    if (fd < 0 || (have == 0 && !end)) {
        outcome(false);
        if (fd >= 0) close(fd);
        return wyn_str_empty;
    }
    wyn_str *s = end ? wyn_str_new(first, (int64_t)have) : NULL;
    bool seeks = s == NULL && lseek(fd, 0, SEEK_SET) == 0; /* else it is a pipe, say */
    if (seeks && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 1) {
        s = read_known(fd, (size_t)st.st_size);
        seeks = s == NULL && lseek(fd, 0, SEEK_SET) == 0;
    }
    if (s == NULL) {
        wyn_text_open(&t);
        if (!seeks) wyn_text_bytes(&t, first, have);
        if (outcome(read_fd(fd, &t))) s = wyn_text_take(&t);
    } else {
        outcome(true);
    }
    close(fd);
    return s != NULL ? s : wyn_str_empty;
}

wyn_array *wyn_file_read_lines(const wyn_str *path) { return wyn_str_lines(wyn_file_read(path)); }

static bool write_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static bool write_path(const wyn_str *path, const wyn_str *text, int mode) {
    int fd = open(path->bytes, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0666);
    if (fd < 0) return outcome(false);
    bool ok = outcome(write_all(fd, text->bytes, (size_t)text->len));
    if (close(fd) != 0 && ok) return outcome(false);
    return ok;
}

bool wyn_file_write(const wyn_str *path, const wyn_str *text) {
    return write_path(path, text, O_TRUNC);
}

bool wyn_file_append(const wyn_str *path, const wyn_str *text) {
    return write_path(path, text, O_APPEND);
}

bool wyn_file_copy(const wyn_str *from, const wyn_str *to) {
    wyn_text t;
    return read_path(from, &t) && wyn_file_write(to, wyn_text_take(&t));
}

/* ---- what is there ---- */

bool wyn_file_exists(const wyn_str *path) { return outcome(access(path->bytes, F_OK) == 0); }

static bool path_stat(const wyn_str *path, struct stat *st) {
    return outcome(stat(path->bytes, st) == 0);
}

bool wyn_file_is_file(const wyn_str *path) {
    struct stat st;
    return path_stat(path, &st) && S_ISREG(st.st_mode);
}

bool wyn_file_is_dir(const wyn_str *path) {
    struct stat st;
    return path_stat(path, &st) && S_ISDIR(st.st_mode);
}

int64_t wyn_file_size(const wyn_str *path) {
    struct stat st;
    return path_stat(path, &st) ? (int64_t)st.st_size : -1;
}

int64_t wyn_file_modified(const wyn_str *path) {
    struct stat st;
    return path_stat(path, &st) ? (int64_t)st.st_mtime : 0;
}

/* ---- changing the tree ---- */

bool wyn_file_delete(const wyn_str *path) { return outcome(unlink(path->bytes) == 0); }

bool wyn_file_rename(const wyn_str *from, const wyn_str *to) {
    return outcome(rename(from->bytes, to->bytes) == 0);
}

bool wyn_file_mkdir(const wyn_str *path) { return outcome(mkdir(path->bytes, 0777) == 0); }

bool wyn_file_rmdir(const wyn_str *path) { return outcome(rmdir(path->bytes) == 0); }

wyn_array *wyn_file_list_dir(const wyn_str *path) {
    wyn_array *names = wyn_array_new(&wyn_type_str, 0);
    DIR *dir = opendir(path->bytes);
    if (!outcome(dir != NULL)) return names;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] != '.') wyn_array_push_str(names, str_of(e->d_name));
    }
    closedir(dir);
    wyn_array_sort(names, &wyn_type_str);
    return names;
}

typedef struct glob_call {
    const char *pattern;
    glob_t found;
    int status;
} glob_call;

static void do_glob(void *arg) {
    glob_call *c = arg;
    c->status = glob(c->pattern, 0, NULL, &c->found);
}

wyn_array *wyn_file_glob(const wyn_str *pattern) {
    wyn_array *names = wyn_array_new(&wyn_type_str, 0);
    glob_call c = {.pattern = pattern->bytes};
    wyn_with_room(do_glob, &c);
    if (c.status != 0) return names;
    for (size_t i = 0; i < c.found.gl_pathc; i++)
        wyn_array_push_str(names, str_of(c.found.gl_pathv[i]));
    globfree(&c.found);
    return names;
}

static bool is_real_dir(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *path_in(const char *dir, const char *name) {
    char *path = NULL;
    bool slash = *dir && dir[strlen(dir) - 1] == '/';
    if (asprintf(&path, slash ? "%s%s" : "%s/%s", dir, name) < 0) wyn_panic("out of memory");
    return path;
}

/* Links are listed, not followed, so there is no way round. */
/* false, with the reason in errno, when a folder could not be read; all others are gone through. */
static bool walk(const char *dir, wyn_array *out) {
    struct dirent **found;
    int n = scandir(dir, &found, NULL, alphasort), bad = n < 0 ? errno : 0;
    for (int i = 0; i < n; i++) {
        const char *name = found[i]->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            char *path = path_in(dir, name);
            if (is_real_dir(path)) bad = walk(path, out) ? bad : errno;
            else wyn_array_push_str(out, str_of(path));
            free(path);
        }
        free(found[i]);
    }
    if (n >= 0) free(found);
    errno = bad;
    return bad == 0;
}

/* All files below a folder, in order of their names, dot files too; the outcome says whether every
 * folder could be read. */
wyn_array *wyn_file_walk(const wyn_str *path);
wyn_array *wyn_file_walk(const wyn_str *path) {
    wyn_array *names = wyn_array_new(&wyn_type_str, 0);
    outcome(walk(path->bytes, names));
    return names;
}

static int remove_one(const char *path, const struct stat *st, int how, struct FTW *where) {
    (void)st;
    (void)how;
    (void)where;
    return remove(path);
}

/* Removes a folder with all it has; links are removed, not what they point to. */
bool wyn_file_remove_tree(const wyn_str *path);
bool wyn_file_remove_tree(const wyn_str *path) {
    return outcome(nftw(path->bytes, remove_one, 32, FTW_DEPTH | FTW_PHYS) == 0);
}

/* Whole or not at all: a file beside it is written, brought to the disk and renamed. */
bool wyn_file_write_atomic(const wyn_str *path, const wyn_str *text);
bool wyn_file_write_atomic(const wyn_str *path, const wyn_str *text) {
    char *temp = NULL;
    struct stat st;
    if (asprintf(&temp, "%s.XXXXXX", path->bytes) < 0) wyn_panic("out of memory");
    int fd = mkostemp(temp, O_CLOEXEC);
    bool ok = outcome(fd >= 0);
    if (ok) {
        mode_t mask = umask(0);
        umask(mask);
        fchmod(fd, stat(path->bytes, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask);
        ok = outcome(write_all(fd, text->bytes, (size_t)text->len) && fsync(fd) == 0);
        close(fd);
        ok = ok && outcome(rename(temp, path->bytes) == 0);
        if (!ok) unlink(temp);
    }
    free(temp);
    return ok;
}

/* size, seconds of the last change, permissions, kind (0 file, 1 folder, 2 link, 3 other); [] when
 * there is nothing of this name. */
wyn_array *wyn_file_stat(const wyn_str *path);
wyn_array *wyn_file_stat(const wyn_str *path) {
    struct stat st, own;
    wyn_array *out = wyn_array_new(&wyn_type_int, 0);
    if (!path_stat(path, &st)) return out;
    bool link = lstat(path->bytes, &own) == 0 && S_ISLNK(own.st_mode);
    int64_t kind = link ? 2 : S_ISREG(st.st_mode) ? 0 : S_ISDIR(st.st_mode) ? 1 : 3;
    int64_t parts[] = {st.st_size, st.st_mtime, st.st_mode & 07777, kind};
    for (int i = 0; i < 4; i++) wyn_array_push_any(out, &parts[i], &wyn_type_int);
    return out;
}

wyn_str *wyn_file_temp_dir(void);
wyn_str *wyn_file_temp_dir(void) {
    const char *base = getenv("TMPDIR");
    char *path = path_in(base && *base ? base : "/tmp", "wyn-XXXXXX");
    bool ok = outcome(mkdtemp(path) != NULL);
    wyn_str *s = ok ? str_of(path) : wyn_str_empty;
    free(path);
    return s;
}

wyn_str *wyn_file_cwd(void) {
    char *p = getcwd(NULL, 0);
    if (!outcome(p != NULL)) return wyn_str_empty;
    wyn_str *s = str_of(p);
    free(p);
    return s;
}

wyn_str *wyn_file_temp(void) {
    char path[] = "/tmp/wyn-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    if (!outcome(fd >= 0)) return wyn_str_empty;
    close(fd);
    return str_of(path);
}
