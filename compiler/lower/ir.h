/* ir.h - THE IR: what the lowering hands to the emitter. Monomorphic, without closures, match,
 * defer or options as control flow: only if, loop, switch, labelled break and continue, assignment,
 * calls and return. C-like, but no C text: the emitter owns spelling. Expressions are trees used
 * once, and nest only where the order of evaluation of C cannot be observed. */
#ifndef WYN_IR_H
#define WYN_IR_H
#include "../sema/type.h"

typedef struct IrType IrType;
typedef struct IrStruct IrStruct;
typedef struct IrVar IrVar;
typedef struct IrFn IrFn;
typedef struct IrExpr IrExpr;
typedef struct IrStmt IrStmt;
typedef struct IrFork IrFork;

typedef enum IrTypeKind { IRT_WYN, IRT_STRUCT, IRT_PTR, IRT_RAW } IrTypeKind;

/* A C type: a Wyn type, a structure made by the lowering, a pointer, or a type of the runtime. */
struct IrType {
    IrTypeKind kind;
    Type *wyn;
    IrStruct *st;
    IrType *to;          /* PTR */
    const char *raw;     /* RAW: name in wyn.h or stdint.h; "void" for none */
    IrType *ptr;         /* cache: pointer to this */
};

/* Captures of a closure, arguments of a spawn, frame of a generator, record of defers, trait
 * object. */
struct IrStruct {
    Str name;
    VEC(IrVar *) fields;
    u32 id;
};

struct IrVar {
    Name name;           /* NULL: a temporary */
    IrType *type;
    u32 id;              /* dense in its function */
    bool is_param;
    bool mutable_;       /* assigned after its declaration */
    bool owned;          /* an array that nothing else can see; own.c */
    IrVar *via, *field;  /* lives in this field of the structure that `via` is or points to */
    /* of the emitter */
    u32 reads, writes, calls; /* calls: of a function value, through this parameter */
    Str c_name, code_name;    /* code_name: its code, loaded once */
};

typedef struct IrGlobal {
    Name name;
    Str module;
    IrType *type;
    /* of the emitter */
    bool used;
    Str c_name;
} IrGlobal;

typedef struct IrSite {
    Str file, func;
    u32 line;
    u32 id;
} IrSite;

typedef struct IrSpec {
    u32 fill;
    char align, sign, type;
    bool zero, comma;
    i32 width, precision;
    u32 id;
} IrSpec;

/* A spawned call: `run` loads the arguments from `object` and stores the result there. */
typedef struct IrTask {
    IrFn *run;
    IrStruct *object;    /* head and arguments */
    Type *result;
    IrSite *site;
    bool detached, traced;
    bool scoped;         /* its object ends with its scope */
    u32 id;
} IrTask;

typedef struct IrVtable {
    Type *trait, *impl;
    IrFn **methods;      /* adapters that take the object */
    u32 n, id;
    bool used;
    Str c_name;
} IrVtable;

/* What an expression may do or depend on; decides what must become a temporary. */
enum {
    FX_READ_VAR = 1,     /* reads a local variable that is assigned somewhere */
    FX_READ_MEM = 2,
    FX_PANIC = 4,
    FX_EFFECT = 8,       /* writes memory, prints, waits */
    FX_WRITE_VAR = 16,   /* may assign local variables */
    FX_CALL = FX_READ_MEM | FX_PANIC | FX_EFFECT,
};

typedef enum IrExprKind {
#define IR_EXPR(kind, member) kind,
#include "ir.def"
#undef IR_EXPR
    IR_EXPR_COUNT
} IrExprKind;

typedef enum IrStmtKind {
#define IR_STMT(kind, member) kind,
#include "ir.def"
#undef IR_STMT
    IR_STMT_COUNT
} IrStmtKind;

typedef enum IrMember {
#define IR_MEMBER(kind) kind,
#include "ir.def"
#undef IR_MEMBER
    IR_MEMBER_COUNT
} IrMember;

/* Operators, with the meaning they have in C under -fwrapv. */
typedef enum IrOp {
    IO_ADD, IO_SUB, IO_MUL, IO_DIV, IO_MOD, IO_AND, IO_OR, IO_XOR, IO_SHL, IO_SHR,
    IO_LT, IO_GT, IO_LE, IO_GE, IO_EQ, IO_NE, IO_LAND, IO_LOR, IO_NEG, IO_NOT, IO_BNOT, IO_COUNT
} IrOp;

typedef struct IrArgs {
    IrExpr **v;
    u32 n;
} IrArgs;

struct IrExpr {
    u8 kind;             /* IrExprKind */
    u8 fx;
    bool joins;          /* a call: if it waits, then for what its function has started */
    bool spills;         /* a call: head is stored before it, see fork_pass.c */
    IrType *type;        /* NULL: no value */
    union {
        i64 int_;
        double float_;
        bool bool_;
        Str str;
        IrVar *var;
        IrGlobal *global;
        const char *name;
        IrFn *fn;
        struct { Type *type; u32 variant; } unit; /* UNIT and SIZEOF_VARIANT */
        Type *desc;
        IrType *obj;
        IrSite *site;
        IrSpec *spec;
        IrVtable *vtable;
        IrTask *task;
        IrFork *fork;
        struct {
            IrExpr *e;
            IrMember which;
            u32 variant, index;
            const char *raw;
            bool arrow;
        } member;
        struct { IrExpr *e; } one;
        struct { IrOp op; IrExpr *e; } unary;
        struct { IrOp op; IrExpr *a, *b; } binary;
        struct { IrExpr *c, *a, *b; } cond;
        struct { IrFn *fn; IrArgs args; } call;
        struct { IrExpr *fn; IrArgs args; } callv;
        struct { IrExpr *obj; u32 method; Type *trait; IrArgs args; } vcall;
        struct { const char *name; IrType *elem; IrArgs args; } rt;
        struct { IrArgs args; IrType *elem; u32 variant; } make; /* ENUM: a structure of variant */
    };
};

typedef struct IrBlock {
    VEC(IrStmt *) stmts;
} IrBlock;

/* Identity of a loop or labelled block. */
typedef struct IrLoop {
    u32 id;
    u32 scopes; /* of the lowering: task blocks around it */
    bool counted; /* comes to its end whatever others do */
    /* of the emitter */
    bool break_label, continue_label;
} IrLoop;

typedef struct IrCase {
    i64 *values;
    u32 n;
    Type *enum_;         /* the values are variants of it: for the comment */
    IrBlock body;
} IrCase;

struct IrStmt {
    IrStmtKind kind;
    Span span;
    union {
        struct { IrVar *var; IrExpr *init; } decl;
        struct { IrExpr *place, *value; } set;
        struct { IrExpr *e; } expr;
        struct { IrExpr *cond; IrBlock then, els; } if_;
        struct {         /* for (init; cond; step) body tail; continue goes to tail */
            IrStmt *init, *step;
            IrExpr *cond;
            IrBlock body, tail;
            IrLoop *loop;
        } loop;
        struct { IrExpr *e; IrCase *cases; u32 n; IrBlock els; bool has_else; } switch_;
        struct { IrLoop *loop; } jump;
        struct { IrBlock body; IrLoop *loop; } block;
        struct { IrExpr *e; u32 state; } yield_;
    };
};

/* What calling a function may do; effect.c finds out, over the whole program. */
enum {
    EF_WAITS = 1,        /* may wait for another task */
    EF_SPINS = 2,        /* has a loop that may end only because of another task, or never */
    EF_RECURSIVE = 4,    /* may call itself, through whatever chain of calls */
    EF_FORKS = 8,        /* may put tasks into the deque of the stack it runs on */
    EF_PANICS = 16,      /* may panic, or calls the runtime, which may */
};

/* A scoped task, for thieves: static data. */
struct IrFork {
    IrFn *call, *run;    /* the call from its operands; the same from a slot */
    IrSite *site;        /* of the spawn, or NULL */
    u32 id;
};

struct IrFn {
    Str name;            /* readable stem of the C name */
    Str shown;           /* in backtraces; empty: hidden */
    Str comment;         /* signature in Wyn; empty: none */
    Span span;
    u32 id;
    IrVar **params;
    u32 param_count;
    IrType *ret;         /* NULL: void */
    VEC(IrVar *) texts;  /* wyn_text objects, declared at the start */
    IrBlock body;
    bool is_extern;      /* a C function called by `name` */
    bool varargs, std_abi; /* EXTERN; std_abi: wyn values as they are */
    bool is_exported;    /* wyn_main */
    bool loads_code;     /* the code of its function parameters is loaded once, at entry */
    bool inlined;        /* always: so that the C compiler sees through function parameters */
    u8 effects;          /* EF_ bits; those of functions that nothing reaches are unknown: all */
    bool calls_foreign;  /* C functions whose need of stack is not known */
    IrVar *stack, *head; /* the stack it runs on, the first free slot of its deque; or NULL */
    bool address_taken;  /* so its parameters are as they must be */
    bool spills;         /* itself or something below stores head */
    bool thief;          /* runs a slot for the runtime, which has stored head */
    u32 size, uses;      /* statements, calls */
    VEC(IrFn *) callees; /* of an inlined function: those that are inlined too */
    IrStruct *frame;     /* generators: body runs from the state in field 1 of self */
    IrVar *self;         /* with frame */
    u32 states;
    /* of the emitter */
    bool used;
    Str c_name;
};

typedef struct IrProgram {
    TypeStore *types;
    Sources *sources;
    VEC(IrFn *) fns;
    VEC(IrGlobal *) globals;
    VEC(IrStruct *) structs;
    VEC(IrSite *) sites;
    VEC(IrSpec *) specs;
    VEC(IrVtable *) vtables;
    u32 tasks;           /* how many there are */
    IrFn *start;         /* wyn_main */
    Map to_string;       /* Type * -> IrFn *: adapter of the user's to_string */
    Map presets;         /* Fn * -> IrFn *: adapter `void (void *field)` of a default for data */
    Map wyn_types;       /* Type * -> IrType * */
    bool overflow_check;
} IrProgram;

/* ir_walk.c: each expression and statement once, parents first; callbacks may be NULL. */
typedef struct IrWalk {
    void (*expr)(void *ctx, IrExpr *e);
    void (*stmt)(void *ctx, IrStmt *s);
    void *ctx;
} IrWalk;
void ir_walk_expr(IrExpr *e, const IrWalk *w);
void ir_walk_block(IrBlock *b, const IrWalk *w);

/* ir.c: constructors. */
IrType *ir_wyn(Arena *a, IrProgram *p, Type *t);
IrType *ir_ptr(Arena *a, IrType *to);
IrType *ir_raw(Arena *a, IrProgram *p, const char *name);
IrType *ir_struct_type(Arena *a, IrStruct *st);
bool ir_is_void(const IrType *t);  /* NULL, void and never */

void ir_check(Arena *a, const IrProgram *p);     /* ir_check.c: ASSERTs the shape */
Str ir_dump(Arena *a, const IrProgram *p);       /* ir_dump.c: --dump=ir */
extern const char *const ir_op_text[IO_COUNT];
#endif
