/* effect.c - which functions may wait for another task, may spin, or may call themselves.
 * One graph over everything the program reaches: functions, types (a descriptor leads to the
 * users' to_string), and meeting points of calls whose callee is not known: all function values of
 * a type, all methods behind a trait, all generators. A function has a bit when anything it may
 * call has it. Sound means: a missing bit is a proof; what is unknown may wait. */
#include "effect.h"
#include <string.h>

typedef struct Node {
    VEC(u32) next;
    u8 own, all;
    IrFn *fn;            /* NULL: a type or a meeting point */
    /* of the search for cycles */
    u32 order, low, at;  /* order 0: not visited; at: successors looked at */
    bool open;
} Node;

typedef struct Signature { /* of function values: as C sees them, but for who is behind a pointer */
    Type **params;
    Type *ret;
    u32 n, node;
} Signature;

struct Effect {
    Arena *a;
    IrProgram *p;
    VEC(Node) nodes;     /* 0 is nobody */
    Map ids;             /* IrFn *, Type *: node; stored as a pointer */
    Map runtime;         /* name, as a pointer: 1 may wait, 2 does not */
    Map methods;         /* trait Type *: u32 node of its first method, the others follow */
    VEC(Signature) signatures;
    VEC(IrFn *) work;
    u32 generators;      /* node of all of them */
    u32 self;            /* node of the function being read */
    VEC(u32) stack, path; /* of the search for cycles */
    u32 visited;
};

/* ---- the runtime ---- */

/* Those that wait, and then the families that never do. What is in neither may wait. */
static const char *const waiting[] = {
    "wyn_channel_send", "wyn_channel_recv", "wyn_channel_recv_opt", "wyn_select", "wyn_sleep",
    "wyn_mutex_lock", "wyn_time_sleep",
};
static const char *const quiet[] = {
    "wyn_add_", "wyn_alloc", "wyn_any_", "wyn_array_", "wyn_assert", "wyn_base64_", "wyn_bool_",
    "wyn_box", "wyn_builder_", "wyn_byte_of", "wyn_channel_", "wyn_cmp", "wyn_crypto_",
    "wyn_defer", "wyn_div", "wyn_eq", "wyn_executor_leave", "wyn_executor_new",
    "wyn_executor_waiting", "wyn_float_", "wyn_fmod", "wyn_fmt", "wyn_fork_", "wyn_frame_",
    "wyn_future_is_done", "wyn_future_value", "wyn_handle_", "wyn_hash", "wyn_hex_", "wyn_int_",
    "wyn_iter_", "wyn_json_", "wyn_map_", "wyn_math_", "wyn_mod", "wyn_mul_",
    "wyn_mutex_new", "wyn_mutex_unlock", "wyn_mutex_value", "wyn_object", "wyn_once_leave",
    "wyn_once_new", "wyn_panic", "wyn_poll", "wyn_print", "wyn_ptr_", "wyn_quote",
    "wyn_random_", "wyn_range_", "wyn_regex_", "wyn_rwlock_new", "wyn_rwlock_release",
    "wyn_semaphore_new", "wyn_semaphore_release", "wyn_set_", "wyn_shared_", "wyn_shl",
    "wyn_shr", "wyn_spawn", "wyn_str_", "wyn_strip", "wyn_sub_", "wyn_sys_args", "wyn_sys_env",
    "wyn_sys_has_env", "wyn_sys_pid", "wyn_task_", "wyn_test_", "wyn_text_", "wyn_time_",
    "wyn_to_string", "wyn_try_call", "wyn_url_", "wyn_variant_name", "wyn_waitgroup_add",
    "wyn_waitgroup_new", "wyn_zero",
};
static const char *const c_math[] = {
    "acos", "asin", "atan", "atan2", "cbrt", "ceil", "cos", "cosh", "exp", "fabs", "floor",
    "hypot", "log", "log10", "log2", "pow", "round", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
};

/* Those that cannot panic, and what they do nobody has to know. Memory may end: but that may also
 * happen to the spawn itself, so a task may as well say so where it is spawned. */
static const char *const calm[] = {
    "wyn_alloc", "wyn_alloc_atomic", "wyn_box",
    "wyn_future_value", "wyn_array_len", "wyn_str_len", "wyn_str_eq", "wyn_fmod",
    "wyn_float_to_int", "wyn_byte_of",
};

static bool runtime_panics(Str name) {
    for (u32 i = 0; i < COUNT_OF(calm); i++)
        if (str_eq(name, str_c(calm[i]))) return false;
    for (u32 i = 0; i < COUNT_OF(c_math); i++)
        if (str_eq(name, str_c(c_math[i]))) return false;
    return true;
}

bool effect_runtime_waits(Str name) {
    for (u32 i = 0; i < COUNT_OF(waiting); i++)
        if (str_eq(name, str_c(waiting[i]))) return true;
    for (u32 i = 0; i < COUNT_OF(quiet); i++)
        if (str_starts(name, str_c(quiet[i]))) return false;
    for (u32 i = 0; i < COUNT_OF(c_math); i++)
        if (str_eq(name, str_c(c_math[i]))) return false;
    return true;
}

static bool is_foreign(const IrFn *fn) {
    return fn->is_extern && !fn->std_abi && effect_runtime_waits(fn->name);
}

/* ---- nodes ---- */

static u32 node_new(Effect *x) {
    Node n = {0};
    vec_push(x->a, &x->nodes, n);
    return x->nodes.n - 1;
}

static void edge(Effect *x, u32 from, u32 to) {
    Node *n = &x->nodes.v[from];
    if (n->next.n && vec_last(&n->next) == to) return;
    vec_push(x->a, &n->next, to);
}

/* The node of a function or type; *is_new when it was made now. */
static u32 node_of(Effect *x, const void *key, bool *is_new) {
    void *known = map_get(&x->ids, key);
    *is_new = !known;
    if (known) return (u32)(uintptr_t)known;
    u32 id = node_new(x);
    map_put(x->a, &x->ids, key, (void *)(uintptr_t)id);
    return id;
}

static u32 fn_node(Effect *x, IrFn *fn) {
    bool is_new;
    u32 id = node_of(x, fn, &is_new);
    if (!is_new) return id;
    x->nodes.v[id].fn = fn;
    if (fn->is_extern && (!fn->std_abi || effect_runtime_waits(fn->name)))
        x->nodes.v[id].own = EF_WAITS;
    if (fn->is_extern && runtime_panics(fn->name)) x->nodes.v[id].own |= EF_PANICS;
    vec_push(x->a, &x->work, fn);
    return id;
}

/* One node for each method of a trait. */
static u32 method_node(Effect *x, Type *trait, u32 method) {
    void *known = map_get(&x->methods, trait);
    if (known) return (u32)(uintptr_t)known + method;
    u32 n = method + 1, first = x->nodes.n;
    for (u32 i = 0; i < x->p->vtables.n; i++) {
        IrVtable *v = x->p->vtables.v[i];
        if (v->trait == trait && v->n > n) n = v->n;
    }
    for (u32 i = 0; i < n; i++) node_new(x);
    map_put(x->a, &x->methods, trait, (void *)(uintptr_t)first);
    return first + method;
}

static u32 type_node(Effect *x, Type *t);

static void vtable_reached(Effect *x, IrVtable *v) {
    for (u32 i = 0; i < v->n; i++) {
        v->methods[i]->address_taken = true;
        u32 from = method_node(x, v->trait, i);
        edge(x, from, fn_node(x, v->methods[i]));
    }
    u32 trait = type_node(x, v->trait);
    edge(x, trait, type_node(x, v->impl)); /* printing the object prints what is in it */
}

static void calls_fn(Effect *x, u32 from, IrFn *fn) {
    if (!fn) return;
    fn->address_taken = true;
    edge(x, from, fn_node(x, fn));
}

/* A type leads to the functions of the user that the runtime calls with its descriptor. */
static u32 type_node(Effect *x, Type *t) {
    bool is_new;
    u32 id = node_of(x, t, &is_new);
    if (!is_new) return id;
    calls_fn(x, id, map_get(&x->p->to_string, t));
    for (u32 i = 0; i < t->n; i++) edge(x, id, type_node(x, t->args[i]));
    for (u32 i = 0; i < t->field_count; i++) {
        edge(x, id, type_node(x, t->fields[i].type));
        if (t->fields[i].preset) calls_fn(x, id, map_get(&x->p->presets, t->fields[i].preset));
    }
    for (u32 v = 0; v < t->variant_count; v++)
        for (u32 i = 0; i < t->variants[v].n; i++)
            edge(x, id, type_node(x, t->variants[v].fields[i].type));
    return id;
}

/* ---- function values ---- */

static Type *pointee(const IrType *t) {
    while (t && t->kind == IRT_PTR) t = t->to;
    return t && t->kind == IRT_WYN ? t->wyn : NULL;
}

static bool no_value(const Type *t) { return t->kind == TY_VOID || t->kind == TY_NEVER; }

static u32 signature_node(Effect *x, Signature s) {
    if (s.ret && no_value(s.ret)) s.ret = NULL;
    for (u32 i = 0; i < x->signatures.n; i++) {
        Signature *o = &x->signatures.v[i];
        if (o->n == s.n && o->ret == s.ret &&
            (!s.n || memcmp(o->params, s.params, s.n * sizeof *s.params) == 0))
            return o->node;
    }
    s.node = node_new(x);
    vec_push(x->a, &x->signatures, s);
    return s.node;
}

static u32 type_signature(Effect *x, Type *fn) {
    Signature s = {.params = NEW_N(x->a, Type *, fn->n), .ret = fn->args[fn->n - 1]};
    for (u32 i = 0; i + 1 < fn->n; i++)
        if (!no_value(fn->args[i])) s.params[s.n++] = fn->args[i];
    return signature_node(x, s);
}

/* Code behind a function object: its last parameter is the object. */
static u32 code_signature(Effect *x, const IrFn *fn) {
    Signature s = {.params = NEW_N(x->a, Type *, fn->param_count + 1), .ret = pointee(fn->ret)};
    for (u32 i = 0; i + 1 < fn->param_count; i++)
        if (!ir_is_void(fn->params[i]->type)) s.params[s.n++] = pointee(fn->params[i]->type);
    return signature_node(x, s);
}

/* Tasks and try_call: void (void *result, wyn_fn *self). */
static u32 thunk_signature(Effect *x) {
    Signature s = {.params = NEW_N(x->a, Type *, 1), .n = 1};
    return signature_node(x, s);
}

static void address_taken(Effect *x, IrFn *fn) {
    u32 id = fn_node(x, fn);
    fn->address_taken = true;
    if (fn->frame) edge(x, x->generators, id);
    edge(x, code_signature(x, fn), id);
}

/* ---- reading a function ---- */

/* What the runtime function itself may do, and where it may call back. */
static u8 runtime_own(Effect *x, const IrExpr *e, u32 *calls) {
    Str name = str_c(e->rt.name);
    uintptr_t known = (uintptr_t)map_get(&x->runtime, e->rt.name);
    if (!known) {
        known = effect_runtime_waits(name) ? 1 : 2;
        map_put(x->a, &x->runtime, e->rt.name, (void *)known);
    }
    *calls = str_eq(name, S("wyn_iter_next")) || str_eq(name, S("wyn_iter_leave"))
                 ? x->generators
             : str_eq(name, S("wyn_try_call")) ? thunk_signature(x) : 0;
    if (str_starts(name, S("wyn_spawn"))) return EF_FORKS; /* it may run a task in its place */
    if (known == 1) return e->joins ? EF_FORKS : EF_WAITS;
    return 0;
}

static void call_runtime(Effect *x, const IrExpr *e) {
    u32 calls;
    u8 own = runtime_own(x, e, &calls);
    x->nodes.v[x->self].own |= own;
    if (runtime_panics(str_c(e->rt.name))) x->nodes.v[x->self].own |= EF_PANICS;
    if (calls) edge(x, x->self, calls);
    for (u32 i = 0; i < e->rt.args.n; i++) /* code handed over to be called */
        if (e->rt.args.v[i]->kind == IE_FN) {
            u32 fn = fn_node(x, e->rt.args.v[i]->fn);
            edge(x, x->self, fn);
        }
}

static void read_expr(void *ctx, IrExpr *e) {
    Effect *x = ctx;
    u32 to = 0;
    switch ((IrExprKind)e->kind) {
    case IE_FN: case IE_FN_VALUE: address_taken(x, e->fn); return;
    case IE_DESC: to = type_node(x, e->desc); break;
    case IE_FORK: /* who spawns it joins it, and so may run it */
        fn_node(x, e->fork->run);
        e->fork->run->address_taken = true;
        to = fn_node(x, e->fork->call);
        break;
    case IE_VTABLE: vtable_reached(x, e->vtable); return;
    case IE_TASK: /* spawning it does not call it */
        fn_node(x, e->task->run);
        e->task->run->address_taken = true;
        return;
    case IE_CALL:
        to = fn_node(x, e->call.fn);
        if (is_foreign(e->call.fn)) x->nodes.v[x->self].fn->calls_foreign = true;
        break;
    case IE_RT: call_runtime(x, e); return;
    case IE_ARRAY_OP: x->nodes.v[x->self].own |= EF_PANICS; return;
    case IE_CALL_VALUE: {
        const IrType *t = e->callv.fn->type;
        if (t->kind == IRT_WYN && t->wyn->kind == TY_FN) to = type_signature(x, t->wyn);
        else x->nodes.v[x->self].own |= EF_WAITS | EF_PANICS;
        break;
    }
    case IE_CALL_VTABLE: to = method_node(x, e->vcall.trait, e->vcall.method); break;
    default: return;
    }
    if (to) edge(x, x->self, to);
}

/* ---- loops that may spin ---- */

static bool compares(const IrExpr *e, const IrVar *v) {
    if (!e || e->kind != IE_BINARY) return false;
    if (e->binary.op == IO_LAND) return compares(e->binary.a, v) || compares(e->binary.b, v);
    if (e->binary.op < IO_LT || e->binary.op > IO_NE) return false;
    const IrExpr *a = e->binary.a, *b = e->binary.b;
    return (a->kind == IE_VAR && a->var == v) || (b->kind == IE_VAR && b->var == v);
}

/* `v = v + 1` and the like; NULL: something else. */
static IrVar *counts(const IrStmt *s) {
    if (!s || s->kind != IS_SET || s->set.place->kind != IE_VAR) return NULL;
    const IrExpr *e = s->set.value;
    if (e->kind != IE_BINARY || (e->binary.op != IO_ADD && e->binary.op != IO_SUB)) return NULL;
    if (e->binary.a->kind != IE_VAR || e->binary.a->var != s->set.place->var) return NULL;
    const IrExpr *by = e->binary.b;
    return by->kind == IE_INT && by->int_ > 0 ? s->set.place->var : NULL;
}

typedef struct LoopLook {
    const IrLoop *loop;
    const IrVar *var;
    u32 sets, continues;
    bool looks;          /* at memory that others may change, or into a call */
} LoopLook;

static void look_stmt(void *ctx, IrStmt *s) {
    LoopLook *l = ctx;
    if (s->kind == IS_SET && s->set.place->kind == IE_VAR && s->set.place->var == l->var) l->sets++;
    if (s->kind == IS_CONTINUE && s->jump.loop == l->loop) l->continues++;
}

static void look_expr(void *ctx, IrExpr *e) {
    LoopLook *l = ctx;
    if (e->fx & (FX_READ_MEM | FX_EFFECT)) l->looks = true;
    if (e->kind == IE_ADDR && e->one.e->kind == IE_VAR && e->one.e->var == l->var) l->sets++;
}

/* A variable that the condition compares moves by a constant in every round, and only so. */
static bool counted(IrStmt *s, const IrStmt *count, bool every_round) {
    IrVar *v = counts(count);
    if (!v || !compares(s->loop.cond, v)) return false;
    LoopLook l = {.loop = s->loop.loop, .var = v};
    IrWalk w = {look_expr, look_stmt, &l};
    ir_walk_block(&s->loop.body, &w);
    ir_walk_block(&s->loop.tail, &w);
    u32 own = count != s->loop.step;
    return l.sets == own && (every_round || !l.continues);
}

/* The loop inside a loop over strips (poll.c), which ends when that one ends. */
static IrStmt *strip_of(const IrStmt *s) {
    const IrBlock *b = &s->loop.body;
    if (b->stmts.n != 3 || b->stmts.v[1]->kind != IS_DECL || b->stmts.v[2]->kind != IS_LOOP)
        return NULL;
    const IrExpr *end = b->stmts.v[1]->decl.init;
    bool strip = end && end->kind == IE_RT && str_eq(str_c(end->rt.name), S("wyn_strip"));
    return strip ? b->stmts.v[2] : NULL;
}

static bool may_spin(IrStmt *s) {
    IrStmt *strip = strip_of(s);
    if (strip) s = strip;
    if (s->loop.loop->counted) return false;
    if (counted(s, s->loop.step, true)) return false;
    for (u32 i = 0; i < s->loop.tail.stmts.n; i++)
        if (counted(s, s->loop.tail.stmts.v[i], true)) return false;
    for (u32 i = 0; i < s->loop.body.stmts.n; i++)
        if (counted(s, s->loop.body.stmts.v[i], false)) return false;
    LoopLook l = {0};
    IrWalk w = {look_expr, look_stmt, &l};
    ir_walk_expr(s->loop.cond, &w);
    ir_walk_block(&s->loop.body, &w);
    ir_walk_block(&s->loop.tail, &w);
    return l.looks;
}

static void read_stmt(void *ctx, IrStmt *s) {
    Effect *x = ctx;
    if (s->kind == IS_LOOP && may_spin(s)) x->nodes.v[x->self].own |= EF_SPINS;
}

/* ---- cycles (Tarjan): a component is complete after all that it calls ---- */

static void component(Effect *x, u32 root) {
    u32 n = x->stack.n;
    while (x->stack.v[n - 1] != root) n--;
    u8 all = 0;
    bool cycle = x->stack.n - n > 0;
    for (u32 i = n - 1; i < x->stack.n; i++) {
        u32 id = x->stack.v[i];
        Node *m = &x->nodes.v[id];
        all |= m->own;
        for (u32 k = 0; k < m->next.n; k++) {
            all |= x->nodes.v[m->next.v[k]].all & (u8)~EF_RECURSIVE;
            if (m->next.v[k] == id) cycle = true;
        }
    }
    if (cycle) all |= EF_RECURSIVE;
    for (u32 i = n - 1; i < x->stack.n; i++) {
        x->nodes.v[x->stack.v[i]].all = all;
        x->nodes.v[x->stack.v[i]].open = false;
    }
    x->stack.n = n - 1;
}

static void visit(Effect *x, u32 id) {
    Node *n = &x->nodes.v[id];
    n->order = n->low = ++x->visited;
    n->open = true;
    vec_push(x->a, &x->stack, id);
    vec_push(x->a, &x->path, id);
}

static void components_from(Effect *x, u32 start) {
    visit(x, start);
    while (x->path.n) {
        Node *n = &x->nodes.v[vec_last(&x->path)];
        if (n->at < n->next.n) {
            Node *to = &x->nodes.v[n->next.v[n->at++]];
            if (!to->order) visit(x, (u32)(to - x->nodes.v));
            else if (to->open && to->order < n->low) n->low = to->order;
            continue;
        }
        u32 id = vec_pop(&x->path);
        if (x->path.n) {
            Node *up = &x->nodes.v[vec_last(&x->path)];
            if (n->low < up->low) up->low = n->low;
        }
        if (n->low == n->order) component(x, id);
    }
}

/* ---- the whole ---- */

static u8 effect_of_args(Effect *x, const IrArgs *a) {
    u8 all = 0;
    bool is_new;
    for (u32 i = 0; i < a->n; i++) {
        const IrExpr *e = a->v[i];
        if (e->kind == IE_DESC) all |= x->nodes.v[node_of(x, e->desc, &is_new)].all;
        if (e->kind == IE_FN) all |= e->fn->effects;
    }
    return all;
}

u8 effect_of(Effect *x, const IrExpr *e) {
    switch ((IrExprKind)e->kind) {
    case IE_CALL: return e->call.fn->effects | effect_of_args(x, &e->call.args);
    case IE_CALL_VALUE: {
        const IrType *t = e->callv.fn->type;
        if (t->kind != IRT_WYN || t->wyn->kind != TY_FN) return EF_WAITS | EF_FORKS;
        return x->nodes.v[type_signature(x, t->wyn)].all;
    }
    case IE_CALL_VTABLE: return x->nodes.v[method_node(x, e->vcall.trait, e->vcall.method)].all;
    case IE_RT: {
        u32 calls;
        u8 own = runtime_own(x, e, &calls);
        return own | x->nodes.v[calls].all | effect_of_args(x, &e->rt.args);
    }
    default: return 0;
    }
}

Effect *effect_analyse(Arena *scratch, IrProgram *p) {
    Effect *x = NEW(scratch, Effect);
    x->a = scratch;
    x->p = p;
    node_new(x);
    x->generators = node_new(x);
    for (u32 i = 0; i < p->fns.n; i++)
        p->fns.v[i]->effects = EF_WAITS | EF_SPINS | EF_RECURSIVE | EF_FORKS |
                               EF_PANICS;
    fn_node(x, p->start);
    IrWalk w = {read_expr, read_stmt, x};
    for (u32 i = 0; i < x->work.n; i++) {
        x->self = (u32)(uintptr_t)map_get(&x->ids, x->work.v[i]);
        if (x->work.v[i]->stack) x->nodes.v[x->self].own |= EF_FORKS;
        ir_walk_block(&x->work.v[i]->body, &w);
    }
    for (u32 i = 1; i < x->nodes.n; i++)
        if (!x->nodes.v[i].order) components_from(x, i);
    for (u32 i = 1; i < x->nodes.n; i++)
        if (x->nodes.v[i].fn) x->nodes.v[i].fn->effects = x->nodes.v[i].all;
    return x;
}
