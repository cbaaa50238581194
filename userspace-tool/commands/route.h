/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What would become of a packet: the kernel's answer to NAT64_CMD_ROUTE_GET.
 */
#ifndef NAT64_ROUTE_H
#define NAT64_ROUTE_H

#include "netlink/mapping.h"

/* Source or destination, in both families as far as known. */
struct route_end {
	bool given;
	bool has6;
	bool has4;
	struct in6_addr addr6;
	struct in_addr addr4;
	uint8_t via;		/* enum nat64_via, 0 if no entry says anything */
	struct mapping map;	/* NAT64_VIA_MAP; NAT64_VIA_POOL: the one that gives way, if has4 */
	struct prefix prefix;	/* where it is embedded */
	struct prefix block;	/* translatable block or pool */
};

/* The flows of the fast path between the ends. */
struct route_fast {
	bool known;		/* the kernel has a fast path; false also if nothing is translated */
	bool others;		/* some leave by other devices */
	uint8_t refused;	/* which reasons the device has had to make no flow; none if there are any */
	uint32_t mode;		/* enum nat64_fast_mode */
	uint32_t seconds;	/* until the last one ends */
	size_t flows;
	char oif[IFNAMSIZ];
};

struct route {
	char device[IFNAMSIZ];
	bool ipv6;		/* the family that the packet has now */
	bool covered;
	struct route_end src;
	struct route_end dst;
	uint32_t reason;	/* enum nat64_stat, 0 if it is translated */
	uint8_t icmp_type;	/* of the error sent to its sender, 0 if there is none */
	uint8_t icmp_code;
	char oif[IFNAMSIZ];	/* the device that it then leaves by, "" if there is no route */
	struct route_fast fast;
};

static inline bool route_is_translated(const struct route *route)
{
	return route->covered && !route->reason;
}

/* Fills in @route->fast. Says what went wrong. */
enum status route_find_fast(struct route *route);
void route_print_fast(const struct route *route);
json_object *route_fast_to_json(const struct route_fast *fast);

/* @back: what becomes of the packet if it is routed into the device again, NULL if it cannot be. */
void route_print(const struct route *route, const struct route *back);

#endif /* NAT64_ROUTE_H */
