/* check_pattern.c - patterns against the type of what they match. */
#include "checker.h"

static Pattern *pat_new(Checker *ck, PatternKind kind, const Ast *p, Type *type) {
    Pattern *r = NEW(ck->perm, Pattern);
    r->kind = kind;
    r->span = p->span;
    r->type = type;
    ty_slot(ck, &r->type);
    return r;
}

static Pattern *pat_bad(Checker *ck, const Ast *p, Type *type, const char *what) {
    Str s = ty_text(ck, type);
    if (type->kind != TY_ERROR) {
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span, "%s cannot match %.*s", what, FMT(s));
        diag_label(d, p->span, "the value is %.*s", FMT(s));
    }
    return pat_new(ck, PAT_WILD, p, type);
}

static Pattern *pat_bind(Checker *ck, const Ast *p, Name name, Span span, Type *type) {
    if (name == ck->n.underscore) return pat_new(ck, PAT_WILD, p, type);
    Pattern *r = pat_new(ck, PAT_BIND, p, type);
    r->bind = local_new(ck, name, span, type);
    return r;
}

/* ---- literals and ranges ---- */

static bool lit_value(Checker *ck, const Ast *e, Pattern *out) {
    bool neg = e->kind == AST_UNARY;
    const Ast *v = neg ? e->unary.e : e;
    switch ((int)v->kind) {
    case AST_INT:
        out->kind = PAT_INT;
        out->int_ = neg ? (i64)(0 - v->int_.value) : (i64)v->int_.value;
        out->type = ck->t_int;
        return true;
    case AST_FLOAT:
        out->kind = PAT_FLOAT;
        out->float_ = neg ? -v->float_.value : v->float_.value;
        out->type = ck->t_float;
        return true;
    case AST_STR:
        out->kind = PAT_STR;
        out->str = v->str.bytes;
        out->type = ck->t_string;
        return true;
    case AST_BOOL:
        out->kind = PAT_BOOL;
        out->bool_ = v->bool_.value;
        out->type = ck->t_bool;
        return true;
    }
    return false;
}

static void lit_fit(Checker *ck, Pattern *lit, Type *type, const Ast *p) {
    Type *t = ty_force(ck, type);
    if (t->kind == TY_FLOAT && lit->kind == PAT_INT) {
        double v = (double)lit->int_;
        lit->kind = PAT_FLOAT;
        lit->float_ = v;
        lit->type = ck->t_float;
    }
    if (t->kind == TY_BOOL && lit->kind == PAT_INT) {
        bool v = lit->int_ != 0;
        lit->kind = PAT_BOOL;
        lit->bool_ = v;
        lit->type = ck->t_bool;
    }
    if (ty_unify(ck, t, lit->type)) return;
    Str a = ty_text(ck, lit->type), b = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span,
                       "Type mismatch: a pattern of %.*s cannot match %.*s", FMT(a), FMT(b));
    diag_label(d, p->span, "Got: %.*s", FMT(a));
    diag_note(d, "Expected: %.*s", FMT(b));
    lit->type = t;
    lit->kind = PAT_WILD;
}

static Pattern *pat_lit(Checker *ck, const Ast *p, Type *type) {
    Pattern *r = pat_new(ck, PAT_WILD, p, ck->t_error);
    if (!lit_value(ck, p->plit.lit, r)) return pat_bad(ck, p, type, "this pattern");
    lit_fit(ck, r, type, p);
    return r;
}

static Pattern *pat_range(Checker *ck, const Ast *p, Type *type) {
    Pattern *r = pat_new(ck, PAT_RANGE, p, type);
    r->range.lo = pat_new(ck, PAT_WILD, p, ck->t_error);
    r->range.hi = pat_new(ck, PAT_WILD, p, ck->t_error);
    r->range.inclusive = p->flags & AF_INCLUSIVE;
    if (!lit_value(ck, p->prange.lo, r->range.lo) || !lit_value(ck, p->prange.hi, r->range.hi))
        return pat_bad(ck, p, type, "this range");
    lit_fit(ck, r->range.lo, type, p);
    lit_fit(ck, r->range.hi, type, p);
    if (r->range.lo->kind == PAT_WILD || r->range.hi->kind == PAT_WILD) r->kind = PAT_WILD;
    return r;
}

/* ---- variants ---- */

static Symbol *find_variant(Checker *ck, Type *t, const AstNames *path, TypeDecl **decl) {
    AstName last = vec_last(path);
    if (path->n > 1) {
        Symbol *s = module_symbol(ck, ck->fx->mod, path->v[0].name);
        for (u32 i = 1; i + 1 < path->n && s && s->kind == SYM_MODULE; i++)
            s = map_get(&s->module->scope, path->v[i].name);
        if (s && s->kind == SYM_ALIAS) {
            Type *al = ty_head(ck, resolve_type(ck, s->home, NULL, s->alias->alias.type));
            *decl = al->decl;
            return NULL;
        }
        if (s && s->kind == SYM_TYPE && s->type->kind == TY_ENUM) *decl = s->type;
        return s;
    }
    Symbol *v = variant_symbol(ck, ck->fx->mod, last.name);
    for (Symbol *s = v; s; s = s->variant.other)
        if (t->kind == TY_ENUM && s->variant.type == t->decl) {
            *decl = t->decl;
            return s;
        }
    if (t->kind == TY_ENUM)
        for (u32 i = 0; i < t->variant_count; i++)
            if (t->variants[i].name == last.name) {
                *decl = t->decl;
                return NULL;
            }
    if (v) *decl = v->variant.type;
    return v;
}

static Pattern *pat_variant(Checker *ck, const Ast *p, Type *type, TypeDecl *decl, Name name,
                            const AstList *args) {
    Type *t = ty_force(ck, type);
    if (t->kind == TY_VAR) {
        u32 n = decl->gens ? decl->gens->n : 0;
        Type **fresh = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++) fresh[i] = ty_fresh(ck, p->span, VD_INT, "values");
        ty_unify(ck, t, decl_type(ck, decl, fresh));
        t = ty_prune(ck, t);
    }
    if (t->kind == TY_OPTION && ty_head(ck, t->args[0])->decl == decl) {
        Pattern *some = pat_new(ck, PAT_SOME, p, t);
        some->inner = pat_variant(ck, p, t->args[0], decl, name, args);
        return some;
    }
    if (t->kind != TY_ENUM || t->decl != decl) {
        Str s = ty_text(ck, t);
        if (t->kind == TY_ERROR) return pat_new(ck, PAT_WILD, p, t);
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span,
                           "'%s' is a variant of '%s', but the value is %.*s", name->s.p,
                           decl->name->s.p, FMT(s));
        diag_label(d, p->span, "the value is %.*s", FMT(s));
        for (u32 i = 0; args && i < args->n; i++) check_pattern(ck, args->v[i], ck->t_error);
        return pat_new(ck, PAT_WILD, p, t);
    }
    type_expand(ck, t);
    u32 index = 0;
    while (index < t->variant_count && t->variants[index].name != name) index++;
    if (index == t->variant_count) {
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span, "enum '%s' has no variant '%s'",
                           decl->name->s.p, name->s.p);
        diag_label(d, p->span, "unknown variant");
        Map names = {0};
        for (u32 i = 0; i < t->variant_count; i++)
            map_put(ck->perm, &names, t->variants[i].name, t);
        const Map *maps[] = {&names};
        suggest(ck, d, name, maps, 1);
        for (u32 i = 0; args && i < args->n; i++) check_pattern(ck, args->v[i], ck->t_error);
        return pat_new(ck, PAT_WILD, p, t);
    }
    TyVariant *v = &t->variants[index];
    Pattern *r = pat_new(ck, PAT_VARIANT, p, t);
    r->variant.index = index;
    r->variant.n = v->n;
    r->variant.args = NEW_N(ck->perm, Pattern *, v->n + 1);
    u32 given = args ? args->n : 0;
    if (args && given != v->n) {
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span,
                           "variant '%s' has %u value%s, the pattern names %u", name->s.p, v->n,
                           v->n == 1 ? "" : "s", given);
        diag_label(d, p->span, "the counts do not match");
    }
    for (u32 i = 0; i < given; i++) {
        Pattern *a = check_pattern(ck, args->v[i], i < v->n ? v->fields[i].type : ck->t_error);
        if (i < v->n) r->variant.args[i] = a;
    }
    return r;
}

/* Some, None, Ok, Err against options and results. */
static Pattern *pat_wrapper(Checker *ck, const Ast *p, Type *type, Name name, const AstList *args) {
    bool option = name == ck->n.Some || name == ck->n.None || name == ck->n.none;
    Type *t = ty_force(ck, type);
    if (t->kind == TY_VAR) {
        Type *a = ty_fresh(ck, p->span, VD_INT, "values"),
             *b = ty_fresh(ck, p->span, VD_STRING, "errors");
        ty_unify(ck, t, option ? type_1(ck->ts, TY_OPTION, a) : type_2(ck->ts, TY_RESULT, a, b));
        t = ty_prune(ck, t);
    }
    if (t->kind != (option ? TY_OPTION : TY_RESULT)) {
        for (u32 i = 0; args && i < args->n; i++) check_pattern(ck, args->v[i], ck->t_error);
        return pat_bad(ck, p, t, name->s.p);
    }
    bool none = name == ck->n.None || name == ck->n.none;
    PatternKind kind = none                 ? PAT_NONE
                       : name == ck->n.Some ? PAT_SOME
                       : name == ck->n.Ok   ? PAT_OK
                                            : PAT_ERR;
    Pattern *r = pat_new(ck, kind, p, t);
    u32 want = none ? 0 : 1, given = args ? args->n : 0;
    if (given != want && !(args == NULL && want == 1)) {
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span, "%s takes %u pattern%s, got %u",
                           name->s.p, want, want == 1 ? "" : "s", given);
        diag_label(d, p->span, "the counts do not match");
    }
    if (want) {
        Type *inner = t->args[kind == PAT_ERR ? 1 : 0];
        r->inner = given ? check_pattern(ck, args->v[0], inner) : pat_new(ck, PAT_WILD, p, inner);
    }
    return r;
}

static bool is_wrapper(Checker *ck, Name n) {
    return n == ck->n.Some || n == ck->n.None || n == ck->n.none || n == ck->n.Ok || n == ck->n.Err;
}

static Pattern *pat_name(Checker *ck, const Ast *p, Type *type, const AstNames *path,
                         const AstList *args) {
    Name name = vec_last(path).name;
    Type *t = ty_force(ck, type);
    type_expand(ck, t);
    TypeDecl *decl = NULL;
    if (t->kind != TY_OPTION && t->kind != TY_RESULT)
        find_variant(ck, t, path, &decl);
    else if (path->n > 1 || !is_wrapper(ck, name))
        find_variant(ck, t, path, &decl);
    if (decl && !(path->n == 1 && is_wrapper(ck, name) && t->decl != decl))
        return pat_variant(ck, p, type, decl, name, args);
    if (path->n == 1 && is_wrapper(ck, name)) return pat_wrapper(ck, p, type, name, args);
    if (path->n == 1 && !args) return pat_bind(ck, p, name, path->v[0].span, t);
    Diag *d =
        diag_new(ck->ds, E_BAD_PATTERN, p->span, "Unknown variant '%s' in a pattern", name->s.p);
    diag_label(d, p->span, "no enum here has it");
    const Map *maps[] = {&ck->fx->mod->variants};
    suggest(ck, d, name, maps, 1);
    for (u32 i = 0; args && i < args->n; i++) check_pattern(ck, args->v[i], ck->t_error);
    return pat_new(ck, PAT_WILD, p, t);
}

/* ---- structures ---- */

static Pattern *pat_struct(Checker *ck, const Ast *p, Type *type) {
    Type *t = ty_force(ck, type);
    Name name = vec_last(&p->pstruct.path).name;
    Symbol *s = module_symbol(ck, ck->fx->mod, name);
    if (s && s->kind == SYM_TYPE && s->type->kind == TY_STRUCT && t->kind == TY_VAR) {
        u32 n = s->type->gens ? s->type->gens->n : 0;
        Type **fresh = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++) fresh[i] = ty_fresh(ck, p->span, VD_INT, "values");
        ty_unify(ck, t, decl_type(ck, s->type, fresh));
        t = ty_prune(ck, t);
    }
    bool fits = t->kind == TY_STRUCT && t->name == name;
    Pattern *r = fits ? pat_new(ck, PAT_STRUCT, p, t) : pat_bad(ck, p, t, "this struct pattern");
    if (fits) {
        type_expand(ck, t);
        r->tuple.n = t->field_count;
        r->tuple.elems = NEW_N(ck->perm, Pattern *, t->field_count + 1);
    }
    for (u32 i = 0; i < p->pstruct.fields.n; i++) {
        AstArg *f = &p->pstruct.fields.v[i];
        u32 at = 0;
        Type *ft = fits ? struct_field(ck, t, f->name, &at) : ck->t_error;
        if (!ft) {
            Diag *d = diag_new(ck->ds, E_BAD_PATTERN, f->name_span, "struct '%s' has no field '%s'",
                               name->s.p, f->name->s.p);
            diag_label(d, f->name_span, "unknown field");
            ft = ck->t_error;
        }
        Ast bind = {.kind = AST_P_NAME, .span = f->name_span};
        Pattern *q = f->value ? check_pattern(ck, f->value, ft)
                              : pat_bind(ck, &bind, f->name, f->name_span, ft);
        if (fits && ft->kind != TY_ERROR) r->tuple.elems[at] = q;
    }
    return r;
}

static Pattern *pat_tuple(Checker *ck, const Ast *p, Type *type) {
    Type *t = ty_force(ck, type);
    u32 n = p->plist.elems.n;
    if (n == 1) return check_pattern(ck, p->plist.elems.v[0], type);
    if (t->kind == TY_VAR) {
        Type **parts = NEW_N(ck->perm, Type *, n);
        for (u32 i = 0; i < n; i++) parts[i] = ty_fresh(ck, p->span, VD_INT, "elements");
        ty_unify(ck, t, type_make(ck->ts, TY_TUPLE, parts, n));
        t = ty_prune(ck, t);
    }
    bool fits = t->kind == TY_TUPLE && t->n == n;
    Pattern *r = fits ? pat_new(ck, PAT_TUPLE, p, t) : pat_bad(ck, p, t, "this tuple pattern");
    if (fits) {
        r->tuple.n = n;
        r->tuple.elems = NEW_N(ck->perm, Pattern *, n);
    }
    for (u32 i = 0; i < n; i++) {
        Pattern *q = check_pattern(ck, p->plist.elems.v[i], fits ? t->args[i] : ck->t_error);
        if (fits) r->tuple.elems[i] = q;
    }
    return r;
}

static Pattern *pat_array(Checker *ck, const Ast *p, Type *type) {
    Type *t = ty_force(ck, type);
    if (t->kind == TY_VAR) {
        ty_unify(ck, t, type_1(ck->ts, TY_ARRAY, ty_fresh(ck, p->span, VD_INT, "elements")));
        t = ty_prune(ck, t);
    }
    bool fits = t->kind == TY_ARRAY;
    Pattern *r = fits ? pat_new(ck, PAT_ARRAY, p, t) : pat_bad(ck, p, t, "this array pattern");
    u32 n = p->plist.elems.n;
    Pattern **elems = NEW_N(ck->perm, Pattern *, n + 1);
    u32 k = 0;
    for (u32 i = 0; i < n; i++) {
        const Ast *q = p->plist.elems.v[i];
        if (q->kind != AST_P_REST) {
            elems[k++] = check_pattern(ck, q, fits ? t->args[0] : ck->t_error);
            continue;
        }
        if (!fits) continue;
        if (r->array.has_rest) {
            Diag *d = diag_new(ck->ds, E_BAD_PATTERN, q->span, "two rests in one array pattern");
            diag_label(d, q->span, "only one ... is possible");
        }
        r->array.has_rest = true;
        r->array.rest_at = k;
        if (q->prest.name.name && q->prest.name.name != ck->n.underscore)
            r->array.rest = local_new(ck, q->prest.name.name, q->prest.name.span, t);
    }
    if (fits) {
        r->array.elems = elems;
        r->array.n = k;
    }
    return r;
}

/* Alternatives bind the same names: the Locals of the first are given to the others. */
static void share_binds(Checker *ck, Pattern *p, Scope *s, u32 from, u32 to);

static void share_list(Checker *ck, Pattern **v, u32 n, Scope *s, u32 from, u32 to) {
    for (u32 i = 0; i < n; i++)
        if (v[i]) share_binds(ck, v[i], s, from, to);
}

static void share_binds(Checker *ck, Pattern *p, Scope *s, u32 from, u32 to) {
    switch (p->kind) {
    case PAT_BIND:
        for (u32 i = from; i < to; i++)
            if (s->locals.v[i]->name == p->bind->name) {
                if (!ty_unify(ck, s->locals.v[i]->type, p->bind->type)) {
                    Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span,
                                       "'%s' has another type in the first alternative",
                                       p->bind->name->s.p);
                    diag_label(d, p->span, "different type");
                }
                p->bind = s->locals.v[i];
            }
        break;
    case PAT_SOME:
    case PAT_OK:
    case PAT_ERR: share_binds(ck, p->inner, s, from, to); break;
    case PAT_VARIANT: share_list(ck, p->variant.args, p->variant.n, s, from, to); break;
    case PAT_TUPLE:
    case PAT_STRUCT: share_list(ck, p->tuple.elems, p->tuple.n, s, from, to); break;
    case PAT_ARRAY: share_list(ck, p->array.elems, p->array.n, s, from, to); break;
    case PAT_OR: share_list(ck, p->alts.alts, p->alts.n, s, from, to); break;
    case PAT_WILD:
    case PAT_INT:
    case PAT_FLOAT:
    case PAT_STR:
    case PAT_BOOL:
    case PAT_RANGE:
    case PAT_NONE: break;
    }
}

/* Every alternative binds the names of the first one: locals [from, first) against [before, ...).
 */
static void alternative_names(Checker *ck, const Ast *p, u32 from, u32 first, u32 before) {
    Scope *s = ck->fx->scope;
    Name odd = NULL;
    bool extra = false;
    for (u32 i = before; i < s->locals.n; i++) {
        u32 k = from;
        while (k < first && s->locals.v[k]->name != s->locals.v[i]->name) k++;
        s->locals.v[i]->used = true;
        if (k == first) odd = s->locals.v[i]->name, extra = true;
    }
    for (u32 k = from; k < first; k++) {
        u32 i = before;
        while (i < s->locals.n && s->locals.v[k]->name != s->locals.v[i]->name) i++;
        if (i == s->locals.n) odd = s->locals.v[k]->name, extra = false;
    }
    if (!odd) return;
    Diag *d = diag_new(ck->ds, E_BAD_PATTERN, p->span, "alternatives bind different names");
    diag_label(d, p->span, extra ? "the first alternative does not bind '%s'"
                                 : "this one does not bind '%s'", odd->s.p);
    diag_hint(d, "each alternative must bind the same names; `_` takes what is not needed");
}

static Pattern *pat_or(Checker *ck, const Ast *p, Type *type) {
    Pattern *r = pat_new(ck, PAT_OR, p, type);
    r->alts.n = p->plist.elems.n;
    r->alts.alts = NEW_N(ck->perm, Pattern *, r->alts.n);
    Scope *s = ck->fx->scope;
    u32 from = s->locals.n, first = from;
    for (u32 i = 0; i < r->alts.n; i++) {
        u32 before = s->locals.n;
        r->alts.alts[i] = check_pattern(ck, p->plist.elems.v[i], type);
        if (i == 0) {
            first = s->locals.n;
            continue;
        }
        alternative_names(ck, p->plist.elems.v[i], from, first, before);
        share_binds(ck, r->alts.alts[i], s, from, first);
        s->locals.n = before;
    }
    return r;
}

Pattern *check_pattern(Checker *ck, const Ast *p, Type *type) {
    type = ty_head(ck, type);
    switch ((int)p->kind) {
    case AST_P_NAME: return pat_name(ck, p, type, &p->pname.path, NULL);
    case AST_P_CTOR: return pat_name(ck, p, type, &p->pctor.path, &p->pctor.args);
    case AST_P_STRUCT: return pat_struct(ck, p, type);
    case AST_P_LIT: return pat_lit(ck, p, type);
    case AST_P_RANGE: return pat_range(ck, p, type);
    case AST_P_OR: return pat_or(ck, p, type);
    case AST_P_TUPLE: return pat_tuple(ck, p, type);
    case AST_P_ARRAY: return pat_array(ck, p, type);
    }
    return pat_new(ck, PAT_WILD, p, type);
}
