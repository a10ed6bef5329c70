/* cache.c - one manifest a request, one binary a content.
 *     HASH.list   written last: "wyn1 BINARY NOTES_LENGTH\n", the warnings, then one line an input:
 *                 "1 CONTENT_HASH PATH" read, "0 0 PATH" looked for and absent
 *     HASH.bin    the program
 * A hit reads every input again and compares contents: times of files are not trusted. Files
 * appear by rename, so that two compilers at once do no harm. The folder must be ours alone. */
#define _GNU_SOURCE
#include "cache.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CACHE_FILES_MAX = 4000 };
static const u64 CACHE_BYTES_MAX = 256u << 20;

typedef struct Hash {
    u64 a, b;
} Hash;

/* Two multiplicative lanes over eight bytes at a time; 128 bits. */
static void hash_add(Hash *h, Str s) {
    u64 a = h->a ^ s.n, b = h->b + s.n;
    for (u32 i = 0; i < s.n; i += 8) {
        u64 w = 0;
        memcpy(&w, s.p + i, MIN_OF(8u, s.n - i));
        a = (a ^ w) * 0x9E3779B97F4A7C15u;
        a ^= a >> 32;
        b = (b + w) * 0xC2B2AE3D27D4EB4Fu;
        b ^= b >> 29;
    }
    h->a = a * 0xBF58476D1CE4E5B9u;
    h->b = b * 0x94D049BB133111EBu;
    h->a ^= h->a >> 31;
    h->b ^= h->b >> 30;
}

static Str hash_text(Arena *a, Hash h) {
    return str_fmt(a, "%016llx%016llx", (unsigned long long)h.a, (unsigned long long)h.b);
}

static Str hash_one(Arena *a, Str s) {
    Hash h = {1, 2};
    hash_add(&h, s);
    return hash_text(a, h);
}

static bool folder_is_ours(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & 022) == 0 && access(path, W_OK | X_OK) == 0;
}

static Str cache_dir(Arena *a) {
    Str base = host_env("XDG_CACHE_HOME"), home = host_env("HOME");
    if (base.n == 0 || base.p[0] != '/') {
        if (home.n == 0 || home.p[0] != '/') return S("");
        base = str_fmt(a, "%.*s/.cache", FMT(home));
    }
    if (!host_mkdirs(a, str_z(a, base))) return S("");
    Str dir = str_fmt(a, "%.*s/wyn", FMT(base));
    mkdir(dir.p, 0700);
    return folder_is_ours(dir.p) ? dir : S("");
}

Cache cache_open(Arena *a, const char *path, Str id) {
    Cache c = {.dir = cache_dir(a)};
    Hash h = {3, 4};
    hash_add(&h, str_c(path));
    hash_add(&h, host_real(a, "."));
    hash_add(&h, id);
    c.request = hash_text(a, h);
    return c;
}

/* Takes a line off the front of the text. */
static Str next_line(Str *text) {
    const char *end = memchr(text->p, '\n', text->n);
    u32 n = end ? (u32)(end - text->p) : text->n;
    Str line = {text->p, n};
    u32 skip = end ? n + 1 : n;
    *text = (Str){text->p + skip, text->n - skip};
    return line;
}

static bool input_unchanged(Arena *a, Str line, Str *path) {
    char hash[33];
    int at = 0;
    const char *z = str_z(a, line);
    if (sscanf(z, "%*1[01] %32s %n", hash, &at) != 1 || at == 0) return false;
    *path = str_c(z + at);
    HostText t = host_read(a, path->p);
    if (z[0] == '0') return !t.ok;
    return t.ok && str_eq(hash_one(a, t.text), str_c(hash));
}

Cached cache_find(Arena *a, const Cache *c) {
    Cached r = {0};
    if (!c->dir.n) return r;
    Str list = str_fmt(a, "%.*s/%.*s.list", FMT(c->dir), FMT(c->request));
    HostText t = host_read(a, list.p);
    if (!t.ok) return r;
    Str rest = t.text, head = next_line(&rest);
    char binary[33];
    unsigned notes = 0;
    if (sscanf(str_z(a, head), "wyn1 %32s %u", binary, &notes) != 2 || notes > rest.n) return r;
    r.notes = (Str){rest.p, notes};
    rest = (Str){rest.p + notes, rest.n - notes};
    while (rest.n) {
        Str path;
        if (!input_unchanged(a, next_line(&rest), &path)) return r;
        vec_push(a, &r.inputs, path);
    }
    r.program = str_fmt(a, "%.*s/%s.bin", FMT(c->dir), binary);
    r.hit = access(r.program.p, X_OK) == 0;
    if (r.hit) {
        utimensat(AT_FDCWD, list.p, NULL, 0); /* eviction takes the longest unused first */
        utimensat(AT_FDCWD, r.program.p, NULL, 0);
    }
    return r;
}

typedef struct Entry {
    Str path;
    u64 size, mtime;
} Entry;

static int entry_order(const void *x, const void *y) {
    const Entry *a = x, *b = y;
    return a->mtime < b->mtime ? -1 : a->mtime > b->mtime;
}

static void cache_trim(Arena *a, const Cache *c) {
    HostNames names = host_list(a, c->dir.p);
    Entry *entries = NEW_N(a, Entry, names.names.n + 1);
    u64 total = 0;
    u32 n = names.names.n;
    for (u32 i = 0; i < n; i++) {
        Str path = str_fmt(a, "%.*s/%.*s", FMT(c->dir), FMT(names.names.v[i]));
        HostStat st = host_stat(path.p);
        entries[i] = (Entry){path, st.size, st.mtime_ns};
        total += st.size;
    }
    if (total <= CACHE_BYTES_MAX && n <= CACHE_FILES_MAX) return;
    qsort(entries, n, sizeof *entries, entry_order);
    for (u32 i = 0; i < n; i++) {
        if (total <= CACHE_BYTES_MAX / 4 * 3 && n - i <= CACHE_FILES_MAX / 4 * 3) break;
        host_remove(entries[i].path.p);
        total -= entries[i].size;
    }
}

Str cache_store(Arena *a, const Cache *c, const Inputs *inputs, Str notes, const char *program) {
    if (!c->dir.n) return S("");
    Hash content = {5, 6};
    hash_add(&content, c->request);
    StrBuf lines = {.arena = a};
    for (u32 i = 0; i < inputs->n; i++) {
        const Input *in = &inputs->v[i];
        if (memchr(in->path.p, '\n', in->path.n)) return S("");
        Str hash = in->present ? hash_one(a, in->text) : S("0");
        hash_add(&content, hash);
        buf_fmt(&lines, "%d %.*s %.*s\n", in->present, FMT(hash), FMT(in->path));
    }
    Str binary = hash_text(a, content);
    Str stored = str_fmt(a, "%.*s/%.*s.bin", FMT(c->dir), FMT(binary));
    if (!host_copy(a, program, stored.p, true).ok) return S("");
    StrBuf list = {.arena = a};
    buf_fmt(&list, "wyn1 %.*s %u\n", FMT(binary), notes.n);
    buf_str(&list, notes);
    buf_str(&list, buf_done(&lines));
    Str path = str_fmt(a, "%.*s/%.*s.list", FMT(c->dir), FMT(c->request));
    if (!host_write(a, path.p, buf_done(&list), false).ok) return S("");
    cache_trim(a, c);
    return stored;
}
