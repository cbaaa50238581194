/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_POOL_H
#define _NAT64_POOL_H

#include "addr.h"

/**
 * struct nat64_pool - a prefix of IPv4 addresses for dynamic mappings
 * @prefix: the prefix
 * @size: number of addresses in it
 * @usable: number of those that are not network or broadcast address
 * @taken: a bit for every address: set if a dynamic mapping has the address, or
 *	   if it is known that it cannot be handed out
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

/**
 * struct nat64_pool_search - a search for a free address, once around all pools
 * @set: the pools
 * @index: where to look next, in the range of all of them
 * @left: how many addresses are still to be looked at
 */
struct nat64_pool_search {
	const struct nat64_pool_set *set;
	u32 index;
	u32 left;
};

/**
 * struct nat64_pool_walk - a walk over the addresses that are taken
 * @set: the pools
 * @within: the addresses of interest
 * @pool: number of the pool to go on in
 * @bit: where to go on
 */
struct nat64_pool_walk {
	const struct nat64_pool_set *set;
	struct nat64_prefix4 within;
	unsigned int pool;
	u32 bit;
};

struct nat64_pool_set *
nat64_pool_set_alloc(const struct nat64_prefix4 *prefixes, unsigned int n);
void nat64_pool_set_free(struct nat64_pool_set *set);
bool nat64_pool_set_contains(const struct nat64_pool_set *set, __be32 addr);
bool nat64_pool_set_reserves(const struct nat64_pool_set *set, __be32 addr);
void nat64_pool_set_take(struct nat64_pool_set *set,
			 const struct nat64_prefix4 *prefix);
void nat64_pool_set_release(struct nat64_pool_set *set,
			    const struct nat64_prefix4 *prefix);

void nat64_pool_search_begin(struct nat64_pool_search *search,
			     const struct nat64_pool_set *set, u64 hash);
__be32 nat64_pool_search_next(struct nat64_pool_search *search);
void nat64_pool_search_skip(struct nat64_pool_search *search, u8 len);
__be32 nat64_pool_walk_next(struct nat64_pool_walk *walk);

#endif /* _NAT64_POOL_H */
