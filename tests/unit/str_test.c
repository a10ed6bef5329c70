/* Strings, interning, edit distance, buffers, maps, vectors. */
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include <string.h>

static void strings(Arena *a) {
    ASSERT(str_eq(S("abc"), str_c("abc")));
    ASSERT(!str_eq(S("abc"), S("abd")) && !str_eq(S("ab"), S("abc")));
    ASSERT(str_starts(S("abc"), S("")) && str_starts(S("abc"), S("ab")));
    ASSERT(!str_starts(S("a"), S("ab")));
    ASSERT(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")));
    Str copy = str_copy(a, (Str){"hello world", 5});
    ASSERT(copy.n == 5 && strcmp(copy.p, "hello") == 0);
    ASSERT(str_eq(str_fmt(a, "%d-%s", 4, "x"), S("4-x")));
}

static void distances(void) {
    ASSERT(str_distance(S("print"), S("prnt"), 3) == 1);
    ASSERT(str_distance(S("print"), S("pritn"), 3) == 1); /* neighbours swapped */
    ASSERT(str_distance(S("abc"), S("abc"), 3) == 0);
    ASSERT(str_distance(S("abc"), S("xyz"), 2) > 2);
    ASSERT(str_distance(S(""), S("abcdef"), 2) > 2);
}

static void names(Arena *a) {
    Interner *in = interner_new(a);
    Name first = intern_c(in, "n0");
    for (int i = 0; i < 5000; i++) {
        Name n = intern(in, str_fmt(a, "n%d", i));
        ASSERT(n->id == (u32)i);
        ASSERT(n == intern(in, str_fmt(a, "n%d", i)));
    }
    ASSERT(intern_c(in, "n0") == first);
}

static void containers(Arena *a) {
    Map m = {0};
    static int keys[3000];
    for (int i = 0; i < 3000; i++) map_put(a, &m, &keys[i], &keys[(i + 1) % 3000]);
    for (int i = 0; i < 3000; i++) ASSERT(map_get(&m, &keys[i]) == &keys[(i + 1) % 3000]);
    ASSERT(map_get(&m, a) == NULL && m.n == 3000);
    map_put(a, &m, &keys[0], a);
    ASSERT(map_get(&m, &keys[0]) == a && m.n == 3000);
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++) vec_push(a, &v, i);
    ASSERT(v.n == 1000 && v.v[999] == 999 && vec_pop(&v) == 999 && vec_last(&v) == 998);
    StrBuf b = {.arena = a};
    for (int i = 0; i < 1000; i++) buf_fmt(&b, "%d,", i % 10);
    buf_char(&b, '!');
    Str s = buf_done(&b);
    ASSERT(s.n == 2001 && str_starts(s, S("0,1,2,3")) && s.p[2000] == '!' && s.p[2001] == 0);
}

int main(void) {
    Arena a = {0};
    strings(&a);
    distances();
    names(&a);
    containers(&a);
    arena_free(&a);
    return 0;
}
