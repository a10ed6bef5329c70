/* native.h - the native leaves: C functions that the standard library declares as `extern fn`,
 * listed with their Wyn signatures in stdlib/native/README.md. Grouped by file. */
#ifndef WYN_NATIVE_H
#define WYN_NATIVE_H

#include "wyn.h"

/* runtime/array.c */
int64_t wyn_array_count_of(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_truncate(wyn_array *a, int64_t n, const wyn_type *elem);
void wyn_array_remove_at(wyn_array *a, int64_t i, const wyn_type *elem);
bool wyn_array_remove_value(wyn_array *a, const void *v, const wyn_type *elem);
void wyn_array_clear(wyn_array *a, const wyn_type *elem);
void wyn_array_reserve_room(wyn_array *a, int64_t n, const wyn_type *elem);
wyn_array *wyn_array_reversed(wyn_array *a, const wyn_type *elem);
wyn_array *wyn_array_unique(wyn_array *a, const wyn_type *elem);
wyn_str *wyn_array_join(wyn_array *a, const wyn_str *sep, const wyn_type *elem);
wyn_str *wyn_any_to_string(const void *v, const wyn_type *t);
bool wyn_any_eq(const void *a, const void *b, const wyn_type *t);
int64_t wyn_any_cmp(const void *a, const void *b, const wyn_type *t);
int64_t wyn_any_hash(const void *v, const wyn_type *t);

/* runtime/array_sort.c */
/* Sorts the elements [from, to) in place: of an array that nobody else reads meanwhile. */
void wyn_array_sort_part(wyn_array *a, int64_t from, int64_t to, const wyn_type *elem);
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

/* runtime/channel.c */
wyn_channel *wyn_time_after(int64_t ms);
wyn_channel *wyn_time_ticker(int64_t ms);

/* runtime/collect.c */
int64_t wyn_map_size(wyn_map *m, const wyn_type *key, const wyn_type *value);
bool wyn_map_has_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value);
void wyn_map_remove_key(wyn_map *m, const void *k, const wyn_type *key, const wyn_type *value);
void wyn_map_empty(wyn_map *m, const wyn_type *key, const wyn_type *value);
/* Makes m[k] read the zero value where there is no entry. */
void wyn_map_reads_zero(wyn_map *m, const wyn_type *key, const wyn_type *value);
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

/* runtime/future.c */
int64_t wyn_task_id(void);
int64_t wyn_task_count(void);
wyn_array *wyn_task_leaks(void); /* leaks.c */
int64_t wyn_task_workers(void);

/* runtime/gc.c */
void wyn_sys_gc(void);

/* runtime/panic_text.c */
void wyn_panic_message(wyn_str *message);

/* runtime/parse.c */
wyn_str *wyn_int_to_base(int64_t n, int64_t base);

/* runtime/random.c */
void wyn_random_seed(int64_t n);
int64_t wyn_random_bits(void);
double wyn_random_float(void);
int64_t wyn_random_int(int64_t lo, int64_t hi);

/* runtime/sleep.c */
void wyn_time_sleep(int64_t ms);

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
int64_t wyn_str_find(const wyn_str *s, const wyn_str *part, int64_t start);
int64_t wyn_str_last_index_of(const wyn_str *s, const wyn_str *part);
int64_t wyn_str_count(const wyn_str *s, const wyn_str *part);
wyn_str *wyn_str_replace(const wyn_str *s, const wyn_str *from, const wyn_str *to);
wyn_array *wyn_str_chars(const wyn_str *s);
wyn_array *wyn_str_split(const wyn_str *s, const wyn_str *sep);
wyn_str *wyn_str_split_at(const wyn_str *s, const wyn_str *sep, int64_t i);
int64_t wyn_str_split_count(const wyn_str *s, const wyn_str *sep);
wyn_array *wyn_str_words(const wyn_str *s);
void wyn_str_sort(wyn_array *a);
wyn_array *wyn_array_sorted_ints(wyn_array *xs); /* a copy */
wyn_array *wyn_array_sorted_floats(wyn_array *xs);
wyn_array *wyn_par_sorted_ints(wyn_array *xs);   /* by several workers */
wyn_array *wyn_par_sorted_floats(wyn_array *xs);
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

/* runtime/sync.c */
void *wyn_rwlock_new(void);
void wyn_rwlock_read(void *lock);
void wyn_rwlock_write(void *lock);
void wyn_rwlock_release(void *lock);
/* Makes a value that was received the next one again. */
void wyn_channel_put_back(wyn_channel *c, const void *v, const wyn_type *t);
void *wyn_executor_new(int64_t limit);
void wyn_executor_enter(void *executor);
void wyn_executor_leave(void *executor);
int64_t wyn_executor_waiting(void *executor);
void *wyn_semaphore_new(int64_t n);
void wyn_semaphore_acquire(void *s);
bool wyn_semaphore_try_acquire(void *s);
void wyn_semaphore_release(void *s);
void *wyn_waitgroup_new(void);
void wyn_waitgroup_add(void *w, int64_t n);
void wyn_waitgroup_wait(void *w);
void *wyn_once_new(void);
bool wyn_once_enter(void *o);
void wyn_once_leave(void *o);
int64_t wyn_shared_get(wyn_shared *s);
void wyn_shared_set(wyn_shared *s, int64_t v);
int64_t wyn_shared_swap(wyn_shared *s, int64_t v);
int64_t wyn_shared_add(wyn_shared *s, int64_t d);
int64_t wyn_shared_sub(wyn_shared *s, int64_t d);
bool wyn_shared_cas(wyn_shared *s, int64_t old, int64_t v);
int64_t wyn_shared_min(wyn_shared *s, int64_t v);
int64_t wyn_shared_max(wyn_shared *s, int64_t v);
int64_t wyn_shared_id(wyn_shared *s);
wyn_shared *wyn_shared_by_id(int64_t id);

/* stdlib/native/file.c */
wyn_str *wyn_sys_error(void);
wyn_str *wyn_file_read(const wyn_str *path);
wyn_array *wyn_file_read_lines(const wyn_str *path);
bool wyn_file_write(const wyn_str *path, const wyn_str *text);
bool wyn_file_append(const wyn_str *path, const wyn_str *text);
bool wyn_file_copy(const wyn_str *from, const wyn_str *to);
bool wyn_file_exists(const wyn_str *path);
bool wyn_file_is_file(const wyn_str *path);
bool wyn_file_is_dir(const wyn_str *path);
int64_t wyn_file_size(const wyn_str *path);
int64_t wyn_file_modified(const wyn_str *path);
bool wyn_file_delete(const wyn_str *path);
bool wyn_file_rename(const wyn_str *from, const wyn_str *to);
bool wyn_file_mkdir(const wyn_str *path);
bool wyn_file_rmdir(const wyn_str *path);
wyn_array *wyn_file_list_dir(const wyn_str *path);
wyn_array *wyn_file_glob(const wyn_str *pattern);
wyn_str *wyn_file_cwd(void);
wyn_str *wyn_file_temp(void);

/* stdlib/native/input.c */
wyn_str *wyn_input_line(void);
wyn_str *wyn_input_line_opt(void); /* NULL at the end of input */
wyn_str *wyn_input_all(void);
int64_t wyn_input_int(void);
double wyn_input_float(void);

/* stdlib/native/mathx.c */
bool wyn_float_is_nan(double x);
bool wyn_float_is_infinite(double x);
double wyn_float_round_to(double x, int64_t n);

/* stdlib/native/sys.c */
wyn_array *wyn_sys_args(void);
wyn_str *wyn_sys_env(const wyn_str *name);
bool wyn_sys_has_env(const wyn_str *name);
void wyn_sys_set_env(const wyn_str *name, const wyn_str *value);
wyn_array *wyn_sys_env_all(void);
int64_t wyn_sys_pid(void);
wyn_str *wyn_sys_hostname(void);
void wyn_sys_eprint(const wyn_str *s);
void *wyn_ptr_cell(void);
void *wyn_ptr_read(void *p);
void wyn_ptr_write(void *p, void *v);
void wyn_ptr_free(void *p);

/* stdlib/native/time.c */
int64_t wyn_time_now(void);
int64_t wyn_time_now_millis(void);
int64_t wyn_time_now_micros(void);
int64_t wyn_time_mono_nanos(void);
wyn_str *wyn_time_format(int64_t t, const wyn_str *how);
wyn_str *wyn_time_iso(int64_t t);
int64_t wyn_time_local_offset(int64_t t);
wyn_str *wyn_time_local_name(int64_t t);
wyn_str *wyn_time_format_at(int64_t t, int64_t offset, const wyn_str *zone, const wyn_str *how);
int64_t wyn_time_part(int64_t t, int64_t part);

#endif
