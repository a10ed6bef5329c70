/* calls.h - calls and members: arguments that are checked beforehand or still text, what stands
 * before a dot, and the functions that build call nodes. Part of the checker's private interface.
 */
#ifndef WYN_CALLS_H
#define WYN_CALLS_H
#include "checker.h"

/* Arguments of a call: checked beforehand (tree) or still text (ast). */
typedef struct CallArg {
    Name name;
    Span span;
    const Ast *ast;
    Tree *tree;
    Span name_span; /* of `name:` */
} CallArg;
typedef struct CallArgs {
    CallArg *v;
    u32 n;
} CallArgs;
CallArgs call_args(Checker *ck, const AstArgs *args);
void call_args_check(Checker *ck, CallArgs *args); /* checks what is still text */
Tree *call_arg_to(Checker *ck, CallArg *a, Type *to, Site site);
Tree *call_arg_value(Checker *ck, CallArg *a, Type *want);
typedef struct Call {
    FnDecl *d;
    Tree *recv;        /* or NULL */
    CallArgs args;
    Type **targs;      /* explicit type arguments */
    u32 targ_n;
    Type *owner_inst;  /* Box<int>.new: the type before the dot */
    Span span, name_span;
    Type *want;
} Call;
Tree *fn_call(Checker *ck, Call *c);

Tree *member_call(Checker *ck, Tree *recv, Name name, Call *c);
Tree *member_get(Checker *ck, Tree *recv, Name name, Span name_span, Span span);
/* What stands before a dot or ::, when it is no value. */
typedef struct Static {
    Module *module;
    TypeDecl *type;
    Type *inst;        /* Box<int> */
    Owner *owner;      /* library namespace or built-in type */
} Static;
bool static_of(Checker *ck, const Ast *e, Static *out);
Tree *call_value(Checker *ck, Tree *callee, CallArgs *args, Span span);
int variant_index(TypeDecl *d, Name name); /* -1: no such variant */
bool private_check(Checker *ck, FnDecl *d, Span at);

#endif
