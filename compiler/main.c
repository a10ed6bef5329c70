/* main.c - argv to command. */
#include "tools/tools.h"

int main(int argc, char **argv) {
    Arena arena = {0};
    host_catch_crashes();
    Options o;
    Str error = options_parse(&arena, &o, argc, argv);
    if (error.n) {
        say("%.*s", FMT(error));
        return EXIT_USAGE;
    }
    if (argc == 1) return help_command(2);
    switch (o.command) {
    case CMD_BUILD: return build_command(&arena, &o);
    case CMD_RUN: return run_command(&arena, &o);
    case CMD_CHECK: return check_command(&arena, &o);
    case CMD_TEST: return test_command(&arena, &o);
    case CMD_EXPLAIN: return explain_command(&o);
    case CMD_HELP: return help_command(1);
    case CMD_VERSION: return version_command();
    case CMD_MAN: return man_command();
    case CMD_COMPLETION: return completion_command();
    case COMMAND_COUNT: break;
    }
    UNREACHABLE();
}
