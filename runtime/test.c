/* test.c - assert, assert_eq and test blocks. A failed assert is reported and the program goes
 * on; its final status is 1. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base.h"
#include "gc.h"
#include "panic.h"

static bool block_failed;

static void report(wyn_text *t) {
    wyn_flush();
    wyn_err_write(t->p, t->len);
    block_failed = true;
    wyn_fail_status();
}

static void failed(wyn_text *t, const char *what, const wyn_site *site) {
    wyn_text_open(t);
    wyn_text_cstr(t, "    ");
    wyn_text_cstr(t, what);
    wyn_text_cstr(t, " failed");
    if (site == NULL) return;
    wyn_text_cstr(t, " at ");
    wyn_text_cstr(t, site->file);
    wyn_text_cstr(t, ":");
    wyn_text_int(t, site->line);
}

void wyn_assert(bool ok, wyn_str *message, const wyn_site *site) {
    if (WYN_LIKELY(ok)) return;
    wyn_text t;
    failed(&t, "assert", site);
    if (message != NULL) {
        wyn_text_cstr(&t, ": ");
        wyn_text_str(&t, message);
    }
    wyn_text_cstr(&t, "\n");
    report(&t);
}

static void nested(wyn_text *t, const void *v, const wyn_type *type) {
    if (type->kind == WYN_T_STR) {
        wyn_text_quoted(t, *(wyn_str *const *)v);
    } else {
        wyn_fmt(t, v, type);
    }
}

void wyn_assert_eq(const void *actual, const void *expected, const wyn_type *type,
                   const wyn_site *site) {
    if (WYN_LIKELY(wyn_eq(actual, expected, type))) return;
    wyn_text t;
    failed(&t, "assert_eq", site);
    wyn_text_cstr(&t, "\n      expected: ");
    nested(&t, expected, type);
    wyn_text_cstr(&t, "\n      got:      ");
    nested(&t, actual, type);
    wyn_text_cstr(&t, "\n");
    report(&t);
}

typedef struct Block {
    void (*before)(void), (*body)(void), (*after)(void);
} Block;

static void run_block(void *arg) {
    Block *b = arg;
    if (b->before != NULL) b->before();
    b->body();
    if (b->after != NULL) b->after();
}

static void print_mark(bool ok, const wyn_str *name) {
    bool color = isatty(STDOUT_FILENO);
    wyn_text t;
    wyn_text_open(&t);
    wyn_text_cstr(&t, color ? (ok ? "  \033[32m" : "  \033[31m") : "  ");
    wyn_text_cstr(&t, ok ? "✓" : "✗");
    wyn_text_cstr(&t, color ? "\033[0m " : " ");
    wyn_text_str(&t, name);
    wyn_text_cstr(&t, "\n");
    wyn_text_print(&t);
}

int64_t wyn_run_tests(const wyn_test *tests, int64_t count, void (*before)(void),
                      void (*after)(void)) {
    const char *filter = getenv("WYN_TEST_FILTER"); /* set by `wync test --filter` */
    int64_t passed = 0, ran = 0;
    for (int64_t i = 0; i < count; i++) {
        if (filter &&
            !memmem(tests[i].name->bytes, (size_t)tests[i].name->len, filter, strlen(filter)))
            continue;
        ran++;
        Block b = {before, tests[i].body, after};
        Panic *p = NULL;
        block_failed = false;
        bool ok = panic_run(run_block, &b, &p);
        if (!ok) panic_report(p);
        ok = ok && !block_failed;
        passed += ok;
        print_mark(ok, tests[i].name);
    }
    char line[80];
    int n = passed == ran
                ? snprintf(line, sizeof line, "\n%lld tests passed\n", (long long)ran)
                : snprintf(line, sizeof line, "\n%lld passed, %lld failed\n", (long long)passed,
                           (long long)(ran - passed));
    wyn_out_write(line, (size_t)n);
    return passed == ran ? 0 : 1;
}
