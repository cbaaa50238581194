// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/genl.h"
#include "netlink/mapping_list.h"

static enum status mapping_list_add(const struct mapping *mapping, void *data)
{
	struct mapping_list *list = data;

	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		struct mapping *mappings = reallocarray(list->mappings, room, sizeof(*mapping));

		if (!mappings)
			return fail(REFUSED, "out of memory after %zu mappings", list->count);
		list->mappings = mappings;
		list->room = room;
	}
	list->mappings[list->count++] = *mapping;
	list->lens4 |= UINT64_C(1) << mapping->len4;
	return DONE;
}

enum status mapping_list_read(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];

	genl_parse(nlh, attrs, NAT64_A_MAX);
	return mapping_for_each(attrs[NAT64_A_MAPS], mapping_list_add, data);
}

static void mapping_list_restart(void *data)
{
	struct mapping_list *list = data;

	list->count = 0;
}

static int by_prefix4(const void *a, const void *b)
{
	const struct mapping *left = a, *right = b;
	uint32_t left4 = ntohl(left->addr4.s_addr), right4 = ntohl(right->addr4.s_addr);

	if (left4 != right4)
		return left4 < right4 ? -1 : 1;
	return left->len4 - right->len4;
}

static int by_address4(const void *a, const void *b)
{
	const struct mapping *left = a, *right = b;

	return by_prefix4(a, b) ?: memcmp(&left->addr6, &right->addr6, sizeof(left->addr6));
}

const struct mapping *mapping_list_find4(const struct mapping_list *list, struct in_addr addr)
{
	const struct mapping *found = NULL;

	for (int len = 32; len >= 0 && !found; len--) {
		uint32_t netmask = len ? ~0U << (32 - len) : 0;
		struct mapping wanted = { .len4 = len };

		wanted.addr4.s_addr = addr.s_addr & htonl(netmask);
		if (list->lens4 & UINT64_C(1) << len)
			found = bsearch(&wanted, list->mappings, list->count, sizeof(wanted),
					by_prefix4);
	}
	return found;
}

enum status mapping_list_fetch(const char *device, uint8_t type, struct mapping_list *list)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_MAP_GET, device);

	if (!nlh)
		return REFUSED;
	if (type)
		mnl_attr_put_u8(nlh, NAT64_A_MAP_TYPE, type);
	if (genl_dump(nlh, mapping_list_read, mapping_list_restart, list))
		return genl_refused("dev %s", device);
	list->count = genl_dump_sort(list->mappings, list->count, sizeof(*list->mappings), by_address4);
	return DONE;
}
