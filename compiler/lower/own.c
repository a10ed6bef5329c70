/* own.c - arrays that stay in the function that makes them. Nothing else can see such an array, so
 * its pushes take no lock, in a program with tasks too.
 * A variable is *lent* when all that is done with it leaves no other trace of the array: element
 * operations, calls of the runtime that keep nothing, calls that hand it to a parameter that is
 * lent, names for it that are lent. A lent local that only holds new arrays may be returned as
 * well: then the function is over. Everything else counts as keeping it. The answer is the
 * greatest solution: a variable is taken for lent until something says that it is not. */
#include "own.h"

typedef struct Var {
    u32 reads, fine;     /* uses, and those that keep nothing */
    bool is_new;         /* a local that holds arrays made here */
    bool returned, kept;
    u32 declared;
    VEC(IrVar *) from;   /* whoever holds the same array: not lent when this one is not */
    VEC(IrVar *) names;  /* of the array: locals declared with this one */
    IrVar *named;        /* this one is a name of that one */
} Var;

typedef struct Own {
    Arena *a;
    IrProgram *p;
    Map vars;            /* IrVar *: Var * */
    VEC(IrVar *) seen, work;
} Own;

static Var *var_of(Own *o, IrVar *v) {
    Var *x = map_get(&o->vars, v);
    if (x) return x;
    x = NEW(o->a, Var);
    map_put(o->a, &o->vars, v, x);
    vec_push(o->a, &o->seen, v);
    return x;
}

/* ---- reading ---- */

/* Of the runtime: keep no array that they are given. */
static bool keeps_nothing(Str name) {
    static const char *const known[] = {
        "wyn_array_len", "wyn_array_hint", "wyn_array_copy", "wyn_array_slice",
        "wyn_array_slice_clamped", "wyn_array_concat", "wyn_array_index_of", "wyn_array_contains",
        "wyn_array_insert", "wyn_array_remove", "wyn_array_append_all", "wyn_array_reserve",
        "wyn_array_reverse_in_place", "wyn_array_sort", "wyn_array_count_of",
        "wyn_array_truncate", "wyn_array_remove_at", "wyn_array_clear", "wyn_array_join",
        "wyn_array_reversed", "wyn_array_reserve_room", "wyn_array_sort_keys",
        "wyn_join_all", "wyn_await_all", "wyn_await_any",
    };
    for (u32 i = 0; i < COUNT_OF(known); i++)
        if (str_eq(name, str_c(known[i]))) return true;
    return false;
}

static bool is_array(const IrType *t) {
    return t && t->kind == IRT_WYN && t->wyn->kind == TY_ARRAY;
}

static void lend(Own *o, IrExpr *e) { var_of(o, e->var)->fine++; }

static void lend_to(Own *o, IrExpr *e, IrVar *holder) {
    lend(o, e);
    vec_push(o->a, &var_of(o, holder)->from, e->var);
}

static void read_expr(void *ctx, IrExpr *e) {
    Own *o = ctx;
    switch ((IrExprKind)e->kind) {
    case IE_VAR:
        if (is_array(e->var->type)) var_of(o, e->var)->reads++;
        return;
    case IE_BINARY: /* whether there is one yet */
        if (e->binary.a->kind == IE_VAR && e->binary.b->kind == IE_NULL) lend(o, e->binary.a);
        return;
    case IE_ARRAY_OP:
        if (e->rt.args.v[0]->kind == IE_VAR) lend(o, e->rt.args.v[0]);
        return;
    case IE_RT:
        if (!keeps_nothing(str_c(e->rt.name))) return;
        for (u32 i = 0; i < e->rt.args.n; i++)
            if (e->rt.args.v[i]->kind == IE_VAR) lend(o, e->rt.args.v[i]);
        return;
    case IE_CALL: {
        IrFn *fn = e->call.fn;
        bool known = fn->is_extern && fn->std_abi && keeps_nothing(fn->name);
        for (u32 i = 0; i < e->call.args.n; i++) {
            IrExpr *arg = e->call.args.v[i];
            if (arg->kind != IE_VAR || !is_array(arg->var->type)) continue;
            if (known) lend(o, arg);
            else if (!fn->is_extern && i < fn->param_count) lend_to(o, arg, fn->params[i]);
        }
        return;
    }
    default: return;
    }
}

static bool makes_array(const IrExpr *e) {
    if (e->kind == IE_CAST) e = e->one.e;
    return e->kind == IE_RT && (str_eq(str_c(e->rt.name), S("wyn_array_new")) ||
                                str_eq(str_c(e->rt.name), S("wyn_array_of")));
}

/* `v = a new array`, where v was declared without one. */
static void read_set(Own *o, IrStmt *s) {
    IrExpr *place = s->set.place;
    if (place->kind != IE_VAR || !is_array(place->var->type) || !makes_array(s->set.value)) return;
    lend(o, place);
    var_of(o, place->var)->is_new = true;
}

static void read_stmt(void *ctx, IrStmt *s) {
    Own *o = ctx;
    if (s->kind == IS_SET) {
        read_set(o, s);
        return;
    }
    if (s->kind == IS_RETURN && s->expr.e && s->expr.e->kind == IE_VAR) {
        lend(o, s->expr.e);
        var_of(o, s->expr.e->var)->returned = true;
        return;
    }
    if (s->kind != IS_DECL || !is_array(s->decl.var->type)) return;
    IrVar *v = s->decl.var;
    Var *x = var_of(o, v);
    x->declared++;
    if (!s->decl.init) return;
    if (makes_array(s->decl.init)) x->is_new = true;
    else if (s->decl.init->kind != IE_VAR && s->decl.init->kind != IE_NULL) x->declared++;
    if (s->decl.init->kind == IE_VAR) {
        lend_to(o, s->decl.init, v);
        x->named = s->decl.init->var;
        vec_push(o->a, &var_of(o, x->named)->names, v);
    }
}

/* ---- solving ---- */

static void keep(Own *o, IrVar *v) {
    Var *x = var_of(o, v);
    if (x->kept) return;
    x->kept = true;
    vec_push(o->a, &o->work, v);
}

static void solve(Own *o) {
    for (u32 i = 0; i < o->seen.n; i++) {
        IrVar *v = o->seen.v[i];
        Var *x = var_of(o, v);
        if (x->reads != x->fine || v->via || x->declared > 1) keep(o, v);
        if (!x->returned) continue;
        while (x->named) x = var_of(o, v = x->named);
        if (!x->is_new) keep(o, v); /* a parameter: the caller goes on with it */
    }
    while (o->work.n) {
        IrVar *v = vec_pop(&o->work);
        Var *x = var_of(o, v);
        for (u32 i = 0; i < x->from.n; i++) keep(o, x->from.v[i]);
    }
}

/* Owned: lent, new, or a name of one that is. */
static void mark(Own *o, IrVar *v) {
    if (v->owned) return;
    v->owned = true;
    Var *x = var_of(o, v);
    for (u32 i = 0; i < x->names.n; i++) mark(o, x->names.v[i]);
}

/* ---- rewriting ---- */

/* A method that only pushes to its receiver. */
static IrExpr *push_of(const IrFn *fn) {
    if (fn->is_extern || fn->body.stmts.n != 1 || fn->param_count != 2) return NULL;
    const IrStmt *s = fn->body.stmts.v[0];
    if (s->kind != IS_EXPR || s->expr.e->kind != IE_ARRAY_OP) return NULL;
    IrExpr *e = s->expr.e;
    if (!str_eq(str_c(e->rt.name), S("push")) || e->rt.args.n != 2) return NULL;
    for (u32 i = 0; i < 2; i++)
        if (e->rt.args.v[i]->kind != IE_VAR || e->rt.args.v[i]->var != fn->params[i]) return NULL;
    return e;
}

static void rewrite(void *ctx, IrExpr *e) {
    (void)ctx;
    if (e->kind == IE_CALL && e->call.args.n == 2 && e->call.args.v[0]->kind == IE_VAR &&
        e->call.args.v[0]->var->owned) {
        const IrExpr *op = push_of(e->call.fn);
        if (!op) return;
        IrArgs args = e->call.args;
        e->kind = IE_ARRAY_OP;
        e->rt.elem = op->rt.elem;
        e->rt.name = op->rt.name;
        e->rt.args = args;
    }
    if (e->kind != IE_ARRAY_OP || e->rt.args.v[0]->kind != IE_VAR ||
        !e->rt.args.v[0]->var->owned)
        return;
    if (str_eq(str_c(e->rt.name), S("push"))) e->rt.name = "push_own";
    if (str_eq(str_c(e->rt.name), S("pop"))) e->rt.name = "pop_own";
}

void own_analyse(Arena *scratch, IrProgram *p) {
    Own *o = NEW(scratch, Own);
    o->a = scratch;
    o->p = p;
    IrWalk w = {read_expr, read_stmt, o};
    for (u32 i = 0; i < p->fns.n; i++)
        if (!p->fns.v[i]->frame) ir_walk_block(&p->fns.v[i]->body, &w);
    for (u32 i = 0; i < p->fns.n; i++) { /* generators keep what they are given */
        IrFn *fn = p->fns.v[i];
        for (u32 k = 0; fn->frame && k < fn->param_count; k++)
            if (is_array(fn->params[k]->type)) keep(o, fn->params[k]);
    }
    solve(o);
    for (u32 i = 0; i < o->seen.n; i++) {
        Var *x = var_of(o, o->seen.v[i]);
        if (x->is_new && !x->kept) mark(o, o->seen.v[i]);
    }
    IrWalk r = {rewrite, NULL, NULL};
    for (u32 i = 0; i < p->fns.n; i++) ir_walk_block(&p->fns.v[i]->body, &r);
}
