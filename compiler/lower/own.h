/* own.h - arrays that only one activation of one function can see. */
#ifndef WYN_OWN_H
#define WYN_OWN_H
#include "ir.h"

/* Their pushes and pops become those without a lock. */
void own_analyse(Arena *scratch, IrProgram *p);
#endif
