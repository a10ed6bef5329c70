/* check_lit.c - literals of arrays, maps, sets, tuples, structs, and enum variants. */
#include "calls.h"

static Type *want_arg(Checker *ck, Type *want, TyKind kind, u32 i) {
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION && kind != TY_OPTION) head = ty_head(ck, head->args[0]);
    return head && head->kind == kind && i < head->n ? head->args[i] : NULL;
}

/* Elements of one type: as wanted when something is wanted, else their join. */
static Type *elements(Checker *ck, const AstList *l, TreeList *out, Type *want, Span span,
                      const char *of) {
    out->v = NEW_N(ck->perm, Tree *, l->n + 1);
    out->n = l->n;
    Tree ***slots = NEW_N(ck->perm, Tree **, l->n + 1);
    for (u32 i = 0; i < l->n; i++) {
        out->v[i] = check_value(ck, l->v[i], want);
        slots[i] = &out->v[i];
    }
    if (l->n == 0) return want ? want : ty_fresh(ck, span, VD_INT, of);
    if (want && ty_prune(ck, want)->kind == TY_VAR) {
        Type *joined = join_list(ck, slots, l->n, NULL, span, SITE_ELEM);
        ty_unify(ck, want, joined);
        return joined;
    }
    return join_list(ck, slots, l->n, want, span, SITE_ELEM);
}

Tree *check_array(Checker *ck, const Ast *e, Type *want) {
    Type *w = want_arg(ck, want, TY_ARRAY, 0);
    Tree *t = tn(ck, TN_ARRAY, e->span, ck->t_error);
    Type *elem = elements(ck, &e->list.elems, &t->agg.list, w, e->span, "elements");
    if (w && e->list.elems.n) elem = w;
    tn_type(ck, t, type_1(ck->ts, TY_ARRAY, elem));
    return t;
}

Tree *check_set(Checker *ck, const Ast *e, Type *want) {
    Type *w = want_arg(ck, want, TY_SET, 0);
    Tree *t = tn(ck, TN_SET, e->span, ck->t_error);
    Type *elem = elements(ck, &e->list.elems, &t->agg.list, w, e->span, "elements");
    tn_type(ck, t, type_1(ck->ts, TY_SET, elem));
    vec_push(ck->perm, &ck->late, t);
    return t;
}

Tree *check_tuple(Checker *ck, const Ast *e, Type *want) {
    u32 n = e->list.elems.n;
    Tree *t = tn(ck, TN_TUPLE, e->span, ck->t_error);
    t->agg.list.v = NEW_N(ck->perm, Tree *, n);
    t->agg.list.n = n;
    Type **types = NEW_N(ck->perm, Type *, n + 1);
    for (u32 i = 0; i < n; i++) {
        Type *w = want_arg(ck, want, TY_TUPLE, i);
        t->agg.list.v[i] = check_value(ck, e->list.elems.v[i], w);
        if (w) t->agg.list.v[i] = coerce(ck, t->agg.list.v[i], w, (Site){.kind = SITE_DECL});
        types[i] = w ? w : t->agg.list.v[i]->type;
    }
    tn_type(ck, t, type_make(ck->ts, TY_TUPLE, types, n));
    return t;
}

Tree *check_map(Checker *ck, const Ast *e, Type *want) {
    u32 n = e->map.n;
    Type *set_of = n == 0 ? want_arg(ck, want, TY_SET, 0) : NULL;
    if (set_of) {
        Tree *s = tn(ck, TN_SET, e->span, type_1(ck->ts, TY_SET, set_of));
        return s;
    }
    Type *wk = want_arg(ck, want, TY_MAP, 0), *wv = want_arg(ck, want, TY_MAP, 1);
    Tree *t = tn(ck, TN_MAP, e->span, ck->t_error);
    AstList keys = {e->map.keys, n}, values = {e->map.values, n};
    Tree **kv = NEW_N(ck->perm, Tree *, n + 1), **vv = NEW_N(ck->perm, Tree *, n + 1);
    Tree ***ks = NEW_N(ck->perm, Tree **, n + 1), ***vs = NEW_N(ck->perm, Tree **, n + 1);
    for (u32 i = 0; i < n; i++) {
        kv[i] = check_value(ck, keys.v[i], wk);
        vv[i] = check_value(ck, values.v[i], wv);
        ks[i] = &kv[i];
        vs[i] = &vv[i];
    }
    Type *k = n    ? join_list(ck, ks, n, wk, e->span, SITE_MAP_ELEM)
              : wk ? wk
                   : ty_fresh(ck, e->span, VD_STRING, "keys");
    Type *v = n    ? join_list(ck, vs, n, wv, e->span, SITE_MAP_ELEM)
              : wv ? wv
                   : ty_fresh(ck, e->span, VD_STRING, "values");
    t->map.keys = (TreeList){kv, n};
    t->map.values = (TreeList){vv, n};
    tn_type(ck, t, type_2(ck->ts, TY_MAP, k, v));
    vec_push(ck->perm, &ck->late, t);
    return t;
}

/* ---- enum variants ---- */

/* Payloads go by position; a name beside one must be its own. */
static void variant_arg_name(Checker *ck, const AstArg *a, const TyVariant *v, u32 i) {
    if (!a->name || (i < v->n && v->fields[i].name == a->name)) return;
    Diag *d = diag_new(ck->ds, E_BAD_ARGUMENT, a->name_span, "'%s' has no parameter '%s'%s",
                       v->name->s.p, a->name->s.p, i < v->n && v->fields[i].name ? " here" : "");
    diag_label(d, a->name_span, "no such value at this place");
    diag_hint(d, "write the values in the order of the declaration");
}

static void variant_args(Checker *ck, Tree *t, TyVariant *v, const AstArgs *args, Span span,
                         Name enum_name) {
    u32 n = args ? args->n : 0;
    if (n != v->n) {
        Diag *d = diag_new(ck->ds, E_ARG_COUNT, span,
                           "variant '%s' of '%s' takes %u value%s, got %u", v->name->s.p,
                           enum_name->s.p, v->n, v->n == 1 ? "" : "s", n);
        diag_label(d, span, "Got: %u", n);
        diag_note(d, "Expected: %u", v->n);
    }
    t->variant.args.n = v->n;
    t->variant.args.v = NEW_N(ck->perm, Tree *, v->n);
    for (u32 i = 0; i < n; i++) variant_arg_name(ck, &args->v[i], v, i);
    for (u32 i = 0; i < v->n; i++) {
        Tree *e =
            i < n ? check_to(ck, args->v[i].value, v->fields[i].type,
                             (Site){.kind = SITE_ARG, .name = v->fields[i].name, .owner = v->name})
                  : tn_error(ck, span);
        t->variant.args.v[i] = e;
    }
    for (u32 i = v->n; i < n; i++) check_expr(ck, args->v[i].value, NULL);
}

Tree *variant_make(Checker *ck, TypeDecl *d, Type *want, u32 index, const AstArgs *args, Span span,
                   bool called) {
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION) head = ty_head(ck, head->args[0]);
    Type *type;
    if (head && head->kind == TY_ENUM && head->decl == d) {
        type = head;
    } else {
        u32 n = d->gens ? d->gens->n : 0;
        Type **fresh = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++) fresh[i] = ty_fresh(ck, span, VD_INT, "values");
        type = decl_type(ck, d, fresh);
    }
    type_expand(ck, type);
    if (index >= type->variant_count) return tn_error(ck, span);
    TyVariant *v = &type->variants[index];
    Tree *t = tn(ck, TN_VARIANT, span, type);
    t->variant.index = index;
    if (!called && v->n > 0) { /* the constructor as a function */
        Diag *g = diag_new(ck->ds, E_ARG_COUNT, span,
                           "variant '%s' of '%s' takes %u value%s, got 0", v->name->s.p,
                           d->name->s.p, v->n, v->n == 1 ? "" : "s");
        diag_label(g, span, "its values are missing");
        diag_hint(g, "write %s(...)", v->name->s.p);
        return tn_error(ck, span);
    }
    variant_args(ck, t, v, args, span, d->name);
    return t;
}

/* ---- struct literals ---- */

static void lit_bound(Checker *ck, const AstGen *gen, const Symbol *s, Type *arg, Span at) {
    for (u32 k = 0; k < gen->bounds.n; k++) {
        const Ast *b = gen->bounds.v[k];
        Type *trait = resolve_bound(ck, s->home, b);
        if (!trait || arg->has_var || arg->kind == TY_ERROR) continue;
        if (type_implements(ck, arg, trait->decl)) continue;
        Str a = ty_text(ck, arg);
        Diag *d = diag_new(ck->ds, E_BOUND, at, "%.*s does not implement '%s', which '%s' needs",
                           FMT(a), trait->name->s.p, s->name->s.p);
        diag_label(d, at, "%s is %.*s here", gen->name->s.p, FMT(a));
        diag_label(d, b->span, "asked for here");
        diag_hint(d, "write `impl %s for %.*s { ... }`", trait->name->s.p, FMT(a));
    }
}

static Type *lit_type(Checker *ck, const Ast *name, Type *want) {
    const AstList *targs = NULL;
    if (name->kind == AST_TARGS) {
        targs = &name->targs.types;
        name = name->targs.e;
    }
    Symbol *s = NULL;
    Module *m = ck->fx->mod;
    if (name->kind == AST_NAME) s = module_symbol(ck, m, name->name.name);
    if (name->kind == AST_FIELD && name->field.obj->kind == AST_NAME) {
        Symbol *ms = module_symbol(ck, m, name->field.obj->name.name);
        if (ms && ms->kind == SYM_MODULE) s = map_get(&ms->module->scope, name->field.name);
    }
    Type *t = NULL;
    if (s && s->kind == SYM_ALIAS)
        t = ty_head(ck, resolve_type(ck, s->home, NULL, s->alias->alias.type));
    if (t && t->kind == TY_STRUCT) return t;
    if (!s || s->kind != SYM_TYPE || s->type->kind != TY_STRUCT) {
        Name n = name->kind == AST_NAME    ? name->name.name
                 : name->kind == AST_FIELD ? name->field.name
                                           : NULL;
        Diag *d =
            diag_new(ck->ds, E_UNKNOWN_TYPE, name->span, "Unknown struct '%s'", n ? n->s.p : "?");
        diag_label(d, name->span, "not a struct");
        const Map *maps[] = {&m->scope};
        if (n) suggest(ck, d, n, maps, 1);
        return ck->t_error;
    }
    u32 n = s->type->gens ? s->type->gens->n : 0;
    Type **args = NEW_N(ck->perm, Type *, n + 1);
    if (targs && targs->n != n) {
        Diag *d = diag_new(ck->ds, E_GENERIC_ARGS, name->span,
                           "'%s' takes %u type argument%s, got %u", s->name->s.p, n,
                           n == 1 ? "" : "s", targs->n);
        diag_label(d, name->span, "%u given", targs->n);
        targs = NULL;
    }
    Type *head = want ? ty_head(ck, want) : NULL;
    if (head && head->kind == TY_OPTION) head = ty_head(ck, head->args[0]);
    for (u32 i = 0; i < n; i++) {
        if (targs)
            args[i] = resolve_type(ck, m, ck->fx->env, targs->v[i]);
        else if (head && head->kind == TY_STRUCT && head->decl == s->type)
            args[i] = head->args[i];
        else
            args[i] = ty_fresh(ck, name->span, VD_INT, "type arguments");
    }
    for (u32 i = 0; targs && i < n; i++)
        lit_bound(ck, &s->type->gens->v[i], s, args[i], name->span);
    return decl_type(ck, s->type, args);
}

/* A field that is declared twice has been reported there. */
static bool declared_before(const Type *t, u32 field) {
    for (u32 i = 0; i < field; i++)
        if (t->fields[i].name == t->fields[field].name) return true;
    return false;
}

static void lit_missing(Checker *ck, const Ast *e, Type *t, Tree *out) {
    const Ast *decl = t->decl->ast;
    for (u32 i = 0; i < t->field_count; i++) {
        if (out->agg.list.v[i] || out->agg.update) continue;
        const Ast *def = decl->struct_.fields[i].def;
        if (def) {
            FnCtx *saved = ck->fx;
            FnCtx fx = *saved;
            Scope empty = {.home = true};
            fx.mod = t->decl->module;
            fx.scope = &empty;
            fx.outer = NULL;
            fx.is_script = false;
            FnCtx *keep = NEW(ck->perm, FnCtx);
            *keep = fx;
            ck->fx = keep;
            out->agg.list.v[i] =
                check_to(ck, def, t->fields[i].type,
                         (Site){.kind = SITE_FIELD, .name = t->fields[i].name, .owner = t->name});
            ck->fx = saved;
            continue;
        }
        if (declared_before(t, i)) continue;
        Diag *d = diag_new(ck->ds, E_STRUCT_FIELDS, e->lit.type->span,
                           "struct '%s' is missing field '%s'", t->name->s.p,
                           t->fields[i].name->s.p);
        diag_label(d, e->lit.type->span, "field '%s' has no value here", t->fields[i].name->s.p);
        out->agg.list.v[i] = tn_error(ck, e->span);
    }
}

static void lit_no_field(Checker *ck, Type *t, const AstArg *f) {
    Diag *d = diag_new(ck->ds, E_STRUCT_FIELDS, f->name_span, "struct '%s' has no field '%s'",
                       t->name->s.p, f->name->s.p);
    diag_label(d, f->name_span, "unknown field");
    Map names = {0};
    for (u32 i = 0; i < t->field_count; i++) map_put(ck->perm, &names, t->fields[i].name, t);
    const Map *maps[] = {&names};
    suggest(ck, d, f->name, maps, 1);
}

Tree *check_struct_lit(Checker *ck, const Ast *e, Type *want) {
    Type *t = lit_type(ck, e->lit.type, want);
    if (t->kind == TY_ERROR) {
        for (u32 i = 0; i < e->lit.fields.n; i++)
            if (e->lit.fields.v[i].value) check_expr(ck, e->lit.fields.v[i].value, NULL);
        return tn_error(ck, e->span);
    }
    type_expand(ck, t);
    Tree *out = tn(ck, TN_STRUCT, e->span, t);
    out->agg.list.v = NEW_N(ck->perm, Tree *, t->field_count + 1);
    out->agg.list.n = t->field_count;
    out->agg.order = NEW_N(ck->perm, u32, t->field_count + 1);
    u32 order = 0;
    for (u32 i = 0; i < e->lit.fields.n; i++) {
        const AstArg *f = &e->lit.fields.v[i];
        u32 at = 0;
        Ast name = {.kind = AST_NAME, .span = f->name_span};
        name.name.name = f->name;
        const Ast *value = f->value ? f->value : &name;
        if (!struct_field(ck, t, f->name, &at)) {
            lit_no_field(ck, t, f);
            check_expr(ck, value, NULL);
            continue;
        }
        if (out->agg.list.v[at]) {
            Diag *d = diag_new(ck->ds, E_STRUCT_FIELDS, f->name_span, "field '%s' is given twice",
                               f->name->s.p);
            diag_label(d, f->name_span, "again");
        }
        Site site = {.kind = SITE_FIELD,
                     .name = f->name,
                     .owner = t->name,
                     .decl = t->decl->ast->struct_.fields[at].type->span};
        out->agg.list.v[at] = check_to(ck, value, t->fields[at].type, site);
        out->agg.order[order++] = at;
    }
    if (e->lit.update) out->agg.update = check_to(ck, e->lit.update, t, (Site){.kind = SITE_DECL});
    lit_missing(ck, e, t, out);
    for (u32 i = 0; i < t->field_count; i++) {
        bool listed = false;
        for (u32 k = 0; k < order; k++) listed |= out->agg.order[k] == i;
        if (!listed && order < t->field_count) out->agg.order[order++] = i;
    }
    return out;
}
