/* arena.h - bump allocation. An arena only grows; everything in it dies with it. Memory is zeroed.
 * Out of memory ends the process with a message: the compiler has nothing useful to do then. */
#ifndef WYN_ARENA_H
#define WYN_ARENA_H
#include "base.h"

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
    u8 *at, *end;
    ArenaBlock *blocks;
} Arena;

void *arena_alloc(Arena *a, size_t size, size_t align);
void *arena_grow(Arena *a, void *old, size_t old_size, size_t new_size, size_t align);
void arena_free(Arena *a);

#define NEW(arena, T) ((T *)arena_alloc((arena), sizeof(T), _Alignof(T)))
#define NEW_N(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(n), _Alignof(T)))
#endif
