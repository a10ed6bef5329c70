/* name.c - names in C. At file scope every name of the user has a prefix: w_ functions, W_ types,
 * g_ variables; what the emitter makes has a capital and `_` (S_1, SITE_1, D_Point). A local keeps
 * its name, with `_` after it when it begins or ends in a way that these, macros or keywords use.
 */
#include "emitting.h"
#include <string.h>

static const char *const reserved[] = {
    "auto", "bool", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
    "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "true",
    "typedef", "union", "unsigned", "void", "volatile", "while", "asm", "typeof", "unix", "linux",
    "i386", "errno", "main", "stdin", "stdout", "stderr", "offsetof", "isnan", "isinf", "isfinite",
    "isnormal", "signbit", "fpclassify", "isgreater", "isless", "isunordered", "int64_t", "int32_t",
    "uint8_t", "uint32_t", "uint64_t", "size_t", "ptrdiff_t", "alignas", "alignof", "assert",
    "noreturn", "wchar_t", "nullptr", "constexpr", "thread_local", "near", "far", "static_assert",
    "strdupa", "strndupa", "math_errhandling", "signgam",
};

static bool is_digits(Str s, u32 from) {
    if (from >= s.n) return false;
    for (u32 i = from; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

static bool is_risky(Str s) {
    if (s.p[0] == '_' || s.p[s.n - 1] == '_') return true;
    if (s.p[0] >= 'A' && s.p[0] <= 'Z') return true;
    if (str_starts(s, S("w_")) || str_starts(s, S("g_")) || str_starts(s, S("wyn_"))) return true;
    if (s.p[0] == 't' && is_digits(s, 1)) return true;
    if (str_starts(s, S("brk_")) || str_starts(s, S("next_")) || str_starts(s, S("state_")))
        return true;
    for (u32 i = 0; i < COUNT_OF(reserved); i++)
        if (str_eq(s, str_c(reserved[i]))) return true;
    return false;
}

Str name_local(Emit *e, Name name) {
    if (!name || !name->s.n) return S("value");
    if (!is_risky(name->s)) return name->s;
    return str_fmt(e->perm, "%.*s_", FMT(name->s));
}

Str name_words(Emit *e, Str s) {
    StrBuf b = {.arena = e->perm};
    bool gap = false;
    for (u32 i = 0; i < s.n && b.n < 60; i++) {
        char c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_';
        if (c == '?') {
            buf_c(&b, "_opt");
            continue;
        }
        if (!word) {
            if (c == '[' || c == '{') {
                if (b.n) buf_char(&b, '_');
                buf_c(&b, c == '[' ? "array" : "map");
            }
            gap = b.n > 0;
            continue;
        }
        if (gap) buf_char(&b, '_');
        gap = false;
        buf_char(&b, c);
    }
    return buf_done(&b);
}

Str name_global(Emit *e, const char *prefix, Str stem) {
    Name n = intern(e->names, str_fmt(e->perm, "%s%.*s", prefix, FMT(stem)));
    uintptr_t last = (uintptr_t)map_get(&e->taken, n);
    if (!last) {
        map_put(e->perm, &e->taken, n, (void *)1);
        return n->s;
    }
    for (;;) { /* numbered from where the last one of this stem stopped */
        last++;
        Name m = intern(e->names, str_fmt(e->perm, "%.*s_%u", FMT(n->s), (u32)last));
        if (map_get(&e->taken, m)) continue;
        map_put(e->perm, &e->taken, m, (void *)1);
        map_put(e->perm, &e->taken, n, (void *)last);
        return m->s;
    }
}

Str name_var(Emit *e, IrVar *v) {
    if (v->c_name.n) return v->c_name;
    if (!v->name) return v->c_name = str_fmt(e->perm, "t%u", ++e->temps);
    Str s = name_local(e, v->name);
    Name n = intern(e->names, s);
    for (u32 k = 2; map_get(&e->locals, n) == e->fn; k++)
        n = intern(e->names, str_fmt(e->perm, "%.*s_%u", FMT(s), k));
    map_put(e->perm, &e->locals, n, (void *)e->fn);
    vec_push(e->perm, &e->scope, n);
    return v->c_name = n->s;
}

void name_scope_end(Emit *e, u32 mark) {
    while (e->scope.n > mark) map_put(e->perm, &e->locals, vec_pop(&e->scope), (void *)e);
}

static FieldNames *names_new(Emit *e, u32 n) {
    FieldNames *f = NEW(e->perm, FieldNames);
    f->v = NEW_N(e->perm, Str, n + 1);
    f->n = n;
    return f;
}

static void names_fill(Emit *e, FieldNames *f, const TyField *fields) {
    for (u32 i = 0; i < f->n; i++)
        f->v[i] = fields[i].name ? name_local(e, fields[i].name) : str_fmt(e->perm, "f%u", i);
}

FieldNames *names_of_type(Emit *e, Type *t) {
    FieldNames *f = map_get(&e->fields, t);
    if (f) return f;
    f = names_new(e, t->kind == TY_TUPLE ? t->n : t->field_count);
    if (t->kind == TY_TUPLE)
        for (u32 i = 0; i < f->n; i++) f->v[i] = str_fmt(e->perm, "f%u", i);
    else names_fill(e, f, t->fields);
    map_put(e->perm, &e->fields, t, f);
    return f;
}

FieldNames *names_of_variant(Emit *e, Type *t, u32 variant) {
    TyVariant *v = &t->variants[variant];
    FieldNames *f = map_get(&e->fields, v);
    if (f) return f;
    f = names_new(e, v->n);
    for (u32 i = 0; i < f->n; i++) f->v[i] = str_fmt(e->perm, "f%u", i); /* names may repeat */
    map_put(e->perm, &e->fields, v, f);
    return f;
}

static Str raw_field(const IrType *t) {
    if (t->kind != IRT_RAW) return (Str){0};
    if (strcmp(t->raw, "wyn_fn") == 0) return S("fn");
    if (strcmp(t->raw, "uintptr_t") == 0) return S("st");
    if (strcmp(t->raw, "wyn_object") == 0) return S("head");
    if (strcmp(t->raw, "wyn_iter") == 0) return S("iter");
    if (strcmp(t->raw, "wyn_frame") == 0) return S("frame");
    return (Str){0};
}

/* Fields may be added while functions are written, so that the list is never cached. */
FieldNames *names_of_struct(Emit *e, const IrStruct *st) {
    FieldNames *f = map_get(&e->fields, st);
    if (f && f->n == st->fields.n) return f;
    f = names_new(e, st->fields.n);
    Map seen = {0};
    for (u32 i = 0; i < f->n; i++) {
        IrVar *v = st->fields.v[i];
        Str s = i == 0 ? raw_field(v->type) : (Str){0};
        if (!s.n) s = v->name ? name_local(e, v->name) : str_fmt(e->perm, "f%u", i);
        Name n = intern(e->names, s);
        for (u32 k = 2; map_get(&seen, n); k++)
            n = intern(e->names, str_fmt(e->perm, "%.*s_%u", FMT(s), k));
        map_put(e->perm, &seen, n, v);
        f->v[i] = n->s;
    }
    map_put(e->perm, &e->fields, st, f);
    return f;
}
