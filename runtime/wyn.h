/* wyn.h - what emitted C sees of the runtime: value layouts and calls, no bodies.
 *
 * Layout rule: no Wyn value is two words whose pairing matters for memory safety. Everything
 * of variable size is one pointer to an object; see docs/runtime-values.md for the reasons.
 *
 *   int int64_t            string  wyn_str *     array   wyn_array *   function wyn_fn *
 *   float double           ptr     void *        map     wyn_map *     future   wyn_future *
 *   bool bool              builder wyn_builder * set     wyn_map *     channel  wyn_channel *
 *   enum without payload   int32_t
 *   enum, no pointers      struct {int32_t tag; union {struct {..} V1; ..} u;} by value
 *   other enum             pointer to an immutable object {int32_t tag; payload..}
 *   trait object           wyn_object *: {const wyn_vtable *vt; copy of the struct}
 *   T? of one pointer      that pointer, NULL is none;   other T?  struct {bool has; T v;}
 *   Result<T, E>           struct {bool ok; T v; E e;} (void: uint8_t)
 *   struct, tuple          C struct of the fields in order
 *
 * Conventions. `const wyn_site *` is the last parameter of whatever may panic at a known place.
 * Generic operations take values by address and a `const wyn_type *`. Objects from wyn_alloc are
 * zeroed, from wyn_alloc_atomic not. No alignment above 8. Strings never are NULL (but in T?).
 * A generic extern `extern fn f<T>(a: [T], v: T) -> T` is the C function
 * `void f(void *result, wyn_array *a, const void *v, const wyn_type *T)`: bare T by address, a
 * bare T result through a first parameter, one descriptor per type parameter at the end.
 */
#ifndef WYN_H
#define WYN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- places ---- */

/* Where an operation stands; emitted as static const data. */
typedef struct wyn_site {
    const char *file; /* as the user named it; library files begin with "std/" */
    const char *func; /* Wyn name of the enclosing function */
    int32_t line;
} wyn_site;

/* ---- objects ---- */

typedef struct wyn_str { /* immutable, pointer-free; bytes[len] is NUL */
    int64_t len;
    char bytes[];
} wyn_str;

/* A literal is a static object of the same shape: WYN_STR_LIT(s1, 3, "a\012b"); use WYN_S(s1),
 * also in static initialisers. */
#define WYN_STR_LIT(name, n, text)                                                                 \
    static const struct {                                                                          \
        int64_t len;                                                                               \
        char bytes[(n) + 1];                                                                       \
    } name = {(n), text}
#define WYN_S(name) ((wyn_str *)&(name))
extern const struct wyn_str_empty_object { int64_t len; char bytes[8]; } wyn_str_empty_object;
#define wyn_str_empty ((wyn_str *)&wyn_str_empty_object)
extern const struct wyn_str_byte { int64_t len; char bytes[8]; } wyn_str_one_byte[256];

/* The buffer of an array. len and cap are `unsigned long long` and elements never are, so that
 * under strict aliasing a store to an element cannot change them: gcc then keeps buffer pointer
 * and length in registers through a loop. */
typedef struct wyn_buf {
    unsigned long long len;
    unsigned long long cap;
    char data[];
} wyn_buf;

typedef struct wyn_array { /* one header, one pointer; growth publishes a new buffer */
    wyn_buf *buf;
    uint32_t lock;
    uint32_t spare;
} wyn_array;

typedef struct wyn_fn { /* captures follow; called with the wyn_fn * as hidden last argument */
    void *code;
} wyn_fn;

typedef struct wyn_map wyn_map; /* also sets; insertion ordered */
typedef struct wyn_future wyn_future;
typedef struct wyn_scope wyn_scope;
typedef struct wyn_channel wyn_channel;
typedef struct wyn_builder wyn_builder;
wyn_buf *wyn_builder_room(wyn_builder *b, size_t cap); /* its buffer, with room for that much */
void wyn_builder_clear(wyn_builder *b);
typedef struct wyn_shared wyn_shared;
typedef struct wyn_mutex wyn_mutex;

/* ---- type descriptors ---- */

typedef enum wyn_kind {
    WYN_T_VOID, WYN_T_INT, WYN_T_FLOAT, WYN_T_BOOL, WYN_T_STR, WYN_T_PTR,
    WYN_T_ARRAY,    /* a: element */
    WYN_T_MAP,      /* a: key, b: value */
    WYN_T_SET,      /* a: element */
    WYN_T_FN, WYN_T_OBJECT,
    WYN_T_OPT_PTR,  /* a: payload; NULL is none */
    WYN_T_OPT_VAL,  /* a: payload; fields[0].offset is where v lies (bool has at 0) */
    WYN_T_RESULT,   /* a: value, b: error; fields[0], fields[1]: offsets of v and e (ok at 0) */
    WYN_T_TUPLE,    /* fields, names NULL */
    WYN_T_STRUCT,   /* fields */
    WYN_T_ENUM_INT, /* variants */
    WYN_T_ENUM_VAL, /* variants; payload offsets from the start of the struct */
    WYN_T_ENUM_BOX, /* variants; payload offsets from the start of the object */
    WYN_T_FUTURE, WYN_T_CHANNEL, WYN_T_BUILDER,
    WYN_T_HANDLE    /* any other reference; printed as <name> */
} wyn_kind;

enum {
    WYN_TF_PTR = 1,    /* a value holds pointers the collector must see */
    WYN_TF_NOZERO = 2  /* the type has no zero value */
};

typedef struct wyn_type wyn_type;

typedef struct wyn_field {
    const char *name; /* NULL in tuples and payloads */
    const wyn_type *type;
    uint32_t offset;
} wyn_field;

typedef struct wyn_variant {
    const char *name;
    const wyn_field *fields;
    uint32_t nfields;
    uint32_t size;    /* WYN_T_ENUM_BOX: bytes of the object */
    const void *unit; /* WYN_T_ENUM_BOX without payload: its static object */
} wyn_variant;

typedef struct wyn_outside { /* a field in data (JSON, rows, ..) */
    const char *name;
    void (*preset)(void *field); /* when the data has none; or NULL */
} wyn_outside;

/* One static const descriptor per type that meets a generic runtime function. */
struct wyn_type {
    uint8_t kind;
    uint8_t flags;
    uint16_t count; /* of fields or variants */
    uint32_t size;  /* sizeof the C type of a value */
    const char *name; /* as the user would write it */
    const wyn_type *a, *b;
    const wyn_field *fields;
    const wyn_variant *variants;
    wyn_str *(*to_string)(const void *value); /* the user's method, or NULL */
    const wyn_outside *outside; /* STRUCT: one for each field; NULL: no other names, no presets */
};

extern const wyn_type wyn_type_void, wyn_type_int, wyn_type_float, wyn_type_bool, wyn_type_str,
    wyn_type_ptr, wyn_type_ints, wyn_type_floats, wyn_type_strs; /* the last three: arrays */

typedef struct wyn_vtable { /* emitted ones continue with the methods */
    const wyn_type *type;   /* of the struct */
} wyn_vtable;

/* Iter<T>: the emitted generator frame begins so; next fills slot or tells the end. Without a slot
 * it ends the generator where it stands, with its deferred blocks, if `closes` says so. */
typedef struct wyn_iter {
    bool (*next)(struct wyn_iter *self, void *slot);
    bool closes, owned; /* owned: by who was given it; nobody else goes on with it */
} wyn_iter;

typedef struct wyn_object { /* the struct's copy follows at offset 8 */
    const wyn_vtable *vt;
} wyn_object;

/* Structural operations; v, a, b are addresses of values of type t. */
bool wyn_eq(const void *a, const void *b, const wyn_type *t);
int wyn_cmp(const void *a, const void *b, const wyn_type *t); /* NaN last */
uint64_t wyn_hash(const void *v, const wyn_type *t);
void wyn_zero(void *out, const wyn_type *t);
wyn_str *wyn_to_string(const void *v, const wyn_type *t); /* as print */
wyn_str *wyn_quote(const void *v, const wyn_type *t);     /* as inside containers */
wyn_str *wyn_variant_name(const void *v, const wyn_type *t);

/* ---- memory (inline forms in wyn_inline.h) ---- */

enum { WYN_MEM_ATOMIC = 0, WYN_MEM_TRACED = 1, WYN_SMALL_MAX = 512 };
typedef struct wyn_local { /* of the worker that runs this code; it changes at blocking calls */
    void *lists[2][WYN_SMALL_MAX / 16 + 1];
} wyn_local;
extern __thread wyn_local *wyn_here;
void *wyn_alloc_slow(size_t size, int kind);
/* For natives whose objects hold what the collector does not know: fn(object) some time after
 * nothing refers to the object; it may not allocate. wyn_drop_now collects and runs them. */
void wyn_on_drop(void *object, void (*fn)(void *object));
void wyn_drop_now(void);
/* Set by the first spawn if there are several workers, never cleared: from then on changes of
 * collections take their lock. */
extern bool wyn_spawned;

/* ---- stacks ---- */

/* Functions that may recurse begin with `if (wyn_stack_low()) return NAME_more(..)`, which does the
 * call again on a segment of its own, released when the call returns. */
extern __thread char *wyn_stack_limit;
void wyn_stack_more(void (*fn)(void *), void *arg);
void stack_more(void (*fn)(void *), void *arg); /* the same, by the runtime: never polls */
enum { WYN_C_ROOM = 256 << 10 }; /* what foreign C has at least: wyn_stack_short */

/* ---- panics, defer, exit ---- */

_Noreturn void wyn_panic_at(const wyn_site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold));
_Noreturn void wyn_panic(const char *format, ...) /* the place is the innermost user frame */
    __attribute__((format(printf, 1, 2), cold));
_Noreturn void wyn_panic_str(wyn_str *message, const wyn_site *site) __attribute__((cold));
_Noreturn void wyn_panic_index(int64_t index, unsigned long long len, const wyn_site *site)
    __attribute__((cold)); /* array index out of bounds: index 10, length 3 */
_Noreturn void wyn_panic_str_index(int64_t index, int64_t len, const wyn_site *site)
    __attribute__((cold));
_Noreturn void wyn_panic_div(bool modulo, const wyn_site *site) __attribute__((cold));
_Noreturn void wyn_panic_shift(int64_t count, const wyn_site *site) __attribute__((cold));
_Noreturn void wyn_panic_overflow(const char *op, const wyn_site *site) __attribute__((cold));
_Noreturn void wyn_panic_none(const wyn_site *site) __attribute__((cold)); /* unwrap() on None */
_Noreturn void wyn_panic_unwrap_err(const void *err, const wyn_type *t, const wyn_site *site)
    __attribute__((cold)); /* unwrap() called on Err: .. */
_Noreturn void wyn_panic_error(const void *err, const wyn_type *t, const wyn_site *site)
    __attribute__((cold)); /* `?` where no Result is returned: Error: .. */
_Noreturn void wyn_panic_map_key(const void *key, const wyn_type *key_type, bool compound,
                                 const wyn_site *site) __attribute__((cold));
_Noreturn void wyn_main_error(const void *err, const wyn_type *t); /* `?` in main; status 1 */
_Noreturn void wyn_exit(int64_t status);

/* defer. A function with defers has one record in its C frame, beginning with a wyn_frame;
 * deferred blocks are functions over that record. wyn_frame_enter at entry (fills both
 * members), wyn_defer when a `defer` is executed (entries in the record, in loops from
 * wyn_alloc), wyn_frame_leave on every exit: runs them LIFO. A panic walks the frames. Variables
 * that deferred blocks use live in the record. */
typedef struct wyn_defer_entry {
    struct wyn_defer_entry *next;
    void (*run)(void *frame);
} wyn_defer_entry;
typedef struct wyn_frame {
    struct wyn_frame *next;
    wyn_defer_entry *top;
} wyn_frame;
void wyn_frame_enter(wyn_frame *frame);
void wyn_defer(wyn_frame *frame, wyn_defer_entry *entry, void (*run)(void *frame));
void wyn_frame_leave(wyn_frame *frame);

/* try_call: thunk's code is void (void *result, wyn_fn *self). False: *err is the message. */
bool wyn_try_call(wyn_fn *thunk, void *result, wyn_str **err);

void wyn_assert(bool ok, wyn_str *message_or_null, const wyn_site *site);
void wyn_assert_eq(const void *actual, const void *expected, const wyn_type *t,
                   const wyn_site *site);
void wyn_fail_status(void); /* the final status is 1 if it would be 0 */

typedef struct wyn_test {
    wyn_str *name;
    void (*body)(void);
} wyn_test;
/* Runs test blocks in order, prints the summary, gives the status. before/after may be NULL. */
int64_t wyn_run_tests(const wyn_test *tests, int64_t count, void (*before)(void),
                      void (*after)(void));

/* Provided by the emitted file: initialises globals, runs main or the script, gives the status;
 * and pairs "C name\0Wyn name\0..", ended by an empty name, of the functions that backtraces
 * may show. Compile emitted C with -g1 -fno-omit-frame-pointer. */
int64_t wyn_main(void);
extern const char wyn_names[];

/* ---- text ---- */

/* A text being built; lives in a C frame. open, append.., then one of take, print. */
typedef struct wyn_text {
    char *p;
    size_t len;
    size_t cap;
    char small[232];
} wyn_text;

typedef struct wyn_spec { /* "${x:spec}", parsed by the compiler */
    uint32_t fill;     /* character, 0: space */
    char align;        /* '<' '>' '^' or 0 */
    char sign;         /* '+' ' ' '-' or 0 */
    char type;         /* d x X b o e f g % s or 0 */
    bool zero, comma;
    int32_t width;     /* in characters */
    int32_t precision; /* -1: none */
} wyn_spec;

void wyn_text_bytes(wyn_text *t, const char *p, size_t n);
void wyn_text_str(wyn_text *t, const wyn_str *s);
void wyn_text_int(wyn_text *t, int64_t v);
void wyn_text_float(wyn_text *t, double v);
void wyn_text_bool(wyn_text *t, bool v);
void wyn_fmt(wyn_text *t, const void *v, const wyn_type *type); /* as print: strings raw */
void wyn_text_spec_int(wyn_text *t, int64_t v, const wyn_spec *spec);
void wyn_text_spec_float(wyn_text *t, double v, const wyn_spec *spec);
void wyn_text_spec(wyn_text *t, const void *v, const wyn_type *type, const wyn_spec *spec);
wyn_str *wyn_text_take(wyn_text *t);
void wyn_text_print(wyn_text *t); /* the line must contain its own end */
void wyn_println_str(const wyn_str *s);
void wyn_println_int(int64_t v);
void wyn_println_float(double v);
void wyn_println_bool(bool v);
void wyn_print_str(const wyn_str *s); /* no newline */
void wyn_flush(void);

/* ---- strings the emitter needs; the rest is declared by the standard library ---- */
wyn_str *wyn_str_new(const char *bytes, int64_t len);
wyn_str *wyn_str_cut(const char *from, int64_t len, const char *end); /* readable up to end */
void wyn_callback_begin(const wyn_site *site); /* around a Wyn function that C called */
void wyn_callback_end(void);
bool wyn_str_is_utf8(const wyn_str *s);
wyn_str *wyn_str_concat2(const wyn_str *a, const wyn_str *b);
wyn_str *wyn_str_concat(int64_t n, wyn_str *const *parts);
wyn_str *wyn_str_append(wyn_str *s, int64_t *room, int64_t n, wyn_str *const *parts);
static inline wyn_str *wyn_str_kept(wyn_str *s, int64_t *room) { return *room = 0, s; }
int wyn_str_cmp(const wyn_str *a, const wyn_str *b);
wyn_str *wyn_str_slice_to(const wyn_str *s, int64_t from, int64_t to); /* negative: from the end */
wyn_str *wyn_str_times(const wyn_str *s, int64_t n, const wyn_site *site);
bool wyn_str_contains(wyn_str *s, wyn_str *part);
int64_t wyn_str_next_char(const wyn_str *s, int64_t at); /* byte index after the character */
/* The piece at *at, moved behind it, or NULL: loops over words(), lines(), split(sep). */
wyn_str *wyn_str_next_word(const wyn_str *s, int64_t *at);
wyn_str *wyn_str_next_line(const wyn_str *s, int64_t *at);
wyn_str *wyn_str_next_piece(const wyn_str *s, int64_t *at, const wyn_str *sep);
wyn_str *wyn_int_to_string(int64_t v);
wyn_str *wyn_float_to_string(double v);
wyn_str *wyn_bool_to_string(bool v);
int64_t wyn_str_to_int(wyn_str *s);       /* panics on bad text */
double wyn_str_to_float(wyn_str *s);
const char *wyn_str_c(wyn_str *s);        /* for C; an inner NUL panics */
wyn_str *wyn_str_from_c(const char *s);   /* a copy; NULL gives "" */
#define WYN_SLICE_END INT64_MAX /* `to` of an open slice */

/* ---- arrays; element access is WYN_ARRAY_OPS in wyn_inline.h ---- */

wyn_array *wyn_array_new(const wyn_type *elem, int64_t capacity);
wyn_array *wyn_array_of(const wyn_type *elem, int64_t n, const void *values); /* literal */
wyn_buf *wyn_array_grow(wyn_array *a, size_t elem_size, bool pointers); /* room for one more */
void wyn_array_push_locked(wyn_array *a, const void *v, size_t elem_size, bool pointers);
bool wyn_array_pop_locked(wyn_array *a, void *out, size_t elem_size);
wyn_array *wyn_array_slice(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem);
wyn_array *wyn_array_slice_clamped(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem);
wyn_array *wyn_array_fill(const wyn_type *elem, int64_t n, const void *v); /* n copies of v */
wyn_array *wyn_array_copy(wyn_array *a, const wyn_type *elem);
wyn_array *wyn_array_concat(wyn_array *a, wyn_array *b, const wyn_type *elem);
int64_t wyn_array_index_of(wyn_array *a, const void *v, const wyn_type *elem); /* -1: absent */
bool wyn_array_contains(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_insert(wyn_array *a, int64_t i, const void *v, const wyn_type *elem);
void wyn_array_remove(wyn_array *a, int64_t i, int64_t n, const wyn_type *elem); /* clamped */
void wyn_array_append_all(wyn_array *a, wyn_array *b, const wyn_type *elem);
void wyn_array_reverse_in_place(wyn_array *a, const wyn_type *elem);
void wyn_array_assign(wyn_array *a, wyn_array *b); /* a takes the contents of b */
void wyn_array_push_any(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_reserve(wyn_array *a, int64_t n, const wyn_type *elem);
void wyn_array_hint(wyn_array *a, int64_t n, const wyn_type *elem); /* room for n, up to a limit */
/* comparator: negative, 0, positive; the sort is stable and merges a private copy */
typedef int (*wyn_compare)(const void *a, const void *b, void *env);
void wyn_array_sort_with(wyn_array *a, const wyn_type *elem, wyn_compare compare, void *env);

/* ---- more that native leaves need ---- */

void wyn_array_sort(wyn_array *a, const wyn_type *elem);
wyn_array *wyn_str_lines(wyn_str *s);
bool wyn_str_is_int(wyn_str *s);
bool wyn_str_is_float(wyn_str *s);
extern int wyn_argc;
extern char **wyn_argv;

/* ---- maps and sets ---- */

/* find: address of the value, or NULL. put: address of the value's slot, zeroed when the key is
 * new; store before the next operation on the map. _i64 and _str: maps whose key type is int or
 * string. A set's "value" has size 0: put and find tell only presence. */
wyn_map *wyn_map_new(const wyn_type *map_or_set, int64_t capacity);
void *wyn_map_find(wyn_map *m, const void *key);
void *wyn_map_find_i64(wyn_map *m, int64_t key);
void *wyn_map_find_str(wyn_map *m, const wyn_str *key);
void *wyn_map_put(wyn_map *m, const void *key);
void *wyn_map_put_i64(wyn_map *m, int64_t key);
void wyn_map_stored_slow(wyn_map *m, void *slot);
void *wyn_map_put_str(wyn_map *m, const wyn_str *key);
bool wyn_map_remove(wyn_map *m, const void *key);
void wyn_map_clear(wyn_map *m);
wyn_map *wyn_map_copy(wyn_map *m);
int64_t wyn_map_len(const wyn_map *m);
wyn_array *wyn_map_keys(wyn_map *m);
wyn_array *wyn_map_values(wyn_map *m);

/* Entries by number, in order of insertion; numbers hold until the map changes. */
int64_t wyn_map_entry(wyn_map *m, const void *key);  /* -1: absent */
int64_t wyn_map_next(wyn_map *m, int64_t at);        /* first live entry >= at, or -1 */
void *wyn_map_entry_key(wyn_map *m, int64_t entry);
void *wyn_map_entry_value(wyn_map *m, int64_t entry);

/* for k, v in m: visits the keys present at the start in order, skips removed ones.
 *   wyn_map_iter it; wyn_map_iter_start(&it, m); while (wyn_map_iter_next(&it)) copy *it.key.. */
typedef struct wyn_map_iter {
    wyn_map *map;
    void *table;
    uint64_t at, end;
    const void *key;
    void *value;
} wyn_map_iter;
void wyn_map_iter_start(wyn_map_iter *it, wyn_map *m);
bool wyn_map_iter_next(wyn_map_iter *it);

/* ---- concurrency ---- */

/* A spawned call: one object that is task, arguments and result, and one static descriptor for
 * the place of the spawn. Emitted C takes the object from wyn_task_new, stores the arguments behind
 * the head and calls wyn_spawn; `run` loads them and stores the result where they were. */
enum {
    WYN_TASK_DETACHED = 1, /* nobody has the future: the object is used again */
    WYN_TASK_TRACED = 2,   /* the object was allocated as one with pointers */
    WYN_TASK_SCOPED = 8,   /* the last word of the object is its scope */
    WYN_TASK_PROMPT = 4,   /* run waits for no other task, in no way */
    WYN_TASK_CALM = 16     /* PROMPT, and it cannot panic nor ask who it is */
};
typedef struct wyn_task {
    _Alignas(16) void (*run)(void *future);
    const wyn_site *site;
    uint32_t size; /* of the object */
    uint32_t flags;
} wyn_task;
struct wyn_future {
    uintptr_t st; /* task.h */
    char value[]; /* arguments until it runs, then the result */
};
wyn_future *wyn_spawn(wyn_future *f, const wyn_task *task);
wyn_future *wyn_spawn_held(wyn_future *f, const wyn_task *task); /* by an executor; executor.c */
void *wyn_await_slow(wyn_future *f, const wyn_site *site);
bool wyn_await_ms(wyn_future *f, int64_t ms, const wyn_site *site); /* false: not yet */
bool wyn_future_is_done(wyn_future *f);
bool wyn_future_result(wyn_future *f, wyn_str **err, const wyn_site *site); /* false: panicked */
wyn_array *wyn_await_all(wyn_array *futures, const wyn_type *elem, const wyn_site *site);
void wyn_join_all(wyn_array *futures, const wyn_site *site); /* waits; rethrows the first panic */
wyn_future *wyn_await_any(wyn_array *futures, const wyn_site *site); /* one that finished */
void wyn_task_cancel(wyn_future *f);
bool wyn_task_is_cancelled(void);
void wyn_task_yield(void);

wyn_channel *wyn_channel_new(const wyn_type *elem, int64_t capacity, const wyn_site *site);
bool wyn_channel_send(wyn_channel *c, const void *v, const wyn_site *site); /* false: closed */
void wyn_channel_recv(wyn_channel *c, void *out, const wyn_site *site); /* zero value: closed */
bool wyn_channel_recv_opt(wyn_channel *c, void *out, const wyn_site *site); /* false: closed */
bool wyn_channel_try_send(wyn_channel *c, const void *v);
bool wyn_channel_try_recv(wyn_channel *c, void *out);
void wyn_channel_close(wyn_channel *c);
int64_t wyn_channel_len(wyn_channel *c);
int64_t wyn_channel_cap(wyn_channel *c);
bool wyn_channel_is_closed(wyn_channel *c);
const wyn_type *wyn_channel_elem(wyn_channel *c);

typedef enum wyn_arm_kind { WYN_ARM_RECV, WYN_ARM_SEND, WYN_ARM_AWAIT } wyn_arm_kind;
typedef struct wyn_arm {
    wyn_arm_kind kind;
    void *object; /* wyn_channel * or wyn_future * */
    void *slot;   /* where to receive, or the value to send; none for a future */
} wyn_arm;
enum { WYN_SELECT_DEFAULT = -1, WYN_SELECT_TIMEOUT = -2, WYN_SELECT_CLOSED = -3 };
/* Index of the arm done, or one of the above. timeout_ms < 0: none. */
int64_t wyn_select(const wyn_arm *arms, int64_t n, bool has_default, int64_t timeout_ms,
                   bool has_closed, const wyn_site *site);

wyn_shared *wyn_shared_new(int64_t value);
wyn_mutex *wyn_mutex_new(const wyn_type *type, const void *init);
void wyn_mutex_lock(wyn_mutex *m, const wyn_type *of_the_value);
void wyn_mutex_unlock(wyn_mutex *m, const wyn_type *of_the_value);
bool wyn_mutex_try_lock(wyn_mutex *m, const wyn_type *of_the_value);
enum { WYN_MUTEX_HEAD = 40 }; /* before the value; wyn_mutex_value is in wyn_inline.h */
void wyn_sleep(int64_t ms, const wyn_site *site);

/* Handles as ints: the same number each time for one object; never removed. */
typedef enum wyn_handle_kind {
    WYN_H_CHANNEL, WYN_H_FUTURE, WYN_H_SHARED, WYN_H_BUILDER, WYN_H_FILE, WYN_H_JSON,
    WYN_H_DB, WYN_H_OTHER
} wyn_handle_kind;
int64_t wyn_handle_enter(void *object, wyn_handle_kind kind, const wyn_type *elem_or_null);
void *wyn_handle_object(int64_t handle, wyn_handle_kind kind, const wyn_site *site);
/* As above, and panics unless the registered element type is t (futures, channels). */
void *wyn_handle_typed(int64_t handle, wyn_handle_kind kind, const wyn_type *t,
                       const wyn_site *site);

#endif
