/* out.h - text with indentation, and the bookkeeping of #line. */
#ifndef WYN_OUT_H
#define WYN_OUT_H
#include "../base/source.h"

typedef struct Out {
    StrBuf b;
    u32 depth;
    bool no_line;
    Str file;      /* what the C compiler believes the next line to be */
    u32 line;
} Out;

void out_str(Out *o, Str s);
void out_c(Out *o, const char *s);
void out_fmt(Out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_begin(Out *o);  /* indentation of a new line */
void out_end(Out *o);    /* newline */
void out_line(Out *o, Str file, u32 line); /* a #line directive if one is needed; line 0: none */
void out_c_string(Out *o, Str s, u32 width); /* "..." with octal escapes, split over lines */
#endif
