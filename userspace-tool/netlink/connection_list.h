/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The IPv4 connections of mapped hosts that connection tracking knows.
 */
#ifndef NAT64_CONNECTION_LIST_H
#define NAT64_CONNECTION_LIST_H

#include <libnetfilter_conntrack/libnetfilter_conntrack.h>

#include "netlink/mapping_list.h"

/* What connections are sorted by, most important first. Big endian, no holes: for memcmp(). */
struct connection_order {
	struct in_addr mapping4;	/* the IPv4 prefix of the mapping */
	uint16_t mapping_len4;
	uint16_t protocol;
	struct in_addr src;
	struct in_addr dst;
	uint16_t sport;
	uint16_t dport;
};

/* Whether a mapping is meant. */
typedef bool (*mapping_filter)(const struct mapping *mapping, const void *data);

struct connection {
	struct connection_order order;
	struct nf_conntrack *entry;
};

/* A connection between two mapped hosts is in the list twice, once for each. */
struct connection_list {
	struct connection *connections;
	size_t count;
	size_t room;
};

/*
 * Fetches the connections of the mapped hosts: those with an address of theirs, before NAT or after
 * it. @mappings must be all of a device, since the longest prefix decides whose an address is; only
 * connections of mappings for which @is_wanted is true are kept. Says what went wrong. The caller
 * frees the list in any case.
 */
enum status connection_list_fetch(const struct mapping_list *mappings, mapping_filter is_wanted,
				  const void *data, struct connection_list *list);

/* The first of the @count connections of @mapping, which are in a row. */
const struct connection *connection_list_find(const struct connection_list *list,
					      const struct mapping *mapping, size_t *count);

void connection_list_free(struct connection_list *list);

#endif /* NAT64_CONNECTION_LIST_H */
