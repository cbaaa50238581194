/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network devices, over rtnetlink: what ip-link(8) does.
 */
#ifndef NAT64_LINK_H
#define NAT64_LINK_H

#include <stdint.h>

#include "cli/say.h"

struct link {
	uint32_t index;
	uint32_t mtu;
	uint64_t rx_bytes;	/* bytes that have come out of it */
	bool up;
	bool is_nat64;
};

/* Each says what went wrong. */
enum status link_find(const char *name, struct link *link);
bool link_exists(const char *name);
enum status link_create(const char *name);
enum status link_delete(const char *name);
enum status link_bring_up(const char *name);

#endif /* NAT64_LINK_H */
