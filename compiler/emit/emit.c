/* emit.c - the whole file: scan what is reachable, write the bodies, then put what they need before
 * them. Functions without a place in the source come first, so that no #line has to be undone. */
#include "emitting.h"

static void name_fns(Emit *e) {
    for (u32 i = 0; i < e->ir->fns.n; i++) {
        IrFn *fn = e->ir->fns.v[i];
        if (!fn->used) continue;
        if (fn->is_exported || (fn->is_extern && fn->std_abi)) fn->c_name = fn->name;
        else if (fn->is_extern) fn->c_name = name_global(e, "x_", fn->name);
        else fn->c_name = name_global(e, "w_", fn->name);
    }
}

static void emit_globals(Emit *e) {
    for (u32 i = 0; i < e->ir->globals.n; i++) {
        IrGlobal *g = e->ir->globals.v[i];
        if (!g->used) continue;
        Str name = g->name ? g->name->s : S("global");
        if (g->module.n)
            name = str_fmt(e->perm, "%.*s_%.*s", FMT(name_words(e, g->module)), FMT(name));
        g->c_name = name_global(e, "g_", name);
        out_c(&e->protos_out, "static ");
        type_declare(e, &e->protos_out, g->type, g->c_name);
        out_c(&e->protos_out, ";\n");
    }
}

static void emit_names(Emit *e, Out *o) {
    out_c(o, "\nconst char wyn_names[] =\n");
    for (u32 i = 0; i < e->ir->fns.n; i++) {
        IrFn *fn = e->ir->fns.v[i];
        if (!fn->used || fn->is_extern || !fn->shown.n) continue;
        out_fmt(o, "    \"%.*s\\0\" ", FMT(fn->c_name));
        out_c_string(o, fn->shown, 0);
        out_c(o, " \"\\0\"\n");
    }
    out_c(o, "    \"\";\n");
}

static void bodies(Emit *e, bool with_place) {
    for (u32 i = 0; i < e->ir->fns.n; i++) {
        IrFn *fn = e->ir->fns.v[i];
        if (!fn->used || fn->is_extern || (fn->span.file != 0) != with_place) continue;
        emit_fn(e, fn);
    }
}

static void section(Out *to, Out *part) {
    if (!part->b.n) return;
    out_c(to, "\n");
    Str s = buf_done(&part->b);
    while (s.n && s.p[0] == '\n') s.p++, s.n--;
    out_str(to, s);
}

static void out_init(Emit *e, Out *o) {
    o->b.arena = e->perm;
    o->no_line = true;
}

Str emit_c(Arena *perm, const IrProgram *ir, const EmitOptions *opt) {
    Emit *e = NEW(perm, Emit);
    e->perm = perm;
    e->ir = ir;
    e->opt = *opt;
    e->names = interner_new(perm);
    Out *outs[] = {&e->types_out, &e->ops_out, &e->data_out, &e->protos_out, &e->body_out,
                   &e->forward_out, &e->objects_out, &e->more_out};
    for (u32 i = 0; i < COUNT_OF(outs); i++) out_init(e, outs[i]);
    scan_use(e, ir->start);
    for (u32 i = 0; i < e->work.n; i++) scan_fn(e, e->work.v[i]);
    name_fns(e);
    e->out = &e->body_out;
    emit_globals(e);
    for (u32 i = 0; i < ir->fns.n; i++)
        if (ir->fns.v[i]->used) emit_prototype(e, &e->protos_out, ir->fns.v[i]);
    e->body_out.no_line = true;
    bodies(e, false);
    emit_names(e, &e->body_out);
    e->body_out.no_line = opt->no_line;
    bodies(e, true);
    emit_vtables(e);
    emit_descs(e);
    for (u32 i = 0; i < ir->structs.n; i++) struct_define(e, ir->structs.v[i]);

    Out all = {.b = {.arena = perm}, .no_line = true};
    out_c(&all, "#include \"wyn.h\"\n#include \"wyn_inline.h\"\n");
    section(&all, &e->forward_out);
    section(&all, &e->types_out);
    section(&all, &e->ops_out);
    section(&all, &e->protos_out);
    section(&all, &e->data_out);
    section(&all, &e->objects_out);
    section(&all, &e->more_out);
    out_str(&all, buf_done(&e->body_out.b));
    return buf_done(&all.b);
}
