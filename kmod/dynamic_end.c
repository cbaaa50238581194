// SPDX-License-Identifier: GPL-2.0
/*
 * The end of dynamic mappings: by time, by static mappings, by another
 * configuration.
 */

#include "dynamic_end.h"
#include "dynmap.h"
#include "pool.h"

static void nat64_remove_hosts(struct nat64 *nat,
			       const struct nat64_prefix6 *prefix6,
			       const struct nat64_prefix4 *prefix4)
{
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	map = nat64_table_exact6(nat->dynamic.table, prefix6);
	if (map)
		nat64_dynmap_remove(nat, map);
	map = nat64_table_exact4(nat->dynamic.table, prefix4);
	if (map)
		nat64_dynmap_remove(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);
}

/*
 * Let softirqs run now and then while going over many mappings; @n counts the
 * mappings.
 */
static void nat64_dynamic_breathe(struct nat64 *nat, unsigned int *n)
{
	if (++*n % NAT64_LOCK_BATCH)
		return;
	spin_unlock_bh(&nat->dynamic.lock);
	cond_resched();
	spin_lock_bh(&nat->dynamic.lock);
}

/*
 * Visit all mappings with addresses in @prefix4 that exist from the beginning
 * to the end of the walk. They are found by their marks in @pools. Needs
 * nat->lock.
 */
static void nat64_dynamic_visit(struct nat64 *nat, const struct nat64_pool_set *pools,
				const struct nat64_prefix4 *prefix4,
				void (*visit)(struct nat64 *nat, struct nat64_map *map,
					      const void *data),
				const void *data)
{
	struct nat64_pool_walk walk = { .set = pools, .within = *prefix4 };
	struct nat64_prefix4 key = { .len = 32 };
	struct nat64_map *map;
	unsigned int n = 0;

	spin_lock_bh(&nat->dynamic.lock);
	while (nat->dynamic.count && (key.addr = nat64_pool_walk_next(&walk))) {
		map = nat64_table_exact4(nat->dynamic.table, &key);
		if (map)
			visit(nat, map, data);
		nat64_dynamic_breathe(nat, &n);
	}
	spin_unlock_bh(&nat->dynamic.lock);
}

static const struct nat64_prefix4 nat64_all_of_ipv4;

static void nat64_visit_remove(struct nat64 *nat, struct nat64_map *map,
			       const void *unused)
{
	nat64_dynmap_remove(nat, map);
}

static void nat64_visit_remove_within6(struct nat64 *nat, struct nat64_map *map,
				       const void *prefix6)
{
	if (nat64_prefix6_contains(prefix6, &map->addr6))
		nat64_dynmap_remove(nat, map);
}

/*
 * Whether hosts of a prefix may have mappings. A /64 without mappings has no
 * account.
 */
static bool nat64_dynamic_may_have(struct nat64 *nat,
				   const struct nat64_prefix6 *prefix6)
{
	if (prefix6->len < 64)
		return READ_ONCE(nat->dynamic.count);
	return nat64_quota_find(nat, &prefix6->addr);
}

/**
 * nat64_dynamic_remove_covered() - end the mappings that a static one replaces
 * @nat: the instance
 * @prefix6: IPv6 prefix of the static mapping, which is in its table already
 * @prefix4: its IPv4 prefix
 *
 * Context: process context, @nat->lock held.
 */
void nat64_dynamic_remove_covered(struct nat64 *nat,
				  const struct nat64_prefix6 *prefix6,
				  const struct nat64_prefix4 *prefix4)
{
	if (prefix6->len == 128 && prefix4->len == 32) {
		nat64_remove_hosts(nat, prefix6, prefix4);
		return;
	}
	nat64_dynamic_visit(nat, nat->dynamic.pools, prefix4, nat64_visit_remove, NULL);
	if (nat64_dynamic_may_have(nat, prefix6))
		nat64_dynamic_visit(nat, nat->dynamic.pools, &nat64_all_of_ipv4,
				    nat64_visit_remove_within6, prefix6);
}

/**
 * nat64_dynamic_flush() - remove all dynamic mappings
 * @nat: the instance
 *
 * Context: process context, @nat->lock held.
 */
void nat64_dynamic_flush(struct nat64 *nat)
{
	struct nat64_dynmap *dynmap;
	unsigned int n = 0;

	spin_lock_bh(&nat->dynamic.lock);
	while ((dynmap = list_first_entry_or_null(&nat->dynamic.maps, typeof(*dynmap), list))) {
		nat64_dynmap_remove(nat, &dynmap->map);
		nat64_dynamic_breathe(nat, &n);
	}
	spin_unlock_bh(&nat->dynamic.lock);
}

/*
 * Check the mappings that are due. Returns whether more may be due. Needs
 * nat->dynamic.lock.
 */
static bool nat64_dynamic_check(struct nat64 *nat,
				const struct nat64_config *config)
{
	struct nat64_dynmap *dynmap;
	unsigned int i;

	for (i = 0; i < NAT64_LOCK_BATCH; i++) {
		dynmap = list_first_entry_or_null(&nat->dynamic.maps, typeof(*dynmap), list);
		if (!dynmap || time_before(jiffies, dynmap->check))
			return false;
		if (nat64_map_idle(&dynmap->map) < config->idle_timeout) {
			nat64_dynmap_postpone(nat, dynmap, config);
			continue;
		}
		nat64_dynmap_remove(nat, &dynmap->map);
		nat64_stats_inc(nat->stats, NAT64_STAT_MAP_EXPIRED);
	}
	return true;
}

/**
 * nat64_dynamic_expire() - end the mappings that are idle for too long
 * @work: nat64_dynamic.expiry
 */
void nat64_dynamic_expire(struct work_struct *work)
{
	struct nat64_dynamic *dynamic = container_of(to_delayed_work(work), struct nat64_dynamic,
						     expiry);
	struct nat64 *nat = container_of(dynamic, struct nat64, dynamic);
	const struct nat64_config *config;
	bool more;

	do {
		rcu_read_lock();
		config = nat64_config(nat);
		spin_lock_bh(&nat->dynamic.lock);
		more = nat64_dynamic_check(nat, config);
		if (!more && dynamic->count)
			queue_delayed_work(system_power_efficient_wq, &dynamic->expiry,
					   nat64_check_interval(config));
		spin_unlock_bh(&nat->dynamic.lock);
		rcu_read_unlock();
		cond_resched();
	} while (more);
}

/**
 * nat64_dynamic_recheck() - check the mappings now
 * @nat: the instance
 *
 * Needed when a new idle timeout is shorter than the wait in progress.
 */
void nat64_dynamic_recheck(struct nat64 *nat)
{
	mod_delayed_work(system_power_efficient_wq, &nat->dynamic.expiry, 0);
}

/*
 * A mapping stays if its IPv4 address is in a pool, its IPv6 address is in no
 * prefix, and no static mapping has either of them.
 */
static void nat64_visit_settle(struct nat64 *nat, struct nat64_map *map,
			       const void *data)
{
	const struct nat64_config *config = data;

	if (nat64_pool_set_contains(nat->dynamic.pools, map->addr4) &&
	    !nat64_config_find_prefix(config, &map->addr6) &&
	    !nat64_table_find6(config->table, &map->addr6) &&
	    !nat64_table_find4(config->table, map->addr4))
		nat64_dynmap_take(nat, map->addr4);
	else
		nat64_dynmap_remove(nat, map);
}

/**
 * nat64_dynamic_settle() - end the mappings that conflict with configuration or static mappings
 * @nat: the instance, with these in force
 * @old: the pools in which the mappings are marked: the previous ones, if they
 *	 have just been replaced
 *
 * Context: process context, @nat->lock held.
 */
void nat64_dynamic_settle(struct nat64 *nat, const struct nat64_pool_set *old)
{
	nat64_dynamic_visit(nat, old, &nat64_all_of_ipv4, nat64_visit_settle, nat64_config(nat));
}

/**
 * nat64_dynamic_remove4() - remove the dynamic mapping of an IPv4 address, if any
 * @nat: the instance
 * @addr4: the address, network byte order, which is somebody else's now
 *
 * Its host gets another one with its next packet.
 *
 * Context: any but hard interrupts.
 */
void nat64_dynamic_remove4(struct nat64 *nat, __be32 addr4)
{
	const struct nat64_prefix4 prefix4 = { .addr = addr4, .len = 32 };
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	map = nat64_table_exact4(nat->dynamic.table, &prefix4);
	if (map)
		nat64_dynmap_remove(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);
}
