/* check_loop.c - while, for in all its forms, comprehensions. */
#include "checker.h"

static LoopCtx *loop_push(Checker *ck, Name label, bool parallel) {
    LoopCtx *l = NEW(ck->perm, LoopCtx);
    l->outer = ck->fx->loop;
    l->label = label;
    l->parallel = parallel;
    l->loop = NEW(ck->perm, TreeLoop);
    l->loop->id = ck->fx->loop_count++;
    return ck->fx->loop = l;
}

static void loop_pop(Checker *ck, LoopCtx *l) { ck->fx->loop = l->outer; }

static Tree *check_while(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_WHILE, s->span, ck->t_void);
    LoopCtx *l = loop_push(ck, s->while_.label.name, false);
    Scope *sc = scope_push(ck, false);
    sc->loop_body = true;
    t->while_.cond = check_cond(ck, s->while_.cond);
    t->while_.body = check_block(ck, s->while_.body, NULL, false, false);
    t->while_.loop = l->loop;
    scope_pop(ck, sc);
    loop_pop(ck, l);
    return t;
}

static Local *loop_var(Checker *ck, AstName n, Type *type) {
    if (!n.name || n.name == ck->n.underscore) return NULL;
    Local *l = local_new(ck, n.name, n.span, type);
    l->loop_var = true;
    return l;
}

/* Type of the element(s) of something iterated; waits while it is unknown. */
typedef struct IterData {
    Type *a, *b; /* of the variables; b NULL: one variable */
    Span span;
} IterData;

static bool iter_bind(Checker *ck, const IterData *d, Type *one, Type *first, Type *second) {
    if (!d->b) return ty_unify(ck, d->a, one);
    return first && ty_unify(ck, d->a, first) && ty_unify(ck, d->b, second);
}

static bool iter_next_method(Checker *ck, Type *t, Tree *loop, const IterData *d) {
    FnDecl *m = type_method(ck, t, ck->n.next);
    if (!m || d->b || (t->kind != TY_STRUCT && t->kind != TY_ENUM)) return false;
    Sig s = fn_sig(ck, m, t->args);
    Type *ret = s.ret ? ty_head(ck, s.ret) : ck->t_error;
    if (s.n != 1 || ret->kind != TY_OPTION) return false;
    if (m->gen_count == 0) {
        loop->for_in.next = fn_plain(ck, m);
    } else {
        Tree *ref = tn(ck, TN_FN, loop->span, ck->t_void);
        PendingCall pc = {ref, m, t->args, ck->instance_depth, fn_site(ck, ref->span)};
        vec_push(ck->perm, &ck->calls, pc);
        ref->kind = TN_ERROR;
        loop->for_in.next = NULL;
        vec_push(ck->perm, &ck->late, loop);
    }
    return ty_unify(ck, d->a, ret->args[0]);
}

static bool iter_run(Checker *ck, Constraint *c, bool force) { /* table */
    const IterData *d = c->data;
    Type *t = force ? ty_force(ck, c->a) : ty_prune(ck, c->a);
    bool ok = false;
    switch (t->kind) {
    case TY_VAR: con_wait(ck, c, t); return false;
    case TY_ERROR:
    case TY_NEVER:
        ty_unify(ck, d->a, ck->t_error);
        if (d->b) ty_unify(ck, d->b, ck->t_error);
        return true;
    case TY_ARRAY: ok = iter_bind(ck, d, t->args[0], ck->t_int, t->args[0]); break;
    case TY_MAP: ok = iter_bind(ck, d, t->args[0], t->args[0], t->args[1]); break;
    case TY_SET:
    case TY_CHANNEL:
    case TY_ITER: ok = iter_bind(ck, d, t->args[0], ck->t_int, t->args[0]); break;
    case TY_STRING: ok = iter_bind(ck, d, ck->t_string, ck->t_int, ck->t_string); break;
    default: ok = iter_next_method(ck, t, c->node, d); break;
    }
    if (ok) return true;
    Str s = ty_text(ck, t);
    Diag *g = diag_new(ck->ds, E_NOT_ITERABLE, d->span, "Cannot iterate over %.*s", FMT(s));
    diag_label(g, d->span, "Got: %.*s", FMT(s));
    if (t->kind == TY_INT)
        diag_hint(g, "count with a range: `for i in 0..n`");
    else
        diag_hint(g, "a for loop takes a range, array, map, set, string, channel, iterator, or a "
                     "type with next()");
    ty_unify(ck, d->a, ck->t_error);
    if (d->b) ty_unify(ck, d->b, ck->t_error);
    return true;
}

/* The loop statement without its body; binds the loop variables in the present scope. */
static Tree *for_range(Checker *ck, const Ast *lo, const Ast *hi, const Ast *step, bool inclusive,
                       AstName var, Span span) {
    Tree *t = tn(ck, TN_FOR_RANGE, span, ck->t_void);
    Site site = {.kind = SITE_DECL};
    t->for_range.lo = lo ? check_to(ck, lo, ck->t_int, site) : tn(ck, TN_INT, span, ck->t_int);
    t->for_range.hi = check_to(ck, hi, ck->t_int, site);
    t->for_range.step = step ? check_to(ck, step, ck->t_int, site) : NULL;
    t->for_range.inclusive = inclusive;
    t->for_range.var = loop_var(ck, var, ck->t_int);
    return t;
}

static bool is_call_of(Checker *ck, const Ast *e, Name name) {
    return e->kind == AST_CALL && e->call.fn->kind == AST_NAME && e->call.fn->name.name == name &&
           !local_find_here(ck->fx->scope, name) && !map_get(&ck->fx->mod->fns, name);
}

static Tree *for_zip(Checker *ck, const AstNames *names, const Ast *call, Span span) {
    Tree *t = tn(ck, TN_FOR_IN, span, ck->t_void);
    t->for_in.iter = check_value(ck, call->call.args.v[0].value, NULL);
    t->for_in.iter2 = check_value(ck, call->call.args.v[1].value, NULL);
    Type *elem[2];
    Tree *its[2] = {t->for_in.iter, t->for_in.iter2};
    for (int i = 0; i < 2; i++) {
        elem[i] = ty_fresh(ck, its[i]->span, VD_INT, "elements");
        if (!ty_unify(ck, its[i]->type, type_1(ck->ts, TY_ARRAY, elem[i]))) {
            Str s = ty_text(ck, its[i]->type);
            Diag *d = diag_new(ck->ds, E_NOT_ITERABLE, its[i]->span, "zip takes arrays, not %.*s",
                               FMT(s));
            diag_label(d, its[i]->span, "Got: %.*s", FMT(s));
        }
    }
    t->for_in.a = loop_var(ck, names->v[0], elem[0]);
    t->for_in.b = loop_var(ck, names->v[1], elem[1]);
    return t;
}

static Pattern *tuple_binding(Checker *ck, const AstNames *names, Type *type, Span span) {
    Type **parts = NEW_N(ck->perm, Type *, names->n);
    for (u32 i = 0; i < names->n; i++)
        parts[i] = ty_fresh(ck, names->v[i].span, VD_INT, "elements");
    Type *tuple = type_make(ck->ts, TY_TUPLE, parts, names->n);
    Pattern *p = NEW(ck->perm, Pattern);
    p->kind = PAT_TUPLE;
    p->span = span;
    p->type = tuple;
    ty_slot(ck, &p->type);
    if (!ty_unify(ck, type, tuple)) {
        Str s = ty_text(ck, type);
        Diag *d = diag_new(ck->ds, E_BAD_PATTERN, span, "Cannot take %.*s apart into %u names",
                           FMT(s), names->n);
        diag_label(d, span, "the elements are %.*s", FMT(s));
    }
    p->tuple.n = names->n;
    p->tuple.elems = NEW_N(ck->perm, Pattern *, names->n);
    for (u32 i = 0; i < names->n; i++) {
        Local *l = loop_var(ck, names->v[i], parts[i]);
        if (!l) continue;
        Pattern *q = NEW(ck->perm, Pattern);
        q->kind = PAT_BIND;
        q->span = names->v[i].span;
        q->type = parts[i];
        q->bind = l;
        ty_slot(ck, &q->type);
        p->tuple.elems[i] = q;
    }
    return p;
}

static Tree *for_each(Checker *ck, const AstNames *names, const Ast *iter, bool tuple, Span span) {
    Tree *t = tn(ck, TN_FOR_IN, span, ck->t_void);
    t->for_in.iter = check_value(ck, iter, NULL);
    Type *it = ty_head(ck, t->for_in.iter->type);
    IterData *d = NEW(ck->perm, IterData);
    d->span = iter->span;
    d->a = ty_fresh(ck, iter->span, VD_INT, "elements");
    bool pair = names->n == 2 && !(tuple && it->kind != TY_MAP);
    if (pair) d->b = ty_fresh(ck, iter->span, VD_INT, "values");
    Constraint *c = con_new(ck, CON_OTHER, iter_run, t);
    c->a = t->for_in.iter->type;
    c->data = d;
    con_start(ck, c);
    if (names->n > 2 || (tuple && !pair)) {
        t->for_in.pattern = tuple_binding(ck, names, d->a, span);
        return t;
    }
    t->for_in.a = loop_var(ck, names->v[0], d->a);
    if (!pair) return t;
    t->for_in.b = loop_var(ck, names->v[1], d->b);
    if (!t->for_in.b) t->for_in.b = local_temp(ck, d->b, names->v[1].span); /* `_` still counts */
    return t;
}

static Tree *for_head(Checker *ck, const AstNames *names, const Ast *iter, bool tuple, Span span) {
    if (iter->kind == AST_RANGE && names->n == 1)
        return for_range(ck, iter->range.lo, iter->range.hi, NULL, iter->flags & AF_INCLUSIVE,
                         names->v[0], span);
    if (is_call_of(ck, iter, ck->n.range) && names->n == 1) {
        const AstArgs *a = &iter->call.args;
        if (a->n >= 1 && a->n <= 3)
            return for_range(ck, a->n == 1 ? NULL : a->v[0].value, a->v[a->n == 1 ? 0 : 1].value,
                             a->n == 3 ? a->v[2].value : NULL, false, names->v[0], span);
    }
    if (is_call_of(ck, iter, ck->n.zip) && names->n == 2 && iter->call.args.n == 2)
        return for_zip(ck, names, iter, span);
    if (iter->kind == AST_RANGE) {
        Diag *d = diag_new(ck->ds, E_NOT_ITERABLE, iter->span, "a range gives one value at a time");
        diag_label(d, iter->span, "one loop variable is needed here");
        return tn_error(ck, span);
    }
    return for_each(ck, names, iter, tuple, span);
}

static void for_set_body(Tree *t, Tree *body, TreeLoop *loop, bool parallel) {
    if (t->kind == TN_FOR_RANGE) {
        t->for_range.body = body;
        t->for_range.loop = loop;
        t->for_range.parallel = parallel;
    } else if (t->kind == TN_FOR_IN) {
        t->for_in.body = body;
        t->for_in.loop = loop;
        t->for_in.parallel = parallel;
    }
}

static Tree *check_for_in(Checker *ck, const Ast *s) {
    bool parallel = s->flags & AF_PARALLEL;
    Scope *sc = scope_push(ck, true);
    sc->loop_body = true;
    Tree *t = for_head(ck, &s->for_in.names, s->for_in.iter, s->flags & AF_TUPLE, s->span);
    LoopCtx *l = loop_push(ck, s->for_in.label.name, parallel);
    Tree *body = check_block(ck, s->for_in.body, NULL, false, true);
    loop_pop(ck, l);
    scope_pop(ck, sc);
    for_set_body(t, body, l->loop, parallel);
    if (parallel && t->kind == TN_FOR_IN) vec_push(ck->perm, &ck->late, t);
    if (parallel && t->kind == TN_FOR_RANGE && t->for_range.step) {
        Diag *d = diag_new(ck->ds, E_NOT_ITERABLE, t->for_range.step->span,
                           "parallel for counts by one");
        diag_label(d, t->for_range.step->span, "a step is not possible here");
        diag_hint(d, "count the rounds and multiply: `parallel for k in 0..n { i = k * step }`");
    }
    return t;
}

static Tree *check_for_c(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_FOR_C, s->span, ck->t_void);
    Scope *sc = scope_push(ck, true);
    Tree *init = check_value(ck, s->for_c.init, NULL);
    Local *v = local_new(ck, s->for_c.name.name, s->for_c.name.span, init->type);
    v->loop_var = true;
    v->used = true;
    Tree *let = tn(ck, TN_LET, s->for_c.name.span, ck->t_void);
    let->let.local = v;
    let->let.init = init;
    t->for_c.init = let;
    t->for_c.cond = check_cond(ck, s->for_c.cond);
    t->for_c.step = check_stmt(ck, s->for_c.step);
    LoopCtx *l = loop_push(ck, s->for_c.label.name, false);
    t->for_c.body = check_block(ck, s->for_c.body, NULL, false, true);
    t->for_c.loop = l->loop;
    loop_pop(ck, l);
    scope_pop(ck, sc);
    return t;
}

Tree *check_loop(Checker *ck, const Ast *s) {
    if (s->kind == AST_WHILE) return check_while(ck, s);
    return s->kind == AST_FOR_IN ? check_for_in(ck, s) : check_for_c(ck, s);
}

/* [e for x in iter if guard]: a loop whose body pushes onto an array. */
Tree *check_compr(Checker *ck, const Ast *e, Type *want) {
    Type *elem = ty_fresh(ck, e->span, VD_INT, "elements");
    Type *array = type_1(ck->ts, TY_ARRAY, elem);
    Type *head = want ? ty_head(ck, want) : NULL;
    Type *elem_want = head && head->kind == TY_ARRAY ? head->args[0] : NULL;
    if (elem_want) ty_unify(ck, elem, elem_want);
    Tree *t = tn(ck, TN_COMPR, e->span, array);
    t->compr.out = local_temp(ck, array, e->span);
    Scope *sc = scope_push(ck, true);
    sc->loop_body = true;
    Tree *loop = for_head(ck, &e->compr.names, e->compr.iter, e->flags & AF_TUPLE, e->span);
    LoopCtx *l = loop_push(ck, NULL, false);
    Tree *guard = e->compr.guard ? check_cond(ck, e->compr.guard) : NULL;
    Tree *value = check_value(ck, e->compr.e, elem_want);
    if (ty_head(ck, elem)->kind == TY_VAR) ty_unify(ck, elem, value->type);
    value = coerce(ck, value, elem, (Site){.kind = SITE_ELEM});
    Tree *out = tn(ck, TN_LOCAL, e->span, array);
    out->local = t->compr.out;
    Tree *push = tn(ck, TN_INTRINSIC, e->span, ck->t_void);
    push->intr.id = IN_ARRAY_PUSH;
    push->intr.targs = NEW_N(ck->perm, Type *, 1);
    push->intr.targs[0] = elem;
    ty_slot(ck, &push->intr.targs[0]);
    push->intr.targ_count = 1;
    push->intr.args.v = NEW_N(ck->perm, Tree *, 2);
    push->intr.args.v[0] = out;
    push->intr.args.v[1] = value;
    push->intr.args.n = 2;
    Tree *stmt = push;
    if (guard) {
        stmt = tn(ck, TN_IF, e->span, ck->t_void);
        stmt->if_.arms = NEW_N(ck->perm, TreeIfArm, 1);
        stmt->if_.n = 1;
        stmt->if_.arms[0] = (TreeIfArm){guard, push};
    }
    Tree *body = tn(ck, TN_BLOCK, e->span, ck->t_void);
    body->block.stmts.v = NEW_N(ck->perm, Tree *, 1);
    body->block.stmts.v[0] = stmt;
    body->block.stmts.n = 1;
    loop_pop(ck, l);
    scope_pop(ck, sc);
    for_set_body(loop, body, l->loop, false);
    t->compr.loop = loop;
    return t;
}
