/* native.h - the native leaves: C functions that the standard library declares as `extern fn`,
 * listed with their Wyn signatures in stdlib/native/README.md. Grouped by file. */
#ifndef WYN_NATIVE_H
#define WYN_NATIVE_H

#include "wyn.h"

/* runtime/array.c */
wyn_array *wyn_array_slice_clamped(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem);
void wyn_array_append_all(wyn_array *a, wyn_array *b, const wyn_type *elem);
int64_t wyn_array_count_of(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_insert(wyn_array *a, int64_t i, const void *v, const wyn_type *elem);
void wyn_array_truncate(wyn_array *a, int64_t n, const wyn_type *elem);
void wyn_array_remove_at(wyn_array *a, int64_t i, const wyn_type *elem);
bool wyn_array_remove_value(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_clear(wyn_array *a, const wyn_type *elem);
void wyn_array_reserve_room(wyn_array *a, int64_t n, const wyn_type *elem);
void wyn_array_reverse_in_place(wyn_array *a, const wyn_type *elem);
wyn_array *wyn_array_reversed(wyn_array *a, const wyn_type *elem);
wyn_array *wyn_array_unique(wyn_array *a, const wyn_type *elem);
wyn_str *wyn_array_join(wyn_array *a, const wyn_str *sep, const wyn_type *elem);
wyn_str *wyn_any_to_string(const void *v, const wyn_type *t);
bool wyn_any_eq(const void *a, const void *b, const wyn_type *t);
int64_t wyn_any_cmp(const void *a, const void *b, const wyn_type *t);
int64_t wyn_any_hash(const void *v, const wyn_type *t);

/* runtime/array_sort.c */
void wyn_array_sort(wyn_array *a, const wyn_type *elem);
void wyn_array_sort_keys(wyn_array *a, wyn_array *keys, const wyn_type *elem, const wyn_type *key);

/* runtime/builder.c */
wyn_builder *wyn_builder_new(void);
void wyn_builder_append(wyn_builder *b, const wyn_str *s);
void wyn_builder_append_int(wyn_builder *b, int64_t n);
void wyn_builder_append_float(wyn_builder *b, double x);
void wyn_builder_append_bool(wyn_builder *b, bool x);
void wyn_builder_append_line(wyn_builder *b, const wyn_str *s);
void wyn_builder_append_any(wyn_builder *b, const void *v, const wyn_type *t);
wyn_str *wyn_builder_to_string(wyn_builder *b);
int64_t wyn_builder_len(wyn_builder *b);
void wyn_builder_clear(wyn_builder *b);

/* runtime/collect.c */
int64_t wyn_map_size(wyn_map *m, const wyn_type *key, const wyn_type *value);
bool wyn_map_has_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value);
void wyn_map_remove_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value);
void wyn_map_empty(wyn_map *m, const wyn_type *key, const wyn_type *value);
wyn_map *wyn_map_copy_of(wyn_map *m, const wyn_type *key, const wyn_type *value);
wyn_array *wyn_map_key_list(wyn_map *m, const wyn_type *key, const wyn_type *value);
wyn_array *wyn_map_value_list(wyn_map *m, const wyn_type *key, const wyn_type *value);
void wyn_map_merge(wyn_map *m, wyn_map *other, const wyn_type *key, const wyn_type *value);
void wyn_set_add(wyn_map *s, const void *v, const wyn_type *elem);
bool wyn_set_has(wyn_map *s, const void *v, const wyn_type *elem);
void wyn_set_remove(wyn_map *s, const void *v, const wyn_type *elem);
int64_t wyn_set_size(wyn_map *s, const wyn_type *elem);
void wyn_set_empty(wyn_map *s, const wyn_type *elem);
wyn_map *wyn_set_copy(wyn_map *s, const wyn_type *elem);
wyn_array *wyn_set_list(wyn_map *s, const wyn_type *elem);
wyn_map *wyn_set_union(wyn_map *a, wyn_map *b, const wyn_type *elem);
wyn_map *wyn_set_intersection(wyn_map *a, wyn_map *b, const wyn_type *elem);
wyn_map *wyn_set_difference(wyn_map *a, wyn_map *b, const wyn_type *elem);
bool wyn_set_is_subset(wyn_map *a, wyn_map *b, const wyn_type *elem);

/* runtime/panic_text.c */
void wyn_panic_message(wyn_str *message);

/* runtime/parse.c */
bool wyn_str_is_int(const wyn_str *s);
bool wyn_str_is_float(const wyn_str *s);
wyn_str *wyn_int_to_base(int64_t n, int64_t base);

/* runtime/str.c */
wyn_str *wyn_str_slice(const wyn_str *s, int64_t from, int64_t to);

/* runtime/str_ops.c */
wyn_str *wyn_str_upper(const wyn_str *s);
wyn_str *wyn_str_lower(const wyn_str *s);
wyn_str *wyn_str_capitalize(const wyn_str *s);
wyn_str *wyn_str_title(const wyn_str *s);
wyn_str *wyn_str_trim(const wyn_str *s);
wyn_str *wyn_str_trim_left(const wyn_str *s);
wyn_str *wyn_str_trim_right(const wyn_str *s);
bool wyn_str_starts_with(const wyn_str *s, const wyn_str *part);
bool wyn_str_ends_with(const wyn_str *s, const wyn_str *part);
int64_t wyn_str_index_of(const wyn_str *s, const wyn_str *part);
int64_t wyn_str_last_index_of(const wyn_str *s, const wyn_str *part);
int64_t wyn_str_count(const wyn_str *s, const wyn_str *part);
wyn_str *wyn_str_replace(const wyn_str *s, const wyn_str *from, const wyn_str *to);
wyn_array *wyn_str_chars(const wyn_str *s);
wyn_array *wyn_str_split(const wyn_str *s, const wyn_str *sep);
wyn_str *wyn_str_split_at(const wyn_str *s, const wyn_str *sep, int64_t i);
int64_t wyn_str_split_count(const wyn_str *s, const wyn_str *sep);
wyn_array *wyn_str_lines(const wyn_str *s);
wyn_array *wyn_str_words(const wyn_str *s);
wyn_str *wyn_str_join(wyn_array *parts, const wyn_str *sep);
wyn_array *wyn_str_to_bytes(const wyn_str *s);
wyn_str *wyn_str_from_bytes(wyn_array *bytes);
wyn_str *wyn_str_reverse(const wyn_str *s);
wyn_str *wyn_str_repeat(const wyn_str *s, int64_t n);
wyn_str *wyn_str_char_at(const wyn_str *s, int64_t i);
wyn_str *wyn_str_pad_left(const wyn_str *s, int64_t width, const wyn_str *pad);
wyn_str *wyn_str_pad_right(const wyn_str *s, int64_t width, const wyn_str *pad);
bool wyn_str_is_alpha(const wyn_str *s);
bool wyn_str_is_digit(const wyn_str *s);
bool wyn_str_is_alnum(const wyn_str *s);
bool wyn_str_is_whitespace(const wyn_str *s);
bool wyn_str_is_numeric(const wyn_str *s);
bool wyn_str_equals(const wyn_str *a, const wyn_str *b);
int64_t wyn_str_ascii(const wyn_str *s);
wyn_str *wyn_str_from_code(int64_t code);
int64_t wyn_str_code_at(const wyn_str *s, int64_t i);
int64_t wyn_str_char_count(const wyn_str *s);
int64_t wyn_str_hash(const wyn_str *s);
wyn_str *wyn_str_format(const wyn_str *s, wyn_array *args);

/* start.c */
extern int wyn_argc;
extern char **wyn_argv;

#endif
