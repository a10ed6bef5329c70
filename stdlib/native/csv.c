/* csv.c - tables of values separated by commas (RFC 4180): quotes may enclose separators, line ends
 * and doubled quotes; lines end with \n or \r\n. */
#include <stdio.h>
#include <stdlib.h>

#include "wyn_inline.h"

typedef struct reader {
    const char *p, *end;
    char sep;
    wyn_text cell;
    const char *why, *at; /* the first fault, and its place */
} reader;

static void fault(reader *r, const char *at, const char *why) {
    if (r->why) return;
    r->why = why;
    r->at = at;
}

/* Behind the opening quote. */
static void read_quoted(reader *r) {
    const char *open = r->p - 1;
    for (;;) {
        const char *quote = memchr(r->p, '"', (size_t)(r->end - r->p));
        const char *stop = quote ? quote : r->end;
        wyn_text_bytes(&r->cell, r->p, (size_t)(stop - r->p));
        if (!quote) fault(r, open, "a quote is not closed");
        r->p = quote ? quote + 1 : stop;
        if (!quote || r->p == r->end || *r->p != '"') return;
        wyn_text_bytes(&r->cell, "\"", 1);
        r->p++;
    }
}

static wyn_str *read_cell(reader *r) {
    const char *from = r->p;
    r->cell.len = 0;
    if (r->p < r->end && *r->p == '"') {
        r->p++;
        read_quoted(r);
        from = r->p;
    }
    while (r->p < r->end && *r->p != r->sep && *r->p != '\n') r->p++;
    const char *stop = r->p > from && r->p[-1] == '\r' && (r->p == r->end || *r->p == '\n')
                           ? r->p - 1 : r->p;
    if (r->cell.len == 0) return wyn_str_new(from, stop - from);
    if (stop > from) fault(r, from, "text behind a closing quote");
    wyn_text_bytes(&r->cell, from, (size_t)(stop - from));
    return wyn_text_take(&r->cell);
}

/* The place of the fault by line and column, and what it is. */
static wyn_str *fault_text(const reader *r, const wyn_str *text) {
    const char *start = text->bytes;
    long long line = 1, column = 1;
    for (const char *p = start; p < r->at; p++)
        if (*p == '\n') line++, start = p + 1;
    for (const char *p = start; p < r->at; p++) column += (*p & 0xc0) != 0x80;
    char reason[96];
    int n = snprintf(reason, sizeof reason, "line %lld, column %lld: %s", line, column, r->why);
    return wyn_str_new(reason, n);
}

wyn_array *wyn_csv_rows_at(int64_t number);
wyn_array *wyn_csv_rows_at(int64_t number) { return wyn_handle_object(number, WYN_H_OTHER, NULL); }

/* The rows; empty lines are none. The first fault is told in `why`; all are read as they may be
 * meant. */
wyn_array *wyn_csv_parse(const wyn_str *text, const wyn_str *separator, wyn_array *why);
wyn_array *wyn_csv_parse(const wyn_str *text, const wyn_str *separator, wyn_array *why) {
    static const wyn_type rows_type = {.kind = WYN_T_ARRAY, .flags = WYN_TF_PTR, .size = 8,
                                       .name = "[string]", .a = &wyn_type_str};
    reader r = {.p = text->bytes, .end = text->bytes + text->len,
                .sep = separator->len > 0 ? separator->bytes[0] : ','};
    r.cell.p = r.cell.small;
    r.cell.cap = sizeof r.cell.small;
    wyn_array *rows = wyn_array_new(&rows_type, 0);
    if (text->len >= 3 && memcmp(r.p, "\xef\xbb\xbf", 3) == 0) r.p += 3;
    while (r.p < r.end) {
        if (*r.p == '\n' || (*r.p == '\r' && r.p + 1 < r.end && r.p[1] == '\n')) {
            r.p += *r.p == '\r' ? 2 : 1;
            continue;
        }
        wyn_array *row = wyn_array_new(&wyn_type_str, 0);
        for (;;) {
            wyn_array_push_str(row, read_cell(&r));
            if (r.p == r.end || *r.p != r.sep) break;
            r.p++;
        }
        if (r.p < r.end) r.p++;
        wyn_array_push_any(rows, &row, &rows_type);
    }
    if (r.why) wyn_array_push_str(why, fault_text(&r, text));
    return rows;
}

/* One cell as a value of a field; what is wrong, or NULL. */
static const char *cell_into(wyn_str *s, const wyn_type *t, void *out) {
    switch ((wyn_kind)t->kind) {
    case WYN_T_STR: *(wyn_str **)out = s; return NULL;
    case WYN_T_INT:
        if (!wyn_str_is_int(s)) return "is no int";
        *(int64_t *)out = wyn_str_to_int(s);
        return NULL;
    case WYN_T_FLOAT:
        if (!wyn_str_is_float(s)) return "is no number";
        *(double *)out = wyn_str_to_float(s);
        return NULL;
    case WYN_T_BOOL:
        *(bool *)out = strcmp(s->bytes, "true") == 0 || strcmp(s->bytes, "1") == 0;
        if (*(bool *)out) return NULL;
        return strcmp(s->bytes, "false") == 0 || strcmp(s->bytes, "0") == 0
                   ? NULL : "is neither true nor false";
    case WYN_T_OPT_PTR:
        if (s->len > 0) return cell_into(s, t->a, out);
        *(void **)out = NULL;
        return NULL;
    case WYN_T_OPT_VAL:
        memset(out, 0, t->size);
        *(bool *)out = s->len > 0;
        return s->len == 0 ? NULL : cell_into(s, t->a, (char *)out + t->fields[0].offset);
    default: return "is for a field that is no int, float, bool, string or option of those";
    }
}

static int64_t column_of(wyn_array *header, const char *name) {
    wyn_str **names = (wyn_str **)(void *)header->buf->data;
    for (int64_t i = 0; i < (int64_t)header->buf->len; i++)
        if (strcmp(names[i]->bytes, name) == 0) return i;
    return -1;
}

/* A row as a struct, by the names in the header. Missing cells are "". */
void wyn_csv_row(void *result, wyn_array *header, wyn_array *row, wyn_array *why,
                 const wyn_type *t);
void wyn_csv_row(void *result, wyn_array *header, wyn_array *row, wyn_array *why,
                 const wyn_type *t) {
    char text[240];
    int n = 0;
    if (t->kind != WYN_T_STRUCT) n = snprintf(text, sizeof text, "%.80s is no struct", t->name);
    for (uint32_t i = 0; n == 0 && t->kind == WYN_T_STRUCT && i < t->count; i++) {
        const wyn_field *f = &t->fields[i];
        const char *name = wyn_field_name(t, i);
        int64_t at = column_of(header, name);
        if (at < 0 && wyn_field_preset(t, i)) {
            wyn_field_preset(t, i)((char *)result + f->offset);
            continue;
        }
        if (at < 0) {
            n = snprintf(text, sizeof text, "there is no column '%.80s'", name);
            break;
        }
        wyn_str *cell = at < (int64_t)row->buf->len ? ((wyn_str **)(void *)row->buf->data)[at]
                                                    : wyn_str_empty;
        const char *wrong = cell_into(cell, f->type, (char *)result + f->offset);
        if (wrong)
            n = snprintf(text, sizeof text, "%.60s: '%.60s' %s", name, cell->bytes, wrong);
    }
    if (n > 0) wyn_array_push_str(why, wyn_str_new(text, n));
}
