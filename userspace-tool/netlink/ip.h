/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The addresses of a device and the routes into it, over rtnetlink: what ip-address(8) and
 * ip-route(8) do.
 */
#ifndef NAT64_IP_H
#define NAT64_IP_H

#include "cli/parse.h"

/*
 * The protocol of the routes made here, by which we recognise them. No routing daemon has this
 * number, see rt_protos of iproute2.
 */
#define ROUTE_PROTOCOL 64

struct ip_entry {
	struct prefix prefix;
	uint32_t metric;	/* of a route, 0 for the kernel's default */
	unsigned int line;	/* where it was asked for */
	bool others;		/* not made here, and not to be removed */
};

struct ip_list {
	struct ip_entry *entries;
	size_t count;
};

/* Adds an entry, unless it is there already. */
enum status ip_list_add(struct ip_list *list, const struct ip_entry *entry);
void ip_list_clear(struct ip_list *list);

/*
 * Replaces the addresses of a device, or the routes into it, by those in @want. Link-local
 * addresses and routes that others have made stay. A complaint names the line.
 */
enum status ip_set_addresses(const char *device, const struct ip_list *want);
enum status ip_set_routes(const char *device, const struct ip_list *want);

/* Fetches the routes into a device, by its index; those of the main table. Says what went wrong. */
enum status ip_find_routes(uint32_t device, struct ip_list *list);

#endif /* NAT64_IP_H */
