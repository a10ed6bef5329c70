/* options.h - the command line: one table of commands and one of options, from which parsing, help,
 * man page and completion are made. */
#ifndef WYN_OPTIONS_H
#define WYN_OPTIONS_H
#include "cc.h"
#include "compile.h"

typedef enum Command {
#define COMMAND(id, name, usage, help) id,
#define OPTION(id, name, value, help)
#include "options.def"
#undef COMMAND
#undef OPTION
    COMMAND_COUNT
} Command;

typedef enum OptionId {
#define COMMAND(id, name, usage, help)
#define OPTION(id, name, value, help) id,
#include "options.def"
#undef COMMAND
#undef OPTION
    OPTION_COUNT
} OptionId;

typedef struct CommandRow {
    const char *name;  /* "" for the plain form */
    const char *usage; /* what follows the name */
    const char *help;
} CommandRow;
typedef struct OptionRow {
    const char *name;  /* "-o", "--dump" */
    const char *value; /* NULL: none; "FILE": the next argument or after "=" */
    const char *help;
} OptionRow;
extern const CommandRow command_rows[COMMAND_COUNT];
extern const OptionRow option_rows[OPTION_COUNT];

typedef struct Options {
    Command command;
    const char *file;   /* FILE, PATH or CODE; NULL when not given */
    const char *output; /* -o */
    const char *filter;
    char **args;        /* after "--" */
    int arg_count;
    CompileOptions compile;
    CcOptions cc;
    DiagFormat format;
    bool opt_given;     /* -O0 or -O2 was written */
    u32 jobs, timeout_ms;
    struct { bool std, examples, missing; } doc;
} Options;

/* The text of an error in the command line, or "" when it was understood. */
Str options_parse(Arena *a, Options *o, int argc, char **argv);
#endif
