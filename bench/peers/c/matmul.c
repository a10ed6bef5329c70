/* Matrix multiplication; see examples/matmul.wyn. */
#include <stdio.h>
#include <stdlib.h>

static double **matrix_new(int n) {
    double **rows = malloc(n * sizeof *rows);
    if (rows == NULL) exit(1);
    for (int i = 0; i < n; i++) {
        rows[i] = malloc(n * sizeof **rows);
        if (rows[i] == NULL) exit(1);
    }
    return rows;
}

static double **matrix(int n, double seed) {
    double **a = matrix_new(n), scale = seed / n / n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) a[i][j] = scale * (i - j) * (i + j);
    return a;
}

static double dot(int n, const double *a, const double *b) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static double **multiply(int n, double **a, double **b) {
    double **columns = matrix_new(n), **product = matrix_new(n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++) columns[j][i] = b[i][j];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) product[i][j] = dot(n, a[i], columns[j]);
    return product;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 200;
    double **product = multiply(n, matrix(n, 1.0), matrix(n, 2.0)), trace = 0;
    for (int i = 0; i < n; i++) trace += product[i][i];
    printf("trace %.6f, middle %.6f\n", trace, product[n / 2][n / 2]);
    return 0;
}
