/* walk.h - one place that knows the children of every node of the typed tree. Passes visit
 * generically and name only the kinds they care about. Bodies of lambdas are not children: each is
 * a Fn of the Program and is visited there. */
#ifndef WYN_WALK_H
#define WYN_WALK_H
#include "tree.h"

/* Calls `visit` for each child that exists, in order of evaluation. Does not descend. */
typedef void (*WalkVisit)(void *ctx, Tree *child);
void walk_children(Tree *t, WalkVisit visit, void *ctx);

/* Pre-order over `t` and everything below; `enter` returns false to skip the children of a node. */
typedef bool (*WalkEnter)(void *ctx, Tree *t);
void walk_tree(Tree *t, WalkEnter enter, void *ctx);

/* Calls `bind` for each Local that a pattern binds (shared ones of or-patterns more than once). */
typedef void (*WalkBind)(void *ctx, Local *local);
void walk_pattern(const Pattern *p, WalkBind bind, void *ctx);

/* Calls `bind` for each Local that t or something below it declares. */
void walk_declared(Tree *t, WalkBind bind, void *ctx);

/* Follows struct fields and tuple elements down to what holds the value. Stops at the first node
 * that is no field: an index of an array or map is a reference, so nothing above it is assigned. */
Tree *place_root(Tree *t);

/* The value below casts that keep the same function or object. */
Tree *tree_uncast(Tree *t);

bool type_is(const Type *t, TyKind kind); /* false for NULL */
#endif
