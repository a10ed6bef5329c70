/* finish.c - when types are ground: fields of all types are expanded, checks that needed final
 * types are made, user text forms are attached, and the passes over the tree run. */
#include "checker.h"
#include "passes.h"

enum { MOST_TYPES = 200000 };

static bool expand_all(Checker *ck) {
    u32 ground = 0;
    for (u32 i = 0; i < type_count(ck->ts); i++) {
        Type *t = type_at(ck->ts, i);
        if (t->has_var) continue;
        type_expand(ck, t);
        if (++ground > MOST_TYPES) {
            diag_new(
                ck->ds, E_INSTANCE_DEPTH, t->decl ? t->decl->span : (Span){0, 0, 0},
                "this program needs more than %d types: a generic type asks for ever larger ones",
                MOST_TYPES);
            return false;
        }
    }
    return true;
}

/* ---- cycles by value ---- */

static bool holds_by_value(Type *t, Type *what, u32 depth, StrBuf *path) {
    if (depth > 64) return false;
    u32 n = t->kind == TY_STRUCT                                                  ? t->field_count
            : t->kind == TY_TUPLE || t->kind == TY_OPTION || t->kind == TY_RESULT ? t->n
                                                                                  : 0;
    for (u32 i = 0; i < n; i++) {
        Type *p = t->kind == TY_STRUCT ? t->fields[i].type : t->args[i];
        u32 mark = path->n;
        if (p->kind == TY_STRUCT) buf_fmt(path, " -> %s", p->name->s.p);
        if (p == what || holds_by_value(p, what, depth + 1, path)) return true;
        path->n = mark;
    }
    return false;
}

static bool check_cycles(Checker *ck) {
    bool ok = true;
    for (u32 i = 0; i < type_count(ck->ts); i++) {
        Type *t = type_at(ck->ts, i);
        if (t->kind != TY_STRUCT || t->has_var || !t->expanded || t->decl->recursive) continue;
        StrBuf path = {ck->perm, NULL, 0, 0};
        buf_c(&path, t->name->s.p);
        if (!holds_by_value(t, t, 0, &path)) continue;
        ok = false;
        t->decl->recursive = true;
        for (u32 k = 0; k < type_count(ck->ts); k++) { /* one report for the whole cycle */
            Type *u = type_at(ck->ts, k);
            StrBuf other = {ck->perm, NULL, 0, 0};
            if (u->kind == TY_STRUCT && !u->has_var && u->expanded &&
                holds_by_value(t, u, 0, &other) && holds_by_value(u, t, 0, &other))
                u->decl->recursive = true;
        }
        Str chain = buf_done(&path);
        bool direct = false;
        for (u32 k = 0; k < t->field_count; k++)
            direct |= t->fields[k].type == t ||
                      (t->fields[k].type->kind == TY_OPTION && t->fields[k].type->args[0] == t);
        Diag *d = direct
                      ? diag_new(ck->ds, E_RECURSIVE_TYPE, t->decl->span,
                                 "struct '%s' cannot contain a field of its own type", t->name->s.p)
                      : diag_new(ck->ds, E_RECURSIVE_TYPE, t->decl->span,
                                 "recursive struct cycle: %.*s", FMT(chain));
        diag_label(d, t->decl->span, "would have no end");
        diag_hint(d, "break the cycle with an array field, [%s], or an enum", t->name->s.p);
    }
    return ok;
}

/* ---- late checks ---- */

static void late_compare(Checker *ck, Tree *t) {
    for (u32 i = 0; i < t->chain.n; i++) {
        TreeStep *s = &t->chain.steps[i];
        if (s->op < OP_LT || s->op > OP_NOT_IN || s->rhs->kind == TN_RANGE) continue;
        Type *r = ty_zonk(ck, s->rhs->type);
        /* `k in map` compares keys alone; its values may be functions */
        if (r->kind == TY_MAP && (s->op == OP_IN || s->op == OP_NOT_IN)) continue;
        if (r->has_var || r->kind == TY_ERROR || type_comparable(r)) continue;
        Str a = ty_text(ck, r);
        Diag *d = diag_new(ck->ds, E_CANNOT_COMPARE, s->span,
                           "Cannot compare %.*s: functions in it are not comparable", FMT(a));
        diag_label(d, s->rhs->span, "this is %.*s", FMT(a));
    }
}

static void key_check(Checker *ck, Type *type, Span at) {
    Type *t = ty_zonk(ck, type), *k = t->n ? t->args[0] : ck->t_error;
    if ((t->kind != TY_MAP && t->kind != TY_SET) || k->has_var || k->kind == TY_ERROR ||
        k->kind == TY_NEVER)
        return;
    if (type_hashable(k) || map_get(&ck->unknown_types, k)) return;
    map_put(ck->perm, &ck->unknown_types, k, k);
    Str a = ty_text(ck, k);
    Diag *d = diag_new(ck->ds, E_NOT_HASHABLE, at, "%.*s cannot be a %s", FMT(a),
                       t->kind == TY_MAP ? "map key" : "set element");
    diag_label(d, at, "keys here are %.*s", FMT(a));
    diag_hint(d, "int, string, bool, enums, and tuples and structs of those can");
}

typedef struct SpecScan {
    bool ok;
    char type; /* 0: none */
    bool precision, sign, comma, zero;
} SpecScan;

static u32 utf8_len(u8 c) { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; }

static SpecScan spec_scan(Str s) {
    SpecScan r = {0};
    u32 i = 0;
    if (s.n) {
        u32 f = utf8_len((u8)s.p[0]);
        if (f < s.n && (s.p[f] == '<' || s.p[f] == '>' || s.p[f] == '^'))
            i = f + 1;
        else if (s.p[0] == '<' || s.p[0] == '>' || s.p[0] == '^')
            i = 1;
    }
    if (i < s.n && (s.p[i] == '+' || s.p[i] == '-' || s.p[i] == ' ')) i++, r.sign = true;
    if (i < s.n && s.p[i] == '0') i++, r.zero = true;
    u32 digits = 0;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++, digits++;
    if (i < s.n && s.p[i] == ',') i++, r.comma = true;
    if (i < s.n && s.p[i] == '.') {
        u32 from = ++i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
        if (i == from || i - from > 4) return r;
        r.precision = true;
    }
    if (i < s.n) r.type = s.p[i++];
    r.ok = i == s.n && digits <= 6;
    return r;
}

static const char *spec_problem(const SpecScan *s, const Type *t) {
    if (!s->ok) return "is not a format";
    bool is_int = t->kind == TY_INT, is_float = t->kind == TY_FLOAT;
    switch (s->type) {
    case 0: return (s->comma || s->sign) && !is_int && !is_float ? "is for numbers" : NULL;
    case 'd':
    case 'x':
    case 'X':
    case 'b':
    case 'o':
        return is_int ? s->precision ? "has a precision, which int has not" : NULL : "needs an int";
    case 'e':
    case 'f':
    case 'g':
    case '%': return is_int || is_float ? NULL : "needs a number";
    case 's': return NULL;
    }
    return "has an unknown type letter";
}

static void late_interp(Checker *ck, Tree *t) {
    for (u32 i = 0; i < t->interp.n; i++) {
        TreeInterp *p = &t->interp.parts[i];
        if (!p->e || !p->spec.p) continue;
        Type *ty = ty_zonk(ck, p->e->type);
        if (ty->kind == TY_ERROR) continue;
        SpecScan s = spec_scan(p->spec);
        const char *problem = spec_problem(&s, ty);
        if (!problem) continue;
        Str a = ty_text(ck, ty);
        Diag *d =
            diag_new(ck->ds, E_FORMAT_SPEC, p->e->span, "format ':%.*s' %s", FMT(p->spec), problem);
        diag_label(d, p->e->span, "this is %.*s", FMT(a));
        diag_note(d, "a format is [[fill]align][sign][0][width][,][.precision][type], type one of "
                     "d x X b o e f g %% s");
    }
}

static void late_next(Checker *ck, Tree *t) {
    Type *it = ty_zonk(ck, t->for_in.iter->type);
    if (t->for_in.parallel && it->kind != TY_ARRAY && it->kind != TY_ERROR && !it->has_var) {
        Str s = type_text(ck->perm, it);
        Diag *d = diag_new(ck->ds, E_NOT_ITERABLE, t->for_in.iter->span,
                           "parallel for needs a range or an array, not %.*s", FMT(s));
        diag_label(d, t->for_in.iter->span, "Got: %.*s", FMT(s));
        diag_hint(d, "make an array first: keys(), chars(), collect()");
        return;
    }
    if (t->for_in.next) return;
    FnDecl *m = type_method(ck, it, ck->n.next);
    if (m && !it->has_var) t->for_in.next = fn_instance(ck, m, it->args, t->span);
}

/* A task that is late leaves the zero value in its name. */
static void late_parallel(Checker *ck, const Tree *t) {
    const Tree *body = t->scope.body;
    for (u32 i = 0; i < body->block.stmts.n; i++) {
        const Tree *b = body->block.stmts.v[i];
        if (b->kind != TN_PAR_BIND) continue;
        const Local *l = b->parbind.local;
        Type *type = ty_zonk(ck, l->type);
        if (type->has_var || type->kind == TY_ERROR || type_has_zero(type)) continue;
        Str s = ty_text(ck, type);
        Diag *d = diag_new(ck->ds, E_NO_ZERO, l->span, "%.*s has no zero value", FMT(s));
        diag_label(d, l->span, "when the time is over '%s' would have no value", l->name->s.p);
        diag_hint(d, "leave out the timeout, or let the task give an option");
    }
}

void finish_late(Checker *ck) {
    if (!expand_all(ck) || !check_cycles(ck)) {
        ck->endless = true;
        ck->late.n = ck->needed.n = 0;
        return;
    }
    if (ck->ds->errors) ck->needed.n = 0; /* after an error void may be a guess */
    for (u32 i = 0; i < ck->needed.n; i++) {
        Tree *t = ck->needed.v[i];
        if (t->kind == TN_LOCAL || t->kind == TN_GLOBAL) continue; /* what it got is the mistake */
        if (ty_zonk(ck, t->type)->kind == TY_VOID) no_value(ck, t->span);
    }
    ck->needed.n = 0;
    for (u32 i = 0; i < ck->late.n; i++) {
        Tree *t = ck->late.v[i];
        switch ((int)t->kind) {
        case TN_CHAIN: late_compare(ck, t); break;
        case TN_MAP:
        case TN_SET: key_check(ck, t->type, t->span); break;
        case TN_INTERP: late_interp(ck, t); break;
        case TN_FOR_IN: late_next(ck, t); break;
        case TN_PARALLEL: late_parallel(ck, t); break;
        }
    }
    ck->late.n = 0;
    for (u32 i = 0; i < ck->key_uses.n; i++)
        key_check(ck, ck->key_uses.v[i].type, ck->key_uses.v[i].at);
    ck->key_uses.n = 0;
}

/* ---- text forms ---- */

/* A to_string says the text; but a Shared is shown by its number, as fmt.c does. */
static bool has_text(const Checker *ck, const Type *t) {
    return t->kind == TY_STRUCT || t->kind == TY_ENUM || t->kind == TY_CHANNEL ||
           t->kind == TY_FUTURE || (t->kind == TY_HANDLE && t->name != ck->n.Shared);
}

/* The method of one parameter among the overloads. */
static FnDecl *text_method(Checker *ck, Type *t) {
    FnDecl *d = type_method(ck, t, ck->n.to_string);
    while (d && (!d->has_self || d->ast->fn.params.n != 1)) d = d->next;
    return d;
}

static void attach_to_string(Checker *ck) {
    for (u32 i = 0; i < type_count(ck->ts); i++) {
        Type *t = type_at(ck->ts, i);
        if (!has_text(ck, t) || t->has_var || t->to_string) continue;
        FnDecl *d = text_method(ck, t);
        if (!d) continue;
        Type **args = t->args;
        if (d->is_trait_sig) args = &t;
        Sig s = fn_sig(ck, d, args);
        if (s.ret != ck->t_string) continue;
        t->to_string = fn_instance(ck, d, args, d->span);
    }
}

/* A variable assigned inside one lambda is a box for all functions that see it. */
static void share_assigned(Program *p) {
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 i = 0; i < p->fns.n; i++) {
            Fn *f = p->fns.v[i];
            for (u32 k = 0; k < f->captures.n; k++) {
                Capture *c = &f->captures.v[k];
                if (c->outer->reassigned == c->inner->reassigned) continue;
                c->outer->reassigned = c->inner->reassigned = changed = true;
            }
        }
    }
}

/* Falling off the end of a main with a status is status 0. */
static void close_main(Checker *ck) {
    Fn *f = ck->prog->main;
    if (!f || !f->body || f->ret->kind != TY_INT || f->body->type->kind == TY_NEVER) return;
    Tree *b = f->body;
    if (b->block.has_value) return;
    Tree **stmts = NEW_N(ck->perm, Tree *, b->block.stmts.n + 1);
    for (u32 i = 0; i < b->block.stmts.n; i++) stmts[i] = b->block.stmts.v[i];
    Tree *ret = tn(ck, TN_RETURN, (Span){b->span.file, b->span.off + b->span.len, 0}, ck->t_never);
    ret->one.e = tn(ck, TN_INT, ret->span, ck->t_int);
    stmts[b->block.stmts.n++] = ret;
    b->block.stmts.v = stmts;
    b->type = ck->t_never;
}

/* Generic functions that nothing instantiates are checked once with poison for their types: names,
 * numbers of arguments and all that does not depend on the types. Nothing of it stays. */
static void probe_generics(Checker *ck) {
    u32 fns = ck->prog->fns.n;
    for (u32 m = 0; m < ck->modules.n; m++) {
        Module *mod = ck->modules.v[m];
        for (u32 i = 0; i < mod->fn_decls.n; i++) {
            FnDecl *d = mod->fn_decls.v[i];
            if (d->gen_count == 0 || d->instances.n || !d->ast->fn.body) continue;
            Type **args = NEW_N(ck->perm, Type *, d->gen_count);
            for (u32 k = 0; k < d->gen_count; k++) args[k] = ck->t_error;
            fn_instance(ck, d, args, (Span){0, 0, 0});
        }
    }
    batch_run(ck);
    ck->prog->fns.n = fns;
}

void finish_program(Checker *ck) {
    u32 before;
    do {
        before = ck->prog->fns.n;
        if (!ck->ds->errors) attach_to_string(ck);
        batch_run(ck);
    } while (ck->prog->fns.n != before && !ck->ds->errors);
    if (!ck->endless) probe_generics(ck);
    share_assigned(ck->prog);
    if (ck->endless) return;
    escape_program(ck->perm, ck->prog);
    exhaust_program(ck->perm, ck->ds, ck->prog);
    flow_program(ck->perm, ck->ds, ck->prog);
    if (ck->ds->errors) return;
    close_main(ck);
    global_order(ck);
    selfmut_program(ck->perm, ck->ds, ck->prog);
    share_assigned(ck->prog);
    race_program(ck->perm, ck->ds, ck->prog);
}
