/* initorder.c - the order of global initialisers: by dependency through the bodies of the functions
 * that an initialiser names, transitively; otherwise as written. A script's top level keeps its
 * order. */
#include "checker.h"
#include "walk.h"

typedef struct Order {
    Checker *ck;
    Tree **stmts; /* as written */
    u32 n;
    u8 *state; /* of a statement: 0 new, 1 being ordered, 2 placed */
    u32 *def;  /* global id -> statement + 1 */
    u32 *seen; /* fn id -> last root that visited it + 1 */
    VEC(Tree *) out;
    VEC(u32) chain;
    u32 root;
} Order;

static void order_stmt(Order *o, u32 i);
static bool order_enter(void *ctx, Tree *t);

static void order_fn(Order *o, Fn *f) {
    if (!f || !f->body || f->is_std || o->seen[f->id] == o->root + 1) return;
    o->seen[f->id] = o->root + 1;
    walk_tree(f->body, order_enter, o);
}

static bool order_enter(void *ctx, Tree *t) {
    Order *o = ctx;
    if (t->kind == TN_GLOBAL && o->def[t->global->id]) {
        u32 root = o->root;
        order_stmt(o, o->def[t->global->id] - 1);
        o->root = root;
    }
    if (t->kind == TN_CALL) order_fn(o, t->call.fn);
    if (t->kind == TN_FN || t->kind == TN_LAMBDA) order_fn(o, t->fn);
    return true;
}

static Global *defined_global(Tree *t) {
    if (t->kind != TN_ASSIGN || t->assign.targets.n != 1 ||
        t->assign.targets.v[0]->kind != TN_GLOBAL)
        return NULL;
    return t->assign.targets.v[0]->global;
}

static void report_cycle(Order *o, u32 i) {
    StrBuf b = {o->ck->perm, NULL, 0, 0};
    u32 from = 0;
    while (from < o->chain.n && o->chain.v[from] != i) from++;
    for (u32 k = from; k < o->chain.n; k++) {
        Global *g = defined_global(o->stmts[o->chain.v[k]]);
        buf_fmt(&b, "%s -> ", g ? g->name->s.p : "?");
    }
    Global *g = defined_global(o->stmts[i]);
    buf_c(&b, g ? g->name->s.p : "?");
    Str chain = buf_done(&b);
    Diag *d = diag_new(o->ck->ds, E_INIT_CYCLE, o->stmts[i]->span,
                       "globals depend on one another: %.*s", FMT(chain));
    diag_label(d, o->stmts[i]->span, "needs its own value");
}

static void order_stmt(Order *o, u32 i) {
    if (o->state[i] == 2) return;
    if (o->state[i] == 1) {
        report_cycle(o, i);
        return;
    }
    o->state[i] = 1;
    vec_push(o->ck->perm, &o->chain, i);
    o->root = i;
    Global *g = defined_global(o->stmts[i]);
    walk_tree(g ? o->stmts[i]->assign.values.v[0] : o->stmts[i], order_enter, o);
    o->chain.n--;
    o->state[i] = 2;
    vec_push(o->ck->perm, &o->out, o->stmts[i]);
}

void global_order(Checker *ck) {
    Fn *init = ck->prog->init;
    if (!init) return;
    Order o = {.ck = ck, .stmts = init->body->block.stmts.v, .n = init->body->block.stmts.n};
    for (u32 i = 0; i < ck->prog->fns.n; i++) ck->prog->fns.v[i]->id = i;
    o.state = NEW_N(ck->perm, u8, o.n + 1);
    o.def = NEW_N(ck->perm, u32, ck->prog->globals.n + 1);
    o.seen = NEW_N(ck->perm, u32, ck->prog->fns.n + 1);
    for (u32 i = 0; i < o.n; i++) {
        Global *g = defined_global(o.stmts[i]);
        if (g && !o.def[g->id]) o.def[g->id] = i + 1;
    }
    for (u32 i = 0; i < o.n; i++) order_stmt(&o, i);
    init->body->block.stmts.v = o.out.v;
    init->body->block.stmts.n = o.out.n;
}
