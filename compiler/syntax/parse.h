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

/* For a word of another language what to write instead ("'null'" gives "write 'none'"), else NULL.
 * Such words are plain names: the checker asks when one is undefined, for the message
 * "'null' is not Wyn syntax - write 'none'". */
const char *foreign_word(Str word);
#endif
