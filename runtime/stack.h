/* stack.h - guarded stacks: [guard | reserve | stack], reserved, not committed. An overflow faults
 * in the reserve, which is then opened for the deferred blocks of the panic. */
#ifndef WYN_STACK_H
#define WYN_STACK_H

#include "base.h"

typedef struct Stack {
    char *reserve; /* NULL: the process's own stack, without overflow check */
    char *high;
    bool by_advice; /* guarded by page-table markers, not by a mapping of its own */
    uint8_t opened; /* how much of the reserve */
} Stack;

/* Maps a stack of its own; main's. */
bool stack_make(Stack *s, size_t size);

/* Guards the lower end of [low, high), which is mapped. */
bool stack_guard(Stack *s, char *low, char *high);

/* The running stack; defined by fiber.c's user, the scheduler. */
Stack *stack_self(void);

/* This thread takes SIGSEGV, SIGBUS and the collector's signal on a stack of its own from now on.
 * *low: its lower end, stored before; it is RT_ALT_STACK long. */
void stack_alternate(char **low);

/* Process-wide: SIGSEGV and SIGBUS. `blocked`: the collector's signal, or 0. */
void stack_signals(int blocked);

#endif
