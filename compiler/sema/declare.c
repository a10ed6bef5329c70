/* declare.c - first walk over a module: its types, functions, methods, imports and globals get
 * symbols, so that everything may be used before its declaration. No bodies, no types of
 * expressions. */
#include "checker.h"

static Owner *owner_get(Checker *ck, Name name) {
    Owner *o = map_get(&ck->owners, name);
    if (o) return o;
    o = NEW(ck->perm, Owner);
    o->name = name;
    map_put(ck->perm, &ck->owners, name, o);
    vec_push(ck->perm, &ck->owner_names, name);
    return o;
}

FnDecl *owner_method(Owner *o, Name name) { return o ? map_get(&o->methods, name) : NULL; }

static Map *scope_of(Checker *ck, Module *m) { return m->is_std ? &ck->std_scope : &m->scope; }

static void duplicate(Checker *ck, Name name, Span at, Span first) {
    Diag *d = diag_new(ck->ds, E_DUPLICATE, at, "'%s' is declared twice", name->s.p);
    diag_label(d, at, "declared again");
    if (first.file) diag_label(d, first, "first declared here");
    diag_hint(d, "give one of them another name");
}

static Symbol *symbol_put(Checker *ck, Module *m, SymKind kind, Name name, Span span, bool pub) {
    Map *scope = scope_of(ck, m);
    Symbol *old = map_get(scope, name);
    if (old && old->home == m && old->kind != SYM_GLOBAL && kind != SYM_GLOBAL)
        duplicate(ck, name, span, old->span);
    Symbol *s = NEW(ck->perm, Symbol);
    s->kind = kind;
    s->name = name;
    s->span = span;
    s->home = m;
    s->pub = pub;
    map_put(ck->perm, scope, name, s);
    return s;
}

/* ---- functions ---- */

static void add_method(Checker *ck, Owner *o, FnDecl *d) {
    FnDecl *old = map_get(&o->methods, d->name);
    if (old && !d->module->is_std) duplicate(ck, d->name, d->span, old->span);
    d->next = d->module->is_std ? old : NULL;
    map_put(ck->perm, &o->methods, d->name, d);
}

/* A field and a method of one name: x.name would mean either. A trait's method may be named like a
 * field, it is always called. */
static void field_clash(Checker *ck, FnDecl *f) {
    if (!f->self_type || f->self_type->kind != TY_STRUCT) return;
    const Ast *ast = f->self_type->ast;
    for (u32 k = 0; k < ast->struct_.n; k++)
        if (ast->struct_.fields[k].name == f->name)
            duplicate(ck, f->name, f->span, ast->struct_.fields[k].span);
}

static int intrinsic_find(Name name) {
    static const char *const names[] = {
#define INTR(id, name) name,
#include "intrinsic.def"
#undef INTR
    };
    for (u32 i = 0; i < COUNT_OF(names); i++)
        if (str_eq(name->s, str_c(names[i]))) return (int)i;
    return -1;
}

static void params_check(Checker *ck, const Ast *ast) {
    const AstParams *ps = &ast->fn.params;
    for (u32 i = 0; i < ps->n; i++)
        for (u32 k = 0; k < i; k++)
            if (ps->v[i].name == ps->v[k].name && ps->v[i].name != ck->n.underscore)
                duplicate(ck, ps->v[i].name, ps->v[i].span, ps->v[k].span);
}

static FnDecl *decl_fn(Checker *ck, Module *m, const Ast *ast, Owner *owner, const AstGens *outer) {
    FnDecl *d = NEW(ck->perm, FnDecl);
    d->name = ast->fn.name;
    d->span = ast->fn.name_span;
    d->module = m;
    d->ast = ast;
    d->owner = owner;
    d->outer_gens = outer;
    d->has_self = ast->fn.params.n && ast->fn.params.v[0].name == ck->n.self;
    d->is_pub = (ast->flags & (AF_PUB | AF_EXPORT)) != 0;
    d->intrinsic = -1;
    if ((ast->flags & AF_EXTERN) && m->is_std) d->intrinsic = intrinsic_find(d->name);
    d->gen_count = (outer ? outer->n : 0) + ast->fn.gens.n;
    params_check(ck, ast);
    vec_push(ck->perm, &m->fn_decls, d);
    map_put(ck->perm, &m->decl_of, ast, d);
    return d;
}

static void declare_free_fn(Checker *ck, Module *m, const Ast *ast) {
    FnDecl *d = decl_fn(ck, m, ast, NULL, NULL);
    if (d->has_self) {
        Span at = ast->fn.params.v[0].span;
        Diag *g = diag_new(ck->ds, E_BAD_DECL, at, "'self' outside of a type");
        diag_label(g, at, "no type is named that '%s' could be a method of", d->name->s.p);
        diag_hint(g, "put it into `impl Type { }`, or write `fn Type.%s(self)`", d->name->s.p);
    }
    if (m->is_std) {
        Symbol *old = map_get(&ck->std_scope, d->name);
        if (old && old->kind == SYM_FN) d->next = old->fn;
    }
    if (!m->is_std) {
        if (d->name == ck->n.print || d->name == ck->n.println) {
            Diag *g =
                diag_new(ck->ds, E_BAD_DECL, d->span, "'%s' cannot be redefined", d->name->s.p);
            diag_label(g, d->span, "a built-in of the language");
        }
        FnDecl *old = map_get(&m->fns, d->name);
        if (old) {
            duplicate(ck, d->name, d->span, old->span);
            return;
        }
        map_put(ck->perm, &m->fns, d->name, d);
    }
    Symbol *old = map_get(scope_of(ck, m), d->name);
    if (old && m->is_std) {
        old->fn = d;
        return;
    }
    symbol_put(ck, m, SYM_FN, d->name, d->span, d->is_pub)->fn = d;
}

/* fn P.m(...): the owner is a type of this module or, in the library, any name. */
static void declare_owned_fn(Checker *ck, Module *m, const Ast *ast) {
    AstName on = vec_last(&ast->fn.owner);
    Symbol *s = module_symbol(ck, m, on.name);
    if (s && s->kind == SYM_TYPE) {
        const AstGens *gens = ast->fn.owner_gens.n ? &ast->fn.owner_gens : s->type->gens;
        FnDecl *d = decl_fn(ck, m, ast, &s->type->owner, gens);
        d->self_type = s->type;
        field_clash(ck, d);
        add_method(ck, &s->type->owner, d);
        return;
    }
    if (!m->is_std) {
        Diag *d = diag_new(ck->ds, E_BAD_DECL, on.span,
                           "'%s' is not a struct or enum of this program", on.name->s.p);
        diag_label(d, on.span, "methods can be added to your own types only");
        diag_hint(
            d,
            "write a function that takes the value as its first parameter, or a trait and an impl");
        return;
    }
    Owner *o = owner_get(ck, on.name);
    add_method(ck, o, decl_fn(ck, m, ast, o, ast->fn.owner_gens.n ? &ast->fn.owner_gens : NULL));
}

/* ---- types ---- */

static TypeDecl *declare_type(Checker *ck, Module *m, const Ast *ast, TyKind kind, Name name,
                              Span span, const AstGens *gens) {
    TypeDecl *d = NEW(ck->perm, TypeDecl);
    d->kind = kind;
    d->name = name;
    d->span = span;
    d->module = m;
    d->ast = ast;
    d->gens = gens;
    d->owner.name = name;
    d->owner.type = d;
    symbol_put(ck, m, SYM_TYPE, name, span, true)->type = d;
    return d;
}

static void variant_put(Checker *ck, Module *m, TypeDecl *d, u32 index, Name name, Span span) {
    Symbol *s = NEW(ck->perm, Symbol);
    s->kind = SYM_VARIANT;
    s->name = name;
    s->span = span;
    s->home = d->module;
    s->variant.type = d;
    s->variant.index = index;
    s->variant.other = map_get(&m->variants, name);
    map_put(ck->perm, &m->variants, name, s);
}

static void declare_enum(Checker *ck, Module *m, const Ast *ast) {
    TypeDecl *d =
        declare_type(ck, m, ast, TY_ENUM, ast->enum_.name, ast->enum_.name_span, &ast->enum_.gens);
    if (ast->enum_.n == 0) {
        Diag *g = diag_new(ck->ds, E_BAD_DECL, d->span, "enum '%s' has no variants", d->name->s.p);
        diag_label(g, d->span, "at least one variant is needed");
    }
    for (u32 i = 0; i < ast->enum_.n; i++) {
        const AstVariant *v = &ast->enum_.variants[i];
        for (u32 k = 0; k < i; k++)
            if (ast->enum_.variants[k].name == v->name)
                duplicate(ck, v->name, v->span, ast->enum_.variants[k].span);
        variant_put(ck, m, d, i, v->name, v->span);
    }
}

static void declare_struct(Checker *ck, Module *m, const Ast *ast) {
    TypeDecl *d = declare_type(ck, m, ast, TY_STRUCT, ast->struct_.name, ast->struct_.name_span,
                               &ast->struct_.gens);
    for (u32 i = 0; i < ast->struct_.n; i++)
        for (u32 k = 0; k < i; k++)
            if (ast->struct_.fields[k].name == ast->struct_.fields[i].name)
                duplicate(ck, ast->struct_.fields[i].name, ast->struct_.fields[i].span,
                          ast->struct_.fields[k].span);
    for (u32 i = 0; i < ast->struct_.methods.n; i++) {
        FnDecl *f = decl_fn(ck, m, ast->struct_.methods.v[i], &d->owner, &ast->struct_.gens);
        f->self_type = d;
        f->is_pub = true;
        field_clash(ck, f);
        add_method(ck, &d->owner, f);
    }
}

/* The one type parameter of a trait's signatures: the implementing type. */
static const AstGens *self_gens(Checker *ck) {
    static const char self_name[] = "Self";
    AstGens *g = NEW(ck->perm, AstGens);
    g->v = NEW(ck->perm, AstGen);
    g->v[0].name = intern_c(ck->names, self_name);
    g->n = 1;
    return g;
}

static void declare_trait(Checker *ck, Module *m, const Ast *ast) {
    TypeDecl *d =
        declare_type(ck, m, ast, TY_TRAIT, ast->trait.name, ast->trait.name_span, &ast->trait.gens);
    if (ast->trait.gens.n) {
        Diag *g = diag_new(ck->ds, E_BAD_DECL, d->span, "trait '%s' cannot have type parameters",
                           d->name->s.p);
        diag_label(g, d->span, "not supported");
    }
    for (u32 i = 0; i < ast->trait.methods.n; i++) {
        FnDecl *f = decl_fn(ck, m, ast->trait.methods.v[i], &d->owner, self_gens(ck));
        f->self_type = d;
        f->is_trait_sig = true;
        f->is_pub = true;
        add_method(ck, &d->owner, f);
        vec_push(ck->perm, &d->trait_fns, f);
    }
}

/* ---- impls ---- */

static void impl_missing(Checker *ck, ImplDecl *im, const Ast *ast) {
    for (u32 i = 0; i < im->trait->trait_fns.n; i++) {
        FnDecl *sig = im->trait->trait_fns.v[i];
        FnDecl *f = owner_method(&im->methods, sig->name);
        if (!f && !sig->ast->fn.body) {
            Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, ast->impl.type->span,
                               "impl of '%s' is missing method '%s'", im->trait->name->s.p,
                               sig->name->s.p);
            diag_label(d, ast->impl.type->span, "'%s' is not here", sig->name->s.p);
            diag_label(d, sig->span, "declared in the trait here");
        } else if (f && f->ast->fn.params.n != sig->ast->fn.params.n) {
            Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, f->span,
                               "method '%s' takes %u parameters, its trait says %u", sig->name->s.p,
                               f->ast->fn.params.n, sig->ast->fn.params.n);
            diag_label(d, f->span, "does not match");
            diag_label(d, sig->span, "declared in the trait here");
        }
    }
}

static void impl_methods(Checker *ck, Module *m, const Ast *ast, Owner *o, TypeDecl *self,
                         ImplDecl *im, const Ast *self_ast) {
    const AstGens *gens = ast->impl.gens.n ? &ast->impl.gens : NULL;
    if (!gens && self && self->gens && self->gens->n && self_ast->tname.args.n == 0)
        gens = self->gens;
    for (u32 i = 0; i < ast->impl.methods.n; i++) {
        const Ast *fa = ast->impl.methods.v[i];
        if (fa->kind != AST_FN) continue;
        FnDecl *f = decl_fn(ck, m, fa, o, gens);
        f->self_type = self;
        f->self_ast = self_ast->kind == AST_T_NAME && self_ast->tname.args.n == 0 && self
                          ? NULL
                          : (Ast *)self_ast;
        f->impl = im;
        f->is_pub = true;
        if (im && !owner_method(&im->trait->owner, f->name)) {
            Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, f->span, "trait '%s' has no method '%s'",
                               im->trait->name->s.p, f->name->s.p);
            diag_label(d, f->span, "not part of the trait");
        }
        FnDecl *own = im && self ? owner_method(&self->owner, f->name) : NULL;
        if (own) duplicate(ck, f->name, f->span, own->span);
        if (!im) field_clash(ck, f);
        add_method(ck, o, f);
    }
}

static TypeDecl *impl_target(Checker *ck, Module *m, const Ast *t) {
    if (t->kind != AST_T_NAME) return NULL;
    Symbol *s = module_symbol(ck, m, t->tname.path.v[0].name);
    for (u32 i = 1; i < t->tname.path.n && s && s->kind == SYM_MODULE; i++)
        s = map_get(&s->module->scope, t->tname.path.v[i].name);
    return s && s->kind == SYM_TYPE ? s->type : NULL;
}

static void declare_trait_impl(Checker *ck, Module *m, const Ast *ast) {
    TypeDecl *trait = impl_target(ck, m, ast->impl.type);
    if (!trait || trait->kind != TY_TRAIT) {
        Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, ast->impl.type->span, "this is not a trait");
        diag_label(d, ast->impl.type->span, "a trait is needed before `for`");
        TypeDecl *self = impl_target(ck, m, ast->impl.for_type);
        if (self && self->kind != TY_TRAIT)
            impl_methods(ck, m, ast, &self->owner, self, NULL, ast->impl.for_type);
        return;
    }
    ImplDecl *im = NEW(ck->perm, ImplDecl);
    im->trait = trait;
    im->span = ast->impl.type->span;
    im->module = m;
    im->for_decl = impl_target(ck, m, ast->impl.for_type);
    Env *env = NULL;
    Type **fresh = NEW_N(ck->perm, Type *, ast->impl.gens.n + 8);
    for (u32 i = 0; i < ast->impl.gens.n; i++) fresh[i] = ck->t_int;
    env = env_of(ck, NULL, &ast->impl.gens, fresh);
    if (im->for_decl) {
        im->for_kind = im->for_decl->kind;
    } else {
        Type *t = resolve_type(ck, m, env, ast->impl.for_type);
        if (t->kind == TY_ERROR) return;
        im->for_kind = t->kind;
    }
    for (u32 i = 0; i < ck->impls.n; i++) {
        ImplDecl *o = ck->impls.v[i];
        if (o->trait != trait || o->for_kind != im->for_kind || o->for_decl != im->for_decl)
            continue;
        Diag *d = diag_new(ck->ds, E_TRAIT_IMPL, im->span,
                           "'%s' is implemented twice for this type", trait->name->s.p);
        diag_label(d, im->span, "implemented again");
        diag_label(d, o->span, "first implemented here");
    }
    vec_push(ck->perm, &ck->impls, im);
    impl_methods(ck, m, ast, &im->methods, im->for_decl, im, ast->impl.for_type);
    impl_missing(ck, im, ast);
}

static void declare_impl(Checker *ck, Module *m, const Ast *ast) {
    if (ast->impl.for_type) {
        declare_trait_impl(ck, m, ast);
        return;
    }
    TypeDecl *d = impl_target(ck, m, ast->impl.type);
    if (!d || d->kind == TY_TRAIT) {
        Diag *g = diag_new(ck->ds, E_UNKNOWN_TYPE, ast->impl.type->span,
                           "impl needs a struct or enum of this program");
        diag_label(g, ast->impl.type->span, "not a struct or enum");
        return;
    }
    impl_methods(ck, m, ast, &d->owner, d, NULL, ast->impl.type);
}

/* One name from two traits, or from a trait and the type itself, would be ambiguous in every call.
 */
static void method_clash(Checker *ck, const FnDecl *f, const FnDecl *g) {
    if (!g || f == g) return;
    const FnDecl *late = f->span.off > g->span.off ? f : g, *early = late == f ? g : f;
    Diag *d = diag_new(ck->ds, E_AMBIGUOUS, late->span, "the type has two methods '%s'",
                       f->name->s.p);
    diag_label(d, late->span, "this one");
    diag_label(d, early->span, "and this one");
    diag_hint(d, "a call could mean either: give one of them another name");
}

static void method_clashes(Checker *ck, const Module *m) {
    for (u32 i = 0; i < ck->impls.n; i++) {
        const ImplDecl *im = ck->impls.v[i];
        if (im->module != m || m->is_std) continue;
        for (u32 k = 0; k < im->methods.methods.cap; k++) {
            const FnDecl *f = im->methods.methods.slots[k].value;
            if (!im->methods.methods.slots[k].key) continue;
            if (im->for_decl) method_clash(ck, f, owner_method(&im->for_decl->owner, f->name));
            for (u32 j = 0; j < i; j++) {
                const ImplDecl *o = ck->impls.v[j];
                if (o->trait != im->trait && o->for_kind == im->for_kind &&
                    o->for_decl == im->for_decl)
                    method_clash(ck, f, map_get(&o->methods.methods, f->name));
            }
        }
    }
}

void declare_impls(Checker *ck, Module *m) {
    for (u32 i = 0; i < m->ast->stmts.n; i++) {
        const Ast *s = m->ast->stmts.v[i];
        if (s->kind == AST_IMPL) declare_impl(ck, m, s);
        if (s->kind == AST_FN && s->fn.owner.n) declare_owned_fn(ck, m, s);
    }
    method_clashes(ck, m);
}

/* ---- imports ---- */

static void import_types(Checker *ck, Module *m, Module *from) {
    for (u32 i = 0; i < from->scope.cap; i++) {
        Symbol *s = from->scope.slots[i].value;
        if (!s || s->home != from || (s->kind != SYM_TYPE && s->kind != SYM_ALIAS)) continue;
        if (!map_get(&m->scope, s->name)) map_put(ck->perm, &m->scope, s->name, s);
        if (s->kind != SYM_TYPE || s->type->kind != TY_ENUM) continue;
        const Ast *e = s->type->ast;
        for (u32 v = 0; v < e->enum_.n; v++)
            variant_put(ck, m, s->type, v, e->enum_.variants[v].name, e->enum_.variants[v].span);
    }
}

static void import_names(Checker *ck, Module *m, Module *from, const Ast *imp) {
    for (u32 i = 0; i < imp->import.names.n; i++) {
        AstName n = imp->import.names.v[i];
        Symbol *s = map_get(&from->scope, n.name);
        FnDecl *f = map_get(&from->fns, n.name);
        if (!s || s->home != from) {
            Diag *d = diag_new(ck->ds, E_UNDEFINED, n.span, "module '%s' has no '%s'",
                               from->name->s.p, n.name->s.p);
            diag_label(d, n.span, "not found");
            const Map *maps[] = {&from->scope};
            suggest(ck, d, n.name, maps, 1);
            continue;
        }
        if (s->kind == SYM_FN && f && !f->is_pub) {
            Diag *d = diag_new(ck->ds, E_PRIVATE, n.span, "function '%s' in module '%s' is private",
                               n.name->s.p, from->name->s.p);
            diag_label(d, n.span, "private");
            diag_hint(d, "Add 'pub' to 'fn %s' in %s.wyn to export it.", n.name->s.p,
                      from->name->s.p);
        }
        map_put(ck->perm, &m->scope, n.name, s);
    }
}

static void declare_import(Checker *ck, Module *m, const Ast *imp, Module *from) {
    if (!from) return;
    if (imp->import.listed) {
        import_names(ck, m, from, imp);
    } else {
        AstName last = vec_last(&imp->import.path);
        AstName n = imp->import.alias.name ? imp->import.alias : last;
        Symbol *s = NEW(ck->perm, Symbol);
        *s =
            (Symbol){.kind = SYM_MODULE, .name = n.name, .span = n.span, .home = m, .module = from};
        map_put(ck->perm, &m->scope, n.name, s);
    }
    import_types(ck, m, from);
}

static void export_list(Checker *ck, Module *m, const Ast *s) {
    for (u32 i = 0; i < s->names.names.n; i++) {
        FnDecl *f = map_get(&m->fns, s->names.names.v[i].name);
        if (f) f->is_pub = true;
    }
    (void)ck;
}

/* main(args: [string]) is tolerated; its argument is empty. */
static void main_params(Checker *ck, Module *m, const Ast *fn) {
    const AstParams *ps = &fn->fn.params;
    if (ps->n == 0 || (ps->n == 1 && ps->v[0].type && ps->v[0].type->kind == AST_T_ARRAY)) return;
    if (m->is_std) return;
    Diag *d = diag_new(ck->ds, E_BAD_DECL, ps->v[0].span, "main takes no parameters");
    diag_label(d, ps->v[0].span, "nothing could be passed for this");
    diag_hint(d, "the arguments of the program are System.args()");
}

void declare_module(Checker *ck, Module *m) { /* table */
    for (u32 i = 0; i < m->ast->stmts.n; i++) {
        const Ast *s = m->ast->stmts.v[i];
        switch ((int)s->kind) {
        case AST_IMPORT:
            if (i < m->imports.n) declare_import(ck, m, s, m->imports.v[i]);
            break;
        case AST_FN:
            if (s->fn.owner.n) break;
            declare_free_fn(ck, m, s);
            if (s->fn.name == ck->n.main) m->has_main_fn = true, main_params(ck, m, s);
            break;
        case AST_STRUCT: declare_struct(ck, m, s); break;
        case AST_ENUM: declare_enum(ck, m, s); break;
        case AST_TRAIT: declare_trait(ck, m, s); break;
        case AST_ALIAS:
            symbol_put(ck, m, SYM_ALIAS, s->alias.name, s->alias.name_span, true)->alias = (Ast *)s;
            break;
        }
    }
    for (u32 i = 0; i < m->ast->stmts.n; i++)
        if (m->ast->stmts.v[i]->kind == AST_EXPORT_LIST) export_list(ck, m, m->ast->stmts.v[i]);
}
