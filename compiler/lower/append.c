/* append.c - `s = s + x` in a loop, without copying s each time. Beside such a variable stands its
 * *room*: how many bytes may still be written behind the string it holds, 0 when something else may
 * hold that string too (strings are immutable for whoever has one). An append writes into the room
 * or makes a string with room; every other value leaves the room 0, and so does every read that
 * may keep the string: wyn_str_kept. Only reads that are known to keep nothing leave it alone.
 * Variables whose address is taken or that live in a structure stay as they are; globals too in a
 * program with tasks, which might read them in between. */
#include "append.h"

typedef struct Site {
    IrBlock *block;
    IrStmt *stmt;
} Site;

typedef struct Grown {
    const void *key;     /* IrVar or IrGlobal */
    IrVar *var;          /* NULL: global */
    IrGlobal *global;
    bool hot, bad;       /* appended to in a loop; not to be touched */
    Site decl;
    u32 declared;
    VEC(IrExpr *) reads;
    VEC(Site) sets;
    VEC(IrStmt *) appends;
} Grown;

typedef struct Append {
    Arena *perm;
    IrProgram *p;
    IrType *int_;
    Map vars, fine;      /* key: Grown *; reads that keep nothing */
    VEC(Grown *) seen;
    bool tasks;
} Append;

static bool is_string(const IrType *t) {
    return t && t->kind == IRT_WYN && t->wyn->kind == TY_STRING;
}

static const void *key_of(const IrExpr *e) {
    if (e->kind == IE_VAR) return e->var;
    return e->kind == IE_GLOBAL ? (const void *)e->global : NULL;
}

static Grown *grown_of(Append *a, const IrExpr *e) {
    const void *key = key_of(e);
    if (!key || !is_string(e->kind == IE_VAR ? e->var->type : e->global->type)) return NULL;
    Grown *g = map_get(&a->vars, key);
    if (g) return g;
    g = NEW(a->perm, Grown);
    g->key = key;
    g->var = e->kind == IE_VAR ? e->var : NULL;
    g->global = e->kind == IE_GLOBAL ? e->global : NULL;
    map_put(a->perm, &a->vars, key, g);
    vec_push(a->perm, &a->seen, g);
    return g;
}

/* ---- reading ---- */

static bool keeps_nothing(Str name) {
    static const char *const known[] = {
        "wyn_str_len", "wyn_str_index", "wyn_str_cmp", "wyn_str_eq", "wyn_println_str",
        "wyn_print_str", "wyn_text_str", "wyn_str_contains",
    };
    for (u32 i = 0; i < COUNT_OF(known); i++)
        if (str_eq(name, str_c(known[i]))) return true;
    return false;
}

/* `fn len(self) -> int { return wyn_str_len(self) }`: all it does is call one of those. */
static bool only_looks(const IrFn *fn) {
    if (fn->is_extern) return fn->std_abi && keeps_nothing(fn->name);
    if (fn->frame || fn->body.stmts.n != 1) return false;
    const IrStmt *s = fn->body.stmts.v[0];
    const IrExpr *e = s->kind == IS_RETURN ? s->expr.e : NULL;
    return e && e->kind == IE_CALL && e->call.fn->is_extern && only_looks(e->call.fn);
}

static void note_args(Append *a, const IrArgs *args) {
    for (u32 i = 0; i < args->n; i++)
        if (key_of(args->v[i])) map_put(a->perm, &a->fine, args->v[i], args->v[i]);
}

static void read_expr(void *ctx, IrExpr *e) {
    Append *a = ctx;
    Grown *g;
    switch ((IrExprKind)e->kind) {
    case IE_TASK: case IE_FORK: a->tasks = true; return;
    case IE_RT:
        if (keeps_nothing(str_c(e->rt.name))) note_args(a, &e->rt.args);
        return;
    case IE_CALL:
        if (only_looks(e->call.fn)) note_args(a, &e->call.args);
        return;
    case IE_ADDR:
        if ((g = grown_of(a, e->one.e)) != NULL) g->bad = true;
        return;
    case IE_VAR: case IE_GLOBAL:
        g = grown_of(a, e);
        if (g && !map_get(&a->fine, e)) vec_push(a->perm, &g->reads, e);
        return;
    default: return;
    }
}

static void read_tree(Append *a, IrExpr *e) {
    IrWalk w = {read_expr, NULL, a};
    ir_walk_expr(e, &w);
}

/* The parts of `v + ...`, when the value is that; else NULL. */
static IrArgs *parts_of(IrExpr *e, const void *key) {
    IrArgs *parts = NULL;
    if (e->kind != IE_RT) return NULL;
    if (str_eq(str_c(e->rt.name), S("wyn_str_concat2"))) parts = &e->rt.args;
    if (str_eq(str_c(e->rt.name), S("wyn_str_concat")) && e->rt.args.v[1]->kind == IE_LIST)
        parts = &e->rt.args.v[1]->make.args;
    return parts && key_of(parts->v[0]) == key ? parts : NULL;
}

static void read_set(Append *a, IrBlock *b, IrStmt *s, bool loop) {
    Grown *g = grown_of(a, s->set.place);
    if (!g) {
        read_tree(a, s->set.place);
        read_tree(a, s->set.value);
        return;
    }
    IrArgs *parts = parts_of(s->set.value, g->key);
    if (!b) g->bad = true;
    if (parts) {
        map_put(a->perm, &a->fine, parts->v[0], parts->v[0]);
        vec_push(a->perm, &g->appends, s);
        g->hot |= loop;
    } else {
        vec_push(a->perm, &g->sets, ((Site){b, s}));
    }
    read_tree(a, s->set.value);
}

static void read_block(Append *a, IrBlock *b, bool loop);

/* b is NULL for the steps of a loop, beside which nothing can be put. */
static void read_stmt(Append *a, IrBlock *b, IrStmt *s, bool loop) { /* table */
    if (!s) return;
    switch (s->kind) {
    case IS_DECL: {
        IrExpr var = {.kind = IE_VAR, .type = s->decl.var->type, .var = s->decl.var};
        Grown *g = grown_of(a, &var);
        if (g) {
            g->declared++;
            g->decl = (Site){b, s};
            g->bad |= !b;
        }
        read_tree(a, s->decl.init);
        return;
    }
    case IS_SET: read_set(a, b, s, loop); return;
    case IS_EXPR: case IS_RETURN: read_tree(a, s->expr.e); return;
    case IS_YIELD: read_tree(a, s->yield_.e); return;
    case IS_IF:
        read_tree(a, s->if_.cond);
        read_block(a, &s->if_.then, loop);
        read_block(a, &s->if_.els, loop);
        return;
    case IS_LOOP:
        read_stmt(a, NULL, s->loop.init, loop);
        read_tree(a, s->loop.cond);
        read_stmt(a, NULL, s->loop.step, true);
        read_block(a, &s->loop.body, true);
        read_block(a, &s->loop.tail, true);
        return;
    case IS_SWITCH:
        read_tree(a, s->switch_.e);
        for (u32 i = 0; i < s->switch_.n; i++) read_block(a, &s->switch_.cases[i].body, loop);
        read_block(a, &s->switch_.els, loop);
        return;
    case IS_BLOCK: read_block(a, &s->block.body, loop); return;
    case IS_BREAK: case IS_CONTINUE: case IS_STOP: case IR_STMT_COUNT: return;
    }
}

static void read_block(Append *a, IrBlock *b, bool loop) {
    for (u32 i = 0; i < b->stmts.n; i++) read_stmt(a, b, b->stmts.v[i], loop);
}

/* ---- rewriting ---- */

typedef struct Room {
    IrVar *var;
    IrGlobal *global;
} Room;

static IrExpr *expr_new(Append *a, IrExprKind kind, IrType *type) {
    IrExpr *e = NEW(a->perm, IrExpr);
    e->kind = (u8)kind;
    e->type = type;
    return e;
}

static IrExpr *room_place(Append *a, const Room *r) {
    IrExpr *e = expr_new(a, r->var ? IE_VAR : IE_GLOBAL, a->int_);
    if (r->var) e->var = r->var;
    else e->global = r->global;
    e->fx = r->var ? FX_READ_VAR : FX_READ_MEM;
    return e;
}

static IrExpr *room_address(Append *a, const Room *r) {
    IrExpr *e = expr_new(a, IE_ADDR, ir_ptr(a->perm, a->int_));
    e->one.e = room_place(a, r);
    return e;
}

static IrStmt *room_is_zero(Append *a, const Room *r, Span at) {
    IrStmt *s = NEW(a->perm, IrStmt);
    s->span = at;
    s->kind = IS_SET;
    s->set.place = room_place(a, r);
    s->set.value = expr_new(a, IE_INT, a->int_);
    return s;
}

static void put_at(Append *a, IrBlock *b, u32 at, IrStmt *s) {
    vec_push(a->perm, &b->stmts, s);
    for (u32 i = b->stmts.n - 1; i > at; i--) b->stmts.v[i] = b->stmts.v[i - 1];
    b->stmts.v[at] = s;
}

static void put_beside(Append *a, const Site *to, IrStmt *s, bool after) {
    u32 i = 0;
    while (to->block->stmts.v[i] != to->stmt) i++;
    put_at(a, to->block, i + after, s);
}

static IrArgs args_of(Append *a, u32 n, IrExpr *x, IrExpr *y, IrExpr *z, IrExpr *w) {
    IrArgs args = {NEW_N(a->perm, IrExpr *, n), n};
    IrExpr *all[] = {x, y, z, w};
    for (u32 i = 0; i < n; i++) args.v[i] = all[i];
    return args;
}

static void append_rewrite(Append *a, const Room *r, IrExpr *e) {
    IrArgs *args = &e->rt.args;
    IrExpr *first = args->v[0], *count = args->v[0], *list = args->v[1];
    if (str_eq(str_c(e->rt.name), S("wyn_str_concat2"))) {
        list = expr_new(a, IE_LIST, ir_ptr(a->perm, e->type));
        list->fx = args->v[1]->fx;
        list->make.elem = e->type;
        list->make.args = (IrArgs){args->v + 1, 1};
        count = expr_new(a, IE_INT, a->int_);
    } else {
        first = list->make.args.v[0];
        list->make.args.v++;
        list->make.args.n--;
    }
    count->int_ = list->make.args.n;
    e->rt.name = "wyn_str_append";
    *args = args_of(a, 4, first, room_address(a, r), count, list);
}

static void read_rewrite(Append *a, const Room *r, IrExpr *e) {
    IrExpr *inner = NEW(a->perm, IrExpr);
    *inner = *e;
    e->kind = IE_RT;
    e->rt.name = "wyn_str_kept";
    e->rt.elem = NULL;
    e->rt.args = args_of(a, 2, inner, room_address(a, r), NULL, NULL);
}

static void room_declare(Append *a, const Grown *g, IrFn *fn, Room *r, u32 id) {
    if (g->global) {
        r->global = NEW(a->perm, IrGlobal);
        *r->global = (IrGlobal){.name = g->global->name, .module = S("room"), .type = a->int_};
        vec_push(a->perm, &a->p->globals, r->global);
        return;
    }
    r->var = NEW(a->perm, IrVar);
    *r->var = (IrVar){.type = a->int_, .id = id, .mutable_ = true};
    IrStmt *s = NEW(a->perm, IrStmt);
    s->kind = IS_DECL;
    s->span = fn->span;
    s->decl.var = r->var;
    s->decl.init = expr_new(a, IE_INT, a->int_);
    if (g->var->is_param) put_at(a, &fn->body, 0, s);
    else put_beside(a, &g->decl, s, false);
}

static void rewrite(Append *a, Grown *g, IrFn *fn, u32 id) {
    if (!g->hot || g->bad || (g->global && a->tasks)) return;
    if (g->var && (g->var->via || g->declared != !g->var->is_param)) return;
    Room r = {0};
    room_declare(a, g, fn, &r, id);
    for (u32 i = 0; i < g->appends.n; i++) append_rewrite(a, &r, g->appends.v[i]->set.value);
    for (u32 i = 0; i < g->reads.n; i++) read_rewrite(a, &r, g->reads.v[i]);
    for (u32 i = 0; i < g->sets.n; i++)
        put_beside(a, &g->sets.v[i], room_is_zero(a, &r, g->sets.v[i].stmt->span), true);
}

static void id_note(void *ctx, IrStmt *s) {
    u32 *next = ctx;
    if (s->kind == IS_DECL && s->decl.var->id >= *next) *next = s->decl.var->id + 1;
}

static u32 next_id(IrFn *fn) {
    u32 next = 0;
    IrWalk w = {NULL, id_note, &next};
    for (u32 i = 0; i < fn->param_count; i++)
        if (fn->params[i]->id >= next) next = fn->params[i]->id + 1;
    for (u32 i = 0; i < fn->texts.n; i++)
        if (fn->texts.v[i]->id >= next) next = fn->texts.v[i]->id + 1;
    ir_walk_block(&fn->body, &w);
    return next;
}

void append_analyse(Arena *perm, IrProgram *p) {
    Append *a = NEW(perm, Append);
    a->perm = perm;
    a->p = p;
    a->int_ = ir_raw(perm, p, "int64_t");
    a->tasks = p->tasks > 0;
    VEC(Grown *) globals = {0};
    for (u32 i = 0; i < p->fns.n; i++) {
        IrFn *fn = p->fns.v[i];
        a->seen.n = 0;
        read_block(a, &fn->body, false);
        u32 id = 0;
        for (u32 k = 0; k < a->seen.n; k++) {
            Grown *g = a->seen.v[k];
            if (g->global) vec_push(perm, &globals, g);
            else if (g->hot && !fn->frame) rewrite(a, g, fn, id = id ? id + 1 : next_id(fn));
        }
    }
    for (u32 i = 0; i < globals.n; i++) rewrite(a, globals.v[i], NULL, 0);
}
