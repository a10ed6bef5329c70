/* tree_check.c - the legal shapes of the typed tree, asserted. What holds here the lowering relies
 * on: it never asks again. Run between the checker and the lowering in debug builds and tests. */
#include "passes.h"
#include "walk.h"

typedef struct Checking {
    const Fn *fn;
    u32 loops; /* how many stand around */
} Checking;

static void check_visit(void *ctx, Tree *t);

static void check_type(const Type *t) {
    ASSERT(t && !t->has_var && t->kind != TY_ERROR && t->kind != TY_VAR);
}

static void check_local(const Checking *c, const Local *l) {
    ASSERT(l && l->owner == c->fn);
    check_type(l->type);
}

static void check_bind(void *ctx, Local *l) {
    check_local(ctx, l);
}

static void check_order(const u32 *order, u32 n) {
    for (u32 i = 0; order && i < n; i++) {
        ASSERT(order[i] < n);
        for (u32 k = 0; k < i && n <= 64; k++) ASSERT(order[k] != order[i]);
    }
}

static void check_list(TreeList list, u32 want) {
    ASSERT(list.n == want);
    for (u32 i = 0; i < list.n; i++) ASSERT(list.v[i]);
}

static void check_call(Tree *t) {
    const Fn *fn = t->call.fn;
    ASSERT(fn);
    ASSERT(fn->varargs ? t->call.args.n >= fn->param_count : t->call.args.n == fn->param_count);
    check_list(t->call.args, t->call.args.n);
    check_order(t->call.order, t->call.args.n);
    for (u32 i = 0; i < fn->param_count; i++) {
        bool is_self = fn->is_method && i == 0;
        bool is_ref = t->call.args.v[i]->kind == TN_REF;
        if (!is_self) ASSERT(fn->params[i]->by_ref == is_ref);
    }
}

static bool is_place(const Tree *t) {
    return t->kind == TN_LOCAL || t->kind == TN_GLOBAL || t->kind == TN_FIELD ||
           t->kind == TN_INDEX;
}

static void check_agg(Tree *t) {
    const Type *type = t->type;
    u32 n = t->agg.list.n;
    check_order(t->agg.order, t->agg.order ? n : 0);
    if (t->kind == TN_STRUCT) ASSERT(type->kind == TY_STRUCT && n == type->field_count);
    if (t->kind == TN_TUPLE) ASSERT(type->kind == TY_TUPLE && n == type->n);
    if (t->kind == TN_ARRAY) ASSERT(type->kind == TY_ARRAY);
    if (t->kind == TN_SET) ASSERT(type->kind == TY_SET);
    for (u32 i = 0; i < n; i++) ASSERT(t->agg.list.v[i] || t->agg.update);
}

static void check_pattern(const Checking *c, const Pattern *p) {
    ASSERT(p);
    if (p->kind != PAT_WILD) check_type(p->type);
    if (p->kind == PAT_VARIANT) ASSERT(p->variant.index < p->type->variant_count);
    if (p->kind == PAT_TUPLE) ASSERT(p->tuple.n == p->type->n);
    if (p->kind == PAT_STRUCT) ASSERT(p->tuple.n == p->type->field_count);
    if (p->kind == PAT_ARRAY) ASSERT(!p->array.has_rest || p->array.rest_at <= p->array.n);
    if (p->kind == PAT_OR) ASSERT(p->alts.n >= 2);
    walk_pattern(p, check_bind, (void *)c);
}

static void check_cond(const Tree *c) {
    ASSERT(c);
    if (c->kind == TN_LET_COND) return;
    ASSERT(c->type->kind == TY_BOOL || c->type->kind == TY_INT || c->type->kind == TY_NEVER);
}

static void check_if(Tree *t) {
    ASSERT(t->if_.n > 0);
    for (u32 i = 0; i < t->if_.n; i++) {
        check_cond(t->if_.arms[i].cond);
        ASSERT(t->if_.arms[i].body);
    }
    bool value = t->type->kind != TY_VOID && t->type->kind != TY_NEVER;
    ASSERT(!value || t->if_.els);
}

static void check_match(const Checking *c, Tree *t) {
    ASSERT(t->match.subject);
    for (u32 i = 0; i < t->match.n; i++) {
        check_pattern(c, t->match.arms[i].pattern);
        ASSERT(t->match.arms[i].body);
    }
    if (t->match.falls_through) ASSERT(t->type->kind == TY_VOID);
}

static void check_chain(Tree *t) {
    ASSERT(t->chain.first && t->chain.n > 0);
    for (u32 i = 0; i < t->chain.n; i++) {
        ASSERT(t->chain.steps[i].rhs);
        check_type(t->chain.steps[i].type);
        if (t->chain.steps[i].rhs->kind == TN_RANGE)
            ASSERT(t->chain.steps[i].op == OP_IN || t->chain.steps[i].op == OP_NOT_IN);
    }
    ASSERT(t->chain.steps[t->chain.n - 1].type == t->type);
}

static void check_cast(Tree *t) {
    const Type *to = t->type, *from = t->cast.e->type;
    switch (t->cast.how) {
    case CAST_NONE: case CAST_FN_VOID: case CAST_NEVER: case CAST_STR_PTR: return;
    case CAST_INT_FLOAT: ASSERT(from->kind == TY_INT && to->kind == TY_FLOAT); return;
    case CAST_BOOL_INT: ASSERT(from->kind == TY_BOOL && to->kind == TY_INT); return;
    case CAST_INT_BOOL: ASSERT(from->kind == TY_INT && to->kind == TY_BOOL); return;
    case CAST_BOOL_FLOAT: ASSERT(from->kind == TY_BOOL && to->kind == TY_FLOAT); return;
    case CAST_SOME: ASSERT(to->kind == TY_OPTION); return;
    case CAST_HANDLE_INT: ASSERT(to->kind == TY_INT); return;
    case CAST_TRAIT:
        ASSERT(to->kind == TY_TRAIT && (t->cast.vtable || !t->cast.vtable_count));
        return;
    }
}

static void check_assign(Tree *t) {
    ASSERT(t->assign.targets.n == t->assign.values.n && t->assign.targets.n > 0);
    for (u32 i = 0; i < t->assign.targets.n; i++) {
        ASSERT(is_place(t->assign.targets.v[i]));
        ASSERT(t->assign.values.v[i]);
    }
}

static void check_block(const Checking *c, Tree *t) {
    for (u32 i = 0; i < t->block.hoisted_count; i++) check_local(c, t->block.hoisted[i]);
    for (u32 i = 0; i < t->block.stmts.n; i++) ASSERT(t->block.stmts.v[i]);
    if (t->block.has_value) ASSERT(t->block.stmts.n > 0);
}

static void check_lambda(const Checking *c, const Fn *fn) {
    ASSERT(fn && fn->kind == FN_LAMBDA && fn->outer == c->fn);
    for (u32 i = 0; i < fn->captures.n; i++) {
        Capture cap = fn->captures.v[i];
        ASSERT(cap.outer && cap.inner && cap.outer->owner == c->fn && cap.inner->owner == fn);
        ASSERT(cap.outer->captured && cap.outer->type == cap.inner->type);
    }
}

static void check_loop(Checking *c, Tree *t, const TreeLoop *loop) {
    ASSERT(loop);
    c->loops++;
    walk_children(t, check_visit, c);
    c->loops--;
}

static void check_for_in(const Checking *c, Tree *t) {
    if (t->for_in.a) check_local(c, t->for_in.a);
    if (t->for_in.b) check_local(c, t->for_in.b);
    if (t->for_in.pattern) check_pattern(c, t->for_in.pattern);
    ASSERT(t->for_in.iter && t->for_in.body);
    if (t->for_in.iter->type->kind == TY_STRUCT) ASSERT(t->for_in.next);
}

/* What is particular to a kind; children are visited afterwards. */
static void check_kind(const Checking *c, Tree *t) { /* table */
    switch (t->kind) {
    case TN_LOCAL: check_local(c, t->local); ASSERT(t->type == t->local->type); return;
    case TN_GLOBAL: ASSERT(t->global && t->type == t->global->type); return;
    case TN_FN: ASSERT(t->fn && t->fn->kind != FN_LAMBDA); return;
    case TN_LAMBDA: check_lambda(c, t->fn); return;
    case TN_CALL: check_call(t); return;
    case TN_CALL_VALUE: ASSERT(t->callv.callee->type->kind == TY_FN); return;
    case TN_CALL_DYN: ASSERT(t->dyn.obj->type->kind == TY_TRAIT); return;
    case TN_INTRINSIC: ASSERT(t->intr.id < INTRINSIC_COUNT); return;
    case TN_FIELD:
        ASSERT(t->field.obj->type->kind == TY_TUPLE ? t->field.index < t->field.obj->type->n
               : t->field.obj->type->kind == TY_STRUCT &&
                 t->field.index < t->field.obj->type->field_count);
        return;
    case TN_INDEX: ASSERT(t->index.obj && t->index.index); return;
    case TN_SLICE: ASSERT(t->slice.obj); return;
    case TN_UNARY: ASSERT(t->unary.e); return;
    case TN_CHAIN: check_chain(t); return;
    case TN_LOGIC: ASSERT(t->logic.list.n >= 2 && t->type->kind == TY_BOOL); return;
    case TN_IF: check_if(t); return;
    case TN_LET_COND: case TN_DESTRUCT: check_pattern(c, t->letc.pattern); return;
    case TN_MATCH: check_match(c, t); return;
    case TN_BLOCK: check_block(c, t); return;
    case TN_STRUCT: case TN_TUPLE: case TN_ARRAY: case TN_SET: check_agg(t); return;
    case TN_MAP: ASSERT(t->map.keys.n == t->map.values.n && t->type->kind == TY_MAP); return;
    case TN_COMPR: check_local(c, t->compr.out); ASSERT(t->compr.loop); return;
    case TN_VARIANT:
        ASSERT(t->type->kind == TY_ENUM && t->variant.index < t->type->variant_count);
        check_list(t->variant.args, t->type->variants[t->variant.index].n);
        return;
    case TN_SOME: ASSERT(t->type->kind == TY_OPTION && t->one.e); return;
    case TN_NONE: ASSERT(t->type->kind == TY_OPTION); return;
    case TN_OK: case TN_ERR: ASSERT(t->type->kind == TY_RESULT && t->one.e); return;
    case TN_TRY: ASSERT(t->try_.e); return;
    case TN_COALESCE: ASSERT(t->pair.a && t->pair.b); return;
    case TN_OPT_MAP: check_local(c, t->optmap.it); ASSERT(t->optmap.body); return;
    case TN_CAST: ASSERT(t->cast.e); check_cast(t); return;
    case TN_REF: ASSERT(t->one.e && is_place(t->one.e)); return;
    case TN_SPAWN:
        ASSERT(t->spawn.e->kind == TN_CALL || t->spawn.e->kind == TN_CALL_VALUE ||
               t->spawn.e->kind == TN_CALL_DYN || t->spawn.e->kind == TN_INTRINSIC);
        return;
    case TN_AWAIT: ASSERT(t->one.e && t->one.e->type->kind == TY_FUTURE); return;
    case TN_LET: check_local(c, t->let.local); return;
    case TN_ASSIGN: check_assign(t); return;
    case TN_OPASSIGN: ASSERT(is_place(t->opassign.target) && t->opassign.value); return;
    case TN_BREAK: case TN_CONTINUE: ASSERT(c->loops && t->jump.loop); return;
    case TN_FOR_RANGE: ASSERT(t->for_range.lo && t->for_range.hi && t->for_range.body); return;
    case TN_FOR_IN: check_for_in(c, t); return;
    case TN_PARALLEL: case TN_SCOPE: ASSERT(t->scope.body); return;
    case TN_PAR_BIND: check_local(c, t->parbind.local); ASSERT(t->parbind.call); return;
    case TN_DEFER: case TN_YIELD: ASSERT(t->one.e); return;
    case TN_RANGE: ASSERT(t->range.lo && t->range.hi); return;
    case TN_ZERO: case TN_INT: case TN_FLOAT: case TN_BOOL: case TN_STR: case TN_INTERP:
    case TN_PRINT: case TN_RETURN: case TN_WHILE: case TN_FOR_C: case TN_SELECT:
        return;
    case TN_ERROR: case TREE_KIND_COUNT:
        ASSERT(!"a poison node in a finished tree");
    }
}

static void check_visit(void *ctx, Tree *t) {
    Checking *c = ctx;
    if (t->kind != TN_RANGE) check_type(t->type);
    check_kind(c, t);
    if (t->kind == TN_WHILE) check_loop(c, t, t->while_.loop);
    else if (t->kind == TN_FOR_RANGE) check_loop(c, t, t->for_range.loop);
    else if (t->kind == TN_FOR_IN) check_loop(c, t, t->for_in.loop);
    else if (t->kind == TN_FOR_C) check_loop(c, t, t->for_c.loop);
    else walk_children(t, check_visit, c);
}

static void check_fn(const Fn *fn) {
    check_type(fn->ret);
    ASSERT((fn->kind == FN_EXTERN) == !fn->body);
    if (fn->is_method) ASSERT(fn->param_count > 0);
    if (fn->mut_self) ASSERT(fn->is_method && fn->params[0]->by_ref);
    Checking c = {.fn = fn};
    for (u32 i = 0; i < fn->param_count; i++) {
        check_local(&c, fn->params[i]);
        ASSERT(fn->params[i]->is_param);
    }
    for (u32 i = 0; i < fn->locals.n; i++) check_local(&c, fn->locals.v[i]);
    if (!fn->body) return;
    ASSERT(fn->body->kind == TN_BLOCK);
    check_visit(&c, fn->body);
}

void tree_check(const Program *p) {
    for (u32 i = 0; i < p->fns.n; i++) check_fn(p->fns.v[i]);
    for (u32 i = 0; i < p->globals.n; i++) check_type(p->globals.v[i]->type);
}
