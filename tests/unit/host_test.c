/* The seam to the system: files, processes, timeouts, several at once. */
#include "base/host.h"
#include <string.h>

static Arena arena;

static HostResult run(HostRun r) { return host_run(&arena, &r); }

static void files(const char *dir) {
    Str path = str_fmt(&arena, "%s/a b$.txt", dir);
    ASSERT(host_write(&arena, path.p, S("one\0two"), false).ok);
    HostText t = host_read(&arena, path.p);
    ASSERT(t.ok && t.text.n == 7 && host_stat(path.p).size == 7);
    ASSERT(host_write(&arena, path.p, S(""), false).ok && host_read(&arena, path.p).text.n == 0);
    ASSERT(!host_read(&arena, dir).ok && !host_read(&arena, "/no/such").ok);
    ASSERT(!host_write(&arena, "/no/such/x", S("x"), false).ok);
    Str deep = str_fmt(&arena, "%s/x/y/z", dir);
    ASSERT(host_mkdirs(&arena, deep.p) && host_stat(deep.p).kind == HOST_DIR);
    HostNames names = host_list(&arena, dir);
    ASSERT(names.ok && names.names.n == 2 && str_eq(names.names.v[0], S("a b$.txt")));
    ASSERT(host_exe_dir(&arena).n > 0 && host_real(&arena, "/no/such").n == 0);
}

static void processes(void) {
    const char *echo[] = {"echo", "$(id)", "a  b", NULL};
    HostResult r = run((HostRun){.argv = echo, .capture = true});
    ASSERT(r.started && r.status == 0 && str_eq(r.out, S("$(id) a  b\n")) && r.err.n == 0);
    const char *missing[] = {"no-such-program-here", NULL};
    ASSERT(!run((HostRun){.argv = missing, .capture = true}).started);
    const char *both[] = {"sh", "-c", "echo out; echo err >&2; exit 3", NULL};
    r = run((HostRun){.argv = both, .capture = true});
    ASSERT(r.status == 3 && str_eq(r.out, S("out\n")) && str_eq(r.err, S("err\n")));
    r = run((HostRun){.argv = both, .capture = true, .merge = true});
    ASSERT(str_eq(r.out, S("out\nerr\n")));
    const char *where[] = {"pwd", NULL};
    ASSERT(str_eq(run((HostRun){.argv = where, .capture = true, .cwd = "/"}).out, S("/\n")));
    const char *die[] = {"sh", "-c", "kill -9 $$", NULL};
    r = run((HostRun){.argv = die, .capture = true});
    ASSERT(r.signal == 9 && r.status == 137);
    const char *big[] = {"sh", "-c", "head -c 3000000 /dev/zero; echo end >&2", NULL};
    r = run((HostRun){.argv = big, .capture = true});
    ASSERT(r.out.n == 3000000 && str_eq(r.err, S("end\n")));
}

static void timeouts(void) {
    /* a grandchild that keeps the pipe open does not keep us waiting */
    const char *hang[] = {"sh", "-c", "sleep 20 & sleep 20", NULL};
    u64 start = host_now_ns();
    HostResult r = run((HostRun){.argv = hang, .capture = true, .timeout_ms = 200});
    ASSERT(r.timed_out && r.signal && host_now_ns() - start < 5000000000u);
}

static u32 done_count, status_sum;
static void done(void *ctx, u32 index, const HostResult *r) {
    ASSERT(ctx == &arena && r->started && (u32)r->status == index % 3);
    done_count++;
    status_sum += (u32)r->status;
}

static void many(void) {
    static const char *argv[3][4] = {
        {"sh", "-c", "exit 0", NULL}, {"sh", "-c", "exit 1", NULL}, {"sh", "-c", "exit 2", NULL}};
    HostRun runs[40];
    for (u32 i = 0; i < 40; i++) runs[i] = (HostRun){.argv = argv[i % 3], .capture = true};
    host_run_many(&arena, runs, 40, 7, done, &arena);
    ASSERT(done_count == 40 && status_sum == 39);
}

int main(void) {
    HostText dir = host_temp_dir(&arena);
    ASSERT(dir.ok && host_stat(dir.text.p).kind == HOST_DIR);
    files(dir.text.p);
    processes();
    timeouts();
    many();
    host_temp_clean();
    ASSERT(host_stat(dir.text.p).kind == HOST_ABSENT);
    arena_free(&arena);
    return 0;
}
