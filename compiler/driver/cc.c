/* cc.c - the C compiler: which flags, where the runtime lies, what its failure means. It is started
 * with an argument vector, never through a shell. One call compiles and links: a second process
 * for the linker would cost more than it saves. */
#include "cc.h"
#include <string.h>

static const char *const common_flags[] = {
    "-std=gnu11", "-fwrapv", "-fno-delete-null-pointer-checks", "-fno-omit-frame-pointer",
    "-fno-optimize-sibling-calls", "-fPIE",
    "-w", "-pipe",
};
static const char *const link_flags[] = {
    "-pie", "-Wl,-z,relro,-z,now", "-Wl,--as-needed", "-Wl,--gc-sections",
};

typedef VEC(const char *) Argv;

static void add_all(Arena *a, Argv *argv, const char *const *flags, size_t n) {
    for (size_t i = 0; i < n; i++) vec_push(a, argv, flags[i]);
}

static void add_lines(Arena *a, Argv *argv, Str text) {
    for (u32 at = 0; at < text.n;) {
        u32 end = at;
        while (end < text.n && text.p[end] != '\n') end++;
        const char *flag = str_z(a, (Str){text.p + at, end - at});
        if (*flag) vec_push(a, argv, flag);
        at = end + 1;
    }
}

static const char *cc_name(const CcOptions *opt) { return opt->kind == CC_GCC ? "gcc" : "clang"; }

static void id_file(StrBuf *b, const char *path) {
    HostStat st = host_stat(path);
    buf_fmt(b, "%s %llu %llu %llu\n", path, (unsigned long long)st.size,
            (unsigned long long)st.mtime_ns, (unsigned long long)st.inode);
}

/* Which file the PATH means by the name of the C compiler. */
static Str cc_path(Arena *a, const char *name) {
    Str path = host_env("PATH");
    for (u32 at = 0; at < path.n;) {
        u32 end = at;
        while (end < path.n && path.p[end] != ':') end++;
        Str file = str_fmt(a, "%.*s/%s", (int)(end - at), path.p + at, name);
        if (host_stat(file.p).kind == HOST_FILE) return file;
        at = end + 1;
    }
    return S("");
}

/* gold links a program in half the time of the usual linker; it comes with Debian's binutils. */
static const char *linker_flag(Arena *a) {
    return cc_path(a, "ld.gold").n ? "-fuse-ld=gold" : NULL;
}

Toolchain cc_find(Arena *a, const CcOptions *opt) {
    Toolchain tc = {0};
    Str exe = host_exe_dir(a);
    const char *const places[] = {"", "/../lib/wyn"};
    for (u32 i = 0; i < COUNT_OF(places) && !tc.ok; i++) {
        tc.dir = str_fmt(a, "%.*s%s", FMT(exe), places[i]);
        tc.ok = host_stat(str_fmt(a, "%s/libwynrt.a", tc.dir.p).p).kind == HOST_FILE;
    }
    if (!tc.ok) {
        tc.error = str_fmt(a, "the runtime (libwynrt.a) is neither in %.*s nor in its ../lib/wyn",
                           FMT(exe));
        return tc;
    }
    HostText flags = host_read(a, str_fmt(a, "%s/cc.flags", tc.dir.p).p);
    tc.flags = flags.ok ? flags.text : S("");
    HostText table = host_read(a, str_fmt(a, "%s/libraries", tc.dir.p).p);
    tc.libraries = table.ok ? table.text : S("");
    StrBuf id = {.arena = a};
    id_file(&id, "/proc/self/exe");
    id_file(&id, str_fmt(a, "%s/libwynrt.a", tc.dir.p).p);
    id_file(&id, str_fmt(a, "%s/wyn.h", tc.dir.p).p);
    id_file(&id, str_fmt(a, "%s/wyn_inline.h", tc.dir.p).p);
    id_file(&id, str_fmt(a, "%s/wyn_scope.h", tc.dir.p).p);
    id_file(&id, str_fmt(a, "%s/wyn_fork.h", tc.dir.p).p);
    id_file(&id, str_z(a, cc_path(a, cc_name(opt))));
    buf_fmt(&id, "%d %d %d\n%.*s\n%.*s\n", opt->optimise, opt->debug, opt->static_gc,
            FMT(tc.flags), FMT(tc.libraries));
    tc.linker = linker_flag(a);
    buf_fmt(&id, "%s\n", tc.linker ? tc.linker : "");
    for (u32 i = 0; i < opt->link.n; i++) buf_fmt(&id, "%.*s\n", FMT(opt->link.v[i]));
    tc.id = buf_done(&id);
    return tc;
}

static void add_libraries(Arena *a, Argv *argv, const Toolchain *tc, const CcOptions *opt,
                          const StrList *behind) {
    vec_push(a, argv, str_fmt(a, "%s/libwynrt.a", tc->dir.p).p);
    for (u32 i = 0; i < opt->link.n; i++) vec_push(a, argv, str_z(a, opt->link.v[i]));
    for (u32 i = 0; i < behind->n; i++) vec_push(a, argv, str_z(a, behind->v[i]));
    vec_push(a, argv, opt->static_gc ? "-l:libgc.a" : "-lgc");
    static const char *const rest[] = {"-lpthread", "-lm"};
    add_all(a, argv, rest, COUNT_OF(rest));
}

static CcResult cc_failed(Arena *a, const HostResult *run, const CcOptions *opt) {
    CcResult r = {.status = EXIT_CC};
    StrBuf b = {.arena = a};
    Str undefined = S("undefined reference to "); /* and a quote: `name' or 'name' */
    const char *at = strstr(run->out.p, undefined.p);
    if (at && strncmp(at + undefined.n + 1, "wyn_", 4) != 0) {
        const char *name = at + undefined.n + 1, *end = strchr(name, '\'');
        buf_fmt(&b, "no library that is linked defines the extern function '%.*s'; "
                "name its library with -lNAME", end ? (int)(end - name) : 0, name);
    } else {
        buf_fmt(&b, "%s did not accept the generated C (status %d):\n%.*s"
                "This is a bug of wync, not of your program.\n"
                "Please report it with the program, `wync --version` and the text above.",
                cc_name(opt), run->status, FMT(run->out));
    }
    r.error = buf_done(&b);
    return r;
}

CcResult cc_compile(Arena *a, const Toolchain *tc, const CcOptions *opt, const StrList *natives,
                    const char *c_file, const char *out_file) {
    Argv argv = {0};
    Libraries libraries = libraries_of(a, tc->libraries, natives);
    if (libraries.missing.n) return (CcResult){EXIT_USAGE, libraries.missing};
    vec_push(a, &argv, cc_name(opt));
    add_all(a, &argv, common_flags, COUNT_OF(common_flags));
    vec_push(a, &argv, opt->optimise ? "-O2" : "-O0");
    vec_push(a, &argv, opt->debug ? "-g" : "-g1");
    vec_push(a, &argv, "-I");
    vec_push(a, &argv, str_z(a, tc->dir));
    add_lines(a, &argv, tc->flags);
    vec_push(a, &argv, c_file);
    vec_push(a, &argv, "-o");
    vec_push(a, &argv, out_file);
    if (tc->linker) vec_push(a, &argv, tc->linker);
    add_all(a, &argv, link_flags, COUNT_OF(link_flags));
    add_libraries(a, &argv, tc, opt, &libraries.flags);
    vec_push(a, &argv, NULL);
    HostRun run = {.argv = argv.v, .capture = true, .merge = true, .stdin_path = "/dev/null"};
    HostResult res = host_run(a, &run);
    if (!res.started) {
        Str error = str_fmt(a, "cannot start the C compiler '%s': %.*s", cc_name(opt),
                            FMT(res.error));
        return (CcResult){EXIT_USAGE, error};
    }
    return res.status == 0 ? (CcResult){.status = EXIT_OK} : cc_failed(a, &res, opt);
}
