/* The spectral norm of an infinite matrix; see examples/spectral_norm.wyn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void multiply(int n, const double *v, double *result) {
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += element(i, j) * v[j];
        result[i] = sum;
    }
}

static void multiply_transposed(int n, const double *v, double *result) {
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += element(j, i) * v[j];
        result[i] = sum;
    }
}

static double dot(int n, const double *a, const double *b) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 100;
    double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *half = malloc(n * sizeof *half);
    if (u == NULL || v == NULL || half == NULL) return 1;
    for (int i = 0; i < n; i++) u[i] = 1;
    for (int i = 0; i < 10; i++) {
        multiply(n, u, half);
        multiply_transposed(n, half, v);
        multiply(n, v, half);
        multiply_transposed(n, half, u);
    }
    printf("%.9f\n", sqrt(dot(n, u, v) / dot(n, v, v)));
    free(u);
    free(v);
    free(half);
    return 0;
}
