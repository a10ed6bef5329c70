/* flow.c - where control goes: functions with a result return on every path, nothing stands after a
 * jump, locals are read at least once, and locals of types without a zero value are assigned before
 * they are read.
 * "Ends" means: control never reaches what follows the node. It is decided by structure, not by the
 * node's type, so that it holds for statements as well as for values. */
#include "passes.h"
#include "walk.h"

/* --- where control stops */

static bool ends(const Tree *t);

static bool any_ends(const TreeList *list) {
    for (u32 i = 0; i < list->n; i++)
        if (ends(list->v[i])) return true;
    return false;
}

static bool cond_is_true(const Tree *c) {
    return !c || (c->kind == TN_BOOL && c->bool_.value) || (c->kind == TN_INT && c->int_.value);
}

static bool if_ends(const Tree *t) {
    for (u32 i = 0; i < t->if_.n; i++) {
        if (ends(t->if_.arms[i].cond)) return true;
        if (!ends(t->if_.arms[i].body)) return false;
    }
    return ends(t->if_.els);
}

static bool match_ends(const Tree *t) {
    if (ends(t->match.subject)) return true;
    if (t->match.falls_through || !t->match.n) return false;
    for (u32 i = 0; i < t->match.n; i++)
        if (!ends(t->match.arms[i].body)) return false;
    return true;
}

/* When every channel is closed no arm runs, unless an arm is there for it. */
static bool select_ends(const Tree *t) {
    bool total = false;
    for (u32 i = 0; i < t->select.n; i++) {
        const TreeSelArm *arm = &t->select.arms[i];
        if (!ends(arm->body)) return false;
        total = total || arm->kind == SEL_CLOSED || arm->kind == SEL_DEFAULT;
    }
    return total;
}

static bool pair_ends(const Tree *a, const Tree *b) {
    return ends(a) || ends(b);
}

/* Expressions: an operand that is always evaluated ends. Others are taken by their type. */
static bool expr_ends(const Tree *t) {
    if (t->type && t->type->kind == TY_NEVER) return true;
    switch (t->kind) {
    case TN_CAST: return t->cast.how == CAST_NEVER || ends(t->cast.e);
    case TN_CALL: return any_ends(&t->call.args);
    case TN_CALL_VALUE: return ends(t->callv.callee) || any_ends(&t->callv.args);
    case TN_INTRINSIC: return any_ends(&t->intr.args);
    case TN_PRINT: return any_ends(&t->print.args);
    case TN_UNARY: return ends(t->unary.e);
    case TN_SOME: case TN_OK: case TN_ERR: return ends(t->one.e);
    case TN_TRY: return ends(t->try_.e);
    default: return false;
    }
}

static bool ends(const Tree *t) { /* table */
    if (!t) return false;
    switch (t->kind) {
    case TN_RETURN: case TN_BREAK: case TN_CONTINUE: return true;
    case TN_BLOCK: return any_ends(&t->block.stmts);
    case TN_IF: return if_ends(t);
    case TN_MATCH: return match_ends(t);
    case TN_WHILE:
        return ends(t->while_.cond) ||
               (cond_is_true(t->while_.cond) && !t->while_.loop->has_break);
    case TN_FOR_C:
        return ends(t->for_c.init) || (cond_is_true(t->for_c.cond) && !t->for_c.loop->has_break);
    case TN_FOR_RANGE: return pair_ends(t->for_range.lo, t->for_range.hi);
    case TN_FOR_IN: return pair_ends(t->for_in.iter, t->for_in.iter2);
    case TN_LET: return ends(t->let.init);
    case TN_DESTRUCT: case TN_LET_COND: return ends(t->letc.e);
    case TN_ASSIGN: return any_ends(&t->assign.values);
    case TN_OPASSIGN: return ends(t->opassign.value);
    case TN_PARALLEL: return !t->scope.timeout && ends(t->scope.body);
    case TN_SCOPE: return ends(t->scope.body);
    case TN_SELECT: return select_ends(t);
    case TN_YIELD: return ends(t->one.e);
    case TN_DEFER: case TN_PAR_BIND: case TN_SPAWN: case TN_COMPR: case TN_LAMBDA: return false;
    default: return expr_ends(t);
    }
}

/* --- every path returns */

static void label_fall(Diag *d, const Tree *t);

static void label_if(Diag *d, const Tree *t) {
    for (u32 i = 0; i < t->if_.n; i++) {
        if (ends(t->if_.arms[i].body)) continue;
        label_fall(d, t->if_.arms[i].body);
        return;
    }
    Span last = t->if_.arms[t->if_.n - 1].cond->span;
    if (t->if_.els) label_fall(d, t->if_.els);
    else diag_label(d, last, "when this is false, nothing is returned");
}

/* Points at the deepest last statement through which control falls out of the body. */
static void label_fall(Diag *d, const Tree *t) {
    if (t->kind == TN_BLOCK && t->block.stmts.n) {
        label_fall(d, t->block.stmts.v[t->block.stmts.n - 1]);
    } else if (t->kind == TN_IF && t->if_.n) {
        label_if(d, t);
    } else if (t->kind == TN_MATCH && t->match.falls_through) {
        diag_label(d, t->match.subject->span, "when no arm matches, nothing is returned");
    } else if (t->kind == TN_MATCH) {
        for (u32 i = 0; i < t->match.n; i++) {
            if (ends(t->match.arms[i].body)) continue;
            label_fall(d, t->match.arms[i].body);
            return;
        }
    } else if (t->kind == TN_WHILE && t->while_.cond) {
        diag_label(d, t->while_.cond->span, "nothing is returned after this loop");
    } else if (t->kind == TN_FOR_IN && t->for_in.iter) {
        diag_label(d, t->for_in.iter->span, "nothing is returned after this loop");
    } else if (t->span.file) {
        diag_label(d, t->span, "nothing is returned after this");
    }
}

static void return_check(Arena *scratch, Diags *ds, const Fn *fn) {
    TyKind ret = fn->ret ? fn->ret->kind : TY_ERROR;
    if (ret == TY_VOID || ret == TY_NEVER || ret == TY_ERROR) return;
    if (fn->is_main || fn->is_generator || !fn->body) return;
    if (fn->body->kind == TN_BLOCK && fn->body->block.has_value) return;
    if (ends(fn->body)) return;
    Str type = type_text(scratch, fn->ret);
    Diag *d = fn->name
        ? diag_new(ds, E_NOT_ALL_PATHS, fn->span, "function '%.*s' may not return a value",
                   FMT(fn->name->s))
        : diag_new(ds, E_NOT_ALL_PATHS, fn->span, "this lambda may not return a value");
    diag_label(d, fn->span, "Expected: %.*s on every path", FMT(type));
    label_fall(d, fn->body);
    diag_hint(d, "end with a `return`, or `panic(...)` where the end cannot be reached");
}

/* --- unreachable statements */

static const char *end_name(const Tree *t) {
    if (t->kind == TN_RETURN) return "return";
    if (t->kind == TN_BREAK) return "break";
    if (t->kind == TN_CONTINUE) return "continue";
    if (t->kind == TN_IF) return "this if";
    if (t->kind == TN_MATCH) return "this match";
    if (t->kind == TN_BLOCK) return "this block";
    if (t->kind == TN_WHILE || t->kind == TN_FOR_C) return "an endless loop";
    return "a call that never returns";
}

static bool unreachable_enter(void *ctx, Tree *t) {
    Diags *ds = ctx;
    if (t->kind != TN_BLOCK) return true;
    for (u32 i = 0; i + 1 < t->block.stmts.n; i++) {
        Tree *s = t->block.stmts.v[i], *next = t->block.stmts.v[i + 1];
        if (!ends(s)) continue;
        if (!s->span.file || !next->span.file || next->span.off <= s->span.off) break;
        Diag *d = diag_new(ds, W_UNREACHABLE, next->span, "unreachable code after %s", end_name(s));
        diag_label(d, next->span, "this is never run");
        if (s->kind == TN_RETURN) diag_label(d, s->span, "the function is left here");
        break;
    }
    return true;
}

/* --- unused locals */

static bool is_capture_inner(const Fn *fn, const Local *local) {
    for (u32 i = 0; i < fn->captures.n; i++)
        if (fn->captures.v[i].inner == local) return true;
    return false;
}

static void unused_check(Diags *ds, const Fn *fn) {
    for (u32 i = 0; i < fn->locals.n; i++) {
        const Local *l = fn->locals.v[i];
        if (l->used || l->captured || l->is_param || l->loop_var) continue;
        if (!l->name || !l->span.file) continue;
        if (l->name->s.n == 0 || l->name->s.p[0] == '_' || is_capture_inner(fn, l)) continue;
        Str name = l->name->s;
        Diag *d = diag_new(ds, W_UNUSED_VAR, l->span, "unused variable '%.*s'", FMT(name));
        diag_label(d, l->span, "never read");
        diag_hint(d, "remove it, or call it `_%.*s`", FMT(name));
    }
}

/* --- the pass; definite assignment is in assigned.c */

void flow_program(Arena *perm, Diags *ds, Program *p) {
    (void)perm;
    Arena scratch = {0};
    for (u32 i = 0; i < p->fns.n; i++) {
        Fn *fn = p->fns.v[i];
        if (!fn->body) continue;
        return_check(&scratch, ds, fn);
        assigned_check(&scratch, ds, fn);
        if (fn->is_std) continue;
        /* after an error, what ends and what goes on is not certain */
        if (!ds->errors) walk_tree(fn->body, unreachable_enter, ds);
        unused_check(ds, fn);
    }
    arena_free(&scratch);
}
