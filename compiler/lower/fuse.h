/* fuse.h - chains of library calls that run as one loop, and what functions may do there. */
#ifndef WYN_FUSE_H
#define WYN_FUSE_H
#include "lowering.h"

/* In order of harm. */
typedef enum Calmness {
    CALM,        /* gives a value, always */
    CALM_PANICS, /* gives a value or panics */
    CALM_NOT,
} Calmness;

/* What calls of fn may do; depth: calls that led there. */
Calmness fn_calmness(Lower *lw, const Fn *fn, u32 depth);
/* What evaluating t in fn may do; a lambda or the name of a function: what calling it may. */
Calmness tree_calmness(Lower *lw, const Fn *fn, Tree *t);

/* A step of a chain: each element becomes fn(element), or goes on only if fn holds. */
typedef struct FuseStage {
    bool filters;
    Type *fn_type;
    IrVar *fn;
} FuseStage;

enum { FUSE_MOST = 8 }; /* stages of one chain */

/* What stands for `self` in a library function whose loop over it runs over a chain. */
typedef struct Fuse {
    Local *self;
    Type *elem;          /* of the source */
    IrVar *source;       /* the array, or the string whose pieces are taken */
    const char *next;    /* of strings: gives the next piece */
    IrVar *sep;          /* of strings; or NULL */
    FuseStage stages[FUSE_MOST];
    u32 n;
} Fuse;

/* `xs.map(f).filter(g).sum()` as a call of one function; NULL: as it stands. */
IrExpr *fuse_call(LowerFn *f, Tree *t);
/* The function that gives piece after piece of s in `for piece in s.lines()`; NULL: t is no such
 * call. */
const char *pieces_next(const Tree *t);
/* Lowers the body of fn; f->fuse stands for its first parameter (lower_fn.c). */
void lower_fn_over(LowerFn *f, Fn *fn);
/* Inside the loop over f->fuse->self: e, an element of the source, after all stages. Opens a block
 * for each filter; fuse_leave closes them. */
IrExpr *fuse_element(LowerFn *f, IrExpr *e, BlockSave *saves);
void fuse_leave(LowerFn *f, BlockSave *saves);
bool fuse_is_self(const LowerFn *f, const Tree *t); /* the local that a chain stands for? */
IrExpr *fuse_room(LowerFn *f);                      /* array_len(self), for array_reserve */
#endif
