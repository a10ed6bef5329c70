/* preempt.h - letting a task that computes know that something else wants to be done.
 * Loops read the byte wyn_poll_wanted; functions that may recurse compare with the stack limit of
 * their thread, which is raised beyond every stack. Both are hints for all: `asked` of the worker
 * says who is meant and why. */
#ifndef WYN_PREEMPT_H
#define WYN_PREEMPT_H

#include "sched.h"

enum {
    ASK_YIELD = 1, /* others wait for this worker */
    ASK_LOOK = 2   /* a scope has been aborted, maybe around what runs here */
};

void preempt_ask(Worker *w, uint32_t why);
void preempt_ask_all(uint32_t why);
void preempt_tick(bool on); /* by the monitor: shows or hides what is still asked */
bool preempt_pending(void);

/* Restores a raised limit; was it raised? */
bool preempt_limit_restored(void);

#endif
