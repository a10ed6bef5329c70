/* channel.h - what select needs of channels.
 * Invariants, under the channel's lock: waiting receivers that can still be won exist only while
 * no value is there, waiting senders only while there is no room; values and waiters are served
 * oldest first. Who ends a wait copies the value from or to the waiter's slot, then wakes. */
#ifndef WYN_CHANNEL_H
#define WYN_CHANNEL_H

#include "turns.h"
#include "wait.h"

struct wyn_channel {
    Turns turns; /* the lock */
    uint32_t size; /* of a value */
    bool closed, pointers;
    char *ring;
    int64_t room, first, len; /* of the ring, which grows up to cap */
    int64_t cap;
    WaitList senders, receivers;
    const wyn_type *elem;
    int64_t fire_at, period; /* of a timer channel: fed when somebody looks */
};

typedef enum ChannelResult { CHANNEL_DONE, CHANNEL_WAIT, CHANNEL_OVER, CHANNEL_GROW } ChannelResult;

/* Under the lock: does the operation if that is possible at once. *wake: to be woken after the
 * lock is dropped, or NULL. OVER: closed (and drained). GROW: channel_grow first. */
ChannelResult channel_recv_now(wyn_channel *c, void *out, WaitNode **wake);
ChannelResult channel_send_now(wyn_channel *c, const void *v, WaitNode **wake);

/* Without the lock: is it worth a try under the lock? A hint; closed counts as no. */
bool channel_may_recv(wyn_channel *c);
bool channel_may_send(wyn_channel *c);

/* Without the lock. */
void channel_grow(wyn_channel *c);

static inline void value_copy(void *to, const void *from, uint32_t size) {
    if (size == sizeof(int64_t)) {
        memcpy(to, from, sizeof(int64_t));
    } else {
        memcpy(to, from, size);
    }
}

#endif
