/* race.c - plain variables written by code that runs concurrently.
 * Roots are what spawn, parallel { } and parallel for start. From them everything that a body calls
 * or mentions as a value is reached, breadth first, so that the chain shown to the user is a
 * shortest one. A function reached that assigns a global is an error at the write. Spawned blocks
 * have copies of what they capture: assigning a capture is an error, for it would be lost. A
 * function that takes a lock, and a lambda given to a lock, are trusted to write under it. */
#include "passes.h"
#include "walk.h"

typedef struct Root {
    Span span;        /* of the spawn */
    const char *what;
} Root;

typedef struct Reached {
    Fn *fn, *from;    /* from: the caller, NULL when the root names fn itself */
    Root root;
} Reached;

typedef struct Race {
    Arena *arena;
    Diags *ds;
    Program *p;
    Map seen;         /* Fn* -> Reached* */
    VEC(Reached *) queue;
    Map named;        /* Name -> FnList* of the methods of that name */
    Map values;       /* Local* -> FnList* of the functions assigned to it */
    Map captures;     /* inner Local* -> Capture* */
    Map concurrent;   /* of race_params */
    Map guarded;      /* Fn* that holds a lock while it writes */
    Map own;          /* Local* declared inside the parallel for that is looked at */
    Fn *fn;           /* whose body is walked */
    Reached *at;      /* the same while reaching, NULL in bodies of parallel for */
    Root root;
} Race;

typedef VEC(Fn *) FnList;

static FnList *list_of(Race *r, Map *map, const void *key) {
    FnList *l = map_get(map, key);
    if (l) return l;
    l = NEW(r->arena, FnList);
    map_put(r->arena, map, key, l);
    return l;
}

static void fn_reach(Race *r, Fn *fn, Fn *from) {
    if (!fn || fn->is_main || !fn->body || map_get(&r->seen, fn)) return;
    Reached *x = NEW(r->arena, Reached);
    *x = (Reached){fn, from, r->root};
    map_put(r->arena, &r->seen, fn, x);
    vec_push(r->arena, &r->queue, x);
}

static void list_reach(Race *r, const FnList *l, Fn *from) {
    for (u32 i = 0; l && i < l->n; i++) fn_reach(r, l->v[i], from);
}

/* --- reports */

static Str fn_shown(Race *r, const Fn *fn) {
    if (!fn->name) return S("a lambda");
    return str_fmt(r->arena, "'%.*s'", FMT(fn->name->s));
}

static void race_advice(Diag *d) {
    diag_hint(d, "use a Shared cell (`Shared.add`), a Mutex or a channel, or return the value and "
                 "`await` it");
}

static void global_report(Race *r, const Tree *at, const Global *g) {
    Str who = r->at ? fn_shown(r, r->at->fn) : S("the body of a parallel for");
    Diag *d = diag_new(r->ds, E_DATA_RACE, at->span,
                       "data race: '%.*s' is written by %.*s, which runs concurrently",
                       FMT(g->name->s), FMT(who));
    diag_label(d, at->span, "written here");
    diag_label(d, r->root.span, "%s", r->root.what);
    StrBuf chain = {.arena = r->arena};
    u32 length = 0;
    for (Reached *x = r->at; x && x->from && length < 8; length++) {
        Str caller = fn_shown(r, x->from), callee = fn_shown(r, x->fn);
        buf_fmt(&chain, "%s%.*s calls %.*s", length ? ", " : "", FMT(caller), FMT(callee));
        x = map_get(&r->seen, x->from);
    }
    Str text = buf_done(&chain);
    if (length) diag_note(d, "%.*s", FMT(text));
    race_advice(d);
}

/* `by`: the lambda that the write stands in, NULL for the body of a parallel for. */
static void capture_report(Race *r, Span at, const Local *local, const Fn *by) {
    if (!local->name || r->fn->is_std) return;
    bool copies = !by || by->spawned;
    Diag *d = diag_new(r->ds, E_DATA_RACE, at, "data race: '%.*s' is written by a %s",
                       FMT(local->name->s),
                       copies ? "spawned block" : "lambda that runs concurrently");
    diag_label(d, at, copies ? "this changes the block's own copy" : "several tasks write this");
    if (!by) diag_label(d, r->root.span, "%s", r->root.what);
    race_advice(d);
}

/* --- writes */

static void target_check(Race *r, Tree *target) {
    Tree *root = place_root(target);
    if (map_get(&r->guarded, r->fn)) return;
    if (root->kind == TN_GLOBAL && !r->fn->is_std) global_report(r, target, root->global);
}

static void targets_check(Race *r, Tree *t) {
    if (t->kind == TN_OPASSIGN) target_check(r, t->opassign.target);
    if (t->kind != TN_ASSIGN) return;
    for (u32 i = 0; i < t->assign.targets.n; i++) target_check(r, t->assign.targets.v[i]);
}

/* --- reachability */

static bool reach_enter(void *ctx, Tree *t) {
    Race *r = ctx;
    Fn *from = r->at ? r->at->fn : NULL;
    if (t->kind == TN_CALL) fn_reach(r, t->call.fn, from);
    else if (t->kind == TN_FN || t->kind == TN_LAMBDA) fn_reach(r, t->fn, from);
    else if (t->kind == TN_CALL_DYN) list_reach(r, map_get(&r->named, t->dyn.name), from);
    else if (t->kind == TN_FOR_IN && t->for_in.next) fn_reach(r, t->for_in.next, from);
    targets_check(r, t);
    return true;
}

static void reach_all(Race *r) {
    for (u32 i = 0; i < r->queue.n; i++) {
        r->at = r->queue.v[i];
        r->root = r->at->root;
        r->fn = r->at->fn;
        walk_tree(r->fn->body, reach_enter, r);
    }
    r->at = NULL;
}

/* A function value: what it names, for a variable what it was ever assigned. */
static void value_reach(Race *r, Tree *t) {
    if (!t) return;
    t = tree_uncast(t);
    if (t->kind == TN_FN || t->kind == TN_LAMBDA) fn_reach(r, t->fn, NULL);
    else if (t->kind == TN_LOCAL) list_reach(r, map_get(&r->values, t->local), NULL);
}

static void values_reach(Race *r, TreeList args) {
    for (u32 i = 0; i < args.n; i++) value_reach(r, args.v[i]);
}

static void call_reach(Race *r, Tree *call) {
    while (call->kind == TN_SPAWN || call->kind == TN_CAST)
        call = call->kind == TN_SPAWN ? call->spawn.e : call->cast.e;
    if (call->kind == TN_CALL) {
        fn_reach(r, call->call.fn, NULL);
        values_reach(r, call->call.args);
    } else if (call->kind == TN_CALL_VALUE) {
        value_reach(r, call->callv.callee);
        values_reach(r, call->callv.args);
    } else if (call->kind == TN_CALL_DYN) {
        list_reach(r, map_get(&r->named, call->dyn.name), NULL);
        values_reach(r, call->dyn.args);
    } else if (call->kind == TN_INTRINSIC) {
        values_reach(r, call->intr.args);
    }
}

/* --- parallel for */

static void own_bind(void *ctx, Local *local) {
    Race *r = ctx;
    map_put(r->arena, &r->own, local, local);
}

static void outer_check(Race *r, Tree *target) {
    Tree *root = place_root(target);
    if (root->kind == TN_LOCAL && !map_get(&r->own, root->local))
        capture_report(r, target->span, root->local, NULL);
}

static bool body_enter(void *ctx, Tree *t) {
    Race *r = ctx;
    if (t->kind == TN_ASSIGN)
        for (u32 i = 0; i < t->assign.targets.n; i++) outer_check(r, t->assign.targets.v[i]);
    else if (t->kind == TN_OPASSIGN) outer_check(r, t->opassign.target);
    else if (t->kind == TN_PAR_BIND && !map_get(&r->own, t->parbind.local))
        capture_report(r, t->span, t->parbind.local, NULL);
    return reach_enter(r, t);
}

/* The line of the loop, not its whole body. */
static Span head_span(Tree *t, Tree *body) {
    Span s = t->span;
    if (body && body->span.file == s.file && body->span.off > s.off &&
        body->span.off < s.off + s.len)
        s.len = body->span.off - s.off;
    return s;
}

static void parallel_for(Race *r, Tree *t, Tree *body) {
    r->root = (Root){head_span(t, body), "the rounds of this loop run concurrently"};
    r->own = (Map){0};
    walk_declared(t, own_bind, r);
    walk_tree(body, body_enter, r);
}

/* --- the whole program */

static void value_note(Race *r, Local *local, Tree *value) {
    if (!local || !value || !type_is(local->type, TY_FN)) return;
    value = tree_uncast(value);
    if (value->kind == TN_FN || value->kind == TN_LAMBDA)
        vec_push(r->arena, list_of(r, &r->values, local), value->fn);
}

static bool is_lock(const Type *t) {
    static const char *const names[] = {"Mutex", "RwLock", "Semaphore", "Once"};
    if (!t || !t->name || (t->kind != TY_STRUCT && t->kind != TY_HANDLE)) return false;
    for (u32 i = 0; i < COUNT_OF(names); i++)
        if (str_eq(t->name->s, str_c(names[i]))) return true;
    return false;
}

/* m.lock() guards the function around it, m.with(|v| ...) its lambda. */
static void lock_note(Race *r, Tree *t) {
    TreeList args = t->call.args;
    if (!t->call.fn->is_method || !t->call.fn->is_std) return;
    if (!args.n || !is_lock(args.v[0]->type)) return;
    if (args.n == 1) map_put(r->arena, &r->guarded, r->fn, r->fn);
    for (u32 i = 1; i < args.n; i++) {
        Tree *f = tree_uncast(args.v[i]);
        if (f->kind == TN_LAMBDA || f->kind == TN_FN) map_put(r->arena, &r->guarded, f->fn, f->fn);
    }
}

static bool note_enter(void *ctx, Tree *t) {
    Race *r = ctx;
    if (t->kind == TN_CALL) lock_note(r, t);
    if (t->kind == TN_LET) value_note(r, t->let.local, t->let.init);
    if (t->kind == TN_ASSIGN && t->assign.targets.n == t->assign.values.n)
        for (u32 i = 0; i < t->assign.targets.n; i++)
            if (t->assign.targets.v[i]->kind == TN_LOCAL)
                value_note(r, t->assign.targets.v[i]->local, t->assign.values.v[i]);
    return true;
}

/* Arguments that the callee hands to tasks. */
static void args_reach(Race *r, Tree *t) {
    const Fn *fn = t->call.fn;
    r->root.what = "this runs it concurrently";
    for (u32 i = 0; i < t->call.args.n && i < fn->param_count; i++)
        if (map_get(&r->concurrent, fn->params[i])) value_reach(r, t->call.args.v[i]);
}

static bool root_enter(void *ctx, Tree *t) {
    Race *r = ctx;
    r->root = (Root){t->span, "this starts it concurrently"};
    if (t->kind == TN_SPAWN) call_reach(r, t->spawn.e);
    else if (t->kind == TN_CALL) args_reach(r, t);
    else if (t->kind == TN_PAR_BIND) call_reach(r, t->parbind.call);
    else if (t->kind == TN_FOR_RANGE && t->for_range.parallel)
        parallel_for(r, t, t->for_range.body);
    else if (t->kind == TN_FOR_IN && t->for_in.parallel) parallel_for(r, t, t->for_in.body);
    return true;
}

/* A variable assigned in `fn` that a spawned lambda around it has only a copy of. */
static void capture_check(Race *r, Fn *fn, Tree *target) {
    Tree *root = place_root(target);
    if (root->kind != TN_LOCAL) return;
    const Capture *c = map_get(&r->captures, root->local);
    if (map_get(&r->guarded, fn) && !fn->spawned) return;
    for (; fn && c; fn = fn->outer) {
        if (fn->spawned || map_get(&r->concurrent, fn)) {
            capture_report(r, target->span, c->outer, fn);
            return;
        }
        c = map_get(&r->captures, c->outer);
    }
}

static bool capture_enter(void *ctx, Tree *t) {
    Race *r = ctx;
    if (t->kind == TN_ASSIGN)
        for (u32 i = 0; i < t->assign.targets.n; i++)
            capture_check(r, r->fn, t->assign.targets.v[i]);
    else if (t->kind == TN_OPASSIGN) capture_check(r, r->fn, t->opassign.target);
    return true;
}

void race_program(Arena *perm, Diags *ds, Program *p) {
    (void)perm;
    Arena scratch = {0};
    Race r = {.arena = &scratch, .ds = ds, .p = p};
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        if (fn->is_method && fn->name)
            vec_push(&scratch, list_of(&r, &r.named, fn->name), fn);
        for (u32 k = 0; k < fn->captures.n; k++)
            map_put(&scratch, &r.captures, fn->captures.v[k].inner, &fn->captures.v[k]);
        r.fn = fn;
        walk_tree(fn->body, note_enter, &r);
    }
    race_params(&scratch, p, &r.concurrent);
    for (u32 i = 0; i < p->fns.n; i++) {
        r.fn = p->fns.v[i];
        walk_tree(r.fn->body, root_enter, &r);
        if (r.fn->kind == FN_LAMBDA) walk_tree(r.fn->body, capture_enter, &r);
    }
    reach_all(&r);
    arena_free(&scratch);
}
