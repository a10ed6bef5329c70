/* build.h - the parser's state and the constructors its actions call. Private to this folder. */
#ifndef WYN_BUILD_H
#define WYN_BUILD_H
#include "lexer.h"
#include "parse.h"

/* A place in the text, as bison carries it: from the first byte to after the last. */
typedef struct Loc {
    u32 off, end;
} Loc;

/* A list under construction: elements of one C type, in scratch memory. */
typedef struct Items {
    void *v;
    u32 n, cap;
    bool triple; /* pieces of a """ string */
} Items;

typedef struct StructMember { /* a field, a method, or neither after an error */
    AstStructField field;
    Ast *method;
} StructMember;

typedef struct Parser {
    Arena *perm, *scratch;
    Interner *names;
    Diags *ds;
    u32 file;
    const char *text;
    Token *toks;
    u32 n_toks, at;       /* at: the next token to deliver */
    DocVec docs;
    bool skipping;        /* after a syntax error, until a separator of frame depth `skip_depth` */
    u32 skip_depth;
    u32 last_bad;         /* token of the syntax error before, NO_MATE: none */
    bool drop_bad;        /* the statement in error does not end at the offending token */
    bool reported_bad;    /* BAD was delivered: its error is known */
    bool progress;        /* that token is another than the time before */
    u32 juxt_last;        /* where the right side of the last juxtaposition begins */
    bool fatal;
    Items result;
} Parser;

/* parse.c */
Span parser_span(const Parser *P, Loc l);
Str parser_text(const Parser *P, u32 tok);
Str parser_doc(const Parser *P, u32 off);

/* lists */
void *items_add(Parser *P, Items *it, size_t size);
#define ITEM(it, T, ...) ((void)(*(T *)items_add(P, (it), sizeof(T)) = (T)__VA_ARGS__))
AstList list_of(Parser *P, Items it);
AstNames names_of(Parser *P, Items it);
AstArgs args_of(Parser *P, Items it);
AstParams params_of(Parser *P, Items it);
AstGens gens_of(Parser *P, Items it);

/* ast.c: nodes */
AstName name_at(Parser *P, u32 tok);
Ast *ast_new(Parser *P, AstKind kind, Loc l);
Ast *ast_name(Parser *P, AstKind kind, u32 tok);
Ast *ast_literal(Parser *P, u32 tok);
Ast *ast_interp(Parser *P, Loc l, Items parts);
void interp_text(Parser *P, Items *parts, u32 tok);
void interp_part(Parser *P, Items *parts, Ast *e, u32 spec_tok); /* NO_MATE: no format */
Ast *ast_one(Parser *P, AstKind kind, Loc l, Ast *e);
Ast *ast_list(Parser *P, AstKind kind, Loc l, Items elems);
Ast *ast_unary(Parser *P, Loc l, Op op, Ast *e);
Ast *ast_chain(Parser *P, Loc l, Ast *a, Op op, Loc op_loc, Ast *b);
Ast *ast_in_range(Parser *P, Loc l, Ast *a, Op op, Loc op_loc, Ast *range);
Ast *ast_range(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive);
Ast *ast_pair(Parser *P, Loc l, Ast *a, Ast *b);
Ast *ast_ternary(Parser *P, Loc l, Ast *c, Ast *a, Ast *b);
Ast *ast_call(Parser *P, Loc l, Ast *fn, Items args);
Ast *ast_index(Parser *P, Loc l, Ast *obj, Ast *index);
Ast *ast_field(Parser *P, AstKind kind, Loc l, Ast *obj, u32 name_tok);
Ast *ast_elem(Parser *P, Loc l, Ast *obj, u32 tok);
Ast *ast_slice(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive); /* obj is filled later */
Ast *ast_struct_lit(Parser *P, Loc l, Ast *type, Items fields);
Ast *ast_map(Parser *P, Loc l, Items entries);
Ast *ast_compr(Parser *P, Loc l, Ast *e, Items names, Ast *iter, Ast *guard);
Ast *ast_lambda(Parser *P, Loc l, Items params, Ast *ret, Ast *body, bool arrow);
Ast *ast_if(Parser *P, Loc l, Items arms, Ast *els);
Ast *ast_match(Parser *P, Loc l, Ast *subject, Items arms);
Ast *ast_block(Parser *P, Loc l, Items stmts);
Ast *ast_wrap(Parser *P, Ast *stmt); /* a block of one statement, unless it is a block */
Ast *ast_let(Parser *P, Loc l, Ast *pattern, Ast *e);
Ast *ast_var(Parser *P, Loc l, Items names, Ast *type, Items values, u32 flags);
Ast *ast_assign(Parser *P, Loc l, Items targets, Items values);
Ast *ast_opassign(Parser *P, Loc l, Ast *target, Op op, Ast *value);
Ast *ast_jump(Parser *P, AstKind kind, Loc l, u32 label_tok);
Ast *ast_while(Parser *P, Loc l, Ast *cond, Ast *body);
Ast *ast_for_in(Parser *P, Loc l, Items names, Ast *iter);
Ast *ast_for_c(Parser *P, Loc l, u32 name, Ast *init, Ast *cond, Ast *step);
Ast *ast_loop_body(Parser *P, Loc l, Ast *loop, Ast *body);
void ast_loop_label(Parser *P, Ast *loop, u32 label_tok);
Ast *ast_scope(Parser *P, AstKind kind, Loc l, Items args, u32 name_tok, Ast *body);
Ast *ast_select(Parser *P, Loc l, Items arms);
Ast *ast_test(Parser *P, AstKind kind, Loc l, u32 title_tok, Ast *body);
Ast *ast_import(Parser *P, Loc l, Items path, Items names, bool listed);

Ast *ast_fn_name(Parser *P, Loc l, u32 tok, Items gens);
Ast *ast_fn_member(Parser *P, Loc l, Ast *fn, u32 tok, Items gens);
Ast *ast_fn(Parser *P, Loc l, Ast *fn, Items params, Ast *ret);
Ast *ast_fn_body(Parser *P, Loc l, Ast *fn, Ast *body, bool arrow);
Ast *ast_public(Parser *P, Loc l, Ast *decl, u32 flag); /* pub, export */
Ast *ast_struct(Parser *P, Loc l, u32 name, Items gens, Items members);
Ast *ast_enum(Parser *P, Loc l, u32 name, Items gens, Items variants);
AstVariant ast_variant(Parser *P, u32 name, Items payload);
Ast *ast_trait(Parser *P, Loc l, u32 name, Items gens, Items methods);
Ast *ast_impl(Parser *P, Loc l, Items gens, Ast *type, Ast *for_type, Items methods);
Ast *ast_alias(Parser *P, Loc l, u32 name, Items gens, Ast *type);

Ast *ast_type_name(Parser *P, Loc l, Items path, Items args);
Ast *ast_type_fn(Parser *P, Loc l, Items params, Ast *ret);
Ast *ast_union(Parser *P, AstKind kind, Loc l, Ast *a, Ast *b); /* T_UNION, P_OR: n-ary */
Ast *ast_pattern_path(Parser *P, AstKind kind, Loc l, Items path, Items args);
Ast *ast_pattern_lit(Parser *P, Loc l, Ast *lit);
Ast *ast_pattern_range(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive);

/* parse_check.c: what the grammar lets through and an action refuses */
void check_juxtaposed(Parser *P, Items stmts, u32 term_tok, Ast *right);
void check_target(Parser *P, Ast *e);
void check_nested(Parser *P, Items stmts);
void check_params(Parser *P, Ast *fn);
void check_chained(Parser *P, Ast *chain);

/* parse_error.c: one syntax error. `expected` are the kinds that could have stood there. */
void report_syntax(Parser *P, u32 bad, const TokenKind *expected, u32 n);
/* The foreign word that begins the statement before token `i`, if there is one: reported. */
bool report_foreign_word(Parser *P, u32 i);
void report_exhausted(Parser *P, u32 bad);

/* parser.y */
int wyn_yyparse(Parser *P);
#endif
