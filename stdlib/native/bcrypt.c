/* bcrypt.c - bcrypt by libxcrypt's crypt. A sum takes tens of milliseconds on purpose, so it is
 * made by the pool for blocking calls. */
#ifdef WYN_HAVE_BCRYPT
#include <crypt.h>
#include <stdlib.h>

#include "blocking.h"
#include "wyn_inline.h"

typedef struct sum {
    const char *password, *setting;
    struct crypt_data *room;
    const char *out; /* in room; NULL: the setting is none */
} sum;

static void make_sum(void *arg) {
    sum *s = arg;
    s->out = crypt_r(s->password, s->setting, s->room);
}

/* crypt of the password with a salt, or with the one in a hash; "" when that is none. */
static wyn_str *crypt_text(const wyn_str *password, const char *setting) {
    sum s = {password->bytes, setting, calloc(1, sizeof(struct crypt_data)), NULL};
    if (s.room == NULL) wyn_panic("out of memory");
    blocking_call(make_sum, &s, "making a bcrypt sum", NULL);
    wyn_str *text = s.out != NULL && s.out[0] == '$' ? wyn_str_from_c(s.out) : wyn_str_empty;
    memset(s.room, 0, sizeof *s.room);
    free(s.room);
    return text;
}

wyn_str *wyn_bcrypt_hash(const wyn_str *password, int64_t cost);
wyn_str *wyn_bcrypt_hash(const wyn_str *password, int64_t cost) {
    char salt[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$2b$", (unsigned long)cost, NULL, 0, salt, sizeof salt))
        return wyn_str_empty;
    return crypt_text(password, salt);
}

wyn_str *wyn_bcrypt_again(const wyn_str *password, const wyn_str *hash);
wyn_str *wyn_bcrypt_again(const wyn_str *password, const wyn_str *hash) {
    return crypt_text(password, hash->bytes);
}
#else
typedef int wyn_bcrypt_absent;
#endif
