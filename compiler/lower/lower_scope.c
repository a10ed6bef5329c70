/* lower_scope.c - parallel and scope blocks. A parallel block stays in its function, between
 * wyn_scope_enter and wyn_scope_leave: only panics end it early, and they go on. The body of a
 * scope becomes a function over the record of the function around (lower_defer.c), because an
 * abort must end it and go on behind it. A jump out of it is a number that it returns. */
#include "../sema/walk.h"
#include "lowering.h"

typedef struct ScopeExit {
    Tree *jump;          /* BREAK, CONTINUE, or the TRY that ends main; NULL: return */
    IrVar *value;        /* what is returned or tried, in the record; or NULL */
} ScopeExit;

IrType *scope_ir(Lower *lw) {
    return ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "wyn_scope"));
}

/* ---- parallel ---- */

static void bind_value(LowerFn *f, ParBind *b) {
    IrExpr *v = await_future(f, b->result, ex_var(f, b->future), b->span);
    if (v) st_set(f, local_read(f, b->local), v);
}

/* A task that is late leaves the zero value. */
static void bind_if(LowerFn *f, ParBind *b, IrExpr *in_time) {
    IrStmt *s = st_if(f, in_time);
    BlockSave save = block_enter(f, &s->if_.then);
    bind_value(f, b);
    block_leave(f, save);
}

static void bind_join(LowerFn *f, ParBind *b) {
    bind_if(f, b, ex_rt(f, "wyn_scope_wait", f->lw->t.b, FX_CALL, ex_var(f, f->scope),
                        ex_var(f, b->future), ex_site(f, f->span), NULL));
}

/* A jump out of parallel blocks waits for their tasks first; one out of a loop over a generator
 * ends that. */
void scopes_leave(LowerFn *f, u32 depth) {
    for (u32 i = f->open_scopes.n; i-- > depth;) {
        IrVar *v = f->open_scopes.v[i];
        if (v->type->kind == IRT_WYN && v->type->wyn->kind == TY_ITER)
            st_expr(f, ex_rt(f, "wyn_iter_leave", NULL, FX_CALL, ex_var(f, v), NULL));
        else
            st_expr(f, ex_rt(f, "wyn_scope_leave", NULL, FX_CALL, ex_var(f, v),
                             ex_site(f, f->span), NULL));
    }
}

typedef struct Named {
    LowerFn *f;
    bool *found;
} Named;

static void named_note(Named *n, const Local *l) {
    for (u32 i = 0; i < n->f->binds.n; i++)
        if (n->f->binds.v[i].local == l) n->found[i] = true;
}

static bool named_enter(void *ctx, Tree *t) {
    Named *n = ctx;
    if (t->kind == TN_LOCAL) named_note(n, t->local);
    if (t->kind == TN_PAR_BIND) named_note(n, t->parbind.local);
    for (u32 i = 0; t->kind == TN_LAMBDA && i < t->fn->captures.n; i++)
        named_note(n, t->fn->captures.v[i].outer);
    return true;
}

/* Statements directly in the block run one after the other, so what one has joined is joined. */
void par_join_named(LowerFn *f, Tree *t) {
    if (!f->binds.n || f->dead) return;
    Named n = {f, NEW_N(f->lw->perm, bool, f->binds.n)};
    walk_tree(t, named_enter, &n);
    u32 kept = 0;
    for (u32 i = 0; i < f->binds.n; i++) {
        if (n.found[i]) bind_join(f, &f->binds.v[i]);
        else f->binds.v[kept++] = f->binds.v[i];
    }
    f->binds.n = kept;
}

static void lower_parallel(LowerFn *f, Tree *t, IrExpr *ms) {
    Lower *lw = f->lw;
    IrVar *outer = f->scope;
    u32 binds = f->binds.n;
    f->scope = var_temp(f, ex_rt(f, "wyn_scope_enter", scope_ir(lw), FX_CALL,
                                 ms ? ms : ex_int(f, -1), ex_site(f, t->span), NULL));
    vec_push(lw->perm, &f->open_scopes, f->scope);
    lower_effect(f, t->scope.body);
    f->open_scopes.n--;
    if (!f->dead) {
        st_expr(f, ex_rt(f, "wyn_scope_leave", NULL, FX_CALL, ex_var(f, f->scope),
                         ex_site(f, t->span), NULL));
        for (u32 i = binds; i < f->binds.n; i++) {
            ParBind *b = &f->binds.v[i];
            if (ms)
                bind_if(f, b, ex_rt(f, "wyn_future_is_done", lw->t.b, FX_READ_MEM,
                                    ex_var(f, b->future), NULL));
            else bind_value(f, b);
        }
    }
    f->binds.n = binds;
    f->scope = outer;
}

void lower_par_bind(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Tree *call = t->parbind.call;
    if (call->kind == TN_SPAWN) call = call->spawn.e;
    Local *l = t->parbind.local;
    if (!map_get(&f->slots, l)) local_declare(f, l, NULL);
    Type *res = call->type;
    IrExpr *future = task_spawn(f, call, res, ex_var(f, f->scope), false, t->span);
    if (f->dead) return;
    ParBind b = {l, var_temp(f, future), res, t->span};
    vec_push(lw->perm, &f->binds, b);
}

/* ---- scope ---- */

/* A field of the record for what a jump takes along. */
static IrVar *exit_value(LowerFn *f, IrType *type) {
    IrVar *v = NEW(f->lw->perm, IrVar);
    v->type = type;
    v->id = f->vars++;
    v->via = f->record;
    v->field = v;
    v->mutable_ = true;
    vec_push(f->lw->perm, &f->record_type->fields, v);
    return v;
}

static void scope_exit(LowerFn *f, Tree *jump, IrExpr *e) {
    ScopeExit x = {jump, NULL};
    if (e) {
        x.value = exit_value(f, e->type);
        st_set(f, ex_var(f, x.value), e);
    }
    vec_push(f->lw->perm, &f->body->exits, x);
    st_return(f, ex_int(f, f->body->exits.n));
}

void scope_return(LowerFn *f, IrExpr *e) { scope_exit(f, NULL, e); }

bool scope_jump(LowerFn *f, Tree *t) {
    if (!f->body || map_get(&f->loops, t->jump.loop)) return false;
    scopes_leave(f, 0);
    scope_exit(f, t, NULL);
    return true;
}

void scope_try(LowerFn *f, Tree *t, IrExpr *v) {
    scopes_leave(f, 0);
    scope_exit(f, t, v);
}

/* The same jump, in the function around. */
static void exit_take(LowerFn *f, const ScopeExit *x) {
    IrExpr *v = NULL;
    if (x->value) { /* seen from here */
        IrVar *mine = NEW(f->lw->perm, IrVar);
        *mine = *x->value;
        mine->id = f->vars++;
        mine->via = f->record;
        v = ex_var(f, mine);
    }
    if (!x->jump) lower_return_value(f, v);
    else if (x->jump->kind == TN_TRY) try_leave(f, x->jump, v);
    else lower_stmt(f, x->jump);
}

static LowerFn *body_fn(LowerFn *f, Tree *t, ScopeBody *body) {
    Lower *lw = f->lw;
    Str name = str_fmt(lw->perm, "%.*s_scope%u", FMT(f->out->name), ++f->defer_count);
    LowerFn *g = record_fn(f, name, lw->t.i64, t->span);
    g->body = body;
    g->ret = f->ret;
    g->scope = fn_param(g, NULL, scope_ir(lw));
    if (t->scope.handle) local_declare(g, t->scope.handle, ex_var(g, g->scope));
    lower_effect(g, t->scope.body);
    body->always = g->dead;
    if (!g->dead) st_return(g, ex_int(g, 0));
    return g;
}

void lower_scope(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    IrExpr *ms = t->scope.timeout ? lower_expr(f, t->scope.timeout) : NULL;
    if (f->dead) return;
    if (t->kind == TN_PARALLEL) {
        lower_parallel(f, t, ms);
        return;
    }
    IrVar *s = var_temp(f, ex_rt(f, "wyn_scope_new", scope_ir(lw), FX_CALL,
                                 ms ? ms : ex_int(f, -1), ex_site(f, t->span), NULL));
    ScopeBody body = {0};
    LowerFn *g = body_fn(f, t, &body);
    IrExpr *code = ex_new(f, IE_FN, lw->t.voidp);
    code->fn = g->out;
    IrExpr *record = ex_var(f, f->record);
    if (f->record->type->kind != IRT_PTR) record = ex_addr(f, record);
    IrVar *how = var_temp(f, ex_rt(f, "wyn_scope_run", lw->t.i64, FX_CALL | FX_WRITE_VAR,
                                   ex_var(f, s), code, record, ex_site(f, t->span), NULL));
    for (u32 i = 0; i < body.exits.n; i++) {
        IrExpr *c = ex_binary(f, IO_EQ, ex_var(f, how), ex_int(f, i + 1), lw->t.b);
        IrStmt *jump = st_if(f, c);
        BlockSave save = block_enter(f, &jump->if_.then);
        exit_take(f, &body.exits.v[i]);
        block_leave(f, save);
    }
    if (!body.always) return;
    /* the body always jumps; it did not, so the scope has been cancelled */
    st_expr(f, ex_rt(f, "wyn_panic_at", NULL, FX_CALL, ex_site(f, t->span),
                     ex_cstr(f, S("the scope was cancelled before it was left")), NULL));
    f->dead = true;
}
