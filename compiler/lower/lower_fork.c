/* lower_fork.c - scoped tasks (fork.h) as slots of the stack's deque.
 * A spawn fills the slot at `head` and moves head on. The join runs the task here, from the
 * variables that still hold its operands, unless a thief has taken it; then it waits and reads the
 * result from the slot. Joins in another order than that of a stack leave a slot that does nothing;
 * head goes back when all above are joined. Operands beyond what a slot holds lie in an object.
 *
 * For `f = spawn fib(n - 1)`:
 *     wyn_slot *slot = head;
 *     int32_t room = wyn_fork_room(stack, slot);
 *     if (room != WYN_FORK_FULL) {
 *         E_fib_task *args = wyn_fork_args(stack, slot, sizeof(E_fib_task), false);
 *         args->f0 = n - 1;
 *         wyn_fork_push(stack, slot, &FORK_1, room);
 *     }
 *     head = wyn_fork_next(slot); */
#include "fork.h"

#include "../sema/walk.h"

static const NameRec name_stack = {.s = {"stack", 5}}, name_head = {.s = {"head", 4}};

/* A task as code: the call, made from its operands, and how a thief runs it from a slot. */
typedef struct ForkBody {
    Type *res;           /* void: none */
    IrFn *call;
    IrFork *fork;
    IrStruct *operands;
} ForkBody;

/* ---- operands ---- */

static IrType *stack_type(Lower *lw) {
    return ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "wyn_stack"));
}

static IrType *slot_type(LowerFn *f) {
    Lower *lw = f->lw;
    if (!lw->t.slot) lw->t.slot = ir_ptr(lw->perm, ir_raw(lw->perm, lw->ir, "wyn_slot"));
    return lw->t.slot;
}

void fork_vars(LowerFn *f) {
    IrFn *fn = f->out;
    if (fn->stack) return;
    fn->stack = var_new(f, &name_stack, stack_type(f->lw));
    fn->head = var_new(f, &name_head, slot_type(f));
    fn->head->mutable_ = true;
}

static IrExpr *stack_of(LowerFn *f) {
    fork_vars(f);
    return ex_var(f, f->out->stack);
}

static IrExpr *head_of(LowerFn *f) {
    fork_vars(f);
    return ex_var(f, f->out->head);
}

static void local_put(LowerFn *f, Local *l, IrVar *v) {
    Slot *s = NEW(f->lw->perm, Slot);
    s->var = v;
    map_put(f->lw->perm, &f->slots, l, s);
}

/* Evaluates the operands of a call into temporaries, which its new tree reads. NULL: dead. */
static Tree *spread(Spread *sp, LowerFn *f, Tree *call) {
    sp->f = f;
    Tree *c = call_spread(sp, call);
    if (f->dead) return NULL;
    for (u32 i = 0; i < sp->ops.v.n; i++) {
        IrExpr *e = sp->ops.v.v[i].e;
        IrVar *v = e->kind == IE_VAR && !e->var->mutable_ ? e->var : var_temp(f, e);
        local_put(f, sp->locals.v[i], v);
        vec_push(f->lw->perm, &sp->values, ex_var(f, v));
    }
    return c;
}

static IrArgs leaves(LowerFn *f, const Spread *sp) {
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, sp->values.n + 2), sp->values.n};
    for (u32 i = 0; i < args.n; i++) args.v[i] = ex_copy(f, sp->values.v[i]);
    return args;
}

/* ---- the task as code ---- */

static IrExpr *size_of(LowerFn *f, IrType *t) {
    IrExpr *e = ex_new(f, IE_SIZEOF_OBJ, f->lw->t.i64);
    e->obj = t;
    return e;
}

static IrFn *body_call(LowerFn *f, const Spread *sp, Tree *call, Type *res) {
    Lower *lw = f->lw;
    Str stem = str_fmt(lw->perm, "%.*s_task", FMT(f->out->name));
    IrFn *fn = ir_fn_new(lw, stem, type_no_value(res) ? NULL : type_ir(lw, res));
    fn->span = call->span;
    fn->inlined = call->kind == TN_CALL; /* nothing but a call */
    LowerFn *g = fn_begin(lw, fn);
    g->fn = f->fn;
    g->span = call->span;
    for (u32 i = 0; i < sp->locals.n; i++) {
        IrVar *v = fn_param(g, NULL, type_ir(lw, sp->locals.v[i]->type));
        v->mutable_ = true;
        local_put(g, sp->locals.v[i], v);
    }
    if (!fn->ret) {
        lower_effect(g, call);
        return fn;
    }
    IrExpr *e = lower_expr(g, call);
    if (!g->dead) st_return(g, e);
    return fn;
}

static IrArgs stored_args(LowerFn *f, const ForkBody *b, IrVar *operands) {
    u32 n = b->operands->fields.n;
    IrArgs args = {NEW_N(f->lw->perm, IrExpr *, n + 2), n};
    for (u32 i = 0; i < n; i++)
        args.v[i] =
            ex_arrow(f, ex_var(f, operands), i, struct_field_type(b->operands, i));
    return args;
}

/* Where the operands or the result of a slot lie. `how`: the runtime's function. */
static IrExpr *slot_part(LowerFn *f, const char *how, IrExpr *slot, IrType *t, IrExpr *size) {
    IrExpr *e = ex_rt(f, how, f->lw->t.voidp, FX_READ_MEM, slot, size, NULL);
    return ex_cast(f, e, ir_ptr(f->lw->perm, t));
}

static IrExpr *result_place(LowerFn *f, const char *how, IrExpr *slot, Type *res) {
    IrExpr *size = ex_new(f, IE_SIZEOF, f->lw->t.i64);
    size->desc = res;
    return ex_deref(f, slot_part(f, how, slot, type_ir(f->lw, res), size));
}

static IrVar *operands_of(LowerFn *f, const ForkBody *b, IrExpr *slot) {
    if (!b->operands->fields.n) return NULL;
    IrType *t = ir_struct_type(f->lw->perm, b->operands);
    return var_temp(f, slot_part(f, "wyn_fork_operands", slot, t, size_of(f, t)));
}

/* void (wyn_stack *stack, wyn_slot *head, wyn_slot *task) */
static IrFn *body_run(LowerFn *f, const ForkBody *b) {
    Lower *lw = f->lw;
    IrFn *fn = ir_fn_new(lw, str_fmt(lw->perm, "%.*s_stolen", FMT(f->out->name)), NULL);
    LowerFn *g = fn_begin(lw, fn);
    g->fn = f->fn;
    fn->thief = true;
    fn->stack = fn_param(g, &name_stack, stack_type(lw));
    fn->head = fn_param(g, &name_head, slot_type(g));
    IrVar *task = fn_param(g, NULL, slot_type(g));
    IrVar *operands = operands_of(g, b, ex_var(g, task));
    IrExpr *e = ex_call(g, b->call, stored_args(g, b, operands));
    if (ir_is_void(e->type)) {
        st_expr(g, e);
        return fn;
    }
    IrVar *r = var_temp(g, e);
    st_set(g, result_place(g, "wyn_fork_result", ex_var(g, task), b->res), ex_var(g, r));
    return fn;
}

static ForkBody *body_new(LowerFn *f, const Spread *sp, Tree *call, Type *res, Span span) {
    Lower *lw = f->lw;
    ForkBody *b = NEW(lw->perm, ForkBody);
    b->res = res;
    b->call = body_call(f, sp, call, res);
    b->operands = struct_new(lw, b->call->name);
    for (u32 i = 0; i < sp->locals.n; i++)
        struct_add(lw, b->operands, NULL, type_ir(lw, sp->locals.v[i]->type));
    b->fork = NEW(lw->perm, IrFork);
    b->fork->call = b->call;
    b->fork->run = body_run(f, b);
    b->fork->site = site_of(f, span);
    b->fork->id = lw->next_fork++;
    return b;
}

/* ---- spawn ---- */

static Type *result_of(LowerFn *f, Tree *spawn) {
    Type *t = spawn->type->kind == TY_FUTURE ? spawn->type->args[0] : spawn->spawn.e->type;
    return t->kind == TY_NEVER ? type_prim(f->lw->ir->types, TY_VOID) : t;
}

static IrExpr *fork_of(LowerFn *f, const ForkBody *b) {
    IrExpr *fork = ex_new(f, IE_FORK, f->lw->t.voidp);
    fork->fork = b->fork;
    return fork;
}

/* Statements of the branch in which there is room. */
static void slot_fill(LowerFn *f, const ForkBody *b, IrVar *slot, const Spread *sp, IrVar *room,
                      bool array) {
    bool keeps = false; /* nothing but the slot holds the operands until the join */
    for (u32 i = 0; i < sp->locals.n && array; i++)
        if (type_has_ptr(sp->locals.v[i]->type)) keeps = true;
    if (b->operands->fields.n) {
        IrType *t = ir_struct_type(f->lw->perm, b->operands);
        IrExpr *at = ex_rt(f, "wyn_fork_args", f->lw->t.voidp, FX_EFFECT, stack_of(f),
                           ex_var(f, slot), size_of(f, t), ex_bool(f, keeps), NULL);
        IrVar *args = var_temp(f, ex_cast(f, at, ir_ptr(f->lw->perm, t)));
        for (u32 i = 0; i < sp->values.n; i++)
            st_set(f, ex_arrow(f, ex_var(f, args), i, struct_field_type(b->operands, i)),
                   ex_copy(f, sp->values.v[i]));
    }
    st_expr(f, ex_rt(f, "wyn_fork_push", NULL, FX_EFFECT, stack_of(f), ex_var(f, slot),
                     fork_of(f, b), ex_var(f, room), NULL));
}

/* The branch in which there is room for a slot. */
static IrStmt *st_if_room(LowerFn *f, const char *how, IrVar *slot, IrVar **room) {
    IrExpr *e = ex_rt(f, how, f->lw->t.tag, FX_READ_MEM, stack_of(f), ex_var(f, slot), NULL);
    *room = var_temp(f, e);
    IrExpr *full = ex_name(f, "WYN_FORK_FULL", f->lw->t.tag);
    return st_if(f, ex_binary(f, IO_NE, ex_var(f, *room), full, f->lw->t.b));
}

static void head_past(LowerFn *f, IrVar *slot) {
    st_set(f, head_of(f),
           ex_rt(f, "wyn_fork_next", slot_type(f), 0, ex_var(f, slot), NULL));
}

/* Spawns into the slot at head; false: nothing reaches the end of it. */
static bool fork_one(LowerFn *f, ForkVar *v, Tree *spawn, Name name) {
    Spread sp = {0};
    Tree *call = spread(&sp, f, spawn->spawn.e);
    if (!call) return false;
    v->body = body_new(f, &sp, call, result_of(f, spawn), spawn->span);
    v->args = leaves(f, &sp);
    if (v->body->call->ret) {
        v->value = var_decl(f, name, v->body->call->ret, NULL);
        v->value->mutable_ = true;
    }
    v->slot = var_temp(f, head_of(f));
    IrVar *room;
    IrStmt *s = st_if_room(f, "wyn_fork_room", v->slot, &room);
    BlockSave save = block_enter(f, &s->if_.then);
    slot_fill(f, v->body, v->slot, &sp, room, false);
    block_leave(f, save);
    head_past(f, v->slot);
    return true;
}

/* ---- join ---- */

static void take_value(LowerFn *f, const ForkVar *v, IrExpr *e) {
    if (v->value) st_set(f, ex_var(f, v->value), e);
    else st_expr(f, e);
}

static void pop_to(LowerFn *f, const ForkVar *pop, const char *how) {
    st_set(f, head_of(f), ex_var(f, pop->slot));
    if (how) st_expr(f, ex_rt(f, how, NULL, FX_EFFECT, stack_of(f), head_of(f), NULL));
}

static IrExpr *mine(LowerFn *f, IrVar *slot) {
    return ex_rt(f, "wyn_fork_mine", f->lw->t.b, FX_EFFECT, stack_of(f), ex_var(f, slot), NULL);
}

static void wait_stolen(LowerFn *f, IrVar *slot, bool last, Span at) {
    IrExpr *head = last ? ex_null(f, slot_type(f)) : head_of(f); /* else head stays in use */
    st_expr(f, ex_rt(f, "wyn_fork_wait", NULL, FX_CALL, stack_of(f), ex_var(f, slot), head,
                     ex_site(f, at), NULL));
}

static void stolen_value(LowerFn *f, const ForkVar *v, IrVar *slot) {
    if (v->value)
        st_set(f, ex_var(f, v->value),
               result_place(f, "wyn_fork_result_of", ex_var(f, slot), v->body->res));
}

/* pop NULL: later slots are still in use. */
static void fork_join(LowerFn *f, ForkVar *v, const ForkVar *pop, Span at) {
    IrStmt *s = st_if(f, mine(f, v->slot));
    BlockSave save = block_enter(f, &s->if_.then);
    if (pop) pop_to(f, pop, pop == v ? NULL : "wyn_fork_pop");
    else st_expr(f, ex_rt(f, "wyn_fork_drop", NULL, FX_EFFECT, ex_var(f, v->slot), NULL));
    take_value(f, v, ex_call(f, v->body->call, v->args));
    block_leave(f, save);
    save = block_enter(f, &s->if_.els);
    wait_stolen(f, v->slot, pop != NULL, at);
    if (pop) pop_to(f, pop, "wyn_fork_pop");
    stolen_value(f, v, v->slot);
    block_leave(f, save);
}

static IrExpr *value_of(LowerFn *f, const ForkVar *v) {
    return v->value ? ex_var(f, v->value) : NULL;
}

/* ---- arrays ---- */

static Type *element_type(const ForkVar *v) { return v->local->type->args[0]; }

static Type *early_type(LowerFn *f, const ForkVar *v) {
    return type_1(f->lw->ir->types, TY_ARRAY, element_type(v)->args[0]);
}

static IrVar *list_open(LowerFn *f, Type *type, Name name) {
    IrType *t = type_ir(f->lw, type);
    IrVar *list = var_decl(f, name, t, ex_null(f, t));
    list->mutable_ = true;
    return list;
}

/* Futures that found no slot go into an array. Before the first of them, while the slots were
 * enough for everybody, calm tasks ran where they were spawned: another array has their results. */
static void rest_open(LowerFn *f, ForkVar *v) {
    if (!type_no_value(element_type(v)->args[0])) v->early = list_open(f, early_type(f, v), NULL);
    v->rest = list_open(f, v->local->type, v->local->name);
    v->end = var_decl(f, NULL, slot_type(f), head_of(f));
    v->end->mutable_ = true;
    v->slot = var_temp(f, head_of(f));
}

static IrExpr *is_unmade(LowerFn *f, IrVar *list) {
    return ex_binary(f, IO_EQ, ex_var(f, list), ex_null(f, list->type), f->lw->t.b);
}

static void list_add(LowerFn *f, IrVar *list, Type *elem, IrExpr *e) {
    e = ex_temp(f, e);
    IrStmt *s = st_if(f, is_unmade(f, list));
    BlockSave save = block_enter(f, &s->if_.then);
    st_set(f, ex_var(f, list), ex_rt(f, "wyn_array_new", list->type, 0, ex_desc(f, elem),
                                     ex_int(f, 0), NULL));
    block_leave(f, save);
    st_expr(f, ex_array_op(f, "push", elem, NULL, FX_EFFECT, ex_var(f, list), e, NULL));
}

static void rest_add(LowerFn *f, ForkVar *v, Tree *spawn, Tree *call) {
    Tree *again = NEW(f->lw->perm, Tree);
    *again = *spawn;
    again->spawn.e = call;
    list_add(f, v->rest, element_type(v), lower_spawn(f, again));
}

static void full_add(LowerFn *f, ForkVar *v, Tree *spawn, Tree *call, const Spread *sp) {
    if (!v->early) {
        rest_add(f, v, spawn, call);
        return;
    }
    IrExpr *here = ex_rt(f, "wyn_fork_in_place", f->lw->t.b, FX_EFFECT, stack_of(f), head_of(f),
                         fork_of(f, v->body), NULL);
    IrStmt *s = st_if(f, ex_binary(f, IO_LAND, is_unmade(f, v->rest), here, f->lw->t.b));
    BlockSave save = block_enter(f, &s->if_.then);
    list_add(f, v->early, element_type(v)->args[0], ex_call(f, v->body->call, leaves(f, sp)));
    block_leave(f, save);
    save = block_enter(f, &s->if_.els);
    rest_add(f, v, spawn, call);
    block_leave(f, save);
}

static void fork_push(LowerFn *f, ForkVar *v, Tree *spawn) {
    Spread sp = {0};
    Tree *call = spread(&sp, f, spawn->spawn.e);
    if (!call) return;
    ForkBody *b = v->body = body_new(f, &sp, call, result_of(f, spawn), spawn->span);
    IrVar *slot = var_temp(f, head_of(f));
    IrVar *room;
    IrStmt *s = st_if_room(f, "wyn_fork_array_room", slot, &room);
    BlockSave save = block_enter(f, &s->if_.then);
    slot_fill(f, b, slot, &sp, room, true);
    head_past(f, slot);
    st_set(f, ex_var(f, v->end), head_of(f));
    block_leave(f, save);
    save = block_enter(f, &s->if_.els);
    full_add(f, v, spawn, call, &sp);
    block_leave(f, save);
}

/* Joins the task in `slot` from the operands in it; its result goes into v->value. */
static void join_stored(LowerFn *f, const ForkVar *v, IrVar *slot, bool only, Span at) {
    IrStmt *s = st_if(f, ex_rt(f, "wyn_fork_mine_first", f->lw->t.b, FX_EFFECT, stack_of(f),
                               ex_var(f, slot), head_of(f), NULL));
    BlockSave save = block_enter(f, &s->if_.then);
    if (only) { /* all of one spawn: a direct call */
        IrVar *operands = operands_of(f, v->body, ex_var(f, slot));
        IrArgs args = stored_args(f, v->body, operands);
        for (u32 i = 0; i < args.n; i++) args.v[i] = ex_var(f, var_temp(f, args.v[i]));
        st_expr(f, ex_rt(f, "wyn_fork_drop", NULL, FX_EFFECT, ex_var(f, slot), NULL));
        take_value(f, v, ex_call(f, v->body->call, args));
    } else {
        st_expr(f, ex_rt(f, "wyn_fork_run_here", NULL, FX_CALL, stack_of(f), ex_var(f, slot),
                         head_of(f), NULL));
        stolen_value(f, v, slot);
    }
    block_leave(f, save);
    save = block_enter(f, &s->if_.els);
    wait_stolen(f, slot, false, at);
    stolen_value(f, v, slot);
    block_leave(f, save);
}

/* Where an array's loop stands: slots, then what found none. */
typedef struct Cursor {
    IrVar *at, *count;
} Cursor;

typedef struct Each {
    ForkVar *array;
    IrVar *slot;
    Cursor early, rest;
} Each;

static Cursor cursor_open(LowerFn *f, IrVar *list) {
    IrType *i64 = f->lw->t.i64;
    if (!list) return (Cursor){0};
    Cursor c = {.at = var_decl(f, NULL, i64, ex_int(f, 0))};
    c.at->mutable_ = true;
    IrExpr *len = ex_rt(f, "wyn_array_len", i64, FX_READ_MEM, ex_var(f, list), NULL);
    c.count = var_temp(f, ex_cond(f, is_unmade(f, list), ex_int(f, 0), len));
    return c;
}

static IrExpr *cursor_more(LowerFn *f, Cursor c) {
    return ex_binary(f, IO_LT, ex_var(f, c.at), ex_var(f, c.count), f->lw->t.b);
}

/* The element there; moves on. */
static IrVar *cursor_take(LowerFn *f, Cursor c, IrVar *list, Type *elem) {
    Lower *lw = f->lw;
    IrVar *v = var_temp(f, ex_array_op(f, "raw", elem, type_ir(lw, elem), FX_READ_MEM,
                                       ex_var(f, list), ex_var(f, c.at), NULL));
    st_set(f, ex_var(f, c.at), ex_binary(f, IO_ADD, ex_var(f, c.at), ex_int(f, 1), lw->t.i64));
    return v;
}

static void each_open(LowerFn *f, Each *e, ForkVar *v) {
    e->array = v;
    e->slot = var_decl(f, NULL, slot_type(f), ex_var(f, v->slot));
    e->slot->mutable_ = true;
    e->early = cursor_open(f, v->early);
    e->rest = cursor_open(f, v->rest);
}

static IrExpr *has_slot(LowerFn *f, const Each *e) {
    return ex_binary(f, IO_NE, ex_var(f, e->slot), ex_var(f, e->array->end), f->lw->t.b);
}

static IrExpr *each_more(LowerFn *f, const Each *e) {
    IrExpr *more = has_slot(f, e);
    if (e->early.at) more = ex_binary(f, IO_LOR, more, cursor_more(f, e->early), f->lw->t.b);
    return ex_binary(f, IO_LOR, more, cursor_more(f, e->rest), f->lw->t.b);
}

/* These wait for tasks that this function has started. */
static void mark_own(void *ctx, IrExpr *e) {
    (void)ctx;
    e->joins = true;
}

static void join_rest(LowerFn *f, const Each *e, Span at) {
    Lower *lw = f->lw;
    ForkVar *v = e->array;
    Type *elem = element_type(v);
    IrVar *future = cursor_take(f, e->rest, v->rest, elem);
    Local *l = NEW(lw->perm, Local);
    l->type = elem;
    local_put(f, l, future);
    Tree *read = NEW(lw->perm, Tree), *await = NEW(lw->perm, Tree);
    *read = (Tree){.kind = TN_LOCAL, .type = elem, .span = at};
    read->local = l;
    *await = (Tree){.kind = TN_AWAIT, .type = elem->args[0], .span = at};
    await->one.e = read;
    IrExpr *r = lower_await(f, await);
    if (r) take_value(f, v, r);
}

/* Awaits the next one and moves on. */
static void each_join(LowerFn *f, Each *e, Span at) {
    ForkVar *v = e->array;
    IrStmt *s = st_if(f, has_slot(f, e));
    BlockSave save = block_enter(f, &s->if_.then);
    join_stored(f, v, e->slot, v->pushes == 1, at);
    st_set(f, ex_var(f, e->slot),
           ex_rt(f, "wyn_fork_next", slot_type(f), 0, ex_var(f, e->slot), NULL));
    block_leave(f, save);
    save = block_enter(f, &s->if_.els);
    if (v->early) {
        IrStmt *ran = st_if(f, cursor_more(f, e->early));
        BlockSave inner = block_enter(f, &ran->if_.then);
        IrVar *r = cursor_take(f, e->early, v->early, element_type(v)->args[0]);
        take_value(f, v, ex_var(f, r));
        block_leave(f, inner);
        inner = block_enter(f, &ran->if_.els);
        join_rest(f, e, at);
        block_leave(f, inner);
    } else {
        join_rest(f, e, at);
    }
    block_leave(f, save);
    IrWalk own = {.expr = mark_own};
    ir_walk_block(&s->if_.els, &own);
}

static void value_open(LowerFn *f, ForkVar *v) {
    Type *res = element_type(v)->args[0];
    if (type_no_value(res)) return;
    v->value = var_decl(f, NULL, type_ir(f->lw, res), NULL);
    v->value->mutable_ = true;
}

static void fork_each(LowerFn *f, Tree *t, ForkNode *n) {
    Each *e = NEW(f->lw->perm, Each);
    each_open(f, e, n->var);
    map_put(f->lw->perm, &f->forks.each, t->for_in.a, e);
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    s->loop.loop->counted = true;
    s->loop.cond = each_more(f, e);
    BlockSave save = block_enter(f, &s->loop.body);
    value_open(f, n->var);
    lower_effect(f, t->for_in.body);
    block_leave(f, save);
    if (n->pop) pop_to(f, n->pop, "wyn_fork_pop");
}

static IrExpr *result_array(LowerFn *f, Type *type, IrExpr *room_) {
    return ex_rt(f, "wyn_array_new", type_ir(f->lw, type), 0, ex_desc(f, type->args[0]), room_,
                 NULL);
}

static void result_add(LowerFn *f, Type *type, IrVar *to, IrExpr *e) {
    st_expr(f, ex_array_op(f, "push", type->args[0], NULL, FX_EFFECT, ex_var(f, to), e, NULL));
}

static IrExpr *fork_all(LowerFn *f, Tree *t, ForkNode *n) {
    Each e;
    each_open(f, &e, n->var);
    IrType *i64 = f->lw->t.i64;
    IrExpr *room_ = ex_binary(f, IO_SUB, ex_var(f, n->var->end), ex_var(f, e.slot), i64);
    if (e.early.at) room_ = ex_binary(f, IO_ADD, room_, ex_var(f, e.early.count), i64);
    room_ = ex_binary(f, IO_ADD, room_, ex_var(f, e.rest.count), i64);
    IrVar *out = var_temp(f, result_array(f, t->type, room_));
    IrStmt *s = st_loop(f, loop_new(f));
    s->loop.loop->counted = true;
    s->loop.cond = each_more(f, &e);
    BlockSave save = block_enter(f, &s->loop.body);
    value_open(f, n->var);
    each_join(f, &e, t->span);
    result_add(f, t->type, out, ex_var(f, n->var->value));
    block_leave(f, save);
    if (n->pop) pop_to(f, n->pop, "wyn_fork_pop");
    return ex_var(f, out);
}

/* ---- without a variable ---- */

/* await spawn f(x): nobody else could know the difference from a call. */
static IrExpr *fork_at_once(LowerFn *f, Tree *spawn) {
    Spread sp = {0};
    Tree *call = spread(&sp, f, spawn->spawn.e);
    if (!call) return NULL;
    if (type_no_value(call->type)) {
        lower_effect(f, call);
        return NULL;
    }
    return lower_expr(f, call);
}

static bool is_spawn_list(LowerFn *f, Tree *t) {
    Tree *list = fork_is_await_all(t) ? t->call.args.v[0] : NULL;
    if (!list || list->kind != TN_ARRAY || !list->agg.list.n || list->agg.update || f->out->frame)
        return false;
    for (u32 i = 0; i < list->agg.list.n; i++)
        if (list->agg.list.v[i]->kind != TN_SPAWN || list->agg.list.v[i]->spawn.scope)
            return false;
    return !type_no_value(t->type->args[0]);
}

/* await_all([spawn f(x), spawn g(y)]) */
static IrExpr *fork_list(LowerFn *f, Tree *t) {
    TreeList list = t->call.args.v[0]->agg.list;
    ForkVar *v = NEW_N(f->lw->perm, ForkVar, list.n);
    for (u32 i = 0; i < list.n; i++)
        if (!fork_one(f, &v[i], list.v[i], NULL)) return NULL;
    for (u32 i = 0; i < list.n; i++)
        fork_join(f, &v[i], i + 1 == list.n ? &v[0] : NULL, t->span);
    IrVar *out = var_temp(f, result_array(f, t->type, ex_int(f, list.n)));
    for (u32 i = 0; i < list.n; i++) result_add(f, t->type, out, ex_var(f, v[i].value));
    return ex_var(f, out);
}

/* ---- entries: true when the node was about scoped tasks, and is lowered ---- */

static ForkNode *node_of(LowerFn *f, Tree *t) { return map_get(&f->forks.nodes, t); }

bool fork_let(LowerFn *f, Tree *t) {
    ForkNode *n = node_of(f, t);
    if (!n) return false;
    if (n->use == FORK_OPEN) rest_open(f, n->var);
    else fork_one(f, n->var, tree_uncast(t->let.init), n->var->local->name);
    return true;
}

bool fork_call(LowerFn *f, Tree *t, IrExpr **out) {
    *out = NULL;
    if (!f->lw->scoped) return false;
    if (is_spawn_list(f, t)) {
        *out = fork_list(f, t);
        return true;
    }
    ForkNode *n = node_of(f, t);
    if (!n) return false;
    if (n->use == FORK_PUSH) fork_push(f, n->var, fork_pushed(t));
    else *out = fork_all(f, t, n);
    return true;
}

bool fork_for(LowerFn *f, Tree *t) {
    ForkNode *n = node_of(f, t);
    if (!n) return false;
    fork_each(f, t, n);
    return true;
}

bool fork_await(LowerFn *f, Tree *t, IrExpr **out) {
    *out = NULL;
    if (!f->lw->scoped) return false;
    if (t->one.e->kind == TN_SPAWN && !t->one.e->spawn.scope) {
        *out = fork_at_once(f, t->one.e);
        return true;
    }
    ForkNode *n = node_of(f, t);
    if (!n) return false;
    const ForkVar *value = n->var->of ? n->var->of : n->var;
    if (n->use == FORK_ELEMENT) each_join(f, map_get(&f->forks.each, n->var->local), t->span);
    else if (n->use == FORK_JOIN) fork_join(f, n->var, n->pop, t->span);
    *out = value_of(f, value);
    return true;
}
