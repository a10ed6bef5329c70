/* lowering.h - shared by the files of lower/: contexts, builders of IR, and entries of the files.
 * An IrExpr is used once. Whoever emits statements between making an expression and using it puts
 * it into an Operands list first, which moves it into a temporary when its value could change. */
#ifndef WYN_LOWERING_H
#define WYN_LOWERING_H
#include "lower.h"

/* What the lowering knows of a Fn of the typed tree. */
typedef struct FnInfo {
    Fn *fn;
    IrFn *ir;            /* code */
    IrFn *as_value;      /* adapter with the hidden last argument, or NULL so far */
    IrFn *as_callback;   /* what C calls, or NULL so far */
    IrStruct *env;       /* lambdas with captures, generators: their object */
    bool takes_site;     /* library function: last parameter is the site of the caller */
} FnInfo;

typedef struct Lower {
    Arena *perm;
    const Program *prog;
    IrProgram *ir;
    LowerOptions opt;
    Map fns, globals, mutated, inner, constants; /* the last: Global * -> Tree *, its literal */
    Map objects, vtables; /* Type * -> IrStruct *; see lower_call.c */
    struct { IrType *i64, *f64, *b, *str, *array, *map, *fn, *tag, *voidp, *u8, *site,
             *cstr, *slot, *fn_head, *future, *iter, *iter_head, *object, *object_head; } t;
    u32 next_struct, next_fork;
    bool polls, scoped;  /* the program starts tasks; may they be scoped? */
} Lower;

/* Where a Local lives. */
typedef struct Slot {
    IrVar *var;
    bool ptr;            /* var points to the value: a box, a `mut` parameter */
} Slot;

/* A name of a parallel block whose task has not been joined yet. */
typedef struct ParBind {
    Local *local;
    IrVar *future;
    Type *result;
    Span span;
} ParBind;

/* Jumps out of the body of a scope: it returns their number, the function around makes them. */
typedef struct ScopeBody {
    VEC(struct ScopeExit) exits; /* lower_scope.c */
    bool always;         /* it never runs to its end */
} ScopeBody;

/* A deferred block of a generator and whether it is registered. */
typedef struct GenDefer {
    Tree *body;
    IrVar *flag;
} GenDefer;

/* One function being lowered. */
typedef struct LowerFn {
    Lower *lw;
    Fn *fn;
    FnInfo *info;
    IrFn *out;
    IrBlock *block;      /* statements go here */
    bool dead;           /* nothing reaches the end of block */
    u8 fx;               /* of the statements since somebody cleared it */
    Span span;           /* of the statement being lowered */
    Map slots, loops, sites;
    u32 vars, loop_count;
    VEC(IrVar *) free_texts; /* of out->texts, those not being built */
    IrVar *site_param;
    /* defer */
    IrVar *record;       /* structure in the C frame, or (in a deferred block) pointer to it */
    IrStruct *record_type;
    Map deferred_locals; /* that live in the record, for deferred blocks and bodies of scopes */
    bool has_defers, closes; /* closes: a generator that has to do something when it is left */
    ScopeBody *body;     /* this is the body of a scope; or NULL */
    bool in_rounds;      /* this is the body of a parallel for */
    u32 loop_depth, defer_count;
    VEC(GenDefer) gen_defers;
    IrVar *scope;        /* of the innermost parallel or scope block, or NULL */
    VEC(IrVar *) open_scopes; /* of parallel blocks and loops over Iter around, outermost first */
    VEC(ParBind) binds;
    struct { Map nodes, each; } forks; /* fork.h; the loops over arrays of scoped tasks */
    Type *ret;
    struct Fuse *fuse;   /* a chain of calls stands for self; or NULL (fuse.h) */
    Local *fill;         /* array of a comprehension: the loop to come adds one element a round */
} LowerFn;

typedef struct BlockSave {
    IrBlock *block;
    bool dead;
} BlockSave;

/* Operands evaluated in order. */
typedef struct Operand {
    IrExpr *e;
    u32 pos;             /* statements of the block before it was complete */
} Operand;
typedef struct Operands {
    VEC(Operand) v;
    VEC(u32) live;       /* those that later effects may disturb */
    u8 fx;               /* of the live ones */
} Operands;

/* ---- build.c: expressions and statements ---- */
IrExpr *ex_new(LowerFn *f, IrExprKind kind, IrType *type);
IrExpr *ex_int(LowerFn *f, i64 v);
IrExpr *ex_typed_int(LowerFn *f, i64 v, IrType *type);
IrExpr *ex_bool(LowerFn *f, bool v);
IrExpr *ex_str(LowerFn *f, Str s);
IrExpr *ex_cstr(LowerFn *f, Str s);
IrExpr *ex_null(LowerFn *f, IrType *type);
IrExpr *ex_zero(LowerFn *f, IrType *type);
IrExpr *ex_var(LowerFn *f, IrVar *v);
IrExpr *ex_name(LowerFn *f, const char *name, IrType *type);
IrExpr *ex_desc(LowerFn *f, Type *t);
IrExpr *ex_site(LowerFn *f, Span span);
IrSite *site_of(LowerFn *f, Span span); /* of the place itself */
IrExpr *ex_member(LowerFn *f, IrExpr *e, IrMember which, u32 index, IrType *type);
IrExpr *ex_raw_member(LowerFn *f, IrExpr *e, const char *name, IrType *type, bool arrow);
IrExpr *ex_arrow(LowerFn *f, IrExpr *ptr, u32 index, IrType *type);
IrExpr *ex_deref(LowerFn *f, IrExpr *e);
IrExpr *ex_addr(LowerFn *f, IrExpr *e);
IrExpr *ex_cast(LowerFn *f, IrExpr *e, IrType *type);
IrExpr *ex_unary(LowerFn *f, IrOp op, IrExpr *e, IrType *type);
IrExpr *ex_not(LowerFn *f, IrExpr *e);
IrExpr *ex_binary(LowerFn *f, IrOp op, IrExpr *a, IrExpr *b, IrType *type);
IrExpr *ex_cond(LowerFn *f, IrExpr *c, IrExpr *a, IrExpr *b);
/* Calls a runtime function; the arguments end with NULL. */
IrExpr *ex_rt(LowerFn *f, const char *name, IrType *type, u32 fx, ...);
IrExpr *ex_array_op(LowerFn *f, const char *name, Type *elem, IrType *type, u32 fx, ...);
IrExpr *ex_make(LowerFn *f, IrType *type, u32 n);
IrExpr *ex_call(LowerFn *f, IrFn *fn, IrArgs args);
IrExpr *ex_copy(LowerFn *f, const IrExpr *e); /* of a leaf (variable, constant) */
IrExpr *ex_clone(LowerFn *f, const IrExpr *e); /* of a path that reads a value */
bool ex_is_leaf(const IrExpr *e);

IrVar *var_new(LowerFn *f, Name name, IrType *type);
IrVar *var_temp(LowerFn *f, IrExpr *init);      /* declares t = init */
IrVar *var_decl(LowerFn *f, Name name, IrType *type, IrExpr *init);
IrExpr *ex_temp(LowerFn *f, IrExpr *e); /* in a temporary, unless a constant or fixed name */
IrExpr *ex_address(LowerFn *f, IrExpr *e);      /* address of an object holding the value */
void st_expr(LowerFn *f, IrExpr *e);
void st_set(LowerFn *f, IrExpr *place, IrExpr *value);
void st_return(LowerFn *f, IrExpr *e);
void st_stop(LowerFn *f);
void st_break(LowerFn *f, IrLoop *loop);
void st_continue(LowerFn *f, IrLoop *loop);
IrStmt *st_if(LowerFn *f, IrExpr *cond);
IrStmt *st_loop(LowerFn *f, IrLoop *loop);
IrStmt *st_add(LowerFn *f, IrStmtKind kind);
IrLoop *loop_new(LowerFn *f);
BlockSave block_enter(LowerFn *f, IrBlock *b);
void block_leave(LowerFn *f, BlockSave save);

void operands_add(LowerFn *f, Operands *ops, Tree *t);
void operands_begin(LowerFn *f, u8 *saved_fx);                   /* around lowering by hand */
void operands_end(LowerFn *f, Operands *ops, IrExpr *e, u8 saved_fx);

IrType *type_ir(Lower *lw, Type *t);
bool type_is_struct_like(Type *t);   /* a C structure by value */
bool type_no_value(const Type *t);   /* void, never */
u32 struct_add(Lower *lw, IrStruct *st, Name name, IrType *type);
IrStruct *struct_new(Lower *lw, Str name);
IrType *struct_field_type(const IrStruct *st, u32 index);

/* ---- lower_expr.c ---- */
IrExpr *lower_expr(LowerFn *f, Tree *t);        /* NULL for void */
void lower_effect(LowerFn *f, Tree *t);         /* for its effects alone */
IrExpr *lower_cond(LowerFn *f, Tree *t);        /* bool */
void lower_into(LowerFn *f, Tree *t, IrVar *dst); /* dst NULL: effect */
IrExpr *lower_logic(LowerFn *f, Tree *t);
IrExpr *lower_if(LowerFn *f, Tree *t, IrVar *dst, bool want);
IrExpr *lower_block(LowerFn *f, Tree *t, IrVar *dst, bool want);
/* ---- lower_ops.c ---- */
IrExpr *lower_chain(LowerFn *f, Tree *t);
IrExpr *lower_unary(LowerFn *f, Tree *t);
IrExpr *op_apply(LowerFn *f, Op op, Type *lt, IrExpr *a, Type *rt, IrExpr *b, Type *res, Span at);
IrExpr *value_equal(LowerFn *f, Type *t, IrExpr *a, IrExpr *b);
IrExpr *value_in(LowerFn *f, Type *container, IrExpr *c, Type *vt, IrExpr *v);
IrExpr *value_zero(LowerFn *f, Type *t);
/* ---- lower_text.c ---- */
IrExpr *lower_interp(LowerFn *f, Tree *t);
void lower_print(LowerFn *f, Tree *t);
IrExpr *value_text(LowerFn *f, Type *t, IrExpr *v);
void text_append(LowerFn *f, IrVar *text, Type *t, IrExpr *v);
IrVar *text_open(LowerFn *f);
IrSpec *spec_parse(Lower *lw, Str spec);
/* ---- lower_coll.c ---- */
IrExpr *lower_array_literal(LowerFn *f, Tree *t);
IrExpr *lower_map_literal(LowerFn *f, Tree *t);
IrExpr *lower_set_literal(LowerFn *f, Tree *t);
/* ---- lower_agg.c: structs, tuples, enums, options, results ---- */
IrExpr *lower_aggregate(LowerFn *f, Tree *t);
IrExpr *lower_variant(LowerFn *f, Tree *t);
IrExpr *variant_value(LowerFn *f, Type *t, u32 index, IrArgs args);
IrExpr *variant_tag(LowerFn *f, Type *t, IrExpr *e);
IrExpr *variant_field(LowerFn *f, Type *t, IrExpr *e, u32 variant, u32 index);
IrExpr *option_some(LowerFn *f, Type *opt, IrExpr *v);
IrExpr *option_none(LowerFn *f, Type *opt);
IrExpr *option_has(LowerFn *f, Type *opt, IrExpr *e);
IrExpr *option_value(LowerFn *f, Type *opt, IrExpr *e);
IrExpr *result_make(LowerFn *f, Type *res, bool ok, IrExpr *v);
IrExpr *result_is_ok(LowerFn *f, IrExpr *e);
IrExpr *result_part(LowerFn *f, Type *res, IrExpr *e, bool ok);
IrExpr *lower_coalesce(LowerFn *f, Tree *t);
IrExpr *lower_opt_map(LowerFn *f, Tree *t);
IrExpr *lower_try(LowerFn *f, Tree *t);
void try_leave(LowerFn *f, Tree *t, IrExpr *v); /* `?` found nothing good in v */
/* ---- lower_place.c ---- */
IrExpr *local_read(LowerFn *f, Local *l);
Slot *local_slot(LowerFn *f, Local *l);
void local_declare(LowerFn *f, Local *l, IrExpr *init); /* init NULL: zero value */
void local_declare_raw(LowerFn *f, Local *l);           /* assigned on every path before use */
void local_rebind(LowerFn *f, Local *l, IrExpr *value);
IrExpr *lower_index(LowerFn *f, Tree *t);
IrExpr *lower_field(LowerFn *f, Tree *t);
IrExpr *lower_slice(LowerFn *f, Tree *t);
IrExpr *place_address(LowerFn *f, Operands *ops, Tree *t); /* adds one operand: the pointer */
void lower_assign(LowerFn *f, Tree *t);
void lower_opassign(LowerFn *f, Tree *t);
IrExpr *text_joined(LowerFn *f, Operands *ops); /* lower_text.c */
void map_store(LowerFn *f, Type *map, IrExpr *m, IrExpr *k, IrExpr *v, Span at);
IrExpr *map_slot(LowerFn *f, const char *op, Type *map, IrExpr *m, IrExpr *k, Span at,
                 bool compound);
/* ---- lower_call.c ---- */
IrExpr *lower_call(LowerFn *f, Tree *t);
IrExpr *lower_call_value(LowerFn *f, Tree *t);
IrExpr *lower_call_dyn(LowerFn *f, Tree *t);
IrExpr *lower_fn_value(LowerFn *f, Tree *t);
IrExpr *lower_lambda(LowerFn *f, Tree *t);
IrExpr *lower_cast(LowerFn *f, Tree *t);
IrExpr *call_fn_value(LowerFn *f, Type *fn_type, IrExpr *fn, IrArgs args);
IrExpr *handle_number(LowerFn *f, Type *t, IrExpr *e);
IrType *extern_param_type(Lower *lw, Fn *fn, Type *t);
FnInfo *fn_info(Lower *lw, Fn *fn);
IrFn *fn_adapter(Lower *lw, Fn *fn);
/* ---- lower_intr.c ---- */
IrExpr *iter_pull(LowerFn *f, IrExpr *it, IrExpr *slot); /* lower_loop.c */
IrExpr *lower_intrinsic(LowerFn *f, Tree *t);
/* ---- lower_loop.c ---- */
void lower_while(LowerFn *f, Tree *t);
void lower_for_range(LowerFn *f, Tree *t);
void lower_for_in(LowerFn *f, Tree *t);
void fill_hint(LowerFn *f, Local *fill, IrExpr *rounds); /* room for so many elements */
void lower_for_c(LowerFn *f, Tree *t);
IrLoop *loop_of(LowerFn *f, TreeLoop *l);
void loop_poll(LowerFn *f, IrStmt *s); /* poll.c; of a loop that is complete */
/* ---- lower_match.c ---- */
IrExpr *lower_match(LowerFn *f, Tree *t, IrVar *dst, bool want);
IrExpr *pattern_test(LowerFn *f, Pattern *p, IrExpr *v);  /* v is a leaf; NULL: always */
void pattern_bind(LowerFn *f, Pattern *p, IrExpr *v);
bool pattern_needs_steps(const Pattern *p);
void lower_destruct(LowerFn *f, Tree *t);
void pattern_declare(LowerFn *f, Pattern *p);
/* ---- lower_stmt.c ---- */
void lower_stmt(LowerFn *f, Tree *t);
void lower_return_value(LowerFn *f, IrExpr *e);
/* ---- lower_defer.c ---- */
void defer_prepare(LowerFn *f, Tree *body);
void capture_move(LowerFn *f, Local *l); /* into the record, if it belongs there */
/* A function over the record of f, which is its first parameter. */
LowerFn *record_fn(LowerFn *f, Str name, IrType *ret, Span span);
void lower_defer(LowerFn *f, Tree *t);
void defer_leave(LowerFn *f);
/* ---- lower_task.c ---- */
IrExpr *lower_spawn(LowerFn *f, Tree *t);
IrExpr *lower_await(LowerFn *f, Tree *t);
void lower_select(LowerFn *f, Tree *t);
IrExpr *task_spawn(LowerFn *f, Tree *call, Type *res, IrExpr *scope, bool detached, Span at);
IrExpr *await_future(LowerFn *f, Type *res, IrExpr *future, Span at);
/* ---- lower_scope.c ---- */
void lower_scope(LowerFn *f, Tree *t);
void scopes_leave(LowerFn *f, u32 depth); /* joins the blocks deeper than depth */
void lower_par_bind(LowerFn *f, Tree *t);
void par_join_named(LowerFn *f, Tree *t); /* the names of the parallel block that t reads */
void scope_return(LowerFn *f, IrExpr *e); /* out of the body of a scope */
bool scope_jump(LowerFn *f, Tree *t); /* break or continue, if it leaves the body of a scope */
void scope_try(LowerFn *f, Tree *t, IrExpr *v);
IrType *scope_ir(Lower *lw);
void lower_par_for(LowerFn *f, Tree *t); /* lower_rounds.c */
/* ---- lower_fn.c ---- */
void lower_fn(Lower *lw, Fn *fn);
LowerFn *fn_begin(Lower *lw, IrFn *out);
IrFn *ir_fn_new(Lower *lw, Str name, IrType *ret);
IrVar *fn_param(LowerFn *f, Name name, IrType *type);
/* ---- generator.c ---- */
void lower_generator(Lower *lw, Fn *fn);
void lower_yield(LowerFn *f, Tree *t);
void generator_defer(LowerFn *f, Tree *t);
void generator_leave(LowerFn *f); /* runs what was registered */
bool iter_is_fresh(const Tree *t); /* nobody else has what this gives */
Str fn_stem(Lower *lw, const Fn *fn);    /* lower.c; then inlining.c */
bool inline_wanted(const Fn *fn);
void inline_decide(Lower *lw);
void capture_prepare(Lower *lw);           /* capture.c */
bool local_is_boxed(Lower *lw, Local *l);
bool local_is_ref(Lower *lw, Local *l);
bool local_is_changed(Lower *lw, Local *l);
#endif
