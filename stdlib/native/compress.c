/* compress.c - zlib and Zstandard over whole texts. What a compressed text may grow to is limited
 * by the caller, so that a small hostile one cannot fill the memory. */
#include "wyn_inline.h"

static void say(wyn_array *why, const char *text) {
    wyn_array_push_str(why, wyn_str_from_c(text));
}

static __attribute__((unused)) wyn_str *bad(wyn_array *why, const char *text) {
    say(why, text);
    return wyn_str_empty;
}

#ifdef WYN_HAVE_ZLIB
#include <zlib.h>

enum { GZIP = 16, WINDOW = 15, BLOCK = 64 * 1024, PIECE = 1 << 30 };

/* form: 0 zlib, 1 gzip, 2 raw deflate. */
static int window_of(int64_t form) {
    return form == 2 ? -WINDOW : form == 1 ? WINDOW + GZIP : WINDOW;
}

wyn_str *wyn_zlib_pack(const wyn_str *s, int64_t level, int64_t form);
wyn_str *wyn_zlib_pack(const wyn_str *s, int64_t level, int64_t form) {
    z_stream z = {0};
    int how = level < 0 || level > 9 ? Z_DEFAULT_COMPRESSION : (int)level;
    if (deflateInit2(&z, how, Z_DEFLATED, window_of(form), 8, Z_DEFAULT_STRATEGY) != Z_OK)
        wyn_panic("out of memory");
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    unsigned char block[BLOCK];
    const char *p = s->bytes, *end = p + s->len;
    int code = Z_OK;
    do {
        if (z.avail_in == 0 && p < end) {
            z.next_in = (unsigned char *)(uintptr_t)p;
            z.avail_in = end - p < PIECE ? (unsigned)(end - p) : (unsigned)PIECE;
            p += z.avail_in;
        }
        z.next_out = block;
        z.avail_out = BLOCK;
        code = deflate(&z, p == end ? Z_FINISH : Z_NO_FLUSH);
        wyn_text_bytes(&t, (char *)block, BLOCK - z.avail_out);
    } while (code != Z_STREAM_END);
    deflateEnd(&z);
    return wyn_text_take(&t);
}

/* At most `limit` bytes come out. gzip may have several members. */
wyn_str *wyn_zlib_unpack(const wyn_str *s, int64_t form, int64_t limit, wyn_array *why);
wyn_str *wyn_zlib_unpack(const wyn_str *s, int64_t form, int64_t limit, wyn_array *why) {
    z_stream z = {0};
    if (inflateInit2(&z, window_of(form)) != Z_OK) wyn_panic("out of memory");
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    unsigned char block[BLOCK];
    const char *p = s->bytes, *end = p + s->len, *wrong = NULL;
    for (int code = Z_OK; !wrong;) {
        if (z.avail_in == 0 && p < end) {
            z.next_in = (unsigned char *)(uintptr_t)p;
            z.avail_in = end - p < PIECE ? (unsigned)(end - p) : (unsigned)PIECE;
            p += z.avail_in;
        }
        if (code == Z_STREAM_END) { /* behind a member */
            if (z.avail_in == 0) break;
            if (form != 1) wrong = "bytes behind the end";
            else inflateReset(&z);
        }
        z.next_out = block;
        z.avail_out = BLOCK;
        if (!wrong) code = inflate(&z, Z_NO_FLUSH);
        wyn_text_bytes(&t, (char *)block, BLOCK - z.avail_out);
        if ((int64_t)t.len > limit) wrong = "more comes out than the limit";
        else if (code == Z_BUF_ERROR || (code == Z_OK && z.avail_in == 0 && p == end &&
                                         z.avail_out > 0))
            wrong = "the compressed text is cut short";
        else if (code != Z_OK && code != Z_STREAM_END && !wrong)
            wrong = "the text is damaged or not compressed this way";
    }
    inflateEnd(&z);
    return wrong ? bad(why, wrong) : wyn_text_take(&t);
}

int64_t wyn_zlib_crc32(const wyn_str *s);
int64_t wyn_zlib_crc32(const wyn_str *s) {
    return (int64_t)crc32_z(0, (const unsigned char *)s->bytes, (size_t)s->len);
}
#endif

#ifdef WYN_HAVE_ZSTD
#include <zstd.h>

wyn_str *wyn_zstd_pack(const wyn_str *s, int64_t level);
wyn_str *wyn_zstd_pack(const wyn_str *s, int64_t level) {
    size_t room = ZSTD_compressBound((size_t)s->len);
    wyn_str *out = wyn_alloc_atomic(sizeof *out + room + 1);
    size_t n = ZSTD_compress(out->bytes, room, s->bytes, (size_t)s->len,
                             level < 1 || level > 22 ? 3 : (int)level);
    if (ZSTD_isError(n)) wyn_panic("Compress.zstd: %s", ZSTD_getErrorName(n));
    return wyn_str_new(out->bytes, (int64_t)n);
}

wyn_str *wyn_zstd_unpack(const wyn_str *s, int64_t limit, wyn_array *why);
wyn_str *wyn_zstd_unpack(const wyn_str *s, int64_t limit, wyn_array *why) {
    wyn_text t = {.p = t.small, .cap = sizeof t.small};
    char block[16384];
    ZSTD_inBuffer in = {s->bytes, (size_t)s->len, 0};
    ZSTD_DStream *z = ZSTD_createDStream();
    if (!z) wyn_panic("out of memory");
    const char *wrong = NULL;
    size_t left = 1;
    while (!wrong && (in.pos < in.size || left > 0)) {
        ZSTD_outBuffer out = {block, sizeof block, 0};
        left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(left)) {
            wrong = "the text is damaged or not compressed this way";
            break;
        }
        wyn_text_bytes(&t, block, out.pos);
        if ((int64_t)t.len > limit) wrong = "more comes out than the limit";
        else if (left > 0 && in.pos == in.size && out.pos < out.size)
            wrong = "the compressed text is cut short";
    }
    ZSTD_freeDStream(z);
    return wrong ? bad(why, wrong) : wyn_text_take(&t);
}
#endif
