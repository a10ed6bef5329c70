/* append.h - strings that grow in loops. */
#ifndef WYN_APPEND_H
#define WYN_APPEND_H
#include "ir.h"

/* `s = s + x` writes behind s where nothing else can hold it. */
void append_analyse(Arena *perm, IrProgram *p);
#endif
