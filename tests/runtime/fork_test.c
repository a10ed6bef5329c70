/* Scoped tasks as emitted C makes them: trees of random shape, joined in random order, with 1 to 8
 * workers; every task runs once and its result arrives. Then panics, and tasks that wait. */
#include "check.h"
#include "../../runtime/fork.h"
#include "../../runtime/sched.h"

const char wyn_names[] = "";
static const wyn_site site = {"t.wyn", "main", 5};

enum { MOST = 5 };
typedef struct Operands {
    int64_t depth;
    uint64_t seed;
} Operands;

static _Atomic int64_t runs;

static uint64_t next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* What the tree of a seed adds up to, and how many nodes it has. */
static int64_t expected(int64_t depth, uint64_t seed, int64_t *nodes) {
    int64_t s = (int64_t)(seed % 1000);
    ++*nodes;
    if (depth == 0) return s;
    int n = 1 + (int)(next(&seed) % MOST);
    for (int i = 0; i < n; i++) s += expected(depth - 1, next(&seed), nodes);
    return s;
}

static int64_t tree(wyn_stack *stack, wyn_slot *head, int64_t depth, uint64_t seed);

static void tree_stolen(wyn_stack *stack, wyn_slot *head, wyn_slot *task) {
    Operands *o = wyn_fork_operands(task, sizeof *o);
    int64_t r = tree(stack, head, o->depth, o->seed);
    *(int64_t *)wyn_fork_result(task, sizeof r) = r;
}

static const wyn_fork fork_tree = {tree_stolen, &site, WYN_FORK_FORKS};

static int64_t join(wyn_stack *stack, wyn_slot *t, wyn_slot *base, wyn_slot *head, bool last) {
    if (!wyn_fork_mine(stack, t)) {
        wyn_fork_wait(stack, t, head, &site);
        if (last) wyn_fork_pop(stack, base);
        return *(int64_t *)wyn_fork_result_of(t, 8);
    }
    Operands o = *(Operands *)wyn_fork_operands(t, sizeof o);
    if (last) wyn_fork_pop(stack, base);
    else wyn_fork_drop(t);
    return tree(stack, last ? base : head, o.depth, o.seed);
}

static int64_t tree(wyn_stack *stack, wyn_slot *head, int64_t depth, uint64_t seed) {
    int64_t s = (int64_t)(seed % 1000);
    atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
    if (depth == 0) return s;
    int n = 1 + (int)(next(&seed) % MOST), order[MOST];
    wyn_slot *base = head;
    for (int i = 0; i < n; i++) {
        int room = wyn_fork_room(stack, head);
        OK(room != WYN_FORK_FULL);
        Operands *o = wyn_fork_args(stack, head, sizeof *o, false);
        *o = (Operands){depth - 1, next(&seed)};
        wyn_fork_push(stack, head, &fork_tree, room);
        head = wyn_fork_next(head);
        order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
        int k = (int)(next(&seed) % (uint64_t)(i + 1)), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    for (int i = 0; i < n; i++) s += join(stack, base + order[i], base, head, i == n - 1);
    return s;
}

/* ---- panics: what was begun is joined, what was not is forgotten ---- */

static void fails(wyn_stack *stack, wyn_slot *head, wyn_slot *task) {
    (void)stack, (void)head, (void)task;
    wyn_panic_at(&site, "broken");
}

static const wyn_fork fork_fails = {fails, &site, 0};

static void panicking(void *arg) {
    (void)arg;
    wyn_stack *stack = wyn_fork_stack();
    wyn_slot *base = stack->head, *head = base;
    for (int i = 0; i < 6; i++) {
        const wyn_fork *fork = i == 2 ? &fork_fails : &fork_tree;
        int room = wyn_fork_room(stack, head);
        Operands *o = wyn_fork_args(stack, head, sizeof *o, false);
        *o = (Operands){2, (uint64_t)i};
        wyn_fork_push(stack, head, fork, room);
        head = wyn_fork_next(head);
    }
    join(stack, base, base, head, false);
    if (wyn_fork_mine(stack, base + 2)) fails(stack, head, base + 2);
    wyn_fork_wait(stack, base + 2, head, &site);
}

static void all(void) {
    wyn_stack *stack = wyn_fork_stack();
    for (uint64_t seed = 1; seed < 400; seed++) {
        int64_t nodes = 0, want = expected(6, seed, &nodes);
        runs = 0;
        OK(tree(stack, stack->head, 6, seed) == want);
        OK(runs == nodes);
        OK(stack->split == stack->head || !fork_stealable(fiber_self()));
        Panic *p = NULL;
        if (seed % 4 == 0) OK(!panic_run(panicking, NULL, &p) && p != NULL);
        Deque *d = fork_deque(fiber_self());
        OK(stack->head == d->slots && stack->split == stack->head);
        OK(atomic_load(&d->shared) == 0);
    }
}

int64_t wyn_main(void) {
    static const char *const workers[] = {"1", "2", "4", "8"};
    for (int i = 0; i < 4; i++) {
        setenv("WYN_WORKERS", workers[i], 1);
        Child c = check_child(all);
        if (c.status != 0) fprintf(stderr, "%s workers: %s\n", workers[i], c.text);
        OK(c.status == 0);
    }
    return 0;
}
