/* parse_fuzz.c - any bytes through scanner, filter and parser. Beside not crashing: a file without
 * errors has a tree that can be printed, errors lie inside the file, and a fatal file has one. */
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
    Arena a = {0};
    Sources ss = {.arena = &a};
    Diags ds = {.arena = &a, .sources = &ss};
    u32 file = source_add(&ss, S("fuzz.wyn"), (Str){(const char *)data, (u32)size}, false);
    Interner *names = interner_new(&a);
    AstModule *m = parse(&a, names, &ds, file);
    ASSERT(!m->fatal || ds.errors > 0);
    ASSERT(m->fatal || ast_dump(&a, m).p);
    for (u32 i = 0; i < ds.list.n; i++) {
        const Diag *d = ds.list.v[i];
        ASSERT((size_t)d->span.off + d->span.len <= size);
        for (u32 k = 0; k < d->labels.n; k++)
            ASSERT((size_t)d->labels.v[k].span.off + d->labels.v[k].span.len <= size);
    }
    diags_render(&ds, DIAG_TEXT, false);
    arena_free(&a);
    return 0;
}
