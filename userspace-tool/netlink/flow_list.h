/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flows of a device that its fast path knows.
 */
#ifndef NAT64_FLOW_LIST_H
#define NAT64_FLOW_LIST_H

#include <linux/nat64.h>
#include <stddef.h>

#include "cli/parse.h"
#include "netlink/nl.h"

/* Source or destination, in both families. */
struct flow_end {
	struct in6_addr addr6;
	struct in_addr addr4;
	uint16_t port6;
	uint16_t port4;
};

/* One direction: packets come in with the addresses of one family, and leave with the others. */
struct flow {
	struct flow_end src;
	struct flow_end dst;
	bool from6;		/* comes in as IPv6 */
	uint8_t protocol;	/* IPPROTO_* */
	uint32_t iif;		/* indices of devices */
	uint32_t oif;
	uint32_t mtu;
	uint32_t mark;
	uint32_t packets;
	uint32_t expires;	/* milliseconds */
};

struct flow_list {
	struct flow *flows;
	size_t count;
	size_t room;
};

/*
 * Fetches the flows of @device, both directions of a connection one after the other; only those
 * with the address @host on either side of the translation, unless it is NULL. Says what went
 * wrong. The caller frees the flows.
 */
enum status flow_list_fetch(const char *device, const struct prefix *host, struct flow_list *list);

/* Until the flow ends, rounded up. */
static inline uint32_t flow_seconds(const struct flow *flow)
{
	return flow->expires / 1000 + !!(flow->expires % 1000);
}

#endif /* NAT64_FLOW_LIST_H */
