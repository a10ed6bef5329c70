/* lower_loop.c - loops. A range loop is a plain C for loop with its bound in a local; loops over
 * arrays stop at the length at entry, and earlier when the array has become shorter. */
#include "fork.h"
#include "fuse.h"

IrLoop *loop_of(LowerFn *f, TreeLoop *l) {
    IrLoop *il = map_get(&f->loops, l);
    if (!il) {
        il = loop_new(f);
        il->scopes = f->open_scopes.n;
        map_put(f->lw->perm, &f->loops, l, il);
    }
    return il;
}

static void loop_body(LowerFn *f, Tree *body) {
    f->loop_depth++;
    lower_effect(f, body);
    f->loop_depth--;
}

/* After a loop without a way out nothing follows. */
static void loop_done(LowerFn *f, BlockSave save, bool endless, TreeLoop *l) {
    block_leave(f, save);
    if (endless && !(l && l->has_break)) f->dead = true;
}

static bool is_true(const IrExpr *e) { return e->kind == IE_BOOL && e->bool_; }

/* `if (!c) break;` at the start of the body */
static void break_unless(LowerFn *f, IrExpr *c, IrLoop *loop) {
    if (is_true(c)) return;
    IrStmt *s = st_if(f, ex_not(f, c));
    BlockSave in = block_enter(f, &s->if_.then);
    st_break(f, loop);
    block_leave(f, in);
}

static void while_let(LowerFn *f, Tree *t, IrStmt *s) {
    BlockSave save = block_enter(f, &s->loop.body);
    Tree *cond = t->while_.cond;
    IrExpr *v = lower_expr(f, cond->letc.e);
    if (!f->dead) {
        v = ex_temp(f, v);
        IrExpr *test = pattern_test(f, cond->letc.pattern, v);
        if (test) break_unless(f, test, s->loop.loop);
        pattern_bind(f, cond->letc.pattern, ex_clone(f, v));
        loop_body(f, t->while_.body);
    }
    block_leave(f, save);
    loop_poll(f, s);
}

/* Fills in the condition of s: in its head when it needs no statements. */
static bool loop_cond(LowerFn *f, IrStmt *s, Tree *cond, IrBlock *pre, IrExpr **late) {
    BlockSave save = block_enter(f, pre);
    IrExpr *c = lower_cond(f, cond);
    bool dead = f->dead;
    block_leave(f, save);
    *late = NULL;
    if (!pre->stmts.n && !dead) {
        if (is_true(c)) return true;
        s->loop.cond = c;
        f->fx |= c->fx;
        return false;
    }
    *late = c;
    return false;
}

void lower_while(LowerFn *f, Tree *t) {
    IrStmt *s = st_loop(f, loop_of(f, t->while_.loop));
    if (t->while_.cond->kind == TN_LET_COND) {
        while_let(f, t, s);
        return;
    }
    IrExpr *late;
    bool endless = loop_cond(f, s, t->while_.cond, &s->loop.body, &late);
    BlockSave save = block_enter(f, &s->loop.body);
    if (late) break_unless(f, late, s->loop.loop);
    loop_body(f, t->while_.body);
    loop_done(f, save, endless, t->while_.loop);
    loop_poll(f, s);
}

void lower_for_c(LowerFn *f, Tree *t) {
    if (t->for_c.init) lower_stmt(f, t->for_c.init);
    if (f->dead) return;
    IrStmt *s = st_loop(f, loop_of(f, t->for_c.loop));
    IrExpr *late = NULL;
    bool endless = !t->for_c.cond ||
                   loop_cond(f, s, t->for_c.cond, &s->loop.body, &late);
    BlockSave save = block_enter(f, &s->loop.body);
    if (late) break_unless(f, late, s->loop.loop);
    loop_body(f, t->for_c.body);
    block_leave(f, save);
    if (t->for_c.step) {
        save = block_enter(f, &s->loop.tail);
        lower_effect(f, t->for_c.step);
        block_leave(f, save);
        if (s->loop.tail.stmts.n == 1 && s->loop.tail.stmts.v[0]->kind == IS_SET)
            s->loop.step = vec_pop(&s->loop.tail.stmts);
    }
    loop_poll(f, s);
    if (endless && !t->for_c.loop->has_break) f->dead = true;
}

/* ---- ranges ---- */

static IrStmt *stmt_alone(LowerFn *f, IrStmtKind kind) {
    IrStmt *s = NEW(f->lw->perm, IrStmt);
    s->kind = kind;
    s->span = f->span;
    return s;
}

static IrStmt *step_by(LowerFn *f, IrVar *i, IrExpr *by) {
    IrStmt *s = stmt_alone(f, IS_SET);
    s->set.place = ex_var(f, i);
    s->set.value = ex_binary(f, IO_ADD, ex_var(f, i), by, f->lw->t.i64);
    return s;
}

static IrVar *counter_new(LowerFn *f, IrStmt *s, Name name, IrExpr *init) {
    IrVar *i = var_new(f, name, init->type);
    s->loop.init = stmt_alone(f, IS_DECL);
    s->loop.init->decl.var = i;
    s->loop.init->decl.init = init;
    return i;
}

static bool plain_variable(LowerFn *f, Local *l) {
    return l && !local_is_changed(f->lw, l) && !local_is_boxed(f->lw, l) &&
           !map_get(&f->deferred_locals, l);
}

static void slot_put(LowerFn *f, Local *l, IrVar *v) {
    Slot *s = NEW(f->lw->perm, Slot);
    s->var = v;
    map_put(f->lw->perm, &f->slots, l, s);
}

static Name local_name(Local *l) { return l ? l->name : NULL; }

/* The last value itself may be INT64_MAX, so a closed range tests before it counts. */
static void inclusive_loop(LowerFn *f, IrStmt *s, IrVar *i, IrExpr *hi) {
    IrType *b = f->lw->t.b;
    if (hi->kind == IE_INT && hi->int_ < INT64_MAX) {
        s->loop.cond = ex_binary(f, IO_LE, ex_var(f, i), hi, b);
        s->loop.step = step_by(f, i, ex_int(f, 1));
        return;
    }
    IrStmt *test = stmt_alone(f, IS_IF);
    test->if_.cond = ex_binary(f, IO_EQ, ex_var(f, i), ex_copy(f, hi), b);
    IrStmt *leave = stmt_alone(f, IS_BREAK);
    leave->jump.loop = s->loop.loop;
    vec_push(f->lw->perm, &test->if_.then.stmts, leave);
    vec_push(f->lw->perm, &s->loop.tail.stmts, test);
    s->loop.step = step_by(f, i, ex_int(f, 1));
}

/* The sign of a step that is no constant is looked at when the loop begins: a count of turns. */
static void stepped_loop(LowerFn *f, Tree *t, IrExpr *lo, IrExpr *hi, IrExpr *step) {
    Lower *lw = f->lw;
    IrExpr *turns = ex_rt(f, "wyn_range_count", lw->t.i64, FX_PANIC, lo, hi, step,
                          ex_bool(f, t->for_range.inclusive), NULL);
    turns = ex_temp(f, turns);
    IrStmt *s = st_loop(f, loop_of(f, t->for_range.loop));
    IrVar *k = counter_new(f, s, NULL, ex_int(f, 0));
    s->loop.cond = ex_binary(f, IO_LT, ex_var(f, k), turns, lw->t.b);
    s->loop.step = step_by(f, k, ex_int(f, 1));
    BlockSave save = block_enter(f, &s->loop.body);
    if (t->for_range.var) {
        IrExpr *off = ex_binary(f, IO_MUL, ex_var(f, k), ex_copy(f, step), lw->t.i64);
        local_declare(f, t->for_range.var,
                      ex_binary(f, IO_ADD, ex_copy(f, lo), off, lw->t.i64));
    }
    loop_body(f, t->for_range.body);
    block_leave(f, save);
    loop_poll(f, s);
}

static void guarded_inclusive(LowerFn *f, IrExpr *lo, IrExpr *hi, BlockSave *outer) {
    IrStmt *g = st_if(f, ex_binary(f, IO_LE, ex_copy(f, lo), ex_copy(f, hi), f->lw->t.b));
    *outer = block_enter(f, &g->if_.then);
}

void fill_hint(LowerFn *f, Local *fill, IrExpr *rounds) {
    st_expr(f, ex_rt(f, "wyn_array_hint", NULL, FX_EFFECT, local_read(f, fill), rounds,
                     ex_desc(f, fill->type->args[0]), NULL));
}

void lower_for_range(LowerFn *f, Tree *t) {
    Lower *lw = f->lw;
    Local *fill = f->fill;
    f->fill = NULL;
    Operands ops = {0};
    operands_add(f, &ops, t->for_range.lo);
    operands_add(f, &ops, t->for_range.hi);
    if (t->for_range.step) operands_add(f, &ops, t->for_range.step);
    if (f->dead) return;
    IrExpr *lo = ops.v.v[0].e, *hi = ops.v.v[1].e;
    if (t->for_range.step) {
        IrExpr *step = ex_temp(f, ops.v.v[2].e);
        if (!(step->kind == IE_INT && step->int_ == 1)) {
            lo = ex_temp(f, lo);
            stepped_loop(f, t, lo, hi, step);
            return;
        }
    }
    bool careful = t->for_range.inclusive && !(hi->kind == IE_INT && hi->int_ < INT64_MAX);
    if (careful) lo = ex_temp(f, lo);
    hi = ex_temp(f, hi);
    BlockSave guard = {0};
    if (careful) guarded_inclusive(f, lo, hi, &guard);
    if (fill && lo->kind == IE_INT && lo->int_ == 0) fill_hint(f, fill, ex_copy(f, hi));
    Local *var = t->for_range.var;
    bool direct = plain_variable(f, var);
    IrStmt *s = st_loop(f, loop_of(f, t->for_range.loop));
    IrVar *i = counter_new(f, s, direct ? local_name(var) : NULL, lo);
    if (t->for_range.inclusive) inclusive_loop(f, s, i, hi);
    else {
        s->loop.cond = ex_binary(f, IO_LT, ex_var(f, i), hi, lw->t.b);
        s->loop.step = step_by(f, i, ex_int(f, 1));
    }
    BlockSave save = block_enter(f, &s->loop.body);
    if (direct) slot_put(f, var, i);
    else if (var) local_declare(f, var, ex_var(f, i));
    loop_body(f, t->for_range.body);
    block_leave(f, save);
    loop_poll(f, s);
    if (careful) block_leave(f, guard);
}

/* ---- for in ---- */

static void bind_element(LowerFn *f, Tree *t, Local *l, IrExpr *e) {
    if (t->for_in.pattern) {
        pattern_bind(f, t->for_in.pattern, ex_temp(f, e));
        return;
    }
    if (l) local_declare(f, l, e);
}

/* Arrays, two of them for zip. While the body changes no memory the length at entry is enough. */
static void for_array(LowerFn *f, Tree *t, IrExpr **arrays, Type **elems, u32 n, Local *fill) {
    Lower *lw = f->lw;
    IrExpr *len[2];
    for (u32 k = 0; k < n; k++)
        len[k] = ex_var(f, var_temp(f, ex_rt(f, "wyn_array_len", lw->t.i64, FX_READ_MEM,
                                             ex_copy(f, arrays[k]), NULL)));
    if (fill) fill_hint(f, fill, ex_copy(f, len[0]));
    Local *index = n == 1 && t->for_in.b ? t->for_in.a : NULL;
    bool fused = fuse_is_self(f, t->for_in.iter);
    BlockSave filters[FUSE_MOST];
    bool direct = plain_variable(f, index);
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    IrVar *i = counter_new(f, s, direct ? index->name : NULL, ex_int(f, 0));
    s->loop.step = step_by(f, i, ex_int(f, 1));
    u8 saved;
    operands_begin(f, &saved);
    BlockSave save = block_enter(f, &s->loop.body);
    if (direct) slot_put(f, index, i);
    else if (index) local_declare(f, index, ex_var(f, i));
    for (u32 k = 0; k < n; k++) {
        Local *l = n == 2        ? (k ? t->for_in.b : t->for_in.a)
                   : t->for_in.b ? t->for_in.b
                                 : t->for_in.a;
        if (!l && !t->for_in.pattern && !fused) continue;
        IrExpr *e = ex_array_op(f, "raw", elems[k], type_ir(lw, elems[k]), FX_READ_MEM,
                                ex_copy(f, arrays[k]), ex_var(f, i), NULL);
        bind_element(f, t, l, fused ? fuse_element(f, e, filters) : e);
    }
    loop_body(f, t->for_in.body);
    if (fused) fuse_leave(f, filters);
    block_leave(f, save);
    IrExpr *cond = NULL;
    for (u32 k = 0; k < n; k++) {
        IrExpr *c = ex_binary(f, IO_LT, ex_var(f, i), len[k], lw->t.b);
        cond = cond ? ex_binary(f, IO_LAND, cond, c, lw->t.b) : c;
        if (!(f->fx & FX_EFFECT)) continue;
        c = ex_binary(f, IO_LT, ex_var(f, i),
                      ex_rt(f, "wyn_array_len", lw->t.i64, FX_READ_MEM, ex_copy(f, arrays[k]),
                            NULL), lw->t.b);
        cond = ex_binary(f, IO_LAND, cond, c, lw->t.b);
    }
    s->loop.cond = cond;
    f->fx |= saved;
    loop_poll(f, s);
}

static IrExpr *iter_part(LowerFn *f, IrVar *it, const char *part, Type *t) {
    Lower *lw = f->lw;
    IrType *ptr = ir_ptr(lw->perm, type_ir(lw, t));
    IrExpr *m = ex_raw_member(f, ex_var(f, it), part, lw->t.voidp, false);
    return ex_deref(f, ex_cast(f, m, ptr));
}

/* `for i, x in e` where e has no positions: the rounds are counted. */
static IrVar *round_counter(LowerFn *f, IrStmt *s, Tree *t) {
    if (!t->for_in.b) return NULL;
    IrVar *k = counter_new(f, s, NULL, ex_int(f, 0));
    s->loop.step = step_by(f, k, ex_int(f, 1));
    return k;
}

static void bind_counted(LowerFn *f, Tree *t, IrVar *count, IrExpr *e) {
    if (count && t->for_in.a) local_declare(f, t->for_in.a, ex_var(f, count));
    bind_element(f, t, count ? t->for_in.b : t->for_in.a, e);
}

static void for_map(LowerFn *f, Tree *t, IrExpr *m, Type *mt) {
    Lower *lw = f->lw;
    IrVar *it = var_decl(f, NULL, ir_raw(lw->perm, lw->ir, "wyn_map_iter"), NULL);
    st_expr(f, ex_rt(f, "wyn_map_iter_start", NULL, FX_EFFECT, ex_addr(f, ex_var(f, it)), m, NULL));
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    s->loop.cond = ex_rt(f, "wyn_map_iter_next", lw->t.b, FX_EFFECT, ex_addr(f, ex_var(f, it)),
                         NULL);
    f->fx |= FX_EFFECT;
    IrVar *count = mt->kind == TY_SET ? round_counter(f, s, t) : NULL;
    BlockSave save = block_enter(f, &s->loop.body);
    if (count)
        bind_counted(f, t, count, iter_part(f, it, "key", mt->args[0]));
    else if (t->for_in.a || t->for_in.pattern)
        bind_element(f, t, t->for_in.a, iter_part(f, it, "key", mt->args[0]));
    if (t->for_in.b && mt->kind == TY_MAP)
        local_declare(f, t->for_in.b, iter_part(f, it, "value", mt->args[1]));
    loop_body(f, t->for_in.body);
    block_leave(f, save);
    loop_poll(f, s);
}

static void for_string(LowerFn *f, Tree *t, IrExpr *str) {
    Lower *lw = f->lw;
    IrVar *at = var_decl(f, NULL, lw->t.i64, ex_int(f, 0));
    at->mutable_ = true;
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    s->loop.cond = ex_binary(f, IO_LT, ex_var(f, at),
                             ex_rt(f, "wyn_str_len", lw->t.i64, 0, ex_copy(f, str), NULL),
                             lw->t.b);
    IrVar *count = round_counter(f, s, t);
    BlockSave save = block_enter(f, &s->loop.body);
    IrExpr *place = ex_addr(f, ex_var(f, at));
    IrExpr *c = ex_rt(f, "wyn_str_take_char", lw->t.str, FX_WRITE_VAR, ex_copy(f, str), place,
                      NULL);
    bind_counted(f, t, count, ex_temp(f, c));
    loop_body(f, t->for_in.body);
    block_leave(f, save);
    loop_poll(f, s);
}

/* A source that fills `slot` and tells whether it did. */
static void for_source(LowerFn *f, Tree *t, Type *elem,
                       IrExpr *(*pull)(LowerFn *, IrExpr *, IrExpr *), IrExpr *source) {
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    IrVar *count = round_counter(f, s, t);
    BlockSave save = block_enter(f, &s->loop.body);
    IrType *et = type_ir(f->lw, elem);
    IrVar *v = var_decl(f, NULL, et, ex_zero(f, et));
    IrExpr *more = pull(f, source, ex_addr(f, ex_var(f, v)));
    f->fx |= more->fx;
    break_unless(f, more, s->loop.loop);
    bind_counted(f, t, count, ex_var(f, v));
    loop_body(f, t->for_in.body);
    block_leave(f, save);
    loop_poll(f, s);
}

static IrExpr *pull_channel(LowerFn *f, IrExpr *c, IrExpr *slot) {
    return ex_rt(f, "wyn_channel_recv_opt", f->lw->t.b, FX_CALL, c, slot, ex_site(f, f->span),
                 NULL);
}

IrExpr *iter_pull(LowerFn *f, IrExpr *it, IrExpr *slot) {
    return ex_rt(f, "wyn_iter_next", f->lw->t.b, FX_CALL, it, slot, NULL);
}

/* Leaving early ends a generator that nobody else goes on with. In the library the loops over what
 * a method was given ask whether it is such a one. */
static void for_iter(LowerFn *f, Tree *t, Type *elem, IrExpr *source) {
    bool fresh = iter_is_fresh(t->for_in.iter);
    if (!fresh && !f->fn->is_std) {
        for_source(f, t, elem, iter_pull, source);
        return;
    }
    IrVar *it = source->kind == IE_VAR ? source->var : var_temp(f, source);
    if (fresh)
        st_expr(f, ex_rt(f, "wyn_iter_own", it->type, FX_EFFECT, ex_var(f, it), NULL));
    vec_push(f->lw->perm, &f->open_scopes, it);
    for_source(f, t, elem, iter_pull, ex_var(f, it));
    f->open_scopes.n--;
    if (t->for_in.loop->has_break && !f->dead)
        st_expr(f, ex_rt(f, "wyn_iter_leave", NULL, FX_CALL, ex_var(f, it), NULL));
}

/* A user type with next(): the iterator is a copy that advances. */
static void for_user(LowerFn *f, Tree *t, IrExpr *start) {
    Lower *lw = f->lw;
    Fn *next = t->for_in.next;
    IrVar *it = var_decl(f, NULL, start->type, start);
    it->mutable_ = true;
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    IrVar *count = round_counter(f, s, t);
    BlockSave save = block_enter(f, &s->loop.body);
    IrArgs args = {NEW_N(lw->perm, IrExpr *, 2), 1};
    args.v[0] = next->params[0]->by_ref ? ex_addr(f, ex_var(f, it)) : ex_var(f, it);
    if (fn_info(lw, next)->takes_site) args.v[args.n++] = ex_site(f, f->span);
    IrExpr *o = ex_temp(f, ex_call(f, fn_info(lw, next)->ir, args));
    f->fx |= FX_WRITE_VAR;
    break_unless(f, option_has(f, next->ret, o), s->loop.loop);
    bind_counted(f, t, count, option_value(f, next->ret, ex_copy(f, o)));
    loop_body(f, t->for_in.body);
    block_leave(f, save);
    loop_poll(f, s);
}

/* The methods of strings that give pieces, and what gives them one by one. */
static const struct {
    const char *method;
    u32 args;
    const char *next;
} piece_rows[] = {
    {"words", 1, "wyn_str_next_word"},
    {"lines", 1, "wyn_str_next_line"},
    {"split", 1, "wyn_str_next_word"},
    {"split", 2, "wyn_str_next_piece"},
};

const char *pieces_next(const Tree *c) {
    if (c->kind != TN_CALL || c->call.order) return NULL;
    const Fn *fn = c->call.fn;
    if (!fn->is_std || !fn->is_method || !str_eq(fn->owner, S("string"))) return NULL;
    for (u32 i = 0; i < COUNT_OF(piece_rows); i++)
        if (c->call.args.n == piece_rows[i].args &&
            str_eq(fn->name->s, str_c(piece_rows[i].method)))
            return piece_rows[i].next;
    return NULL;
}

/* `for w in s.words()`: the pieces are made as they are needed, and no array of them. */
static void for_pieces_of(LowerFn *f, Tree *t, const char *next, IrExpr *str, IrExpr *sep) {
    Lower *lw = f->lw;
    IrVar *at = var_decl(f, NULL, lw->t.i64, ex_int(f, 0));
    at->mutable_ = true;
    IrStmt *s = st_loop(f, loop_of(f, t->for_in.loop));
    IrVar *count = round_counter(f, s, t);
    BlockSave save = block_enter(f, &s->loop.body);
    IrExpr *place = ex_addr(f, ex_var(f, at));
    IrExpr *piece = ex_temp(f, ex_rt(f, next, lw->t.str, FX_WRITE_VAR, ex_copy(f, str), place,
                                     sep ? ex_copy(f, sep) : NULL, NULL));
    break_unless(f, ex_binary(f, IO_NE, ex_copy(f, piece), ex_null(f, lw->t.str), lw->t.b),
                 s->loop.loop);
    if (fuse_is_self(f, t->for_in.iter)) {
        BlockSave filters[FUSE_MOST];
        bind_element(f, t, t->for_in.a, fuse_element(f, piece, filters));
        loop_body(f, t->for_in.body);
        fuse_leave(f, filters);
    } else {
        bind_counted(f, t, count, piece);
        loop_body(f, t->for_in.body);
    }
    block_leave(f, save);
    loop_poll(f, s);
}

static void for_pieces(LowerFn *f, Tree *t, const char *next) {
    Tree *c = t->for_in.iter;
    Operands ops = {0};
    for (u32 i = 0; i < c->call.args.n; i++) operands_add(f, &ops, c->call.args.v[i]);
    if (f->dead) return;
    IrExpr *str = ex_temp(f, ops.v.v[0].e);
    IrExpr *sep = ops.v.n > 1 ? ex_temp(f, ops.v.v[1].e) : NULL;
    for_pieces_of(f, t, next, str, sep);
}

/* Over the chain that stands for self. */
static void for_fused(LowerFn *f, Tree *t, Local *fill) {
    Fuse *fuse = f->fuse;
    IrExpr *source = ex_var(f, fuse->source);
    if (fuse->next)
        for_pieces_of(f, t, fuse->next, source, fuse->sep ? ex_var(f, fuse->sep) : NULL);
    else
        for_array(f, t, &source, &fuse->elem, 1, fill);
}

void lower_for_in(LowerFn *f, Tree *t) {
    Local *fill = f->fill;
    f->fill = NULL;
    if (fork_for(f, t)) return;
    if (fuse_is_self(f, t->for_in.iter)) {
        for_fused(f, t, fill);
        return;
    }
    const char *next = t->for_in.iter2 ? NULL : pieces_next(t->for_in.iter);
    if (next) {
        for_pieces(f, t, next);
        return;
    }
    Operands ops = {0};
    operands_add(f, &ops, t->for_in.iter);
    if (t->for_in.iter2) operands_add(f, &ops, t->for_in.iter2);
    if (f->dead) return;
    Type *it = t->for_in.iter->type;
    if (t->for_in.next) {
        for_user(f, t, ops.v.v[0].e);
        return;
    }
    IrExpr *src = ex_temp(f, ops.v.v[0].e);
    switch (it->kind) {
    case TY_ARRAY: {
        bool zip = t->for_in.iter2 != NULL;
        IrExpr *arrays[2] = {src, zip ? ex_temp(f, ops.v.v[1].e) : NULL};
        Type *elems[2] = {it->args[0], zip ? t->for_in.iter2->type->args[0] : NULL};
        for_array(f, t, arrays, elems, zip ? 2 : 1, fill);
        return;
    }
    case TY_MAP: case TY_SET: for_map(f, t, src, it); return;
    case TY_STRING: for_string(f, t, src); return;
    case TY_CHANNEL: for_source(f, t, it->args[0], pull_channel, src); return;
    case TY_ITER: for_iter(f, t, it->args[0], src); return;
    default: UNREACHABLE();
    }
}
