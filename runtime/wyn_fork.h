/* wyn_fork.h - what emitted C sees of scoped tasks: the owner's end of the deque of a stack. */
#ifndef WYN_FORK_EMITTED_H
#define WYN_FORK_EMITTED_H

#include "wyn_inline.h"

/* A task that its function always joins takes a slot of the deque of the stack, see fork.c. */
typedef struct wyn_slot wyn_slot;
typedef struct wyn_stack {
    wyn_slot *split; /* the first private slot */
    wyn_slot *limit; /* behind the last slot, or NULL: others ask for tasks */
    wyn_slot *head;        /* the first free one, where others may ask; else in a register */
    wyn_slot *traced;      /* slots below it may hold the only pointer to an operand */
} wyn_stack;
enum {
    WYN_FORK_WAITS = 1, /* it may wait for tasks that it has not spawned */
    WYN_FORK_CALM = 2,  /* it waits for nothing, and cannot panic but for want of memory */
    WYN_FORK_FORKS = 4  /* run looks at stack and head: s->head is that head then */
};
typedef struct wyn_fork {
    void (*run)(wyn_stack *stack, wyn_slot *head, wyn_slot *task); /* from operands to result */
    const wyn_site *site;
    uint32_t flags;
} wyn_fork;
struct wyn_slot {
    const wyn_fork *fork;
    uintptr_t st;
    struct wyn_scope *scope; /* of a task that waits */
    uintptr_t data[5];       /* operands, then the result; or the address of a larger object */
};
extern const wyn_fork wyn_fork_nothing;
wyn_stack *wyn_fork_stack(void); /* the running one */
wyn_slot *wyn_fork_head(void);
int wyn_fork_no_room(wyn_stack *s, wyn_slot *t);
void wyn_fork_share(wyn_stack *s, wyn_slot *last);
bool wyn_fork_take_back(wyn_stack *s, wyn_slot *t);
void wyn_fork_offer(wyn_stack *s, wyn_slot *t, wyn_slot *head);
void wyn_fork_lower(wyn_stack *s, wyn_slot *head);
/* For a stolen one; head NULL: it is the last. */
void wyn_fork_wait(wyn_stack *s, wyn_slot *t, wyn_slot *head, const wyn_site *site);
void wyn_fork_run_here(wyn_stack *s, wyn_slot *t, wyn_slot *head);
void wyn_fork_scope(wyn_stack *s, wyn_slot *t);
void *wyn_fork_box(wyn_slot *t, size_t size);

/* Is there room for a slot? WYN_FORK_ASKED: yes, and others ask. */
enum { WYN_FORK_FULL, WYN_FORK_ROOM, WYN_FORK_ASKED };
WYN_FAST int wyn_fork_room(wyn_stack *s, wyn_slot *t) {
    wyn_slot *limit = __atomic_load_n(&s->limit, __ATOMIC_RELAXED);
    return WYN_LIKELY(t < limit) ? WYN_FORK_ROOM : wyn_fork_no_room(s, t);
}

/* Arrays leave so many slots to others: a task that waits should not find the deque full, as then
 * it begins only when it is joined. */
enum { WYN_FORK_SPARE = 1024 };
WYN_FAST int wyn_fork_array_room(wyn_stack *s, wyn_slot *t) {
    return wyn_fork_room(s, t + WYN_FORK_SPARE);
}

/* No slot is left: is it as well to run it at once, since the slots are enough for thieves, or it
 * is too short for them? What is private is shared if they ask. */
enum { WYN_FORK_PLENTY = 8 };
bool wyn_fork_is_short(wyn_stack *s);
WYN_FAST bool wyn_fork_in_place(wyn_stack *s, wyn_slot *head, const wyn_fork *fork) {
    if ((fork->flags & WYN_FORK_CALM) == 0) return false;
    if (WYN_UNLIKELY(head - s->split < WYN_FORK_PLENTY)) return wyn_fork_is_short(s);
    if (WYN_UNLIKELY(__atomic_load_n(&s->limit, __ATOMIC_RELAXED) == NULL))
        wyn_fork_share(s, head - 1);
    return true;
}

WYN_FAST wyn_slot *wyn_fork_next(wyn_slot *t) { return t + 1; }

/* Where the operands go. `keeps`: nothing else holds them until the task is joined. */
WYN_FAST void *wyn_fork_args(wyn_stack *s, wyn_slot *t, size_t size, bool keeps) {
    if (keeps || size > sizeof t->data) s->traced = t + 1;
    return size > sizeof t->data ? wyn_fork_box(t, size) : (void *)t->data;
}

WYN_FAST void *wyn_fork_operands(wyn_slot *t, size_t size) {
    return size > sizeof t->data ? (void *)t->data[0] : (void *)t->data;
}

/* Where the result goes, and where it is. */
WYN_FAST void *wyn_fork_result(wyn_slot *t, size_t size) {
    return size > sizeof t->data ? wyn_fork_box(t, size) : (void *)t->data;
}

WYN_FAST void *wyn_fork_result_of(wyn_slot *t, size_t size) { return wyn_fork_operands(t, size); }

/* The operands are there. */
WYN_FAST void wyn_fork_push(wyn_stack *s, wyn_slot *t, const wyn_fork *fork, int room) {
    t->fork = fork;
    if ((fork->flags & WYN_FORK_WAITS) != 0) wyn_fork_scope(s, t);
    if (room == WYN_FORK_ASKED) wyn_fork_share(s, t);
}

/* True: nobody has stolen it, nobody can any more. */
WYN_FAST bool wyn_fork_mine(wyn_stack *s, wyn_slot *t) {
    return WYN_LIKELY(t >= s->split) || wyn_fork_take_back(s, t);
}

/* The same for the oldest of an array's. */
WYN_FAST bool wyn_fork_mine_first(wyn_stack *s, wyn_slot *t, wyn_slot *head) {
    wyn_slot *limit = __atomic_load_n(&s->limit, __ATOMIC_RELAXED);
    if (WYN_UNLIKELY(limit == NULL)) wyn_fork_offer(s, t, head);
    return wyn_fork_mine(s, t);
}

/* Joined, but slots above it are in use. */
WYN_FAST void wyn_fork_drop(wyn_slot *t) { t->fork = &wyn_fork_nothing; }

/* All from head on are joined. */
WYN_FAST void wyn_fork_pop(wyn_stack *s, wyn_slot *head) {
    if (WYN_UNLIKELY(head < s->split)) wyn_fork_lower(s, head);
}

#endif
