/* panic_text.c - the texts of the language's own panics. Cold: called from checks in emitted
 * code. */
#include "base.h"
#include "native.h"

void wyn_panic_index(int64_t index, unsigned long long len, const wyn_site *site) {
    wyn_panic_at(site, "array index out of bounds: index %lld, length %llu", (long long)index, len);
}

void wyn_panic_str_index(int64_t index, int64_t len, const wyn_site *site) {
    wyn_panic_at(site, "string index out of bounds: index %lld, length %lld", (long long)index,
                 (long long)len);
}

void wyn_panic_div(bool modulo, const wyn_site *site) {
    wyn_panic_at(site, "%s by zero", modulo ? "modulo" : "division");
}

void wyn_panic_shift(int64_t count, const wyn_site *site) {
    wyn_panic_at(site, "negative shift count: %lld", (long long)count);
}

void wyn_panic_overflow(const char *op, const wyn_site *site) {
    wyn_panic_at(site, "integer overflow in %s", op);
}

void wyn_panic_none(const wyn_site *site) { wyn_panic_at(site, "unwrap() called on None"); }

static _Noreturn void panic_value(const char *before, const void *v, const wyn_type *t,
                                  const wyn_site *site) {
    wyn_text text;
    wyn_text_open(&text);
    wyn_text_cstr(&text, before);
    wyn_fmt(&text, v, t);
    wyn_panic_str(wyn_text_take(&text), site);
}

void wyn_panic_unwrap_err(const void *err, const wyn_type *t, const wyn_site *site) {
    panic_value("unwrap() called on Err: ", err, t, site);
}

void wyn_panic_error(const void *err, const wyn_type *t, const wyn_site *site) {
    panic_value("Error: ", err, t, site);
}

void wyn_panic_map_key(const void *key, const wyn_type *key_type, bool compound,
                       const wyn_site *site) {
    wyn_text text;
    wyn_text_open(&text);
    wyn_text_cstr(&text, compound ? "map key " : "missing map key: ");
    if (key_type->kind == WYN_T_STR) {
        wyn_text_quoted(&text, *(wyn_str *const *)key);
    } else {
        wyn_fmt(&text, key, key_type);
    }
    if (compound) wyn_text_cstr(&text, " not found for compound assignment (+=, -=, ...)");
    wyn_panic_str(wyn_text_take(&text), site);
}

void wyn_panic_message(wyn_str *message) { wyn_panic_str(message, NULL); }
