/* arena.c - a list of blocks; the newest is bumped. Blocks come from calloc, so memory is zero. */
#include "arena.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArenaBlock {
    ArenaBlock *next;
};

enum { BLOCK_SIZE = 1 << 18 };

_Noreturn void base_bug(const char *file, int line, const char *what) {
    fprintf(
        stderr,
        "wync: internal error at %s:%d: %s\n"
        "This is a bug of the compiler, not of your program. Please report it with the source.\n",
        file, line, what);
    exit(EXIT_BUG);
}

static void arena_new_block(Arena *a, size_t need) {
    size_t size = MAX_OF(need + sizeof(ArenaBlock) + 64, (size_t)BLOCK_SIZE);
    ArenaBlock *b = calloc(1, size);
    if (!b) {
        fputs("wync: out of memory\n", stderr);
        exit(EXIT_USAGE);
    }
    b->next = a->blocks;
    a->blocks = b;
    a->at = (u8 *)(b + 1);
    a->end = (u8 *)b + size;
}

void *arena_alloc(Arena *a, size_t size, size_t align) {
    ASSERT(size < (size_t)1 << 40);
    size_t pad = (size_t)(-(uintptr_t)a->at & (align - 1));
    if (!a->at || size + pad > (size_t)(a->end - a->at)) {
        arena_new_block(a, size + align);
        pad = (size_t)(-(uintptr_t)a->at & (align - 1));
    }
    void *p = a->at + pad;
    a->at += pad + size;
    return p;
}

void *arena_grow(Arena *a, void *old, size_t old_size, size_t new_size, size_t align) {
    if (old && (u8 *)old + old_size == a->at && new_size - old_size <= (size_t)(a->end - a->at)) {
        a->at += new_size - old_size;
        return old;
    }
    void *p = arena_alloc(a, new_size, align);
    if (old_size) memcpy(p, old, old_size);
    return p;
}

void arena_free(Arena *a) {
    while (a->blocks) {
        ArenaBlock *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    a->at = a->end = NULL;
}
