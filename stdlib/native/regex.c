/* regex.c - regular expressions by PCRE2, compiled just in time where the machine allows it.
 * Compiled patterns are kept in a table by their text; a slot is given to another pattern only
 * while nobody uses it, so memory is bounded however many patterns a program makes. A search that
 * takes too many steps ends with a reason. Reasons are pushed to `why`, an array of strings. */
#ifdef WYN_HAVE_REGEX
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wyn_inline.h"

enum { SLOTS = 256, MATCH_STEPS = 5000000, HEAP_KB = 64 * 1024, JIT_STACK = 1 << 20 };

typedef struct compiled {
    pcre2_code *code;
    char *text; /* of the pattern; NULL: not in the table */
    size_t len;
    int users;  /* under the lock */
} compiled;

typedef struct search {
    compiled *c;
    pcre2_match_data *data;
    const wyn_str *s;
    int64_t at;    /* where the next match may begin */
    bool bad;      /* a reason was given */
    wyn_array *why;
} search;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static compiled *table[SLOTS];
static pcre2_match_context *limits; /* made under the lock, never changed */
static __thread pcre2_jit_stack *jit_stack;

static void say(wyn_array *why, const char *text) {
    wyn_array_push_str(why, wyn_str_new(text, (int64_t)strlen(text)));
}

static pcre2_jit_stack *stack_of_thread(void *unused) {
    (void)unused;
    if (!jit_stack) jit_stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
    return jit_stack;
}

/* Can characters of several bytes matter to the pattern? */
static bool needs_utf(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)p[i] >= 0x80 || p[i] == '.') return true;
        if (p[i] == '[' && i + 1 < n && p[i + 1] == '^') return true;
        if (p[i] == '(' && i + 1 < n && (p[i + 1] == '*' || p[i + 1] == '?')) return true;
        if (p[i] == '\\' && i + 1 < n && strchr("WDSNPpXRHVxuo", p[i + 1])) return true;
    }
    return false;
}

static compiled *compile(const wyn_str *pattern, wyn_array *why) {
    int error;
    size_t at, n = (size_t)pattern->len;
    uint32_t how = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    if (needs_utf(pattern->bytes, n)) how |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern->bytes, n, how, &error, &at, NULL);
    if (!code) {
        char reason[200], text[240];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)reason, sizeof reason);
        snprintf(text, sizeof text, "%s at byte %zu of the pattern", reason, at);
        say(why, text);
        return NULL;
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    compiled *c = calloc(1, sizeof *c);
    if (!c) wyn_panic("out of memory");
    c->code = code;
    c->users = 1;
    return c;
}

static void compiled_free(compiled *c) {
    pcre2_code_free(c->code);
    free(c->text);
    free(c);
}

static compiled **slot_of(const wyn_str *pattern) {
    uint64_t hash = 1469598103934665603u;
    for (int64_t i = 0; i < pattern->len; i++)
        hash = (hash ^ (unsigned char)pattern->bytes[i]) * 1099511628211u;
    return &table[(hash >> 20) % SLOTS];
}

static compiled *acquire(const wyn_str *pattern, wyn_array *why) {
    compiled **slot = slot_of(pattern);
    size_t n = (size_t)pattern->len;
    pthread_mutex_lock(&lock);
    compiled *c = *slot;
    bool hit = c && c->len == n && memcmp(c->text, pattern->bytes, n) == 0;
    if (hit) c->users++;
    if (!limits) {
        limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(limits, MATCH_STEPS);
        pcre2_set_heap_limit(limits, HEAP_KB);
        pcre2_jit_stack_assign(limits, stack_of_thread, NULL);
    }
    pthread_mutex_unlock(&lock);
    if (hit) return c;
    c = compile(pattern, why);
    char *copy = c ? malloc(n + 1) : NULL;
    if (!copy) return c;
    memcpy(copy, pattern->bytes, n + 1);
    pthread_mutex_lock(&lock);
    compiled *old = *slot;
    bool mine = !old || old->users == 0;
    if (mine) {
        c->text = copy;
        c->len = n;
        *slot = c;
    }
    pthread_mutex_unlock(&lock);
    if (!mine) free(copy);
    if (mine && old) compiled_free(old);
    return c;
}

static void release(compiled *c) {
    pthread_mutex_lock(&lock);
    bool alone = --c->users == 0 && !c->text;
    pthread_mutex_unlock(&lock);
    if (alone) compiled_free(c);
}

/* False when the pattern is faulty. */
static bool search_open(search *f, const wyn_str *s, const wyn_str *pattern, int64_t from,
                        wyn_array *why) {
    *f = (search){.s = s, .at = from, .why = why};
    f->c = acquire(pattern, why);
    if (!f->c) return false;
    f->data = pcre2_match_data_create_from_pattern(f->c->code, NULL);
    if (!f->data) wyn_panic("out of memory");
    return true;
}

static void search_close(search *f) {
    pcre2_match_data_free(f->data);
    release(f->c);
}

/* The groups of the next match: pairs of begin and end; NULL when there is none. */
static const size_t *search_next(search *f) {
    if (f->at < 0 || f->at > f->s->len) return NULL;
    int n = pcre2_match(f->c->code, (PCRE2_SPTR)f->s->bytes, (size_t)f->s->len, (size_t)f->at, 0,
                        f->data, limits);
    if (n == PCRE2_ERROR_NOMATCH || n == PCRE2_ERROR_BADUTFOFFSET) return NULL;
    if (n < 0) {
        f->bad = true;
        say(f->why, n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_JIT_STACKLIMIT ||
                            n == PCRE2_ERROR_HEAPLIMIT || n == PCRE2_ERROR_DEPTHLIMIT
                        ? "the search takes too many steps for this pattern and text"
                        : "the search failed");
        return NULL;
    }
    const size_t *m = pcre2_get_ovector_pointer(f->data);
    bool empty = m[1] == m[0];
    f->at = (int64_t)m[1];
    if (empty) f->at = f->at < f->s->len ? wyn_str_next_char(f->s, f->at) : f->at + 1;
    return m;
}

/* The first place at or behind `from`, -1 when there is none. */
int64_t wyn_regex_find(const wyn_str *s, const wyn_str *pattern, int64_t from, wyn_array *why);
int64_t wyn_regex_find(const wyn_str *s, const wyn_str *pattern, int64_t from, wyn_array *why) {
    search f;
    if (!search_open(&f, s, pattern, from, why)) return -1;
    const size_t *m = search_next(&f);
    int64_t at = m ? (int64_t)m[0] : -1;
    search_close(&f);
    return at;
}

/* Begin and end of the match at or behind `from` and of its groups (-1: took no part); [] for
 * none. */
wyn_array *wyn_regex_groups(const wyn_str *s, const wyn_str *pattern, int64_t from, wyn_array *why);
wyn_array *wyn_regex_groups(const wyn_str *s, const wyn_str *pattern, int64_t from,
                            wyn_array *why) {
    search f;
    wyn_array *out = wyn_array_new(&wyn_type_int, 0);
    if (!search_open(&f, s, pattern, from, why)) return out;
    const size_t *m = search_next(&f);
    for (uint32_t i = 0; m && i < 2 * pcre2_get_ovector_count(f.data); i++) {
        int64_t v = m[i] == PCRE2_UNSET ? -1 : (int64_t)m[i];
        wyn_array_push_any(out, &v, &wyn_type_int);
    }
    search_close(&f);
    return out;
}

int64_t wyn_regex_count(const wyn_str *s, const wyn_str *pattern, wyn_array *why);
int64_t wyn_regex_count(const wyn_str *s, const wyn_str *pattern, wyn_array *why) {
    search f;
    int64_t n = 0;
    if (!search_open(&f, s, pattern, 0, why)) return 0;
    while (search_next(&f)) n++;
    search_close(&f);
    return n;
}

static void put_part(wyn_text *t, search *f, const wyn_str *by, const size_t *m) {
    size_t groups = pcre2_get_ovector_count(f->data);
    for (int64_t i = 0; i < by->len; i++) {
        char c = by->bytes[i], d = by->bytes[i + 1];
        if ((c == '\\' || c == '$') && d >= '0' && d <= '9') {
            size_t g = (size_t)(d - '0');
            if (g < groups && m[2 * g] != PCRE2_UNSET)
                wyn_text_bytes(t, f->s->bytes + m[2 * g], m[2 * g + 1] - m[2 * g]);
            i++;
        } else {
            bool twice = c == d && (c == '$' || c == '\\'); /* $$ stands for $ */
            wyn_text_bytes(t, &c, 1);
            i += twice;
        }
    }
}

/* Every match replaced; \1 or $1 stand for groups. The text itself when something is wrong. */
wyn_str *wyn_regex_replace(const wyn_str *s, const wyn_str *pattern, const wyn_str *by,
                           wyn_array *why);
wyn_str *wyn_regex_replace(const wyn_str *s, const wyn_str *pattern, const wyn_str *by,
                           wyn_array *why) {
    search f;
    if (!search_open(&f, s, pattern, 0, why)) return (wyn_str *)s;
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    size_t done = 0;
    for (const size_t *m; (m = search_next(&f)) != NULL; done = m[1]) {
        wyn_text_bytes(&t, s->bytes + done, m[0] - done);
        put_part(&t, &f, by, m);
    }
    bool bad = f.bad;
    search_close(&f);
    if (bad) return (wyn_str *)s;
    wyn_text_bytes(&t, s->bytes + done, (size_t)s->len - done);
    return wyn_text_take(&t);
}

/* The matches, or the pieces between them. */
wyn_array *wyn_regex_parts(const wyn_str *s, const wyn_str *pattern, bool between, wyn_array *why);
wyn_array *wyn_regex_parts(const wyn_str *s, const wyn_str *pattern, bool between,
                           wyn_array *why) {
    search f;
    wyn_array *out = wyn_array_new(&wyn_type_str, 0);
    if (!search_open(&f, s, pattern, 0, why)) return out;
    size_t done = 0;
    for (const size_t *m; (m = search_next(&f)) != NULL;) {
        size_t from = between ? done : m[0], to = between ? m[0] : m[1];
        done = m[1];
        wyn_array_push_str(out, wyn_str_new(s->bytes + from, (int64_t)(to - from)));
    }
    if (between)
        wyn_array_push_str(out, wyn_str_new(s->bytes + done, s->len - (int64_t)done));
    search_close(&f);
    return out;
}

/* The place of a named group among the groups, -1 when there is none. */
int64_t wyn_regex_named(const wyn_str *pattern, const wyn_str *name);
int64_t wyn_regex_named(const wyn_str *pattern, const wyn_str *name) {
    wyn_array *why = wyn_array_new(&wyn_type_str, 0);
    compiled *c = acquire(pattern, why);
    if (!c) return -1;
    int n = pcre2_substring_number_from_name(c->code, (PCRE2_SPTR)name->bytes);
    release(c);
    return n < 0 ? -1 : n;
}
#else
typedef int wyn_regex_absent;
#endif
