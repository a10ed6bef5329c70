/* coerce.c - conversions at conversion sites, joins of branches, and the messages when they fail.
 * The table is language.md, "Conversions". A conversion whose ends are not known yet leaves a CAST
 * node with CAST_NONE that is filled when they are. */
#include "checker.h"

typedef struct CoerceData {
    Site site;
    Span at;
} CoerceData;

void blame_label(Checker *ck, Diag *d) {
    if (!ck->blame) return;
    VarInfo *v = &ck->vars.v[ck->blame - 1];
    if (!v->origin.file) return;
    Str t = ty_text(ck, type_var(ck->ts, ck->blame - 1));
    diag_label(d, v->origin, "nothing says what the %s here are; %.*s was assumed",
               v->of ? v->of : "values", FMT(t));
    diag_hint(d, "write the type, for example `xs: [string] = []`");
}

static Name elem_site_type(Checker *ck, const Site *s, u32 arg, Str *text) {
    *text = S("");
    if (s->whole) {
        Type *w = ty_head(ck, s->whole);
        if (arg < w->n) *text = ty_text(ck, w->args[arg]);
    }
    return NULL;
}

/* Title and message by kind of site. */
static Diag *mismatch_diag(Checker *ck, Type *from, Type *to, const Site *s, Span at) { /* table */
    Str f = ty_text(ck, from), t = ty_text(ck, to), w;
    switch (s->kind) {
    case SITE_RETURN:
        return diag_new(ck->ds, E_RETURN_TYPE, at, "Return type mismatch%s",
                        to->kind == TY_BOOL && ck->fx && ck->fx->outer
                            ? ": a predicate must return bool" : "");
    case SITE_ASSIGN:
        return diag_new(ck->ds, E_ASSIGN_TYPE, at, "Type mismatch in assignment%s%s%s",
                        s->name ? " to '" : "", s->name ? s->name->s.p : "", s->name ? "'" : "");
    case SITE_PUSH:
        elem_site_type(ck, s, 0, &w);
        return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Cannot push %.*s into array of %.*s", FMT(f),
                        FMT(w));
    case SITE_SEND:
        return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Cannot send %.*s through a channel of %.*s",
                        FMT(f), FMT(t));
    case SITE_STORE:
        if (s->whole && ty_is(ck, s->whole, TY_MAP))
            return diag_new(ck->ds, E_TYPE_MISMATCH, at,
                            "Cannot store %.*s in map with values of %.*s", FMT(f), FMT(t));
        return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Cannot store %.*s in array of %.*s", FMT(f),
                        FMT(t));
    case SITE_MAP_KEY: return diag_new(ck->ds, E_BAD_INDEX, at, "Map index must be %.*s", FMT(t));
    case SITE_MAP_ELEM:
        return diag_new(ck->ds, E_INCONSISTENT, at,
                        "Map keys and values must have consistent types");
    case SITE_ELEM:
        if (to->kind == TY_FUTURE && from->kind != TY_FUTURE)
            return diag_new(ck->ds, E_NOT_FUTURE, at, "the array must hold futures, not %.*s",
                            FMT(f));
        return diag_new(ck->ds, E_INCONSISTENT, at, "Array elements must have consistent types");
    case SITE_PREDICATE:
        if (to->kind != TY_FN || !ty_is(ck, to->args[to->n - 1], TY_BOOL))
            return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Type mismatch in the function for '%s'",
                            s->name->s.p);
        return diag_new(ck->ds, E_TYPE_MISMATCH, at, "%s: predicate must return bool",
                        s->name->s.p);
    case SITE_GET_DEFAULT:
        return diag_new(ck->ds, E_TYPE_MISMATCH, at,
                        "map.get default is %.*s but the map's values are %.*s", FMT(f), FMT(t));
    case SITE_UNWRAP_DEFAULT:
        return diag_new(ck->ds, E_TYPE_MISMATCH, at,
                        "unwrap_or default is %.*s but the value is %.*s", FMT(f), FMT(t));
    case SITE_FIELD:
        return diag_new(ck->ds, E_STRUCT_FIELDS, at,
                        "field '%s' of struct '%s' expects %.*s, got %.*s", s->name->s.p,
                        s->owner->s.p, FMT(t), FMT(f));
    case SITE_BRANCH:
        return diag_new(ck->ds, E_BRANCH_TYPES, at,
                        "Type mismatch: the branches have different types");
    case SITE_ARG:
    case SITE_EXTERN_ARG:
        if (s->owner && s->name)
            return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Type mismatch in argument '%s' of '%s'",
                            s->name->s.p, s->owner->s.p);
        break;
    case SITE_DECL:
    case SITE_DEFAULT:
    case SITE_COND: break;
    }
    return diag_new(ck->ds, E_TYPE_MISMATCH, at, "Type mismatch");
}

static void mismatch_hint(Checker *ck, Diag *d, Type *from, Type *to) {
    if (from->kind == TY_FUTURE && from->args[0] == to)
        diag_hint(d, "this is the future, not its value: write `await`");
    else if (to->kind == TY_STRING && from->kind != TY_VOID)
        diag_hint(d, "convert with .to_string()");
    else if (to->kind == TY_INT && from->kind == TY_STRING)
        diag_hint(d, "convert with .to_int(), which panics on text that is no number");
    else if (to->kind == TY_INT && from->kind == TY_FLOAT)
        diag_hint(d, "convert with .to_int(), which drops the fraction");
    else if (to->kind == TY_FLOAT && from->kind == TY_STRING)
        diag_hint(d, "convert with .to_float()");
    else if (from->kind == TY_OPTION && from->args[0] == to)
        diag_hint(d,
                  "the value may be none: use `?? default`, .unwrap() or `if let Some(x) = ...`");
    else if (from->kind == TY_RESULT && from->args[0] == to)
        diag_hint(d, "the value may be an error: use `?`, .unwrap() or a match");
    else if (from->kind == TY_STRUCT && to->kind == TY_TRAIT && impl_find(ck, from, to->decl))
        diag_hint(d, "say that the type is the trait, as in `xs: [%s] = [...]`", to->name->s.p);
    else if (from->kind == TY_STRUCT && to->kind == TY_TRAIT)
        diag_hint(d, "write `impl %s for %s { ... }`", to->name->s.p, from->name->s.p);
}

static void mismatch(Checker *ck, Type *from, Type *to, const Site *s, Span at) {
    from = ty_zonk(ck, from);
    to = ty_zonk(ck, to);
    if (from->kind == TY_ERROR || to->kind == TY_ERROR) return;
    Diag *d = mismatch_diag(ck, from, to, s, at);
    Str f = ty_text(ck, from), t = ty_text(ck, to);
    diag_label(d, at, "Got: %.*s", FMT(f));
    if (s->decl.file)
        diag_label(d, s->decl, "Expected: %.*s", FMT(t));
    else
        diag_note(d, "Expected: %.*s", FMT(t));
    if (from->kind == TY_VOID)
        diag_hint(d, "this call gives no value");
    else
        mismatch_hint(ck, d, from, to);
    blame_label(ck, d);
}

/* ---- traits ---- */

ImplDecl *impl_find(Checker *ck, Type *t, TypeDecl *trait) {
    for (u32 i = 0; i < ck->impls.n; i++) {
        ImplDecl *im = ck->impls.v[i];
        if (im->trait == trait && im->for_kind == t->kind && im->for_decl == t->decl) return im;
    }
    return NULL;
}

bool type_implements(Checker *ck, Type *t, TypeDecl *trait) {
    return t->kind == TY_ERROR || (t->kind == TY_TRAIT && t->decl == trait) ||
           impl_find(ck, t, trait);
}

/* ---- the table ---- */

typedef enum CoerceResult { CO_OK, CO_WAIT, CO_NO } CoerceResult;

bool is_numbered(const Type *t) {
    if (t->kind == TY_STRUCT) return t->decl->module->is_std && str_eq(t->name->s, S("CsvTable"));
    return t->kind == TY_CHANNEL || t->kind == TY_HANDLE;
}

/* fn(A) -> R where fn(A) -> void, bool or int is expected. */
static CoerceResult coerce_fn(Checker *ck, Tree *cast, Type *from, Type *to) {
    if (from->n != to->n) return CO_NO;
    Type *want = ty_prune(ck, to->args[to->n - 1]), *got = ty_prune(ck, from->args[from->n - 1]);
    bool adapt = want->kind == TY_VOID && got->kind != TY_VOID && got->kind != TY_VAR;
    adapt |= (want->kind == TY_BOOL && got->kind == TY_INT) ||
             (want->kind == TY_INT && got->kind == TY_BOOL);
    for (u32 i = 0; i + 1 < to->n; i++)
        if (!ty_unify(ck, from->args[i], to->args[i])) return CO_NO;
    if (!adapt) return ty_unify(ck, got, want) ? CO_OK : CO_NO;
    cast->cast.how = CAST_FN_VOID;
    return CO_OK;
}

static CoerceResult coerce_now(Checker *ck, Tree *cast, Type *from, Type *to, const CoerceData *cd);

/* T -> T?: the inner conversion first, then Some. */
static CoerceResult coerce_some(Checker *ck, Tree *cast, Type *from, Type *to,
                                const CoerceData *cd) {
    Type *inner = ty_prune(ck, to->args[0]);
    if (inner->kind == TY_VAR && !ty_unify(ck, inner, from)) return CO_NO;
    inner = ty_prune(ck, inner);
    Tree *in = tn(ck, TN_CAST, cast->span, inner);
    in->cast.e = cast->cast.e;
    if (coerce_now(ck, in, from, inner, cd) != CO_OK) return CO_NO;
    cast->cast.how = CAST_SOME;
    cast->cast.e = in;
    return CO_OK;
}

static CoerceResult to_trait(Checker *ck, Tree *cast, Type *from, Type *to) {
    if (!impl_find(ck, from, to->decl)) return CO_NO;
    cast->cast.how = CAST_TRAIT;
    PendingVtable pv = {cast, from, to};
    vec_push(ck->perm, &ck->vtables, pv);
    return CO_OK;
}

static void warn_future(Checker *ck, Type *from, const CoerceData *cd) {
    if (from->kind != TY_FUTURE || cd->site.kind != SITE_ARG) return;
    Diag *d = diag_new(ck->ds, W_FUTURE_AS_INT, cd->at,
                       "this passes the future, not its value: write await");
    diag_label(d, cd->at, "a future");
}

static CoerceResult coerce_now(Checker *ck, Tree *cast, Type *from, Type *to,
                               const CoerceData *cd) {
    SiteKind site = cd->site.kind;
    if (from == to || from->kind == TY_ERROR || to->kind == TY_ERROR) return CO_OK;
    if (from->kind == TY_NEVER) {
        cast->cast.how = CAST_NEVER;
        return CO_OK;
    }
    if (from->kind == TY_VAR || to->kind == TY_VAR) return CO_WAIT;
    if (to->kind == TY_OPTION && from->kind != TY_OPTION && from->kind != TY_VOID)
        return coerce_some(ck, cast, from, to, cd);
    if (to->kind == TY_FLOAT && from->kind == TY_INT) {
        cast->cast.how = CAST_INT_FLOAT;
        return CO_OK;
    }
    if (to->kind == TY_INT && from->kind == TY_BOOL && site != SITE_ELEM && site != SITE_MAP_ELEM) {
        cast->cast.how = CAST_BOOL_INT;
        return CO_OK;
    }
    if (to->kind == TY_BOOL && from->kind == TY_INT &&
        (site == SITE_ARG || site == SITE_RETURN || site == SITE_PREDICATE)) {
        cast->cast.how = CAST_INT_BOOL;
        return CO_OK;
    }
    if (to->kind == TY_INT && (from->kind == TY_FUTURE || is_numbered(from))) {
        warn_future(ck, from, cd);
        cast->cast.how = CAST_HANDLE_INT;
        return CO_OK;
    }
    if (to->kind == TY_PTR && from->kind == TY_STRING && site == SITE_EXTERN_ARG) {
        cast->cast.how = CAST_STR_PTR;
        return CO_OK;
    }
    if (to->kind == TY_TRAIT && from->kind != TY_TRAIT) return to_trait(ck, cast, from, to);
    if (to->kind == TY_FN && from->kind == TY_FN) return coerce_fn(ck, cast, from, to);
    return ty_unify(ck, from, to) ? CO_OK : CO_NO;
}

static bool coerce_run(Checker *ck, Constraint *c, bool force) {
    const CoerceData *cd = c->data;
    Type *from = ty_prune(ck, c->a), *to = ty_prune(ck, c->b);
    if (force && (from->kind == TY_VAR || to->kind == TY_VAR)) {
        if (!ty_unify(ck, from, to)) {
            Diag *d = diag_new(ck->ds, E_INFINITE_TYPE, cd->at, "This type would contain itself");
            diag_label(d, cd->at, "used here inside its own type");
        }
        return true;
    }
    switch (coerce_now(ck, c->node, from, to, cd)) {
    case CO_OK: return true;
    case CO_NO: mismatch(ck, from, to, &cd->site, cd->at); return true;
    case CO_WAIT: break;
    }
    if (from->kind == TY_VAR) con_wait(ck, c, from);
    if (to->kind == TY_VAR && to != from) con_wait(ck, c, to);
    return false;
}

/* An int literal where a float is wanted is a float. */
static bool literal_to_float(Checker *ck, Tree *e) {
    if (e->kind == TN_UNARY && e->unary.op == OP_NEG && literal_to_float(ck, e->unary.e)) {
        e->type = ck->t_float;
        return true;
    }
    if (e->kind != TN_INT) return false;
    double v = (double)e->int_.value;
    e->kind = TN_FLOAT;
    e->float_.value = v;
    e->type = ck->t_float;
    return true;
}

Tree *coerce(Checker *ck, Tree *e, Type *to, Site site) {
    if (e->type == to) return e;
    Type *from = ty_head(ck, e->type);
    Type *head = ty_head(ck, to);
    if (from == head || from->kind == TY_ERROR || head->kind == TY_ERROR) return e;
    if (head->kind == TY_FLOAT && from->kind == TY_INT && literal_to_float(ck, e)) return e;
    Tree *cast = tn(ck, TN_CAST, e->span, to);
    cast->cast.e = e;
    CoerceData *cd = NEW(ck->perm, CoerceData);
    cd->site = site;
    cd->at = e->span;
    Constraint *c = con_new(ck, CON_COERCE, coerce_run, cast);
    c->a = from;
    c->b = head;
    c->data = cd;
    con_start(ck, c);
    return c->done && cast->cast.how == CAST_NONE ? e : cast;
}

/* ---- joins ---- */

Type *join_types(Checker *ck, Type *a, Type *b, bool elements) {
    a = ty_head(ck, a);
    b = ty_head(ck, b);
    if (a == b || b->kind == TY_NEVER || b->kind == TY_ERROR) return a;
    if (a->kind == TY_NEVER || a->kind == TY_ERROR) return b;
    if (a->kind == TY_VAR || b->kind == TY_VAR) return ty_unify(ck, a, b) ? a : NULL;
    if ((a->kind == TY_INT && b->kind == TY_FLOAT) || (a->kind == TY_FLOAT && b->kind == TY_INT))
        return ck->t_float;
    if (!elements &&
        ((a->kind == TY_INT && b->kind == TY_BOOL) || (a->kind == TY_BOOL && b->kind == TY_INT)))
        return ck->t_int;
    if (a->kind == TY_OPTION && b->kind != TY_OPTION) return ty_unify(ck, a->args[0], b) ? a : NULL;
    if (b->kind == TY_OPTION && a->kind != TY_OPTION) return ty_unify(ck, b->args[0], a) ? b : NULL;
    return ty_unify(ck, a, b) ? a : NULL;
}

/* Brings n values to one type: the wanted one when known, else their join. Each slot is rewritten.
 */
Type *join_list(Checker *ck, Tree ***slots, u32 n, Type *want, Span span, SiteKind kind) {
    Type *head = want ? ty_head(ck, want) : NULL;
    bool elements = kind != SITE_BRANCH;
    if (!head || head->kind == TY_VAR) {
        Type *acc = ck->t_never;
        for (u32 i = 0; i < n; i++) {
            Tree *e = *slots[i];
            Type *next = join_types(ck, acc, e->type, elements);
            if (!next) {
                Site s = {kind, NULL, NULL, (*slots[0])->span, NULL};
                mismatch(ck, e->type, acc, &s, e->span);
                return ck->t_error;
            }
            acc = next;
        }
        head = acc;
    }
    u32 errors =
        ck->ds->errors; /* after the first that does not fit the others are not looked at */
    for (u32 i = 0; i < n; i++)
        *slots[i] = ck->ds->errors > errors
                        ? tn_error(ck, (*slots[i])->span)
                        : coerce(ck, *slots[i], head, (Site){kind, NULL, NULL, {0, 0, 0}, NULL});
    (void)span;
    return head;
}

void vtable_fill(Checker *ck) {
    for (u32 i = 0; i < ck->vtables.n; i++) {
        PendingVtable pv = ck->vtables.v[i];
        Type *from = ty_ground(ck, pv.from);
        TypeDecl *trait = pv.trait->decl;
        Tree *node = pv.node;
        node->cast.vtable_count = trait->trait_fns.n;
        node->cast.vtable = NEW_N(ck->perm, Fn *, trait->trait_fns.n);
        for (u32 m = 0; m < trait->trait_fns.n; m++) {
            FnDecl *d =
                owner_method(&impl_find(ck, from, trait)->methods, trait->trait_fns.v[m]->name);
            Type **args = from->args;
            if (!d) d = trait->trait_fns.v[m], args = &from;
            node->cast.vtable[m] = fn_instance(ck, d, args, node->span);
        }
    }
    ck->vtables.n = 0;
}
