/* map.h - hash map from a pointer (a Name, a Type, ...) to a pointer; insertion only. */
#ifndef WYN_MAP_H
#define WYN_MAP_H
#include "arena.h"

typedef struct Map {
    struct MapSlot { const void *key; void *value; } *slots;
    u32 n, cap;
} Map;
void *map_get(const Map *m, const void *key);              /* NULL when absent */
void map_put(Arena *a, Map *m, const void *key, void *value); /* replaces; value may not be NULL */
#endif
