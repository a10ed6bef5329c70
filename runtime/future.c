/* future.c - spawn and await. A future holds its thunk until it runs and its result afterwards; the
 * result stays, so it may be awaited any number of times. A panic is kept with it and raised in
 * every awaiter; one that nobody has awaited is reported when the program ends. */
#include "gc.h"
#include "native.h"
#include "task.h"

static wyn_future *failed_head; /* FAILED and not consumed, newest first */
static void (*drain_before)(void);

static wyn_future *future_new(wyn_fn *thunk, const wyn_type *result, const wyn_site *site) {
    wyn_future *f = wyn_alloc_kind(sizeof *f + result->size, WYN_MEM_TRACED);
    f->thunk = thunk;
    f->type = result;
    f->site = site;
    return f;
}

wyn_future *wyn_spawn(wyn_fn *thunk, const wyn_type *result, const wyn_site *site) {
    wyn_future *f = future_new(thunk, result, site);
    task_enqueue(f);
    return f;
}

void wyn_spawn_detached(wyn_fn *thunk, const wyn_type *result, const wyn_site *site) {
    wyn_spawn(thunk, result, site)->detached = true;
}

/* ---- running ---- */

static void drain_and_report(void) {
    drain_before();
    bool any = false;
    for (wyn_future *f = failed_head; f != NULL; f = f->next) {
        if (f->consumed) continue;
        panic_report(f->panic);
        any = true;
    }
    if (any) wyn_finish(STATUS_PANIC);
}

static void future_body(void *arg) {
    wyn_future *f = arg;
    wyn_fn *thunk = f->thunk;
    ((void (*)(void *, wyn_fn *))thunk->code)(f->result, thunk);
}

void future_run(wyn_future *f) {
    Panic *p = NULL;
    CHECK(f->state == FUTURE_NEW);
    f->state = FUTURE_RUNNING;
    wyn_future *before = task_set_current(f);
    bool ok = panic_run(future_body, f, &p);
    task_set_current(before);
    f->thunk = NULL;
    if (ok) {
        f->state = FUTURE_DONE;
        return;
    }
    if (p->spawned == NULL) p->spawned = f->site;
    if (f->detached) {
        panic_report(p);
        wyn_finish(STATUS_PANIC);
    }
    if (wyn_drain_hook != drain_and_report) {
        drain_before = wyn_drain_hook;
        wyn_drain_hook = drain_and_report;
    }
    f->panic = p;
    f->next = failed_head;
    failed_head = f;
    f->state = FUTURE_FAILED;
}

/* ---- waiting ---- */

static bool future_finished(void *arg) {
    const wyn_future *f = arg;
    return f->state == FUTURE_DONE || f->state == FUTURE_FAILED;
}

bool wyn_future_is_done(wyn_future *f) { return future_finished(f); }

static void future_join(wyn_future *f, const wyn_site *site) {
    if (f->state == FUTURE_NEW) future_run(f); /* no need of a fiber: we wait for just this */
    if (future_finished(f)) return;
    Wait w = {.ready = future_finished, .arg = f, .site = site,
              .what = "await of a task that cannot go on"};
    task_wait(&w);
}

static void *future_take(wyn_future *f, const wyn_site *site) {
    if (f->state == FUTURE_FAILED) {
        f->consumed = true;
        panic_rethrow(f->panic, site);
    }
    return f->result;
}

void *wyn_await(wyn_future *f, const wyn_site *site) {
    future_join(f, site);
    return future_take(f, site);
}

static int64_t deadline_of(int64_t ms) { return time_mono() + (ms < 0 ? 0 : ms) * 1000000; }

bool wyn_await_ms(wyn_future *f, int64_t ms, const wyn_site *site) {
    Wait w = {.ready = future_finished, .arg = f, .deadline = deadline_of(ms), .site = site,
              .what = "wait(ms)"};
    if (!task_wait(&w)) return false;
    future_take(f, site);
    return true;
}

void *wyn_future_value(wyn_future *f) { return future_take(f, NULL); }

bool wyn_future_result(wyn_future *f, wyn_str **err, const wyn_site *site) {
    future_join(f, site);
    if (f->state == FUTURE_DONE) return true;
    f->consumed = true;
    *err = f->panic->text;
    return false;
}

void wyn_join_all(wyn_array *futures, const wyn_site *site) {
    int64_t n = wyn_array_len(futures);
    for (int64_t i = 0; i < n; i++) future_join(wyn_array_raw_ptr(futures, i), site);
    wyn_future *failed = NULL;
    for (int64_t i = n; i-- > 0;) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (f->state != FUTURE_FAILED) continue;
        f->consumed = true;
        failed = f;
    }
    if (failed != NULL) future_take(failed, site);
}

wyn_array *wyn_await_all(wyn_array *futures, const wyn_type *elem, const wyn_site *site) {
    wyn_join_all(futures, site);
    int64_t n = wyn_array_len(futures);
    wyn_array *r = wyn_array_new(elem, n);
    for (int64_t i = 0; i < n; i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        wyn_array_push_any(r, f->result, elem);
    }
    return r;
}

static bool all_finished(void *arg) {
    wyn_array *futures = arg;
    for (int64_t i = 0; i < wyn_array_len(futures); i++) {
        if (!future_finished(wyn_array_raw_ptr(futures, i))) return false;
    }
    return true;
}

bool wyn_join_for(wyn_array *futures, int64_t timeout_ms, const wyn_site *site) {
    if (timeout_ms < 0) {
        wyn_join_all(futures, site);
        return true;
    }
    Wait w = {.ready = all_finished, .arg = futures, .deadline = deadline_of(timeout_ms),
              .site = site, .what = "parallel"};
    return task_wait(&w);
}

static wyn_future *first_good(wyn_array *futures) {
    for (int64_t i = 0; i < wyn_array_len(futures); i++) {
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        if (f->state == FUTURE_DONE) return f;
    }
    return NULL;
}

static bool any_good(void *arg) { return first_good(arg) != NULL || all_finished(arg); }

wyn_future *wyn_await_any(wyn_array *futures, const wyn_site *site) {
    int64_t n = wyn_array_len(futures);
    if (n == 0) wyn_panic_at(site, "await_any of an empty array");
    Wait w = {.ready = any_good, .arg = futures, .site = site, .what = "await_any"};
    task_wait(&w);
    for (int64_t i = 0; i < n; i++) { /* all of them were awaited, whichever came first */
        wyn_future *f = wyn_array_raw_ptr(futures, i);
        f->consumed = true;
    }
    wyn_future *good = first_good(futures);
    if (good != NULL) return good;
    future_take(wyn_array_raw_ptr(futures, n - 1), site);
    return NULL;
}

/* ---- tasks seen from inside ---- */

void wyn_task_cancel(wyn_future *f) { f->cancelled = true; }

bool wyn_task_is_cancelled(void) {
    wyn_future *f = task_current();
    return f != NULL && f->cancelled;
}

int64_t wyn_task_id(void) {
    wyn_future *f = task_current();
    return f == NULL ? 0 : f->id;
}

int64_t wyn_task_count(void) { return task_count(); }

int64_t wyn_task_workers(void) { return 1; }

static bool second_look(void *arg) {
    bool *seen = arg;
    bool before = *seen;
    *seen = true;
    return before;
}

void wyn_task_yield(void) {
    bool seen = false;
    Wait w = {.ready = second_look, .arg = &seen, .what = "yield"};
    task_wait(&w);
}
