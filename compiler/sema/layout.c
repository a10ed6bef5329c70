/* layout.c - questions about ground types: pointers, layout of enums, zero values, hashing,
 * equality. Answers that recurse through declarations are cached in the type; a type that is being
 * asked about answers for itself what a cycle implies (a cycle always passes a pointer). */
#include "type.h"

enum { UNKNOWN = 0, ASKING = 1, NO = 2, YES = 3 };

static bool variants_have_ptr(Type *t) {
    for (u32 v = 0; v < t->variant_count; v++)
        for (u32 i = 0; i < t->variants[v].n; i++)
            if (type_has_ptr(t->variants[v].fields[i].type)) return true;
    return false;
}

static bool parts_have_ptr(Type *t) {
    if (t->kind == TY_ENUM) return variants_have_ptr(t);
    if (t->kind == TY_STRUCT) {
        for (u32 i = 0; i < t->field_count; i++)
            if (type_has_ptr(t->fields[i].type)) return true;
        return false;
    }
    for (u32 i = 0; i < t->n; i++)
        if (type_has_ptr(t->args[i])) return true;
    return false;
}

bool type_has_ptr(Type *t) {
    switch (t->kind) {
    case TY_ERROR:
    case TY_NEVER:
    case TY_VOID:
    case TY_INT:
    case TY_FLOAT:
    case TY_BOOL: return false;
    case TY_TUPLE:
    case TY_OPTION:
    case TY_RESULT:
    case TY_STRUCT:
    case TY_ENUM: break;
    case TY_VAR:
    case TY_KIND_COUNT: UNREACHABLE();
    case TY_STRING:
    case TY_PTR:
    case TY_ARRAY:
    case TY_MAP:
    case TY_SET:
    case TY_FN:
    case TY_TRAIT:
    case TY_FUTURE:
    case TY_CHANNEL:
    case TY_ITER:
    case TY_HANDLE: return true;
    }
    if (t->has_ptr_known == ASKING) return true; /* a recursive enum is boxed */
    if (t->has_ptr_known == UNKNOWN) {
        t->has_ptr_known = ASKING;
        t->has_ptr_known = parts_have_ptr(t) ? YES : NO;
    }
    return t->has_ptr_known == YES;
}

EnumLayout type_enum_layout(Type *t) {
    ASSERT(t->kind == TY_ENUM);
    if (!t->layout_known) {
        bool payload = false;
        for (u32 v = 0; v < t->variant_count; v++) payload |= t->variants[v].n > 0;
        t->layout = !payload ? ENUM_TAG : type_has_ptr(t) ? ENUM_BOXED : ENUM_VALUE;
        t->layout_known = true;
    }
    return t->layout;
}

bool type_is_one_pointer(Type *t) {
    switch (t->kind) {
    case TY_STRING:
    case TY_ARRAY:
    case TY_MAP:
    case TY_SET:
    case TY_FN:
    case TY_TRAIT:
    case TY_FUTURE:
    case TY_CHANNEL:
    case TY_ITER:
    case TY_HANDLE: return true;
    case TY_ENUM: return type_enum_layout(t) == ENUM_BOXED;
    case TY_ERROR:
    case TY_VAR:
    case TY_NEVER:
    case TY_VOID:
    case TY_INT:
    case TY_FLOAT:
    case TY_BOOL:
    case TY_PTR:
    case TY_TUPLE:
    case TY_OPTION:
    case TY_RESULT:
    case TY_STRUCT: return false;
    case TY_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static bool variant_has_zero(const TyVariant *v, u32 depth);

static bool zero_at(Type *t, u32 depth) {
    if (depth > 64) return false;
    switch (t->kind) {
    case TY_ERROR:
    case TY_VOID:
    case TY_NEVER:
    case TY_INT:
    case TY_FLOAT:
    case TY_BOOL:
    case TY_STRING:
    case TY_PTR:
    case TY_ARRAY:
    case TY_MAP:
    case TY_SET:
    case TY_OPTION: return true;
    case TY_TUPLE:
        for (u32 i = 0; i < t->n; i++)
            if (!zero_at(t->args[i], depth + 1)) return false;
        return true;
    case TY_RESULT: return zero_at(t->args[1], depth + 1);
    case TY_STRUCT:
        for (u32 i = 0; i < t->field_count; i++)
            if (!zero_at(t->fields[i].type, depth + 1)) return false;
        return true;
    case TY_ENUM:
        for (u32 v = 0; v < t->variant_count; v++)
            if (variant_has_zero(&t->variants[v], depth)) return true;
        return false;
    case TY_HANDLE: return str_eq(t->name->s, S("StringBuilder"));
    case TY_FN:
    case TY_TRAIT:
    case TY_FUTURE:
    case TY_CHANNEL:
    case TY_ITER: return false;
    case TY_VAR:
    case TY_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static bool variant_has_zero(const TyVariant *v, u32 depth) {
    for (u32 i = 0; i < v->n; i++)
        if (!zero_at(v->fields[i].type, depth + 8)) return false;
    return true;
}

bool type_has_zero(Type *t) { return zero_at(t, 0); }

u32 enum_zero_variant(Type *t) {
    for (u32 v = 0; v < t->variant_count; v++)
        if (t->variants[v].n == 0) return v;
    for (u32 v = 0; v < t->variant_count; v++)
        if (variant_has_zero(&t->variants[v], 0)) return v;
    UNREACHABLE();
}

/* Walks the parts of a value; `leaf` says what a kind without parts answers. Recursive types pass.
 */
static bool parts_all(Type *t, u32 depth, bool (*leaf)(const Type *)) {
    if (depth > 32) return true;
    switch (t->kind) {
    case TY_STRUCT:
        for (u32 i = 0; i < t->field_count; i++)
            if (!parts_all(t->fields[i].type, depth + 1, leaf)) return false;
        return true;
    case TY_ENUM:
        for (u32 v = 0; v < t->variant_count; v++)
            for (u32 i = 0; i < t->variants[v].n; i++)
                if (t->variants[v].fields[i].type != t &&
                    !parts_all(t->variants[v].fields[i].type, depth + 6, leaf))
                    return false;
        return true;
    case TY_TUPLE:
    case TY_OPTION:
    case TY_RESULT:
    case TY_ARRAY:
    case TY_MAP:
    case TY_SET:
        if (!leaf(t)) return false;
        for (u32 i = 0; i < t->n; i++)
            if (!parts_all(t->args[i], depth + 1, leaf)) return false;
        return true;
    case TY_ERROR:
    case TY_VAR:
    case TY_NEVER:
    case TY_VOID:
    case TY_INT:
    case TY_FLOAT:
    case TY_BOOL:
    case TY_STRING:
    case TY_PTR:
    case TY_FN:
    case TY_TRAIT:
    case TY_FUTURE:
    case TY_CHANNEL:
    case TY_ITER:
    case TY_HANDLE: return leaf(t);
    case TY_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static bool leaf_hashable(const Type *t) {
    return t->kind == TY_INT || t->kind == TY_STRING || t->kind == TY_BOOL || t->kind == TY_TUPLE ||
           t->kind == TY_ERROR || t->kind == TY_OPTION;
}

static bool leaf_comparable(const Type *t) { return t->kind != TY_FN && t->kind != TY_VOID; }

bool type_hashable(Type *t) { return parts_all(t, 0, leaf_hashable); }
bool type_comparable(Type *t) { return parts_all(t, 0, leaf_comparable); }
