/* astscan.c - questions about statements that need no types: does a body return a value, yield, or
 * end in a value. Lambdas are bodies of their own and are not entered. */
#include "checker.h"

typedef bool (*ScanFn)(const Ast *s);

static bool scan(const Ast *s, ScanFn hit);

static bool scan_list(const AstList *l, ScanFn hit) {
    for (u32 i = 0; i < l->n; i++)
        if (scan(l->v[i], hit)) return true;
    return false;
}

static bool scan(const Ast *s, ScanFn hit) { /* table */
    if (!s) return false;
    if (hit(s)) return true;
    switch ((int)s->kind) {
    case AST_BLOCK: return scan_list(&s->list.elems, hit);
    case AST_IF:
        for (u32 i = 0; i < s->if_.n; i++)
            if (scan(s->if_.arms[i].body, hit)) return true;
        return scan(s->if_.els, hit);
    case AST_WHILE: return scan(s->while_.body, hit);
    case AST_FOR_IN: return scan(s->for_in.body, hit);
    case AST_FOR_C: return scan(s->for_c.body, hit);
    case AST_PARALLEL:
    case AST_SCOPE: return scan(s->scope.body, hit);
    case AST_MATCH:
        for (u32 i = 0; i < s->match.n; i++)
            if (scan(s->match.arms[i].body, hit)) return true;
        return false;
    case AST_SELECT:
        for (u32 i = 0; i < s->select.n; i++)
            if (scan(s->select.arms[i].body, hit)) return true;
        return false;
    }
    return false;
}

static bool hit_return(const Ast *s) { return s->kind == AST_RETURN && s->ret.values.n > 0; }
static bool hit_yield(const Ast *s) { return s->kind == AST_YIELD; }

bool scan_returns_value(const Ast *body) { return scan(body, hit_return); }
bool scan_yields(const Ast *body) { return scan(body, hit_yield); }

typedef enum Ends { ENDS_NOT, ENDS_JUMP, ENDS_VALUE } Ends;

static Ends ends_all(const Ast **bodies, u32 n);

/* print has no value whatever is expected: a branch that ends in it has none. */
static bool is_print(const Ast *s) {
    if (s->call.fn->kind != AST_NAME) return false;
    Str name = s->call.fn->name.name->s;
    return str_eq(name, S("print")) || str_eq(name, S("println"));
}

static Ends ends(const Ast *s) { /* table */
    const Ast *small[64], **v = small;
    u32 n = 0;
    if (!s) return ENDS_NOT;
    switch (s->kind) {
    case AST_BLOCK: return s->list.elems.n ? ends(s->list.elems.v[s->list.elems.n - 1]) : ENDS_NOT;
    case AST_IF:
        if (!s->if_.els) return ENDS_NOT;
        for (u32 i = 0; i < s->if_.n && n < 62; i++) v[n++] = s->if_.arms[i].body;
        v[n++] = s->if_.els;
        return ends_all(v, n);
    case AST_MATCH:
        for (u32 i = 0; i < s->match.n && n < 63; i++) v[n++] = s->match.arms[i].body;
        return ends_all(v, n);
    case AST_RETURN:
    case AST_BREAK:
    case AST_CONTINUE: return ENDS_JUMP;
    case AST_VAR:
    case AST_ASSIGN:
    case AST_OPASSIGN:
    case AST_WHILE:
    case AST_FOR_IN:
    case AST_FOR_C:
    case AST_PARALLEL:
    case AST_SCOPE:
    case AST_SELECT:
    case AST_DEFER:
    case AST_YIELD:
    case AST_TEST:
    case AST_HOOK:
    case AST_IMPORT:
    case AST_EXPORT_LIST:
    case AST_FN:
    case AST_STRUCT:
    case AST_ENUM:
    case AST_TRAIT:
    case AST_IMPL:
    case AST_ALIAS:
    case AST_ERROR: return ENDS_NOT;
    case AST_CALL: return is_print(s) ? ENDS_NOT : ENDS_VALUE;
    default: return ENDS_VALUE;
    }
}

static Ends ends_all(const Ast **bodies, u32 n) {
    Ends r = ENDS_JUMP;
    for (u32 i = 0; i < n; i++) {
        Ends e = ends(bodies[i]);
        if (e == ENDS_NOT) return ENDS_NOT;
        if (e == ENDS_VALUE) r = ENDS_VALUE;
    }
    return n ? r : ENDS_NOT;
}

bool scan_is_value(const Ast *stmt) { return ends(stmt) == ENDS_VALUE; }
