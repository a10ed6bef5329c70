/* test.c - `wync test`: every file below a folder that has test blocks or `// expect:` comments is
 * run by a `wync run` of its own, several at a time; results are printed as they come.
 *     // expect: text          the next line of stdout
 *     // expect-stderr: text   occurs in stderr
 *     // expect-exit: n        exit status (0)
 *     // args: a b             arguments     // stdin: text   a line of input */
#define _GNU_SOURCE
#include "tools.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Job {
    Str file;
    bool blocks; /* run the test blocks; else compare the output with the comments */
    bool filter_blocks;
    Str expected;
    VEC(Str) in_stderr, args;
    int status;
} Job;

typedef struct TestRun {
    Arena *arena;
    const Options *o;
    VEC(Job) jobs;
    VEC(HostRun) runs;
    u32 passed, failed;
} TestRun;

static Str trim(Str s) {
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s.p++, s.n--;
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r')) s.n--;
    return s;
}

static bool str_has(Str s, const char *part) {
    size_t n = strlen(part);
    return n <= s.n && memmem(s.p, s.n, part, n) != NULL;
}

/* What follows "// NAME:" in the line, without one blank; p is NULL when it is not there. */
static Str directive(Arena *a, Str line, const char *name) {
    Str mark = str_fmt(a, "// %s:", name);
    const char *at = memmem(line.p, line.n, mark.p, mark.n);
    if (!at) return (Str){NULL, 0};
    Str rest = {at + mark.n, line.n - (u32)(at - line.p) - mark.n};
    if (rest.n && rest.p[0] == ' ') rest.p++, rest.n--;
    if (rest.n && rest.p[rest.n - 1] == '\r') rest.n--;
    return rest;
}

/* The name of a test block that opens on this line. */
static bool block_name(Str line, Str *name) {
    Str s = trim(line);
    if (!str_starts(s, S("test ")) || !str_ends(s, S("{"))) {
        if (!str_starts(s, S("test ")) || !str_has(s, "{")) return false;
    }
    s = trim((Str){s.p + 5, s.n - 5});
    if (!s.n || s.p[0] == '=' || s.p[0] == '(') return false;
    const char *brace = memchr(s.p, '{', s.n);
    *name = trim((Str){s.p, (u32)(brace - s.p)});
    return true;
}

static void add_args(Arena *a, Job *job, Str s) {
    for (u32 at = 0; at < s.n;) {
        u32 end = at;
        while (end < s.n && s.p[end] != ' ') end++;
        Str arg = {s.p + at, end - at};
        if (arg.n) vec_push(a, &job->args, arg);
        at = end + 1;
    }
}

typedef struct Scan {
    StrBuf expected, input;
    bool expects, blocks, block_matches;
    Job job;
} Scan;

static void scan_line(Arena *a, Scan *s, Str line, const char *filter) {
    Str d = directive(a, line, "expect"), name;
    if (!d.p) d = directive(a, line, "EXPECT");
    if (d.p) buf_fmt(&s->expected, "%.*s\n", FMT(d));
    s->expects |= d.p != NULL;
    if ((d = directive(a, line, "expect-stderr")).p) {
        vec_push(a, &s->job.in_stderr, d);
        s->expects = true;
    }
    if ((d = directive(a, line, "expect-exit")).p) {
        s->job.status = atoi(str_z(a, d));
        s->expects = true;
    }
    if ((d = directive(a, line, "args")).p) add_args(a, &s->job, d);
    if ((d = directive(a, line, "stdin")).p) buf_fmt(&s->input, "%.*s\n", FMT(d));
    if (block_name(line, &name)) {
        s->blocks = true;
        s->block_matches |= !filter || str_has(name, filter);
    }
}

static const char *input_file(TestRun *t, Str input) {
    HostText dir = host_temp_dir(t->arena);
    if (!input.n || !dir.ok) return "/dev/null";
    Str path = str_fmt(t->arena, "%s/%u.in", dir.text.p, t->runs.n);
    return host_write(t->arena, path.p, input, false).ok ? path.p : "/dev/null";
}

static void job_add(TestRun *t, const Job *job, const char *input) {
    Arena *a = t->arena;
    const Options *o = t->o;
    VEC(const char *) argv = {0};
    vec_push(a, &argv, "/proc/self/exe");
    vec_push(a, &argv, "run");
    vec_push(a, &argv, o->opt_given && o->cc.optimise ? "-O2" : "-O0");
    vec_push(a, &argv, o->cc.kind == CC_GCC ? "--cc=gcc" : "--cc=clang");
    if (o->cc.debug) vec_push(a, &argv, "-g");
    if (o->cc.static_gc) vec_push(a, &argv, "--static-gc");
    if (o->compile.overflow_check) vec_push(a, &argv, "--check=overflow");
    if (job->blocks) vec_push(a, &argv, "--test-mode");
    if (job->filter_blocks) vec_push(a, &argv, str_fmt(a, "--filter=%s", o->filter).p);
    vec_push(a, &argv, "--");
    vec_push(a, &argv, str_z(a, job->file));
    vec_push(a, &argv, "--");
    for (u32 i = 0; i < job->args.n; i++) vec_push(a, &argv, str_z(a, job->args.v[i]));
    vec_push(a, &argv, NULL);
    HostRun run = {.argv = argv.v, .capture = true, .stdin_path = input,
                   .timeout_ms = o->timeout_ms};
    vec_push(a, &t->jobs, *job);
    vec_push(a, &t->runs, run);
}

static void file_add(TestRun *t, Str file, Str text) {
    Scan s = {.expected.arena = t->arena, .input.arena = t->arena, .job.file = file};
    const char *filter = t->o->filter;
    for (u32 at = 0; at < text.n;) {
        u32 end = at;
        while (end < text.n && text.p[end] != '\n') end++;
        scan_line(t->arena, &s, (Str){text.p + at, end - at}, filter);
        at = end + 1;
    }
    bool file_matches = !filter || str_has(file, filter);
    if (!(s.expects && file_matches) && !(s.blocks && (file_matches || s.block_matches))) return;
    s.job.expected = buf_done(&s.expected);
    const char *input = input_file(t, buf_done(&s.input));
    if (s.expects && file_matches) job_add(t, &s.job, input);
    if (s.blocks && (file_matches || s.block_matches)) {
        Job blocks = {.file = file, .blocks = true, .filter_blocks = !file_matches};
        job_add(t, &blocks, input);
    }
}

static void collect(TestRun *t, Str path, bool named) {
    Arena *a = t->arena;
    HostStat st = host_stat(path.p);
    if (st.kind == HOST_DIR) {
        HostNames list = host_list(a, path.p);
        for (u32 i = 0; i < list.names.n; i++) {
            Str name = list.names.v[i];
            if (name.p[0] == '.' || str_eq(name, S("build"))) continue;
            bool here = str_eq(path, S("."));
            collect(t, here ? name : str_fmt(a, "%s/%s", path.p, name.p), false);
        }
        return;
    }
    if (!named && !str_ends(path, S(".wyn"))) return;
    HostText text = host_read(a, path.p);
    if (text.ok) file_add(t, path, text.text);
}

/* "N tests passed" or "P passed, F failed" in the last line of a program's output. */
static bool summary_read(Str out, u32 *passed, u32 *failed) {
    while (out.n && out.p[out.n - 1] == '\n') out.n--;
    u32 from = out.n;
    while (from && out.p[from - 1] != '\n') from--;
    char line[64] = {0};
    memcpy(line, out.p + from, MIN_OF(out.n - from, sizeof line - 1));
    *failed = 0;
    if (sscanf(line, "%u passed, %u failed", passed, failed) == 2) return true;
    return sscanf(line, "%u test", passed) == 1 && strstr(line, " passed") != NULL;
}

static Str indented(Arena *a, Str text) {
    StrBuf b = {.arena = a};
    for (u32 i = 0; i < text.n; i++) {
        if (i == 0 || text.p[i - 1] == '\n') buf_c(&b, "      ");
        buf_char(&b, text.p[i]);
    }
    if (text.n && text.p[text.n - 1] != '\n') buf_char(&b, '\n');
    return buf_done(&b);
}

/* Why the program failed its comments; empty when it did not. */
static Str complaint(Arena *a, const Job *job, const HostResult *r) {
    StrBuf b = {.arena = a};
    if (r->status != job->status)
        buf_fmt(&b, "exit status %d, expected %d\n", r->status, job->status);
    if (!str_eq(r->out, job->expected)) {
        u32 line = 1, i = 0;
        for (; i < r->out.n && i < job->expected.n && r->out.p[i] == job->expected.p[i]; i++)
            line += r->out.p[i] == '\n';
        buf_fmt(&b, "output differs from line %u on; it was:\n%.*s", line, FMT(r->out));
    }
    for (u32 i = 0; i < job->in_stderr.n; i++)
        if (!str_has(r->err, str_z(a, job->in_stderr.v[i])))
            buf_fmt(&b, "stderr lacks: %.*s\n", FMT(job->in_stderr.v[i]));
    if (b.n) buf_str(&b, r->err);
    return buf_done(&b);
}

static void job_done(void *ctx, u32 index, const HostResult *r) {
    TestRun *t = ctx;
    const Job *job = &t->jobs.v[index];
    u32 passed = 0, failed = 0;
    Str why = S("");
    if (!r->started) why = r->error;
    else if (r->timed_out) why = str_fmt(t->arena, "stopped after %u s", t->o->timeout_ms / 1000);
    else if (!job->blocks) why = complaint(t->arena, job, r);
    else if (!summary_read(r->out, &passed, &failed) || failed || r->status)
        why = str_fmt(t->arena, "%.*s%.*s", FMT(r->out), FMT(r->err));
    if (!job->blocks) passed = !why.n;
    if (why.n && failed == 0) failed = 1;
    if (!why.n && passed == 0) return; /* every block was filtered out */
    t->passed += passed;
    t->failed += failed;
    printf("  %s %.*s", why.n ? "\xE2\x9C\x97" : "\xE2\x9C\x93", FMT(job->file));
    if (job->blocks && passed + failed > 1) printf(" (%u of %u)", passed, passed + failed);
    putchar('\n');
    Str text = indented(t->arena, why);
    fwrite(text.p, 1, text.n, stdout);
    fflush(stdout);
}

int test_command(Arena *a, const Options *o) {
    TestRun t = {.arena = a, .o = o};
    const char *path = o->file ? o->file : ".";
    if (host_stat(path).kind == HOST_ABSENT) {
        say("cannot read %s: there is no such file or folder", path);
        return EXIT_USAGE;
    }
    host_watch_signals();
    collect(&t, str_c(path), o->file != NULL);
    u32 jobs = o->jobs ? o->jobs : (u32)host_cores();
    if (t.runs.n) host_run_many(a, t.runs.v, t.runs.n, jobs, job_done, &t);
    printf("\n%u passed, %u failed\n", t.passed, t.failed);
    if (t.passed + t.failed == 0) say("no tests found in %s", path);
    return t.passed && !t.failed ? EXIT_OK : EXIT_USAGE;
}
