/* globals.c - look-up of module names, and the globals of a module or script. */
#include "checker.h"

Symbol *module_symbol(Checker *ck, Module *m, Name name) {
    Symbol *s = map_get(&m->scope, name);
    return s ? s : map_get(&ck->std_scope, name);
}

Symbol *variant_symbol(Checker *ck, Module *m, Name name) {
    (void)ck;
    return map_get(&m->variants, name);
}

Owner *type_owner(Checker *ck, Type *t) {
    if (t->kind == TY_STRUCT || t->kind == TY_ENUM || t->kind == TY_TRAIT) return &t->decl->owner;
    static const char *const names[TY_KIND_COUNT] = {
        [TY_INT] = "int",       [TY_FLOAT] = "float",   [TY_BOOL] = "bool",
        [TY_STRING] = "string", [TY_PTR] = "ptr",       [TY_ARRAY] = "Array",
        [TY_MAP] = "HashMap",   [TY_SET] = "HashSet",   [TY_OPTION] = "Option",
        [TY_RESULT] = "Result", [TY_FUTURE] = "Future", [TY_CHANNEL] = "Channel",
        [TY_ITER] = "Iter",     [TY_TUPLE] = "Tuple"};
    if (t->kind == TY_HANDLE) return map_get(&ck->owners, t->name);
    if (!names[t->kind]) return NULL;
    if (!ck->kind_owner[t->kind])
        ck->kind_owner[t->kind] = map_get(&ck->owners, intern_c(ck->names, names[t->kind]));
    return ck->kind_owner[t->kind];
}

FnDecl *type_method(Checker *ck, Type *recv, Name name) {
    FnDecl *d = owner_method(type_owner(ck, recv), name);
    if (d) return d;
    for (u32 i = 0; i < ck->impls.n; i++) {
        ImplDecl *im = ck->impls.v[i];
        if (im->for_kind != recv->kind || im->for_decl != recv->decl) continue;
        d = owner_method(&im->methods, name);
        if (!d) d = owner_method(&im->trait->owner, name);
        if (d) return d;
    }
    return NULL;
}

/* ---- globals ---- */

static void global_add(Checker *ck, Module *m, AstName n, const Ast *stmt) {
    Global *g = NEW(ck->perm, Global);
    g->name = n.name;
    g->module = m->text_name;
    g->span = n.span;
    g->type = ty_fresh(ck, n.span, VD_INT, "values");
    g->bare = !stmt;
    g->is_const = stmt && (stmt->flags & AF_CONST);
    g->is_export = stmt && (stmt->flags & (AF_EXPORT | AF_PUB));
    g->id = ck->prog->globals.n;
    if (!m->is_std) { /* one of the library waits for global_wake */
        ty_slot(ck, &g->type);
        vec_push(ck->perm, &ck->prog->globals, g);
    }
    Symbol *s = NEW(ck->perm, Symbol);
    *s = (Symbol){.kind = SYM_GLOBAL, .name = n.name, .span = n.span, .home = m, .global = g};
    if (m->is_std) {
        if (g->is_const) s->init = stmt->var.values.v[0];
        else s->asleep = stmt;
        map_put(ck->perm, &m->scope, n.name, s);
        for (u32 i = 1; i + 1 < n.name->s.n; i++) { /* const Math_PI is Math.PI too */
            if (n.name->s.p[i] != '_') continue;
            Owner *o = map_get(&ck->owners, intern(ck->names, (Str){n.name->s.p, i}));
            Name tail = intern(ck->names, (Str){n.name->s.p + i + 1, n.name->s.n - i - 1});
            if (o) map_put(ck->perm, &o->consts, tail, s);
        }
        map_put(ck->perm, &ck->std_scope, n.name, s);
    } else {
        map_put(ck->perm, &m->scope, n.name, s);
    }
}

static bool own_global(Module *m, Name name) {
    Symbol *s = map_get(&m->scope, name);
    return s && s->kind == SYM_GLOBAL && s->home == m;
}

static void scan_stmt(Checker *ck, Module *m, const Ast *s, bool top);

static void scan_block(Checker *ck, Module *m, const Ast *b) {
    if (b && b->kind == AST_BLOCK)
        for (u32 i = 0; i < b->list.elems.n; i++) scan_stmt(ck, m, b->list.elems.v[i], false);
}

static void scan_assign(Checker *ck, Module *m, const Ast *s) {
    for (u32 i = 0; i < s->assign.targets.n; i++) {
        const Ast *t = s->assign.targets.v[i];
        if (t->kind == AST_NAME && !own_global(m, t->name.name) && t->name.name != ck->n.underscore)
            global_add(ck, m, (AstName){t->name.name, t->span}, NULL);
    }
}

/* Names that a top-level statement makes global: `var` at the top, bare assignments also inside if,
 * while and plain blocks (for bodies and arms keep theirs). */
static void scan_stmt(Checker *ck, Module *m, const Ast *s, bool top) {
    switch ((int)s->kind) {
    case AST_VAR:
        if (!top && !(s->flags & AF_BARE)) break;
        for (u32 i = 0; i < s->var.names.n; i++)
            if (s->var.names.v[i].name != ck->n.underscore &&
                !own_global(m, s->var.names.v[i].name))
                global_add(ck, m, s->var.names.v[i], s);
        if (s->var.rest.name && !own_global(m, s->var.rest.name)) global_add(ck, m, s->var.rest, s);
        break;
    case AST_ASSIGN: scan_assign(ck, m, s); break;
    case AST_BLOCK: scan_block(ck, m, s); break;
    case AST_WHILE: scan_block(ck, m, s->while_.body); break;
    case AST_PARALLEL:
    case AST_SCOPE: scan_block(ck, m, s->scope.body); break;
    case AST_IF:
        for (u32 i = 0; i < s->if_.n; i++) scan_block(ck, m, s->if_.arms[i].body);
        scan_block(ck, m, s->if_.els);
        break;
    }
}

void declare_globals(Checker *ck, Module *m) {
    bool script = m->is_main && !m->has_main_fn;
    for (u32 i = 0; i < m->ast->stmts.n; i++) {
        const Ast *s = m->ast->stmts.v[i];
        if (script || s->kind == AST_VAR || s->kind == AST_ASSIGN) scan_stmt(ck, m, s, true);
    }
}
