// SPDX-License-Identifier: GPL-2.0
/*
 * Dynamic mappings: made by packets, within the pools and the quota of their
 * /64.
 */

#include "dynamic.h"
#include "dynamic_end.h"
#include "dynmap.h"
#include "elsewhere.h"
#include "event.h"
#include "lookup.h"
#include "pool.h"

#include <linux/memcontrol.h>

#define NAT64_RECLAIM_BATCH	64		/* mappings to look at before reclaiming one */
#define NAT64_SEARCH_MAX	256		/* barred addresses at which a search gives up */

/*
 * Among the mappings due soonest, find the one that has been idle longest; NULL
 * if even that has not been idle for long.
 */
static struct nat64_dynmap *
nat64_dynamic_oldest(struct nat64 *nat, const struct nat64_config *config)
{
	struct nat64_dynmap *dynmap, *oldest = NULL;
	unsigned int n = 0;
	u32 idle = 0;

	list_for_each_entry(dynmap, &nat->dynamic.maps, list) {
		if (n++ == NAT64_RECLAIM_BATCH)
			break;
		if (!oldest || nat64_map_idle(&dynmap->map) > idle) {
			oldest = dynmap;
			idle = nat64_map_idle(&dynmap->map);
		}
	}
	return idle <= nat64_config_reclaim(config) ? NULL : oldest;
}

/*
 * Whether an address must not be handed out although it is not marked; @len
 * gets the prefix length of the block around it for which that holds. Needs
 * nat->dynamic.lock.
 */
static bool nat64_dynamic_bars(struct nat64 *nat,
			       const struct nat64_config *config, __be32 addr4,
			       u8 *len)
{
	const struct nat64_map *map = nat64_lookup4(nat, config, addr4);
	struct nat64_prefix4 prefix4;

	if (!map)
		return nat64_addr4_is_elsewhere(nat->dev, addr4, len);

	/*
	 * This mapping is not marked. Its mark was released along with that of
	 * a static mapping around or within it, or the pools are new.
	 */
	prefix4 = nat64_map_prefix4(map);
	nat64_pool_set_take(nat->dynamic.pools, &prefix4);
	*len = map->len4;
	return true;
}

static __be32 nat64_dynamic_search(struct nat64 *nat,
				   const struct nat64_config *config, u64 hash,
				   bool one_by_one)
{
	struct nat64_pool_search search;
	unsigned int i;
	__be32 addr4;
	u8 len;

	nat64_pool_search_begin(&search, nat->dynamic.pools, hash);
	for (i = 0; i < NAT64_SEARCH_MAX; i++) {
		addr4 = nat64_pool_search_next(&search);
		if (!addr4 || !nat64_dynamic_bars(nat, config, addr4, &len))
			return addr4;
		nat64_pool_search_skip(&search, one_by_one ? 32 : len);
	}
	return 0;
}

/*
 * Find a free address for a host, without taking it; or 0. A block that is
 * routed elsewhere may contain a smaller one that is the device's, so at last
 * look at the addresses one by one.
 */
static __be32 nat64_dynamic_free_addr(struct nat64 *nat,
				      const struct nat64_config *config,
				      const struct in6_addr *addr6)
{
	u64 hash = siphash(addr6, sizeof(*addr6), &config->hash_key);

	return nat64_dynamic_search(nat, config, hash, false) ?:
	       nat64_dynamic_search(nat, config, hash, true);
}

/*
 * Make room in full pools. Returns the address that became free, or 0. The
 * mappings looked at go to the end of the list, so that they are not looked at
 * again soon.
 */
static __be32 nat64_dynamic_reclaim(struct nat64 *nat,
				    const struct nat64_config *config)
{
	struct nat64_dynmap *oldest = nat64_dynamic_oldest(nat, config);
	unsigned int i;
	__be32 addr4;
	u8 len;

	for (i = 0; i < min_t(u32, nat->dynamic.count, NAT64_RECLAIM_BATCH); i++)
		nat64_dynmap_postpone(nat,
				      list_first_entry(&nat->dynamic.maps,
						       struct nat64_dynmap,
						       list),
				      config);
	if (!oldest)
		return 0;

	addr4 = oldest->map.addr4;
	nat64_dynmap_remove(nat, &oldest->map);
	nat64_stats_inc(nat->stats, NAT64_STAT_MAP_RECLAIMED);
	if (!nat64_pool_set_contains(nat->dynamic.pools, addr4) ||
	    nat64_dynamic_bars(nat, config, addr4, &len))
		return 0;
	return addr4;
}

/*
 * nat64_dynamic_create() once the source has passed its quota. Needs
 * nat->dynamic.lock.
 */
static enum nat64_verdict
nat64_dynamic_assign(struct nat64 *nat, const struct nat64_config *config,
		     const struct in6_addr *addr6, struct nat64_quota *quota,
		     __be32 *addr4)
{
	*addr4 = nat64_dynamic_free_addr(nat, config, addr6) ?:
		 nat64_dynamic_reclaim(nat, config);
	if (!*addr4) {
		WRITE_ONCE(nat->dynamic.full, jiffies);
		return NAT64_DROP_POOL_FULL;
	}
	if (nat64_dynmap_insert(nat, config, addr6, *addr4, 0, quota))
		return NAT64_DROP_NOMEM;
	nat64_stats_inc(nat->stats, NAT64_STAT_MAP_CREATED);
	return NAT64_OK;
}

/*
 * nat64_dynamic_create() for a host that nat64_dynamic_refuse() lets pass.
 * Needs nat->dynamic.lock.
 */
static enum nat64_verdict nat64_dynamic_make(struct nat64 *nat,
					     const struct in6_addr *addr6,
					     __be32 *addr4)
{
	/*
	 * The pools belong to this configuration, which may be newer than the
	 * packet's.
	 */
	const struct nat64_config *config = nat64_config(nat);
	struct nat64_map *map = nat64_lookup6(nat, config, addr6);
	enum nat64_verdict verdict;
	struct nat64_quota *quota;

	if (map) {
		/* Another CPU was faster. */
		*addr4 = nat64_map_to4(map, addr6);
		return NAT64_OK;
	}
	quota = nat64_quota_hold(nat, addr6);
	if (!quota)
		return NAT64_DROP_NOMEM;

	if (nat64_quota_is_used_up(config, quota))
		verdict = NAT64_DROP_QUOTA;
	else
		verdict = nat64_dynamic_assign(nat, config, addr6, quota, addr4);
	nat64_quota_drop(nat, quota);
	return verdict;
}

/*
 * Refuse a host without taking the lock, if there is obviously no address for
 * it. A flood of new hosts costs no more than this, except for one host per
 * jiffy.
 */
static enum nat64_verdict
nat64_dynamic_refuse(struct nat64 *nat, const struct nat64_config *config,
		     const struct in6_addr *addr6)
{
	const struct nat64_quota *quota;

	if (!config->n_pools)
		return NAT64_DROP_NO_MAPPING6;

	quota = config->quota ? nat64_quota_find(nat, addr6) : NULL;
	if (quota && READ_ONCE(quota->count) >= config->quota)
		return NAT64_DROP_QUOTA;
	/*
	 * The pools were found full in this very jiffy. Compare for equality
	 * only: jiffies wrap, so a very old time may look like a later one.
	 */
	if (!(jiffies - READ_ONCE(nat->dynamic.full)))
		return NAT64_DROP_POOL_FULL;
	return NAT64_OK;
}

/**
 * nat64_dynamic_create() - map an IPv6 address to an address of a pool
 * @nat: the instance
 * @addr6: the IPv6 address
 * @addr4: the result, network byte order
 *
 * Context: softirq or softirqs off, RCU read side.
 * Return: NAT64_OK, or why not: a NAT64_DROP_*
 */
enum nat64_verdict nat64_dynamic_create(struct nat64 *nat,
					const struct in6_addr *addr6,
					__be32 *addr4)
{
	enum nat64_verdict verdict;

	verdict = nat64_dynamic_refuse(nat, nat64_config(nat), addr6);
	if (!verdict) {
		spin_lock_bh(&nat->dynamic.lock);
		verdict = nat64_dynamic_make(nat, addr6, addr4);
		spin_unlock_bh(&nat->dynamic.lock);
	}
	if (verdict == NAT64_DROP_POOL_FULL)
		net_warn_ratelimited("%s: no free IPv4 address for %pI6c\n", nat->dev->name, addr6);
	return verdict;
}

/**
 * nat64_dynamic_preview() - what nat64_dynamic_create() would do at this moment
 * @nat: the instance
 * @config: its configuration
 * @addr6: an IPv6 address that no mapping covers
 * @addr4: the result, network byte order
 *
 * Context: @nat->dynamic.lock held, RCU read side.
 * Return: NAT64_OK, or why not: a NAT64_DROP_*
 */
enum nat64_verdict nat64_dynamic_preview(struct nat64 *nat,
					 const struct nat64_config *config,
					 const struct in6_addr *addr6,
					 __be32 *addr4)
{
	struct nat64_quota *quota = nat64_quota_find(nat, addr6);
	struct nat64_dynmap *oldest;

	if (!config->n_pools)
		return NAT64_DROP_NO_MAPPING6;
	if (config->quota && quota && quota->count >= config->quota)
		return NAT64_DROP_QUOTA;

	*addr4 = nat64_dynamic_free_addr(nat, config, addr6);
	if (*addr4)
		return NAT64_OK;
	oldest = nat64_dynamic_oldest(nat, config);
	if (!oldest)
		return NAT64_DROP_POOL_FULL;
	*addr4 = oldest->map.addr4;
	return NAT64_OK;
}

/* Find what stands in the way of a dynamic mapping. Needs nat->dynamic.lock. */
static int nat64_dynamic_conflict(struct nat64 *nat,
				  const struct nat64_config *config,
				  const struct in6_addr *addr6, __be32 addr4,
				  struct netlink_ext_ack *extack)
{
	struct nat64_map *same6 = nat64_lookup6(nat, config, addr6);
	struct nat64_map *same4 = nat64_lookup4(nat, config, addr4);
	u8 len;

	if (same6 && same6 == same4 && same6->type == NAT64_MAP_DYNAMIC) {
		NL_SET_ERR_MSG(extack, "mapping exists already");
		return -EALREADY;
	}
	if (same6) {
		NL_SET_ERR_MSG(extack, "IPv6 address is mapped already");
		return -EEXIST;
	}
	if (same4) {
		NL_SET_ERR_MSG(extack, "IPv4 address is mapped already");
		return -EEXIST;
	}
	if (nat64_config_find_prefix(config, addr6)) {
		NL_SET_ERR_MSG(extack, "IPv6 address is in a prefix of the device");
		return -EADDRNOTAVAIL;
	}
	if (!nat64_pool_set_contains(nat->dynamic.pools, addr4)) {
		NL_SET_ERR_MSG(extack, "IPv4 address is in no pool");
		return -EADDRNOTAVAIL;
	}
	if (nat64_pool_set_reserves(nat->dynamic.pools, addr4)) {
		NL_SET_ERR_MSG(extack, "IPv4 address is network or broadcast address of a pool");
		return -EADDRNOTAVAIL;
	}
	if (nat64_addr4_is_elsewhere(nat->dev, addr4, &len)) {
		NL_SET_ERR_MSG(extack, "IPv4 address is the router's own, or routed elsewhere");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

/**
 * nat64_dynamic_add() - add a dynamic mapping as packets would, but to a given address
 * @nat: the instance
 * @addr6: the IPv6 address
 * @addr4: the IPv4 address, network byte order
 * @idle: how long the mapping has not been used, seconds
 * @extack: says why not
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -ETIMEDOUT if it would have expired, -EALREADY if it is there, or
 * another error
 */
int nat64_dynamic_add(struct nat64 *nat, const struct in6_addr *addr6,
		      __be32 addr4, u32 idle, struct netlink_ext_ack *extack)
{
	const struct nat64_config *config;
	struct nat64_quota *quota;
	int err;

	config = nat64_config(nat);
	if (idle >= config->idle_timeout) {
		NL_SET_ERR_MSG(extack, "mapping has been idle for longer than idle-timeout");
		return -ETIMEDOUT;
	}

	rcu_read_lock();
	spin_lock_bh(&nat->dynamic.lock);
	err = nat64_dynamic_conflict(nat, config, addr6, addr4, extack);
	if (err)
		goto out;
	err = -ENOMEM;
	quota = nat64_quota_hold(nat, addr6);
	if (!quota)
		goto out;

	if (nat64_quota_is_used_up(config, quota)) {
		NL_SET_ERR_MSG(extack, "source /64 has its quota of dynamic mappings");
		err = -EDQUOT;
	} else {
		err = nat64_dynmap_insert(nat, config, addr6, addr4, idle, quota);
	}
	nat64_quota_drop(nat, quota);
out:
	spin_unlock_bh(&nat->dynamic.lock);
	rcu_read_unlock();
	return err;
}

/**
 * nat64_dynamic_init() - prepare an instance for dynamic mappings, without a pool
 * @nat: the instance
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM
 */
int nat64_dynamic_init(struct nat64 *nat)
{
	struct nat64_dynamic *dynamic = &nat->dynamic;
	int err = -ENOMEM;

	spin_lock_init(&dynamic->lock);
	dynamic->full = jiffies - 1;
	INIT_LIST_HEAD(&dynamic->maps);
	INIT_DELAYED_WORK(&dynamic->expiry, nat64_dynamic_expire);
	nat64_event_init(nat);
	dynamic->memcg = get_mem_cgroup_from_mm(current->mm);

	dynamic->table = nat64_table_alloc();
	if (!dynamic->table)
		goto err_memcg;
	dynamic->pools = nat64_pool_set_alloc(NULL, 0);
	if (!dynamic->pools)
		goto err_table;

	err = nat64_quota_init(nat);
	if (err)
		goto err_pools;
	return 0;

err_pools:
	nat64_pool_set_free(dynamic->pools);
err_table:
	nat64_table_put(dynamic->table);
err_memcg:
	mem_cgroup_put(dynamic->memcg);
	return err;
}

/**
 * nat64_dynamic_destroy() - undo nat64_dynamic_init()
 * @nat: the instance, flushed, with no packets any more
 *
 * Context: process context, may sleep.
 */
void nat64_dynamic_destroy(struct nat64 *nat)
{
	cancel_delayed_work_sync(&nat->dynamic.expiry);
	nat64_event_flush(nat);
	rhashtable_destroy(&nat->dynamic.quotas);
	nat64_pool_set_free(nat->dynamic.pools);
	nat64_table_put(nat->dynamic.table);
	mem_cgroup_put(nat->dynamic.memcg);
}
