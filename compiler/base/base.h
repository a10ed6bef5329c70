/* base.h - fixed-width names, assertions, small macros. Knows nothing of Wyn. */
#ifndef WYN_BASE_H
#define WYN_BASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))

/* An impossible state: a bug of the compiler, never of the user's program. Prints where and exits
 * with status 70. On in release builds. */
_Noreturn void base_bug(const char *file, int line, const char *what);
#define ASSERT(c) ((c) ? (void)0 : base_bug(__FILE__, __LINE__, #c))
#define UNREACHABLE() base_bug(__FILE__, __LINE__, "unreachable")

/* Stage exit codes of the command line. */
enum { EXIT_OK = 0, EXIT_USAGE = 1, EXIT_LEX = 2, EXIT_PARSE = 3, EXIT_CHECK = 4, EXIT_CC = 5,
       EXIT_BUG = 70 };
#endif
