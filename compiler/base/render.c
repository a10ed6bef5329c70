/* render.c - the only place that prints a diagnostic. Text form:
 *     Error[E0201]: Type mismatch
 *       --> main.wyn:7:21
 *     7 |     var r = total - "x"
 *       |             -----   ^^^ Got: string
 *       |             Expected: int, because of this
 *       hint: convert with .to_string()
 * Columns are counted in characters; a tab shows as four blanks, bytes that no terminal can show
 * as U+FFFD; of a very long line only the part around the mark is shown. */
#include "diag.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN_ERRORS = 20, SHOWN_WARNINGS = 20, TAB_WIDTH = 4, LINE_MAX_COLS = 140, CROP_LEFT = 40 };

/* One underlined range of one source line, in display columns from 0. */
typedef struct Mark {
    u32 file, line;
    u32 from, to;
    bool primary;
    Str text;
} Mark;
typedef VEC(Mark) Marks;

typedef struct Render {
    StrBuf out;
    const Sources *sources;
    Arena *arena;
    bool colour;
    int gutter; /* digits of the largest line number shown */
} Render;

typedef struct Glyph {
    u32 bytes, cols, code;
    bool ok;
} Glyph;

static const char *const RED = "\033[1;31m", *const YELLOW = "\033[1;33m",
                  *const BLUE = "\033[1;34m", *const BOLD = "\033[1m", *const RESET = "\033[0m";

static void paint(Render *r, const char *code) {
    if (r->colour) buf_c(&r->out, code);
}

static bool code_is_wide(u32 c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

static bool code_is_unshowable(u32 c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* The character at `p`; an invalid byte is one column on its own. */
static Glyph glyph_at(const char *p, u32 left) {
    u8 b = (u8)*p;
    if (b == '\t') return (Glyph){1, TAB_WIDTH, ' ', true};
    if (b < 0x80) return (Glyph){1, 1, b, !code_is_unshowable(b)};
    u32 len = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
    u32 code = b & (0x7F >> len);
    if (b < 0xC2 || b > 0xF4 || len > left) return (Glyph){1, 1, 0xFFFD, false};
    for (u32 i = 1; i < len; i++) {
        if (((u8)p[i] & 0xC0) != 0x80) return (Glyph){1, 1, 0xFFFD, false};
        code = code << 6 | ((u8)p[i] & 0x3F);
    }
    if (code_is_unshowable(code)) return (Glyph){len, 1, code, false};
    if (code >= 0x300 && code <= 0x36F) return (Glyph){len, 0, code, true};
    return (Glyph){len, code_is_wide(code) ? 2 : 1, code, true};
}

/* Display columns of the first `bytes` bytes of a line. */
static u32 columns_before(Str line, u32 bytes) {
    u32 cols = 0;
    for (u32 i = 0; i < bytes && i < line.n;) {
        Glyph g = glyph_at(line.p + i, line.n - i);
        cols += g.cols;
        i += g.bytes;
    }
    return cols;
}

static u32 characters_before(Str line, u32 bytes) {
    u32 chars = 0;
    for (u32 i = 0; i < bytes && i < line.n; chars++) i += glyph_at(line.p + i, line.n - i).bytes;
    return chars;
}

/* Line and column (in characters) of a span, both from 1. */
static LineCol shown_pos(const Sources *ss, Span span) {
    LineCol at = source_pos(ss, span);
    Str line = source_line(ss, span.file, at.line);
    u32 extra = at.col - 1 > line.n ? at.col - 1 - line.n : 0;
    return (LineCol){at.line, characters_before(line, at.col - 1) + 1 + extra};
}

static void mark_add(Render *r, Marks *marks, Span span, Str text, bool primary) {
    LineCol at = source_pos(r->sources, span);
    Str line = source_line(r->sources, span.file, at.line);
    u32 from = MIN_OF(at.col - 1, line.n), to = MIN_OF((u64)from + span.len, line.n);
    Mark m = {span.file, at.line, columns_before(line, from), columns_before(line, to), primary,
              text};
    if (at.col - 1 > line.n) m.from++;
    if (m.to <= m.from) m.to = m.from + 1;
    vec_push(r->arena, marks, m);
}

/* The file of the report first, then by line, then from right to left. */
static int mark_order(const void *x, const void *y) {
    const Mark *a = x, *b = y;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    if (a->from != b->from) return a->from > b->from ? -1 : 1;
    return (int)b->primary - (int)a->primary;
}

static void blanks(StrBuf *b, u32 n) {
    while (n--) buf_char(b, ' ');
}

/* The columns of the line that are shown: all, or a window around the marks. */
typedef struct Window {
    u32 from, to;
} Window;

static Window window_of(u32 cols, const Mark *marks, u32 n) {
    if (cols <= LINE_MAX_COLS) return (Window){0, UINT32_MAX};
    u32 at = marks[0].from;
    for (u32 i = 0; i < n; i++)
        if (marks[i].primary) at = marks[i].from;
    u32 from = at > CROP_LEFT ? at - CROP_LEFT : 0;
    return (Window){from, from + LINE_MAX_COLS - CROP_LEFT};
}

static void source_text(Render *r, Str line, Window w) {
    if (w.from) buf_c(&r->out, "...");
    u32 col = 0;
    for (u32 i = 0; i < line.n && col < w.to;) {
        Glyph g = glyph_at(line.p + i, line.n - i);
        if (col >= w.from) {
            if (line.p[i] == '\t') blanks(&r->out, TAB_WIDTH);
            else if (!g.ok) buf_c(&r->out, "\xEF\xBF\xBD");
            else buf_str(&r->out, (Str){line.p + i, g.bytes});
        }
        col += g.cols;
        i += g.bytes;
    }
    if (w.to != UINT32_MAX) buf_c(&r->out, "...");
}

static u32 window_col(Window w, u32 col) {
    u32 shift = w.from ? 3 : 0;
    u32 c = MIN_OF(MAX_OF(col, w.from), w.to);
    return c - w.from + shift;
}

static void gutter(Render *r, u32 line) {
    paint(r, BLUE);
    if (line) buf_fmt(&r->out, "%*u |", r->gutter, line);
    else buf_fmt(&r->out, "%*s |", r->gutter, "");
    paint(r, RESET);
}

static void underline(Render *r, const Mark *marks, u32 n, Window w) {
    u32 end = 0;
    for (u32 i = 0; i < n; i++) end = MAX_OF(end, window_col(w, marks[i].to));
    char *row = NEW_N(r->arena, char, end + 1);
    memset(row, ' ', end);
    for (int pass = 0; pass < 2; pass++)
        for (u32 i = 0; i < n; i++)
            if (marks[i].primary == (pass == 1)) {
                u32 from = window_col(w, marks[i].from), to = window_col(w, marks[i].to);
                memset(row + from, pass ? '^' : '-', MAX_OF(to, from) - from);
            }
    gutter(r, 0);
    buf_char(&r->out, ' ');
    paint(r, RED);
    buf_str(&r->out, (Str){row, end});
    paint(r, RESET);
}

/* The text of the rightmost mark stands beside its underline, the others below, each under its
 * own mark. */
static void line_marks(Render *r, Mark *marks, u32 n) {
    Str line = source_line(r->sources, marks[0].file, marks[0].line);
    Window w = window_of(columns_before(line, line.n), marks, n);
    gutter(r, marks[0].line);
    if (line.n) buf_char(&r->out, ' ');
    source_text(r, line, w);
    buf_char(&r->out, '\n');
    underline(r, marks, n, w);
    u32 first = 0;
    bool rightmost_ends_last = true;
    for (u32 i = 1; i < n; i++) rightmost_ends_last &= marks[i].to <= marks[0].to;
    if (rightmost_ends_last) {
        if (marks[0].text.n) buf_fmt(&r->out, " %.*s", FMT(marks[0].text));
        first = 1;
    }
    buf_char(&r->out, '\n');
    for (u32 i = first; i < n; i++) {
        if (!marks[i].text.n) continue;
        gutter(r, 0);
        blanks(&r->out, window_col(w, marks[i].from) + 1);
        buf_fmt(&r->out, "%.*s\n", FMT(marks[i].text));
    }
}

static void place(Render *r, const char *arrow, Span span) {
    SourceFile *f = source_file(r->sources, span.file);
    LineCol at = shown_pos(r->sources, span);
    buf_fmt(&r->out, "%*s", r->gutter + 1, "");
    paint(r, BLUE);
    buf_c(&r->out, arrow);
    paint(r, RESET);
    buf_fmt(&r->out, " %.*s:%u:%u\n", FMT(f->path), at.line, at.col);
}

static void marks_collect(Render *r, const Diag *d, Marks *marks) {
    Str text = S("");
    for (u32 i = 0; i < d->labels.n; i++) {
        DiagLabel l = d->labels.v[i];
        bool at_arrow = l.span.file == 0 ||
                        (l.span.file == d->span.file && l.span.off == d->span.off &&
                         (l.span.len == d->span.len || l.span.len == 0));
        if (!at_arrow) mark_add(r, marks, l.span, l.text, false);
        else if (!text.n) text = l.text;
        else if (l.text.n) text = str_fmt(r->arena, "%.*s; %.*s", FMT(text), FMT(l.text));
    }
    mark_add(r, marks, d->span, text, true);
    qsort(marks->v, marks->n, sizeof *marks->v, mark_order);
}

static void file_part(Render *r, const Diag *d, Marks *marks, u32 file) {
    u32 last_line = 0;
    bool arrow = file == d->span.file;
    if (arrow) place(r, "-->", d->span);
    for (u32 i = 0; i < marks->n;) {
        Mark *m = &marks->v[i];
        u32 n = 1;
        while (i + n < marks->n && marks->v[i + n].file == m->file &&
               marks->v[i + n].line == m->line)
            n++;
        i += n;
        if (m->file != file) continue;
        if (!arrow && last_line == 0) {
            SourceFile *f = source_file(r->sources, file);
            buf_fmt(&r->out, "%*s::: %.*s:%u\n", r->gutter + 1, "", FMT(f->path), m->line);
        }
        if (last_line && m->line > last_line + 1) buf_c(&r->out, "...\n");
        line_marks(r, m, n);
        last_line = m->line;
    }
}

static void excerpts(Render *r, const Diag *d) {
    Marks marks = {0};
    marks_collect(r, d, &marks);
    u32 largest = 1;
    for (u32 i = 0; i < marks.n; i++) largest = MAX_OF(largest, marks.v[i].line);
    r->gutter = 1;
    for (; largest >= 10; largest /= 10) r->gutter++;
    file_part(r, d, &marks, d->span.file);
    for (u32 i = 0; i < marks.n; i++)
        if (marks.v[i].file != d->span.file && (i == 0 || marks.v[i].file != marks.v[i - 1].file))
            file_part(r, d, &marks, marks.v[i].file);
}

static void footers(Render *r, const char *name, const Str *texts, u32 n) {
    for (u32 i = 0; i < n; i++) {
        buf_fmt(&r->out, "%*s", r->gutter + 1, "");
        paint(r, BOLD);
        buf_fmt(&r->out, "%s:", name);
        paint(r, RESET);
        buf_fmt(&r->out, " %.*s\n", FMT(texts[i]));
    }
}

static const char *severity_word(Severity s) {
    switch (s) {
    case SEV_ERROR: return "Error";
    case SEV_WARNING: return "Warning";
    case SEV_LINT: return "Lint";
    }
    UNREACHABLE();
}

static void text_one(Render *r, const Diag *d) {
    Severity s = diag_severity(d->code);
    Str message = d->message.n ? d->message : str_c(diag_title(d->code));
    r->gutter = 1;
    paint(r, s == SEV_ERROR ? RED : YELLOW);
    buf_fmt(&r->out, "%s[%s]:", severity_word(s), diag_code_text(d->code));
    paint(r, RESET);
    buf_fmt(&r->out, " %.*s\n", FMT(message));
    if (d->span.file) excerpts(r, d);
    footers(r, "note", d->notes.v, d->notes.n);
    footers(r, "hint", d->hints.v, d->hints.n);
}

static void json_str(StrBuf *b, Str s) {
    buf_char(b, '"');
    for (u32 i = 0; i < s.n;) {
        Glyph g = glyph_at(s.p + i, s.n - i);
        char c = s.p[i];
        if (c == '"' || c == '\\') buf_fmt(b, "\\%c", c);
        else if (c == '\n') buf_c(b, "\\n");
        else if (c == '\t') buf_c(b, "\\t");
        else if (g.bytes > 1 || g.ok) buf_str(b, (Str){s.p + i, g.bytes});
        else buf_fmt(b, "\\u%04x", (u8)c < 0x80 ? (u32)(u8)c : 0xFFFDu);
        i += g.bytes;
    }
    buf_char(b, '"');
}

static void json_span(Render *r, Span span) {
    if (span.file == 0) {
        buf_c(&r->out, "\"file\":null");
        return;
    }
    LineCol at = shown_pos(r->sources, span);
    Span last = {span.file, span.off + span.len, 0};
    LineCol end = shown_pos(r->sources, last);
    buf_c(&r->out, "\"file\":");
    json_str(&r->out, source_file(r->sources, span.file)->path);
    buf_fmt(&r->out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u,\"offset\":%u,"
            "\"length\":%u", at.line, at.col, end.line, end.col, span.off, span.len);
}

static void json_list(Render *r, const char *key, const Str *texts, u32 n) {
    buf_fmt(&r->out, ",\"%s\":[", key);
    for (u32 i = 0; i < n; i++) {
        if (i) buf_char(&r->out, ',');
        json_str(&r->out, texts[i]);
    }
    buf_char(&r->out, ']');
}

static void json_one(Render *r, const Diag *d) {
    static const char *const words[] = {"error", "warning", "lint"};
    buf_fmt(&r->out, "{\"severity\":\"%s\",\"code\":\"%s\",\"message\":",
            words[diag_severity(d->code)], diag_code_text(d->code));
    json_str(&r->out, d->message.n ? d->message : str_c(diag_title(d->code)));
    buf_char(&r->out, ',');
    json_span(r, d->span);
    buf_c(&r->out, ",\"labels\":[");
    for (u32 i = 0; i < d->labels.n; i++) {
        buf_c(&r->out, i ? ",{" : "{");
        json_span(r, d->labels.v[i].span);
        buf_c(&r->out, ",\"text\":");
        json_str(&r->out, d->labels.v[i].text);
        buf_char(&r->out, '}');
    }
    buf_char(&r->out, ']');
    json_list(r, "notes", d->notes.v, d->notes.n);
    json_list(r, "hints", d->hints.v, d->hints.n);
    buf_c(&r->out, "}\n");
}

/* By file and position; equal places in the order they were reported. */
static int diag_order(const void *x, const void *y) {
    const Diag *a = *(Diag *const *)x, *b = *(Diag *const *)y;
    if (a->span.file != b->span.file) return a->span.file < b->span.file ? -1 : 1;
    if (a->span.off != b->span.off) return a->span.off < b->span.off ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Warnings wait until the errors are gone: what they say of a wrong program is often not true. */
Str diags_render(Diags *ds, DiagFormat format, bool colour) {
    Render r = {.out = {.arena = ds->arena}, .sources = ds->sources, .arena = ds->arena,
                .colour = colour};
    Diag **sorted = NEW_N(ds->arena, Diag *, ds->list.n + 1);
    u32 shown[2] = {0, 0}, limit[2] = {SHOWN_ERRORS, SHOWN_WARNINGS};
    if (ds->list.n) {
        memcpy(sorted, ds->list.v, ds->list.n * sizeof *sorted);
        qsort(sorted, ds->list.n, sizeof *sorted, diag_order);
    }
    for (u32 i = 0; i < ds->list.n; i++) {
        int kind = diag_severity(sorted[i]->code) != SEV_ERROR;
        if (shown[kind] >= limit[kind] || (kind && ds->errors)) continue;
        shown[kind]++;
        if (format == DIAG_JSON) json_one(&r, sorted[i]);
        else text_one(&r, sorted[i]);
    }
    if (format == DIAG_TEXT) {
        u32 errors = ds->errors - shown[0], warnings = ds->errors ? 0 : ds->warnings - shown[1];
        if (errors) buf_fmt(&r.out, "%u more error%s\n", errors, errors == 1 ? "" : "s");
        if (warnings) buf_fmt(&r.out, "%u more warning%s\n", warnings, warnings == 1 ? "" : "s");
    }
    return buf_done(&r.out);
}
