/* check_conc.c - spawn, await, select, parallel and scope: their types. How they run is the
 * runtime's. */
#include "calls.h"

/* ---- spawn ---- */

static Type *scope_type(Checker *ck) {
    return type_named(ck->ts, TY_HANDLE, NULL, intern_c(ck->names, "Scope"), NULL, 0);
}

static bool ref_in_spawn(Checker *ck, const Ast *call) {
    for (u32 i = 0; i < call->call.args.n; i++) {
        const Ast *a = call->call.args.v[i].value;
        if (a->kind != AST_ADDR) continue;
        Diag *d = diag_new(ck->ds, E_BAD_SPAWN, a->span, "a spawned call cannot take a reference");
        diag_label(d, a->span, "the variable may be gone when the task runs");
        diag_hint(d, "pass the value, and return the changed one: x = await f");
        return true;
    }
    return false;
}

static bool is_form(Checker *ck, const Ast *call) {
    const Ast *fn = call->call.fn;
    if (fn->kind != AST_NAME) return false;
    Name n = fn->name.name;
    return n == ck->n.print || n == ck->n.println || n == ck->n.Some || n == ck->n.Ok ||
           n == ck->n.Err;
}

static Tree *spawn_lambda(Checker *ck, const Ast *body, Span span) {
    Tree *lambda = check_lambda(ck, body, NULL, true);
    CallArgs none = {NULL, 0};
    return call_value(ck, lambda, &none, span);
}

/* The s of `s.spawn f(x)`. */
static Tree *spawn_scope(Checker *ck, const Ast *s) {
    Tree *scope = check_value(ck, s, NULL);
    Type *t = ty_force(ck, scope->type), *want = scope_type(ck);
    if (t->kind == TY_VAR) ty_unify(ck, t, want);
    if (t->kind == TY_VAR || t->kind == TY_ERROR || t == want) return scope;
    Str text = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_SPAWN, s->span, "spawn needs a Scope before its dot");
    diag_label(d, s->span, "Got: %.*s", FMT(text));
    diag_hint(d, "write `spawn f(x)`, or `scope s { s.spawn f(x) }`");
    return NULL;
}

Tree *check_spawn(Checker *ck, const Ast *e, bool statement) {
    const Ast *what = e->one.e;
    Tree *call, *scope = e->one.scope ? spawn_scope(ck, e->one.scope) : NULL;
    if (e->one.scope && !scope) return tn_error(ck, e->span);
    if (what->kind == AST_BLOCK) {
        call = spawn_lambda(ck, what, e->span);
    } else if (what->kind != AST_CALL) {
        Diag *d = diag_new(ck->ds, E_BAD_SPAWN, what->span, "spawn needs a call or a block");
        diag_label(d, what->span, "not a call");
        diag_hint(d, "write `spawn f(x)` or `spawn { ... }`");
        check_expr(ck, what, NULL);
        return tn_error(ck, e->span);
    } else if (is_form(ck, what)) {
        call = spawn_lambda(ck, what, e->span);
    } else {
        if (ref_in_spawn(ck, what)) return tn_error(ck, e->span);
        call = check_expr(ck, what, NULL);
        if (call->kind == TN_ERROR) return call;
        bool ok = call->kind == TN_CALL || call->kind == TN_CALL_VALUE ||
                  call->kind == TN_CALL_DYN || call->kind == TN_INTRINSIC;
        if (!ok) call = spawn_lambda(ck, what, e->span);
    }
    Tree *t =
        tn(ck, TN_SPAWN, e->span, statement ? ck->t_void : type_1(ck->ts, TY_FUTURE, call->type));
    t->spawn.e = call;
    t->spawn.scope = scope;
    t->spawn.statement = statement;
    return t;
}

/* ---- await ---- */

static Tree *await_node(Checker *ck, Tree *f, Type *value, Span span) {
    Tree *t = tn(ck, TN_AWAIT, span, value);
    t->one.e = f;
    return t;
}

static Tree *from_handle(Checker *ck, Tree *number) {
    Tree *t = tn(ck, TN_INTRINSIC, number->span, type_1(ck->ts, TY_FUTURE, ck->t_int));
    t->intr.id = IN_INT_FUTURE;
    t->intr.targs = NEW_N(ck->perm, Type *, 1);
    t->intr.targs[0] = ck->t_int;
    t->intr.targ_count = 1;
    t->intr.args.v = NEW_N(ck->perm, Tree *, 1);
    t->intr.args.v[0] = number;
    t->intr.args.n = 1;
    return t;
}

static Tree *future_of(Checker *ck, const Ast *e, Span span) {
    Tree *f = check_value(ck, e, NULL);
    Type *t = ty_force(ck, f->type);
    if (t->kind == TY_VAR) {
        ty_unify(ck, t, type_1(ck->ts, TY_FUTURE, ty_fresh(ck, span, VD_INT, "values")));
        return f;
    }
    if (t->kind == TY_INT && f->kind != TN_INT) return from_handle(ck, f);
    if (t->kind == TY_FUTURE || t->kind == TY_ERROR) return f;
    Str s = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_NOT_FUTURE, f->span, "await needs a future, not %.*s", FMT(s));
    diag_label(d, f->span, "Got: %.*s", FMT(s));
    diag_hint(d, t->kind == TY_ARRAY ? "wait for all with await_all(...)"
                                     : "a future comes from `spawn f(...)`");
    return tn_error(ck, f->span);
}

/* `await ex.run(f)` as `ex.call(f)`: who waits at once needs no future. */
static bool await_in_place(Checker *ck, Tree *call, Type *result) {
    PendingCall *pc = ck->calls.n > 0 ? &ck->calls.v[ck->calls.n - 1] : NULL;
    if (!pc || pc->node != call || call->kind != TN_CALL || !pc->decl->module->is_std) return false;
    if (pc->decl->name != ck->n.run || !pc->decl->owner ||
        pc->decl->owner->name != ck->n.Executor)
        return false;
    pc->decl = owner_method(pc->decl->owner, ck->n.call);
    call->type = result;
    return true;
}

Tree *check_await(Checker *ck, const Ast *e, Type *want) {
    (void)want;
    const Ast *what = e->kind == AST_AWAIT ? e->one.e : e->await_t.e;
    Tree *f = future_of(ck, what, e->span);
    Type *t = ty_head(ck, f->type);
    if (t->kind == TY_ERROR) return tn_error(ck, e->span);
    if (e->kind == AST_AWAIT && await_in_place(ck, f, t->args[0])) return f;
    if (e->kind == AST_AWAIT) return await_node(ck, f, t->args[0], e->span);
    Call *c = NEW(ck->perm, Call);
    Ast *limit = e->await_t.args.n ? e->await_t.args.v[0].value : e->await_t.e;
    AstArg ms = {NULL, e->span, limit};
    AstArgs one = {&ms, 1};
    *c = (Call){.args = call_args(ck, &one), .span = e->span, .name_span = e->span};
    return member_call(ck, f, ck->n.wait, c);
}

/* ---- select ---- */

static bool method_of(const Ast *e, Name name, const Ast **recv) {
    if (e->kind != AST_CALL || e->call.fn->kind != AST_FIELD || e->call.fn->field.name != name)
        return false;
    *recv = e->call.fn->field.obj;
    return true;
}

static bool word_of(const Ast *e, Name name) {
    if (e->kind == AST_CALL) e = e->call.fn;
    return e->kind == AST_NAME && e->name.name == name;
}

static Tree *select_channel(Checker *ck, const Ast *e, Type **elem) {
    Tree *c = check_value(ck, e, NULL);
    Type *t = ty_force(ck, c->type);
    if (t->kind == TY_VAR) {
        ty_unify(ck, t, type_1(ck->ts, TY_CHANNEL, ty_fresh(ck, e->span, VD_INT, "values")));
        t = ty_prune(ck, t);
    }
    if (t->kind == TY_INT) {
        Tree *n = tn(ck, TN_INTRINSIC, c->span, type_1(ck->ts, TY_CHANNEL, ck->t_int));
        *n = *from_handle(ck, c);
        n->intr.id = IN_INT_CHAN;
        n->type = type_1(ck->ts, TY_CHANNEL, ck->t_int);
        *elem = ck->t_int;
        return n;
    }
    if (t->kind != TY_CHANNEL) {
        if (t->kind != TY_ERROR) {
            Str s = ty_text(ck, t);
            Diag *d = diag_new(ck->ds, E_SELECT_ARM, c->span,
                               "select needs a channel here, not %.*s", FMT(s));
            diag_label(d, c->span, "Got: %.*s", FMT(s));
        }
        *elem = ck->t_error;
        return c;
    }
    *elem = t->args[0];
    return c;
}

static void select_what(Checker *ck, const AstSelArm *a, TreeSelArm *out, Type **bind) {
    const Ast *w = a->what, *recv = NULL;
    out->span = w->span;
    *bind = NULL;
    Static st;
    if (method_of(w, ck->n.recv, &recv)) {
        out->kind = SEL_RECV;
        if (w->call.args.n == 1 && static_of(ck, recv, &st)) recv = w->call.args.v[0].value;
        out->on = select_channel(ck, recv, bind);
    } else if (method_of(w, ck->n.send, &recv) && w->call.args.n >= 1) {
        Type *elem;
        u32 at = 0;
        out->kind = SEL_SEND;
        if (w->call.args.n == 2 && static_of(ck, recv, &st)) recv = w->call.args.v[0].value, at = 1;
        out->on = select_channel(ck, recv, &elem);
        out->value = check_to(ck, w->call.args.v[at].value, elem, (Site){.kind = SITE_SEND});
        *bind = ck->t_bool;
    } else if (w->kind == AST_AWAIT) {
        out->kind = SEL_AWAIT;
        out->on = future_of(ck, w->one.e, w->span);
        Type *t = ty_head(ck, out->on->type);
        *bind = t->kind == TY_FUTURE ? t->args[0] : ck->t_error;
    } else if (word_of(w, ck->n.timeout) && w->kind == AST_CALL && w->call.args.n == 1) {
        out->kind = SEL_TIMEOUT;
        out->on = check_to(ck, w->call.args.v[0].value, ck->t_int, (Site){.kind = SITE_ARG});
    } else if (word_of(w, ck->n.default_)) {
        out->kind = SEL_DEFAULT;
    } else if (word_of(w, ck->n.closed)) {
        out->kind = SEL_CLOSED;
    } else {
        Diag *d = diag_new(ck->ds, E_SELECT_ARM, w->span, "this cannot stand in a select arm");
        diag_label(d, w->span, "not a channel operation");
        diag_hint(d, "arms are `v = ch.recv()`, `ch.send(x)`, `v = await f`, `timeout(ms)`, "
                     "`default`, `closed`");
        *bind = ck->t_error;
        out->kind = SEL_DEFAULT;
    }
}

Tree *check_select(Checker *ck, const Ast *s) {
    Tree *t = tn(ck, TN_SELECT, s->span, ck->t_void);
    t->select.n = s->select.n;
    t->select.arms = NEW_N(ck->perm, TreeSelArm, s->select.n);
    for (u32 i = 0; i < s->select.n; i++) {
        const AstSelArm *a = &s->select.arms[i];
        TreeSelArm *out = &t->select.arms[i];
        Type *bind;
        select_what(ck, a, out, &bind);
        Scope *sc = scope_push(ck, true);
        if (a->bind.name && bind && a->bind.name != ck->n.underscore) {
            out->bind = local_new(ck, a->bind.name, a->bind.span, bind);
            out->bind->used = true;
        }
        out->body = check_block(ck, a->body, NULL, false, true);
        scope_pop(ck, sc);
    }
    return t;
}

/* ---- parallel, scope ---- */

Tree *check_parallel(Checker *ck, const Ast *s) {
    bool scope = s->kind == AST_SCOPE;
    if (scope && ck->fx->fn->is_generator) {
        Diag *d = diag_new(ck->ds, E_MISPLACED, s->span, "a scope block inside a generator");
        diag_label(d, s->span, "a generator may be left half way, its tasks may not");
        diag_hint(d, "put the block into a function that the generator calls");
    }
    Tree *t = tn(ck, scope ? TN_SCOPE : TN_PARALLEL, s->span, ck->t_void);
    if (s->scope.args.n)
        t->scope.timeout = check_to(ck, s->scope.args.v[0].value, ck->t_int,
                                    (Site){.kind = SITE_ARG, .name = ck->n.timeout});
    Scope *sc = scope_push(ck, false);
    if (scope && s->scope.name.name) {
        t->scope.handle =
            local_new(ck, s->scope.name.name, s->scope.name.span, scope_type(ck));
        t->scope.handle->used = true;
    }
    Scope *saved = ck->fx->parallel;
    ck->fx->parallel = scope ? NULL : PARALLEL_NEXT;
    ck->fx->task_blocks++;
    t->scope.body = check_block(ck, s->scope.body, NULL, false, false);
    ck->fx->task_blocks--;
    ck->fx->parallel = saved;
    scope_pop(ck, sc);
    if (t->scope.timeout && !scope) vec_push(ck->perm, &ck->late, t);
    return t;
}
