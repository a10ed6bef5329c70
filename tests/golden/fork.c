#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_fib_task E_fib_task;
typedef struct E_buried_task E_buried_task;
typedef struct E_buried_task_2 E_buried_task_2;

struct E_fib_task {
    int64_t f0;
};

struct E_buried_task {
    wyn_channel *f0;
};

struct E_buried_task_2 {
    wyn_channel *f0;
};

static int64_t w_fib(int64_t, wyn_stack *, wyn_slot *);
static int64_t w_buried(wyn_channel *, wyn_stack *, wyn_slot *);
static void w_main(wyn_stack *, wyn_slot *);
static int64_t w_Channel_int_recv(wyn_channel *, const wyn_site *);
static wyn_channel *w_channel___int(int64_t, const wyn_site *);
static bool w_Channel_int_send(wyn_channel *, int64_t, const wyn_site *);
WYN_INLINE int64_t w_fib_task(int64_t, wyn_stack *, wyn_slot *);
static void w_fib_stolen(wyn_stack *, wyn_slot *, wyn_slot *);
WYN_INLINE int64_t w_buried_task(wyn_channel *);
static void w_buried_stolen(wyn_stack *, wyn_slot *, wyn_slot *);
WYN_INLINE int64_t w_buried_task_2(wyn_channel *);
static void w_buried_stolen_2(wyn_stack *, wyn_slot *, wyn_slot *);

static const wyn_site SITE_0 = {"fork.wyn", "fib", 4};
static const wyn_site SITE_1 = {"fork.wyn", "fib", 6};
static const wyn_site SITE_3 = {"fork.wyn", "buried", 9};
static const wyn_site SITE_5 = {"fork.wyn", "buried", 10};
static const wyn_site SITE_6 = {"fork.wyn", "buried", 11};
static const wyn_site SITE_7 = {"fork.wyn", "main", 14};
static const wyn_site SITE_8 = {"fork.wyn", "main", 15};
static const wyn_site SITE_9 = {"fork.wyn", "main", 16};
static const wyn_site SITE_2 = {"fork.wyn", "main", 9};
static const wyn_site SITE_4 = {"fork.wyn", "main", 10};

static const wyn_fork FORK_0 = {w_fib_stolen, &SITE_0, WYN_FORK_FORKS};
static const wyn_fork FORK_1 = {w_buried_stolen, &SITE_3, WYN_FORK_WAITS};
static const wyn_fork FORK_2 = {w_buried_stolen_2, &SITE_5, WYN_FORK_WAITS};

struct w_fib_more_on {
    int64_t p0;
    wyn_stack *p1;
    wyn_slot *p2;
    int64_t result;
};
static WYN_COLD void w_fib_more_on(void *at) {
    struct w_fib_more_on *c = at;
    c->result = w_fib(c->p0, c->p1, c->p2);
}
static WYN_COLD int64_t w_fib_more(int64_t p0, wyn_stack *p1, wyn_slot *p2) {
    struct w_fib_more_on c;
    c.p0 = p0;
    c.p1 = p1;
    c.p2 = p2;
    wyn_stack_more(w_fib_more_on, &c);
    return c.result;
}

static void w_fib_stolen(wyn_stack *stack, wyn_slot *head, wyn_slot *t1) {
    E_fib_task *t2 = (E_fib_task *)wyn_fork_operands(t1, sizeof(E_fib_task));
    int64_t t3 = w_fib_task(t2->f0, stack, head);
    *(int64_t *)wyn_fork_result(t1, sizeof(int64_t)) = t3;
}

static void w_buried_stolen(wyn_stack *stack, wyn_slot *head, wyn_slot *t1) {
    (void)stack;
    (void)head;
    E_buried_task *t2 = (E_buried_task *)wyn_fork_operands(t1, sizeof(E_buried_task));
    int64_t t3 = w_buried_task(t2->f0);
    *(int64_t *)wyn_fork_result(t1, sizeof(int64_t)) = t3;
}

static void w_buried_stolen_2(wyn_stack *stack, wyn_slot *head, wyn_slot *t1) {
    (void)stack;
    (void)head;
    E_buried_task_2 *t2 = (E_buried_task_2 *)wyn_fork_operands(t1, sizeof(E_buried_task_2));
    int64_t t3 = w_buried_task_2(t2->f0);
    *(int64_t *)wyn_fork_result(t1, sizeof(int64_t)) = t3;
}

int64_t wyn_main(void) {
    w_main(wyn_fork_stack(), wyn_fork_head());
    return 0;
}

const char wyn_names[] =
    "w_fib\0" "fib" "\0"
    "w_buried\0" "buried" "\0"
    "w_main\0" "main" "\0"
    "w_Channel_int_recv\0" "Channel<int>.recv" "\0"
    "w_channel___int\0" "channel" "\0"
    "w_Channel_int_send\0" "Channel<int>.send" "\0"
    "";

/* fn fib(n: int) -> int */
#line 2 "fork.wyn"
static int64_t w_fib(int64_t n, wyn_stack *stack, wyn_slot *head) {
    if (n < 2) {
#line 3
        return n;
    }
#line 4
    int64_t t1 = n - 1;
#line 4
    int64_t f;
#line 4
    wyn_slot *t2 = head;
#line 2
    if (wyn_stack_low()) return w_fib_more(n, stack, head);
#line 4
    int32_t t3 = wyn_fork_room(stack, t2);
#line 4
    if (t3 != WYN_FORK_FULL) {
#line 4
        E_fib_task *t4 = (E_fib_task *)wyn_fork_args(stack, t2, sizeof(E_fib_task), false);
#line 4
        t4->f0 = t1;
#line 4
        wyn_fork_push(stack, t2, &FORK_0, t3);
    }
#line 4
    head = wyn_fork_next(t2);
    int64_t y = w_fib(n - 2, stack, head);
    if (wyn_fork_mine(stack, t2)) {
#line 6
        head = t2;
#line 6
        f = w_fib_task(t1, stack, head);
    } else {
#line 6
        wyn_fork_wait(stack, t2, NULL, &SITE_1);
#line 6
        head = t2;
#line 6
        wyn_fork_pop(stack, head);
#line 6
        f = *(int64_t *)wyn_fork_result_of(t2, sizeof(int64_t));
    }
#line 6
    return f + y;
}

/* fn buried(c: Channel<int>) -> int */
#line 8
static int64_t w_buried(wyn_channel *c, wyn_stack *stack, wyn_slot *head) {
    int64_t f;
#line 9
    wyn_slot *t1 = head;
#line 9
    int32_t t2 = wyn_fork_room(stack, t1);
#line 9
    if (t2 != WYN_FORK_FULL) {
#line 9
        E_buried_task *t3 = (E_buried_task *)wyn_fork_args(stack, t1, sizeof(E_buried_task), false);
#line 9
        t3->f0 = c;
#line 9
        wyn_fork_push(stack, t1, &FORK_1, t2);
    }
#line 9
    head = wyn_fork_next(t1);
    int64_t g;
#line 10
    wyn_slot *t4 = head;
#line 10
    int32_t t5 = wyn_fork_room(stack, t4);
#line 10
    if (t5 != WYN_FORK_FULL) {
#line 10
        E_buried_task_2 *t6 = (E_buried_task_2 *)wyn_fork_args(stack, t4, sizeof(E_buried_task_2), false);
#line 10
        t6->f0 = c;
#line 10
        wyn_fork_push(stack, t4, &FORK_2, t5);
    }
#line 10
    head = wyn_fork_next(t4);
    if (wyn_fork_mine(stack, t1)) {
#line 11
        wyn_fork_drop(t1);
#line 11
        f = (stack->head = head, w_buried_task(c));
    } else {
#line 11
        wyn_fork_wait(stack, t1, head, &SITE_6);
#line 11
        f = *(int64_t *)wyn_fork_result_of(t1, sizeof(int64_t));
    }
#line 11
    int64_t t7 = f;
#line 11
    if (wyn_fork_mine(stack, t4)) {
#line 11
        stack->head = head = t1;
#line 11
        wyn_fork_pop(stack, head);
#line 11
        g = (stack->head = head, w_buried_task_2(c));
    } else {
#line 11
        wyn_fork_wait(stack, t4, NULL, &SITE_6);
#line 11
        stack->head = head = t1;
#line 11
        wyn_fork_pop(stack, head);
#line 11
        g = *(int64_t *)wyn_fork_result_of(t4, sizeof(int64_t));
    }
#line 11
    return t7 - g;
}

/* fn main() */
#line 13
static void w_main(wyn_stack *stack, wyn_slot *head) {
    wyn_channel *c = w_channel___int(2, &SITE_7);
    (stack->head = head, w_Channel_int_send(c, 3, &SITE_8));
    (stack->head = head, w_Channel_int_send(c, 2, &SITE_9));
    int64_t t1 = w_fib(5, stack, head);
#line 17
    wyn_println_int(t1 + w_buried(c, stack, head));
}

/* fn Channel<int>.recv(self) -> int */
#line N "std/concurrency.wyn"
static int64_t w_Channel_int_recv(wyn_channel *self, const wyn_site *t1) {
#line N
    int64_t t2 = 0;
#line N
    wyn_channel_recv(self, &t2, t1);
#line N
    return t2;
}

/* fn channel<int>(cap: int) -> Channel<int> */
#line N
static wyn_channel *w_channel___int(int64_t cap, const wyn_site *t1) {
#line N
    return wyn_channel_new(&wyn_type_int, cap, t1);
}

/* fn Channel<int>.send(self, v: int) -> bool */
#line N
static bool w_Channel_int_send(wyn_channel *self, int64_t v, const wyn_site *t1) {
#line N
    return wyn_channel_send(self, &(int64_t){v}, t1);
}

#line 4 "fork.wyn"
WYN_INLINE int64_t w_fib_task(int64_t t1, wyn_stack *stack, wyn_slot *head) {
#line 4
    return w_fib(t1, stack, head);
}

#line 9
WYN_INLINE int64_t w_buried_task(wyn_channel *t1) {
#line 9
    return w_Channel_int_recv(t1, &SITE_2);
}

#line 10
WYN_INLINE int64_t w_buried_task_2(wyn_channel *t1) {
#line 10
    return w_Channel_int_recv(t1, &SITE_4);
}
