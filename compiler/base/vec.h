/* vec.h - growable arrays in an arena.
 *     VEC(Diag *) list;                declares {Diag **v; u32 n, cap}
 *     vec_push(arena, &list, d);
 *     for (u32 i = 0; i < list.n; i++) use(list.v[i]); */
#ifndef WYN_VEC_H
#define WYN_VEC_H
#include "arena.h"

#define VEC(T) struct { T *v; u32 n, cap; }
typedef VEC(void) VecAny;

void vec_grow(Arena *a, void *vec, size_t elem_size);
#define vec_push(arena, vec, x)                                                      \
    ((vec)->n == (vec)->cap ? vec_grow((arena), (vec), sizeof *(vec)->v) : (void)0, \
     (vec)->v[(vec)->n++] = (x))
#define vec_last(vec) ((vec)->v[(vec)->n - 1])
#define vec_pop(vec) ((vec)->v[--(vec)->n])
#endif
