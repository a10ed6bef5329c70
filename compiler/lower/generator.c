/* generator.c - a function with yield becomes two: one that makes the frame, and one that resumes
 * it. Every variable of the body lives in the frame, so that the switch over the state may jump
 * back in anywhere. An abandoned frame is garbage. An Iter<T> is a wyn_iter, `bool next(wyn_iter
 * *self, void *slot)`. One with deferred blocks, or with loops over other generators, returns from
 * its yield when it is resumed without a slot: so a loop that is left early ends it. */
#include "../sema/walk.h"
#include "lowering.h"

bool iter_is_fresh(const Tree *t) {
    return t->kind == TN_CALL || t->kind == TN_CALL_VALUE || t->kind == TN_CALL_DYN;
}

static bool find_closing(void *ctx, Tree *t) {
    bool *found = ctx;
    if (t->kind == TN_DEFER) *found = true;
    if (t->kind == TN_FOR_IN && t->for_in.iter->type->kind == TY_ITER) *found = true;
    return true;
}

/* Resumed without a slot: back to whoever left. */
static void close_here(LowerFn *f) {
    IrVar *slot = f->out->params[1];
    IrStmt *s = st_if(f, ex_binary(f, IO_EQ, ex_var(f, slot), ex_null(f, slot->type), f->lw->t.b));
    BlockSave save = block_enter(f, &s->if_.then);
    lower_return_value(f, NULL);
    block_leave(f, save);
}

static void frame_param(LowerFn *make, LowerFn *run, IrVar *obj, Local *l) {
    Lower *lw = make->lw;
    if (type_no_value(l->type)) return;
    IrType *t = type_ir(lw, l->type);
    IrVar *arg = fn_param(make, l->name, t);
    IrVar *v = var_new(run, l->name, t); /* a field of the frame */
    v->mutable_ = local_is_changed(lw, l);
    u32 index = run->out->frame->fields.n - 1;
    st_set(make, ex_arrow(make, ex_var(make, obj), index, t), ex_var(make, arg));
    Slot *s = NEW(lw->perm, Slot);
    s->var = v;
    map_put(lw->perm, &run->slots, l, s);
    if (local_is_boxed(lw, l)) local_rebind(run, l, ex_var(run, v));
}

static void frame_captures(LowerFn *make, LowerFn *run, IrVar *obj, IrVar *self) {
    Lower *lw = make->lw;
    FnInfo *fi = make->info;
    if (!fi->env) return;
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, fi->env));
    IrVar *env = var_temp(make, ex_cast(make, ex_var(make, self), ptr));
    for (u32 i = 0; i < make->fn->captures.n; i++) {
        Capture *c = &make->fn->captures.v[i];
        Slot *s = NEW(lw->perm, Slot);
        map_put(lw->perm, &run->slots, c->inner, s);
        if (type_no_value(c->inner->type)) continue;
        IrType *t = struct_field_type(fi->env, i + 1);
        s->ptr = local_is_boxed(lw, c->inner) || local_is_ref(lw, c->inner);
        s->var = var_new(run, c->inner->name, t);
        s->var->mutable_ = !s->ptr && local_is_changed(lw, c->inner);
        st_set(make, ex_arrow(make, ex_var(make, obj), run->out->frame->fields.n - 1, t),
               ex_arrow(make, ex_var(make, env), i + 1, t));
    }
}

static LowerFn *resume_begin(Lower *lw, Fn *fn, FnInfo *fi, IrStruct *frame) {
    IrFn *out = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_next", FMT(fi->ir->name)), lw->t.b);
    out->shown = fi->ir->shown;
    out->span = fn->span;
    LowerFn *run = fn_begin(lw, out);
    run->fn = fn;
    run->info = fi;
    run->span = fn->span;
    IrVar *self = fn_param(run, NULL, lw->t.iter);
    fn_param(run, NULL, lw->t.voidp);
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, frame));
    out->self = var_temp(run, ex_cast(run, ex_var(run, self), ptr));
    out->frame = frame;
    return run;
}

void lower_generator(Lower *lw, Fn *fn) {
    FnInfo *fi = fn_info(lw, fn);
    IrStruct *frame = struct_new(lw, fi->ir->name);
    struct_add(lw, frame, NULL, lw->t.iter_head);
    struct_add(lw, frame, NULL, lw->t.tag);
    IrType *st = ir_struct_type(lw->perm, frame);

    LowerFn *make = fn_begin(lw, fi->ir);
    make->fn = fn;
    make->info = fi;
    make->span = fn->span;
    LowerFn *run = resume_begin(lw, fn, fi, frame);
    IrExpr *size = ex_new(make, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = st;
    IrVar *obj = var_temp(make, ex_cast(make, ex_rt(make, "wyn_alloc", lw->t.voidp, 0, size, NULL),
                                        ir_ptr(lw->perm, st)));
    IrExpr *code = ex_new(make, IE_FN, lw->t.voidp);
    code->fn = run->out;
    st_set(make, ex_raw_member(make, ex_arrow(make, ex_var(make, obj), 0, lw->t.iter_head), "next",
                               lw->t.voidp, false), code);
    if (fn->body) walk_tree(fn->body, find_closing, &run->closes);
    if (run->closes)
        st_set(make, ex_raw_member(make, ex_arrow(make, ex_var(make, obj), 0, lw->t.iter_head),
                                   "closes", lw->t.b, false), ex_bool(make, true));
    for (u32 i = 0; i < fn->param_count; i++) frame_param(make, run, obj, fn->params[i]);
    if (fn->kind == FN_LAMBDA) frame_captures(make, run, obj, fn_param(make, NULL, lw->t.fn));
    st_return(make, ex_cast(make, ex_var(make, obj), fi->ir->ret));

    run->ret = type_prim(lw->ir->types, TY_VOID);
    if (run->closes) close_here(run);
    lower_effect(run, fn->body);
    if (!run->dead) lower_return_value(run, NULL);
}

void lower_yield(LowerFn *f, Tree *t) {
    IrExpr *e = lower_expr(f, t->one.e);
    if (f->dead) return;
    IrType *ptr = ir_ptr(f->lw->perm, type_ir(f->lw, t->one.e->type));
    st_set(f, ex_deref(f, ex_cast(f, ex_var(f, f->out->params[1]), ptr)), e);
    IrStmt *s = st_add(f, IS_YIELD);
    s->yield_.state = ++f->out->states;
    f->fx |= FX_CALL;
    if (f->closes) close_here(f);
}

/* defer in a generator: a flag in its frame, and the block at every way out that runs to the end.
 */
void generator_defer(LowerFn *f, Tree *t) {
    GenDefer d = {t->one.e, var_new(f, NULL, f->lw->t.b)};
    d.flag->mutable_ = true;
    st_set(f, ex_var(f, d.flag), ex_bool(f, true));
    vec_push(f->lw->perm, &f->gen_defers, d);
}

void generator_leave(LowerFn *f) {
    u32 n = f->gen_defers.n;
    for (u32 i = n; i-- > 0 && !f->dead;) {
        GenDefer *d = &f->gen_defers.v[i];
        IrStmt *s = st_if(f, ex_var(f, d->flag));
        BlockSave save = block_enter(f, &s->if_.then);
        st_set(f, ex_var(f, d->flag), ex_bool(f, false));
        lower_effect(f, d->body);
        block_leave(f, save);
    }
}
