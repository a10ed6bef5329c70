/* system.h - what system.c needs of the simulation. */
#ifndef SIM_SYSTEM_H
#define SIM_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

/* A point, after which all delayed stores of this thread are done. */
void sim_system(const char *what);

void sim_pause(const char *at);

/* The thread waits for `word`, at most until then (0: no end). True: that time came first. */
bool sim_wait(const volatile void *word, int64_t until);

/* Makes one thread, or all that wait for it, go on; how many. */
long sim_wake(const volatile void *word, bool all);

int64_t sim_now(void);

#endif
