/* The most frequent words of a text; see examples/word_frequency.wyn. An open table of pointers
 * into the text, which is read whole. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *word;
    size_t length;
    uint64_t hash;
    long count;
};

static struct entry *table;
static size_t capacity = 1 << 12, used;

static char *read_file(const char *path, size_t *length) {
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) return NULL;
    long n = ftell(f);
    rewind(f);
    char *text = malloc(n + 1);
    if (text == NULL || fread(text, 1, n, f) != (size_t)n) return NULL;
    fclose(f);
    *length = n;
    return text;
}

static struct entry *place(const char *word, size_t length, uint64_t hash) {
    size_t i = hash & (capacity - 1);
    while (table[i].word != NULL && (table[i].hash != hash || table[i].length != length ||
                                     memcmp(table[i].word, word, length) != 0))
        i = (i + 1) & (capacity - 1);
    return &table[i];
}

static void grow(void) {
    struct entry *old = table;
    size_t old_capacity = capacity;
    capacity *= 2;
    table = calloc(capacity, sizeof *table);
    if (table == NULL) exit(1);
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].word != NULL) *place(old[i].word, old[i].length, old[i].hash) = old[i];
    free(old);
}

static void count_word(const char *word, size_t length) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)word[i]) * 1099511628211u;
    struct entry *e = place(word, length, hash);
    if (e->word == NULL) {
        *e = (struct entry){word, length, hash, 0};
        if (++used * 2 > capacity) {
            grow();
            e = place(word, length, hash);
        }
    }
    e->count++;
}

static void count_words(char *text, size_t length) {
    for (size_t i = 0; i < length; i++) text[i] = (char)tolower((unsigned char)text[i]);
    for (size_t i = 0; i < length;) {
        while (i < length && isspace((unsigned char)text[i])) i++;
        size_t first = i;
        while (i < length && !isspace((unsigned char)text[i])) i++;
        size_t end = i;
        while (first < end && strchr(".,;:!?\"'()", text[first]) != NULL) first++;
        while (end > first && strchr(".,;:!?\"'()", text[end - 1]) != NULL) end--;
        if (end > first) count_word(text + first, end - first);
    }
}

static int by_count(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    int order = memcmp(x->word, y->word, x->length < y->length ? x->length : y->length);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

int main(int argc, char **argv) {
    if (argc < 2) return 1;
    size_t length = 0;
    char *text = read_file(argv[1], &length);
    if (text == NULL) {
        printf("cannot read %s\n", argv[1]);
        return 1;
    }
    table = calloc(capacity, sizeof *table);
    if (table == NULL) return 1;
    count_words(text, length);
    size_t n = 0;
    long total = 0;
    for (size_t i = 0; i < capacity; i++) {
        if (table[i].word == NULL) continue;
        total += table[i].count;
        table[n++] = table[i];
    }
    qsort(table, n, sizeof *table, by_count);
    printf("%ld words, %zu different\n", total, n);
    size_t how_many = argc > 2 ? (size_t)atoi(argv[2]) : 10;
    for (size_t i = 0; i < n && i < how_many; i++)
        printf("%8ld  %.*s\n", table[i].count, (int)table[i].length, table[i].word);
    free(table);
    free(text);
    return 0;
}
