/* rounds.c - parallel for. A range is worked off in steps on the stack that has it; only when
 * another worker has nothing to do, half of what is left becomes a task of the loop's scope. So a
 * loop costs tasks as there are workers to take them, not as it has rounds, and a short one costs
 * none: nothing is split before the loop has run for RT_ROUNDS_SOON_NS.
 * A step grows while steps are quicker than RT_ROUNDS_STEP_NS: so often is looked for the hungry,
 * for an abort and at the clock. */
#include "scope.h"

#include "sched.h"

typedef struct Rounds {
    void (*code)(void *env, int64_t from, int64_t to);
    void *env;
    wyn_scope *scope;
} Rounds;

typedef struct Part { /* of a task: arguments, scope */
    uintptr_t st; /* of its wyn_future, whose value begins here */
    Rounds *rounds;
    int64_t from, to;
    wyn_scope *scope;
} Part;

static void part_run(void *f);
static const wyn_task part_task = {
    part_run, NULL, sizeof(Part), WYN_TASK_TRACED | WYN_TASK_SCOPED};

/* One step; its time decides about the next. */
static int64_t step_run(const Rounds *r, int64_t from, int64_t to, int64_t *step, int64_t *now) {
    int64_t n = (uint64_t)to - (uint64_t)from > (uint64_t)*step ? *step : to - from;
    int64_t start = *now;
    r->code(r->env, from, from + n);
    *now = time_mono();
    int64_t took = *now - start;
    if (took < RT_ROUNDS_STEP_NS / 2) {
        *step *= 2;
    } else if (took > 2 * RT_ROUNDS_STEP_NS && *step > 1) {
        *step /= 2;
    }
    return from + n;
}

/* Is a worker looking for work, and nothing there for it? */
static bool is_wanted(void) {
    return ring_count(worker_ring(worker_self())) == 0 &&
           (atomic_load_explicit(&idle_bits, memory_order_relaxed) != 0 ||
            atomic_load_explicit(&idle_searching, memory_order_relaxed) != 0);
}

static void part_spawn(Rounds *r, int64_t from, int64_t to) {
    Part *p = wyn_alloc(sizeof *p);
    p->rounds = r;
    p->from = from;
    p->to = to;
    wyn_scope_spawn(r->scope, (wyn_future *)p, &part_task);
    if (atomic_load_explicit(&idle_searching, memory_order_relaxed) == 0) idle_wake_one();
}

static void rounds_run(Rounds *r, int64_t from, int64_t to, int64_t step) {
    int64_t now = time_mono();
    while (from < to) {
        scope_check();
        if ((uint64_t)to - (uint64_t)from > (uint64_t)step && is_wanted()) {
            int64_t middle = from + (int64_t)(((uint64_t)to - (uint64_t)from) / 2);
            part_spawn(r, middle, to);
            to = middle;
            continue;
        }
        from = step_run(r, from, to, &step, &now);
    }
}

static void part_run(void *f) {
    const Part *p = f;
    rounds_run(p->rounds, p->from, p->to, 1);
}

void wyn_par_for(int64_t lo, int64_t hi, void (*code)(void *env, int64_t from, int64_t to),
                 void *env, const wyn_site *site) {
    Rounds small = {code, env, NULL};
    int64_t step = 1, now = time_mono(), start = now;
    while (lo < hi && now - start < RT_ROUNDS_SOON_NS) lo = step_run(&small, lo, hi, &step, &now);
    if (lo >= hi) return;
    sched_prepare();
    if (worker_count == 1) {
        code(env, lo, hi);
        return;
    }
    Rounds *r = wyn_alloc(sizeof *r);
    *r = small;
    r->scope = wyn_scope_enter(-1, site);
    rounds_run(r, lo, hi, step);
    wyn_scope_leave(r->scope, site);
}
