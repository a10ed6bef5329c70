/* lexer.h - tokens, and the scanner that turns a whole file into an array of them. */
#ifndef WYN_LEXER_H
#define WYN_LEXER_H
#include "../base/diag.h"

typedef enum TokenKind {
#define TOK(name, text, class) TK_##name,
#include "token.def"
#undef TOK
    TOKEN_KIND_COUNT
} TokenKind;

enum {
    TF_NL = 1,    /* a newline stands before it */
    TF_ADJ = 2,   /* touches the token before */
    TF_JUXT = 4,  /* TERM: made up between two tokens of one line */
    TF_MIN = 8,   /* INT: 9223372036854775808, which needs a minus */
    TF_BODY = 16, /* TERM: opens a body without braces */
};

/* Scanned tokens use `mate`: the index of the other end of a bracket, of a `<`, of a ternary `?`;
 * 0 is none. Filtered tokens use `mate` for the opening token of the frame they lie in (of the one
 * they close), NO_MATE at file level, and `depth` for the number of frames open around them. */
typedef struct Token {
    u8 kind, flags;
    u16 depth;
    u32 off, len, mate;
} Token;
#define NO_MATE UINT32_MAX

typedef VEC(Token) TokenVec;

/* A `///` comment and the token it stands before. */
typedef struct DocText {
    u32 tok_off;
    Str text;
} DocText;
typedef VEC(DocText) DocVec;

typedef struct Lexed {
    TokenVec toks; /* ends with END */
    DocVec docs;
    bool failed;   /* reported: do not go on */
} Lexed;

/* Scan file number `file`. Tokens live in `scratch`, doc texts in `perm`. */
Lexed lex_file(Arena *perm, Arena *scratch, Diags *ds, u32 file);

/* Classes of token.def, for the newline rules. */
enum { TC_ENDER = 1, TC_STARTER = 2, TC_JOINER = 4, TC_TWO_FACED = 8, TC_CLOSER = 16,
       TC_KEYWORD = 32 };
extern const u8 token_class[TOKEN_KIND_COUNT];

const char *token_text(TokenKind k); /* "fn", "(", "a name" */
const char *token_name(TokenKind k); /* "FN", "LP_LAM" */
bool token_is_keyword(TokenKind k);

/* literal.c: values of literals that the scanner has found correct. */
u64 literal_int(Str text);
double literal_float(Str text);
Str literal_text(Arena *a, Str text);   /* decode escapes of a piece without its quotes */

/* What the scanner asks of literal.c. */
typedef struct IntCheck {
    enum { INT_FINE, INT_MIN_ONLY, INT_TOO_LARGE } range;
} IntCheck;
IntCheck literal_int_check(Str digits);
/* Length of the escape at p (a backslash), 0 if it is none. */
u32 escape_len(const char *p, const char *end);
/* Length of the UTF-8 sequence at p, 0 if it is none. */
u32 utf8_len(const char *p, const char *end);
#endif
