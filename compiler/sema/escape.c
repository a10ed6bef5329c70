/* escape.c - which lambdas may live on the stack of the function that makes them.
 * A node stands for "this parameter (or a capture of it) is kept" or "this lambda escapes". One
 * walk collects what makes a node true at once and the edges "if X then Y"; a worklist follows.
 * A use that is not known to be harmless keeps. Functions that live on (generators, spawned calls)
 * keep everything they are given. So do the rounds of a parallel for, which others run: the stack
 * of the one that waits for them may be elsewhere meanwhile (runtime/place.h). */
#include "passes.h"
#include "walk.h"

typedef struct Node Node;
struct Node {
    Fn *lambda;        /* or NULL: a parameter or capture */
    bool kept;
    VEC(Node *) then;  /* kept as soon as this one is */
};

typedef struct Escape {
    Arena *arena;
    Map locals;        /* Local* -> Node* */
    Map lambdas;       /* Fn* -> Node* */
    VEC(Node *) work;
} Escape;

static Node *node_of(Escape *es, Map *map, const void *key) {
    Node *n = map_get(map, key);
    if (n) return n;
    n = NEW(es->arena, Node);
    map_put(es->arena, map, key, n);
    return n;
}

static Node *local_node(Escape *es, const Local *local) {
    return node_of(es, &es->locals, local);
}

static Node *lambda_node(Escape *es, Fn *fn) {
    Node *n = node_of(es, &es->lambdas, fn);
    n->lambda = fn;
    return n;
}

static void node_keep(Escape *es, Node *n) {
    if (n->kept) return;
    n->kept = true;
    vec_push(es->arena, &es->work, n);
}

/* `x` is kept if `cause` is. */
static void node_follow(Escape *es, Node *cause, Node *x) {
    if (cause->kept) node_keep(es, x);
    else vec_push(es->arena, &cause->then, x);
}

/* The node of a value that is a plain mention of a function-typed local or a lambda, else NULL. */
static Node *value_node(Escape *es, Tree *t) {
    t = tree_uncast(t);
    if (t->kind == TN_LOCAL && type_is(t->local->type, TY_FN)) return local_node(es, t->local);
    if (t->kind == TN_LAMBDA) return lambda_node(es, t->fn);
    return NULL;
}

static void escape_visit(void *ctx, Tree *t);

/* In a parallel for: what its rounds mention, themselves or in a lambda. */
static void rounds_visit(void *ctx, Tree *t) {
    Escape *es = ctx;
    if (t->kind == TN_LOCAL && type_is(t->local->type, TY_FN)) {
        node_keep(es, local_node(es, t->local));
    } else if (t->kind == TN_LAMBDA) {
        for (u32 i = 0; i < t->fn->captures.n; i++) {
            Local *outer = t->fn->captures.v[i].outer;
            if (type_is(outer->type, TY_FN)) node_keep(es, local_node(es, outer));
        }
    }
    walk_children(t, rounds_visit, es);
}

static void call_visit(Escape *es, Tree *t) {
    Fn *fn = t->call.fn;
    for (u32 i = 0; i < t->call.args.n; i++) {
        Tree *arg = t->call.args.v[i];
        if (!arg) continue;
        Node *n = value_node(es, arg);
        if (n && i < fn->param_count && fn->body && !fn->is_generator)
            node_follow(es, local_node(es, fn->params[i]), n);
        else
            escape_visit(es, arg);
    }
}

static void call_value_visit(Escape *es, Tree *t) {
    if (!value_node(es, t->callv.callee)) escape_visit(es, t->callv.callee);
    for (u32 i = 0; i < t->callv.args.n; i++) escape_visit(es, t->callv.args.v[i]);
}

/* Any mention that reaches this function is a use nothing is known about: it keeps. */
static void escape_visit(void *ctx, Tree *t) {
    Escape *es = ctx;
    if (t->kind == TN_LOCAL || t->kind == TN_LAMBDA) {
        Node *n = value_node(es, t);
        if (n) node_keep(es, n);
    } else if (t->kind == TN_CALL) {
        call_visit(es, t);
    } else if (t->kind == TN_CALL_VALUE) {
        call_value_visit(es, t);
    } else if (t->kind == TN_INTRINSIC && t->intr.id == IN_TRY_CALL && t->intr.args.n == 1) {
        if (!value_node(es, t->intr.args.v[0])) escape_visit(es, t->intr.args.v[0]);
    } else if (t->kind == TN_SPAWN || t->kind == TN_PAR_BIND) {
        Tree *call = t->kind == TN_SPAWN ? t->spawn.e : t->parbind.call;
        if (call->kind == TN_SPAWN) call = call->spawn.e;
        walk_children(call, escape_visit, es);
    } else if (t->kind == TN_ASSIGN) {
        for (u32 i = 0; i < t->assign.targets.n; i++)
            if (t->assign.targets.v[i]->kind != TN_LOCAL)
                escape_visit(es, t->assign.targets.v[i]);
        for (u32 i = 0; i < t->assign.values.n; i++) escape_visit(es, t->assign.values.v[i]);
    } else {
        if (t->kind == TN_FOR_RANGE && t->for_range.parallel) rounds_visit(es, t->for_range.body);
        if (t->kind == TN_FOR_IN && t->for_in.parallel) rounds_visit(es, t->for_in.body);
        walk_children(t, escape_visit, es);
    }
}

static void fn_captures(Escape *es, Fn *fn) {
    for (u32 i = 0; i < fn->captures.n; i++) {
        Capture c = fn->captures.v[i];
        if (!type_is(c.outer->type, TY_FN)) continue;
        node_follow(es, lambda_node(es, fn), local_node(es, c.outer));
        node_follow(es, local_node(es, c.inner), local_node(es, c.outer));
    }
}

static void fn_collect(Escape *es, Fn *fn) {
    bool unknown = !fn->body || fn->is_generator;
    for (u32 i = 0; i < fn->param_count; i++)
        if (unknown && type_is(fn->params[i]->type, TY_FN))
            node_keep(es, local_node(es, fn->params[i]));
    if (fn->kind == FN_LAMBDA) {
        Node *n = lambda_node(es, fn);
        if (fn->spawned || fn->is_generator) node_keep(es, n);
        fn_captures(es, fn);
    }
    if (fn->body) escape_visit(es, fn->body);
}

void escape_program(Arena *perm, Program *p) {
    (void)perm;
    Arena scratch = {0};
    Escape es = {.arena = &scratch};
    for (u32 i = 0; i < p->fns.n; i++) fn_collect(&es, p->fns.v[i]);
    while (es.work.n) {
        Node *n = vec_pop(&es.work);
        for (u32 i = 0; i < n->then.n; i++) node_keep(&es, n->then.v[i]);
    }
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        if (fn->kind == FN_LAMBDA) fn->escapes = lambda_node(&es, fn)->kept;
    }
    arena_free(&scratch);
}
