/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DYNAMIC_H
#define _NAT64_DYNAMIC_H

#include "nat64.h"
#include "verdict.h"

#include <linux/netlink.h>

int nat64_dynamic_init(struct nat64 *nat);
void nat64_dynamic_destroy(struct nat64 *nat);
enum nat64_verdict nat64_dynamic_create(struct nat64 *nat,
					const struct in6_addr *addr6,
					__be32 *addr4);
enum nat64_verdict nat64_dynamic_preview(struct nat64 *nat,
					 const struct nat64_config *config,
					 const struct in6_addr *addr6,
					 __be32 *addr4);
int nat64_dynamic_add(struct nat64 *nat, const struct in6_addr *addr6,
		      __be32 addr4, u32 idle, struct netlink_ext_ack *extack);

#endif /* _NAT64_DYNAMIC_H */
