/* parse.h - text to syntax tree. */
#ifndef WYN_PARSE_H
#define WYN_PARSE_H
#include "../base/diag.h"
#include "ast.h"

/* Parse one file. Every error is reported into `ds`; the tree holds AST_ERROR where one stood.
 * Linear in the size of the text; no recursion deeper than the nesting limit of 500. */
AstModule *parse(Arena *perm, Interner *names, Diags *ds, u32 file);

/* Texts for --dump=tokens: the filtered token stream, one token a line. */
Str tokens_dump(Arena *a, Interner *names, Diags *ds, u32 file);
#endif
