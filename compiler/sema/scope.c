/* scope.c - tree nodes, local variables and scopes, captures. A scope is searched from its newest
 * local backwards, then outwards; a name found in an outer function becomes a capture of every
 * lambda between. */
#include "checker.h"

Tree *tn(Checker *ck, TreeKind kind, Span span, Type *type) {
    Tree *t = NEW(ck->perm, Tree);
    t->kind = kind;
    t->span = span;
    tn_type(ck, t, type);
    return t;
}

void tn_type(Checker *ck, Tree *t, Type *type) {
    t->type = type;
    ty_slot(ck, &t->type);
}

Tree *tn_error(Checker *ck, Span span) { return tn(ck, TN_ERROR, span, ck->t_error); }

Scope *scope_push(Checker *ck, bool home) {
    Scope *s = NEW(ck->perm, Scope);
    s->outer = ck->fx->scope;
    s->home = home;
    return ck->fx->scope = s;
}

void scope_pop(Checker *ck, Scope *s) {
    ASSERT(ck->fx->scope == s);
    ck->fx->scope = s->outer;
}

static Local *local_make(Checker *ck, Fn *owner, Name name, Span span, Type *type) {
    Local *l = NEW(ck->perm, Local);
    l->name = name;
    l->span = span;
    l->type = type;
    l->owner = owner;
    l->id = owner->locals.n + owner->param_count;
    ty_slot(ck, &l->type);
    return l;
}

Local *local_temp(Checker *ck, Type *type, Span span) {
    Local *l = local_make(ck, ck->fx->fn, NULL, span, type);
    l->used = true;
    vec_push(ck->perm, &ck->fx->fn->locals, l);
    return l;
}

Local *local_new(Checker *ck, Name name, Span span, Type *type) {
    Local *l = local_make(ck, ck->fx->fn, name, span, type);
    vec_push(ck->perm, &ck->fx->fn->locals, l);
    vec_push(ck->perm, &ck->fx->scope->locals, l);
    return l;
}

Local *local_find_here(Scope *s, Name name) {
    for (u32 i = s->locals.n; i-- > 0;)
        if (s->locals.v[i]->name == name) return s->locals.v[i];
    return NULL;
}

static Local *find_in(FnCtx *fx, Name name) {
    for (Scope *s = fx->scope; s; s = s->outer) {
        Local *l = local_find_here(s, name);
        if (l) return l;
    }
    return NULL;
}

/* The local as seen inside fx, whose outer function sees it as `outer`. */
static Local *capture(Checker *ck, FnCtx *fx, Local *outer) {
    Fn *fn = fx->fn;
    for (u32 i = 0; i < fn->captures.n; i++)
        if (fn->captures.v[i].outer == outer) return fn->captures.v[i].inner;
    outer->captured = true;
    Local *inner = local_make(ck, fn, outer->name, outer->span, outer->type);
    inner->is_const = outer->is_const;
    inner->used = true;
    vec_push(ck->perm, &fn->locals, inner);
    Capture c = {outer, inner};
    vec_push(ck->perm, &fn->captures, c);
    return inner;
}

static Local *find_captured(Checker *ck, FnCtx *fx, Name name) {
    Local *l = find_in(fx, name);
    if (l || !fx->outer) return l;
    l = find_captured(ck, fx->outer, name);
    return l ? capture(ck, fx, l) : NULL;
}

Local *local_find(Checker *ck, Name name) { return find_captured(ck, ck->fx, name); }
