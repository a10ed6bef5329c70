/* effect.h - what calling a function may do (the EF_ bits of ir.h). */
#ifndef WYN_EFFECT_H
#define WYN_EFFECT_H
#include "ir.h"

/* Sets IrFn.effects of every function; the whole program must be lowered. */
void effect_analyse(Arena *scratch, IrProgram *p);

/* May this function of the runtime or the native library wait for another task? */
bool effect_runtime_waits(Str name);
#endif
