/* trace.c - capturing return addresses by frame pointers, and C names to Wyn names.
 * All of the runtime and all emitted code keep frame pointers. A frame pointer is believed only
 * while it climbs within a part of the running stack, or leads to the part below. */
#include "trace.h"

#include "panic.h"
#include "stack.h"

__attribute__((weak)) extern const char wyn_names[];

void trace_capture(Trace *t, const void *frame_address) {
    trace_capture_on(t, frame_address, stack_self());
}

void trace_capture_on(Trace *t, const void *frame_address, const Stack *s) {
    const char *fp = frame_address;
    Segment *g = s->segment;
    char *low, *high;
    t->kept = t->total = 0;
    while (stack_part(s, fp, &g, &low, &high)) {
        while (fp >= low && fp + 16 <= high && ((uintptr_t)fp & 7) == 0) {
            uintptr_t next, pc;
            memcpy(&next, fp, sizeof next);
            memcpy(&pc, fp + 8, sizeof pc);
            if (pc == 0) return;
            if (t->kept < RT_TRACE_KEEP) t->pc[t->kept++] = pc;
            t->total++;
            bool climbs = next > (uintptr_t)fp;
            fp = (const char *)next;
            if (!climbs) break;
        }
        if (g == NULL) return;
        g = g->outer;
    }
}

/* The Wyn name of a C function; NULL for the runtime's own. Clones end in .part.0 and the like. */
static const char *wyn_name(const char *c_name) {
    size_t n = strcspn(c_name, ".");
    const char *p = wyn_names;
    if (p == NULL) return NULL;
    while (*p != '\0') {
        const char *name = p + strlen(p) + 1;
        if (strncmp(p, c_name, n) == 0 && p[n] == '\0') return name;
        p = name + strlen(name) + 1;
    }
    return NULL;
}

int trace_resolve(uintptr_t pc, TraceFrame *out, int max) {
    int n = dwarf_lookup(pc - 1, out, max);
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const char *name = out[i].func == NULL ? NULL : wyn_name(out[i].func);
        if (name == NULL) continue;
        out[kept] = out[i];
        out[kept++].func = name;
    }
    return kept;
}
