/* ast.c - constructors of the syntax tree, one for each kind of action of the grammar.
 * Lists grow in scratch memory while they are parsed and are copied to their exact size here. */
#include "build.h"
#include <string.h>

const char *const op_text[OP_COUNT] = {
    "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "in",
    "not in", "and", "or", "-", "not", "~",
};

/* --- lists --- */

void *items_add(Parser *P, Items *it, size_t size) {
    if (it->n == it->cap) {
        u32 cap = it->cap ? it->cap * 2 : 2;
        it->v = arena_grow(P->scratch, it->v, it->cap * size, cap * size, 8);
        it->cap = cap;
    }
    return (char *)it->v + it->n++ * size;
}

static void *items_copy(Parser *P, Items it, size_t size) {
    if (!it.n) return NULL;
    void *p = arena_alloc(P->perm, it.n * size, 8);
    memcpy(p, it.v, it.n * size);
    return p;
}

AstList list_of(Parser *P, Items it) {
    return (AstList){items_copy(P, it, sizeof(Ast *)), it.n};
}
AstNames names_of(Parser *P, Items it) {
    return (AstNames){items_copy(P, it, sizeof(AstName)), it.n};
}
AstArgs args_of(Parser *P, Items it) {
    return (AstArgs){items_copy(P, it, sizeof(AstArg)), it.n};
}
AstParams params_of(Parser *P, Items it) {
    return (AstParams){items_copy(P, it, sizeof(AstParam)), it.n};
}
AstGens gens_of(Parser *P, Items it) {
    return (AstGens){items_copy(P, it, sizeof(AstGen)), it.n};
}

/* --- leaves --- */

AstName name_at(Parser *P, u32 tok) {
    if (tok == NO_MATE) return (AstName){0};
    Token *t = &P->toks[tok];
    return (AstName){intern(P->names, parser_text(P, tok)), {P->file, t->off, t->len}};
}

/* A node is only as large as the member of its kind. */
Ast *ast_new(Parser *P, AstKind kind, Loc l) {
    static const u8 sizes[] = {
#define AST(kind, member) offsetof(Ast, member) + sizeof(((Ast *)0)->member),
#include "ast.def"
#undef AST
    };
    Ast *e = arena_alloc(P->perm, sizes[kind], _Alignof(Ast));
    e->kind = kind;
    e->span = parser_span(P, l);
    return e;
}

static Ast *ast_at(Parser *P, AstKind kind, u32 tok) {
    Token *t = &P->toks[tok];
    return ast_new(P, kind, (Loc){t->off, t->off + t->len});
}

Ast *ast_name(Parser *P, AstKind kind, u32 tok) {
    Ast *e = ast_at(P, kind, tok);
    e->name.name = name_at(P, tok).name;
    return e;
}

/* The text between the quotes of a whole string, decoded. */
static Str string_bytes(Parser *P, Str s) {
    bool raw = s.p[0] == 'r';
    if (raw) s.p++, s.n--;
    u32 quotes = s.n >= 6 && s.p[0] == '"' && s.p[1] == '"' && s.p[2] == '"' ? 3 : 1;
    Str inner = {s.p + quotes, s.n - 2 * quotes};
    return raw ? str_copy(P->perm, inner) : literal_text(P->perm, inner);
}

Ast *ast_literal(Parser *P, u32 tok) {
    Str s = parser_text(P, tok);
    TokenKind k = P->toks[tok].kind;
    Ast *e;
    if (k == TK_INT) {
        e = ast_at(P, AST_INT, tok);
        e->int_.value = literal_int(s);
        if (s.n < 2 || (s.p[1] | 0x20) < 'a') e->flags |= AF_DECIMAL;
    } else if (k == TK_FLOAT) {
        e = ast_at(P, AST_FLOAT, tok);
        e->float_.value = literal_float(s);
    } else if (k == TK_STRING) {
        e = ast_at(P, AST_STR, tok);
        e->str.bytes = string_bytes(P, s);
    } else {
        e = ast_at(P, AST_BOOL, tok);
        e->bool_.value = k == TK_TRUE;
    }
    return e;
}

/* --- interpolation --- */

/* The text of a string piece, if it has any. The first piece says what the quotes are. */
void interp_text(Parser *P, Items *parts, u32 tok) {
    Token *t = &P->toks[tok];
    Str s = parser_text(P, tok);
    u32 head = 1, tail = 2;
    if (t->kind == TK_STR_BEG) {
        parts->triple = s.n > 4 && s.p[0] == '"' && s.p[1] == '"' && s.p[2] == '"';
        head = parts->triple ? 3 : 1;
    } else if (t->kind == TK_STR_END) {
        tail = parts->triple ? 3 : 1;
    }
    if (s.n <= head + tail) return;
    Ast *e = ast_new(P, AST_STR, (Loc){t->off + head, t->off + t->len - tail});
    e->str.bytes = literal_text(P->perm, (Str){s.p + head, s.n - head - tail});
    ITEM(parts, AstInterpPart, {.expr = e});
}

void interp_part(Parser *P, Items *parts, Ast *e, u32 spec_tok) {
    AstInterpPart part = {.expr = e};
    if (spec_tok != NO_MATE) {
        Token *t = &P->toks[spec_tok];
        part.spec = str_copy(P->perm, parser_text(P, spec_tok));
        part.spec_span = (Span){P->file, t->off, t->len};
    }
    ITEM(parts, AstInterpPart, part);
}

Ast *ast_interp(Parser *P, Loc l, Items parts) {
    Ast *e = ast_new(P, AST_INTERP, l);
    e->interp.parts = items_copy(P, parts, sizeof(AstInterpPart));
    e->interp.n = parts.n;
    return e;
}

/* --- operators --- */

Ast *ast_one(Parser *P, AstKind kind, Loc l, Ast *inner) {
    Ast *e = ast_new(P, kind, l);
    e->one.e = inner;
    return e;
}

Ast *ast_list(Parser *P, AstKind kind, Loc l, Items elems) {
    Ast *e = ast_new(P, kind, l);
    e->list.elems = list_of(P, elems);
    return e;
}

Ast *ast_unary(Parser *P, Loc l, Op op, Ast *inner) {
    Ast *e = ast_new(P, AST_UNARY, l);
    e->unary.op = op;
    e->unary.e = inner;
    return e;
}

static int op_level(Op op) {
    switch (op) {
    case OP_MUL: case OP_DIV: case OP_MOD: return 7;
    case OP_BAND: case OP_BOR: case OP_BXOR: return 6;
    case OP_ADD: case OP_SUB: return 5;
    case OP_SHL: case OP_SHR: return 4;
    case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE: case OP_IN:
    case OP_NOT_IN:
        return 3;
    case OP_AND: return 2;
    case OP_OR: return 1;
    case OP_NEG: case OP_NOT: case OP_BNOT: case OP_COUNT: break;
    }
    UNREACHABLE();
}

/* Chains keep room for a power of two of steps, so that a sum of n terms is built in O(n). */
static void chain_add(Parser *P, Ast *e, AstChainStep step) {
    u32 n = e->chain.n;
    if ((n & (n - 1)) == 0) {
        u32 cap = n ? n * 2 : 1;
        e->chain.steps = arena_grow(P->perm, e->chain.steps, n * sizeof step, cap * sizeof step, 8);
    }
    e->chain.steps[e->chain.n++] = step;
}

Ast *ast_chain(Parser *P, Loc l, Ast *a, Op op, Loc op_loc, Ast *b) {
    Ast *e = a;
    if (a->kind != AST_CHAIN || (a->flags & AF_PAREN) ||
        op_level(a->chain.steps[0].op) != op_level(op)) {
        e = ast_new(P, AST_CHAIN, l);
        e->chain.first = a;
    }
    e->span = parser_span(P, l);
    chain_add(P, e, (AstChainStep){op, parser_span(P, op_loc), b});
    return e;
}

Ast *ast_range(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive) {
    Ast *e = ast_new(P, AST_RANGE, l);
    e->range.lo = lo;
    e->range.hi = hi;
    if (inclusive) e->flags |= AF_INCLUSIVE;
    return e;
}

Ast *ast_pair(Parser *P, Loc l, Ast *a, Ast *b) {
    Ast *e = ast_new(P, AST_COALESCE, l);
    e->pair.a = a;
    e->pair.b = b;
    return e;
}

Ast *ast_ternary(Parser *P, Loc l, Ast *c, Ast *a, Ast *b) {
    Ast *e = ast_new(P, AST_TERNARY, l);
    e->ternary.c = c;
    e->ternary.a = a;
    e->ternary.b = b;
    return e;
}

/* --- postfix --- */

Ast *ast_call(Parser *P, Loc l, Ast *fn, Items args) {
    Ast *e = ast_new(P, AST_CALL, l);
    e->call.fn = fn;
    e->call.args = args_of(P, args);
    return e;
}

Ast *ast_slice(Parser *P, Loc l, Ast *lo, Ast *hi, bool inclusive) {
    Ast *e = ast_new(P, AST_SLICE, l);
    e->slice.lo = lo;
    e->slice.hi = hi;
    if (inclusive) e->flags |= AF_INCLUSIVE;
    return e;
}

Ast *ast_index(Parser *P, Loc l, Ast *obj, Ast *index) {
    if (index->kind == AST_SLICE && !index->slice.obj) {
        index->slice.obj = obj;
        index->span = parser_span(P, l);
        return index;
    }
    Ast *e = ast_new(P, AST_INDEX, l);
    e->index.obj = obj;
    e->index.index = index;
    return e;
}

Ast *ast_field(Parser *P, AstKind kind, Loc l, Ast *obj, u32 name_tok) {
    Ast *e = ast_new(P, kind, l);
    AstName n = name_at(P, name_tok);
    e->field.obj = obj;
    e->field.name = n.name;
    e->field.name_span = n.span;
    return e;
}

Ast *ast_elem(Parser *P, Loc l, Ast *obj, u32 tok) {
    Ast *e = ast_new(P, AST_ELEM, l);
    Token *t = &P->toks[tok];
    u64 index = literal_int(parser_text(P, tok));
    e->elem.obj = obj;
    e->elem.index = index > UINT32_MAX ? UINT32_MAX : (u32)index;
    e->elem.index_span = (Span){P->file, t->off, t->len};
    return e;
}

/* The `..p` of an update has no name. */
Ast *ast_struct_lit(Parser *P, Loc l, Ast *type, Items fields) {
    Ast *e = ast_new(P, AST_STRUCT_LIT, l);
    AstArg *f = fields.v;
    u32 n = 0;
    e->lit.type = type;
    for (u32 i = 0; i < fields.n; i++) {
        if (f[i].name) {
            f[n++] = f[i];
        } else if (e->lit.update) {
            Diag *d = diag_new(P->ds, E_SYNTAX, f[i].name_span,
                               "a struct literal takes one '..' part");
            diag_label(d, d->span, "a second one");
        } else {
            e->lit.update = f[i].value;
        }
    }
    fields.n = n;
    e->lit.fields = args_of(P, fields);
    return e;
}

Ast *ast_map(Parser *P, Loc l, Items entries) {
    Ast *e = ast_new(P, AST_MAP, l);
    u32 n = entries.n / 2;
    e->map.n = n;
    e->map.keys = NEW_N(P->perm, Ast *, n);
    e->map.values = NEW_N(P->perm, Ast *, n);
    for (u32 i = 0; i < n; i++) {
        e->map.keys[i] = ((Ast **)entries.v)[2 * i];
        e->map.values[i] = ((Ast **)entries.v)[2 * i + 1];
    }
    return e;
}

Ast *ast_compr(Parser *P, Loc l, Ast *value, Items names, Ast *iter, Ast *guard) {
    Ast *e = ast_new(P, AST_COMPR, l);
    e->compr.e = value;
    e->compr.names = names_of(P, names);
    e->compr.iter = iter;
    e->compr.guard = guard;
    return e;
}

Ast *ast_lambda(Parser *P, Loc l, Items params, Ast *ret, Ast *body, bool arrow) {
    Ast *e = ast_new(P, AST_LAMBDA, l);
    e->lambda.params = params_of(P, params);
    e->lambda.ret = ret;
    e->lambda.body = body;
    if (arrow) e->flags |= AF_ARROW;
    return e;
}

/* --- control --- */

Ast *ast_if(Parser *P, Loc l, Items arms, Ast *els) {
    Ast *e = ast_new(P, AST_IF, l);
    e->if_.arms = items_copy(P, arms, sizeof(AstIfArm));
    e->if_.n = arms.n;
    e->if_.els = els;
    return e;
}

Ast *ast_let(Parser *P, Loc l, Ast *pattern, Ast *value) {
    Ast *e = ast_new(P, AST_LET_COND, l);
    e->let.pattern = pattern;
    e->let.e = value;
    return e;
}

Ast *ast_match(Parser *P, Loc l, Ast *subject, Items arms) {
    Ast *e = ast_new(P, AST_MATCH, l);
    e->match.subject = subject;
    e->match.arms = items_copy(P, arms, sizeof(AstArm));
    e->match.n = arms.n;
    return e;
}

Ast *ast_block(Parser *P, Loc l, Items stmts) { return ast_list(P, AST_BLOCK, l, stmts); }

Ast *ast_wrap(Parser *P, Ast *stmt) {
    if (stmt->kind == AST_BLOCK) return stmt;
    Items it = {0};
    ITEM(&it, Ast *, {stmt});
    check_nested(P, it);
    return ast_block(P, (Loc){stmt->span.off, stmt->span.off + stmt->span.len}, it);
}

Ast *ast_var(Parser *P, Loc l, Items names, Ast *type, Items values, u32 flags) {
    Ast *e = ast_new(P, AST_VAR, l);
    e->flags |= flags;
    e->var.names = names_of(P, names);
    e->var.type = type;
    e->var.values = list_of(P, values);
    return e;
}

Ast *ast_assign(Parser *P, Loc l, Items targets, Items values) {
    Ast *e = ast_new(P, AST_ASSIGN, l);
    e->assign.targets = list_of(P, targets);
    e->assign.values = list_of(P, values);
    return e;
}

Ast *ast_opassign(Parser *P, Loc l, Ast *target, Op op, Ast *value) {
    Ast *e = ast_new(P, AST_OPASSIGN, l);
    check_target(P, target);
    e->opassign.target = target;
    e->opassign.op = op;
    e->opassign.value = value;
    return e;
}

Ast *ast_jump(Parser *P, AstKind kind, Loc l, u32 label_tok) {
    Ast *e = ast_new(P, kind, l);
    e->jump.label = name_at(P, label_tok);
    return e;
}

Ast *ast_while(Parser *P, Loc l, Ast *cond, Ast *body) {
    Ast *e = ast_new(P, AST_WHILE, l);
    e->while_.cond = cond;
    e->while_.body = body;
    return e;
}

Ast *ast_for_in(Parser *P, Loc l, Items names, Ast *iter) {
    Ast *e = ast_new(P, AST_FOR_IN, l);
    e->for_in.names = names_of(P, names);
    e->for_in.iter = iter;
    return e;
}

Ast *ast_for_c(Parser *P, Loc l, u32 name, Ast *init, Ast *cond, Ast *step) {
    Ast *e = ast_new(P, AST_FOR_C, l);
    e->for_c.name = name_at(P, name);
    e->for_c.init = init;
    e->for_c.cond = cond;
    e->for_c.step = step;
    return e;
}

Ast *ast_loop_body(Parser *P, Loc l, Ast *loop, Ast *body) {
    loop->span = parser_span(P, l);
    if (loop->kind == AST_FOR_IN) loop->for_in.body = body;
    else loop->for_c.body = body;
    return loop;
}

void ast_loop_label(Parser *P, Ast *loop, u32 label_tok) {
    AstName n = name_at(P, label_tok);
    if (loop->kind == AST_WHILE) loop->while_.label = n;
    else if (loop->kind == AST_FOR_IN) loop->for_in.label = n;
    else loop->for_c.label = n;
}

Ast *ast_scope(Parser *P, AstKind kind, Loc l, Items args, u32 name_tok, Ast *body) {
    Ast *e = ast_new(P, kind, l);
    e->scope.args = args_of(P, args);
    e->scope.name = name_at(P, name_tok);
    e->scope.body = body;
    return e;
}

Ast *ast_select(Parser *P, Loc l, Items arms) {
    Ast *e = ast_new(P, AST_SELECT, l);
    e->select.arms = items_copy(P, arms, sizeof(AstSelArm));
    e->select.n = arms.n;
    return e;
}

Ast *ast_test(Parser *P, AstKind kind, Loc l, u32 title_tok, Ast *body) {
    Ast *e = ast_new(P, kind, l);
    Token *t = &P->toks[title_tok];
    Str s = parser_text(P, title_tok);
    e->test.title = t->kind == TK_STRING ? string_bytes(P, s) : str_copy(P->perm, s);
    e->test.title_span = (Span){P->file, t->off, t->len};
    e->test.body = body;
    return e;
}

Ast *ast_import(Parser *P, Loc l, Items path, Items names, bool listed) {
    Ast *e = ast_new(P, AST_IMPORT, l);
    e->import.path = names_of(P, path);
    e->import.names = names_of(P, names);
    e->import.listed = listed;
    return e;
}
