/* callback.c - Wyn functions that C calls: the comparison of qsort, a handler of a library.
 * They run on the stack of whoever called the C function, with C's frames below them, so nothing
 * may leave them but by returning: a panic ends the process, and so does an operation that would
 * have to wait, since C does not expect to go on in another thread. A thread that C made itself has
 * no worker and no stack known to the collector: there the call is refused. */
#include <stdio.h>
#include <unistd.h>

#include "fiber.h"
#include "panic.h"
#include "sched.h"

void wyn_callback_begin(const wyn_site *site) {
    if (!sched_thread_ours) {
        char text[400];
        int n = snprintf(text, sizeof text,
                         "wyn: C called %.100s (%.120s:%d) from a thread that it made itself; only "
                         "threads of Wyn can run Wyn functions\n",
                         site->func, site->file, site->line);
        wyn_err_write(text, (size_t)n);
        _exit(STATUS_PANIC);
    }
    PanicContext *c = panic_context();
    c->callbacks++;
    c->masked++; /* an abort waits until C is left */
}

void wyn_callback_end(void) {
    PanicContext *c = panic_context();
    c->callbacks--;
    c->masked--;
}
