#include "wyn.h"
#include "wyn_inline.h"

typedef struct E_main_task E_main_task;
typedef struct E_main_task_2 E_main_task_2;
typedef struct E_main_task_3 E_main_task_3;
typedef struct E_main_task_4 E_main_task_4;

struct E_main_task {
    uintptr_t st;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_2 {
    uintptr_t st;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_3 {
    uintptr_t st;
    int64_t f1;
    wyn_str *f2;
};

struct E_main_task_4 {
    uintptr_t st;
    int64_t f1;
    wyn_str *f2;
};

WYN_ARRAY_OPS(wyn_future, wyn_future *, true)

static wyn_str *w_work(int64_t, wyn_str *);
static void w_main(void);
static wyn_str *w_Future_string_to_string(wyn_future *);
static wyn_str *w_Future_string_to_string_text(const void *);
static void w_main_task(void *);
static void w_main_task_2(void *);
static void w_main_task_3(void *);
static void w_main_task_4(void *);

WYN_STR_LIT(S_1, 1, "a");
static const wyn_site SITE_0 = {"tasks.wyn", "main", 4};
WYN_STR_LIT(S_2, 1, "b");
static const wyn_site SITE_1 = {"tasks.wyn", "main", 5};
static const wyn_site SITE_2 = {"tasks.wyn", "main", 6};
static const wyn_site SITE_3 = {"tasks.wyn", "main", 7};
WYN_STR_LIT(S_3, 1, "c");
static const wyn_site SITE_4 = {"tasks.wyn", "main", 8};
WYN_STR_LIT(S_4, 1, "d");
static const wyn_site SITE_5 = {"tasks.wyn", "main", 9};
WYN_STR_LIT(S_5, 12, "Future(done)");
WYN_STR_LIT(S_6, 15, "Future(running)");
static const wyn_type D_Future_string;
static const wyn_type D_Future_string = {
    .kind = WYN_T_FUTURE,
    .flags = WYN_TF_PTR | WYN_TF_NOZERO,
    .size = sizeof(wyn_future *),
    .name = "Future<string>",
    .to_string = w_Future_string_to_string_text,
};

static const wyn_task TASK_0 = {w_main_task, &SITE_0, WYN_TASK_SIZE(sizeof(E_main_task), sizeof(wyn_str *)), WYN_TASK_TRACED | WYN_TASK_PROMPT | 0};
static const wyn_task TASK_1 = {w_main_task_2, &SITE_1, WYN_TASK_SIZE(sizeof(E_main_task_2), sizeof(wyn_str *)), WYN_TASK_DETACHED | WYN_TASK_TRACED | WYN_TASK_PROMPT | 0};
static const wyn_task TASK_2 = {w_main_task_3, &SITE_4, WYN_SCOPED_SIZE(sizeof(E_main_task_3), sizeof(wyn_str *)), WYN_TASK_SCOPED | WYN_TASK_TRACED | WYN_TASK_PROMPT | 0};
static const wyn_task TASK_3 = {w_main_task_4, &SITE_5, WYN_SCOPED_SIZE(sizeof(E_main_task_4), sizeof(wyn_str *)), WYN_TASK_SCOPED | WYN_TASK_TRACED | WYN_TASK_PROMPT | 0};

static wyn_str *w_Future_string_to_string_text(const void *t1) {
    return w_Future_string_to_string(*(wyn_future **)t1);
}

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_work\0" "work" "\0"
    "w_main\0" "main" "\0"
    "w_Future_string_to_string\0" "Future<string>.to_string" "\0"
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
    wyn_future *t1 = wyn_task_new(sizeof(E_main_task), sizeof(wyn_str *), true);
#line 4
    E_main_task *t2 = (E_main_task *)t1;
#line 4
    t2->f1 = 1;
#line 4
    t2->f2 = WYN_S(S_1);
#line 4
    wyn_array *fs = wyn_array_of(&D_Future_string, 1, &(wyn_future *){wyn_spawn(t1, &TASK_0)});
    wyn_future *t3 = wyn_task_new(sizeof(E_main_task_2), sizeof(wyn_str *), true);
#line 5
    E_main_task_2 *t4 = (E_main_task_2 *)t3;
#line 5
    t4->f1 = 2;
#line 5
    t4->f2 = WYN_S(S_2);
#line 5
    wyn_spawn(t3, &TASK_1);
    wyn_println_str(*(wyn_str **)wyn_await(wyn_array_get_wyn_future(fs, 0, &SITE_2), &SITE_2));
    wyn_scope *t5 = wyn_scope_enter(-1, &SITE_3);
    wyn_future *t6 = wyn_scope_task_new(sizeof(E_main_task_3), sizeof(wyn_str *));
#line 8
    E_main_task_3 *t7 = (E_main_task_3 *)t6;
#line 8
    t7->f1 = 3;
#line 8
    t7->f2 = WYN_S(S_3);
#line 8
    wyn_future *t8 = wyn_scope_spawn(t5, t6, &TASK_2);
    wyn_future *t9 = wyn_scope_task_new(sizeof(E_main_task_4), sizeof(wyn_str *));
#line 9
    E_main_task_4 *t10 = (E_main_task_4 *)t9;
#line 9
    t10->f1 = 4;
#line 9
    t10->f2 = WYN_S(S_4);
#line 9
    wyn_future *t11 = wyn_scope_spawn(t5, t9, &TASK_3);
#line 7
    wyn_scope_leave(t5, &SITE_3);
#line 7
    a = *(wyn_str **)wyn_await(t8, &SITE_4);
#line 7
    b = *(wyn_str **)wyn_await(t11, &SITE_5);
#line 11
    wyn_println_str(wyn_str_concat2(a, b));
}

/* fn Future<string>.to_string(self) -> string */
#line N "std/concurrency.wyn"
static wyn_str *w_Future_string_to_string(wyn_future *self) {
#line N
    return wyn_future_is_done(self) ? WYN_S(S_5) : WYN_S(S_6);
}

#line 4 "tasks.wyn"
static void w_main_task(void *t1) {
#line 4
    E_main_task *t2 = (E_main_task *)t1;
#line 4
    int64_t t3 = t2->f1;
#line 4
    wyn_str *t4 = t2->f2;
#line 4
    t2->f2 = NULL;
#line 4
    *(wyn_str **)wyn_future_value(t1) = w_work(t3, t4);
}

#line 5
static void w_main_task_2(void *t1) {
#line 5
    E_main_task_2 *t2 = (E_main_task_2 *)t1;
#line 5
    int64_t t3 = t2->f1;
#line 5
    wyn_str *t4 = t2->f2;
#line 5
    t2->f2 = NULL;
#line 5
    *(wyn_str **)wyn_future_value(t1) = w_work(t3, t4);
}

static void w_main_task_3(void *t1) {
#line 8
    E_main_task_3 *t2 = (E_main_task_3 *)t1;
#line 8
    int64_t t3 = t2->f1;
#line 8
    wyn_str *t4 = t2->f2;
#line 8
    t2->f2 = NULL;
#line 8
    *(wyn_str **)wyn_future_value(t1) = w_work(t3, t4);
}

#line 9
static void w_main_task_4(void *t1) {
#line 9
    E_main_task_4 *t2 = (E_main_task_4 *)t1;
#line 9
    int64_t t3 = t2->f1;
#line 9
    wyn_str *t4 = t2->f2;
#line 9
    t2->f2 = NULL;
#line 9
    *(wyn_str **)wyn_future_value(t1) = w_work(t3, t4);
}
