/* wyn_scope.h - what emitted C sees of scopes (`scope s {}`, `parallel {}`, `parallel for`) and of
 * preemption. */
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

/* parallel for: calls code(env, from, to) for parts of lo..hi, until all is done. */
void wyn_par_for(int64_t lo, int64_t hi, void (*code)(void *env, int64_t from, int64_t to),
                 void *env, const wyn_site *site);

/* ---- preemption ---- */

/* Where loops ask whether they should let others run. May wait, and may raise `cancelled`. */
extern uint8_t wyn_poll_wanted;
void wyn_poll_now(void);
WYN_FAST void wyn_poll(void) {
    if (WYN_LIKELY(*(volatile uint8_t *)&wyn_poll_wanted == 0)) return;
#if defined(__x86_64__) && !defined(__AVX__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
    /* wyn_poll_now() that changes no register, so that loops keep theirs; below the red zone */
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tcall wyn_poll_saved\n\tleaq 128(%%rsp), %%rsp"
                     :
                     :
                     : "memory", "cc");
#else
    wyn_poll_now();
#endif
}

/* A tight loop polls before each of its strips, so that it stays one that the C compiler knows;
 * the end of the strip that begins at i. The loop began at `from`. */
enum { WYN_STRIP = 1024 };
WYN_FAST int64_t wyn_strip(int64_t from, int64_t i, int64_t end) {
    if (i < from) __builtin_unreachable();
    return (uint64_t)end - (uint64_t)i > WYN_STRIP ? i + WYN_STRIP : end;
}

#endif
