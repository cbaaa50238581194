/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DYNAMIC_H
#define _NAT64_DYNAMIC_H

#include "map.h"
#include "pool.h"

#include <linux/memcontrol.h>
#include <linux/netlink.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* Mappings or addresses that are looked at before nat64_dynamic.lock is let go of for a moment. */
#define NAT64_LOCK_BATCH 64

struct nat64;
struct nat64_config;

/**
 * struct nat64_dynamic - the dynamic mappings of an instance
 * @lock: held, with softirqs off, by whoever changes mappings, static ones too
 * @table: the mappings, as packets find them
 * @pools: the addresses to hand out
 * @maps: the mappings, in the order in which they are due for a check
 * @quotas: how many mappings each source /64 has
 * @count: length of @maps
 * @full: the jiffy in which the pools were last found full
 * @expiry: checks @maps
 * @memcg: who made the device, and is charged
 */
struct nat64_dynamic {
	spinlock_t lock;
	struct nat64_table *table;
	struct nat64_pool_set *pools;
	struct list_head maps;
	struct rhashtable quotas;
	u32 count;
	unsigned long full;
	struct delayed_work expiry;
	struct mem_cgroup *memcg;
};

int nat64_dynamic_init(struct nat64 *nat);
void nat64_dynamic_destroy(struct nat64 *nat);
int nat64_dynamic_create(struct nat64 *nat, const struct in6_addr *addr6, __be32 *addr4);
int nat64_dynamic_preview(struct nat64 *nat, const struct nat64_config *config,
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
