/* parse_error.c - says what is wrong at a token the grammar cannot take. */
#include "build.h"
#include <string.h>

void report_syntax(Parser *P, u32 bad, const TokenKind *expected, u32 n) {
    (void)expected; (void)n;
    Token *t = &P->toks[bad];
    u32 o = t->mate;
    while (o != NO_MATE && P->toks[o].kind != TK_LB) o = P->toks[o].mate;
    P->skip_depth = o == NO_MATE ? 0 : P->toks[o].depth + 1u;
    P->skipping = !(t->kind == TK_TERM && !(t->flags & TF_JUXT)) && t->kind != TK_RC;
    P->drop_term = t->kind == TK_TERM && (t->flags & TF_JUXT);
    if (t->kind == TK_BAD) return;
    Str s = parser_text(P, bad);
    diag_new(P->ds, E_SYNTAX, (Span){P->file, t->off, t->len}, "unexpected '%.*s'", FMT(s));
}
bool report_foreign_word(Parser *P, u32 i) { (void)P; (void)i; return false; }
void report_exhausted(Parser *P, u32 bad) { (void)P; (void)bad; P->fatal = true; }
