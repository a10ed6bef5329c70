/* compile.c - THE PASS LIST. Each line of compile_text takes the finished result of the one above;
 * --dump=X stops after any of them. */
#include "compile.h"
#include "../emit/emit.h"
#include "../lower/lower.h"
#include "../sema/check.h"
#include "../sema/passes.h"
#include "../syntax/parse.h"

static ReadResult read_input(void *ctx, Arena *perm, Str path) {
    Compiled *c = ctx;
    HostText t = host_read(perm, str_z(perm, path));
    Input in = {str_copy(perm, path), t.ok, t.text};
    vec_push(perm, &c->inputs, in);
    return (ReadResult){t.ok, t.text};
}

/* The folder that imports may not leave: the nearest one above with a wyn.toml, else the file's. */
static Str project_root(Arena *perm, Str path) {
    u32 n = path.n;
    while (n && path.p[n - 1] != '/') n--;
    Str own = str_copy(perm, (Str){path.p, n});
    for (Str dir = own;;) {
        if (host_stat(str_fmt(perm, "%.*swyn.toml", FMT(dir)).p).kind == HOST_FILE) return dir;
        if (dir.n < 2) return own;
        dir.n--;
        while (dir.n && dir.p[dir.n - 1] != '/') dir.n--;
    }
}

static bool stopped(Compiled *c) {
    c->status = diag_exit_status(&c->diags);
    return c->status != EXIT_OK;
}

static Str dump_syntax(Arena *perm, Compiled *c, Interner *names, Str path, Str text, bool ast) {
    u32 file = source_add(c->diags.sources, path, text, false);
    if (!ast) return tokens_dump(perm, names, &c->diags, file);
    return ast_dump(perm, parse(perm, names, &c->diags, file));
}

static void natives_find(Arena *perm, Compiled *c, const IrProgram *ir) {
    for (u32 i = 0; i < ir->fns.n; i++) {
        const IrFn *fn = ir->fns.v[i];
        if (fn->is_extern && fn->std_abi && fn->used) vec_push(perm, &c->natives, fn->name);
    }
}

static void compile_text(Arena *perm, Compiled *c, Str path, Str text, const CompileOptions *opt) {
    Interner *names = interner_new(perm);
    if (opt->dump == DUMP_TOKENS || opt->dump == DUMP_AST) {
        c->text = dump_syntax(perm, c, names, path, text, opt->dump == DUMP_AST);
        stopped(c);
        return;
    }
    CheckOptions check = {.test_mode = opt->test_mode, .lint = opt->lint,
                          .overflow_check = opt->overflow_check,
                          .root = project_root(perm, path), .read = read_input, .ctx = c};
    Program *tree = check_program(perm, names, &c->diags, &check, path, text);
    if (stopped(c)) return;
    tree_check(tree);
    if (opt->check_only) return;
    if (opt->dump == DUMP_TREE) {
        c->text = tree_dump(perm, tree);
        return;
    }
    LowerOptions lower = {.overflow_check = opt->overflow_check, .test_mode = opt->test_mode};
    IrProgram *ir = lower_program(perm, tree, &lower);
    ir_check(perm, ir);
    if (opt->dump == DUMP_IR) {
        c->text = ir_dump(perm, ir);
        return;
    }
    EmitOptions emit = {.no_line = opt->no_line};
    c->text = emit_c(perm, ir, &emit);
    natives_find(perm, c, ir);
}

void compile_file(Arena *perm, Compiled *out, const char *path, const CompileOptions *opt) {
    *out = (Compiled){0};
    Sources *sources = NEW(perm, Sources);
    sources->arena = perm;
    out->diags = (Diags){.arena = perm, .sources = sources, .lint = opt->lint};
    HostText main = host_read(perm, path);
    Input in = {str_copy(perm, str_c(path)), main.ok, main.text};
    vec_push(perm, &out->inputs, in);
    if (!main.ok) {
        out->error = main.error;
        out->status = EXIT_USAGE;
        return;
    }
    compile_text(perm, out, in.path, main.text, opt);
}
