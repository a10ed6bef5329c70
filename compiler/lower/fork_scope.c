/* fork_scope.c - which futures are scoped. Candidates are locals that nothing but a spawn sets and
 * nothing but an await reads. Then all paths are followed, with the state of each candidate: not
 * there, to be awaited, awaited, or either. A candidate is dropped when it may be left unawaited,
 * or when it depends on the path whether it is awaited. Since dropping one may change what can be
 * said of others, the walk is repeated until it drops none. */
#include "fork.h"

#include "../sema/walk.h"

enum { AWAY, PENDING, DONE, EITHER };

typedef struct Paths { /* state of every candidate; NULL: no path leads here */
    u8 *v;
} Paths;

typedef struct Leave {
    const TreeLoop *loop;
    Paths entry, at_break;
    struct Leave *outer;
    ForkVar *each;       /* the array that this loop awaits, or NULL */
} Leave;

typedef struct Scope {
    Arena *a;
    Map vars;            /* Local * -> ForkVar * */
    Map allowed;         /* TN_LOCAL nodes that stand where they may */
    Map nodes;           /* the result */
    VEC(ForkVar *) list;
    VEC(ForkVar *) live; /* declared, in order */
    Paths now;
    Leave *loops;
    bool dropped;        /* in this round */
} Scope;

/* ---- candidates ---- */

static bool plain(const Local *l) { return !l->captured && !l->reassigned && !l->by_ref; }

static Tree *spawn_of(Tree *t) {
    t = t ? tree_uncast(t) : NULL;
    bool plain_ = t && t->kind == TN_SPAWN && !t->spawn.statement && !t->spawn.scope;
    return plain_ ? t : NULL;
}

bool fork_is_await_all(const Tree *t) {
    const Fn *fn = t->kind == TN_CALL ? t->call.fn : NULL;
    return fn && fn->is_std && !fn->is_method && fn->param_count == 1 && t->call.args.n == 1 &&
           fn->name && str_eq(fn->name->s, S("await_all"));
}

Tree *fork_pushed(const Tree *t) {
    const Fn *fn = t->kind == TN_CALL ? t->call.fn : NULL;
    if (!fn || !fn->is_std || !fn->is_method || t->call.args.n != 2 || !fn->name ||
        !str_eq(fn->name->s, S("push")) || t->call.args.v[0]->kind != TN_LOCAL)
        return NULL;
    return spawn_of(t->call.args.v[1]);
}

static ForkVar *candidate(Scope *s, const Local *l) { return l ? map_get(&s->vars, l) : NULL; }

static ForkVar *read_of(Scope *s, const Tree *t) {
    return t->kind == TN_LOCAL ? candidate(s, t->local) : NULL;
}

static void declare(Scope *s, Local *l, bool array, ForkVar *of) {
    ForkVar *v = NEW(s->a, ForkVar);
    v->local = l;
    v->array = array;
    v->of = of;
    v->index = s->list.n;
    vec_push(s->a, &s->list, v);
    map_put(s->a, &s->vars, l, v);
}

/* An array's loop: one variable, which is awaited in its turn. */
static bool is_each(const Tree *t) {
    return t->kind == TN_FOR_IN && !t->for_in.iter2 && !t->for_in.b && !t->for_in.pattern &&
           t->for_in.a && !t->for_in.parallel && t->for_in.iter->kind == TN_LOCAL &&
           plain(t->for_in.a) && !t->for_in.next;
}

/* Blocks that run later, or whose tasks are joined in another way. */
static bool is_elsewhere(const Tree *t) {
    return t->kind == TN_DEFER || t->kind == TN_PARALLEL || t->kind == TN_SCOPE ||
           (t->kind == TN_FOR_RANGE && t->for_range.parallel) ||
           (t->kind == TN_FOR_IN && t->for_in.parallel);
}

static bool find(void *ctx, Tree *t) {
    Scope *s = ctx;
    if (is_elsewhere(t)) return false;
    if (t->kind != TN_LET || !t->let.init || !plain(t->let.local)) return true;
    Tree *init = t->let.init;
    Type *type = t->let.local->type;
    if (spawn_of(init)) declare(s, t->let.local, false, NULL);
    if (type->kind == TY_ARRAY && type->args[0]->kind == TY_FUTURE && init->kind == TN_ARRAY &&
        !init->agg.list.n && !init->agg.update)
        declare(s, t->let.local, true, NULL);
    return true;
}

/* Marks the reads that are fine; loops over candidates make their variable one. */
static bool mark(void *ctx, Tree *t) {
    Scope *s = ctx;
    if (is_elsewhere(t)) return false;
    if (t->kind == TN_AWAIT && t->one.e->kind == TN_LOCAL)
        map_put(s->a, &s->allowed, t->one.e, t);
    ForkVar *v = is_each(t) ? read_of(s, t->for_in.iter) : NULL;
    if (v && v->array) {
        map_put(s->a, &s->allowed, t->for_in.iter, t);
        declare(s, t->for_in.a, false, v);
    }
    if (fork_is_await_all(t)) map_put(s->a, &s->allowed, t->call.args.v[0], t);
    if (fork_pushed(t)) map_put(s->a, &s->allowed, t->call.args.v[0], t);
    return true;
}

static bool judge(void *ctx, Tree *t) {
    Scope *s = ctx;
    ForkVar *v = read_of(s, t);
    if (!v) return true;
    Tree *at = map_get(&s->allowed, t);
    if (!at || (at->kind == TN_AWAIT) == v->array) v->dropped = true;
    return true;
}

/* ---- paths ---- */

static void drop(Scope *s, ForkVar *v) {
    if (v->dropped) return;
    v->dropped = true;
    s->dropped = true;
}

static Paths paths_copy(Scope *s, Paths p) {
    if (!p.v) return p;
    Paths c = {NEW_N(s->a, u8, s->list.n + 1)};
    for (u32 i = 0; i < s->list.n; i++) c.v[i] = p.v[i];
    return c;
}

static void paths_join(Scope *s, Paths *into, Paths other) {
    if (!other.v) return;
    if (!into->v) {
        *into = paths_copy(s, other);
        return;
    }
    for (u32 i = 0; i < s->list.n; i++) {
        u8 a = into->v[i], b = other.v[i];
        if (a == b) continue;
        bool gone = (a == AWAY || a == DONE) && (b == AWAY || b == DONE);
        into->v[i] = gone ? AWAY : EITHER;
    }
}

/* Nothing may be pending where a path leaves all scopes that `entry` knows nothing of. */
static void must_be_done(Scope *s, Paths entry) {
    if (!s->now.v) return;
    for (u32 i = 0; i < s->list.n; i++) {
        u8 st = s->now.v[i];
        if ((st == PENDING || st == EITHER) && !(entry.v && entry.v[i] == st))
            drop(s, s->list.v[i]);
        else if (entry.v && (entry.v[i] == PENDING || entry.v[i] == EITHER) && entry.v[i] != st)
            drop(s, s->list.v[i]);
    }
}

static void visit(void *ctx, Tree *t);

static void visit_opt(Scope *s, Tree *t) {
    if (t && s->now.v) visit(s, t);
}

/* What may not run. */
static void visit_maybe(Scope *s, Tree *t) {
    if (!t || !s->now.v) return;
    Paths without = paths_copy(s, s->now);
    visit(s, t);
    paths_join(s, &s->now, without);
}

static ForkNode *note(Scope *s, Tree *t, ForkUse use, ForkVar *v) {
    ForkNode *n = NEW(s->a, ForkNode);
    n->use = use;
    n->var = v;
    map_put(s->a, &s->nodes, t, n);
    return n;
}

/* v is awaited: does a run of free slots begin with it or before? */
static ForkVar *free_from(Scope *s, ForkVar *v) {
    s->now.v[v->index] = DONE;
    ForkVar *pop = NULL;
    for (u32 i = s->live.n; i-- > 0 && s->now.v[s->live.v[i]->index] == DONE;)
        pop = s->live.v[i];
    return pop;
}

static void begin(Scope *s, ForkVar *v) {
    s->now.v[v->index] = PENDING;
    vec_push(s->a, &s->live, v);
}

static void end(Scope *s, u32 mark_) {
    while (s->live.n > mark_) {
        ForkVar *v = vec_pop(&s->live);
        if (!s->now.v) continue;
        u8 st = s->now.v[v->index];
        if (st == PENDING || st == EITHER) drop(s, v);
        s->now.v[v->index] = AWAY;
    }
}

static void visit_await(Scope *s, Tree *t) {
    ForkVar *v = read_of(s, t->one.e);
    if (!v || v->dropped) {
        visit(s, t->one.e);
        return;
    }
    u8 st = s->now.v[v->index];
    if (st == DONE) {
        note(s, t, FORK_READ, v);
    } else if (st != PENDING) {
        drop(s, v);
    } else if (v->of) {
        note(s, t, FORK_ELEMENT, v);
        s->now.v[v->index] = DONE;
    } else {
        ForkNode *n = note(s, t, FORK_JOIN, v);
        n->pop = free_from(s, v);
    }
}

static void visit_let(Scope *s, Tree *t) {
    ForkVar *v = candidate(s, t->let.local);
    if (!v || v->dropped) {
        visit_opt(s, t->let.init);
        return;
    }
    if (!v->array) walk_children(spawn_of(t->let.init), visit, s);
    if (!s->now.v) return;
    note(s, t, v->array ? FORK_OPEN : FORK_SPAWN, v);
    begin(s, v);
}

/* Slots of an array follow each other: nothing declared after it may be in use. */
static void visit_push(Scope *s, Tree *t, Tree *spawn) {
    ForkVar *v = read_of(s, t->call.args.v[0]);
    walk_children(spawn, visit, s);
    if (!s->now.v) return;
    if (s->now.v[v->index] != PENDING) drop(s, v);
    for (u32 i = s->live.n; i-- > 0 && s->live.v[i] != v;) {
        u8 st = s->now.v[s->live.v[i]->index];
        if (st == PENDING || st == EITHER) drop(s, v);
    }
    v->pushes += note(s, t, FORK_PUSH, v) != NULL;
}

static void visit_all(Scope *s, Tree *t) {
    ForkVar *v = read_of(s, t->call.args.v[0]);
    bool void_ = v->local->type->args[0]->args[0]->kind == TY_VOID;
    if (s->now.v[v->index] != PENDING || void_) drop(s, v);
    note(s, t, FORK_ALL, v)->pop = free_from(s, v);
}

static void visit_call(Scope *s, Tree *t) {
    Tree *spawn = fork_pushed(t);
    ForkVar *v = spawn || fork_is_await_all(t) ? read_of(s, t->call.args.v[0]) : NULL;
    if (!v || v->dropped || !v->array) walk_children(t, visit, s);
    else if (spawn) visit_push(s, t, spawn);
    else visit_all(s, t);
}

/* A branch: what it leaves is joined to the others', and the next one begins as it did. */
static void visit_branch(Scope *s, Paths *join, Tree *body) {
    Paths before = paths_copy(s, s->now);
    visit_opt(s, body);
    paths_join(s, join, s->now);
    s->now = before;
}

static void visit_if(Scope *s, Tree *t) {
    Paths join = {0};
    for (u32 i = 0; i < t->if_.n; i++) {
        visit_opt(s, t->if_.arms[i].cond);
        visit_branch(s, &join, t->if_.arms[i].body);
    }
    visit_opt(s, t->if_.els);
    paths_join(s, &join, s->now);
    s->now = join;
}

static void visit_match(Scope *s, Tree *t) {
    visit_opt(s, t->match.subject);
    Paths join = {0};
    if (t->match.falls_through) join = paths_copy(s, s->now);
    for (u32 i = 0; i < t->match.n; i++) {
        visit_opt(s, t->match.arms[i].guard);
        visit_branch(s, &join, t->match.arms[i].body);
    }
    s->now = join;
}

static void visit_select(Scope *s, Tree *t) {
    for (u32 i = 0; i < t->select.n; i++) {
        visit_opt(s, t->select.arms[i].on);
        visit_opt(s, t->select.arms[i].value);
    }
    Paths join = {0}, before = paths_copy(s, s->now);
    for (u32 i = 0; i < t->select.n; i++) {
        s->now = paths_copy(s, before);
        visit_opt(s, t->select.arms[i].body);
        paths_join(s, &join, s->now);
    }
    s->now = t->select.n ? join : before;
}

/* What comes round again finds everything as it was at the first entry. */
static void visit_loop(Scope *s, const TreeLoop *loop, Tree *cond, Tree *body, Tree *step) {
    if (!s->now.v) return;
    Leave leave = {loop, paths_copy(s, s->now), {0}, s->loops, NULL};
    visit_opt(s, cond);
    Paths after = paths_copy(s, s->now);
    s->loops = &leave;
    visit_opt(s, body);
    visit_opt(s, step);
    must_be_done(s, leave.entry);
    s->loops = leave.outer;
    paths_join(s, &after, leave.at_break);
    s->now = after;
}

static void visit_jump(Scope *s, const TreeLoop *loop, bool is_break) {
    for (Leave *l = s->loops; l; l = l->outer) {
        if (l->each) drop(s, l->each); /* some of it would be left */
        if (l->loop != loop) continue;
        must_be_done(s, l->entry);
        if (is_break) paths_join(s, &l->at_break, s->now);
        break;
    }
    s->now.v = NULL;
}

/* Each round awaits its element exactly once; only the end of the array ends the loop. */
static void visit_each(Scope *s, Tree *t) {
    ForkVar *v = read_of(s, t->for_in.iter), *element = candidate(s, t->for_in.a);
    if (s->now.v[v->index] != PENDING || element->dropped || t->for_in.loop->has_break ||
        t->for_in.loop->has_continue) {
        drop(s, v);
        return;
    }
    Paths entry = paths_copy(s, s->now);
    Leave leave = {t->for_in.loop, entry, {0}, s->loops, v};
    s->loops = &leave;
    s->now.v[element->index] = PENDING;
    visit_opt(s, t->for_in.body);
    if (!s->now.v || s->now.v[element->index] != DONE) drop(s, v);
    if (s->now.v) s->now.v[element->index] = AWAY;
    must_be_done(s, entry);
    s->loops = leave.outer;
    s->now = entry;
    if (element->dropped) drop(s, v);
    note(s, t, FORK_EACH, v)->pop = free_from(s, v);
}

static void visit_for(Scope *s, Tree *t) {
    if (t->kind == TN_FOR_RANGE) {
        visit_opt(s, t->for_range.lo);
        visit_opt(s, t->for_range.hi);
        visit_opt(s, t->for_range.step);
        visit_loop(s, t->for_range.loop, NULL, t->for_range.body, NULL);
    } else if (t->kind == TN_FOR_IN) {
        ForkVar *v = is_each(t) ? read_of(s, t->for_in.iter) : NULL;
        if (v && !v->dropped && v->array) {
            visit_each(s, t);
            return;
        }
        visit_opt(s, t->for_in.iter);
        visit_opt(s, t->for_in.iter2);
        visit_loop(s, t->for_in.loop, NULL, t->for_in.body, NULL);
    } else if (t->kind == TN_WHILE) {
        visit_loop(s, t->while_.loop, t->while_.cond, t->while_.body, NULL);
    } else {
        visit_opt(s, t->for_c.init);
        visit_loop(s, t->for_c.loop, t->for_c.cond, t->for_c.body, t->for_c.step);
    }
}

static void visit_block(Scope *s, Tree *t) {
    u32 mark_ = s->live.n;
    for (u32 i = 0; i < t->block.stmts.n; i++) visit_opt(s, t->block.stmts.v[i]);
    end(s, mark_);
}

static void visit(void *ctx, Tree *t) { /* table */
    Scope *s = ctx;
    if (!s->now.v) return;
    switch (t->kind) {
    case TN_LOCAL: return;
    case TN_AWAIT: visit_await(s, t); return;
    case TN_LET: visit_let(s, t); return;
    case TN_CALL: visit_call(s, t); break;
    case TN_IF: visit_if(s, t); break;
    case TN_MATCH: visit_match(s, t); break;
    case TN_SELECT: visit_select(s, t); break;
    case TN_WHILE: case TN_FOR_RANGE: case TN_FOR_IN: case TN_FOR_C: visit_for(s, t); return;
    case TN_BLOCK: visit_block(s, t); break;
    case TN_BREAK: case TN_CONTINUE: visit_jump(s, t->jump.loop, t->kind == TN_BREAK); return;
    case TN_RETURN:
        visit_opt(s, t->one.e);
        must_be_done(s, (Paths){0});
        s->now.v = NULL;
        return;
    case TN_TRY:
        visit_opt(s, t->try_.e);
        if (t->try_.how == TRY_RETURN) must_be_done(s, (Paths){0});
        break;
    case TN_LOGIC:
        for (u32 i = 0; i < t->logic.list.n; i++)
            if (i) visit_maybe(s, t->logic.list.v[i]);
            else visit_opt(s, t->logic.list.v[i]);
        break;
    case TN_COALESCE: visit_opt(s, t->pair.a); visit_maybe(s, t->pair.b); break;
    case TN_OPT_MAP: visit_opt(s, t->optmap.obj); visit_maybe(s, t->optmap.body); break;
    case TN_DEFER: break; /* nothing of it is a candidate */
    default: walk_children(t, visit, s); break;
    }
    if (t->type && t->type->kind == TY_NEVER) s->now.v = NULL; /* a panic joins by itself */
}

static bool has_spawn(void *ctx, Tree *t) {
    if (t->kind == TN_SPAWN) *(bool *)ctx = true;
    return !*(bool *)ctx;
}

Map fork_scoped(Arena *a, const Fn *fn) {
    Scope *s = NEW(a, Scope);
    s->a = a;
    bool any = false;
    walk_tree(fn->body, has_spawn, &any);
    if (!any) return s->nodes;
    walk_tree(fn->body, find, s);
    walk_tree(fn->body, mark, s);
    walk_tree(fn->body, judge, s);
    do {
        s->dropped = false;
        s->nodes = (Map){0};
        for (u32 i = 0; i < s->list.n; i++) s->list.v[i]->pushes = 0;
        s->now.v = NEW_N(a, u8, s->list.n + 1);
        s->live.n = 0;
        visit(s, fn->body);
        if (s->now.v) must_be_done(s, (Paths){0});
        for (u32 i = 0; i < s->list.n; i++)
            if (s->list.v[i]->array && !s->list.v[i]->pushes) drop(s, s->list.v[i]);
    } while (s->dropped);
    return s->nodes;
}
