/* spawn.c - fork and join with OpenMP tasks; OMP_NUM_THREADS says with how many threads. */
#include "../c/measure.h"

typedef struct Pair {
    long a, b;
} Pair;

static long flat(long n) {
    long *results = malloc((size_t)n * sizeof *results), s = 0;
    if (results == NULL) abort();
    for (long i = 0; i < n; i++) {
#pragma omp task firstprivate(i) shared(results)
        results[i] = 3 * i + 1;
    }
#pragma omp taskwait
    for (long i = 0; i < n; i++) s += results[i];
    free(results);
    return s;
}

static Pair *pair_new(long i) {
    Pair *p = malloc(sizeof *p);
    if (p == NULL) abort();
    *p = (Pair){3 * i, 1};
    return p;
}

static long flat_alloc(long n) {
    Pair **results = malloc((size_t)n * sizeof *results);
    long s = 0;
    if (results == NULL) abort();
    for (long i = 0; i < n; i++) {
#pragma omp task firstprivate(i) shared(results)
        results[i] = pair_new(i);
    }
#pragma omp taskwait
    for (long i = 0; i < n; i++) {
        s += results[i]->a + results[i]->b;
        free(results[i]);
    }
    free(results);
    return s;
}

static long forget(long n) {
    static long left;
    left = n;
    for (long i = 0; i < n; i++) {
#pragma omp task
        __atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL);
    }
#pragma omp taskwait
    return n - left;
}

static long fib(long n) {
    if (n < 2) return n;
    long x, y;
#pragma omp task shared(x) firstprivate(n)
    x = fib(n - 1);
    y = fib(n - 2);
#pragma omp taskwait
    return x + y;
}

static long skynet(long num, long size) {
    if (size == 1) return num;
    long results[10], s = 0;
    for (int i = 0; i < 10; i++) {
#pragma omp task shared(results) firstprivate(i, num, size)
        results[i] = skynet(num + i * (size / 10), size / 10);
    }
#pragma omp taskwait
    for (int i = 0; i < 10; i++) s += results[i];
    return s;
}

static long queens(int n, int columns, int left, int right, int row) {
    if (row == n) return 1;
    long results[32], s = 0;
    int count = 0;
    for (int free = ((1 << n) - 1) & ~(columns | left | right); free != 0;) {
        int bit = free & -free;
        long *slot = &results[count++];
        free -= bit;
#pragma omp task firstprivate(n, columns, left, right, row, bit, slot)
        *slot = queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
    }
#pragma omp taskwait
    for (int i = 0; i < count; i++) s += results[i];
    return s;
}

static long bench_run(const char *bench, long n) {
    if (strcmp(bench, "flat") == 0) return flat(n);
    if (strcmp(bench, "alloc") == 0) return flat_alloc(n);
    if (strcmp(bench, "forget") == 0) return forget(n);
    if (strcmp(bench, "fib") == 0) return fib(n);
    if (strcmp(bench, "skynet") == 0) return skynet(0, n);
    if (strcmp(bench, "queens") == 0) return queens((int)n, 0, 0, 0, 0);
    exit(2);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    long n = atol(argv[2]), result = 0;
    int rounds = atoi(argv[3]);
    double spent[ROUNDS_MAX];
    if (rounds < 1 || rounds > ROUNDS_MAX) return 2;
    for (int i = 0; i < rounds; i++) {
        double start = now_ns();
#pragma omp parallel
#pragma omp single
        result = bench_run(argv[1], n);
        spent[i] = now_ns() - start;
    }
    print_times(result, items_of(argv[1], n), spent, rounds);
    return 0;
}
