/* race_param.c - which function values run concurrently though no spawn stands where they are
 * written: `xs.par_each(|x| ...)` hands its lambda to a task inside the library. A node is a
 * parameter (or a capture of it) or a lambda. One walk marks what is given to a task and collects
 * the edges "if that parameter is, so is this value"; a worklist follows them. */
#include "passes.h"
#include "walk.h"

typedef struct Node Node;
struct Node {
    const void *key;    /* Local* or Fn* */
    bool on;
    VEC(Node *) then;
};

typedef struct Params {
    Arena *arena;
    Map nodes;
    Map *out;
    VEC(Node *) work;
    u32 parallel;       /* bodies of parallel for around */
} Params;

static Node *node_of(Params *ps, const void *key) {
    Node *n = map_get(&ps->nodes, key);
    if (n) return n;
    n = NEW(ps->arena, Node);
    n->key = key;
    map_put(ps->arena, &ps->nodes, key, n);
    return n;
}

static void node_mark(Params *ps, Node *n) {
    if (!n || n->on) return;
    n->on = true;
    map_put(ps->arena, ps->out, n->key, n);
    vec_push(ps->arena, &ps->work, n);
}

static Node *value_node(Params *ps, Tree *t) {
    if (!t) return NULL;
    t = tree_uncast(t);
    if (t->kind == TN_LOCAL && type_is(t->local->type, TY_FN)) return node_of(ps, t->local);
    if (t->kind == TN_LAMBDA) return node_of(ps, t->fn);
    return NULL;
}

static void args_mark(Params *ps, TreeList args) {
    for (u32 i = 0; i < args.n; i++) node_mark(ps, value_node(ps, args.v[i]));
}

static void task_mark(Params *ps, Tree *call) {
    if (call->kind == TN_CALL) {
        args_mark(ps, call->call.args);
    } else if (call->kind == TN_CALL_VALUE) {
        node_mark(ps, value_node(ps, call->callv.callee));
        args_mark(ps, call->callv.args);
    } else if (call->kind == TN_CALL_DYN) {
        args_mark(ps, call->dyn.args);
    }
}

static void call_edges(Params *ps, Tree *t) {
    const Fn *fn = t->call.fn;
    for (u32 i = 0; i < t->call.args.n && i < fn->param_count; i++) {
        Node *n = value_node(ps, t->call.args.v[i]);
        if (n) vec_push(ps->arena, &node_of(ps, fn->params[i])->then, n);
    }
}

static bool params_enter(void *ctx, Tree *t);

static void loop_body(Params *ps, Tree *body) {
    ps->parallel++;
    walk_tree(body, params_enter, ps);
    ps->parallel--;
}

static bool params_enter(void *ctx, Tree *t) {
    Params *ps = ctx;
    if (t->kind == TN_SPAWN) task_mark(ps, t->spawn.e);
    else if (t->kind == TN_PAR_BIND) task_mark(ps, t->parbind.call);
    else if (t->kind == TN_CALL) call_edges(ps, t);
    else if (t->kind == TN_LOCAL && ps->parallel) node_mark(ps, value_node(ps, t));
    else if (t->kind == TN_FOR_RANGE && t->for_range.parallel) loop_body(ps, t->for_range.body);
    else if (t->kind == TN_FOR_IN && t->for_in.parallel) loop_body(ps, t->for_in.body);
    return true;
}

/* What a concurrent lambda has captured may be called by it. */
static void capture_edges(Params *ps, Fn *fn) {
    Node *self = node_of(ps, fn);
    if (fn->spawned) node_mark(ps, self);
    for (u32 i = 0; i < fn->captures.n; i++) {
        Capture c = fn->captures.v[i];
        if (!type_is(c.outer->type, TY_FN)) continue;
        vec_push(ps->arena, &self->then, node_of(ps, c.outer));
        vec_push(ps->arena, &node_of(ps, c.inner)->then, node_of(ps, c.outer));
    }
}

void race_params(Arena *scratch, Program *p, Map *out) {
    Params ps = {.arena = scratch, .out = out};
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        if (fn->kind == FN_LAMBDA) capture_edges(&ps, fn);
        walk_tree(fn->body, params_enter, &ps);
    }
    while (ps.work.n) {
        Node *n = vec_pop(&ps.work);
        for (u32 i = 0; i < n->then.n; i++) node_mark(&ps, n->then.v[i]);
    }
}
