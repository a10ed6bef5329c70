/* dwarf.h - reading the debug information of the running executable (DWARF 5, as -g1 of gcc and
 * clang writes it). Shared by dwarf.c (sections, attributes, functions) and dwarf_line.c (line
 * tables). Nothing here allocates: it must work when memory has ended. */
#ifndef WYN_DWARF_H
#define WYN_DWARF_H

#include "trace.h"

typedef struct Section {
    const uint8_t *p, *end;
} Section;

typedef enum SectionId {
    SEC_INFO, SEC_ABBREV, SEC_LINE, SEC_STR, SEC_LINE_STR, SEC_RNGLISTS, SEC_ADDR, SEC_STR_OFFSETS,
    SEC_SYMTAB, SEC_STRTAB, SEC_COUNT
} SectionId;

extern Section dwarf_sections[SEC_COUNT];

/* A cursor that never leaves its section: past the end everything reads as 0. */
typedef struct Reader {
    const uint8_t *p, *end;
} Reader;

uint64_t read_u(Reader *r, int bytes);
uint64_t read_uleb(Reader *r);
int64_t read_sleb(Reader *r);
const char *read_cstr(Reader *r);
Reader section_reader(SectionId id, uint64_t offset);

/* A string of a string section; "" when the offset is nonsense. */
const char *section_str(SectionId id, uint64_t offset);

/* The value of an attribute: a number or a string, by its form. */
typedef struct Attr {
    int form; /* 0: absent */
    uint64_t u;
    const char *s;
} Attr;

/* What attributes of a unit refer to. */
typedef struct UnitBases {
    uint64_t unit; /* offset in .debug_info */
    uint64_t addr, str_offsets, rnglists;
} UnitBases;

Attr read_attr(Reader *r, int form, int64_t implicit, const UnitBases *bases);

enum {
    FORM_ADDR = 0x01, FORM_REF_ADDR = 0x10, FORM_IMPLICIT_CONST = 0x21, FORM_RNGLISTX = 0x23,
    FORM_ADDRX = 0x1b, FORM_ADDRX1 = 0x29, FORM_ADDRX4 = 0x2c
};

/* The line table at `offset` of .debug_line: place of pc; name of a file. */
bool dwarf_line_at(uint64_t offset, uint64_t pc, uint64_t *file, int *line);
const char *dwarf_line_file(uint64_t offset, uint64_t file);

#endif
