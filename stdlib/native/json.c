/* json.c - JSON documents behind numbers. A document is a tree of nodes that lives as long as the
 * registry of handles keeps its number, that is for ever; members keep their order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wyn.h"

typedef enum kind { NUL, BOOL, INT, FLOAT, TEXT, ARRAY, OBJECT } kind;

typedef struct node {
    kind kind;
    bool truth;
    int64_t number;
    double real;
    char *text; /* TEXT: len bytes */
    int64_t len;
    struct node **items; /* ARRAY, OBJECT: len of them */
    char **names;        /* OBJECT */
    int64_t cap;
    int64_t handle; /* 0: none yet (numbers are kept plus one) */
} node;

typedef struct reader {
    const char *p, *end, *start;
    const char *why;
    int depth;
} reader;

static void *room(size_t n) {
    void *p = calloc(1, n ? n : 1);
    if (!p) wyn_panic("out of memory");
    return p;
}

static node *node_new(kind k) {
    node *n = room(sizeof *n);
    n->kind = k;
    return n;
}

static int64_t node_handle(node *n) {
    if (n->handle == 0) n->handle = wyn_handle_enter(n, WYN_H_OTHER, NULL) + 1;
    return n->handle - 1;
}

static node *node_of(int64_t h) {
    static node nothing;
    return h < 0 ? &nothing : wyn_handle_object(h, WYN_H_OTHER, NULL);
}

static void node_add(node *to, char *name, node *item) {
    if (to->len == to->cap) {
        to->cap = to->cap ? to->cap * 2 : 4;
        to->items = realloc(to->items, (size_t)to->cap * sizeof *to->items);
        to->names = realloc(to->names, (size_t)to->cap * sizeof *to->names);
        if (!to->items || !to->names) wyn_panic("out of memory");
    }
    to->names[to->len] = name;
    to->items[to->len++] = item;
}

static node *member(const node *n, const char *name) {
    if (n->kind != OBJECT) return NULL;
    for (int64_t i = n->len - 1; i >= 0; i--)
        if (strcmp(n->names[i], name) == 0) return n->items[i];
    return NULL;
}

/* ---- reading ---- */

static node *fail(reader *r, const char *why) {
    if (!r->why) r->why = why;
    return NULL;
}

static void skip(reader *r) {
    while (r->p < r->end && memchr(" \n\t\r", *r->p, 4)) r->p++;
}

static bool take(reader *r, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
    r->p += n;
    return true;
}

static int hex4(reader *r) {
    int v = 0;
    if (r->end - r->p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = *r->p++;
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

static char *utf8(char *out, int c) {
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

static char *escape(reader *r, char *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = r->p < r->end ? *r->p++ : 0;
    const char *at = c ? strchr(from, c) : NULL;
    if (at) {
        *out++ = to[at - from];
        return out;
    }
    int code = c == 'u' ? hex4(r) : -1;
    if (code >= 0xd800 && code < 0xdc00 && take(r, "\\u")) {
        int low = hex4(r);
        bool pair = low >= 0xdc00 && low < 0xe000;
        code = pair ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : -1;
    }
    if (code < 0) {
        fail(r, "bad escape in a string");
        return out;
    }
    return utf8(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
}

/* After the opening quote. */
static char *string(reader *r, int64_t *len) {
    const char *stop = r->p;
    while (stop < r->end && *stop != '"') stop += *stop == '\\' && stop + 1 < r->end ? 2 : 1;
    char *text = room((size_t)(stop - r->p) * 2 + 1), *out = text;
    while (r->p < r->end && *r->p != '"' && !r->why) {
        if (*r->p == '\\') {
            r->p++;
            out = escape(r, out);
        } else if ((unsigned char)*r->p < 0x20) {
            fail(r, "control character in a string");
        } else {
            *out++ = *r->p++;
        }
    }
    if (r->p >= r->end) fail(r, "a string is not closed");
    r->p++;
    *out = 0;
    *len = out - text;
    return text;
}

static node *number(reader *r) {
    const char *p = r->p;
    bool whole = true;
    if (p < r->end && *p == '-') p++;
    const char *digits = p;
    while (p < r->end && *p >= '0' && *p <= '9') p++;
    if (p == digits || (*digits == '0' && p - digits > 1)) return fail(r, "a value was expected");
    if (p < r->end && *p == '.') {
        whole = false;
        const char *fraction = ++p;
        while (p < r->end && *p >= '0' && *p <= '9') p++;
        if (p == fraction) return fail(r, "digits are missing after a point");
    }
    if (p < r->end && (*p == 'e' || *p == 'E')) {
        whole = false;
        p++;
        if (p < r->end && (*p == '+' || *p == '-')) p++;
        const char *power = p;
        while (p < r->end && *p >= '0' && *p <= '9') p++;
        if (p == power) return fail(r, "digits are missing in an exponent");
    }
    node *n = node_new(whole && p - digits < 19 ? INT : FLOAT);
    n->real = strtod(r->p, NULL);
    n->number = n->kind == INT ? strtoll(r->p, NULL, 10) : 0;
    r->p = p;
    return n;
}

static node *value(reader *r);

static node *collection(reader *r, char close) {
    node *n = node_new(close == '}' ? OBJECT : ARRAY);
    if (++r->depth > 500) return fail(r, "nested too deep");
    skip(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
        r->depth--;
        return n;
    }
    while (!r->why) {
        char *name = NULL;
        int64_t len;
        skip(r);
        if (close == '}') {
            if (!take(r, "\"")) return fail(r, "a name in quotes was expected");
            name = string(r, &len);
            skip(r);
            if (!take(r, ":")) return fail(r, "':' was expected");
        }
        node *item = value(r);
        if (!item) return NULL;
        node_add(n, name, item);
        skip(r);
        if (take(r, ",")) continue;
        if (r->p < r->end && *r->p++ == close) break;
        return fail(r, close == '}' ? "',' or '}' was expected" : "',' or ']' was expected");
    }
    r->depth--;
    return n;
}

static node *value(reader *r) {
    skip(r);
    if (take(r, "{")) return collection(r, '}');
    if (take(r, "[")) return collection(r, ']');
    if (take(r, "\"")) {
        node *n = node_new(TEXT);
        n->text = string(r, &n->len);
        return r->why ? NULL : n;
    }
    if (take(r, "null")) return node_new(NUL);
    bool yes = take(r, "true");
    if (yes || take(r, "false")) {
        node *n = node_new(BOOL);
        n->truth = yes;
        return n;
    }
    return number(r);
}

static node *read_text(const wyn_str *s, const char **why, int64_t *at) {
    reader r = {s->bytes, s->bytes + s->len, s->bytes, NULL, 0};
    node *n = value(&r);
    skip(&r);
    if (!r.why && r.p < r.end) fail(&r, "text after the value");
    *why = r.why;
    *at = (r.p < r.end ? r.p : r.end) - r.start;
    return r.why ? NULL : n;
}

/* A document; an empty object for bad text. */
int64_t wyn_json_parse(const wyn_str *s);
int64_t wyn_json_parse(const wyn_str *s) {
    const char *why;
    int64_t at;
    node *n = read_text(s, &why, &at);
    return node_handle(n ? n : node_new(OBJECT));
}

/* Why a text is no JSON, or "". */
wyn_str *wyn_json_problem(const wyn_str *s);
wyn_str *wyn_json_problem(const wyn_str *s) {
    const char *why;
    int64_t at;
    read_text(s, &why, &at);
    if (!why) return wyn_str_empty;
    char text[128];
    int n = snprintf(text, sizeof text, "%s at byte %lld", why, (long long)at);
    return wyn_str_new(text, n);
}

/* ---- writing ---- */

static void write_text(wyn_text *t, const char *s, int64_t n) {
    wyn_text_bytes(t, "\"", 1);
    for (int64_t i = 0; i < n; i++) {
        static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
        unsigned char c = (unsigned char)s[i];
        const char *at = c ? strchr(from, c) : NULL;
        char out[8];
        if (at) {
            out[0] = '\\';
            out[1] = to[at - from];
            wyn_text_bytes(t, out, 2);
        } else if (c < 0x20) {
            snprintf(out, sizeof out, "\\u%04x", c);
            wyn_text_bytes(t, out, 6);
        } else {
            wyn_text_bytes(t, s + i, 1);
        }
    }
    wyn_text_bytes(t, "\"", 1);
}

static void indent(wyn_text *t, int depth) {
    wyn_text_bytes(t, "\n", 1);
    for (int i = 0; i < depth; i++) wyn_text_bytes(t, "  ", 2);
}

static void write_node(wyn_text *t, const node *n, bool pretty, int depth) {
    bool object = n->kind == OBJECT;
    switch (n->kind) {
    case NUL: wyn_text_bytes(t, "null", 4); return;
    case BOOL: wyn_text_bool(t, n->truth); return;
    case INT: wyn_text_int(t, n->number); return;
    case FLOAT: wyn_text_float(t, n->real); return;
    case TEXT: write_text(t, n->text, n->len); return;
    case ARRAY: case OBJECT: break;
    }
    wyn_text_bytes(t, object ? "{" : "[", 1);
    for (int64_t i = 0; i < n->len; i++) {
        if (i > 0) wyn_text_bytes(t, ", ", pretty ? 1 : 2);
        if (pretty) indent(t, depth + 1);
        if (object) {
            write_text(t, n->names[i], (int64_t)strlen(n->names[i]));
            wyn_text_bytes(t, ": ", 2);
        }
        write_node(t, n->items[i], pretty, depth + 1);
    }
    if (pretty && n->len > 0) indent(t, depth);
    wyn_text_bytes(t, object ? "}" : "]", 1);
}

wyn_str *wyn_json_text(int64_t h, bool pretty);
wyn_str *wyn_json_text(int64_t h, bool pretty) {
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    write_node(&t, node_of(h), pretty, 0);
    return wyn_text_take(&t);
}

/* ---- looking ---- */

int64_t wyn_json_member(int64_t h, const wyn_str *name);
int64_t wyn_json_member(int64_t h, const wyn_str *name) {
    node *n = member(node_of(h), name->bytes);
    return n ? node_handle(n) : -1;
}

/* 0 null, 1 bool, 2 int, 3 float, 4 text, 5 array, 6 object. */
int64_t wyn_json_kind(int64_t h);
int64_t wyn_json_kind(int64_t h) { return node_of(h)->kind; }

/* The scalar as text; null and collections are "". */
wyn_str *wyn_json_scalar(int64_t h, const wyn_str *name);
wyn_str *wyn_json_scalar(int64_t h, const wyn_str *name) {
    const node *n = name->len ? member(node_of(h), name->bytes) : node_of(h);
    if (!n || n->kind == NUL || n->kind >= ARRAY) return wyn_str_empty;
    if (n->kind == TEXT) return wyn_str_new(n->text, n->len);
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    write_node(&t, n, false, 0);
    return wyn_text_take(&t);
}

double wyn_json_number(int64_t h, const wyn_str *name);
double wyn_json_number(int64_t h, const wyn_str *name) {
    const node *n = member(node_of(h), name->bytes);
    return n && (n->kind == INT || n->kind == FLOAT) ? n->real : 0.0;
}

int64_t wyn_json_int(int64_t h, const wyn_str *name);
int64_t wyn_json_int(int64_t h, const wyn_str *name) {
    const node *n = member(node_of(h), name->bytes);
    if (!n) return 0;
    if (n->kind == BOOL) return n->truth;
    if (n->kind == INT) return n->number;
    return n->kind == FLOAT && fabs(n->real) < 9.2e18 ? (int64_t)n->real : 0;
}

bool wyn_json_bool(int64_t h, const wyn_str *name);
bool wyn_json_bool(int64_t h, const wyn_str *name) {
    const node *n = member(node_of(h), name->bytes);
    return n && ((n->kind == BOOL && n->truth) || (n->kind == INT && n->number != 0));
}

int64_t wyn_json_len(int64_t h);
int64_t wyn_json_len(int64_t h) {
    const node *n = node_of(h);
    return n->kind >= ARRAY ? n->len : 0;
}

int64_t wyn_json_at(int64_t h, int64_t i);
int64_t wyn_json_at(int64_t h, int64_t i) {
    const node *n = node_of(h);
    return n->kind < ARRAY || i < 0 || i >= n->len ? -1 : node_handle(n->items[i]);
}

wyn_array *wyn_json_keys(int64_t h);
wyn_array *wyn_json_keys(int64_t h) {
    const node *n = node_of(h);
    wyn_array *a = wyn_array_new(&wyn_type_str, 0);
    for (int64_t i = 0; n->kind == OBJECT && i < n->len; i++) {
        wyn_str *s = wyn_str_new(n->names[i], (int64_t)strlen(n->names[i]));
        wyn_array_push_any(a, &s, &wyn_type_str);
    }
    return a;
}

/* ---- building ---- */

int64_t wyn_json_new(bool array);
int64_t wyn_json_new(bool array) { return node_handle(node_new(array ? ARRAY : OBJECT)); }

static void put(int64_t h, const wyn_str *name, node *item) {
    node *n = node_of(h);
    if (n->kind == ARRAY) node_add(n, NULL, item);
    if (n->kind != OBJECT) return;
    for (int64_t i = 0; i < n->len; i++)
        if (strcmp(n->names[i], name->bytes) == 0) {
            n->items[i] = item;
            return;
        }
    char *copy = room((size_t)name->len + 1);
    memcpy(copy, name->bytes, (size_t)name->len);
    node_add(n, copy, item);
}

void wyn_json_put_text(int64_t h, const wyn_str *name, const wyn_str *v);
void wyn_json_put_text(int64_t h, const wyn_str *name, const wyn_str *v) {
    node *n = node_new(TEXT);
    n->text = room((size_t)v->len + 1);
    memcpy(n->text, v->bytes, (size_t)v->len);
    n->len = v->len;
    put(h, name, n);
}

void wyn_json_put_int(int64_t h, const wyn_str *name, int64_t v);
void wyn_json_put_int(int64_t h, const wyn_str *name, int64_t v) {
    node *n = node_new(INT);
    n->number = v;
    n->real = (double)v;
    put(h, name, n);
}

void wyn_json_put_float(int64_t h, const wyn_str *name, double v);
void wyn_json_put_float(int64_t h, const wyn_str *name, double v) {
    node *n = node_new(isfinite(v) ? FLOAT : NUL);
    n->real = v;
    put(h, name, n);
}

void wyn_json_put_bool(int64_t h, const wyn_str *name, bool v);
void wyn_json_put_bool(int64_t h, const wyn_str *name, bool v) {
    node *n = node_new(BOOL);
    n->truth = v;
    put(h, name, n);
}

void wyn_json_put_node(int64_t h, const wyn_str *name, int64_t v);
void wyn_json_put_node(int64_t h, const wyn_str *name, int64_t v) { put(h, name, node_of(v)); }
