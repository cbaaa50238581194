/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DYNAMIC_H
#define _NAT64_DYNAMIC_H

#include "map.h"
#include "nat64.h"
#include "pool.h"
#include "verdict.h"

#include <linux/netlink.h>

/* Mappings or addresses that are looked at before nat64_dynamic.lock is let go of for a moment. */
#define NAT64_LOCK_BATCH 64

int nat64_dynamic_init(struct nat64 *nat);
void nat64_dynamic_destroy(struct nat64 *nat);
enum nat64_verdict nat64_dynamic_create(struct nat64 *nat, const struct in6_addr *addr6, __be32 *addr4);
enum nat64_verdict nat64_dynamic_preview(struct nat64 *nat, const struct nat64_config *config,
			  const struct in6_addr *addr6, __be32 *addr4);
int nat64_dynamic_add(struct nat64 *nat, const struct in6_addr *addr6, __be32 addr4, u32 idle,
		      struct netlink_ext_ack *extack);
void nat64_dynamic_release(struct nat64 *nat, const struct nat64_prefix4 *prefix4);
void nat64_dynamic_remove(struct nat64 *nat, struct nat64_map *map);
void nat64_dynamic_remove_covered(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
				  const struct nat64_prefix4 *prefix4);
void nat64_dynamic_flush(struct nat64 *nat);
void nat64_dynamic_recheck(struct nat64 *nat);
void nat64_dynamic_settle(struct nat64 *nat, const struct nat64_pool_set *old);

#endif /* _NAT64_DYNAMIC_H */
