/* check_fuzz.c - the whole compiler on nonsense: parse and check_program over files in memory.
 * The input is the main file; a line `// file: NAME` begins another one that imports may find. What
 * checks without errors is dumped, lowered and emitted as well.
 * Bytes rarely survive the lexer, so mutation works on tokens, mostly in ways that keep the
 * grammar: a token for one of its class, a bracketed group for one of its kind, whole lines; more
 * seldom it deletes, doubles, swaps any tokens, and now and then leaves it to libFuzzer. */
#include "../../compiler/emit/emit.h"
#include "../../compiler/lower/lower.h"
#include "../../compiler/sema/check.h"
#include "../../compiler/sema/passes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* --- the input as files */

typedef struct File {
    Str name, text;
} File;

typedef struct Files {
    VEC(File) list;
} Files;

static const char marker[] = "// file: ";

static Files files_split(Arena *a, Str all) {
    Files out = {0};
    File f = {S("main.wyn"), {all.p, 0}};
    u32 at = 0;
    while (at < all.n) {
        const char *line = all.p + at, *nl = memchr(line, '\n', all.n - at);
        u32 len = nl ? (u32)(nl - line) : all.n - at, next = at + len + (nl != NULL);
        if (len > sizeof marker - 1 && !memcmp(line, marker, sizeof marker - 1)) {
            f.text.n = (u32)(line - f.text.p);
            vec_push(a, &out.list, f);
            Str name = {line + sizeof marker - 1, len - (u32)(sizeof marker - 1)};
            f = (File){str_copy(a, name), {all.p + next, 0}};
        }
        at = next;
    }
    f.text.n = (u32)(all.p + all.n - f.text.p);
    vec_push(a, &out.list, f);
    return out;
}

static ReadResult read_memory(void *ctx, Arena *perm, Str path) {
    Files *files = ctx;
    for (u32 i = 1; i < files->list.n; i++)
        if (str_eq(files->list.v[i].name, path))
            return (ReadResult){true, str_copy(perm, files->list.v[i].text)};
    return (ReadResult){false, S("")};
}

static void program_emit(Arena *perm, Program *p, bool test_mode) {
    tree_check(p);
    tree_dump(perm, p);
    LowerOptions lower = {.test_mode = test_mode};
    IrProgram *ir = lower_program(perm, p, &lower);
    ir_check(perm, ir);
    ir_dump(perm, ir);
    EmitOptions emit = {0};
    emit_c(perm, ir, &emit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    Arena perm = {0};
    Str all = str_copy(&perm, (Str){(const char *)data, (u32)size});
    Files files = files_split(&perm, all);
    Sources *sources = NEW(&perm, Sources);
    sources->arena = &perm;
    Diags ds = {.arena = &perm, .sources = sources, .lint = true};
    CheckOptions opt = {.lint = true, .root = S(""), .read = read_memory, .ctx = &files};
    opt.test_mode = size % 16 == 0;
    Program *p = check_program(&perm, interner_new(&perm), &ds, &opt, S("main.wyn"),
                               files.list.v[0].text);
    diags_render(&ds, DIAG_TEXT, false);
    diags_render(&ds, DIAG_JSON, false);
    if (p && !ds.errors) program_emit(&perm, p, opt.test_mode);
    arena_free(&perm);
    return 0;
}

/* --- mutation by tokens */

typedef struct Piece {
    u32 off, len;
} Piece;

enum { MAX_PIECES = 1 << 14 };

typedef struct Text {
    const uint8_t *p;
    u32 n;
    Piece pieces[MAX_PIECES];
    u32 count;
} Text;

static const char *const words[] = {
    "fn",     "var",      "const",     "if",
    "else",   "while",    "for",       "in",
    "match",  "return",   "break",     "continue",
    "struct", "enum",     "trait",     "impl",
    "import", "export",   "pub",       "spawn",
    "await",  "parallel", "select",    "defer",
    "yield",  "test",     "self",      "mut",
    "None",   "Some",     "Ok",        "Err",
    "true",   "false",    "and",       "or",
    "not",    "int",      "float",     "bool",
    "string", "void",     "->",        "=>",
    "..",     "..=",      "...",       "?",
    "?.",     "??",       "::",        ".",
    ",",      ":",        ";",         "(",
    ")",      "[",        "]",         "{",
    "}",      "{}",       "[]",        "()",
    "_",      "+",        "-",         "*",
    "/",      "%",        "&",         "|",
    "^",      "~",        "<<",        ">",
    "<",      "==",       "=",         "+=",
    "++",     "0",        "1",         "9223372036854775808",
    "1.5",    "\"\"",     "\"${x}\"",  "\"a${1:>8}b\"",
    "T",      "Self",     "x",         "main",
    "push",   "len",      "map",       "unwrap_or",
    "get",    "channel",  "to_string", "zip",
    "range",  "\n",       "\n\n",      "Result",
    "Option", "HashMap",  "Iter",      "Future",
    "<T>",    "<int>",    "|a|",       "(a, b)",
    "_ =>",
};

static bool is_word(uint8_t c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 128;
}

static u32 piece_length(const uint8_t *p, u32 n) {
    u32 i = 1;
    if (is_word(p[0])) {
        while (i < n && is_word(p[i])) i++;
    } else if (p[0] == '"' || p[0] == '\'') {
        while (i < n && p[i] != p[0] && p[i] != '\n') i += p[i] == '\\' && i + 1 < n ? 2 : 1;
        if (i < n) i++;
    } else if (p[0] == ' ' || p[0] == '\n') {
        while (i < n && p[i] == p[0]) i++;
    } else if (n > 1 && strchr("->=<.:?+*/&|!", p[0]) && strchr("->=.:?+|&", p[1])) {
        i = n > 2 && p[0] == '.' && p[1] == '.' && (p[2] == '=' || p[2] == '.') ? 3 : 2;
    }
    return MIN_OF(i, n);
}

static void text_cut(Text *t, const uint8_t *data, u32 n) {
    *t = (Text){.p = data, .n = n};
    for (u32 at = 0; at < n && t->count < MAX_PIECES;) {
        u32 len = piece_length(data + at, n - at);
        if (data[at] != ' ') t->pieces[t->count++] = (Piece){at, len};
        at += len;
    }
}

static u32 rng_state;
static u32 rng(u32 below) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 17;
    rng_state ^= rng_state << 5;
    return below ? rng_state % below : 0;
}

/* data[cut] becomes `with`; the size stays when it would not fit. */
static size_t splice(uint8_t *data, size_t size, size_t max, Piece cut, const void *with, u32 n) {
    if (cut.len > size || size - cut.len + n > max) return size;
    uint8_t *copy = malloc(n + 1);
    memcpy(copy, with, n);
    memmove(data + cut.off + n, data + cut.off + cut.len, size - cut.off - cut.len);
    memcpy(data + cut.off, copy, n);
    free(copy);
    return size - cut.len + n;
}

static Piece piece_run(const Text *t, u32 from, u32 count) {
    Piece a = t->pieces[from], b = t->pieces[MIN_OF(from + count, t->count) - 1];
    return (Piece){a.off, b.off + b.len - a.off};
}

static size_t swap_pieces(uint8_t *data, size_t size, size_t max, Piece a, Piece b) {
    if (a.off > b.off) {
        Piece t = a;
        a = b;
        b = t;
    }
    if (a.off + a.len > b.off) return size;
    uint8_t *first = malloc(a.len + 1);
    memcpy(first, data + a.off, a.len);
    u32 n = b.len;
    uint8_t *second = malloc(n + 1);
    memcpy(second, data + b.off, n);
    size = splice(data, size, max, b, first, a.len);
    size = splice(data, size, max, a, second, n);
    free(first);
    free(second);
    return size;
}

static size_t insert_word(uint8_t *data, size_t size, size_t max, Piece at) {
    const char *w = words[rng(COUNT_OF(words))];
    char text[64];
    snprintf(text, sizeof text, " %s ", w);
    return splice(data, size, max, at, text, (u32)strlen(text));
}

/* --- mutation that keeps the grammar */

typedef enum Class { CL_NAME, CL_TYPE, CL_LITERAL, CL_OPERATOR, CL_OPEN, CL_LINE, CL_OTHER } Class;

static bool is_one_of(const uint8_t *p, u32 n, const char *list) {
    char padded[24] = " ";
    if (n > 16) return false;
    memcpy(padded + 1, p, n);
    padded[n + 1] = ' ';
    return strstr(list, padded) != NULL;
}

static Class piece_class(const Text *t, Piece p) {
    const uint8_t *c = t->p + p.off;
    if (c[0] == '\n') return CL_LINE;
    if (c[0] == '(' || c[0] == '[' || c[0] == '{') return CL_OPEN;
    if (is_one_of(c, p.len, " + - * / % & | ^ == != < <= > >= and or in ?? += -= *= .. ..= "))
        return CL_OPERATOR;
    if (is_one_of(c, p.len, " int float bool string void ")) return CL_TYPE;
    if (c[0] == '"' || (c[0] >= '0' && c[0] <= '9')) return CL_LITERAL;
    if (is_one_of(c, p.len, " true false None ")) return CL_LITERAL;
    if (is_one_of(c, p.len, " fn var const if else while for match return struct enum trait impl "
                            "import export pub spawn await parallel select defer yield test mut "))
        return CL_OTHER;
    return is_word(c[0]) ? CL_NAME : CL_OTHER;
}

/* From an opening bracket to its mate; a line with its newline; else the piece alone. */
static Piece piece_group(const Text *t, u32 i) {
    Class class = piece_class(t, t->pieces[i]);
    Piece p = t->pieces[i];
    u32 depth = 0;
    for (u32 k = i; k < t->count && (class == CL_OPEN || class == CL_LINE); k++) {
        Piece q = t->pieces[k];
        uint8_t c = t->p[q.off];
        depth += c == '(' || c == '[' || c == '{';
        if (c == ')' || c == ']' || c == '}') {
            if (class == CL_LINE && !depth) return p;
            if (--depth == 0 && class == CL_OPEN) return (Piece){p.off, q.off + q.len - p.off};
        }
        if (class == CL_LINE && c == '\n' && k > i && !depth) return (Piece){p.off, q.off - p.off};
    }
    return p;
}

/* Another piece of the class of piece i, if a few tries find one. */
static bool piece_like(const Text *t, u32 i, u32 *out) {
    Class class = piece_class(t, t->pieces[i]);
    for (u32 tries = 0; tries < 40; tries++) {
        u32 k = rng(t->count);
        if (k == i || piece_class(t, t->pieces[k]) != class) continue;
        if (class == CL_OPEN && t->p[t->pieces[k].off] != t->p[t->pieces[i].off]) continue;
        *out = k;
        return true;
    }
    return false;
}

static size_t mutate_kindly(const Text *t, uint8_t *data, size_t size, size_t max) {
    u32 i = rng(t->count), k;
    if (!piece_like(t, i, &k)) return size;
    Piece a = piece_group(t, i), b = piece_group(t, k);
    bool line = piece_class(t, t->pieces[i]) == CL_LINE;
    switch (rng(line ? 4 : 3)) {
    case 0: return swap_pieces(data, size, max, a, b);
    case 1: return line ? splice(data, size, max, a, "", 0)
                        : splice(data, size, max, a, data + b.off, b.len);
    default: return splice(data, size, max, line ? (Piece){a.off, 0} : a, data + b.off, b.len);
    }
}

static size_t mutate_once(uint8_t *data, size_t size, size_t max) {
    static Text t;
    text_cut(&t, data, (u32)size);
    if (!t.count) return insert_word(data, size, max, (Piece){0, 0});
    if (rng(8)) return mutate_kindly(&t, data, size, max);
    u32 i = rng(t.count), k = rng(t.count), many = 1 + rng(rng(4) ? 4 : 30);
    Piece a = t.pieces[i], b = t.pieces[k], run = piece_run(&t, i, many);
    switch (rng(9)) {
    case 0: return splice(data, size, max, a, "", 0);
    case 1: return splice(data, size, max, run, "", 0);
    case 2: return splice(data, size, max, (Piece){a.off, 0}, data + a.off, a.len);
    case 3: return splice(data, size, max, (Piece){b.off, 0}, data + run.off, run.len);
    case 4: return swap_pieces(data, size, max, a, b);
    case 5: return splice(data, size, max, a, data + b.off, b.len);
    case 6: return insert_word(data, size, max, a);
    case 7: return insert_word(data, size, max, (Piece){a.off, 0});
    default: return splice(data, size, max, b, data + run.off, run.len);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    rng_state = seed * 2654435761u | 1;
    if (rng(50) == 0) return LLVMFuzzerMutate(data, size, max_size);
    for (u32 n = 1 + rng(4); n; n--) size = mutate_once(data, size, max_size);
    return size;
}
