/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DYNMAP_H
#define _NAT64_DYNMAP_H

#include "map.h"
#include "nat64.h"

/*
 * After this many mappings or addresses, release nat64_dynamic.lock for a
 * moment.
 */
#define NAT64_LOCK_BATCH 64

/**
 * struct nat64_quota - how many dynamic mappings the hosts of a /64 have
 * @node: link in nat64_dynamic.quotas
 * @net: the /64
 * @count: the number of mappings, plus one while held
 * @rcu: for the deferred free
 */
struct nat64_quota {
	struct rhash_head node;
	u64 net;
	u32 count;
	struct rcu_head rcu;
};

/**
 * struct nat64_dynmap - a dynamic mapping
 * @map: the mapping; must come first, since event.c frees it all by it
 * @list: link in nat64_dynamic.maps
 * @quota: the account of its /64
 * @check: jiffies when it is to be checked
 */
struct nat64_dynmap {
	struct nat64_map map;
	struct list_head list;
	struct nat64_quota *quota;
	unsigned long check;
};

static inline struct nat64_dynmap *nat64_dynmap(struct nat64_map *map)
{
	return container_of(map, struct nat64_dynmap, map);
}

static inline u32 nat64_map_idle(const struct nat64_map *map)
{
	return nat64_now() - READ_ONCE(map->used);
}

int nat64_quota_init(struct nat64 *nat);
struct nat64_quota *nat64_quota_find(struct nat64 *nat,
				     const struct in6_addr *addr6);
struct nat64_quota *nat64_quota_hold(struct nat64 *nat,
				     const struct in6_addr *addr6);
void nat64_quota_drop(struct nat64 *nat, struct nat64_quota *quota);
bool nat64_quota_is_used_up(const struct nat64_config *config,
			    const struct nat64_quota *quota);

unsigned long nat64_check_interval(const struct nat64_config *config);
void nat64_dynmap_postpone(struct nat64 *nat, struct nat64_dynmap *dynmap,
			   const struct nat64_config *config);
void nat64_dynmap_take(struct nat64 *nat, __be32 addr4);
void nat64_dynmap_release(struct nat64 *nat,
			  const struct nat64_prefix4 *prefix4);
int nat64_dynmap_insert(struct nat64 *nat, const struct nat64_config *config,
			const struct in6_addr *addr6, __be32 addr4, u32 idle,
			struct nat64_quota *quota);
void nat64_dynmap_remove(struct nat64 *nat, struct nat64_map *map);

#endif /* _NAT64_DYNMAP_H */
