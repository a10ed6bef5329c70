/* lower_defer.c - a function with defer keeps a record in its C frame: links, entries, and the
 * variables that deferred blocks and bodies of scopes name. Each of these becomes a function over
 * the record. A defer inside a loop keeps its entry, with copies of the variables of that turn, on
 * the heap. */
#include "../sema/walk.h"
#include "lowering.h"

typedef struct DeferScan {
    LowerFn *f;
    u32 defers, scopes;
    Map own;             /* declared in the body of the scope looked at */
} DeferScan;

static bool find_defer(void *ctx, Tree *t) {
    DeferScan *sc = ctx;
    if (t->kind == TN_DEFER) sc->defers++;
    if (t->kind == TN_SCOPE) sc->scopes++;
    return true;
}

static void note_local(DeferScan *sc, Local *l) {
    if (!map_get(&sc->own, l)) map_put(sc->f->lw->perm, &sc->f->deferred_locals, l, l);
}

static bool note_names(void *ctx, Tree *t) {
    DeferScan *sc = ctx;
    if (t->kind == TN_LOCAL) note_local(sc, t->local);
    if (t->kind == TN_PAR_BIND) note_local(sc, t->parbind.local);
    if (t->kind == TN_LAMBDA)
        for (u32 i = 0; i < t->fn->captures.n; i++) note_local(sc, t->fn->captures.v[i].outer);
    return true;
}

static void note_own(void *ctx, Local *l) {
    DeferScan *sc = ctx;
    map_put(sc->f->lw->perm, &sc->own, l, l);
}

/* What a deferred block names, and what the body of a scope names that is declared outside. */
static bool note_shared(void *ctx, Tree *t) {
    DeferScan *sc = ctx;
    sc->own = (Map){0};
    if (t->kind == TN_DEFER) walk_tree(t->one.e, note_names, ctx);
    if (t->kind != TN_SCOPE) return true;
    walk_declared(t, note_own, ctx);
    walk_tree(t->scope.body, note_names, ctx);
    return true;
}

/* A variable that a deferred block of a loop names and somebody changes has a box for each turn. */
static bool box_names(void *ctx, Tree *t) {
    (void)ctx;
    if (t->kind == TN_LOCAL && !t->local->is_param) t->local->captured = true;
    return true;
}

static bool box_defers(void *ctx, Tree *t) {
    if (t->kind == TN_DEFER) walk_tree(t->one.e, box_names, ctx);
    return true;
}

static bool box_loops(void *ctx, Tree *t) {
    switch (t->kind) {
    case TN_WHILE: case TN_FOR_RANGE: case TN_FOR_IN: case TN_FOR_C:
        walk_tree(t, box_defers, ctx);
        return false;
    default: return true;
    }
}

/* Finds the deferred blocks and opens the record. */
void defer_prepare(LowerFn *f, Tree *body) {
    Lower *lw = f->lw;
    DeferScan sc = {.f = f};
    if (body) walk_tree(body, find_defer, &sc);
    if (!sc.defers && !sc.scopes) return;
    walk_tree(body, note_shared, &sc);
    walk_tree(body, box_loops, &sc);
    f->record_type = struct_new(lw, str_fmt(lw->perm, "%.*s_frame", FMT(f->out->name)));
    struct_add(lw, f->record_type, NULL, ir_raw(lw->perm, lw->ir, "wyn_frame"));
    IrType *type = ir_struct_type(lw->perm, f->record_type);
    f->record = var_decl(f, NULL, type, ex_zero(f, type));
    f->record->mutable_ = true;
    f->has_defers = sc.defers > 0;
    if (!f->has_defers) return;
    st_expr(f, ex_rt(f, "wyn_frame_enter", NULL, FX_EFFECT,
                     ex_addr(f, ex_member(f, ex_var(f, f->record), IM_FIELD, 0,
                                          struct_field_type(f->record_type, 0))), NULL));
}

static IrExpr *record_part(LowerFn *f, u32 i) {
    if (f->record->type->kind == IRT_PTR)
        return ex_arrow(f, ex_var(f, f->record), i, struct_field_type(f->record_type, i));
    return ex_member(f, ex_var(f, f->record), IM_FIELD, i, struct_field_type(f->record_type, i));
}

void defer_leave(LowerFn *f) {
    st_expr(f, ex_rt(f, "wyn_frame_leave", NULL, FX_CALL | FX_WRITE_VAR,
                     ex_addr(f, record_part(f, 0)), NULL));
}

LowerFn *record_fn(LowerFn *f, Str name, IrType *ret, Span span) {
    Lower *lw = f->lw;
    IrFn *out = ir_fn_new(lw, name, ret);
    out->shown = f->out->shown;
    out->span = span;
    LowerFn *g = fn_begin(lw, out);
    g->fn = f->fn;
    g->info = f->info;
    g->span = span;
    IrVar *arg = fn_param(g, NULL, lw->t.voidp);
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, f->record_type));
    g->record = var_temp(g, ex_cast(g, ex_var(g, arg), ptr));
    g->record_type = f->record_type;
    g->deferred_locals = f->deferred_locals;
    g->loop_depth = f->loop_depth;
    for (u32 i = 0; i < f->slots.cap; i++) {
        if (!f->slots.slots[i].key) continue;
        Slot *s = f->slots.slots[i].value;
        if (!s->var || s->var->via != f->record) continue;
        Slot *c = NEW(lw->perm, Slot);
        IrVar *v = NEW(lw->perm, IrVar);
        *v = *s->var;
        v->id = g->vars++;
        v->via = g->record;
        c->var = v;
        c->ptr = s->ptr;
        map_put(lw->perm, &g->slots, f->slots.slots[i].key, c);
    }
    return g;
}

/* The function of one deferred block. Returns its context before the body is lowered. */
static LowerFn *deferred_begin(LowerFn *f, Tree *t) {
    Str name = str_fmt(f->lw->perm, "%.*s_defer%u", FMT(f->out->name), ++f->defer_count);
    LowerFn *g = record_fn(f, name, NULL, t->span);
    g->ret = type_prim(f->lw->ir->types, TY_VOID);
    return g;
}

/* In a loop: node {next, entry, copies}; the list of its nodes stands in the record. */
static IrVar *loop_node(LowerFn *f, LowerFn *g, IrVar *rec_arg) {
    Lower *lw = f->lw;
    (void)rec_arg;
    IrStruct *node = struct_new(lw, str_fmt(lw->perm, "%.*s_entry", FMT(g->out->name)));
    IrType *ptr = ir_ptr(lw->perm, ir_struct_type(lw->perm, node));
    struct_add(lw, node, NULL, ir_raw(lw->perm, lw->ir, "wyn_defer_entry"));
    struct_add(lw, node, NULL, ptr);
    u32 list = struct_add(lw, f->record_type, NULL, ptr);
    IrExpr *size = ex_new(f, IE_SIZEOF_OBJ, lw->t.i64);
    size->obj = ptr->to;
    IrVar *n = var_temp(f, ex_cast(f, ex_rt(f, "wyn_alloc", lw->t.voidp, 0, size, NULL), ptr));
    /* the record starts zeroed, so an empty list is NULL */
    st_set(f, ex_arrow(f, ex_var(f, n), 1, ptr), record_part(f, list));
    st_set(f, record_part(f, list), ex_var(f, n));
    IrVar *rec = g->out->body.stmts.v[0]->decl.var;
    IrVar *gn = var_temp(g, ex_arrow(g, ex_var(g, rec), list, ptr));
    st_set(g, ex_arrow(g, ex_var(g, rec), list, ptr), ex_arrow(g, ex_var(g, gn), 1, ptr));
    for (u32 i = 0; i < f->slots.cap; i++) { /* what this turn of the loop has, as it is now */
        const void *key = f->slots.slots[i].key;
        if (!key || !map_get(&f->deferred_locals, key)) continue;
        Slot *s = f->slots.slots[i].value;
        if (!s->var) continue;
        Local *l = (Local *)key;
        if (l->is_param || (local_is_changed(f->lw, l) && !local_is_boxed(f->lw, l))) continue;
        u32 at = struct_add(lw, node, l->name, s->var->type);
        st_set(f, ex_arrow(f, ex_var(f, n), at, s->var->type), ex_var(f, s->var));
        Slot *c = NEW(lw->perm, Slot);
        c->ptr = s->ptr;
        c->var = var_temp(g, ex_arrow(g, ex_var(g, gn), at, s->var->type));
        c->var->name = l->name;
        map_put(lw->perm, &g->slots, key, c);
    }
    return n;
}

void lower_defer(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    if (f->out->frame) {
        generator_defer(f, t);
        return;
    }
    LowerFn *g = deferred_begin(f, t);
    IrType *entry_type = ir_raw(lw->perm, lw->ir, "wyn_defer_entry");
    IrExpr *entry;
    if (f->loop_depth) {
        IrVar *n = loop_node(f, g, NULL);
        entry = ex_addr(f, ex_arrow(f, ex_var(f, n), 0, entry_type));
    } else {
        u32 at = struct_add(lw, f->record_type, NULL, entry_type);
        entry = ex_addr(f, record_part(f, at));
    }
    lower_effect(g, t->one.e);
    IrExpr *code = ex_new(f, IE_FN, lw->t.voidp);
    code->fn = g->out;
    st_expr(f, ex_rt(f, "wyn_defer", NULL, FX_EFFECT, ex_addr(f, record_part(f, 0)), entry, code,
                     NULL));
}
