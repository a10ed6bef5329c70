/* library.c - the table of libraries: one a line, its words separated by single blanks. */
#include "library.h"

static Str word_take(Str *line) {
    u32 n = 0;
    while (n < line->n && line->p[n] != ' ') n++;
    Str word = {line->p, n};
    n += n < line->n;
    *line = (Str){line->p + n, line->n - n};
    return word;
}

static bool is_called(Str prefix, const StrList *functions) {
    for (u32 i = 0; i < functions->n; i++)
        if (str_starts(functions->v[i], prefix)) return true;
    return false;
}

static void row_use(Arena *a, Libraries *out, Str row) {
    Str module = word_take(&row), package = word_take(&row);
    if (str_eq(row, S("missing"))) {
        out->missing = str_fmt(a, "the module %.*s needs a library that was not there when wync "
                                  "was built: install %.*s and build wync again",
                               FMT(module), FMT(package));
        return;
    }
    while (row.n) {
        Str flag = word_take(&row);
        if (flag.n) vec_push(a, &out->flags, flag);
    }
}

Libraries libraries_of(Arena *a, Str table, const StrList *functions) {
    Libraries out = {0};
    while (table.n) {
        u32 n = 0;
        while (n < table.n && table.p[n] != '\n') n++;
        Str row = {table.p, n};
        Str prefix = word_take(&row);
        if (prefix.n && is_called(prefix, functions)) row_use(a, &out, row);
        n += n < table.n;
        table = (Str){table.p + n, table.n - n};
    }
    return out;
}
