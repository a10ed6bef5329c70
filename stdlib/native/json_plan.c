/* json_plan.c - how values of a type are read from JSON: the fields of structs with the first eight
 * bytes of their names, so that a member is found by one comparison when members come in order,
 * which they nearly always do. Plans live as long as the program: there is one per type. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "json.h"

static pthread_mutex_t plan_lock = PTHREAD_MUTEX_INITIALIZER;
static plan *plans;                  /* under plan_lock */
static _Atomic(plan *) recent[64];   /* finished ones, by the address of the type */

static void *room(size_t n) {
    void *p = calloc(1, n ? n : 1);
    if (!p) wyn_panic("out of memory");
    return p;
}

static plan *plan_make(const wyn_type *t);

static slot *slots_make(plan *p, const wyn_field *fields, size_t n) {
    slot *slots = room(n * sizeof *slots);
    for (size_t i = 0; i < n; i++) {
        slot *s = &slots[i];
        const wyn_type *t = fields[i].type;
        s->offset = fields[i].offset;
        s->plan = plan_make(t);
        s->optional = t->kind == WYN_T_OPT_PTR || t->kind == WYN_T_OPT_VAL;
        if (s->plan->unfit) p->unfit = s->plan->unfit;
        if (!fields[i].name) continue; /* else it is a field of the struct p->type */
        s->name = wyn_field_name(p->type, (uint32_t)i);
        s->preset = wyn_field_preset(p->type, (uint32_t)i);
        s->len = (uint32_t)strlen(s->name);
        char head[8] = {0}, mask[8] = {0};
        for (uint32_t k = 0; k < 8 && k <= s->len; k++) {
            head[k] = k < s->len ? s->name[k] : '"';
            mask[k] = (char)0xff;
        }
        memcpy(&s->head, head, 8);
        memcpy(&s->mask, mask, 8);
    }
    return slots;
}

/* The library's JsonValue: the name and the payloads must be those. */
static bool is_any(const wyn_type *t) {
    static const struct { const char *name; int kind; } want[] = {
        {"Null", -1}, {"Bool", WYN_T_BOOL}, {"Int", WYN_T_INT}, {"Float", WYN_T_FLOAT},
        {"Text", WYN_T_STR}, {"Array", WYN_T_ARRAY}, {"Object", WYN_T_MAP}};
    if (t->kind != WYN_T_ENUM_BOX || strcmp(t->name, "JsonValue") != 0 || t->count != 7)
        return false;
    for (int i = 0; i < 7; i++) {
        const wyn_variant *v = &t->variants[i];
        if (strcmp(v->name, want[i].name) != 0 || v->nfields != (want[i].kind >= 0)) return false;
        if (v->nfields && v->fields[0].type->kind != want[i].kind) return false;
    }
    const wyn_type *array = t->variants[5].fields[0].type, *map = t->variants[6].fields[0].type;
    return array->a == t && map->b == t && map->a->kind == WYN_T_STR;
}

static void plan_variants(plan *p) {
    const wyn_type *t = p->type;
    p->any = is_any(t);
    p->choices = room(t->count * sizeof *p->choices);
    for (uint32_t i = 0; i < t->count; i++) {
        const wyn_variant *v = &t->variants[i];
        p->choices[i] = (choice){v, p->any ? NULL : slots_make(p, v->fields, v->nfields)};
    }
}

static const plan *plan_part(plan *p, const wyn_type *t) {
    const plan *part = plan_make(t);
    if (part->unfit) p->unfit = part->unfit;
    return part;
}

static bool key_fits(const wyn_type *t) {
    return t->kind == WYN_T_STR || t->kind == WYN_T_INT || t->kind == WYN_T_ENUM_INT;
}

/* Under plan_lock. A type that contains itself meets its own unfinished plan. */
static plan *plan_make(const wyn_type *t) { /* table */
    for (plan *p = plans; p; p = p->next)
        if (p->type == t) return p;
    plan *p = room(sizeof *p);
    p->type = t;
    p->next = plans;
    plans = p;
    switch ((wyn_kind)t->kind) {
    case WYN_T_VOID: case WYN_T_INT: case WYN_T_FLOAT: case WYN_T_BOOL: case WYN_T_STR: break;
    case WYN_T_RESULT:
    case WYN_T_MAP:
        p->b = t->kind == WYN_T_MAP && t->b->kind == WYN_T_VOID ? NULL : plan_part(p, t->b);
        if (t->kind == WYN_T_MAP && !key_fits(t->a)) p->unfit = t->name;
        p->a = plan_part(p, t->a);
        break;
    case WYN_T_ARRAY: case WYN_T_SET: case WYN_T_OPT_PTR: case WYN_T_OPT_VAL:
        p->a = plan_part(p, t->a);
        break;
    case WYN_T_TUPLE: case WYN_T_STRUCT:
        if (t->count > JSON_FIELDS) p->unfit = t->name;
        p->slots = slots_make(p, t->fields, t->count);
        break;
    case WYN_T_ENUM_INT: case WYN_T_ENUM_VAL: case WYN_T_ENUM_BOX: plan_variants(p); break;
    case WYN_T_PTR: case WYN_T_FN: case WYN_T_OBJECT: case WYN_T_FUTURE: case WYN_T_CHANNEL:
    case WYN_T_BUILDER: case WYN_T_HANDLE: p->unfit = t->name; break;
    }
    return p;
}

const plan *wyn_json_plan(const wyn_type *t) {
    _Atomic(plan *) *place = &recent[((uintptr_t)t >> 4) % 64];
    plan *p = atomic_load_explicit(place, memory_order_acquire); /* pairs with the release below */
    if (WYN_LIKELY(p != NULL && p->type == t)) return p;
    pthread_mutex_lock(&plan_lock);
    p = plan_make(t);
    pthread_mutex_unlock(&plan_lock);
    atomic_store_explicit(place, p, memory_order_release);
    return p;
}
