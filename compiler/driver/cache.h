/* cache.h - compiled programs by the content of everything they were made from. */
#ifndef WYN_CACHE_H
#define WYN_CACHE_H
#include "compile.h"

typedef struct Cache {
    Str dir;     /* "" when no safe folder can be written: then nothing is cached */
    Str request; /* key of (main file, working folder, flags, compiler) */
} Cache;

typedef struct Cached {
    bool hit;
    Str program; /* path of the binary */
    Str notes;   /* warnings to show again */
    VEC(Str) inputs;
} Cached;

/* `path` as the user gave it; `id` says which compiler and flags. */
Cache cache_open(Arena *a, const char *path, Str id);
Cached cache_find(Arena *a, const Cache *c);
/* Remembers the program; the path of the stored copy, or "" when it could not be stored. */
Str cache_store(Arena *a, const Cache *c, const Inputs *inputs, Str notes, const char *program);
#endif
