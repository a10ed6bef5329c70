/* str.h - sized strings, interned names, and a growing text buffer. */
#ifndef WYN_STR_H
#define WYN_STR_H
#include "arena.h"
#include <stdarg.h>

/* A view of bytes; not NUL-terminated unless said so. */
typedef struct Str {
    const char *p;
    u32 n;
} Str;
#define S(lit) ((Str){(lit), sizeof(lit) - 1})
#define FMT(s) (int)(s).n, (s).p /* for "%.*s"; takes a variable */

Str str_c(const char *c_string);
bool str_eq(Str a, Str b);
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
Str str_copy(Arena *a, Str s);             /* NUL-terminated copy */
const char *str_z(Arena *a, Str s);        /* the same as a C string */
Str str_fmt(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Str str_vfmt(Arena *a, const char *fmt, va_list ap);
u64 str_hash(Str s);
/* Edit distance (Damerau-Levenshtein, optimal alignment) for did-you-mean; stops above `limit`. */
u32 str_distance(Str a, Str b, u32 limit);

/* An interned string: equal text means equal pointer, within one Interner. NUL-terminated. */
typedef struct NameRec {
    Str s;
    u64 hash;
    u32 id; /* dense, from 0, in order of interning */
} NameRec;
typedef const NameRec *Name;
typedef struct Interner Interner;
Interner *interner_new(Arena *a);
Name intern(Interner *in, Str s);
Name intern_c(Interner *in, const char *s);

/* A growing text. */
typedef struct StrBuf {
    Arena *arena;
    char *p;
    u32 n, cap;
} StrBuf;
void buf_str(StrBuf *b, Str s);
void buf_c(StrBuf *b, const char *s);
void buf_char(StrBuf *b, char c);
void buf_fmt(StrBuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Str buf_done(StrBuf *b); /* the text so far, NUL-terminated; the buffer may go on */
#endif
