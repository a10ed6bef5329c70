/* channel.h - what select needs to know of channels. */
#ifndef WYN_CHANNEL_H
#define WYN_CHANNEL_H

#include "base.h"

/* A value, or room for one, is there now. */
bool channel_can_recv(wyn_channel *c);
bool channel_can_send(wyn_channel *c);

/* Nothing will ever come out (or be accepted). */
bool channel_recv_over(wyn_channel *c);

/* Somebody stands ready to receive: a rendezvous channel lets as many values in. */
void channel_receivers(wyn_channel *c, int change);

/* When the channel's timer fires next, or 0. */
int64_t channel_deadline(wyn_channel *c);

#endif
