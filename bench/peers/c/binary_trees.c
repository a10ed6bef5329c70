/* Builds and counts trees; see examples/binary_trees.wyn. */
#include <stdio.h>
#include <stdlib.h>

struct tree {
    struct tree *left, *right;
};

static struct tree *make(int depth) {
    struct tree *t = malloc(sizeof *t);
    if (t == NULL) exit(1);
    t->left = depth > 0 ? make(depth - 1) : NULL;
    t->right = depth > 0 ? make(depth - 1) : NULL;
    return t;
}

static long count(const struct tree *t) {
    return t == NULL ? 0 : 1 + count(t->left) + count(t->right);
}

static void drop(struct tree *t) {
    if (t == NULL) return;
    drop(t->left);
    drop(t->right);
    free(t);
}

int main(int argc, char **argv) {
    int depth = argc > 1 ? atoi(argv[1]) : 10;
    struct tree *stretch = make(depth + 1);
    printf("stretch tree of depth %d\t check: %ld\n", depth + 1, count(stretch));
    drop(stretch);
    struct tree *long_lived = make(depth);
    for (int d = 4; d <= depth; d += 2) {
        long rounds = 1L << (depth - d + 4), nodes = 0;
        for (long i = 0; i < rounds; i++) {
            struct tree *t = make(d);
            nodes += count(t);
            drop(t);
        }
        printf("%ld\t trees of depth %d\t check: %ld\n", rounds, d, nodes);
    }
    printf("long lived tree of depth %d\t check: %ld\n", depth, count(long_lived));
    drop(long_lived);
    return 0;
}
