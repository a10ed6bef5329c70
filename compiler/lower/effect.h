/* effect.h - what calling a function may do (the EF_ bits of ir.h). */
#ifndef WYN_EFFECT_H
#define WYN_EFFECT_H
#include "ir.h"

/* Sets IrFn.effects of every function; the whole program must be lowered. */
typedef struct Effect Effect;
Effect *effect_analyse(Arena *scratch, IrProgram *p);

/* What evaluating this one call may do, its operands aside. */
u8 effect_of(Effect *x, const IrExpr *e);

/* May this function of the runtime or the native library wait for another task? */
bool effect_runtime_waits(Str name);
#endif
