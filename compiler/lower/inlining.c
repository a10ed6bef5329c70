/* inlining.c - which library functions are written into their callers: those that call a function
 * they are given, so that `xs.map(|x| x + 1)` becomes the loop with the body of the lambda in it.
 * Small ones only, none that calls itself, and none that a program calls all the time. */
#include "lowering.h"

enum { LARGEST = 24, COPIES = 1000 }; /* statements of one, of all its copies */

bool inline_wanted(const Fn *fn) {
    if (!fn->is_std || fn->kind != FN_PLAIN || fn->is_generator) return false;
    for (u32 i = 0; i < fn->param_count; i++)
        if (fn->params[i]->type->kind == TY_FN) return true;
    return false;
}

/* Statements of fn with those of its callees; too many for a function that leads to itself. */
static u32 whole_size(const IrFn *fn, u32 depth) {
    enum { DEEPEST = 8 };
    u32 size = fn->size;
    if (depth > DEEPEST) return LARGEST + 1;
    for (u32 i = 0; i < fn->callees.n && size <= LARGEST; i++)
        if (fn->callees.v[i]->inlined) size += whole_size(fn->callees.v[i], depth + 1);
    return size;
}

void inline_decide(Lower *lw) {
    for (u32 i = 0; i < lw->ir->fns.n; i++) {
        IrFn *fn = lw->ir->fns.v[i];
        u32 size = fn->inlined ? whole_size(fn, 0) : 0;
        if (size > LARGEST || size * fn->uses > COPIES) fn->inlined = false;
    }
}
