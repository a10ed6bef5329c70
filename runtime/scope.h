/* scope.h - scopes from the inside: who governs a wait, and how an abort reaches it.
 * A scope is what `scope s {}`, `parallel {}`, `parallel for` and the par_ methods open. It owns
 * the tasks started in it and the scopes opened inside it. Aborted goes down that tree and never
 * back to false; a wait inside an aborted scope ends with WAIT_ABORTED. */
#ifndef WYN_SCOPE_H
#define WYN_SCOPE_H

#include "fiber.h"
#include "task.h"
#include "wyn_scope.h"

/* wait.c: an abort of the scope that governs the running code, *in, is to end the wait `token` of
 * w, which may be about to open. False: it is aborted. */
bool scope_guard(Waiter *w, uint64_t token, wyn_scope **in);
bool scope_missed(wyn_scope *s); /* aborted before the wait was open */

/* timer.c: the deadline of a scope. */
void scope_timer_over(Waiter *w);

/* Around the run of a task; its object says which scope. scope_begin raises `cancelled` when that
 * is aborted. scope_failed: it panicked. */
void scope_begin(wyn_future *f, const wyn_task *d);
void scope_end(void);
void scope_failed(wyn_future *f, const wyn_task *d, const Panic *p);

/* Raises `cancelled` when the running code is inside an aborted scope, but not while deferred
 * blocks run. */
void scope_check(void);
bool scope_is_aborted(void); /* of the running code, also inside deferred blocks */

/* The scope of a slot of f's deque that has not been joined. */
struct wyn_scope *scope_of_slot(const Fiber *f, uint32_t index);

/* May the running code run another task's future in place? Not when an abort must end its wait. */
bool scope_runs_others(void);

#endif
