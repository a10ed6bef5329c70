/* type.h - types, interned: within one TypeStore equal types are the same pointer, so type equality
 * is `==`. A type that mentions an inference variable (has_var) is only seen inside the checker;
 * everything in a finished Program is ground. TY_ERROR is poison: it equals everything silently. */
#ifndef WYN_TYPE_H
#define WYN_TYPE_H
#include "../base/map.h"
#include "../base/source.h"
#include "../base/vec.h"

typedef enum TyKind {
    TY_ERROR, TY_VAR, TY_NEVER, TY_VOID, TY_INT, TY_FLOAT, TY_BOOL, TY_STRING,
    TY_PTR,      /* of externs */
    TY_ARRAY,    /* args[0] element */
    TY_MAP,      /* args[0] key, args[1] value */
    TY_SET,      /* args[0] element */
    TY_TUPLE,    /* args */
    TY_OPTION,   /* args[0] */
    TY_RESULT,   /* args[0] ok, args[1] error */
    TY_FN,       /* args[0..n-2] parameters, args[n-1] result */
    TY_STRUCT, TY_ENUM, TY_TRAIT, /* decl and type arguments */
    TY_FUTURE, TY_CHANNEL, TY_ITER, /* args[0]; FUTURE may hold void */
    TY_HANDLE,   /* library object, one opaque pointer: name (StringBuilder, Mutex, ...) and args */
    TY_KIND_COUNT
} TyKind;

typedef struct Type Type;
typedef struct TypeDecl TypeDecl; /* of symbol.h: a struct, enum or trait declaration */
struct Fn;                        /* of tree.h */

typedef struct TyField {
    Name name;
    Type *type;
    Str outside;       /* its name in data when that is another; "" else */
    struct Fn *preset; /* gives what it is when the data has none; or NULL */
} TyField;

typedef struct TyVariant {
    Name name;
    TyField *fields; /* name NULL where the declaration gives none */
    u32 n;
} TyVariant;

/* How an enum lies in memory (language.md, layout rule). */
typedef enum EnumLayout {
    ENUM_TAG,    /* no payloads: int32 */
    ENUM_VALUE,  /* payloads without pointers: {tag, scalars} by value */
    ENUM_BOXED,  /* pointer to an immutable {tag, payload}; payload-less variants static */
} EnumLayout;

struct Type {
    TyKind kind;
    bool has_var;
    u32 id;            /* dense, in order of creation: a stable order for the emitter */
    u32 n;
    Type **args;
    Name name;         /* STRUCT ENUM TRAIT HANDLE: as declared */
    TypeDecl *decl;    /* STRUCT ENUM TRAIT */
    u32 var;           /* VAR: its index */
    /* filled for ground STRUCT / ENUM by type_fields / type_variants */
    TyField *fields;
    TyVariant *variants;
    u32 field_count, variant_count;
    bool expanded;
    bool has_outside;  /* STRUCT: it is read or written as data, outside.c has looked at it */
    struct Fn *to_string; /* the user's to_string(self) -> string, or NULL */
    /* answers of the layout questions, cached */
    u8 has_ptr_known, has_ptr, layout_known;
    EnumLayout layout;
};

typedef struct TypeStore TypeStore;
TypeStore *type_store_new(Arena *perm, Interner *names);
Type *type_prim(TypeStore *ts, TyKind kind);
Type *type_make(TypeStore *ts, TyKind kind, Type **args, u32 n);
Type *type_1(TypeStore *ts, TyKind kind, Type *a);
Type *type_2(TypeStore *ts, TyKind kind, Type *a, Type *b);
Type *type_named(TypeStore *ts, TyKind kind, TypeDecl *decl, Name name, Type **args, u32 n);
Type *type_var(TypeStore *ts, u32 index);
/* All types, by id: type_count, type_at. New ones may appear while fields are expanded. */
u32 type_count(const TypeStore *ts);
Type *type_at(const TypeStore *ts, u32 id);

/* Text as the user writes it: [int], {string: int}, int?, fn(int) -> bool, Box<int>. */
Str type_text(Arena *a, const Type *t);

/* Ground types only. */
bool type_has_ptr(Type *t);       /* does a value contain a pointer to the heap? */
EnumLayout type_enum_layout(Type *t);
bool type_is_one_pointer(Type *t); /* its value is one pointer (so T? uses NULL) */
bool type_has_zero(Type *t);      /* language.md, "Zero values" */
bool type_hashable(Type *t);
bool type_comparable(Type *t);    /* == is defined */
u32 enum_zero_variant(Type *t);   /* index of the variant that is the zero value */
#endif
