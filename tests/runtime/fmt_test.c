/* Text forms of values, floats, format specs. */
#include <math.h>

#include "check.h"

const char wyn_names[] = "";

static void floats(void) {
    static const struct {
        double v;
        const char *text;
    } cases[] = {{1, "1.0"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
                 {1e10, "10000000000.0"},
                 {1e14, "100000000000000.0"}, {1e15, "1e+15"}, {1e300, "1e+300"}, {1e-5, "1e-05"},
                 {2.5e-7, "2.5e-07"}, {123456789012345.0, "123456789012345.0"},
                 {10000000000000002.0, "10000000000000002.0"}, {-0.0, "-0.0"}, {0.0, "0.0"},
                 {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "nan"}, {-NAN, "nan"},
                 {5e-324, "4.94065645841247e-324"}, {2.0 / 3, "0.6666666666666666"},
                 {0.0001, "0.0001"}, {0.00012345, "0.00012345"}, {123.456, "123.456"},
                 {999999999999999.9, "999999999999999.9"}, {1e22, "1e+22"}, {-1.5, "-1.5"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        TEXT(wyn_float_to_string(cases[i].v), cases[i].text);
}

/* The fast path against the definition, on many values. */
static void float_definition(void) {
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 300000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        double v = i % 3 == 0 ? (double)(int64_t)(x >> 40) / 1000 : (double)(x >> 11) * 0x1p-53;
        if (i % 3 == 2) memcpy(&v, &x, sizeof v);
        char want[64];
        if (!isfinite(v)) continue;
        for (int p = 15; p <= 17; p++) {
            snprintf(want, sizeof want, "%.*g", p, v);
            if (strtod(want, NULL) == v) break;
        }
        if (strpbrk(want, ".en") == NULL) memcpy(want + strlen(want), ".0", 3);
        TEXT(wyn_float_to_string(v), want);
    }
}

static wyn_str *spec(const char *how, const void *v, const wyn_type *t) {
    wyn_spec s = {.precision = -1};
    const char *p = how;
    if (p[0] != '\0' && p[1] != '\0' && strchr("<>^", p[1]) != NULL) s.fill = (uint32_t)*p++;
    if (*p != '\0' && strchr("<>^", *p) != NULL) s.align = *p++;
    if (*p != '\0' && strchr("+ -", *p) != NULL) s.sign = *p++;
    if (*p == '0') s.zero = true, p++;
    s.width = (int32_t)strtol(p, (char **)&p, 10);
    if (*p == ',') s.comma = true, p++;
    if (*p == '.') s.precision = (int32_t)strtol(p + 1, (char **)&p, 10);
    s.type = *p;
    wyn_text text;
    wyn_text_open(&text);
    wyn_text_spec(&text, v, t, &s);
    return wyn_text_take(&text);
}

static wyn_str *spec_int(const char *how, int64_t v) { return spec(how, &v, &wyn_type_int); }
static wyn_str *spec_float(const char *how, double v) { return spec(how, &v, &wyn_type_float); }
static wyn_str *spec_str(const char *how, wyn_str *v) { return spec(how, &v, &wyn_type_str); }

static void specs(void) {
    TEXT(spec_int("8", 42), "      42");
    TEXT(spec_int("<8", 42), "42      ");
    TEXT(spec_int("*^8", 42), "***42***");
    TEXT(spec_int("+08", -42), "-0000042");
    TEXT(spec_int("+", 42), "+42");
    TEXT(spec_int(",", -1234567), "-1,234,567");
    TEXT(spec_int("x", 255), "ff");
    TEXT(spec_int("X", -255), "-FF");
    TEXT(spec_int("b", 5), "101");
    TEXT(spec_int(".1f", 5), "5.0");
    TEXT(spec_float(".2", 3.14159), "3.14");
    TEXT(spec_float("8.3f", -2.5), "  -2.500");
    TEXT(spec_float(",.2", 1234567.891), "1,234,567.89");
    TEXT(spec_float(".1%", 0.256), "25.6%");
    TEXT(spec_float("e", 12345.678), "1.234568e+04");
    TEXT(spec_float("6", 1.5), "   1.5");
    TEXT(spec_float("06", NAN), "   nan");
    OK(spec_float(".2f", 1e300)->len == 304);
    TEXT(spec_str("6", STR("h\xc3\xa9")), "h\xc3\xa9    ");
    TEXT(spec_str(">6.1", STR("h\xc3\xa9")), "     h");
    TEXT(spec_str(">6.2", STR("h\xc3\xa9!")), "    h\xc3\xa9");
}

/* ---- values ---- */

typedef struct Point {
    int64_t x;
    wyn_str *name;
    bool ok;
} Point;
static const wyn_field point_fields[] = {{"x", &wyn_type_int, offsetof(Point, x)},
                                         {"name", &wyn_type_str, offsetof(Point, name)},
                                         {"ok", &wyn_type_bool, offsetof(Point, ok)}};
static const wyn_type point_type = {.kind = WYN_T_STRUCT, .flags = WYN_TF_PTR, .count = 3,
                                    .size = sizeof(Point), .name = "Point",
                                    .fields = point_fields};

typedef struct Shape {
    int32_t tag;
    union {
        struct {
            double r;
        } circle;
        struct {
            int64_t w, h;
        } rect;
    } u;
} Shape;
static const wyn_field circle_fields[] = {{NULL, &wyn_type_float, offsetof(Shape, u.circle.r)}};
static const wyn_field rect_fields[] = {{NULL, &wyn_type_int, offsetof(Shape, u.rect.w)},
                                        {NULL, &wyn_type_int, offsetof(Shape, u.rect.h)}};
static const wyn_variant shape_variants[] = {{"Circle", circle_fields, 1, 0, NULL},
                                             {"Rect", rect_fields, 2, 0, NULL},
                                             {"Nil", NULL, 0, 0, NULL}};
static const wyn_type shape_type = {.kind = WYN_T_ENUM_VAL, .count = 3, .size = sizeof(Shape),
                                    .name = "Shape", .variants = shape_variants};

static wyn_str *shout(const void *v) {
    return wyn_str_concat2(STR("!"), *(wyn_str *const *)v);
}

/* Fixed places are those of printf: ties, whole numbers, tiny and large ones. */
static void fixed_places(void) {
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        char want[400], got[WYN_FLOAT_TEXT];
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        uint64_t positive = bits >> 1;
        double any;
        memcpy(&any, &positive, sizeof any);
        double values[] = {(double)(bits >> 11) * 0x1p-53, (double)(bits % 100000) / 8 + 0.0625,
                           (double)(bits >> 34) + (double)(bits & 0xffff) / 65536, any, 0};
        double v = values[i % 5];
        int precision = i / 5 % 10;
        size_t n = v == v ? wyn_float_write_fixed(got, v, precision) : 0;
        if (n == 0) continue;
        snprintf(want, sizeof want, "%.*f", precision, v);
        OK(n == strlen(want) && memcmp(got, want, n) == 0);
    }
}

static void values(void) {
    Point p = {1, STR("a\"d\n\x01\xc3\xa9\xff"), true};
    TEXT(wyn_to_string(&p, &point_type),
         "Point { x: 1, name: \"a\\\"d\\n\\x01\xc3\xa9\\xff\", ok: true }");
    Shape shapes[] = {{0, .u.circle = {2}}, {1, .u.rect = {3, 4}}, {2, .u.rect = {0, 0}}};
    wyn_array *a = wyn_array_of(&shape_type, 3, shapes);
    wyn_type shapes_type = {.kind = WYN_T_ARRAY, .size = 8, .name = "[Shape]", .a = &shape_type};
    TEXT(wyn_to_string(&a, &shapes_type), "[Circle(2.0), Rect(3, 4), Nil]");
    TEXT(wyn_variant_name(&shapes[1], &shape_type), "Rect");
    wyn_str *s = STR("hi");
    TEXT(wyn_to_string(&s, &wyn_type_str), "hi");
    TEXT(wyn_quote(&s, &wyn_type_str), "\"hi\"");
    wyn_type opt = {.kind = WYN_T_OPT_PTR, .size = 8, .name = "string?", .a = &wyn_type_str};
    TEXT(wyn_to_string(&s, &opt), "Some(\"hi\")");
    wyn_str *none = NULL;
    TEXT(wyn_to_string(&none, &opt), "none");
    wyn_type named = {.kind = WYN_T_STRUCT, .size = 8, .name = "N", .to_string = shout};
    wyn_type list = {.kind = WYN_T_ARRAY, .size = 8, .name = "[N]", .a = &named};
    wyn_array *names = wyn_array_of(&wyn_type_str, 1, &s);
    TEXT(wyn_to_string(&names, &list), "[!hi]");
    wyn_type map_type = {.kind = WYN_T_MAP, .size = 8, .a = &wyn_type_str, .b = &wyn_type_int};
    wyn_map *m = wyn_map_new(&map_type, 0);
    TEXT(wyn_to_string(&m, &map_type), "{}");
    *(int64_t *)wyn_map_put_str(m, STR("a")) = 1;
    *(int64_t *)wyn_map_put_str(m, STR("b")) = 2;
    TEXT(wyn_to_string(&m, &map_type), "{\"a\": 1, \"b\": 2}");
    wyn_type set_type = {.kind = WYN_T_SET, .size = 8, .a = &wyn_type_int};
    wyn_map *set = wyn_map_new(&set_type, 0);
    wyn_map_put_i64(set, 3);
    wyn_map_put_i64(set, 1);
    TEXT(wyn_to_string(&set, &set_type), "{3, 1}");
    struct {
        bool ok;
        int64_t v;
        wyn_str *e;
    } r = {false, 0, s};
    wyn_field rf[] = {{NULL, &wyn_type_int, 8}, {NULL, &wyn_type_str, 16}};
    wyn_type result = {.kind = WYN_T_RESULT, .size = 24, .a = &wyn_type_int, .b = &wyn_type_str,
                       .fields = rf};
    TEXT(wyn_to_string(&r, &result), "Err(\"hi\")");
    r.ok = true;
    TEXT(wyn_to_string(&r, &result), "Ok(0)");
    wyn_type tuple = {.kind = WYN_T_TUPLE, .count = 2, .size = 16, .fields =
                      (wyn_field[]){{NULL, &wyn_type_int, 0}, {NULL, &wyn_type_str, 8}}};
    struct {
        int64_t a;
        wyn_str *b;
    } t = {1, STR("a")};
    TEXT(wyn_to_string(&t, &tuple), "(1, \"a\")");
}

static void long_text(void) {
    wyn_text t;
    wyn_text_open(&t);
    for (int i = 0; i < 1000; i++) wyn_text_int(&t, i);
    wyn_str *s = wyn_text_take(&t);
    OK(s->len == 10 + 180 + 2700 && wyn_str_ends_with(s, STR("997998999")));
    TEXT(wyn_int_to_string(INT64_MIN), "-9223372036854775808");
    TEXT(wyn_int_to_string(0), "0");
    TEXT(wyn_int_to_string(100), "100");
}

int64_t wyn_main(void) {
    floats();
    float_definition();
    specs();
    fixed_places();
    values();
    long_text();
    return 0;
}
