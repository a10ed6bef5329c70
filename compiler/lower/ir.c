/* ir.c - constructors of IR types. Types are shared: a Wyn type has one IrType in a program. */
#include "ir.h"
#include <string.h>

const char *const ir_op_text[IO_COUNT] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<",
                                          ">", "<=", ">=", "==", "!=", "&&", "||", "-", "!", "~"};

IrType *ir_wyn(Arena *a, IrProgram *p, Type *t) {
    IrType *it = map_get(&p->wyn_types, t);
    if (it) return it;
    it = NEW(a, IrType);
    it->kind = IRT_WYN;
    it->wyn = t;
    map_put(a, &p->wyn_types, t, it);
    return it;
}

IrType *ir_ptr(Arena *a, IrType *to) {
    if (to->ptr) return to->ptr;
    IrType *it = NEW(a, IrType);
    it->kind = IRT_PTR;
    it->to = to;
    return to->ptr = it;
}

/* Few names, each made once by the lowering: no need to share. */
IrType *ir_raw(Arena *a, IrProgram *p, const char *name) {
    (void)p;
    IrType *it = NEW(a, IrType);
    it->kind = IRT_RAW;
    it->raw = name;
    return it;
}

IrType *ir_struct_type(Arena *a, IrStruct *st) {
    IrType *it = NEW(a, IrType);
    it->kind = IRT_STRUCT;
    it->st = st;
    return it;
}

bool ir_is_void(const IrType *t) {
    if (!t) return true;
    if (t->kind == IRT_WYN) return t->wyn->kind == TY_VOID || t->wyn->kind == TY_NEVER;
    return t->kind == IRT_RAW && strcmp(t->raw, "void") == 0;
}
