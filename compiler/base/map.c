/* map.c - open addressing, linear probing, power-of-two capacity, at most half full. */
#include "map.h"

static u32 map_slot(const Map *m, const void *key) {
    u64 h = (u64)(uintptr_t)key * 0x9E3779B97F4A7C15u;
    u32 at = (u32)(h >> 32) & (m->cap - 1);
    while (m->slots[at].key && m->slots[at].key != key) at = (at + 1) & (m->cap - 1);
    return at;
}

void *map_get(const Map *m, const void *key) {
    return m->cap ? m->slots[map_slot(m, key)].value : NULL;
}

void map_put(Arena *a, Map *m, const void *key, void *value) {
    ASSERT(key && value);
    if (m->n * 2 >= m->cap) {
        Map bigger = {NEW_N(a, struct MapSlot, m->cap ? m->cap * 2 : 8), m->n,
                      m->cap ? m->cap * 2 : 8};
        for (u32 i = 0; i < m->cap; i++)
            if (m->slots[i].key) bigger.slots[map_slot(&bigger, m->slots[i].key)] = m->slots[i];
        *m = bigger;
    }
    struct MapSlot *s = &m->slots[map_slot(m, key)];
    m->n += !s->key;
    s->key = key;
    s->value = value;
}
