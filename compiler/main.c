/* main.c - argv to command. Commands run on a stack that is large enough for the deepest program
 * that the nesting limits let through: chains of calls have no limit and are deep on the left. */
#include "tools/tools.h"

typedef struct MainArgs {
    int argc;
    char **argv;
} MainArgs;

static int run_main(void *ctx) {
    int argc = ((MainArgs *)ctx)->argc;
    char **argv = ((MainArgs *)ctx)->argv;
    Arena arena = {0};
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
    case CMD_DOC: return doc_command(&arena, &o);
    case CMD_EXPLAIN: return explain_command(&o);
    case CMD_HELP: return help_command(1);
    case CMD_VERSION: return version_command();
    case CMD_MAN: return man_command();
    case CMD_COMPLETION: return completion_command();
    case COMMAND_COUNT: break;
    }
    UNREACHABLE();
}

int main(int argc, char **argv) {
    MainArgs a = {argc, argv};
    return host_deep(run_main, &a);
}
