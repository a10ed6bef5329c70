/* base.h - what the runtime's own files share: helpers and the calls that emitted C never makes.
 * Everything here is C11 over wyn_inline.h. */
#ifndef WYN_BASE_H
#define WYN_BASE_H

#include "wyn_inline.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* An impossible state: a bug of runtime or compiler, never of the program. */
#define CHECK(c) ((c) ? (void)0 : wyn_fatal(#c, __FILE__, __LINE__))
_Noreturn void wyn_fatal(const char *what, const char *file, int line);

/* Memory that the runtime itself needs is not to be had: a message, and the end. */
_Noreturn void wyn_no_memory(const char *what);

/* str.c: an uninitialised string of len bytes, NUL set. Only its maker may write to it. */
wyn_str *wyn_str_make(int64_t len);

/* fmt.c: text building without a wyn_text. Each gives the length written. */
enum { WYN_INT_TEXT = 24, WYN_FLOAT_TEXT = 40 };
size_t wyn_int_write(char out[WYN_INT_TEXT], int64_t v);
size_t wyn_float_write(char out[WYN_FLOAT_TEXT], double v);
/* %.*f of a >= 0, or 0 when that is better left to snprintf. */
size_t wyn_float_write_fixed(char out[WYN_FLOAT_TEXT], double a, int precision);
void wyn_text_room(wyn_text *t, size_t n);
void wyn_text_cstr(wyn_text *t, const char *s);
void wyn_text_quoted(wyn_text *t, const wyn_str *s);

/* out.c: raw bytes to the stdout buffer; to stderr at once. */
void wyn_out_write(const char *p, size_t n);
void wyn_err_write(const char *p, size_t n);

/* utf8.c */
/* Length 1..4 of the character at p (n > 0 bytes left); 1 for an invalid byte, then *ok false. */
int wyn_utf8_length(const char *p, size_t n, bool *ok);
int wyn_utf8_encode(char out[4], uint32_t code);
int64_t wyn_utf8_count(const char *p, size_t n);

/* hash.c: keyed hashes; the key is random per process, fixed under WYN_SEED. */
uint64_t wyn_hash_bytes(const void *p, size_t n);
uint64_t wyn_hash_int(uint64_t v);
uint64_t wyn_hash_pair(uint64_t a, uint64_t b);
void wyn_hash_prepare(void); /* makes the key; called before the first thread starts */
uint64_t wyn_hash_seed(void); /* for generators that want the same source of randomness */

/* parse.c: the whole text, blanks around allowed. */
typedef enum wyn_parse { WYN_PARSE_OK, WYN_PARSE_BAD, WYN_PARSE_OVERFLOW } wyn_parse;
wyn_parse wyn_parse_int(const wyn_str *s, int64_t *out);
wyn_parse wyn_parse_float(const wyn_str *s, double *out);

/* array.c: len elements of uninitialised (pointer kinds: zeroed) room, len already set. */
wyn_array *wyn_array_sized(const wyn_type *elem, int64_t len);
void wyn_array_sort_raw(void *data, int64_t n, const wyn_type *elem, wyn_compare compare,
                        void *env);

/* sort_text.c: by bytes, stable; the collector must see p. */
void sort_texts(wyn_str **p, size_t n);

static inline bool wyn_type_has_pointers(const wyn_type *t) { return (t->flags & WYN_TF_PTR) != 0; }

#endif
