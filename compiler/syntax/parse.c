/* parse.c - runs the stages: scan, mates, filter, grammar. */
#include "build.h"
#include "shape.h"

Span parser_span(const Parser *P, Loc l) { return (Span){P->file, l.off, l.end - l.off}; }

Str parser_text(const Parser *P, u32 tok) {
    return (Str){P->text + P->toks[tok].off, P->toks[tok].len};
}

/* Is the text from `from` to `to` the word async, which the filter drops, and blanks? */
static bool dropped_async(const Parser *P, u32 from, u32 to) {
    if (to - from < 6 || !str_eq((Str){P->text + from, 5}, S("async"))) return false;
    u32 i = from + 5;
    while (i < to && (P->text[i] == ' ' || P->text[i] == '\n')) i++;
    return i == to;
}

/* The doc comment directly before the token at `off`. */
Str parser_doc(const Parser *P, u32 off) {
    u32 lo = 0, hi = P->docs.n;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (P->docs.v[mid].tok_off < off) lo = mid + 1;
        else hi = mid;
    }
    if (lo < P->docs.n && P->docs.v[lo].tok_off == off) return P->docs.v[lo].text;
    if (lo > 0 && dropped_async(P, P->docs.v[lo - 1].tok_off, off)) return P->docs.v[lo - 1].text;
    return (Str){0};
}

static Str module_docs(Parser *P, AstModule *m, u32 i) {
    Ast *e = m->stmts.v[i];
    Str doc = parser_doc(P, e->span.off);
    return doc;
}

/* Tokens of a file, filtered; failed is set after a report. */
static Shaped file_tokens(Arena *perm, Arena *scratch, Diags *ds, u32 file, DocVec *docs) {
    Lexed lexed = lex_file(perm, scratch, ds, file);
    *docs = lexed.docs;
    if (lexed.failed || !shape_mate(scratch, ds, file, &lexed.toks))
        return (Shaped){.failed = true};
    return shape_tokens(scratch, ds, file, &lexed.toks);
}

AstModule *parse(Arena *perm, Interner *names, Diags *ds, u32 file) {
    Arena scratch = {0};
    AstModule *m = NEW(perm, AstModule);
    DocVec docs = {0};
    m->file = file;
    Shaped shaped = file_tokens(perm, &scratch, ds, file, &docs);
    m->fatal = shaped.failed;
    if (!m->fatal) {
        Parser *P = NEW(&scratch, Parser);
        *P = (Parser){.perm = perm, .scratch = &scratch, .names = names, .ds = ds, .file = file,
                      .text = source_file(ds->sources, file)->text.p, .toks = shaped.toks.v,
                      .n_toks = shaped.toks.n, .docs = docs, .last_bad = NO_MATE};
        m->fatal = wyn_yyparse(P) != 0 || P->fatal;
        if (!m->fatal) {
            m->stmts = list_of(P, P->result);
            m->docs = NEW_N(perm, Str, m->stmts.n);
            for (u32 i = 0; i < m->stmts.n; i++) m->docs[i] = module_docs(P, m, i);
        }
    }
    arena_free(&scratch);
    return m;
}

Str tokens_dump(Arena *a, Interner *names, Diags *ds, u32 file) {
    (void)names;
    Arena scratch = {0};
    DocVec docs = {0};
    StrBuf b = {.arena = a};
    Shaped shaped = file_tokens(a, &scratch, ds, file, &docs);
    const char *text = source_file(ds->sources, file)->text.p;
    for (u32 i = 0; i < shaped.toks.n && !shaped.failed; i++) {
        const Token *t = &shaped.toks.v[i];
        LineCol at = source_pos(ds->sources, (Span){file, t->off, t->len});
        buf_fmt(&b, "%u:%u %s", at.line, at.col, token_name(t->kind));
        if (t->kind == TK_TERM) buf_c(&b, t->flags & TF_JUXT ? " juxt" : "");
        else if (t->len) buf_fmt(&b, " %.*s", (int)t->len, text + t->off);
        if (t->kind == TK_TERM && (t->flags & TF_BODY)) buf_c(&b, " body");
        buf_char(&b, '\n');
    }
    arena_free(&scratch);
    return buf_done(&b);
}
