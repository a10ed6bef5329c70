/* exhaust.c - do the arms of a match cover every value, and can each arm be reached?
 * The algorithm of Maranget ("Warnings for pattern matching", 2007): a matrix of patterns, one row
 * an unguarded arm, is searched column by column for a vector of values that no row matches. A NULL
 * pattern stands for `_`. Constructors of a column come from its type; int, float and string have
 * infinitely many, so only a wildcard covers them. The search is exponential in the worst case:
 * STEP_LIMIT bounds it, and a match that is over the limit counts as covered only when it ends
 * with a wildcard. */
#include "passes.h"
#include "walk.h"

enum { STEP_LIMIT = 4000000, WITNESS_LIMIT = 6 };

typedef struct Row {
    Pattern **p; /* one per column */
} Row;

typedef struct Matrix {
    Row *rows;
    u32 n;
} Matrix;

typedef VEC(Row) Rows;

/* A constructor of a type: index of the variant, 0 or 1 for two-way types, length for arrays. */
typedef struct Con {
    u32 index, arity;
    const Pattern *lit; /* literal or range, for types without a finite list */
} Con;

/* The types of the columns; the last one is the first to be looked at. */
typedef struct Columns {
    Type **types;
    u32 n;
} Columns;

typedef VEC(Str *) Witnesses; /* each one Str per column */

typedef struct Search {
    Arena *arena;
    u32 steps, limit; /* witnesses wanted */
    bool gave_up;
} Search;

/* --- constructors */

static bool pattern_is_wild(const Pattern *p) {
    return !p || p->kind == PAT_WILD || p->kind == PAT_BIND;
}

static bool type_is_open(const Type *t) {
    return t->kind != TY_ENUM && t->kind != TY_OPTION && t->kind != TY_RESULT &&
           t->kind != TY_BOOL && t->kind != TY_TUPLE && t->kind != TY_STRUCT && t->kind != TY_ARRAY;
}

/* Arrays are split by length; the class `longest` stands for that length and all above. */
static u32 array_longest(const Matrix *m) {
    u32 longest = 0;
    for (u32 i = 0; i < m->n; i++) {
        const Pattern *p = m->rows[i].p[0];
        if (p && p->kind == PAT_ARRAY) longest = MAX_OF(longest, p->array.n + !p->array.has_rest);
    }
    return longest;
}

static u32 con_count(const Type *t, u32 longest) {
    if (t->kind == TY_ENUM) return t->variant_count;
    if (t->kind == TY_OPTION || t->kind == TY_RESULT || t->kind == TY_BOOL) return 2;
    if (t->kind == TY_ARRAY) return longest + 1;
    return 1;
}

static Con con_at(const Type *t, u32 index) {
    Con c = {.index = index};
    if (t->kind == TY_ENUM) c.arity = t->variants[index].n;
    else if (t->kind == TY_OPTION) c.arity = index == 0;
    else if (t->kind == TY_RESULT) c.arity = 1;
    else if (t->kind == TY_TUPLE) c.arity = t->n;
    else if (t->kind == TY_STRUCT) c.arity = t->field_count;
    else if (t->kind == TY_ARRAY) c.arity = index;
    return c;
}

static Type *con_part(const Type *t, Con c, u32 i) {
    if (t->kind == TY_ENUM) return t->variants[c.index].fields[i].type;
    if (t->kind == TY_RESULT) return t->args[c.index];
    if (t->kind == TY_TUPLE) return t->args[i];
    if (t->kind == TY_STRUCT) return t->fields[i].type;
    return t->args[0]; /* option, array */
}

static int literal_compare(const Pattern *a, const Pattern *b) {
    if (a->kind == PAT_INT && b->kind == PAT_INT) return (a->int_ > b->int_) - (a->int_ < b->int_);
    if (a->kind == PAT_STR && b->kind == PAT_STR) {
        Str x = a->str, y = b->str;
        for (u32 i = 0; i < x.n && i < y.n; i++)
            if (x.p[i] != y.p[i]) return (u8)x.p[i] < (u8)y.p[i] ? -1 : 1;
        return (x.n > y.n) - (x.n < y.n);
    }
    double x = a->kind == PAT_INT ? (double)a->int_ : a->float_;
    double y = b->kind == PAT_INT ? (double)b->int_ : b->float_;
    return (x > y) - (x < y);
}

/* Does every value of the literal or range `b` match `a`? */
static bool literal_covers(const Pattern *a, const Pattern *b) {
    const Pattern *alo = a, *ahi = a, *blo = b, *bhi = b;
    bool a_in = true, b_in = true;
    if (a->kind == PAT_RANGE) alo = a->range.lo, ahi = a->range.hi, a_in = a->range.inclusive;
    if (b->kind == PAT_RANGE) blo = b->range.lo, bhi = b->range.hi, b_in = b->range.inclusive;
    if (!alo || !ahi || !blo || !bhi) return false;
    int end = literal_compare(bhi, ahi);
    return literal_compare(alo, blo) <= 0 && (end < 0 || (end == 0 && (a_in || !b_in)));
}

static bool pattern_has_con(const Pattern *p, const Type *t, Con c, u32 longest) {
    switch (p->kind) {
    case PAT_WILD: case PAT_BIND: return true;
    case PAT_INT: case PAT_FLOAT: case PAT_STR: case PAT_RANGE:
        return c.lit && literal_covers(p, c.lit);
    case PAT_BOOL: return (u32)p->bool_ == c.index;
    case PAT_VARIANT: return t->kind == TY_ENUM && p->variant.index == c.index;
    case PAT_SOME: case PAT_OK: return c.index == 0;
    case PAT_NONE: case PAT_ERR: return c.index == 1;
    case PAT_TUPLE: case PAT_STRUCT: return true;
    case PAT_ARRAY:
        if (p->array.has_rest) return c.index >= p->array.n;
        return c.index == p->array.n && c.index < longest;
    case PAT_OR: break;
    }
    return false;
}

/* The i-th part of a pattern that has the constructor `c`. */
static Pattern *pattern_part(const Pattern *p, Con c, u32 i) {
    if (p->kind == PAT_VARIANT) return i < p->variant.n ? p->variant.args[i] : NULL;
    if (p->kind == PAT_SOME || p->kind == PAT_OK || p->kind == PAT_ERR) return p->inner;
    if (p->kind == PAT_TUPLE || p->kind == PAT_STRUCT)
        return i < p->tuple.n ? p->tuple.elems[i] : NULL;
    if (p->kind != PAT_ARRAY) return NULL;
    if (!p->array.has_rest || i < p->array.rest_at) return p->array.elems[i];
    u32 after = p->array.n - p->array.rest_at, from_end = c.arity - i;
    return from_end <= after ? p->array.elems[p->array.n - from_end] : NULL;
}

/* --- the matrix */

static bool search_step(Search *s, u32 n) {
    s->steps += n + 1;
    if (s->steps > STEP_LIMIT) s->gave_up = true;
    return !s->gave_up;
}

/* Or-patterns in the first column become rows of their own. */
static void head_expand(Search *s, Pattern *head, Row row, u32 n, Rows *rows) {
    if (head && head->kind == PAT_OR) {
        for (u32 i = 0; i < head->alts.n; i++) head_expand(s, head->alts.alts[i], row, n, rows);
        return;
    }
    if (!search_step(s, n)) return;
    Row copy = {NEW_N(s->arena, Pattern *, n)};
    for (u32 i = 1; i < n; i++) copy.p[i] = row.p[i];
    copy.p[0] = pattern_is_wild(head) ? NULL : head;
    vec_push(s->arena, rows, copy);
}

static Matrix matrix_expand(Search *s, const Matrix *m, u32 n) {
    Rows rows = {0};
    for (u32 i = 0; i < m->n && !s->gave_up; i++)
        head_expand(s, m->rows[i].p[0], m->rows[i], n, &rows);
    return (Matrix){rows.v, rows.n};
}

static Row row_specialize(Search *s, Row row, u32 n, Con c) {
    Row r = {NEW_N(s->arena, Pattern *, n - 1 + c.arity)};
    for (u32 i = 0; i < c.arity && row.p[0]; i++) r.p[i] = pattern_part(row.p[0], c, i);
    for (u32 i = 1; i < n; i++) r.p[c.arity + i - 1] = row.p[i];
    return r;
}

static Matrix matrix_specialize(Search *s, const Matrix *m, Columns cols, Con c, u32 longest) {
    Rows rows = {0};
    search_step(s, m->n / 32); /* a row that is passed over costs next to nothing */
    for (u32 i = 0; i < m->n; i++) {
        Pattern *head = m->rows[i].p[0];
        if (head && !pattern_has_con(head, cols.types[0], c, longest)) continue;
        if (!search_step(s, cols.n + c.arity)) break;
        vec_push(s->arena, &rows, row_specialize(s, m->rows[i], cols.n, c));
    }
    return (Matrix){rows.v, rows.n};
}

/* Rows that match whatever stands in the first column. */
static Matrix matrix_default(Search *s, const Matrix *m) {
    Rows rows = {0};
    for (u32 i = 0; i < m->n; i++) {
        if (!search_step(s, 1)) break;
        if (!m->rows[i].p[0]) vec_push(s->arena, &rows, ((Row){m->rows[i].p + 1}));
    }
    return (Matrix){rows.v, rows.n};
}

static Columns columns_specialize(Search *s, Columns cols, Con c) {
    Columns out = {NEW_N(s->arena, Type *, cols.n - 1 + c.arity), cols.n - 1 + c.arity};
    for (u32 i = 0; i < c.arity; i++) out.types[i] = con_part(cols.types[0], c, i);
    for (u32 i = 1; i < cols.n; i++) out.types[c.arity + i - 1] = cols.types[i];
    return out;
}

static Columns columns_rest(Columns cols) {
    return (Columns){cols.types + 1, cols.n - 1};
}

static bool matrix_has_heads(const Matrix *m) {
    for (u32 i = 0; i < m->n; i++)
        if (m->rows[i].p[0]) return true;
    return false;
}

/* --- witnesses as text */

static void args_text(StrBuf *b, Str *parts, u32 n) {
    if (!n) return;
    buf_char(b, '(');
    for (u32 i = 0; i < n; i++) {
        if (i) buf_c(b, ", ");
        buf_str(b, parts[i]);
    }
    buf_char(b, ')');
}

static void struct_text(StrBuf *b, const Type *t, Str *parts) {
    buf_fmt(b, "%.*s {", FMT(t->name->s));
    const char *sep = " ";
    for (u32 i = 0; i < t->field_count; i++) {
        if (str_eq(parts[i], S("_"))) continue;
        buf_fmt(b, "%s%.*s: %.*s", sep, FMT(t->fields[i].name->s), FMT(parts[i]));
        sep = ", ";
    }
    buf_c(b, " }");
}

static void array_text(StrBuf *b, Str *parts, u32 n, bool and_more) {
    buf_char(b, '[');
    for (u32 i = 0; i < n; i++) {
        if (i) buf_c(b, ", ");
        buf_str(b, parts[i]);
    }
    if (and_more) buf_c(b, n ? ", ..." : "...");
    buf_char(b, ']');
}

static Str con_text(Search *s, const Type *t, Con c, Str *parts, u32 longest) {
    StrBuf b = {.arena = s->arena};
    bool all_wild = true;
    for (u32 i = 0; i < c.arity; i++) all_wild = all_wild && str_eq(parts[i], S("_"));
    if ((t->kind == TY_STRUCT || t->kind == TY_TUPLE) && all_wild) return S("_");
    if (t->kind == TY_BOOL) return c.index ? S("true") : S("false");
    if (t->kind == TY_STRUCT) {
        struct_text(&b, t, parts);
    } else if (t->kind == TY_ARRAY) {
        array_text(&b, parts, c.arity, c.index == longest);
    } else {
        if (t->kind == TY_ENUM) {
            Str owner = t->name->s, name = t->variants[c.index].name->s;
            buf_fmt(&b, "%.*s.%.*s", FMT(owner), FMT(name));
        } else if (t->kind == TY_OPTION) {
            buf_c(&b, c.index ? "None" : "Some");
        } else if (t->kind == TY_RESULT) {
            buf_c(&b, c.index ? "Err" : "Ok");
        }
        args_text(&b, parts, c.arity);
    }
    return buf_done(&b);
}

/* --- the search for values that no row matches */

static Witnesses search_missing(Search *s, const Matrix *m, Columns cols);

static void witness_add(Search *s, Witnesses *out, Str head, Str *tail, u32 n) {
    if (out->n >= s->limit) return;
    Str *w = NEW_N(s->arena, Str, n);
    w[0] = head;
    for (u32 i = 1; i < n; i++) w[i] = tail[i - 1];
    vec_push(s->arena, out, w);
}

static void missing_below(Search *s, const Matrix *m, Columns cols, Con c, u32 longest,
                          Witnesses *out) {
    Matrix sub = matrix_specialize(s, m, cols, c, longest);
    if (s->gave_up) return;
    Witnesses found = search_missing(s, &sub, columns_specialize(s, cols, c));
    for (u32 i = 0; i < found.n; i++) {
        Str head = con_text(s, cols.types[0], c, found.v[i], longest);
        witness_add(s, out, head, found.v[i] + c.arity, cols.n);
    }
}

static Witnesses search_missing(Search *s, const Matrix *given, Columns cols) {
    Witnesses out = {0};
    if (cols.n == 0) {
        if (given->n == 0) vec_push(s->arena, &out, NEW(s->arena, Str));
        return out;
    }
    if (!search_step(s, cols.n)) return out;
    Matrix m = matrix_expand(s, given, cols.n);
    if (s->gave_up) return out;
    if (!matrix_has_heads(&m) || type_is_open(cols.types[0])) {
        Matrix sub = matrix_default(s, &m);
        Witnesses found = search_missing(s, &sub, columns_rest(cols));
        for (u32 i = 0; i < found.n; i++) witness_add(s, &out, S("_"), found.v[i], cols.n);
        return out;
    }
    u32 longest = array_longest(&m), n = con_count(cols.types[0], longest);
    for (u32 i = 0; i < n && out.n < s->limit && !s->gave_up; i++)
        missing_below(s, &m, cols, con_at(cols.types[0], i), longest, &out);
    return out;
}

/* --- usefulness of one row after others */

static bool row_is_useful(Search *s, const Matrix *given, Row row, Columns cols);

static bool head_is_useful(Search *s, const Matrix *m, Row row, Columns cols, Con c, u32 longest) {
    Matrix sub = matrix_specialize(s, m, cols, c, longest);
    if (s->gave_up) return true;
    Row part = row_specialize(s, row, cols.n, c);
    return row_is_useful(s, &sub, part, columns_specialize(s, cols, c));
}

static bool alts_are_useful(Search *s, const Matrix *m, Row row, Columns cols) {
    Pattern *head = row.p[0];
    for (u32 i = 0; i < head->alts.n; i++) {
        if (!search_step(s, cols.n)) return true;
        Row r = {NEW_N(s->arena, Pattern *, cols.n)};
        for (u32 k = 1; k < cols.n; k++) r.p[k] = row.p[k];
        r.p[0] = head->alts.alts[i];
        if (row_is_useful(s, m, r, cols)) return true;
    }
    return false;
}

static bool row_is_useful(Search *s, const Matrix *given, Row row, Columns cols) {
    if (cols.n == 0) return given->n == 0;
    if (!search_step(s, cols.n)) return true;
    if (given->n == 0) return true;
    if (row.p[0] && row.p[0]->kind == PAT_OR) return alts_are_useful(s, given, row, cols);
    if (pattern_is_wild(row.p[0])) row.p[0] = NULL;
    Matrix m = matrix_expand(s, given, cols.n);
    if (s->gave_up) return true;
    Type *t = cols.types[0];
    Pattern *head = row.p[0];
    if (head && type_is_open(t)) return head_is_useful(s, &m, row, cols, (Con){.lit = head}, 0);
    if (!head && (type_is_open(t) || !matrix_has_heads(&m))) {
        Matrix sub = matrix_default(s, &m);
        return row_is_useful(s, &sub, (Row){row.p + 1}, columns_rest(cols));
    }
    u32 longest = array_longest(&m);
    if (head && head->kind == PAT_ARRAY)
        longest = MAX_OF(longest, head->array.n + !head->array.has_rest);
    u32 n = con_count(t, longest);
    for (u32 i = 0; i < n; i++) {
        Con c = con_at(t, i);
        if (head && !pattern_has_con(head, t, c, longest)) continue;
        if (head_is_useful(s, &m, row, cols, c, longest)) return true;
    }
    return false;
}

/* --- one match */

typedef struct Exhaust {
    Diags *ds;
    Program *p;
    Fn *fn;
    u32 casts; /* how many CAST_NEVER nodes stand above: a value is expected */
} Exhaust;

static bool pattern_is_sound(const Pattern *p) {
    return !p || p->kind != PAT_OR || p->alts.n > 0;
}

static Matrix match_matrix(Search *s, Tree *t, u32 arms) {
    Rows rows = {0};
    for (u32 i = 0; i < arms; i++) {
        if (t->match.arms[i].guard || !pattern_is_sound(t->match.arms[i].pattern)) continue;
        Row r = {NEW_N(s->arena, Pattern *, 1)};
        r.p[0] = t->match.arms[i].pattern;
        vec_push(s->arena, &rows, r);
    }
    return (Matrix){rows.v, rows.n};
}

static bool match_has_wildcard(const Tree *t) {
    for (u32 i = 0; i < t->match.n; i++)
        if (!t->match.arms[i].guard && pattern_is_wild(t->match.arms[i].pattern)) return true;
    return false;
}

static bool type_is_scalar(const Type *t) {
    return t->kind == TY_INT || t->kind == TY_FLOAT || t->kind == TY_STRING || t->kind == TY_BOOL;
}

/* Silent after errors: a pattern that was reported covers everything. */
static void unused_report(Exhaust *x, Tree *t, u32 arm, bool after_wild) {
    if (x->ds->errors) return;
    const Pattern *p = t->match.arms[arm].pattern;
    Diag *d = diag_new(x->ds, W_UNUSED_ARM, p->span, "this arm can never match");
    diag_label(d, p->span, after_wild ? "the arms above cover every value"
                                      : "the arms above cover all of this");
    diag_hint(d, "remove the arm, or move it up");
}

static void match_unused_arms(Exhaust *x, Search *s, Tree *t) {
    Type *types[1] = {t->match.subject->type};
    Columns cols = {types, 1};
    Matrix all = match_matrix(s, t, t->match.n), before = {all.rows, 0};
    bool wild = false;
    for (u32 i = 0; i < t->match.n && !s->gave_up; i++) {
        TreeArm *arm = &t->match.arms[i];
        if (!arm->pattern || !pattern_is_sound(arm->pattern)) continue;
        Row row = {NEW_N(s->arena, Pattern *, 1)};
        row.p[0] = arm->pattern;
        if (wild || (before.n && !row_is_useful(s, &before, row, cols) && !s->gave_up))
            unused_report(x, t, i, wild);
        if (arm->guard) continue;
        before.n++;
        wild = wild || pattern_is_wild(arm->pattern);
    }
}

static void list_missing(Search *s, Diag *d, Witnesses w) {
    StrBuf b = {.arena = s->arena}, hint = {.arena = s->arena};
    for (u32 i = 0; i < w.n; i++) {
        buf_fmt(&b, "%s%.*s", i ? ", " : "", FMT(w.v[i][0]));
        if (i < 3) buf_fmt(&hint, "%s`%.*s => ...`", i ? ", " : "", FMT(w.v[i][0]));
    }
    Str list = buf_done(&b), fixes = buf_done(&hint);
    diag_label(d, d->span, "not covered: %.*s%s", FMT(list), w.n >= s->limit ? ", ..." : "");
    diag_hint(d, "add %.*s, or `_ => ...` for the rest", FMT(fixes));
}

static void match_report(Exhaust *x, Search *s, Tree *t, Witnesses w) {
    Span at = t->match.subject->span;
    if (s->gave_up) {
        Diag *d = diag_new(x->ds, E_NON_EXHAUSTIVE, at,
                           "non-exhaustive match: too many combinations to follow");
        diag_label(d, at, "this match must end with a wildcard");
        diag_hint(d, "add a last arm `_ => ...`");
        return;
    }
    Type *type = t->match.subject->type;
    if (type_is_scalar(type) && type->kind != TY_BOOL) {
        Str name = type_text(s->arena, type);
        Diag *d = diag_new(x->ds, E_NON_EXHAUSTIVE, at,
                           "a match over %.*s that gives a value must end with a wildcard",
                           FMT(name));
        diag_label(d, at, "no arm matches the other values of this %.*s", FMT(name));
        diag_hint(d, "add a last arm `_ => ...`");
        return;
    }
    StrBuf b = {.arena = s->arena};
    for (u32 i = 0; i < w.n && i < 3; i++) buf_fmt(&b, "%s%.*s", i ? ", " : "", FMT(w.v[i][0]));
    Str list = buf_done(&b);
    Diag *d = diag_new(x->ds, E_NON_EXHAUSTIVE, at, "non-exhaustive match: missing %.*s%s",
                       FMT(list), w.n > 3 ? ", ..." : "");
    list_missing(s, d, w);
}

static void match_check(Exhaust *x, Tree *t) {
    Type *type = t->match.subject->type;
    if (!type || type->kind == TY_ERROR || type->kind == TY_NEVER) return;
    Arena scratch = {0};
    Search s = {.arena = &scratch, .limit = WITNESS_LIMIT};
    Type *types[1] = {type};
    if (!match_has_wildcard(t)) {
        Matrix m = match_matrix(&s, t, t->match.n);
        Witnesses w = search_missing(&s, &m, (Columns){types, 1});
        bool statement = t->type->kind == TY_VOID || (t->type->kind == TY_NEVER && !x->casts);
        bool missing = w.n || s.gave_up;
        if (missing && statement && type_is_scalar(type)) {
            t->match.falls_through = true;
            t->type = type_prim(x->p->types, TY_VOID);
        } else if (missing) {
            match_report(x, &s, t, w);
        }
    }
    s = (Search){.arena = &scratch, .limit = 1};
    if (!x->fn->is_std) match_unused_arms(x, &s, t);
    arena_free(&scratch);
}

/* --- patterns that may not fail */

static const Pattern *pattern_refutable(const Pattern *p);

static const Pattern *patterns_refutable(Pattern **v, u32 n) {
    for (u32 i = 0; i < n; i++) {
        const Pattern *bad = pattern_refutable(v[i]);
        if (bad) return bad;
    }
    return NULL;
}

/* The part of `p` that some value does not match, or NULL. Array lengths are left to run time. */
static const Pattern *pattern_refutable(const Pattern *p) {
    if (pattern_is_wild(p)) return NULL;
    if (p->kind == PAT_TUPLE || p->kind == PAT_STRUCT)
        return patterns_refutable(p->tuple.elems, p->tuple.n);
    if (p->kind == PAT_ARRAY) return patterns_refutable(p->array.elems, p->array.n);
    if (p->kind == PAT_VARIANT && p->type && p->type->variant_count == 1)
        return patterns_refutable(p->variant.args, p->variant.n);
    return p;
}

static void destruct_check(Exhaust *x, const Pattern *p) {
    const Pattern *bad = pattern_refutable(p);
    if (!bad) return;
    Diag *d = diag_new(x->ds, E_BAD_PATTERN, bad->span, "this pattern may not match");
    diag_label(d, bad->span, "a destructuring pattern must match every value");
    diag_hint(d, "test it with `if let ... = e { }` or `match`");
}

static void exhaust_visit(void *ctx, Tree *t);

static bool retyped(Tree *child) {
    return child && child->type->kind == TY_VOID;
}

/* A match that turned out to fall through no longer ends its block. */
static void never_revise(Exhaust *x, Tree *t) {
    bool falls = false;
    if (!t->type || t->type->kind != TY_NEVER) return;
    if (t->kind == TN_BLOCK && t->block.stmts.n) {
        falls = retyped(t->block.stmts.v[t->block.stmts.n - 1]);
        for (u32 i = 0; i < t->block.stmts.n; i++)
            if (type_is(t->block.stmts.v[i]->type, TY_NEVER)) falls = false;
    } else if (t->kind == TN_IF) {
        falls = retyped(t->if_.els);
        for (u32 i = 0; i < t->if_.n; i++) falls = falls || retyped(t->if_.arms[i].body);
    } else if (t->kind == TN_MATCH) {
        for (u32 i = 0; i < t->match.n; i++) falls = falls || retyped(t->match.arms[i].body);
    }
    if (falls) t->type = type_prim(x->p->types, TY_VOID);
}

static void exhaust_visit(void *ctx, Tree *t) {
    Exhaust *x = ctx;
    u32 casts = x->casts;
    x->casts = t->kind == TN_CAST && t->cast.how == CAST_NEVER;
    if (t->kind == TN_BLOCK || t->kind == TN_IF || t->kind == TN_MATCH) x->casts = casts;
    bool value = x->casts;
    walk_children(t, exhaust_visit, x);
    x->casts = value;
    if (t->kind == TN_MATCH) match_check(x, t);
    else if (t->kind == TN_DESTRUCT) destruct_check(x, t->letc.pattern);
    else if (t->kind == TN_FOR_IN && t->for_in.pattern) destruct_check(x, t->for_in.pattern);
    never_revise(x, t);
    x->casts = casts;
}

void exhaust_program(Arena *perm, Diags *ds, Program *p) {
    (void)perm;
    Exhaust x = {.ds = ds, .p = p};
    for (u32 i = 0; i < p->fns.n; i++) {
        x.fn = p->fns.v[i];
        if (x.fn->body) exhaust_visit(&x, x.fn->body);
    }
}
