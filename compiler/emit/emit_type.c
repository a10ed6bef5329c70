/* emit_type.c - how types are spelled in C, and their definitions in an order that C accepts: a
 * structure after everything it holds by value. */
#include "emitting.h"
#include <string.h>

bool type_by_value(Type *t) {
    switch (t->kind) {
    case TY_STRUCT: case TY_TUPLE: case TY_RESULT: return true;
    case TY_OPTION: return !type_is_one_pointer(t->args[0]);
    case TY_ENUM: return type_enum_layout(t) == ENUM_VALUE;
    default: return false;
    }
}

static Str handle_c(Type *t) {
    static const struct { const char *wyn, *c; } names[] = {
        {"StringBuilder", "wyn_builder *"}, {"Shared", "wyn_shared *"},
        {"StdLock", "wyn_mutex *"}, {"Scope", "wyn_scope *"},
    };
    for (u32 i = 0; i < COUNT_OF(names); i++)
        if (t->name && str_eq(t->name->s, str_c(names[i].wyn))) return str_c(names[i].c);
    return S("void *");
}

static Str named_c(Emit *e, TypeInfo *ti) {
    Type *t = ti->type;
    Str words = name_words(e, type_text(e->perm, t->kind == TY_OPTION ? t->args[0] : t));
    const char *kind = t->kind == TY_TUPLE ? "tuple_" : t->kind == TY_OPTION ? "opt_" : "";
    ti->stem = str_fmt(e->perm, "%s%.*s", kind, FMT(words));
    ti->is_struct = true;
    return name_global(e, "W_", ti->stem);
}

static Str spell(Emit *e, TypeInfo *ti) { /* table */
    Type *t = ti->type;
    switch (t->kind) {
    case TY_INT: return S("int64_t");
    case TY_FLOAT: return S("double");
    case TY_BOOL: return S("bool");
    case TY_STRING: return S("wyn_str *");
    case TY_PTR: return S("void *");
    case TY_ARRAY: return S("wyn_array *");
    case TY_MAP: case TY_SET: return S("wyn_map *");
    case TY_FN: return S("wyn_fn *");
    case TY_ITER: return S("wyn_iter *");
    case TY_TRAIT: return S("wyn_object *");
    case TY_FUTURE: return S("wyn_future *");
    case TY_CHANNEL: return S("wyn_channel *");
    case TY_HANDLE: return handle_c(t);
    case TY_VOID: case TY_NEVER: return S("void");
    case TY_OPTION:
        if (type_is_one_pointer(t->args[0])) return type_info(e, t->args[0])->c;
        return named_c(e, ti);
    case TY_ENUM:
        if (type_enum_layout(t) == ENUM_TAG) return S("int32_t");
        if (type_enum_layout(t) == ENUM_VALUE) return named_c(e, ti);
        Str name = named_c(e, ti);
        out_fmt(&e->forward_out, "typedef struct %.*s %.*s;\n", FMT(name), FMT(name));
        return str_fmt(e->perm, "const %.*s *", FMT(name));
    case TY_STRUCT: case TY_TUPLE: case TY_RESULT: return named_c(e, ti);
    case TY_ERROR: case TY_VAR: case TY_KIND_COUNT: break;
    }
    UNREACHABLE();
    return S("");
}

TypeInfo *type_info(Emit *e, Type *t) {
    TypeInfo *ti = map_get(&e->types, t);
    if (ti) return ti;
    ti = NEW(e->perm, TypeInfo);
    ti->type = t;
    map_put(e->perm, &e->types, t, ti);
    ti->c = intern(e->names, spell(e, ti))->s;
    if (!ti->stem.n) ti->stem = name_words(e, type_text(e->perm, t));
    return ti;
}

/* "const W_E *" is spelled for values; the structure itself is W_E. */
Str type_struct_c(Emit *e, Type *t) {
    Str c = type_info(e, t)->c;
    if (!str_starts(c, S("const "))) return c;
    return (Str){c.p + 6, c.n - 8};
}

static void member(Emit *e, Out *o, Type *t, Str name) {
    Str c = t->kind == TY_VOID || t->kind == TY_NEVER ? S("uint8_t") : type_info(e, t)->c;
    out_fmt(o, "    %.*s%s%.*s;\n", FMT(c), c.p[c.n - 1] == '*' ? "" : " ", FMT(name));
}

static void define_parts(Emit *e, Type *t) {
    switch (t->kind) {
    case TY_STRUCT:
        for (u32 i = 0; i < t->field_count; i++) type_define(e, t->fields[i].type);
        return;
    case TY_TUPLE: case TY_OPTION: case TY_RESULT:
        for (u32 i = 0; i < t->n; i++) type_define(e, t->args[i]);
        return;
    case TY_ENUM:
        for (u32 v = 0; v < t->variant_count; v++)
            for (u32 i = 0; i < t->variants[v].n; i++)
                type_define(e, t->variants[v].fields[i].type);
        return;
    default: return;
    }
}

static void define_enum(Emit *e, Out *o, Type *t) {
    out_c(o, "    int32_t tag;\n");
    bool any = false;
    for (u32 v = 0; v < t->variant_count; v++) any |= t->variants[v].n > 0;
    if (!any) return;
    out_c(o, "    union {\n");
    for (u32 v = 0; v < t->variant_count; v++) {
        if (!t->variants[v].n) continue;
        out_c(o, "        struct {\n");
        FieldNames *f = names_of_variant(e, t, v);
        for (u32 i = 0; i < f->n; i++) {
            out_c(o, "        ");
            member(e, o, t->variants[v].fields[i].type, f->v[i]);
        }
        Str name = name_local(e, t->variants[v].name);
        out_fmt(o, "        } %.*s;\n", FMT(name));
    }
    out_c(o, "    } u;\n");
}

static void define_members(Emit *e, Out *o, Type *t) {
    switch (t->kind) {
    case TY_STRUCT: case TY_TUPLE: {
        FieldNames *f = names_of_type(e, t);
        if (!f->n) out_c(o, "    char none;\n");
        for (u32 i = 0; i < f->n; i++)
            member(e, o, t->kind == TY_TUPLE ? t->args[i] : t->fields[i].type, f->v[i]);
        return;
    }
    case TY_OPTION:
        out_c(o, "    bool has;\n");
        member(e, o, t->args[0], S("v"));
        return;
    case TY_RESULT:
        out_c(o, "    bool ok;\n");
        member(e, o, t->args[0], S("v"));
        member(e, o, t->args[1], S("e"));
        return;
    case TY_ENUM: define_enum(e, o, t); return;
    default: UNREACHABLE();
    }
}

static bool boxed(Type *t) { return t->kind == TY_ENUM && type_enum_layout(t) == ENUM_BOXED; }

void type_define(Emit *e, Type *t) {
    TypeInfo *ti = type_info(e, t);
    if (!ti->is_struct || ti->defined) return;
    ti->defined = true;
    if (boxed(t)) { /* known by its forward declaration: parts may mention it meanwhile */
        define_parts(e, t);
        Str name = type_struct_c(e, t);
        Out o = {.b = {.arena = e->perm}};
        out_fmt(&o, "\nstruct %.*s { /* %.*s */\n", FMT(name), FMT(type_text(e->perm, t)));
        define_members(e, &o, t);
        out_c(&o, "};\n");
        out_str(&e->types_out, buf_done(&o.b));
        return;
    }
    define_parts(e, t);
    Out o = {.b = {.arena = e->perm}};
    Str text = type_text(e->perm, t);
    out_fmt(&o, "\ntypedef struct %.*s {", FMT(ti->c));
    if (!str_eq(text, (Str){ti->c.p + 2, ti->c.n - 2})) out_fmt(&o, " /* %.*s */", FMT(text));
    out_c(&o, "\n");
    define_members(e, &o, t);
    out_fmt(&o, "} %.*s;\n", FMT(ti->c));
    out_str(&e->types_out, buf_done(&o.b));
}

/* ---- structures of the lowering ---- */

static Str struct_c(Emit *e, const IrStruct *st) {
    Name n = map_get(&e->struct_seen, st);
    if (n) return n->s;
    n = intern(e->names, name_global(e, "E_", name_words(e, st->name)));
    map_put(e->perm, &e->struct_seen, st, (void *)n);
    out_fmt(&e->forward_out, "typedef struct %.*s %.*s;\n", FMT(n->s), FMT(n->s));
    return n->s;
}

void struct_define(Emit *e, const IrStruct *st) {
    if (!map_get(&e->struct_seen, st)) return;
    for (u32 i = 0; i < st->fields.n; i++) {
        const IrType *t = st->fields.v[i]->type;
        if (t->kind == IRT_WYN) type_define(e, t->wyn);
    }
    FieldNames *f = names_of_struct(e, st);
    Out o = {.b = {.arena = e->perm}};
    Str name = struct_c(e, st);
    out_fmt(&o, "\nstruct %.*s {\n", FMT(name));
    for (u32 i = 0; i < f->n; i++) {
        out_c(&o, "    ");
        type_declare(e, &o, st->fields.v[i]->type, f->v[i]);
        out_c(&o, ";\n");
    }
    out_c(&o, "};\n");
    out_str(&e->types_out, buf_done(&o.b));
}

/* ---- spelling ---- */

Str type_c(Emit *e, const IrType *t) {
    if (!t) return S("void");
    switch (t->kind) {
    case IRT_WYN:
        if (t->wyn->kind != TY_VOID && t->wyn->kind != TY_NEVER) type_define(e, t->wyn);
        return type_info(e, t->wyn)->c;
    case IRT_STRUCT: return struct_c(e, t->st);
    case IRT_RAW: return str_c(t->raw);
    case IRT_PTR: {
        Str c = type_c(e, t->to);
        Str s = str_fmt(e->perm, "%.*s%s*", FMT(c), c.p[c.n - 1] == '*' ? "" : " ");
        return intern(e->names, s)->s;
    }
    }
    UNREACHABLE();
    return S("");
}

void type_declare(Emit *e, Out *o, const IrType *t, Str name) {
    Str c = type_c(e, t);
    out_fmt(o, "%.*s%s%.*s", FMT(c), c.p[c.n - 1] == '*' ? "" : " ", FMT(name));
}

/* Suffix of the array operations of an element type: the runtime has the common ones. */
Str array_suffix(Emit *e, const IrType *elem) {
    static const struct { const char *c, *suffix; } common[] = {
        {"int64_t", "int"}, {"double", "float"}, {"bool", "bool"}, {"int32_t", "tag"},
        {"wyn_str *", "str"}, {"wyn_array *", "array"}, {"wyn_map *", "map"}, {"wyn_fn *", "fn"},
        {"void *", "ptr"},
    };
    Str c = type_c(e, elem);
    Name key = intern(e->names, c);
    Name seen = map_get(&e->ops_seen, key);
    if (seen) return seen->s;
    Name suffix = NULL;
    for (u32 i = 0; i < COUNT_OF(common); i++)
        if (str_eq(c, str_c(common[i].c))) suffix = intern_c(e->names, common[i].suffix);
    if (!suffix) {
        suffix = intern(e->names, name_global(e, "", name_words(e, c)));
        bool ptr = elem->kind != IRT_WYN || type_has_ptr(elem->wyn);
        out_fmt(&e->ops_out, "WYN_ARRAY_OPS(%.*s, %.*s, %s)\n", FMT(suffix->s), FMT(c),
                ptr ? "true" : "false");
    }
    map_put(e->perm, &e->ops_seen, key, (void *)suffix);
    return suffix->s;
}
