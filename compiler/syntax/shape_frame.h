/* shape_frame.h - what shape.c and shape_class.c share: the frames and the state of the filter. */
#ifndef WYN_SHAPE_FRAME_H
#define WYN_SHAPE_FRAME_H
#include "shape.h"

typedef enum FrameKind { /* up to FR_ENUM: active */
    FR_BLOCK, FR_MATCH, FR_SELECT, FR_STRUCT, FR_ENUM,
    FR_PAREN, FR_BRACKET, FR_MAP, FR_LIT, FR_INTERP, FR_GENERIC
} FrameKind;

typedef struct Frame {
    u8 kind;
    bool pattern;      /* MATCH, SELECT: before the `=>` of an arm */
    bool ret, ret_stmt; /* a function head is open here; it declares a name */
    bool let;          /* between `let` and its `=` */
    bool pipe;         /* between the bars of a lambda head */
    bool default_seen; /* STRUCT: after the `=` of a field */
    bool stmt;         /* its `}` ends a statement */
    bool quiet;        /* no TERM after its `)`: of scope(..) and await(timeout: ..) */
    bool for_c;        /* the head of for (var i = 0; ...) */
    bool cap;          /* GENERIC: the name before `<` is capitalised */
    bool impl_gens;    /* GENERIC: directly after impl */
    u32 opener;        /* its opening token in the output */
    u32 heads;         /* heads below this index belong to outer frames */
    u32 count;         /* right-recursive tokens since the last comma or TERM */
} Frame;

/* A keyword that waits for its `{`. */
typedef struct Head {
    u8 kind;
    bool stmt;    /* it began a statement */
    bool c_style; /* for var ...; */
} Head;

/* The token emitted before. */
typedef struct Prev {
    TokenKind kind;
    bool ender;
    bool stmt_close;  /* `}` of a block that began a statement */
    bool arm_arrow, label_colon;
    bool cap;         /* a capitalised name, or `>` after one */
    bool declared;    /* a name after struct, enum, trait, type */
    bool impl_gens;   /* the `>` of impl<T> */
    bool prefix;      /* an operator in operand position */
} Prev;

typedef struct Shape {
    Arena *scratch;
    Diags *ds;
    u32 file;
    const char *text;
    Token *raw;
    TokenVec out;
    Frame frames[NESTING_LIMIT + 1], *frame;
    u32 depth;        /* frames open */
    u32 extra;        /* sum of their counts */
    VEC(Head) heads;
    Prev prev;
    bool fn_name;     /* between `fn` and its `(` */
    bool else_stmt;   /* the `else` before belongs to a statement */
    bool failed;
} Shape;

bool frame_active(const Frame *f);
bool frame_in_pattern(const Frame *f);
bool shape_at_operand(const Shape *s);
bool shape_at_statement(const Shape *s);
const Head *shape_head(const Shape *s); /* of the innermost frame, NULL: none waits */
void shape_count(Shape *s);
void shape_push(Shape *s, FrameKind kind, bool stmt);
Frame shape_pop(Shape *s);
void shape_put(Shape *s, TokenKind kind, const Token *t);

/* shape_class.c: brackets and operators by their place. `i` is the last raw token of `t`. */
void class_bracket(Shape *s, TokenKind k, u32 i, const Token *t);
void class_operator(Shape *s, TokenKind k, u32 i, const Token *t);
#endif
