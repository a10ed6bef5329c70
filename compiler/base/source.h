/* source.h - the texts of a compilation and positions in them. */
#ifndef WYN_SOURCE_H
#define WYN_SOURCE_H
#include "str.h"

/* A range of bytes of one file. file 0 is "nowhere". */
typedef struct Span {
    u32 file, off, len;
} Span;

typedef struct SourceFile {
    Str path;          /* as shown to the user, e.g. app.wyn */
    Str text;          /* NUL-terminated copy */
    u32 *lines;        /* offset of each line start, filled on first use */
    u32 line_count;
    bool is_std;       /* part of the standard library */
} SourceFile;

typedef struct Sources {
    Arena *arena;
    SourceFile **files; /* files[0] is unused */
    u32 n, cap;
} Sources;

typedef struct LineCol {
    u32 line, col; /* from 1; columns count bytes */
} LineCol;

u32 source_add(Sources *ss, Str path, Str text, bool is_std); /* the file's number */
SourceFile *source_file(const Sources *ss, u32 file);
LineCol source_pos(const Sources *ss, Span span);
Str source_line(const Sources *ss, u32 file, u32 line); /* without its newline */
Span span_join(Span a, Span b); /* from the start of a to the end of b */
#endif
