/* infer.c - the constraint store: type variables, unification, waiting constraints, defaults.
 * A constraint waits on one variable (or two); binding a variable moves its waiters to `ready`,
 * which infer_drain takes up. Each default fixes a variable, so solving ends. */
#include "checker.h"
#include <string.h>

Type *ty_fresh(Checker *ck, Span origin, VarDefault def, const char *of) {
    VarInfo v = {0};
    v.origin = origin;
    v.def = def;
    v.of = of;
    vec_push(ck->perm, &ck->vars, v);
    return type_var(ck->ts, ck->vars.n - 1);
}

Type *ty_prune(Checker *ck, Type *t) {
    while (t->kind == TY_VAR && ck->vars.v[t->var].bound) {
        Type *next = ck->vars.v[t->var].bound;
        if (next->kind == TY_VAR && ck->vars.v[next->var].bound)
            ck->vars.v[t->var].bound = ck->vars.v[next->var].bound;
        t = next;
    }
    return t;
}

Type *ty_head(Checker *ck, Type *t) {
    t = ty_prune(ck, t);
    if (t->kind != TY_VAR) return t;
    infer_drain(ck);
    return ty_prune(ck, t);
}

bool ty_is(Checker *ck, Type *t, TyKind k) { return ty_head(ck, t)->kind == k; }

static Type *default_of(Checker *ck, Type *var) {
    switch (ck->vars.v[var->var].def) {
    case VD_INT: return ck->t_int;
    case VD_STRING: return ck->t_string;
    case VD_VOID: return ck->t_void;
    }
    UNREACHABLE();
}

/* --lint: a type that nothing said. */
static void lint_default(Checker *ck, VarInfo *v, Type *t) {
    v->defaulted = true;
    if (!ck->opt->lint || !v->of || !v->origin.file) return;
    if (source_file(ck->ds->sources, v->origin.file)->is_std) return;
    bool shown = !strcmp(v->of, "elements") || !strcmp(v->of, "values") || !strcmp(v->of, "keys") ||
                 !strcmp(v->of, "parameters");
    if (!shown) return;
    Str text = type_text(ck->perm, t);
    Diag *d = diag_new(ck->ds, L_DEFAULTED, v->origin,
                       "nothing says what the %s here are; %.*s was assumed", v->of, FMT(text));
    diag_label(d, v->origin, "%s of type %.*s", v->of, FMT(text));
    if (strcmp(v->of, "parameters") == 0) diag_hint(d, "write the type, as in `|x: string| ...`");
    else diag_hint(d, "write the type, as in `%s`",
                   strcmp(v->of, "elements") == 0 ? "xs: [string] = []" : "m: {string: int} = {}");
}

static Type *rebuild(Checker *ck, Type *t, bool ground) {
    if (!t->has_var) return t;
    t = ty_prune(ck, t);
    if (t->kind == TY_VAR) {
        if (!ground) return t;
        lint_default(ck, &ck->vars.v[t->var], default_of(ck, t));
        return ck->vars.v[t->var].bound = default_of(ck, t);
    }
    if (!t->has_var) return t;
    Type *small[8], **args = t->n <= 8 ? small : NEW_N(ck->perm, Type *, t->n);
    for (u32 i = 0; i < t->n; i++) args[i] = rebuild(ck, t->args[i], ground);
    return type_named(ck->ts, t->kind, t->decl, t->name, args, t->n);
}

Type *ty_zonk(Checker *ck, Type *t) { return rebuild(ck, t, false); }
Type *ty_ground(Checker *ck, Type *t) { return rebuild(ck, t, true); }
Str ty_text(Checker *ck, Type *t) { return type_text(ck->perm, ty_zonk(ck, t)); }

static bool occurs(Checker *ck, Type *var, Type *t) {
    if (!t->has_var) return false;
    t = ty_prune(ck, t);
    if (t == var) return true;
    for (u32 i = 0; i < t->n; i++)
        if (occurs(ck, var, t->args[i])) return true;
    return false;
}

static void con_ready(Checker *ck, Constraint *c) {
    if (c->done || c->queued) return;
    c->queued = true;
    vec_push(ck->perm, &ck->ready, c);
}

static bool bind_var(Checker *ck, Type *var, Type *t) {
    if (occurs(ck, var, t)) return false;
    VarInfo *v = &ck->vars.v[var->var];
    v->bound = t;
    if (t->kind == TY_VAR) {
        VarInfo *w = &ck->vars.v[t->var];
        if (v->def != VD_INT && w->def == VD_INT) w->def = v->def;
        if (!w->of) w->of = v->of, w->origin = v->origin;
        if (!w->from) w->from = v->from;
        for (u32 i = 0; i < v->waiting.n; i++) vec_push(ck->perm, &w->waiting, v->waiting.v[i]);
    } else {
        for (u32 i = 0; i < v->waiting.n; i++) con_ready(ck, v->waiting.v[i]);
    }
    return true;
}

bool ty_unify(Checker *ck, Type *a, Type *b) {
    if (a == b) return true;
    a = ty_prune(ck, a);
    b = ty_prune(ck, b);
    if (a == b || a->kind == TY_ERROR || b->kind == TY_ERROR) return true;
    if (a->kind == TY_VAR) return bind_var(ck, a, b);
    if (b->kind == TY_VAR) return bind_var(ck, b, a);
    if (a->kind != b->kind || a->decl != b->decl || a->name != b->name || a->n != b->n)
        return false;
    bool ok = true;
    for (u32 i = 0; i < a->n; i++) ok &= ty_unify(ck, a->args[i], b->args[i]);
    return ok;
}

void ty_slot(Checker *ck, Type **slot) {
    if ((*slot)->has_var) vec_push(ck->perm, &ck->slots, slot);
}

/* ---- constraints ---- */

Constraint *con_new(Checker *ck, ConKind kind, bool (*run)(Checker *, Constraint *, bool),
                    Tree *node) {
    Constraint *c = NEW(ck->perm, Constraint);
    c->kind = kind;
    c->run = run;
    c->node = node;
    c->fx = ck->fx;
    return c;
}

static bool labelled(const Diag *d, Span at) {
    for (u32 i = 0; i < d->labels.n; i++)
        if (d->labels.v[i].span.file == at.file && d->labels.v[i].span.off == at.off) return true;
    return false;
}

/* Did the program itself write the name at that place, or did the library in between? */
static bool site_says(Checker *ck, Span site, const char *name) {
    const char *text = source_file(ck->ds->sources, site.file)->text.p + site.off;
    size_t n = strlen(name);
    for (size_t i = 0; i + n <= site.len; i++)
        if (memcmp(text + i, name, n) == 0) return true;
    return false;
}

/* One cause, one report: of two at the place of the report at i the later goes. Was it this one? */
static bool drop_repeated(Diags *ds, u32 i) {
    Span at = ds->list.v[i]->span;
    for (u32 k = 0; k < ds->list.n; k++) {
        const Diag *d = ds->list.v[k];
        if (k == i || d->span.file != at.file || d->span.off != at.off ||
            diag_severity(d->code) != SEV_ERROR)
            continue;
        bool later = k < i;
        for (u32 m = (later ? i : k) + 1; m < ds->list.n; m++) ds->list.v[m - 1] = ds->list.v[m];
        ds->list.n--;
        ds->errors--;
        return later;
    }
    return false;
}

/* An error inside an instance also says who asked for it; one in the library moves to that place.
 */
void infer_note_site(Checker *ck, FnCtx *fx, u32 from) {
    if (!fx || !fx->site.file) return;
    for (u32 i = from; i < ck->ds->list.n; i++) {
        Diag *d = ck->ds->list.v[i];
        if (!d->span.file || d->span.off == fx->site.off || diag_severity(d->code) != SEV_ERROR)
            continue;
        const char *name = fx->fn->name ? fx->fn->name->s.p : "this function";
        if (!source_file(ck->ds->sources, d->span.file)->is_std) {
            if (!fx->fn->name || labelled(d, fx->site)) continue;
            diag_label(d, fx->site, "the instance of '%s' is asked for here", name);
            continue;
        }
        Str old = d->message;
        d->span = fx->site;
        if (!fx->fn->name || !site_says(ck, fx->site, name))
            d->message = str_fmt(ck->perm, "these types do not fit: %.*s", FMT(old));
        else
            d->message = str_fmt(ck->perm, "'%s' does not fit these types: %.*s", name, FMT(old));
        d->labels.n = d->hints.n = 0;
        diag_label(d, fx->site, "called here");
        if (drop_repeated(ck->ds, i)) i--;
    }
}

static bool con_run(Checker *ck, Constraint *c, bool force) {
    if (c->done) return true;
    FnCtx *saved = ck->fx;
    u32 from = ck->ds->list.n;
    ck->fx = c->fx;
    c->done = c->run(ck, c, force);
    infer_note_site(ck, c->fx, from);
    ck->fx = saved;
    return c->done;
}

void con_start(Checker *ck, Constraint *c) {
    if (!con_run(ck, c, false)) vec_push(ck->perm, &ck->cons[c->kind], c);
}

void con_wait(Checker *ck, Constraint *c, Type *var) {
    var = ty_prune(ck, var);
    ASSERT(var->kind == TY_VAR);
    vec_push(ck->perm, &ck->vars.v[var->var].waiting, c);
}

void infer_drain(Checker *ck) {
    if (ck->draining) return;
    ck->draining = true;
    while (ck->ready_at < ck->ready.n) {
        Constraint *c = ck->ready.v[ck->ready_at++];
        c->queued = false;
        con_run(ck, c, false);
    }
    ck->ready.n = ck->ready_at = 0;
    ck->draining = false;
}

/* Settles what gives this variable its type, its own receiver first. */
static bool force_source(Checker *ck, u32 var) {
    Constraint *from = ck->vars.v[var].from;
    if (!from || from->done) return false;
    ck->vars.v[var].from = NULL; /* not again on the way */
    bool known = ty_force(ck, from->a)->kind != TY_VAR && con_run(ck, from, false);
    if (!known) ck->vars.v[var].from = from;
    return known;
}

/* Takes conversions to or from this variable as equalities, earliest first; then settles the member
 * or element it is the type of. */
Type *ty_force(Checker *ck, Type *t) {
    t = ty_head(ck, t);
    while (t->kind == TY_VAR) {
        VarInfo *v = &ck->vars.v[t->var];
        Constraint *first = NULL;
        for (u32 i = 0; i < v->waiting.n && !first; i++)
            if (!v->waiting.v[i]->done && v->waiting.v[i]->kind == CON_COERCE &&
                v->waiting.v[i]->run)
                first = v->waiting.v[i];
        bool moved = first && con_run(ck, first, true);
        if (!moved && !force_source(ck, t->var)) break;
        t = ty_head(ck, t);
    }
    return t;
}

/* The earliest constraint of a kind that settles when forced. */
static bool force_one(Checker *ck, ConKind kind) {
    for (u32 i = ck->con_cursor[kind]; i < ck->cons[kind].n; i++) {
        Constraint *c = ck->cons[kind].v[i];
        if (c->done) {
            if (i == ck->con_cursor[kind]) ck->con_cursor[kind]++;
            continue;
        }
        if (con_run(ck, c, true)) return true;
    }
    return false;
}

/* Rule 4: the default of the earliest variable that something waits for. */
static bool default_one(Checker *ck) {
    for (u32 i = 0; i < ck->vars.n; i++) {
        VarInfo *v = &ck->vars.v[i];
        if (v->bound) continue;
        bool waited = false;
        for (u32 k = 0; k < v->waiting.n && !waited; k++) waited = !v->waiting.v[k]->done;
        if (!waited) continue;
        Type *var = type_var(ck->ts, i);
        lint_default(ck, v, default_of(ck, var));
        ck->blame = i + 1;
        ty_unify(ck, var, default_of(ck, var));
        infer_drain(ck);
        ck->blame = 0;
        return true;
    }
    return false;
}

void infer_solve(Checker *ck) {
    for (;;) {
        infer_drain(ck);
        if (force_one(ck, CON_COERCE)) continue;
        if (force_one(ck, CON_ARITH)) continue;
        if (force_one(ck, CON_MEMBER)) continue;
        if (force_one(ck, CON_OTHER)) continue;
        if (!default_one(ck)) break;
    }
    for (u32 k = 0; k < CON_KINDS; k++) ck->cons[k].n = ck->con_cursor[k] = 0;
}

void infer_finish(Checker *ck) {
    for (u32 i = 0; i < ck->slots.n; i++) *ck->slots.v[i] = ty_ground(ck, *ck->slots.v[i]);
    ck->slots.n = 0;
}
