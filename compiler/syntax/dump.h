/* dump.h - shared by ast_dump.c and ast_dump_decl.c. */
#ifndef WYN_DUMP_H
#define WYN_DUMP_H
#include "ast.h"

typedef struct Dump {
    Arena *arena;
    StrBuf b;
    u32 indent;
} Dump;

void dump_expr(Dump *d, const Ast *e);
void dump_stmt(Dump *d, const Ast *e);
void dump_block(Dump *d, const Ast *e);
void dump_list(Dump *d, AstList l);          /* " a b c" */
void dump_names(Dump *d, AstNames n);        /* " a b" */
void dump_quoted(Dump *d, Str s);
void dump_params(Dump *d, AstParams p);      /* " (a b:T)" */
void dump_args(Dump *d, AstArgs a);          /* " x n:y" */
void dump_decl(Dump *d, const Ast *e);       /* ast_dump_decl.c */
void dump_type(Dump *d, const Ast *e);
void dump_pattern(Dump *d, const Ast *e);
void dump_path(Dump *d, AstNames path);      /* "a.b" */
void dump_line(Dump *d);                     /* new line, indented */
#endif
