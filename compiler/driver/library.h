/* library.h - which C libraries a program is linked with: those behind the native functions that it
 * calls, by the table that lies beside the runtime (made by stdlib/native/libraries.sh). */
#ifndef WYN_LIBRARY_H
#define WYN_LIBRARY_H
#include "../base/str.h"
#include "../base/vec.h"

typedef VEC(Str) StrList;

typedef struct Libraries {
    Str missing;   /* what to tell the user when a library is not there, or "" */
    StrList flags; /* of the linker */
} Libraries;

Libraries libraries_of(Arena *a, Str table, const StrList *functions);
#endif
