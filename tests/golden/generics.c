#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_Pair_string_int { /* Pair<string, int> */
    wyn_str *a;
    int64_t b;
} W_Pair_string_int;

typedef struct W_Pair_int_string { /* Pair<int, string> */
    int64_t a;
    wyn_str *b;
} W_Pair_int_string;

static void w_main(void);
static int64_t w_first___int(wyn_array *);
static wyn_str *w_first___string(wyn_array *);
static W_Pair_string_int w_swap___int_string(W_Pair_int_string);

WYN_STR_LIT(S_1, 1, "x");
WYN_STR_LIT(S_2, 1, "b");
static const wyn_site SITE_0 = {"generics.wyn", "first", 3};
static const wyn_site SITE_1 = {"generics.wyn", "first", 3};
static const wyn_type D_Pair_string_int;
static const wyn_field D_Pair_string_int_fields[] = {
    {"a", &wyn_type_str, offsetof(W_Pair_string_int, a)},
    {"b", &wyn_type_int, offsetof(W_Pair_string_int, b)},
};
static const wyn_type D_Pair_string_int = {
    .kind = WYN_T_STRUCT,
    .flags = WYN_TF_PTR,
    .count = 2,
    .size = sizeof(W_Pair_string_int),
    .name = "Pair",
    .fields = D_Pair_string_int_fields,
};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_main\0" "main" "\0"
    "w_first___int\0" "first" "\0"
    "w_first___string\0" "first" "\0"
    "w_swap___int_string\0" "swap" "\0"
    "";

/* fn main() */
#line 5 "generics.wyn"
static void w_main(void) {
    wyn_text t1;
#line 6
    int64_t t2 = w_first___int(wyn_array_of(&wyn_type_int, 2, (int64_t[]){1, 2}));
#line 6
    wyn_str *t3 = w_first___string(wyn_array_of(&wyn_type_str, 1, &(wyn_str *){WYN_S(S_1)}));
#line 6
    W_Pair_string_int t4 = w_swap___int_string((W_Pair_int_string){.a = 1, .b = WYN_S(S_2)});
#line 6
    wyn_text_open(&t1);
#line 6
    wyn_text_int(&t1, t2);
#line 6
    wyn_text_bytes(&t1, " ", 1);
#line 6
    wyn_text_str(&t1, t3);
#line 6
    wyn_text_bytes(&t1, " ", 1);
#line 6
    wyn_fmt(&t1, &t4, &D_Pair_string_int);
#line 6
    wyn_text_bytes(&t1, "\012", 1);
#line 6
    wyn_text_print(&t1);
}

/* fn first<int>(xs: [int]) -> int */
#line 3
static int64_t w_first___int(wyn_array *xs) {
#line 3
    return wyn_array_get_int(xs, 0, &SITE_0);
}

/* fn first<string>(xs: [string]) -> string */
#line 3
static wyn_str *w_first___string(wyn_array *xs) {
#line 3
    return wyn_array_get_str(xs, 0, &SITE_1);
}

/* fn swap<int, string>(p: Pair<int, string>) -> Pair<string, int> */
#line 4
static W_Pair_string_int w_swap___int_string(W_Pair_int_string p) {
#line 4
    return (W_Pair_string_int){.a = p.b, .b = p.a};
}
