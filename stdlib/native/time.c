/* time.c - clocks and calendar. */
#define _GNU_SOURCE /* tm_gmtoff, tm_zone */
#include <time.h>

#include "wyn_inline.h"

static int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t wyn_time_now(void) { return clock_ns(CLOCK_REALTIME) / 1000000000; }

int64_t wyn_time_now_millis(void) { return clock_ns(CLOCK_REALTIME) / 1000000; }

int64_t wyn_time_now_micros(void) { return clock_ns(CLOCK_REALTIME) / 1000; }

int64_t wyn_time_mono_nanos(void) { return clock_ns(CLOCK_MONOTONIC); }

enum { SHORT_PATTERN = 8, LONGEST_PART = 128 };

/* A conversion has two letters at least and gives LONGEST_PART bytes at most. */
static wyn_str *format(const struct tm *tm, const char *how, size_t len) {
    char small[SHORT_PATTERN * LONGEST_PART];
    size_t room = sizeof small;
    char *text = small;
    if (len > SHORT_PATTERN) text = wyn_alloc_atomic(room = len * LONGEST_PART);
    return wyn_str_new(text, (int64_t)strftime(text, room, how, tm));
}

/* What the zone of the process (TZ, /etc/localtime) has at t: seconds east of UTC, and its name. */
int64_t wyn_time_local_offset(int64_t t) {
    time_t at = (time_t)t;
    struct tm tm;
    return localtime_r(&at, &tm) == NULL ? 0 : tm.tm_gmtoff;
}

wyn_str *wyn_time_local_name(int64_t t) {
    time_t at = (time_t)t;
    struct tm tm;
    return localtime_r(&at, &tm) == NULL ? wyn_str_empty : wyn_str_from_c(tm.tm_zone);
}

/* In a zone that is `offset` seconds east of UTC and called `zone`. */
wyn_str *wyn_time_format_at(int64_t t, int64_t offset, const wyn_str *zone, const wyn_str *how) {
    time_t at = (time_t)((uint64_t)t + (uint64_t)offset);
    struct tm tm;
    if (gmtime_r(&at, &tm) == NULL) return wyn_str_empty;
    tm.tm_gmtoff = offset;
    tm.tm_zone = zone->bytes;
    return format(&tm, how->bytes, (size_t)how->len);
}

wyn_str *wyn_time_format(int64_t t, const wyn_str *how) {
    time_t at = (time_t)t;
    struct tm tm;
    if (localtime_r(&at, &tm) == NULL) return wyn_str_empty;
    return format(&tm, how->bytes, (size_t)how->len);
}

wyn_str *wyn_time_iso(int64_t t) {
    static const char iso[] = "%Y-%m-%dT%H:%M:%SZ";
    time_t at = (time_t)t;
    struct tm tm;
    if (gmtime_r(&at, &tm) == NULL) return wyn_str_empty;
    return format(&tm, iso, sizeof iso - 1);
}

int64_t wyn_time_part(int64_t t, int64_t part) {
    time_t at = (time_t)t;
    struct tm tm;
    if (localtime_r(&at, &tm) == NULL) return 0;
    const int parts[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                         tm.tm_min,         tm.tm_sec,     tm.tm_wday};
    return part >= 0 && part < 7 ? parts[part] : 0;
}
