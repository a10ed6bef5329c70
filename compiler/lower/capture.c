/* capture.c - facts about the whole program that lowering one function needs: which variables are
 * changed in place, which captured ones live in a box, which are seen through a pointer, and which
 * library functions take the site of their caller.
 * A variable is boxed when a closure shares it and somebody assigns it. */
#include "../sema/walk.h"
#include "lowering.h"

typedef struct Scan {
    Lower *lw;
    Fn *fn;
    VEC(FnInfo *) work;
    Map callers;         /* FnInfo * -> CallerList * */
} Scan;

typedef struct CallerList {
    VEC(FnInfo *) list;
} CallerList;

FnInfo *fn_info(Lower *lw, Fn *fn) {
    FnInfo *fi = map_get(&lw->fns, fn);
    if (fi) return fi;
    fi = NEW(lw->perm, FnInfo);
    fi->fn = fn;
    map_put(lw->perm, &lw->fns, fn, fi);
    return fi;
}

static void mark_mutated(Lower *lw, Tree *place) {
    Tree *r = place_root(place);
    if (r->kind == TN_CAST || r->kind == TN_REF)
        r = place_root(r->kind == TN_REF ? r->one.e : r->cast.e);
    if (r->kind == TN_LOCAL) map_put(lw->perm, &lw->mutated, r->local, r->local);
}

static void takes_site(Scan *sc, Fn *fn) {
    FnInfo *fi = fn_info(sc->lw, fn);
    if (fi->takes_site || !fn->is_std || fn->kind != FN_PLAIN || fn->is_generator) return;
    fi->takes_site = true;
    vec_push(sc->lw->perm, &sc->work, fi);
}

static void scan_call(Scan *sc, Tree *t) {
    Fn *callee = t->call.fn;
    for (u32 i = 0; i < t->call.args.n; i++)
        if (callee->params[i]->by_ref) mark_mutated(sc->lw, t->call.args.v[i]);
    if (!sc->fn->is_std || !callee->is_std || callee->kind != FN_PLAIN) return;
    FnInfo *fi = fn_info(sc->lw, callee);
    CallerList *cl = map_get(&sc->callers, fi);
    if (!cl) {
        cl = NEW(sc->lw->perm, CallerList);
        map_put(sc->lw->perm, &sc->callers, fi, cl);
    }
    vec_push(sc->lw->perm, &cl->list, fn_info(sc->lw, sc->fn));
}

static bool intrinsic_panics(Intrinsic id) {
    switch (id) {
    case IN_PANIC: case IN_ASSERT: case IN_ASSERT_EQ: case IN_ZERO: case IN_CHAN_NEW:
    case IN_CHAN_SEND: case IN_CHAN_RECV: case IN_CHAN_RECV_OPT: case IN_FUT_AWAIT:
    case IN_FUT_WAIT: case IN_FUT_RESULT: case IN_FUT_ALL: case IN_FUT_ANY: case IN_INT_CHAN:
    case IN_INT_FUTURE: case IN_INT_BUILDER: case IN_INT_SHARED: case IN_BOX_GET: case IN_BOX_SET:
        return true;
    default: return false;
    }
}

static bool chain_panics(Tree *t) {
    for (u32 i = 0; i < t->chain.n; i++) {
        Op op = t->chain.steps[i].op;
        Tree *r = t->chain.steps[i].rhs;
        bool divides = op == OP_DIV || op == OP_MOD || op == OP_SHL || op == OP_SHR;
        if (divides && r->type->kind == TY_INT && r->kind != TN_INT) return true;
    }
    return false;
}

static bool scan_enter(void *ctx, Tree *t) {
    Scan *sc = ctx;
    switch (t->kind) {
    case TN_ASSIGN:
        for (u32 i = 0; i < t->assign.targets.n; i++)
            mark_mutated(sc->lw, t->assign.targets.v[i]);
        break;
    case TN_OPASSIGN:
        mark_mutated(sc->lw, t->opassign.target);
        if (sc->fn->is_std && t->opassign.op >= OP_DIV) takes_site(sc, sc->fn);
        break;
    case TN_REF: mark_mutated(sc->lw, t->one.e); break;
    case TN_CALL: scan_call(sc, t); break;
    case TN_CHAIN:
        if (sc->fn->is_std && chain_panics(t)) takes_site(sc, sc->fn);
        break;
    case TN_SPAWN: case TN_PARALLEL: case TN_SCOPE:
        sc->lw->polls = true;
        if (sc->fn->is_std && t->kind == TN_SPAWN) takes_site(sc, sc->fn);
        break;
    case TN_FOR_RANGE: sc->lw->polls |= t->for_range.parallel; break;
    case TN_FOR_IN: sc->lw->polls |= t->for_in.parallel; break;
    case TN_INDEX: case TN_AWAIT: case TN_SELECT: case TN_TRY: case TN_DESTRUCT:
        if (sc->fn->is_std) takes_site(sc, sc->fn);
        break;
    case TN_INTRINSIC:
        if (sc->fn->is_std && intrinsic_panics(t->intr.id)) takes_site(sc, sc->fn);
        break;
    default: break;
    }
    return true;
}

/* ---- boxes ---- */

static bool is_changed(Lower *lw, Local *l) {
    return l->reassigned || map_get(&lw->mutated, l) != NULL;
}

bool local_is_changed(Lower *lw, Local *l) { return is_changed(lw, l); }

/* What an inner variable changes, the outer one it stands for changes too. */
static void spread_changes(Lower *lw) {
    for (bool again = true; again;) {
        again = false;
        for (u32 i = 0; i < lw->prog->fns.n; i++) {
            Fn *fn = lw->prog->fns.v[i];
            for (u32 k = 0; k < fn->captures.n && !fn->spawned; k++) {
                Capture *c = &fn->captures.v[k];
                if (!is_changed(lw, c->inner) || is_changed(lw, c->outer)) continue;
                map_put(lw->perm, &lw->mutated, c->outer, c->outer);
                again = true;
            }
        }
    }
}

static Capture *capture_of(Lower *lw, Local *l) { return map_get(&lw->inner, l); }

/* Seen through a pointer to the caller's variable: `mut` parameters and self, also inside lambdas
 * whose environment lies on the stack. */
bool local_is_ref(Lower *lw, Local *l) {
    Capture *c = capture_of(lw, l);
    if (!c) return l->by_ref;
    Fn *fn = c->inner->owner;
    return fn && !fn->escapes && !fn->spawned && local_is_ref(lw, c->outer);
}

bool local_is_boxed(Lower *lw, Local *l) {
    Capture *c = capture_of(lw, l);
    if (c) {
        Fn *fn = c->inner->owner;
        return !(fn && fn->spawned) && local_is_boxed(lw, c->outer);
    }
    return l->captured && !l->by_ref && is_changed(lw, l);
}

void capture_prepare(Lower *lw) {
    Scan sc = {.lw = lw};
    const Program *p = lw->prog;
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        fn_info(lw, fn);
        for (u32 k = 0; k < fn->captures.n; k++) {
            Capture *c = &fn->captures.v[k];
            if (!c->inner->owner) c->inner->owner = fn;
            c->outer->captured = true;
            map_put(lw->perm, &lw->inner, c->inner, c);
        }
        sc.fn = fn;
        if (fn->body) walk_tree(fn->body, scan_enter, &sc);
    }
    spread_changes(lw);
    while (sc.work.n) {
        FnInfo *fi = vec_pop(&sc.work);
        CallerList *cl = map_get(&sc.callers, fi);
        for (u32 i = 0; cl && i < cl->list.n; i++) takes_site(&sc, cl->list.v[i]->fn);
    }
}
