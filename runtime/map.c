/* map.c - maps and sets: insertion ordered. A map is a header with one pointer to a table; the
 * table has dense entries {key, value} in order of insertion, an open-addressing index of 64-bit
 * slots {hash:32, entry + 1:32} (0: free) probed linearly, and a bitmap of removed entries that
 * exists from the first removal on. Removing shifts the index backward, so it has no tombstones.
 * Up to RT_MAP_SMALL entries there is no index: keys are compared in a row. An entry with a string
 * key is {key, tag, value}: the tag decides about keys up to 15 bytes without a look at the string.
 * Growing and compacting fill a new table and publish it; an old table is never changed again,
 * so an iterator keeps walking the one it started on and asks the map about each key.
 * Once the process has spawned, changes hold the header's lock; look-ups take none: they stay with
 * the table they loaded, whose arrays never move, and an entry is filled before its slot is. */
#include "base.h"
#include "config.h"
#include "gc.h"
#include "lock.h"
#include "native.h"

typedef struct Table {
    char *entries;
    uint64_t *index; /* mask + 1 slots, or NULL */
    uint64_t *dead;  /* bit i: entry i was removed; or NULL */
    uint64_t mask;
    uint64_t cap, used, live;
} Table;

typedef enum KeyKind { KEY_INT, KEY_STR, KEY_ANY } KeyKind;

struct wyn_map {
    Table *table;
    const wyn_type *type;
    uint32_t lock;
    uint8_t key_kind;
    bool pointers;
    bool reads_zero; /* m[k] without an entry is the zero value */
    uint32_t value_at, stride; /* of an entry */
};

static const Table no_table;

enum { TAG_LONG = 16, TAG_SIZE = 16 };

static uint32_t align8(uint32_t n) { return (n + 7) & ~7u; }

static KeyKind key_kind_of(const wyn_type *key) {
    if (key->kind == WYN_T_INT) return KEY_INT;
    return key->kind == WYN_T_STR ? KEY_STR : KEY_ANY;
}

/* ---- tables ---- */

static bool is_dead(const Table *t, uint64_t i) {
    return t->dead != NULL && (t->dead[i >> 6] >> (i & 63) & 1) != 0;
}

/* Room for at least cap entries; with an index when that is more than a few. */
static Table *table_new(const wyn_map *m, uint64_t cap) {
    Table *t = wyn_alloc(sizeof *t);
    if (cap > UINT32_MAX / 4 * 3) wyn_panic("map too large");
    if (cap > RT_MAP_SMALL) {
        uint64_t slots = 16;
        while (slots / 4 * 3 < cap) slots *= 2;
        t->mask = slots - 1;
        t->index = gc_alloc(slots * sizeof *t->index, false);
        memset(t->index, 0, slots * sizeof *t->index);
        cap = slots / 4 * 3;
    }
    t->cap = cap;
    t->entries = gc_alloc(cap * m->stride + 1, m->pointers);
    return t;
}

static void index_add(Table *t, uint64_t hash, uint64_t entry) {
    uint64_t at = hash & t->mask;
    while (t->index[at] != 0) at = (at + 1) & t->mask;
    t->index[at] = hash << 32 | (entry + 1);
}

wyn_map *wyn_map_new(const wyn_type *type, int64_t capacity) {
    wyn_map *m = wyn_alloc(sizeof *m);
    uint32_t value_size = type->kind == WYN_T_MAP ? type->b->size : 0;
    m->type = type;
    m->key_kind = (uint8_t)key_kind_of(type->a);
    m->pointers = wyn_type_has_pointers(type->a) ||
                  (type->kind == WYN_T_MAP && wyn_type_has_pointers(type->b));
    m->value_at = align8(type->a->size) + (m->key_kind == KEY_STR ? TAG_SIZE : 0);
    m->stride = m->value_at + align8(value_size);
    m->table = capacity > 0 ? table_new(m, (uint64_t)capacity) : (Table *)&no_table;
    return m;
}

/* Equality of texts, the shorter ones without a call. Every string object fills whole words, its
 * NUL included, so the last word may be loaded; what lies behind the text in it is shifted out. */
static inline bool same_text(const wyn_str *a, const wyn_str *b) {
    if (a == b) return true;
    if (a->len != b->len) return false;
    size_t left = (size_t)a->len;
    if (left > 32) return memcmp(a->bytes, b->bytes, left) == 0;
    const char *p = a->bytes, *q = b->bytes;
    uint64_t x, y;
    for (;; p += 8, q += 8, left -= 8) {
        memcpy(&x, p, 8);
        memcpy(&y, q, 8);
        if (left <= 8) return left == 0 || (x ^ y) << (64 - 8 * left) == 0;
        if (x != y) return false;
    }
}

/* ---- look-up: one loop per kind of key ---- */

static const uint64_t NOT_FOUND = UINT64_MAX;

/* FIND(name, K, HASH, EQUAL): the entry of a key, or NOT_FOUND; *hash is set if there is an
 * index. EQUAL(e) compares the key with the entry at e. */
#define FIND(name, K, HASH, EQUAL)                                                                 \
    static inline uint64_t name(const wyn_map *m, const Table *t, K key, uint64_t *hash) {         \
        if (t->index == NULL) {                                                                    \
            for (uint64_t i = 0; i < t->used; i++) {                                               \
                const char *e = t->entries + i * m->stride;                                        \
                if (EQUAL(e) && !is_dead(t, i)) return i;                                          \
            }                                                                                      \
            return NOT_FOUND;                                                                      \
        }                                                                                          \
        uint64_t h = *hash = HASH;                                                                 \
        for (uint64_t at = h & t->mask;; at = (at + 1) & t->mask) {                                \
            uint64_t slot = t->index[at];                                                          \
            if (slot == 0) return NOT_FOUND;                                                       \
            if ((uint32_t)(slot >> 32) != (uint32_t)h) continue;                                   \
            const char *e = t->entries + ((uint32_t)slot - 1) * (uint64_t)m->stride;               \
            if (EQUAL(e)) return (uint32_t)slot - 1;                                               \
        }                                                                                          \
    }

/* A string being looked up, and its tag of two words: the first 15 bytes, and above them the
 * length, or TAG_LONG for all that are longer. Neither word of a text looks like an address. */
typedef struct StrKey {
    const wyn_str *s;
    uint64_t tag[2];
} StrKey;

static inline StrKey str_key(const wyn_str *s) {
    StrKey k = {s, {0, 0}};
    uint64_t n = (uint64_t)s->len;
    memcpy(&k.tag[0], s->bytes, 8);
    if (n < 8) {
        k.tag[0] = (k.tag[0] & (((uint64_t)1 << 8 * n) - 1)) | n << 56;
        k.tag[1] = n << 56;
        return k;
    }
    memcpy(&k.tag[1], s->bytes + 8, 8);
    if (n < TAG_LONG) k.tag[1] = (k.tag[1] & (((uint64_t)1 << 8 * (n - 8)) - 1)) | n << 56;
    else k.tag[1] = (k.tag[1] & (UINT64_MAX >> 8)) | (uint64_t)TAG_LONG << 56;
    return k;
}

static inline bool is_long(StrKey key) { return key.tag[1] >> 56 == TAG_LONG; }

/* Within maps only; a short key is as good as an int. */
static uint64_t hash_str(StrKey key) {
    if (is_long(key)) return wyn_hash_bytes(key.s->bytes, (size_t)key.s->len);
    return wyn_hash_pair(key.tag[0], key.tag[1]);
}

static uint64_t hash_key(const wyn_map *m, const void *key) {
    if (m->key_kind == KEY_INT) return wyn_hash_int(*(const uint64_t *)key);
    if (m->key_kind == KEY_STR) return hash_str(str_key(*(wyn_str *const *)key));
    return wyn_hash(key, m->type->a);
}

static inline bool same_key(const char *entry, StrKey key) {
    const wyn_str *s;
    uint64_t tag[2];
    memcpy(tag, entry + sizeof s, sizeof tag);
    if (tag[0] != key.tag[0] || tag[1] != key.tag[1]) return false;
    if (!is_long(key)) return true;
    memcpy(&s, entry, sizeof s);
    return same_text(s, key.s);
}

#define EQUAL_INT(e) (*(const int64_t *)(const void *)(e) == key)
#define EQUAL_STR(e) same_key(e, key)
#define EQUAL_ANY(e) wyn_eq((e), key, m->type->a)
FIND(find_int, int64_t, wyn_hash_int((uint64_t)key), EQUAL_INT)
FIND(find_str, StrKey, hash_str(key), EQUAL_STR)
FIND(find_any, const void *, wyn_hash(key, m->type->a), EQUAL_ANY)

/* What a string key led to last: m[k] = m.get(k, 0) + 1 looks up twice. A hint only, for no key is
 * kept alive here and entries go: the key found there is compared as always. */
static _Thread_local struct {
    const Table *table;
    const wyn_str *key;
    uint64_t entry;
} last_str;

static inline uint64_t find_str_again(const wyn_map *m, const Table *t, const wyn_str *s,
                                      uint64_t *hash) {
    StrKey key = str_key(s);
    if (last_str.key == s && last_str.table == t && last_str.entry < t->used) {
        const char *e = t->entries + last_str.entry * m->stride;
        if (EQUAL_STR(e) && !is_dead(t, last_str.entry)) return last_str.entry;
    }
    uint64_t i = find_str(m, t, key, hash);
    if (i != NOT_FOUND && t->index != NULL) {
        last_str.table = t;
        last_str.key = s;
        last_str.entry = i;
    }
    return i;
}

static uint64_t find_in(const wyn_map *m, const Table *t, const void *key, uint64_t *hash) {
    if (m->key_kind == KEY_INT) return find_int(m, t, *(const int64_t *)key, hash);
    if (m->key_kind == KEY_STR) return find_str_again(m, t, *(wyn_str *const *)key, hash);
    return find_any(m, t, key, hash);
}

static uint64_t find_key(const wyn_map *m, const void *key, uint64_t *hash) {
    return find_in(m, m->table, key, hash);
}

static inline char *entry_at(const wyn_map *m, uint64_t i) {
    return m->table->entries + i * m->stride;
}

static inline void *value_or_null(const wyn_map *m, const Table *t, uint64_t i) {
    return i == NOT_FOUND ? NULL : t->entries + i * m->stride + m->value_at;
}

void *wyn_map_find(wyn_map *m, const void *key) {
    uint64_t hash;
    const Table *t = m->table;
    return value_or_null(m, t, find_in(m, t, key, &hash));
}

void *wyn_map_find_i64(wyn_map *m, int64_t key) {
    uint64_t hash;
    const Table *t = m->table;
    return value_or_null(m, t, find_int(m, t, key, &hash));
}

void *wyn_map_find_str(wyn_map *m, const wyn_str *key) {
    uint64_t hash;
    const Table *t = m->table;
    return value_or_null(m, t, find_str_again(m, t, key, &hash));
}

void wyn_map_reads_zero(wyn_map *m, const wyn_type *key, const wyn_type *value) {
    (void)key;
    (void)value;
    m->reads_zero = true;
}

void *wyn_map_absent(wyn_map *m, const void *key, bool compound, const wyn_site *site) {
    if (compound || !m->reads_zero) wyn_panic_map_key(key, m->type->a, compound, site);
    void *zero = wyn_alloc(m->type->b->size);
    wyn_zero(zero, m->type->b);
    return zero;
}

/* ---- insertion ---- */

/* Copies the index entry by entry when no entry moves: hashes are in the old slots. */
static void index_copy(Table *to, const Table *from, const wyn_map *m) {
    if (to->index == NULL) return;
    if (from->index != NULL) {
        for (uint64_t i = 0; i <= from->mask; i++) {
            uint64_t slot = from->index[i];
            if (slot != 0) index_add(to, slot >> 32, (uint32_t)slot - 1);
        }
        return;
    }
    for (uint64_t i = 0; i < from->used; i++)
        index_add(to, hash_key(m, from->entries + i * m->stride) & UINT32_MAX, i);
}

/* A new table for `cap` entries with the live ones of the old, removed ones squeezed out. */
static void table_rebuild(wyn_map *m, uint64_t cap) {
    Table *old = m->table;
    Table *t = table_new(m, cap);
    if (old->used == 0) {
        /* nothing to move */
    } else if (old->live == old->used) {
        memcpy(t->entries, old->entries, old->used * m->stride);
        index_copy(t, old, m);
        t->used = old->used;
    } else {
        for (uint64_t i = 0; i < old->used; i++) {
            if (is_dead(old, i)) continue;
            const char *e = old->entries + i * m->stride;
            memcpy(t->entries + t->used * m->stride, e, m->stride);
            if (t->index != NULL) index_add(t, hash_key(m, e) & UINT32_MAX, t->used);
            t->used++;
        }
    }
    t->live = t->used;
    __atomic_store_n(&m->table, t, __ATOMIC_RELEASE); /* for lock-free readers */
}

/* A full table: doubled, or only compacted when a quarter of it is dead. */
static void table_grow(wyn_map *m) {
    const Table *t = m->table;
    uint64_t cap = t->cap;
    if (t->live >= t->used - t->used / 4) cap = cap < 2 ? 4 : cap * 2;
    table_rebuild(m, cap);
}

static inline char *add_entry(wyn_map *m, const void *key, size_t key_size, uint64_t hash) {
    Table *t = m->table;
    if (WYN_UNLIKELY(t->used == t->cap)) {
        bool had_index = t->index != NULL;
        table_grow(m);
        t = m->table;
        if (!had_index && t->index != NULL) hash = hash_key(m, key);
    }
    uint64_t i = t->used;
    char *e = t->entries + i * m->stride;
    memcpy(e, key, key_size);
    if (m->key_kind == KEY_STR) {
        StrKey k = str_key(*(wyn_str *const *)key);
        memcpy(e + sizeof(wyn_str *), k.tag, sizeof k.tag);
    }
    memset(e + m->value_at, 0, m->stride - m->value_at);
    if (wyn_spawned && m->type->kind == WYN_T_MAP && (m->type->b->flags & WYN_TF_NOZERO) == 0)
        wyn_zero(e + m->value_at, m->type->b); /* a reader may see it before its store */
    __atomic_thread_fence(__ATOMIC_RELEASE); /* the entry before its slot */
    if (t->index != NULL) index_add(t, hash & UINT32_MAX, i);
    t->used = i + 1;
    t->live++;
    return e + m->value_at;
}

static bool enter(wyn_map *m) {
    if (!wyn_spawned) return false;
    lock_take(&m->lock);
    return true;
}

static void leave(wyn_map *m, bool locked) {
    if (locked) lock_drop(&m->lock);
}

void *wyn_map_put(wyn_map *m, const void *key) {
    uint64_t hash = 0;
    bool locked = enter(m);
    uint64_t i = find_key(m, key, &hash);
    char *p = i != NOT_FOUND ? entry_at(m, i) + m->value_at
                             : add_entry(m, key, m->type->a->size, hash);
    leave(m, locked);
    return p;
}

void *wyn_map_put_i64(wyn_map *m, int64_t key) {
    uint64_t hash = 0;
    bool locked = enter(m);
    uint64_t i = find_int(m, m->table, key, &hash);
    char *p = i != NOT_FOUND ? entry_at(m, i) + m->value_at
                             : add_entry(m, &key, sizeof key, hash);
    leave(m, locked);
    return p;
}

void *wyn_map_put_str(wyn_map *m, const wyn_str *key) {
    uint64_t hash = 0;
    bool locked = enter(m);
    uint64_t i = find_str_again(m, m->table, key, &hash);
    char *p = i != NOT_FOUND ? entry_at(m, i) + m->value_at
                             : add_entry(m, &key, sizeof key, hash);
    leave(m, locked);
    return p;
}

/* The value was stored through `slot`, which a put returned. If the table was replaced meanwhile,
 * the copy may have missed it: it is copied again to the entry of the same key, if that still
 * exists. Copying holds the lock, so it came before the check here or after the store. */
void wyn_map_stored_slow(wyn_map *m, void *slot) {
    lock_take(&m->lock);
    const Table *t = m->table;
    char *from = slot;
    if (from < t->entries || from >= t->entries + t->cap * m->stride) {
        uint64_t hash = 0, i = find_key(m, from - m->value_at, &hash);
        if (i != NOT_FOUND)
            memcpy(entry_at(m, i) + m->value_at, from, m->stride - m->value_at);
    }
    lock_drop(&m->lock);
}

/* ---- removal ---- */

/* Takes the slot of an entry out of the index and closes the gap. */
static void index_remove(Table *t, uint64_t hash, uint64_t entry) {
    uint64_t at = hash & t->mask;
    while ((uint32_t)t->index[at] != entry + 1) at = (at + 1) & t->mask;
    for (uint64_t next = at;;) {
        next = (next + 1) & t->mask;
        uint64_t slot = t->index[next];
        if (slot == 0) break;
        uint64_t home = (slot >> 32) & t->mask;
        if (((next - home) & t->mask) < ((next - at) & t->mask)) continue;
        t->index[at] = slot;
        at = next;
    }
    t->index[at] = 0;
}

static bool map_remove(wyn_map *m, const void *key) {
    uint64_t hash = 0;
    uint64_t i = find_key(m, key, &hash);
    if (i == NOT_FOUND) return false;
    Table *t = m->table;
    if (t->dead == NULL) {
        size_t bytes = (t->cap + 63) / 64 * 8;
        uint64_t *dead = gc_alloc(bytes, false);
        memset(dead, 0, bytes);
        t->dead = dead;
    }
    if (t->index != NULL) index_remove(t, hash_key(m, key) & UINT32_MAX, i); /* a hint has none */
    t->dead[i >> 6] |= (uint64_t)1 << (i & 63);
    t->live--;
    return true;
}

bool wyn_map_remove(wyn_map *m, const void *key) {
    bool locked = enter(m);
    bool found = map_remove(m, key);
    leave(m, locked);
    return found;
}

void wyn_map_clear(wyn_map *m) {
    bool locked = enter(m);
    __atomic_store_n(&m->table, (Table *)&no_table, __ATOMIC_RELEASE);
    leave(m, locked);
}

wyn_map *wyn_map_copy(wyn_map *m) {
    wyn_map *c = wyn_alloc(sizeof *c);
    bool locked = enter(m);
    *c = *m;
    c->lock = 0;
    if (m->table->used > 0) table_rebuild(c, m->table->live < 4 ? 4 : m->table->live);
    leave(m, locked);
    return c;
}

int64_t wyn_map_len(const wyn_map *m) { return (int64_t)m->table->live; }

/* ---- entries by number ---- */

int64_t wyn_map_entry(wyn_map *m, const void *key) {
    uint64_t hash;
    return (int64_t)find_key(m, key, &hash); /* NOT_FOUND is -1 */
}

int64_t wyn_map_next(wyn_map *m, int64_t at) {
    const Table *t = m->table;
    uint64_t i = at < 0 ? 0 : (uint64_t)at;
    while (i < t->used && is_dead(t, i)) i++;
    return i < t->used ? (int64_t)i : -1;
}

void *wyn_map_entry_key(wyn_map *m, int64_t entry) { return entry_at(m, (uint64_t)entry); }

void *wyn_map_entry_value(wyn_map *m, int64_t entry) {
    return entry_at(m, (uint64_t)entry) + m->value_at;
}

/* ---- iteration ---- */

void wyn_map_iter_start(wyn_map_iter *it, wyn_map *m) {
    Table *t = m->table;
    *it = (wyn_map_iter){.map = m, .table = t, .end = t->used};
}

bool wyn_map_iter_next(wyn_map_iter *it) {
    wyn_map *m = it->map;
    const Table *t = it->table;
    while (it->at < it->end) {
        uint64_t i = it->at++;
        if (is_dead(t, i)) continue;
        char *e = t->entries + i * m->stride;
        it->key = e;
        it->value = e + m->value_at;
        if (m->table == t) return true;
        it->value = wyn_map_find(m, e); /* the map moved on: is the key still there? */
        if (it->value != NULL) return true;
    }
    return false;
}

wyn_array *wyn_map_keys(wyn_map *m) {
    const wyn_type *key = m->type->a;
    wyn_array *a = wyn_array_new(key, wyn_map_len(m));
    wyn_map_iter it;
    wyn_map_iter_start(&it, m);
    while (wyn_map_iter_next(&it)) wyn_array_push_any(a, it.key, key);
    return a;
}

wyn_array *wyn_map_values(wyn_map *m) {
    const wyn_type *value = m->type->b;
    wyn_array *a = wyn_array_new(value, wyn_map_len(m));
    wyn_map_iter it;
    wyn_map_iter_start(&it, m);
    while (wyn_map_iter_next(&it)) wyn_array_push_any(a, it.value, value);
    return a;
}
