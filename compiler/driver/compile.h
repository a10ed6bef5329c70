/* compile.h - one program from its main file to C text. */
#ifndef WYN_COMPILE_H
#define WYN_COMPILE_H
#include "../base/diag.h"
#include "../base/host.h"
#include "library.h"

typedef enum DumpKind {
    DUMP_NONE, DUMP_TOKENS, DUMP_AST, DUMP_TREE, DUMP_IR, DUMP_C
} DumpKind;

typedef struct CompileOptions {
    bool test_mode, lint, overflow_check;
    bool check_only;  /* stop before lowering */
    bool no_line;     /* C text without #line */
    DumpKind dump;    /* stop after that phase and give its text */
} CompileOptions;

/* A file that the compilation read or looked for: what a cached result depends on. */
typedef struct Input {
    Str path;
    bool present;
    Str text;
} Input;
typedef VEC(Input) Inputs;

typedef struct Compiled {
    int status; /* EXIT_OK or the exit code of the failing stage */
    Str error;  /* the main file could not be read: why */
    Str text;   /* C text, or the dump asked for */
    Diags diags;
    Inputs inputs;
    StrList natives; /* the native functions that the program calls */
} Compiled;

/* `path` is shown in diagnostics as given. Fills `out`, prints nothing. */
void compile_file(Arena *perm, Compiled *out, const char *path, const CompileOptions *opt);
#endif
