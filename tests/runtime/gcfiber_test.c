/* The collector among switching stacks: tasks keep lists only on their stacks while they park,
 * move and are interrupted; collections come from all of them at odd moments. */
#include "../../runtime/gc.h"
#include "check.h"

const char wyn_names[] = "";
static const wyn_site site = {"t.wyn", "main", 5};

typedef struct Node {
    struct Node *next;
    int64_t v;
} Node;

typedef struct Call {
    wyn_fn fn;
    wyn_channel *in, *out;
    int64_t id;
} Call;

static __attribute__((noinline)) void check_list(Node *list, int64_t id, int64_t n) {
    int64_t left = n;
    for (; list != NULL; list = list->next) OK(list->v == id * 1000 + --left);
    OK(left == 0);
}

static void canary(void *result, wyn_fn *self) {
    Call *c = (Call *)self;
    for (int round = 0; round < 5; round++) {
        Node *list = NULL;
        uint32_t random = (uint32_t)(c->id * 7919 + round);
        for (int64_t i = 0; i < 200; i++) {
            Node *n = wyn_alloc(sizeof *n);
            int64_t *leaf = wyn_alloc_atomic(8 + (size_t)i % 64);
            *leaf = i;
            n->v = c->id * 1000 + i;
            n->next = list;
            list = n;
            random = random * 1103515245 + 12345;
            if (random >> 24 < 12) wyn_task_yield();
            if (random >> 24 == 20 && i % 5 == 0) gc_collect();
            if (random >> 24 == 30) wyn_sleep(0, &site);
            OK(*leaf == i);
        }
        wyn_channel_send(c->out, &list, &site);
        Node *other;
        wyn_channel_recv(c->in, &other, &site);
        check_list(other, other->v / 1000, 200);
    }
    *(int64_t *)result = 1;
}

int64_t wyn_main(void) {
    enum { TASKS = 60 };
    wyn_channel *c = wyn_channel_new(&wyn_type_ptr, 8, &site);
    wyn_array *fs = wyn_array_new(&wyn_type_ptr, 0);
    for (int64_t i = 0; i < TASKS; i++) {
        Call *call = wyn_alloc(sizeof *call);
        *call = (Call){{(void *)canary}, c, c, i};
        wyn_array_push_ptr(fs, check_spawn(&call->fn, false));
    }
    wyn_join_all(fs, &site);
    OK(wyn_channel_len(c) == 0 && gc_count() > 10);
    return 0;
}
