#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_main_task E_main_task;
typedef struct E_main_task_2 E_main_task_2;
typedef struct E_main_task_3 E_main_task_3;
typedef struct E_main_task_4 E_main_task_4;

struct E_main_task {
    wyn_fn fn;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_2 {
    wyn_fn fn;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_3 {
    wyn_fn fn;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_4 {
    wyn_fn fn;
    int64_t f1;
    wyn_str *f2;
};

WYN_ARRAY_OPS(wyn_future, wyn_future *, true)

static wyn_str *w_work(int64_t, wyn_str *);
static void w_main(void);
static void w_main_task(void *, wyn_fn *);
static void w_main_task_2(void *, wyn_fn *);
static void w_main_task_3(void *, wyn_fn *);
static void w_main_task_4(void *, wyn_fn *);

WYN_STR_LIT(S_1, 1, "a");
static const wyn_site SITE_0 = {"tasks.wyn", "main", 4};
WYN_STR_LIT(S_2, 1, "b");
static const wyn_site SITE_1 = {"tasks.wyn", "main", 5};
static const wyn_site SITE_2 = {"tasks.wyn", "main", 6};
WYN_STR_LIT(S_3, 1, "c");
static const wyn_site SITE_3 = {"tasks.wyn", "main", 8};
WYN_STR_LIT(S_4, 1, "d");
static const wyn_site SITE_4 = {"tasks.wyn", "main", 9};
static const wyn_site SITE_5 = {"tasks.wyn", "main", 7};
static const wyn_type D_Future_void;
static const wyn_type D_Future_void = {
    .kind = WYN_T_FUTURE,
    .flags = WYN_TF_PTR | WYN_TF_NOZERO,
    .size = sizeof(wyn_future *),
    .name = "Future<void>",
};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_work\0" "work" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn work(n: int, name: string) -> string */
#line 2 "tasks.wyn"
static wyn_str *w_work(int64_t n, wyn_str *name) {
#line 2
    return wyn_str_concat2(name, wyn_int_to_string(n));
}

/* fn main() */
#line 3
static void w_main(void) {
#line 3
    wyn_str *a = wyn_str_empty;
#line 3
    wyn_str *b = wyn_str_empty;
    E_main_task *t1 = (E_main_task *)wyn_alloc(sizeof(E_main_task));
#line 4
    t1->fn.code = (void *)w_main_task;
#line 4
    t1->f1 = 1;
#line 4
    t1->f2 = WYN_S(S_1);
#line 4
    wyn_future *f = wyn_spawn((wyn_fn *)t1, &wyn_type_str, &SITE_0);
    E_main_task_2 *t2 = (E_main_task_2 *)wyn_alloc(sizeof(E_main_task_2));
#line 5
    t2->fn.code = (void *)w_main_task_2;
#line 5
    t2->f1 = 2;
#line 5
    t2->f2 = WYN_S(S_2);
#line 5
    wyn_spawn_detached((wyn_fn *)t2, &wyn_type_str, &SITE_1);
    wyn_println_str(*(wyn_str **)wyn_await(f, &SITE_2));
    wyn_array *t3 = wyn_array_new(&D_Future_void, 0);
    E_main_task_3 *t4 = (E_main_task_3 *)wyn_alloc(sizeof(E_main_task_3));
#line 8
    t4->fn.code = (void *)w_main_task_3;
#line 8
    t4->f1 = 3;
#line 8
    t4->f2 = WYN_S(S_3);
#line 8
    wyn_future *t5 = wyn_spawn((wyn_fn *)t4, &wyn_type_str, &SITE_3);
#line 8
    wyn_array_push_wyn_future(t3, t5);
    E_main_task_4 *t6 = (E_main_task_4 *)wyn_alloc(sizeof(E_main_task_4));
#line 9
    t6->fn.code = (void *)w_main_task_4;
#line 9
    t6->f1 = 4;
#line 9
    t6->f2 = WYN_S(S_4);
#line 9
    wyn_future *t7 = wyn_spawn((wyn_fn *)t6, &wyn_type_str, &SITE_4);
#line 9
    wyn_array_push_wyn_future(t3, t7);
#line 7
    wyn_join_all(t3, &SITE_5);
#line 7
    a = *(wyn_str **)wyn_await(t5, &SITE_3);
#line 7
    b = *(wyn_str **)wyn_await(t7, &SITE_4);
#line 11
    wyn_println_str(wyn_str_concat2(a, b));
}

#line 4
static void w_main_task(void *t1, wyn_fn *t2) {
#line 4
    E_main_task *t3 = (E_main_task *)t2;
#line 4
    int64_t t4 = t3->f1;
#line 4
    wyn_str *t5 = t3->f2;
#line 4
    *(wyn_str **)t1 = w_work(t4, t5);
}

#line 5
static void w_main_task_2(void *t1, wyn_fn *t2) {
#line 5
    E_main_task_2 *t3 = (E_main_task_2 *)t2;
#line 5
    int64_t t4 = t3->f1;
#line 5
    wyn_str *t5 = t3->f2;
#line 5
    *(wyn_str **)t1 = w_work(t4, t5);
}

static void w_main_task_3(void *t1, wyn_fn *t2) {
#line 8
    E_main_task_3 *t3 = (E_main_task_3 *)t2;
#line 8
    int64_t t4 = t3->f1;
#line 8
    wyn_str *t5 = t3->f2;
#line 8
    *(wyn_str **)t1 = w_work(t4, t5);
}

#line 9
static void w_main_task_4(void *t1, wyn_fn *t2) {
#line 9
    E_main_task_4 *t3 = (E_main_task_4 *)t2;
#line 9
    int64_t t4 = t3->f1;
#line 9
    wyn_str *t5 = t3->f2;
#line 9
    *(wyn_str **)t1 = w_work(t4, t5);
}
