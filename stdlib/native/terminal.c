/* terminal.c - what stands behind the standard streams. */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wyn_inline.h"

bool wyn_terminal_is(int64_t fd);
bool wyn_terminal_is(int64_t fd) { return isatty((int)fd) == 1; }

/* Columns and rows of the terminal, 80 and 24 when there is none. */
wyn_array *wyn_terminal_size(void);
wyn_array *wyn_terminal_size(void) {
    struct winsize w;
    int64_t size[2] = {80, 24};
    for (int fd = 0; fd < 3; fd++) {
        if (ioctl(fd, TIOCGWINSZ, &w) != 0 || w.ws_col == 0) continue;
        size[0] = w.ws_col;
        size[1] = w.ws_row;
        break;
    }
    return wyn_array_of(&wyn_type_int, 2, size);
}

/* What the log is set to: 0 the level, 1 the JSON form. */
static _Atomic int64_t settings[2];

int64_t wyn_log_setting(int64_t which);
int64_t wyn_log_setting(int64_t which) {
    return atomic_load_explicit(&settings[which & 1], memory_order_relaxed);
}

void wyn_log_set(int64_t which, int64_t v);
void wyn_log_set(int64_t which, int64_t v) {
    atomic_store_explicit(&settings[which & 1], v, memory_order_relaxed);
}
