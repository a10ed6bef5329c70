/* json.h - how a type is read from JSON: made once per type by json_plan.c, never changed after it,
 * used by json_read.c. */
#ifndef WYN_JSON_H
#define WYN_JSON_H
#include "wyn_inline.h"

enum { JSON_DEPTH = 500, JSON_FIELDS = 256 };

typedef struct plan plan;

typedef struct slot { /* a field of a struct, or the payload of a variant */
    const char *name;
    uint32_t len, offset;
    const plan *plan;
    uint64_t head, mask; /* the name and its closing quote as they stand in memory, up to 8 bytes */
    bool optional;
    void (*preset)(void *field); /* what a missing member is; or NULL */
} slot;

typedef struct choice { /* a variant */
    const wyn_variant *variant;
    slot *slots;
} choice;

struct plan {
    const wyn_type *type;
    plan *next;        /* of all plans */
    const plan *a, *b; /* of the type's parts a and b */
    slot *slots;       /* STRUCT, TUPLE */
    choice *choices;   /* enums */
    bool any;          /* the enum JsonValue: takes every form */
    const char *unfit; /* why no value can be read: the name of a type inside */
};

/* The plan of a type; safe from any task. */
const plan *wyn_json_plan(const wyn_type *t);
#endif
