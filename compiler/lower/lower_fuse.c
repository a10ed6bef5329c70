/* lower_fuse.c - chains such as xs.map(f).filter(g).sum() and text.lines().count(p) as one loop
 * without arrays between the steps. The last call is a function of the library with one loop over
 * `self`: it is lowered once more, with the steps before it inside that loop.
 *
 * Step by step, f would see all elements before g sees the first. Nobody can tell the difference
 * when f and g do nothing but give a value, so all functions of the chain must be calm (calm.c).
 * One of them may panic: it sees the same elements in the same order; but not when the loop may end
 * early, for then it would not see them all. The pieces of a string are made one by one whatever
 * the functions do: strings do not change. */
#include "../sema/walk.h"
#include "fork.h"
#include "fuse.h"

/* ---- the last call: a function with one loop over self ---- */

typedef struct LastLook {
    const Local *self;
    bool other;          /* self is used outside the head of the loop, or there is a closure */
    bool leaves;         /* the loop may end early */
    const Tree *loop;
    bool inside;
} LastLook;

static bool is_self(const LastLook *l, const Tree *t) {
    return t->kind == TN_LOCAL && t->local == l->self;
}

static bool is_room(const LastLook *l, const Tree *t) { /* array_reserve(array_len(self)) */
    if (t->kind != TN_INTRINSIC || t->intr.id != IN_ARRAY_NEW) return false;
    const Tree *n = t->intr.args.v[0];
    return n->kind == TN_INTRINSIC && n->intr.id == IN_ARRAY_LEN && is_self(l, n->intr.args.v[0]);
}

static bool last_enter(void *ctx, Tree *t) {
    LastLook *l = ctx;
    if (is_room(l, t)) return false;
    if (is_self(l, t) || t->kind == TN_LAMBDA) l->other = true;
    if (l->inside && (t->kind == TN_RETURN || t->kind == TN_BREAK)) l->leaves = true;
    return true;
}

static bool last_look(Fn *fn, LastLook *l) {
    *l = (LastLook){.self = fn->params[0]};
    if (!fn->body || fn->body->kind != TN_BLOCK || fn->is_generator) return false;
    TreeList *stmts = &fn->body->block.stmts;
    for (u32 i = 0; i < stmts->n; i++) {
        Tree *s = stmts->v[i];
        if (s->kind == TN_FOR_IN && is_self(l, s->for_in.iter) && !s->for_in.iter2) {
            if (l->loop || s->for_in.b || s->for_in.parallel) return false;
            l->loop = s;
            l->inside = true;
            walk_tree(s->for_in.body, last_enter, l);
            l->inside = false;
        } else {
            walk_tree(s, last_enter, l);
        }
    }
    return l->loop && !l->other;
}

/* ---- the steps before it ---- */

static bool is_array_method(const Tree *t) {
    if (t->kind != TN_CALL || t->call.order || !t->call.args.n) return false;
    const Fn *fn = t->call.fn;
    return fn->is_std && fn->is_method && fn->kind == FN_PLAIN &&
           fn->params[0]->type->kind == TY_ARRAY && str_eq(fn->module, S("std/array"));
}

static bool is_stage(const Tree *t) {
    if (!is_array_method(t) || t->call.args.n != 2) return false;
    Str name = t->call.fn->name->s;
    return str_eq(name, S("map")) || str_eq(name, S("filter"));
}

typedef struct Chain {
    Tree *stages[FUSE_MOST]; /* calls, the first one first */
    u32 n;
    Tree *source;
    const char *next;        /* the source is a call that takes a string apart */
} Chain;

/* May the functions of the chain be called in another order? */
static bool order_is_free(LowerFn *f, const Chain *c, const Tree *last, bool leaves) {
    u32 panics = 0;
    for (u32 i = 0; i < c->n; i++) {
        Calmness k = tree_calmness(f->lw, f->fn, c->stages[i]->call.args.v[1]);
        if (k == CALM_NOT || (k == CALM_PANICS && leaves)) return false;
        panics += k == CALM_PANICS;
    }
    for (u32 i = 1; i < last->call.args.n && c->n; i++) {
        Calmness k = tree_calmness(f->lw, f->fn, last->call.args.v[i]);
        if (k == CALM_NOT) return false;
        panics += k == CALM_PANICS;
    }
    return panics <= 1;
}

static bool chain_look(LowerFn *f, Tree *t, Chain *c) {
    LastLook look;
    Tree *stages[FUSE_MOST];
    if (!is_array_method(t) || f->fuse || !last_look(t->call.fn, &look)) return false;
    Tree *e = t->call.args.v[0];
    for (; c->n < FUSE_MOST && is_stage(e); e = e->call.args.v[0]) stages[c->n++] = e;
    for (u32 i = 0; i < c->n; i++) c->stages[i] = stages[c->n - 1 - i];
    c->source = e;
    c->next = pieces_next(e);
    if (!c->n && !c->next) return false;
    return order_is_free(f, c, t, look.leaves);
}

/* ---- the function ---- */

static IrVar *operand_param(LowerFn *g, const IrExpr *e, Name name) {
    return fn_param(g, name, e->type);
}

static Str chain_comment(LowerFn *f, const Chain *c, const Tree *t) {
    StrBuf b = {.arena = f->lw->perm};
    buf_fmt(&b, "%.*s over", FMT(t->call.fn->name->s));
    if (c->next) buf_fmt(&b, " %.*s,", FMT(c->source->call.fn->name->s));
    for (u32 i = 0; i < c->n; i++)
        buf_fmt(&b, " %.*s,", FMT(c->stages[i]->call.fn->name->s));
    b.n--;
    buf_c(&b, " in one loop");
    return buf_done(&b);
}

/* ops: the source (and its separator), the functions of the stages, the other arguments. */
static LowerFn *fused_fn(LowerFn *f, const Chain *c, Tree *t, const Operands *ops) {
    Lower *lw = f->lw;
    Fn *last = t->call.fn;
    FnInfo *fi = fn_info(lw, last);
    IrFn *out = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_fused", FMT(fi->ir->name)), fi->ir->ret);
    out->shown = fi->ir->shown;
    out->span = fi->ir->span;
    out->comment = chain_comment(f, c, t);
    out->inlined = out->loads_code = true;
    LowerFn *g = fn_begin(lw, out);
    Fuse *fuse = g->fuse = NEW(lw->perm, Fuse);
    *fuse = (Fuse){.self = last->params[0], .next = c->next, .n = c->n};
    fuse->elem = c->source->type->args[0];
    u32 k = 0;
    fuse->source = operand_param(g, ops->v.v[k++].e, NULL);
    if (c->next && c->source->call.args.n > 1)
        fuse->sep = operand_param(g, ops->v.v[k++].e, NULL);
    for (u32 i = 0; i < c->n; i++) {
        Fn *fn = c->stages[i]->call.fn;
        FuseStage *s = &fuse->stages[i];
        s->filters = str_eq(fn->name->s, S("filter"));
        s->fn_type = fn->params[1]->type;
        s->fn = operand_param(g, ops->v.v[k++].e, fn->params[1]->name);
    }
    lower_fn_over(g, last);
    return g;
}

IrExpr *fuse_call(LowerFn *f, Tree *t) {
    Chain c = {0};
    if (!chain_look(f, t, &c)) return NULL;
    Operands ops = {0};
    u32 pieces = c.next ? c.source->call.args.n : 0;
    for (u32 i = 0; i < pieces; i++) operands_add(f, &ops, c.source->call.args.v[i]);
    if (!c.next) operands_add(f, &ops, c.source);
    for (u32 i = 0; i < c.n && !f->dead; i++) operands_add(f, &ops, c.stages[i]->call.args.v[1]);
    for (u32 i = 1; i < t->call.args.n && !f->dead; i++) operands_add(f, &ops, t->call.args.v[i]);
    if (f->dead) return ex_zero(f, type_ir(f->lw, t->type));
    bool site = fn_info(f->lw, t->call.fn)->takes_site;
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, ops.v.n + 1), ops.v.n + site};
    for (u32 i = 0; i < ops.v.n; i++) args.v[i] = ops.v.v[i].e;
    if (site) args.v[ops.v.n] = ex_site(f, t->span);
    return ex_call(f, fused_fn(f, &c, t, &ops)->out, args);
}

/* ---- inside its loop ---- */

bool fuse_is_self(const LowerFn *f, const Tree *t) {
    return f->fuse && t->kind == TN_LOCAL && t->local == f->fuse->self;
}

IrExpr *fuse_element(LowerFn *f, IrExpr *e, BlockSave *saves) {
    const Fuse *fuse = f->fuse;
    for (u32 i = 0; i < fuse->n; i++) {
        const FuseStage *s = &fuse->stages[i];
        e = ex_temp(f, e);
        IrArgs args = {NEW_N(f->lw->perm, IrExpr *, 1), 1};
        args.v[0] = e;
        IrExpr *r = call_fn_value(f, s->fn_type, ex_var(f, s->fn), args);
        f->fx |= r->fx;
        if (s->filters) saves[i] = block_enter(f, &st_if(f, r)->if_.then);
        else e = r;
        if (s->filters) e = ex_copy(f, e);
    }
    return e;
}

void fuse_leave(LowerFn *f, BlockSave *saves) {
    for (u32 i = f->fuse->n; i-- > 0;)
        if (f->fuse->stages[i].filters) block_leave(f, saves[i]);
}

/* Room for the elements: as many as there are when nothing is left out. */
IrExpr *fuse_room(LowerFn *f) {
    const Fuse *fuse = f->fuse;
    bool all = !fuse->next;
    for (u32 i = 0; i < fuse->n; i++) all &= !fuse->stages[i].filters;
    if (!all) return ex_int(f, 0);
    return ex_rt(f, "wyn_array_len", f->lw->t.i64, FX_READ_MEM, ex_var(f, fuse->source), NULL);
}
