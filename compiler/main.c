/* main.c - argv to command. One table of commands and one of options (driver/options.c). */
#include "driver/compile.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    Arena arena = {0};
    CompileOptions opt = {.dump = DUMP_C};
    const char *file = NULL;
    for (int i = 1; i < argc; i++) {
        static const char *const kinds[] = {"", "tokens", "ast", "tree", "ir", "c"};
        if (strncmp(argv[i], "--dump=", 7) == 0) {
            for (u32 k = 1; k < COUNT_OF(kinds); k++)
                if (strcmp(argv[i] + 7, kinds[k]) == 0) opt.dump = (DumpKind)k;
        } else if (strcmp(argv[i], "check") == 0) {
            opt.check_only = true;
            opt.dump = DUMP_NONE;
        } else {
            file = argv[i];
        }
    }
    if (!file) return EXIT_USAGE;
    Compiled c;
    compile_file(&arena, &c, file, &opt);
    if (c.error.n) fprintf(stderr, "wync: %s: %.*s\n", file, FMT(c.error));
    Str text = diags_render(&c.diags, DIAG_TEXT, false);
    fwrite(text.p, 1, text.n, stderr);
    fwrite(c.text.p, 1, c.text.n, stdout);
    return c.status;
}
