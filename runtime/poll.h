/* poll.h - tasks that wait for sockets and pipes.
 * A handle names an open descriptor: its number, with a generation above bit 31 that changes at
 * every close, so that a stale handle is found out, not applied to whoever has the number now.
 * Each descriptor is registered once, edge-triggered for both directions. One sleeping worker at
 * a time waits in epoll_wait in place of its futex. */
#ifndef WYN_POLL_H
#define WYN_POLL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "wyn.h"

struct Worker;

typedef enum PollSide { POLL_READ, POLL_WRITE } PollSide;
typedef enum PollEnd { POLL_READY, POLL_TIMEOUT, POLL_CLOSED } PollEnd;

/* ---- for natives ---- */

/* Takes a descriptor over: non-blocking from now on. The handle, or -1 with errno (EPERM: a plain
 * file, which is always ready and needs no handle); then fd and extra are still the caller's. */
int64_t poll_open(int fd, void *extra, void (*drop)(void *extra));

/* The descriptor of an open handle, which stays open until poll_leave; -1: it was closed. *extra
 * is what poll_open was given; drop(extra) is called after the last leave of a closed one. */
int poll_enter(int64_t handle, void **extra);
void poll_leave(int64_t handle);

/* The moment so many milliseconds from now, for poll_wait; below 0: 0, no limit. */
int64_t poll_deadline(int64_t ms);

/* Between enter and leave, after a call on the descriptor gave EAGAIN: waits until it may be
 * tried again, at most until the time when (0: for ever), or until somebody closes the handle. */
PollEnd poll_wait(int64_t handle, PollSide side, int64_t when, const char *what,
                  const wyn_site *site);

/* Between enter and leave. A read gave less than was asked for, so there is no more: the next read
 * may wait at once. */
void poll_drained(int64_t handle);
bool poll_is_drained(int64_t handle);

/* Who waits for it keeps no program alive once main has returned. */
void poll_make_weak(int64_t handle);

/* Wakes whoever waits; the descriptor is closed when the last one has left. False: was closed. */
bool poll_close(int64_t handle);

/* Calls look(extra, arg) for every open handle whose drop function is this one, under its lock, and
 * closes those for which it says so. For the rare case: it goes through all descriptors. */
void poll_close_those(void (*drop)(void *extra), bool (*look)(void *extra, void *arg), void *arg);

/* ---- for the scheduler ---- */

bool poll_pending(void);    /* does any task wait for a descriptor? */
bool poll_strong(void);     /* for one that is not weak? */
bool poll_unattended(void); /* and no worker waits for events? */
uint32_t poll_rounds(void); /* how often workers have looked for events */
int poll_now(void);         /* events that are there already; how many tasks they woke */

/* A worker that goes to sleep: true when it is the one to wait for events. Then poll_sleep until
 * poll_interrupt, an event or the time left; poll_awake hands the events out. */
bool poll_begin(int worker);
void poll_sleep(const int64_t *until);
int poll_awake(void);
int poll_sleeper(void); /* the worker in poll_sleep, or about to, or -1 */
void poll_interrupt(void);
void poll_forked(void); /* in the child of a fork */

#endif
