/* suggest.c - what an unknown name may have been meant to be: a habit from another language first,
 * then the nearest spelling. Also: each undefined name is reported once a function. */
#include "../syntax/parse.h"
#include "checker.h"

static const struct { const char *word, *here; } habits[] = {
    {"size", "len"}, {"length", "len"}, {"Length", "len"}, {"count", "len"},
    {"append", "push"}, {"add", "push"}, {"push_back", "push"}, {"add", "insert"},
    {"pop_back", "pop"}, {"to_upper", "upper"}, {"toUpperCase", "upper"}, {"uppercase", "upper"},
    {"to_uppercase", "upper"}, {"to_lower", "lower"}, {"toLowerCase", "lower"},
    {"lowercase", "lower"}, {"to_lowercase", "lower"}, {"strip", "trim"}, {"indexOf", "index_of"},
    {"find", "index_of"}, {"includes", "contains"}, {"has", "contains"}, {"contains_key", "has"},
    {"containsKey", "has"}, {"has_key", "has"}, {"delete", "remove"}, {"erase", "remove"},
    {"put", "set"}, {"substr", "substring"}, {"startsWith", "starts_with"},
    {"endsWith", "ends_with"}, {"startswith", "starts_with"}, {"endswith", "ends_with"},
    {"toString", "to_string"}, {"str", "to_string"}, {"isEmpty", "is_empty"}, {"empty", "is_empty"},
    {"forEach", "each"}, {"for_each", "each"}, {"fold", "reduce"}, {"inject", "reduce"},
    {"charAt", "char_at"}, {"reversed", "reverse"}, {"sort_unstable", "sort"}, {"items", "entries"},
    {"unwrapOr", "unwrap_or"}, {"expect", "unwrap"}, {"printf", "println"}, {"puts", "println"},
    {"echo", "println"}, {"write", "print"}, {"squareroot", "sqrt"}, {"square_root", "sqrt"},
    {"power", "pow"}, {"joined", "join"}, {"concat", "push"},
};

static bool habit(Diag *d, Name name, Interner *names, const Map *maps[], u32 n) {
    for (u32 i = 0; i < COUNT_OF(habits); i++) {
        if (!str_eq(str_c(habits[i].word), name->s)) continue;
        Name here = intern_c(names, habits[i].here);
        for (u32 m = 0; m < n; m++)
            if (maps[m]->n && map_get(maps[m], here)) {
                diag_hint(d, "Did you mean: %s?", habits[i].here);
                return true;
            }
    }
    return false;
}

void suggest(Checker *ck, Diag *d, Name name, const Map *maps[], u32 n) {
    if (habit(d, name, ck->names, maps, n)) return;
    Name best = NULL;
    u32 limit = name->s.n <= 2 ? 0 : name->s.n <= 4 ? 1 : name->s.n <= 7 ? 2 : 3, at = limit + 1;
    for (u32 m = 0; m < n; m++) {
        for (u32 i = 0; i < maps[m]->cap; i++) {
            Name k = maps[m]->slots[i].key;
            if (!k || k == name || k->s.n < 2) continue;
            u32 dist = str_distance(k->s, name->s, limit);
            if (dist < at || (dist == at && best && k->id < best->id)) best = k, at = dist;
        }
    }
    if (best && at <= limit) diag_hint(d, "Did you mean: %s?", best->s.p);
}

/* Modules of the public language that are not here, and what does their work. */
static const struct { const char *word, *instead; } absent_modules[] = {
    {"Web", "serve pages with Router and Http.serve(port, handler)"},
    {"App", "a program is one: Args.options reads its command line, Http.serve serves pages"},
    {"Gui", "there are no windows; serve a page with Http.serve, or write to the terminal"},
    {"Audio", "start a player: Process.run([\"aplay\", path])"},
    {"Queue", "use an array with push and shift, or channel(n) between tasks"},
    {"Stack", "use an array with push and pop"},
};

static const char *absent_module(Str name) {
    for (u32 i = 0; i < COUNT_OF(absent_modules); i++)
        if (str_eq(str_c(absent_modules[i].word), name)) return absent_modules[i].instead;
    return NULL;
}

Diag *undefined_diag(Checker *ck, Span at, const char *what, Name name) {
    FnCtx *fn = ck->fx;
    while (fn->outer) fn = fn->outer;
    if (map_get(&ck->undefined, name) == fn) return NULL;
    map_put(ck->perm, &ck->undefined, name, fn);
    const char *instead = foreign_word(name->s);
    Diag *d = instead ? diag_new(ck->ds, E_FOREIGN_SYNTAX, at, "'%s' is not Wyn syntax - %s",
                                 name->s.p, instead)
                      : diag_new(ck->ds, E_UNDEFINED, at, "Undefined %s '%s'", what, name->s.p);
    const char *other = instead ? NULL : absent_module(name->s);
    diag_label(d, at, instead ? "a word of another language"
                      : other ? "no such module in the library" : "not known here");
    if (other) diag_hint(d, "%s", other);
    return d;
}

void suggest_type(Checker *ck, Diag *d, Name name, const Map *maps[], u32 n) {
    static const struct { const char *word, *here; } types[] = {
        {"integer", "int"}, {"Integer", "int"}, {"Int", "int"}, {"i64", "int"}, {"i32", "int"},
        {"long", "int"}, {"usize", "int"}, {"u64", "int"}, {"number", "int"}, {"double", "float"},
        {"Float", "float"}, {"f64", "float"}, {"f32", "float"}, {"real", "float"},
        {"str", "string"}, {"String", "string"}, {"text", "string"}, {"char", "string"},
        {"boolean", "bool"}, {"Bool", "bool"}, {"Boolean", "bool"}, {"list", "[T]"},
        {"List", "[T]"}, {"vector", "[T]"}, {"Vec", "[T]"}, {"dict", "{K: V}"},
        {"Map", "{K: V}"}, {"map", "{K: V}"}, {"Set", "HashSet<T>"}, {"set", "HashSet<T>"},
        {"None", "void"}, {"unit", "void"}, {"function", "fn(A) -> R"}};
    for (u32 i = 0; i < COUNT_OF(types); i++) {
        if (!str_eq(str_c(types[i].word), name->s)) continue;
        diag_hint(d, "write %s", types[i].here);
        return;
    }
    if (name->s.n == 1 && name->s.p[0] >= 'A' && name->s.p[0] <= 'Z')
        diag_hint(d, "a type parameter is declared behind the name: fn name<%s>(...)", name->s.p);
    else
        suggest(ck, d, name, maps, n);
}
