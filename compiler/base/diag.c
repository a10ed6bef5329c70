/* diag.c - collects reports. A report is dropped (its caller still gets a Diag to fill) when an
 * earlier one of the same severity covers the same span: one cause is reported once. Reports
 * without a place are told apart by their text. */
#include "diag.h"
#include <string.h>

enum { KEPT_ERRORS = 10000 }; /* a file of nonsense must not fill memory */

typedef struct DiagRow {
    const char *code;
    Severity severity;
    const char *title;
} DiagRow;

static const DiagRow diag_rows[DIAG_COUNT] = {
#define DIAG(id, code, severity, title) [id] = {code, severity, title},
#include "diag.def"
#undef DIAG
};

const char *diag_code_text(DiagCode c) { return diag_rows[c].code; }
const char *diag_title(DiagCode c) { return diag_rows[c].title; }
Severity diag_severity(DiagCode c) { return diag_rows[c].severity; }

DiagCode diag_code_find(Str text) {
    for (u32 i = 0; i < DIAG_COUNT; i++)
        if (str_eq(str_c(diag_rows[i].code), text)) return (DiagCode)i;
    return DIAG_COUNT;
}

Stage diag_stage(DiagCode c) {
    const char *code = diag_rows[c].code;
    if (memcmp(code, "E00", 3) == 0) return STAGE_LEX;
    if (memcmp(code, "E01", 3) == 0) return STAGE_PARSE;
    return STAGE_CHECK;
}

static const void *diag_key(DiagCode code, Span at) {
    u64 place = (u64)at.file << 34 | (u64)at.off << 2 | (u64)diag_severity(code);
    return (const void *)(uintptr_t)(place + 4); /* never NULL */
}

static bool diag_same(const Diag *a, const Diag *b) {
    if (a->span.file == 0) return a->code == b->code && str_eq(a->message, b->message);
    return a->span.len == b->span.len || a->code == b->code;
}

static void diag_store(Diags *ds, Diag *d) {
    if (!ds->seen) ds->seen = NEW(ds->arena, Map);
    const void *key = diag_key(d->code, d->span);
    Diag *first = map_get(ds->seen, key);
    for (Diag *o = first; o; o = o->same_place)
        if (diag_same(o, d)) return;
    d->same_place = first;
    map_put(ds->arena, ds->seen, key, d);
    switch (diag_severity(d->code)) {
    case SEV_ERROR:
        if (ds->errors++ >= KEPT_ERRORS) return;
        break;
    case SEV_WARNING: ds->warnings++; break;
    case SEV_LINT:
        if (!ds->lint) return;
        ds->warnings++;
        break;
    }
    d->seq = ds->list.n;
    vec_push(ds->arena, &ds->list, d);
}

Diag *diag_new(Diags *ds, DiagCode code, Span at, const char *fmt, ...) {
    Diag *d = NEW(ds->arena, Diag);
    va_list ap;
    va_start(ap, fmt);
    d->arena = ds->arena;
    d->code = code;
    d->span = at;
    d->message = str_vfmt(ds->arena, fmt, ap);
    va_end(ap);
    diag_store(ds, d);
    return d;
}

void diag_label(Diag *d, Span at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    DiagLabel label = {at, str_vfmt(d->arena, fmt, ap)};
    va_end(ap);
    vec_push(d->arena, &d->labels, label);
}

void diag_note(Diag *d, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str text = str_vfmt(d->arena, fmt, ap);
    va_end(ap);
    vec_push(d->arena, &d->notes, text);
}

void diag_hint(Diag *d, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str text = str_vfmt(d->arena, fmt, ap);
    va_end(ap);
    vec_push(d->arena, &d->hints, text);
}

int diag_exit_status(const Diags *ds) {
    int status = EXIT_OK;
    for (u32 i = 0; i < ds->list.n; i++) {
        const Diag *d = ds->list.v[i];
        if (diag_severity(d->code) != SEV_ERROR) continue;
        int stage = EXIT_LEX + (int)diag_stage(d->code);
        if (status == EXIT_OK || stage < status) status = stage;
    }
    return status;
}
