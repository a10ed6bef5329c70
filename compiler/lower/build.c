/* build.c - builders of IR expressions and statements, and the order of evaluation: an operand that
 * a later one may disturb is moved into a temporary at the place where it was evaluated. */
#include "lowering.h"
#include <string.h>

IrType *type_ir(Lower *lw, Type *t) { return ir_wyn(lw->perm, lw->ir, t); }

bool type_no_value(const Type *t) { return t->kind == TY_VOID || t->kind == TY_NEVER; }

bool type_is_struct_like(Type *t) {
    switch (t->kind) {
    case TY_STRUCT: case TY_TUPLE: case TY_RESULT: return true;
    case TY_OPTION: return !type_is_one_pointer(t->args[0]);
    case TY_ENUM: return type_enum_layout(t) == ENUM_VALUE;
    default: return false;
    }
}

IrStruct *struct_new(Lower *lw, Str name) {
    IrStruct *st = NEW(lw->perm, IrStruct);
    st->name = name;
    st->id = lw->next_struct++;
    vec_push(lw->perm, &lw->ir->structs, st);
    return st;
}

u32 struct_add(Lower *lw, IrStruct *st, Name name, IrType *type) {
    IrVar *v = NEW(lw->perm, IrVar);
    v->name = name;
    v->type = type;
    v->id = st->fields.n;
    vec_push(lw->perm, &st->fields, v);
    return v->id;
}

IrType *struct_field_type(const IrStruct *st, u32 index) { return st->fields.v[index]->type; }

/* ---- expressions ---- */

IrExpr *ex_new(LowerFn *f, IrExprKind kind, IrType *type) {
    IrExpr *e = NEW(f->lw->perm, IrExpr);
    e->kind = (u8)kind;
    e->type = type;
    return e;
}

IrExpr *ex_typed_int(LowerFn *f, i64 v, IrType *type) {
    IrExpr *e = ex_new(f, IE_INT, type);
    e->int_ = v;
    return e;
}

IrExpr *ex_int(LowerFn *f, i64 v) { return ex_typed_int(f, v, f->lw->t.i64); }

IrExpr *ex_bool(LowerFn *f, bool v) {
    IrExpr *e = ex_new(f, IE_BOOL, f->lw->t.b);
    e->bool_ = v;
    return e;
}

IrExpr *ex_str(LowerFn *f, Str s) {
    IrExpr *e = ex_new(f, IE_STR, f->lw->t.str);
    e->str = s;
    return e;
}

IrExpr *ex_cstr(LowerFn *f, Str s) {
    IrExpr *e = ex_new(f, IE_CSTR, f->lw->t.voidp);
    e->str = s;
    return e;
}

IrExpr *ex_null(LowerFn *f, IrType *type) { return ex_new(f, IE_NULL, type); }
IrExpr *ex_zero(LowerFn *f, IrType *type) { return ex_new(f, IE_ZERO, type); }

IrExpr *ex_var(LowerFn *f, IrVar *v) {
    IrExpr *e = ex_new(f, IE_VAR, v->type);
    e->var = v;
    e->fx = v->mutable_ ? FX_READ_VAR : 0;
    return e;
}

IrExpr *ex_name(LowerFn *f, const char *name, IrType *type) {
    IrExpr *e = ex_new(f, IE_NAME, type);
    e->name = name;
    return e;
}

IrExpr *ex_desc(LowerFn *f, Type *t) {
    IrExpr *e = ex_new(f, IE_DESC, f->lw->t.voidp);
    e->desc = t;
    return e;
}

IrSite *site_of(LowerFn *f, Span span) {
    Lower *lw = f->lw;
    u32 line = span.file ? source_pos(lw->prog->sources, span).line : 0;
    void *key = (void *)(uintptr_t)(((u64)span.file << 32 | line) + 1);
    IrSite *s = map_get(&f->sites, key);
    if (!s) {
        s = NEW(lw->perm, IrSite);
        SourceFile *file = span.file ? source_file(lw->prog->sources, span.file) : NULL;
        s->file = file ? file->path : S("?");
        s->func = f->out->shown;
        s->line = line;
        s->id = lw->ir->sites.n;
        vec_push(lw->perm, &lw->ir->sites, s);
        map_put(lw->perm, &f->sites, key, s);
    }
    return s;
}

IrExpr *ex_site(LowerFn *f, Span span) {
    if (f->site_param) return ex_var(f, f->site_param);
    IrExpr *e = ex_new(f, IE_SITE, f->lw->t.site);
    e->site = site_of(f, span);
    return e;
}

IrExpr *ex_member(LowerFn *f, IrExpr *e, IrMember which, u32 index, IrType *type) {
    IrExpr *m = ex_new(f, IE_MEMBER, type);
    m->member.e = e;
    m->member.which = which;
    m->member.index = index;
    m->fx = e->fx;
    return m;
}

IrExpr *ex_raw_member(LowerFn *f, IrExpr *e, const char *name, IrType *type, bool arrow) {
    IrExpr *m = ex_member(f, e, IM_RAW, 0, type);
    m->member.raw = name;
    m->member.arrow = arrow;
    if (arrow) m->fx |= FX_READ_MEM;
    return m;
}

IrExpr *ex_arrow(LowerFn *f, IrExpr *ptr, u32 index, IrType *type) {
    IrExpr *m = ex_member(f, ptr, IM_FIELD, index, type);
    m->member.arrow = true;
    m->fx |= FX_READ_MEM;
    return m;
}

IrExpr *ex_deref(LowerFn *f, IrExpr *e) {
    ASSERT(e->type && e->type->kind == IRT_PTR);
    if (e->kind == IE_ADDR && e->one.e->kind != IE_MAKE) return e->one.e;
    IrExpr *d = ex_new(f, IE_DEREF, e->type->to);
    d->one.e = e;
    d->fx = e->fx | FX_READ_MEM;
    return d;
}

IrExpr *ex_addr(LowerFn *f, IrExpr *e) {
    if (e->kind == IE_DEREF) return e->one.e;
    IrExpr *a = ex_new(f, IE_ADDR, ir_ptr(f->lw->perm, e->type));
    a->one.e = e;
    a->fx = e->kind == IE_VAR ? 0 : e->fx;
    return a;
}

IrExpr *ex_cast(LowerFn *f, IrExpr *e, IrType *type) {
    if (e->type == type) return e;
    IrExpr *c = ex_new(f, IE_CAST, type);
    c->one.e = e;
    c->fx = e->fx;
    return c;
}

IrExpr *ex_unary(LowerFn *f, IrOp op, IrExpr *e, IrType *type) {
    IrExpr *u = ex_new(f, IE_UNARY, type);
    u->unary.op = op;
    u->unary.e = e;
    u->fx = e->fx;
    return u;
}

IrExpr *ex_not(LowerFn *f, IrExpr *e) {
    if (e->kind == IE_BOOL) return ex_bool(f, !e->bool_);
    if (e->kind == IE_UNARY && e->unary.op == IO_NOT) return e->unary.e;
    if (e->kind == IE_BINARY && (e->binary.op == IO_EQ || e->binary.op == IO_NE)) {
        e->binary.op = e->binary.op == IO_EQ ? IO_NE : IO_EQ;
        return e;
    }
    return ex_unary(f, IO_NOT, e, f->lw->t.b);
}

IrExpr *ex_binary(LowerFn *f, IrOp op, IrExpr *a, IrExpr *b, IrType *type) {
    IrExpr *e = ex_new(f, IE_BINARY, type);
    e->binary.op = op;
    e->binary.a = a;
    e->binary.b = b;
    e->fx = a->fx | b->fx;
    return e;
}

IrExpr *ex_cond(LowerFn *f, IrExpr *c, IrExpr *a, IrExpr *b) {
    IrExpr *e = ex_new(f, IE_COND, a->type);
    e->cond.c = c;
    e->cond.a = a;
    e->cond.b = b;
    e->fx = c->fx | a->fx | b->fx;
    return e;
}

static void args_fill(LowerFn *f, IrExpr *e, IrArgs *args, va_list ap) {
    IrExpr *list[12];
    u32 n = 0;
    for (IrExpr *x; (x = va_arg(ap, IrExpr *)); n++) {
        ASSERT(n < COUNT_OF(list));
        list[n] = x;
        e->fx |= x->fx;
    }
    args->n = n;
    args->v = NEW_N(f->lw->perm, IrExpr *, n);
    memcpy(args->v, list, n * sizeof *list);
}

IrExpr *ex_rt(LowerFn *f, const char *name, IrType *type, u32 fx, ...) {
    IrExpr *e = ex_new(f, IE_RT, type);
    e->rt.name = name;
    e->fx = fx;
    va_list ap;
    va_start(ap, fx);
    args_fill(f, e, &e->rt.args, ap);
    va_end(ap);
    return e;
}

IrExpr *ex_array_op(LowerFn *f, const char *name, Type *elem, IrType *type, u32 fx, ...) {
    IrExpr *e = ex_new(f, IE_ARRAY_OP, type);
    e->rt.name = name;
    e->rt.elem = type_ir(f->lw, elem);
    e->fx = fx;
    va_list ap;
    va_start(ap, fx);
    args_fill(f, e, &e->rt.args, ap);
    va_end(ap);
    return e;
}

/* A structure with n members to fill in; the caller adds their effects. */
IrExpr *ex_make(LowerFn *f, IrType *type, u32 n) {
    IrExpr *e = ex_new(f, IE_MAKE, type);
    e->make.args.n = n;
    e->make.args.v = NEW_N(f->lw->perm, IrExpr *, n);
    return e;
}

IrExpr *ex_call(LowerFn *f, IrFn *fn, IrArgs args) {
    IrExpr *e = ex_new(f, IE_CALL, fn->ret);
    e->call.fn = fn;
    e->call.args = args;
    e->fx = FX_CALL;
    for (u32 i = 0; i < args.n; i++) e->fx |= args.v[i]->fx;
    fn->uses++;
    if (fn->inlined && f->out->inlined) vec_push(f->lw->perm, &f->out->callees, fn);
    return e;
}

bool ex_is_leaf(const IrExpr *e) {
    switch ((IrExprKind)e->kind) {
    case IE_INT: case IE_FLOAT: case IE_BOOL: case IE_STR: case IE_NULL: case IE_NAME:
    case IE_FN_VALUE: case IE_UNIT: case IE_DESC: case IE_SITE: return true;
    case IE_VAR: return !e->var->mutable_;
    case IE_ADDR: return e->one.e->kind == IE_VAR;
    default: return false;
    }
}

IrExpr *ex_copy(LowerFn *f, const IrExpr *e) {
    IrExpr *c = NEW(f->lw->perm, IrExpr);
    *c = *e;
    return c;
}

/* A copy of an expression without effects that reads one value several times. */
IrExpr *ex_clone(LowerFn *f, const IrExpr *e) {
    IrExpr *c = ex_copy(f, e);
    switch ((IrExprKind)e->kind) {
    case IE_MEMBER: c->member.e = ex_clone(f, e->member.e); break;
    case IE_DEREF: case IE_CAST: case IE_ADDR: c->one.e = ex_clone(f, e->one.e); break;
    case IE_UNARY: c->unary.e = ex_clone(f, e->unary.e); break;
    case IE_RT: case IE_ARRAY_OP:
        c->rt.args.v = NEW_N(f->lw->perm, IrExpr *, e->rt.args.n);
        for (u32 i = 0; i < e->rt.args.n; i++) c->rt.args.v[i] = ex_clone(f, e->rt.args.v[i]);
        break;
    default: break;
    }
    return c;
}

/* ---- variables and statements ---- */

IrVar *var_new(LowerFn *f, Name name, IrType *type) {
    ASSERT(!ir_is_void(type));
    IrVar *v = NEW(f->lw->perm, IrVar);
    v->name = name;
    v->type = type;
    v->id = f->vars++;
    if (f->out->frame) {
        v->via = f->out->self;
        v->field = v;
        vec_push(f->lw->perm, &f->out->frame->fields, v);
    }
    return v;
}

IrStmt *st_add(LowerFn *f, IrStmtKind kind) {
    IrStmt *s = NEW(f->lw->perm, IrStmt);
    s->kind = kind;
    s->span = f->span;
    f->out->size++;
    if (!f->dead) vec_push(f->lw->perm, &f->block->stmts, s);
    return s;
}

IrVar *var_decl(LowerFn *f, Name name, IrType *type, IrExpr *init) {
    IrVar *v = var_new(f, name, type);
    IrStmt *s = st_add(f, IS_DECL);
    s->decl.var = v;
    s->decl.init = init;
    if (init) f->fx |= init->fx;
    return v;
}

IrVar *var_temp(LowerFn *f, IrExpr *init) { return var_decl(f, NULL, init->type, init); }

IrExpr *ex_temp(LowerFn *f, IrExpr *e) {
    if (ex_is_leaf(e)) return e;
    return ex_var(f, var_temp(f, e));
}

static bool expr_is_scalar(IrExpr *e) {
    IrType *t = e->type;
    if (t->kind == IRT_WYN) return !type_is_struct_like(t->wyn);
    return t->kind == IRT_PTR;
}

IrExpr *ex_address(LowerFn *f, IrExpr *e) {
    if (e->kind == IE_DEREF) return e->one.e;
    if (expr_is_scalar(e) || e->kind == IE_MAKE) {
        IrExpr *a = ex_new(f, IE_ADDR, ir_ptr(f->lw->perm, e->type));
        IrExpr *m = e;
        if (e->kind != IE_MAKE) { /* an unnamed object: the variable itself stays in a register */
            m = ex_new(f, IE_LIST, e->type);
            m->make.elem = e->type;
            m->make.args.n = 1;
            m->make.args.v = NEW_N(f->lw->perm, IrExpr *, 1);
            m->make.args.v[0] = e;
            m->fx = e->fx;
            m->type = a->type;
            return m;
        }
        a->one.e = m;
        a->fx = e->fx;
        return a;
    }
    if (e->kind == IE_VAR && !e->var->mutable_) return ex_addr(f, e);
    return ex_addr(f, ex_var(f, var_temp(f, e)));
}

void st_expr(LowerFn *f, IrExpr *e) {
    if (!e) return;
    if (!(e->fx & (FX_EFFECT | FX_PANIC | FX_WRITE_VAR)) && e->kind != IE_RT) return;
    f->fx |= e->fx;
    st_add(f, IS_EXPR)->expr.e = e;
}

void st_set(LowerFn *f, IrExpr *place, IrExpr *value) {
    IrStmt *s = st_add(f, IS_SET);
    s->set.place = place;
    s->set.value = value;
    IrExpr *root = place;
    while (root->kind == IE_MEMBER && !root->member.arrow) root = root->member.e;
    f->fx |= value->fx | place->fx | (root->kind == IE_VAR ? FX_WRITE_VAR : FX_EFFECT);
}

void st_return(LowerFn *f, IrExpr *e) {
    if (e && ir_is_void(e->type)) st_expr(f, e), e = NULL;
    st_add(f, IS_RETURN)->expr.e = e;
    f->fx |= FX_CALL | FX_WRITE_VAR;
    f->dead = true;
}

void st_stop(LowerFn *f) {
    st_add(f, IS_STOP);
    f->dead = true;
}

void st_break(LowerFn *f, IrLoop *loop) {
    st_add(f, IS_BREAK)->jump.loop = loop;
    f->fx |= FX_CALL | FX_WRITE_VAR;
    f->dead = true;
}

void st_continue(LowerFn *f, IrLoop *loop) {
    st_add(f, IS_CONTINUE)->jump.loop = loop;
    f->fx |= FX_CALL | FX_WRITE_VAR;
    f->dead = true;
}

IrStmt *st_if(LowerFn *f, IrExpr *cond) {
    IrStmt *s = st_add(f, IS_IF);
    s->if_.cond = cond;
    f->fx |= cond->fx;
    return s;
}

IrStmt *st_loop(LowerFn *f, IrLoop *loop) {
    IrStmt *s = st_add(f, IS_LOOP);
    s->loop.loop = loop;
    return s;
}

IrLoop *loop_new(LowerFn *f) {
    IrLoop *l = NEW(f->lw->perm, IrLoop);
    l->id = ++f->loop_count;
    return l;
}

BlockSave block_enter(LowerFn *f, IrBlock *b) {
    BlockSave save = {f->block, f->dead};
    f->block = b;
    return save;
}

void block_leave(LowerFn *f, BlockSave save) {
    f->block = save.block;
    f->dead = save.dead;
}

/* ---- order of evaluation ---- */

static bool fx_conflict(u8 earlier, u8 later) {
    if ((later & FX_EFFECT) && (earlier & (FX_READ_MEM | FX_PANIC | FX_EFFECT))) return true;
    if ((later & FX_WRITE_VAR) && (earlier & FX_READ_VAR)) return true;
    if ((later & FX_PANIC) && (earlier & (FX_PANIC | FX_EFFECT))) return true;
    if ((later & FX_READ_MEM) && (earlier & FX_EFFECT)) return true;
    if ((later & FX_READ_VAR) && (earlier & FX_WRITE_VAR)) return true;
    return false;
}

static void stmts_insert(LowerFn *f, u32 pos, IrStmt *s) {
    vec_push(f->lw->perm, &f->block->stmts, s);
    IrStmt **v = f->block->stmts.v;
    u32 n = f->block->stmts.n;
    memmove(v + pos + 1, v + pos, (n - 1 - pos) * sizeof *v);
    v[pos] = s;
}

/* Moves operand i into a temporary at the point where it was evaluated. */
static void operand_spill(LowerFn *f, Operands *ops, u32 i) {
    Operand *o = &ops->v.v[i];
    IrVar *v = var_new(f, NULL, o->e->type);
    IrStmt *s = NEW(f->lw->perm, IrStmt);
    s->kind = IS_DECL;
    s->span = f->span;
    s->decl.var = v;
    s->decl.init = o->e;
    f->fx |= o->e->fx;
    if (!f->dead) {
        stmts_insert(f, o->pos, s);
        for (u32 k = i; k < ops->v.n; k++) ops->v.v[k].pos++;
    }
    o->e = ex_var(f, v);
}

void operands_begin(LowerFn *f, u8 *saved_fx) {
    *saved_fx = f->fx;
    f->fx = 0;
}

void operands_end(LowerFn *f, Operands *ops, IrExpr *e, u8 saved_fx) {
    u8 later = f->fx | (e ? e->fx : 0);
    if (!f->dead && fx_conflict(ops->fx, later)) {
        u32 kept = 0;
        ops->fx = 0;
        for (u32 k = 0; k < ops->live.n; k++) {
            u32 i = ops->live.v[k];
            if (fx_conflict(ops->v.v[i].e->fx, later)) {
                operand_spill(f, ops, i);
                continue;
            }
            ops->fx |= ops->v.v[i].e->fx;
            ops->live.v[kept++] = i;
        }
        ops->live.n = kept;
    }
    f->fx |= saved_fx;
    if (!e) return;
    Operand o = {e, f->block->stmts.n};
    if (e->fx) {
        vec_push(f->lw->perm, &ops->live, ops->v.n);
        ops->fx |= e->fx;
    }
    vec_push(f->lw->perm, &ops->v, o);
}

void operands_add(LowerFn *f, Operands *ops, Tree *t) {
    u8 saved;
    operands_begin(f, &saved);
    IrExpr *e = lower_expr(f, t);
    operands_end(f, ops, e, saved);
}
