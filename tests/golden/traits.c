#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_object E_object;
typedef struct E_object_2 E_object_2;

typedef struct W_Dog {
    int64_t age;
} W_Dog;

typedef struct W_Cat {
    wyn_str *n;
} W_Cat;

struct E_object {
    wyn_object head;
    W_Dog f1;
};

struct E_object_2 {
    wyn_object head;
    W_Cat f1;
};

WYN_ARRAY_OPS(wyn_object, wyn_object *, true)

static wyn_str *w_Dog_name(W_Dog);
static wyn_str *w_Cat_name(W_Cat);
static void w_main(void);
static wyn_str *w_Dog_hello(W_Dog);
static wyn_str *w_Cat_hello(W_Cat);
static wyn_str *w_Dog_name_dyn(wyn_object *);
static wyn_str *w_Dog_hello_dyn(wyn_object *);
static wyn_str *w_Cat_name_dyn(wyn_object *);
static wyn_str *w_Cat_hello_dyn(wyn_object *);

WYN_STR_LIT(S_1, 3, "dog");
WYN_STR_LIT(S_2, 3, "tom");
WYN_STR_LIT(S_3, 6, "hello ");
static const wyn_type D_Named;
static const wyn_type D_Dog;
static const wyn_type D_Cat;
static const wyn_type D_Named = {
    .kind = WYN_T_OBJECT,
    .flags = WYN_TF_PTR | WYN_TF_NOZERO,
    .size = sizeof(wyn_object *),
    .name = "Named",
};
static const wyn_field D_Dog_fields[] = {
    {"age", &wyn_type_int, offsetof(W_Dog, age)},
};
static const wyn_type D_Dog = {
    .kind = WYN_T_STRUCT,
    .count = 1,
    .size = sizeof(W_Dog),
    .name = "Dog",
    .fields = D_Dog_fields,
};
static const wyn_field D_Cat_fields[] = {
    {"n", &wyn_type_str, offsetof(W_Cat, n)},
};
static const wyn_type D_Cat = {
    .kind = WYN_T_STRUCT,
    .flags = WYN_TF_PTR,
    .count = 1,
    .size = sizeof(W_Cat),
    .name = "Cat",
    .fields = D_Cat_fields,
};

static const struct {
    wyn_vtable head;
    void *methods[2];
} VT_0 = {
    {&D_Dog},
    {(void *)w_Dog_name_dyn, (void *)w_Dog_hello_dyn}
};
static const struct {
    wyn_vtable head;
    void *methods[2];
} VT_1 = {
    {&D_Cat},
    {(void *)w_Cat_name_dyn, (void *)w_Cat_hello_dyn}
};

static wyn_str *w_Dog_name_dyn(wyn_object *t1) {
    return w_Dog_name(((E_object *)t1)->f1);
}

static wyn_str *w_Dog_hello_dyn(wyn_object *t1) {
    return w_Dog_hello(((E_object *)t1)->f1);
}

static wyn_str *w_Cat_name_dyn(wyn_object *t1) {
    return w_Cat_name(((E_object_2 *)t1)->f1);
}

static wyn_str *w_Cat_hello_dyn(wyn_object *t1) {
    return w_Cat_hello(((E_object_2 *)t1)->f1);
}

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_Dog_name\0" "Dog.name" "\0"
    "w_Cat_name\0" "Cat.name" "\0"
    "w_main\0" "main" "\0"
    "w_Dog_hello\0" "Dog.hello" "\0"
    "w_Cat_hello\0" "Cat.hello" "\0"
    "w_Dog_name_dyn\0" "Dog.name" "\0"
    "w_Dog_hello_dyn\0" "Dog.hello" "\0"
    "w_Cat_name_dyn\0" "Cat.name" "\0"
    "w_Cat_hello_dyn\0" "Cat.hello" "\0"
    "";

/* fn Dog.name(self) -> string */
#line 9 "traits.wyn"
static wyn_str *w_Dog_name(W_Dog self) {
    (void)self;
#line 9
    return WYN_S(S_1);
}

/* fn Cat.name(self) -> string */
#line 12
static wyn_str *w_Cat_name(W_Cat self) {
#line 12
    return self.n;
}

/* fn main() */
#line 14
static void w_main(void) {
    W_Dog t1 = (W_Dog){.age = 3};
#line 15
    E_object *t2 = (E_object *)wyn_alloc(sizeof(E_object));
#line 15
    t2->head.vt = &VT_0.head;
#line 15
    t2->f1 = t1;
#line 15
    W_Cat t3 = (W_Cat){.n = WYN_S(S_2)};
#line 15
    E_object_2 *t4 = (E_object_2 *)wyn_alloc(sizeof(E_object_2));
#line 15
    t4->head.vt = &VT_1.head;
#line 15
    t4->f1 = t3;
#line 15
    wyn_array *all = wyn_array_of(&D_Named, 2, (wyn_object *[]){(wyn_object *)t2, (wyn_object *)t4});
    int64_t t5 = wyn_array_len(all);
#line 16
    for (int64_t t6 = 0; t6 < t5 && t6 < wyn_array_len(all); t6++) {
#line 16
        wyn_object *a = wyn_array_raw_wyn_object(all, t6);
#line 16
        wyn_println_str(((wyn_str * (*)(wyn_object *))WYN_METHOD(a, 1))(a));
    }
}

/* fn Dog.hello(self) -> string */
#line 4
static wyn_str *w_Dog_hello(W_Dog self) {
#line 4
    return wyn_str_concat2(WYN_S(S_3), w_Dog_name(self));
}

/* fn Cat.hello(self) -> string */
#line 4
static wyn_str *w_Cat_hello(W_Cat self) {
#line 4
    return wyn_str_concat2(WYN_S(S_3), w_Cat_name(self));
}
