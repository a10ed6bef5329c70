/* type.c - what holds for values of every type: equality, order, hash, zero value; driven by
 * descriptors. The built-in descriptors live here. */
#include "base.h"
#include "gc.h"

const wyn_type wyn_type_void = {.kind = WYN_T_VOID, .name = "void"};
const wyn_type wyn_type_int = {.kind = WYN_T_INT, .size = 8, .name = "int"};
const wyn_type wyn_type_float = {.kind = WYN_T_FLOAT, .size = 8, .name = "float"};
const wyn_type wyn_type_bool = {.kind = WYN_T_BOOL, .size = 1, .name = "bool"};
const wyn_type wyn_type_str = {.kind = WYN_T_STR, .flags = WYN_TF_PTR, .size = 8, .name = "string"};
const wyn_type wyn_type_ptr = {.kind = WYN_T_PTR, .flags = WYN_TF_PTR, .size = 8, .name = "ptr"};
const wyn_type wyn_type_ints = {
    .kind = WYN_T_ARRAY, .flags = WYN_TF_PTR, .size = 8, .name = "[int]", .a = &wyn_type_int};
const wyn_type wyn_type_floats = {
    .kind = WYN_T_ARRAY, .flags = WYN_TF_PTR, .size = 8, .name = "[float]", .a = &wyn_type_float};
const wyn_type wyn_type_strs = {
    .kind = WYN_T_ARRAY, .flags = WYN_TF_PTR, .size = 8, .name = "[string]", .a = &wyn_type_str};

static const void *at(const void *base, size_t offset) { return (const char *)base + offset; }

/* ---- equality ---- */

static bool eq_fields(const void *a, const void *b, const wyn_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t offset = fields[i].offset;
        if (!wyn_eq(at(a, offset), at(b, offset), fields[i].type)) return false;
    }
    return true;
}

static bool eq_variant(const void *a, const void *b, const wyn_type *t) {
    int32_t tag = *(const int32_t *)a;
    if (a == b) return true;
    if (tag != *(const int32_t *)b) return false;
    return eq_fields(a, b, t->variants[tag].fields, t->variants[tag].nfields);
}

static bool eq_array(const wyn_array *a, const wyn_array *b, const wyn_type *elem) {
    unsigned long long n = a->buf->len;
    if (n != b->buf->len) return false;
    if (elem->kind == WYN_T_INT || elem->kind == WYN_T_BOOL || elem->kind == WYN_T_ENUM_INT)
        return memcmp(a->buf->data, b->buf->data, n * elem->size) == 0;
    for (unsigned long long i = 0; i < n; i++) {
        size_t offset = i * elem->size;
        if (!wyn_eq(a->buf->data + offset, b->buf->data + offset, elem)) return false;
    }
    return true;
}

static bool eq_map(wyn_map *a, wyn_map *b, const wyn_type *t) {
    if (a == b) return true;
    if (wyn_map_len(a) != wyn_map_len(b)) return false;
    wyn_map_iter it;
    wyn_map_iter_start(&it, a);
    while (wyn_map_iter_next(&it)) {
        const void *other = wyn_map_find(b, it.key);
        if (other == NULL) return false;
        if (t->kind == WYN_T_MAP && !wyn_eq(it.value, other, t->b)) return false;
    }
    return true;
}

static bool eq_result(const void *a, const void *b, const wyn_type *t) {
    bool ok = *(const bool *)a;
    if (ok != *(const bool *)b) return false;
    uint32_t offset = t->fields[ok ? 0 : 1].offset;
    return wyn_eq(at(a, offset), at(b, offset), ok ? t->a : t->b);
}

typedef struct Compared {
    const void *a, *b;
    const wyn_type *t;
    uint64_t result;
} Compared;

static void eq_on(void *arg) {
    Compared *c = arg;
    c->result = wyn_eq(c->a, c->b, c->t);
}

bool wyn_eq(const void *a, const void *b, const wyn_type *t) { /* table */
    if (wyn_stack_low()) { /* values may be chains as long as memory allows */
        Compared c = {a, b, t, 0};
        stack_more(eq_on, &c);
        return c.result != 0;
    }
    void *pa = NULL;
    void *pb = NULL;
    if (t->size == sizeof pa) {
        memcpy(&pa, a, sizeof pa);
        memcpy(&pb, b, sizeof pb);
    }
    switch ((wyn_kind)t->kind) {
    case WYN_T_VOID: return true;
    case WYN_T_INT: return *(const int64_t *)a == *(const int64_t *)b;
    case WYN_T_FLOAT: return *(const double *)a == *(const double *)b;
    case WYN_T_BOOL: return *(const bool *)a == *(const bool *)b;
    case WYN_T_STR: return wyn_str_eq(pa, pb);
    case WYN_T_ARRAY: return pa == pb || eq_array(pa, pb, t->a);
    case WYN_T_MAP:
    case WYN_T_SET: return eq_map(pa, pb, t);
    case WYN_T_OBJECT: {
        const wyn_object *oa = pa, *ob = pb;
        return oa->vt->type == ob->vt->type && wyn_eq(oa + 1, ob + 1, oa->vt->type);
    }
    case WYN_T_OPT_PTR:
        if (pa == NULL || pb == NULL) return pa == pb;
        return wyn_eq(a, b, t->a);
    case WYN_T_OPT_VAL: {
        bool has = *(const bool *)a;
        if (!has || has != *(const bool *)b) return has == *(const bool *)b;
        return wyn_eq(at(a, t->fields[0].offset), at(b, t->fields[0].offset), t->a);
    }
    case WYN_T_RESULT: return eq_result(a, b, t);
    case WYN_T_TUPLE:
    case WYN_T_STRUCT: return eq_fields(a, b, t->fields, t->count);
    case WYN_T_ENUM_INT: return *(const int32_t *)a == *(const int32_t *)b;
    case WYN_T_ENUM_VAL: return eq_variant(a, b, t);
    case WYN_T_ENUM_BOX: return eq_variant(pa, pb, t);
    case WYN_T_PTR:
    case WYN_T_FN:
    case WYN_T_FUTURE:
    case WYN_T_CHANNEL:
    case WYN_T_BUILDER:
    case WYN_T_HANDLE: return pa == pb;
    }
    return false;
}

/* ---- order ---- */

static int cmp_float(double a, double b) {
    if (a != a || b != b) return (a != a) - (b != b);
    return (a > b) - (a < b);
}

static int cmp_array(const wyn_array *a, const wyn_array *b, const wyn_type *elem) {
    unsigned long long n = a->buf->len < b->buf->len ? a->buf->len : b->buf->len;
    for (unsigned long long i = 0; i < n; i++) {
        int c = wyn_cmp(a->buf->data + i * elem->size, b->buf->data + i * elem->size, elem);
        if (c != 0) return c;
    }
    return (a->buf->len > b->buf->len) - (a->buf->len < b->buf->len);
}

static int cmp_fields(const void *a, const void *b, const wyn_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int c = wyn_cmp(at(a, fields[i].offset), at(b, fields[i].offset), fields[i].type);
        if (c != 0) return c;
    }
    return 0;
}

/* Types without an order of their own (the checker keeps them out) compare as equal. */
int wyn_cmp(const void *a, const void *b, const wyn_type *t) {
    if (t->kind == WYN_T_INT) {
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x > y) - (x < y);
    }
    if (t->kind == WYN_T_FLOAT) return cmp_float(*(const double *)a, *(const double *)b);
    if (t->kind == WYN_T_STR) return wyn_str_cmp(*(wyn_str *const *)a, *(wyn_str *const *)b);
    if (t->kind == WYN_T_BOOL) return *(const bool *)a - *(const bool *)b;
    if (t->kind == WYN_T_TUPLE || t->kind == WYN_T_STRUCT)
        return cmp_fields(a, b, t->fields, t->count);
    if (t->kind == WYN_T_ARRAY)
        return cmp_array(*(wyn_array *const *)a, *(wyn_array *const *)b, t->a);
    if (t->kind == WYN_T_ENUM_INT) {
        int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
        return (x > y) - (x < y);
    }
    return 0;
}

/* ---- hash ---- */

static uint64_t hash_join(uint64_t h, uint64_t part) { return wyn_hash_int(h * 31 ^ part); }

static uint64_t hash_fields(uint64_t h, const void *v, const wyn_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++)
        h = hash_join(h, wyn_hash(at(v, fields[i].offset), fields[i].type));
    return h;
}

static uint64_t hash_variant(const void *v, const wyn_type *t) {
    int32_t tag = *(const int32_t *)v;
    return hash_fields(wyn_hash_int((uint64_t)tag), v, t->variants[tag].fields,
                       t->variants[tag].nfields);
}

static uint64_t hash_word(const void *v) {
    uint64_t bits;
    memcpy(&bits, v, sizeof bits);
    return wyn_hash_int(bits);
}

static void hash_on(void *arg) {
    Compared *c = arg;
    c->result = wyn_hash(c->a, c->t);
}

uint64_t wyn_hash(const void *v, const wyn_type *t) { /* table */
    if (wyn_stack_low()) {
        Compared c = {v, NULL, t, 0};
        stack_more(hash_on, &c);
        return c.result;
    }
    switch ((wyn_kind)t->kind) {
    case WYN_T_VOID: return 0;
    case WYN_T_INT: return wyn_hash_int(*(const uint64_t *)v);
    case WYN_T_FLOAT: return *(const double *)v == 0 ? wyn_hash_int(0) : hash_word(v);
    case WYN_T_BOOL: return wyn_hash_int(*(const bool *)v);
    case WYN_T_STR: {
        const wyn_str *s = *(wyn_str *const *)v;
        return wyn_hash_bytes(s->bytes, (size_t)s->len);
    }
    case WYN_T_OPT_PTR:
        return *(void *const *)v == NULL ? 1 : hash_join(2, wyn_hash(v, t->a));
    case WYN_T_OPT_VAL:
        return *(const bool *)v ? hash_join(2, wyn_hash(at(v, t->fields[0].offset), t->a)) : 1;
    case WYN_T_RESULT: {
        bool ok = *(const bool *)v;
        return hash_join(ok, wyn_hash(at(v, t->fields[ok ? 0 : 1].offset), ok ? t->a : t->b));
    }
    case WYN_T_TUPLE:
    case WYN_T_STRUCT: return hash_fields(t->count, v, t->fields, t->count);
    case WYN_T_ENUM_INT: return wyn_hash_int((uint64_t)*(const int32_t *)v);
    case WYN_T_ENUM_VAL: return hash_variant(v, t);
    case WYN_T_ENUM_BOX: return hash_variant(*(void *const *)v, t);
    case WYN_T_PTR:
    case WYN_T_ARRAY:
    case WYN_T_MAP:
    case WYN_T_SET:
    case WYN_T_FN:
    case WYN_T_OBJECT:
    case WYN_T_FUTURE:
    case WYN_T_CHANNEL:
    case WYN_T_BUILDER:
    case WYN_T_HANDLE: return hash_word(v); /* references are no keys; never collected there */
    }
    return 0;
}

/* ---- zero values ---- */

static bool variant_has_zero(const wyn_variant *v) {
    for (uint32_t i = 0; i < v->nfields; i++) {
        if (v->fields[i].type->flags & WYN_TF_NOZERO) return false;
    }
    return true;
}

/* The first variant without payload, else the first whose payload has a zero value. */
static int32_t zero_tag(const wyn_type *t) {
    for (int32_t i = 0; i < t->count; i++) {
        if (t->variants[i].nfields == 0) return i;
    }
    for (int32_t i = 0; i < t->count; i++) {
        if (variant_has_zero(&t->variants[i])) return i;
    }
    CHECK(!"enum without a zero value");
    return 0;
}

static void zero_fields(void *out, const wyn_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) wyn_zero((char *)out + fields[i].offset, fields[i].type);
}

static void *zero_enum_object(const wyn_type *t) {
    int32_t tag = zero_tag(t);
    const wyn_variant *v = &t->variants[tag];
    if (v->nfields == 0 && v->unit != NULL) return (void *)v->unit;
    void *p = gc_alloc(v->size, true);
    *(int32_t *)p = tag;
    zero_fields(p, v->fields, v->nfields);
    return p;
}

static void zero_pointer(void *out, const void *p) { memcpy(out, &p, sizeof p); }

wyn_builder *wyn_builder_new(void);

void wyn_zero(void *out, const wyn_type *t) { /* table */
    memset(out, 0, t->size);
    switch ((wyn_kind)t->kind) {
    case WYN_T_STR: zero_pointer(out, wyn_str_empty); return;
    case WYN_T_ARRAY: zero_pointer(out, wyn_array_new(t->a, 0)); return;
    case WYN_T_MAP:
    case WYN_T_SET: zero_pointer(out, wyn_map_new(t, 0)); return;
    case WYN_T_BUILDER: zero_pointer(out, wyn_builder_new()); return;
    case WYN_T_RESULT: wyn_zero((char *)out + t->fields[1].offset, t->b); return;
    case WYN_T_TUPLE:
    case WYN_T_STRUCT: zero_fields(out, t->fields, t->count); return;
    case WYN_T_ENUM_INT: *(int32_t *)out = zero_tag(t); return;
    case WYN_T_ENUM_VAL: {
        int32_t tag = zero_tag(t);
        *(int32_t *)out = tag;
        zero_fields(out, t->variants[tag].fields, t->variants[tag].nfields);
        return;
    }
    case WYN_T_ENUM_BOX: zero_pointer(out, zero_enum_object(t)); return;
    case WYN_T_VOID:
    case WYN_T_INT:
    case WYN_T_FLOAT:
    case WYN_T_BOOL:
    case WYN_T_PTR:
    case WYN_T_FN:
    case WYN_T_OBJECT:
    case WYN_T_OPT_PTR:
    case WYN_T_OPT_VAL:
    case WYN_T_FUTURE:
    case WYN_T_CHANNEL:
    case WYN_T_HANDLE: return;
    }
}
