/* tree.h - THE TYPED TREE: what the checker hands to the lowering. Monomorphic (one Fn an instance
 * of a generic), every node has a ground type, conversions are explicit TN_CAST nodes, names are
 * resolved to Local, Global or Fn. Nothing is left to decide but order of evaluation and
 * representation. */
#ifndef WYN_TREE_H
#define WYN_TREE_H
#include "../syntax/ast.h"
#include "type.h"

typedef struct Tree Tree;
typedef struct Fn Fn;
typedef struct Pattern Pattern;

typedef enum TreeKind {
#define TN(kind, member) kind,
#include "tree.def"
#undef TN
    TREE_KIND_COUNT
} TreeKind;

typedef enum Intrinsic {
#define INTR(id, name) id,
#include "intrinsic.def"
#undef INTR
    INTRINSIC_COUNT
} Intrinsic;

/* A local variable, parameter, loop variable or pattern binding of one Fn. */
typedef struct Local {
    Name name;        /* may be NULL for the checker's own temporaries */
    Type *type;
    Span span;
    Fn *owner;
    u32 id;           /* dense within its Fn, lambdas count their own */
    bool is_param, is_const;
    bool by_ref;      /* `mut` parameter, or self of a method with mut_self: arrives as a pointer */
    bool captured;    /* some lambda names it */
    bool reassigned;  /* assigned anywhere but at its declaration; with captured: needs a box */
    bool used;
    bool loop_var;    /* fresh in each iteration */
} Local;

typedef struct Global {
    Name name;
    Str module;       /* "" for the main file */
    Type *type;
    Span span;
    u32 id;           /* dense in the program */
    bool is_const, is_export;
    bool bare; /* declared by an assignment without var */
} Global;

/* A capture of a lambda: `outer` of the enclosing Fn is seen as `inner` in the lambda's Fn. Shared
 * by reference (a box) when outer->reassigned, else copied. In `spawned` lambdas always copied. */
typedef struct Capture {
    Local *outer, *inner;
} Capture;

typedef enum FnKind { FN_PLAIN, FN_LAMBDA, FN_EXTERN } FnKind;

struct Fn {
    FnKind kind;
    Name name;            /* lambdas: NULL */
    Str module;           /* "" for the main file; "std/array" ... for the library */
    Str owner;            /* type of a method as text ("Stack<int>"), "" for others */
    Str targs;            /* text of its own type arguments ("<int, string>"), or "" */
    Span span;
    u32 id;               /* dense in the program: with the parts above gives a unique C name */
    Local **params;       /* methods: params[0] is self */
    u32 param_count;
    Type *ret;            /* declared or inferred; generators: Iter<T> */
    Tree *body;           /* TN_BLOCK; NULL for extern */
    bool is_method;       /* has self */
    bool mut_self;        /* assigns through self: the receiver is passed by reference */
    bool is_generator;    /* contains yield */
    bool is_main;
    bool varargs, blocking;
    bool is_std;
    bool spawned;         /* a lambda made by spawn {}: captures are copies */
    bool escapes; /* lambda: false when it is only passed to a parameter that does not keep it */
    Fn *outer;            /* lambda: the Fn it stands in */
    /* generic FN_EXTERN, for the C convention of wyn.h: its type arguments; bit i: parameter i is
     * declared as a bare type parameter (`v: T`); the result is one */
    Type **type_args;
    u32 type_arg_count, bare_params;
    bool bare_ret;
    VEC(Capture) captures;
    VEC(Local *) locals;  /* all but params */
};

/* Identity of a loop, for break and continue. */
typedef struct TreeLoop {
    u32 id; /* dense in the Fn */
    bool has_break, has_continue;
} TreeLoop;

typedef struct TreeList {
    Tree **v;
    u32 n;
} TreeList;

typedef struct TreeStep {
    Op op;
    Tree *rhs;
    Type *type;      /* of the result of this step */
    bool lhs_float;  /* the value so far is an int and is converted to float first */
    Span span;       /* of the operator: the site of a panic */
} TreeStep;

typedef struct TreeIfArm {
    Tree *cond;      /* bool or int, or TN_LET_COND */
    Tree *body;
} TreeIfArm;

typedef struct TreeArm {
    Pattern *pattern;
    Tree *guard;     /* or NULL */
    Tree *body;
} TreeArm;

typedef enum SelKind {
    SEL_RECV,
    SEL_SEND,
    SEL_AWAIT,
    SEL_TIMEOUT,
    SEL_DEFAULT,
    SEL_CLOSED
} SelKind;
typedef struct TreeSelArm {
    SelKind kind;
    Tree *on;        /* channel, future or milliseconds */
    Tree *value;     /* SEL_SEND */
    Local *bind;     /* or NULL */
    Tree *body;
    Span span;
} TreeSelArm;

typedef struct TreeInterp {
    Str text;        /* when e is NULL */
    Tree *e;
    Str spec;        /* format after ':', checked; p NULL: none */
} TreeInterp;

typedef enum CastKind {
    CAST_NONE, /* same type: the lowering passes e through */
    CAST_INT_FLOAT,
    CAST_BOOL_INT,
    CAST_INT_BOOL,
    CAST_BOOL_FLOAT,
    CAST_SOME,       /* T -> T? */
    CAST_HANDLE_INT, /* enters the registry */
    CAST_TRAIT,      /* struct -> trait object; vtable holds the methods in the trait's order */
    CAST_FN_VOID,    /* fn(..) -> R as fn(..) -> void, or predicate results between bool and int */
    CAST_STR_PTR,    /* for externs */
    CAST_NEVER,      /* e does not return; any type */
} CastKind;

/* How `?` leaves. The value of the node is the ok / some payload. */
typedef enum TryKind {
    TRY_RETURN,     /* return Err(e) (wrapped for fn->ret; to_text: e as string) or None */
    TRY_MAIN,       /* "Error: <err>" on stderr, exit 1 */
    TRY_PANIC,      /* panic "Error: <err>" */
} TryKind;

struct Tree {
    TreeKind kind;
    Type *type;
    Span span;
    union {
        struct { i64 value; } int_;
        struct { double value; } float_;
        struct { bool value; } bool_;
        struct { Str bytes; } str;
        struct { TreeInterp *parts; u32 n; } interp;
        Local *local;
        Global *global;
        Fn *fn;
        struct {
            Fn *fn;
            TreeList args;       /* in parameter order; methods: args.v[0] is the receiver, which is
                                    a place when fn->mut_self (else a temporary is made) */
            u32 *order;          /* order of evaluation as indices into args; NULL: as they stand */
        } call;
        struct { Tree *callee; TreeList args; } callv;
        struct {
            Tree *obj;
            u32 method;
            Name name;
            TreeList args;
        } dyn; /* args without the receiver */
        struct { Intrinsic id; Type **targs; u32 targ_count; TreeList args; } intr;
        struct { TreeList args; Tree *sep, *end; } print;     /* NULL: " " and "\n" */
        struct { Tree *obj; u32 index; } field;
        struct { Tree *obj, *index; } index;
        struct { Tree *obj, *lo, *hi; bool inclusive; } slice;
        struct { Op op; Tree *e; } unary;
        struct { Tree *first; TreeStep *steps; u32 n; } chain;
        struct { Op op; TreeList list; } logic;
        struct { Tree *lo, *hi; bool inclusive; } range;
        struct { TreeIfArm *arms; u32 n; Tree *els; } if_;
        struct { Pattern *pattern; Tree *e; } letc;
        struct { Tree *subject; TreeArm *arms; u32 n; bool falls_through; } match;
        struct {
            TreeList stmts;
            bool has_value;      /* the last statement is the value of the block */
            Local **hoisted; /* variables of this block first assigned deeper inside: they start */
            u32 hoisted_count;   /*   with their zero value at each entry of the block */
        } block;
        struct {
            TreeList list;
            u32 *order;
            Tree *update;
        } agg; /* STRUCT: v[i] NULL = from update */
        struct { TreeList keys, values; } map;
        struct { Tree *loop; Local *out; } compr; /* out starts as an empty array; loop is a FOR_*
                                    statement whose body pushes onto out; the value is out */
        struct { u32 index; TreeList args; } variant;
        struct { Tree *e; } one;
        struct { Tree *a, *b; } pair;
        struct { Tree *e; TryKind how; bool to_text; } try_;
        struct {
            Tree *obj;
            Local *it;
            Tree *body;
            bool flat;
        } optmap; /* flat: body is an option */
        struct { CastKind how; Tree *e; Fn **vtable; u32 vtable_count; } cast;
        struct {
            Tree *e;
            Tree *scope; /* of `s.spawn f(x)`, or NULL */
            bool statement;
        } spawn; /* e: CALL, CALL_VALUE, CALL_DYN or INTRINSIC */

        struct { Local *local; Tree *init; } let;
        struct {
            TreeList targets, values;
        } assign; /* n targets, n values; places: LOCAL GLOBAL FIELD
                     INDEX chains */
        struct { Tree *target; Op op; Tree *value; bool lhs_float; } opassign;
        struct { TreeLoop *loop; } jump;
        struct { Tree *cond, *body; TreeLoop *loop; } while_;
        struct { Local *var; Tree *lo, *hi, *step; bool inclusive; Tree *body; TreeLoop *loop;
                 bool parallel; } for_range;         /* step NULL: 1; bounds fixed at entry */
        struct {
            Local *a, *b;
            Pattern *pattern;
            Tree *iter;
            Tree *iter2;
            Tree *body;
            TreeLoop *loop;
            bool parallel;
            Fn *next;
        } for_in; /* by iter->type; see note below */
        struct { Tree *init, *cond, *step, *body; TreeLoop *loop; } for_c;
        struct { Tree *timeout; Local *handle; Tree *body; } scope;
        struct { Local *local; Tree *call; } parbind; /* a = spawn f(x) inside parallel */
        struct { TreeSelArm *arms; u32 n; } select;
    };
};
/* FOR_IN by type of iter: array: one variable = a is the element; two = a index, b element. map: a
 * key, b value (may be NULL). set: a. string: a is a character. channel: a until closed. Iter: a.
 * struct with next() (field `next`): a; the iterator is a copy that advances. zip(a, b): iter and
 * iter2 are arrays, a and b their elements. `pattern` (instead of a) destructures the element. a or
 * b NULL: `_`. */

typedef enum PatternKind {
    PAT_WILD, PAT_BIND, PAT_INT, PAT_FLOAT, PAT_STR, PAT_BOOL, PAT_RANGE,
    PAT_VARIANT, PAT_SOME, PAT_NONE, PAT_OK, PAT_ERR, PAT_TUPLE, PAT_STRUCT, PAT_ARRAY, PAT_OR,
} PatternKind;

struct Pattern {
    PatternKind kind;
    Type *type;          /* of the value matched */
    Span span;
    union {
        Local *bind;     /* BIND; alternatives of an OR share their Locals */
        i64 int_;
        double float_;
        Str str;
        bool bool_;
        struct { Pattern *lo, *hi; bool inclusive; } range; /* INT, FLOAT or STR ends */
        struct { u32 index; Pattern **args; u32 n; } variant; /* args[i] NULL: not looked at */
        Pattern *inner;  /* SOME OK ERR */
        struct { Pattern **elems; u32 n; } tuple;   /* STRUCT: one per field, NULL: any */
        struct { Pattern **elems; u32 n; bool has_rest; u32 rest_at; Local *rest; } array;
        struct { Pattern **alts; u32 n; } alts;
    };
};

typedef struct TreeTest {
    Str title;
    Fn *fn;          /* no parameters */
    Span span;
} TreeTest;

typedef struct Program {
    TypeStore *types;
    Sources *sources;
    VEC(Fn *) fns;          /* every function that is reachable, instances and lambdas included */
    VEC(Global *) globals;
    Fn *init;               /* initialises all globals in order; NULL when there are none */
    Fn *main;               /* fn main, or the script; NULL in a file of tests only */
    bool script;
    VEC(TreeTest) tests;
    VEC(Fn *) before_each, after_each;
    bool overflow_check;
} Program;

Str tree_dump(Arena *a, const Program *p); /* tree_dump.c: --dump=tree */
#endif
