#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_tuple_int_int { /* (int, int) */
    int64_t f0;
    int64_t f1;
} W_tuple_int_int;

static void w_main(void);

WYN_STR_LIT(S_1, 1, "a");
static const wyn_site SITE_0 = {"maps.wyn", "main", 4};
WYN_STR_LIT(S_2, 1, "b");
static const wyn_site SITE_1 = {"maps.wyn", "main", 5};
WYN_STR_LIT(S_3, 1, "x");
static const wyn_type D_map_string_int;
static const wyn_type D_map_int_int_string;
static const wyn_type D_tuple_int_int;
static const wyn_type D_map_string_int = {
    .kind = WYN_T_MAP,
    .flags = WYN_TF_PTR,
    .size = sizeof(wyn_map *),
    .name = "{string: int}",
    .a = &wyn_type_str,
    .b = &wyn_type_int,
};
static const wyn_type D_map_int_int_string = {
    .kind = WYN_T_MAP,
    .flags = WYN_TF_PTR,
    .size = sizeof(wyn_map *),
    .name = "{(int, int): string}",
    .a = &D_tuple_int_int,
    .b = &wyn_type_str,
};
static const wyn_field D_tuple_int_int_fields[] = {
    {NULL, &wyn_type_int, offsetof(W_tuple_int_int, f0)},
    {NULL, &wyn_type_int, offsetof(W_tuple_int_int, f1)},
};
static const wyn_type D_tuple_int_int = {
    .kind = WYN_T_TUPLE,
    .count = 2,
    .size = sizeof(W_tuple_int_int),
    .name = "(int, int)",
    .fields = D_tuple_int_int_fields,
};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_main\0" "main" "\0"
    "";

/* fn main() */
#line 2 "maps.wyn"
static void w_main(void) {
    wyn_text t1;
#line 3
    wyn_map *t2 = wyn_map_new(&D_map_string_int, 1);
#line 3
    *(int64_t *)wyn_map_put_str(t2, WYN_S(S_1)) = 1;
#line 3
    wyn_map *m = t2;
    int64_t t3 = *(int64_t *)wyn_map_at_str(m, WYN_S(S_1), false, &SITE_0) + 1;
#line 4
    int64_t *t4 = (int64_t *)wyn_map_put_str(m, WYN_S(S_2));
#line 4
    *t4 = t3;
#line 4
    wyn_map_stored(m, t4);
    int64_t *t5 = (int64_t *)wyn_map_at_str(m, WYN_S(S_1), true, &SITE_1);
#line 5
    *t5 += 5;
    wyn_map_iter t6;
#line 6
    wyn_map_iter_start(&t6, m);
#line 6
    while (wyn_map_iter_next(&t6)) {
#line 6
        wyn_str *k = *(wyn_str **)t6.key;
#line 6
        int64_t v = *(int64_t *)t6.value;
#line 6
        wyn_text_open(&t1);
#line 6
        wyn_text_str(&t1, k);
#line 6
        wyn_text_bytes(&t1, " ", 1);
#line 6
        wyn_text_int(&t1, v);
#line 6
        wyn_text_bytes(&t1, "\012", 1);
#line 6
        wyn_text_print(&t1);
    }
#line 7
    wyn_map *cells = wyn_map_new(&D_map_int_int_string, 0);
    wyn_str **t7 = (wyn_str **)wyn_map_put(cells, &(W_tuple_int_int){.f0 = 1, .f1 = 2});
#line 8
    *t7 = WYN_S(S_3);
#line 8
    wyn_map_stored(cells, t7);
    bool t8 = (wyn_str **)wyn_map_find(cells, &(W_tuple_int_int){.f0 = 1, .f1 = 2}) != NULL;
#line 9
    bool t9 = (int64_t *)wyn_map_find_str(m, WYN_S(S_2)) != NULL;
#line 9
    wyn_text_open(&t1);
#line 9
    wyn_text_bool(&t1, t8);
#line 9
    wyn_text_bytes(&t1, " ", 1);
#line 9
    wyn_text_bool(&t1, t9);
#line 9
    wyn_text_bytes(&t1, "\012", 1);
#line 9
    wyn_text_print(&t1);
}
