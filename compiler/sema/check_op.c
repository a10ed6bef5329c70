/* check_op.c - operators: arithmetic, comparison, in, and, or, not. The table is language.md Part
 * II 5.2 and 5.3; a step whose operand types are not known yet waits as an `arith` constraint. */
#include "checker.h"

Type *arith_result(Checker *ck, Op op, Type *l, Type *r, bool *lf, bool *rf);
Tree *opassign_types(Checker *ck, Tree *t, const Ast *s);

static bool is_number(const Type *t) { return t->kind == TY_INT || t->kind == TY_FLOAT; }

/* Result of l op r, or NULL when they do not fit; lf / rf: that side is converted to float. */
Type *arith_result(Checker *ck, Op op, Type *l, Type *r, bool *lf, bool *rf) { /* table */
    *lf = *rf = false;
    bool numbers = is_number(l) && is_number(r);
    switch (op) {
    case OP_ADD:
        if ((l->kind == TY_STRING && (r->kind == TY_STRING || r->kind == TY_INT)) ||
            (l->kind == TY_INT && r->kind == TY_STRING))
            return ck->t_string;
        break;
    case OP_MUL:
        if (l->kind == TY_STRING && r->kind == TY_INT) return ck->t_string;
        break;
    case OP_SUB:
    case OP_DIV:
    case OP_MOD: break;
    case OP_BAND:
    case OP_BOR:
    case OP_BXOR:
    case OP_SHL:
    case OP_SHR: return l->kind == TY_INT && r->kind == TY_INT ? ck->t_int : NULL;
    case OP_LT:
    case OP_GT:
    case OP_LE:
    case OP_GE:
    case OP_EQ:
    case OP_NE:
    case OP_IN:
    case OP_NOT_IN:
    case OP_AND:
    case OP_OR:
    case OP_NEG:
    case OP_NOT:
    case OP_BNOT:
    case OP_COUNT: return NULL;
    }
    if (!numbers) return NULL;
    if (l->kind == r->kind) return l;
    *lf = l->kind == TY_INT;
    *rf = r->kind == TY_INT;
    return ck->t_float;
}

typedef struct StepData {
    Tree *chain; /* CHAIN or OPASSIGN */
    u32 step;
    Type *left;
    Span left_span;
} StepData;

static Diag *operand_error(Checker *ck, Op op, Span at, Type *l, Span ls, Type *r, Span rs) {
    Str a = ty_text(ck, l), b = ty_text(ck, r);
    Diag *d = diag_new(ck->ds, E_BAD_OPERAND, at, "Type mismatch: '%s' does not take %.*s and %.*s",
                       op_text[op], FMT(a), FMT(b));
    diag_label(d, rs, "this is %.*s", FMT(b));
    diag_label(d, ls, "this is %.*s", FMT(a));
    if (op == OP_ADD && (l->kind == TY_STRING || r->kind == TY_STRING))
        diag_hint(d, "convert with .to_string(), or use interpolation: \"${x}\"");
    else if (op == OP_ADD && l->kind == TY_ARRAY && r->kind == TY_ARRAY)
        diag_hint(d, "join arrays with .concat()");
    else if (op == OP_ADD && l->kind == TY_ARRAY)
        diag_hint(d, "add an element with .push()");
    else if (l->kind == TY_RESULT || r->kind == TY_RESULT)
        diag_hint(d, "the value may be an error: use `?`, .unwrap_or() or a match");
    else if (op == OP_MUL && l->kind == TY_INT && r->kind == TY_STRING)
        diag_hint(d, "write the string first: text * n");
    else if (l->kind == TY_BOOL || r->kind == TY_BOOL)
        diag_hint(d, "make a number of a bool with .to_int()");
    else if (l->kind == TY_FUTURE || r->kind == TY_FUTURE)
        diag_hint(d, "this is the future, not its value: write `await`");
    else if (l->kind == TY_OPTION || r->kind == TY_OPTION)
        diag_hint(d, "the value may be none: use `?? default` or .unwrap()");
    blame_label(ck, d);
    return d;
}

static Tree *to_float(Checker *ck, Tree *e) {
    return coerce(ck, e, ck->t_float, (Site){.kind = SITE_DECL});
}

/* ---- comparisons ---- */

static bool orderable(Checker *ck, Type *t) {
    t = ty_prune(ck, t);
    if (t->kind == TY_TUPLE) {
        for (u32 i = 0; i < t->n; i++)
            if (!orderable(ck, t->args[i])) return false;
        return true;
    }
    return t->kind == TY_INT || t->kind == TY_FLOAT || t->kind == TY_STRING || t->kind == TY_BOOL ||
           t->kind == TY_VAR || t->kind == TY_ERROR;
}

static void compare_error(Checker *ck, Op op, Span at, Type *l, Span ls, Type *r, Span rs) {
    Str a = ty_text(ck, l), b = ty_text(ck, r);
    Diag *d;
    if (l->kind == TY_STRUCT && r->kind == TY_STRUCT)
        d = diag_new(ck->ds, E_CANNOT_COMPARE, at, "Cannot compare different types: %.*s and %.*s",
                     FMT(a), FMT(b));
    else
        d = diag_new(ck->ds, E_CANNOT_COMPARE, at, "Cannot compare %.*s with %.*s", FMT(a), FMT(b));
    diag_label(d, rs, "this is %.*s", FMT(b));
    diag_label(d, ls, "this is %.*s", FMT(a));
    if (l->kind == TY_OPTION || r->kind == TY_OPTION)
        diag_hint(d, "compare with Some(...), test with .is_none(), or use `?? default`");
    else if (l->kind == TY_STRING || r->kind == TY_STRING)
        diag_hint(d, "convert one side: .to_string() or .to_int()");
    else if (l->kind == TY_FUTURE || r->kind == TY_FUTURE)
        diag_hint(d, "this is the future, not its value: write `await`");
    (void)op;
    blame_label(ck, d);
}

/* Makes both sides of a comparison one type; false when they are not comparable. */
static bool compare_sides(Checker *ck, Type *l, Type *r, Op op, bool *lf, bool *rf, bool *lb,
                          bool *rb) {
    *lf = *rf = *lb = *rb = false;
    if (l->kind == TY_INT && r->kind == TY_FLOAT) return *lf = true;
    if (l->kind == TY_FLOAT && r->kind == TY_INT) return *rf = true;
    bool eq = op == OP_EQ || op == OP_NE;
    if (eq && l->kind == TY_BOOL && r->kind == TY_INT) return *lb = true;
    if (eq && l->kind == TY_INT && r->kind == TY_BOOL) return *rb = true;
    if (eq &&
        ((l->kind == TY_PTR && r->kind == TY_INT) || (l->kind == TY_INT && r->kind == TY_PTR)))
        return true;
    return l->kind != TY_VOID && r->kind != TY_VOID && ty_unify(ck, l, r);
}

static void step_result(Checker *ck, StepData *d, Type *t) {
    TreeStep *s = &d->chain->chain.steps[d->step];
    if (ty_unify(ck, s->type, t)) return;
    /* the result was taken for another type before the operands were known */
    Str want = ty_text(ck, s->type), got = ty_text(ck, t);
    Diag *e = diag_new(ck->ds, E_TYPE_MISMATCH, s->span, "Type mismatch: '%s' gives %.*s here",
                       op_text[s->op], FMT(got));
    diag_label(e, s->span, "Expected: %.*s Got: %.*s", FMT(want), FMT(got));
    blame_label(ck, e);
    diag_hint(e, "write the types of the operands where they are declared");
}

static bool late_check(Checker *ck, Tree *chain) {
    vec_push(ck->perm, &ck->late, chain);
    return true;
}

/* A handle compared with an int is its number, as at a conversion site (`h == -1`, `h < 0`). A
 * future is not: there `await` is missing. */
static bool compare_step(Checker *ck, StepData *d, Type *l, Type *r) {
    TreeStep *s = &d->chain->chain.steps[d->step];
    bool lf, rf, lb, rb;
    if (l->kind == TY_INT && is_numbered(r)) {
        s->rhs = coerce(ck, s->rhs, ck->t_int, (Site){.kind = SITE_DECL});
        r = ck->t_int;
    } else if (r->kind == TY_INT && is_numbered(l) && d->step == 0) {
        Tree **first = &d->chain->chain.first;
        *first = coerce(ck, *first, ck->t_int, (Site){.kind = SITE_DECL});
        l = ck->t_int;
    }
    if (!compare_sides(ck, l, r, s->op, &lf, &rf, &lb, &rb)) {
        compare_error(ck, s->op, s->span, l, d->left_span, r, s->rhs->span);
        return true;
    }
    s->lhs_float = lf;
    if (rf) s->rhs = to_float(ck, s->rhs);
    if (rb) s->rhs = coerce(ck, s->rhs, ck->t_int, (Site){.kind = SITE_DECL});
    if (lb) {
        Tree *cast = tn(ck, TN_CAST, s->rhs->span, ck->t_bool);
        cast->cast.how = CAST_INT_BOOL;
        cast->cast.e = s->rhs;
        bool literal01 = s->rhs->kind == TN_INT &&
                         (s->rhs->int_.value == 0 || s->rhs->int_.value == 1);
        if (literal01)
            s->rhs = cast;
        else if (d->step == 0)
            d->chain->chain.first =
                coerce(ck, d->chain->chain.first, ck->t_int, (Site){.kind = SITE_DECL});
        else
            s->rhs = cast;
    }
    if (s->op != OP_EQ && s->op != OP_NE && !orderable(ck, l)) {
        Str a = ty_text(ck, l);
        Diag *g = diag_new(ck->ds, E_CANNOT_COMPARE, s->span,
                           "%.*s values cannot be ordered with '%s'", FMT(a), op_text[s->op]);
        diag_label(g, d->left_span, "this is %.*s", FMT(a));
        diag_hint(g, "int, float, string, bool and tuples of those can be ordered");
    }
    return late_check(ck, d->chain);
}

static bool in_step(Checker *ck, StepData *d, Type *l, Type *r) {
    TreeStep *s = &d->chain->chain.steps[d->step];
    Type *want = NULL;
    switch ((int)r->kind) {
    case TY_ARRAY:
    case TY_SET:
    case TY_MAP: want = r->args[0]; break;
    case TY_STRING: want = ck->t_string; break;
    }
    bool lf = false;
    if (want) {
        Type *w = ty_prune(ck, want);
        lf = l->kind == TY_INT && w->kind == TY_FLOAT;
        if (lf || ty_unify(ck, l, w)) {
            s->lhs_float = lf;
            return late_check(ck, d->chain);
        }
    }
    Str a = ty_text(ck, l), b = ty_text(ck, r);
    Diag *g = want ? diag_new(ck->ds, E_CANNOT_COMPARE, s->span,
                              "Cannot compare %.*s with the elements of %.*s", FMT(a), FMT(b))
                   : diag_new(ck->ds, E_BAD_OPERAND, s->span,
                              "'%s' needs a collection, string or range on its right",
                              op_text[s->op]);
    diag_label(g, s->rhs->span, "this is %.*s", FMT(b));
    diag_label(g, d->left_span, "this is %.*s", FMT(a));
    blame_label(ck, g);
    return true;
}

static bool is_compare(Op op) { return op >= OP_LT && op <= OP_NE; }
static bool is_in(Op op) { return op == OP_IN || op == OP_NOT_IN; }

static bool arith_step(Checker *ck, StepData *d, Type *l, Type *r) {
    TreeStep *s = &d->chain->chain.steps[d->step];
    bool rf;
    Type *t = arith_result(ck, s->op, l, r, &s->lhs_float, &rf);
    if (!t) {
        operand_error(ck, s->op, s->span, l, d->left_span, r, s->rhs->span);
        step_result(ck, d, ck->t_error);
        return true;
    }
    if (rf) s->rhs = to_float(ck, s->rhs);
    step_result(ck, d, t);
    return true;
}

static bool step_run(Checker *ck, Constraint *c, bool force) {
    StepData *d = (StepData *)c->data;
    TreeStep *s = &d->chain->chain.steps[d->step];
    Type *l = ty_prune(ck, d->left), *r = ty_prune(ck, s->rhs->type);
    if (l->kind == TY_ERROR || r->kind == TY_ERROR || l->kind == TY_NEVER || r->kind == TY_NEVER) {
        if (!is_compare(s->op) && !is_in(s->op)) step_result(ck, d, ck->t_error);
        return true;
    }
    bool lv = l->kind == TY_VAR, rv = r->kind == TY_VAR;
    if (is_compare(s->op) && (lv || rv) && force) {
        if (!ty_unify(ck, l, r)) return true;
        l = ty_prune(ck, l);
        if (l->kind == TY_VAR) return late_check(ck, d->chain);
        return compare_step(ck, d, l, ty_prune(ck, r));
    }
    if (is_in(s->op) ? rv : (lv || rv)) {
        if (force && !is_in(s->op) && lv != rv) {
            Type *known = lv ? r : l;
            ty_unify(ck, lv ? l : r, known);
            return step_run(ck, c, false);
        }
        if (lv) con_wait(ck, c, l);
        if (rv && r != l) con_wait(ck, c, r);
        return false;
    }
    if (is_in(s->op)) return in_step(ck, d, l, r);
    return is_compare(s->op) ? compare_step(ck, d, l, r) : arith_step(ck, d, l, r);
}

static Tree *check_range_rhs(Checker *ck, const Ast *r, Tree *lhs) {
    Tree *t = tn(ck, TN_RANGE, r->span, ck->t_int);
    Site site = {.kind = SITE_DECL};
    t->range.lo = check_to(ck, r->range.lo, ck->t_int, site);
    t->range.hi = check_to(ck, r->range.hi, ck->t_int, site);
    t->range.inclusive = r->flags & AF_INCLUSIVE;
    if (!ty_unify(ck, lhs->type, ck->t_int)) {
        Str a = ty_text(ck, lhs->type);
        Diag *d = diag_new(ck->ds, E_CANNOT_COMPARE, lhs->span,
                           "Cannot compare %.*s with a range of int", FMT(a));
        diag_label(d, lhs->span, "this is %.*s", FMT(a));
    }
    return t;
}

static Tree *check_logic(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_LOGIC, e->span, ck->t_bool);
    t->logic.op = e->chain.steps[0].op;
    t->logic.list.v = NEW_N(ck->perm, Tree *, e->chain.n + 1);
    t->logic.list.n = e->chain.n + 1;
    t->logic.list.v[0] = cond_of(ck, check_value(ck, e->chain.first, NULL));
    for (u32 i = 0; i < e->chain.n; i++)
        t->logic.list.v[i + 1] = cond_of(ck, check_value(ck, e->chain.steps[i].rhs, NULL));
    return t;
}

/* An enum on the left decides what a bare variant on the right means. */
static Type *rhs_want(Checker *ck, Op op, Type *left) {
    if (op != OP_EQ && op != OP_NE) return NULL;
    left = ty_prune(ck, left);
    return left->kind == TY_ENUM || left->kind == TY_OPTION || left->kind == TY_RESULT ||
                   left->kind == TY_ARRAY || left->kind == TY_MAP
               ? left
               : NULL;
}

Tree *check_chain(Checker *ck, const Ast *e, Type *want) {
    Op first_op = e->chain.steps[0].op;
    if (first_op == OP_AND || first_op == OP_OR) return check_logic(ck, e);
    (void)want;
    Tree *t = tn(ck, TN_CHAIN, e->span, ck->t_error);
    t->chain.first = check_value(ck, e->chain.first, NULL);
    t->chain.n = e->chain.n;
    t->chain.steps = NEW_N(ck->perm, TreeStep, e->chain.n);
    Type *left = t->chain.first->type;
    Span span = t->chain.first->span;
    for (u32 i = 0; i < e->chain.n; i++) {
        const AstChainStep *as = &e->chain.steps[i];
        TreeStep *s = &t->chain.steps[i];
        s->op = as->op;
        s->span = as->op_span;
        bool range = is_in(as->op) && as->rhs->kind == AST_RANGE;
        bool truth = is_compare(as->op) || is_in(as->op);
        s->rhs = range ? check_range_rhs(ck, as->rhs, t->chain.first)
                       : check_value(ck, as->rhs, rhs_want(ck, as->op, left));
        s->type = truth ? ck->t_bool : ty_fresh(ck, as->op_span, VD_INT, "operands");
        ty_slot(ck, &s->type);
        if (!range) {
            StepData *d = NEW(ck->perm, StepData);
            *d = (StepData){t, i, left, span};
            Constraint *c = con_new(ck, CON_ARITH, step_run, t);
            c->data = d;
            c->a = left;
            c->b = s->rhs->type;
            con_start(ck, c);
        }
        left = ty_prune(ck, s->type);
        span = span_join(span, as->rhs->span);
    }
    tn_type(ck, t, left);
    return t;
}

/* ---- unary ---- */

static bool unary_run(Checker *ck, Constraint *c, bool force) {
    Tree *t = c->node;
    Type *a = ty_prune(ck, c->a);
    if (a->kind == TY_VAR) {
        if (force && t->unary.op == OP_BNOT) return ty_unify(ck, a, ck->t_int);
        con_wait(ck, c, a);
        return false;
    }
    if (a->kind == TY_INT || (a->kind == TY_FLOAT && t->unary.op == OP_NEG) || a->kind == TY_ERROR)
        return true;
    Str s = ty_text(ck, a);
    Diag *d = diag_new(ck->ds, E_BAD_OPERAND, t->span, "Type mismatch: '%s' does not take %.*s",
                       op_text[t->unary.op], FMT(s));
    diag_label(d, t->unary.e->span, "Got: %.*s", FMT(s));
    blame_label(ck, d);
    return true;
}

static Tree *check_negated_int(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_INT, e->span, ck->t_int);
    t->int_.value = (i64)(0 - e->unary.e->int_.value);
    return t;
}

Tree *check_unary(Checker *ck, const Ast *e, Type *want) {
    if (e->unary.op == OP_NEG && e->unary.e->kind == AST_INT) return check_negated_int(ck, e);
    Tree *t = tn(ck, TN_UNARY, e->span, ck->t_bool);
    t->unary.op = e->unary.op;
    t->unary.e = check_value(ck, e->unary.e, e->unary.op == OP_NOT ? NULL : want);
    if (e->unary.op == OP_NOT) {
        cond_of(ck, t->unary.e);
        return t;
    }
    tn_type(ck, t, t->unary.e->type);
    Constraint *c = con_new(ck, CON_ARITH, unary_run, t);
    c->a = t->unary.e->type;
    con_start(ck, c);
    return t;
}

/* ---- compound assignment ---- */

static bool opassign_run(Checker *ck, Constraint *c, bool force) {
    Tree *t = c->node;
    Type *l = ty_prune(ck, t->opassign.target->type), *r = ty_prune(ck, t->opassign.value->type);
    if (l->kind == TY_ERROR || r->kind == TY_ERROR) return true;
    if (l->kind == TY_VAR || r->kind == TY_VAR) {
        if (force && (l->kind != TY_VAR || r->kind != TY_VAR)) {
            ty_unify(ck, l, r);
            return opassign_run(ck, c, false);
        }
        if (l->kind == TY_VAR) con_wait(ck, c, l);
        if (r->kind == TY_VAR && r != l) con_wait(ck, c, r);
        return false;
    }
    bool lf, rf;
    Type *res = arith_result(ck, t->opassign.op, l, r, &lf, &rf);
    if (!res) {
        operand_error(ck, t->opassign.op, t->span, l, t->opassign.target->span, r,
                      t->opassign.value->span);
        return true;
    }
    if (rf) t->opassign.value = to_float(ck, t->opassign.value);
    if (res != l) {
        Tree probe = *t->opassign.value;
        Str got = ty_text(ck, res), want = ty_text(ck, l);
        Diag *d = diag_new(ck->ds, E_ASSIGN_TYPE, probe.span, "Type mismatch in assignment");
        diag_label(d, probe.span, "Got: %.*s", FMT(got));
        diag_label(d, t->opassign.target->span, "Expected: %.*s", FMT(want));
    }
    return true;
}

Tree *opassign_types(Checker *ck, Tree *t, const Ast *s) {
    if (s->opassign.value) {
        t->opassign.value = check_value(ck, s->opassign.value, NULL);
    } else {
        t->opassign.value = tn(ck, TN_INT, s->span, ck->t_int);
        t->opassign.value->int_.value = 1;
        Type *target = ty_head(ck, t->opassign.target->type);
        if (target->kind == TY_STRING) {
            const char *op = s->opassign.op == OP_ADD ? "++" : "--";
            Diag *d = diag_new(ck->ds, E_BAD_OPERAND, s->span, "'%s' counts numbers only", op);
            diag_label(d, t->opassign.target->span, "this is string");
            return tn_error(ck, s->span);
        }
    }
    Constraint *c = con_new(ck, CON_ARITH, opassign_run, t);
    con_start(ck, c);
    return t;
}
