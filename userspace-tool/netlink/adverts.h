/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Router advertisements: which links have received any, what they have given, and whether the kernel
 * still heeds them. A router heeds them only where accept_ra is 2.
 */
#ifndef NAT64_ADVERTS_H
#define NAT64_ADVERTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/parse.h"

/*
 * What the kernel knows from router advertisements on a link. What a daemon that heeds them itself has set
 * does not count.
 */
struct adverts {
	char link[IFNAMSIZ];
	bool has_route;			/* a default route */
	bool has_address;
	uint32_t route_expires;		/* seconds */
	uint32_t address_expires;
	struct prefix address;
	bool received;			/* any, from other routers, whether heeded or not */
};

struct adverts_list {
	struct adverts *links;
	size_t count;
};

/* Reads all links that are up, except for NAT64 devices. */
enum status adverts_read(struct adverts_list *list);
void adverts_clear(struct adverts_list *list);

/* Whether the link ignores advertisements now; @forwarding: whether it would if it forwarded. */
bool adverts_ignored(const char *link, bool forwarding);

/* The index of the link that leads to the IPv6 Internet, 0 if none does. */
uint32_t ipv6_uplink(void);

#endif /* NAT64_ADVERTS_H */
