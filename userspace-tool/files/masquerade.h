/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MASQUERADE for the pools of a device: in a table of nft(8) or, where that is not installed, in a
 * chain of iptables(8). Either is the device's own, so that it can be replaced and removed.
 */
#ifndef NAT64_MASQUERADE_H
#define NAT64_MASQUERADE_H

#include <net/if.h>

#include "netlink/config.h"

#define MASQUERADE_MAX 16

/* The links by which packets leave with the router's address there. */
struct masquerade {
	unsigned int count;
	struct {
		char link[IFNAMSIZ];
		unsigned int line;	/* where it was asked for */
	} links[MASQUERADE_MAX];
};

/* Adds a link, unless it is there already. Says if it cannot be one. */
enum status masquerade_add(struct masquerade *masquerade, const char *word);

/* Replaces what there is for the device. */
enum status masquerade_set(const char *device, const struct setting *pools,
			   const struct masquerade *masquerade);

/* Removes it, if there is anything. */
enum status masquerade_clear(const char *device);

/* Finds out what there is. Only root can. */
enum status masquerade_find(const char *device, struct masquerade *found);

#endif /* NAT64_MASQUERADE_H */
