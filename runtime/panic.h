/* panic.h - language panics inside the runtime. A panic never unwinds: it runs the deferred blocks
 * on top of the panicking stack, then jumps once to the innermost catch point. Catch points exist
 * only in runtime C (panic_run). */
#ifndef WYN_PANIC_H
#define WYN_PANIC_H

#include "base.h"

typedef struct Trace Trace;

typedef struct Panic {
    wyn_str *text;
    const wyn_site *site;    /* or NULL: the innermost user frame of the trace */
    Trace *trace;            /* captured where it was raised; or NULL */
    struct Panic *also;      /* raised by deferred blocks while this one was running them */
    const wyn_site *spawned; /* of the task, or NULL */
    const wyn_site *awaited; /* innermost await that rethrew it, or NULL */
} Panic;

/* Runs body(arg). True when it returned; false when it panicked, with the panic. */
bool panic_run(void (*body)(void *), void *arg, Panic **caught);

/* The same, for who knows what stack he is on. */
struct Fiber;
bool panic_run_on(struct Fiber *self, void (*body)(void *), void *arg, Panic **caught);

/* Raises a panic caught elsewhere again. */
_Noreturn void panic_rethrow(Panic *p, const wyn_site *awaited);

/* The reserved panic of an aborted task, which nothing reports and try_call does not catch.
 * Raised again outside of the aborted scope it becomes `task was cancelled`. */
_Noreturn void panic_cancelled(void);
bool panic_is_cancelled(const Panic *p);

/* `out of memory`. If there is none even for that panic, the process ends with a message. */
_Noreturn void panic_no_memory(void);

/* To stderr, after stdout. */
void panic_report(const Panic *p);

/* The user's frames of a trace, a line each, to stderr. */
void panic_print_trace(const Trace *t);

/* The thread of control: what a task has of its own when tasks switch. */
typedef struct PanicContext {
    wyn_frame *frames;        /* innermost function with deferred blocks */
    struct CatchPoint *catch;
    Panic *active;            /* whose deferred blocks are running */
    wyn_mutex *held;          /* locked here, newest first */
    struct wyn_scope *scope;  /* innermost scope whose abort ends what runs here; scope.c */
    int masked;               /* deferred blocks are running: it does not */
    int callbacks;            /* functions that C has called: nothing may leave them */
} PanicContext;

enum { STATUS_PANIC = 101 };

/* The running one; it belongs to the stack, so it stays the same where a task waits. sched.c */
PanicContext *panic_context(void);

/* mutex.c: unlocks what the running task has locked since `before` was the newest. */
void mutex_unlock_since(const wyn_mutex *before);

/* start.c */
extern void (*wyn_drain_hook)(void); /* set by the first spawn: waits for what is left */
_Noreturn void wyn_finish(int status);
bool wyn_failed(void); /* an assert failed */

#endif
