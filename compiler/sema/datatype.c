/* datatype.c - which types have a JSON form: asked when the library's reader or writer is made for
 * a type, so that a function or a channel inside it is an error of the program and not of a run. */
#include "checker.h"

typedef struct Walk { /* the types on the way, innermost first */
    const struct Walk *outer;
    Type *type;
} Walk;

typedef struct Fault {
    Type *type;  /* NULL: none */
    Name field;  /* that holds it, or NULL */
    bool is_key; /* of a map */
} Fault;

static Fault data_fault(Checker *ck, Type *t, bool reading, const Walk *outer);

static Fault fields_fault(Checker *ck, const TyField *fields, u32 n, bool reading,
                          const Walk *way) {
    for (u32 i = 0; i < n; i++) {
        Fault f = data_fault(ck, fields[i].type, reading, way);
        if (f.type && !f.field) f.field = fields[i].name;
        if (f.type) return f;
    }
    return (Fault){0};
}

static bool key_fits(Checker *ck, Type *t) {
    if (t->kind == TY_STRING || t->kind == TY_INT) return true;
    if (t->kind != TY_ENUM) return false;
    type_expand(ck, t);
    for (u32 i = 0; i < t->variant_count; i++)
        if (t->variants[i].n) return false;
    return true;
}

static Fault data_fault(Checker *ck, Type *t, bool reading, const Walk *outer) {
    Fault f = {0};
    Walk way = {outer, t};
    t = ty_prune(ck, t);
    for (const Walk *w = outer; w; w = w->outer)
        if (w->type == t) return f;
    switch (t->kind) {
    case TY_FN: case TY_PTR: case TY_FUTURE: case TY_CHANNEL: case TY_ITER: case TY_HANDLE:
        return (Fault){.type = t};
    case TY_TRAIT: return (Fault){.type = reading ? t : NULL};
    case TY_STRUCT:
        type_expand(ck, t);
        struct_outside(ck, t);
        return fields_fault(ck, t->fields, t->field_count, reading, &way);
    case TY_ENUM:
        type_expand(ck, t);
        for (u32 i = 0; i < t->variant_count && !f.type; i++)
            f = fields_fault(ck, t->variants[i].fields, t->variants[i].n, reading, &way);
        return f;
    case TY_MAP:
        if (!key_fits(ck, ty_prune(ck, t->args[0])))
            return (Fault){.type = t->args[0], .is_key = true};
        return data_fault(ck, t->args[1], reading, &way);
    case TY_ARRAY: case TY_SET: case TY_TUPLE: case TY_OPTION: case TY_RESULT:
        for (u32 i = 0; i < t->n && !f.type; i++) f = data_fault(ck, t->args[i], reading, &way);
        return f;
    case TY_ERROR: case TY_VAR: case TY_NEVER: case TY_VOID: case TY_INT: case TY_FLOAT:
    case TY_BOOL: case TY_STRING: case TY_KIND_COUNT: break;
    }
    return f;
}

void data_check(Checker *ck, const FnDecl *d, Type *t, Span site) {
    bool reading = str_eq(d->name->s, S("wyn_json_read"));
    t = ty_prune(ck, t);
    if (t->kind == TY_STRUCT && (str_eq(d->name->s, S("wyn_csv_row")) ||
                                 str_starts(d->name->s, S("wyn_db_")))) {
        type_expand(ck, t);
        struct_outside(ck, t);
    }
    if (!reading && !str_eq(d->name->s, S("wyn_json_encode"))) return;
    Fault f = data_fault(ck, t, reading, NULL);
    if (!f.type) return;
    Diag *g = diag_new(ck->ds, E_NOT_DATA, fn_site(ck, site), "'%.*s' cannot be %s JSON",
                       FMT(ty_text(ck, t)), reading ? "read from" : "written as");
    if (f.is_key)
        diag_label(g, g->span, "a map's keys are string, int or a plain enum, not %.*s",
                   FMT(ty_text(ck, f.type)));
    else if (f.field)
        diag_label(g, g->span, "its field '%s' holds a %.*s", f.field->s.p,
                   FMT(ty_text(ck, f.type)));
    else
        diag_label(g, g->span, "a %.*s has no JSON form", FMT(ty_text(ck, f.type)));
    diag_hint(g, "use a type that has only the data, and make the rest from it");
}
