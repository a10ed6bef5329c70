/* build.h - the commands that compile one program: build, run, check, --dump. Each prints what the
 * user must see and gives the exit status. */
#ifndef WYN_BUILD_H
#define WYN_BUILD_H
#include "options.h"

int build_command(Arena *a, const Options *o);
int run_command(Arena *a, const Options *o);
int check_command(Arena *a, const Options *o);

/* Compiles o->file, or takes it from the cache. */
typedef struct Built {
    int status;
    Str program; /* in the cache or in the temporary folder */
    bool cached;
    VEC(Str) inputs;
} Built;
Built build_program(Arena *a, const Options *o);
/* "wync: TEXT" on stderr. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#endif
