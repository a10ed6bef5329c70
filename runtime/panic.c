/* panic.c - raising, deferred blocks, catch points, reports.
 * A frame record is linked while its function has deferred blocks to run; an entry is unlinked
 * before it runs, so a panic inside it continues with the next one. The first panic is the one
 * that counts; those raised on the way are listed with it. */
#include "fiber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fork.h"
#include "gc.h"
#include "lock.h"
#include "scope.h"
#include "stack.h"
#include "trace.h"

/* The compiler's own pair is a few stores; the sanitizers know the library's one only. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
typedef jmp_buf Jump;
#define JUMP_SET(j) setjmp(j)
#define JUMP_TO(j) longjmp(j, 1)
#else
typedef void *Jump[5];
#define JUMP_SET(j) __builtin_setjmp(j)
#define JUMP_TO(j) __builtin_longjmp(j, 1)
#endif

typedef struct CatchPoint {
    struct CatchPoint *previous;
    Jump jump;
    wyn_frame *mark;
    const wyn_mutex *held;
    Segment *segment; /* of the stack */
    struct wyn_scope *scope;
    int masked, callbacks;
    uint32_t fork_mark;
    Panic *volatile caught;
    Panic *active;
} CatchPoint;

/* ---- deferred blocks ---- */

void wyn_frame_enter(wyn_frame *frame) {
    PanicContext *context = panic_context();
    frame->next = context->frames;
    frame->top = NULL;
    context->frames = frame;
}

void wyn_defer(wyn_frame *frame, wyn_defer_entry *entry, void (*run)(void *frame)) {
    entry->run = run;
    entry->next = frame->top;
    frame->top = entry;
}

void wyn_frame_leave(wyn_frame *frame) {
    PanicContext *context = panic_context(); /* of the stack: the same after a wait */
    context->masked++;
    while (frame->top != NULL) {
        wyn_defer_entry *e = frame->top;
        frame->top = e->next;
        e->run(frame);
    }
    context->masked--;
    context->frames = frame->next;
}

static void err_text(const char *s) { wyn_err_write(s, strlen(s)); }

/* ---- raising and catching ---- */

static _Noreturn void panic_raise(Panic *p) {
    PanicContext *context = panic_context();
    if (context->active == NULL) {
        context->active = p;
    } else if (context->active != p) {
        p->also = context->active->also;
        context->active->also = p;
    }
    CatchPoint *c = context->catch;
    wyn_frame *mark = c == NULL ? NULL : c->mark;
    if (c != NULL) fork_unwind(c->fork_mark);
    context->masked++;
    while (context->frames != mark) {
        wyn_frame *f = context->frames;
        wyn_defer_entry *e = f->top;
        if (e == NULL) {
            context->frames = f->next;
            continue;
        }
        f->top = e->next;
        e->run(f);
    }
    p = context->active;
    bool through_c = context->callbacks > (c == NULL ? 0 : c->callbacks);
    if (c == NULL || through_c) {
        panic_report(p);
        if (through_c) err_text("  inside a function that C called, which ends the process\n");
        _exit(STATUS_PANIC);
    }
    mutex_unlock_since(c->held);
    context->active = c->active;
    context->catch = c->previous;
    context->scope = c->scope;
    context->masked = c->masked;
    c->caught = p;
    JUMP_TO(c->jump);
}

bool panic_run(void (*body)(void *), void *arg, Panic **caught) {
    return panic_run_on(fiber_self(), body, arg, caught);
}

__attribute__((noinline)) bool panic_run_on(Fiber *self, void (*body)(void *), void *arg,
                                            Panic **caught) {
    PanicContext *context = &self->context->panic;
    CatchPoint c;
    c.previous = context->catch;
    c.mark = context->frames;
    c.held = context->held;
    c.active = context->active;
    c.segment = self->context->stack.segment;
    c.scope = context->scope;
    c.masked = context->masked;
    c.callbacks = context->callbacks;
    c.fork_mark = fork_mark(self);
    context->catch = &c;
    context->active = NULL;
    if (JUMP_SET(c.jump) == 0) {
        body(arg);
        context->catch = c.previous;
        context->active = c.active;
        return true;
    }
    stack_unwind(c.segment);
    *caught = c.caught;
    return false;
}

/* ---- cancellation ---- */

WYN_STR_LIT(cancelled_text, 9, "cancelled");

bool panic_is_cancelled(const Panic *p) { return p->text == WYN_S(cancelled_text); }

void panic_cancelled(void) {
    Panic *p = wyn_alloc(sizeof *p);
    p->text = WYN_S(cancelled_text);
    panic_raise(p);
}

void panic_rethrow(Panic *p, const wyn_site *awaited) {
    if (panic_is_cancelled(p) && awaited != NULL) {
        scope_check();
        wyn_panic_at(awaited, "task was cancelled");
    }
    Panic *copy = wyn_alloc(sizeof *copy);
    *copy = *p;
    copy->also = p->also;
    if (copy->awaited == NULL) copy->awaited = awaited;
    panic_raise(copy);
}

WYN_STR_LIT(no_memory_text, 13, "out of memory");

void panic_no_memory(void) {
    static __thread bool asked; /* between here and panic_raise no other task runs */
    if (asked) wyn_no_memory("more values");
    asked = true;
    Panic *p = wyn_alloc(sizeof *p);
    p->trace = wyn_alloc_atomic(sizeof *p->trace);
    asked = false;
    trace_capture(p->trace, __builtin_frame_address(0));
    p->text = WYN_S(no_memory_text);
    panic_raise(p);
}

static __attribute__((noinline)) _Noreturn void panic_new(wyn_str *text, const wyn_site *site) {
    Panic *p = wyn_alloc(sizeof *p);
    p->trace = wyn_alloc_atomic(sizeof *p->trace);
    trace_capture(p->trace, __builtin_frame_address(0));
    p->text = text;
    p->site = site;
    panic_raise(p);
}

static wyn_str *text_of(const char *format, va_list args) {
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    wyn_str *s;
    if (n < (int)sizeof small) {
        s = wyn_str_new(small, n < 0 ? 0 : n);
    } else {
        s = wyn_str_make(n);
        vsnprintf(s->bytes, (size_t)n + 1, format, again);
    }
    va_end(again);
    return s;
}

void wyn_panic_at(const wyn_site *site, const char *format, ...) {
    va_list args;
    va_start(args, format);
    wyn_str *text = text_of(format, args);
    va_end(args);
    panic_new(text, site);
}

void wyn_panic(const char *format, ...) {
    va_list args;
    va_start(args, format);
    wyn_str *text = text_of(format, args);
    va_end(args);
    panic_new(text, NULL);
}

void wyn_panic_str(wyn_str *message, const wyn_site *site) { panic_new(message, site); }

typedef struct TryCall {
    wyn_fn *thunk;
    void *result;
} TryCall;

static void try_body(void *arg) {
    TryCall *t = arg;
    ((void (*)(void *, wyn_fn *))t->thunk->code)(t->result, t->thunk);
}

bool wyn_try_call(wyn_fn *thunk, void *result, wyn_str **err) {
    TryCall t = {thunk, result};
    Panic *p = NULL;
    if (panic_run(try_body, &t, &p)) return true;
    if (panic_is_cancelled(p)) panic_rethrow(p, NULL);
    *err = p->text;
    return false;
}

/* ---- reports ---- */


/* One line in one write, so that lines of several processes do not mix. */
static void err_place(const char *before, const char *file, int line, const char *after) {
    char small[512];
    int n = snprintf(small, sizeof small, "%s%s:%d%s", before, file, line, after);
    wyn_err_write(small, n < (int)sizeof small ? (size_t)n : sizeof small - 1);
}

/* Library sources are named std/NAME.wyn. */
static bool is_user_file(const char *file) { return strncmp(file, "std/", 4) != 0; }

/* The innermost user frame of a trace. */
static bool user_place(const Trace *t, TraceFrame *out) {
    TraceFrame frames[16];
    for (int64_t i = 0; t != NULL && i < t->kept; i++) {
        int n = trace_resolve(t->pc[i], frames, COUNT_OF(frames));
        for (int k = 0; k < n; k++) {
            if (!is_user_file(frames[k].file)) continue;
            *out = frames[k];
            return true;
        }
    }
    return false;
}

static void report_head(const Panic *p) {
    TraceFrame place;
    if (p->site != NULL && is_user_file(p->site->file)) {
        err_place("panic at ", p->site->file, p->site->line, ": ");
    } else if (user_place(p->trace, &place)) {
        err_place("panic at ", place.file, place.line, ": ");
    } else {
        err_text("panic: ");
    }
    wyn_err_write(p->text->bytes, (size_t)p->text->len);
    err_text("\n");
}

static void report_frame(const TraceFrame *f) {
    err_text("  at ");
    err_text(f->func);
    err_place(" (", f->file, f->line, ")\n");
}

void panic_print_trace(const Trace *t) {
    TraceFrame frames[16];
    int shown = 0;
    int64_t i = 0;
    for (; i < t->kept && shown < RT_TRACE_TOP; i++) {
        int n = trace_resolve(t->pc[i], frames, COUNT_OF(frames));
        for (int k = 0; k < n && shown < RT_TRACE_TOP; k++) {
            if (!is_user_file(frames[k].file)) continue;
            report_frame(&frames[k]);
            shown++;
        }
    }
    int64_t more = t->total - i;
    if (shown >= RT_TRACE_TOP && more > 2) {
        char text[64];
        wyn_err_write(text, (size_t)snprintf(text, sizeof text, "  ... %lld more\n",
                                             (long long)more));
    }
}

static void report_site(const char *what, const wyn_site *site) {
    if (site == NULL || !is_user_file(site->file)) return;
    err_text(what);
    err_text(site->func);
    err_place(" (", site->file, site->line, ")\n");
}

void panic_report(const Panic *p) {
    static uint32_t one_at_a_time;
    wyn_flush();
    lock_take(&one_at_a_time);
    report_head(p);
    if (p->trace != NULL) panic_print_trace(p->trace);
    report_site("  in a task spawned in ", p->spawned);
    report_site("  awaited in ", p->awaited);
    for (const Panic *q = p->also; q != NULL; q = q->also) {
        err_text("  and while it ran deferred blocks, ");
        report_head(q);
    }
    lock_drop(&one_at_a_time);
}

void wyn_no_memory(const char *what) {
    char text[200];
    wyn_flush();
    wyn_err_write(text, (size_t)snprintf(text, sizeof text, "wyn: no memory for %.150s\n", what));
    wyn_finish(STATUS_PANIC);
}

void wyn_fatal(const char *what, const char *file, int line) {
    char text[512];
    wyn_err_write(text, (size_t)snprintf(text, sizeof text,
                                         "wyn: internal error of the runtime: %.200s (%s:%d)\n",
                                         what, file, line));
    abort();
}
