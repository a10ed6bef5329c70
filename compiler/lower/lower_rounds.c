/* lower_rounds.c - parallel for. Its rounds become a function over an environment and a part of the
 * range, which the runtime calls with one part after the other, from several workers when they
 * have nothing else to do. The environment holds copies of the variables that the body names: the
 * checker has seen to it that no round assigns them. */
#include "../sema/walk.h"
#include "lowering.h"

typedef struct Rounds {
    LowerFn *f;
    Map own, seen;
    VEC(Local *) free;   /* named in the body, declared outside */
} Rounds;

static void own_note(void *ctx, Local *l) {
    Rounds *r = ctx;
    map_put(r->f->lw->perm, &r->own, l, l);
}

static void free_note(Rounds *r, Local *l) {
    if (map_get(&r->own, l) || map_get(&r->seen, l) || type_no_value(l->type)) return;
    map_put(r->f->lw->perm, &r->seen, l, l);
    vec_push(r->f->lw->perm, &r->free, l);
}

static bool free_enter(void *ctx, Tree *t) {
    Rounds *r = ctx;
    if (t->kind == TN_LOCAL) free_note(r, t->local);
    for (u32 i = 0; t->kind == TN_LAMBDA && i < t->fn->captures.n; i++)
        free_note(r, t->fn->captures.v[i].outer);
    return true;
}

/* ---- the loop over one part, as a typed tree ---- */

static Local *local_made(LowerFn *f, Type *type, Span span) {
    Local *l = NEW(f->lw->perm, Local);
    l->type = type;
    l->span = span;
    l->owner = f->fn;
    return l;
}

static Tree *tree_made(LowerFn *f, TreeKind kind, Type *type, Span span) {
    Tree *t = NEW(f->lw->perm, Tree);
    *t = (Tree){.kind = kind, .type = type, .span = span};
    return t;
}

static Tree *local_tree(LowerFn *f, Local *l) {
    Tree *t = tree_made(f, TN_LOCAL, l->type, l->span);
    t->local = l;
    return t;
}

/* `x = xs[k]` or what the pattern binds of it. */
static Tree *element_let(LowerFn *f, Tree *loop, Local *x, Local *xs, Local *k) {
    Tree *e = tree_made(f, TN_INDEX, xs->type->args[0], loop->for_in.iter->span);
    e->index.obj = local_tree(f, xs);
    e->index.index = local_tree(f, k);
    Tree *t = tree_made(f, x ? TN_LET : TN_DESTRUCT, type_prim(f->lw->ir->types, TY_VOID), e->span);
    if (x) {
        t->let.local = x;
        t->let.init = e;
    } else {
        t->letc.pattern = loop->for_in.pattern;
        t->letc.e = e;
    }
    return t;
}

static Local *array_local(LowerFn *f, Tree *array, IrExpr *value) {
    Local *l = local_made(f, array->type, array->span);
    local_declare(f, l, value);
    return l;
}

static IrExpr *array_len(LowerFn *f, Local *xs) {
    return ex_rt(f, "wyn_array_len", f->lw->t.i64, FX_READ_MEM, local_read(f, xs), NULL);
}

/* Rounds over arrays count their positions. Gives the end of the range. */
static IrExpr *over_arrays(LowerFn *f, Tree *t, Tree *loop) {
    Operands ops = {0};
    operands_add(f, &ops, t->for_in.iter);
    if (t->for_in.iter2) operands_add(f, &ops, t->for_in.iter2);
    if (f->dead) return NULL;
    Local *xs = array_local(f, t->for_in.iter, ops.v.v[0].e);
    IrExpr *n = ex_temp(f, array_len(f, xs));
    bool zip = t->for_in.iter2 != NULL, indexed = !zip && t->for_in.b;
    Local *k = indexed ? t->for_in.a : NULL;
    if (!k) k = local_made(f, type_prim(f->lw->ir->types, TY_INT), t->span);
    loop->for_range.var = k;
    Tree *body = tree_made(f, TN_BLOCK, type_prim(f->lw->ir->types, TY_VOID), t->for_in.body->span);
    body->block.stmts.v = NEW_N(f->lw->perm, Tree *, 3);
    Local *x = indexed ? t->for_in.b : t->for_in.a;
    if (x || t->for_in.pattern)
        body->block.stmts.v[body->block.stmts.n++] = element_let(f, t, x, xs, k);
    if (zip) {
        Local *ys = array_local(f, t->for_in.iter2, ops.v.v[1].e);
        IrExpr *m = ex_temp(f, array_len(f, ys));
        n = ex_cond(f, ex_binary(f, IO_LT, ex_copy(f, n), ex_copy(f, m), f->lw->t.b), n, m);
        n = ex_temp(f, n);
        if (t->for_in.b)
            body->block.stmts.v[body->block.stmts.n++] = element_let(f, t, t->for_in.b, ys, k);
    }
    body->block.stmts.v[body->block.stmts.n++] = t->for_in.body;
    loop->for_range.body = body;
    return n;
}

/* ---- the function and its environment ---- */

/* The value that travels: the box of a shared variable, a copy of any other. */
static IrExpr *free_value(LowerFn *f, Local *l, bool *boxed) {
    Slot *s = local_slot(f, l);
    *boxed = s->ptr && local_is_boxed(f->lw, l);
    return *boxed ? ex_var(f, s->var) : local_read(f, l);
}

static LowerFn *rounds_fn(LowerFn *f, Tree *loop, Rounds *r, IrStruct *env, const bool *boxed) {
    Lower *lw = f->lw;
    IrFn *out = ir_fn_new(lw, env->name, NULL);
    out->shown = f->out->shown;
    out->span = loop->span;
    LowerFn *g = fn_begin(lw, out);
    g->fn = f->fn;
    g->info = f->info;
    g->span = loop->span;
    g->ret = type_prim(lw->ir->types, TY_VOID);
    g->in_rounds = true;
    IrVar *arg = fn_param(g, NULL, lw->t.voidp);
    Local *ends[] = {loop->for_range.lo->local, loop->for_range.hi->local};
    for (u32 i = 0; i < 2; i++) {
        Slot *s = NEW(lw->perm, Slot);
        s->var = fn_param(g, NULL, lw->t.i64);
        map_put(lw->perm, &g->slots, ends[i], s);
    }
    IrVar *e = NULL;
    if (env->fields.n)
        e = var_temp(g, ex_cast(g, ex_var(g, arg),
                                ir_ptr(lw->perm, ir_struct_type(lw->perm, env))));
    defer_prepare(g, loop);
    for (u32 i = 0; i < r->free.n; i++) {
        Slot *s = NEW(lw->perm, Slot);
        s->ptr = boxed[i];
        s->var = var_decl(g, r->free.v[i]->name, struct_field_type(env, i),
                          ex_arrow(g, ex_var(g, e), i, struct_field_type(env, i)));
        s->var->mutable_ = !s->ptr && local_is_changed(lw, r->free.v[i]);
        map_put(lw->perm, &g->slots, r->free.v[i], s);
        capture_move(g, r->free.v[i]);
    }
    if (f->scope) {
        u32 at = env->fields.n - 1;
        g->scope = var_temp(g, ex_arrow(g, ex_var(g, e), at, struct_field_type(env, at)));
    }
    lower_for_range(g, loop);
    return g;
}

static IrExpr *environment(LowerFn *f, IrStruct *env, IrExpr **values) {
    Lower *lw = f->lw;
    if (!env->fields.n) return ex_null(f, lw->t.voidp);
    IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = ir_struct_type(lw->perm, env);
    IrType *ptr = ir_ptr(lw->perm, size->obj);
    IrVar *e = var_temp(f, ex_cast(f, ex_rt(f, "wyn_alloc", lw->t.voidp, 0, size, NULL), ptr));
    for (u32 i = 0; i < env->fields.n; i++)
        st_set(f, ex_arrow(f, ex_var(f, e), i, struct_field_type(env, i)), values[i]);
    return ex_var(f, e);
}

/* A range loop over a part, whose ends are parameters. */
static Tree *part_loop(LowerFn *f, Tree *t) {
    Type *integer = type_prim(f->lw->ir->types, TY_INT);
    Tree *loop = tree_made(f, TN_FOR_RANGE, t->type, t->span);
    loop->for_range.lo = local_tree(f, local_made(f, integer, t->span));
    loop->for_range.hi = local_tree(f, local_made(f, integer, t->span));
    bool range = t->kind == TN_FOR_RANGE;
    loop->for_range.loop = range ? t->for_range.loop : t->for_in.loop;
    if (!range) return loop;
    loop->for_range.var = t->for_range.var;
    loop->for_range.body = t->for_range.body;
    return loop;
}

void lower_par_for(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Tree *loop = part_loop(f, t);
    IrExpr *lo = ex_int(f, 0), *hi;
    if (t->kind == TN_FOR_RANGE) {
        Operands ops = {0};
        operands_add(f, &ops, t->for_range.lo);
        operands_add(f, &ops, t->for_range.hi);
        if (f->dead) return;
        lo = ex_temp(f, ops.v.v[0].e);
        hi = ops.v.v[1].e;
        if (t->for_range.inclusive) hi = ex_binary(f, IO_ADD, hi, ex_int(f, 1), lw->t.i64);
        hi = ex_temp(f, hi);
    } else {
        hi = over_arrays(f, t, loop);
        if (f->dead) return;
    }
    Rounds r = {.f = f};
    walk_declared(loop, own_note, &r);
    own_note(&r, loop->for_range.lo->local);
    own_note(&r, loop->for_range.hi->local);
    walk_tree(loop->for_range.body, free_enter, &r);
    IrStruct *env = struct_new(lw, str_fmt(lw->perm, "%.*s_rounds", FMT(f->out->name)));
    IrExpr **values = NEW_N(lw->perm, IrExpr *, r.free.n + 1);
    bool *boxed = NEW_N(lw->perm, bool, r.free.n + 1);
    for (u32 i = 0; i < r.free.n; i++) {
        values[i] = ex_temp(f, free_value(f, r.free.v[i], &boxed[i]));
        struct_add(lw, env, r.free.v[i]->name, values[i]->type);
    }
    if (f->scope) {
        values[env->fields.n] = ex_var(f, f->scope);
        struct_add(lw, env, NULL, scope_ir(lw));
    }
    IrExpr *e = environment(f, env, values);
    IrExpr *code = ex_new(f, IE_FN, lw->t.voidp);
    code->fn = rounds_fn(f, loop, &r, env, boxed)->out;
    st_expr(f, ex_rt(f, "wyn_par_for", NULL, FX_CALL, lo, hi, code, e, ex_site(f, t->span), NULL));
}
