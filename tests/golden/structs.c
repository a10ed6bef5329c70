#include "wyn.h"
#include "wyn_inline.h"

typedef struct W_Point {
    int64_t x;
    int64_t y;
} W_Point;

WYN_ARRAY_OPS(W_Point_2, W_Point, false)

static int64_t w_Point_norm(W_Point);
static void w_Point_move(W_Point *, int64_t);
static void w_main(void);

static const wyn_site SITE_0 = {"structs.wyn", "main", 13};
static const wyn_site SITE_1 = {"structs.wyn", "main", 14};
static const wyn_type D_Point;
static const wyn_type D_array_Point;
static const wyn_field D_Point_fields[] = {
    {"x", &wyn_type_int, offsetof(W_Point, x)},
    {"y", &wyn_type_int, offsetof(W_Point, y)},
};
static const wyn_type D_Point = {
    .kind = WYN_T_STRUCT,
    .count = 2,
    .size = sizeof(W_Point),
    .name = "Point",
    .fields = D_Point_fields,
};
static const wyn_type D_array_Point = {
    .kind = WYN_T_ARRAY,
    .flags = WYN_TF_PTR,
    .size = sizeof(wyn_array *),
    .name = "[Point]",
    .a = &D_Point,
};

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_Point_norm\0" "Point.norm" "\0"
    "w_Point_move\0" "Point.move" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn Point.norm(self) -> int */
#line 4 "structs.wyn"
static int64_t w_Point_norm(W_Point self) {
#line 4
    return self.x * self.x + self.y * self.y;
}

/* fn Point.move(mut self, dx: int) */
#line 5
static void w_Point_move(W_Point *self, int64_t dx) {
#line 5
    self->x += dx;
}

/* fn main() */
#line 7
static void w_main(void) {
    wyn_text t1;
#line 8
    W_Point p = (W_Point){.x = 1, .y = 2};
    w_Point_move(&p, 5);
    W_Point t2 = p;
#line 10
    W_Point q = (W_Point){.x = t2.x, .y = 0};
    W_Point t3 = p;
#line 11
    int64_t t4 = w_Point_norm(p);
#line 11
    wyn_text_open(&t1);
#line 11
    wyn_text_int(&t1, t4);
#line 11
    wyn_text_bytes(&t1, " ", 1);
#line 11
    wyn_fmt(&t1, &q, &D_Point);
#line 11
    wyn_text_bytes(&t1, " ", 1);
#line 11
    wyn_text_bool(&t1, t3.x == q.x && t3.y == q.y);
#line 11
    wyn_text_bytes(&t1, "\012", 1);
#line 11
    wyn_text_print(&t1);
    wyn_array *ps = wyn_array_of(&D_Point, 2, (W_Point[]){p, q});
    wyn_array_at_W_Point_2(ps, 1, &SITE_0)->x = 9;
    w_Point_move(wyn_array_at_W_Point_2(ps, 0, &SITE_1), 1);
    wyn_text_open(&t1);
#line 15
    wyn_fmt(&t1, &(wyn_array *){ps}, &D_array_Point);
#line 15
    wyn_text_bytes(&t1, "\012", 1);
#line 15
    wyn_text_print(&t1);
}
