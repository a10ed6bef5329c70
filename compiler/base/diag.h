/* diag.h - errors and warnings as data: collected by every phase, rendered in one place (render.c).
 *     Diag *d = diag_new(ds, E_TYPE_MISMATCH, span, "Type mismatch");
 *     diag_label(d, span, "Got: %s", ...);       first label = the place shown by the arrow
 *     diag_hint(d, "convert with .to_string()");
 * One report per cause: a second report with the same code at the same span is dropped. */
#ifndef WYN_DIAG_H
#define WYN_DIAG_H
#include "source.h"
#include "map.h"
#include "vec.h"

typedef enum DiagCode {
#define DIAG(id, code, severity, title) id,
#include "diag.def"
#undef DIAG
    DIAG_COUNT
} DiagCode;
typedef enum Severity { SEV_ERROR, SEV_WARNING, SEV_LINT } Severity;
typedef enum Stage { STAGE_LEX, STAGE_PARSE, STAGE_CHECK } Stage;

typedef struct DiagLabel {
    Span span;
    Str text; /* may be empty: underline only */
} DiagLabel;

typedef struct Diag {
    Arena *arena;
    DiagCode code;
    Span span;  /* where the arrow points */
    Str message;
    VEC(DiagLabel) labels;
    VEC(Str) notes, hints;
    u32 seq; /* order of reporting */
    struct Diag *same_place; /* of diag.c: earlier reports that begin at the same byte */
} Diag;

typedef struct Diags {
    Arena *arena;
    Sources *sources;
    VEC(Diag *) list;
    u32 errors, warnings;
    Map *seen; /* of diag.c */
    bool lint;
} Diags;

Diag *diag_new(Diags *ds, DiagCode code, Span at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void diag_label(Diag *d, Span at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void diag_note(Diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void diag_hint(Diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *diag_code_text(DiagCode c);   /* "E0201" */
const char *diag_title(DiagCode c);
Severity diag_severity(DiagCode c);
DiagCode diag_code_find(Str text);        /* DIAG_COUNT when unknown */
Stage diag_stage(DiagCode c);             /* E00xx lexical, E01xx syntax, else semantic */
/* Exit status for what was collected: 0, or the code of the earliest failing stage. */
int diag_exit_status(const Diags *ds);

/* render.c: the only place that prints a diagnostic. At most 20 errors are shown. */
typedef enum DiagFormat { DIAG_TEXT, DIAG_JSON } DiagFormat;
Str diags_render(Diags *ds, DiagFormat format, bool colour);
#endif
