/* stack.h - stacks: [guard | reserve | stack], reserved, not committed. An overflow faults in the
 * reserve, which is then opened for the deferred blocks of the panic. */
#ifndef WYN_STACK_H
#define WYN_STACK_H

#include "base.h"

typedef struct Stack {
    char *reserve; /* NULL: the process's own stack, without overflow check */
    char *high;
} Stack;

bool stack_make(Stack *s, size_t size);

/* What the machine runs on from now on: for the collector, traces and the overflow check. */
void stack_use(const Stack *s);

/* SIGSEGV and SIGBUS on a stack of their own. */
void stack_signals(void);

#endif
