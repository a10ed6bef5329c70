/* collect.c - maps and sets as the standard library sees them: the calls of wyn.h with the
 * trailing descriptors of generic leaves. */
#include "base.h"
#include "native.h"

int64_t wyn_map_size(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    return wyn_map_len(m);
}

bool wyn_map_has_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    return wyn_map_find(m, k) != NULL;
}

void wyn_map_remove_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    wyn_map_remove(m, k);
}

void wyn_map_empty(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    wyn_map_clear(m);
}

wyn_map *wyn_map_copy_of(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    return wyn_map_copy(m);
}

wyn_array *wyn_map_key_list(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    return wyn_map_keys(m);
}

wyn_array *wyn_map_value_list(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key, (void)value;
    return wyn_map_values(m);
}

void wyn_map_merge(wyn_map *m, wyn_map *other, const wyn_type *key, const wyn_type *value) {
    (void)key;
    wyn_map_iter it;
    wyn_map_iter_start(&it, other);
    while (wyn_map_iter_next(&it)) {
        void *from = it.value;
        memcpy(wyn_map_put(m, it.key), from, value->size);
    }
}

void wyn_set_add(wyn_map *s, const void *v, const wyn_type *elem) {
    (void)elem;
    wyn_map_put(s, v);
}

bool wyn_set_has(wyn_map *s, const void *v, const wyn_type *elem) {
    (void)elem;
    return wyn_map_find(s, v) != NULL;
}

void wyn_set_remove(wyn_map *s, const void *v, const wyn_type *elem) {
    (void)elem;
    wyn_map_remove(s, v);
}

int64_t wyn_set_size(wyn_map *s, const wyn_type *elem) {
    (void)elem;
    return wyn_map_len(s);
}

void wyn_set_empty(wyn_map *s, const wyn_type *elem) {
    (void)elem;
    wyn_map_clear(s);
}

wyn_map *wyn_set_copy(wyn_map *s, const wyn_type *elem) {
    (void)elem;
    return wyn_map_copy(s);
}

wyn_array *wyn_set_list(wyn_map *s, const wyn_type *elem) {
    (void)elem;
    return wyn_map_keys(s);
}

wyn_map *wyn_set_union(wyn_map *a, wyn_map *b, const wyn_type *elem) {
    (void)elem;
    wyn_map *r = wyn_map_copy(a);
    wyn_map_iter it;
    wyn_map_iter_start(&it, b);
    while (wyn_map_iter_next(&it)) wyn_map_put(r, it.key);
    return r;
}

/* The members of a that are (or are not) in b, in a's order. */
static wyn_map *set_select(wyn_map *a, wyn_map *b, bool in_b) {
    wyn_map *r = wyn_map_copy(a);
    wyn_map_iter it;
    wyn_map_iter_start(&it, a);
    while (wyn_map_iter_next(&it)) {
        if ((wyn_map_find(b, it.key) != NULL) != in_b) wyn_map_remove(r, it.key);
    }
    return r;
}

wyn_map *wyn_set_intersection(wyn_map *a, wyn_map *b, const wyn_type *elem) {
    (void)elem;
    return set_select(a, b, true);
}

wyn_map *wyn_set_difference(wyn_map *a, wyn_map *b, const wyn_type *elem) {
    (void)elem;
    return set_select(a, b, false);
}

bool wyn_set_is_subset(wyn_map *a, wyn_map *b, const wyn_type *elem) {
    (void)elem;
    wyn_map_iter it;
    wyn_map_iter_start(&it, a);
    while (wyn_map_iter_next(&it)) {
        if (wyn_map_find(b, it.key) == NULL) return false;
    }
    return true;
}
