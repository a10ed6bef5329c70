/* emit_data.c - static data: literals, sites, formats, descriptors, function objects, vtables. Each
 * is written when it is first used. */
#include "emitting.h"

void emit_literal(Emit *e, Str s) {
    Name key = intern(e->names, s);
    if (map_get(&e->literals, key)) return;
    u32 id = ++e->literal_count;
    map_put(e->perm, &e->literals, key, (void *)(uintptr_t)id);
    Out *o = &e->data_out;
    out_fmt(o, "WYN_STR_LIT(S_%u, %u, ", id, s.n);
    if (s.n > 80) out_c(o, "\n    ");
    out_c_string(o, s, 80);
    out_c(o, ");\n");
}

void emit_site(Emit *e, IrSite *s) {
    if (map_get(&e->site_done, s)) return;
    map_put(e->perm, &e->site_done, s, s);
    Out *o = &e->data_out;
    out_fmt(o, "static const wyn_site SITE_%u = {", s->id);
    out_c_string(o, s->file, 0);
    out_c(o, ", ");
    out_c_string(o, s->func.n ? s->func : S("main"), 0);
    out_fmt(o, ", %u};\n", s->line);
}

void emit_spec(Emit *e, IrSpec *s) {
    if (map_get(&e->spec_done, s)) return;
    map_put(e->perm, &e->spec_done, s, s);
    out_fmt(&e->data_out, "static const wyn_spec SPEC_%u = {%u, %d, %d, %d, %s, %s, %d, %d};\n",
            s->id, s->fill, s->align, s->sign, s->type, s->zero ? "true" : "false",
            s->comma ? "true" : "false", s->width, s->precision);
}

/* Its object is as large as the arguments or the result, whichever is larger. */
void emit_task(Emit *e, IrTask *t) {
    if (map_get(&e->task_done, t)) return;
    map_put(e->perm, &e->task_done, t, t);
    emit_site(e, t->site);
    IrType object = {.kind = IRT_STRUCT, .st = t->object};
    IrType result = {.kind = IRT_WYN, .wyn = t->result};
    Out *o = &e->objects_out;
    Str args = type_c(e, &object);
    out_fmt(o, "static const wyn_task TASK_%u = {%.*s, &SITE_%u, %s(sizeof(%.*s), ", t->id,
            FMT(t->run->c_name), t->site->id, t->scoped ? "WYN_SCOPED_SIZE" : "WYN_TASK_SIZE",
            FMT(args));
    if (ir_is_void(&result)) out_c(o, "0");
    else out_fmt(o, "sizeof(%.*s)", FMT(type_c(e, &result)));
    const char *speed = t->run->effects & (EF_WAITS | EF_SPINS) ? ""
                        : t->run->effects || t->scoped          ? "WYN_TASK_PROMPT | "
                                                : "WYN_TASK_PROMPT | WYN_TASK_CALM | ";
    out_fmt(o, "), %s%s%s0};\n",
            t->scoped ? "WYN_TASK_SCOPED | " : t->detached ? "WYN_TASK_DETACHED | " : "",
            t->traced || t->scoped ? "WYN_TASK_TRACED | " : "", speed);
}

void emit_unit(Emit *e, Type *t, u32 variant) {
    TyVariant *v = &t->variants[variant];
    Str name = map_get(&e->units, v) ? ((Name)map_get(&e->units, v))->s : (Str){0};
    if (!name.n) {
        type_define(e, t);
        TypeInfo *ti = type_info(e, t);
        Str stem = str_fmt(e->perm, "%.*s_%.*s", FMT(ti->stem), FMT(v->name->s));
        name = name_global(e, "U_", stem);
        map_put(e->perm, &e->units, v, (void *)intern(e->names, name));
        Str c = type_struct_c(e, t);
        out_fmt(&e->data_out, "static const %.*s %.*s = {.tag = %u};\n", FMT(c), FMT(name),
                variant);
    }
    if (e->out) out_fmt(e->out, "&%.*s", FMT(name));
}

void emit_fn_object(Emit *e, IrFn *fn) {
    Name name = map_get(&e->fn_objects, fn);
    if (!name) {
        Str stem = {fn->c_name.p + 2, fn->c_name.n - 2};
        name = intern(e->names, name_global(e, "F_", stem));
        map_put(e->perm, &e->fn_objects, fn, (void *)name);
        out_fmt(&e->objects_out, "static const wyn_fn %.*s = {(void *)%.*s};\n", FMT(name->s),
                FMT(fn->c_name));
    }
    out_fmt(e->out, "((wyn_fn *)&%.*s)", FMT(name->s));
}

void emit_fork(Emit *e, IrFork *fork) {
    if (!map_get(&e->fork_done, fork)) {
        map_put(e->perm, &e->fork_done, fork, fork);
        if (fork->site) emit_site(e, fork->site);
        out_fmt(&e->objects_out, "static const wyn_fork FORK_%u = {%.*s, ", fork->id,
                FMT(fork->run->c_name));
        if (fork->site) out_fmt(&e->objects_out, "&SITE_%u, ", fork->site->id);
        else out_c(&e->objects_out, "NULL, ");
        bool alone = (fork->call->effects & (EF_WAITS | EF_SPINS)) != 0;
        const char *flag = fork->call->effects == 0 ? "WYN_FORK_CALM" : "0";
        if (fork->call->head)
            flag = alone ? "WYN_FORK_WAITS | WYN_FORK_FORKS" : "WYN_FORK_FORKS";
        else if (alone) flag = "WYN_FORK_WAITS";
        out_fmt(&e->objects_out, "%s};\n", flag);
    }
    out_fmt(e->out, "&FORK_%u", fork->id);
}

/* ---- descriptors ---- */

static const char *builtin_desc(Type *t) {
    switch (t->kind) {
    case TY_INT: return "wyn_type_int";
    case TY_FLOAT: return "wyn_type_float";
    case TY_BOOL: return "wyn_type_bool";
    case TY_STRING: return "wyn_type_str";
    case TY_PTR: return "wyn_type_ptr";
    case TY_VOID: case TY_NEVER: return "wyn_type_void";
    case TY_ARRAY:
        switch (t->args[0]->kind) {
        case TY_INT: return "wyn_type_ints";
        case TY_FLOAT: return "wyn_type_floats";
        case TY_STRING: return "wyn_type_strs";
        default: return NULL;
        }
    default: return NULL;
    }
}

static Str desc_name(Emit *e, Type *t) {
    const char *b = builtin_desc(t);
    if (b) return str_c(b);
    TypeInfo *ti = type_info(e, t);
    if (!ti->desc_listed) {
        ti->desc_listed = true;
        vec_push(e->perm, &e->descs, ti);
        ti->stem = name_global(e, "D_", ti->stem);
    }
    return ti->stem;
}

void emit_desc(Emit *e, Type *t) {
    Str n = desc_name(e, t);
    out_fmt(e->out, "&%.*s", FMT(n));
}

static const char *desc_kind(Type *t) { /* table */
    switch (t->kind) {
    case TY_ARRAY: return "WYN_T_ARRAY";
    case TY_MAP: return "WYN_T_MAP";
    case TY_SET: return "WYN_T_SET";
    case TY_FN: return "WYN_T_FN";
    case TY_TRAIT: return "WYN_T_OBJECT";
    case TY_OPTION: return type_by_value(t) ? "WYN_T_OPT_VAL" : "WYN_T_OPT_PTR";
    case TY_RESULT: return "WYN_T_RESULT";
    case TY_TUPLE: return "WYN_T_TUPLE";
    case TY_STRUCT: return "WYN_T_STRUCT";
    case TY_ENUM: {
        EnumLayout l = type_enum_layout(t);
        return l == ENUM_TAG     ? "WYN_T_ENUM_INT"
               : l == ENUM_VALUE ? "WYN_T_ENUM_VAL"
                                 : "WYN_T_ENUM_BOX";
    }
    case TY_FUTURE: return "WYN_T_FUTURE";
    case TY_CHANNEL: return "WYN_T_CHANNEL";
    case TY_HANDLE:
        return str_eq(t->name->s, S("StringBuilder")) ? "WYN_T_BUILDER" : "WYN_T_HANDLE";
    case TY_ITER: return "WYN_T_HANDLE";
    default: UNREACHABLE(); return "";
    }
}

static void desc_field(Emit *e, Out *o, Name name, Type *t, Str owner, Str path) {
    out_c(o, "    {");
    if (name) out_c_string(o, name->s, 0);
    else out_c(o, "NULL");
    out_fmt(o, ", &%.*s, offsetof(%.*s, %.*s)},\n", FMT(desc_name(e, t)), FMT(owner), FMT(path));
}

static void desc_fields(Emit *e, Out *o, Type *t, Str d) {
    Str c = type_info(e, t)->c;
    out_fmt(o, "static const wyn_field %.*s_fields[] = {\n", FMT(d));
    if (t->kind == TY_OPTION) desc_field(e, o, NULL, t->args[0], c, S("v"));
    if (t->kind == TY_RESULT) {
        desc_field(e, o, NULL, t->args[0], c, S("v"));
        desc_field(e, o, NULL, t->args[1], c, S("e"));
    }
    if (t->kind == TY_TUPLE || t->kind == TY_STRUCT) {
        FieldNames *f = names_of_type(e, t);
        for (u32 i = 0; i < f->n; i++)
            desc_field(e, o, t->kind == TY_STRUCT ? t->fields[i].name : NULL,
                       t->kind == TY_TUPLE ? t->args[i] : t->fields[i].type, c, f->v[i]);
    }
    out_c(o, "};\n");
}

static void desc_variant_fields(Emit *e, Out *o, Type *t, Str d, Str c) {
    for (u32 v = 0; v < t->variant_count; v++) {
        if (!t->variants[v].n) continue;
        FieldNames *f = names_of_variant(e, t, v);
        Str vn = name_local(e, t->variants[v].name);
        out_fmt(o, "static const wyn_field %.*s_%u_fields[] = {\n", FMT(d), v);
        for (u32 i = 0; i < f->n; i++)
            desc_field(e, o, NULL, t->variants[v].fields[i].type, c,
                       str_fmt(e->perm, "u.%.*s.%.*s", FMT(vn), FMT(f->v[i])));
        out_c(o, "};\n");
    }
}

static void desc_variants(Emit *e, Out *o, Type *t, Str d) {
    EnumLayout l = type_enum_layout(t);
    Str c = l == ENUM_TAG ? S("int32_t") : type_struct_c(e, t);
    desc_variant_fields(e, o, t, d, c);
    out_fmt(o, "static const wyn_variant %.*s_variants[] = {\n", FMT(d));
    for (u32 v = 0; v < t->variant_count; v++) {
        TyVariant *var = &t->variants[v];
        out_c(o, "    {");
        out_c_string(o, var->name->s, 0);
        if (var->n) out_fmt(o, ", %.*s_%u_fields, %u, ", FMT(d), v, var->n);
        else out_c(o, ", NULL, 0, ");
        Str vn = name_local(e, var->name);
        if (l == ENUM_BOXED && var->n)
            out_fmt(o, "offsetof(%.*s, u) + sizeof(((%.*s *)0)->u.%.*s), NULL},\n", FMT(c), FMT(c),
                    FMT(vn));
        else if (l == ENUM_BOXED) {
            out_fmt(o, "sizeof(%.*s), ", FMT(c));
            e->out = o;
            emit_unit(e, t, v);
            out_c(o, "},\n");
        } else {
            out_c(o, "0, NULL},\n");
        }
    }
    out_c(o, "};\n");
}

static bool shows_outside(const Type *t) {
    for (u32 i = 0; t->has_outside && i < t->field_count; i++)
        if (t->fields[i].preset || t->fields[i].outside.n) return true;
    return false;
}

/* Names and defaults in data, one row a field. */
static void desc_outside(Emit *e, Out *o, Type *t, Str d) {
    out_fmt(o, "static const wyn_outside %.*s_outside[] = {\n", FMT(d));
    for (u32 i = 0; i < t->field_count; i++) {
        const TyField *f = &t->fields[i];
        IrFn *fn = f->preset ? map_get(&e->ir->presets, f->preset) : NULL;
        out_c(o, "    {");
        out_c_string(o, f->outside.n ? f->outside : f->name->s, 0);
        out_fmt(o, ", %.*s},\n", FMT(fn ? fn->c_name : S("NULL")));
    }
    out_c(o, "};\n");
}

static bool has_fields(Type *t) {
    switch (t->kind) {
    case TY_OPTION: return type_by_value(t);
    case TY_RESULT: return true;
    case TY_TUPLE: return t->n > 0;
    case TY_STRUCT: return t->field_count > 0;
    default: return false;
    }
}

static void desc_one(Emit *e, Out *o, TypeInfo *ti) {
    Type *t = ti->type;
    Str d = ti->stem;
    type_define(e, t);
    if (has_fields(t)) desc_fields(e, o, t, d);
    if (t->kind == TY_ENUM) desc_variants(e, o, t, d);
    if (shows_outside(t)) desc_outside(e, o, t, d);
    out_fmt(o, "static const wyn_type %.*s = {\n    .kind = %s,\n", FMT(d), desc_kind(t));
    bool ptr = type_has_ptr(t), zero = type_has_zero(t);
    if (ptr || !zero)
        out_fmt(o, "    .flags = %s%s%s,\n", ptr ? "WYN_TF_PTR" : "", ptr && !zero ? " | " : "",
                zero ? "" : "WYN_TF_NOZERO");
    u32 count = t->kind == TY_ENUM ? t->variant_count : t->kind == TY_STRUCT ? t->field_count
                : t->kind == TY_TUPLE ? t->n : t->kind == TY_RESULT ? 2 : has_fields(t) ? 1 : 0;
    if (count) out_fmt(o, "    .count = %u,\n", count);
    out_fmt(o, "    .size = sizeof(%.*s),\n    .name = ", FMT(ti->c));
    Str text = t->kind == TY_ENUM || t->kind == TY_STRUCT || t->kind == TY_HANDLE
                   ? t->name->s
                   : type_text(e->perm, t);
    out_c_string(o, text, 0);
    out_c(o, ",\n");
    bool args = t->kind == TY_ARRAY || t->kind == TY_MAP || t->kind == TY_SET ||
                t->kind == TY_OPTION || t->kind == TY_RESULT;
    if (args && t->n > 0) out_fmt(o, "    .a = &%.*s,\n", FMT(desc_name(e, t->args[0])));
    if (args && t->n > 1) out_fmt(o, "    .b = &%.*s,\n", FMT(desc_name(e, t->args[1])));
    if (has_fields(t)) out_fmt(o, "    .fields = %.*s_fields,\n", FMT(d));
    if (t->kind == TY_ENUM) out_fmt(o, "    .variants = %.*s_variants,\n", FMT(d));
    IrFn *text_fn = map_get(&e->ir->to_string, t);
    if (text_fn && text_fn->used) out_fmt(o, "    .to_string = %.*s,\n", FMT(text_fn->c_name));
    if (shows_outside(t)) out_fmt(o, "    .outside = %.*s_outside,\n", FMT(d));
    out_c(o, "};\n");
}

/* All descriptors that were named; writing one may name more. */
void emit_descs(Emit *e) {
    Out o = {.b = {.arena = e->perm}};
    for (u32 i = 0; i < e->descs.n; i++) desc_one(e, &o, e->descs.v[i]);
    Out head = {.b = {.arena = e->perm}};
    for (u32 i = 0; i < e->descs.n; i++)
        out_fmt(&head, "static const wyn_type %.*s;\n", FMT(e->descs.v[i]->stem));
    out_str(&e->data_out, buf_done(&head.b));
    out_str(&e->data_out, buf_done(&o.b));
    e->out = NULL;
}

void emit_vtables(Emit *e) {
    Out *o = &e->objects_out;
    for (u32 i = 0; i < e->ir->vtables.n; i++) {
        IrVtable *v = e->ir->vtables.v[i];
        if (!v->used) continue;
        out_fmt(o,
                "static const struct {\n    wyn_vtable head;\n    void *methods[%u];\n} VT_%u = {\n"
                "    {&%.*s},\n    {",
                v->n ? v->n : 1, v->id, FMT(desc_name(e, v->impl)));
        for (u32 m = 0; m < v->n; m++)
            out_fmt(o, "%s(void *)%.*s", m ? ", " : "", FMT(v->methods[m]->c_name));
        out_c(o, v->n ? "}\n};\n" : "NULL}\n};\n");
    }
}
