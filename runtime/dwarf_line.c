/* dwarf_line.c - line tables: runs the line program of a unit until it covers the address. */
#include <stdio.h>

#include "dwarf.h"

enum { CONTENT_PATH = 1, CONTENT_DIRECTORY = 2, FORMATS = 8 };

typedef struct LineHeader {
    Reader program;
    Reader dirs, files; /* at the format descriptions */
    uint8_t min_length, line_range, opcode_base;
    int8_t line_base;
    uint8_t lengths[256]; /* operands of standard opcodes */
} LineHeader;

typedef struct Entry {
    const char *path;
    uint64_t dir;
} Entry;

/* Reads a table of directories or files; entry `want` into *e. Leaves r behind the table. */
static bool read_entries(Reader *r, uint64_t want, Entry *e) {
    uint64_t content[FORMATS], form[FORMATS];
    uint64_t formats = read_u(r, 1);
    bool found = false;
    if (formats > FORMATS) return false;
    for (uint64_t i = 0; i < formats; i++) {
        content[i] = read_uleb(r);
        form[i] = read_uleb(r);
    }
    uint64_t count = read_uleb(r);
    for (uint64_t n = 0; n < count && r->p < r->end; n++) {
        Entry now = {"", 0};
        for (uint64_t i = 0; i < formats; i++) {
            Attr a = read_attr(r, (int)form[i], 0, NULL);
            if (content[i] == CONTENT_PATH && a.s != NULL) now.path = a.s;
            if (content[i] == CONTENT_DIRECTORY) now.dir = a.u;
        }
        if (n != want) continue;
        *e = now;
        found = true;
    }
    return found;
}

static bool read_header(uint64_t offset, LineHeader *h) {
    Reader r = section_reader(SEC_LINE, offset);
    uint64_t length = read_u(&r, 4);
    if (length > (uint64_t)(r.end - r.p)) return false;
    r.end = r.p + length;
    if (read_u(&r, 2) != 5) return false;
    read_u(&r, 2); /* sizes of addresses and segments */
    uint64_t header = read_u(&r, 4);
    if (header > (uint64_t)(r.end - r.p)) return false;
    h->program = (Reader){r.p + header, r.end};
    h->min_length = (uint8_t)read_u(&r, 1);
    read_u(&r, 2); /* operations per instruction, default_is_stmt */
    h->line_base = (int8_t)read_u(&r, 1);
    h->line_range = (uint8_t)read_u(&r, 1);
    h->opcode_base = (uint8_t)read_u(&r, 1);
    for (int i = 1; i < h->opcode_base; i++) h->lengths[i] = (uint8_t)read_u(&r, 1);
    h->dirs = r;
    read_entries(&r, 0, &(Entry){0});
    h->files = r;
    return h->line_range != 0;
}

const char *dwarf_line_file(uint64_t offset, uint64_t file) {
    static char joined[8][256]; /* reports look at a few at a time */
    static unsigned turn;
    LineHeader h;
    Entry e, dir, top;
    if (!read_header(offset, &h)) return "?";
    Reader r = h.files;
    if (!read_entries(&r, file, &e)) return "?";
    if (e.dir == 0 || e.path[0] == '/') return e.path;
    r = h.dirs;
    if (!read_entries(&r, e.dir, &dir)) return e.path;
    r = h.dirs;
    if (read_entries(&r, 0, &top) && strcmp(dir.path, top.path) == 0) return e.path;
    char *out = joined[turn++ % COUNT_OF(joined)];
    snprintf(out, sizeof joined[0], "%s/%s", dir.path, e.path);
    return out;
}

typedef struct Row {
    uint64_t address, file;
    int64_t line;
} Row;

typedef struct Search {
    uint64_t pc;
    Row previous;
    bool open; /* previous is a row of the running sequence */
    bool found;
    Row best;
} Search;

/* A row of the table: does the one before it cover pc? */
static void row_emit(Search *s, const Row *row, bool end) {
    if (s->open && s->previous.address <= s->pc && s->pc < row->address) {
        if (s->previous.line != 0 || !s->found) s->best = s->previous;
        s->found = true;
    }
    if (s->open && row->line == 0 && !end) { /* no line of its own: keeps the one before */
        s->previous.address = row->address;
        return;
    }
    s->previous = *row;
    s->open = !end;
}

enum {
    OP_EXTENDED, OP_COPY, OP_ADVANCE_PC, OP_ADVANCE_LINE, OP_SET_FILE, OP_CONST_ADD_PC = 8,
    OP_FIXED_ADVANCE_PC = 9, EXT_END = 1, EXT_SET_ADDRESS = 2
};

static void run_extended(Reader *r, Search *s, Row *row) {
    uint64_t n = read_uleb(r);
    if (n > (uint64_t)(r->end - r->p)) n = (uint64_t)(r->end - r->p);
    Reader arg = {r->p, r->p + n};
    r->p += n;
    uint64_t op = read_u(&arg, 1);
    if (op == EXT_SET_ADDRESS) row->address = read_u(&arg, 8);
    if (op == EXT_END) {
        row_emit(s, row, true);
        *row = (Row){.file = 1, .line = 1};
    }
}

static void run_standard(const LineHeader *h, int op, Reader *r, Search *s, Row *row) {
    if (op == OP_COPY) {
        row_emit(s, row, false);
    } else if (op == OP_ADVANCE_PC) {
        row->address += read_uleb(r) * h->min_length;
    } else if (op == OP_ADVANCE_LINE) {
        row->line += read_sleb(r);
    } else if (op == OP_SET_FILE) {
        row->file = read_uleb(r);
    } else if (op == OP_CONST_ADD_PC) {
        row->address += (uint64_t)((255 - h->opcode_base) / h->line_range) * h->min_length;
    } else if (op == OP_FIXED_ADVANCE_PC) {
        row->address += read_u(r, 2);
    } else {
        for (int i = 0; i < h->lengths[op]; i++) read_uleb(r);
    }
}

bool dwarf_line_at(uint64_t offset, uint64_t pc, uint64_t *file, int *line) {
    LineHeader h;
    if (!read_header(offset, &h)) return false;
    Search s = {.pc = pc};
    Row row = {.file = 1, .line = 1};
    Reader r = h.program;
    while (r.p < r.end && !s.found) {
        int op = (int)read_u(&r, 1);
        if (op >= h.opcode_base) {
            op -= h.opcode_base;
            row.address += (uint64_t)(op / h.line_range) * h.min_length;
            row.line += h.line_base + op % h.line_range;
            row_emit(&s, &row, false);
        } else if (op == OP_EXTENDED) {
            run_extended(&r, &s, &row);
        } else {
            run_standard(&h, op, &r, &s, &row);
        }
    }
    *file = s.best.file;
    *line = (int)s.best.line;
    return s.found;
}
