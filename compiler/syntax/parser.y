/* parser.y - the grammar. Each action is a constructor call (ast.c); what the grammar lets through
 * and the language does not is refused by a check_ call. Tokens come from the filter (shape.c),
 * which has settled newlines and every choice that needs look-ahead; the precedences below settle
 * the rest, and no conflict is left. After an error the rest of the statement is skipped. */
%code requires {
#include "build.h"
}
%code {
#include <stdlib.h>
#define YYMAXDEPTH 40000
#define YYINITDEPTH 200
#define YYLLOC_DEFAULT(cur, rhs, n) \
    ((cur) = (n) ? (Loc){YYRHSLOC(rhs, 1).off, YYRHSLOC(rhs, n).end} \
                 : (Loc){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
static int yylex(YYSTYPE *value, Loc *loc, Parser *P);
static void yyerror(Loc *loc, Parser *P, const char *message);
static Items one(Parser *P, Ast *e);
static Items one_name(Parser *P, u32 tok);
#define NONE_TOK NO_MATE
/* After an error: the offending token goes, unless the statement may end at it; errors are reported
 * again at once, unless this one came without any progress. */
#define RESUME \
    do { \
        if (P->drop_bad) yyclearin; \
        if (P->progress) yyerrok; \
        P->drop_bad = P->progress = false; \
    } while (0)
}
%define api.pure full
%define api.prefix {wyn_yy}
%define api.token.prefix {B_}
%define api.location.type {Loc}
%define parse.error custom
%param {Parser *P}
%locations

%union {
    u32 tok;
    Ast *ast;
    Items items;
    AstArg arg;
    AstParam param;
    AstGen gen;
    AstVariant variant;
    StructMember *member;
    AstArm *arm;
    AstSelArm *sel;
}

%token END 0
%token <tok> TERM BAD IDENT INT FLOAT STRING STR_BEG STR_MID STR_END SPEC
%token <tok> AND "and" AS "as" AWAIT "await" BREAK "break" CONST "const" CONTINUE "continue"
  DEFER "defer" ELSE "else" ENUM "enum" EXPORT "export" EXTERN "extern" FALSE "false" FN "fn"
  FOR "for" FROM "from" IF "if" IMPL "impl" IMPORT "import" IN "in" MATCH "match" MUT "mut"
  NONE "None" NOT "not" OR "or" PARALLEL "parallel" PUB "pub" RETURN "return" ROOT "root"
  SELECT "select" SELF "self" SOME "Some" SPAWN "spawn" STRUCT "struct" TRAIT "trait"
  TRUE "true" TYPE "type" VAR "var" WHILE "while" YIELD "yield"
%token <tok> AWAIT_T BLOCKING "blocking" ELIF GUARD HOOK IF_E LABEL LET "let" NOT_IN SCOPE "scope"
  TEST "test"
%token <tok> LP "(" LP_LAM RP ")" LS "[" RS "]" LB "{" LB_LIT LB_MAP RC "}" RB GLT GGT
%token <tok> PLUS "+" MINUS "-" STAR "*" SLASH "/" PERCENT "%" AMP "&" PIPE "|" PIPE_O PIPE_C
  CARET "^" TILDE "~" SHL "<<" SHR ">>" EQ "==" NE "!=" LT "<" GT ">" LE "<=" GE ">="
  ASSIGN "=" ADD_SET "+=" SUB_SET "-=" MUL_SET "*=" DIV_SET "/=" MOD_SET "%=" INC "++" DEC "--"
  ARROW "=>" THIN "->" DOT "." DOTS ".." DOTS_EQ "..=" REST "..." QUEST TRY OPT_DOT "?."
  COALESCE "??" COLON ":" COLONS "::" SEMI ";" COMMA ","

%precedence THEN
%precedence ELSE ELIF
%right "??"
%left "or"
%left "and"
%precedence NOT
%left "<" ">" "<=" ">=" "==" "!=" "in" NOT_IN
%precedence ".." "..="
%left "<<" ">>"
%left "+" "-"
%left "&" "|" "^"
%left "*" "/" "%"
%precedence PREFIX

%type <items> stmts stmt_list exprs exprs1 names if_arms if_e_arms args arg_list params param_list
  gens gen_list bounds members member_list variants variant_list payload trait_items trait_list
  impl_items impl_list path path_list fn_type_params fn_type_list type_path types
  interp lit_fields lit_list map_items map_list arms arm_list sel_arms sel_list pattern_path
  patterns pattern_list pattern_fields pattern_field_list types1 var_names paren_args
%type <ast> stmt block body simple vardecl decl public loop forhead iter cond if_stmt fn fnhead
  fnname struct enum trait impl extern import opt_type ret type tsing topt tbase expr op pfx
  primary literal lambda lambda_body index opt_expr pattern patp pat lit number guard opt_def
  compr_iter for_names
%type <arg> arg lit_field pattern_field
%type <param> param
%type <gen> gen
%type <variant> variant
%type <member> member
%type <ast> trait_item impl_item
%type <arm> arm
%type <sel> sel_arm
%type <tok> mut self_or_name spec blocking opt_label

%%

/* --- statements --- */

program: stmts { P->result = $1; };

stmts: %empty { $$ = (Items){0}; }
    | stmt_list
    | stmt_list TERM;
stmt_list: stmt { $$ = one(P, $1); }
    | stmt_list TERM stmt { check_juxtaposed(P, $1, $2, $3); $$ = $1; ITEM(&$$, Ast *, {$3}); };

block: "{" stmts "}" { check_nested(P, $2); $$ = ast_block(P, @$, $2); };
body: block
    | TERM stmt { $$ = ast_wrap(P, $2); };

stmt: simple
    | block
    | vardecl
    | decl
    | "pub" public { $$ = ast_public(P, @$, $2, AF_PUB); }
    | "export" public { $$ = ast_public(P, @$, $2, AF_EXPORT); }
    | "export" LB_MAP names RB {
        $$ = ast_new(P, AST_EXPORT_LIST, @$);
        $$->names.names = names_of(P, $3);
    }
    | import
    | "return" { $$ = ast_new(P, AST_RETURN, @$); }
    | "return" exprs1 { $$ = ast_new(P, AST_RETURN, @$); $$->ret.values = list_of(P, $2); }
    | "break" opt_label { $$ = ast_jump(P, AST_BREAK, @$, $2); }
    | "continue" opt_label { $$ = ast_jump(P, AST_CONTINUE, @$, $2); }
    | if_stmt
    | loop
    | "parallel" loop { $2->flags |= AF_PARALLEL; $2->span = parser_span(P, @$); $$ = $2; }
    | LABEL ":" loop { ast_loop_label(P, $3, $1); $3->span = parser_span(P, @$); $$ = $3; }
    | LABEL ":" "parallel" loop {
        ast_loop_label(P, $4, $1);
        $4->flags |= AF_PARALLEL;
        $4->span = parser_span(P, @$);
        $$ = $4;
    }
    | "parallel" paren_args block { $$ = ast_scope(P, AST_PARALLEL, @$, $2, NONE_TOK, $3); }
    | "scope" paren_args IDENT block { $$ = ast_scope(P, AST_SCOPE, @$, $2, $3, $4); }
    | "select" "{" sel_arms "}" { $$ = ast_select(P, @$, $3); }
    | "defer" simple { $$ = ast_one(P, AST_DEFER, @$, $2); }
    | "defer" block { $$ = ast_one(P, AST_DEFER, @$, $2); }
    | "yield" expr { $$ = ast_one(P, AST_YIELD, @$, $2); }
    | "test" IDENT block { $$ = ast_test(P, AST_TEST, @$, $2, $3); }
    | "test" STRING block { $$ = ast_test(P, AST_TEST, @$, $2, $3); }
    | HOOK block { $$ = ast_test(P, AST_HOOK, @$, $1, $2); }
    | error { RESUME; $$ = ast_new(P, AST_ERROR, @$); };

opt_label: %empty { $$ = NONE_TOK; } | IDENT;
paren_args: %empty { $$ = (Items){0}; } | "(" args ")" { $$ = $2; };

simple: expr {
        if ($1->kind == AST_MATCH && !($1->flags & AF_PAREN)) $1->flags |= AF_STMT;
        $$ = $1;
    }
    | expr "=" expr { check_target(P, $1); $$ = ast_assign(P, @$, one(P, $1), one(P, $3)); }
    | expr "," exprs1 "=" exprs1 {
        Items targets = one(P, $1);
        for (u32 i = 0; i < $3.n; i++) ITEM(&targets, Ast *, {((Ast **)$3.v)[i]});
        for (u32 i = 0; i < targets.n; i++) check_target(P, ((Ast **)targets.v)[i]);
        $$ = ast_assign(P, @$, targets, $5);
    }
    | expr "+=" expr { $$ = ast_opassign(P, @$, $1, OP_ADD, $3); }
    | expr "-=" expr { $$ = ast_opassign(P, @$, $1, OP_SUB, $3); }
    | expr "*=" expr { $$ = ast_opassign(P, @$, $1, OP_MUL, $3); }
    | expr "/=" expr { $$ = ast_opassign(P, @$, $1, OP_DIV, $3); }
    | expr "%=" expr { $$ = ast_opassign(P, @$, $1, OP_MOD, $3); }
    | expr "++" { $$ = ast_opassign(P, @$, $1, OP_ADD, NULL); }
    | expr "--" { $$ = ast_opassign(P, @$, $1, OP_SUB, NULL); }
    | IDENT ":" type "=" expr {
        $$ = ast_var(P, @$, one_name(P, $1), $3, one(P, $5), AF_BARE);
    };

vardecl: "var" IDENT opt_type "=" expr {
        $$ = ast_var(P, @$, one_name(P, $2), $3, one(P, $5), 0);
    }
    | "const" IDENT opt_type "=" expr {
        $$ = ast_var(P, @$, one_name(P, $2), $3, one(P, $5), AF_CONST);
    }
    | "var" IDENT "," names "=" exprs1 {
        Items n = one_name(P, $2);
        for (u32 i = 0; i < $4.n; i++) ITEM(&n, AstName, ((AstName *)$4.v)[i]);
        $$ = ast_var(P, @$, n, NULL, $6, 0);
    }
    | "var" "(" var_names ")" "=" expr { $$ = ast_var(P, @$, $3, NULL, one(P, $6), AF_TUPLE); }
    | "var" "[" var_names "]" "=" expr { $$ = ast_var(P, @$, $3, NULL, one(P, $6), AF_ARRAY); }
    | "var" "[" names "," "..." IDENT "]" "=" expr {
        $$ = ast_var(P, @$, $3, NULL, one(P, $9), AF_ARRAY);
        $$->var.rest = name_at(P, $6);
    };
var_names: names | names ",";
names: IDENT { $$ = one_name(P, $1); }
    | names "," IDENT { $$ = $1; AstName n = name_at(P, $3); ITEM(&$$, AstName, n); };
opt_type: %empty { $$ = NULL; } | ":" type { $$ = $2; };

cond: expr
    | "let" pattern "=" expr { $$ = ast_let(P, @$, $2, $4); };
if_stmt: if_arms %prec THEN { $$ = ast_if(P, @$, $1, NULL); $$->flags |= AF_STMT; }
    | if_arms "else" stmt { $$ = ast_if(P, @$, $1, ast_wrap(P, $3)); $$->flags |= AF_STMT; };
if_arms: "if" cond body { $$ = (Items){0}; ITEM(&$$, AstIfArm, {$2, $3}); }
    | if_arms ELIF cond body { $$ = $1; ITEM(&$$, AstIfArm, {$3, $4}); };

loop: "while" cond body { $$ = ast_while(P, @$, $2, $3); }
    | "for" forhead body { $$ = ast_loop_body(P, @$, $2, $3); }
    | "for" "(" forhead ")" body { $$ = ast_loop_body(P, @$, $3, $5); }
    | "for" for_names "in" iter body {
        $2->for_in.iter = $4;
        $$ = ast_loop_body(P, @$, $2, $5);
    };
for_names: "(" IDENT "," names ")" {
        Items n = one_name(P, $2);
        for (u32 i = 0; i < $4.n; i++) ITEM(&n, AstName, ((AstName *)$4.v)[i]);
        $$ = ast_for_in(P, @$, n, NULL);
        $$->flags |= AF_TUPLE;
    };
forhead: IDENT "in" iter { $$ = ast_for_in(P, @$, one_name(P, $1), $3); }
    | IDENT "," IDENT "in" iter {
        Items n = one_name(P, $1);
        AstName second = name_at(P, $3);
        ITEM(&n, AstName, second);
        $$ = ast_for_in(P, @$, n, $5);
    }
    | "var" IDENT "=" expr ";" expr ";" simple { $$ = ast_for_c(P, @$, $2, $4, $6, $8); };
iter: expr
    | expr ".." expr { $$ = ast_range(P, @$, $1, $3, false); }
    | expr "..=" expr { $$ = ast_range(P, @$, $1, $3, true); };

sel_arms: %empty { $$ = (Items){0}; } | sel_list | sel_list TERM;
sel_list: sel_arm { $$ = (Items){0}; if ($1) ITEM(&$$, AstSelArm, *$1); }
    | sel_list TERM sel_arm { $$ = $1; if ($3) ITEM(&$$, AstSelArm, *$3); };
sel_arm: expr "=>" stmt {
        $$ = NEW(P->scratch, AstSelArm);
        *$$ = (AstSelArm){.what = $1, .body = $3};
    }
    | IDENT "=" expr "=>" stmt {
        $$ = NEW(P->scratch, AstSelArm);
        *$$ = (AstSelArm){.bind = name_at(P, $1), .what = $3, .body = $5};
    }
    | "var" IDENT "=" expr "=>" stmt {
        $$ = NEW(P->scratch, AstSelArm);
        *$$ = (AstSelArm){.bind = name_at(P, $2), .what = $4, .body = $6};
    }
    | error { RESUME; $$ = NULL; };

/* --- declarations --- */

public: decl | vardecl;
decl: fn | struct | enum | trait | impl | extern
    | "type" IDENT gens "=" type { $$ = ast_alias(P, @$, $2, $3, $5); };

fn: fnhead block { $$ = ast_fn_body(P, @$, $1, $2, false); check_params(P, $$); }
    | fnhead "=>" expr { $$ = ast_fn_body(P, @$, $1, $3, true); check_params(P, $$); };
fnhead: "fn" fnname "(" params ")" ret { $$ = ast_fn(P, @$, $2, $4, $6); };
fnname: IDENT gens { $$ = ast_fn_name(P, @$, $1, $2); }
    | fnname "." IDENT gens { $$ = ast_fn_member(P, @$, $1, $3, $4); };
extern: "extern" blocking "fn" fnname "(" params ")" ret {
        $$ = ast_fn(P, @$, $4, $6, $8);
        $$->flags |= AF_EXTERN | ($2 == NONE_TOK ? 0 : AF_BLOCKING);
        check_params(P, $$);
    }
    | "extern" blocking "fn" fnname "(" param_list "," "..." ")" ret {
        $$ = ast_fn(P, @$, $4, $6, $10);
        $$->flags |= AF_EXTERN | AF_VARARGS | ($2 == NONE_TOK ? 0 : AF_BLOCKING);
        check_params(P, $$);
    };
blocking: %empty { $$ = NONE_TOK; } | "blocking";
ret: %empty { $$ = NULL; } | "->" type { $$ = $2; };

gens: %empty { $$ = (Items){0}; }
    | GLT gen_list GGT { $$ = $2; }
    | GLT gen_list "," GGT { $$ = $2; };
gen_list: gen { $$ = (Items){0}; ITEM(&$$, AstGen, $1); }
    | gen_list "," gen { $$ = $1; ITEM(&$$, AstGen, $3); };
gen: IDENT {
        AstName n = name_at(P, $1);
        $$ = (AstGen){.name = n.name, .span = n.span};
    }
    | IDENT ":" bounds {
        AstName n = name_at(P, $1);
        $$ = (AstGen){.name = n.name, .span = n.span, .bounds = list_of(P, $3)};
    };
bounds: tbase { $$ = one(P, $1); }
    | bounds "+" tbase { $$ = $1; ITEM(&$$, Ast *, {$3}); };

params: %empty { $$ = (Items){0}; } | param_list | param_list ",";
param_list: param { $$ = (Items){0}; ITEM(&$$, AstParam, $1); }
    | param_list "," param { $$ = $1; ITEM(&$$, AstParam, $3); };
param: mut self_or_name opt_type opt_def {
        AstName n = name_at(P, $2);
        $$ = (AstParam){.name = n.name, .span = n.span, .type = $3, .def = $4,
                        .mut = $1 != NONE_TOK};
    };
mut: %empty { $$ = NONE_TOK; } | "mut";
self_or_name: "self" | IDENT;
opt_def: %empty { $$ = NULL; } | "=" expr { $$ = $2; };

struct: "struct" IDENT gens "{" members "}" { $$ = ast_struct(P, @$, $2, $3, $5); };
members: %empty { $$ = (Items){0}; } | member_list | member_list TERM;
member_list: member { $$ = (Items){0}; if ($1) ITEM(&$$, StructMember, *$1); }
    | member_list TERM member { $$ = $1; if ($3) ITEM(&$$, StructMember, *$3); };
member: IDENT ":" type opt_def {
        AstName n = name_at(P, $1);
        $$ = NEW(P->scratch, StructMember);
        $$->field = (AstStructField){.name = n.name, .span = n.span, .type = $3, .def = $4};
    }
    | "pub" IDENT ":" type opt_def {
        AstName n = name_at(P, $2);
        $$ = NEW(P->scratch, StructMember);
        $$->field = (AstStructField){.name = n.name, .span = n.span, .type = $4, .def = $5};
    }
    | fn { $$ = NEW(P->scratch, StructMember); $$->method = $1; }
    | "pub" fn {
        $$ = NEW(P->scratch, StructMember);
        $$->method = ast_public(P, @$, $2, AF_PUB);
    }
    | error { RESUME; $$ = NULL; };

enum: "enum" IDENT gens "{" variants "}" { $$ = ast_enum(P, @$, $2, $3, $5); };
variants: %empty { $$ = (Items){0}; } | variant_list | variant_list TERM;
variant_list: variant { $$ = (Items){0}; if ($1.name) ITEM(&$$, AstVariant, $1); }
    | variant_list TERM variant { $$ = $1; if ($3.name) ITEM(&$$, AstVariant, $3); };
variant: IDENT { $$ = ast_variant(P, $1, (Items){0}); }
    | IDENT "(" payload ")" { $$ = ast_variant(P, $1, $3); }
    | IDENT "(" payload "," ")" { $$ = ast_variant(P, $1, $3); }
    | error { RESUME; $$ = (AstVariant){0}; };
payload: type { $$ = (Items){0}; ITEM(&$$, AstArg, {.value = $1}); }
    | IDENT ":" type {
        AstName n = name_at(P, $1);
        $$ = (Items){0};
        ITEM(&$$, AstArg, {n.name, n.span, $3});
    }
    | payload "," type { $$ = $1; ITEM(&$$, AstArg, {.value = $3}); }
    | payload "," IDENT ":" type {
        AstName n = name_at(P, $3);
        $$ = $1;
        ITEM(&$$, AstArg, {n.name, n.span, $5});
    };

trait: "trait" IDENT gens "{" trait_items "}" { $$ = ast_trait(P, @$, $2, $3, $5); };
trait_items: %empty { $$ = (Items){0}; } | trait_list | trait_list TERM;
trait_list: trait_item { $$ = (Items){0}; if ($1) ITEM(&$$, Ast *, {$1}); }
    | trait_list TERM trait_item { $$ = $1; if ($3) ITEM(&$$, Ast *, {$3}); };
trait_item: fnhead { check_params(P, $1); $$ = $1; }
    | fn
    | "pub" fnhead { check_params(P, $2); $$ = ast_public(P, @$, $2, AF_PUB); }
    | "pub" fn { $$ = ast_public(P, @$, $2, AF_PUB); }
    | error { RESUME; $$ = NULL; };

impl: "impl" gens type "{" impl_items "}" { $$ = ast_impl(P, @$, $2, $3, NULL, $5); }
    | "impl" gens type "for" type "{" impl_items "}" { $$ = ast_impl(P, @$, $2, $3, $5, $7); };
impl_items: %empty { $$ = (Items){0}; } | impl_list | impl_list TERM;
impl_list: impl_item { $$ = (Items){0}; if ($1) ITEM(&$$, Ast *, {$1}); }
    | impl_list TERM impl_item { $$ = $1; if ($3) ITEM(&$$, Ast *, {$3}); };
impl_item: fn
    | extern
    | "pub" fn { $$ = ast_public(P, @$, $2, AF_PUB); }
    | "pub" extern { $$ = ast_public(P, @$, $2, AF_PUB); }
    | error { RESUME; $$ = NULL; };

import: "import" path { $$ = ast_import(P, @$, $2, (Items){0}, false); }
    | "import" path "as" IDENT {
        $$ = ast_import(P, @$, $2, (Items){0}, false);
        $$->import.alias = name_at(P, $4);
    }
    | "import" path "from" STRING {
        $$ = ast_import(P, @$, $2, (Items){0}, false);
        $$->import.from = ast_literal(P, $4);
    }
    | "import" LB_MAP names RB "from" path { $$ = ast_import(P, @$, $6, $3, true); }
    | "import" LB_MAP names "," RB "from" path { $$ = ast_import(P, @$, $7, $3, true); };
path: path_list
    | "root" "::" path_list { $$ = one_name(P, $1);
        for (u32 i = 0; i < $3.n; i++) ITEM(&$$, AstName, ((AstName *)$3.v)[i]); }
    | "self" "::" path_list { $$ = one_name(P, $1);
        for (u32 i = 0; i < $3.n; i++) ITEM(&$$, AstName, ((AstName *)$3.v)[i]); };
path_list: IDENT { $$ = one_name(P, $1); }
    | path_list "." IDENT { AstName n = name_at(P, $3); $$ = $1; ITEM(&$$, AstName, n); }
    | path_list "::" IDENT { AstName n = name_at(P, $3); $$ = $1; ITEM(&$$, AstName, n); };

/* --- types --- */

type: tsing
    | type "|" tsing { $$ = ast_union(P, AST_T_UNION, @$, $1, $3); };
tsing: topt
    | "fn" "(" fn_type_params ")" { $$ = ast_type_fn(P, @$, $3, NULL); }
    | "fn" "(" fn_type_params ")" "->" tsing { $$ = ast_type_fn(P, @$, $3, $6); };
topt: tbase
    | topt TRY { $$ = ast_new(P, AST_T_OPTION, @$); $$->tone.elem = $1; };
tbase: type_path { $$ = ast_type_name(P, @$, $1, (Items){0}); }
    | type_path GLT types GGT { $$ = ast_type_name(P, @$, $1, $3); }
    | "[" type "]" { $$ = ast_new(P, AST_T_ARRAY, @$); $$->tone.elem = $2; }
    | LB_MAP type ":" type RB {
        $$ = ast_new(P, AST_T_MAP, @$);
        $$->tmap.key = $2;
        $$->tmap.value = $4;
    }
    | "(" types ")" {
        $$ = ((Ast **)$2.v)[0];
        if ($2.n > 1) {
            $$ = ast_new(P, AST_T_TUPLE, @$);
            $$->tlist.elems = list_of(P, $2);
        }
    };
type_path: path_list;
types: types1 | types1 ",";
types1: type { $$ = one(P, $1); }
    | types1 "," type { $$ = $1; ITEM(&$$, Ast *, {$3}); };
fn_type_params: %empty { $$ = (Items){0}; } | fn_type_list | fn_type_list ",";
fn_type_list: type { $$ = one(P, $1); }
    | IDENT ":" type { $$ = one(P, $3); }
    | fn_type_list "," type { $$ = $1; ITEM(&$$, Ast *, {$3}); }
    | fn_type_list "," IDENT ":" type { $$ = $1; ITEM(&$$, Ast *, {$5}); };

/* --- expressions --- */

expr: lambda
    | op
    | op QUEST expr ":" expr { $$ = ast_ternary(P, @$, $1, $3, $5); };

op: pfx
    | op "??" op { $$ = ast_pair(P, @$, $1, $3); }
    | op "or" op { $$ = ast_chain(P, @$, $1, OP_OR, @2, $3); }
    | op "and" op { $$ = ast_chain(P, @$, $1, OP_AND, @2, $3); }
    | op "<" op { $$ = ast_chain(P, @$, $1, OP_LT, @2, $3); check_chained(P, $$); }
    | op ">" op { $$ = ast_chain(P, @$, $1, OP_GT, @2, $3); check_chained(P, $$); }
    | op "<=" op { $$ = ast_chain(P, @$, $1, OP_LE, @2, $3); check_chained(P, $$); }
    | op ">=" op { $$ = ast_chain(P, @$, $1, OP_GE, @2, $3); check_chained(P, $$); }
    | op "==" op { $$ = ast_chain(P, @$, $1, OP_EQ, @2, $3); }
    | op "!=" op { $$ = ast_chain(P, @$, $1, OP_NE, @2, $3); }
    | op "in" op { $$ = ast_chain(P, @$, $1, OP_IN, @2, $3); }
    | op NOT_IN op { $$ = ast_chain(P, @$, $1, OP_NOT_IN, @2, $3); }
    | op "in" op ".." op {
        $$ = ast_chain(P, @$, $1, OP_IN, @2,
                       ast_range(P, (Loc){@3.off, @5.end}, $3, $5, false));
    }
    | op "in" op "..=" op {
        $$ = ast_chain(P, @$, $1, OP_IN, @2, ast_range(P, (Loc){@3.off, @5.end}, $3, $5, true));
    }
    | op NOT_IN op ".." op {
        $$ = ast_chain(P, @$, $1, OP_NOT_IN, @2,
                       ast_range(P, (Loc){@3.off, @5.end}, $3, $5, false));
    }
    | op NOT_IN op "..=" op {
        $$ = ast_chain(P, @$, $1, OP_NOT_IN, @2,
                       ast_range(P, (Loc){@3.off, @5.end}, $3, $5, true));
    }
    | op "<<" op { $$ = ast_chain(P, @$, $1, OP_SHL, @2, $3); }
    | op ">>" op { $$ = ast_chain(P, @$, $1, OP_SHR, @2, $3); }
    | op "+" op { $$ = ast_chain(P, @$, $1, OP_ADD, @2, $3); }
    | op "-" op { $$ = ast_chain(P, @$, $1, OP_SUB, @2, $3); }
    | op "&" op { $$ = ast_chain(P, @$, $1, OP_BAND, @2, $3); }
    | op "|" op { $$ = ast_chain(P, @$, $1, OP_BOR, @2, $3); }
    | op "^" op { $$ = ast_chain(P, @$, $1, OP_BXOR, @2, $3); }
    | op "*" op { $$ = ast_chain(P, @$, $1, OP_MUL, @2, $3); }
    | op "/" op { $$ = ast_chain(P, @$, $1, OP_DIV, @2, $3); }
    | op "%" op { $$ = ast_chain(P, @$, $1, OP_MOD, @2, $3); }
    | "not" op { $$ = ast_unary(P, @$, OP_NOT, $2); }
    | "-" op %prec PREFIX { $$ = ast_unary(P, @$, OP_NEG, $2); }
    | "~" op %prec PREFIX { $$ = ast_unary(P, @$, OP_BNOT, $2); }
    | "&" op %prec PREFIX { $$ = ast_one(P, AST_ADDR, @$, $2); }
    | "await" op %prec PREFIX { $$ = ast_one(P, AST_AWAIT, @$, $2); }
    | AWAIT_T "(" args ")" op %prec PREFIX {
        $$ = ast_new(P, AST_AWAIT_T, @$);
        $$->await_t.args = args_of(P, $3);
        $$->await_t.e = $5;
    }
    | "spawn" op %prec PREFIX { $$ = ast_one(P, AST_SPAWN, @$, $2); }
    | "spawn" block { $$ = ast_one(P, AST_SPAWN, @$, $2); }
    | pfx "." "spawn" op %prec PREFIX {
        $$ = ast_one(P, AST_SPAWN, @$, $4);
        $$->one.scope = $1;
    }
    | pfx "." "spawn" block { $$ = ast_one(P, AST_SPAWN, @$, $4); $$->one.scope = $1; };

pfx: primary
    | pfx "(" args ")" { $$ = ast_call(P, @$, $1, $3); }
    | pfx "[" index "]" { $$ = ast_index(P, @$, $1, $3); }
    | pfx "." IDENT { $$ = ast_field(P, AST_FIELD, @$, $1, $3); }
    | pfx "." INT { $$ = ast_elem(P, @$, $1, $3); }
    | pfx "?." IDENT { $$ = ast_field(P, AST_OPT_FIELD, @$, $1, $3); }
    | pfx "::" IDENT { $$ = ast_field(P, AST_FIELD, @$, $1, $3); $$->flags |= AF_COLONS; }
    | pfx TRY { $$ = ast_one(P, AST_TRY, @$, $1); }
    | pfx LB_LIT lit_fields RB { $$ = ast_struct_lit(P, @$, $1, $3); }
    | pfx GLT types GGT {
        $$ = ast_new(P, AST_TARGS, @$);
        $$->targs.e = $1;
        $$->targs.types = list_of(P, $3);
    };

args: %empty { $$ = (Items){0}; } | arg_list | arg_list ",";
arg_list: arg { $$ = (Items){0}; ITEM(&$$, AstArg, $1); }
    | arg_list "," arg { $$ = $1; ITEM(&$$, AstArg, $3); };
arg: expr { $$ = (AstArg){.value = $1}; }
    | IDENT ":" expr { AstName n = name_at(P, $1); $$ = (AstArg){n.name, n.span, $3}; };

index: expr
    | opt_expr ":" opt_expr { $$ = ast_slice(P, @$, $1, $3, false); }
    | opt_expr ".." opt_expr { $$ = ast_slice(P, @$, $1, $3, false); }
    | opt_expr "..=" expr { $$ = ast_slice(P, @$, $1, $3, true); };
opt_expr: %empty { $$ = NULL; } | expr;

lit_fields: %empty { $$ = (Items){0}; } | lit_list | lit_list ",";
lit_list: lit_field { $$ = (Items){0}; ITEM(&$$, AstArg, $1); }
    | lit_list "," lit_field { $$ = $1; ITEM(&$$, AstArg, $3); };
lit_field: IDENT { AstName n = name_at(P, $1); $$ = (AstArg){n.name, n.span, NULL}; }
    | IDENT ":" expr { AstName n = name_at(P, $1); $$ = (AstArg){n.name, n.span, $3}; }
    | ".." expr { $$ = (AstArg){.name_span = parser_span(P, @1), .value = $2}; };

exprs1: expr { $$ = one(P, $1); }
    | exprs1 "," expr { $$ = $1; ITEM(&$$, Ast *, {$3}); };
exprs: %empty { $$ = (Items){0}; } | exprs1 | exprs1 ",";

literal: INT { $$ = ast_literal(P, $1); }
    | FLOAT { $$ = ast_literal(P, $1); }
    | STRING { $$ = ast_literal(P, $1); }
    | "true" { $$ = ast_literal(P, $1); }
    | "false" { $$ = ast_literal(P, $1); };

primary: IDENT { $$ = ast_name(P, AST_NAME, $1); }
    | literal
    | "self" { $$ = ast_name(P, AST_SELF, $1); }
    | "Some" { $$ = ast_name(P, AST_NAME, $1); }
    | "None" { $$ = ast_name(P, AST_NONE, $1); }
    | interp STR_END { interp_text(P, &$1, $2); $$ = ast_interp(P, @$, $1); }
    | "(" expr ")" { $2->flags |= AF_PAREN; $$ = $2; }
    | "(" ")" { $$ = ast_list(P, AST_TUPLE, @$, (Items){0}); }
    | "(" expr "," ")" { $$ = ast_list(P, AST_TUPLE, @$, one(P, $2)); }
    | "(" expr "," exprs1 ")" {
        Items e = one(P, $2);
        for (u32 i = 0; i < $4.n; i++) ITEM(&e, Ast *, {((Ast **)$4.v)[i]});
        $$ = ast_list(P, AST_TUPLE, @$, e);
    }
    | "(" expr "," exprs1 "," ")" {
        Items e = one(P, $2);
        for (u32 i = 0; i < $4.n; i++) ITEM(&e, Ast *, {((Ast **)$4.v)[i]});
        $$ = ast_list(P, AST_TUPLE, @$, e);
    }
    | "[" exprs "]" { $$ = ast_list(P, AST_ARRAY, @$, $2); }
    | "[" expr compr_iter guard "]" {
        $$ = $3;
        $$->span = parser_span(P, @$);
        $$->compr.e = $2;
        $$->compr.guard = $4;
    }
    | LB_MAP map_items RB { $$ = ast_map(P, @$, $2); }
    | LB_MAP ":" exprs RB { $$ = ast_list(P, AST_SET, @$, $3); }
    | "match" expr "{" arms "}" { $$ = ast_match(P, @$, $2, $4); }
    | if_e_arms %prec THEN { $$ = ast_if(P, @$, $1, NULL); }
    | if_e_arms "else" block { $$ = ast_if(P, @$, $1, $3); };
if_e_arms: IF_E cond block { $$ = (Items){0}; ITEM(&$$, AstIfArm, {$2, $3}); }
    | if_e_arms ELIF cond block { $$ = $1; ITEM(&$$, AstIfArm, {$3, $4}); };

compr_iter: "for" IDENT "in" iter { $$ = ast_compr(P, @$, NULL, one_name(P, $2), $4, NULL); }
    | "for" IDENT "," IDENT "in" iter {
        Items n = one_name(P, $2);
        AstName second = name_at(P, $4);
        ITEM(&n, AstName, second);
        $$ = ast_compr(P, @$, NULL, n, $6, NULL);
    };
guard: %empty { $$ = NULL; } | GUARD expr { $$ = $2; };

interp: STR_BEG expr spec {
        $$ = (Items){0};
        interp_text(P, &$$, $1);
        interp_part(P, &$$, $2, $3);
    }
    | interp STR_MID expr spec {
        $$ = $1;
        interp_text(P, &$$, $2);
        interp_part(P, &$$, $3, $4);
    };
spec: %empty { $$ = NONE_TOK; } | SPEC;

map_items: %empty { $$ = (Items){0}; } | map_list | map_list ",";
map_list: expr ":" expr { $$ = (Items){0}; ITEM(&$$, Ast *, {$1}); ITEM(&$$, Ast *, {$3}); }
    | map_list "," expr ":" expr { $$ = $1; ITEM(&$$, Ast *, {$3}); ITEM(&$$, Ast *, {$5}); };

lambda: LP_LAM params ")" ret "=>" lambda_body {
        $$ = ast_lambda(P, @$, $2, $4, $6, $6->kind != AST_BLOCK);
    }
    | PIPE_O params PIPE_C lambda_body {
        $$ = ast_lambda(P, @$, $2, NULL, $4, $4->kind != AST_BLOCK);
    }
    | "fn" "(" params ")" ret block { $$ = ast_lambda(P, @$, $3, $5, $6, false); }
    | "fn" "(" params ")" ret "=>" lambda_body {
        $$ = ast_lambda(P, @$, $3, $5, $7, $7->kind != AST_BLOCK);
    };
lambda_body: expr | block;

/* --- patterns --- */

arms: %empty { $$ = (Items){0}; } | arm_list | arm_list TERM;
arm_list: arm { $$ = (Items){0}; if ($1) ITEM(&$$, AstArm, *$1); }
    | arm_list TERM arm { $$ = $1; if ($3) ITEM(&$$, AstArm, *$3); };
arm: pattern guard "=>" stmt {
        $$ = NEW(P->scratch, AstArm);
        *$$ = (AstArm){$1, $2, $4};
    }
    | error { RESUME; $$ = NULL; };

pattern: patp
    | pattern "|" patp { $$ = ast_union(P, AST_P_OR, @$, $1, $3); };
patp: lit { $$ = ast_pattern_lit(P, @$, $1); }
    | lit ".." lit { $$ = ast_pattern_range(P, @$, $1, $3, false); }
    | lit "..=" lit { $$ = ast_pattern_range(P, @$, $1, $3, true); }
    | pattern_path { $$ = ast_pattern_path(P, AST_P_NAME, @$, $1, (Items){0}); }
    | pattern_path "(" patterns ")" { $$ = ast_pattern_path(P, AST_P_CTOR, @$, $1, $3); }
    | pattern_path LB_LIT pattern_fields RB {
        $$ = ast_pattern_path(P, AST_P_STRUCT, @$, $1, $3);
    }
    | "(" pattern_list ")" {
        $$ = ((Ast **)$2.v)[0];
        if ($2.n > 1 || $$->kind == AST_P_REST) $$ = ast_list(P, AST_P_TUPLE, @$, $2);
    }
    | "(" pattern_list "," ")" { $$ = ast_list(P, AST_P_TUPLE, @$, $2); }
    | "[" patterns "]" { $$ = ast_list(P, AST_P_ARRAY, @$, $2); };
lit: number
    | "-" number { $$ = ast_unary(P, @$, OP_NEG, $2); }
    | STRING { $$ = ast_literal(P, $1); }
    | "true" { $$ = ast_literal(P, $1); }
    | "false" { $$ = ast_literal(P, $1); };
number: INT { $$ = ast_literal(P, $1); } | FLOAT { $$ = ast_literal(P, $1); };
pattern_path: IDENT { $$ = one_name(P, $1); }
    | "Some" { $$ = one_name(P, $1); }
    | "None" { $$ = one_name(P, $1); }
    | pattern_path "." IDENT { AstName n = name_at(P, $3); $$ = $1; ITEM(&$$, AstName, n); }
    | pattern_path "::" IDENT { AstName n = name_at(P, $3); $$ = $1; ITEM(&$$, AstName, n); };
patterns: %empty { $$ = (Items){0}; } | pattern_list | pattern_list ",";
pattern_list: pat { $$ = one(P, $1); }
    | pattern_list "," pat { $$ = $1; ITEM(&$$, Ast *, {$3}); };
pat: pattern
    | "..." { $$ = ast_new(P, AST_P_REST, @$); }
    | "..." IDENT { $$ = ast_new(P, AST_P_REST, @$); $$->prest.name = name_at(P, $2); };
pattern_fields: %empty { $$ = (Items){0}; } | pattern_field_list | pattern_field_list ",";
pattern_field_list: pattern_field { $$ = (Items){0}; ITEM(&$$, AstArg, $1); }
    | pattern_field_list "," pattern_field { $$ = $1; ITEM(&$$, AstArg, $3); };
pattern_field: IDENT { AstName n = name_at(P, $1); $$ = (AstArg){n.name, n.span, NULL}; }
    | IDENT ":" pattern { AstName n = name_at(P, $1); $$ = (AstArg){n.name, n.span, $3}; };

%%

static Items one(Parser *P, Ast *e) {
    Items it = {0};
    ITEM(&it, Ast *, {e});
    return it;
}

static Items one_name(Parser *P, u32 tok) {
    Items it = {0};
    AstName n = name_at(P, tok);
    ITEM(&it, AstName, n);
    return it;
}

static const int bison_token[TOKEN_KIND_COUNT] = {
#define TOK(name, text, class) [TK_##name] = B_##name,
#include "token.def"
#undef TOK
};

/* Deliver the next token. After an error drop what lies inside deeper frames, up to a separator or
 * the closing brace of the frame the error stands in: earlier ones would resume in its middle. */
static int yylex(YYSTYPE *value, Loc *loc, Parser *P) {
    Token *t = &P->toks[P->at];
    while (P->skipping && t->kind != TK_END) {
        bool stop = t->kind == TK_RC || (t->kind == TK_TERM && !(t->flags & TF_JUXT));
        if (stop && t->depth == P->skip_depth) break;
        t = &P->toks[++P->at];
    }
    P->skipping = false;
    TokenKind kind = t->kind;
    if (kind == TK_TERM && (t->flags & TF_JUXT) && report_foreign_word(P, P->at)) {
        kind = TK_BAD;
        P->reported_bad = true;
    }
    value->tok = P->at;
    *loc = (Loc){t->off, t->off + t->len};
    if (t->kind != TK_END) P->at++;
    return bison_token[kind];
}

#define YYSYMBOL_END YYSYMBOL_YYEOF /* bison's name for token 0 */
static const u8 kind_of_symbol[] = {
#define TOK(name, text, class) [YYSYMBOL_##name] = TK_##name,
#include "token.def"
#undef TOK
};

static int yyreport_syntax_error(const yypcontext_t *ctx, Parser *P) {
    yysymbol_kind_t symbols[TOKEN_KIND_COUNT];
    TokenKind expected[TOKEN_KIND_COUNT];
    int n = yypcontext_expected_tokens(ctx, symbols, TOKEN_KIND_COUNT);
    for (int i = 0; i < n; i++) expected[i] = kind_of_symbol[symbols[i]];
    Loc *loc = yypcontext_location(ctx);
    u32 bad = P->at - 1;
    if (P->toks[P->at].kind == TK_END && loc->off == P->toks[P->at].off &&
        yypcontext_token(ctx) == YYSYMBOL_END)
        bad = P->at;
    report_syntax(P, bad, expected, (u32)MAX_OF(n, 0));
    return 0;
}

static void yyerror(Loc *loc, Parser *P, const char *message) {
    (void)loc;
    (void)message;
    report_exhausted(P, P->at ? P->at - 1 : 0);
}
