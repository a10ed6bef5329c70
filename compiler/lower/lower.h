/* lower.h - typed tree -> IR: order of evaluation and representation are decided here. */
#ifndef WYN_LOWER_H
#define WYN_LOWER_H
#include "../sema/tree.h"
#include "ir.h"

typedef struct LowerOptions {
    bool overflow_check;  /* int + - * panic when they overflow */
    bool test_mode;       /* the program runs its test blocks */
} LowerOptions;

IrProgram *lower_program(Arena *perm, const Program *p, const LowerOptions *opt);
#endif
