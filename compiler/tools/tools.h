/* tools.h - the commands that are not compilations. Each gives the exit status. */
#ifndef WYN_TOOLS_H
#define WYN_TOOLS_H
#include "../driver/build.h"

int help_command(int fd);      /* the text of --help on stdout (1) or stderr (2) */
int man_command(void);
int completion_command(void);
int version_command(void);
int explain_command(const Options *o);
int doc_command(Arena *a, const Options *o);
int test_command(Arena *a, const Options *o);
#endif
