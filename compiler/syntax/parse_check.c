/* parse_check.c - what the grammar lets through and the language refuses, because the message is
 * better here than a syntax error would be. */
#include "build.h"

/* --- two expressions side by side --- */

/* As a statement it does nothing: it stands there only because something is missing after it. */
static bool has_no_effect(const Ast *e) {
    switch (e->kind) {
    case AST_NAME: case AST_INT: case AST_FLOAT: case AST_STR: case AST_INTERP: case AST_BOOL:
    case AST_NONE: case AST_SELF: case AST_FIELD: case AST_OPT_FIELD: case AST_ELEM:
    case AST_INDEX: case AST_SLICE: case AST_TARGS: case AST_STRUCT_LIT: case AST_UNARY:
    case AST_CHAIN: case AST_COALESCE: case AST_TERNARY: case AST_LAMBDA: case AST_ARRAY:
    case AST_TUPLE: case AST_SET: case AST_MAP: case AST_COMPR: case AST_RANGE: case AST_ADDR:
        return true;
    default: return false;
    }
}

/* `int x = 5` */
static bool is_c_declaration(const Ast *left, const Ast *right) {
    static const char *const types[] = {"int", "float", "string", "bool", "char", "double", "long",
                                        "auto", "String"};
    if (left->kind != AST_NAME || right->kind != AST_ASSIGN) return false;
    for (u32 i = 0; i < COUNT_OF(types); i++)
        if (str_eq(left->name.name->s, str_c(types[i]))) return true;
    return false;
}

void check_juxtaposed(Parser *P, Items stmts, u32 term_tok, Ast *right) {
    Ast *left = ((Ast **)stmts.v)[stmts.n - 1];
    if (!(P->toks[term_tok].flags & TF_JUXT) || !has_no_effect(left)) return;
    if (right->kind == AST_ERROR) return;
    bool again = P->juxt_last == left->span.off && P->juxt_last;
    P->juxt_last = right->span.off;
    if (again) return;
    u32 off = P->toks[term_tok + 1].off, len = P->toks[term_tok + 1].len;
    Diag *d = diag_new(P->ds, E_JUXTAPOSED, (Span){P->file, off, len},
                       "two expressions without an operator or a separator between them");
    diag_label(d, d->span, "the second begins here");
    diag_label(d, left->span, "the first has no effect");
    if (is_c_declaration(left, right))
        diag_hint(d, "a declaration is written 'x: int = 5' or 'var x = 5'");
    else if (left->kind == AST_NAME && str_eq(left->name.name->s, S("is")))
        diag_hint(d, "comparing is written '=='");
    else if (left->kind == AST_NAME || left->kind == AST_FIELD)
        diag_hint(d, "a call needs parentheses; a new statement needs a new line or ';'");
    else
        diag_hint(d, "put an operator between them, or a new line or ';'");
}

/* --- assignment --- */

void check_target(Parser *P, Ast *e) {
    const char *what = NULL, *hint = NULL;
    switch (e->kind) {
    case AST_NAME: case AST_FIELD: case AST_INDEX: case AST_ELEM: case AST_ERROR: case AST_SELF:
        return;
    case AST_TUPLE:
        what = "a tuple is not a place";
        hint = "write 'a, b = ...' to assign several variables, 'var (a, b) = ...' for new ones";
        break;
    case AST_CALL: what = "the result of a call is not a place"; break;
    case AST_SLICE: what = "a slice is a copy, not a place"; break;
    case AST_OPT_FIELD: what = "a field behind '?.' may not exist"; break;
    case AST_CHAIN:
        what = "the result of an operator is not a place";
        hint = "comparing is written '=='";
        break;
    default: what = "this is not a variable, field or element"; break;
    }
    Diag *d = diag_new(P->ds, E_BAD_TARGET, e->span, "cannot assign to this");
    diag_label(d, e->span, "%s", what);
    if (hint) diag_hint(d, "%s", hint);
}

/* --- declarations in the wrong place --- */

static void report_misplaced(Parser *P, const Ast *e, const char *what) {
    u32 len = 0;
    while (P->text[e->span.off + len] >= 'a' && P->text[e->span.off + len] <= 'z') len++;
    Diag *d = diag_new(P->ds, E_MISPLACED, (Span){P->file, e->span.off, len},
                       "%s belongs at the top level of a file", what);
    diag_label(d, d->span, "not inside a block");
}

void check_nested(Parser *P, Items stmts) {
    for (u32 i = 0; i < stmts.n; i++) {
        const Ast *e = ((Ast **)stmts.v)[i];
        Diag *d;
        switch (e->kind) {
        case AST_FN:
            d = diag_new(P->ds, E_NESTED_FN, e->fn.name_span,
                         "Nested functions are not supported");
            diag_label(d, d->span, "declared inside a block");
            diag_hint(d, "move it to the top level, or write '%s = fn(...) { ... }'",
                      e->fn.name->s.p);
            break;
        case AST_STRUCT: report_misplaced(P, e, "a struct"); break;
        case AST_ENUM: report_misplaced(P, e, "an enum"); break;
        case AST_TRAIT: report_misplaced(P, e, "a trait"); break;
        case AST_IMPL: report_misplaced(P, e, "an impl"); break;
        case AST_ALIAS: report_misplaced(P, e, "a type alias"); break;
        case AST_IMPORT: report_misplaced(P, e, "an import"); break;
        case AST_EXPORT_LIST: report_misplaced(P, e, "an export list"); break;
        case AST_TEST: case AST_HOOK: report_misplaced(P, e, "a test block"); break;
        default: break;
        }
    }
}

void check_params(Parser *P, Ast *fn) {
    for (u32 i = 0; i < fn->fn.params.n; i++) {
        const AstParam *p = &fn->fn.params.v[i];
        if (p->type || p->def || str_eq(p->name->s, S("self"))) continue;
        Diag *d = diag_new(P->ds, E_PARAM_TYPE, p->span, "Expected ':' after parameter name");
        diag_label(d, p->span, "'%s' has neither a type nor a default", p->name->s.p);
        diag_hint(d, "write '%s: int', or give it a default: '%s = 0'", p->name->s.p,
                  p->name->s.p);
    }
    fn->fn.doc = parser_doc(P, fn->span.off);
}

/* --- comparisons --- */

static bool is_relational(Op op) {
    return op == OP_LT || op == OP_GT || op == OP_LE || op == OP_GE;
}

/* The chain has just got a relational step. */
void check_chained(Parser *P, Ast *chain) {
    u32 n = chain->chain.n;
    if (n < 2 || !is_relational(chain->chain.steps[n - 2].op)) return;
    const AstChainStep *a = &chain->chain.steps[n - 2], *b = &chain->chain.steps[n - 1];
    Diag *d = diag_new(P->ds, E_CHAINED_COMPARISON, b->op_span,
                       "chained comparison is not supported");
    diag_label(d, b->op_span, "the second comparison");
    diag_label(d, a->op_span, "the first");
    diag_hint(d, "write 'a %s b and b %s c'", op_text[a->op], op_text[b->op]);
}
