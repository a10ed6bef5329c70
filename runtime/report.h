/* report.h - who waits for what, when nothing can go on. */
#ifndef WYN_REPORT_H
#define WYN_REPORT_H

#include "base.h"

/* No task can ever run again and main has not returned: says so and ends the process. */
_Noreturn void report_deadlock(void);

/* Looks at the tasks that wait on these stacks, while the world stands still; then they are told, a
 * line for those that wait alike. */
struct Fiber;
void report_collect(struct Fiber *const *fibers, int64_t n);
wyn_array *report_lines(void);

/* At the end, with WYN_DEBUG=1 or WYN_LEAKS=1: the tasks that wait for one another only. */
void report_abandoned(void);

#endif
