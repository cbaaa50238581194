/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The networks on the router's own links, where a prefix of NAT64 does not belong.
 */
#ifndef NAT64_ONLINK_H
#define NAT64_ONLINK_H

#include <net/if.h>

#include "cli/parse.h"

struct onlink {
	char link[IFNAMSIZ];
	struct prefix network;
	bool own;		/* whether an address of the router is in the prefix */
};

/* Whether an IPv6 prefix overlaps with the network of some link. Prefers one with @own. */
bool onlink_find(const struct prefix *prefix, struct onlink *found);

/*
 * The IPv6 networks on the router's links, except for link-local ones and those of the link @except.
 * Returns how many.
 */
unsigned int onlink_networks(uint32_t except, struct prefix *networks, unsigned int max);

/* Whether the router may answer neighbours on behalf of others. */
bool onlink_is_proxy(const struct onlink *onlink);

/* Whether somebody answers them for the prefix: the kernel, for some of its addresses, or ndppd(1). */
bool onlink_is_answered(const struct onlink *onlink, const struct prefix *prefix);

#endif /* NAT64_ONLINK_H */
