/* report.c - the deadlock report and the list of abandoned tasks. Runs when every worker sleeps and
 * nothing can wake one, so the stacks of waiting tasks stand still and may be read. Tasks that
 * wait at the same place for the same kind of thing are told once, with their number. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "channel.h"
#include "sched.h"
#include "task.h"
#include "trace.h"

enum { GROUPS = 32, OBJECTS = 64 };

typedef struct Group {
    Fiber *first;
    int64_t n;
    const wyn_site *spawned, *awaited; /* itself; the task that it awaits */
    bool main;
} Group;

static Group groups[GROUPS];
static int group_count;
static int64_t other_tasks;
static const void *objects[OBJECTS]; /* numbered in the order they are told */
static int object_count;

static const Run *run_of(const Fiber *f) {
    Context room;
    return fiber_context(f, &room)->run;
}

static const wyn_task *task_of(const Fiber *f) {
    const Run *r = run_of(f);
    if (r != NULL) r = fiber_view(f, r);
    return r == NULL || r->desc == NULL ? NULL : fiber_view(f, r->desc);
}

static const wyn_future *sought;
static const wyn_site *found;

static void look_at(Fiber *f) {
    if (atomic_load_explicit(&f->state, memory_order_relaxed) != FIBER_USED) return;
    for (const Run *at = run_of(f), *r; at != NULL; at = r->outer) {
        r = fiber_view(f, at);
        if (r->task != sought) continue;
        const wyn_task *d = fiber_view(f, r->desc);
        found = d->site;
        return;
    }
}

/* Where a task that waits was spawned: the stack it runs on knows. */
static const wyn_site *spawn_of(const wyn_future *f) {
    sought = f;
    found = NULL;
    fiber_each(look_at);
    return found;
}

static void group_add(Fiber *f) {
    const Waiter *w = fiber_wait(f);
    if (atomic_load_explicit(&f->state, memory_order_relaxed) != FIBER_USED || w == NULL) return;
    const wyn_task *task = task_of(f);
    if (w->kind == WAIT_END) return;
    const wyn_site *spawned = task == NULL ? NULL : task->site;
    for (int i = 0; i < group_count; i++) {
        const Group *g = &groups[i];
        const Waiter *v = fiber_wait(g->first);
        if (g->main || task == NULL || v->what != w->what || v->site != w->site ||
            g->spawned != spawned)
            continue;
        groups[i].n++;
        return;
    }
    if (group_count == GROUPS) {
        other_tasks++;
        return;
    }
    bool awaits = w->kind == WAIT_TASK && w->object != NULL;
    groups[group_count++] =
        (Group){f, 1, spawned, awaits ? spawn_of(w->object) : NULL, task == NULL};
}

/* ---- printing ---- */

typedef struct Line {
    char text[600];
    size_t n;
} Line;

static __attribute__((format(printf, 2, 3))) void line_add(Line *l, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(l->text + l->n, sizeof l->text - l->n, format, args);
    va_end(args);
    if (n > 0) l->n += (size_t)n;
    if (l->n > sizeof l->text - 1) l->n = sizeof l->text - 1;
}

static void line_site(Line *l, const char *before, const wyn_site *site) {
    if (site == NULL) return;
    line_add(l, "%s%.80s (%.120s:%d)", before, site->func, site->file, site->line);
}

static int object_number(const void *object) {
    for (int i = 0; i < object_count; i++) {
        if (objects[i] == object) return i + 1;
    }
    if (object_count == OBJECTS) return 0;
    objects[object_count++] = object;
    return object_count;
}

/* "recv() on a channel with no sender ..." is about the whole program; a task is in "recv()". */
static int operation_length(const char *what) {
    static const char *const stop[] = {" on a ", " that ", " has no ", " of a task"};
    size_t n = strlen(what);
    for (size_t i = 0; i < COUNT_OF(stop); i++) {
        const char *p = strstr(what, stop[i]);
        if (p != NULL && (size_t)(p - what) < n) n = (size_t)(p - what);
    }
    return (int)n;
}

static void line_object(Line *l, const Group *g) {
    const Waiter *w = fiber_wait(g->first);
    int number = w->object == NULL ? 0 : object_number(w->object);
    if (w->kind == WAIT_CHANNEL) {
        const wyn_channel *c = w->object;
        line_add(l, " on channel %d of %.60s (capacity %lld%s)", number, c->elem->name,
                 (long long)c->cap,
                 c->cap == 0 ? "" : c->len == 0 ? ", empty" : c->len == c->cap ? ", full" : "");
    } else if (g->awaited != NULL) {
        line_site(l, " of the task spawned in ", g->awaited);
    } else if (w->kind == WAIT_LOCK) {
        line_add(l, ", object %d", number);
    }
}

static Line group_line(const Group *g) {
    const Waiter *w = fiber_wait(g->first);
    Line l = {.n = 0};
    if (g->main) {
        line_add(&l, "main waits in ");
    } else if (g->n == 1) {
        line_add(&l, "a task waits in ");
    } else {
        line_add(&l, "%lld tasks wait in ", (long long)g->n);
    }
    line_add(&l, "%.*s", operation_length(waiter_what(w)), waiter_what(w));
    line_object(&l, g);
    line_site(&l, ", ", waiter_site(w));
    line_site(&l, ", spawned in ", g->spawned);
    return l;
}

/* By the frame pointers, as in trace.c, but of a stack that may be an image. */
static void trace_waiting(Trace *t, const Fiber *f) {
    if (f->image == NULL) {
        trace_capture_on(t, fiber_frame(f), &f->context->stack);
        return;
    }
    t->kept = t->total = 0;
    if (fiber_segment(f) != NULL) return; /* part of it is elsewhere */
    uintptr_t link[2]; /* the next frame, and where it goes on */
    const char *sp = f->sp, *frame, *high = f->context->stack.high;
    memcpy(&frame, fiber_view(f, sp), sizeof frame);
    while (frame > sp && frame + sizeof link <= high && ((uintptr_t)frame & 7) == 0) {
        memcpy(link, fiber_view(f, frame), sizeof link);
        if (link[1] == 0) return;
        if (t->kept < RT_TRACE_KEEP) t->pc[t->kept++] = link[1];
        t->total++;
        if (link[0] <= (uintptr_t)frame) return;
        frame = (const char *)link[0];
    }
}

static void group_print(const Group *g) {
    Line l = group_line(g);
    line_add(&l, "\n");
    wyn_err_write(l.text, l.n);
    static Trace trace;
    trace_waiting(&trace, g->first);
    panic_print_trace(&trace);
}

static void groups_clear(void) {
    group_count = object_count = 0;
    other_tasks = 0;
    memset(objects, 0, sizeof objects); /* they keep nothing alive */
}

void report_collect(Fiber *const *fibers, int64_t n) {
    groups_clear();
    for (int64_t i = 0; i < n; i++) group_add(fibers[i]);
}

wyn_array *report_lines(void) {
    wyn_array *lines = wyn_array_new(&wyn_type_str, 0);
    for (int i = 0; i < group_count; i++) {
        Line l = group_line(&groups[i]);
        wyn_array_push_ptr(lines, wyn_str_new(l.text, (int64_t)l.n));
    }
    groups_clear();
    return lines;
}

static int64_t groups_make(void) {
    groups_clear();
    fiber_each(group_add);
    int64_t n = other_tasks;
    for (int i = 0; i < group_count; i++) n += groups[i].n;
    return n;
}

static void groups_print(void) {
    for (int i = 0; i < group_count; i++) group_print(&groups[i]);
    if (other_tasks == 0) return;
    Line l = {.n = 0};
    line_add(&l, "... %lld tasks more\n", (long long)other_tasks);
    wyn_err_write(l.text, l.n);
}

void report_deadlock(void) {
    const Waiter *w = fiber_wait(&main_fiber);
    wyn_flush();
    Line l = {.n = 0};
    line_add(&l, "wyn: deadlock - %.300s\n", w == NULL ? "no task can go on" : waiter_what(w));
    wyn_err_write(l.text, l.n);
    groups_make();
    groups_print();
    wyn_finish(STATUS_PANIC);
}

static bool asked(const char *variable) {
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

void report_abandoned(void) {
    if (!asked("WYN_DEBUG") && !asked("WYN_LEAKS")) return;
    int64_t n = groups_make();
    if (n == 0) return;
    wyn_flush();
    Line l = {.n = 0};
    line_add(&l, "wyn: %lld task%s never ended\n", (long long)n, n == 1 ? "" : "s");
    wyn_err_write(l.text, l.n);
    groups_print();
}
