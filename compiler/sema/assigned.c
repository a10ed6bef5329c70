/* assigned.c - definite assignment: variables of types without a zero value (functions, futures,
 * handles, ...) that are declared by their first assignment somewhere inside a block.
 * A State is a set of such variables, one bit each: those assigned on every path so far. After a
 * jump every variable counts as assigned (no path leads on), so joins are intersections. A loop
 * body is looked at once: what comes round again has at least the variables of the first entry. */
#include "passes.h"
#include "walk.h"

typedef struct State {
    u64 *bits;
} State;

typedef struct Leave {
    const TreeLoop *loop;
    State at_break; /* intersection over its breaks; starts full */
    struct Leave *outer;
} Leave;

typedef struct Assigned {
    Arena *arena;
    Diags *ds;
    Map index;    /* Local* -> 1 + bit, as a pointer */
    Map reported; /* Local* */
    u32 words;
    State s;
    Leave *loops;
} Assigned;

static State state_new(Assigned *as, u64 fill) {
    State s = {NEW_N(as->arena, u64, as->words)};
    for (u32 i = 0; i < as->words; i++) s.bits[i] = fill;
    return s;
}

static State state_copy(Assigned *as, State from) {
    State s = {NEW_N(as->arena, u64, as->words)};
    for (u32 i = 0; i < as->words; i++) s.bits[i] = from.bits[i];
    return s;
}

static void state_meet(Assigned *as, State into, State other) {
    for (u32 i = 0; i < as->words; i++) into.bits[i] &= other.bits[i];
}

static void state_end(Assigned *as) {
    as->s = state_new(as, ~(u64)0);
}

static bool local_bit(Assigned *as, const Local *local, u32 *bit) {
    uintptr_t at = (uintptr_t)map_get(&as->index, local);
    *bit = (u32)at - 1;
    return at != 0;
}

static void local_set(Assigned *as, const Local *local, bool value) {
    u32 bit;
    if (!local || !local_bit(as, local, &bit)) return;
    u64 mask = (u64)1 << (bit % 64);
    if (value) as->s.bits[bit / 64] |= mask;
    else as->s.bits[bit / 64] &= ~mask;
}

static void local_read(Assigned *as, Local *local, Span at, const char *what) {
    u32 bit;
    if (!local_bit(as, local, &bit) || !local->name) return;
    if (as->s.bits[bit / 64] >> (bit % 64) & 1 || map_get(&as->reported, local)) return;
    map_put(as->arena, &as->reported, local, local);
    Str type = type_text(as->arena, local->type), name = local->name->s;
    Diag *d = diag_new(as->ds, E_UNASSIGNED, at, "'%.*s' may be read before it is assigned",
                       FMT(name));
    diag_label(d, at, "%s; a %.*s has no zero value", what, FMT(type));
    diag_label(d, local->span, "assigned here, but not on every path");
    diag_hint(d, "assign '%.*s' on every path, or begin with `var %.*s: Option<%.*s> = None`",
              FMT(name), FMT(name), FMT(type));
}

static void visit(void *ctx, Tree *t);

static void visit_opt(Assigned *as, Tree *t) {
    if (t) visit(as, t);
}

/* What may not run: its assignments do not count. */
static void visit_maybe(Assigned *as, Tree *t) {
    if (!t) return;
    State before = state_copy(as, as->s);
    visit(as, t);
    as->s = before;
}

static void visit_if(Assigned *as, Tree *t) {
    State join = state_new(as, ~(u64)0);
    for (u32 i = 0; i < t->if_.n; i++) {
        visit_opt(as, t->if_.arms[i].cond);
        State before = state_copy(as, as->s);
        visit(as, t->if_.arms[i].body);
        state_meet(as, join, as->s);
        as->s = before;
    }
    visit_opt(as, t->if_.els);
    state_meet(as, as->s, join);
}

static void visit_match(Assigned *as, Tree *t) {
    visit(as, t->match.subject);
    State join = t->match.falls_through ? state_copy(as, as->s) : state_new(as, ~(u64)0);
    for (u32 i = 0; i < t->match.n; i++) {
        State before = state_copy(as, as->s);
        visit_opt(as, t->match.arms[i].guard);
        visit(as, t->match.arms[i].body);
        state_meet(as, join, as->s);
        as->s = before;
    }
    as->s = join;
}

static void visit_select(Assigned *as, Tree *t) {
    bool total = false;
    for (u32 i = 0; i < t->select.n; i++) {
        visit_opt(as, t->select.arms[i].on);
        visit_opt(as, t->select.arms[i].value);
        SelKind kind = t->select.arms[i].kind;
        total = total || kind == SEL_CLOSED || kind == SEL_DEFAULT;
    }
    State join = total ? state_new(as, ~(u64)0) : state_copy(as, as->s);
    for (u32 i = 0; i < t->select.n; i++) {
        State before = state_copy(as, as->s);
        visit_opt(as, t->select.arms[i].body);
        state_meet(as, join, as->s);
        as->s = before;
    }
    as->s = join;
}

/* `skips`: the loop may end without a round or a break. */
static void visit_loop(Assigned *as, const TreeLoop *loop, Tree *body, Tree *step, bool skips) {
    Leave leave = {loop, state_new(as, ~(u64)0), as->loops};
    State after = skips ? state_copy(as, as->s) : state_new(as, ~(u64)0);
    as->loops = &leave;
    visit_opt(as, body);
    visit_opt(as, step);
    as->loops = leave.outer;
    state_meet(as, after, leave.at_break);
    as->s = after;
}

static void visit_break(Assigned *as, const TreeLoop *loop) {
    for (Leave *l = as->loops; l; l = l->outer)
        if (l->loop == loop) state_meet(as, l->at_break, as->s);
    state_end(as);
}

static bool cond_skips(const Tree *c) {
    return c && !(c->kind == TN_BOOL && c->bool_.value) && !(c->kind == TN_INT && c->int_.value);
}

static void visit_assign(Assigned *as, Tree *t) {
    TreeList targets = t->assign.targets;
    for (u32 i = 0; i < targets.n; i++)
        if (targets.v[i]->kind != TN_LOCAL) walk_children(targets.v[i], visit, as);
    for (u32 i = 0; i < t->assign.values.n; i++) visit(as, t->assign.values.v[i]);
    for (u32 i = 0; i < targets.n; i++)
        if (targets.v[i]->kind == TN_LOCAL) local_set(as, targets.v[i]->local, true);
}

static void set_bind(void *ctx, Local *local) {
    local_set(ctx, local, true);
}

static void visit_block(Assigned *as, Tree *t) {
    for (u32 i = 0; i < t->block.hoisted_count; i++) local_set(as, t->block.hoisted[i], false);
    walk_children(t, visit, as);
}

static void visit_lambda(Assigned *as, Tree *t) {
    for (u32 i = 0; i < t->fn->captures.n; i++)
        local_read(as, t->fn->captures.v[i].outer, t->span, "captured by this lambda");
}

static void visit_shortcut(Assigned *as, TreeList list) {
    for (u32 i = 0; i < list.n; i++) {
        if (i) visit_maybe(as, list.v[i]);
        else visit(as, list.v[i]);
    }
}

static void visit_for(Assigned *as, Tree *t) {
    if (t->kind == TN_FOR_RANGE) {
        visit_opt(as, t->for_range.lo);
        visit_opt(as, t->for_range.hi);
        visit_opt(as, t->for_range.step);
        visit_loop(as, t->for_range.loop, t->for_range.body, NULL, true);
    } else if (t->kind == TN_FOR_IN) {
        visit_opt(as, t->for_in.iter);
        visit_opt(as, t->for_in.iter2);
        visit_loop(as, t->for_in.loop, t->for_in.body, NULL, true);
    } else if (t->kind == TN_WHILE) {
        visit_opt(as, t->while_.cond);
        visit_loop(as, t->while_.loop, t->while_.body, NULL, cond_skips(t->while_.cond));
    } else {
        visit_opt(as, t->for_c.init);
        visit_opt(as, t->for_c.cond);
        visit_loop(as, t->for_c.loop, t->for_c.body, t->for_c.step, cond_skips(t->for_c.cond));
    }
}

static void visit(void *ctx, Tree *t) {
    Assigned *as = ctx;
    switch (t->kind) {
    case TN_LOCAL: local_read(as, t->local, t->span, "read here"); break;
    case TN_LAMBDA: visit_lambda(as, t); break;
    case TN_IF: visit_if(as, t); break;
    case TN_MATCH: visit_match(as, t); break;
    case TN_SELECT: visit_select(as, t); break;
    case TN_BLOCK: visit_block(as, t); break;
    case TN_LOGIC: visit_shortcut(as, t->logic.list); break;
    case TN_ASSIGN: visit_assign(as, t); break;
    case TN_WHILE: case TN_FOR_RANGE: case TN_FOR_IN: case TN_FOR_C: visit_for(as, t); break;
    case TN_COALESCE:
        visit(as, t->pair.a);
        visit_maybe(as, t->pair.b);
        break;
    case TN_OPT_MAP:
        visit(as, t->optmap.obj);
        visit_maybe(as, t->optmap.body);
        break;
    case TN_DEFER: visit_maybe(as, t->one.e); break;
    case TN_LET:
        visit_opt(as, t->let.init);
        local_set(as, t->let.local, true);
        break;
    case TN_DESTRUCT:
        visit(as, t->letc.e);
        walk_pattern(t->letc.pattern, set_bind, as);
        break;
    case TN_PAR_BIND:
        visit_opt(as, t->parbind.call);
        local_set(as, t->parbind.local, true);
        break;
    case TN_BREAK: visit_break(as, t->jump.loop); break;
    case TN_RETURN: case TN_CONTINUE:
        walk_children(t, visit, as);
        state_end(as);
        break;
    default:
        walk_children(t, visit, as);
        if (type_is(t->type, TY_NEVER)) state_end(as);
        break;
    }
}

static bool hoisted_enter(void *ctx, Tree *t) {
    Assigned *as = ctx;
    if (t->kind != TN_BLOCK) return true;
    for (u32 i = 0; i < t->block.hoisted_count; i++) {
        Local *l = t->block.hoisted[i];
        if (!l->type || type_is(l->type, TY_ERROR) || type_has_zero(l->type)) continue;
        if (!map_get(&as->index, l))
            map_put(as->arena, &as->index, l, (void *)(uintptr_t)(as->index.n + 1));
    }
    return true;
}

void assigned_check(Arena *scratch, Diags *ds, Fn *fn) {
    Assigned as = {.arena = scratch, .ds = ds};
    walk_tree(fn->body, hoisted_enter, &as);
    if (!as.index.n) return;
    as.words = (as.index.n + 63) / 64;
    as.s = state_new(&as, ~(u64)0);
    visit(&as, fn->body);
}
