/* shape.h - the token filter: scanned tokens in, the parser's tokens out. The only place that knows
 * newlines, try or ternary `?`, lambda heads, literal braces and generic `<`. */
#ifndef WYN_SHAPE_H
#define WYN_SHAPE_H
#include "lexer.h"

enum { NESTING_LIMIT = 500 };

/* Pair brackets, `<` with `>`, ternary `?` with `:` (shape_mate.c). False: reported. */
bool shape_mate(Arena *scratch, Diags *ds, u32 file, TokenVec *toks);

typedef struct Shaped {
    TokenVec toks; /* ends with END */
    bool failed;   /* reported: do not parse */
} Shaped;

/* `raw` must have its mates; kinds of `>` in it are changed. */
Shaped shape_tokens(Arena *scratch, Diags *ds, u32 file, TokenVec *raw);

bool shape_begins_operand(const Token *t); /* reads the token after it too */
void shape_too_deep(Diags *ds, Span at);
#endif
