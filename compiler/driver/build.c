/* build.c - compile, run and check one program. Results go to stdout only when they were asked for
 * (--dump); everything else is said on stderr. */
#include "build.h"
#include "cache.h"
#include <stdio.h>
#include <string.h>

void say(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fputs("wync: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static bool colour_wanted(const Options *o) {
    return o->format == DIAG_TEXT && host_is_terminal(2) && host_env("NO_COLOR").n == 0;
}

static bool file_usable(const Options *o) {
    if (!o->file) {
        say("%s needs a FILE; see wync --help", command_rows[o->command].name);
        return false;
    }
    HostStat st = host_stat(o->file);
    if (st.kind == HOST_DIR) say("%s is a directory without a main.wyn", o->file);
    return st.kind != HOST_DIR;
}

static void text_show(FILE *to, Str s) {
    if (s.n) fwrite(s.p, 1, s.n, to);
    fflush(to);
}

/* Front end up to C text; shows the diagnostics. */
static Str compile_shown(Arena *a, Compiled *c, const Options *o) {
    compile_file(a, c, o->file, &o->compile);
    if (c->error.n) say("cannot read %s: %.*s", o->file, FMT(c->error));
    Str notes = diags_render(&c->diags, o->format, colour_wanted(o));
    text_show(stderr, notes);
    return notes;
}

static Str request_id(Arena *a, const Options *o, const Toolchain *tc) {
    const CompileOptions *c = &o->compile;
    return str_fmt(a, "%d%d%d%d%d\n%.*s", c->test_mode, c->lint, c->overflow_check,
                   (int)o->format, colour_wanted(o), FMT(tc->id));
}

/* C text -> program in the private folder. */
static Str compile_c(Arena *a, Built *b, const Options *o, const Toolchain *tc,
                     const Compiled *c) {
    HostText dir = host_temp_dir(a);
    if (!dir.ok) {
        say("cannot make a temporary folder: %.*s", FMT(dir.error));
        b->status = EXIT_USAGE;
        return S("");
    }
    Str c_file = str_fmt(a, "%s/main.c", dir.text.p), out = str_fmt(a, "%s/program", dir.text.p);
    HostText written = host_write(a, c_file.p, c->text, false);
    if (!written.ok) {
        say("cannot write %s: %.*s", c_file.p, FMT(written.error));
        b->status = EXIT_USAGE;
        return S("");
    }
    CcResult cc = cc_compile(a, tc, &o->cc, &c->natives, c_file.p, out.p);
    b->status = cc.status;
    if (cc.status != EXIT_OK) say("%.*s", FMT(cc.error));
    return cc.status == EXIT_OK ? out : S("");
}

Built build_program(Arena *a, const Options *o) {
    Built b = {.status = EXIT_USAGE};
    if (!file_usable(o)) return b;
    Toolchain tc = cc_find(a, &o->cc);
    if (!tc.ok) {
        say("%.*s", FMT(tc.error));
        return b;
    }
    Cache cache = cache_open(a, o->file, request_id(a, o, &tc));
    Cached cached = cache_find(a, &cache);
    if (cached.hit) {
        text_show(stderr, cached.notes);
        b.status = EXIT_OK;
        b.program = cached.program;
        b.cached = true;
        memcpy(&b.inputs, &cached.inputs, sizeof b.inputs);
        return b;
    }
    host_watch_signals();
    Compiled c;
    Str notes = compile_shown(a, &c, o);
    b.status = c.status;
    if (c.status != EXIT_OK) return b;
    Str made = compile_c(a, &b, o, &tc, &c);
    if (b.status != EXIT_OK) return b;
    for (u32 i = 0; i < c.inputs.n; i++) vec_push(a, &b.inputs, c.inputs.v[i].path);
    Str stored = cache_store(a, &cache, &c.inputs, notes, made.p);
    b.cached = stored.n != 0;
    b.program = b.cached ? stored : made;
    return b;
}

static int dump_command(Arena *a, const Options *o) {
    if (!file_usable(o)) return EXIT_USAGE;
    Compiled c;
    compile_shown(a, &c, o);
    text_show(stdout, c.text);
    return c.status;
}

int check_command(Arena *a, const Options *o) {
    if (!file_usable(o)) return EXIT_USAGE;
    Options check = *o;
    check.compile.check_only = true;
    Compiled c;
    compile_shown(a, &c, &check);
    if (c.status == EXIT_OK && o->format == DIAG_TEXT)
        fprintf(stderr, "\xE2\x9C\x93 %s: no errors\n", o->file);
    return c.status;
}

/* ./NAME for dir/NAME.wyn. */
static const char *output_name(Arena *a, const Options *o) {
    if (o->output) return o->output;
    Str base = str_c(o->file);
    const char *slash = strrchr(o->file, '/');
    if (slash) base = str_c(slash + 1);
    if (str_ends(base, S(".wyn")) && base.n > 4) base.n -= 4;
    return str_fmt(a, "./%.*s", FMT(base)).p;
}

/* False when writing `out` would destroy a source or cannot work. */
static bool output_usable(const char *out, const Built *b) {
    HostStat st = host_stat(out);
    if (!*out || st.kind == HOST_DIR) {
        say("cannot write '%s': it is a directory; choose another name with -o", out);
        return false;
    }
    for (u32 i = 0; i < b->inputs.n && st.kind != HOST_ABSENT; i++) {
        HostStat in = host_stat(b->inputs.v[i].p);
        if (in.kind != HOST_FILE || in.inode != st.inode || in.device != st.device) continue;
        say("'%s' is a source of the program and is not overwritten; choose another name with -o",
            out);
        return false;
    }
    return true;
}

int build_command(Arena *a, const Options *o) {
    if (o->compile.dump != DUMP_NONE) return dump_command(a, o);
    Built b = build_program(a, o);
    if (b.status != EXIT_OK) return b.status;
    const char *out = output_name(a, o);
    if (!output_usable(out, &b)) return EXIT_USAGE;
    HostText copied = host_copy(a, b.program.p, out, true);
    if (copied.ok) return EXIT_OK;
    say("cannot write '%s': %.*s", out, FMT(copied.error));
    return EXIT_USAGE;
}

int run_command(Arena *a, const Options *o) {
    if (o->compile.dump != DUMP_NONE) return dump_command(a, o);
    Built b = build_program(a, o);
    if (b.status != EXIT_OK) {
        if (b.status != EXIT_USAGE)
            fprintf(stderr, "wync run: %s was not run: %s\n", o->file,
                    b.status == EXIT_LEX ? "lexical errors" : b.status == EXIT_PARSE ?
                    "syntax errors" : b.status == EXIT_CHECK ? "semantic errors" :
                    "the C compiler failed");
        return b.status;
    }
    VEC(const char *) argv = {0};
    vec_push(a, &argv, b.program.p);
    for (int i = 0; i < o->arg_count; i++) vec_push(a, &argv, o->args[i]);
    vec_push(a, &argv, NULL);
    if (b.cached) host_temp_clean();
    if (o->compile.test_mode && o->filter) host_env_set("WYN_TEST_FILTER", o->filter);
    HostRun run = {.argv = argv.v};
    HostResult r = host_run_program(a, &run);
    if (r.started) return r.status;
    say("cannot run %s: %.*s", b.program.p, FMT(r.error));
    return EXIT_USAGE;
}
