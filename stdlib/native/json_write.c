/* json_write.c - values of any type as JSON text, led by the type's descriptor: the forms that
 * json_read.c takes. Text is checked: bytes that are no UTF-8 become U+FFFD. */
#include <math.h>
#include <stdio.h>

#include "wyn_inline.h"

typedef struct writer {
    wyn_text text;
    bool spaced; /* ", " and ": " as separators */
    bool pretty; /* one part a line, two blanks a level */
    int depth;
} writer;

enum { MAX_DEPTH = 500 };

static void put(writer *w, const char *p, size_t n) { wyn_text_bytes(&w->text, p, n); }

static size_t utf8_length(const unsigned char *p, size_t left) {
    size_t n = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
    if (*p < 0xc2 || *p > 0xf4 || left < n) return 0;
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
        (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return n;
}

/* One byte that cannot stand for itself; bytes read. */
static size_t put_special(writer *w, const unsigned char *p, size_t left) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = *p ? strchr(from, *p) : NULL;
    char out[8];
    if (at) {
        out[0] = '\\';
        out[1] = to[at - from];
        put(w, out, 2);
        return 1;
    }
    if (*p < 0x20) {
        put(w, out, (size_t)snprintf(out, sizeof out, "\\u%04x", *p));
        return 1;
    }
    size_t n = utf8_length(p, left);
    if (n) put(w, (const char *)p, n);
    else put(w, "\xef\xbf\xbd", 3);
    return n ? n : 1;
}

static void put_string(writer *w, const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text;
    size_t from = 0, i = 0;
    put(w, "\"", 1);
    while (i < n) {
        unsigned char c = p[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        put(w, text + from, i - from);
        i += put_special(w, p + i, n - i);
        from = i;
    }
    put(w, text + from, n - from);
    put(w, "\"", 1);
}

static void put_float(writer *w, double v) {
    if (isfinite(v)) wyn_text_float(&w->text, v);
    else put(w, "null", 4);
}

/* Before a part of a collection: separator, line, indentation. */
static void begin_part(writer *w, bool first) {
    if (!first) put(w, ", ", w->spaced && !w->pretty ? 2 : 1);
    if (!w->pretty) return;
    put(w, "\n", 1);
    for (int i = 0; i < w->depth; i++) put(w, "  ", 2);
}

static void open_part(writer *w, const char *open) {
    if (++w->depth > MAX_DEPTH) wyn_panic("Json.encode: nested deeper than %d levels", MAX_DEPTH);
    put(w, open, 1);
}

static void close_part(writer *w, const char *close, bool empty) {
    w->depth--;
    if (!empty) begin_part(w, true);
    put(w, close, 1);
}

static void put_name(writer *w, const char *name, size_t n) {
    put_string(w, name, n);
    put(w, ": ", w->spaced || w->pretty ? 2 : 1);
}

static void put_value(writer *w, const void *v, const wyn_type *t);

static const void *at(const void *base, size_t offset) { return (const char *)base + offset; }

static void put_array(writer *w, const wyn_array *a, const wyn_type *elem) {
    open_part(w, "[");
    for (size_t i = 0; i < a->buf->len; i++) {
        begin_part(w, i == 0);
        put_value(w, a->buf->data + i * elem->size, elem);
    }
    close_part(w, "]", a->buf->len == 0);
}

static void put_key(writer *w, const void *key, const wyn_type *t) {
    wyn_text text = {.p = text.small, .cap = sizeof text.small};
    if (t->kind == WYN_T_ENUM_INT) {
        const char *name = t->variants[*(const int32_t *)key].name;
        put_name(w, name, strlen(name));
    } else if (t->kind == WYN_T_STR || t->kind == WYN_T_INT || t->kind == WYN_T_BOOL) {
        wyn_fmt(&text, key, t);
        put_name(w, text.p, text.len);
    } else {
        wyn_panic("Json.encode: a map's keys are strings, ints or plain enums, not %s", t->name);
    }
}

static void put_map(writer *w, wyn_map *m, const wyn_type *t) {
    wyn_map_iter it;
    bool set = t->kind == WYN_T_SET, first = true;
    open_part(w, set ? "[" : "{");
    wyn_map_iter_start(&it, m);
    for (; wyn_map_iter_next(&it); first = false) {
        begin_part(w, first);
        if (set) {
            put_value(w, it.key, t->a);
        } else {
            put_key(w, it.key, t->a);
            put_value(w, it.value, t->b);
        }
    }
    close_part(w, set ? "]" : "}", first);
}

static bool is_none(const void *v, const wyn_type *t) {
    if (t->kind == WYN_T_OPT_PTR) return *(void *const *)v == NULL;
    return t->kind == WYN_T_OPT_VAL && !*(const bool *)v;
}

/* Members; a field without a value is left out. */
static void put_struct(writer *w, const void *v, const wyn_type *t) {
    bool first = true;
    open_part(w, "{");
    for (size_t i = 0; i < t->count; i++) {
        const wyn_field *f = &t->fields[i];
        if (is_none(at(v, f->offset), f->type)) continue;
        begin_part(w, first);
        const char *name = wyn_field_name(t, (uint32_t)i);
        put_name(w, name, strlen(name));
        put_value(w, at(v, f->offset), f->type);
        first = false;
    }
    close_part(w, "}", first);
}

static void put_fields(writer *w, const void *v, const wyn_field *fields, size_t n) {
    open_part(w, "[");
    for (size_t i = 0; i < n; i++) {
        begin_part(w, i == 0);
        put_value(w, at(v, fields[i].offset), fields[i].type);
    }
    close_part(w, "]", n == 0);
}

/* {"name": value} */
static void put_single(writer *w, const char *name, const void *v, const wyn_field *fields,
                       size_t n) {
    open_part(w, "{");
    begin_part(w, true);
    put_name(w, name, strlen(name));
    if (n == 1) put_value(w, at(v, fields[0].offset), fields[0].type);
    else put_fields(w, v, fields, n);
    close_part(w, "}", false);
}

/* The library's JsonValue stands for itself; json_read.c checks the payloads of that name. */
static bool is_any(const wyn_type *t) {
    return t->kind == WYN_T_ENUM_BOX && t->count == 7 && strcmp(t->name, "JsonValue") == 0 &&
           strcmp(t->variants[6].name, "Object") == 0 && t->variants[6].nfields == 1;
}

static void put_enum(writer *w, const void *v, const wyn_type *t) {
    const wyn_variant *variant = &t->variants[*(const int32_t *)v];
    if (is_any(t) && variant->nfields == 0) {
        put(w, "null", 4);
    } else if (is_any(t)) {
        put_value(w, at(v, variant->fields[0].offset), variant->fields[0].type);
    } else if (variant->nfields == 0) {
        put_string(w, variant->name, strlen(variant->name));
    } else {
        put_single(w, variant->name, v, variant->fields, variant->nfields);
    }
}

static void put_result(writer *w, const void *v, const wyn_type *t) {
    bool ok = *(const bool *)v;
    wyn_field f = {NULL, ok ? t->a : t->b, t->fields[!ok].offset};
    put_single(w, ok ? "Ok" : "Err", v, &f, 1);
}

static void put_value(writer *w, const void *v, const wyn_type *t) { /* table */
    void *const *pointer = v;
    switch ((wyn_kind)t->kind) {
    case WYN_T_VOID: put(w, "null", 4); return;
    case WYN_T_INT: wyn_text_int(&w->text, *(const int64_t *)v); return;
    case WYN_T_FLOAT: put_float(w, *(const double *)v); return;
    case WYN_T_BOOL: wyn_text_bool(&w->text, *(const bool *)v); return;
    case WYN_T_STR: {
        const wyn_str *s = *pointer;
        put_string(w, s->bytes, (size_t)s->len);
        return;
    }
    case WYN_T_ARRAY: put_array(w, *pointer, t->a); return;
    case WYN_T_MAP: case WYN_T_SET: put_map(w, *pointer, t); return;
    case WYN_T_OPT_PTR:
        if (is_none(v, t)) put(w, "null", 4);
        else put_value(w, v, t->a);
        return;
    case WYN_T_OPT_VAL:
        if (is_none(v, t)) put(w, "null", 4);
        else put_value(w, at(v, t->fields[0].offset), t->a);
        return;
    case WYN_T_RESULT: put_result(w, v, t); return;
    case WYN_T_TUPLE: put_fields(w, v, t->fields, t->count); return;
    case WYN_T_STRUCT: put_struct(w, v, t); return;
    case WYN_T_ENUM_INT: case WYN_T_ENUM_VAL: put_enum(w, v, t); return;
    case WYN_T_ENUM_BOX: put_enum(w, *pointer, t); return;
    case WYN_T_OBJECT: {
        const wyn_object *o = *pointer;
        put_value(w, o + 1, o->vt->type);
        return;
    }
    case WYN_T_PTR: case WYN_T_FN: case WYN_T_FUTURE: case WYN_T_CHANNEL: case WYN_T_BUILDER:
    case WYN_T_HANDLE: break;
    }
    wyn_panic("Json.encode: a value of type %s has no JSON form", t->name);
}

/* how: 0 compact, 1 on one line with blanks, 2 on several lines. */
wyn_str *wyn_json_encode(const void *v, int64_t how, const wyn_type *t);
wyn_str *wyn_json_encode(const void *v, int64_t how, const wyn_type *t) {
    writer w = {.spaced = how == 1, .pretty = how == 2};
    w.text.p = w.text.small;
    w.text.cap = sizeof w.text.small;
    put_value(&w, v, t);
    return wyn_text_take(&w.text);
}
