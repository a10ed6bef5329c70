/* report.h - who waits for what, when nothing can go on. */
#ifndef WYN_REPORT_H
#define WYN_REPORT_H

#include "base.h"

/* No task can ever run again and main has not returned: says so and ends the process. */
_Noreturn void report_deadlock(void);

/* The tasks that wait on these stacks, as text: one line for those that wait alike. */
struct Fiber;
wyn_array *report_lines(struct Fiber *const *fibers, int64_t n);

/* At the end, with WYN_DEBUG=1 or WYN_LEAKS=1: the tasks that wait for one another only. */
void report_abandoned(void);

#endif
