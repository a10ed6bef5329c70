/* source.c - file texts and line tables. */
#include "source.h"
#include <string.h>

u32 source_add(Sources *ss, Str path, Str text, bool is_std) {
    if (ss->n == ss->cap) {
        u32 cap = ss->cap ? ss->cap * 2 : 16;
        ss->files = arena_grow(ss->arena, ss->files, ss->cap * sizeof *ss->files,
                               cap * sizeof *ss->files, 8);
        ss->cap = cap;
    }
    if (ss->n == 0) ss->n = 1;
    SourceFile *f = NEW(ss->arena, SourceFile);
    f->path = str_copy(ss->arena, path);
    f->text = str_copy(ss->arena, text);
    f->is_std = is_std;
    ss->files[ss->n] = f;
    return ss->n++;
}

SourceFile *source_file(const Sources *ss, u32 file) {
    ASSERT(file > 0 && file < ss->n);
    return ss->files[file];
}

static void source_index(const Sources *ss, SourceFile *f) {
    u32 n = 1;
    for (u32 i = 0; i < f->text.n; i++) n += f->text.p[i] == '\n';
    f->lines = NEW_N(ss->arena, u32, n);
    f->line_count = n;
    u32 at = 1;
    for (u32 i = 0; i < f->text.n; i++)
        if (f->text.p[i] == '\n') f->lines[at++] = i + 1;
}

LineCol source_pos(const Sources *ss, Span span) {
    SourceFile *f = source_file(ss, span.file);
    if (!f->lines) source_index(ss, f);
    u32 lo = 0, hi = f->line_count;
    while (hi - lo > 1) {
        u32 mid = (lo + hi) / 2;
        if (f->lines[mid] <= span.off) lo = mid;
        else hi = mid;
    }
    return (LineCol){lo + 1, span.off - f->lines[lo] + 1};
}

Str source_line(const Sources *ss, u32 file, u32 line) {
    SourceFile *f = source_file(ss, file);
    if (!f->lines) source_index(ss, f);
    if (line < 1 || line > f->line_count) return S("");
    u32 from = f->lines[line - 1];
    u32 to = line < f->line_count ? f->lines[line] - 1 : f->text.n;
    if (to > from && f->text.p[to - 1] == '\r') to--;
    return (Str){f->text.p + from, to - from};
}

Span span_join(Span a, Span b) {
    if (a.file == 0) return b;
    if (b.file != a.file || b.off < a.off) return a;
    return (Span){a.file, a.off, b.off + b.len - a.off};
}
