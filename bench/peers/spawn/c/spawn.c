/* spawn.c - the same sums without tasks: a call where the others spawn. The limit for all. */
#include "measure.h"

#define CALL __attribute__((noinline, noipa)) static

typedef struct Pair {
    long a, b;
} Pair;

CALL long work(long i) { return 3 * i + 1; }

CALL Pair *work_pair(long i) {
    Pair *p = malloc(sizeof *p);
    if (p == NULL) abort();
    *p = (Pair){3 * i, 1};
    return p;
}

CALL void work_nothing(long *left) { --*left; }

static long flat(long n) {
    long *results = malloc((size_t)n * sizeof *results), s = 0;
    if (results == NULL) abort();
    for (long i = 0; i < n; i++) results[i] = work(i);
    for (long i = 0; i < n; i++) s += results[i];
    free(results);
    return s;
}

static long flat_alloc(long n) {
    Pair **results = malloc((size_t)n * sizeof *results);
    long s = 0;
    if (results == NULL) abort();
    for (long i = 0; i < n; i++) results[i] = work_pair(i);
    for (long i = 0; i < n; i++) {
        s += results[i]->a + results[i]->b;
        free(results[i]);
    }
    free(results);
    return s;
}

static long forget(long n) {
    long left = n;
    for (long i = 0; i < n; i++) work_nothing(&left);
    return n - left;
}

CALL long fib(long n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

CALL long skynet(long num, long size) {
    if (size == 1) return num;
    long s = 0;
    for (int i = 0; i < 10; i++) s += skynet(num + i * (size / 10), size / 10);
    return s;
}

CALL long queens(int n, int columns, int left, int right, int row) {
    if (row == n) return 1;
    long s = 0;
    for (int free = ((1 << n) - 1) & ~(columns | left | right); free != 0;) {
        int bit = free & -free;
        free -= bit;
        s += queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
    }
    return s;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    const char *bench = argv[1];
    long n = atol(argv[2]), result = 0;
    int rounds = atoi(argv[3]);
    double spent[ROUNDS_MAX];
    if (rounds < 1 || rounds > ROUNDS_MAX) return 2;
    for (int i = 0; i < rounds; i++) {
        double start = now_ns();
        if (strcmp(bench, "flat") == 0) result = flat(n);
        else if (strcmp(bench, "alloc") == 0) result = flat_alloc(n);
        else if (strcmp(bench, "forget") == 0) result = forget(n);
        else if (strcmp(bench, "fib") == 0) result = fib(n);
        else if (strcmp(bench, "skynet") == 0) result = skynet(0, n);
        else if (strcmp(bench, "queens") == 0) result = queens((int)n, 0, 0, 0, 0);
        else return 2;
        spent[i] = now_ns() - start;
    }
    print_times(result, items_of(bench, n), spent, rounds);
    return 0;
}
