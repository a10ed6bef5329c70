/* cc.h - turns C text into a program with the C compiler of the system. */
#ifndef WYN_CC_H
#define WYN_CC_H
#include "../base/host.h"
#include "library.h"

typedef enum CcKind { CC_GCC, CC_CLANG } CcKind;
typedef struct CcOptions {
    CcKind kind;
    bool optimise;  /* -O2, else -O0 */
    bool debug;     /* -g: full debug information for Wyn lines */
    bool static_gc; /* link libgc statically */
    VEC(Str) link;  /* -lNAME and -LDIR as the user gave them */
} CcOptions;

/* Where libwynrt.a, wyn.h and wyn_inline.h lie: beside wync (build tree) or in ../lib/wyn. */
typedef struct Toolchain {
    bool ok;
    Str error;
    Str dir;
    Str libraries; /* the table of library.h */
    Str flags; /* of the file cc.flags there: one more flag a line, for checked builds */
    const char *linker; /* the flag that chooses a faster one, or NULL */
    Str id;    /* changes whenever wync, the runtime or the C compiler does */
} Toolchain;

typedef struct CcResult {
    int status; /* EXIT_OK; EXIT_USAGE: it could not be started; EXIT_CC: it failed */
    Str error;
} CcResult;

Toolchain cc_find(Arena *a, const CcOptions *opt);
/* `natives`: the native functions that the program calls. */
CcResult cc_compile(Arena *a, const Toolchain *tc, const CcOptions *opt, const StrList *natives,
                    const char *c_file, const char *out_file);
#endif
