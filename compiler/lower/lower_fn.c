/* lower_fn.c - one function: parameters, captures, body. */
#include "fork.h"
#include "fuse.h"

IrFn *ir_fn_new(Lower *lw, Str name, IrType *ret) {
    IrFn *fn = NEW(lw->perm, IrFn);
    fn->name = name;
    fn->ret = ret;
    fn->id = lw->ir->fns.n;
    vec_push(lw->perm, &lw->ir->fns, fn);
    return fn;
}

LowerFn *fn_begin(Lower *lw, IrFn *out) {
    LowerFn *f = NEW(lw->perm, LowerFn);
    f->lw = lw;
    f->out = out;
    f->block = &out->body;
    return f;
}

IrVar *fn_param(LowerFn *f, Name name, IrType *type) {
    IrFn *fn = f->out;
    IrVar *v = NEW(f->lw->perm, IrVar);
    v->name = name;
    v->type = type;
    v->id = f->vars++;
    v->is_param = true;
    IrVar **params = NEW_N(f->lw->perm, IrVar *, fn->param_count + 1);
    for (u32 i = 0; i < fn->param_count; i++) params[i] = fn->params[i];
    params[fn->param_count++] = v;
    fn->params = params;
    return v;
}

static void param_add(LowerFn *f, Local *l) {
    Lower *lw = f->lw;
    if (type_no_value(l->type)) return;
    IrType *t = type_ir(lw, l->type);
    IrVar *v = fn_param(f, l->name, l->by_ref ? ir_ptr(lw->perm, t) : t);
    Slot *s = NEW(lw->perm, Slot);
    s->var = v;
    s->ptr = l->by_ref;
    if (!l->by_ref && !local_is_boxed(lw, l)) v->mutable_ = local_is_changed(lw, l);
    map_put(lw->perm, &f->slots, l, s);
}

/* Parameters that a closure shares move into a box, those of deferred blocks into the record. */
static void param_move(LowerFn *f, Local *l) {
    Slot *s = map_get(&f->slots, l);
    if (!s) return;
    bool record = f->record_type && map_get(&f->deferred_locals, l);
    bool box = local_is_boxed(f->lw, l);
    if (!record && !box) return;
    IrVar *arg = s->var;
    if (record && s->ptr) { /* the pointer itself */
        IrVar *v = var_new(f, l->name, arg->type);
        v->via = f->record;
        v->field = v;
        v->mutable_ = true;
        vec_push(f->lw->perm, &f->record_type->fields, v);
        st_set(f, ex_var(f, v), ex_var(f, arg));
        s->var = v;
        return;
    }
    local_rebind(f, l, ex_var(f, arg));
}

/* What a deferred block or the body of a scope names of the environment. */
void capture_move(LowerFn *f, Local *l) {
    Slot *s = map_get(&f->slots, l);
    if (!s || !s->var || !f->record_type || !map_get(&f->deferred_locals, l)) return;
    IrVar *v = var_new(f, l->name, s->var->type);
    v->via = f->record;
    v->field = v;
    v->mutable_ = true;
    vec_push(f->lw->perm, &f->record_type->fields, v);
    st_set(f, ex_var(f, v), ex_var(f, s->var));
    s->var = v;
}

static void load_captures(LowerFn *f, IrVar *self) {
    Lower *lw = f->lw;
    FnInfo *fi = f->info;
    if (!fi->env) return;
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, fi->env));
    IrVar *env = var_temp(f, ex_cast(f, ex_var(f, self), ptr));
    for (u32 i = 0; i < f->fn->captures.n; i++) {
        Capture *c = &f->fn->captures.v[i];
        Slot *s = NEW(lw->perm, Slot);
        map_put(lw->perm, &f->slots, c->inner, s);
        if (type_no_value(c->inner->type)) continue;
        IrType *t = struct_field_type(fi->env, i + 1);
        s->ptr = local_is_boxed(lw, c->inner) || local_is_ref(lw, c->inner);
        s->var = var_decl(f, c->inner->name, t, ex_arrow(f, ex_var(f, env), i + 1, t));
        s->var->mutable_ = !s->ptr && local_is_changed(lw, c->inner);
    }
}

static void fn_end(LowerFn *f) {
    if (f->dead) return;
    if (f->has_defers) defer_leave(f);
    if (!f->ret || type_no_value(f->ret)) return;
    if (f->fn->is_main) st_return(f, ex_int(f, 0)); /* a script that ran to its end */
    else st_stop(f);
}

static void fn_body(LowerFn *f) {
    Fn *fn = f->fn;
    Tree *b = fn->body;
    f->span = fn->span;
    bool value = f->ret && !type_no_value(f->ret) && b->kind == TN_BLOCK && b->block.has_value;
    bool expr = b->kind != TN_BLOCK && f->ret && !type_no_value(f->ret);
    if (value || expr) {
        IrExpr *e = lower_expr(f, b);
        if (!f->dead) lower_return_value(f, e);
    } else {
        lower_effect(f, b);
    }
    fn_end(f);
}

void lower_fn_over(LowerFn *f, Fn *fn) {
    FnInfo *fi = fn_info(f->lw, fn);
    f->fn = fn;
    f->info = fi;
    f->ret = fn->ret;
    f->span = fn->span;
    for (u32 i = 1; i < fn->param_count; i++) param_add(f, fn->params[i]);
    if (fi->takes_site) f->site_param = fn_param(f, NULL, f->lw->t.site);
    defer_prepare(f, fn->body);
    for (u32 i = 1; i < fn->param_count; i++) param_move(f, fn->params[i]);
    fn_body(f);
}

void lower_fn(Lower *lw, Fn *fn) {
    if (fn->kind == FN_EXTERN) return;
    if (fn->is_generator) {
        lower_generator(lw, fn);
        return;
    }
    FnInfo *fi = fn_info(lw, fn);
    LowerFn *f = fn_begin(lw, fi->ir);
    f->fn = fn;
    f->info = fi;
    f->ret = fn->ret;
    f->span = fn->span;
    for (u32 i = 0; i < fn->param_count; i++) param_add(f, fn->params[i]);
    IrVar *self = fn->kind == FN_LAMBDA ? fn_param(f, NULL, lw->t.fn) : NULL;
    if (fi->takes_site) f->site_param = fn_param(f, NULL, lw->t.site);
    if (self) load_captures(f, self);
    if (lw->scoped) f->forks.nodes = fork_scoped(lw->perm, fn);
    defer_prepare(f, fn->body);
    for (u32 i = 0; i < fn->param_count; i++) param_move(f, fn->params[i]);
    for (u32 i = 0; i < fn->captures.n; i++) capture_move(f, fn->captures.v[i].inner);
    fn_body(f);
}
