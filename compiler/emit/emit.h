/* emit.h - IR -> C text. Takes no decision about meaning. */
#ifndef WYN_EMIT_H
#define WYN_EMIT_H
#include "../lower/ir.h"

typedef struct EmitOptions {
    bool no_line; /* leave out #line */
    bool debug;   /* keep internal names apart from the user's */
} EmitOptions;

Str emit_c(Arena *perm, const IrProgram *ir, const EmitOptions *opt);
#endif
