/* out.c - see out.h. A directive is written when the next line would be taken for another one. */
#include "out.h"

void out_str(Out *o, Str s) { buf_str(&o->b, s); }
void out_c(Out *o, const char *s) { buf_c(&o->b, s); }

void out_fmt(Out *o, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    buf_str(&o->b, str_vfmt(o->b.arena, fmt, ap));
    va_end(ap);
}

void out_begin(Out *o) {
    for (u32 i = 0; i < o->depth; i++) buf_c(&o->b, "    ");
}

void out_end(Out *o) {
    buf_char(&o->b, '\n');
    o->line++;
}

void out_line(Out *o, Str file, u32 line) {
    if (o->no_line || !line) return;
    bool same = str_eq(o->file, file);
    if (same && o->line == line) return;
    buf_fmt(&o->b, "#line %u", line);
    if (!same) {
        buf_char(&o->b, ' ');
        out_c_string(o, file, 0);
    }
    buf_char(&o->b, '\n');
    o->file = file;
    o->line = line;
}

/* Octal escapes have three digits, so a digit may follow; `?` is escaped against trigraphs. */
void out_c_string(Out *o, Str s, u32 width) {
    u32 column = 0;
    buf_char(&o->b, '"');
    for (u32 i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (width && column >= width) {
            buf_c(&o->b, "\"\n    \"");
            column = 0;
        }
        bool plain =
            c >= ' ' && c < 127 && c != '"' && c != '\\' && !(c == '?' && i && s.p[i - 1] == '?');
        if (plain) buf_char(&o->b, (char)c), column++;
        else buf_fmt(&o->b, "\\%03o", c), column += 4;
    }
    buf_char(&o->b, '"');
}
