#include "wyn.h"
#include "wyn_inline.h"

static int64_t w_find(wyn_array *, int64_t);
static void w_main(void);

int64_t wyn_main(void) {
    w_main();
    return 0;
}

const char wyn_names[] =
    "w_find\0" "find" "\0"
    "w_main\0" "main" "\0"
    "";

/* fn find(grid: [[int]], want: int) -> int */
#line 2 "labels.wyn"
static int64_t w_find(wyn_array *grid, int64_t want) {
    int64_t steps = 0;
    int64_t t1 = wyn_array_len(grid);
#line 4
    for (int64_t t2 = 0; t2 < t1 && t2 < wyn_array_len(grid); t2++) {
#line 4
        wyn_array *row = wyn_array_raw_array(grid, t2);
        int64_t t3 = wyn_array_len(row);
#line 5
        for (int64_t t4 = 0; t4 < t3 && t4 < wyn_array_len(row); t4++) {
#line 5
            int64_t x = wyn_array_raw_int(row, t4);
            steps++;
            switch (x) {
            case 0: {
#line 8
                goto next_1;
            }
            case 1:
            case 2: {
#line 9
                continue;
            }
            default: {
#line 10
                if (x == want) {
#line 10
                    goto brk_1;
                }
                break;
            }
            }
        }
next_1:;
    }
brk_1:;
#line 14
    return steps;
}

/* fn main() */
#line 16
static void w_main(void) {
    wyn_println_int(w_find(wyn_array_of(&wyn_type_ints, 2, (wyn_array *[]){wyn_array_of(&wyn_type_int, 2, (int64_t[]){1, 5}), wyn_array_of(&wyn_type_int, 1, &(int64_t){7})}), 7));
}
