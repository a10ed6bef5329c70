/* doc.c - `wync doc`: collects what a module offers and its `///` comments, and writes them as
 * Markdown and HTML, or their examples as programs. Types are not checked: a signature is the
 * text that stands in the source. */
#define _GNU_SOURCE
#include "doc.h"
#include "../base/embed.h"
#include "../syntax/parse.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct DocFile {
    DocSet *set;
    DocModule *module;
    Sources *sources;
    SourceFile *source;
} DocFile;

DocLineKind doc_line(DocReader *r, Str *line) {
    if (!r->rest.n) return DOC_END;
    const char *nl = memchr(r->rest.p, '\n', r->rest.n);
    u32 n = nl ? (u32)(nl - r->rest.p) : r->rest.n;
    *line = (Str){r->rest.p, n};
    r->rest = (Str){r->rest.p + n + (nl != NULL), r->rest.n - n - (nl != NULL)};
    if (str_starts(*line, S("```"))) {
        bool wyn = line->n == 3 || str_eq(*line, S("```wyn"));
        r->open = r->open != DOC_TEXT ? DOC_TEXT : wyn ? DOC_PROGRAM : DOC_OTHER;
        return DOC_FENCE;
    }
    if (r->open != DOC_TEXT) return r->open;
    if (!str_starts(*line, S("    "))) return DOC_TEXT;
    *line = (Str){line->p + 4, line->n - 4};
    return DOC_LINE;
}

/* --- collecting --- */

static DocGroup *group_of(DocSet *set, Str name) {
    for (u32 i = 0; i < set->groups.n; i++)
        if (str_eq(set->groups.v[i]->name, name)) return set->groups.v[i];
    DocGroup *g = NEW(set->arena, DocGroup);
    g->name = str_copy(set->arena, name);
    vec_push(set->arena, &set->groups, g);
    return g;
}

static void entry_add(DocFile *f, Str owner, Str name, Span at, Str signature, Str doc) {
    DocSet *set = f->set;
    DocGroup *g = group_of(set, owner);
    DocEntry *e = NULL;
    for (u32 i = 0; i < g->entries.n && !e; i++)
        if (str_eq(g->entries.v[i]->name, name)) e = g->entries.v[i];
    if (!e) {
        e = NEW(set->arena, DocEntry);
        e->name = str_copy(set->arena, name);
        e->place = str_fmt(set->arena, "%.*s:%u", FMT(f->source->path),
                           source_pos(f->sources, at).line);
        vec_push(set->arena, &g->entries, e);
        set->entries++;
    }
    vec_push(set->arena, &e->signatures, signature);
    if (!doc.n) return;
    vec_push(set->arena, &f->module->docs, doc);
    e->text = e->text.n ? str_fmt(set->arena, "%.*s\n\n%.*s", FMT(e->text), FMT(doc)) : doc;
}

/* The source from `from` to `to` without blanks, `=>` and `{` at its end. */
static Str source_part(const DocFile *f, u32 from, u32 to, bool head) {
    const char *p = f->source->text.p;
    for (; to > from; to--) {
        char c = p[to - 1];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
        if (head && c == '{') continue;
        if (head && c == '>' && to - from > 1 && p[to - 2] == '=') {
            to--;
            continue;
        }
        break;
    }
    return str_copy(f->set->arena, (Str){p + from, to - from});
}

static Str source_whole(const DocFile *f, const Ast *e) {
    return source_part(f, e->span.off, e->span.off + e->span.len, false);
}

static Str fn_signature(const DocFile *f, const Ast *e) {
    u32 to = e->fn.body ? e->fn.body->span.off : e->span.off + e->span.len;
    return source_part(f, e->span.off, to, e->fn.body != NULL);
}

/* The fields, without the methods; the name alone when the fields are internal. */
static Str struct_signature(const DocFile *f, const Ast *e) {
    u32 from = e->span.off;
    Str all = source_whole(f, e);
    const char *brace = memchr(all.p, '{', all.n);
    if (f->set->std && brace && memmem(all.p, all.n, ": Std", 5))
        return source_part(f, from, from + (u32)(brace - all.p), false);
    if (!e->struct_.methods.n || !e->struct_.n) return all;
    const AstStructField *last = &e->struct_.fields[e->struct_.n - 1];
    Span end = last->def ? last->def->span : last->type->span;
    Str fields = source_part(f, from, end.off + end.len, false);
    return str_fmt(f->set->arena, "%.*s\n}", FMT(fields));
}

static bool is_internal(Str name) {
    return str_starts(name, S("std_")) || str_starts(name, S("wyn_")) || str_starts(name, S("Std"));
}

/* The library shows all that is not internal; other modules what is public or has a comment. */
static bool is_shown(const DocFile *f, const Ast *e, Str name, Str doc) {
    if (f->set->std) return !(e->flags & AF_EXTERN) && !is_internal(name);
    return doc.n || (e->flags & (AF_PUB | AF_EXPORT));
}

static void fn_collect(DocFile *f, const Ast *e, Str owner, bool always) {
    if (e->kind != AST_FN) return;
    if (e->fn.owner.n) owner = e->fn.owner.v[0].name->s;
    if (f->set->std && is_internal(owner)) return;
    if (!always && !is_shown(f, e, e->fn.name->s, e->fn.doc)) return;
    entry_add(f, owner, e->fn.name->s, e->fn.name_span, fn_signature(f, e), e->fn.doc);
}

static void methods_collect(DocFile *f, AstList methods, Str owner, bool always) {
    for (u32 i = 0; i < methods.n; i++) fn_collect(f, methods.v[i], owner, always);
}

/* A type is an entry of its own group, with its methods behind it. */
static void type_collect(DocFile *f, const Ast *e, Name name, Span at, AstList methods, Str doc) {
    if (!is_shown(f, e, name->s, doc)) return;
    Str text = e->kind == AST_STRUCT ? struct_signature(f, e)
                                     : source_whole(f, e);
    entry_add(f, name->s, name->s, at, text, doc);
    methods_collect(f, methods, name->s, e->kind == AST_STRUCT);
}

static void const_collect(DocFile *f, const Ast *e, Str doc) {
    if (!(e->flags & AF_CONST) || !e->var.names.n) return;
    Str name = e->var.names.v[0].name->s, owner = f->set->std ? S("Functions") : f->module->name;
    if (!is_shown(f, e, name, doc)) return;
    const char *mark = f->set->std ? memchr(name.p, '_', name.n) : NULL;
    if (mark) { /* Math_PI is Math.PI */
        u32 n = (u32)(mark - name.p);
        owner = (Str){name.p, n};
        name = (Str){mark + 1, name.n - n - 1};
    }
    entry_add(f, owner, name, e->span, source_whole(f, e), doc);
}

static Str type_name(const Ast *t) {
    if (t->kind != AST_T_NAME || !t->tname.path.n) return S("");
    return t->tname.path.v[t->tname.path.n - 1].name->s;
}

static void stmt_collect(DocFile *f, const Ast *e, Str doc) {
    Str free_owner = f->set->std ? S("Functions") : f->module->name;
    switch (e->kind) {
    case AST_FN: fn_collect(f, e, free_owner, false); break;
    case AST_STRUCT:
        type_collect(f, e, e->struct_.name, e->struct_.name_span, e->struct_.methods, doc);
        break;
    case AST_ENUM: type_collect(f, e, e->enum_.name, e->enum_.name_span, (AstList){0}, doc); break;
    case AST_TRAIT:
        type_collect(f, e, e->trait.name, e->trait.name_span, e->trait.methods, doc);
        break;
    case AST_ALIAS: type_collect(f, e, e->alias.name, e->alias.name_span, (AstList){0}, doc); break;
    case AST_IMPL: {
        Str owner = type_name(e->impl.for_type ? e->impl.for_type : e->impl.type);
        if (owner.n) methods_collect(f, e->impl.methods, owner, false);
        break;
    }
    case AST_VAR: const_collect(f, e, doc); break;
    default: break;
    }
}

/* "a/b.wyn" is the module a.b. */
static Str module_name(Arena *a, Str path) {
    StrBuf b = {.arena = a};
    if (str_ends(path, S(".wyn"))) path.n -= 4;
    for (u32 i = 0; i < path.n; i++) buf_char(&b, path.p[i] == '/' ? '.' : path.p[i]);
    return buf_done(&b);
}

static int module_collect(DocSet *set, Str path, Str below, Str text) {
    Arena *a = set->arena;
    DocFile f = {.set = set, .sources = NEW(a, Sources), .module = NEW(a, DocModule)};
    f.sources->arena = a;
    *f.module = (DocModule){.name = module_name(a, below), .path = below, .text = text};
    Diags ds = {.arena = a, .sources = f.sources};
    u32 file = source_add(f.sources, path, text, set->std);
    f.source = source_file(f.sources, file);
    AstModule *m = parse(a, interner_new(a), &ds, file);
    if (ds.errors) {
        Str notes = diags_render(&ds, DIAG_TEXT, false);
        fwrite(notes.p, 1, notes.n, stderr);
        return diag_exit_status(&ds);
    }
    vec_push(a, &set->modules, f.module);
    for (u32 i = 0; i < m->stmts.n; i++) stmt_collect(&f, m->stmts.v[i], m->docs[i]);
    return EXIT_OK;
}

/* --- where the sources come from --- */

/* How many bytes of the path are its folder and a slash. */
static u32 folder_length(Str path) {
    u32 n = path.n;
    while (n && path.p[n - 1] != '/') n--;
    return n;
}

/* `root`: length of the folder that module names begin behind. */
static int file_collect(DocSet *set, Str path, u32 root) {
    HostText t = host_read(set->arena, path.p);
    if (t.ok) return module_collect(set, path, (Str){path.p + root, path.n - root}, t.text);
    say("cannot read %s: %.*s", path.p, FMT(t.error));
    return EXIT_USAGE;
}

static int folder_collect(DocSet *set, Str dir, u32 root) {
    HostNames list = host_list(set->arena, dir.p);
    if (!list.ok) {
        say("cannot read %s: %.*s", dir.p, FMT(list.error));
        return EXIT_USAGE;
    }
    for (u32 i = 0; i < list.names.n; i++) {
        Str name = list.names.v[i], path = str_fmt(set->arena, "%.*s/%.*s", FMT(dir), FMT(name));
        int status = EXIT_OK;
        HostKind kind = name.p[0] == '.' ? HOST_ABSENT : host_stat(path.p).kind;
        if (kind == HOST_DIR) status = folder_collect(set, path, root);
        else if (kind == HOST_FILE && str_ends(name, S(".wyn")))
            status = file_collect(set, path, root);
        if (status != EXIT_OK) return status;
    }
    return EXIT_OK;
}

static int set_collect(DocSet *set, const Options *o) {
    if (set->std) {
        for (u32 i = 0; i < embedded_std_count; i++) {
            const EmbeddedFile *e = &embedded_std[i];
            Str path = str_c(e->name);
            int status = module_collect(set, path, path, (Str){e->text, e->len});
            if (status != EXIT_OK) return status;
        }
        return EXIT_OK;
    }
    if (!o->file) {
        say("doc needs a FILE or folder, or --std; see wync --help");
        return EXIT_USAGE;
    }
    Str path = str_c(o->file);
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    path = str_copy(set->arena, path);
    u32 n = folder_length(path);
    set->title = module_name(set->arena, (Str){path.p + n, path.n - n});
    if (host_stat(path.p).kind == HOST_DIR) return folder_collect(set, path, path.n + 1);
    return file_collect(set, path, n);
}

/* --- what comes out --- */

static int group_before(const void *a, const void *b) {
    return strcmp((*(DocGroup *const *)a)->name.p, (*(DocGroup *const *)b)->name.p);
}

static bool write_file(DocSet *set, const char *dir, Str name, Str text) {
    Str path = str_fmt(set->arena, "%s/%.*s", dir, FMT(name));
    host_mkdirs(set->arena, str_z(set->arena, (Str){path.p, folder_length(path) - 1}));
    HostText t = host_write(set->arena, path.p, text, false);
    if (!t.ok) say("cannot write %s: %.*s", path.p, FMT(t.error));
    return t.ok;
}

static bool pages_write(DocSet *set, const char *dir) {
    for (u32 i = 0; i < set->groups.n; i++) {
        DocGroup *g = set->groups.v[i];
        if (!write_file(set, dir, doc_page_name(set, g), doc_markdown(set, g))) return false;
    }
    return write_file(set, dir, S("index.md"), doc_markdown_index(set)) &&
           write_file(set, dir, S("index.html"), doc_html(set));
}

/* The module that the examples import; those in its comments are no tests of it. */
static Str without_docs(Arena *a, Str text) {
    StrBuf b = {.arena = a};
    while (text.n) {
        const char *nl = memchr(text.p, '\n', text.n);
        u32 n = nl ? (u32)(nl - text.p) + 1 : text.n, at = 0;
        while (at < n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
        bool doc = n - at >= 3 && memcmp(text.p + at, "///", 3) == 0;
        buf_str(&b, doc ? S("\n") : (Str){text.p, n});
        text = (Str){text.p + n, text.n - n};
    }
    return buf_done(&b);
}

/* Each program between fences is a file; all lines `EXPRESSION  // TEXT` of a module are one file,
 * which prints them. */
static bool examples_write(DocSet *set, const char *dir, const DocModule *m) {
    StrBuf lines = {.arena = set->arena}, program = {.arena = set->arena};
    u32 count = 0;
    for (u32 i = 0; i < m->docs.n; i++) {
        DocReader r = {.rest = m->docs.v[i]};
        Str line;
        program.n = 0;
        for (DocLineKind k; (k = doc_line(&r, &line)) != DOC_END;) {
            if (k == DOC_PROGRAM) buf_fmt(&program, "%.*s\n", FMT(line));
            if (k == DOC_FENCE && r.open == DOC_TEXT && program.n) {
                Str name = str_fmt(set->arena, "%.*s_%u.wyn", FMT(m->name), ++count);
                if (!write_file(set, dir, name, buf_done(&program))) return false;
                program.n = 0;
            }
            const char *mark = k == DOC_LINE ? memmem(line.p, line.n, "  // ", 5) : NULL;
            if (!mark) continue;
            u32 n = (u32)(mark - line.p);
            buf_fmt(&lines, "println(%.*s) // expect: %.*s\n", (int)n, line.p,
                    (int)(line.n - n - 5), mark + 5);
        }
    }
    if (!set->std && !write_file(set, dir, m->path, without_docs(set->arena, m->text)))
        return false;
    if (!lines.n) return true;
    Str import = set->std ? S("") : str_fmt(set->arena, "import %.*s\n", FMT(m->name));
    return write_file(set, dir, str_fmt(set->arena, "%.*s_lines.wyn", FMT(m->name)),
                      str_fmt(set->arena, "%.*s%.*s", FMT(import), (int)lines.n, lines.p));
}

static int missing_list(const DocSet *set) {
    u32 missing = 0;
    for (u32 i = 0; i < set->groups.n; i++)
        for (u32 k = 0; k < set->groups.v[i]->entries.n; k++) {
            const DocEntry *e = set->groups.v[i]->entries.v[k];
            if (e->text.n) continue;
            printf("%.*s: %.*s has no /// comment\n", FMT(e->place), FMT(e->signatures.v[0]));
            missing++;
        }
    return missing ? EXIT_USAGE : EXIT_OK;
}

int doc_command(Arena *a, const Options *o) {
    DocSet set = {.arena = a, .title = S("The library of Wyn"), .std = o->doc.std};
    int status = set_collect(&set, o);
    if (status != EXIT_OK) return status;
    if (o->doc.missing) return missing_list(&set);
    if (!set.entries) say("nothing in %s is public or has a /// comment", o->file);
    const char *dir = o->output ? o->output : o->doc.std && o->file ? o->file : "doc";
    if (!host_mkdirs(a, dir)) {
        say("cannot make the folder %s", dir);
        return EXIT_USAGE;
    }
    if (o->doc.examples) {
        for (u32 i = 0; i < set.modules.n; i++)
            if (!examples_write(&set, dir, set.modules.v[i])) return EXIT_USAGE;
        return EXIT_OK;
    }
    if (set.groups.n) qsort(set.groups.v, set.groups.n, sizeof *set.groups.v, group_before);
    if (!pages_write(&set, dir)) return EXIT_USAGE;
    printf("%s/index.html: %u names in %u groups\n", dir, set.entries, set.groups.n);
    return EXIT_OK;
}
