/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mappings of a device, asked of the kernel.
 */
#ifndef NAT64_MAPPING_LIST_H
#define NAT64_MAPPING_LIST_H

#include "netlink/mapping.h"

struct mapping_list {
	struct mapping *mappings;	/* to be freed */
	size_t count;
	size_t room;
	uint64_t lens4;			/* bit N: one with an IPv4 prefix of N bits was added */
};

/* All of a device, or of one enum nat64_map_type, by their IPv4 side. Says what went wrong. */
enum status mapping_list_fetch(const char *device, uint8_t type, struct mapping_list *list);

/*
 * The mapping with the longest IPv4 prefix that contains @addr, which is the one that the kernel
 * uses; NULL if there is none. The list must be sorted, as mapping_list_fetch() leaves it.
 */
const struct mapping *mapping_list_find4(const struct mapping_list *list, struct in_addr addr);

/* Adds the mappings in a message; an nl_answer, with the list as its data. */
enum status mapping_list_read(const struct nlmsghdr *nlh, void *data);

#endif /* NAT64_MAPPING_LIST_H */
