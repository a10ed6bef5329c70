/* timer.c - runs several commands in turn and says how long each took.
 *     timer ROUNDS OUTDIR LABEL COMMAND ARG... [++ LABEL COMMAND ARG...]...
 * The commands take turns in every round, so that a disturbance hits all of them. "@R" in an
 * argument stands for the number of the round. The output of the last round is in OUTDIR/LABEL.out.
 * One line a command: LABEL, best and median wall time and best CPU time in microseconds, largest
 * peak memory in KB. A command that fails prints nothing but its LABEL and "failed". */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { COMMANDS_MAX = 32, ROUNDS_MAX = 1000, ARGS_MAX = 64 };

extern char **environ;

typedef struct Command {
    const char *label;
    char **argv;
    int argc;
    int failed;
    double wall[ROUNDS_MAX];
    double cpu;
    long peak_kb;
} Command;

static Command commands[COMMANDS_MAX];

static void die(const char *why) {
    fprintf(stderr, "timer: %s\n", why);
    exit(1);
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double time_us(struct timeval t) { return t.tv_sec * 1e6 + t.tv_usec; }

/* The argument with every "@R" replaced. */
static char *arg_for_round(const char *arg, int round) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) die("no memory");
    for (const char *p = arg; *p != '\0'; p++) {
        if (p[0] == '@' && p[1] == 'R') {
            fprintf(out, "%d", round);
            p++;
        } else {
            fputc(*p, out);
        }
    }
    fclose(out);
    return text;
}

static void command_run(Command *c, int round, const char *out_dir) {
    char *argv[ARGS_MAX + 1] = {NULL};
    if (c->argc > ARGS_MAX) die("too many arguments");
    for (int i = 0; i < c->argc; i++) argv[i] = arg_for_round(c->argv[i], round);
    char *out = NULL;
    if (asprintf(&out, "%s/%s.out", out_dir, c->label) < 0) die("no memory");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    double start = now_us();
    pid_t pid;
    int status = 0;
    struct rusage use;
    if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) != 0) {
        c->failed = 1;
    } else if (wait4(pid, &status, 0, &use) != pid || status != 0) {
        c->failed = 1;
    } else {
        double cpu = time_us(use.ru_utime) + time_us(use.ru_stime);
        c->wall[round] = now_us() - start;
        if (round == 0 || cpu < c->cpu) c->cpu = cpu;
        if (use.ru_maxrss > c->peak_kb) c->peak_kb = use.ru_maxrss;
    }
    posix_spawn_file_actions_destroy(&files);
    free(out);
    for (int i = 0; i < c->argc; i++) free(argv[i]);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 5) die("usage: timer ROUNDS OUTDIR LABEL COMMAND ARG... [++ LABEL COMMAND ...]");
    int rounds = atoi(argv[1]);
    if (rounds < 1 || rounds > ROUNDS_MAX) die("ROUNDS must be 1 to 1000");
    int n = 0;
    for (int i = 3; i < argc; i++) {
        if (n == COMMANDS_MAX) die("too many commands");
        Command *c = &commands[n++];
        c->label = argv[i++];
        c->argv = argv + i;
        while (i < argc && strcmp(argv[i], "++") != 0) i++;
        c->argc = (int)(argv + i - c->argv);
        if (c->argc < 1) die("a label without a command");
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < n; i++) {
            if (!commands[i].failed) command_run(&commands[i], round, argv[2]);
        }
    }
    for (int i = 0; i < n; i++) {
        Command *c = &commands[i];
        if (c->failed) {
            printf("%s failed\n", c->label);
            continue;
        }
        qsort(c->wall, (size_t)rounds, sizeof c->wall[0], by_size);
        printf("%s %.0f %.0f %.0f %ld\n", c->label, c->wall[0], c->wall[rounds / 2], c->cpu,
               c->peak_kb);
    }
    return 0;
}
