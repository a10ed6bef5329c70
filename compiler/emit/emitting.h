/* emitting.h - shared by the files of emit/. Bodies are written first, into their own buffer; they
 * note which types, descriptors, literals and sites they use, and those are written before them. */
#ifndef WYN_EMITTING_H
#define WYN_EMITTING_H
#include "emit.h"
#include "out.h"

/* What the emitter knows of a Wyn type. */
typedef struct TypeInfo {
    Type *type;
    Str c;               /* spelling of a value */
    Str stem;            /* for names that go with it */
    Name ops;            /* suffix of its array operations, NULL so far */
    bool named, defined, is_struct, desc, desc_done, desc_listed;
} TypeInfo;

typedef struct Breakable {
    IrLoop *loop;        /* NULL: a switch */
    bool is_loop, has_tail;
} Breakable;

typedef struct Emit {
    Arena *perm;
    const IrProgram *ir;
    EmitOptions opt;
    Interner *names;     /* every name taken at file scope, and texts of literals */
    Map taken;           /* Name -> anything */
    Map locals;          /* Name -> IrFn *: names taken in the scope being written */
    VEC(Name) scope;     /* those, innermost last */
    Map types;           /* Type * -> TypeInfo * */
    Map fields;          /* Type * or IrStruct * -> FieldNames * */
    Map literals;        /* Name -> number + 1 */
    Map struct_seen;     /* IrStruct * */
    Map ops_seen;        /* Name of a C spelling -> Name of the suffix */
    Map units;
    Out types_out, ops_out, data_out, protos_out, objects_out, body_out, forward_out, more_out;
    Out *out;            /* where statements go now */
    const IrFn *fn;
    VEC(Breakable) breakables;
    VEC(IrFn *) work;
    VEC(TypeInfo *) descs;
    u32 literal_count, table_count, temps;
    Map site_done, spec_done, task_done, fork_done, fn_objects;
} Emit;

typedef struct FieldNames {
    Str *v;
    u32 n;
} FieldNames;

/* name.c */
Str name_local(Emit *e, Name name);                /* a user's name that is safe in C */
Str name_var(Emit *e, IrVar *v);        /* made at its declaration, unlike all that it would hide */
void name_scope_end(Emit *e, u32 mark); /* forgets the names after the first `mark` of the scope */
Str name_global(Emit *e, const char *prefix, Str stem); /* unique at file scope */
Str name_words(Emit *e, Str s);                    /* letters, digits, `_` */
FieldNames *names_of_type(Emit *e, Type *t);
FieldNames *names_of_variant(Emit *e, Type *t, u32 variant);
FieldNames *names_of_struct(Emit *e, const IrStruct *st);

/* emit_type.c */
TypeInfo *type_info(Emit *e, Type *t);
Str type_c(Emit *e, const IrType *t);
Str type_struct_c(Emit *e, Type *t); /* the structure behind a boxed enum, or the type */
void type_define(Emit *e, Type *t);
void type_declare(Emit *e, Out *o, const IrType *t, Str name); /* "T name" */
Str array_suffix(Emit *e, const IrType *elem);
void struct_define(Emit *e, const IrStruct *st);
bool type_by_value(Type *t);

/* emit_data.c */
void emit_literal(Emit *e, Str s);
void emit_site(Emit *e, IrSite *s);
void emit_spec(Emit *e, IrSpec *s);
void emit_task(Emit *e, IrTask *t);
void emit_desc(Emit *e, Type *t);
void emit_unit(Emit *e, Type *t, u32 variant);
void emit_fn_object(Emit *e, IrFn *fn);
void emit_descs(Emit *e);
void emit_vtables(Emit *e);
void emit_fork(Emit *e, IrFork *fork);

/* emit_expr.c */
void emit_expr(Emit *e, const IrExpr *x, int prec);
enum { P_COMMA, P_ASSIGN, P_COND, P_LOR, P_LAND, P_OR, P_XOR, P_AND, P_EQ, P_REL, P_SHIFT, P_ADD,
       P_MUL, P_UNARY, P_POST };

/* emit_fn.c */
void emit_prototype(Emit *e, Out *o, IrFn *fn);
void emit_fn(Emit *e, IrFn *fn);

/* emit_stack.c: at the start of a body, if it needs one */
u32 stack_unchecked(IrFn *fn);       /* statements before the check */
void emit_stack_check(Emit *e, IrFn *fn);

/* scan.c: reads of variables, functions used */
void scan_fn(Emit *e, IrFn *fn);
void scan_use(Emit *e, IrFn *fn);
void scan_desc(Emit *e, Type *t);
#endif
