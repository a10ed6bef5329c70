/* selfmut.c - which methods assign through self, and what follows for their receivers.
 * A method does when the root of an assigned place, of a `&` argument or of the receiver of such a
 * method is its self, or a capture of it by a lambda that stays on the stack (so escape.c runs
 * first). Calls are edges; a worklist finds the fixpoint. Afterwards every call is looked at once:
 * receivers that are const are errors, receivers that are copies are lints. */
#include "passes.h"
#include "walk.h"

typedef struct Method Method;
struct Method {
    Fn *fn;
    VEC(Fn *) callers; /* whose self is the root of the receiver */
};

typedef struct SelfMut {
    Arena *arena;
    Diags *ds;
    Map methods;   /* Fn* -> Method* */
    Map captures;  /* inner Local* -> Capture* */
    VEC(Fn *) work;
    Fn *fn;        /* whose body is walked */
} SelfMut;

static Method *method_of(SelfMut *sm, Fn *fn) {
    Method *m = map_get(&sm->methods, fn);
    if (m) return m;
    m = NEW(sm->arena, Method);
    m->fn = fn;
    map_put(sm->arena, &sm->methods, fn, m);
    return m;
}

/* The variable outside all lambdas that `local` stands for; *copied when one of them escapes. */
static Local *local_origin(SelfMut *sm, Local *local, bool *copied) {
    const Capture *c;
    while ((c = map_get(&sm->captures, local))) {
        if (local->owner && local->owner->escapes) *copied = true;
        local = c->outer;
    }
    return local;
}

static bool is_self(const Local *local) {
    const Fn *fn = local->owner;
    return fn && fn->is_method && fn->param_count && fn->params[0] == local;
}

static void mark_mut(SelfMut *sm, Fn *fn) {
    if (fn->mut_self) return;
    fn->mut_self = true;
    fn->params[0]->by_ref = true;
    vec_push(sm->arena, &sm->work, fn);
}

/* The method whose self is assigned when the place `t` is, or NULL. */
static Fn *place_method(SelfMut *sm, Tree *t) {
    Tree *root = place_root(t);
    if (root->kind != TN_LOCAL) return NULL;
    bool copied = false;
    Local *origin = local_origin(sm, root->local, &copied);
    return !copied && is_self(origin) ? origin->owner : NULL;
}

static void place_written(SelfMut *sm, Tree *t) {
    Fn *fn = place_method(sm, t);
    if (fn) mark_mut(sm, fn);
}

static bool collect_enter(void *ctx, Tree *t) {
    SelfMut *sm = ctx;
    if (t->kind == TN_ASSIGN) {
        for (u32 i = 0; i < t->assign.targets.n; i++) place_written(sm, t->assign.targets.v[i]);
    } else if (t->kind == TN_OPASSIGN) {
        place_written(sm, t->opassign.target);
    } else if (t->kind == TN_REF) {
        place_written(sm, t->one.e);
    } else if (t->kind == TN_CALL && t->call.fn->is_method && t->call.args.n) {
        Fn *caller = place_method(sm, t->call.args.v[0]);
        if (caller) vec_push(sm->arena, &method_of(sm, t->call.fn)->callers, caller);
    } else if (t->kind == TN_SPAWN || t->kind == TN_PAR_BIND) {
        /* the task has a copy of the receiver; nested calls are evaluated here */
        Tree *call = t->kind == TN_SPAWN ? t->spawn.e : t->parbind.call;
        if (call->kind == TN_SPAWN) call = call->spawn.e;
        if (call->kind != TN_CALL) return true;
        for (u32 i = 0; i < call->call.args.n; i++)
            walk_tree(call->call.args.v[i], collect_enter, sm);
        return false;
    }
    return true;
}

/* --- what the receivers of such methods may be */

static bool in_user_code(const SelfMut *sm) {
    return !sm->fn->is_std;
}

static void const_report(SelfMut *sm, Tree *at, Name name, Span declared, const char *why) {
    if (!name) return;
    Diag *d = diag_new(sm->ds, E_CONST, at->span, "Cannot assign to constant '%.*s'", FMT(name->s));
    diag_label(d, at->span, "%s", why);
    if (declared.file) diag_label(d, declared, "declared const here");
    diag_hint(d, "declare it with `var %.*s`, or work on a copy", FMT(name->s));
}

static void copy_lint(SelfMut *sm, Tree *at, Fn *fn, const char *what, const char *hint) {
    if (!in_user_code(sm)) return;
    Diag *d = diag_new(sm->ds, L_LOST_WRITE, at->span, "'%.*s' changes a copy only",
                       FMT(fn->name->s));
    diag_label(d, at->span, "%s", what);
    diag_hint(d, "%s", hint);
}

static void copied_self_report(SelfMut *sm, Tree *at, const Local *origin) {
    Str name = origin->name ? origin->name->s : S("self");
    Diag *d = diag_new(sm->ds, E_BAD_TARGET, at->span,
                       "Cannot assign through '%.*s' in a lambda that outlives the call",
                       FMT(name));
    diag_label(d, at->span, "the lambda has a copy of '%.*s'", FMT(name));
    diag_hint(d, "`var me = %.*s` before the lambda, and use `me` in it", FMT(name));
}

/* `t` is written to, by `what` (NULL: the checker has seen to constants); t need not be rooted in a
 * variable. */
static void place_check(SelfMut *sm, Tree *t, const char *what) {
    Tree *root = place_root(t);
    if (root->kind == TN_GLOBAL) {
        Global *g = root->global;
        if (g->is_const && what) const_report(sm, t, g->name, g->span, what);
    } else if (root->kind == TN_LOCAL) {
        bool copied = false;
        Local *origin = local_origin(sm, root->local, &copied);
        if (origin->is_const && what) const_report(sm, t, origin->name, origin->span, what);
        else if (copied && !sm->fn->spawned && (origin->by_ref || is_self(origin)))
            copied_self_report(sm, t, origin);
    }
}

static void receiver_check(SelfMut *sm, Tree *call, bool spawned) {
    Fn *fn = call->call.fn;
    if (!fn->mut_self || !call->call.args.n || !fn->name) return;
    Tree *recv = call->call.args.v[0], *root = place_root(recv);
    if (spawned) {
        copy_lint(sm, recv, fn, "the task works on a copy of this",
                  "return the changed value from the task and assign it");
        return;
    }
    place_check(sm, recv, "the method assigns through self");
    if (root->kind == TN_INDEX && type_is(root->index.obj->type, TY_MAP))
        copy_lint(sm, recv, fn, "a map read gives a copy",
                  "read into a variable, change it, store it back");
    else if (root->kind == TN_LOCAL && root->local->loop_var)
        copy_lint(sm, recv, fn, "the loop variable is a copy of the element",
                  "loop over the indices and call it on `xs[i]`");
}

static bool check_enter(void *ctx, Tree *t) {
    SelfMut *sm = ctx;
    if (t->kind == TN_CALL && t->call.fn->is_method) {
        receiver_check(sm, t, false);
    } else if (t->kind == TN_ASSIGN) {
        for (u32 i = 0; i < t->assign.targets.n; i++) {
            Tree *target = t->assign.targets.v[i];
            place_check(sm, target, target->kind == TN_FIELD ? "assigned here" : NULL);
        }
    } else if (t->kind == TN_OPASSIGN) {
        Tree *target = t->opassign.target;
        place_check(sm, target, target->kind == TN_FIELD ? "assigned here" : NULL);
    } else if (t->kind == TN_REF) {
        place_check(sm, t, "passed to a `mut` parameter");
    } else if (t->kind == TN_SPAWN || t->kind == TN_PAR_BIND) {
        Tree *call = t->kind == TN_SPAWN ? t->spawn.e : t->parbind.call;
        if (call->kind == TN_SPAWN) call = call->spawn.e;
        if (call->kind != TN_CALL) return true;
        receiver_check(sm, call, true);
        for (u32 i = 0; i < call->call.args.n; i++)
            walk_tree(call->call.args.v[i], check_enter, sm);
        return false;
    }
    return true;
}

void selfmut_program(Arena *perm, Diags *ds, Program *p) {
    (void)perm;
    Arena scratch = {0};
    SelfMut sm = {.arena = &scratch, .ds = ds};
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        for (u32 j = 0; j < fn->captures.n; j++)
            map_put(&scratch, &sm.captures, fn->captures.v[j].inner, &fn->captures.v[j]);
        if (fn->mut_self && fn->is_method) {
            fn->mut_self = false;
            mark_mut(&sm, fn);
        }
    }
    for (u32 i = 0; i < p->fns.n; i++) walk_tree(p->fns.v[i]->body, collect_enter, &sm);
    while (sm.work.n) {
        Method *m = method_of(&sm, vec_pop(&sm.work));
        for (u32 i = 0; i < m->callers.n; i++) mark_mut(&sm, m->callers.v[i]);
    }
    for (u32 i = 0; i < p->fns.n; i++) {
        sm.fn = p->fns.v[i];
        walk_tree(sm.fn->body, check_enter, &sm);
    }
    arena_free(&scratch);
}
