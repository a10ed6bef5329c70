// spawn.cpp - fork and join with task groups of oneTBB; THREADS says with how many threads.
#include "../c/measure.h"
#include <atomic>
#include <memory>
#include <string>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <vector>

struct Pair {
    long a, b;
};

static long flat(long n) {
    std::vector<long> results(n);
    tbb::task_group group;
    for (long i = 0; i < n; i++) group.run([i, &results] { results[i] = 3 * i + 1; });
    group.wait();
    long s = 0;
    for (long v : results) s += v;
    return s;
}

static long flat_alloc(long n) {
    std::vector<std::unique_ptr<Pair>> results(n);
    tbb::task_group group;
    for (long i = 0; i < n; i++) {
        group.run([i, &results] { results[i].reset(new Pair{3 * i, 1}); });
    }
    group.wait();
    long s = 0;
    for (auto &p : results) s += p->a + p->b;
    return s;
}

static long forget(long n) {
    std::atomic<long> left(n);
    tbb::task_group group;
    for (long i = 0; i < n; i++) group.run([&left] { left--; });
    group.wait();
    return n - left;
}

static long fib(long n) {
    if (n < 2) return n;
    long x, y;
    tbb::task_group group;
    group.run([&x, n] { x = fib(n - 1); });
    y = fib(n - 2);
    group.wait();
    return x + y;
}

static long skynet(long num, long size) {
    if (size == 1) return num;
    long results[10], s = 0;
    tbb::task_group group;
    for (int i = 0; i < 10; i++) {
        group.run([&results, i, num, size] {
            results[i] = skynet(num + i * (size / 10), size / 10);
        });
    }
    group.wait();
    for (long v : results) s += v;
    return s;
}

static long queens(int n, int columns, int left, int right, int row) {
    if (row == n) return 1;
    long results[32], s = 0;
    int count = 0;
    tbb::task_group group;
    for (int free = ((1 << n) - 1) & ~(columns | left | right); free != 0;) {
        int bit = free & -free;
        long *slot = &results[count++];
        free -= bit;
        group.run([=] {
            *slot = queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
        });
    }
    group.wait();
    for (int i = 0; i < count; i++) s += results[i];
    return s;
}

static long bench_run(const std::string &bench, long n) {
    if (bench == "flat") return flat(n);
    if (bench == "alloc") return flat_alloc(n);
    if (bench == "forget") return forget(n);
    if (bench == "fib") return fib(n);
    if (bench == "skynet") return skynet(0, n);
    if (bench == "queens") return queens((int)n, 0, 0, 0, 0);
    exit(2);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    long n = atol(argv[2]), result = 0;
    int rounds = atoi(argv[3]);
    int threads = getenv("THREADS") ? atoi(getenv("THREADS")) : 2;
    double spent[ROUNDS_MAX];
    if (rounds < 1 || rounds > ROUNDS_MAX) return 2;
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena arena(threads);
    for (int i = 0; i < rounds; i++) {
        double start = now_ns();
        arena.execute([&] { result = bench_run(argv[1], n); });
        spent[i] = now_ns() - start;
    }
    print_times(result, items_of(argv[1], n), spent, rounds);
    return 0;
}
