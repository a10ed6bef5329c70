/* typeexpr.c - written types to Types; instances of declarations and their fields. */
#include "checker.h"

Env *env_of(Checker *ck, Env *outer, const AstGens *gens, Type **args) {
    if (!gens || !gens->n) return outer;
    Env *e = NEW(ck->perm, Env);
    e->outer = outer;
    e->n = gens->n;
    e->names = NEW_N(ck->perm, Name, gens->n);
    e->types = NEW_N(ck->perm, Type *, gens->n);
    for (u32 i = 0; i < gens->n; i++) {
        e->names[i] = gens->v[i].name;
        e->types[i] = args[i];
        ty_slot(ck, &e->types[i]);
    }
    return e;
}

static Type *env_find(Env *env, Name name) {
    for (; env; env = env->outer)
        for (u32 i = 0; i < env->n; i++)
            if (env->names[i] == name) return env->types[i];
    return NULL;
}

typedef struct TypeName {
    const char *name;
    TyKind kind;
    u32 args;
} TypeName;

static const TypeName type_names[] = {
    {"int", TY_INT, 0},          {"float", TY_FLOAT, 0},      {"bool", TY_BOOL, 0},
    {"string", TY_STRING, 0},    {"str", TY_STRING, 0},       {"void", TY_VOID, 0},
    {"never", TY_NEVER, 0},      {"ptr", TY_PTR, 0},          {"cstr", TY_PTR, 0},
    {"Array", TY_ARRAY, 1},      {"HashMap", TY_MAP, 2},      {"Map", TY_MAP, 2},
    {"HashSet", TY_SET, 1},      {"Set", TY_SET, 1},          {"Option", TY_OPTION, 1},
    {"Result", TY_RESULT, 2},    {"Future", TY_FUTURE, 1},    {"Channel", TY_CHANNEL, 1},
    {"Iter", TY_ITER, 1},        {"iter", TY_ITER, 1},        {"StringBuilder", TY_HANDLE, 0},
    {"Shared", TY_HANDLE, 0},    {"Scope", TY_HANDLE, 0},     {"JsonDoc", TY_HANDLE, 0},
    {"JsonCursor", TY_HANDLE, 0}, {"StdLock", TY_HANDLE, 1},  {"StdGate", TY_HANDLE, 0},
    {"FileReader", TY_HANDLE, 0}, {"FileWriter", TY_HANDLE, 0},
    {"ChildProcess", TY_HANDLE, 0}, {"Database", TY_HANDLE, 0},  {"DbQuery", TY_HANDLE, 0},
    {"Digest", TY_HANDLE, 0},
};

/* OptionInt, ResultString, ...: the older names of common instances. */
static Type *legacy_name(Checker *ck, Str s) {
    static const struct {
        const char *suffix;
        TyKind kind;
    } kinds[] = {{"Int", TY_INT}, {"String", TY_STRING}, {"Float", TY_FLOAT}, {"Bool", TY_BOOL}};
    bool option = str_starts(s, S("Option"));
    if (!option && !str_starts(s, S("Result"))) return NULL;
    Str rest = {s.p + 6, s.n - 6};
    for (u32 i = 0; i < COUNT_OF(kinds); i++) {
        if (!str_eq(rest, str_c(kinds[i].suffix))) continue;
        Type *t = type_prim(ck->ts, kinds[i].kind);
        return option ? type_1(ck->ts, TY_OPTION, t) : type_2(ck->ts, TY_RESULT, t, ck->t_string);
    }
    return NULL;
}

static bool arity_check(Checker *ck, const Ast *ast, Name name, u32 want, u32 got) {
    if (want == got) return true;
    Diag *d = want ? diag_new(ck->ds, E_GENERIC_ARGS, ast->span,
                              "'%s' takes %u type argument%s, got %u", name->s.p, want,
                              want == 1 ? "" : "s", got)
                   : diag_new(ck->ds, E_GENERIC_ARGS, ast->span,
                              "'%s' is not generic: it takes no type arguments", name->s.p);
    diag_label(d, ast->span, "%u given", got);
    return false;
}

static Type **resolve_args(Checker *ck, Module *m, Env *env, const AstList *l) {
    Type **args = NEW_N(ck->perm, Type *, l->n + 1);
    for (u32 i = 0; i < l->n; i++) args[i] = resolve_type(ck, m, env, l->v[i]);
    return args;
}

static Type *builtin_named(Checker *ck, Module *m, Env *env, const Ast *ast, Name name) {
    for (u32 i = 0; i < COUNT_OF(type_names); i++) {
        const TypeName *tn = &type_names[i];
        if (!str_eq(name->s, str_c(tn->name))) continue;
        const AstList *l = &ast->tname.args;
        Type **args = resolve_args(ck, m, env, l);
        u32 n = l->n;
        if (tn->kind == TY_RESULT && n == 1) args[n++] = ck->t_string;
        if (tn->args && n == 0 &&
            (tn->kind == TY_ITER || tn->kind == TY_MAP || tn->kind == TY_ARRAY ||
             tn->kind == TY_SET || tn->kind == TY_HANDLE || tn->kind == TY_CHANNEL ||
             tn->kind == TY_FUTURE)) {
            args = NEW_N(ck->perm, Type *, tn->args);
            for (u32 k = 0; k < tn->args; k++)
                args[k] = ty_fresh(ck, ast->span, tn->kind == TY_MAP && k == 0 ? VD_STRING : VD_INT,
                                   "elements");
            n = tn->args;
        }
        if (!arity_check(ck, ast, name, tn->args, n)) return ck->t_error;
        if (tn->kind == TY_HANDLE) return type_named(ck->ts, TY_HANDLE, NULL, name, args, n);
        if (!tn->args) return type_prim(ck->ts, tn->kind);
        return type_make(ck->ts, tn->kind, args, n);
    }
    return legacy_name(ck, name->s);
}

static Type *alias_type(Checker *ck, Module *m, Env *env, const Ast *ast, Symbol *sym) {
    const Ast *al = sym->alias;
    const AstList *l = &ast->tname.args;
    if (!arity_check(ck, ast, sym->name, al->alias.gens.n, l->n)) return ck->t_error;
    if (++ck->instance_depth > 100) {
        diag_new(ck->ds, E_RECURSIVE_TYPE, ast->span, "type alias '%s' refers to itself",
                 sym->name->s.p);
        ck->instance_depth--;
        return ck->t_error;
    }
    Type **args = resolve_args(ck, m, env, l);
    Type *t = resolve_type(ck, sym->home, env_of(ck, NULL, &al->alias.gens, args), al->alias.type);
    ck->instance_depth--;
    return t;
}

Type *decl_type(Checker *ck, TypeDecl *d, Type **args) {
    Type *t = type_named(ck->ts, d->kind, d, d->name, args, d->gens ? d->gens->n : 0);
    return t;
}

static Type *unknown_type(Checker *ck, Module *m, const Ast *ast, Name name) {
    if (map_get(&ck->unknown_types, name)) return ck->t_error;
    map_put(ck->perm, &ck->unknown_types, name, m);
    Diag *d = diag_new(ck->ds, E_UNKNOWN_TYPE, ast->span, "Unknown type '%s'", name->s.p);
    diag_label(d, ast->span, "not a type");
    const Map *maps[] = {&m->scope, &ck->std_scope};
    suggest_type(ck, d, name, maps, 2);
    return ck->t_error;
}

static Symbol *path_symbol(Checker *ck, Module *m, const AstNames *path) {
    Symbol *s = module_symbol(ck, m, path->v[0].name);
    for (u32 i = 1; i < path->n && s; i++) {
        if (s->kind != SYM_MODULE) return NULL;
        s = map_get(&s->module->scope, path->v[i].name);
    }
    return s;
}

static Type *resolve_named(Checker *ck, Module *m, Env *env, const Ast *ast) {
    const AstNames *path = &ast->tname.path;
    Name name = vec_last(path).name;
    if (path->n == 1) {
        Type *t = env_find(env, name);
        if (t) return t;
    }
    Symbol *s = path_symbol(ck, m, path);
    if (s && s->kind == SYM_TYPE) {
        const AstList *l = &ast->tname.args;
        u32 want = s->type->gens ? s->type->gens->n : 0;
        if (l->n == 0 && want > 0 && m->is_std) want = 0;
        if (!arity_check(ck, ast, name, want, l->n)) return ck->t_error;
        return decl_type(ck, s->type, resolve_args(ck, m, env, l));
    }
    if (s && s->kind == SYM_ALIAS) return alias_type(ck, m, env, ast, s);
    Type *t = path->n == 1 ? builtin_named(ck, m, env, ast, name) : NULL;
    return t ? t : unknown_type(ck, m, ast, name);
}

/* The trait of a bound, NULL when none is meant. A name that is not known is no error: generics are
 * checked with the types they get, the bound only says more. */
Type *resolve_bound(Checker *ck, Module *m, const Ast *ast) {
    if (ast->kind != AST_T_NAME) return NULL;
    Name name = vec_last(&ast->tname.path).name;
    bool known = path_symbol(ck, m, &ast->tname.path) || map_get(&ck->unknown_types, name);
    if (!known && ast->tname.path.n == 1 && !builtin_named(ck, m, NULL, ast, name)) {
        map_put(ck->perm, &ck->unknown_types, name, m);
        Diag *d = diag_new(ck->ds, W_UNKNOWN_BOUND, ast->span, "Unknown trait '%s'", name->s.p);
        diag_label(d, ast->span, "asks for nothing");
        const Map *maps[] = {&m->scope, &ck->std_scope};
        suggest_type(ck, d, name, maps, 2);
        return NULL;
    }
    Type *t = map_get(&ck->unknown_types, name) ? NULL : resolve_type(ck, m, NULL, ast);
    return t && t->kind == TY_TRAIT ? t : NULL;
}

static Type *map_type(Checker *ck, Module *m, Env *env, const Ast *ast) {
    Type *k = resolve_type(ck, m, env, ast->tmap.key);
    Type *v = resolve_type(ck, m, env, ast->tmap.value);
    return type_2(ck->ts, TY_MAP, k, v);
}

static Type *key_used(Checker *ck, const Module *m, Type *t, const Ast *ast) {
    if ((t->kind == TY_MAP || t->kind == TY_SET) && !m->is_std)
        vec_push(ck->perm, &ck->key_uses, ((KeyUse){t, ast->span}));
    return t;
}

Type *resolve_type(Checker *ck, Module *m, Env *env, const Ast *ast) { /* table */
    switch ((int)ast->kind) {
    case AST_T_NAME: return key_used(ck, m, resolve_named(ck, m, env, ast), ast);
    case AST_T_ARRAY: return type_1(ck->ts, TY_ARRAY, resolve_type(ck, m, env, ast->tone.elem));
    case AST_T_OPTION: return type_1(ck->ts, TY_OPTION, resolve_type(ck, m, env, ast->tone.elem));
    case AST_T_MAP: return key_used(ck, m, map_type(ck, m, env, ast), ast);
    case AST_T_TUPLE: {
        Type **args = resolve_args(ck, m, env, &ast->tlist.elems);
        if (ast->tlist.elems.n == 1) return args[0];
        return type_make(ck->ts, TY_TUPLE, args, ast->tlist.elems.n);
    }
    case AST_T_UNION: return resolve_type(ck, m, env, ast->tlist.elems.v[0]);
    case AST_T_FN: {
        const AstList *l = &ast->tfn.params;
        Type **args = resolve_args(ck, m, env, l);
        args[l->n] = ast->tfn.ret ? resolve_type(ck, m, env, ast->tfn.ret) : ck->t_void;
        return type_make(ck->ts, TY_FN, args, l->n + 1);
    }
    }
    return ck->t_error;
}

/* ---- fields of instances ---- */

static void expand_struct(Checker *ck, Type *t, Env *env) {
    const Ast *ast = t->decl->ast;
    u32 n = ast->struct_.n;
    t->fields = NEW_N(ck->perm, TyField, n);
    t->field_count = n;
    for (u32 i = 0; i < n; i++) {
        t->fields[i].name = ast->struct_.fields[i].name;
        t->fields[i].type = resolve_type(ck, t->decl->module, env, ast->struct_.fields[i].type);
        ty_slot(ck, &t->fields[i].type);
    }
}

static void expand_enum(Checker *ck, Type *t, Env *env) {
    const Ast *ast = t->decl->ast;
    u32 n = ast->enum_.n;
    t->variants = NEW_N(ck->perm, TyVariant, n);
    t->variant_count = n;
    for (u32 v = 0; v < n; v++) {
        AstVariant *av = &ast->enum_.variants[v];
        TyVariant *tv = &t->variants[v];
        tv->name = av->name;
        tv->n = av->payload.n;
        tv->fields = NEW_N(ck->perm, TyField, tv->n);
        for (u32 i = 0; i < tv->n; i++) {
            tv->fields[i].name = i < av->payload_names.n ? av->payload_names.v[i].name : NULL;
            tv->fields[i].type = resolve_type(ck, t->decl->module, env, av->payload.v[i]);
            ty_slot(ck, &tv->fields[i].type);
        }
    }
}

void type_expand(Checker *ck, Type *t) {
    if (t->expanded || (t->kind != TY_STRUCT && t->kind != TY_ENUM)) return;
    t->expanded = true;
    Env *env = env_of(ck, NULL, t->decl->gens, t->args);
    if (t->kind == TY_STRUCT)
        expand_struct(ck, t, env);
    else
        expand_enum(ck, t, env);
}

Type *struct_field(Checker *ck, Type *t, Name name, u32 *index) {
    type_expand(ck, t);
    for (u32 i = 0; i < t->field_count; i++) {
        if (t->fields[i].name != name) continue;
        *index = i;
        return t->fields[i].type;
    }
    return NULL;
}
