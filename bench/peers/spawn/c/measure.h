/* measure.h - what the C and C++ programs here share: times, and the lines that bench/spawn/run
 * reads. A program is called as: program BENCH N ROUNDS. */
#ifndef MEASURE_H
#define MEASURE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 64 };

static inline double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The number of calls of fib that have something to spawn. */
static inline long fib_spawns(long n) {
    long a = 0, b = 1;
    for (long i = 0; i <= n; i++) {
        long next = a + b;
        a = b;
        b = next;
    }
    return a - 1;
}

/* The number of boards that the search for n queens visits. */
static inline long queens_boards(int n, int columns, int left, int right, int row) {
    long s = 1;
    if (row == n) return s;
    for (int free = ((1 << n) - 1) & ~(columns | left | right); free != 0;) {
        int bit = free & -free;
        free -= bit;
        s += queens_boards(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
    }
    return s;
}

static inline long items_of(const char *bench, long n) {
    if (strcmp(bench, "fib") == 0) return fib_spawns(n);
    if (strcmp(bench, "skynet") == 0) return (n * 10 - 1) / 9;
    if (strcmp(bench, "queens") == 0) return queens_boards((int)n, 0, 0, 0, 0);
    return n;
}

static inline void print_times(long result, long items, double *spent, int rounds) {
    qsort(spent, (size_t)rounds, sizeof *spent, by_size);
    printf("result %ld\ntime %ld %.0f %.0f\n", result, items, spent[0], spent[rounds / 2]);
}
#endif
