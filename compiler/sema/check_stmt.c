/* check_stmt.c - statements and blocks. A block checked for its value keeps its last statement as
 * the value; variables first assigned bare inside if, while or plain blocks are hoisted to their
 * home. */
#include "checker.h"

static Tree *block_node(Checker *ck, Scope *s, Span span, Tree **stmts, u32 n) {
    Tree *b = tn(ck, TN_BLOCK, span, ck->t_void);
    b->block.stmts.v = stmts;
    b->block.stmts.n = n;
    b->block.hoisted = s->hoisted.v;
    b->block.hoisted_count = s->hoisted.n;
    for (u32 i = 0; i < n; i++)
        if (ty_prune(ck, stmts[i]->type)->kind == TY_NEVER) tn_type(ck, b, ck->t_never);
    return b;
}

Tree *check_block(Checker *ck, const Ast *block, Type *want, bool value, bool home) {
    Scope *s = scope_push(ck, home);
    if (ck->fx->parallel == PARALLEL_NEXT) ck->fx->parallel = s;
    const AstList *l = &block->list.elems;
    const Ast *single = block;
    AstList one = {(Ast **)&single, 1};
    if (block->kind != AST_BLOCK) l = &one;
    Tree **stmts = NEW_N(ck->perm, Tree *, l->n + 1);
    u32 n = 0;
    Type *type = NULL;
    for (u32 i = 0; i < l->n; i++) {
        bool last = i + 1 == l->n;
        Tree *t;
        if (value && last && scan_is_value(l->v[i])) {
            t = check_stmt_value(ck, l->v[i], want);
            type = t ? t->type : NULL;
        } else {
            t = check_stmt(ck, l->v[i]);
        }
        infer_drain(ck);
        if (t) stmts[n++] = t;
    }
    Tree *b = block_node(ck, s, block->span, stmts, n);
    if (type && ty_prune(ck, type)->kind != TY_NEVER && ty_prune(ck, type)->kind != TY_VOID) {
        b->block.has_value = true;
        tn_type(ck, b, type);
    }
    scope_pop(ck, s);
    return b;
}

/* A body in a scope of its own that may hold hoisted variables (arms, braceless bodies). */
static Tree *arm_body(Checker *ck, const Ast *body, Type *want, bool value) {
    if (body->kind == AST_BLOCK) {
        Tree *b = check_block(ck, body, want, value, false);
        return b;
    }
    if (value) return check_stmt_value(ck, body, want);
    Tree *t = check_stmt(ck, body);
    return t ? t : block_node(ck, &(Scope){0}, body->span, NULL, 0);
}

Tree *check_stmt_value(Checker *ck, const Ast *s, Type *want) {
    switch ((int)s->kind) {
    case AST_BLOCK: return check_block(ck, s, want, true, false);
    case AST_IF: return check_if(ck, s, want, true);
    case AST_MATCH: return check_match(ck, s, want, true);
    case AST_RETURN:
    case AST_BREAK:
    case AST_CONTINUE: return check_stmt(ck, s);
    case AST_SPAWN: return check_spawn(ck, s, false);
    }
    if (!scan_is_value(s)) {
        Tree *t = check_stmt(ck, s);
        return t ? t : tn_error(ck, s->span);
    }
    return check_expr(ck, s, want);
}

/* ---- if ---- */

Tree *check_cond(Checker *ck, const Ast *e) {
    if (e->kind != AST_LET_COND) return cond_of(ck, check_value(ck, e, NULL));
    Tree *t = tn(ck, TN_LET_COND, e->span, ck->t_bool);
    t->letc.e = check_value(ck, e->let.e, NULL);
    t->letc.pattern = check_pattern(ck, e->let.pattern, t->letc.e->type);
    return t;
}

static bool cond_run(Checker *ck, Constraint *c, bool force) {
    Type *t = ty_prune(ck, c->a);
    if (t->kind == TY_VAR) {
        if (force && ty_unify(ck, t, ck->t_bool)) return true;
        con_wait(ck, c, t);
        return false;
    }
    if (t->kind == TY_BOOL || t->kind == TY_INT || t->kind == TY_ERROR || t->kind == TY_NEVER)
        return true;
    Str s = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_CONDITION, c->node->span,
                       "Type mismatch: a condition must be bool or int, not %.*s", FMT(s));
    diag_label(d, c->node->span, "Got: %.*s", FMT(s));
    if (t->kind == TY_STRING) diag_hint(d, "test for text with `!= \"\"`");
    if (t->kind == TY_OPTION) diag_hint(d, "test with .is_some(), or `if let Some(x) = ...`");
    if (t->kind == TY_RESULT) diag_hint(d, "test with .is_ok(), or `if let Ok(x) = ...`");
    if (t->kind == TY_ARRAY || t->kind == TY_MAP || t->kind == TY_SET)
        diag_hint(d, "test with .len() > 0");
    if (t->kind == TY_FLOAT) diag_hint(d, "test with `!= 0.0`");
    if (t->kind == TY_PTR) diag_hint(d, "test with `!= 0`");
    blame_label(ck, d);
    return true;
}

Tree *cond_of(Checker *ck, Tree *e) {
    Constraint *c = con_new(ck, CON_OTHER, cond_run, e);
    c->a = e->type;
    con_start(ck, c);
    return e;
}

static Tree *zero_int(Checker *ck, Span span) { return tn(ck, TN_INT, span, ck->t_int); }

Tree *check_if(Checker *ck, const Ast *e, Type *want, bool value) {
    Tree *t = tn(ck, TN_IF, e->span, ck->t_void);
    u32 n = e->if_.n;
    t->if_.n = n;
    t->if_.arms = NEW_N(ck->perm, TreeIfArm, n);
    Tree ***slots = NEW_N(ck->perm, Tree **, n + 1);
    bool never = e->if_.els != NULL;
    for (u32 i = 0; i < n; i++) {
        Scope *s = scope_push(ck, false);
        t->if_.arms[i].cond = check_cond(ck, e->if_.arms[i].cond);
        t->if_.arms[i].body = arm_body(ck, e->if_.arms[i].body, want, value);
        slots[i] = &t->if_.arms[i].body;
        never &= ty_prune(ck, t->if_.arms[i].body->type)->kind == TY_NEVER;
        scope_pop(ck, s);
    }
    if (e->if_.els) {
        t->if_.els = arm_body(ck, e->if_.els, want, value);
        never &= ty_prune(ck, t->if_.els->type)->kind == TY_NEVER;
    }
    if (never) tn_type(ck, t, ck->t_never);
    if (!value || never) return t;
    if (!t->if_.els) {
        Type *b = ty_force(ck, t->if_.arms[0].body->type);
        if (b->kind != TY_INT && b->kind != TY_BOOL && b->kind != TY_ERROR && b->kind != TY_VOID) {
            Diag *d =
                diag_new(ck->ds, E_NO_VALUE, e->span, "this `if` needs an else to give a value");
            diag_label(d, e->span, "without else it would have no value");
            return tn_error(ck, e->span);
        }
        if (b->kind == TY_VOID) return t;
        t->if_.els = zero_int(ck, e->span);
    }
    slots[n] = &t->if_.els;
    tn_type(ck, t, join_list(ck, slots, n + 1, want, e->span, SITE_BRANCH));
    return t;
}

/* ---- match ---- */

static void match_arm(Checker *ck, TreeArm *out, const AstArm *arm, Type *subject, Type *want,
                      bool value) {
    Scope *s = scope_push(ck, true);
    out->pattern = check_pattern(ck, arm->pattern, subject);
    if (arm->guard) out->guard = check_cond(ck, arm->guard);
    out->body = arm_body(ck, arm->body, want, value);
    if (s->hoisted.n) {
        Tree **one = NEW_N(ck->perm, Tree *, 1);
        one[0] = out->body;
        Tree *b = block_node(ck, s, out->body->span, one, 1);
        Type *bt = ty_prune(ck, out->body->type);
        if (value && bt->kind != TY_VOID && bt->kind != TY_NEVER) {
            b->block.has_value = true;
            tn_type(ck, b, out->body->type);
        }
        out->body = b;
    }
    scope_pop(ck, s);
}

Tree *check_match(Checker *ck, const Ast *e, Type *want, bool value) {
    Tree *t = tn(ck, TN_MATCH, e->span, ck->t_void);
    t->match.subject = check_value(ck, e->match.subject, NULL);
    t->match.n = e->match.n;
    t->match.arms = NEW_N(ck->perm, TreeArm, e->match.n);
    Type *subject = ty_force(ck, t->match.subject->type);
    Tree ***slots = NEW_N(ck->perm, Tree **, e->match.n);
    bool never = e->match.n > 0;
    for (u32 i = 0; i < e->match.n; i++) {
        match_arm(ck, &t->match.arms[i], &e->match.arms[i], subject, want, value);
        slots[i] = &t->match.arms[i].body;
        never &= ty_prune(ck, t->match.arms[i].body->type)->kind == TY_NEVER;
    }
    if (never) tn_type(ck, t, ck->t_never);
    if (!value || never || !e->match.n) return t;
    tn_type(ck, t, join_list(ck, slots, e->match.n, want, e->span, SITE_BRANCH));
    return t;
}

/* ---- jumps ---- */

static Tree *return_value(Checker *ck, const Ast *s, Type *want) {
    if (s->ret.values.n == 1) return check_expr(ck, s->ret.values.v[0], want);
    Ast tuple = {.kind = AST_TUPLE, .span = s->span};
    tuple.list.elems = s->ret.values;
    return check_expr(ck, &tuple, want);
}

/* Is this inside a parallel for, out of `to` (NULL: the function)? */
static bool leaves_rounds(const LoopCtx *l, const LoopCtx *to) {
    for (; l != to; l = l->outer)
        if (l->parallel) return true;
    return false;
}

static Tree *check_return(Checker *ck, const Ast *s) {
    FnCtx *fx = ck->fx;
    Tree *t = tn(ck, TN_RETURN, s->span, ck->t_never);
    if (leaves_rounds(fx->loop, NULL)) {
        Diag *d = diag_new(ck->ds, E_BAD_JUMP, s->span, "return out of a parallel for");
        diag_label(d, s->span, "other rounds run at the same time");
        diag_hint(d, "`continue` ends this round; a plain for may be left");
        return tn_error(ck, s->span);
    }
    if (fx->in_defer) {
        Diag *d = diag_new(ck->ds, E_BAD_JUMP, s->span, "return inside defer");
        diag_label(d, s->span, "a deferred block cannot leave its function");
        return t;
    }
    if (s->ret.values.n == 0) {
        if (fx->is_script || (fx->is_main && !fx->ret_open && ty_is(ck, fx->ret, TY_INT)))
            t->one.e = zero_int(ck, s->span);
        else if (!fx->ret_open && !fx->fn->is_generator && !ty_is(ck, fx->ret, TY_VOID) &&
                 !ty_is(ck, fx->ret, TY_ERROR)) {
            Str r = ty_text(ck, fx->ret);
            Diag *d = diag_new(ck->ds, E_RETURN_TYPE, s->span, "Return type mismatch");
            diag_label(d, s->span, "Got: no value");
            diag_note(d, "Expected: %.*s", FMT(r));
        }
        return t;
    }
    Tree *e = return_value(ck, s, fx->ret_open ? NULL : fx->ret);
    if (fx->ret_open) {
        t->one.e = e;
        vec_push(ck->perm, &fx->open_returns, t);
        return t;
    }
    if (fx->is_script && ty_is(ck, e->type, TY_VOID)) {
        t->one.e = e;
        return t;
    }
    Site site = {.kind = SITE_RETURN};
    if (fx->decl && fx->decl->ast->fn.ret) site.decl = fx->decl->ast->fn.ret->span;
    t->one.e = coerce(ck, e, fx->ret, site);
    return t;
}

static Tree *check_jump(Checker *ck, const Ast *s) {
    bool brk = s->kind == AST_BREAK;
    const char *word = brk ? "break" : "continue";
    Tree *t = tn(ck, brk ? TN_BREAK : TN_CONTINUE, s->span, ck->t_never);
    LoopCtx *l = ck->fx->loop;
    Name label = s->jump.label.name;
    while (l && label && l->label != label) l = l->outer;
    if (!l || ck->fx->in_defer) {
        Diag *d = label ? diag_new(ck->ds, E_BAD_JUMP, s->jump.label.span,
                                   "no loop around this has the label '%s'", label->s.p)
                        : diag_new(ck->ds, E_BAD_JUMP, s->span, "%s outside of a loop", word);
        diag_label(d, d->span, label ? "no such label" : "not inside a loop");
        return tn_error(ck, s->span);
    }
    if ((l->parallel && brk) || leaves_rounds(ck->fx->loop, l)) {
        Diag *d = diag_new(ck->ds, E_BAD_JUMP, s->span, "%s out of a parallel for", word);
        diag_label(d, s->span, "iterations run at the same time; use `continue`, or a plain for");
    }
    t->jump.loop = l->loop;
    if (brk)
        l->loop->has_break = true;
    else
        l->loop->has_continue = true;
    return t;
}

static Tree *check_defer(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_DEFER, s->span, ck->t_void);
    bool saved = ck->fx->in_defer;
    LoopCtx *loop = ck->fx->loop;
    if (leaves_rounds(loop, NULL)) {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span, "defer inside a parallel for");
        diag_label(d, s->span, "it would run at the end of the function, which waits for the loop");
        diag_hint(d, "put the body of the loop into a function");
    } else if (loop && ck->fx->fn->is_generator && ck->fx->fn->kind != FN_LAMBDA) {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span, "defer inside a loop of a generator");
        diag_label(d, s->span, "it would run once, at the end of the generator");
        diag_hint(d, "put the body of the loop into a function");
    }
    ck->fx->in_defer = true;
    ck->fx->loop = NULL;
    t->one.e = check_block(ck, s->one.e, NULL, false, false);
    ck->fx->in_defer = saved;
    ck->fx->loop = loop;
    return t;
}

static Tree *check_yield(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_YIELD, s->span, ck->t_void);
    Fn *f = ck->fx->fn;
    if (f->kind == FN_LAMBDA || !f->is_generator) {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span, "yield outside of a generator function");
        diag_label(d, s->span, "yield stands directly in the body of a function");
        return tn_error(ck, s->span);
    }
    if (ck->fx->task_blocks) {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span, "yield inside a parallel block");
        diag_label(d, s->span, "the generator would stop before its tasks are joined");
        diag_hint(d, "yield the values after the block");
    }
    Type *iter = ty_head(ck, f->ret);
    t->one.e = check_to(ck, s->one.e, iter->args[0], (Site){.kind = SITE_RETURN});
    return t;
}

/* As a statement the branches may give anything, or nothing. */
static Tree *check_ternary_stmt(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_IF, s->span, ck->t_void);
    t->if_.n = 1;
    t->if_.arms = NEW_N(ck->perm, TreeIfArm, 1);
    t->if_.arms[0].cond = check_cond(ck, s->ternary.c);
    t->if_.arms[0].body = arm_body(ck, s->ternary.a, NULL, false);
    t->if_.els = arm_body(ck, s->ternary.b, NULL, false);
    return t;
}

Tree *check_stmt(Checker *ck, const Ast *s) { /* table */
    switch ((int)s->kind) {
    case AST_BLOCK: return check_block(ck, s, NULL, false, false);
    case AST_VAR: return check_var(ck, s);
    case AST_ASSIGN:
    case AST_OPASSIGN: return check_assign(ck, s);
    case AST_RETURN: return check_return(ck, s);
    case AST_BREAK:
    case AST_CONTINUE: return check_jump(ck, s);
    case AST_IF: return check_if(ck, s, NULL, false);
    case AST_MATCH: return check_match(ck, s, NULL, false);
    case AST_WHILE:
    case AST_FOR_IN:
    case AST_FOR_C: return check_loop(ck, s);
    case AST_PARALLEL:
    case AST_SCOPE: return check_parallel(ck, s);
    case AST_SELECT: return check_select(ck, s);
    case AST_DEFER: return check_defer(ck, s);
    case AST_YIELD: return check_yield(ck, s);
    case AST_SPAWN: return check_spawn(ck, s, true);
    case AST_FN:
    case AST_STRUCT:
    case AST_ENUM:
    case AST_TRAIT:
    case AST_IMPL:
    case AST_ALIAS:
    case AST_TEST:
    case AST_HOOK:
    case AST_IMPORT:
    case AST_EXPORT_LIST: {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span,
                           "this declaration belongs to the top level of a file");
        diag_label(d, s->span, "not inside a function");
        return NULL;
    }
    case AST_TERNARY: return check_ternary_stmt(ck, s);
    case AST_ERROR: return NULL;
    }
    return check_expr(ck, s, NULL);
}
