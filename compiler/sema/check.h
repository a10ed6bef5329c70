/* check.h - from the text of the main file to the typed tree: loads imports, resolves names, infers
 * types, instantiates generics, checks. */
#ifndef WYN_CHECK_H
#define WYN_CHECK_H
#include "../base/diag.h"
#include "tree.h"

typedef struct ReadResult {
    bool ok;
    Str text;
} ReadResult;

typedef struct CheckOptions {
    bool test_mode;      /* keep test blocks, ignore main */
    bool lint, overflow_check;
    Str root;            /* folder that imports may not leave, "" for the current one */
    /* Reads a source file below the root; never prints. Called once per module tried. */
    ReadResult (*read)(void *ctx, Arena *perm, Str path);
    void *ctx;
} CheckOptions;

/* The whole front end for one program. Diagnostics go into `ds`. The result is NULL or unusable
 * when ds->errors is not 0. `path` is shown to the user and is the base of imports. */
Program *check_program(Arena *perm, Interner *names, Diags *ds, const CheckOptions *opt, Str path,
                       Str text);
#endif
