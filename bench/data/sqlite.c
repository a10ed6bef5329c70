/* sqlite.c - the same as data.wyn sqlite in C: two prepared statements. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void) {
    sqlite3 *db;
    sqlite3_stmt *put, *get;
    double start = now(), sum = 0;
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "create table t (id integer primary key, name text, score real)", 0, 0, 0);
    sqlite3_exec(db, "begin", 0, 0, 0);
    sqlite3_prepare_v2(db, "insert into t values (?, ?, ?)", -1, &put, 0);
    for (int i = 0; i < 100000; i++) {
        char name[32];
        int n = snprintf(name, sizeof name, "name %d", i);
        sqlite3_bind_int64(put, 1, i);
        sqlite3_bind_text(put, 2, name, n, SQLITE_TRANSIENT);
        sqlite3_bind_double(put, 3, i * 0.5);
        sqlite3_step(put);
        sqlite3_reset(put);
    }
    sqlite3_exec(db, "commit", 0, 0, 0);
    sqlite3_prepare_v2(db, "select name, score from t where id = ?", -1, &get, 0);
    for (int i = 0; i < 100000; i++) {
        sqlite3_bind_int64(get, 1, i);
        sqlite3_step(get);
        free(strdup((const char *)sqlite3_column_text(get, 0)));
        sum += sqlite3_column_double(get, 1);
        sqlite3_reset(get);
    }
    printf("sqlite %.0f %.0f\n", now() - start, sum);
    return 0;
}
