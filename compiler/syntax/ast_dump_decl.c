/* ast_dump_decl.c - statements, declarations, types and patterns as text. */
#include "dump.h"

/* --- types and patterns --- */

static void dump_types(Dump *d, AstList l, const char *between) {
    for (u32 i = 0; i < l.n; i++) {
        if (i) buf_c(&d->b, between);
        dump_type(d, l.v[i]);
    }
}

void dump_type(Dump *d, const Ast *e) {
    switch (e->kind) {
    case AST_T_NAME:
        dump_path(d, e->tname.path);
        if (!e->tname.args.n) break;
        buf_char(&d->b, '<');
        dump_types(d, e->tname.args, ",");
        buf_char(&d->b, '>');
        break;
    case AST_T_ARRAY:
        buf_char(&d->b, '[');
        dump_type(d, e->tone.elem);
        buf_char(&d->b, ']');
        break;
    case AST_T_OPTION:
        dump_type(d, e->tone.elem);
        buf_char(&d->b, '?');
        break;
    case AST_T_MAP:
        buf_char(&d->b, '{');
        dump_type(d, e->tmap.key);
        buf_char(&d->b, ':');
        dump_type(d, e->tmap.value);
        buf_char(&d->b, '}');
        break;
    case AST_T_TUPLE: case AST_T_UNION:
        buf_char(&d->b, '(');
        dump_types(d, e->tlist.elems, e->kind == AST_T_UNION ? "|" : ",");
        buf_char(&d->b, ')');
        break;
    case AST_T_FN:
        buf_c(&d->b, "fn(");
        dump_types(d, e->tfn.params, ",");
        buf_char(&d->b, ')');
        if (!e->tfn.ret) break;
        buf_c(&d->b, "->");
        dump_type(d, e->tfn.ret);
        break;
    default: buf_c(&d->b, "(error)"); break;
    }
}

static void dump_patterns(Dump *d, AstList l, const char *between) {
    for (u32 i = 0; i < l.n; i++) {
        if (i) buf_c(&d->b, between);
        dump_pattern(d, l.v[i]);
    }
}

static void dump_struct_pattern(Dump *d, const Ast *e) {
    dump_path(d, e->pstruct.path);
    buf_char(&d->b, '{');
    for (u32 i = 0; i < e->pstruct.fields.n; i++) {
        const AstArg *f = &e->pstruct.fields.v[i];
        if (i) buf_char(&d->b, ' ');
        buf_str(&d->b, f->name->s);
        if (!f->value) continue;
        buf_char(&d->b, ':');
        dump_pattern(d, f->value);
    }
    buf_char(&d->b, '}');
}

void dump_pattern(Dump *d, const Ast *e) {
    switch (e->kind) {
    case AST_P_NAME: dump_path(d, e->pname.path); break;
    case AST_P_CTOR:
        dump_path(d, e->pctor.path);
        buf_char(&d->b, '(');
        dump_patterns(d, e->pctor.args, " ");
        buf_char(&d->b, ')');
        break;
    case AST_P_STRUCT: dump_struct_pattern(d, e); break;
    case AST_P_LIT: dump_expr(d, e->plit.lit); break;
    case AST_P_RANGE:
        dump_expr(d, e->prange.lo);
        buf_c(&d->b, e->flags & AF_INCLUSIVE ? "..=" : "..");
        dump_expr(d, e->prange.hi);
        break;
    case AST_P_OR: case AST_P_TUPLE:
        buf_char(&d->b, '(');
        dump_patterns(d, e->plist.elems, e->kind == AST_P_OR ? " | " : ", ");
        buf_char(&d->b, ')');
        break;
    case AST_P_ARRAY:
        buf_char(&d->b, '[');
        dump_patterns(d, e->plist.elems, " ");
        buf_char(&d->b, ']');
        break;
    case AST_P_REST:
        buf_c(&d->b, "...");
        if (e->prest.name.name) buf_str(&d->b, e->prest.name.name->s);
        break;
    default: buf_c(&d->b, "(error)"); break;
    }
}

/* --- parts of declarations --- */

static void dump_flags(Dump *d, const Ast *e) {
    static const struct { u32 flag; const char *word; } words[] = {
        {AF_PUB, " pub"}, {AF_EXPORT, " export"}, {AF_CONST, " const"}, {AF_PARALLEL, " parallel"},
        {AF_EXTERN, " extern"}, {AF_BLOCKING, " blocking"}, {AF_VARARGS, " ..."},
        {AF_TUPLE, " tuple"}, {AF_ARRAY, " array"}, {AF_BARE, " bare"},
    };
    for (u32 i = 0; i < sizeof words / sizeof *words; i++)
        if (e->flags & words[i].flag) buf_c(&d->b, words[i].word);
}

static void dump_label(Dump *d, AstName n) {
    if (n.name) buf_fmt(&d->b, " %s:", n.name->s.p);
}

static void dump_gens(Dump *d, AstGens g) {
    if (!g.n) return;
    buf_char(&d->b, '<');
    for (u32 i = 0; i < g.n; i++) {
        if (i) buf_char(&d->b, ',');
        buf_str(&d->b, g.v[i].name->s);
        if (g.v[i].bounds.n) buf_char(&d->b, ':');
        dump_types(d, g.v[i].bounds, "+");
    }
    buf_char(&d->b, '>');
}

static void dump_maybe_type(Dump *d, const char *before, const Ast *t) {
    if (!t) return;
    buf_c(&d->b, before);
    dump_type(d, t);
}

static void dump_fn(Dump *d, const Ast *e) {
    buf_c(&d->b, "(fn");
    dump_flags(d, e);
    buf_char(&d->b, ' ');
    dump_path(d, e->fn.owner);
    dump_gens(d, e->fn.owner_gens);
    if (e->fn.owner.n) buf_char(&d->b, '.');
    buf_str(&d->b, e->fn.name->s);
    dump_gens(d, e->fn.gens);
    dump_params(d, e->fn.params);
    dump_maybe_type(d, " ->", e->fn.ret);
    if (e->fn.body) {
        buf_c(&d->b, e->flags & AF_ARROW ? " => " : " ");
        dump_stmt(d, e->fn.body);
    }
    buf_char(&d->b, ')');
}

static void dump_methods(Dump *d, AstList l) {
    for (u32 i = 0; i < l.n; i++) {
        dump_line(d);
        dump_stmt(d, l.v[i]);
    }
}

static void dump_head(Dump *d, const Ast *e, const char *word, Name name, AstGens gens) {
    buf_fmt(&d->b, "(%s", word);
    dump_flags(d, e);
    buf_fmt(&d->b, " %s", name->s.p);
    dump_gens(d, gens);
    d->indent++;
}

static void dump_struct(Dump *d, const Ast *e) {
    dump_head(d, e, "struct", e->struct_.name, e->struct_.gens);
    for (u32 i = 0; i < e->struct_.n; i++) {
        const AstStructField *f = &e->struct_.fields[i];
        buf_fmt(&d->b, " %s", f->name->s.p);
        dump_maybe_type(d, ":", f->type);
        if (!f->def) continue;
        buf_char(&d->b, '=');
        dump_expr(d, f->def);
    }
    dump_methods(d, e->struct_.methods);
    d->indent--;
    buf_char(&d->b, ')');
}

static void dump_enum(Dump *d, const Ast *e) {
    dump_head(d, e, "enum", e->enum_.name, e->enum_.gens);
    for (u32 i = 0; i < e->enum_.n; i++) {
        const AstVariant *v = &e->enum_.variants[i];
        buf_fmt(&d->b, " %s", v->name->s.p);
        if (!v->payload.n) continue;
        buf_char(&d->b, '(');
        for (u32 k = 0; k < v->payload.n; k++) {
            if (k) buf_char(&d->b, ' ');
            if (v->payload_names.v[k].name) buf_fmt(&d->b, "%s:", v->payload_names.v[k].name->s.p);
            dump_type(d, v->payload.v[k]);
        }
        buf_char(&d->b, ')');
    }
    d->indent--;
    buf_char(&d->b, ')');
}

static void dump_impl(Dump *d, const Ast *e) {
    buf_c(&d->b, "(impl");
    dump_gens(d, e->impl.gens);
    dump_maybe_type(d, " ", e->impl.type);
    dump_maybe_type(d, " for ", e->impl.for_type);
    d->indent++;
    dump_methods(d, e->impl.methods);
    d->indent--;
    buf_char(&d->b, ')');
}

static void dump_import(Dump *d, const Ast *e) {
    buf_c(&d->b, "(import ");
    dump_path(d, e->import.path);
    if (e->import.alias.name) buf_fmt(&d->b, " as %s", e->import.alias.name->s.p);
    if (e->import.listed) {
        buf_c(&d->b, " {");
        dump_names(d, e->import.names);
        buf_c(&d->b, " }");
    }
    if (e->import.from) {
        buf_char(&d->b, ' ');
        dump_expr(d, e->import.from);
    }
    buf_char(&d->b, ')');
}

/* --- statements --- */

static void dump_var(Dump *d, const Ast *e) {
    buf_c(&d->b, "(var");
    dump_flags(d, e);
    dump_names(d, e->var.names);
    if (e->var.rest.name) buf_fmt(&d->b, " ...%s", e->var.rest.name->s.p);
    dump_maybe_type(d, ":", e->var.type);
    buf_c(&d->b, " =");
    dump_list(d, e->var.values);
    buf_char(&d->b, ')');
}

static void dump_parts(Dump *d, const Ast *a, const Ast *b, const Ast *c, const Ast *e) {
    const Ast *parts[] = {a, b, c, e};
    for (int i = 0; i < 4; i++) {
        if (!parts[i]) continue;
        buf_char(&d->b, ' ');
        dump_stmt(d, parts[i]);
    }
    buf_char(&d->b, ')');
}

static void dump_select(Dump *d, const Ast *e) {
    buf_c(&d->b, "(select");
    d->indent++;
    for (u32 i = 0; i < e->select.n; i++) {
        const AstSelArm *a = &e->select.arms[i];
        dump_line(d);
        buf_char(&d->b, '[');
        if (a->bind.name) buf_fmt(&d->b, "%s = ", a->bind.name->s.p);
        dump_expr(d, a->what);
        buf_c(&d->b, " => ");
        dump_stmt(d, a->body);
        buf_char(&d->b, ']');
    }
    d->indent--;
    buf_char(&d->b, ')');
}

static void dump_scope(Dump *d, const Ast *e) {
    buf_c(&d->b, e->kind == AST_SCOPE ? "(scope" : "(parallel");
    if (e->scope.name.name) buf_fmt(&d->b, " %s", e->scope.name.name->s.p);
    dump_args(d, e->scope.args);
    dump_parts(d, e->scope.body, NULL, NULL, NULL);
}

static void dump_test(Dump *d, const Ast *e) {
    buf_c(&d->b, e->kind == AST_TEST ? "(test " : "(hook ");
    dump_quoted(d, e->test.title);
    dump_parts(d, e->test.body, NULL, NULL, NULL);
}

static void dump_words(Dump *d, const char *word, AstList values) {
    buf_fmt(&d->b, "(%s", word);
    dump_list(d, values);
    buf_char(&d->b, ')');
}

static void dump_assign(Dump *d, const Ast *e) {
    buf_c(&d->b, "(=");
    dump_list(d, e->assign.targets);
    buf_c(&d->b, " =");
    dump_list(d, e->assign.values);
    buf_char(&d->b, ')');
}

static void dump_opassign(Dump *d, const Ast *e) {
    if (e->opassign.value) buf_fmt(&d->b, "(%s=", op_text[e->opassign.op]);
    else buf_fmt(&d->b, "(%s%s", op_text[e->opassign.op], op_text[e->opassign.op]);
    dump_parts(d, e->opassign.target, e->opassign.value, NULL, NULL);
}

static void dump_jump(Dump *d, const Ast *e) {
    buf_c(&d->b, e->kind == AST_BREAK ? "(break" : "(continue");
    if (e->jump.label.name) buf_fmt(&d->b, " %s", e->jump.label.name->s.p);
    buf_char(&d->b, ')');
}

void dump_decl(Dump *d, const Ast *e) { /* table */
    switch (e->kind) {
    case AST_BLOCK: dump_block(d, e); break;
    case AST_VAR: dump_var(d, e); break;
    case AST_ASSIGN: dump_assign(d, e); break;
    case AST_OPASSIGN: dump_opassign(d, e); break;
    case AST_RETURN: dump_words(d, "return", e->ret.values); break;
    case AST_BREAK: case AST_CONTINUE: dump_jump(d, e); break;
    case AST_WHILE:
        buf_c(&d->b, "(while");
        dump_flags(d, e);
        dump_label(d, e->while_.label);
        dump_parts(d, e->while_.cond, e->while_.body, NULL, NULL);
        break;
    case AST_FOR_IN:
        buf_c(&d->b, "(for");
        dump_flags(d, e);
        dump_label(d, e->for_in.label);
        dump_names(d, e->for_in.names);
        dump_parts(d, e->for_in.iter, e->for_in.body, NULL, NULL);
        break;
    case AST_FOR_C:
        buf_fmt(&d->b, "(for-c");
        dump_flags(d, e);
        dump_label(d, e->for_c.label);
        buf_fmt(&d->b, " %s", e->for_c.name.name->s.p);
        dump_parts(d, e->for_c.init, e->for_c.cond, e->for_c.step, e->for_c.body);
        break;
    case AST_PARALLEL: case AST_SCOPE: dump_scope(d, e); break;
    case AST_SELECT: dump_select(d, e); break;
    case AST_DEFER:
        buf_c(&d->b, "(defer");
        dump_parts(d, e->one.e, NULL, NULL, NULL);
        break;
    case AST_YIELD:
        buf_c(&d->b, "(yield");
        dump_parts(d, e->one.e, NULL, NULL, NULL);
        break;
    case AST_TEST: case AST_HOOK: dump_test(d, e); break;
    case AST_IMPORT: dump_import(d, e); break;
    case AST_EXPORT_LIST:
        buf_c(&d->b, "(export");
        dump_names(d, e->names.names);
        buf_char(&d->b, ')');
        break;
    case AST_FN: dump_fn(d, e); break;
    case AST_STRUCT: dump_struct(d, e); break;
    case AST_ENUM: dump_enum(d, e); break;
    case AST_TRAIT:
        dump_head(d, e, "trait", e->trait.name, e->trait.gens);
        dump_methods(d, e->trait.methods);
        d->indent--;
        buf_char(&d->b, ')');
        break;
    case AST_IMPL: dump_impl(d, e); break;
    case AST_ALIAS:
        dump_head(d, e, "type", e->alias.name, e->alias.gens);
        d->indent--;
        dump_maybe_type(d, " ", e->alias.type);
        buf_char(&d->b, ')');
        break;
    default: buf_c(&d->b, "(error)"); break;
    }
}
