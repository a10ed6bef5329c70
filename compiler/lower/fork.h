/* fork.h - scoped tasks: futures that never leave their function and are awaited on every path
 * through it. They need no object: fork_scope.c finds them, lower_fork.c makes slots of the stack's
 * deque of them, fork_pass.c gives the functions that fork their hidden parameters.
 * A ForkVar is one such future, or an array of them that is filled by `push(spawn ..)` and emptied
 * by one loop of awaits or await_all. Slots follow each other in order of declaration. */
#ifndef WYN_FORK_H
#define WYN_FORK_H
#include "lowering.h"

/* A call whose operands are evaluated now, and which is made later, by another function perhaps:
 * its tree names locals instead. */
typedef struct Spread {
    LowerFn *f;
    VEC(Local *) locals;
    VEC(IrExpr *) values; /* of lower_fork.c: leaves that hold the operands */
    Operands ops;
} Spread;
Tree *call_spread(Spread *sp, Tree *call); /* lower_task.c; look at f->dead */

typedef struct ForkVar {
    Local *local;
    bool array, dropped; /* dropped: not scoped after all */
    u32 pushes;          /* array: places that fill it */
    u32 index;           /* in order of declaration */
    struct ForkVar *of;  /* of the loop over this array: its futures in turn */
    /* of the lowering */
    IrVar *slot;         /* array: the first */
    IrVar *end;          /* array: behind the last */
    IrVar *early;        /* array: results of those run at once, for want of a slot; or NULL */
    IrVar *rest;         /* array: futures on the heap, behind those */
    IrVar *value;        /* the result, once joined */
    struct ForkBody *body;
    IrArgs args;         /* operands, evaluated at the spawn */
} ForkVar;

typedef enum ForkUse {
    FORK_OPEN,           /* TN_LET of an empty array */
    FORK_SPAWN,          /* TN_LET of a spawn */
    FORK_PUSH,           /* TN_CALL of push(spawn ..) */
    FORK_JOIN,           /* TN_AWAIT that joins */
    FORK_READ,           /* TN_AWAIT after the join */
    FORK_EACH,           /* TN_FOR_IN over an array */
    FORK_ELEMENT,        /* TN_AWAIT of its variable */
    FORK_ALL,            /* await_all of it */
} ForkUse;

/* What a node of the tree does with scoped tasks. */
typedef struct ForkNode {
    ForkUse use;
    ForkVar *var;
    ForkVar *pop;        /* the first of the slots that are free after it; NULL: none */
} ForkNode;

/* fork_scope.c: Tree * -> ForkNode *, of one function. */
Map fork_scoped(Arena *a, const Fn *fn);
bool fork_is_await_all(const Tree *t);   /* await_all(futures) */
Tree *fork_pushed(const Tree *t);        /* the spawn in `xs.push(spawn ..)`, or NULL */

/* lower_fork.c: false when the node is not about scoped tasks. */
bool fork_let(LowerFn *f, Tree *t);
bool fork_call(LowerFn *f, Tree *t, IrExpr **out);
bool fork_for(LowerFn *f, Tree *t);
bool fork_await(LowerFn *f, Tree *t, IrExpr **out);
void fork_vars(LowerFn *f);              /* `stack` and `head` of the function */

/* fork_pass.c: hidden parameters, and s->head where others may look at it. */
struct Effect;
void fork_finish(Lower *lw, struct Effect *x);
#endif
