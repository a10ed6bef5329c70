/* ast_dump.c - the syntax tree as text, for --dump=ast and for tests: expressions as (kind parts),
 * statements one a line, blocks in braces. Left spines are walked in loops: they may be 100,000
 * deep; everything else is at most as deep as the nesting limit allows. */
#include "dump.h"
#include "../base/vec.h"

void dump_line(Dump *d) {
    buf_char(&d->b, '\n');
    for (u32 i = 0; i < d->indent; i++) buf_c(&d->b, "  ");
}

void dump_quoted(Dump *d, Str s) {
    buf_char(&d->b, '"');
    for (u32 i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (c == '"' || c == '\\') buf_fmt(&d->b, "\\%c", c);
        else if (c == '\n') buf_c(&d->b, "\\n");
        else if (c < 0x20 || c == 0x7f) buf_fmt(&d->b, "\\x%02x", c);
        else buf_char(&d->b, (char)c);
    }
    buf_char(&d->b, '"');
}

static void dump_name(Dump *d, Name n) { buf_str(&d->b, n->s); }

void dump_names(Dump *d, AstNames n) {
    for (u32 i = 0; i < n.n; i++) {
        buf_char(&d->b, ' ');
        dump_name(d, n.v[i].name);
    }
}

void dump_path(Dump *d, AstNames path) {
    for (u32 i = 0; i < path.n; i++) {
        if (i) buf_char(&d->b, '.');
        dump_name(d, path.v[i].name);
    }
}

void dump_list(Dump *d, AstList l) {
    for (u32 i = 0; i < l.n; i++) {
        buf_char(&d->b, ' ');
        dump_expr(d, l.v[i]);
    }
}

void dump_args(Dump *d, AstArgs a) {
    for (u32 i = 0; i < a.n; i++) {
        buf_char(&d->b, ' ');
        if (a.v[i].name) {
            dump_name(d, a.v[i].name);
            if (!a.v[i].value) continue;
            buf_char(&d->b, ':');
        }
        dump_expr(d, a.v[i].value);
    }
}

void dump_params(Dump *d, AstParams p) {
    buf_c(&d->b, " (");
    for (u32 i = 0; i < p.n; i++) {
        const AstParam *a = &p.v[i];
        if (i) buf_char(&d->b, ' ');
        if (a->mut) buf_c(&d->b, "mut ");
        dump_name(d, a->name);
        if (a->type) {
            buf_char(&d->b, ':');
            dump_type(d, a->type);
        }
        if (a->def) {
            buf_char(&d->b, '=');
            dump_expr(d, a->def);
        }
    }
    buf_char(&d->b, ')');
}

/* --- postfix chains --- */

static Ast *spine_left(const Ast *e) {
    switch (e->kind) {
    case AST_FIELD: case AST_OPT_FIELD: return e->field.obj;
    case AST_ELEM: return e->elem.obj;
    case AST_CALL: return e->call.fn;
    case AST_INDEX: return e->index.obj;
    case AST_SLICE: return e->slice.obj;
    case AST_TRY: return e->one.e;
    case AST_TARGS: return e->targs.e;
    case AST_STRUCT_LIT: return e->lit.type;
    default: return NULL;
    }
}

static const char *spine_word(const Ast *e) {
    switch (e->kind) {
    case AST_FIELD: return e->flags & AF_COLONS ? "(:: " : "(. ";
    case AST_OPT_FIELD: return "(?. ";
    case AST_ELEM: return "(elem ";
    case AST_CALL: return "(call ";
    case AST_INDEX: return "(index ";
    case AST_SLICE: return e->flags & AF_INCLUSIVE ? "(slice= " : "(slice ";
    case AST_TRY: return "(try ";
    case AST_TARGS: return "(targs ";
    case AST_STRUCT_LIT: return "(new ";
    default: return "(";
    }
}

static void dump_optional(Dump *d, const Ast *e) {
    buf_char(&d->b, ' ');
    if (e) dump_expr(d, e);
    else buf_char(&d->b, '_');
}

static void dump_spine_rest(Dump *d, const Ast *e) {
    switch (e->kind) {
    case AST_FIELD: case AST_OPT_FIELD:
        buf_char(&d->b, ' ');
        dump_name(d, e->field.name);
        break;
    case AST_ELEM: buf_fmt(&d->b, " %u", e->elem.index); break;
    case AST_CALL: dump_args(d, e->call.args); break;
    case AST_INDEX:
        buf_char(&d->b, ' ');
        dump_expr(d, e->index.index);
        break;
    case AST_SLICE:
        dump_optional(d, e->slice.lo);
        dump_optional(d, e->slice.hi);
        break;
    case AST_TARGS:
        for (u32 i = 0; i < e->targs.types.n; i++) {
            buf_char(&d->b, ' ');
            dump_type(d, e->targs.types.v[i]);
        }
        break;
    case AST_STRUCT_LIT:
        dump_args(d, e->lit.fields);
        if (!e->lit.update) break;
        buf_c(&d->b, " ..");
        dump_expr(d, e->lit.update);
        break;
    default: break;
    }
    buf_char(&d->b, ')');
}

static void dump_spine(Dump *d, const Ast *e) {
    Arena tmp = {0};
    VEC(const Ast *) spine = {0};
    for (; spine_left(e); e = spine_left(e)) {
        buf_c(&d->b, spine_word(e));
        vec_push(&tmp, &spine, e);
    }
    dump_expr(d, e);
    while (spine.n) dump_spine_rest(d, vec_pop(&spine));
    arena_free(&tmp);
}

/* --- expressions --- */

static void dump_chain(Dump *d, const Ast *e) {
    buf_char(&d->b, '(');
    dump_expr(d, e->chain.first);
    for (u32 i = 0; i < e->chain.n; i++) {
        buf_fmt(&d->b, " %s ", op_text[e->chain.steps[i].op]);
        dump_expr(d, e->chain.steps[i].rhs);
    }
    buf_char(&d->b, ')');
}

static void dump_interp(Dump *d, const Ast *e) {
    buf_c(&d->b, "(interp");
    for (u32 i = 0; i < e->interp.n; i++) {
        const AstInterpPart *p = &e->interp.parts[i];
        buf_char(&d->b, ' ');
        dump_expr(d, p->expr);
        if (!p->spec.p) continue;
        buf_char(&d->b, ':');
        dump_quoted(d, p->spec);
    }
    buf_char(&d->b, ')');
}

static void dump_body(Dump *d, const Ast *e) {
    buf_char(&d->b, ' ');
    if (e->kind == AST_BLOCK) dump_block(d, e);
    else dump_stmt(d, e);
}

static void dump_if(Dump *d, const Ast *e) {
    buf_c(&d->b, e->flags & AF_STMT ? "(if" : "(if-value");
    for (u32 i = 0; i < e->if_.n; i++) {
        buf_char(&d->b, ' ');
        dump_expr(d, e->if_.arms[i].cond);
        dump_body(d, e->if_.arms[i].body);
    }
    if (e->if_.els) {
        buf_c(&d->b, " else");
        dump_body(d, e->if_.els);
    }
    buf_char(&d->b, ')');
}

static void dump_match(Dump *d, const Ast *e) {
    buf_c(&d->b, e->flags & AF_STMT ? "(match " : "(match-value ");
    dump_expr(d, e->match.subject);
    d->indent++;
    for (u32 i = 0; i < e->match.n; i++) {
        const AstArm *a = &e->match.arms[i];
        dump_line(d);
        buf_char(&d->b, '[');
        dump_pattern(d, a->pattern);
        if (a->guard) {
            buf_c(&d->b, " if ");
            dump_expr(d, a->guard);
        }
        buf_c(&d->b, " =>");
        dump_body(d, a->body);
        buf_char(&d->b, ']');
    }
    d->indent--;
    buf_char(&d->b, ')');
}

static void dump_map(Dump *d, const Ast *e) {
    buf_c(&d->b, "(map");
    for (u32 i = 0; i < e->map.n; i++) {
        buf_char(&d->b, ' ');
        dump_expr(d, e->map.keys[i]);
        buf_c(&d->b, "->");
        dump_expr(d, e->map.values[i]);
    }
    buf_char(&d->b, ')');
}

static void dump_compr(Dump *d, const Ast *e) {
    buf_c(&d->b, "(for-list ");
    dump_expr(d, e->compr.e);
    dump_names(d, e->compr.names);
    dump_optional(d, e->compr.iter);
    if (e->compr.guard) {
        buf_c(&d->b, " if ");
        dump_expr(d, e->compr.guard);
    }
    buf_char(&d->b, ')');
}

static void dump_lambda(Dump *d, const Ast *e) {
    buf_c(&d->b, "(lambda");
    dump_params(d, e->lambda.params);
    if (e->lambda.ret) {
        buf_c(&d->b, " ->");
        dump_type(d, e->lambda.ret);
    }
    dump_body(d, e->lambda.body);
    buf_char(&d->b, ')');
}

static void dump_word(Dump *d, const char *word, const Ast *e) {
    buf_fmt(&d->b, "(%s ", word);
    if (e->kind == AST_BLOCK) dump_block(d, e);
    else dump_stmt(d, e);
    buf_char(&d->b, ')');
}

static void dump_pair(Dump *d, const char *word, const Ast *a, const Ast *b, const Ast *c) {
    buf_fmt(&d->b, "(%s ", word);
    dump_expr(d, a);
    buf_char(&d->b, ' ');
    dump_expr(d, b);
    if (c) dump_optional(d, c);
    buf_char(&d->b, ')');
}

static void dump_elems(Dump *d, const char *word, AstList l) {
    buf_fmt(&d->b, "(%s", word);
    dump_list(d, l);
    buf_char(&d->b, ')');
}

void dump_expr(Dump *d, const Ast *e) { /* table */
    if (spine_left(e)) {
        dump_spine(d, e);
        return;
    }
    switch (e->kind) {
    case AST_INT: buf_fmt(&d->b, "%llu", (unsigned long long)e->int_.value); break;
    case AST_FLOAT: buf_fmt(&d->b, "%.17gf", e->float_.value); break;
    case AST_STR: dump_quoted(d, e->str.bytes); break;
    case AST_INTERP: dump_interp(d, e); break;
    case AST_BOOL: buf_c(&d->b, e->bool_.value ? "true" : "false"); break;
    case AST_NONE: case AST_SELF: case AST_NAME: dump_name(d, e->name.name); break;
    case AST_UNARY: dump_word(d, op_text[e->unary.op], e->unary.e); break;
    case AST_CHAIN: dump_chain(d, e); break;
    case AST_COALESCE: dump_pair(d, "??", e->pair.a, e->pair.b, NULL); break;
    case AST_TERNARY: dump_pair(d, "?", e->ternary.c, e->ternary.a, e->ternary.b); break;
    case AST_IF: dump_if(d, e); break;
    case AST_LET_COND:
        buf_c(&d->b, "(let ");
        dump_pattern(d, e->let.pattern);
        dump_optional(d, e->let.e);
        buf_char(&d->b, ')');
        break;
    case AST_MATCH: dump_match(d, e); break;
    case AST_LAMBDA: dump_lambda(d, e); break;
    case AST_ARRAY: dump_elems(d, "array", e->list.elems); break;
    case AST_TUPLE: dump_elems(d, "tuple", e->list.elems); break;
    case AST_SET: dump_elems(d, "set", e->list.elems); break;
    case AST_MAP: dump_map(d, e); break;
    case AST_COMPR: dump_compr(d, e); break;
    case AST_RANGE:
        dump_pair(d, e->flags & AF_INCLUSIVE ? "..=" : "..", e->range.lo, e->range.hi, NULL);
        break;
    case AST_SPAWN:
        if (e->one.scope) dump_pair(d, "spawn-in", e->one.scope, e->one.e, NULL);
        else dump_word(d, "spawn", e->one.e);
        break;
    case AST_AWAIT: dump_word(d, "await", e->one.e); break;
    case AST_ADDR: dump_word(d, "addr", e->one.e); break;
    case AST_AWAIT_T:
        buf_c(&d->b, "(await-timed");
        dump_args(d, e->await_t.args);
        dump_optional(d, e->await_t.e);
        buf_char(&d->b, ')');
        break;
    default: dump_decl(d, e); break;
    }
}

/* --- statements --- */

void dump_block(Dump *d, const Ast *e) {
    buf_char(&d->b, '{');
    d->indent++;
    for (u32 i = 0; i < e->list.elems.n; i++) {
        dump_line(d);
        dump_stmt(d, e->list.elems.v[i]);
    }
    d->indent--;
    if (e->list.elems.n) dump_line(d);
    buf_char(&d->b, '}');
}

void dump_stmt(Dump *d, const Ast *e) {
    if (e->kind == AST_BLOCK) dump_block(d, e);
    else dump_expr(d, e);
}

Str ast_dump(Arena *a, const AstModule *m) {
    Dump d = {.arena = a, .b = {.arena = a}};
    for (u32 i = 0; i < m->stmts.n; i++) {
        if (m->docs && m->docs[i].p) {
            buf_c(&d.b, "(doc ");
            dump_quoted(&d, m->docs[i]);
            buf_c(&d.b, ")\n");
        }
        dump_stmt(&d, m->stmts.v[i]);
        buf_char(&d.b, '\n');
    }
    return buf_done(&d.b);
}
