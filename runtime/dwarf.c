/* dwarf.c - from an address of the executable to functions, inlined ones included: maps
 * /proc/self/exe once and walks .debug_info. Slow and small: it serves reports only. */
#include "dwarf.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

Section dwarf_sections[SEC_COUNT];

extern const char __executable_start[]; /* of the linker */

/* ---- sections ---- */

static const char *const section_names[SEC_COUNT] = {
    ".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_line_str",
    ".debug_rnglists", ".debug_addr", ".debug_str_offsets", ".symtab", ".strtab"};

static void map_sections(const uint8_t *file, size_t size) {
    const Elf64_Ehdr *e = (const void *)file;
    if (size < sizeof *e || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0) return;
    if (e->e_shoff > size || (size - e->e_shoff) / sizeof(Elf64_Shdr) < e->e_shnum) return;
    const Elf64_Shdr *headers = (const void *)(file + e->e_shoff);
    if (e->e_shstrndx >= e->e_shnum || headers[e->e_shstrndx].sh_offset >= size) return;
    const char *names = (const char *)file + headers[e->e_shstrndx].sh_offset;
    for (int i = 0; i < e->e_shnum; i++) {
        const Elf64_Shdr *h = &headers[i];
        if (h->sh_offset > size || h->sh_size > size - h->sh_offset) continue;
        if (h->sh_flags & SHF_COMPRESSED) continue;
        for (int k = 0; k < SEC_COUNT; k++) {
            if (strcmp(names + h->sh_name, section_names[k]) != 0) continue;
            dwarf_sections[k] = (Section){file + h->sh_offset, file + h->sh_offset + h->sh_size};
        }
    }
}

static uint64_t load_bias;

static bool sections_ready(void) {
    static bool tried;
    if (!tried) {
        tried = true;
        struct stat st;
        int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0) return false;
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        close(fd);
        if (p == MAP_FAILED) return false;
        map_sections(p, (size_t)st.st_size);
        const Elf64_Ehdr *e = (const void *)__executable_start;
        load_bias = e->e_type == ET_DYN ? (uint64_t)(uintptr_t)__executable_start : 0;
    }
    return dwarf_sections[SEC_INFO].p != NULL;
}

/* ---- reading ---- */

Reader section_reader(SectionId id, uint64_t offset) {
    Section s = dwarf_sections[id];
    uint64_t size = (uint64_t)(s.end - s.p);
    return (Reader){s.p + (offset < size ? offset : size), s.end};
}

uint64_t read_u(Reader *r, int bytes) {
    uint64_t v = 0;
    if (r->end - r->p < bytes) {
        r->p = r->end;
        return 0;
    }
    memcpy(&v, r->p, (size_t)bytes); /* little endian, as the machine */
    r->p += bytes;
    return v;
}

uint64_t read_uleb(Reader *r) {
    uint64_t v = 0;
    for (int shift = 0; r->p < r->end; shift += 7) {
        uint8_t b = *r->p++;
        if (shift < 64) v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) break;
    }
    return v;
}

int64_t read_sleb(Reader *r) {
    uint64_t v = 0;
    int shift = 0;
    uint8_t b = 0;
    while (r->p < r->end) {
        b = *r->p++;
        if (shift < 64) v |= (uint64_t)(b & 0x7f) << shift;
        shift += 7;
        if (b < 0x80) break;
    }
    if (shift < 64 && (b & 0x40) != 0) v |= ~(uint64_t)0 << shift;
    return (int64_t)v;
}

const char *read_cstr(Reader *r) {
    const char *s = (const char *)r->p;
    const uint8_t *nul = r->p < r->end ? memchr(r->p, 0, (size_t)(r->end - r->p)) : NULL;
    r->p = nul == NULL ? r->end : nul + 1;
    return nul == NULL ? "" : s;
}

const char *section_str(SectionId id, uint64_t offset) {
    Reader r = section_reader(id, offset);
    return read_cstr(&r);
}

static uint64_t indexed(SectionId id, uint64_t base, uint64_t i, int bytes) {
    Reader r = section_reader(id, base + i * (uint64_t)bytes);
    return read_u(&r, bytes);
}

static void skip(Reader *r, uint64_t n) {
    r->p = n < (uint64_t)(r->end - r->p) ? r->p + n : r->end;
}

static const char *indexed_str(const UnitBases *b, uint64_t i) {
    return section_str(SEC_STR, indexed(SEC_STR_OFFSETS, b == NULL ? 0 : b->str_offsets, i, 4));
}

Attr read_attr(Reader *r, int form, int64_t implicit, const UnitBases *b) { /* table */
    Attr a = {.form = form};
    switch (form) {
    case 0x03: skip(r, read_u(r, 2)); break;                       /* block2 */
    case 0x04: skip(r, read_u(r, 4)); break;                       /* block4 */
    case 0x09: case 0x18: skip(r, read_uleb(r)); break;            /* block, exprloc */
    case 0x0a: skip(r, read_u(r, 1)); break;                       /* block1 */
    case 0x1e: skip(r, 16); break;                                 /* data16 */
    case 0x0b: case 0x0c: case 0x11: a.u = read_u(r, 1); break;    /* data1, flag, ref1 */
    case 0x05: case 0x12: a.u = read_u(r, 2); break;               /* data2, ref2 */
    case 0x06: case 0x13: case 0x17: a.u = read_u(r, 4); break;    /* data4, ref4, sec_offset */
    case 0x10: a.u = read_u(r, 4); break;                          /* ref_addr */
    case 0x01: case 0x07: case 0x14: case 0x20: a.u = read_u(r, 8); break; /* addr, data8, .. */
    case 0x0d: a.u = (uint64_t)read_sleb(r); break;                /* sdata */
    case 0x0f: case 0x15: case 0x22: case 0x23: a.u = read_uleb(r); break; /* udata, ref_udata */
    case 0x19: a.u = 1; break;                                     /* flag_present */
    case 0x21: a.u = (uint64_t)implicit; break;
    case 0x08: a.s = read_cstr(r); break;
    case 0x0e: a.s = section_str(SEC_STR, read_u(r, 4)); break;
    case 0x1f: a.s = section_str(SEC_LINE_STR, read_u(r, 4)); break;
    case 0x1a: a.s = indexed_str(b, read_uleb(r)); break;          /* strx */
    case 0x25: case 0x26: case 0x27: case 0x28:                    /* strx1..4 */
        a.s = indexed_str(b, read_u(r, form - 0x24));
        break;
    case 0x1b: a.u = indexed(SEC_ADDR, b->addr, read_uleb(r), 8); break; /* addrx */
    case 0x29: case 0x2a: case 0x2b: case 0x2c:                    /* addrx1..4 */
        a.u = indexed(SEC_ADDR, b->addr, read_u(r, form - 0x28), 8);
        break;
    default: r->p = r->end; break; /* unknown: nothing behind it can be read */
    }
    return a;
}

/* ---- units ---- */

enum { MAX_ABBREV = 512 };

typedef struct Unit {
    Reader dies;
    UnitBases bases;
    uint64_t low, line; /* base of range lists; offset of the line table */
    const uint8_t *abbrev[MAX_ABBREV]; /* by code: at the tag */
    const uint8_t *abbrev_end;
} Unit;

/* What a report needs of an entry. */
typedef struct Die {
    uint64_t tag;
    bool children;
    Attr name, low, high, ranges, origin, call_file, call_line, line, bases[3];
} Die;

static void read_abbrevs(Unit *u, uint64_t offset) {
    Reader r = section_reader(SEC_ABBREV, offset);
    memset(u->abbrev, 0, sizeof u->abbrev);
    u->abbrev_end = r.end;
    for (uint64_t code; (code = read_uleb(&r)) != 0;) {
        if (code < MAX_ABBREV) u->abbrev[code] = r.p;
        read_uleb(&r);
        read_u(&r, 1);
        for (;;) {
            uint64_t name = read_uleb(&r), form = read_uleb(&r);
            if (form == FORM_IMPLICIT_CONST) read_sleb(&r);
            if (name == 0 && form == 0) break;
        }
    }
}

static void die_attr(Die *d, uint64_t name, Attr a) { /* table */
    switch (name) {
    case 0x03: d->name = a; break;
    case 0x10: d->line = a; break;
    case 0x11: d->low = a; break;
    case 0x12: d->high = a; break;
    case 0x31: case 0x47: d->origin = a; break; /* abstract_origin, specification */
    case 0x55: d->ranges = a; break;
    case 0x58: d->call_file = a; break;
    case 0x59: d->call_line = a; break;
    case 0x72: d->bases[0] = a; break; /* str_offsets */
    case 0x73: d->bases[1] = a; break; /* addr */
    case 0x74: d->bases[2] = a; break; /* rnglists */
    default: break;
    }
}

/* Reads the entry at r; false at the end of a list of children. */
static bool read_die(const Unit *u, Reader *r, Die *d) {
    uint64_t code = read_uleb(r);
    if (code == 0) return false;
    if (code >= MAX_ABBREV || u->abbrev[code] == NULL) {
        r->p = r->end;
        return false;
    }
    *d = (Die){0};
    Reader spec = {u->abbrev[code], u->abbrev_end};
    d->tag = read_uleb(&spec);
    d->children = read_u(&spec, 1) != 0;
    for (;;) {
        uint64_t name = read_uleb(&spec), form = read_uleb(&spec);
        int64_t implicit = form == FORM_IMPLICIT_CONST ? read_sleb(&spec) : 0;
        if (name == 0 && form == 0) return true;
        die_attr(d, name, read_attr(r, (int)form, implicit, &u->bases));
    }
}

/* The next unit of .debug_info, or false at its end. */
static bool next_unit(Reader *info, Unit *u, Die *top) {
    while (info->p < info->end) {
        uint64_t start = (uint64_t)(info->p - dwarf_sections[SEC_INFO].p);
        uint64_t length = read_u(info, 4);
        if (length > (uint64_t)(info->end - info->p)) return false;
        Reader r = {info->p, info->p + length};
        info->p += length;
        if (read_u(&r, 2) != 5) continue;
        uint64_t type = read_u(&r, 1);
        read_u(&r, 1);
        uint64_t abbrev = read_u(&r, 4);
        if (type != 1) continue; /* DW_UT_compile */
        u->bases = (UnitBases){.unit = start, .addr = 8, .str_offsets = 8, .rnglists = 12};
        read_abbrevs(u, abbrev);
        Reader again = r; /* the bases are attributes of the entry that needs them */
        if (!read_die(u, &again, top)) continue;
        if (top->bases[0].form != 0) u->bases.str_offsets = top->bases[0].u;
        if (top->bases[1].form != 0) u->bases.addr = top->bases[1].u;
        if (top->bases[2].form != 0) u->bases.rnglists = top->bases[2].u;
        if (!read_die(u, &r, top)) continue;
        u->dies = r;
        u->low = top->low.u;
        u->line = top->line.u;
        return true;
    }
    return false;
}

static bool in_range_list(const Unit *u, uint64_t offset, uint64_t pc) { /* table */
    Reader r = section_reader(SEC_RNGLISTS, offset);
    uint64_t base = u->low, low = 0, high = 0;
    while (r.p < r.end) {
        switch (read_u(&r, 1)) {
        case 1: base = indexed(SEC_ADDR, u->bases.addr, read_uleb(&r), 8); continue;
        case 2:
            low = indexed(SEC_ADDR, u->bases.addr, read_uleb(&r), 8);
            high = indexed(SEC_ADDR, u->bases.addr, read_uleb(&r), 8);
            break;
        case 3:
            low = indexed(SEC_ADDR, u->bases.addr, read_uleb(&r), 8);
            high = low + read_uleb(&r);
            break;
        case 4:
            low = base + read_uleb(&r);
            high = base + read_uleb(&r);
            break;
        case 5: base = read_u(&r, 8); continue;
        case 6:
            low = read_u(&r, 8);
            high = read_u(&r, 8);
            break;
        case 7:
            low = read_u(&r, 8);
            high = low + read_uleb(&r);
            break;
        default: return false;
        }
        if (pc >= low && pc < high) return true;
    }
    return false;
}

static bool covers(const Unit *u, const Die *d, uint64_t pc) {
    if (d->ranges.form != 0) {
        uint64_t offset = d->ranges.u;
        if (d->ranges.form == FORM_RNGLISTX)
            offset = u->bases.rnglists + indexed(SEC_RNGLISTS, u->bases.rnglists, offset, 4);
        return in_range_list(u, offset, pc);
    }
    if (d->low.form == 0 || d->high.form == 0) return false;
    bool absolute = d->high.form == FORM_ADDR || d->high.form == FORM_ADDRX ||
                    (d->high.form >= FORM_ADDRX1 && d->high.form <= FORM_ADDRX4);
    uint64_t high = absolute ? d->high.u : d->low.u + d->high.u;
    return pc >= d->low.u && pc < high;
}

static const char *die_name(const Unit *u, const Die *d) {
    Die at = *d;
    for (int hops = 0; hops < 4; hops++) {
        if (at.name.s != NULL) return at.name.s;
        if (at.origin.form == 0) return NULL;
        uint64_t offset = at.origin.u + (at.origin.form == FORM_REF_ADDR ? 0 : u->bases.unit);
        Reader r = section_reader(SEC_INFO, offset);
        if (!read_die(u, &r, &at)) return NULL;
    }
    return NULL;
}

/* ---- the look-up ---- */

enum { TAG_SUBPROGRAM = 0x2e, TAG_INLINED = 0x1d, DEPTH = 24 };

/* The functions of a unit around pc, outermost first. */
static int find_chain(const Unit *u, uint64_t pc, Die chain[DEPTH]) {
    Reader r = u->dies;
    int n = 0, level = 0;
    Die d;
    while (r.p < r.end) {
        if (!read_die(u, &r, &d)) {
            if (--level < 0) break;
            continue;
        }
        bool function = d.tag == TAG_SUBPROGRAM || d.tag == TAG_INLINED;
        if (function && n < DEPTH && covers(u, &d, pc)) {
            if (d.tag == TAG_SUBPROGRAM) n = 0;
            chain[n++] = d;
        }
        level += d.children;
    }
    return n;
}

/* The function symbol around pc: clang's -g1 has no entry for functions that inline nothing. */
static const char *symbol_at(uint64_t pc) {
    Section table = dwarf_sections[SEC_SYMTAB];
    const Elf64_Sym *s = (const void *)table.p;
    size_t n = (size_t)(table.end - table.p) / sizeof *s;
    for (size_t i = 0; i < n; i++) {
        if (ELF64_ST_TYPE(s[i].st_info) != STT_FUNC) continue;
        if (pc >= s[i].st_value && pc < s[i].st_value + s[i].st_size)
            return section_str(SEC_STRTAB, s[i].st_name);
    }
    return NULL;
}

static int unit_lookup(const Unit *u, uint64_t pc, TraceFrame *out, int max) {
    static Die chain[DEPTH];
    uint64_t file = 0;
    int line = 0, made = 0;
    int n = find_chain(u, pc, chain);
    if (!dwarf_line_at(u->line, pc, &file, &line)) return 0;
    if (n == 0) {
        *out = (TraceFrame){symbol_at(pc), dwarf_line_file(u->line, file), line};
        return 1;
    }
    for (int i = n - 1; i >= 0 && made < max; i--) {
        out[made++] = (TraceFrame){die_name(u, &chain[i]), dwarf_line_file(u->line, file), line};
        file = chain[i].call_file.u;
        line = (int)chain[i].call_line.u;
    }
    return made;
}

int dwarf_lookup(uintptr_t address, TraceFrame *out, int max) {
    static Unit u; /* large, and stacks may be short of room here */
    Die top;
    if (!sections_ready()) return 0;
    uint64_t pc = address - load_bias;
    Reader info = section_reader(SEC_INFO, 0);
    while (next_unit(&info, &u, &top)) {
        if (covers(&u, &top, pc)) return unit_lookup(&u, pc, out, max);
    }
    return 0;
}
