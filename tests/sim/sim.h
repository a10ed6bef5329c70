/* sim.h - deterministic simulation: included ahead of every file of the runtime (-include), it
 * turns atomic operations into points where a seeded
 * scheduler on one system thread decides who goes on; futexes, membarrier, clocks and threads are
 * replaced by the linker (--wrap, sim.c). So one seed is one schedule, always the same.
 *
 * Stores may be delayed: static data and workers have store buffers per simulated thread, emptied
 * at random; a relaxed store may overtake others, a release store none before it. Release and
 * stronger operations, fences, membarrier and system calls empty them, as the C11 orders say. So a
 * missing fence or release shows. Loads are not delayed; the thread checker covers plain data. */
#ifndef SIM_H
#define SIM_H

#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- for tests ---- */
uint64_t sim_random(uint64_t below);
uint64_t sim_seed(void);
void sim_buffered(const volatile void *p, size_t n); /* stores there may be delayed */
extern const int sim_threads; /* of the test: 0 for the runtime's own workers, see sim.c */

/* ---- what the macros call ---- */
void sim_read(const volatile void *p, void *out, size_t n, int order, const char *at);
void sim_write(volatile void *p, const void *v, size_t n, int order, const char *at);
void sim_change(const volatile void *p, size_t n, int order, const char *at);
void sim_fence(int order, const char *at);
void sim_pause(const char *at);
bool sim_weak(void); /* a weak compare-and-swap fails without reason */
#define SIM_TEXT2(x) #x
#define SIM_TEXT(x) SIM_TEXT2(x)
#define SIM_AT __FILE__ ":" SIM_TEXT(__LINE__)
#define SIM_PLAIN(p) __typeof__((void)0, *(p))

#define SIM_LOAD(p, o) ({ \
    __auto_type p_ = (p); \
    SIM_PLAIN(p_) v_; \
    sim_read(p_, &v_, sizeof v_, (o), SIM_AT); \
    v_; })
#define SIM_STORE(p, v, o) ({ \
    __auto_type p_ = (p); \
    SIM_PLAIN(p_) v_ = (v); \
    sim_write(p_, &v_, sizeof v_, (o), SIM_AT); })
#define SIM_CHANGE(p, v, o, expr) ({ \
    __auto_type p_ = (p); \
    SIM_PLAIN(p_) by_ = (v); \
    sim_change(p_, sizeof *p_, (o), SIM_AT); \
    SIM_PLAIN(p_) *q_ = (void *)p_; \
    SIM_PLAIN(p_) old_ = *q_; \
    *q_ = (SIM_PLAIN(p_))(expr); \
    old_; })
#define SIM_CAS(p, e, v, o, fails) ({ \
    __auto_type p_ = (p); \
    __auto_type e_ = (e); \
    SIM_PLAIN(p_) want_ = (v); \
    sim_change(p_, sizeof *p_, (o), SIM_AT); \
    SIM_PLAIN(p_) *q_ = (void *)p_; \
    bool ok_ = *q_ == *e_ && !(fails); \
    if (ok_) { \
        *q_ = want_; \
    } else { \
        *e_ = *q_; \
    } \
    ok_; })

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and
#undef atomic_fetch_and_explicit
#undef atomic_fetch_xor
#undef atomic_fetch_xor_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit
#undef atomic_thread_fence

#define atomic_load_explicit(p, o) SIM_LOAD(p, o)
#define atomic_load(p) SIM_LOAD(p, memory_order_seq_cst)
#define atomic_store_explicit(p, v, o) SIM_STORE(p, v, o)
#define atomic_store(p, v) SIM_STORE(p, v, memory_order_seq_cst)
#define atomic_exchange_explicit(p, v, o) SIM_CHANGE(p, v, o, by_)
#define atomic_exchange(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, by_)
#define atomic_fetch_add_explicit(p, v, o) SIM_CHANGE(p, v, o, old_ + by_)
#define atomic_fetch_add(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, old_ + by_)
#define atomic_fetch_sub_explicit(p, v, o) SIM_CHANGE(p, v, o, old_ - by_)
#define atomic_fetch_sub(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, old_ - by_)
#define atomic_fetch_or_explicit(p, v, o) SIM_CHANGE(p, v, o, old_ | by_)
#define atomic_fetch_or(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, old_ | by_)
#define atomic_fetch_and_explicit(p, v, o) SIM_CHANGE(p, v, o, old_ & by_)
#define atomic_fetch_and(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, old_ & by_)
#define atomic_fetch_xor_explicit(p, v, o) SIM_CHANGE(p, v, o, old_ ^ by_)
#define atomic_fetch_xor(p, v) SIM_CHANGE(p, v, memory_order_seq_cst, old_ ^ by_)
#define atomic_compare_exchange_strong_explicit(p, e, v, o, f) SIM_CAS(p, e, v, o, false)
#define atomic_compare_exchange_strong(p, e, v) SIM_CAS(p, e, v, memory_order_seq_cst, false)
#define atomic_compare_exchange_weak_explicit(p, e, v, o, f) SIM_CAS(p, e, v, o, sim_weak())
#define atomic_compare_exchange_weak(p, e, v) SIM_CAS(p, e, v, memory_order_seq_cst, sim_weak())
#define atomic_thread_fence(o) sim_fence(o, SIM_AT)

/* The builtins, as plain words in objects that emitted C sees are changed with them. */
#define __atomic_load_n(p, o) SIM_LOAD(p, o)
#define __atomic_store_n(p, v, o) SIM_STORE(p, v, o)
#define __atomic_exchange_n(p, v, o) SIM_CHANGE(p, v, o, by_)
#define __atomic_fetch_add(p, v, o) SIM_CHANGE(p, v, o, old_ + by_)
#define __atomic_fetch_sub(p, v, o) SIM_CHANGE(p, v, o, old_ - by_)
#define __atomic_fetch_or(p, v, o) SIM_CHANGE(p, v, o, old_ | by_)
#define __atomic_fetch_and(p, v, o) SIM_CHANGE(p, v, o, old_ & by_)
#define __atomic_compare_exchange_n(p, e, v, w, o, f) SIM_CAS(p, e, v, o, (w) && sim_weak())
#define __atomic_thread_fence(o) sim_fence(o, SIM_AT)
#define __builtin_ia32_pause() sim_pause(SIM_AT)

#endif
