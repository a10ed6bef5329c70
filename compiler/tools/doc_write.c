/* doc_write.c - the two forms of the reference: Markdown, a page for each group, and HTML, one page
 * with its style and its search inside, that needs no other file. */
#include "doc.h"
#include "../syntax/lexer.h"
#include <ctype.h>
#include <string.h>

static const char page_style[] =
    "body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff}"
    "nav{position:fixed;top:0;bottom:0;width:15em;overflow:auto;padding:1em;background:#f4f4f2}"
    "nav a{display:block}main{margin-left:18em;max-width:52em;padding:1em}"
    "#q{width:100%;box-sizing:border-box;font:inherit;padding:.3em}"
    "a{color:#0550ae;text-decoration:none}a:hover{text-decoration:underline}"
    "pre{background:#f6f8fa;padding:.6em;overflow:auto;margin:.4em 0}"
    "code,pre{font:14px/1.4 ui-monospace,monospace}h3{margin:1.4em 0 .2em}"
    ".k{color:#a0111f}.s{color:#0a5c2b}.c{color:#666}.n{color:#0550ae}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#16181c}"
    "nav,pre{background:#22252b}"
    "a,.n{color:#7ab7ff}.k{color:#ff8f88}.s{color:#84d69a}.c{color:#999}}"
    "@media(max-width:50em){nav{position:static;width:auto}main{margin:0}}";

/* Shows the entries whose name or text has all words; the names of groups count too. */
static const char page_script[] =
    "var q=document.getElementById('q'),es=[].slice.call(document.querySelectorAll('.e')),"
    "gs=[].slice.call(document.querySelectorAll('section'));"
    "es.forEach(function(e){e.t=(e.dataset.n+' '+e.textContent).toLowerCase()});"
    "function find(){var w=q.value.toLowerCase().split(/\\s+/).filter(Boolean);"
    "es.forEach(function(e){e.hidden=!w.every(function(x){return e.t.indexOf(x)>=0})});"
    "gs.forEach(function(g){g.hidden=w.length>0&&!g.querySelector('.e:not([hidden])')})}"
    "q.addEventListener('input',find);"
    "addEventListener('hashchange',function(){if(q.value){q.value='';find();"
    "location.replace(location.hash)}});"
    "addEventListener('keydown',function(e){if(e.key==='/'&&document.activeElement!==q)"
    "{e.preventDefault();q.focus()}});find();";

static const DocGroup *group_find(const DocSet *set, Str name) {
    for (u32 i = 0; i < set->groups.n; i++)
        if (str_eq(set->groups.v[i]->name, name)) return set->groups.v[i];
    return NULL;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

static u32 word_length(Str s, u32 at) {
    u32 n = 0;
    while (at + n < s.n && is_word(s.p[at + n])) n++;
    return n;
}

static bool is_keyword(Str word) {
    for (u32 k = 0; k < TOKEN_KIND_COUNT; k++)
        if (token_is_keyword((TokenKind)k) && str_eq(str_c(token_text((TokenKind)k)), word))
            return true;
    return false;
}

static void html_text(StrBuf *b, Str s) {
    for (u32 i = 0; i < s.n; i++) {
        if (s.p[i] == '<') buf_c(b, "&lt;");
        else if (s.p[i] == '>') buf_c(b, "&gt;");
        else if (s.p[i] == '&') buf_c(b, "&amp;");
        else if (s.p[i] == '"') buf_c(b, "&quot;");
        else buf_char(b, s.p[i]);
    }
}

static void html_span(StrBuf *b, const char *kind, Str s) {
    buf_fmt(b, "<span class=%s>", kind);
    html_text(b, s);
    buf_c(b, "</span>");
}

/* Length of the comment or string literal at `at`, 0 if there is none; neither crosses a line. */
static u32 quiet_length(Str s, u32 at, bool *comment) {
    char c = s.p[at];
    *comment = c == '/' && at + 1 < s.n && s.p[at + 1] == '/';
    if (!*comment && c != '"' && c != '\'') return 0;
    u32 n = 1;
    for (; at + n < s.n && s.p[at + n] != '\n'; n++) {
        if (*comment) continue;
        if (s.p[at + n] == '\\' && at + n + 1 < s.n) n++;
        else if (s.p[at + n] == c) return n + 1;
    }
    return n;
}

/* Wyn text, coloured, names of groups linked. */
static void html_code(StrBuf *b, const DocSet *set, Str s) {
    for (u32 i = 0; i < s.n;) {
        bool comment;
        u32 n = quiet_length(s, i, &comment);
        Str part = {s.p + i, n};
        if (n) {
            html_span(b, comment ? "c" : "s", part);
        } else if ((n = part.n = word_length(s, i)) == 0) {
            html_text(b, (Str){s.p + i, n = 1});
        } else if (isdigit((unsigned char)*part.p)) {
            html_span(b, "n", part);
        } else if (is_keyword(part)) {
            html_span(b, "k", part);
        } else if (group_find(set, part)) {
            buf_fmt(b, "<a href=\"#%.*s\">%.*s</a>", FMT(part), FMT(part));
        } else {
            html_text(b, part);
        }
        i += n;
    }
}

/* `code` between backticks. */
static void html_prose(StrBuf *b, const DocSet *set, Str s) {
    while (s.n) {
        const char *tick = memchr(s.p, '`', s.n);
        u32 n = tick ? (u32)(tick - s.p) : s.n;
        html_text(b, (Str){s.p, n});
        s = (Str){s.p + n, s.n - n};
        const char *end = s.n ? memchr(s.p + 1, '`', s.n - 1) : NULL;
        if (!end) {
            html_text(b, s);
            return;
        }
        n = (u32)(end - s.p);
        buf_c(b, "<code>");
        html_code(b, set, (Str){s.p + 1, n - 1});
        buf_c(b, "</code>");
        s = (Str){s.p + n + 1, s.n - n - 1};
    }
}

static void html_doc(StrBuf *b, const DocSet *set, Str doc) {
    DocReader r = {.rest = doc};
    const char *open = ""; /* the element that is open: "p", "pre" */
    Str line;
    for (DocLineKind k; (k = doc_line(&r, &line)) != DOC_END;) {
        const char *want = k == DOC_FENCE ? "" : k == DOC_TEXT ? line.n ? "p" : "" : "pre";
        if (strcmp(open, want) != 0) {
            if (*open) buf_fmt(b, "</%s>\n", open);
            if (*want) buf_fmt(b, "<%s>", want);
        } else if (*open) {
            buf_char(b, '\n');
        }
        open = want;
        if (k == DOC_TEXT) html_prose(b, set, line);
        else if (k == DOC_OTHER) html_text(b, line);
        else if (k != DOC_FENCE) html_code(b, set, line);
    }
    if (*open) buf_fmt(b, "</%s>\n", open);
}

static void html_entry(StrBuf *b, const DocSet *set, const DocGroup *g, const DocEntry *e) {
    buf_fmt(b, "<div class=e data-n=\"%.*s.%.*s\"><h3 id=\"%.*s.%.*s\">"
            "<a href=\"#%.*s.%.*s\">%.*s</a></h3>\n<pre>", FMT(g->name), FMT(e->name), FMT(g->name),
            FMT(e->name), FMT(g->name), FMT(e->name), FMT(e->name));
    for (u32 i = 0; i < e->signatures.n; i++) {
        if (i) buf_char(b, '\n');
        html_code(b, set, e->signatures.v[i]);
    }
    buf_c(b, "</pre>\n");
    html_doc(b, set, e->text);
    buf_c(b, "</div>\n");
}

Str doc_html(const DocSet *set) {
    StrBuf b = {.arena = set->arena};
    buf_c(&b, "<!doctype html>\n<html lang=en><meta charset=utf-8>"
              "<meta name=viewport content=\"width=device-width\">\n<title>");
    html_text(&b, set->title);
    buf_fmt(&b, "</title>\n<style>%s</style>\n<nav><input id=q type=search "
            "placeholder=\"search ( / )\" aria-label=search autofocus>\n", page_style);
    for (u32 i = 0; i < set->groups.n; i++)
        buf_fmt(&b, "<a href=\"#%.*s\">%.*s</a>\n", FMT(set->groups.v[i]->name),
                FMT(set->groups.v[i]->name));
    buf_c(&b, "</nav>\n<main>\n<h1>");
    html_text(&b, set->title);
    buf_c(&b, "</h1>\n");
    for (u32 i = 0; i < set->groups.n; i++) {
        const DocGroup *g = set->groups.v[i];
        buf_fmt(&b, "<section>\n<h2 id=\"%.*s\">%.*s</h2>\n", FMT(g->name), FMT(g->name));
        for (u32 k = 0; k < g->entries.n; k++) html_entry(&b, set, g, g->entries.v[k]);
        buf_c(&b, "</section>\n");
    }
    buf_fmt(&b, "</main>\n<script>%s</script>\n</html>\n", page_script);
    return buf_done(&b);
}

/* --- Markdown --- */

/* `<T>` in prose would be taken for HTML. */
static void markdown_prose(StrBuf *b, Str s) {
    bool code = false;
    for (u32 i = 0; i < s.n; i++) {
        if (s.p[i] == '`') code = !code;
        if (s.p[i] == '<' && !code) buf_c(b, "&lt;");
        else buf_char(b, s.p[i]);
    }
    buf_char(b, '\n');
}

static void markdown_doc(StrBuf *b, Str doc) {
    DocReader r = {.rest = doc};
    bool fenced = false; /* by us, around indented lines */
    Str line;
    for (DocLineKind k; (k = doc_line(&r, &line)) != DOC_END;) {
        if ((k == DOC_LINE) != fenced) {
            buf_c(b, fenced ? "```\n" : "\n```wyn\n");
            fenced = !fenced;
        }
        if (k == DOC_TEXT) markdown_prose(b, line);
        else if (k == DOC_FENCE && r.open == DOC_PROGRAM) buf_c(b, "\n```wyn\n");
        else buf_fmt(b, "%.*s\n", FMT(line));
    }
    if (fenced) buf_c(b, "```\n");
}

/* The page "index" is the one of contents. */
Str doc_page_name(const DocSet *set, const DocGroup *g) {
    const char *mark = str_eq(g->name, S("index")) ? "_" : "";
    return str_fmt(set->arena, "%.*s%s.md", FMT(g->name), mark);
}

static void markdown_link(StrBuf *b, const DocSet *set, const DocGroup *g) {
    Str page = doc_page_name(set, g);
    buf_fmt(b, "[%.*s](%.*s)", FMT(g->name), FMT(page));
}

/* "See: [Reply](Reply.md)" for the groups that the signatures name. */
static void markdown_links(StrBuf *b, const DocSet *set, const DocGroup *own, const DocEntry *e) {
    VEC(const DocGroup *) seen = {0};
    for (u32 i = 0; i < e->signatures.n; i++) {
        Str s = e->signatures.v[i];
        for (u32 at = 0, n; at < s.n; at += n ? n : 1) {
            n = word_length(s, at);
            const DocGroup *g = n ? group_find(set, (Str){s.p + at, n}) : NULL;
            bool fresh = g && g != own && isupper((unsigned char)*g->name.p);
            for (u32 k = 0; k < seen.n && fresh; k++) fresh = seen.v[k] != g;
            if (fresh) vec_push(set->arena, &seen, g);
        }
    }
    for (u32 i = 0; i < seen.n; i++) {
        buf_c(b, i ? ", " : "\nSee ");
        markdown_link(b, set, seen.v[i]);
    }
    if (seen.n) buf_char(b, '\n');
}

Str doc_markdown(const DocSet *set, const DocGroup *g) {
    StrBuf b = {.arena = set->arena};
    buf_fmt(&b, "# %.*s\n", FMT(g->name));
    for (u32 i = 0; i < g->entries.n; i++) {
        const DocEntry *e = g->entries.v[i];
        buf_fmt(&b, "\n## %.*s\n\n```wyn\n", FMT(e->name));
        for (u32 k = 0; k < e->signatures.n; k++) buf_fmt(&b, "%.*s\n", FMT(e->signatures.v[k]));
        buf_c(&b, "```\n\n");
        markdown_doc(&b, e->text);
        markdown_links(&b, set, g, e);
    }
    return buf_done(&b);
}

Str doc_markdown_index(const DocSet *set) {
    StrBuf b = {.arena = set->arena};
    buf_fmt(&b, "# %.*s\n", FMT(set->title));
    for (u32 i = 0; i < set->groups.n; i++) {
        const DocGroup *g = set->groups.v[i];
        buf_char(&b, '\n');
        markdown_link(&b, set, g);
        buf_char(&b, ':');
        for (u32 k = 0; k < g->entries.n; k++)
            buf_fmt(&b, " `%.*s`", FMT(g->entries.v[k]->name));
        buf_char(&b, '\n');
    }
    return buf_done(&b);
}
