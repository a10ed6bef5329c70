/* http_wire.c - requests and answers of HTTP/1.1, read from a connection or written to it.
 * The head of a request stays in the connection's buffer until the next one is asked for; names
 * and values are offsets into it, because the buffer moves when the body is read. The parser is
 * strict (RFC 9112): what is not well-formed is answered with a status and ends the connection, so
 * that no two servers on the way read one request differently.
 * A result below 0 is a negative errno; from 100 on it is the status to answer with (400 for an
 * answer that is not well-formed, 413 for one that is too long). */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "http.h"
#include "wyn.h"

enum { SMALL = 16 << 10 };

static bool is_token(unsigned char c) {
    static const char marks[] = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c != 0 && strchr(marks, c) != NULL);
}

static bool same(const char *p, size_t n, const char *word) {
    return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

/* ---- the head ---- */

/* HTTP/1.x at p. */
static int parse_version(HttpHead *q, const char *p) {
    if (memcmp(p, "HTTP/", 5) != 0) return 400;
    q->v10 = memcmp(p + 5, "1.0", 3) == 0;
    q->keep = !q->v10;
    return q->v10 || memcmp(p + 5, "1.1", 3) == 0 ? 0 : 505;
}

/* A path, which may stand behind http://host; or what OPTIONS and CONNECT have in its place. */
static bool parse_target(HttpHead *q, const char *base, const char *p, size_t n) {
    const char *path = p;
    if (memchr(p, '#', n) != NULL) return false;
    q->answers_head = same(base, q->method.len, "HEAD");
    if (n == 1 && *p == '*') {
        if (!same(base, q->method.len, "OPTIONS")) return false;
    } else if (same(base, q->method.len, "CONNECT")) {
        if (memchr(p, ':', n) == NULL || memchr(p, '/', n) != NULL) return false;
    } else if (*p != '/') {
        size_t scheme = n > 7 && strncasecmp(p, "http://", 7) == 0    ? 7
                        : n > 8 && strncasecmp(p, "https://", 8) == 0 ? 8
                                                                      : 0;
        if (scheme == 0) return false;
        path = memchr(p + scheme, '/', n - scheme);
        if (path == p + scheme || memchr(p + scheme, '@', n - scheme) != NULL) return false;
        if (path == NULL) { /* no path: one of the slashes before the host stands for it */
            if (memchr(p, '?', n) != NULL) return false;
            path = p + scheme - 1;
            n = (size_t)(path + 1 - p);
        }
    }
    q->target = (Span){(uint32_t)(path - base), (uint32_t)(n - (size_t)(path - p))};
    return true;
}

static int parse_request_line(HttpHead *q, const char *base, const char *end) {
    const char *p = base;
    while (p < end && is_token((unsigned char)*p)) p++;
    if (p == base || p == end || *p != ' ') return 400;
    q->method = (Span){0, (uint32_t)(p - base)};
    const char *target = ++p;
    while (p < end && (unsigned char)*p > ' ' && *p != 0x7f) p++;
    if (p == target || p == end || *p != ' ') return 400;
    if (!parse_target(q, base, target, (size_t)(p - target))) return 400;
    p++;
    q->status = 0;
    return end - p == 8 ? parse_version(q, p) : 400;
}

static int parse_status_line(HttpHead *q, const char *base, const char *end) {
    if (end - base < 12 || base[8] != ' ' || parse_version(q, base) != 0) return 400;
    q->status = 0;
    for (const char *p = base + 9; p < base + 12; p++) {
        if (*p < '0' || *p > '9') return 400;
        q->status = q->status * 10 + (*p - '0');
    }
    q->method = q->target = (Span){0};
    return q->status < 100 ? 400 : 0;
}

static bool is_host(const char *p, size_t n) {
    static const char marks[] = "-._~%!$&'()*+;=:[]";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        bool ok = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80 ||
                  (c != 0 && strchr(marks, c) != NULL);
        if (!ok) return false;
    }
    return true;
}

static int field_length(HttpHead *q, const char *p, size_t n) {
    int64_t length = 0;
    if (n == 0 || n > 18) return 400;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return 400;
        length = length * 10 + (p[i] - '0');
    }
    if (q->length >= 0 && (q->status == 0 || q->length != length)) return 400;
    q->length = length;
    return 0;
}

static void field_connection(HttpHead *q, const char *p, size_t n) {
    const char *end = p + n;
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma == NULL ? end : comma, *last = stop;
        while (p < last && (*p == ' ' || *p == '\t')) p++;
        while (last > p && (last[-1] == ' ' || last[-1] == '\t')) last--;
        if (same(p, (size_t)(last - p), "close")) q->keep = false;
        if (same(p, (size_t)(last - p), "keep-alive") && q->v10) q->keep = true;
        p = stop + 1;
    }
}

/* What the server itself must know of a field. */
static int field_known(HttpHead *q, const char *name, size_t n, const char *value, size_t len,
                       int *hosts) {
    switch (n) {
    case 4:
        if (!same(name, n, "host")) return 0;
        ++*hosts;
        return is_host(value, len) ? 0 : 400;
    case 6:
        if (same(name, n, "expect")) {
            if (!same(value, len, "100-continue")) return 417;
            q->expect = true;
        }
        return 0;
    case 10:
        if (same(name, n, "connection")) field_connection(q, value, len);
        return 0;
    case 14: return same(name, n, "content-length") ? field_length(q, value, len) : 0;
    case 17:
        if (!same(name, n, "transfer-encoding")) return 0;
        if (q->chunked || q->v10) return 400;
        if (!same(value, len, "chunked")) return 501;
        q->chunked = true;
        return 0;
    default: return 0;
    }
}

static int parse_field(HttpHead *q, const char *base, const char *p, const char *end,
                       int *hosts) {
    const char *name = p;
    while (p < end && is_token((unsigned char)*p)) p++;
    if (p == name || p == end || *p != ':') return 400;
    size_t n = (size_t)(p - name);
    p++;
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    const char *last = end;
    while (last > p && (last[-1] == ' ' || last[-1] == '\t')) last--;
    for (const char *c = p; c < last; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f) return 400;
    }
    if (q->fields == FIELDS_MAX) return 431;
    q->name[q->fields] = (Span){(uint32_t)(name - base), (uint32_t)n};
    q->value[q->fields++] = (Span){(uint32_t)(p - base), (uint32_t)(last - p)};
    return field_known(q, name, n, p, (size_t)(last - p), hosts);
}

/* The head in base[0, n), whose last line is empty. */
static int parse_head(HttpHead *q, const char *base, size_t n, bool answer) {
    const char *p = base, *end = base + n;
    int hosts = 0, bad = 0;
    q->fields = 0;
    q->length = -1;
    q->chunked = q->expect = q->answers_head = false;
    for (bool first = true; bad == 0; first = false) {
        const char *nl = memchr(p, '\n', (size_t)(end - p)), *stop = nl;
        if (nl == NULL) return 400;
        if (stop > p && stop[-1] == '\r') {
            stop--;
        } else if (!answer) {
            return 400; /* others may not see the end of a line here */
        }
        if (stop == p && first) return 400;
        if (stop == p) break;
        bad = !first   ? parse_field(q, base, p, stop, &hosts)
              : answer ? parse_status_line(q, base, stop)
                       : parse_request_line(q, base, stop);
        p = nl + 1;
    }
    if (bad != 0) return bad;
    if (q->chunked && q->length >= 0) return 400;
    if (answer) return 0;
    if (hosts > 1 || (hosts == 0 && !q->v10)) return 400;
    return 0;
}

/* The length of the head that begins at p, or 0 when it is not all there. */
static size_t head_size(const char *p, size_t n, size_t seen) {
    size_t at = seen > 3 ? seen - 3 : 0;
    const char *nl;
    while (at < n && (nl = memchr(p + at, '\n', n - at)) != NULL) {
        at = (size_t)(nl - p) + 1;
        if (at < n && p[at] == '\n') return at + 1;
        if (at + 1 < n && p[at] == '\r' && p[at + 1] == '\n') return at + 2;
    }
    return 0;
}

/* ---- requests ---- */

/* Empty lines before a head. */
static void skip_lines(Conn *c) {
    while (c->to - c->from > 1 && memcmp(c->buf + c->from, "\r\n", 2) == 0) c->from += 2;
}

/* Nothing of HTTP begins like that: one who speaks TLS, say, who waits for an answer first. */
static bool is_foreign(unsigned char first) {
    return (first < ' ' && first != '\r' && first != '\n') || first >= 0x7f;
}

static int read_head(Conn *c, int64_t h, int fd, int64_t idle_ms, int64_t ms, bool answer) {
    HttpHead *q = c->head;
    if (q != NULL) {
        c->from += q->taken;
        q->taken = 0;
    }
    skip_lines(c);
    bool begun = c->to > c->from;
    if (!begun) conn_rest(c);
    int64_t when = poll_deadline(begun ? ms : idle_ms);
    size_t seen = 0, size;
    while ((size = head_size(c->buf + c->from, c->to - c->from, seen)) == 0) {
        bool idle = c->to == c->from;
        seen = c->to - c->from;
        if (seen > HEAD_MAX) return 431;
        if (seen > 0 && is_foreign((unsigned char)c->buf[c->from])) return 400;
        atomic_store_explicit(&c->idle, idle, memory_order_relaxed);
        bool more = conn_fill(c, h, fd, when);
        atomic_store_explicit(&c->idle, false, memory_order_relaxed);
        if (!more) {
            if (c->error == ETIMEDOUT && !idle) return 408;
            return c->error != 0 ? -c->error : idle ? -EPIPE : -ECONNABORTED;
        }
        if (!begun) when = poll_deadline(ms);
        begun = true;
        if (idle) skip_lines(c);
    }
    if (size > HEAD_MAX) return 431;
    q = c->head;
    if (q == NULL && (q = c->head = calloc(1, sizeof *q)) == NULL) return -ENOMEM;
    q->size = (uint32_t)size;
    int bad = parse_head(q, c->buf + c->from, size, answer);
    if (bad == 0) body_begin(q, answer, false);
    return bad;
}

static int read_request(Conn *c, int64_t h, int fd, int64_t idle_ms, int64_t ms) {
    HttpHead *q = c->head;
    if (q != NULL && q->taken > 0 && q->state != BODY_NONE &&
        !body_drain(c, h, fd, HTTP_DRAIN, poll_deadline(ms)))
        return -ECONNABORTED;
    return read_head(c, h, fd, idle_ms, ms, false);
}

static int read_answer(Conn *c, int64_t h, int fd, int64_t ms, bool head) {
    do { /* answers before the answer */
        int bad = read_head(c, h, fd, ms, ms, true);
        if (bad != 0) return bad;
    } while (c->head->status < 200 && c->head->status != 101);
    body_begin(c->head, true, head);
    return 0;
}

static size_t at_most(int64_t n) { return n < 0 ? 0 : n > 1 << 30 ? 1 << 30 : (size_t)n; }

/* The head of the next request: 0, or see above; -EPIPE: the client has gone. Of its body `whole`
 * bytes are read at once at most, and `upload` in pieces. */
int64_t wyn_http_next(int64_t h, int64_t idle_ms, int64_t ms, int64_t whole, int64_t upload) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return -EBADF;
    int r = read_request(c, h, fd, idle_ms, ms);
    HttpHead *q = c->head;
    if (q != NULL) {
        q->whole = at_most(whole);
        q->upload = upload < whole ? q->whole : (size_t)upload;
        q->ms = ms;
        if (r == 0 && q->left > q->upload) r = 413;
        if (r != 0) q->keep = false;
    }
    conn_leave_read(h, c);
    return r;
}

static bool is_idle(void *extra, void *listener) {
    Conn *c = extra;
    return c->listener == *(int64_t *)listener &&
           atomic_load_explicit(&c->idle, memory_order_relaxed);
}

/* Closes the connections of a listener on which no request has begun. */
void wyn_http_close_idle(int64_t listener) { poll_close_those(conn_drop, is_idle, &listener); }

/* The head of the answer to a request that was written, and its body, if it is wanted as a whole:
 * 0, or see above. */
int64_t wyn_http_reply(int64_t h, int64_t ms, int64_t most, bool head, bool whole) {
    Conn *c;
    int fd = conn_enter_read(h, &c);
    if (fd < 0) return -EBADF;
    int64_t when = poll_deadline(ms);
    int r = read_answer(c, h, fd, ms, head);
    if (r == 0) {
        c->head->ms = ms;
        c->head->upload = most < 0 ? 0 : (size_t)most;
    }
    if (r == 0 && whole) r = body_whole(c, h, fd, at_most(most), when);
    conn_leave_read(h, c);
    return r;
}

int64_t wyn_http_reply_status(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return 0;
    int64_t status = c->head == NULL ? 0 : c->head->status;
    conn_unlook(h, c);
    return status;
}

static wyn_str *piece(const Conn *c, Span s) {
    return wyn_str_new(c->buf + c->from + s.at, s.len);
}

/* 0: method, 1: target, 2: body, 3: the whole head. */
wyn_str *wyn_http_part(int64_t h, int64_t part) {
    Conn *c;
    if (!conn_look(h, &c)) return wyn_str_empty;
    const HttpHead *q = c->head;
    wyn_str *s = q == NULL || q->taken == 0 ? wyn_str_empty
                 : piece(c, part == 0   ? q->method
                            : part == 1 ? q->target
                            : part == 2 ? q->body
                                        : (Span){0, q->size});
    conn_unlook(h, c);
    return s;
}

/* The values of a field, joined by ", "; "" when there is none. */
wyn_str *wyn_http_field(int64_t h, const wyn_str *name) {
    Conn *c;
    if (!conn_look(h, &c)) return wyn_str_empty;
    const HttpHead *q = c->head;
    wyn_str *s = wyn_str_empty;
    for (uint32_t i = 0; q != NULL && q->taken > 0 && i < q->fields; i++) {
        const char *p = c->buf + c->from + q->name[i].at;
        if ((int64_t)q->name[i].len != name->len ||
            strncasecmp(p, name->bytes, (size_t)name->len) != 0)
            continue;
        wyn_str *v = piece(c, q->value[i]);
        s = s->len == 0 ? v : wyn_str_concat2(wyn_str_concat2(s, wyn_str_from_c(", ")), v);
    }
    conn_unlook(h, c);
    return s;
}

bool wyn_http_keeps(int64_t h) {
    Conn *c;
    if (!conn_look(h, &c)) return false;
    const HttpHead *q = c->head;
    bool keep = q != NULL && q->keep && (q->status == 0 || q->state == BODY_NONE);
    conn_unlook(h, c);
    return keep;
}

/* ---- answers ---- */

static const char *reason(int64_t status) {
    static const struct { int status; const char *text; } known[] = {
        {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
        {206, "Partial Content"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"},
        {304, "Not Modified"}, {307, "Temporary Redirect"}, {308, "Permanent Redirect"},
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"},
        {411, "Length Required"}, {413, "Content Too Large"}, {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"}, {417, "Expectation Failed"},
        {422, "Unprocessable Content"}, {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"},
        {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"},
        {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].status == status) return known[i].text;
    }
    return "";
}

/* "Date: ...\r\n", made once a second. */
static size_t date_line(char *to) {
    static __thread time_t made;
    static __thread char line[48];
    static __thread size_t len;
    time_t now = time(NULL);
    if (now != made) {
        struct tm t;
        gmtime_r(&now, &t);
        len = strftime(line, sizeof line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &t);
        made = now;
    }
    memcpy(to, line, len);
    return len;
}

static bool no_body(int64_t status) { return status < 200 || status == 204 || status == 304; }

static bool is_head_request(const Conn *c) { return c->head != NULL && c->head->answers_head; }

/* Will what the client still sends of its request be read after the answer? */
static void judge_rest(HttpHead *q) {
    if (q == NULL || q->state == BODY_NONE || q->taken == 0) return;
    if (q->expect || q->bad != 0 || q->left > HTTP_DRAIN) q->keep = false;
}

static size_t put(char *out, size_t n, const char *p, size_t len) {
    memcpy(out + n, p, len);
    return n + len;
}

/* The head of an answer into out, which has room for the fields and HEAD_ROOM. */
enum { HEAD_ROOM = 256 };
enum { IN_CHUNKS = -1, TO_THE_END = -2, NOWHERE = -3 }; /* in place of a length */
static size_t put_head(char *out, const HttpHead *q, int64_t status, const wyn_str *fields,
                       int64_t length) {
    static const char chunked[] = "Transfer-Encoding: chunked\r\n";
    static const char closes[] = "Connection: close\r\n", stays[] = "Connection: keep-alive\r\n";
    size_t n = (size_t)snprintf(out, HEAD_ROOM / 2, "HTTP/1.1 %d %s\r\n", (int)status,
                                reason(status));
    n += date_line(out + n);
    if (no_body(status)) {
        /* nothing to say */
    } else if (length >= 0) {
        n += (size_t)snprintf(out + n, 40, "Content-Length: %lld\r\n", (long long)length);
    } else if (length == IN_CHUNKS) {
        n = put(out, n, chunked, sizeof chunked - 1);
    }
    if (q == NULL || !q->keep) {
        n = put(out, n, closes, sizeof closes - 1);
    } else if (q->v10) {
        n = put(out, n, stays, sizeof stays - 1);
    }
    n = put(out, n, fields->bytes, (size_t)fields->len);
    return put(out, n, "\r\n", 2);
}

/* `fields` are whole lines. False: the client has gone. */
bool wyn_http_answer(int64_t h, int64_t status, const wyn_str *fields, const wyn_str *body,
                     int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    Conn *c = extra;
    judge_rest(c->head);
    size_t rest = is_head_request(c) || no_body(status) ? 0 : (size_t)body->len;
    size_t room = (size_t)fields->len + HEAD_ROOM + (rest <= SMALL ? rest : 0);
    char small[1024], *out = room <= sizeof small ? small : malloc(room);
    int64_t bad = -ENOMEM;
    if (out != NULL) {
        if (c->head != NULL) c->head->sent = rest;
        size_t n = put_head(out, c->head, status, fields, body->len);
        if (rest <= SMALL) {
            n = put(out, n, body->bytes, rest);
            rest = 0;
        }
        int64_t when = poll_deadline(ms);
        bad = conn_write(c, h, fd, out, n, when);
        if (bad == 0 && rest > 0) bad = conn_write(c, h, fd, body->bytes, rest, when);
    }
    if (out != small) free(out);
    poll_leave(h);
    return bad == 0;
}

/* The head of an answer whose body follows in pieces, `length` bytes in all (below 0: nobody
 * knows); status 101: another protocol. */
bool wyn_http_start(int64_t h, int64_t status, const wyn_str *fields, int64_t length,
                    int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    Conn *c = extra;
    HttpHead *q = c->head;
    char *out = malloc((size_t)fields->len + HEAD_ROOM);
    int64_t bad = -ENOMEM;
    if (out != NULL && q != NULL) {
        bool until_end = length < 0 && q->v10; /* knows no chunks */
        judge_rest(q);
        if (until_end) q->keep = false;
        int64_t unknown = until_end ? TO_THE_END : IN_CHUNKS;
        q->promised = no_body(status) ? 0 : length < 0 ? unknown : length;
        q->sent = 0;
        size_t n = put_head(out, q, status, fields, q->promised);
        bad = conn_write(c, h, fd, out, n, poll_deadline(ms));
        if (bad != 0) q->promised = NOWHERE;
    }
    free(out);
    poll_leave(h);
    return bad == 0;
}

static int64_t write_chunk(Conn *c, int64_t h, int fd, const wyn_str *text, int64_t when) {
    char small[1024], size[24];
    size_t n = (size_t)snprintf(size, sizeof size, "%llx\r\n", (unsigned long long)text->len);
    size_t len = (size_t)text->len, room = n + len + 2;
    char *out = room <= sizeof small ? small : room <= SMALL ? malloc(room) : NULL;
    if (out != NULL) { /* at once: each write may be a packet */
        memcpy(out, size, n);
        memcpy(out + n, text->bytes, len);
        memcpy(out + n + len, "\r\n", 2);
        int64_t bad = conn_write(c, h, fd, out, room, when);
        if (out != small) free(out);
        return bad;
    }
    int64_t bad = conn_write(c, h, fd, size, n, when);
    if (bad == 0) bad = conn_write(c, h, fd, text->bytes, len, when);
    return bad != 0 ? bad : conn_write(c, h, fd, "\r\n", 2, when);
}

/* One piece; an empty one is the end. False: the client has gone, or the pieces are not as long as
 * the head said: then the connection is to be closed. */
bool wyn_http_piece(int64_t h, const wyn_str *text, int64_t ms) {
    void *extra;
    int fd = poll_enter(h, &extra);
    if (fd < 0) return false;
    Conn *c = extra;
    HttpHead *q = c->head;
    int64_t when = poll_deadline(ms), bad = 0;
    if (q == NULL || q->promised == NOWHERE) {
        bad = -EPIPE;
    } else if (is_head_request(c)) {
        /* has no body */
    } else if (q->promised == IN_CHUNKS) {
        bad = write_chunk(c, h, fd, text, when);
    } else if (q->promised == TO_THE_END) {
        bad = conn_write(c, h, fd, text->bytes, (size_t)text->len, when);
    } else {
        int64_t left = q->promised - (int64_t)q->sent;
        bool fits = text->len == 0 ? left == 0 : text->len <= left;
        if (!fits) q->keep = false;
        bad = fits ? conn_write(c, h, fd, text->bytes, (size_t)text->len, when) : -EPROTO;
    }
    if (bad == 0 && q != NULL) q->sent += (size_t)text->len;
    poll_leave(h);
    return bad == 0;
}

/* The bytes of the body that were answered. */
int64_t wyn_http_sent(int64_t h) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return 0;
    const HttpHead *q = ((Conn *)extra)->head;
    int64_t n = q == NULL ? 0 : (int64_t)q->sent;
    poll_leave(h);
    return n;
}

/* The connection speaks something else from now on: what is read next follows the head. */
void wyn_http_upgrade(int64_t h) {
    void *extra;
    if (poll_enter(h, &extra) < 0) return;
    Conn *c = extra;
    if (c->head != NULL) {
        c->from += c->head->taken;
        c->head->taken = 0;
        c->head->keep = false;
    }
    poll_leave(h);
}
