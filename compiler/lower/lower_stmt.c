/* lower_stmt.c - the dispatch over statements, declarations and return. */
#include "fork.h"

static void lower_let(LowerFn *f, Tree *t) {
    Local *l = t->let.local;
    Tree *init = t->let.init;
    if (fork_let(f, t)) return;
    if (type_no_value(l->type)) {
        if (init) lower_effect(f, init);
        local_declare_raw(f, l);
        return;
    }
    if (!init) {
        local_declare(f, l, NULL);
        return;
    }
    if (local_is_boxed(f->lw, l)) { /* the initialiser may capture the variable itself */
        local_declare_raw(f, l);
        IrExpr *e = lower_expr(f, init);
        if (!f->dead) st_set(f, local_read(f, l), e);
        return;
    }
    bool branches = init->kind == TN_IF || init->kind == TN_MATCH || init->kind == TN_BLOCK;
    if (branches && !map_get(&f->deferred_locals, l) && init->type == l->type) {
        IrExpr *e = lower_expr(f, init);
        if (!f->dead && e->kind == IE_VAR && !e->var->name && !e->var->mutable_ &&
            !e->var->is_param) {
            Slot *s = NEW(f->lw->perm, Slot); /* the temporary becomes the variable */
            s->var = e->var;
            e->var->name = l->name;
            e->var->mutable_ = local_is_changed(f->lw, l);
            map_put(f->lw->perm, &f->slots, l, s);
            return;
        }
        local_declare(f, l, e);
        return;
    }
    IrExpr *e = lower_expr(f, init);
    if (f->dead || !e) {
        local_declare(f, l, ex_zero(f, type_ir(f->lw, l->type)));
        return;
    }
    local_declare(f, l, e);
}

void lower_return_value(LowerFn *f, IrExpr *e) {
    if (e && ir_is_void(e->type)) {
        st_expr(f, e);
        e = NULL;
    }
    if (f->open_scopes.n) {
        if (e) e = ex_temp(f, e);
        scopes_leave(f, 0);
    }
    if (f->body) {
        scope_return(f, e);
        return;
    }
    if (f->out->frame) { /* a generator is at its end */
        generator_leave(f);
        IrExpr *state = ex_arrow(f, ex_var(f, f->out->self), 1, f->lw->t.tag);
        st_set(f, state, ex_typed_int(f, -1, f->lw->t.tag));
        st_return(f, ex_bool(f, false));
        return;
    }
    if (f->has_defers) {
        if (e) e = ex_temp(f, e);
        defer_leave(f);
    }
    st_return(f, e);
}

static void lower_return(LowerFn *f, Tree *t) {
    IrExpr *e = t->one.e ? lower_expr(f, t->one.e) : NULL;
    if (f->dead) return;
    if (!f->ret || type_no_value(f->ret)) {
        st_expr(f, e);
        e = NULL;
    }
    lower_return_value(f, e);
}

void lower_stmt(LowerFn *f, Tree *t) { /* table */
    if (f->dead) return;
    Span save = f->span;
    f->span = t->span;
    switch (t->kind) {
    case TN_LET: lower_let(f, t); break;
    case TN_DESTRUCT: lower_destruct(f, t); break;
    case TN_ASSIGN: lower_assign(f, t); break;
    case TN_OPASSIGN: lower_opassign(f, t); break;
    case TN_RETURN: lower_return(f, t); break;
    case TN_BREAK:
        if (scope_jump(f, t)) break;
        scopes_leave(f, loop_of(f, t->jump.loop)->scopes);
        st_break(f, loop_of(f, t->jump.loop));
        break;
    case TN_CONTINUE:
        if (scope_jump(f, t)) break;
        scopes_leave(f, loop_of(f, t->jump.loop)->scopes);
        st_continue(f, loop_of(f, t->jump.loop));
        break;
    case TN_WHILE: lower_while(f, t); break;
    case TN_FOR_RANGE:
        if (t->for_range.parallel) lower_par_for(f, t);
        else lower_for_range(f, t);
        break;
    case TN_FOR_IN:
        if (t->for_in.parallel) lower_par_for(f, t);
        else lower_for_in(f, t);
        break;
    case TN_FOR_C: lower_for_c(f, t); break;
    case TN_PARALLEL: case TN_SCOPE: lower_scope(f, t); break;
    case TN_PAR_BIND: lower_par_bind(f, t); break;
    case TN_SELECT: lower_select(f, t); break;
    case TN_DEFER: lower_defer(f, t); break;
    case TN_YIELD: lower_yield(f, t); break;
    default: lower_effect(f, t); break;
    }
    f->span = save;
}
