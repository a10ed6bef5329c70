/* find.h - all places of a text within a text, from the left, without overlap. */
#ifndef WYN_FIND_H
#define WYN_FIND_H

#include <stddef.h>
#include <stdint.h>

/* A search under way; set up by find_start. */
typedef struct Find {
    const char *part;
    const char *text, *end;
    const char *next;  /* no match begins before it */
    const char *block; /* the next 64 places to compare */
    const char *base;  /* the place of the lowest bit of.. */
    uint64_t mask;     /* ..the candidates not looked at yet */
    size_t len, misses;
} Find;

/* part has len >= 1 bytes; the text has n. Neither is copied. */
void find_start(Find *f, const char *text, size_t n, const char *part, size_t len);

/* The next place, or NULL. */
const char *find_next(Find *f);

/* How many places there are in a text of n bytes. */
int64_t find_count(const char *text, size_t n, const char *part, size_t len);

#endif
