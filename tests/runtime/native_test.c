/* Files, time, environment, random numbers. */
#include "check.h"

const char wyn_names[] = "";

static void files(void) {
    wyn_str *path = wyn_file_temp();
    OK(wyn_file_exists(path) && wyn_file_is_file(path) && !wyn_file_is_dir(path));
    OK(wyn_file_write(path, STR("one\r\n\ntwo")) && wyn_file_append(path, STR("\n")));
    OK(wyn_file_size(path) == 10);
    wyn_array *lines = wyn_file_read_lines(path);
    TEXT(wyn_str_join(lines, STR("|")), "one||two");
    wyn_str *other = wyn_str_concat2(path, STR(".b"));
    OK(wyn_file_copy(path, other) && wyn_str_eq(wyn_file_read(other), wyn_file_read(path)));
    OK(wyn_file_rename(other, path) && !wyn_file_exists(other));
    wyn_str *big = wyn_str_repeat(STR("0123456789"), 100000);
    OK(wyn_file_write(path, big) && wyn_str_eq(wyn_file_read(path), big));
    OK(wyn_file_delete(path) && !wyn_file_delete(path));
    TEXT(wyn_sys_error(), "No such file or directory");
    TEXT(wyn_file_read(path), "");
    OK(wyn_array_len(wyn_file_read_lines(path)) == 0 && wyn_file_size(path) == -1);
    OK(wyn_file_mkdir(path) && wyn_file_is_dir(path) && wyn_file_rmdir(path));
    OK(wyn_array_len(wyn_file_list_dir(STR("/"))) > 3);
    OK(wyn_file_read(STR("/proc/version"))->len > 5);
    OK(wyn_array_len(wyn_file_glob(STR("/pro?"))) == 1);
}

static void numbers(void) {
    wyn_random_seed(1);
    int64_t first = wyn_random_bits();
    wyn_random_seed(1);
    OK(first == wyn_random_bits());
    for (int i = 0; i < 10000; i++) {
        int64_t v = wyn_random_int(-3, 3);
        double d = wyn_random_float();
        OK(v >= -3 && v <= 3 && d >= 0 && d < 1);
    }
    OK(wyn_random_int(5, 5) == 5 && wyn_random_int(INT64_MIN, INT64_MAX) != 0);
    OK(wyn_float_round_to(2.345, 1) == 2.3 && wyn_float_is_nan(wyn_float_round_to(1, 0)) == false);
}

static void process(void) {
    TEXT(wyn_time_iso(0), "1970-01-01T00:00:00Z");
    OK(wyn_time_now() > 1600000000 && wyn_time_now_millis() / 1000 - wyn_time_now() < 2);
    wyn_sys_set_env(STR("WYN_TEST_X"), STR("y"));
    TEXT(wyn_sys_env(STR("WYN_TEST_X")), "y");
    TEXT(wyn_sys_env(STR("WYN_TEST_NONE")), "");
    OK(wyn_array_len(wyn_sys_args()) == 1 && wyn_sys_pid() > 1);
}

static void reader(void) {
    int ends[2];
    OK(pipe(ends) == 0 && write(ends[1], "12\n x\r\n\nlast", 12) == 12);
    close(ends[1]);
    dup2(ends[0], 0);
    wyn_println_int(wyn_input_int());
    wyn_println_str(wyn_input_line());
    wyn_println_int(wyn_input_line()->len);
    wyn_str *line = wyn_input_line_opt();
    OK(line != NULL);
    wyn_println_str(line);
    OK(wyn_input_line_opt() == NULL);
    wyn_println_int(wyn_input_line()->len);
}

static void closed_stdout(void) {
    close(1);
    for (int i = 0; i < 100000; i++) wyn_println_int(i);
}

int64_t wyn_main(void) {
    files();
    numbers();
    process();
    Child c = check_child(reader);
    OK(c.status == 0 && strcmp(c.text, "12\n x\n0\nlast\n0\n") == 0);
    c = check_child(closed_stdout);
    OK(c.status == 1 && c.text[0] == '\0');
    return 0;
}
