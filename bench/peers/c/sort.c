/* Sorts pseudo-random integers; see bench/sort.wyn. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1000000;
    int64_t *numbers = malloc(n * sizeof *numbers), seed = 12345, checksum = 0;
    if (numbers == NULL) return 1;
    for (int i = 0; i < n; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        numbers[i] = seed;
    }
    qsort(numbers, n, sizeof *numbers, by_size);
    for (int i = 0; i < n; i++) checksum = (checksum + i * numbers[i]) % 1000000007;
    printf("%ld %ld %ld %ld\n", (long)numbers[0], (long)numbers[n / 2], (long)numbers[n - 1],
           (long)checksum);
    free(numbers);
    return 0;
}
