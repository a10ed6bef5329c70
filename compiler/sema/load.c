/* load.c - the import graph: finds module files, parses them, orders them depth first, reports
 * cycles. Reading goes through the callback of CheckOptions; an import never leaves the project
 * root. */
#include "../base/embed.h"
#include "../syntax/parse.h"
#include "checker.h"
#include <string.h>

enum { LOADING = 1, LOADED = 2 };

static Module *module_new(Checker *ck, Name name, Str path, Str text_name, Str text, bool is_std) {
    Module *m = NEW(ck->perm, Module);
    m->name = name;
    m->path = path;
    m->text_name = text_name;
    m->is_std = is_std;
    m->file = source_add(ck->ds->sources, path, text, is_std);
    m->ast = parse(ck->perm, ck->names, ck->ds, m->file);
    return m;
}

static Str dir_of(Str path) {
    u32 n = path.n;
    while (n > 0 && path.p[n - 1] != '/') n--;
    return (Str){path.p, n};
}

/* a/b/c of an import as text. */
static Str import_path(Checker *ck, const Ast *imp) {
    StrBuf b = {ck->perm, NULL, 0, 0};
    const AstNames *p = &imp->import.path;
    u32 from = p->n > 1 && (p->v[0].name == ck->n.root || p->v[0].name == ck->n.self) ? 1 : 0;
    for (u32 i = from; i < p->n; i++) {
        if (i > from) buf_char(&b, '/');
        buf_str(&b, p->v[i].name->s);
    }
    return buf_done(&b);
}

static bool path_climbs(Str s) {
    if (s.n && s.p[0] == '/') return true;
    for (u32 i = 0; i + 1 < s.n; i++)
        if (s.p[i] == '.' && s.p[i + 1] == '.' && (i == 0 || s.p[i - 1] == '/') &&
            (i + 2 == s.n || s.p[i + 2] == '/'))
            return true;
    return memchr(s.p, 0, s.n) != NULL;
}

static Module *module_find(Checker *ck, Str path) {
    for (u32 i = 0; i < ck->modules.n; i++)
        if (str_eq(ck->modules.v[i]->path, path)) return ck->modules.v[i];
    return NULL;
}

typedef VEC(Module *) ModuleStack;

static void report_cycle(Checker *ck, ModuleStack *stack, Module *m, const Ast *imp) {
    StrBuf b = {ck->perm, NULL, 0, 0};
    u32 from = 0;
    while (from < stack->n && stack->v[from] != m) from++;
    for (u32 i = from; i < stack->n; i++) {
        buf_str(&b, stack->v[i]->name->s);
        buf_c(&b, " \xe2\x86\x92 "); /* an arrow */
    }
    buf_str(&b, m->name->s);
    Str chain = buf_done(&b);
    Diag *d =
        diag_new(ck->ds, E_IMPORT_CYCLE, imp->span, "Circular import detected: %.*s", FMT(chain));
    diag_label(d, imp->span, "closes the circle");
    diag_hint(d, "move what both modules need into a third one");
}

static Module *import_try(Checker *ck, Str path, Name name, Str text_name) {
    Module *m = module_find(ck, path);
    if (m) return m;
    ReadResult r = ck->opt->read(ck->opt->ctx, ck->perm, path);
    if (!r.ok) return NULL;
    m = module_new(ck, name, str_copy(ck->perm, path), text_name, r.text, false);
    vec_push(ck->perm, &ck->modules, m);
    return m;
}

static Module *import_search(Checker *ck, Module *from, Str rel, Name name) {
    Str here = dir_of(from->path), top = dir_of(ck->main->path);
    const char *forms[] = {"%.*s%.*s.wyn", "%.*smodules/%.*s.wyn", "%.*spackages/%.*s.wyn",
                           "%.*swyn_modules/%.*s.wyn", "%.*ssrc/%.*s.wyn"};
    for (u32 f = 0; f < COUNT_OF(forms); f++) {
        for (int k = 0; k < 2; k++) {
            Str dir = k ? top : here;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            Str path = str_fmt(ck->perm, forms[f], FMT(dir), FMT(rel));
#pragma GCC diagnostic pop
            Module *m = import_try(ck, path, name, rel);
            if (m) return m;
        }
    }
    Str path = str_fmt(ck->perm, "%.*spackages/%.*s/%s.wyn", FMT(top), FMT(rel), name->s.p);
    Module *m = import_try(ck, path, name, rel);
    if (m) return m;
    path = str_fmt(ck->perm, "%.*s%.*s.wyn", FMT(ck->opt->root), FMT(rel)); /* "" or ends in '/' */
    return import_try(ck, path, name, rel);
}

static Name capital_name(Checker *ck, Name name) {
    Str s = str_copy(ck->perm, name->s);
    if (s.p[0] >= 'a' && s.p[0] <= 'z') ((char *)s.p)[0] = (char)(s.p[0] - 'a' + 'A');
    return intern(ck->names, s);
}

static Module *import_one(Checker *ck, Module *from, const Ast *imp) {
    const AstNames *p = &imp->import.path;
    Name name = vec_last(p).name;
    Str rel = import_path(ck, imp);
    if (imp->import.from && imp->import.from->kind == AST_STR) {
        Str file = imp->import.from->str.bytes;
        if (path_climbs(file)) {
            Diag *d = diag_new(ck->ds, E_IMPORT_OUTSIDE, imp->import.from->span,
                               "Import '%.*s' leaves the project", FMT(file));
            diag_label(d, imp->import.from->span,
                       "only files below the project's root can be imported");
            return NULL;
        }
        rel = str_ends(file, S(".wyn")) ? (Str){file.p, file.n - 4} : file;
    }
    Module *m = import_search(ck, from, rel, name);
    if (m) return m;
    bool built_in = map_get(&ck->owners, name) || map_get(&ck->std_scope, name);
    if (built_in && p->n == 1 && !imp->import.from) return NULL;
    Diag *d = diag_new(ck->ds, E_NO_MODULE, imp->span, "Module '%.*s' not found", FMT(rel));
    diag_label(d, imp->span, "no file %.*s.wyn", FMT(rel));
    Name upper = capital_name(ck, name);
    if (map_get(&ck->owners, upper) || map_get(&ck->std_scope, upper))
        diag_hint(d, "the built-in module is '%s'; it needs no import", upper->s.p);
    else
        diag_hint(d, "a module is a file NAME.wyn beside the file that imports it, or in "
                     "packages/");
    return NULL;
}

static bool is_import(const Ast *s) { return s->kind == AST_IMPORT; }

static void load_imports(Checker *ck, Module *m, ModuleStack *stack, ModuleStack *order) {
    m->state = LOADING;
    vec_push(ck->perm, stack, m);
    for (u32 i = 0; i < m->ast->stmts.n; i++) {
        const Ast *imp = m->ast->stmts.v[i];
        Module *to = NULL;
        if (is_import(imp)) to = import_one(ck, m, imp);
        vec_push(ck->perm, &m->imports, to); /* parallel to stmts */
        if (!to) continue;
        if (to->state == LOADING)
            report_cycle(ck, stack, to, imp);
        else if (to->state == 0)
            load_imports(ck, to, stack, order);
    }
    stack->n--;
    m->state = LOADED;
    vec_push(ck->perm, order, m);
}

Module *load_program(Checker *ck, Str path, Str text) {
    Str base = path;
    for (u32 i = 0; i < path.n; i++)
        if (path.p[i] == '/') base = (Str){path.p + i + 1, path.n - i - 1};
    if (str_ends(base, S(".wyn"))) base.n -= 4;
    ck->main =
        module_new(ck, intern(ck->names, base), str_copy(ck->perm, path), S(""), text, false);
    ck->main->is_main = true;
    vec_push(ck->perm, &ck->modules, ck->main);
    ModuleStack stack = {0}, order = {0};
    load_imports(ck, ck->main, &stack, &order);
    ck->modules.n = 0;
    for (u32 i = 0; i < order.n; i++) vec_push(ck->perm, &ck->modules, order.v[i]);
    return ck->main;
}

/* The library: every embedded file is a module whose names all files see. */
void load_std(Checker *ck) {
    for (u32 i = 0; i < embedded_std_count; i++) {
        const EmbeddedFile *f = &embedded_std[i];
        Str base = str_c(f->name);
        if (str_ends(base, S(".wyn"))) base.n -= 4;
        Str shown = str_fmt(ck->perm, "std/%.*s.wyn", FMT(base));
        Module *m = module_new(ck, intern(ck->names, base), shown,
                               str_fmt(ck->perm, "std/%.*s", FMT(base)), (Str){f->text, f->len},
                               true);
        vec_push(ck->perm, &ck->std, m);
    }
}
