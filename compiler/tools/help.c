/* help.c - help, manual page and completion, all from the tables of options.def. */
#include "../base/embed.h"
#include "tools.h"
#include <stdio.h>
#include <string.h>

#define VERSION "0.1.0"

static Str command_line(Arena *a, u32 i) {
    const CommandRow *row = &command_rows[i];
    return str_fmt(a, "wync %s%s%s", row->name, *row->usage ? " " : "", row->usage);
}

static Str option_line(Arena *a, u32 i) {
    const OptionRow *row = &option_rows[i];
    bool letter = strlen(row->name) == 2;
    return str_fmt(a, "%s%s%s", row->name, !row->value ? "" : letter ? " " : "=",
                   row->value ? row->value : "");
}

static bool command_shown(u32 i) { return *command_rows[i].help; }
static bool option_shown(u32 i) { return strncmp(option_rows[i].help, "the same as", 11) != 0; }

int help_command(int fd) {
    FILE *to = fd == 1 ? stdout : stderr;
    Arena a = {0};
    fprintf(to, "wync " VERSION ", compiler of the language Wyn\n\n"
            "  wync FILE [-o OUT]                   compile FILE.wyn to ./FILE\n");
    for (u32 i = 0; i < COMMAND_COUNT; i++)
        if (command_shown(i))
            fprintf(to, "  %-36s %s\n", command_line(&a, i).p, command_rows[i].help);
    fputs("\nOptions\n", to);
    for (u32 i = 0; i < OPTION_COUNT; i++)
        if (option_shown(i))
            fprintf(to, "  %-36s %s\n", option_line(&a, i).p, option_rows[i].help);
    fputs("\nExit status: 0 done, 1 wrong usage or environment, 2 lexical, 3 syntax, 4 semantic "
          "error,\n5 the C compiler failed, 70 bug of wync, 101 panic of a program that was run.\n",
          to);
    arena_free(&a);
    return fd == 1 ? EXIT_OK : EXIT_USAGE;
}

int version_command(void) {
    puts("wync " VERSION);
    return EXIT_OK;
}

/* roff: a backslash and a leading dot or quote would be commands. */
static void roff(const char *s) {
    if (*s == '.' || *s == '\'') fputs("\\&", stdout);
    for (; *s; s++) {
        if (*s == '\\') fputs("\\e", stdout);
        else if (*s == '-') fputs("\\-", stdout);
        else putchar(*s);
    }
}

static void roff_item(const char *term, const char *text) {
    fputs(".TP\n.B ", stdout);
    roff(term);
    putchar('\n');
    roff(text);
    putchar('\n');
}

int man_command(void) {
    Arena a = {0};
    fputs(".TH WYNC 1 \"\" \"wync " VERSION "\"\n.SH NAME\nwync \\- compiler of the language Wyn\n"
          ".SH SYNOPSIS\n.B wync\nFILE [\\-o OUT]\n.br\n.B wync\nCOMMAND [OPTIONS]\n"
          ".SH DESCRIPTION\nCompiles programs of the language Wyn to native programs by way of C.\n"
          ".SH COMMANDS\n", stdout);
    for (u32 i = 0; i < COMMAND_COUNT; i++)
        if (command_shown(i)) roff_item(command_line(&a, i).p, command_rows[i].help);
    fputs(".SH OPTIONS\n", stdout);
    for (u32 i = 0; i < OPTION_COUNT; i++) roff_item(option_line(&a, i).p, option_rows[i].help);
    fputs(".SH EXIT STATUS\n0 done, 1 wrong usage or environment, 2 lexical error, 3 syntax error, "
          "4 semantic error,\n5 the C compiler failed, 70 bug of wync. "
          "A program that panics exits with 101.\n"
          ".SH ENVIRONMENT\n", stdout);
    roff_item("XDG_CACHE_HOME", "Compiled programs are kept in its folder wyn "
              "(default ~/.cache/wyn), at most 256 MB.");
    roff_item("TMPDIR", "Temporary files go to a private folder there (default /tmp).");
    roff_item("NO_COLOR", "Diagnostics are not coloured when it is set.");
    arena_free(&a);
    return EXIT_OK;
}

int completion_command(void) {
    fputs("# bash completion for wync\n_wync() {\n    local cur=${COMP_WORDS[COMP_CWORD]}\n"
          "    case $cur in\n", stdout);
    for (u32 i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &option_rows[i];
        if (!row->value || !strchr(row->value, '|')) continue;
        printf("    %s=*) COMPREPLY=($(compgen -P '%s=' -W '", row->name, row->name);
        for (const char *c = row->value; *c; c++) putchar(*c == '|' ? ' ' : *c);
        fputs("' -- \"${cur#*=}\")); return ;;\n", stdout);
    }
    fputs("    -*) COMPREPLY=($(compgen -W '", stdout);
    for (u32 i = 0; i < OPTION_COUNT; i++) printf("%s ", option_rows[i].name);
    fputs("' -- \"$cur\")); return ;;\n    esac\n    local words=\n"
          "    [ \"$COMP_CWORD\" = 1 ] && words='", stdout);
    for (u32 i = 0; i < COMMAND_COUNT; i++)
        if (command_shown(i)) printf("%s ", command_rows[i].name);
    fputs("'\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") "
          "$(compgen -f -X '!*.wyn' -- \"$cur\") $(compgen -d -- \"$cur\"))\n}\n"
          "complete -o filenames -F _wync wync\n", stdout);
    return EXIT_OK;
}

int explain_command(const Options *o) {
    if (!o->file) {
        fputs("Codes:\n", stdout);
        for (u32 i = 0; i < DIAG_COUNT; i++)
            printf("  %s  %s\n", diag_code_text((DiagCode)i), diag_title((DiagCode)i));
        return EXIT_OK;
    }
    char name[16];
    snprintf(name, sizeof name, "%.8s.md", o->file);
    for (char *c = name; *c && *c != '.'; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    for (u32 i = 0; i < embedded_explain_count; i++)
        if (strcmp(embedded_explain[i].name, name) == 0) {
            fputs(embedded_explain[i].text, stdout);
            return EXIT_OK;
        }
    say("there is no diagnostic '%s'; `wync explain` lists them all", o->file);
    return EXIT_USAGE;
}
