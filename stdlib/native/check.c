/* check.c - the counts behind the module Test. A failed check makes the final status 1. */
#include <stdatomic.h>
#include <time.h>

#include "wyn.h"

static _Atomic int64_t passed, failed, skipped;
static struct timespec started;

void wyn_test_start(void);
void wyn_test_start(void) { clock_gettime(CLOCK_MONOTONIC, &started); }

void wyn_test_record(bool ok);
void wyn_test_record(bool ok) {
    atomic_fetch_add(ok ? &passed : &failed, 1);
    if (!ok) wyn_fail_status();
}

void wyn_test_skip(void);
void wyn_test_skip(void) { atomic_fetch_add(&skipped, 1); }

int64_t wyn_test_passed(void);
int64_t wyn_test_passed(void) { return atomic_load(&passed); }

int64_t wyn_test_failed(void);
int64_t wyn_test_failed(void) { return atomic_load(&failed); }

int64_t wyn_test_skipped(void);
int64_t wyn_test_skipped(void) { return atomic_load(&skipped); }

/* Milliseconds since wyn_test_start, 0 without one. */
int64_t wyn_test_millis(void);
int64_t wyn_test_millis(void) {
    struct timespec now;
    if (started.tv_sec == 0) return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - started.tv_sec) * 1000 + (now.tv_nsec - started.tv_nsec) / 1000000;
}
