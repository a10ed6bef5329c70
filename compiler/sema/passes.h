/* passes.h - checks and facts computed on the finished typed tree (ground types, no errors so far
 * or poison nodes to skip). Each reads the whole Program; only the fields named here are written.
 */
#ifndef WYN_PASSES_H
#define WYN_PASSES_H
#include "../base/diag.h"
#include "tree.h"

/* selfmut.c: fills Fn.mut_self and Local.by_ref of self, by fixpoint over calls; then reports
 * methods that assign through self called on a const, and lints calls on a copy (map read, for
 * variable). */
void selfmut_program(Arena *perm, Diags *ds, Program *p);

/* exhaust.c: match coverage (E_NON_EXHAUSTIVE, W_UNUSED_ARM), refutable patterns in destructuring.
 */
void exhaust_program(Arena *perm, Diags *ds, Program *p);

/* flow.c: every path of a function with a result returns (E_NOT_ALL_PATHS), unreachable code,
 * unused locals, variables of types without a zero value read before they are assigned
 * (E_UNASSIGNED). */
void flow_program(Arena *perm, Diags *ds, Program *p);

/* assigned.c, for flow.c: definite assignment in one function (E_UNASSIGNED). */
void assigned_check(Arena *scratch, Diags *ds, Fn *fn);

/* race.c: globals written by functions that run concurrently, captured variables written by spawned
 * blocks (E_DATA_RACE). */
void race_program(Arena *perm, Diags *ds, Program *p);

/* race_param.c, for race.c: puts into `out` the parameters (Local) of function type and the lambdas
 * (Fn) that run concurrently. */
void race_params(Arena *scratch, Program *p, Map *out);

/* escape.c, before selfmut.c: Fn.escapes of lambdas (language.md, Closures): false when the lambda
 * stands directly as an argument of a call whose parameter is not kept. */
void escape_program(Arena *perm, Program *p);

/* tree_check.c: legal shapes; ASSERTs. Debug builds and tests. */
void tree_check(const Program *p);
#endif
