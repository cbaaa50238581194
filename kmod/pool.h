/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_POOL_H
#define _NAT64_POOL_H

#include "addr.h"

#include <net/net_namespace.h>

/**
 * struct nat64_pool - a prefix of IPv4 addresses for dynamic mappings
 * @prefix: the prefix
 * @size: number of addresses in it
 * @usable: number of those that are not network or broadcast address
 * @taken: a bit for every address: set if it cannot be handed out
 */
struct nat64_pool {
	struct nat64_prefix4 prefix;
	u32 size;
	u32 usable;
	unsigned long *taken;
};

/**
 * struct nat64_pool_set - all pools of an instance, as one range to hash into
 * @size: sum of the pools' sizes
 * @usable: sum of the pools' usable addresses
 * @n: number of pools
 * @pool: the pools
 */
struct nat64_pool_set {
	u32 size;
	u32 usable;
	unsigned int n;
	struct nat64_pool pool[];
};

struct nat64_pool_set *nat64_pool_set_alloc(const struct nat64_prefix4 *prefixes, unsigned int n);
void nat64_pool_set_free(struct nat64_pool_set *set);
bool nat64_pool_set_contains(const struct nat64_pool_set *set, __be32 addr);
void nat64_pool_set_take(struct nat64_pool_set *set, const struct nat64_prefix4 *prefix);
void nat64_pool_set_release(struct nat64_pool_set *set, __be32 addr);
bool nat64_pool_set_take_addr(struct nat64_pool_set *set, struct net *net, __be32 addr);
__be32 nat64_pool_set_alloc_addr(struct nat64_pool_set *set, struct net *net, u64 hash);

#endif /* _NAT64_POOL_H */
