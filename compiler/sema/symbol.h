/* symbol.h - what names mean: modules, declarations, scopes. One owner for "what does this name
 * mean". Declarations are generic; an Fn or a Type is one instance of one. */
#ifndef WYN_SYMBOL_H
#define WYN_SYMBOL_H
#include "../syntax/ast.h"
#include "tree.h"

typedef struct Module Module;
typedef struct FnDecl FnDecl;
typedef struct ImplDecl ImplDecl;

typedef enum SymKind {
    SYM_GLOBAL,
    SYM_FN,
    SYM_TYPE,
    SYM_ALIAS,
    SYM_MODULE,
    SYM_VARIANT,
    SYM_SPACE
} SymKind;

/* What a name of a module means. SPACE: a library namespace such as Math. */
typedef struct Symbol {
    SymKind kind;
    Name name;
    Span span;
    Module *home;    /* where it is declared */
    bool pub;
    union {
        struct {
            Global *global;
            const Ast *init; /* of a library constant, read in place */
            const Ast *asleep; /* declaration of a library variable that nobody has named yet */
        };
        FnDecl *fn;
        TypeDecl *type;
        Ast *alias;              /* AST_ALIAS */
        Module *module;
        struct { TypeDecl *type; u32 index; struct Symbol *other; } variant;
        struct Owner *space;
    };
} Symbol;

/* The functions of one owner (a declared type, a built-in type, a library namespace) by name. */
typedef struct Owner {
    Name name;
    Map methods; /* Name -> FnDecl (overloads linked by next) */
    Map consts;  /* Name -> Symbol of a library constant */
    TypeDecl *type; /* NULL for built-in types and namespaces */
} Owner;

struct TypeDecl {
    TyKind kind; /* TY_STRUCT TY_ENUM TY_TRAIT */
    Name name;
    Span span;
    Module *module;
    const Ast *ast;
    const AstGens *gens;
    Owner owner;
    VEC(FnDecl *) trait_fns; /* TRAIT: in order */
    bool expanding, recursive;
};

/* A function as declared: generic in `gens`, or not. */
struct FnDecl {
    Name name;
    Span span;
    Module *module;
    const Ast *ast;          /* AST_FN */
    Owner *owner;            /* NULL: free function */
    TypeDecl *self_type;     /* owner's declaration, for methods of declared types */
    Ast *self_ast;           /* type of self as written in impl<T> Tr for Box<T>, else NULL */
    const AstGens *outer_gens; /* of the owner or impl */
    bool has_self, is_pub, is_trait_sig;
    int intrinsic;           /* Intrinsic, or -1 */
    FnDecl *next;            /* library overloads */
    ImplDecl *impl;
    u32 gen_count;
    Fn *plain;               /* the one instance of a non-generic function */
    VEC(struct FnInstance *) instances;
};

typedef struct FnInstance {
    Type **args;
    Fn *fn;
} FnInstance;

/* impl Trait for Type. */
struct ImplDecl {
    TypeDecl *trait;
    TyKind for_kind;     /* constructor it is for */
    TypeDecl *for_decl;
    Owner methods;
    Span span;
    Module *module;
};

struct Module {
    Name name;           /* last part of the path */
    Str path;            /* as shown */
    Str text_name;       /* "" for the main file, else "a/b" */
    u32 file;
    AstModule *ast;
    bool is_std, is_main, has_main_fn;
    Map scope;           /* Name -> Symbol */
    Map variants;        /* Name -> Symbol of SYM_VARIANT, visible bare */
    Map fns; /* Name -> FnDecl: free functions, also when a variable has taken the name */
    VEC(Module *) imports;
    int state;           /* of load.c: cycle detection */
    VEC(FnDecl *) fn_decls; /* all functions and methods in order, for checking the bodies */
    Map decl_of;         /* Ast of a function -> FnDecl */
};
#endif
