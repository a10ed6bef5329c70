/* ast.h - THE SYNTAX TREE: what the parser builds and the checker reads. Immutable once parsed.
 * One struct, a kind, and per kind one member of the union: the comment at the kind names it.
 * Lists are AstList. A missing optional part is NULL. Nothing here knows types or scopes.
 * A node is allocated only as large as the member of its kind: never copy one by value. */
#ifndef WYN_AST_H
#define WYN_AST_H
#include "../base/source.h"
#include "../base/str.h"

typedef struct Ast Ast;
typedef struct AstList {
    Ast **v;
    u32 n;
} AstList;

typedef enum AstKind {
#define AST(kind, member) kind,
#include "ast.def"
#undef AST
    AST_KIND_COUNT
} AstKind;

/* Binary and compound operators. */
typedef enum Op {
    OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_BAND, OP_BOR, OP_BXOR, OP_SHL, OP_SHR,
    OP_LT, OP_GT, OP_LE, OP_GE, OP_EQ, OP_NE, OP_IN, OP_NOT_IN, OP_AND, OP_OR,
    OP_NEG, OP_NOT, OP_BNOT, OP_COUNT
} Op;
extern const char *const op_text[OP_COUNT]; /* "+", "and", ... */

enum {
    AF_PAREN = 1,      /* written in parentheses: ends operator chains */
    AF_PUB = 2, AF_EXPORT = 4, AF_CONST = 8, AF_MUT = 16,
    AF_PARALLEL = 32,  /* FOR_IN: parallel for */
    AF_EXTERN = 64, AF_BLOCKING = 128, AF_VARARGS = 256,
    AF_COLONS = 512,   /* FIELD written with :: */
    AF_ARROW = 1024,   /* FN, LAMBDA: the body is an expression after => */
    AF_TUPLE = 2048,   /* VAR: var (a, b) = e; FOR_IN: for (a, b) in e */
    AF_INCLUSIVE = 4096,
    AF_BARE = 8192,    /* VAR written as `x: T = e`, without var */
    AF_DECIMAL = 1 << 14, /* INT: written in decimal */
    AF_STMT = 1 << 15, /* IF, MATCH: at statement position */
    AF_ASSIGNED = 1 << 16, /* free for the parser */
    AF_ARRAY = 1 << 17, /* VAR: var [a, ...b] = e */
};

/* A named or plain argument; a struct-literal field (value NULL: shorthand); a field pattern. */
typedef struct AstArg {
    Name name; /* NULL: positional */
    Span name_span;
    Ast *value;
} AstArg;
typedef struct AstArgs {
    AstArg *v;
    u32 n;
} AstArgs;

typedef struct AstName {
    Name name;
    Span span;
} AstName;
typedef struct AstNames {
    AstName *v;
    u32 n;
} AstNames;

typedef struct AstParam {
    Name name; /* `self` is the name self */
    Span span;
    Ast *type, *def;
    bool mut;
} AstParam;
typedef struct AstParams {
    AstParam *v;
    u32 n;
} AstParams;

/* Type parameter with bounds: T: A + B. */
typedef struct AstGen {
    Name name;
    Span span;
    AstList bounds;
} AstGen;
typedef struct AstGens {
    AstGen *v;
    u32 n;
} AstGens;

typedef struct AstChainStep {
    Op op;
    Span op_span;
    Ast *rhs; /* for in / not in a range: an AST_RANGE */
} AstChainStep;

typedef struct AstVariant {
    Name name;
    Span span;
    AstNames payload_names; /* name NULL where none */
    AstList payload;        /* types */
} AstVariant;

typedef struct AstStructField {
    Name name;
    Span span;
    Ast *type, *def;
} AstStructField;

typedef struct AstArm {      /* of match */
    Ast *pattern, *guard, *body; /* body: a statement or expression */
} AstArm;
typedef struct AstIfArm {
    Ast *cond;               /* expression or AST_LET_COND */
    Ast *body;               /* AST_BLOCK (a braceless body is wrapped in one) */
} AstIfArm;
typedef struct AstSelArm {
    AstName bind;            /* name NULL: none */
    Ast *what;               /* expression: a recv/send/await/timeout/default/closed form */
    Ast *body;
} AstSelArm;

typedef struct AstInterpPart {
    Ast *expr;               /* AST_STR for text */
    Str spec;                /* text after ':', empty when none (p NULL: no colon) */
    Span spec_span;
} AstInterpPart;

struct Ast {
    AstKind kind;
    u32 flags;
    Span span;
    union {
        struct { u64 value; } int_;
        struct { double value; } float_;
        struct { Str bytes; } str;                    /* decoded */
        struct { AstInterpPart *parts; u32 n; } interp;
        struct { bool value; } bool_;
        struct { Name name; } name;
        struct { Ast *obj; Name name; Span name_span; } field;   /* FIELD, OPT_FIELD */
        struct { Ast *obj; u32 index; Span index_span; } elem;   /* t.0 */
        struct { Ast *fn; AstArgs args; } call;
        struct { Ast *obj, *index; } index;
        struct { Ast *obj, *lo, *hi; } slice;         /* AF_INCLUSIVE */
        struct { Ast *e;               /* TRY ADDR AWAIT SPAWN DEFER YIELD */
                 Ast *scope; } one;    /* SPAWN: the s of `s.spawn f(x)`, else NULL */
        struct { Ast *e; AstList types; } targs;      /* f<int>, Box<int> */
        struct { Ast *type; AstArgs fields; Ast *update; } lit;  /* type: NAME/FIELD/TARGS expr */
        struct { Op op; Ast *e; } unary;
        struct { Ast *first; AstChainStep *steps; u32 n; } chain;
        struct { Ast *a, *b; } pair;                  /* COALESCE a ?? b */
        struct { Ast *c, *a, *b; } ternary;
        struct { AstIfArm *arms; u32 n; Ast *els; } if_;         /* els: BLOCK or NULL */
        struct { Ast *pattern, *e; } let;             /* LET_COND */
        struct { Ast *subject; AstArm *arms; u32 n; } match;
        struct { AstParams params; Ast *ret, *body; } lambda;
        struct { AstList elems; } list;               /* ARRAY TUPLE SET and BLOCK stmts */
        struct { Ast **keys, **values; u32 n; } map;
        struct { Ast *e; AstNames names; Ast *iter, *guard; } compr;
        struct { Ast *lo, *hi; } range;               /* AF_INCLUSIVE */
        struct { AstArgs args; Ast *e; } await_t;     /* await(timeout: ms) e */

        struct { AstNames names; AstName rest; Ast *type; AstList values; } var;
        struct { AstList targets, values; } assign;
        struct { Ast *target; Op op; Ast *value; } opassign;     /* x++ is OP_ADD with value NULL */
        struct { AstList values; } ret;
        struct { AstName label; } jump;               /* BREAK CONTINUE */
        struct { Ast *cond, *body; AstName label; } while_;
        struct { AstNames names; Ast *iter, *body; AstName label; } for_in;
        struct { AstName name; Ast *init, *cond, *step, *body; AstName label; } for_c;
        struct { AstArgs args; AstName name; Ast *body; } scope; /* PARALLEL (no name), SCOPE */
        struct { AstSelArm *arms; u32 n; } select;
        struct { Str title; Span title_span; Ast *body; } test;  /* TEST, HOOK (title: which) */
        struct { AstNames path; AstName alias; AstNames names; Ast *from; bool listed; } import;
        struct { AstNames names; } names;             /* EXPORT_LIST */

        struct { Name name; Span name_span; AstNames owner; AstGens owner_gens; AstGens gens;
                 AstParams params; Ast *ret, *body;
                 Str doc; } fn;        /* owner: fn P.m; body NULL: signature; doc: its /// lines */
        struct { Name name; Span name_span; AstGens gens; AstStructField *fields; u32 n;
                 AstList methods; } struct_;
        struct { Name name; Span name_span; AstGens gens; AstVariant *variants; u32 n; } enum_;
        struct { Name name; Span name_span; AstGens gens; AstList methods; } trait;
        struct { AstGens gens; Ast *type, *for_type; AstList methods; } impl;
        struct { Name name; Span name_span; AstGens gens; Ast *type; } alias;

        struct { AstNames path; AstList args; } tname;
        struct { Ast *key, *value; } tmap;
        struct { Ast *elem; } tone;                   /* T_ARRAY, T_OPTION */
        struct { AstList elems; } tlist;              /* T_TUPLE, T_UNION */
        struct { AstList params; Ast *ret; } tfn;

        struct { AstNames path; } pname;              /* a name: variant or binding */
        struct { AstNames path; AstList args; } pctor;
        struct { AstNames path; AstArgs fields; } pstruct;
        struct { Ast *lit; } plit;                    /* INT FLOAT STR BOOL, maybe under UNARY - */
        struct { Ast *lo, *hi; } prange;              /* AF_INCLUSIVE */
        struct { AstList elems; } plist;              /* P_OR P_TUPLE P_ARRAY */
        struct { AstName name; } prest;               /* ...t */
    };
};

/* One parsed file. `docs[i]` is the /// comment before statement i (p NULL: none). */
typedef struct AstModule {
    u32 file;
    AstList stmts;
    Str *docs;
    bool fatal; /* lexical error or too deep: nothing useful in stmts */
} AstModule;

Str ast_dump(Arena *a, const AstModule *m); /* ast_dump.c: --dump=ast */
#endif
