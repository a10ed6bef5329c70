/* lower_task.c - spawn, await, select. A spawned call is a thunk: its operands, evaluated now,
 * and a function that makes the call from them. */
#include "fork.h"

typedef struct Thunk {
    Spread sp;
    LowerFn *g;
    IrStruct *env;
} Thunk;

/* The local that stands for an operand. */
static Tree *operand(Spread *sp, Tree *t) {
    Arena *a = sp->f->lw->perm;
    if (t->kind == TN_FN) return t; /* the same wherever it is evaluated */
    if (t->kind == TN_REF) t = t->one.e;
    operands_add(sp->f, &sp->ops, t);
    Local *l = NEW(a, Local);
    l->type = t->type;
    l->span = t->span;
    l->reassigned = true;
    vec_push(a, &sp->locals, l);
    Tree *r = NEW(a, Tree);
    *r = (Tree){.kind = TN_LOCAL, .type = t->type, .span = t->span};
    r->local = l;
    return r;
}

static TreeList operand_list(Spread *sp, TreeList list, const u32 *order) {
    TreeList out = {NEW_N(sp->f->lw->perm, Tree *, list.n), list.n};
    for (u32 k = 0; k < list.n && !sp->f->dead; k++) {
        u32 i = order ? order[k] : k;
        out.v[i] = operand(sp, list.v[i]);
    }
    return out;
}

Tree *call_spread(Spread *sp, Tree *t) {
    Tree *c = NEW(sp->f->lw->perm, Tree);
    *c = *t;
    switch (t->kind) {
    case TN_CALL:
        c->call.args = operand_list(sp, t->call.args, t->call.order);
        c->call.order = NULL;
        break;
    case TN_CALL_VALUE:
        c->callv.callee = operand(sp, t->callv.callee);
        if (!sp->f->dead) c->callv.args = operand_list(sp, t->callv.args, NULL);
        break;
    case TN_CALL_DYN:
        c->dyn.obj = operand(sp, t->dyn.obj);
        if (!sp->f->dead) c->dyn.args = operand_list(sp, t->dyn.args, NULL);
        break;
    case TN_INTRINSIC: c->intr.args = operand_list(sp, t->intr.args, NULL); break;
    case TN_CAST: c->cast.e = call_spread(sp, t->cast.e); break;
    default: break; /* no operands: evaluated inside the task */
    }
    return c;
}

/* Loads the arguments, makes the call, stores the result in their place. Arguments with pointers
 * are wiped, as the future may be kept for long. */
static void thunk_body(Thunk *th, Tree *call, Type *res) {
    LowerFn *g = th->g;
    Lower *lw = g->lw;
    IrVar *future = fn_param(g, NULL, lw->t.voidp);
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, th->env));
    IrVar *env = var_temp(g, ex_cast(g, ex_var(g, future), ptr));
    for (u32 i = 0; i < th->sp.locals.n; i++) {
        Slot *s = NEW(lw->perm, Slot);
        IrType *t = struct_field_type(th->env, i + 1);
        s->var = var_temp(g, ex_arrow(g, ex_var(g, env), i + 1, t));
        s->var->mutable_ = true;
        map_put(lw->perm, &g->slots, th->sp.locals.v[i], s);
    }
    for (u32 i = 0; i < th->sp.locals.n; i++) {
        IrType *t = struct_field_type(th->env, i + 1);
        if (type_has_ptr(th->sp.locals.v[i]->type))
            st_set(g, ex_arrow(g, ex_var(g, env), i + 1, t), ex_zero(g, t));
    }
    if (type_no_value(res)) {
        lower_effect(g, call);
        return;
    }
    IrExpr *e = lower_expr(g, call);
    if (g->dead) return;
    IrExpr *slot = ex_rt(g, "wyn_future_value", lw->t.voidp, 0, ex_var(g, future), NULL);
    st_set(g, ex_deref(g, ex_cast(g, slot, ir_ptr(lw->perm, type_ir(lw, res)))), e);
}

static IrExpr *sizeof_type(LowerFn *f, Type *t) {
    if (type_no_value(t)) return ex_int(f, 0);
    IrExpr *e = ex_new(f, IE_SIZEOF, f->lw->t.i64);
    e->desc = t;
    return e;
}

static IrTask *task_new(Thunk *th, Type *res, bool detached, Span at) {
    Lower *lw = th->sp.f->lw;
    IrTask *task = NEW(lw->perm, IrTask);
    *task = (IrTask){.run = th->g->out, .object = th->env, .result = res, .detached = detached};
    task->traced = type_has_ptr(res);
    for (u32 i = 0; i < th->sp.locals.n; i++)
        if (type_has_ptr(th->sp.locals.v[i]->type)) task->traced = true;
    task->site = site_of(th->sp.f, at);
    task->id = lw->ir->tasks++;
    return task;
}

/* The library's function whose tasks an executor runs, not whoever is free. */
static bool is_held(const Tree *call) {
    return call->kind == TN_CALL && call->call.fn->is_std &&
           str_eq(call->call.fn->name->s, S("std_held"));
}

/* A new task of `scope` (or NULL) that makes this call, as a future; NULL: evaluating its operands
 * does not return. */
IrExpr *task_spawn(LowerFn *f, Tree *call, Type *res, IrExpr *scope, bool detached, Span at) {
    Lower *lw = f->lw;
    Str stem = str_fmt(lw->perm, "%.*s_task", FMT(f->out->name));
    IrFn *code = ir_fn_new(lw, stem, NULL);
    code->span = call->span;
    Thunk th = {.sp.f = f, .g = fn_begin(lw, code), .env = struct_new(lw, stem)};
    th.g->fn = f->fn;
    th.g->span = call->span;
    struct_add(lw, th.env, NULL, ir_raw(lw->perm, lw->ir, "uintptr_t"));
    Tree *inner = call_spread(&th.sp, call);
    if (f->dead) return NULL;
    for (u32 i = 0; i < th.sp.locals.n; i++)
        struct_add(lw, th.env, NULL, type_ir(lw, th.sp.locals.v[i]->type));
    IrTask *task = task_new(&th, res, detached, at);
    task->scoped = scope != NULL;
    IrType *object = ir_struct_type(lw->perm, th.env);
    IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = object;
    for (u32 i = 0; i < th.sp.ops.v.n; i++) th.sp.ops.v.v[i].e = ex_temp(f, th.sp.ops.v.v[i].e);
    IrExpr *object_new =
        scope ? ex_rt(f, "wyn_scope_task_new", lw->t.future, 0, size, sizeof_type(f, res), NULL)
              : ex_rt(f, "wyn_task_new", lw->t.future, 0, size, sizeof_type(f, res),
                      ex_bool(f, task->traced), NULL);
    IrVar *future = var_temp(f, object_new);
    IrVar *env = th.sp.ops.v.n
                     ? var_temp(f, ex_cast(f, ex_var(f, future), ir_ptr(lw->perm, object)))
                     : NULL;
    for (u32 i = 0; i < th.sp.ops.v.n; i++)
        st_set(f, ex_arrow(f, ex_var(f, env), i + 1, struct_field_type(th.env, i + 1)),
               th.sp.ops.v.v[i].e);
    thunk_body(&th, inner, res);
    IrExpr *desc = ex_new(f, IE_TASK, lw->t.voidp);
    desc->task = task;
    const char *spawn = is_held(call) ? "wyn_spawn_held" : "wyn_spawn";
    if (!scope) return ex_rt(f, spawn, lw->t.future, FX_CALL, ex_var(f, future), desc, NULL);
    return ex_rt(f, "wyn_scope_spawn", lw->t.future, FX_CALL, scope, ex_var(f, future), desc, NULL);
}

static Type *future_result(Tree *t) {
    return t->type->kind == TY_FUTURE ? t->type->args[0] : t->spawn.e->type;
}

IrExpr *lower_spawn(LowerFn *f, Tree *t) {
    Type *res = future_result(t);
    if (res->kind == TY_NEVER) res = type_prim(f->lw->ir->types, TY_VOID);
    IrExpr *scope = f->scope ? ex_var(f, f->scope) : NULL;
    if (t->spawn.scope) {
        scope = lower_expr(f, t->spawn.scope);
        if (f->dead) return NULL;
        scope = ex_temp(f, scope);
    }
    bool detached = t->spawn.statement && !scope;
    IrExpr *e = task_spawn(f, t->spawn.e, res, scope, detached, t->span);
    if (f->dead || !t->spawn.statement) return e;
    st_expr(f, e);
    return NULL;
}

IrExpr *await_future(LowerFn *f, Type *res, IrExpr *future, Span at) {
    Lower *lw = f->lw;
    IrExpr *p = ex_rt(f, "wyn_await", lw->t.voidp, FX_CALL, future, ex_site(f, at), NULL);
    if (type_no_value(res)) {
        st_expr(f, p);
        return NULL;
    }
    return ex_deref(f, ex_cast(f, p, ir_ptr(lw->perm, type_ir(lw, res))));
}

IrExpr *lower_await(LowerFn *f, Tree *t) {
    IrExpr *joined;
    if (fork_await(f, t, &joined)) return joined;
    IrExpr *e = lower_expr(f, t->one.e);
    if (f->dead) return NULL;
    return await_future(f, t->one.e->type->args[0], e, t->span);
}

/* ---- select ---- */

static const char *arm_name(SelKind k) {
    return k == SEL_RECV ? "WYN_ARM_RECV" : k == SEL_SEND ? "WYN_ARM_SEND" : "WYN_ARM_AWAIT";
}

static IrExpr *select_arm(LowerFn *f, SelKind k, IrExpr *object, IrExpr *slot) {
    Lower *lw = f->lw;
    IrExpr *e = ex_make(f, ir_raw(lw->perm, lw->ir, "wyn_arm"), 3);
    e->make.args.v[0] = ex_name(f, arm_name(k), lw->t.tag);
    e->make.args.v[1] = object;
    e->make.args.v[2] = slot;
    e->fx = object->fx | slot->fx;
    return e;
}

typedef struct Select {
    IrExpr **arms, **object;
    IrVar **slot;
    u32 n;
    IrExpr *timeout;
    bool has_default, has_closed;
} Select;

static void select_operand(LowerFn *f, Select *s, TreeSelArm *a) {
    Lower *lw = f->lw;
    if (a->kind == SEL_DEFAULT) s->has_default = true;
    if (a->kind == SEL_CLOSED) s->has_closed = true;
    if (a->kind == SEL_DEFAULT || a->kind == SEL_CLOSED) return;
    IrExpr *on = lower_expr(f, a->on);
    if (f->dead) return;
    on = ex_temp(f, on);
    if (a->kind == SEL_TIMEOUT) {
        s->timeout = on;
        return;
    }
    IrExpr *slot = ex_null(f, lw->t.voidp);
    IrVar *v = NULL;
    if (a->kind == SEL_RECV) {
        IrType *t = type_ir(lw, a->on->type->args[0]);
        v = var_decl(f, NULL, t, ex_zero(f, t));
    } else if (a->kind == SEL_SEND) {
        IrExpr *value = lower_expr(f, a->value);
        if (f->dead) return;
        v = var_temp(f, value);
    }
    if (v) v->mutable_ = true, slot = ex_addr(f, ex_var(f, v));
    s->object[s->n] = on;
    s->slot[s->n] = v;
    s->arms[s->n++] = select_arm(f, a->kind, ex_copy(f, on), slot);
}

static void select_body(LowerFn *f, TreeSelArm *a, Select *s, u32 at) {
    if (a->bind && a->kind == SEL_RECV) {
        IrExpr *v = ex_var(f, s->slot[at]);
        bool opt = a->bind->type->kind == TY_OPTION && a->on->type->args[0] != a->bind->type;
        local_declare(f, a->bind, opt ? option_some(f, a->bind->type, v) : v);
    }
    if (a->kind == SEL_AWAIT) {
        IrExpr *v = await_future(f, a->on->type->args[0], ex_copy(f, s->object[at]), a->span);
        if (a->bind && v) local_declare(f, a->bind, v);
        else if (a->bind) local_declare_raw(f, a->bind);
        else st_expr(f, v);
    }
    lower_effect(f, a->body);
}

void lower_select(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Select *s = NEW(lw->perm, Select);
    s->arms = NEW_N(lw->perm, IrExpr *, t->select.n);
    s->object = NEW_N(lw->perm, IrExpr *, t->select.n);
    s->slot = NEW_N(lw->perm, IrVar *, t->select.n);
    for (u32 i = 0; i < t->select.n && !f->dead; i++) select_operand(f, s, &t->select.arms[i]);
    if (f->dead) return;
    IrExpr *list = ex_null(f, lw->t.voidp);
    if (s->n) {
        list = ex_new(f, IE_LIST, lw->t.voidp);
        list->make.elem = ir_raw(lw->perm, lw->ir, "wyn_arm");
        list->make.args = (IrArgs){NEW_N(lw->perm, IrExpr *, s->n), s->n};
        for (u32 i = 0; i < s->n; i++) list->make.args.v[i] = s->arms[i];
    }
    IrExpr *which = ex_rt(f, "wyn_select", lw->t.i64, FX_CALL | FX_WRITE_VAR, list,
                          ex_int(f, s->n), ex_bool(f, s->has_default),
                          s->timeout ? s->timeout : ex_int(f, -1), ex_bool(f, s->has_closed),
                          ex_site(f, t->span), NULL);
    IrStmt *sw = st_add(f, IS_SWITCH);
    sw->switch_.e = which;
    sw->switch_.cases = NEW_N(lw->perm, IrCase, t->select.n);
    sw->switch_.n = t->select.n;
    f->fx |= which->fx;
    u32 at = 0;
    for (u32 i = 0; i < t->select.n; i++) {
        TreeSelArm *a = &t->select.arms[i];
        IrCase *c = &sw->switch_.cases[i];
        c->values = NEW(lw->perm, i64);
        c->n = 1;
        u32 mine = at;
        c->values[0] = a->kind == SEL_DEFAULT ? -1 : a->kind == SEL_TIMEOUT ? -2
                       : a->kind == SEL_CLOSED ? -3 : (i64)at++;
        BlockSave save = block_enter(f, &c->body);
        select_body(f, a, s, mine);
        block_leave(f, save);
    }
}
