/* trace.h - backtraces. Capturing walks frame pointers and is cheap; resolving reads the line
 * tables of the executable and happens only when a report is printed. */
#ifndef WYN_TRACE_H
#define WYN_TRACE_H

#include "base.h"
#include "config.h"

struct Stack;

typedef struct Trace {
    int64_t kept, total;
    uintptr_t pc[RT_TRACE_KEEP]; /* return addresses, innermost first */
} Trace;

typedef struct TraceFrame {
    const char *func; /* Wyn name */
    const char *file;
    int line;
} TraceFrame;

void trace_capture(Trace *t, const void *frame_address);
void trace_capture_on(Trace *t, const void *frame_address, const struct Stack *stack);

/* The Wyn functions at a return address, inlined ones first; 0 when it is not Wyn code. */
int trace_resolve(uintptr_t pc, TraceFrame *out, int max);

/* dwarf.c: C function, file and line at an address of the executable. */
int dwarf_lookup(uintptr_t address, TraceFrame *out, int max);

#endif
