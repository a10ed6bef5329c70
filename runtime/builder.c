/* builder.c - StringBuilder: a header with one pointer to a pointer-free buffer of bytes.
 * to_string copies, so later appends never show in an earlier result. */
#include "base.h"
#include "gc.h"
#include "lock.h"
#include "native.h"

struct wyn_builder {
    wyn_buf *buf;
    uint32_t lock;
};

static const wyn_buf no_bytes;

wyn_builder *wyn_builder_new(void) {
    wyn_builder *b = wyn_alloc(sizeof *b);
    b->buf = (wyn_buf *)&no_bytes;
    return b;
}

static __attribute__((noinline)) wyn_buf *builder_grow(wyn_builder *b, size_t n) {
    wyn_buf *old = b->buf;
    size_t cap = old->cap * 2;
    if (cap < old->len + n) cap = old->len + n;
    size_t bytes = gc_good_size((cap < 48 ? 48 : cap) + sizeof *old);
    wyn_buf *buf = gc_alloc(bytes, false);
    buf->cap = bytes - sizeof *buf;
    buf->len = old->len;
    memcpy(buf->data, old->data, old->len);
    b->buf = buf;
    return buf;
}

static void builder_bytes(wyn_builder *b, const char *p, size_t n) {
    if (n == 0) return; /* the shared empty buffer is constant */
    bool locked = wyn_spawned;
    if (WYN_UNLIKELY(locked)) lock_take(&b->lock);
    wyn_buf *buf = b->buf;
    if (n > buf->cap - buf->len) buf = builder_grow(b, n);
    memcpy(buf->data + buf->len, p, n);
    __atomic_store_n(&buf->len, buf->len + n, __ATOMIC_RELEASE); /* for lock-free readers */
    if (WYN_UNLIKELY(locked)) lock_drop(&b->lock);
}

void wyn_builder_append(wyn_builder *b, const wyn_str *s) {
    builder_bytes(b, s->bytes, (size_t)s->len);
}

void wyn_builder_append_int(wyn_builder *b, int64_t n) {
    char text[WYN_INT_TEXT];
    builder_bytes(b, text, wyn_int_write(text, n));
}

void wyn_builder_append_float(wyn_builder *b, double x) {
    char text[WYN_FLOAT_TEXT];
    builder_bytes(b, text, wyn_float_write(text, x));
}

void wyn_builder_append_bool(wyn_builder *b, bool x) {
    wyn_builder_append(b, wyn_bool_to_string(x));
}

void wyn_builder_append_line(wyn_builder *b, const wyn_str *s) {
    wyn_builder_append(b, s);
    builder_bytes(b, "\n", 1);
}

void wyn_builder_append_any(wyn_builder *b, const void *v, const wyn_type *t) {
    wyn_text text;
    wyn_text_open(&text);
    wyn_fmt(&text, v, t);
    builder_bytes(b, text.p, text.len);
}

wyn_buf *wyn_builder_room(wyn_builder *b, size_t cap) {
    wyn_buf *buf = b->buf;
    return cap <= buf->cap ? buf : builder_grow(b, cap - buf->len);
}

wyn_str *wyn_builder_to_string(wyn_builder *b) {
    wyn_buf *buf = b->buf;
    return wyn_str_new(buf->data, (int64_t)buf->len);
}

int64_t wyn_builder_len(wyn_builder *b) { return (int64_t)b->buf->len; }

void wyn_builder_clear(wyn_builder *b) { b->buf = (wyn_buf *)&no_bytes; }
