/* Counts points of the Mandelbrot set; see bench/mandelbrot.wyn. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_inside(double cr, double ci) {
    double zr = 0, zi = 0;
    for (int i = 0; i < 50; i++) {
        double r2 = zr * zr, i2 = zi * zi;
        if (r2 + i2 > 4.0) return false;
        zi = 2.0 * zr * zi + ci;
        zr = r2 - i2 + cr;
    }
    return true;
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 2000, inside = 0;
    for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
            if (is_inside(2.0 * x / n - 1.5, 2.0 * y / n - 1.0)) inside++;
        }
    }
    printf("%d\n", inside);
    return 0;
}
