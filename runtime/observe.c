/* observe.c - counters and the trace; see observe.h.
 * Each worker records events in a ring of its own, which keeps the newest: memory is bounded and
 * recording takes no lock. At the end the rings are written as one JSON file in the format that
 * chrome://tracing and Perfetto read. Whoever still runs then may write one event more, so the
 * oldest events of a full ring are left out. */
#include "observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "gc.h"
#include "sched.h"
#include "task.h"

typedef struct Event {
    int64_t at;
    const wyn_site *site;
    int32_t kind, number;
} Event;

typedef struct EventRing {
    _Atomic uint64_t n; /* events ever; release: with the reader at the end */
    Event event[];
} EventRing;

enum { RING_EVENTS = 1 << 17, RING_MARGIN = 64 };

bool observe_on;
_Atomic int64_t observe_wakes;
static bool stats_on;
static const char *trace_path;
static int64_t started_at, pause_at, pause_total, pause_longest;
static _Atomic(EventRing *) rings[RT_WORKERS_MAX];

void observe_start(void) {
    const char *stats = getenv("WYN_STATS"), *path = getenv("WYN_TRACE");
    stats_on = stats != NULL && stats[0] != '\0' && strcmp(stats, "0") != 0;
    trace_path = path != NULL && path[0] != '\0' ? path : NULL;
    if (!stats_on && trace_path == NULL) return;
    started_at = time_mono();
    observe_on = trace_path != NULL;
}

bool observe_wanted(void) { return stats_on || trace_path != NULL; }

/* ---- recording ---- */

static __attribute__((noinline)) EventRing *ring_of(uint32_t id) {
    EventRing *r = atomic_load_explicit(&rings[id], memory_order_relaxed);
    if (r != NULL) return r;
    r = mmap(NULL, sizeof *r + RING_EVENTS * sizeof(Event), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (r == MAP_FAILED) return NULL;
    /* release: with trace_worker; only the worker itself stores here */
    atomic_store_explicit(&rings[id], r, memory_order_release);
    return r;
}

__attribute__((noinline)) void observe_event(EventKind kind, const wyn_site *site,
                                             int64_t number) {
    Worker *w = worker_self();
    EventRing *r = w == NULL ? NULL : ring_of(w->id);
    if (r == NULL) return;
    uint64_t n = atomic_load_explicit(&r->n, memory_order_relaxed);
    r->event[n % RING_EVENTS] = (Event){time_mono(), site, (int32_t)kind, (int32_t)number};
    atomic_store_explicit(&r->n, n + 1, memory_order_release);
}

static void go_on(const Run *r) { /* outer ones first */
    if (r == NULL || r->task == NULL) return;
    go_on(r->outer);
    observe_event(EVENT_TASK, r->desc->site, 0);
}

void observe_switch(const Fiber *from, const Fiber *to) {
    const Waiter *w = fiber_wait(from);
    observe_event(EVENT_LEAVE, w == NULL ? NULL : waiter_site(w), 0);
    go_on(to->context->run);
}

void observe_pause(bool begins) {
    int64_t now = time_mono();
    if (begins) {
        pause_at = now;
    } else {
        pause_total += now - pause_at;
        if (now - pause_at > pause_longest) pause_longest = now - pause_at;
    }
    if (observe_on) observe_event(begins ? EVENT_STOP : EVENT_RESUME, NULL, 0);
}

/* ---- the trace file ---- */

static void json_text(FILE *f, const char *s) {
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            fprintf(f, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(f, "\\u%04x", c);
        } else {
            fputc(c, f);
        }
    }
}

static void event_head(FILE *f, char phase, uint32_t tid, int64_t at) {
    int64_t ns = at - started_at;
    if (ns < 0) ns = 0;
    fprintf(f, ",\n{\"ph\":\"%c\",\"pid\":1,\"tid\":%u,\"ts\":%lld.%03d", phase, tid,
            (long long)(ns / 1000), (int)(ns % 1000));
}

static void event_site(FILE *f, const wyn_site *site) {
    json_text(f, site->func);
    fputs(" (", f);
    json_text(f, site->file);
    fprintf(f, ":%d)", site->line);
}

static void event_begin(FILE *f, uint32_t tid, const Event *e, const char *name) {
    event_head(f, 'B', tid, e->at);
    fputs(",\"name\":\"", f);
    if (name != NULL) {
        fputs(name, f);
    } else if (e->site == NULL) {
        fputs("task", f);
    } else {
        fputs("task of ", f);
        event_site(f, e->site);
    }
    fputs("\"}", f);
}

static void event_ends(FILE *f, uint32_t tid, int64_t at, int *open, int n) {
    for (; n > 0 && *open > 0; n--, --*open) {
        event_head(f, 'E', tid, at);
        fputs("}", f);
    }
}

static void event_mark(FILE *f, uint32_t tid, const Event *e, const char *name,
                       const char *number) {
    event_head(f, 'i', tid, e->at);
    fprintf(f, ",\"s\":\"t\",\"name\":\"%s\",\"args\":{", name);
    if (number != NULL) {
        fprintf(f, "\"%s\":%d", number, e->number);
    } else if (e->site != NULL) {
        fputs("\"at\":\"", f);
        event_site(f, e->site);
        fputs("\"", f);
    }
    fputs("}}", f);
}

static void trace_event(FILE *f, uint32_t tid, const Event *e, int *open) {
    switch ((EventKind)e->kind) {
    case EVENT_TASK:
        event_begin(f, tid, e, NULL);
        ++*open;
        break;
    case EVENT_SLEEP:
    case EVENT_STOP:
        event_begin(f, tid, e, e->kind == EVENT_SLEEP ? "sleep" : "collection");
        ++*open;
        break;
    case EVENT_END:
    case EVENT_AWAKE:
    case EVENT_RESUME: event_ends(f, tid, e->at, open, 1); break;
    case EVENT_LEAVE:
        event_ends(f, tid, e->at, open, *open);
        if (e->site != NULL) event_mark(f, tid, e, "park", NULL);
        break;
    case EVENT_STEAL: event_mark(f, tid, e, "steal", "entries"); break;
    case EVENT_WAKE: event_mark(f, tid, e, "wake", "worker"); break;
    }
}

/* The events before it that the ring has lost. */
static uint64_t trace_worker(FILE *f, uint32_t id, int64_t now) {
    const EventRing *r = atomic_load_explicit(&rings[id], memory_order_acquire);
    if (r == NULL) return 0;
    uint64_t n = atomic_load_explicit(&r->n, memory_order_acquire);
    uint64_t from = n > RING_EVENTS - RING_MARGIN ? n - (RING_EVENTS - RING_MARGIN) : 0;
    fprintf(f, ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%u,\"name\":\"thread_name\","
               "\"args\":{\"name\":\"worker %u\"}}", id, id);
    int open = 0;
    for (uint64_t i = from; i < n; i++) trace_event(f, id, &r->event[i % RING_EVENTS], &open);
    event_ends(f, id, now, &open, open);
    return from;
}

static void trace_write(void) {
    observe_on = false;
    FILE *f = fopen(trace_path, "we");
    if (f == NULL) {
        char text[300];
        int n = snprintf(text, sizeof text, "wyn: cannot write the trace to %.200s\n", trace_path);
        wyn_err_write(text, (size_t)n);
        return;
    }
    int64_t now = time_mono();
    uint64_t lost = 0;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
          "{\"ph\":\"M\",\"pid\":1,\"tid\":0,\"name\":\"process_name\","
          "\"args\":{\"name\":\"wyn\"}}", f);
    for (uint32_t i = 0; i < RT_WORKERS_MAX; i++) lost += trace_worker(f, i, now);
    fprintf(f, "\n],\"otherData\":{\"lost_events\":%llu}}\n", (unsigned long long)lost);
    fclose(f);
}

/* ---- counters ---- */

static int64_t total(Stat s) {
    int64_t n = 0;
    for (int i = 0; i < worker_count; i++) n += workers[i]->stat[s];
    return n;
}

static void stats_write(void) {
    int64_t spawned = 0;
    for (int i = 0; i < worker_count; i++)
        spawned += atomic_load_explicit(&workers[i]->spawned, memory_order_relaxed);
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    char text[1024];
    int n = snprintf(
        text, sizeof text,
        "wyn: workers      %d\n"
        "wyn: time         %.3f s\n"
        "wyn: spawned      %lld\n"
        "wyn: in place     %lld\n"
        "wyn: steals       %lld of %lld tasks\n"
        "wyn: to global    %lld batches\n"
        "wyn: parks        %lld\n"
        "wyn: stacks       %u\n"
        "wyn: sleeps       %lld\n"
        "wyn: wake-ups     %lld\n"
        "wyn: collections  %llu, %.3f ms stopped, longest %.3f ms\n"
        "wyn: heap         %.1f MB\n"
        "wyn: peak memory  %lld MB\n",
        worker_count, (double)(time_mono() - started_at) / 1e9, (long long)spawned,
        (long long)total(STAT_IN_PLACE), (long long)total(STAT_STEALS),
        (long long)total(STAT_STOLEN), (long long)total(STAT_BATCHES),
        (long long)total(STAT_PARKS), fiber_made(), (long long)total(STAT_SLEEPS),
        (long long)observe_wakes, (unsigned long long)gc_count(), (double)pause_total / 1e6,
        (double)pause_longest / 1e6, (double)gc_heap_size() / 1e6,
        (long long)usage.ru_maxrss / 1000);
    wyn_err_write(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

void observe_finish(void) {
    if (stats_on) stats_write();
    if (trace_path != NULL) trace_write();
    stats_on = false;
    trace_path = NULL;
}
