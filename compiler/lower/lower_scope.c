/* lower_scope.c - parallel and scope blocks. Their tasks stand in an array that is joined at the
 * end. */
#include "lowering.h"

void task_note(LowerFn *f, IrExpr *future) {
    st_expr(f, ex_array_op(f, "push", f->tasks_elem, NULL, FX_EFFECT, ex_var(f, f->tasks), future,
                           NULL));
}

static void bind_done(LowerFn *f, ParBind *b, bool timed) {
    IrStmt *s = NULL;
    BlockSave save = {0};
    if (timed) { /* a task that is late leaves the zero value */
        s = st_if(f, ex_rt(f, "wyn_future_is_done", f->lw->t.b, FX_READ_MEM, ex_var(f, b->future),
                           NULL));
        save = block_enter(f, &s->if_.then);
    }
    IrExpr *v = await_future(f, b->result, ex_var(f, b->future), b->span);
    if (v) st_set(f, local_read(f, b->local), v);
    if (timed) block_leave(f, save);
}

/* A jump out of task blocks waits for their tasks first. */
void scopes_leave(LowerFn *f, u32 depth) {
    for (u32 i = f->task_arrays.n; i-- > depth;)
        st_expr(f, ex_rt(f, "wyn_join_all", NULL, FX_CALL, ex_var(f, f->task_arrays.v[i]),
                         ex_site(f, f->span), NULL));
}

void lower_scope(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    IrExpr *ms = t->scope.timeout ? lower_expr(f, t->scope.timeout) : NULL;
    if (f->dead) return;
    if (ms) ms = ex_temp(f, ms);
    Type *elem = type_1(lw->ir->types, TY_FUTURE, type_prim(lw->ir->types, TY_VOID));
    Type *arr = type_1(lw->ir->types, TY_ARRAY, elem);
    IrVar *outer = f->tasks;
    Type *outer_elem = f->tasks_elem;
    u32 binds = f->binds.n;
    f->tasks_elem = elem;
    f->tasks = var_temp(f, ex_rt(f, "wyn_array_new", type_ir(lw, arr), 0, ex_desc(f, elem),
                                 ex_int(f, 0), NULL));
    if (t->scope.handle)
        local_declare(f, t->scope.handle, ex_zero(f, type_ir(lw, t->scope.handle->type)));
    vec_push(lw->perm, &f->task_arrays, f->tasks);
    lower_effect(f, t->scope.body);
    f->task_arrays.n--;
    if (!f->dead) {
        IrExpr *tasks = ex_var(f, f->tasks);
        if (ms) {
            IrExpr *join =
                ex_rt(f, "wyn_join_for", lw->t.b, FX_CALL, tasks, ms, ex_site(f, t->span), NULL);
            st_expr(f, join);
        } else {
            st_expr(f, ex_rt(f, "wyn_join_all", NULL, FX_CALL, tasks, ex_site(f, t->span), NULL));
        }
        for (u32 i = binds; i < f->binds.n; i++) bind_done(f, &f->binds.v[i], ms != NULL);
    }
    f->binds.n = binds;
    f->tasks = outer;
    f->tasks_elem = outer_elem;
}

void lower_par_bind(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Tree *call = t->parbind.call;
    if (call->kind == TN_SPAWN) call = call->spawn.e;
    Local *l = t->parbind.local;
    if (!map_get(&f->slots, l)) local_declare(f, l, NULL);
    Type *res = call->type;
    IrExpr *future = task_spawn(f, call, res, false, t->span);
    if (f->dead) return;
    IrVar *v = var_temp(f, future);
    if (!f->tasks) { /* outside of a block: wait at once */
        IrExpr *e = await_future(f, res, ex_var(f, v), t->span);
        if (e) st_set(f, local_read(f, l), e);
        return;
    }
    task_note(f, ex_var(f, v));
    ParBind b = {l, v, res, t->span};
    vec_push(lw->perm, &f->binds, b);
}
