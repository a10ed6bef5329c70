/* wyn_scope.h - what emitted C sees of scopes: `scope s {}`, `parallel {}`, `parallel for`. */
#ifndef WYN_SCOPE_EMITTED_H
#define WYN_SCOPE_EMITTED_H

#include "wyn_inline.h"

/* A task of a scope. */
#define WYN_SCOPED_SIZE(args, result) ((WYN_TASK_SIZE(args, result) + 7) / 8 * 8 + sizeof(void *))
WYN_FAST wyn_future *wyn_scope_task_new(size_t args, size_t result) {
    return (wyn_future *)wyn_alloc_kind(WYN_SCOPED_SIZE(args, result), WYN_MEM_TRACED);
}

/* parallel {} is enter, spawn .., leave: a panic between them aborts and joins the tasks; leave
 * joins, or (false) lets late tasks go on without. timeout_ms < 0: none. wait: false when f is
 * late. */
wyn_scope *wyn_scope_enter(int64_t timeout_ms, const wyn_site *site);
bool wyn_scope_leave(wyn_scope *s, const wyn_site *site);
bool wyn_scope_wait(wyn_scope *s, wyn_future *f, const wyn_site *site);
wyn_future *wyn_scope_spawn(wyn_scope *s, wyn_future *f, const wyn_task *task);

/* scope {} is new and run. body gives 0 at its end, another number when a jump leaves it; run gives
 * that, or 0 when an abort of this scope cut it short. */
wyn_scope *wyn_scope_new(int64_t timeout_ms, const wyn_site *site);
int64_t wyn_scope_run(wyn_scope *s, int64_t (*body)(void *record, wyn_scope *s), void *record,
                      const wyn_site *site);
void wyn_scope_cancel(wyn_scope *s);
bool wyn_scope_is_cancelled(wyn_scope *s);
bool wyn_scope_timed_out(wyn_scope *s);

#endif
