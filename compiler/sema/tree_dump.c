/* tree_dump.c - the typed tree as text, one node a line, children indented:
 *     call fib : int
 *       chain - : int
 *         local n : int
 *         int 1 : int
 * For people (--dump=tree) and snapshots; nothing reads it back. */
#include "walk.h"

typedef struct Dump {
    StrBuf b;
    u32 depth;
} Dump;

static const char *const kind_names[] = {
#define TN(kind, member) #kind,
#include "tree.def"
#undef TN
};

static const char *const intrinsic_names[] = {
#define INTR(id, name) name,
#include "intrinsic.def"
#undef INTR
};

static const char *const cast_names[] = {
    "none", "int-float", "bool-int", "int-bool", "bool-float", "some", "handle-int", "trait",
    "fn-void", "str-ptr", "never",
};

static const char *const try_names[] = {"return", "main", "panic"};
static const char *const sel_names[] = {"recv", "send", "await", "timeout", "default", "closed"};

static void dump_tree(void *ctx, Tree *t);

static void dump_indent(Dump *d) {
    for (u32 i = 0; i < d->depth; i++) buf_c(&d->b, "  ");
}

/* TN_CALL_VALUE -> call_value */
static void dump_kind(Dump *d, TreeKind kind) {
    for (const char *p = kind_names[kind] + 3; *p; p++)
        buf_char(&d->b, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
}

static void dump_name(Dump *d, Name name) {
    buf_str(&d->b, name ? name->s : S("?"));
}

static void dump_type(Dump *d, const Type *t) {
    buf_str(&d->b, t ? type_text(d->b.arena, t) : S("(no type)"));
}

static void dump_local(Dump *d, const Local *l) {
    if (l->name) dump_name(d, l->name);
    else buf_fmt(&d->b, "t%u", l->id);
}

static void dump_fn_name(Dump *d, const Fn *fn) {
    if (fn->module.n) buf_fmt(&d->b, "%.*s:", FMT(fn->module));
    if (fn->owner.n) buf_fmt(&d->b, "%.*s.", FMT(fn->owner));
    if (fn->name) dump_name(d, fn->name);
    else buf_fmt(&d->b, "lambda%u", fn->id);
    buf_str(&d->b, fn->targs);
}

static void dump_bytes(Dump *d, Str s) {
    buf_char(&d->b, '"');
    for (u32 i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];
        if (c == '"' || c == '\\') buf_fmt(&d->b, "\\%c", c);
        else if (c == '\n') buf_c(&d->b, "\\n");
        else if (c < 32 || c == 127) buf_fmt(&d->b, "\\x%02x", c);
        else buf_char(&d->b, (char)c);
    }
    buf_char(&d->b, '"');
}

/* --- patterns, on one line */

static void dump_pattern(Dump *d, const Pattern *p);

static void dump_patterns(Dump *d, const char *open, Pattern **v, u32 n, const char *close) {
    buf_c(&d->b, open);
    for (u32 i = 0; i < n; i++) {
        if (i) buf_c(&d->b, ", ");
        dump_pattern(d, v[i]);
    }
    buf_c(&d->b, close);
}

static void dump_array_pattern(Dump *d, const Pattern *p) {
    buf_char(&d->b, '[');
    for (u32 i = 0; i <= p->array.n; i++) {
        if (p->array.has_rest && i == p->array.rest_at) {
            buf_c(&d->b, i ? ", ..." : "...");
            if (p->array.rest) dump_local(d, p->array.rest);
            if (i < p->array.n) buf_c(&d->b, ", ");
        } else if (i && i < p->array.n) {
            buf_c(&d->b, ", ");
        }
        if (i < p->array.n) dump_pattern(d, p->array.elems[i]);
    }
    buf_char(&d->b, ']');
}

static void dump_pattern(Dump *d, const Pattern *p) {
    StrBuf *b = &d->b;
    if (!p) {
        buf_char(b, '_');
        return;
    }
    switch (p->kind) {
    case PAT_WILD: buf_char(b, '_'); return;
    case PAT_BIND: dump_local(d, p->bind); return;
    case PAT_INT: buf_fmt(b, "%lld", (long long)p->int_); return;
    case PAT_FLOAT: buf_fmt(b, "%.17g", p->float_); return;
    case PAT_STR: dump_bytes(d, p->str); return;
    case PAT_BOOL: buf_c(b, p->bool_ ? "true" : "false"); return;
    case PAT_RANGE:
        dump_pattern(d, p->range.lo);
        buf_c(b, p->range.inclusive ? "..=" : "..");
        dump_pattern(d, p->range.hi);
        return;
    case PAT_VARIANT:
        if (p->variant.index < p->type->variant_count)
            dump_name(d, p->type->variants[p->variant.index].name);
        if (p->variant.n) dump_patterns(d, "(", p->variant.args, p->variant.n, ")");
        return;
    case PAT_SOME: dump_patterns(d, "Some(", (Pattern **)&p->inner, 1, ")"); return;
    case PAT_OK: dump_patterns(d, "Ok(", (Pattern **)&p->inner, 1, ")"); return;
    case PAT_ERR: dump_patterns(d, "Err(", (Pattern **)&p->inner, 1, ")"); return;
    case PAT_NONE: buf_c(b, "None"); return;
    case PAT_TUPLE: dump_patterns(d, "(", p->tuple.elems, p->tuple.n, ")"); return;
    case PAT_STRUCT:
        dump_type(d, p->type);
        dump_patterns(d, " {", p->tuple.elems, p->tuple.n, "}");
        return;
    case PAT_ARRAY: dump_array_pattern(d, p); return;
    case PAT_OR:
        for (u32 i = 0; i < p->alts.n; i++) {
            if (i) buf_c(b, " | ");
            dump_pattern(d, p->alts.alts[i]);
        }
        return;
    }
}

/* --- what stands after the kind on the line of a node */

static void dump_interp(Dump *d, Tree *t) {
    for (u32 i = 0; i < t->interp.n; i++) {
        buf_char(&d->b, ' ');
        if (!t->interp.parts[i].e) dump_bytes(d, t->interp.parts[i].text);
        else buf_fmt(&d->b, "${%.*s}", FMT(t->interp.parts[i].spec));
    }
}

static void dump_for(Dump *d, Tree *t) {
    StrBuf *b = &d->b;
    buf_char(b, ' ');
    if (t->kind == TN_FOR_RANGE) {
        if (t->for_range.var) dump_local(d, t->for_range.var);
        else buf_char(b, '_');
        if (t->for_range.inclusive) buf_c(b, " inclusive");
        if (t->for_range.parallel) buf_c(b, " parallel");
        return;
    }
    if (t->for_in.pattern) dump_pattern(d, t->for_in.pattern);
    else if (t->for_in.a) dump_local(d, t->for_in.a);
    else buf_char(b, '_');
    if (t->for_in.b) {
        buf_c(b, ", ");
        dump_local(d, t->for_in.b);
    }
    if (t->for_in.parallel) buf_c(b, " parallel");
}

static void dump_chain_ops(Dump *d, Tree *t) {
    for (u32 i = 0; i < t->chain.n && i < 16; i++) {
        buf_fmt(&d->b, " %s", op_text[t->chain.steps[i].op]);
        if (t->chain.steps[i].lhs_float) buf_c(&d->b, "(float)");
    }
    if (t->chain.n > 16) buf_fmt(&d->b, " ... %u operators", t->chain.n);
}

static void dump_field(Dump *d, Tree *t) {
    const Type *o = t->field.obj->type;
    if (o->kind == TY_STRUCT && t->field.index < o->field_count) {
        buf_c(&d->b, " .");
        dump_name(d, o->fields[t->field.index].name);
    } else {
        buf_fmt(&d->b, " .%u", t->field.index);
    }
}

static void dump_named(Dump *d, const char *sep, Name name) {
    buf_c(&d->b, sep);
    dump_name(d, name);
}

static void dump_detail(Dump *d, Tree *t) { /* table */
    StrBuf *b = &d->b;
    switch (t->kind) {
    case TN_INT: buf_fmt(b, " %lld", (long long)t->int_.value); return;
    case TN_FLOAT: buf_fmt(b, " %.17g", t->float_.value); return;
    case TN_BOOL: buf_c(b, t->bool_.value ? " true" : " false"); return;
    case TN_STR: buf_char(b, ' '); dump_bytes(d, t->str.bytes); return;
    case TN_INTERP: dump_interp(d, t); return;
    case TN_LOCAL: buf_char(b, ' '); dump_local(d, t->local); return;
    case TN_GLOBAL: dump_named(d, " ", t->global->name); return;
    case TN_FN: case TN_LAMBDA: buf_char(b, ' '); dump_fn_name(d, t->fn); return;
    case TN_CALL:
        buf_char(b, ' ');
        dump_fn_name(d, t->call.fn);
        for (u32 i = 0; t->call.order && i < t->call.args.n; i++)
            buf_fmt(b, "%s%u", i ? " " : " order ", t->call.order[i]);
        return;
    case TN_CALL_DYN: dump_named(d, " .", t->dyn.name); return;
    case TN_INTRINSIC: buf_fmt(b, " %s", intrinsic_names[t->intr.id]); return;
    case TN_FIELD: dump_field(d, t); return;
    case TN_SLICE: buf_c(b, t->slice.inclusive ? " inclusive" : ""); return;
    case TN_UNARY: buf_fmt(b, " %s", op_text[t->unary.op]); return;
    case TN_CHAIN: dump_chain_ops(d, t); return;
    case TN_LOGIC: buf_fmt(b, " %s", op_text[t->logic.op]); return;
    case TN_RANGE: buf_c(b, t->range.inclusive ? " inclusive" : ""); return;
    case TN_LET_COND: case TN_DESTRUCT: buf_char(b, ' '); dump_pattern(d, t->letc.pattern); return;
    case TN_MATCH: buf_c(b, t->match.falls_through ? " falls-through" : ""); return;
    case TN_BLOCK:
        if (t->block.has_value) buf_c(b, " value");
        for (u32 i = 0; i < t->block.hoisted_count; i++) {
            buf_c(b, i ? ", " : " hoists ");
            dump_local(d, t->block.hoisted[i]);
        }
        return;
    case TN_STRUCT: buf_c(b, t->agg.update ? " update" : ""); return;
    case TN_COMPR: buf_char(b, ' '); dump_local(d, t->compr.out); return;
    case TN_VARIANT: dump_named(d, " ", t->type->variants[t->variant.index].name); return;
    case TN_TRY:
        buf_fmt(b, " %s%s", try_names[t->try_.how], t->try_.to_text ? " to-text" : "");
        return;
    case TN_OPT_MAP:
        buf_char(b, ' ');
        dump_local(d, t->optmap.it);
        if (t->optmap.flat) buf_c(b, " flat");
        return;
    case TN_CAST: buf_fmt(b, " %s", cast_names[t->cast.how]); return;
    case TN_SPAWN:
        buf_c(b, t->spawn.scope ? " in" : "");
        buf_c(b, t->spawn.statement ? " statement" : "");
        return;
    case TN_LET: buf_char(b, ' '); dump_local(d, t->let.local); return;
    case TN_OPASSIGN:
        buf_fmt(b, " %s%s", op_text[t->opassign.op], t->opassign.lhs_float ? " (float)" : "");
        return;
    case TN_BREAK: case TN_CONTINUE: buf_fmt(b, " loop %u", t->jump.loop->id); return;
    case TN_WHILE: buf_fmt(b, " loop %u", t->while_.loop->id); return;
    case TN_FOR_C: buf_fmt(b, " loop %u", t->for_c.loop->id); return;
    case TN_FOR_RANGE: buf_fmt(b, " loop %u", t->for_range.loop->id); dump_for(d, t); return;
    case TN_FOR_IN: buf_fmt(b, " loop %u", t->for_in.loop->id); dump_for(d, t); return;
    case TN_PAR_BIND: buf_char(b, ' '); dump_local(d, t->parbind.local); return;
    case TN_SCOPE:
        if (t->scope.handle) {
            buf_char(b, ' ');
            dump_local(d, t->scope.handle);
        }
        return;
    case TN_ERROR: case TN_ZERO: case TN_CALL_VALUE: case TN_PRINT: case TN_INDEX: case TN_IF:
    case TN_TUPLE: case TN_ARRAY: case TN_SET: case TN_MAP: case TN_SOME: case TN_NONE: case TN_OK:
    case TN_ERR: case TN_COALESCE: case TN_REF: case TN_AWAIT: case TN_ASSIGN: case TN_RETURN:
    case TN_PARALLEL: case TN_SELECT: case TN_DEFER: case TN_YIELD: case TREE_KIND_COUNT:
        return;
    }
}

/* --- nodes whose children need a heading */

static void dump_heading(Dump *d, const char *text) {
    dump_indent(d);
    buf_c(&d->b, text);
}

static void dump_below(Dump *d, const char *text, Tree *t) {
    if (!t) return;
    dump_heading(d, text);
    buf_char(&d->b, '\n');
    d->depth++;
    dump_tree(d, t);
    d->depth--;
}

static void dump_if(Dump *d, Tree *t) {
    for (u32 i = 0; i < t->if_.n; i++) {
        dump_below(d, "when", t->if_.arms[i].cond);
        dump_below(d, "then", t->if_.arms[i].body);
    }
    dump_below(d, "else", t->if_.els);
}

static void dump_match(Dump *d, Tree *t) {
    dump_tree(d, t->match.subject);
    for (u32 i = 0; i < t->match.n; i++) {
        dump_heading(d, "arm ");
        dump_pattern(d, t->match.arms[i].pattern);
        buf_char(&d->b, '\n');
        d->depth++;
        dump_below(d, "guard", t->match.arms[i].guard);
        dump_tree(d, t->match.arms[i].body);
        d->depth--;
    }
}

static void dump_assign(Dump *d, Tree *t) {
    for (u32 i = 0; i < t->assign.targets.n; i++)
        dump_below(d, "target", t->assign.targets.v[i]);
    for (u32 i = 0; i < t->assign.values.n; i++) dump_below(d, "value", t->assign.values.v[i]);
}

static void dump_select(Dump *d, Tree *t) {
    for (u32 i = 0; i < t->select.n; i++) {
        TreeSelArm *arm = &t->select.arms[i];
        dump_heading(d, sel_names[arm->kind]);
        if (arm->bind) {
            buf_char(&d->b, ' ');
            dump_local(d, arm->bind);
        }
        buf_char(&d->b, '\n');
        d->depth++;
        if (arm->on) dump_tree(d, arm->on);
        dump_below(d, "value", arm->value);
        if (arm->body) dump_tree(d, arm->body);
        d->depth--;
    }
}

static void dump_tree(void *ctx, Tree *t) {
    Dump *d = ctx;
    dump_indent(d);
    dump_kind(d, t->kind);
    dump_detail(d, t);
    if (t->type && t->type->kind != TY_VOID) {
        buf_c(&d->b, " : ");
        dump_type(d, t->type);
    }
    buf_char(&d->b, '\n');
    d->depth++;
    if (t->kind == TN_IF) dump_if(d, t);
    else if (t->kind == TN_MATCH) dump_match(d, t);
    else if (t->kind == TN_ASSIGN) dump_assign(d, t);
    else if (t->kind == TN_SELECT) dump_select(d, t);
    else walk_children(t, dump_tree, d);
    d->depth--;
}

static void dump_flags(Dump *d, const Fn *fn) {
    StrBuf *b = &d->b;
    if (fn->is_main) buf_c(b, " main");
    if (fn->mut_self) buf_c(b, " mut-self");
    if (fn->is_generator) buf_c(b, " generator");
    if (fn->spawned) buf_c(b, " spawned");
    if (fn->kind == FN_LAMBDA && fn->escapes) buf_c(b, " escapes");
    if (fn->kind == FN_EXTERN) buf_c(b, " extern");
    for (u32 i = 0; i < fn->captures.n; i++) {
        buf_c(b, i ? ", " : " captures ");
        dump_local(d, fn->captures.v[i].outer);
        if (fn->captures.v[i].outer->reassigned && !fn->spawned) buf_c(b, " by box");
    }
}

static void dump_fn(Dump *d, const Fn *fn) {
    buf_c(&d->b, "\nfn ");
    dump_fn_name(d, fn);
    buf_char(&d->b, '(');
    for (u32 i = 0; i < fn->param_count; i++) {
        if (i) buf_c(&d->b, ", ");
        if (fn->params[i]->by_ref) buf_c(&d->b, "mut ");
        dump_local(d, fn->params[i]);
        buf_c(&d->b, ": ");
        dump_type(d, fn->params[i]->type);
    }
    buf_c(&d->b, ") -> ");
    dump_type(d, fn->ret);
    dump_flags(d, fn);
    buf_char(&d->b, '\n');
    d->depth = 1;
    if (fn->body) dump_tree(d, fn->body);
}

Str tree_dump(Arena *a, const Program *p) {
    Dump d = {.b = {.arena = a}};
    for (u32 i = 0; i < p->globals.n; i++) {
        const Global *g = p->globals.v[i];
        buf_c(&d.b, g->is_const ? "const " : "global ");
        dump_name(&d, g->name);
        buf_c(&d.b, ": ");
        dump_type(&d, g->type);
        buf_char(&d.b, '\n');
    }
    for (u32 i = 0; i < p->fns.n; i++) dump_fn(&d, p->fns.v[i]);
    return buf_done(&d.b);
}
