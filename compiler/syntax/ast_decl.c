/* ast_decl.c - constructors of declarations, types and patterns. */
#include "build.h"
#include <string.h>

/* --- functions --- */

Ast *ast_fn_name(Parser *P, Loc l, u32 tok, Items gens) {
    Ast *e = ast_new(P, AST_FN, l);
    AstName n = name_at(P, tok);
    e->fn.name = n.name;
    e->fn.name_span = n.span;
    e->fn.gens = gens_of(P, gens);
    return e;
}

/* `P.m`: what was the name becomes the last part of the owner. */
Ast *ast_fn_member(Parser *P, Loc l, Ast *e, u32 tok, Items gens) {
    AstNames *o = &e->fn.owner;
    u32 at = o->n; /* room for a power of two, as in chains */
    if ((at & (at - 1)) == 0)
        o->v = arena_grow(P->perm, o->v, at * sizeof *o->v, (at ? 2 * at : 1) * sizeof *o->v, 8);
    o->v[o->n++] = (AstName){e->fn.name, e->fn.name_span};
    if (e->fn.gens.n) e->fn.owner_gens = e->fn.gens;
    AstName n = name_at(P, tok);
    e->fn.name = n.name;
    e->fn.name_span = n.span;
    e->fn.gens = gens_of(P, gens);
    e->span = parser_span(P, l);
    return e;
}

Ast *ast_fn(Parser *P, Loc l, Ast *e, Items params, Ast *ret) {
    e->span = parser_span(P, l);
    e->fn.params = params_of(P, params);
    e->fn.ret = ret;
    return e;
}

Ast *ast_fn_body(Parser *P, Loc l, Ast *e, Ast *body, bool arrow) {
    e->span = parser_span(P, l);
    e->fn.body = body;
    if (arrow) e->flags |= AF_ARROW;
    return e;
}

Ast *ast_public(Parser *P, Loc l, Ast *decl, u32 flag) {
    decl->flags |= flag;
    decl->span = parser_span(P, l);
    if (decl->kind == AST_FN && !decl->fn.doc.p) decl->fn.doc = parser_doc(P, l.off);
    return decl;
}

/* --- types with names --- */

Ast *ast_struct(Parser *P, Loc l, u32 name, Items gens, Items members) {
    Ast *e = ast_new(P, AST_STRUCT, l);
    AstName n = name_at(P, name);
    StructMember *m = members.v;
    Items fields = {0}, methods = {0};
    for (u32 i = 0; i < members.n; i++) {
        if (m[i].method) ITEM(&methods, Ast *, {m[i].method});
        else ITEM(&fields, AstStructField, m[i].field);
    }
    e->struct_.name = n.name;
    e->struct_.name_span = n.span;
    e->struct_.gens = gens_of(P, gens);
    e->struct_.fields = NEW_N(P->perm, AstStructField, fields.n);
    if (fields.n) memcpy(e->struct_.fields, fields.v, fields.n * sizeof(AstStructField));
    e->struct_.n = fields.n;
    e->struct_.methods = list_of(P, methods);
    return e;
}

AstVariant ast_variant(Parser *P, u32 name, Items payload) {
    AstName n = name_at(P, name);
    AstArg *a = payload.v;
    AstVariant v = {.name = n.name, .span = n.span};
    Items names = {0}, types = {0};
    for (u32 i = 0; i < payload.n; i++) {
        ITEM(&names, AstName, {a[i].name, a[i].name_span});
        ITEM(&types, Ast *, {a[i].value});
    }
    v.payload_names = names_of(P, names);
    v.payload = list_of(P, types);
    return v;
}

Ast *ast_enum(Parser *P, Loc l, u32 name, Items gens, Items variants) {
    Ast *e = ast_new(P, AST_ENUM, l);
    AstName n = name_at(P, name);
    e->enum_.name = n.name;
    e->enum_.name_span = n.span;
    e->enum_.gens = gens_of(P, gens);
    e->enum_.variants = NEW_N(P->perm, AstVariant, variants.n);
    if (variants.n) memcpy(e->enum_.variants, variants.v, variants.n * sizeof(AstVariant));
    e->enum_.n = variants.n;
    return e;
}

Ast *ast_trait(Parser *P, Loc l, u32 name, Items gens, Items methods) {
    Ast *e = ast_new(P, AST_TRAIT, l);
    AstName n = name_at(P, name);
    e->trait.name = n.name;
    e->trait.name_span = n.span;
    e->trait.gens = gens_of(P, gens);
    e->trait.methods = list_of(P, methods);
    return e;
}

Ast *ast_impl(Parser *P, Loc l, Items gens, Ast *type, Ast *for_type, Items methods) {
    Ast *e = ast_new(P, AST_IMPL, l);
    e->impl.gens = gens_of(P, gens);
    e->impl.type = type;
    e->impl.for_type = for_type;
    e->impl.methods = list_of(P, methods);
    return e;
}

Ast *ast_alias(Parser *P, Loc l, u32 name, Items gens, Ast *type) {
    Ast *e = ast_new(P, AST_ALIAS, l);
    AstName n = name_at(P, name);
    e->alias.name = n.name;
    e->alias.name_span = n.span;
    e->alias.gens = gens_of(P, gens);
    e->alias.type = type;
    return e;
}

/* --- type expressions --- */

Ast *ast_type_name(Parser *P, Loc l, Items path, Items args) {
    Ast *e = ast_new(P, AST_T_NAME, l);
    e->tname.path = names_of(P, path);
    e->tname.args = list_of(P, args);
    return e;
}

Ast *ast_type_fn(Parser *P, Loc l, Items params, Ast *ret) {
    Ast *e = ast_new(P, AST_T_FN, l);
    e->tfn.params = list_of(P, params);
    e->tfn.ret = ret;
    return e;
}

/* As for chains: room for a power of two, so that n alternatives are built in O(n). Unions and
 * or-patterns in parentheses are their own nodes: their span begins before the first element's. */
Ast *ast_union(Parser *P, AstKind kind, Loc l, Ast *a, Ast *b) {
    Ast *e = a;
    AstList *list = kind == AST_T_UNION ? &a->tlist.elems : &a->plist.elems;
    if (a->kind != kind || a->span.off != list->v[0]->span.off) {
        e = ast_new(P, kind, l);
        list = kind == AST_T_UNION ? &e->tlist.elems : &e->plist.elems;
        list->v = NEW(P->perm, Ast *);
        list->v[list->n++] = a;
    }
    u32 n = list->n;
    if ((n & (n - 1)) == 0)
        list->v = arena_grow(P->perm, list->v, n * sizeof b, 2 * n * sizeof b, 8);
    list->v[list->n++] = b;
    e->span = parser_span(P, l);
    return e;
}

/* --- patterns --- */

Ast *ast_pattern_path(Parser *P, AstKind kind, Loc l, Items path, Items args) {
    Ast *e = ast_new(P, kind, l);
    AstNames names = names_of(P, path);
    if (kind == AST_P_NAME) {
        e->pname.path = names;
    } else if (kind == AST_P_CTOR) {
        e->pctor.path = names;
        e->pctor.args = list_of(P, args);
    } else {
        e->pstruct.path = names;
        e->pstruct.fields = args_of(P, args);
    }
    return e;
}

Ast *ast_pattern_lit(Parser *P, Loc l, Ast *lit) {
    Ast *e = ast_new(P, AST_P_LIT, l);
    e->plit.lit = lit;
    return e;
}

Ast *ast_pattern_range(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive) {
    Ast *e = ast_new(P, AST_P_RANGE, l);
    e->prange.lo = lo;
    e->prange.hi = hi;
    if (inclusive) e->flags |= AF_INCLUSIVE;
    return e;
}
