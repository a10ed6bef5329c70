/* outside.c - how the fields of a struct look in data (JSON, TOML, CSV, rows of a database): under
 * which names, and what they are when the data has none. Defaults of the declaration become
 * functions that the readers call; the names come from `fn field_names()`, which is read here and
 * not run, so that a misspelt field is an error of the program. */
#include "checker.h"

/* `x: T = e` as a function without parameters that gives e, generic as its struct is. */
static Fn *preset_fn(Checker *ck, Type *t, const AstStructField *field) {
    Ast *ast = NEW(ck->perm, Ast);
    ast->kind = AST_FN;
    ast->span = field->def->span;
    ast->flags = AF_ARROW;
    ast->fn.name = field->name;
    ast->fn.name_span = field->span;
    ast->fn.ret = field->type;
    ast->fn.body = field->def;
    FnDecl *d = NEW(ck->perm, FnDecl);
    d->name = intern(ck->names, str_fmt(ck->perm, "%s_%s_preset", t->name->s.p, field->name->s.p));
    d->span = field->span;
    d->module = t->decl->module;
    d->ast = ast;
    d->outer_gens = t->decl->gens;
    d->intrinsic = -1;
    d->gen_count = t->n;
    return fn_instance(ck, d, t->args, field->span);
}

static const Ast *names_map(const FnDecl *d) {
    const Ast *body = d->ast->fn.body;
    if (!body) return NULL;
    if (body->kind == AST_BLOCK && body->list.elems.n == 1) body = body->list.elems.v[0];
    if (body->kind == AST_RETURN && body->ret.values.n == 1) body = body->ret.values.v[0];
    return body->kind == AST_MAP ? body : NULL;
}

static void names_bad(Checker *ck, Span at, const char *what, Type *t) {
    Diag *g = diag_new(ck->ds, E_NOT_DATA, at, "field_names of '%s': %s", t->name->s.p, what);
    diag_label(g, at, "read when the program is compiled");
    diag_hint(g, "write the map down: fn field_names() -> {string: string} => "
                 "{\"field\": \"name\"}");
}

static TyField *field_named(const Type *t, Str name) {
    for (u32 i = 0; i < t->field_count; i++)
        if (str_eq(t->fields[i].name->s, name)) return &t->fields[i];
    return NULL;
}

static void names_distinct(Checker *ck, const Type *t, Span at) {
    for (u32 i = 0; i < t->field_count; i++)
        for (u32 k = 0; k < i; k++) {
            Str a = t->fields[i].outside, b = t->fields[k].outside;
            if (str_eq(a.n ? a : t->fields[i].name->s, b.n ? b : t->fields[k].name->s)) {
                names_bad(ck, at, "two fields have one name", (Type *)t);
                return;
            }
        }
}

static void names_read(Checker *ck, Type *t) {
    const FnDecl *d = owner_method(&t->decl->owner, intern_c(ck->names, "field_names"));
    if (!d || d->has_self || d->ast->fn.params.n) return;
    const Ast *map = names_map(d);
    if (!map) {
        names_bad(ck, d->span, "it gives no map that can be read", t);
        return;
    }
    for (u32 i = 0; i < map->map.n; i++) {
        const Ast *key = map->map.keys[i], *value = map->map.values[i];
        if (key->kind != AST_STR || value->kind != AST_STR) {
            names_bad(ck, key->kind != AST_STR ? key->span : value->span, "this is no text", t);
            return;
        }
        TyField *f = field_named(t, key->str.bytes);
        if (!f) {
            names_bad(ck, key->span, "there is no such field", t);
            return;
        }
        f->outside = value->str.bytes;
    }
    names_distinct(ck, t, d->span);
}

void struct_outside(Checker *ck, Type *t) {
    if (t->has_outside || t->has_var) return;
    t->has_outside = true;
    names_read(ck, t);
    for (u32 i = 0; i < t->field_count; i++) {
        const AstStructField *f = &t->decl->ast->struct_.fields[i];
        if (f->def) t->fields[i].preset = preset_fn(ck, t, f);
    }
}
