/* beside.c - libFuzzer beside a Wyn program: it runs on a thread of its own and hands each
 * input to the program, which asks for them by fuzz_next, and waits until the program asks again.
 * When the program ends, by a panic, its input is left in build/fuzz/panic. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));
extern int wyn_argc;
extern char **wyn_argv;
const char *fuzz_next(void);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char *input; /* NULL: none is waiting */
static char *last;  /* what the program works on */
static size_t last_size, input_size;
static int idle;    /* the program waits for an input */

static int hand_over(const uint8_t *data, size_t size) {
    char *copy = malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = 0;
    pthread_mutex_lock(&lock);
    while (!idle) pthread_cond_wait(&changed, &lock);
    input = copy;
    input_size = size;
    idle = 0;
    pthread_cond_broadcast(&changed);
    while (!idle) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return 0;
}

static void leave(void) {
    FILE *f = idle || !last ? NULL : fopen("build/fuzz/panic", "w");
    if (!f) return;
    fwrite(last, 1, last_size, f);
    fclose(f);
}

static void *drive(void *unused) {
    LLVMFuzzerRunDriver(&wyn_argc, &wyn_argv, hand_over);
    exit(unused != NULL);
}

const char *fuzz_next(void) {
    static int started;
    pthread_t thread;
    if (!started++) {
        atexit(leave);
        pthread_create(&thread, NULL, drive, NULL);
    }
    free(last);
    pthread_mutex_lock(&lock);
    idle = 1;
    pthread_cond_broadcast(&changed);
    while (!input) pthread_cond_wait(&changed, &lock);
    last = input;
    last_size = input_size;
    input = NULL;
    pthread_mutex_unlock(&lock);
    return last;
}
