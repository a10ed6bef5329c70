/* calm.c - what a function that is handed to a library function may do, as far as its typed tree
 * tells: nothing but give a value; also panic; or anything. Sound for the first two, and made for
 * small functions: what is not listed here may do anything. A calm function ends (no loops, and
 * what it calls is followed a few steps only), assigns nothing but its own variables and starts no
 * task, so it may be called earlier or later than written, as long as it is called as often. */
#include "../sema/walk.h"
#include "fuse.h"

typedef struct Calm {
    Lower *lw;
    const Fn *fn;
    Calmness worst;
    u32 depth;
} Calm;

enum { DEEPEST_CALL = 4 };

static void is_worse(Calm *c, Calmness worse) {
    if (worse > c->worst) c->worst = worse;
}

/* ---- functions of the runtime ---- */

static const char *const calm_externs[] = {
    "wyn_str_len", "wyn_str_find", "wyn_str_upper", "wyn_str_lower", "wyn_str_capitalize",
    "wyn_str_title", "wyn_str_trim", "wyn_str_trim_left", "wyn_str_trim_right",
    "wyn_str_contains", "wyn_str_starts_with", "wyn_str_ends_with", "wyn_str_last_index_of",
    "wyn_str_count", "wyn_str_replace", "wyn_str_is_alpha", "wyn_str_is_digit",
    "wyn_str_is_alnum", "wyn_str_is_whitespace", "wyn_str_is_numeric", "wyn_str_is_int",
    "wyn_str_is_float", "wyn_str_reverse", "wyn_str_char_at", "wyn_str_char_count",
    "wyn_str_slice", "wyn_float_to_int", "sqrt", "floor", "ceil", "round", "trunc", "fabs", "sin",
    "cos", "tan", "exp", "log", "log2", "log10", "pow",
};
static const char *const panic_externs[] = {
    "wyn_str_to_int", "wyn_str_to_float", "wyn_str_ascii", "wyn_str_code_at", "wyn_str_split_at",
    "wyn_str_repeat", "wyn_str_pad_left", "wyn_str_pad_right", "wyn_str_from_code",
    "wyn_int_to_base", "wyn_float_fixed", "wyn_float_round_to", "wyn_str_byte",
};

static bool listed(Str name, const char *const *list, u32 n) {
    for (u32 i = 0; i < n; i++)
        if (str_eq(name, str_c(list[i]))) return true;
    return false;
}

static Calmness extern_calmness(const Fn *fn) {
    Str name = fn->name->s;
    if (!fn->is_std) return CALM_NOT;
    if (listed(name, calm_externs, COUNT_OF(calm_externs))) return CALM;
    if (listed(name, panic_externs, COUNT_OF(panic_externs))) return CALM_PANICS;
    return CALM_NOT;
}

/* ---- nodes ---- */

static bool is_plain(const Type *t) {
    return t->kind == TY_INT || t->kind == TY_FLOAT || t->kind == TY_BOOL || t->kind == TY_STRING;
}

static void step_look(Calm *c, const TreeStep *s) {
    const Tree *r = s->rhs;
    bool literal = r->kind == TN_INT;
    if (!is_plain(r->type)) is_worse(c, CALM_NOT); /* comparing may be the user's */
    switch (s->op) {
    case OP_DIV: case OP_MOD:
        if (s->type->kind == TY_INT && !(literal && r->int_.value != 0)) is_worse(c, CALM_PANICS);
        return;
    case OP_SHL: case OP_SHR:
        if (!literal || r->int_.value < 0) is_worse(c, CALM_PANICS);
        return;
    case OP_ADD: case OP_SUB: case OP_MUL:
        if (c->lw->opt.overflow_check) is_worse(c, CALM_PANICS);
        return;
    default: return;
    }
}

static bool own_variable(Calm *c, Tree *target) {
    return target->kind == TN_LOCAL && target->local->owner == c->fn &&
           !local_is_boxed(c->lw, target->local) && !target->local->by_ref;
}

static void call_look(Calm *c, const Fn *fn) {
    if (fn->kind == FN_EXTERN) {
        is_worse(c, extern_calmness(fn));
        return;
    }
    if (c->depth >= DEEPEST_CALL || fn->is_generator || !fn->body) {
        is_worse(c, CALM_NOT);
        return;
    }
    for (u32 i = 0; i < fn->param_count; i++)
        if (fn->params[i]->by_ref || fn->params[i]->type->kind == TY_FN) is_worse(c, CALM_NOT);
    if (c->worst < CALM_NOT) is_worse(c, fn_calmness(c->lw, fn, c->depth + 1));
}

static bool calm_enter(void *ctx, Tree *t) { /* table */
    Calm *c = ctx;
    if (c->worst == CALM_NOT) return false;
    switch ((TreeKind)t->kind) {
    case TN_INT: case TN_FLOAT: case TN_BOOL: case TN_STR: case TN_LOCAL: case TN_GLOBAL:
    case TN_FIELD: case TN_LOGIC: case TN_IF: case TN_BLOCK: case TN_RETURN: case TN_LET:
    case TN_TUPLE: case TN_STRUCT: case TN_VARIANT: case TN_ARRAY: case TN_ZERO: case TN_SOME:
    case TN_NONE: case TN_OK: case TN_ERR:
        break;
    case TN_UNARY:
        if (c->lw->opt.overflow_check) is_worse(c, CALM_PANICS);
        break;
    case TN_CHAIN:
        if (!is_plain(t->chain.first->type)) is_worse(c, CALM_NOT);
        for (u32 i = 0; i < t->chain.n; i++) step_look(c, &t->chain.steps[i]);
        break;
    case TN_INTERP:
        for (u32 i = 0; i < t->interp.n; i++)
            if (t->interp.parts[i].e && !is_plain(t->interp.parts[i].e->type))
                is_worse(c, CALM_NOT);
        break;
    case TN_INDEX:
        is_worse(c, t->index.obj->type->kind == TY_MAP ? CALM_NOT : CALM_PANICS);
        break;
    case TN_SLICE:
        if (t->slice.obj->type->kind != TY_STRING) is_worse(c, CALM_NOT);
        break;
    case TN_CAST:
        if (t->cast.how > CAST_SOME) is_worse(c, CALM_NOT);
        break;
    case TN_CALL:
        call_look(c, t->call.fn);
        break;
    case TN_INTRINSIC:
        if (t->intr.id != IN_ARRAY_LEN && t->intr.id != IN_IS_TYPE_FLOAT &&
            (t->intr.id != IN_TO_STRING || !is_plain(t->intr.args.v[0]->type)))
            is_worse(c, CALM_NOT);
        break;
    case TN_OPASSIGN:
        if (!own_variable(c, t->opassign.target)) is_worse(c, CALM_NOT);
        is_worse(c, CALM_PANICS); /* as the operators that may */
        break;
    case TN_ASSIGN:
        for (u32 i = 0; i < t->assign.targets.n; i++)
            if (!own_variable(c, t->assign.targets.v[i])) is_worse(c, CALM_NOT);
        break;
    default:
        is_worse(c, CALM_NOT);
    }
    return c->worst < CALM_NOT;
}

Calmness fn_calmness(Lower *lw, const Fn *fn, u32 depth) {
    Calm c = {.lw = lw, .fn = fn, .depth = depth};
    if (!fn->body || fn->spawned || fn->is_generator) return CALM_NOT;
    walk_tree(fn->body, calm_enter, &c);
    return c.worst;
}

Calmness tree_calmness(Lower *lw, const Fn *fn, Tree *t) {
    if (t->kind == TN_LAMBDA || t->kind == TN_FN) return fn_calmness(lw, t->fn, 0);
    if (t->type->kind == TY_FN) return CALM_NOT; /* a value: which function is not known */
    Calm c = {.lw = lw, .fn = fn};
    walk_tree(t, calm_enter, &c);
    return c.worst;
}
