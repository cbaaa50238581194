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
};

/* All of a device, or of one enum nat64_map_type, by their IPv4 side. Says what went wrong. */
enum status mapping_list_fetch(const char *device, uint8_t type, struct mapping_list *list);

/* Adds the mappings in a message; an nl_answer, with the list as its data. */
enum status mapping_list_read(const struct nlmsghdr *nlh, void *data);

#endif /* NAT64_MAPPING_LIST_H */
