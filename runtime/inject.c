/* inject.c - the global queue: a list of segments under a lock; see inject.h. */
#include "inject.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

typedef struct Segment {
    struct Segment *next;
    uint32_t first, n; /* entries in [first, n) */
    uintptr_t entry[RT_BATCH];
} Segment;

static uint32_t lock;
static Segment *head, *tail, *unused, *sweep_at;
static _Atomic int64_t count; /* relaxed: a hint; sleepers look after a full barrier */

bool inject_any(void) { return atomic_load_explicit(&count, memory_order_relaxed) > 0; }

static Segment *segment_new(void) {
    Segment *s = unused;
    if (s != NULL) {
        unused = s->next;
    } else {
        s = malloc(sizeof *s);
        if (s == NULL) abort();
    }
    s->next = NULL;
    s->first = s->n = 0;
    return s;
}

void inject_push(const uintptr_t *entry, uint32_t n) {
    lock_take(&lock);
    Segment *s = tail;
    if (s == NULL || s->n + n > RT_BATCH) {
        s = segment_new();
        memcpy(s->entry, entry, n * sizeof *entry);
        s->n = n;
        if (tail != NULL) {
            tail->next = s;
        } else {
            head = s;
        }
        tail = s;
    } else {
        memcpy(s->entry + s->n, entry, n * sizeof *entry);
        s->n += n;
    }
    atomic_fetch_add_explicit(&count, n, memory_order_relaxed);
    lock_drop(&lock);
}

static void drop_head(void) {
    Segment *s = head;
    head = s->next;
    if (head == NULL) tail = NULL;
    if (sweep_at == s) sweep_at = NULL;
    s->next = unused;
    unused = s;
}

uintptr_t inject_pop(Ring *mine) {
    if (!inject_any()) return 0;
    lock_take(&lock);
    while (head != NULL && head->first == head->n) drop_head();
    Segment *s = head;
    if (s == NULL) {
        lock_drop(&lock);
        return 0;
    }
    uintptr_t e = s->entry[s->first];
    uint32_t room = RT_RING - ring_count(mine);
    uint32_t n = s->n - s->first - 1;
    if (n > room) n = room;
    ring_put(mine, s->entry + s->first + 1, n);
    s->first += n + 1;
    if (s->first == s->n) drop_head();
    atomic_fetch_sub_explicit(&count, n + 1, memory_order_relaxed);
    lock_drop(&lock);
    return e;
}

void inject_sweep(bool (*stale)(uintptr_t entry)) {
    if (atomic_load_explicit(&count, memory_order_relaxed) < 2 * RT_BATCH) return;
    lock_take(&lock);
    Segment *s = sweep_at != NULL ? sweep_at : head;
    uint32_t dropped = 0;
    if (s != NULL) {
        uint32_t k = s->first;
        for (uint32_t i = s->first; i < s->n; i++) {
            if (!stale(s->entry[i])) s->entry[k++] = s->entry[i];
        }
        dropped = s->n - k;
        s->n = k;
        sweep_at = s->next;
        while (head != tail && head->first == head->n) drop_head();
    }
    atomic_fetch_sub_explicit(&count, dropped, memory_order_relaxed);
    lock_drop(&lock);
}

void inject_walk(void (*push)(const void *low, const void *high)) {
    for (Segment *s = head; s != NULL; s = s->next) push(s->entry, s->entry + RT_BATCH);
}
