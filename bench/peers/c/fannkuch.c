/* Turning over cards; see examples/fannkuch.wyn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 16 };

static int count_flips(int *cards) {
    int flips = 0;
    while (cards[0] != 0) {
        for (int low = 0, high = cards[0]; low < high; low++, high--) {
            int card = cards[low];
            cards[low] = cards[high];
            cards[high] = card;
        }
        flips++;
    }
    return flips;
}

static int fannkuch(int n, int *most) {
    int permutation[MAX], cards[MAX], count[MAX];
    int checksum = 0, sign = 1, r = n;
    for (int i = 0; i < n; i++) permutation[i] = i;
    *most = 0;
    for (;;) {
        for (; r != 1; r--) count[r - 1] = r;
        memcpy(cards, permutation, n * sizeof cards[0]);
        int flips = count_flips(cards);
        if (flips > *most) *most = flips;
        checksum += sign * flips;
        sign = -sign;
        for (;; r++) {
            if (r == n) return checksum;
            int front = permutation[0];
            for (int i = 0; i < r; i++) permutation[i] = permutation[i + 1];
            permutation[r] = front;
            if (--count[r] > 0) break;
        }
    }
}

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 7, most;
    if (n < 1 || n > MAX) return 1;
    int checksum = fannkuch(n, &most);
    printf("%d\nPfannkuchen(%d) = %d\n", checksum, n, most);
    return 0;
}
