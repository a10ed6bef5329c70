/* type.c - the interned types and their text. A type is found by hashing its kind, declaration and
 * argument ids, so equal types are the same pointer. */
#include "type.h"
#include "symbol.h"
#include <string.h>

struct TypeStore {
    Arena *perm;
    Interner *names;
    Type **slots; /* hash table of all but variables */
    u32 cap, used;
    VEC(Type *) all;
    Type *prims[TY_KIND_COUNT];
    VEC(Type *) vars;
};

static u64 type_key_hash(TyKind kind, const void *decl, Name name, Type **args, u32 n) {
    u64 h = (u64)kind * 0x9E3779B97F4A7C15u;
    h = (h ^ (u64)(uintptr_t)decl) * 0xff51afd7ed558ccdu;
    h = (h ^ (u64)(uintptr_t)name) * 0xff51afd7ed558ccdu;
    for (u32 i = 0; i < n; i++) h = (h ^ (args[i]->id + 1)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}

static bool type_key_eq(const Type *t, TyKind kind, const void *decl, Name name, Type **args,
                        u32 n) {
    if (t->kind != kind || t->decl != decl || t->name != name || t->n != n) return false;
    return n == 0 || memcmp(t->args, args, n * sizeof *args) == 0;
}

static void type_grow(TypeStore *ts) {
    u32 cap = ts->cap ? ts->cap * 2 : 256;
    Type **slots = NEW_N(ts->perm, Type *, cap);
    for (u32 i = 0; i < ts->cap; i++) {
        Type *t = ts->slots[i];
        if (!t) continue;
        u32 at = (u32)type_key_hash(t->kind, t->decl, t->name, t->args, t->n) & (cap - 1);
        while (slots[at]) at = (at + 1) & (cap - 1);
        slots[at] = t;
    }
    ts->slots = slots;
    ts->cap = cap;
}

Type *type_named(TypeStore *ts, TyKind kind, TypeDecl *decl, Name name, Type **args, u32 n) {
    if (ts->used * 2 >= ts->cap) type_grow(ts);
    u32 at = (u32)type_key_hash(kind, decl, name, args, n) & (ts->cap - 1);
    for (; ts->slots[at]; at = (at + 1) & (ts->cap - 1))
        if (type_key_eq(ts->slots[at], kind, decl, name, args, n)) return ts->slots[at];
    Type *t = NEW(ts->perm, Type);
    t->kind = kind;
    t->decl = decl;
    t->name = name;
    t->n = n;
    t->args = NEW_N(ts->perm, Type *, n);
    for (u32 i = 0; i < n; i++) {
        t->args[i] = args[i];
        t->has_var |= args[i]->has_var;
    }
    t->id = ts->all.n;
    vec_push(ts->perm, &ts->all, t);
    ts->used++;
    return ts->slots[at] = t;
}

TypeStore *type_store_new(Arena *perm, Interner *names) {
    TypeStore *ts = NEW(perm, TypeStore);
    ts->perm = perm;
    ts->names = names;
    for (int k = 0; k < TY_KIND_COUNT; k++)
        if (k <= TY_PTR && k != TY_VAR)
            ts->prims[k] = type_named(ts, (TyKind)k, NULL, NULL, NULL, 0);
    return ts;
}

Type *type_prim(TypeStore *ts, TyKind kind) {
    ASSERT(ts->prims[kind]);
    return ts->prims[kind];
}

Type *type_make(TypeStore *ts, TyKind kind, Type **args, u32 n) {
    return type_named(ts, kind, NULL, NULL, args, n);
}

Type *type_1(TypeStore *ts, TyKind kind, Type *a) { return type_make(ts, kind, &a, 1); }

Type *type_2(TypeStore *ts, TyKind kind, Type *a, Type *b) {
    return type_make(ts, kind, (Type *[]){a, b}, 2);
}

Type *type_var(TypeStore *ts, u32 index) {
    while (ts->vars.n <= index) {
        Type *t = NEW(ts->perm, Type);
        t->kind = TY_VAR;
        t->has_var = true;
        t->var = ts->vars.n;
        t->id = ts->all.n;
        vec_push(ts->perm, &ts->all, t);
        vec_push(ts->perm, &ts->vars, t);
    }
    return ts->vars.v[index];
}

u32 type_count(const TypeStore *ts) { return ts->all.n; }
Type *type_at(const TypeStore *ts, u32 id) { return ts->all.v[id]; }

/* ---- text ---- */

static void type_write(StrBuf *b, const Type *t, u32 depth);

static void type_write_list(StrBuf *b, Type **args, u32 n, u32 depth) {
    for (u32 i = 0; i < n; i++) {
        if (i) buf_c(b, ", ");
        type_write(b, args[i], depth);
    }
}

static void type_write_named(StrBuf *b, const char *name, const Type *t, u32 depth) {
    buf_c(b, name);
    if (!t->n) return;
    buf_char(b, '<');
    type_write_list(b, t->args, t->n, depth);
    buf_char(b, '>');
}

static void type_write_fn(StrBuf *b, const Type *t, u32 depth) {
    buf_c(b, "fn(");
    type_write_list(b, t->args, t->n - 1, depth);
    buf_char(b, ')');
    if (t->args[t->n - 1]->kind == TY_VOID) return;
    buf_c(b, " -> ");
    type_write(b, t->args[t->n - 1], depth);
}

static void type_write(StrBuf *b, const Type *t, u32 depth) { /* table */
    if (depth++ > 12) {
        buf_c(b, "...");
        return;
    }
    switch (t->kind) {
    case TY_ERROR: buf_c(b, "?"); break;
    case TY_VAR: buf_c(b, "_"); break;
    case TY_NEVER: buf_c(b, "never"); break;
    case TY_VOID: buf_c(b, "void"); break;
    case TY_INT: buf_c(b, "int"); break;
    case TY_FLOAT: buf_c(b, "float"); break;
    case TY_BOOL: buf_c(b, "bool"); break;
    case TY_STRING: buf_c(b, "string"); break;
    case TY_PTR: buf_c(b, "ptr"); break;
    case TY_ARRAY:
        buf_char(b, '[');
        type_write(b, t->args[0], depth);
        buf_char(b, ']');
        break;
    case TY_MAP:
        buf_char(b, '{');
        type_write(b, t->args[0], depth);
        buf_c(b, ": ");
        type_write(b, t->args[1], depth);
        buf_char(b, '}');
        break;
    case TY_SET: type_write_named(b, "HashSet", t, depth); break;
    case TY_TUPLE:
        buf_char(b, '(');
        type_write_list(b, t->args, t->n, depth);
        buf_char(b, ')');
        break;
    case TY_OPTION:
        if (t->args[0]->kind == TY_FN) buf_char(b, '(');
        type_write(b, t->args[0], depth);
        if (t->args[0]->kind == TY_FN) buf_char(b, ')');
        buf_char(b, '?');
        break;
    case TY_RESULT: type_write_named(b, "Result", t, depth); break;
    case TY_FN: type_write_fn(b, t, depth); break;
    case TY_FUTURE: type_write_named(b, "Future", t, depth); break;
    case TY_CHANNEL: type_write_named(b, "Channel", t, depth); break;
    case TY_ITER: type_write_named(b, "Iter", t, depth); break;
    case TY_STRUCT:
    case TY_ENUM:
    case TY_TRAIT:
    case TY_HANDLE: type_write_named(b, t->name->s.p, t, depth); break;
    case TY_KIND_COUNT: UNREACHABLE();
    }
}

Str type_text(Arena *a, const Type *t) {
    StrBuf b = {a, NULL, 0, 0};
    type_write(&b, t, 0);
    return buf_done(&b);
}
