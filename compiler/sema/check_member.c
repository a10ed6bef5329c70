/* check_member.c - what follows a dot: fields, methods, statics of types and modules; indexing,
 * slices. A member of a receiver whose type is not known yet waits; its node is a CAST_NONE around
 * the result. */
#include "calls.h"

/* ---- statics ---- */

static bool name_is_value(Checker *ck, Name name) {
    if (local_find(ck, name)) return true;
    Symbol *s = map_get(&ck->fx->mod->scope, name);
    return s && (s->kind == SYM_GLOBAL);
}

static bool static_symbol(Checker *ck, Symbol *s, Static *out) {
    if (!s) return false;
    if (s->kind == SYM_MODULE) {
        out->module = s->module;
    } else if (s->kind == SYM_TYPE) {
        out->type = s->type;
    } else if (s->kind == SYM_ALIAS) {
        Type *t = ty_head(ck, resolve_type(ck, s->home, NULL, s->alias->alias.type));
        if (t->kind != TY_STRUCT && t->kind != TY_ENUM) return false;
        out->type = t->decl;
        out->inst = t;
    } else {
        return false;
    }
    return true;
}

bool static_of(Checker *ck, const Ast *e, Static *out) {
    *out = (Static){0};
    if (e->kind == AST_TARGS) {
        if (!static_of(ck, e->targs.e, out)) return false;
        u32 n = e->targs.types.n;
        Type **args = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++)
            args[i] = resolve_type(ck, ck->fx->mod, ck->fx->env, e->targs.types.v[i]);
        if (out->type && out->type->gens && out->type->gens->n == n)
            out->inst = decl_type(ck, out->type, args);
        else if (out->owner) {
            Ast ta = {.kind = AST_T_NAME, .span = e->span};
            AstName nm = {out->owner->name, e->span};
            ta.tname.path = (AstNames){&nm, 1};
            ta.tname.args = e->targs.types;
            out->inst = resolve_type(ck, ck->fx->mod, ck->fx->env, &ta);
        }
        return true;
    }
    if (e->kind == AST_FIELD) {
        Static outer;
        if (!static_of(ck, e->field.obj, &outer) || !outer.module) return false;
        return static_symbol(ck, map_get(&outer.module->scope, e->field.name), out);
    }
    if (e->kind != AST_NAME || name_is_value(ck, e->name.name)) return false;
    if (static_symbol(ck, map_get(&ck->fx->mod->scope, e->name.name), out)) return true;
    out->owner = map_get(&ck->owners, e->name.name);
    if (out->owner) return true;
    if (static_symbol(ck, map_get(&ck->std_scope, e->name.name), out)) return true;
    for (Env *env = ck->fx->env; env; env = env->outer)
        for (u32 i = 0; i < env->n; i++)
            if (env->names[i] == e->name.name) {
                Type *t = ty_head(ck, env->types[i]);
                out->inst = t;
                out->type = t->decl;
                out->owner = t->decl ? NULL : type_owner(ck, t);
                return out->type || out->owner;
            }
    return false;
}

bool private_check(Checker *ck, FnDecl *d, Span at) {
    if (d->is_pub || d->module == ck->fx->mod || d->module->is_std) return true;
    const Symbol *listed = map_get(&ck->fx->mod->scope, d->name);
    if (listed && listed->home == d->module) return false; /* said at the import */
    Diag *g = diag_new(ck->ds, E_PRIVATE, at, "function '%s' in module '%s' is private",
                       d->name->s.p, d->module->name->s.p);
    diag_label(g, at, "private");
    diag_hint(g, "Add 'pub' to 'fn %s' in %s.wyn to export it.", d->name->s.p,
              d->module->name->s.p);
    return false;
}

static Tree *no_static(Checker *ck, const Ast *e, const char *kind, Name owner, const Map *a,
                       const Map *b) {
    Diag *d = diag_new(ck->ds, E_NO_MEMBER, e->field.name_span, "%s '%s' has no '%s'", kind,
                       owner->s.p, e->field.name->s.p);
    diag_label(d, e->field.name_span, "not found");
    const Map *maps[] = {a, b};
    suggest(ck, d, e->field.name, maps, b ? 2 : 1);
    return tn_error(ck, e->span);
}

static Tree *no_variant(Checker *ck, const Ast *e, const TypeDecl *decl, const Map *names) {
    Diag *d = diag_new(ck->ds, E_NO_MEMBER, e->field.name_span, "enum '%s' has no '%s'",
                       decl->name->s.p, e->field.name->s.p);
    diag_label(d, e->field.name_span, "not found");
    suggest(ck, d, e->field.name, (const Map *[]){names, &decl->owner.methods}, 2);
    StrBuf list = {ck->perm, NULL, 0, 0};
    u32 n = decl->ast->enum_.n;
    for (u32 i = 0; i < n && i < 8; i++)
        buf_fmt(&list, "%s%s", i ? ", " : "", decl->ast->enum_.variants[i].name->s.p);
    Str text = buf_done(&list);
    if (d->hints.n == 0) diag_hint(d, "its variants: %.*s%s", FMT(text), n > 8 ? ", ..." : "");
    return tn_error(ck, e->span);
}

static Tree *module_member(Checker *ck, Module *m, const Ast *e, Type *want) {
    Symbol *s = map_get(&m->scope, e->field.name);
    FnDecl *f = map_get(&m->fns, e->field.name);
    if (s && s->home == m && s->kind == SYM_GLOBAL) {
        Tree *t = tn(ck, TN_GLOBAL, e->span, s->global->type);
        t->global = s->global;
        return t;
    }
    if (f) {
        private_check(ck, f, e->field.name_span);
        return fn_value(ck, f, e->span, want);
    }
    return no_static(ck, e, "module", m->name, &m->scope, NULL);
}

int variant_index(TypeDecl *d, Name name) {
    if (d->kind != TY_ENUM) return -1;
    for (u32 i = 0; i < d->ast->enum_.n; i++)
        if (d->ast->enum_.variants[i].name == name) return (int)i;
    return -1;
}

static Tree *static_member(Checker *ck, const Static *st, const Ast *e, Type *want) {
    Name name = e->field.name;
    if (st->module) return module_member(ck, st->module, e, want);
    if (st->type) {
        int v = variant_index(st->type, name);
        if (v >= 0)
            return variant_make(ck, st->type, st->inst ? st->inst : want, (u32)v, NULL, e->span,
                                false);
        FnDecl *d = owner_method(&st->type->owner, name);
        if (d) return fn_value(ck, d, e->span, want);
        if (st->type->kind == TY_ENUM) {
            Map names = {0};
            for (u32 i = 0; i < st->type->ast->enum_.n; i++)
                map_put(ck->perm, &names, st->type->ast->enum_.variants[i].name, (void *)e);
            return no_variant(ck, e, st->type, &names);
        }
        return no_static(ck, e, "struct", st->type->name, &st->type->owner.methods, NULL);
    }
    Symbol *c = map_get(&st->owner->consts, name);
    if (c && c->init) return check_expr(ck, c->init, want);
    if (c) {
        global_wake(ck, c);
        Tree *t = tn(ck, TN_GLOBAL, e->span, c->global->type);
        t->global = c->global;
        return t;
    }
    FnDecl *d = owner_method(st->owner, name);
    if (d) return fn_value(ck, d, e->span, want);
    return no_static(ck, e, "module", st->owner->name, &st->owner->methods, &st->owner->consts);
}

/* ---- fields ---- */

typedef struct MemberData {
    Tree *recv;
    Name name;
    Span name_span, span;
    Call *call; /* NULL: a field */
} MemberData;

static const char *kind_word(const Type *t) {
    switch (t->kind) {
    case TY_STRING: return "string";
    case TY_ARRAY: return "array";
    case TY_MAP: return "map";
    case TY_SET: return "set";
    case TY_STRUCT: return "struct";
    case TY_ENUM: return "enum";
    case TY_TRAIT: return "trait";
    default: return "type";
    }
}

static Tree *no_member(Checker *ck, Type *t, Name name, Span at, bool call) {
    Str s = ty_text(ck, t);
    const char *what = call ? "method" : "field";
    Diag *d;
    if (t->kind == TY_STRING || t->kind == TY_ARRAY || t->kind == TY_MAP || t->kind == TY_SET)
        d = diag_new(ck->ds, E_NO_MEMBER, at, "%s has no %s '%s'", kind_word(t), what, name->s.p);
    else
        d = diag_new(ck->ds, E_NO_MEMBER, at, "%s '%.*s' has no %s '%s'", kind_word(t), FMT(s),
                     what, name->s.p);
    diag_label(d, at, "the value is %.*s", FMT(s));
    Map names = {0};
    for (u32 i = 0; i < t->field_count; i++)
        if (t->fields[i].name) map_put(ck->perm, &names, t->fields[i].name, t);
    Owner *o = type_owner(ck, t);
    const Map *maps[] = {&names, o ? &o->methods : &names};
    suggest(ck, d, name, maps, 2);
    if (!call && t->kind == TY_STRUCT && t->field_count && d->hints.n == 0) {
        StrBuf list = {ck->perm, NULL, 0, 0};
        for (u32 i = 0; i < t->field_count && i < 8; i++)
            buf_fmt(&list, "%s%s", i ? ", " : "", t->fields[i].name->s.p);
        Str text = buf_done(&list);
        diag_hint(d, "it has: %.*s%s", FMT(text), t->field_count > 8 ? ", ..." : "");
    }
    if (t->kind == TY_OPTION)
        diag_hint(d, "the value may be none: use `?.`, .unwrap() or `if let Some(x) = ...`");
    if (t->kind == TY_RESULT)
        diag_hint(d, "the value may be an error: use `?`, .unwrap() or a match");
    if (t->kind == TY_MAP && !call && d->hints.n == 0 && t->args[0]->kind == TY_STRING)
        diag_hint(d, "the value of a key is read with m[\"%s\"]", name->s.p);
    if (t->kind == TY_FUTURE) diag_hint(d, "this is the future, not its value: write `await`");
    blame_label(ck, d);
    return tn_error(ck, at);
}

static Tree *field_known(Checker *ck, Tree *recv, Type *t, Name name, Span name_span, Span span) {
    if (t->kind == TY_ERROR) return tn_error(ck, span);
    u32 index;
    Type *ft = t->kind == TY_STRUCT ? struct_field(ck, t, name, &index) : NULL;
    if (ft) {
        Tree *f = tn(ck, TN_FIELD, span, ft);
        f->field.obj = recv;
        f->field.index = index;
        return f;
    }
    if (type_method(ck, t, name)) {
        Str s = ty_text(ck, t);
        Diag *d = diag_new(ck->ds, E_NO_MEMBER, name_span, "'%s' is a method of %.*s: call it",
                           name->s.p, FMT(s));
        diag_label(d, name_span, "a method, not a field");
        diag_hint(d, "write .%s(...)", name->s.p);
        return tn_error(ck, span);
    }
    return no_member(ck, t, name, name_span, false);
}

static Tree *member_known(Checker *ck, Tree *recv, Type *t, Name name, Call *c);

/* Language.md, rule 3: a member name that only one declared type has says the type. */
static Type *type_by_member(Checker *ck, Name name, bool call) {
    static const char *const string_only[] = {
        "len", "upper", "lower", "trim", "split", "chars", "starts_with", "ends_with", "replace"};
    TypeDecl *found = NULL;
    u32 count = 0;
    Map *scope = &ck->fx->mod->scope;
    for (u32 i = 0; i < scope->cap; i++) {
        Symbol *s = scope->slots[i].value;
        if (!s || s->kind != SYM_TYPE) continue;
        bool has = owner_method(&s->type->owner, name) != NULL;
        if (!has && s->type->kind == TY_STRUCT)
            for (u32 k = 0; k < s->type->ast->struct_.n; k++)
                has |= s->type->ast->struct_.fields[k].name == name;
        if (has) found = s->type, count++;
    }
    bool built_in = false;
    for (u32 i = 0; i < ck->owner_names.n && call; i++) {
        Owner *o = map_get(&ck->owners, ck->owner_names.v[i]);
        built_in |= o && owner_method(o, name) && owner_method(o, name)->has_self;
    }
    if (count == 1 && !built_in) {
        u32 n = found->gens ? found->gens->n : 0;
        Type **args = NEW_N(ck->perm, Type *, n + 1);
        for (u32 i = 0; i < n; i++) args[i] = ty_fresh(ck, found->span, VD_INT, "type arguments");
        return decl_type(ck, found, args);
    }
    for (u32 i = 0; i < COUNT_OF(string_only); i++)
        if (call && str_eq(name->s, str_c(string_only[i]))) return ck->t_string;
    return NULL;
}

static bool member_run(Checker *ck, Constraint *c, bool force) {
    const MemberData *d = c->data;
    Type *t = force ? ty_force(ck, c->a) : ty_prune(ck, c->a);
    if (t->kind == TY_VAR && force) {
        Type *guess = type_by_member(ck, d->name, d->call != NULL);
        if (guess) ty_unify(ck, t, guess);
        t = ty_prune(ck, t);
    }
    if (t->kind == TY_VAR) {
        con_wait(ck, c, t);
        return false;
    }
    Tree *r = d->call ? member_known(ck, d->recv, t, d->name, d->call)
                      : field_known(ck, d->recv, t, d->name, d->name_span, d->span);
    bool fits = ty_unify(ck, c->b, r->type);
    if (fits && r->kind == TN_FIELD) { /* the node may be a place: no cast around it */
        c->node->kind = TN_FIELD;
        c->node->field = r->field;
        return true;
    }
    c->node->kind = TN_CAST;
    c->node->cast.e = r;
    c->node->cast.how = CAST_NONE;
    if (!fits) {
        Type *from = ty_prune(ck, r->type), *to = ty_prune(ck, c->b);
        if (from->kind == TY_NEVER || to->kind == TY_VOID) return true;
        c->node->cast.e = coerce(ck, r, to, (Site){.kind = SITE_DECL});
    }
    return true;
}

static Tree *member_wait(Checker *ck, Tree *recv, Name name, Span name_span, Span span,
                         Call *call) {
    Tree *node = tn(ck, TN_CAST, span, ty_fresh(ck, span, call ? VD_VOID : VD_INT, "values"));
    node->cast.e = recv; /* until the member is known */
    MemberData *d = NEW(ck->perm, MemberData);
    *d = (MemberData){recv, name, name_span, span, call};
    Constraint *c = con_new(ck, CON_MEMBER, member_run, node);
    c->a = recv->type;
    c->b = node->type;
    c->data = d;
    if (node->type->kind == TY_VAR) ck->vars.v[node->type->var].from = c;
    con_start(ck, c);
    return node;
}

Tree *member_get(Checker *ck, Tree *recv, Name name, Span name_span, Span span) {
    Type *t = ty_head(ck, recv->type);
    if (t->kind == TY_VAR) return member_wait(ck, recv, name, name_span, span, NULL);
    return field_known(ck, recv, t, name, name_span, span);
}

static Tree *check_elem(Checker *ck, const Ast *e) {
    Tree *obj = check_value(ck, e->elem.obj, NULL);
    Type *t = ty_force(ck, obj->type);
    if (t->kind == TY_ERROR) return tn_error(ck, e->span);
    if (t->kind != TY_TUPLE || e->elem.index >= t->n) {
        Str s = ty_text(ck, t);
        Diag *d = diag_new(ck->ds, E_NO_MEMBER, e->elem.index_span, "%.*s has no element %u",
                           FMT(s), e->elem.index);
        diag_label(d, obj->span, "this is %.*s", FMT(s));
        return tn_error(ck, e->span);
    }
    Tree *f = tn(ck, TN_FIELD, e->span, t->args[e->elem.index]);
    f->field.obj = obj;
    f->field.index = e->elem.index;
    return f;
}

Tree *check_field(Checker *ck, const Ast *e, Type *want) {
    if (e->kind == AST_ELEM) return check_elem(ck, e);
    Static st;
    if (static_of(ck, e->field.obj, &st)) return static_member(ck, &st, e, want);
    Tree *recv = check_value(ck, e->field.obj, NULL);
    return member_get(ck, recv, e->field.name, e->field.name_span, e->span);
}

/* ---- methods ---- */

static Tree *dyn_call(Checker *ck, Tree *recv, Type *t, FnDecl *d, Call *c) {
    Type *self = t;
    Sig s = fn_sig(ck, d, &self);
    Tree *out = tn(ck, TN_CALL_DYN, c->span, s.ret ? s.ret : ck->t_void);
    out->dyn.obj = recv;
    out->dyn.name = d->name;
    for (u32 i = 0; i < t->decl->trait_fns.n; i++)
        if (t->decl->trait_fns.v[i] == d) out->dyn.method = i;
    u32 n = s.n ? s.n - 1 : 0;
    out->dyn.args.n = n;
    out->dyn.args.v = NEW_N(ck->perm, Tree *, n + 1);
    if (c->args.n != n) {
        Diag *g = diag_new(ck->ds, E_ARG_COUNT, c->span, "method '%s' takes %u argument%s",
                           d->name->s.p, n, n == 1 ? "" : "s");
        diag_label(g, c->span, "Got: %u", c->args.n);
        diag_note(g, "Expected: %u", n);
    }
    for (u32 i = 0; i < n; i++)
        out->dyn.args.v[i] = i < c->args.n ? call_arg_to(ck, &c->args.v[i], s.params[i + 1],
                                                         (Site){.kind = SITE_ARG})
                                           : tn_error(ck, c->span);
    return out;
}

static Tree *intrinsic_1(Checker *ck, Intrinsic id, Tree *a, Type *ret, Span span) {
    Tree *t = tn(ck, TN_INTRINSIC, span, ret);
    t->intr.id = id;
    t->intr.targs = NEW_N(ck->perm, Type *, 1);
    t->intr.targs[0] = a->type;
    ty_slot(ck, &t->intr.targs[0]);
    t->intr.targ_count = 1;
    t->intr.args.v = NEW_N(ck->perm, Tree *, 1);
    t->intr.args.v[0] = a;
    t->intr.args.n = 1;
    return t;
}

/* "..{}..".format(a, b): a literal becomes an interpolation; otherwise the texts go to the library.
 */
static Tree *string_format(Checker *ck, Tree *recv, Call *c) {
    u32 n = c->args.n;
    Tree **texts = NEW_N(ck->perm, Tree *, n + 1);
    for (u32 i = 0; i < n; i++) {
        Tree *v = call_arg_value(ck, &c->args.v[i], NULL);
        texts[i] = intrinsic_1(ck, IN_TO_STRING, v, ck->t_string, v->span);
    }
    if (recv->kind == TN_STR) {
        Str s = recv->str.bytes;
        u32 holes = 0;
        for (u32 i = 0; i + 1 < s.n; i++) {
            if (s.p[i] == '{' && s.p[i + 1] == '}')
                holes++, i++;
            else if ((s.p[i] == '{' && s.p[i + 1] == '{') || (s.p[i] == '}' && s.p[i + 1] == '}'))
                i++;
        }
        if (holes != n) {
            bool percent = false;
            for (u32 i = 0; i + 1 < s.n; i++) percent |= s.p[i] == '%' && holes == 0;
            Diag *d = percent ? diag_new(ck->ds, E_FORMAT_SPEC, recv->span,
                                         "format uses {} placeholders, not printf codes")
                              : diag_new(ck->ds, E_FORMAT_SPEC, recv->span,
                                         "format: %u {} placeholder%s but %u argument%s", holes,
                                         holes == 1 ? "" : "s", n, n == 1 ? "" : "s");
            diag_label(d, recv->span, "%u placeholder%s", holes, holes == 1 ? "" : "s");
            diag_hint(d, "write one {} for each argument, or use \"${...}\"");
        }
    }
    Tree *list = tn(ck, TN_ARRAY, c->span, type_1(ck->ts, TY_ARRAY, ck->t_string));
    list->agg.list = (TreeList){texts, n};
    FnDecl *d = owner_method(type_owner(ck, ck->t_string), intern_c(ck->names, "format_list"));
    if (!d) return tn_error(ck, c->span);
    CallArg arg = {.span = c->span, .tree = list};
    Call *inner = NEW(ck->perm, Call);
    *inner = (Call){.d = d,
                    .recv = recv,
                    .args = {NEW(ck->perm, CallArg), 1},
                    .span = c->span,
                    .name_span = c->name_span};
    inner->args.v[0] = arg;
    return fn_call(ck, inner);
}

static Tree *member_known(Checker *ck, Tree *recv, Type *t, Name name, Call *c) {
    if (t->kind == TY_ERROR) {
        call_args_check(ck, &c->args);
        return tn_error(ck, c->span);
    }
    if (t->kind == TY_STRING && name == ck->n.format) return string_format(ck, recv, c);
    FnDecl *d = type_method(ck, t, name);
    u32 index;
    if (d && !d->has_self && t->kind == TY_STRUCT && struct_field(ck, t, name, &index)) d = NULL;
    if (d && t->kind == TY_TRAIT) return dyn_call(ck, recv, t, d, c);
    if (d) {
        c->d = d;
        c->recv = recv;
        private_check(ck, d, c->name_span);
        return fn_call(ck, c);
    }
    Type *ft = t->kind == TY_STRUCT ? struct_field(ck, t, name, &index) : NULL;
    if (ft)
        return call_value(ck, field_known(ck, recv, t, name, c->name_span, c->span), &c->args,
                          c->span);
    if (name == ck->n.to_string && c->args.n == 0)
        return intrinsic_1(ck, t->kind == TY_ENUM ? IN_VARIANT_NAME : IN_TO_STRING, recv,
                           ck->t_string, c->span);
    call_args_check(ck, &c->args);
    return no_member(ck, t, name, c->name_span, true);
}

Tree *member_call(Checker *ck, Tree *recv, Name name, Call *c) {
    Type *t = ty_head(ck, recv->type);
    if (t->kind != TY_VAR) return member_known(ck, recv, t, name, c);
    call_args_check(ck, &c->args);
    return member_wait(ck, recv, name, c->name_span, c->span, c);
}

/* ---- index and slice ---- */

static Tree *bad_index(Checker *ck, Type *t, Span span) {
    Str s = ty_text(ck, t);
    Diag *d = diag_new(ck->ds, E_BAD_INDEX, span, "Cannot index %.*s", FMT(s));
    diag_label(d, span, "Got: %.*s", FMT(s));
    if (t->kind == TY_TUPLE) diag_hint(d, "elements of a tuple are .0, .1, ...");
    if (t->kind == TY_OPTION)
        diag_hint(d, "the value may be none: use .unwrap() or `if let Some(x) = ...`");
    blame_label(ck, d);
    return tn_error(ck, span);
}

static bool index_run(Checker *ck, Constraint *c, bool force) {
    Tree *n = c->node;
    Type *t = force ? ty_force(ck, c->a) : ty_prune(ck, c->a);
    if (t->kind == TY_VAR && force) {
        Type *i = ty_force(ck, n->index.index->type);
        Type *fresh = ty_fresh(ck, n->span, VD_INT, "elements");
        ty_unify(ck, t,
                 i->kind == TY_STRING ? type_2(ck->ts, TY_MAP, i, fresh)
                                      : type_1(ck->ts, TY_ARRAY, fresh));
        t = ty_prune(ck, t);
    }
    switch ((int)t->kind) {
    case TY_VAR: con_wait(ck, c, t); return false;
    case TY_ERROR: ty_unify(ck, c->b, t); return true;
    case TY_ARRAY:
    case TY_STRING: {
        Type *it = ty_head(ck, n->index.index->type);
        if (it->kind != TY_INT && it->kind != TY_VAR && it->kind != TY_ERROR &&
            it->kind != TY_BOOL) {
            Str s = ty_text(ck, it);
            Diag *d = diag_new(ck->ds, E_BAD_INDEX, n->index.index->span,
                               "Type mismatch: an index must be int, not %.*s", FMT(s));
            diag_label(d, n->index.index->span, "Got: %.*s", FMT(s));
        } else {
            n->index.index = coerce(ck, n->index.index, ck->t_int, (Site){.kind = SITE_DECL});
        }
        ty_unify(ck, c->b, t->kind == TY_ARRAY ? t->args[0] : ck->t_string);
        return true;
    }
    case TY_MAP:
        n->index.index = coerce(ck, n->index.index, t->args[0], (Site){.kind = SITE_MAP_KEY});
        ty_unify(ck, c->b, t->args[1]);
        return true;
    }
    bad_index(ck, t, n->index.obj->span);
    ty_unify(ck, c->b, ck->t_error);
    return true;
}

Tree *check_index(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_INDEX, e->span, ck->t_error);
    t->index.obj = check_value(ck, e->index.obj, NULL);
    Type *obj = ty_head(ck, t->index.obj->type);
    t->index.index = check_value(ck, e->index.index, obj->kind == TY_MAP ? obj->args[0] : NULL);
    Type *res = obj->kind == TY_ARRAY    ? obj->args[0]
                : obj->kind == TY_MAP    ? obj->args[1]
                : obj->kind == TY_STRING ? ck->t_string
                                         : ty_fresh(ck, e->span, VD_INT, "elements");
    tn_type(ck, t, res);
    Constraint *c = con_new(ck, CON_OTHER, index_run, t);
    c->a = t->index.obj->type;
    c->b = res;
    if (obj->kind == TY_VAR) ck->vars.v[res->var].from = c;
    con_start(ck, c);
    return t;
}

Tree *check_slice(Checker *ck, const Ast *e) {
    Tree *t = tn(ck, TN_SLICE, e->span, ck->t_error);
    t->slice.obj = check_value(ck, e->slice.obj, NULL);
    Site site = {.kind = SITE_DECL};
    if (e->slice.lo) t->slice.lo = check_to(ck, e->slice.lo, ck->t_int, site);
    if (e->slice.hi) t->slice.hi = check_to(ck, e->slice.hi, ck->t_int, site);
    t->slice.inclusive = e->flags & AF_INCLUSIVE;
    Type *obj = ty_force(ck, t->slice.obj->type);
    if (obj->kind == TY_VAR) ty_unify(ck, obj, ck->t_string), obj = ck->t_string;
    if (obj->kind != TY_ARRAY && obj->kind != TY_STRING && obj->kind != TY_ERROR)
        return bad_index(ck, obj, t->slice.obj->span);
    tn_type(ck, t, obj);
    return t;
}

/* ---- ?. ---- */

Tree *opt_chain(Checker *ck, const Ast *field, const AstArgs *args, Span span) {
    Tree *t = tn(ck, TN_OPT_MAP, span, ck->t_error);
    t->optmap.obj = check_value(ck, field->field.obj, NULL);
    Type *obj = ty_force(ck, t->optmap.obj->type);
    if (obj->kind == TY_ERROR) return tn_error(ck, span);
    if (obj->kind != TY_OPTION) {
        Str s = ty_text(ck, obj);
        Diag *d = diag_new(ck->ds, E_BAD_OPERAND, t->optmap.obj->span,
                           "'?.' requires an optional value, not %.*s", FMT(s));
        diag_label(d, t->optmap.obj->span, "Got: %.*s", FMT(s));
        if (obj->kind == TY_RESULT) diag_hint(d, "to pass the error on write (...?).%s",
                                              field->field.name->s.p);
        else diag_hint(d, "write a plain dot");
        return tn_error(ck, span);
    }
    t->optmap.it = local_temp(ck, obj->args[0], span);
    Tree *it = tn(ck, TN_LOCAL, t->optmap.obj->span, obj->args[0]);
    it->local = t->optmap.it;
    if (args) {
        Call *c = NEW(ck->perm, Call);
        *c = (Call){.args = call_args(ck, args), .span = span, .name_span = field->field.name_span};
        t->optmap.body = member_call(ck, it, field->field.name, c);
    } else {
        t->optmap.body = member_get(ck, it, field->field.name, field->field.name_span, span);
    }
    Type *body = ty_force(ck, t->optmap.body->type);
    t->optmap.flat = body->kind == TY_OPTION;
    tn_type(ck, t,
            t->optmap.flat          ? body
            : body->kind == TY_VOID ? ck->t_void
                                    : type_1(ck->ts, TY_OPTION, body));
    return t;
}

Tree *check_opt_field(Checker *ck, const Ast *e) { return opt_chain(ck, e, NULL, e->span); }
