/* doc.h - what `wync doc` knows of a library or program: groups (a module or a type) of entries (a
 * name with all its overloads), from the syntax tree alone. doc.c collects, doc_write.c shows. */
#ifndef WYN_DOC_H
#define WYN_DOC_H
#include "tools.h"

typedef struct DocEntry {
    Str name;        /* "len", "Point" */
    Str place;       /* "app.wyn:12", of the first */
    VEC(Str) signatures; /* as written, without the body */
    Str text;        /* the `///` lines of all of them; "" when none has any */
} DocEntry;

typedef struct DocGroup {
    Str name;  /* "string", "Json", a type, or the module's name for its free functions */
    VEC(DocEntry *) entries;
} DocGroup;

typedef struct DocModule {
    Str name, path, text; /* "shapes.round", "shapes/round.wyn" below the folder, the source */
    VEC(Str) docs;  /* all doc comments, for the examples */
} DocModule;

typedef struct DocSet {
    Arena *arena;
    Str title;
    bool std;
    VEC(DocGroup *) groups; /* sorted by name */
    VEC(DocModule *) modules;
    u32 entries;
} DocSet;

/* A line of a doc comment and what it belongs to. An example is a line indented by four, or what
 * stands between two lines of three backticks. */
typedef enum DocLineKind {
    DOC_TEXT, DOC_LINE, DOC_FENCE, DOC_PROGRAM, DOC_OTHER, DOC_END
} DocLineKind;
typedef struct DocReader {
    Str rest;
    DocLineKind open; /* DOC_PROGRAM or DOC_OTHER between fences, else DOC_TEXT */
} DocReader;
/* DOC_LINE and DOC_PROGRAM are Wyn; DOC_OTHER is text between fences of another language. */
DocLineKind doc_line(DocReader *r, Str *line);

/* Two texts of one set: a page of Markdown for a group, and all groups as one page of HTML. */
Str doc_page_name(const DocSet *set, const DocGroup *g); /* "string.md" */
Str doc_markdown(const DocSet *set, const DocGroup *g);
Str doc_markdown_index(const DocSet *set);
Str doc_html(const DocSet *set);
#endif
