/* Strings: pieces, search, case, characters, numbers. */
#include "check.h"

const char wyn_names[] = "wyn_main\0main\0";

static void pieces(void) {
    wyn_str *s = STR("hello, world");
    TEXT(wyn_str_slice_to(s, 0, 5), "hello");
    TEXT(wyn_str_slice_to(s, -5, WYN_SLICE_END), "world");
    TEXT(wyn_str_slice_to(s, 3, -3), "lo, wo");
    TEXT(wyn_str_slice_to(s, 8, 3), "");
    TEXT(wyn_str_slice(s, -3, 5), "hello");
    TEXT(wyn_str_slice(s, 7, 100), "world");
    TEXT(wyn_str_index(s, -1, NULL), "d");
    OK(wyn_str_byte_at(s, 0, NULL) == 'h');
    TEXT(wyn_str_concat2(s, wyn_str_empty), "hello, world");
    wyn_str *parts[] = {STR("a"), wyn_str_empty, STR("bcd"), STR("e")};
    TEXT(wyn_str_concat(4, parts), "abcde");
    OK(wyn_str_concat(0, parts) == wyn_str_empty);
    TEXT(wyn_str_times(STR("ab"), 5, NULL), "ababababab");
    TEXT(wyn_str_times(STR("x"), 3, NULL), "xxx");
    TEXT(wyn_str_repeat(STR("ab"), -1), "");
    TEXT(wyn_str_char_at(s, -1), "");
    TEXT(wyn_str_char_at(s, 1), "e");
    TEXT(wyn_str_pad_left(STR("7"), 3, STR("0")), "007");
    TEXT(wyn_str_pad_right(STR("7"), 3, STR("")), "7  ");
    TEXT(wyn_str_pad_left(STR("1234"), 3, STR("0")), "1234");
}

static void search(void) {
    wyn_str *s = STR("abcabc");
    OK(wyn_str_index_of(s, STR("c")) == 2 && wyn_str_last_index_of(s, STR("c")) == 5);
    OK(wyn_str_index_of(s, STR("")) == 0 && wyn_str_index_of(s, STR("x")) == -1);
    OK(wyn_str_index_of(s, STR("abcabcabc")) == -1);
    OK(wyn_str_count(s, STR("bc")) == 2 && wyn_str_count(s, STR("")) == 0);
    OK(wyn_str_count(STR("aaa"), STR("aa")) == 1);
    OK(wyn_str_contains(s, STR("")) && wyn_str_starts_with(s, STR("ab")));
    OK(wyn_str_ends_with(s, STR("abc")) && !wyn_str_ends_with(STR("c"), STR("abc")));
    TEXT(wyn_str_replace(s, STR("b"), STR("--")), "a--ca--c");
    TEXT(wyn_str_replace(s, STR("abc"), STR("")), "");
    OK(wyn_str_replace(s, STR(""), STR("x")) == s);
    OK(wyn_str_cmp(STR("a"), STR("ab")) < 0 && wyn_str_cmp(STR("b"), STR("ab")) > 0);
    OK(wyn_str_cmp(STR("a\0b"), STR("a\0b")) == 0 && wyn_str_cmp(STR("\xff"), STR("a")) > 0);
    OK(wyn_str_eq(STR("a\0b"), STR("a\0b")) && !wyn_str_eq(STR("a\0b"), STR("a\0c")));
}

static void joined(wyn_array *a, const char *want) { TEXT(wyn_str_join(a, STR("|")), want); }

static void lists(void) {
    joined(wyn_str_split(STR("a,,b"), STR(",")), "a||b");
    joined(wyn_str_split(STR(""), STR(",")), "");
    OK(wyn_array_len(wyn_str_split(STR(""), STR(","))) == 1);
    joined(wyn_str_split(STR("a\xc3\xa9"), STR("")), "a|\xc3\xa9");
    joined(wyn_str_chars(STR("\xe6\x97\xa5\xe6\x9c\xac\xff" "a")),
           "\xe6\x97\xa5|\xe6\x9c\xac|\xff|a");
    joined(wyn_str_lines(STR("one\r\n\ntwo\n")), "one||two");
    OK(wyn_array_len(wyn_str_lines(STR(""))) == 0);
    joined(wyn_str_words(STR("  a bc\td ")), "a|bc|d");
    TEXT(wyn_str_split_at(STR("a,b"), STR(","), 1), "b");
    TEXT(wyn_str_split_at(STR("a,b"), STR(","), 2), "");
    OK(wyn_str_split_count(STR("a,b"), STR(",")) == 2);
    TEXT(wyn_str_from_bytes(wyn_str_to_bytes(STR("a\xff"))), "a\xff");
}

static void letters(void) {
    TEXT(wyn_str_upper(STR("aZ\xc3\xa9")), "AZ\xc3\xa9");
    TEXT(wyn_str_lower(STR("aZ")), "az");
    TEXT(wyn_str_capitalize(STR("hELLO")), "Hello");
    TEXT(wyn_str_title(STR("one tWO")), "One Two");
    TEXT(wyn_str_trim(STR(" \t\r\n a b \n")), "a b");
    TEXT(wyn_str_trim_left(STR(" a ")), "a ");
    TEXT(wyn_str_trim_right(STR(" a ")), " a");
    TEXT(wyn_str_reverse(STR("a\xc3\xa9z")), "z\xc3\xa9" "a");
    OK(wyn_str_is_alpha(STR("ab")) && !wyn_str_is_alpha(STR("")) && !wyn_str_is_digit(STR("1a")));
    OK(wyn_str_is_numeric(STR("-1.5")) && !wyn_str_is_numeric(STR("1.5.2")));
    OK(!wyn_str_is_numeric(STR(".")) && wyn_str_is_alnum(STR("a1")));
    OK(wyn_str_char_count(STR("a\xc3\xa9")) == 2);
    OK(wyn_str_code_at(STR("\xe2\x82\xac"), 0) == 0x20ac);
    TEXT(wyn_str_from_code(0x20ac), "\xe2\x82\xac");
    TEXT(wyn_str_from_code(0x1f600), "\xf0\x9f\x98\x80");
    wyn_array *args = wyn_array_new(&wyn_type_str, 2);
    wyn_array_push_str(args, STR("x"));
    wyn_array_push_str(args, STR("{}"));
    TEXT(wyn_str_format(STR("{} = {{{}}} {}"), args), "x = {{}} {}");
}

static void bad_int(void) { wyn_str_to_int(STR("12a")); }
static void big_int(void) { wyn_str_to_int(STR("9223372036854775808")); }
static void bad_float(void) { wyn_str_to_float(STR("x")); }
static void bad_index(void) { wyn_str_index(STR("abc"), 10, &(wyn_site){"f.wyn", "f", 3}); }
static void inner_nul(void) { wyn_str_c(STR("a\0b")); }

static void numbers(void) {
    OK(wyn_str_to_int(STR(" -42 ")) == -42 && wyn_str_to_int(STR("+7")) == 7);
    OK(wyn_str_to_int(STR("-9223372036854775808")) == INT64_MIN);
    OK(wyn_str_to_float(STR(" 1e3 ")) == 1000.0 && wyn_str_to_float(STR("-.5")) == -0.5);
    OK(!wyn_str_is_int(STR("")) && !wyn_str_is_int(STR("-")) && !wyn_str_is_float(STR(" ")));
    TEXT(wyn_int_to_base(255, 16), "ff");
    TEXT(wyn_int_to_base(-1, 2),
         "1111111111111111111111111111111111111111111111111111111111111111");
    PANICS(bad_int, "to_int parse error: \"12a\" is not a valid integer");
    PANICS(big_int, "to_int overflow: \"9223372036854775808\" does not fit in a 64-bit int");
    PANICS(bad_float, "to_float parse error: \"x\" is not a valid number");
    PANICS(bad_index, "panic at f.wyn:3: string index out of bounds: index 10, length 3");
    PANICS(inner_nul, "NUL byte");
}

static void builders(void) {
    wyn_builder *b = wyn_builder_new();
    TEXT(wyn_builder_to_string(b), "");
    wyn_builder_append(b, STR("n = "));
    wyn_builder_append_int(b, -5);
    wyn_str *before = wyn_builder_to_string(b);
    for (int i = 0; i < 1000; i++) wyn_builder_append_line(b, STR("0123456789"));
    TEXT(before, "n = -5");
    OK(wyn_builder_len(b) == 6 + 11000 && wyn_str_ends_with(wyn_builder_to_string(b), STR("9\n")));
    wyn_builder_clear(b);
    wyn_builder_append_float(b, 2);
    wyn_builder_append_bool(b, true);
    TEXT(wyn_builder_to_string(b), "2.0true");
}

int64_t wyn_main(void) {
    pieces();
    search();
    lists();
    letters();
    numbers();
    builders();
    return 0;
}
