// SPDX-License-Identifier: GPL-2.0
/*
 * A dynamic mapping, with all that it holds: a place in the table and the list,
 * the mark in the pools, and its share of the quota of its /64.
 */

#include "dynmap.h"
#include "event.h"
#include "generation.h"
#include "pool.h"

#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#define NAT64_CHECK_MAX		(60 * HZ)	/* check a mapping at least this often */

static const struct rhashtable_params nat64_quota_params = {
	.head_offset = offsetof(struct nat64_quota, node),
	.key_offset = offsetof(struct nat64_quota, net),
	.key_len = sizeof_field(struct nat64_quota, net),
	.automatic_shrinking = true,
};

/*
 * Charge the memory to whoever made the device. GFP_ATOMIC could exceed their
 * limit, and packets of strangers must not use up its reserves.
 */
static void *nat64_dynmap_zalloc(struct nat64 *nat, size_t size)
{
	struct mem_cgroup *old = set_active_memcg(nat->dynamic.memcg);
	void *p = kzalloc(size, GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);

	set_active_memcg(old);
	return p;
}

/**
 * nat64_quota_init() - prepare an instance for quotas
 * @nat: the instance
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM
 */
int nat64_quota_init(struct nat64 *nat)
{
	return rhashtable_init(&nat->dynamic.quotas, &nat64_quota_params);
}

/**
 * nat64_quota_find() - the account of a host's /64
 * @nat: the instance
 * @addr6: the host
 *
 * Context: RCU read side, or @nat->dynamic.lock held.
 * Return: the account, or NULL if that /64 has no mappings
 */
struct nat64_quota *nat64_quota_find(struct nat64 *nat,
				     const struct in6_addr *addr6)
{
	u64 net;

	memcpy(&net, addr6, sizeof(net));
	return rhashtable_lookup_fast(&nat->dynamic.quotas, &net, nat64_quota_params);
}

/* Read without the lock by nat64_dynamic_refuse(). */
static void nat64_quota_change(struct nat64_quota *quota, int change)
{
	WRITE_ONCE(quota->count, quota->count + change);
}

/**
 * nat64_quota_hold() - make sure that a host's /64 has an account
 * @nat: the instance
 * @addr6: the host
 *
 * The account counts one mapping more until nat64_quota_drop(), so that it is
 * not freed with the last mapping of its /64.
 *
 * Context: @nat->dynamic.lock held.
 * Return: the account, or NULL for want of memory
 */
struct nat64_quota *nat64_quota_hold(struct nat64 *nat,
				     const struct in6_addr *addr6)
{
	struct nat64_quota *quota = nat64_quota_find(nat, addr6);

	if (quota) {
		nat64_quota_change(quota, 1);
		return quota;
	}
	quota = nat64_dynmap_zalloc(nat, sizeof(*quota));
	if (!quota)
		return NULL;

	quota->count = 1;
	memcpy(&quota->net, addr6, sizeof(quota->net));
	if (rhashtable_insert_fast(&nat->dynamic.quotas, &quota->node, nat64_quota_params)) {
		kfree(quota);
		return NULL;
	}
	return quota;
}

/**
 * nat64_quota_drop() - undo nat64_quota_hold(), or count one mapping less
 * @nat: the instance
 * @quota: the account
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_quota_drop(struct nat64 *nat, struct nat64_quota *quota)
{
	nat64_quota_change(quota, -1);
	if (quota->count)
		return;
	rhashtable_remove_fast(&nat->dynamic.quotas, &quota->node, nat64_quota_params);
	kfree_rcu(quota, rcu);
}

/**
 * nat64_quota_is_used_up() - whether the quota has no room for one more mapping
 * @config: the configuration
 * @quota: the account, held
 */
bool nat64_quota_is_used_up(const struct nat64_config *config,
			    const struct nat64_quota *quota)
{
	return config->quota && quota->count > config->quota;
}

/**
 * nat64_check_interval() - the time between two checks of a mapping
 * @config: the configuration
 *
 * An eighth of the idle timeout, so that an idle mapping ends in time.
 *
 * Return: jiffies
 */
unsigned long nat64_check_interval(const struct nat64_config *config)
{
	return clamp_t(unsigned long, config->idle_timeout * (HZ / 8), HZ / 2, NAT64_CHECK_MAX);
}

/**
 * nat64_dynmap_release() - let the addresses of a prefix be handed out again
 * @nat: the instance
 * @prefix4: the prefix; no dynamic mapping has an address of it
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynmap_release(struct nat64 *nat,
			  const struct nat64_prefix4 *prefix4)
{
	nat64_pool_set_release(nat->dynamic.pools, prefix4);
	WRITE_ONCE(nat->dynamic.full, jiffies - 1);
}

/**
 * nat64_dynmap_remove() - take a mapping out and let go of all that it holds
 * @nat: the instance
 * @map: a dynamic mapping; it is freed after listeners have been told and a
 *	 grace period is over
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynmap_remove(struct nat64 *nat, struct nat64_map *map)
{
	struct nat64_prefix4 prefix4 = nat64_map_prefix4(map);

	nat64_table_remove(nat->dynamic.table, map);
	nat64_forget_host(nat, &map->addr6, map->addr4);
	list_del(&nat64_dynmap(map)->list);
	nat->dynamic.count--;
	nat64_quota_drop(nat, nat64_dynmap(map)->quota);
	nat64_dynmap_release(nat, &prefix4);
	nat64_event_gone(nat, map);
}

/**
 * nat64_dynmap_take() - mark an address as taken
 * @nat: the instance
 * @addr4: the address, network byte order
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynmap_take(struct nat64 *nat, __be32 addr4)
{
	const struct nat64_prefix4 prefix4 = { .addr = addr4, .len = 32 };

	nat64_pool_set_take(nat->dynamic.pools, &prefix4);
}

/**
 * nat64_dynmap_postpone() - check a mapping later, after all others
 * @nat: the instance
 * @dynmap: the mapping
 * @config: the configuration
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynmap_postpone(struct nat64 *nat, struct nat64_dynmap *dynmap,
			   const struct nat64_config *config)
{
	dynmap->check = jiffies + nat64_check_interval(config);
	list_move_tail(&dynmap->list, &nat->dynamic.maps);
}

static struct nat64_dynmap *nat64_dynmap_alloc(struct nat64 *nat,
					       const struct in6_addr *addr6,
					       __be32 addr4,
					       struct nat64_quota *quota)
{
	struct nat64_dynmap *dynmap = nat64_dynmap_zalloc(nat, sizeof(*dynmap));

	if (!dynmap)
		return NULL;
	dynmap->map.type = NAT64_MAP_DYNAMIC;
	dynmap->map.addr6 = *addr6;
	dynmap->map.len6 = 128;
	dynmap->map.addr4 = addr4;
	dynmap->map.len4 = 32;
	dynmap->map.used = nat64_now();
	dynmap->quota = quota;
	return dynmap;
}

/**
 * nat64_dynmap_insert() - put a mapping to a free address into force
 * @nat: the instance
 * @config: its configuration
 * @addr6: the IPv6 address
 * @addr4: the IPv4 address, network byte order
 * @idle: how long the mapping has not been used, seconds
 * @quota: the account of the /64, held
 *
 * Context: @nat->dynamic.lock held.
 * Return: 0 or -ENOMEM
 */
int nat64_dynmap_insert(struct nat64 *nat, const struct nat64_config *config,
			const struct in6_addr *addr6, __be32 addr4, u32 idle,
			struct nat64_quota *quota)
{
	struct nat64_dynmap *dynmap = nat64_dynmap_alloc(nat, addr6, addr4, quota);

	if (!dynmap)
		return -ENOMEM;
	if (nat64_table_insert(nat->dynamic.table, &dynmap->map)) {
		/* If memory ran out, packets may have found it for a moment. */
		nat64_forget_host(nat, addr6, addr4);
		kfree_rcu(dynmap, map.rcu);
		return -ENOMEM;
	}

	nat64_dynmap_take(nat, addr4);
	dynmap->map.used -= idle;
	nat64_quota_change(quota, 1);
	nat->dynamic.count++;
	list_add_tail(&dynmap->list, &nat->dynamic.maps);
	nat64_dynmap_postpone(nat, dynmap, config);
	queue_delayed_work(system_power_efficient_wq, &nat->dynamic.expiry,
			   nat64_check_interval(config));
	nat64_event_born(nat, &dynmap->map);
	return 0;
}
