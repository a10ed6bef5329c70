/* inject.c - the global queue: a lock-free list of batches; see inject.h.
 * Cells are made in chunks, never freed, and named by numbers. A cell has two parts that are used
 * independently of each other: a link of the list, and a batch of entries. The list is that of
 * Michael and Scott: `first` is a link whose batch was taken already, `last` may lag behind by one.
 * The number of a batch is read before the swap that takes it, as its link may be used again at
 * once. Every word that is swapped counts its changes in the upper half, so that one that was
 * changed and changed back is not mistaken.
 * Who takes a batch owns it until its entries lie in his ring; `n` tells the collector how many
 * there are. All is sequentially consistent: it happens once in RT_BATCH entries. */
#include "inject.h"

#include <stdlib.h>
#include <string.h>

#include "base.h"

enum { NONE = 0, CHUNK = 32, CHUNKS = 1 << 18 };

typedef struct Cell {
    _Atomic uint64_t next;         /* the link: to the next one, */
    _Atomic uint32_t value;        /* and which batch it brought */
    _Atomic uint32_t below, under; /* in the stacks of unused links and of unused batches */
    _Atomic uint32_t n;
    uintptr_t entry[RT_BATCH];
} Cell;

static Cell *_Atomic chunks[CHUNKS];
static _Atomic uint32_t made; /* numbers given out; the first is 1 */
static _Atomic uint64_t first, last, links, batches;
static _Atomic int64_t count; /* of entries, not less than there are */

bool inject_any(void) { return atomic_load_explicit(&count, memory_order_relaxed) > 0; }

/* ---- cells ---- */

static uint32_t number(uint64_t word) { return (uint32_t)word; }

/* The word that comes after `old` and names cell c. */
static uint64_t changed(uint64_t old, uint32_t c) { return ((old >> 32) + 1) << 32 | c; }

/* Number 0 has a cell too, which a stale look may read. */
static Cell *cell(uint32_t c) { return &atomic_load(&chunks[c / CHUNK])[c % CHUNK]; }

static uint32_t cell_make(void) {
    uint32_t c = atomic_fetch_add(&made, 1) + 1;
    CHECK(c / CHUNK < CHUNKS);
    if (atomic_load(&chunks[c / CHUNK]) == NULL) {
        Cell *fresh = calloc(CHUNK, sizeof *fresh), *none = NULL;
        if (fresh == NULL) wyn_no_memory("tasks that are ready");
        if (!atomic_compare_exchange_strong(&chunks[c / CHUNK], &none, fresh)) free(fresh);
    }
    return c;
}

static uint32_t link_take(void) {
    uint64_t top = atomic_load(&links);
    while (number(top) != NONE) {
        uint32_t below = atomic_load(&cell(number(top))->below);
        if (atomic_compare_exchange_weak(&links, &top, changed(top, below))) return number(top);
    }
    return NONE;
}

static void link_drop(uint32_t c) {
    uint64_t top = atomic_load(&links);
    do {
        atomic_store(&cell(c)->below, number(top));
    } while (!atomic_compare_exchange_weak(&links, &top, changed(top, c)));
}

static uint32_t batch_take(void) {
    uint64_t top = atomic_load(&batches);
    while (number(top) != NONE) {
        uint32_t under = atomic_load(&cell(number(top))->under);
        if (atomic_compare_exchange_weak(&batches, &top, changed(top, under))) return number(top);
    }
    return NONE;
}

static void batch_drop(uint32_t c) {
    atomic_store(&cell(c)->n, 0);
    uint64_t top = atomic_load(&batches);
    do {
        atomic_store(&cell(c)->under, number(top));
    } while (!atomic_compare_exchange_weak(&batches, &top, changed(top, c)));
}

/* An unused batch; a new cell brings a link as well. */
static uint32_t batch_new(void) {
    uint32_t c = batch_take();
    if (c != NONE) return c;
    c = cell_make();
    link_drop(c);
    return c;
}

static uint32_t link_new(void) {
    uint32_t c = link_take();
    if (c != NONE) return c;
    c = cell_make();
    batch_drop(c);
    return c;
}

/* ---- the list ---- */

/* Makes the link that the list begins with. */
static void list_prepare(void) {
    if (atomic_load(&last) != 0) return;
    uint64_t none = 0;
    uint32_t c = link_new();
    if (!atomic_compare_exchange_strong(&first, &none, c)) {
        link_drop(c);
        c = number(none);
    }
    /* nothing is taken or added before `last` is there, so `first` is still that link */
    none = 0;
    atomic_compare_exchange_strong(&last, &none, c);
}

static void list_add(uint32_t batch) {
    list_prepare();
    uint32_t c = link_new();
    Cell *mine = cell(c);
    atomic_store(&mine->value, batch);
    atomic_store(&mine->next, changed(atomic_load(&mine->next), NONE));
    for (;;) {
        uint64_t end = atomic_load(&last);
        uint64_t next = atomic_load(&cell(number(end))->next);
        if (end != atomic_load(&last)) continue;
        if (number(next) != NONE) { /* somebody is not through yet: done for him */
            atomic_compare_exchange_weak(&last, &end, changed(end, number(next)));
        } else if (atomic_compare_exchange_weak(&cell(number(end))->next, &next,
                                                changed(next, c))) {
            atomic_compare_exchange_strong(&last, &end, changed(end, c));
            return;
        }
    }
}

/* The oldest batch, or NONE. */
static uint32_t list_take(void) {
    if (atomic_load(&last) == 0) return NONE;
    for (;;) {
        uint64_t begin = atomic_load(&first), end = atomic_load(&last);
        uint64_t next = atomic_load(&cell(number(begin))->next);
        if (begin != atomic_load(&first)) continue;
        if (number(begin) == number(end)) {
            if (number(next) == NONE) return NONE;
            atomic_compare_exchange_weak(&last, &end, changed(end, number(next)));
            continue;
        }
        uint32_t batch = atomic_load(&cell(number(next))->value);
        if (atomic_compare_exchange_weak(&first, &begin, changed(begin, number(next)))) {
            link_drop(number(begin));
            return batch;
        }
    }
}

/* ---- batches ---- */

void inject_push(const uintptr_t *entry, uint32_t n) {
    uint32_t batch = batch_new();
    Cell *c = cell(batch);
    memcpy(c->entry, entry, n * sizeof *entry);
    atomic_store(&c->n, n);
    atomic_fetch_add(&count, n); /* first: who looks whether he may sleep does not miss it */
    list_add(batch);
}

uintptr_t inject_pop(Ring *mine) {
    uint32_t batch = inject_any() ? list_take() : NONE;
    if (batch == NONE) return 0;
    Cell *c = cell(batch);
    uint32_t n = atomic_load(&c->n);
    uintptr_t e = c->entry[0];
    uint32_t k = ring_put(mine, c->entry + 1, n - 1);
    if (k + 1 == n) {
        batch_drop(batch);
    } else { /* the rest goes to the end */
        memmove(c->entry, c->entry + k + 1, (n - k - 1) * sizeof *c->entry);
        atomic_store(&c->n, n - k - 1);
        list_add(batch);
    }
    atomic_fetch_sub(&count, k + 1);
    return e;
}

void inject_sweep(bool (*stale)(uintptr_t entry)) {
    if (atomic_load_explicit(&count, memory_order_relaxed) < 2 * RT_BATCH) return;
    uint32_t batch = list_take();
    if (batch == NONE) return;
    Cell *c = cell(batch);
    uint32_t n = atomic_load(&c->n), k = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!stale(c->entry[i])) c->entry[k++] = c->entry[i];
    }
    if (k == 0) {
        batch_drop(batch);
    } else {
        atomic_store(&c->n, k);
        list_add(batch);
    }
    atomic_fetch_sub(&count, n - k);
}

void inject_walk(void (*push)(const void *low, const void *high)) {
    uint32_t n = atomic_load(&made);
    for (uint32_t i = 1; i <= n; i++) {
        Cell *chunk = atomic_load(&chunks[i / CHUNK]);
        if (chunk == NULL) continue;
        Cell *c = &chunk[i % CHUNK];
        push(c->entry, c->entry + atomic_load(&c->n));
    }
}
