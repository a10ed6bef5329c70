/* fork_pass.c - when all is lowered: who gets `stack` and `head` as parameters, and where head is
 * stored.
 * A function that forks, or calls one that does, takes both behind its own parameters, so that head
 * stays in a register down the recursion. Functions whose address is taken have the parameters that
 * their callers know: they ask the runtime, which reads stack->head. So that is stored before
 * every call that may come to such a function on this stack, or that may wait: then the slots below
 * head are offered to others. It never is beyond head: a function below which somebody stores it
 * stores it again when it pops. */
#include "effect.h"
#include "fork.h"

typedef struct Callers { VEC(IrFn *) v; } Callers;

typedef struct Pass {
    Lower *lw;
    Effect *effect;
    Callers *callers;    /* by id: who calls it directly */
    VEC(IrFn *) work;
    IrFn *fn;            /* being read */
} Pass;

static bool takes_hidden(const IrFn *fn) {
    return fn->head && fn->head->is_param && !fn->address_taken;
}

static bool may_take_hidden(const IrFn *fn) {
    return !fn->is_extern && !fn->is_exported && !fn->address_taken && !fn->frame;
}

static void note_call(void *ctx, IrExpr *e) {
    Pass *p = ctx;
    if (e->kind == IE_CALL && !e->call.fn->is_extern)
        vec_push(p->lw->perm, &p->callers[e->call.fn->id].v, p->fn);
    if (e->kind == IE_FORK) vec_push(p->lw->perm, &p->callers[e->fork->call->id].v, p->fn);
}

static void add_params(Pass *p, IrFn *fn) {
    LowerFn f = {.lw = p->lw, .out = fn, .vars = 1000000};
    fork_vars(&f);
    fn->stack->is_param = fn->head->is_param = true;
    IrVar **params = NEW_N(p->lw->perm, IrVar *, fn->param_count + 2);
    for (u32 i = 0; i < fn->param_count; i++) params[i] = fn->params[i];
    params[fn->param_count++] = fn->stack;
    params[fn->param_count++] = fn->head;
    fn->params = params;
}

static IrExpr *stack_now(LowerFn *f) {
    return ex_rt(f, "wyn_fork_stack", f->out->stack ? f->out->stack->type : NULL, 0, NULL);
}

/* A function with fixed parameters that forks itself. */
static void add_locals(Pass *p, IrFn *fn) {
    LowerFn f = {.lw = p->lw, .out = fn};
    IrBlock start = {0};
    f.block = &start;
    IrStmt *s = st_add(&f, IS_DECL);
    s->decl.var = fn->stack;
    s->decl.init = stack_now(&f);
    s = st_add(&f, IS_DECL);
    s->decl.var = fn->head;
    s->decl.init = ex_raw_member(&f, ex_var(&f, fn->stack), "head", fn->head->type, true);
    for (u32 i = 0; i < fn->body.stmts.n; i++)
        vec_push(p->lw->perm, &start.stmts, fn->body.stmts.v[i]);
    fn->body = start;
}

/* ---- who takes them: callers of callers, up to functions with fixed parameters ---- */

static void spread_hidden(Pass *p) {
    IrProgram *ir = p->lw->ir;
    for (u32 i = 0; i < ir->fns.n; i++) {
        IrFn *fn = ir->fns.v[i];
        if (!fn->head || fn->head->is_param) continue; /* a thief's has them as they are */
        if (may_take_hidden(fn)) {
            add_params(p, fn);
            vec_push(p->lw->perm, &p->work, fn);
        } else {
            add_locals(p, fn);
        }
    }
    while (p->work.n) {
        Callers *c = &p->callers[vec_pop(&p->work)->id];
        for (u32 i = 0; i < c->v.n; i++) {
            IrFn *fn = c->v.v[i];
            if (fn->head || !may_take_hidden(fn)) continue;
            add_params(p, fn);
            vec_push(p->lw->perm, &p->work, fn);
        }
    }
}

/* ---- arguments and stores ---- */

static void pass_on(Pass *p, IrExpr *e) {
    LowerFn f = {.lw = p->lw, .out = p->fn};
    IrArgs args = {NEW_N(p->lw->perm, IrExpr *, e->call.args.n + 2), e->call.args.n};
    for (u32 i = 0; i < args.n; i++) args.v[i] = e->call.args.v[i];
    IrFn *to = e->call.fn;
    if (p->fn->head) {
        args.v[args.n++] = ex_var(&f, p->fn->stack);
        args.v[args.n++] = ex_var(&f, p->fn->head);
    } else { /* head is where it was stored */
        args.v[args.n++] = ex_rt(&f, "wyn_fork_stack", to->stack->type, 0, NULL);
        args.v[args.n++] = ex_rt(&f, "wyn_fork_head", to->head->type, 0, NULL);
    }
    e->call.args = args;
}

static void read_call(void *ctx, IrExpr *e) {
    Pass *p = ctx;
    bool hidden = e->kind == IE_CALL && takes_hidden(e->call.fn);
    if (hidden) pass_on(p, e);
    if (hidden || !p->fn->head || p->fn->thief) return;
    if (!(effect_of(p->effect, e) & (EF_WAITS | EF_FORKS))) return;
    e->spills = true;
    if (p->fn->spills) return;
    p->fn->spills = true;
    vec_push(p->lw->perm, &p->work, p->fn);
}

static void spread_spills(Pass *p) {
    while (p->work.n) {
        Callers *c = &p->callers[vec_pop(&p->work)->id];
        for (u32 i = 0; i < c->v.n; i++) {
            IrFn *fn = c->v.v[i];
            if (fn->spills || !fn->head) continue;
            fn->spills = true;
            vec_push(p->lw->perm, &p->work, fn);
        }
    }
}

void fork_finish(Lower *lw, Effect *x) {
    if (!lw->next_fork) return;
    Pass *p = NEW(lw->perm, Pass);
    p->lw = lw;
    p->effect = x;
    p->callers = NEW_N(lw->perm, Callers, lw->ir->fns.n + 1);
    IrWalk calls = {note_call, NULL, p}, reads = {read_call, NULL, p};
    for (u32 i = 0; i < lw->ir->fns.n; i++) {
        p->fn = lw->ir->fns.v[i];
        ir_walk_block(&p->fn->body, &calls);
    }
    spread_hidden(p);
    for (u32 i = 0; i < lw->ir->fns.n; i++) {
        p->fn = lw->ir->fns.v[i];
        ir_walk_block(&p->fn->body, &reads);
    }
    spread_spills(p);
}
