/* walk.c - children of the nodes of the typed tree, by kind, in order of evaluation.
 * Chains and lists are loops: depth of recursion is the nesting of the source, never its length. */
#include "walk.h"

typedef struct Walk {
    WalkVisit visit;
    void *ctx;
} Walk;

static void walk_one(const Walk *w, Tree *t) {
    if (t) w->visit(w->ctx, t);
}

static void walk_list(const Walk *w, TreeList list) {
    for (u32 i = 0; i < list.n; i++) walk_one(w, list.v[i]);
}

static void walk_ordered(const Walk *w, TreeList list, const u32 *order) {
    for (u32 i = 0; i < list.n; i++) walk_one(w, list.v[order ? order[i] : i]);
}

static void walk_map(const Walk *w, Tree *t) {
    for (u32 i = 0; i < t->map.keys.n; i++) {
        walk_one(w, t->map.keys.v[i]);
        walk_one(w, t->map.values.v[i]);
    }
}

static void walk_if(const Walk *w, Tree *t) {
    for (u32 i = 0; i < t->if_.n; i++) {
        walk_one(w, t->if_.arms[i].cond);
        walk_one(w, t->if_.arms[i].body);
    }
    walk_one(w, t->if_.els);
}

static void walk_match(const Walk *w, Tree *t) {
    walk_one(w, t->match.subject);
    for (u32 i = 0; i < t->match.n; i++) {
        walk_one(w, t->match.arms[i].guard);
        walk_one(w, t->match.arms[i].body);
    }
}

static void walk_select(const Walk *w, Tree *t) {
    for (u32 i = 0; i < t->select.n; i++) {
        walk_one(w, t->select.arms[i].on);
        walk_one(w, t->select.arms[i].value);
    }
    for (u32 i = 0; i < t->select.n; i++) walk_one(w, t->select.arms[i].body);
}

static void walk_chain(const Walk *w, Tree *t) {
    walk_one(w, t->chain.first);
    for (u32 i = 0; i < t->chain.n; i++) walk_one(w, t->chain.steps[i].rhs);
}

static void walk_print(const Walk *w, Tree *t) {
    walk_list(w, t->print.args);
    walk_one(w, t->print.sep);
    walk_one(w, t->print.end);
}

static void walk_two(const Walk *w, Tree *a, Tree *b) {
    walk_one(w, a);
    walk_one(w, b);
}

static void walk_four(const Walk *w, Tree *a, Tree *b, Tree *c, Tree *d) {
    walk_two(w, a, b);
    walk_two(w, c, d);
}

static void walk_stmt(const Walk *w, Tree *t);

void walk_children(Tree *t, WalkVisit visit, void *ctx) { /* table */
    Walk walk = {visit, ctx}, *w = &walk;
    switch (t->kind) {
    case TN_ERROR: case TN_ZERO: case TN_INT: case TN_FLOAT: case TN_BOOL: case TN_STR:
    case TN_LOCAL: case TN_GLOBAL: case TN_FN: case TN_LAMBDA: case TN_NONE:
        return;
    case TN_INTERP:
        for (u32 i = 0; i < t->interp.n; i++) walk_one(w, t->interp.parts[i].e);
        return;
    case TN_CALL: walk_ordered(w, t->call.args, t->call.order); return;
    case TN_CALL_VALUE:
        walk_one(w, t->callv.callee);
        walk_list(w, t->callv.args);
        return;
    case TN_CALL_DYN:
        walk_one(w, t->dyn.obj);
        walk_list(w, t->dyn.args);
        return;
    case TN_INTRINSIC: walk_list(w, t->intr.args); return;
    case TN_PRINT: walk_print(w, t); return;
    case TN_FIELD: walk_one(w, t->field.obj); return;
    case TN_INDEX: walk_two(w, t->index.obj, t->index.index); return;
    case TN_SLICE: walk_four(w, t->slice.obj, t->slice.lo, t->slice.hi, NULL); return;
    case TN_UNARY: walk_one(w, t->unary.e); return;
    case TN_CHAIN: walk_chain(w, t); return;
    case TN_LOGIC: walk_list(w, t->logic.list); return;
    case TN_RANGE: walk_two(w, t->range.lo, t->range.hi); return;
    case TN_IF: walk_if(w, t); return;
    case TN_LET_COND: case TN_DESTRUCT: walk_one(w, t->letc.e); return;
    case TN_MATCH: walk_match(w, t); return;
    case TN_BLOCK: walk_list(w, t->block.stmts); return;
    case TN_STRUCT: case TN_TUPLE: case TN_ARRAY: case TN_SET:
        walk_one(w, t->agg.update);
        walk_ordered(w, t->agg.list, t->agg.order);
        return;
    case TN_MAP: walk_map(w, t); return;
    case TN_COMPR: walk_one(w, t->compr.loop); return;
    case TN_VARIANT: walk_list(w, t->variant.args); return;
    case TN_SOME: case TN_OK: case TN_ERR: case TN_REF: case TN_AWAIT:
    case TN_RETURN: case TN_DEFER: case TN_YIELD:
        walk_one(w, t->one.e);
        return;
    case TN_TRY: walk_one(w, t->try_.e); return;
    case TN_COALESCE: walk_two(w, t->pair.a, t->pair.b); return;
    case TN_OPT_MAP: walk_two(w, t->optmap.obj, t->optmap.body); return;
    case TN_CAST: walk_one(w, t->cast.e); return;
    case TN_SPAWN: walk_two(w, t->spawn.scope, t->spawn.e); return;
    case TN_LET: case TN_ASSIGN: case TN_OPASSIGN: case TN_BREAK: case TN_CONTINUE: case TN_WHILE:
    case TN_FOR_RANGE: case TN_FOR_IN: case TN_FOR_C: case TN_PARALLEL: case TN_SCOPE:
    case TN_PAR_BIND: case TN_SELECT: case TREE_KIND_COUNT:
        walk_stmt(w, t);
        return;
    }
}

/* The kinds that stand only as statements. */
static void walk_stmt(const Walk *w, Tree *t) {
    if (t->kind == TN_LET) {
        walk_one(w, t->let.init);
    } else if (t->kind == TN_ASSIGN) {
        walk_list(w, t->assign.targets);
        walk_list(w, t->assign.values);
    } else if (t->kind == TN_OPASSIGN) {
        walk_two(w, t->opassign.target, t->opassign.value);
    } else if (t->kind == TN_WHILE) {
        walk_two(w, t->while_.cond, t->while_.body);
    } else if (t->kind == TN_FOR_RANGE) {
        walk_four(w, t->for_range.lo, t->for_range.hi, t->for_range.step, t->for_range.body);
    } else if (t->kind == TN_FOR_IN) {
        walk_four(w, t->for_in.iter, t->for_in.iter2, t->for_in.body, NULL);
    } else if (t->kind == TN_FOR_C) {
        walk_four(w, t->for_c.init, t->for_c.cond, t->for_c.body, t->for_c.step);
    } else if (t->kind == TN_PARALLEL || t->kind == TN_SCOPE) {
        walk_two(w, t->scope.timeout, t->scope.body);
    } else if (t->kind == TN_PAR_BIND) {
        walk_one(w, t->parbind.call);
    } else if (t->kind == TN_SELECT) {
        walk_select(w, t);
    } else {
        ASSERT(t->kind == TN_BREAK || t->kind == TN_CONTINUE);
    }
}

typedef struct Descent {
    WalkEnter enter;
    void *ctx;
} Descent;

static void descent_visit(void *ctx, Tree *child) {
    Descent *d = ctx;
    if (d->enter(d->ctx, child)) walk_children(child, descent_visit, d);
}

void walk_tree(Tree *t, WalkEnter enter, void *ctx) {
    Descent d = {enter, ctx};
    if (t) descent_visit(&d, t);
}

static void walk_patterns(Pattern **v, u32 n, WalkBind bind, void *ctx) {
    for (u32 i = 0; i < n; i++) walk_pattern(v[i], bind, ctx);
}

void walk_pattern(const Pattern *p, WalkBind bind, void *ctx) {
    if (!p) return;
    switch (p->kind) {
    case PAT_WILD: case PAT_INT: case PAT_FLOAT: case PAT_STR: case PAT_BOOL: case PAT_RANGE:
    case PAT_NONE:
        return;
    case PAT_BIND:
        if (p->bind) bind(ctx, p->bind);
        return;
    case PAT_VARIANT: walk_patterns(p->variant.args, p->variant.n, bind, ctx); return;
    case PAT_SOME: case PAT_OK: case PAT_ERR: walk_pattern(p->inner, bind, ctx); return;
    case PAT_TUPLE: case PAT_STRUCT: walk_patterns(p->tuple.elems, p->tuple.n, bind, ctx); return;
    case PAT_ARRAY:
        walk_patterns(p->array.elems, p->array.n, bind, ctx);
        if (p->array.rest) bind(ctx, p->array.rest);
        return;
    case PAT_OR: walk_patterns(p->alts.alts, p->alts.n, bind, ctx); return;
    }
}

Tree *place_root(Tree *t) {
    for (;;) {
        if (t->kind == TN_REF) t = t->one.e;
        else if (t->kind == TN_FIELD) t = t->field.obj;
        else return t;
    }
}

Tree *tree_uncast(Tree *t) {
    while (t->kind == TN_CAST && (t->cast.how == CAST_NONE || t->cast.how == CAST_FN_VOID))
        t = t->cast.e;
    return t;
}

bool type_is(const Type *t, TyKind kind) {
    return t && t->kind == kind;
}

/* ---- declarations ---- */

typedef struct Declared {
    WalkBind bind;
    void *ctx;
} Declared;

static void declared(const Declared *d, Local *local) {
    if (local) d->bind(d->ctx, local);
}

static bool declared_enter(void *ctx, Tree *t) { /* table */
    const Declared *d = ctx;
    switch ((int)t->kind) {
    case TN_LET: declared(d, t->let.local); break;
    case TN_DESTRUCT:
    case TN_LET_COND: walk_pattern(t->letc.pattern, d->bind, d->ctx); break;
    case TN_BLOCK:
        for (u32 i = 0; i < t->block.hoisted_count; i++) declared(d, t->block.hoisted[i]);
        break;
    case TN_FOR_RANGE: declared(d, t->for_range.var); break;
    case TN_FOR_IN:
        declared(d, t->for_in.a);
        declared(d, t->for_in.b);
        walk_pattern(t->for_in.pattern, d->bind, d->ctx);
        break;
    case TN_MATCH:
        for (u32 i = 0; i < t->match.n; i++)
            walk_pattern(t->match.arms[i].pattern, d->bind, d->ctx);
        break;
    case TN_SELECT:
        for (u32 i = 0; i < t->select.n; i++) declared(d, t->select.arms[i].bind);
        break;
    case TN_COMPR: declared(d, t->compr.out); break;
    case TN_OPT_MAP: declared(d, t->optmap.it); break;
    case TN_SCOPE: declared(d, t->scope.handle); break;
    }
    return true;
}

void walk_declared(Tree *t, WalkBind bind, void *ctx) {
    Declared d = {bind, ctx};
    walk_tree(t, declared_enter, &d);
}
