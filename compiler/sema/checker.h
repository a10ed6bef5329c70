/* checker.h - what the files of the checker share: the inference store, the context of a function
 * being checked, and who offers what. Only compiler/sema includes it. */
#ifndef WYN_CHECKER_H
#define WYN_CHECKER_H
#include "../base/diag.h"
#include "check.h"
#include "symbol.h"

typedef struct Checker Checker;
typedef struct Constraint Constraint;
typedef struct FnCtx FnCtx;

/* ---- names the checker knows by heart ---- */
#define KNOWN_NAMES(X)                                                                             \
    X(self)                                                                                        \
    X(sep) X(end) X(Some) X(None) X(none) X(Ok) X(Err) X(print) X(println) X(range) X(zip) X(main) \
        X(to_string) X(next) X(timeout) X(closed) X(recv) X(send) X(run) X(format) X(push)         \
            X(filter) X(get) X(unwrap_or) X(set) X(insert) X(len) X(context) X(spawn)              \
                X(array_push) X(ok) X(err) X(any) X(all) X(every) X(channel) X(Task) X(root)       \
                    X(new) X(HashMap) X(Array) X(HashSet) X(Option) X(Result) X(Future) X(Channel) \
                        X(Iter) X(string) X(wait) X(get_or) X(iter) X(await_any) X(Executor) \
                            X(call) X(Shared)
typedef struct KnownNames {
#define X(n) Name n;
    KNOWN_NAMES(X)
#undef X
    Name default_, int_, float_, bool_, void_, underscore;
} KnownNames;

/* ---- inference ---- */
typedef enum VarDefault { VD_INT, VD_STRING, VD_VOID } VarDefault;

typedef struct VarInfo {
    Type *bound;
    Span origin;
    const char *of;      /* "elements", "keys", ... for the label; or NULL */
    VarDefault def;
    bool defaulted;
    Constraint *from;    /* the member or element that this is the type of; or NULL */
    VEC(Constraint *) waiting;
} VarInfo;

typedef enum ConKind { CON_COERCE, CON_ARITH, CON_MEMBER, CON_OTHER, CON_KINDS } ConKind;

/* Something that waits until a type is known. `run` returns true when it is settled (well or by an
 * error); false after con_wait. With `force` it must settle by any sensible assumption, or return
 * false so that the default applies. */
struct Constraint {
    ConKind kind;
    bool (*run)(Checker *ck, Constraint *c, bool force);
    bool done, queued;
    Type *a, *b;
    Tree *node;
    FnCtx *fx;
    u32 index;
    const void *data;
};

/* ---- conversion sites ---- */
typedef enum SiteKind {
    SITE_ARG, SITE_RETURN, SITE_ASSIGN, SITE_DECL, SITE_FIELD, SITE_ELEM, SITE_STORE, SITE_SEND,
    SITE_DEFAULT, SITE_BRANCH, SITE_PUSH, SITE_PREDICATE, SITE_GET_DEFAULT, SITE_UNWRAP_DEFAULT,
    SITE_MAP_KEY, SITE_EXTERN_ARG, SITE_COND, SITE_MAP_ELEM,
} SiteKind;
typedef struct Site {
    SiteKind kind;
    Name name;      /* variable, parameter, field, function */
    Name owner;     /* struct, function */
    Span decl;      /* where the expected type was said; file 0: nowhere */
    Type *whole;    /* container */
} Site;

/* ---- contexts ---- */
typedef struct Env { /* type parameters in force */
    struct Env *outer;
    Name *names;
    Type **types;
    u32 n;
} Env;

typedef struct Scope {
    struct Scope *outer;
    bool home;           /* bare assignments declare here */
    bool loop_body;
    VEC(Local *) locals; /* searched backwards */
    VEC(Local *) hoisted;
} Scope;

typedef struct LoopCtx {
    struct LoopCtx *outer;
    Name label;
    TreeLoop *loop;
    bool parallel;       /* body of parallel for: no break out */
} LoopCtx;

/* Value of FnCtx.parallel that tells check_block: your scope is the parallel block's. */
#define PARALLEL_NEXT ((Scope *)1)

struct FnCtx {
    Fn *fn;
    FnDecl *decl;
    FnCtx *outer;        /* lambda: the function it stands in */
    Module *mod;
    Env *env;
    Scope *scope;
    Type *ret;
    bool ret_open;       /* result omitted: joined from the returns */
    bool is_script;      /* top level: bare names are globals while scope is the top one */
    bool is_main, in_defer;
    u32 task_blocks;     /* parallel and scope blocks around */
    bool is_init;
    Span site;           /* instances: where the user's program asked for it */
    Scope *parallel;     /* scope of the parallel block directly around, or NULL */
    LoopCtx *loop;
    u32 loop_count;
    VEC(Tree *) open_returns; /* RETURN nodes of an open result, coerced at the end */
};

typedef struct PendingCall {
    Tree *node;          /* TN_CALL, TN_FN: gets fn */
    FnDecl *decl;
    Type **args;
    u32 depth;
    Span site;
} PendingCall;

typedef struct PendingVtable {
    Tree *node;
    Type *from;          /* concrete type */
    Type *trait;
} PendingVtable;

typedef struct FnWork {
    Fn *fn;
    FnDecl *decl;
    Env *env;
    u32 depth;
    Span site;           /* where the instance was asked for */
} FnWork;

/* A map or set type that the program writes or infers: its key is looked at when it is ground. */
typedef struct KeyUse {
    Type *type;
    Span at;
} KeyUse;

struct Checker {
    Arena *perm;
    Interner *names;
    Diags *ds;
    const CheckOptions *opt;
    TypeStore *ts;
    Program *prog;
    KnownNames n;
    Type *t_int, *t_float, *t_bool, *t_string, *t_void, *t_never, *t_error, *t_ptr;

    VEC(Module *) modules;      /* in order of initialisation */
    VEC(Module *) std;          /* the library */
    Module *main;
    Map std_scope;              /* Name -> Symbol of the library, behind every module */
    Map owners;                 /* Name -> Owner of built-in types and namespaces */
    Owner *kind_owner[TY_KIND_COUNT];
    VEC(ImplDecl *) impls;
    VEC(Name) owner_names;      /* for did-you-mean */
    Map undefined;              /* Name -> FnCtx where it was reported last */
    Map unknown_types;          /* Name, or Type of an unhashable key -> reported */

    VEC(VarInfo) vars;
    VEC(Constraint *) cons[CON_KINDS];
    u32 con_cursor[CON_KINDS];
    VEC(Constraint *) ready;
    u32 ready_at;
    VEC(Type **) slots;         /* types to be made ground at the end of a batch */
    VEC(PendingCall) calls;
    VEC(PendingVtable) vtables;
    VEC(FnWork) work;
    u32 work_at;
    VEC(Tree *) needed;         /* values of open type: none may turn out void */
    VEC(Tree *) late;           /* nodes looked at again when types are ground (finish.c) */
    u32 blame;                  /* variable whose default is being applied, + 1 */
    VEC(KeyUse) key_uses;
    bool draining;
    bool endless;               /* some type contains itself by value: no layout questions */

    FnCtx *fx;                  /* the function being checked */
    u32 instance_depth;
    Fn *init;                   /* collects the initialisers of globals */
    VEC(Tree *) init_stmts, std_inits;
};

/* ---- infer.c ---- */
Type *ty_fresh(Checker *ck, Span origin, VarDefault def, const char *of);
Type *ty_prune(Checker *ck, Type *t);     /* follows bindings at the head */
Type *ty_head(Checker *ck, Type *t);      /* prune, taking up what is ready first */
Type *ty_force(Checker *ck, Type *t);     /* head, deciding waiting conversions to it if need be */
Type *ty_zonk(Checker *ck, Type *t);      /* all bindings; open variables stay */
Type *ty_ground(Checker *ck, Type *t);    /* all bindings; open variables fall to their defaults */
bool ty_unify(Checker *ck, Type *a, Type *b);
bool ty_is(Checker *ck, Type *t, TyKind k);
void ty_slot(Checker *ck, Type **slot);   /* made ground at the end of the batch */
Constraint *con_new(Checker *ck, ConKind kind, bool (*run)(Checker *, Constraint *, bool),
                    Tree *node);
void con_start(Checker *ck, Constraint *c); /* runs it; it may settle at once */
void con_wait(Checker *ck, Constraint *c, Type *var);
void infer_drain(Checker *ck);
void infer_note_site(Checker *ck, FnCtx *fx, u32 from);
void infer_solve(Checker *ck);            /* all rules and defaults, until nothing waits */
void infer_finish(Checker *ck);           /* grounds every registered slot */
Str ty_text(Checker *ck, Type *t);

/* ---- coerce.c ---- */
Tree *coerce(Checker *ck, Tree *e, Type *to, Site site);
Type *join_types(Checker *ck, Type *a, Type *b, bool elements); /* NULL: none */
void blame_label(Checker *ck, Diag *d);
bool type_implements(Checker *ck, Type *t, TypeDecl *trait);
ImplDecl *impl_find(Checker *ck, Type *t, TypeDecl *trait);
void vtable_fill(Checker *ck);

/* ---- typeexpr.c ---- */
Type *resolve_type(Checker *ck, Module *m, Env *env, const Ast *ast);
Type *resolve_bound(Checker *ck, Module *m, const Ast *ast);
Type *decl_type(Checker *ck, TypeDecl *d, Type **args); /* instance of a declaration */
void struct_outside(Checker *ck, Type *t); /* outside.c */
void data_check(Checker *ck, const FnDecl *d, Type *t, Span site); /* datatype.c */
void type_expand(Checker *ck, Type *t); /* fills fields / variants of a STRUCT or ENUM */
Env *env_of(Checker *ck, Env *outer, const AstGens *gens, Type **args);
Type *struct_field(Checker *ck, Type *t, Name name, u32 *index); /* NULL: none */

/* ---- declare.c ---- */
void declare_module(Checker *ck, Module *m);
void declare_impls(Checker *ck, Module *m);
void declare_globals(Checker *ck, Module *m);
void global_wake(Checker *ck, Symbol *s); /* a library variable enters the program */
Symbol *module_symbol(Checker *ck, Module *m, Name name);  /* module, imports, library */
Symbol *variant_symbol(Checker *ck, Module *m, Name name); /* bare variants */
FnDecl *owner_method(Owner *o, Name name);
FnDecl *type_method(Checker *ck, Type *recv, Name name);   /* all lookup steps but fields */
Owner *type_owner(Checker *ck, Type *t);

bool is_numbered(const Type *t); /* a handle that has a number: converts to int */
/* ---- suggest.c ---- */
void suggest(Checker *ck, Diag *d, Name name, const Map *maps[], u32 n);
void suggest_type(Checker *ck, Diag *d, Name name, const Map *maps[], u32 n);
Diag *undefined_diag(Checker *ck, Span at, const char *what, Name name); /* NULL: said already */

/* ---- load.c ---- */
Module *load_program(Checker *ck, Str path, Str text);
void load_std(Checker *ck);

/* ---- astscan.c ---- */
bool scan_returns_value(const Ast *body);  /* a `return e` outside of lambdas */
bool scan_yields(const Ast *body);
bool scan_is_value(const Ast *stmt);       /* could be the value of a block */

/* ---- instance.c ---- */
typedef struct Sig {
    Type **params;  /* with self first */
    u32 n;
    Type *ret;      /* NULL: omitted */
    Env *env;
} Sig;
Sig fn_sig(Checker *ck, FnDecl *d, Type **args);
void check_impls(Checker *ck); /* signatures of all impls against their traits */
Type *fn_self_type(Checker *ck, FnDecl *d, Env *env, Type **args);
Type *fn_type_of(Checker *ck, Type **params, u32 n, Type *ret);

Fn *fn_plain(Checker *ck, FnDecl *d);                  /* the Fn of a non-generic declaration */
Fn *fn_instance(Checker *ck, FnDecl *d, Type **args, Span site); /* ground args */
Span fn_site(Checker *ck, Span span);                  /* span, or the user's place behind it */
void fn_check_work(Checker *ck);                       /* checks bodies that were asked for */
Fn *fn_new(Checker *ck, FnKind kind, Name name, Span span);
void batch_run(Checker *ck); /* work, solve, finish, until nothing is left */

/* ---- scope.c ---- */
Tree *tn(Checker *ck, TreeKind kind, Span span, Type *type);
void tn_type(Checker *ck, Tree *t, Type *type);
Tree *tn_error(Checker *ck, Span span);
Scope *scope_push(Checker *ck, bool home);
void scope_pop(Checker *ck, Scope *s);
Local *local_new(Checker *ck, Name name, Span span, Type *type);   /* added to the scope */
Local *local_temp(Checker *ck, Type *type, Span span);             /* not in any scope */
Local *local_find(Checker *ck, Name name);      /* captured into the present function if outer */
Local *local_find_here(Scope *s, Name name);

/* ---- check_expr.c ... ---- */
Tree *check_expr(Checker *ck, const Ast *e, Type *want);
void no_value(Checker *ck, Span span); /* the error: a value is needed, this is void */
Tree *check_value(Checker *ck, const Ast *e, Type *want); /* as above; a void value is an error */
Tree *check_to(Checker *ck, const Ast *e, Type *to, Site site); /* checked and coerced */
Tree *check_cond(Checker *ck, const Ast *e);
Tree *cond_of(Checker *ck, Tree *e);
Tree *check_block(Checker *ck, const Ast *block, Type *want, bool value, bool home);
Tree *check_stmt(Checker *ck, const Ast *s);
Tree *check_stmt_value(Checker *ck, const Ast *s, Type *want); /* statement whose value is wanted */
Tree *check_if(Checker *ck, const Ast *e, Type *want, bool value);
Tree *check_match(Checker *ck, const Ast *e, Type *want, bool value);
Tree *check_lambda(Checker *ck, const Ast *e, Type *want, bool spawned);
Tree *check_chain(Checker *ck, const Ast *e, Type *want);
Tree *check_unary(Checker *ck, const Ast *e, Type *want);
Tree *check_call(Checker *ck, const Ast *e, Type *want);
Tree *check_field(Checker *ck, const Ast *e, Type *want);
Tree *check_name(Checker *ck, const Ast *e, Type *want);
Tree *check_index(Checker *ck, const Ast *e);
Tree *check_slice(Checker *ck, const Ast *e);
Tree *check_struct_lit(Checker *ck, const Ast *e, Type *want);
Tree *check_array(Checker *ck, const Ast *e, Type *want);
Tree *check_map(Checker *ck, const Ast *e, Type *want);
Tree *check_set(Checker *ck, const Ast *e, Type *want);
Tree *check_tuple(Checker *ck, const Ast *e, Type *want);
Tree *check_compr(Checker *ck, const Ast *e, Type *want);
Tree *check_interp(Checker *ck, const Ast *e);
Tree *check_try(Checker *ck, const Ast *e, Type *want);
Tree *check_opt_field(Checker *ck, const Ast *e);
Tree *opt_chain(Checker *ck, const Ast *field, const AstArgs *args, Span span);
Tree *check_coalesce(Checker *ck, const Ast *e);
Tree *check_spawn(Checker *ck, const Ast *e, bool statement);
Tree *check_await(Checker *ck, const Ast *e, Type *want);
Tree *check_select(Checker *ck, const Ast *s);
Tree *check_parallel(Checker *ck, const Ast *s);
Tree *check_loop(Checker *ck, const Ast *s);
Tree *check_assign(Checker *ck, const Ast *s);
Tree *check_var(Checker *ck, const Ast *s);
Pattern *check_pattern(Checker *ck, const Ast *p, Type *type);
Tree *variant_make(Checker *ck, TypeDecl *d, Type *want, u32 index, const AstArgs *args, Span span,
                   bool called);
Tree *fn_value(Checker *ck, FnDecl *d, Span span, Type *want);
void place_check(Checker *ck, Tree *t, const char *what); /* errors when t cannot be assigned */
Type *join_list(Checker *ck, Tree ***slots, u32 n, Type *want, Span span, SiteKind site);

/* ---- initorder.c, finish.c ---- */
void check_top_level(Checker *ck, Module *m);
void finish_program(Checker *ck);
void finish_late(Checker *ck);
void global_order(Checker *ck);
#endif
