/* check_call.c - calls: who is called, overloads of the library, arguments to parameters, type
 * arguments. */
#include "calls.h"

CallArgs call_args(Checker *ck, const AstArgs *args) {
    CallArgs c = {NEW_N(ck->perm, CallArg, args->n + 1), args->n};
    for (u32 i = 0; i < args->n; i++)
        c.v[i] = (CallArg){args->v[i].name, args->v[i].value->span, args->v[i].value, NULL,
                           args->v[i].name_span};
    return c;
}

static Tree *ref_arg(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_REF, e->span, ck->t_error);
    t->one.e = check_value(ck, e->one.e, NULL);
    place_check(ck, t->one.e, "pass a reference to");
    tn_type(ck, t, t->one.e->type);
    return t;
}

Tree *call_arg_value(Checker *ck, CallArg *a, Type *want) {
    if (!a->tree)
        a->tree = a->ast->kind == AST_ADDR ? ref_arg(ck, a->ast) : check_value(ck, a->ast, want);
    return a->tree;
}

Tree *call_arg_to(Checker *ck, CallArg *a, Type *to, Site site) {
    return coerce(ck, call_arg_value(ck, a, to), to, site);
}

void call_args_check(Checker *ck, CallArgs *args) {
    for (u32 i = 0; i < args->n; i++) call_arg_value(ck, &args->v[i], NULL);
}

/* ---- overloads ---- */

static bool takes_count(Checker *ck, const FnDecl *d, u32 n) {
    const AstParams *ps = &d->ast->fn.params;
    u32 skip = d->has_self ? 1 : 0, need = 0;
    (void)ck;
    for (u32 i = skip; i < ps->n; i++) need += !ps->v[i].def;
    return n >= need && (n <= ps->n - skip || d->ast->flags & AF_VARARGS);
}

/* Does the argument's outermost constructor fit the written parameter type? An open parameter is
 * better than a conversion: ints go to a generic function sooner than to one of floats. */
enum { FITS_NOT, FITS_CONVERTED, FITS_OPEN, FITS_EXACTLY = 4 };
static int fits(Checker *ck, FnDecl *d, u32 param, CallArg *a) {
    const Ast *t = d->ast->fn.params.v[param].type;
    if (!t) return FITS_OPEN;
    if (a->ast && a->ast->kind == AST_LAMBDA && !a->tree) {
        if (t->kind != AST_T_FN) return t->kind == AST_T_NAME && !ck ? FITS_OPEN : FITS_NOT;
        return t->tfn.params.n == a->ast->lambda.params.n ? FITS_EXACTLY : FITS_NOT;
    }
    Type *got = ty_head(ck, call_arg_value(ck, a, NULL)->type);
    if (got->kind == TY_VAR) got = ty_force(ck, got);
    if (t->kind == AST_T_FN) {
        if (got->kind == TY_FN) return got->n - 1 == t->tfn.params.n ? FITS_EXACTLY : FITS_NOT;
        return got->kind == TY_VAR ? FITS_OPEN : FITS_NOT;
    }
    if (got->kind == TY_VAR || got->kind == TY_ERROR) return FITS_OPEN;
    Type **args = NEW_N(ck->perm, Type *, d->gen_count + 1);
    for (u32 i = 0; i < d->gen_count; i++) args[i] = ty_fresh(ck, a->span, VD_INT, NULL);
    Sig s = fn_sig(ck, d, args);
    Type *want = ty_prune(ck, s.params[param]);
    if (want->kind == TY_VAR) return FITS_OPEN;
    if (want->kind == got->kind && want->name == got->name) return FITS_EXACTLY;
    if (want->kind == TY_FLOAT && got->kind == TY_INT) return FITS_CONVERTED;
    return FITS_NOT;
}

static FnDecl *pick_overload(Checker *ck, Call *c) {
    FnDecl *d = c->d;
    if (!d->next) return d;
    FnDecl *best = NULL, *by_count = NULL;
    int best_score = -1;
    u32 same = 0;
    for (FnDecl *o = d; o; o = o->next) same += takes_count(ck, o, c->args.n);
    for (FnDecl *o = d; o; o = o->next) {
        if (!takes_count(ck, o, c->args.n)) continue;
        if (same == 1) return o;
        if (!by_count) by_count = o;
        int score = 0;
        u32 skip = o->has_self ? 1 : 0;
        for (u32 i = 0; i < c->args.n && score >= 0; i++) {
            int f = fits(ck, o, i + skip, &c->args.v[i]);
            score = f ? score + f : -1;
        }
        if (score >= best_score && score >= 0) best = o, best_score = score;
    }
    return best ? best : by_count ? by_count : d;
}

/* ---- arguments ---- */

static Site arg_site(Checker *ck, FnDecl *d, u32 param, Tree *recv) {
    const AstParam *p = &d->ast->fn.params.v[param];
    Site s = {.kind = SITE_ARG,
              .name = p->name,
              .owner = d->name,
              .decl = p->type ? p->type->span : p->span};
    if (d->ast->flags & AF_EXTERN) s.kind = SITE_EXTERN_ARG;
    if (!d->module->is_std) return s;
    s.decl = (Span){0, 0, 0};
    Type *r = recv ? ty_head(ck, recv->type) : NULL;
    s.whole = r;
    if (!r) {
        if (d->name == ck->n.array_push) s.kind = SITE_PUSH;
        return s;
    }
    if (r->kind == TY_ARRAY && (d->name == ck->n.push || d->name == ck->n.insert) &&
        p->type->kind != AST_T_FN)
        s.kind = SITE_PUSH;
    if (r->kind == TY_ARRAY && p->type && p->type->kind == AST_T_FN)
        s.kind = SITE_PREDICATE, s.name = d->name;
    if (r->kind == TY_CHANNEL && d->name == ck->n.send) s.kind = SITE_SEND;
    if (r->kind == TY_MAP && (d->name == ck->n.set || d->name == ck->n.insert) && param == 2)
        s.kind = SITE_STORE;
    if (r->kind == TY_MAP && param == 1) s.kind = SITE_MAP_KEY;
    if (r->kind == TY_MAP && param == 2 && (d->name == ck->n.get || d->name == ck->n.get_or))
        s.kind = SITE_GET_DEFAULT;
    if (d->name == ck->n.unwrap_or) s.kind = SITE_UNWRAP_DEFAULT;
    return s;
}

static void count_error(Checker *ck, Call *c, const char *what) {
    const AstParams *ps = &c->d->ast->fn.params;
    u32 skip = c->d->has_self ? 1 : 0, most = ps->n - skip, least = 0;
    for (u32 i = skip; i < ps->n; i++) least += !ps->v[i].def;
    if (skip && !c->recv && c->args.n == 0) {
        Diag *d = diag_new(ck->ds, E_ARG_COUNT, c->span,
                           "Wrong number of arguments: '%s' is a method", c->d->name->s.p);
        diag_label(d, c->span, "there is no value whose method this is");
        if (!c->d->module->is_std) diag_label(d, c->d->span, "declared here");
        diag_hint(d, "write value.%s(...)", c->d->name->s.p);
        return;
    }
    Diag *d =
        diag_new(ck->ds, E_ARG_COUNT, c->span, "%s in the call of '%s'", what, c->d->name->s.p);
    diag_label(d, c->span, "Got: %u argument%s", c->args.n, c->args.n == 1 ? "" : "s");
    if (least == most)
        diag_note(d, "Expected: %u", most);
    else
        diag_note(d, "Expected: %u to %u", least, most);
    if (!c->d->module->is_std) diag_label(d, c->d->span, "declared here");
}

/* Fills slot[param] = index of argument + 1 by position and name; false after an error. */
static bool match_args(Checker *ck, Call *c, u32 *slot, u32 skip) {
    const AstParams *ps = &c->d->ast->fn.params;
    u32 next = skip;
    bool ok = true;
    for (u32 i = 0; i < c->args.n; i++) {
        CallArg *a = &c->args.v[i];
        if (!a->name) {
            while (next < ps->n && slot[next]) next++;
            if (next >= ps->n) {
                if (!(c->d->ast->flags & AF_VARARGS)) ok = false;
                continue;
            }
            slot[next++] = i + 1;
            continue;
        }
        u32 p = skip;
        while (p < ps->n && ps->v[p].name != a->name) p++;
        if (p < ps->n && !slot[p]) {
            slot[p] = i + 1;
            continue;
        }
        Diag *d = diag_new(ck->ds, E_BAD_ARGUMENT, a->name_span,
                           p < ps->n ? "argument '%s' of '%s' is given twice"
                                     : "'%2$s' has no parameter '%1$s'",
                           a->name->s.p, c->d->name->s.p);
        diag_label(d, a->name_span, p < ps->n ? "its value is known already" : "no such parameter");
        Map names = {0};
        for (u32 k = skip; k < ps->n; k++) map_put(ck->perm, &names, ps->v[k].name, c);
        const Map *maps[] = {&names};
        if (p == ps->n) suggest(ck, d, a->name, maps, 1);
        return false;
    }
    if (!ok) count_error(ck, c, "Wrong number of arguments: too many");
    return ok;
}

/* The default of a parameter, checked in the module that declares it, at each call. */
static Tree *default_arg(Checker *ck, Call *c, const Ast *def, Type *type, Env *env) {
    FnCtx *saved = ck->fx;
    FnCtx *fx = NEW(ck->perm, FnCtx);
    Scope *empty = NEW(ck->perm, Scope);
    empty->home = true;
    *fx = *saved;
    fx->mod = c->d->module;
    fx->scope = empty;
    fx->outer = NULL;
    fx->env = env;
    fx->is_script = false;
    ck->fx = fx;
    Tree *t = check_to(ck, def, type, (Site){.kind = SITE_DEFAULT});
    ck->fx = saved;
    return t;
}

static Tree *mut_arg(Checker *ck, Call *c, CallArg *a, Type *type, const AstParam *p) {
    Tree *t = call_arg_value(ck, a, type);
    if (t->kind == TN_ERROR) return t;
    if (t->kind != TN_REF) {
        Diag *d = diag_new(ck->ds, E_MUT_ARGUMENT, a->span,
                           "parameter '%s' of '%s' is mut: pass a reference", p->name->s.p,
                           c->d->name->s.p);
        diag_label(d, a->span, "write `&` before it");
        diag_hint(d, "a mut parameter changes the caller's variable: f(&x)");
        return t;
    }
    if (!ty_unify(ck, t->type, type)) return coerce(ck, t, type, arg_site(ck, c->d, 0, NULL));
    return t;
}

static void bind_args(Checker *ck, Call *c, Sig *s, Tree **out, u32 *order, bool *reordered) {
    const AstParams *ps = &c->d->ast->fn.params;
    u32 skip = c->d->has_self ? 1 : 0;
    u32 *slot = NEW_N(ck->perm, u32, ps->n + 1);
    u32 at = 0;
    if (skip) {
        out[0] = c->recv;
        order[at++] = 0;
    }
    bool ok = match_args(ck, c, slot, skip), missing = false;
    for (u32 i = 0; i < c->args.n && ok; i++) {
        for (u32 p = skip; p < ps->n; p++) {
            if (slot[p] != i + 1) continue;
            CallArg *a = &c->args.v[i];
            if (ps->v[p].mut) {
                out[p] = mut_arg(ck, c, a, s->params[p], &ps->v[p]);
            } else {
                out[p] = call_arg_to(ck, a, s->params[p], arg_site(ck, c->d, p, c->recv));
                if (a->tree->kind == TN_REF) {
                    Diag *d = diag_new(ck->ds, E_MUT_ARGUMENT, a->span,
                                       "parameter '%s' of '%s' is not mut", ps->v[p].name->s.p,
                                       c->d->name->s.p);
                    diag_label(d, a->span, "remove the `&`");
                }
            }
            if (order[at ? at - 1 : 0] > p && at) *reordered = true;
            order[at++] = p;
        }
    }
    for (u32 p = skip; p < ps->n; p++) {
        if (slot[p] && ok) continue;
        if (ok && ps->v[p].def) {
            out[p] = default_arg(ck, c, ps->v[p].def, s->params[p], s->env);
            if (at && order[at - 1] > p) *reordered = true;
            order[at++] = p;
        } else {
            missing |= ok;
            out[p] = tn_error(ck, c->span);
        }
    }
    if (missing) count_error(ck, c, "Wrong number of arguments: too few");
    if (!ok) call_args_check(ck, &c->args);
}

/* ---- the call node ---- */

typedef struct RetData {
    FnDecl *d;
    Type **args;
    u32 depth;
    Span span;
} RetData;

/* The result of a generic function that declares none is known when its instance is. */
static bool ret_run(Checker *ck, Constraint *c, bool force) {
    const RetData *d = c->data;
    for (u32 i = 0; i < d->d->gen_count; i++) {
        Type *t = force ? ty_ground(ck, d->args[i]) : ty_zonk(ck, d->args[i]);
        d->args[i] = t;
        if (!t->has_var) continue;
        while (t->kind != TY_VAR) {
            u32 k = 0;
            while (!t->args[k]->has_var) k++;
            t = ty_prune(ck, t->args[k]);
        }
        con_wait(ck, c, t);
        return false;
    }
    u32 saved = ck->instance_depth;
    ck->instance_depth = d->depth;
    Fn *f = fn_instance(ck, d->d, d->args, d->span);
    ck->instance_depth = saved;
    ty_unify(ck, c->b, f->ret);
    return true;
}

static Type *open_ret(Checker *ck, Call *c, Type **args) {
    if (c->d->gen_count == 0) return fn_plain(ck, c->d)->ret;
    Type *r = ty_fresh(ck, c->span, VD_VOID, "results");
    RetData *d = NEW(ck->perm, RetData);
    *d = (RetData){c->d, args, ck->instance_depth, fn_site(ck, c->span)};
    Constraint *con = con_new(ck, CON_OTHER, ret_run, NULL);
    con->b = r;
    con->data = d;
    con_start(ck, con);
    return r;
}

static bool is_c_type(const Type *t) {
    return t->kind == TY_INT || t->kind == TY_FLOAT || t->kind == TY_BOOL || t->kind == TY_PTR ||
           t->kind == TY_STRING || t->kind == TY_VOID;
}

/* C can call functions of the program that are given by their names, not closures. */
static void callback_check(Checker *ck, const Fn *fn, TreeList args) {
    for (u32 i = 0; i < args.n && i < fn->param_count; i++) {
        const Type *want = fn->params[i]->type;
        const Tree *arg = args.v[i];
        if (want->kind != TY_FN) continue;
        if (arg->kind != TN_FN) {
            Diag *d = diag_new(ck->ds, E_TYPE_MISMATCH, arg->span,
                               "C can call only a function that stands at the top level");
            diag_label(d, arg->span, "no name of such a function");
            diag_hint(d, "move its body to 'fn name(...)' and pass 'name'; what it captures can go "
                         "through a global");
            continue;
        }
        for (u32 k = 0; k < want->n; k++) {
            if (is_c_type(want->args[k])) continue;
            Diag *d = diag_new(ck->ds, E_TYPE_MISMATCH, arg->span,
                               "C has no type for what this function takes or gives");
            diag_label(d, arg->span, "of another type than int, float, bool, string, ptr");
            break;
        }
    }
}

static Tree *call_node(Checker *ck, Call *c, TreeList args, u32 *order, Type *ret, Type **targs) {
    FnDecl *d = c->d;
    if (d->intrinsic >= 0) {
        Tree *t = tn(ck, TN_INTRINSIC, c->span, ret);
        t->intr.id = (Intrinsic)d->intrinsic;
        t->intr.targs = targs;
        t->intr.targ_count = d->gen_count;
        for (u32 i = 0; i < d->gen_count; i++) ty_slot(ck, &targs[i]);
        t->intr.args = args;
        return t;
    }
    Tree *t = tn(ck, TN_CALL, c->span, ret);
    t->call.args = args;
    t->call.order = order;
    if (d->gen_count == 0) {
        t->call.fn = fn_plain(ck, d);
        if (t->call.fn->kind == FN_EXTERN && !t->call.fn->is_std)
            callback_check(ck, t->call.fn, args);
    } else {
        PendingCall pc = {t, d, targs, ck->instance_depth, fn_site(ck, t->span)};
        vec_push(ck->perm, &ck->calls, pc);
    }
    return t;
}

static Type **call_targs(Checker *ck, Call *c, u32 *first_var) {
    FnDecl *d = c->d;
    *first_var = ck->vars.n;
    Type **targs = NEW_N(ck->perm, Type *, d->gen_count + 1);
    u32 outer = d->outer_gens ? d->outer_gens->n : 0, own = d->gen_count - outer;
    for (u32 i = 0; i < d->gen_count; i++)
        targs[i] = ty_fresh(ck, c->span, VD_INT, "type arguments");
    if (c->targ_n && c->targ_n != own && c->targ_n != d->gen_count) {
        Diag *g = diag_new(ck->ds, E_GENERIC_ARGS, c->span, "'%s' takes %u type argument%s, got %u",
                           d->name->s.p, own, own == 1 ? "" : "s", c->targ_n);
        diag_label(g, c->span, "%u given", c->targ_n);
    } else if (c->targ_n) {
        u32 from = c->targ_n == own ? outer : 0;
        for (u32 i = 0; i < c->targ_n; i++) ty_unify(ck, targs[from + i], c->targs[i]);
    }
    if (c->owner_inst)
        for (u32 i = 0; i < outer && i < c->owner_inst->n; i++)
            ty_unify(ck, targs[i], c->owner_inst->args[i]);
    if (c->owner_inst && outer == 0 && own == c->owner_inst->n)
        for (u32 i = 0; i < own; i++) ty_unify(ck, targs[i], c->owner_inst->args[i]);
    return targs;
}

/* Lets the wanted type say type arguments through the constructor of the result. */
static void use_want(Checker *ck, Call *c, Sig *s) {
    if (!c->want || !s->ret || !c->d->gen_count) return;
    Type *w = ty_head(ck, c->want), *r = ty_prune(ck, s->ret);
    if (w->kind == TY_OPTION && r->kind != TY_OPTION) w = ty_head(ck, w->args[0]);
    if (r->kind == TY_VAR || w->kind != r->kind || w->decl != r->decl || w->name != r->name ||
        w->n != r->n)
        return;
    for (u32 i = 0; i < r->n; i++)
        if (ty_prune(ck, r->args[i])->kind == TY_VAR) ty_unify(ck, r->args[i], w->args[i]);
}

static bool recv_fits(Checker *ck, Call *c, Sig *s) {
    if (!c->d->has_self) {
        if (!c->recv) return true;
        Diag *d = diag_new(ck->ds, E_NO_MEMBER, c->name_span,
                           "'%s' has no self: it belongs to the type, not to a value",
                           c->d->name->s.p);
        diag_label(d, c->name_span, "called on a value");
        if (c->d->owner && c->d->owner->name)
            diag_hint(d, "write %s.%s(...)", c->d->owner->name->s.p, c->d->name->s.p);
        return false;
    }
    if (!c->recv) { /* Type.method(value, ...): the first argument is the receiver */
        if (c->args.n == 0) {
            count_error(ck, c, "Wrong number of arguments: too few");
            return false;
        }
        c->recv = call_arg_value(ck, &c->args.v[0], s->params[0]);
        c->args.v++;
        c->args.n--;
    }
    if (ty_unify(ck, s->params[0], c->recv->type)) return true;
    c->recv = coerce(ck, c->recv, s->params[0],
                     (Site){.kind = SITE_ARG, .name = ck->n.self, .owner = c->d->name});
    return true;
}

Tree *fn_call(Checker *ck, Call *c) {
    c->d = pick_overload(ck, c);
    u32 first_var;
    Type **targs = call_targs(ck, c, &first_var);
    Sig s = fn_sig(ck, c->d, targs);
    if (c->d->is_trait_sig && c->recv) ty_unify(ck, targs[0], c->recv->type);
    if (!recv_fits(ck, c, &s)) {
        call_args_check(ck, &c->args);
        return tn_error(ck, c->span);
    }
    use_want(ck, c, &s);
    u32 extra = c->d->ast->flags & AF_VARARGS ? c->args.n : 0;
    TreeList args = {NEW_N(ck->perm, Tree *, s.n + extra + 1), s.n};
    u32 *order = NEW_N(ck->perm, u32, s.n + extra + 1);
    bool reordered = false;
    bind_args(ck, c, &s, args.v, order, &reordered);
    for (u32 i = s.n; i < c->args.n && extra; i++)
        args.v[args.n++] = call_arg_value(ck, &c->args.v[i], NULL);
    for (u32 i = 0; i < c->d->gen_count; i++) {
        Type *v = ty_head(ck, targs[i]);
        if (v->kind == TY_VAR && v->var >= first_var) ty_force(ck, v);
    }
    Type *ret = s.ret ? s.ret : open_ret(ck, c, targs);
    return call_node(ck, c, args, reordered ? order : NULL, ret, targs);
}

/* ---- calls of values ---- */

static bool callv_run(Checker *ck, Constraint *c, bool force) {
    Tree *t = c->node;
    Type *f = force ? ty_force(ck, c->a) : ty_prune(ck, c->a);
    u32 n = t->callv.args.n;
    if (f->kind == TY_VAR && force) {
        Type **types = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++) types[i] = t->callv.args.v[i]->type;
        if (ty_unify(ck, f, fn_type_of(ck, types, n, c->b))) return true;
        Diag *d = diag_new(ck->ds, E_INFINITE_TYPE, t->span, "this call needs a type without end");
        diag_label(d, t->span, "the function is part of its own arguments or result");
        return ty_unify(ck, c->b, ck->t_error) || true;
    }
    if (f->kind == TY_VAR) {
        con_wait(ck, c, f);
        return false;
    }
    if (f->kind == TY_ERROR) return ty_unify(ck, c->b, f);
    if (f->kind != TY_FN) {
        Str s = ty_text(ck, f);
        Name nm = t->callv.callee->kind == TN_LOCAL    ? t->callv.callee->local->name
                  : t->callv.callee->kind == TN_GLOBAL ? t->callv.callee->global->name
                                                       : NULL;
        Diag *d = diag_new(ck->ds, E_NOT_CALLABLE, t->callv.callee->span,
                           "%s%s%s is not a function and cannot be called", nm ? "'" : "",
                           nm ? nm->s.p : "this", nm ? "'" : "");
        diag_label(d, t->callv.callee->span, "Got: %.*s", FMT(s));
        ty_unify(ck, c->b, ck->t_error);
        return true;
    }
    if (f->n - 1 != n) {
        Diag *d = diag_new(ck->ds, E_ARG_COUNT, t->span,
                           "Wrong number of arguments for this function value");
        diag_label(d, t->span, "Got: %u", n);
        diag_note(d, "Expected: %u", f->n - 1);
        ty_unify(ck, c->b, ck->t_error);
        return true;
    }
    for (u32 i = 0; i < n; i++)
        t->callv.args.v[i] = coerce(ck, t->callv.args.v[i], f->args[i], (Site){.kind = SITE_ARG});
    return ty_unify(ck, c->b, f->args[n]) || true;
}

Tree *call_value(Checker *ck, Tree *callee, CallArgs *args, Span span) {
    Tree *t = tn(ck, TN_CALL_VALUE, span, ck->t_error);
    Type *f = ty_head(ck, callee->type);
    t->callv.callee = callee;
    t->callv.args.n = args->n;
    t->callv.args.v = NEW_N(ck->perm, Tree *, args->n + 1);
    for (u32 i = 0; i < args->n; i++)
        t->callv.args.v[i] =
            call_arg_value(ck, &args->v[i], f->kind == TY_FN && i + 1 < f->n ? f->args[i] : NULL);
    Type *ret = f->kind == TY_FN ? f->args[f->n - 1] : ty_fresh(ck, span, VD_VOID, "results");
    tn_type(ck, t, ret);
    Constraint *c = con_new(ck, CON_OTHER, callv_run, t);
    c->a = callee->type;
    c->b = ret;
    con_start(ck, c);
    return t;
}
