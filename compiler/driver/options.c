/* options.c - reads argv against the tables of options.def. */
#include "options.h"
#include <stdlib.h>
#include <string.h>

const CommandRow command_rows[COMMAND_COUNT] = {
#define COMMAND(id, name, usage, help) [id] = {name, usage, help},
#define OPTION(id, name, value, help)
#include "options.def"
#undef COMMAND
#undef OPTION
};
const OptionRow option_rows[OPTION_COUNT] = {
#define COMMAND(id, name, usage, help)
#define OPTION(id, name, value, help) [id] = {name, value, help},
#include "options.def"
#undef COMMAND
#undef OPTION
};

typedef struct Parser {
    Arena *arena;
    Options *o;
    int argc, at;
    char **argv;
    Str error;
} Parser;

/* ", did you mean 'X'?" for the nearest of the names, or "". */
static Str did_you_mean(Arena *a, const char *word, bool options) {
    u32 best = 3, n = options ? (u32)OPTION_COUNT : (u32)COMMAND_COUNT;
    const char *found = NULL;
    for (u32 i = 0; i < n; i++) {
        const char *name = options ? option_rows[i].name : command_rows[i].name;
        u32 d = str_distance(str_c(word), str_c(name), best);
        if (d >= best || d >= strlen(name)) continue;
        best = d;
        found = name;
    }
    return found ? str_fmt(a, ", did you mean '%s'?", found) : S("");
}

static void fail(Parser *p, Str text) {
    if (!p->error.n) p->error = text;
}

static void fail_value(Parser *p, OptionId id, const char *value) {
    fail(p, str_fmt(p->arena, "%s takes %s, not '%s'", option_rows[id].name,
                    option_rows[id].value, value));
}

/* Which of the words between '|' of the option's value is meant; -1 after an error. */
static int choice(Parser *p, OptionId id, const char *value) {
    const char *at = option_rows[id].value;
    for (int i = 0; *at; i++) {
        size_t n = strcspn(at, "|");
        if (strlen(value) == n && memcmp(at, value, n) == 0) return i;
        at += n + (at[n] == '|');
    }
    fail_value(p, id, value);
    return -1;
}

static u32 number(Parser *p, OptionId id, const char *value) {
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    if (*end || end == value || n == 0 || n > 1000000) fail_value(p, id, value);
    return (u32)n;
}

static void link_add(Parser *p, const char *flag, const char *value) {
    Str s = str_fmt(p->arena, "%s%s", flag, value);
    vec_push(p->arena, &p->o->cc.link, s);
}

static void option_set(Parser *p, OptionId id, const char *value) { /* table */
    Options *o = p->o;
    switch (id) {
    case OPT_OUTPUT: o->output = value; break;
    case OPT_FAST:
    case OPT_O0: o->cc.optimise = false, o->opt_given = true; break;
    case OPT_RELEASE:
    case OPT_O2: o->cc.optimise = true, o->opt_given = true; break;
    case OPT_DEBUG_LONG:
    case OPT_DEBUG: o->cc.debug = true; break;
    case OPT_CC: o->cc.kind = choice(p, id, value) == 1 ? CC_CLANG : CC_GCC; break;
    case OPT_STATIC_GC: o->cc.static_gc = true; break;
    case OPT_LIB: link_add(p, "-l", value); break;
    case OPT_LIB_DIR: link_add(p, "-L", value); break;
    case OPT_CHECK: o->compile.overflow_check = choice(p, id, value) == 0; break;
    case OPT_LINT: o->compile.lint = true; break;
    case OPT_ERROR_FORMAT: o->format = choice(p, id, value) == 1 ? DIAG_JSON : DIAG_TEXT; break;
    case OPT_DUMP: o->compile.dump = (DumpKind)(choice(p, id, value) + 1); break;
    case OPT_NO_LINE: o->compile.no_line = true; break;
    case OPT_FILTER: o->filter = value; break;
    case OPT_TEST_MODE: o->compile.test_mode = true; break;
    case OPT_STD: o->doc.std = true; break;
    case OPT_EXAMPLES: o->doc.examples = true; break;
    case OPT_MISSING: o->doc.missing = true; break;
    case OPT_JOBS: o->jobs = number(p, id, value); break;
    case OPT_TIMEOUT: o->timeout_ms = number(p, id, value) * 1000; break;
    case OPT_EXPLAIN: o->command = CMD_EXPLAIN, o->file = value; break;
    case OPT_VERSION:
    case OPT_VERSION_SHORT: o->command = CMD_VERSION; break;
    case OPT_HELP:
    case OPT_HELP_SHORT: o->command = CMD_HELP; break;
    case OPT_MAN: o->command = CMD_MAN; break;
    case OPT_COMPLETION: o->command = CMD_COMPLETION; break;
    case OPTION_COUNT: UNREACHABLE();
    }
}

/* The option named at the front of the word; its value may follow after '=' or, for one-letter
 * options, directly. */
static void option_parse(Parser *p, const char *word) {
    size_t n = strcspn(word, "=");
    for (u32 i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &option_rows[i];
        size_t len = strlen(row->name);
        bool letter = row->value && len == 2 && strncmp(word, row->name, 2) == 0;
        if (!letter && (len != n || memcmp(word, row->name, n) != 0)) continue;
        const char *value = letter && word[2] ? word + 2 : word[n] == '=' ? word + n + 1 : NULL;
        if (!row->value && value) {
            fail(p, str_fmt(p->arena, "%s takes no value", row->name));
        } else if (row->value && !value) {
            if (p->at < p->argc) value = p->argv[p->at++];
            else fail(p, str_fmt(p->arena, "%s needs %s", row->name, row->value));
        }
        if (!p->error.n) option_set(p, (OptionId)i, value);
        return;
    }
    Str hint = did_you_mean(p->arena, str_z(p->arena, (Str){word, (u32)n}), true);
    fail(p, str_fmt(p->arena, "unknown option '%s'%.*s", word, FMT(hint)));
}

static bool command_find(const char *word, Command *found) {
    for (u32 i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(command_rows[i].name, word) == 0) {
            *found = (Command)i;
            return true;
        }
    return false;
}

/* A word that looks like no file: perhaps a mistyped command. */
static void word_parse(Parser *p, const char *word, bool first) {
    Options *o = p->o;
    if (first && host_stat(word).kind == HOST_ABSENT && !strpbrk(word, "./")) {
        Str hint = did_you_mean(p->arena, word, false);
        if (!hint.n) hint = str_fmt(p->arena, " (and there is no file '%s')", word);
        fail(p, str_fmt(p->arena, "Unknown command '%s'%.*s", word, FMT(hint)));
    } else if (o->file && o->command == CMD_RUN) { /* this and the rest go to the program */
        o->args = p->argv + p->at - 1;
        o->arg_count = p->argc - p->at + 1;
        p->at = p->argc;
    } else if (o->file) {
        fail(p, str_fmt(p->arena, "unexpected argument '%s'", word));
    } else {
        o->file = word;
    }
}

/* For a folder, and for none named: its main.wyn or src/main.wyn. */
static const char *main_file(Arena *a, const char *given) {
    if (given && host_stat(given).kind != HOST_DIR) return given;
    static const char *const names[] = {"main.wyn", "src/main.wyn"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        Str path = given ? str_fmt(a, "%s/%s", given, names[i]) : str_c(names[i]);
        if (host_stat(path.p).kind == HOST_FILE) return path.p;
    }
    return given;
}

Str options_parse(Arena *a, Options *o, int argc, char **argv) {
    *o = (Options){.command = CMD_BUILD, .cc.optimise = true, .timeout_ms = 60000};
    Parser p = {.arena = a, .o = o, .argc = argc, .at = 1, .argv = argv};
    bool literal = false, first = true; /* the command is the first word that is no option */
    while (p.at < argc && !p.error.n) {
        const char *word = argv[p.at++];
        if (strcmp(word, "--") == 0 && (literal || o->file)) {
            o->args = argv + p.at;
            o->arg_count = argc - p.at;
            break;
        }
        if (literal) word_parse(&p, word, false);
        else if (strcmp(word, "--") == 0) literal = true;
        else if (word[0] == '-' && word[1]) option_parse(&p, word);
        else if (!first || !command_find(word, &o->command)) word_parse(&p, word, first);
        first &= literal || (word[0] == '-' && word[1]);
    }
    if (!p.error.n && o->arg_count && o->command != CMD_RUN)
        fail(&p, S("only `wync run` passes arguments on after --"));
    if (o->cc.debug && !o->opt_given) o->cc.optimise = false;
    if (o->command == CMD_BUILD || o->command == CMD_RUN || o->command == CMD_CHECK)
        o->file = main_file(a, o->file);
    return p.error;
}
