/* stack.h - guarded stacks, and the segments that chain to them.
 * A stack is its own memory, [guard | low .. high), and segments that were added when a check at a
 * function's entry found less than RT_STACK_ROOM left. Calls nest, so the parts in use are a chain:
 * the innermost one runs, each outer one goes on where its inner one's `sp` says. Parts that are no
 * longer in use are kept for the next time, until the stack goes back to the pool.
 * Invariants: `limit` is that of the part in use, and wyn_stack_limit repeats it in the thread that
 * runs there. A segment in `segment` may not have been entered yet, or have been left just now:
 * who walks the chain decides by the address. main's one large mapping has a closed reserve below,
 * opened by a fault for C code that must finish; an overflow that a check finds gets a spare
 * segment for the deferred blocks of the panic. */
#ifndef WYN_STACK_H
#define WYN_STACK_H

#include "base.h"

typedef struct Segment {
    struct Segment *outer; /* the part below, or NULL: the stack's own memory */
    struct Segment *inner; /* the one to take next time, or NULL */
    char *low;             /* the segment lies at its own upper end */
    void *sp;              /* where the part below goes on */
} Segment;

typedef struct Stack {
    char *low; /* NULL: the process's own stack, without checks */
    char *high;
    char *limit;      /* NULL: none */
    char *reserve;    /* main's, or NULL */
    Segment *segment; /* innermost one in use, or NULL */
    Segment *first;   /* outermost one there is, or NULL */
    size_t size;      /* of all parts */
    uint8_t opened;   /* how much of the reserve */
    uint8_t spare;    /* overflowed; has taken its spare segment */
} Stack;

/* Maps a stack of its own; main's. Others end at its size too, so it is called once. */
bool stack_make(Stack *s, size_t size);

/* Guards the lower end of a stack in mapped memory, and describes one there. */
bool stack_guard(char *low);
void stack_at(Stack *s, char *low, char *high);

/* The running stack; defined by fiber.c's user, the scheduler. */
Stack *stack_self(void);

/* The address checker is told of every change of stack, and of frames that were left by a jump. */
#ifdef __SANITIZE_ADDRESS__
void stack_announce(const Stack *s);
void stack_forget(const void *low, const void *high);
#else
static inline void stack_announce(const Stack *s) { (void)s; }
static inline void stack_forget(const void *low, const void *high) { (void)low, (void)high; }
#endif

/* This thread runs on it from now on. */
static inline void stack_use(const Stack *s) {
    stack_announce(s);
#ifdef __x86_64__ /* found anew at each use, also behind a switch */
    __asm__ volatile("movq %0, %%fs:wyn_stack_limit@tpoff" : : "r"(s->limit) : "memory");
#else
    *(char *volatile *)&wyn_stack_limit = s->limit;
#endif
}

/* Back to the part `to` after a jump: to what was in `segment` then. */
void stack_unwind(Segment *to);

/* Gives all its segments back. */
void stack_trim(Stack *s);

/* The part with p in it: its bounds. *g is the segment to begin with, and afterwards the one it
 * is, or NULL; outer parts follow from (*g)->outer. False: none has it. */
bool stack_part(const Stack *s, const void *p, Segment **g, char **low, char **high);

/* This thread takes SIGSEGV, SIGBUS and the collector's signal on a stack of its own from now on.
 * *low: its lower end, stored before; it is RT_ALT_STACK long. */
void stack_alternate(char **low);

/* Process-wide: SIGSEGV and SIGBUS. `blocked`: the collector's signal, or 0. */
void stack_signals(int blocked);

#endif
