/* vec.c - growth of arena vectors by doubling. */
#include "vec.h"

void vec_grow(Arena *a, void *vec, size_t elem_size) {
    VecAny *v = vec;
    u32 cap = v->cap ? v->cap * 2 : 8;
    v->v = arena_grow(a, v->v, v->cap * elem_size, cap * elem_size, 16);
    v->cap = cap;
}
