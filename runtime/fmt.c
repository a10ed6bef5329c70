/* fmt.c - text of values: wyn_text and the print form of every type.
 * A wyn_text lives in a C frame; it grows into pointer-free collected memory that only the frame
 * keeps alive. Strings are raw at the top and quoted inside anything else; a user's to_string
 * wins everywhere. */
#include <stdio.h>

#include "base.h"
#include "gc.h"

static const char digit_pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";

/* Number of decimal digits; log10 by way of log2, one too few where the power of ten is passed. */
static size_t digits_of(uint64_t u) {
    static const uint64_t powers[] = {
        0, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull,
        1000000000ull, 10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull,
        100000000000000ull, 1000000000000000ull, 10000000000000000ull, 100000000000000000ull,
        1000000000000000000ull, 10000000000000000000ull};
    size_t guess = (size_t)(64 - __builtin_clzll(u | 1)) * 1233 >> 12;
    return guess + (u >= powers[guess]);
}

size_t wyn_int_write(char out[WYN_INT_TEXT], int64_t v) {
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    size_t sign = v < 0, n = digits_of(u);
    char *p = out + sign + n;
    out[0] = '-';
    while (u >= 100) {
        p -= 2;
        memcpy(p, digit_pairs + 2 * (u % 100), 2);
        u /= 100;
    }
    if (u >= 10) {
        memcpy(p - 2, digit_pairs + 2 * u, 2);
    } else {
        p[-1] = (char)('0' + u);
    }
    return sign + n;
}

void wyn_text_room(wyn_text *t, size_t n) {
    if (WYN_LIKELY(n <= t->cap - t->len)) return;
    size_t cap = t->cap * 2;
    while (cap - t->len < n) cap *= 2;
    char *p = gc_alloc(cap, false);
    memcpy(p, t->p, t->len);
    t->p = p;
    t->cap = cap;
}

void wyn_text_bytes(wyn_text *t, const char *p, size_t n) {
    wyn_text_room(t, n);
    memcpy(t->p + t->len, p, n);
    t->len += n;
}

void wyn_text_cstr(wyn_text *t, const char *s) { wyn_text_bytes(t, s, strlen(s)); }

void wyn_text_str(wyn_text *t, const wyn_str *s) { wyn_text_bytes(t, s->bytes, (size_t)s->len); }

void wyn_text_int(wyn_text *t, int64_t v) {
    wyn_text_room(t, WYN_INT_TEXT);
    t->len += wyn_int_write(t->p + t->len, v);
}

void wyn_text_float(wyn_text *t, double v) {
    wyn_text_room(t, WYN_FLOAT_TEXT);
    t->len += wyn_float_write(t->p + t->len, v);
}

void wyn_text_bool(wyn_text *t, bool v) { wyn_text_cstr(t, v ? "true" : "false"); }

wyn_str *wyn_text_take(wyn_text *t) { return wyn_str_new(t->p, (int64_t)t->len); }

static void text_char(wyn_text *t, char c) {
    wyn_text_room(t, 1);
    t->p[t->len++] = c;
}

/* The escape letter of a byte, or 0. */
static char escape_of(unsigned char c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\0': return '0';
    default: return 0;
    }
}

void wyn_text_quoted(wyn_text *t, const wyn_str *s) {
    text_char(t, '"');
    size_t n = (size_t)s->len;
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s->bytes[i];
        char letter = escape_of(c);
        bool ok;
        int len = wyn_utf8_length(s->bytes + i, n - i, &ok);
        if (letter != 0) {
            wyn_text_bytes(t, (char[2]){'\\', letter}, 2);
        } else if (c < 0x20 || c == 0x7f || !ok) {
            char hex[8];
            snprintf(hex, sizeof hex, "\\x%02x", c);
            wyn_text_bytes(t, hex, 4);
        } else {
            wyn_text_bytes(t, s->bytes + i, (size_t)len);
        }
        i += (size_t)len;
    }
    text_char(t, '"');
}

static void fmt_nested(wyn_text *t, const void *v, const wyn_type *type);

static const void *at(const void *base, size_t offset) { return (const char *)base + offset; }

static void fmt_array(wyn_text *t, const wyn_array *a, const wyn_type *elem) {
    text_char(t, '[');
    for (unsigned long long i = 0; i < a->buf->len; i++) {
        if (i > 0) wyn_text_bytes(t, ", ", 2);
        fmt_nested(t, at(a->buf->data, i * elem->size), elem);
    }
    text_char(t, ']');
}

static void fmt_map(wyn_text *t, wyn_map *m, const wyn_type *type) {
    wyn_map_iter it;
    bool first = true;
    text_char(t, '{');
    wyn_map_iter_start(&it, m);
    while (wyn_map_iter_next(&it)) {
        if (!first) wyn_text_bytes(t, ", ", 2);
        first = false;
        fmt_nested(t, it.key, type->a);
        if (type->kind == WYN_T_SET) continue;
        wyn_text_bytes(t, ": ", 2);
        fmt_nested(t, it.value, type->b);
    }
    text_char(t, '}');
}

static void fmt_fields(wyn_text *t, const void *v, const wyn_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) wyn_text_bytes(t, ", ", 2);
        if (fields[i].name != NULL) {
            wyn_text_cstr(t, fields[i].name);
            wyn_text_bytes(t, ": ", 2);
        }
        fmt_nested(t, at(v, fields[i].offset), fields[i].type);
    }
}

static void fmt_struct(wyn_text *t, const void *v, const wyn_type *type) {
    wyn_text_cstr(t, type->name);
    if (type->count == 0) {
        wyn_text_cstr(t, " {}");
        return;
    }
    wyn_text_cstr(t, " { ");
    fmt_fields(t, v, type->fields, type->count);
    wyn_text_cstr(t, " }");
}

/* v: the address of {int32_t tag; payload} */
static void fmt_variant(wyn_text *t, const void *v, const wyn_type *type) {
    const wyn_variant *variant = &type->variants[*(const int32_t *)v];
    wyn_text_cstr(t, variant->name);
    if (variant->nfields == 0) return;
    text_char(t, '(');
    for (uint32_t i = 0; i < variant->nfields; i++) {
        if (i > 0) wyn_text_bytes(t, ", ", 2);
        fmt_nested(t, at(v, variant->fields[i].offset), variant->fields[i].type);
    }
    text_char(t, ')');
}

static void fmt_wrapped(wyn_text *t, const char *name, const void *v, const wyn_type *type) {
    wyn_text_cstr(t, name);
    text_char(t, '(');
    if (type->kind != WYN_T_VOID) fmt_nested(t, v, type);
    text_char(t, ')');
}

static void fmt_result(wyn_text *t, const void *v, const wyn_type *type) {
    if (*(const bool *)v) {
        fmt_wrapped(t, "Ok", at(v, type->fields[0].offset), type->a);
    } else {
        fmt_wrapped(t, "Err", at(v, type->fields[1].offset), type->b);
    }
}

static void fmt_value(wyn_text *t, const void *v, const wyn_type *type) { /* table */
    void *const *pointer = v;
    switch ((wyn_kind)type->kind) {
    case WYN_T_VOID: wyn_text_bytes(t, "()", 2); return;
    case WYN_T_INT: wyn_text_int(t, *(const int64_t *)v); return;
    case WYN_T_FLOAT: wyn_text_float(t, *(const double *)v); return;
    case WYN_T_BOOL: wyn_text_bool(t, *(const bool *)v); return;
    case WYN_T_STR: wyn_text_quoted(t, *pointer); return;
    case WYN_T_PTR: {
        char hex[24];
        wyn_text_bytes(t, hex, (size_t)snprintf(hex, sizeof hex, "0x%llx",
                                                (unsigned long long)(uintptr_t)*pointer));
        return;
    }
    case WYN_T_ARRAY: fmt_array(t, *pointer, type->a); return;
    case WYN_T_MAP:
    case WYN_T_SET: fmt_map(t, *pointer, type); return;
    case WYN_T_FN: wyn_text_cstr(t, "<fn>"); return;
    case WYN_T_OBJECT: {
        const wyn_object *o = *pointer;
        fmt_nested(t, o + 1, o->vt->type);
        return;
    }
    case WYN_T_OPT_PTR:
        if (*pointer == NULL) {
            wyn_text_cstr(t, "none");
        } else {
            fmt_wrapped(t, "Some", v, type->a);
        }
        return;
    case WYN_T_OPT_VAL:
        if (!*(const bool *)v) {
            wyn_text_cstr(t, "none");
        } else {
            fmt_wrapped(t, "Some", at(v, type->fields[0].offset), type->a);
        }
        return;
    case WYN_T_RESULT: fmt_result(t, v, type); return;
    case WYN_T_TUPLE:
        text_char(t, '(');
        fmt_fields(t, v, type->fields, type->count);
        text_char(t, ')');
        return;
    case WYN_T_STRUCT: fmt_struct(t, v, type); return;
    case WYN_T_ENUM_INT:
    case WYN_T_ENUM_VAL: fmt_variant(t, v, type); return;
    case WYN_T_ENUM_BOX: fmt_variant(t, *pointer, type); return;
    case WYN_T_FUTURE: wyn_text_cstr(t, "<future>"); return;
    case WYN_T_CHANNEL: wyn_text_cstr(t, "<channel>"); return;
    case WYN_T_BUILDER: wyn_text_cstr(t, "<builder>"); return;
    case WYN_T_HANDLE:
        if (strcmp(type->name, "Shared") == 0) { /* cells are known by their numbers, from 0 */
            wyn_text_int(t, wyn_handle_enter(*pointer, WYN_H_SHARED, NULL));
            return;
        }
        text_char(t, '<');
        wyn_text_cstr(t, type->name);
        text_char(t, '>');
        return;
    }
}

typedef struct Nested {
    wyn_text *t;
    const void *v;
    const wyn_type *type;
} Nested;

static void fmt_nested_on(void *arg) {
    Nested *n = arg;
    fmt_nested(n->t, n->v, n->type);
}

static void fmt_nested(wyn_text *t, const void *v, const wyn_type *type) {
    if (wyn_stack_low()) { /* a long chain of enum values, say */
        Nested n = {t, v, type};
        stack_more(fmt_nested_on, &n);
        return;
    }
    if (type->to_string != NULL) {
        wyn_text_str(t, type->to_string(v));
    } else {
        fmt_value(t, v, type);
    }
}

void wyn_fmt(wyn_text *t, const void *v, const wyn_type *type) {
    if (type->kind == WYN_T_STR) {
        wyn_text_str(t, *(wyn_str *const *)v);
    } else {
        fmt_nested(t, v, type);
    }
}

wyn_str *wyn_to_string(const void *v, const wyn_type *type) {
    if (type->kind == WYN_T_STR) return *(wyn_str *const *)v;
    wyn_text t;
    wyn_text_open(&t);
    wyn_fmt(&t, v, type);
    return wyn_text_take(&t);
}

wyn_str *wyn_quote(const void *v, const wyn_type *type) {
    wyn_text t;
    wyn_text_open(&t);
    fmt_nested(&t, v, type);
    return wyn_text_take(&t);
}

wyn_str *wyn_variant_name(const void *v, const wyn_type *type) {
    if (type->kind == WYN_T_ENUM_BOX) v = *(void *const *)v;
    return wyn_str_from_c(type->variants[*(const int32_t *)v].name);
}

wyn_str *wyn_int_to_string(int64_t v) {
    char text[WYN_INT_TEXT];
    return wyn_str_new(text, (int64_t)wyn_int_write(text, v));
}

wyn_str *wyn_float_to_string(double v) {
    char text[WYN_FLOAT_TEXT];
    return wyn_str_new(text, (int64_t)wyn_float_write(text, v));
}

WYN_STR_LIT(true_text, 4, "true");
WYN_STR_LIT(false_text, 5, "false");

wyn_str *wyn_bool_to_string(bool v) { return v ? WYN_S(true_text) : WYN_S(false_text); }
