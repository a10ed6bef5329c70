/* handle.c - the one registry of objects seen as ints. An object gets a number when it is first
 * converted, the same each time; entries are never removed. */
#include "base.h"
#include "gc.h"
#include "lock.h"
#include "native.h"

typedef struct Handle {
    void *object;
    const wyn_type *elem;
    wyn_handle_kind kind;
} Handle;

static const wyn_type handle_type = {
    .kind = WYN_T_STRUCT, .flags = WYN_TF_PTR, .size = sizeof(Handle), .name = "handle"};
static const wyn_type numbers_type = {.kind = WYN_T_MAP, .flags = WYN_TF_PTR, .size = 8,
                                      .name = "{int: int}", .a = &wyn_type_int,
                                      .b = &wyn_type_int};
static wyn_array *handles; /* number - 1 -> Handle */
static wyn_map *numbers;   /* address -> number */
static uint32_t lock;      /* of entering; entries never change, so reading needs none */

static const char *kind_name(wyn_handle_kind kind) {
    switch (kind) {
    case WYN_H_CHANNEL: return "channel";
    case WYN_H_FUTURE: return "future";
    case WYN_H_SHARED: return "Shared";
    case WYN_H_BUILDER: return "StringBuilder";
    case WYN_H_FILE: return "File";
    case WYN_H_JSON: return "Json";
    case WYN_H_DB: return "Db";
    case WYN_H_OTHER: break;
    }
    return "known";
}

int64_t wyn_handle_enter(void *object, wyn_handle_kind kind, const wyn_type *elem) {
    if (kind == WYN_H_SHARED) return wyn_shared_id(object);
    lock_take(&lock);
    if (handles == NULL) {
        numbers = wyn_map_new(&numbers_type, 0);
        handles = wyn_array_new(&handle_type, 8);
    }
    int64_t *number = wyn_map_put_i64(numbers, (int64_t)(uintptr_t)object);
    if (*number == 0) {
        Handle h = {object, elem, kind};
        wyn_array_push_any(handles, &h, &handle_type);
        *number = wyn_array_len(handles);
    }
    int64_t n = *number;
    lock_drop(&lock);
    return n;
}

static const Handle *handle_find(int64_t number, wyn_handle_kind kind, const wyn_site *site) {
    int64_t n = handles == NULL ? 0 : wyn_array_len(handles);
    if (number >= 1 && number <= n) {
        const Handle *h = (const Handle *)(void *)handles->buf->data + (number - 1);
        if (h->kind == kind) return h;
    }
    wyn_panic_at(site, "not a %s handle: %lld", kind_name(kind), (long long)number);
}

void *wyn_handle_object(int64_t number, wyn_handle_kind kind, const wyn_site *site) {
    if (kind == WYN_H_SHARED) return wyn_shared_by_id(number);
    return handle_find(number, kind, site)->object;
}

void *wyn_handle_typed(int64_t number, wyn_handle_kind kind, const wyn_type *t,
                       const wyn_site *site) {
    const Handle *h = handle_find(number, kind, site);
    if (h->elem != NULL && h->elem != t && strcmp(h->elem->name, t->name) != 0)
        wyn_panic_at(site, "handle %lld is a %s of %s, not of %s", (long long)number,
                     kind_name(kind), h->elem->name, t->name);
    return h->object;
}
