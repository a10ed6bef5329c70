/* sqlite.c - databases by SQLite. A database has one connection, which tasks may share, and keeps
 * its statements by their text: a text that is used again is not prepared again. What writes to
 * the disk or waits for another connection, opening and closing, and preparing with a file, is done
 * by the pool for blocking calls; reading, and what happens inside a transaction, stays on the
 * thread. Each call holds the database's mutex, also while the pool works for it: another task
 * that wants the connection is parked, where SQLite's own mutex would stop its worker. SQLite's
 * (serialised mode) is for the collector, which closes connections and queries that nothing
 * refers to any more. */
#ifdef WYN_HAVE_DB
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "blocking.h"
#include "wyn_inline.h"

enum { REMEMBERED = 32, BUSY_MS = 5000 };

typedef struct remembered {
    sqlite3_stmt *stmt;
    char *sql;
    bool used; /* a query reads its rows */
} remembered;

typedef struct database {
    sqlite3 *db; /* NULL: closed */
    remembered *list; /* REMEMBERED of them, malloc: SQLite's objects are no business of the heap */
    int next;         /* to be replaced next */
    wyn_mutex *mutex; /* held by the task that uses any of this */
    wyn_str *why;     /* of the last failure, "" after success */
} database;

typedef struct rows {
    database *d;
    remembered *place; /* NULL: own statement */
    sqlite3_stmt *stmt; /* NULL: done */
    wyn_str *why;       /* of a failure, NULL after success */
} rows;

static void database_drop(void *object) {
    database *d = object;
    for (int i = 0; d->list && i < REMEMBERED; i++) {
        sqlite3_finalize(d->list[i].stmt);
        free(d->list[i].sql);
    }
    free(d->list);
    sqlite3_close_v2(d->db);
    d->list = NULL;
    d->db = NULL;
}

static void enter(database *d) { wyn_mutex_lock(d->mutex, &wyn_type_int); }

static void leave(database *d) { wyn_mutex_unlock(d->mutex, &wyn_type_int); }

static _Thread_local bool at_once; /* SQLITE_BUSY instead of a wait */

static int busy(void *unused, int times) {
    (void)unused;
    if (at_once || times >= BUSY_MS / 10) return 0;
    usleep(times < 10 ? 1000 : 10000);
    return 1;
}

typedef struct sql_call {
    sqlite3 *db;
    sqlite3_stmt *stmt; /* one step; NULL: the whole text */
    const char *sql;
    int length, code;
} sql_call;

static void call_run(void *arg) {
    sql_call *c = arg;
    c->code = c->stmt ? sqlite3_step(c->stmt) : sqlite3_exec(c->db, c->sql, NULL, NULL, NULL);
}

static void open_run(void *arg) {
    sql_call *c = arg;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    c->code = sqlite3_open_v2(c->sql, &c->db, flags, NULL);
}

static void prepare_run(void *arg) {
    sql_call *c = arg;
    c->code = sqlite3_prepare_v3(c->db, c->sql, c->length, SQLITE_PREPARE_PERSISTENT, &c->stmt,
                                 NULL);
}

static void slowly(void (*run)(void *), void *arg) {
    blocking_call(run, arg, "using a database", NULL);
}

static bool has_file(sqlite3 *db) {
    const char *file = sqlite3_db_filename(db, "main");
    return file && *file;
}

/* Does the step end a transaction, so that it waits for the disk? */
static bool step_is_slow(sqlite3 *db, sqlite3_stmt *stmt) {
    if (!has_file(db)) return false;
    bool outside = sqlite3_get_autocommit(db) != 0;
    return sqlite3_stmt_readonly(stmt) ? sqlite3_column_count(stmt) == 0 && !outside : outside;
}

static int step(sqlite3 *db, sqlite3_stmt *stmt) {
    sql_call c = {.db = db, .stmt = stmt, .code = SQLITE_BUSY};
    if (!step_is_slow(db, stmt)) {
        at_once = true;
        call_run(&c);
        at_once = false;
        if (c.code != SQLITE_BUSY) return c.code;
    }
    slowly(call_run, &c);
    return c.code;
}

static bool outcome(database *d, int code) {
    bool ok = code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW;
    if (ok) d->why = wyn_str_empty;
    else d->why = wyn_str_from_c(d->db ? sqlite3_errmsg(d->db) : "the database is closed");
    return ok;
}

database *wyn_db_open(const wyn_str *path);
database *wyn_db_open(const wyn_str *path) {
    database *d = wyn_alloc(sizeof *d);
    sql_call c = {.sql = path->bytes};
    int64_t nothing = 0;
    d->mutex = wyn_mutex_new(&wyn_type_int, &nothing);
    slowly(open_run, &c);
    d->db = c.db;
    d->list = calloc(REMEMBERED, sizeof *d->list);
    if (!d->list) wyn_panic("out of memory");
    if (outcome(d, c.code)) {
        sqlite3_busy_handler(d->db, busy, NULL);
        wyn_on_drop(d, database_drop);
    } else {
        database_drop(d);
    }
    return d;
}

wyn_str *wyn_db_why(const database *d);
wyn_str *wyn_db_why(const database *d) { return d->why; }

void wyn_db_close(database *d);
void wyn_db_close(database *d) {
    enter(d);
    slowly(database_drop, d);
    leave(d);
}

bool wyn_db_is_open(const database *d);
bool wyn_db_is_open(const database *d) { return d->db != NULL; }

/* All statements of a text, rows are dropped. */
bool wyn_db_script(database *d, const wyn_str *sql);
bool wyn_db_script(database *d, const wyn_str *sql) {
    enter(d);
    sql_call c = {.db = d->db, .sql = sql->bytes, .code = SQLITE_MISUSE};
    if (d->db) slowly(call_run, &c);
    bool ok = outcome(d, c.code);
    leave(d);
    return ok;
}

/* ---- statements ---- */

static remembered *remembered_find(database *d, const wyn_str *sql) {
    for (int i = 0; i < REMEMBERED; i++) {
        remembered *r = &d->list[i];
        if (r->stmt && !r->used && strcmp(r->sql, sql->bytes) == 0) return r;
    }
    return NULL;
}

static remembered *remembered_new(database *d, sqlite3_stmt *stmt, const wyn_str *sql) {
    for (int tries = 0; tries < REMEMBERED; tries++) {
        remembered *r = &d->list[d->next];
        d->next = (d->next + 1) % REMEMBERED;
        if (r->used) continue;
        sqlite3_finalize(r->stmt);
        free(r->sql);
        r->stmt = NULL;
        r->sql = malloc((size_t)sql->len + 1);
        if (!r->sql) return NULL;
        memcpy(r->sql, sql->bytes, (size_t)sql->len + 1);
        r->stmt = stmt;
        return r;
    }
    return NULL;
}

static void rows_end(rows *r) {
    if (!r->stmt) return;
    if (r->d->db) {
        if (r->place) {
            sqlite3_reset(r->stmt);
            sqlite3_clear_bindings(r->stmt);
            r->place->used = false;
        } else {
            sqlite3_finalize(r->stmt);
        }
    }
    r->stmt = NULL;
}

static void rows_drop(void *object) { rows_end(object); }

static void prepare(rows *r, database *d, const wyn_str *sql) {
    sql_call c = {.db = d->db, .sql = sql->bytes, .length = (int)sql->len + 1};
    *r = (rows){.d = d};
    r->place = d->db ? remembered_find(d, sql) : NULL;
    if (!d->db) {
        c.code = SQLITE_MISUSE;
    } else if (r->place) {
        r->stmt = r->place->stmt;
    } else {
        if (has_file(d->db)) slowly(prepare_run, &c);
        else prepare_run(&c);
        r->stmt = c.stmt;
        if (r->stmt) r->place = remembered_new(d, r->stmt, sql);
    }
    if (r->place) r->place->used = true;
    if (outcome(d, c.code) && !r->stmt) d->why = wyn_str_from_c("there is no statement");
    if (!r->stmt) r->why = d->why;
}

rows *wyn_db_rows(database *d, const wyn_str *sql);
rows *wyn_db_rows(database *d, const wyn_str *sql) {
    rows *r = wyn_alloc(sizeof *r);
    enter(d);
    prepare(r, d, sql);
    leave(d);
    return r;
}

/* The rows may be left before their end. */
void wyn_db_keep(rows *r);
void wyn_db_keep(rows *r) {
    if (r->stmt) wyn_on_drop(r, rows_drop);
}

wyn_str *wyn_db_rows_why(const rows *r);
wyn_str *wyn_db_rows_why(const rows *r) { return r->why ? r->why : wyn_str_empty; }

database *wyn_db_of(const rows *r);
database *wyn_db_of(const rows *r) { return r->d; }

static bool live(const rows *r) { return r->stmt && r->d->db; }

/* ---- parameters ---- */

static int bind_value(rows *r, int i, const void *v, const wyn_type *t) { /* table */
    const wyn_str *s;
    switch ((wyn_kind)t->kind) {
    case WYN_T_INT: return sqlite3_bind_int64(r->stmt, i, *(const int64_t *)v);
    case WYN_T_BOOL: return sqlite3_bind_int64(r->stmt, i, *(const bool *)v);
    case WYN_T_FLOAT: return sqlite3_bind_double(r->stmt, i, *(const double *)v);
    case WYN_T_STR:
        s = *(wyn_str *const *)v;
        return sqlite3_bind_text64(r->stmt, i, s->bytes, (sqlite3_uint64)s->len, SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    case WYN_T_OPT_PTR:
        if (*(void *const *)v) return bind_value(r, i, v, t->a);
        return sqlite3_bind_null(r->stmt, i);
    case WYN_T_OPT_VAL:
        if (*(const bool *)v) return bind_value(r, i, (const char *)v + t->fields[0].offset, t->a);
        return sqlite3_bind_null(r->stmt, i);
    default: return SQLITE_MISMATCH;
    }
}

/* :name, @name or $name for the fields of a struct. */
static int parameter_of(const rows *r, const char *name) {
    char text[128];
    for (const char *mark = ":@$"; *mark; mark++) {
        snprintf(text, sizeof text, "%c%s", *mark, name);
        int i = sqlite3_bind_parameter_index(r->stmt, text);
        if (i > 0) return i;
    }
    return 0;
}

static int bind_all(rows *r, const void *v, const wyn_type *t, int *bound) {
    int code = SQLITE_OK;
    if (t->kind == WYN_T_TUPLE || t->kind == WYN_T_STRUCT) {
        for (int i = 0; code == SQLITE_OK && i < t->count; i++) {
            const wyn_field *f = &t->fields[i];
            const char *name = wyn_field_name(t, (uint32_t)i);
            int at = t->kind == WYN_T_TUPLE ? i + 1 : parameter_of(r, name);
            if (at > 0) code = bind_value(r, at, (const char *)v + f->offset, f->type);
            *bound += at > 0;
        }
    } else if (t->kind == WYN_T_ARRAY) {
        const wyn_buf *b = (*(wyn_array *const *)v)->buf;
        for (int i = 0; code == SQLITE_OK && i < (int)b->len; i++, ++*bound)
            code = bind_value(r, i + 1, b->data + (size_t)i * t->a->size, t->a);
    } else {
        *bound = 1;
        code = bind_value(r, 1, v, t);
    }
    return code;
}

static void bind(rows *r, const void *v, const wyn_type *t) {
    int bound = 0, code = bind_all(r, v, t, &bound), want = sqlite3_bind_parameter_count(r->stmt);
    char text[160];
    if (code == SQLITE_OK && bound == want) return;
    if (code == SQLITE_MISMATCH)
        snprintf(text, sizeof text, "parameters are int, float, bool, string or options of those, "
                 "not %.60s", t->name);
    else if (code != SQLITE_OK && code != SQLITE_RANGE)
        snprintf(text, sizeof text, "%.150s", sqlite3_errstr(code));
    else
        snprintf(text, sizeof text, "the statement has %d parameters, %d were given", want, bound);
    r->why = r->d->why = wyn_str_from_c(text);
    rows_end(r);
}

/* A tuple or array in order, a struct by names, any other value as the only parameter. */
void wyn_db_bind(rows *r, const void *v, const wyn_type *t);
void wyn_db_bind(rows *r, const void *v, const wyn_type *t) {
    enter(r->d);
    if (live(r)) bind(r, v, t);
    leave(r->d);
}

/* To the next row; false at the end and after a failure, which wyn_db_why tells apart. */
bool wyn_db_step(rows *r);
bool wyn_db_step(rows *r) {
    int code = SQLITE_DONE;
    enter(r->d);
    if (live(r)) {
        code = step(r->d->db, r->stmt);
        if (!outcome(r->d, code)) r->why = r->d->why;
        if (code != SQLITE_ROW) rows_end(r);
    }
    leave(r->d);
    return code == SQLITE_ROW;
}

void wyn_db_end(rows *r);
void wyn_db_end(rows *r) {
    enter(r->d);
    rows_end(r);
    leave(r->d);
}

int64_t wyn_db_columns(const rows *r);
int64_t wyn_db_columns(const rows *r) {
    enter(r->d);
    int n = live(r) ? sqlite3_column_count(r->stmt) : 0;
    leave(r->d);
    return n;
}

wyn_str *wyn_db_column_name(const rows *r, int64_t i);
wyn_str *wyn_db_column_name(const rows *r, int64_t i) {
    enter(r->d);
    wyn_str *s = live(r) ? wyn_str_from_c(sqlite3_column_name(r->stmt, (int)i)) : wyn_str_empty;
    leave(r->d);
    return s;
}

static wyn_str *cell_text(const rows *r, int i) {
    const void *p = sqlite3_column_blob(r->stmt, i);
    if (p && sqlite3_column_type(r->stmt, i) != SQLITE_BLOB) p = sqlite3_column_text(r->stmt, i);
    return p ? wyn_str_new(p, sqlite3_column_bytes(r->stmt, i)) : wyn_str_empty;
}

wyn_str *wyn_db_text(const rows *r, int64_t i);
wyn_str *wyn_db_text(const rows *r, int64_t i) {
    enter(r->d);
    wyn_str *s = live(r) ? cell_text(r, (int)i) : wyn_str_empty;
    leave(r->d);
    return s;
}

static int64_t number_of(database *d, sqlite3_int64 (*ask)(sqlite3 *)) {
    enter(d);
    int64_t n = d->db ? ask(d->db) : 0;
    leave(d);
    return n;
}

int64_t wyn_db_last_id(database *d);
int64_t wyn_db_last_id(database *d) { return number_of(d, sqlite3_last_insert_rowid); }

int64_t wyn_db_changes(database *d);
int64_t wyn_db_changes(database *d) { return number_of(d, sqlite3_changes64); }

/* ---- rows into values of any type: a struct takes the columns by name ---- */

static const char *cell_into(const rows *r, int column, const wyn_type *t, void *out) {
    switch ((wyn_kind)t->kind) {
    case WYN_T_INT: *(int64_t *)out = sqlite3_column_int64(r->stmt, column); break;
    case WYN_T_FLOAT: *(double *)out = sqlite3_column_double(r->stmt, column); break;
    case WYN_T_BOOL: *(bool *)out = sqlite3_column_int64(r->stmt, column) != 0; break;
    case WYN_T_STR: *(wyn_str **)out = cell_text(r, column); break;
    case WYN_T_OPT_PTR:
        if (sqlite3_column_type(r->stmt, column) == SQLITE_NULL) *(void **)out = NULL;
        else return cell_into(r, column, t->a, out);
        break;
    case WYN_T_OPT_VAL:
        memset(out, 0, t->size);
        if (sqlite3_column_type(r->stmt, column) == SQLITE_NULL) break;
        *(bool *)out = true;
        return cell_into(r, column, t->a, (char *)out + t->fields[0].offset);
    default: return "fields are int, float, bool, string or options of those";
    }
    return NULL;
}

static int column_of(const rows *r, const char *name) {
    int n = sqlite3_column_count(r->stmt);
    for (int i = 0; i < n; i++)
        if (sqlite3_stricmp(sqlite3_column_name(r->stmt, i), name) == 0) return i;
    return -1;
}

static void row_into(void *result, rows *r, wyn_array *why, const wyn_type *t) {
    const char *wrong = NULL, *name = t->name;
    bool struct_like = t->kind == WYN_T_STRUCT || t->kind == WYN_T_TUPLE;
    if (!live(r)) wrong = "there is no row";
    for (int i = 0; !wrong && i < (struct_like ? t->count : 1); i++) {
        const wyn_field *f = struct_like ? &t->fields[i] : NULL;
        if (t->kind == WYN_T_STRUCT) name = wyn_field_name(t, (uint32_t)i);
        int column = t->kind == WYN_T_STRUCT ? column_of(r, name) : i;
        void (*preset)(void *) = t->kind == WYN_T_STRUCT ? wyn_field_preset(t, (uint32_t)i) : NULL;
        if (column < 0 && preset) {
            preset((char *)result + f->offset);
            continue;
        }
        if (column < 0 || column >= sqlite3_column_count(r->stmt)) wrong = "no such column";
        else wrong = cell_into(r, column, f ? f->type : t, (char *)result + (f ? f->offset : 0));
    }
    if (!wrong) return;
    wyn_str *parts[] = {wyn_str_from_c(name), wyn_str_from_c(": "), wyn_str_from_c(wrong)};
    wyn_array_push_str(why, wyn_str_concat(3, parts));
}

/* The present row: a struct by the names of its fields, a tuple by order, else the first column. */
void wyn_db_row(void *result, rows *r, wyn_array *why, const wyn_type *t);
void wyn_db_row(void *result, rows *r, wyn_array *why, const wyn_type *t) {
    enter(r->d);
    row_into(result, r, why, t);
    leave(r->d);
}

database *wyn_db_at(int64_t number);
database *wyn_db_at(int64_t number) { return wyn_handle_object(number, WYN_H_DB, NULL); }
#else
typedef int wyn_db_absent;
#endif
