// SPDX-License-Identifier: GPL-2.0
/*
 * Dynamic mappings: made by packets, within the pools and the quota of their /64; ended by time.
 */

#include "dynamic.h"
#include "elsewhere.h"
#include "event.h"
#include "lookup.h"

#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#define NAT64_CHECK_MAX		(60 * HZ)	/* at least this often a mapping is checked */
#define NAT64_RECLAIM_BATCH	64		/* mappings looked at for one to reclaim */
#define NAT64_SEARCH_MAX	256		/* addresses that a search finds barred */

/* How many dynamic mappings the hosts of a /64 have. */
struct nat64_quota {
	struct rhash_head node;
	u64 net;
	u32 count;
	struct rcu_head rcu;
};

static const struct rhashtable_params nat64_quota_params = {
	.head_offset = offsetof(struct nat64_quota, node),
	.key_offset = offsetof(struct nat64_quota, net),
	.key_len = sizeof_field(struct nat64_quota, net),
	.automatic_shrinking = true,
};

/**
 * struct nat64_dynmap - a dynamic mapping
 * @map: the mapping, first, for it is by this that event.c frees it
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

static struct nat64_dynmap *nat64_dynmap(struct nat64_map *map)
{
	return container_of(map, struct nat64_dynmap, map);
}

/*
 * Charged to whoever made the device. Not GFP_ATOMIC, which may exceed that one's limit, and whose
 * reserves are no business of strangers' packets.
 */
static void *nat64_dynamic_zalloc(struct nat64 *nat, size_t size)
{
	struct mem_cgroup *old = set_active_memcg(nat->dynamic.memcg);
	void *p = kzalloc(size, GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);

	set_active_memcg(old);
	return p;
}

static struct nat64_quota *nat64_quota_find(struct nat64 *nat, const struct in6_addr *addr6)
{
	u64 net;

	memcpy(&net, addr6, sizeof(net));
	return rhashtable_lookup_fast(&nat->dynamic.quotas, &net, nat64_quota_params);
}

static struct nat64_quota *nat64_quota_get(struct nat64 *nat, const struct in6_addr *addr6)
{
	struct nat64_quota *quota = nat64_quota_find(nat, addr6);

	if (quota)
		return quota;

	quota = nat64_dynamic_zalloc(nat, sizeof(*quota));
	if (!quota)
		return NULL;

	memcpy(&quota->net, addr6, sizeof(quota->net));
	if (rhashtable_insert_fast(&nat->dynamic.quotas, &quota->node, nat64_quota_params)) {
		kfree(quota);
		return NULL;
	}
	return quota;
}

/* Read without the lock by nat64_dynamic_refuse(). */
static void nat64_quota_change(struct nat64_quota *quota, int change)
{
	WRITE_ONCE(quota->count, quota->count + change);
}

static void nat64_quota_put(struct nat64 *nat, struct nat64_quota *quota)
{
	if (quota->count)
		return;
	rhashtable_remove_fast(&nat->dynamic.quotas, &quota->node, nat64_quota_params);
	kfree_rcu(quota, rcu);
}

/* The time between two checks of a mapping: an eighth of its life, so that it ends in time. */
static unsigned long nat64_check_interval(const struct nat64_config *config)
{
	return clamp_t(unsigned long, config->idle_timeout * (HZ / 8), HZ / 2, NAT64_CHECK_MAX);
}

static u32 nat64_map_idle(const struct nat64_map *map)
{
	return nat64_now() - READ_ONCE(map->used);
}

/**
 * nat64_dynamic_release() - let the addresses of a prefix be handed out again
 * @nat: the instance
 * @prefix4: the prefix, of which no dynamic mapping has an address
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynamic_release(struct nat64 *nat, const struct nat64_prefix4 *prefix4)
{
	nat64_pool_set_release(nat->dynamic.pools, prefix4);
	WRITE_ONCE(nat->dynamic.full, jiffies - 1);
}

/**
 * nat64_dynamic_remove() - take a mapping out and let go of all that it holds
 * @nat: the instance
 * @map: a dynamic mapping, freed once it has been told of, and a grace period is over
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_dynamic_remove(struct nat64 *nat, struct nat64_map *map)
{
	struct nat64_prefix4 prefix4 = nat64_map_prefix4(map);

	nat64_table_remove(nat->dynamic.table, map);
	list_del(&nat64_dynmap(map)->list);
	nat->dynamic.count--;
	nat64_quota_change(nat64_dynmap(map)->quota, -1);
	nat64_quota_put(nat, nat64_dynmap(map)->quota);
	nat64_dynamic_release(nat, &prefix4);
	nat64_event_gone(nat, map);
}

static void nat64_remove_hosts(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
			       const struct nat64_prefix4 *prefix4)
{
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	map = nat64_table_exact6(nat->dynamic.table, prefix6);
	if (map)
		nat64_dynamic_remove(nat, map);
	map = nat64_table_exact4(nat->dynamic.table, prefix4);
	if (map)
		nat64_dynamic_remove(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);
}

/* Let softirqs run now and then in what goes over many mappings; @n counts them. */
static void nat64_dynamic_breathe(struct nat64 *nat, unsigned int *n)
{
	if (++*n % NAT64_LOCK_BATCH)
		return;
	spin_unlock_bh(&nat->dynamic.lock);
	cond_resched();
	spin_lock_bh(&nat->dynamic.lock);
}

/*
 * Visit the mappings that have addresses of @prefix4, of all that are there from the beginning to
 * the end. They are found by what is marked in @pools. Needs nat->lock.
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

static void nat64_visit_remove(struct nat64 *nat, struct nat64_map *map, const void *unused)
{
	nat64_dynamic_remove(nat, map);
}

static void nat64_visit_remove_within6(struct nat64 *nat, struct nat64_map *map,
				       const void *prefix6)
{
	if (nat64_prefix6_contains(prefix6, &map->addr6))
		nat64_dynamic_remove(nat, map);
}

/* Whether hosts of a prefix may have mappings: a /64 without any has no account. */
static bool nat64_dynamic_may_have(struct nat64 *nat, const struct nat64_prefix6 *prefix6)
{
	if (prefix6->len < 64)
		return READ_ONCE(nat->dynamic.count);
	return nat64_quota_find(nat, &prefix6->addr);
}

/**
 * nat64_dynamic_remove_covered() - end the mappings that a static one takes the place of
 * @nat: the instance
 * @prefix6: IPv6 prefix of the static mapping, which is in its table already
 * @prefix4: its IPv4 prefix
 *
 * Context: process context, @nat->lock held.
 */
void nat64_dynamic_remove_covered(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
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
		nat64_dynamic_remove(nat, &dynmap->map);
		nat64_dynamic_breathe(nat, &n);
	}
	spin_unlock_bh(&nat->dynamic.lock);
}

static void nat64_postpone_check(struct nat64 *nat, struct nat64_dynmap *dynmap,
				 const struct nat64_config *config)
{
	dynmap->check = jiffies + nat64_check_interval(config);
	list_move_tail(&dynmap->list, &nat->dynamic.maps);
}

/*
 * Of some mappings that are due soonest, the one that is idle longest, but none that is younger
 * than a quarter of the life of an idle one.
 */
static struct nat64_dynmap *nat64_dynamic_oldest(struct nat64 *nat,
						 const struct nat64_config *config)
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
	return idle < max(config->idle_timeout / 4, 1U) ? NULL : oldest;
}

/*
 * Whether an address that is not marked is not to be handed out even so; @len gets the prefix
 * length of the block around it of which that is true. Needs nat->dynamic.lock.
 */
static bool nat64_dynamic_bars(struct nat64 *nat, const struct nat64_config *config, __be32 addr4,
			       u8 *len)
{
	const struct nat64_map *map = nat64_lookup4(nat, config, addr4);
	struct nat64_prefix4 prefix4;

	if (!map)
		return nat64_addr4_is_elsewhere(nat->dev, addr4, len);

	/*
	 * One whose mark went with that of a static mapping around it, or within; or that is not
	 * marked yet in new pools.
	 */
	prefix4 = nat64_map_prefix4(map);
	nat64_pool_set_take(nat->dynamic.pools, &prefix4);
	*len = map->len4;
	return true;
}

static void nat64_dynamic_take(struct nat64 *nat, __be32 addr4)
{
	const struct nat64_prefix4 prefix4 = { .addr = addr4, .len = 32 };

	nat64_pool_set_take(nat->dynamic.pools, &prefix4);
}

static __be32 nat64_dynamic_search(struct nat64 *nat, const struct nat64_config *config, u64 hash,
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
 * An address for a host, not taken yet; or 0. Within a block that is routed elsewhere there may be
 * a smaller one that is the device's, so what has been stepped over is looked at in the end.
 */
static __be32 nat64_dynamic_free_addr(struct nat64 *nat, const struct nat64_config *config,
				      const struct in6_addr *addr6)
{
	u64 hash = siphash(addr6, sizeof(*addr6), &config->hash_key);

	return nat64_dynamic_search(nat, config, hash, false) ?:
	       nat64_dynamic_search(nat, config, hash, true);
}

/*
 * Make room in full pools: the address that has become free, or 0. Who has been looked at is not
 * looked at again soon.
 */
static __be32 nat64_dynamic_reclaim(struct nat64 *nat, const struct nat64_config *config)
{
	struct nat64_dynmap *oldest = nat64_dynamic_oldest(nat, config);
	unsigned int i;
	__be32 addr4;
	u8 len;

	for (i = 0; i < min_t(u32, nat->dynamic.count, NAT64_RECLAIM_BATCH); i++)
		nat64_postpone_check(nat, list_first_entry(&nat->dynamic.maps,
							   struct nat64_dynmap, list), config);
	if (!oldest)
		return 0;

	addr4 = oldest->map.addr4;
	nat64_dynamic_remove(nat, &oldest->map);
	nat64_stats_inc(nat->stats, NAT64_STAT_MAP_RECLAIMED);
	if (!nat64_pool_set_contains(nat->dynamic.pools, addr4) ||
	    nat64_dynamic_bars(nat, config, addr4, &len))
		return 0;
	return addr4;
}

static struct nat64_dynmap *nat64_dynmap_alloc(struct nat64 *nat, const struct in6_addr *addr6,
					       __be32 addr4, struct nat64_quota *quota)
{
	struct nat64_dynmap *dynmap = nat64_dynamic_zalloc(nat, sizeof(*dynmap));

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

/* Put a mapping to a free address into force. Needs nat->dynamic.lock. */
static int nat64_dynamic_insert(struct nat64 *nat, const struct nat64_config *config,
				const struct in6_addr *addr6, __be32 addr4, u32 idle,
				struct nat64_quota *quota)
{
	struct nat64_dynmap *dynmap = nat64_dynmap_alloc(nat, addr6, addr4, quota);

	if (!dynmap || nat64_table_insert(nat->dynamic.table, &dynmap->map)) {
		kfree(dynmap);
		return -ENOMEM;
	}

	nat64_dynamic_take(nat, addr4);
	dynmap->map.used -= idle;
	nat64_quota_change(quota, 1);
	nat->dynamic.count++;
	list_add_tail(&dynmap->list, &nat->dynamic.maps);
	nat64_postpone_check(nat, dynmap, config);
	queue_delayed_work(system_power_efficient_wq, &nat->dynamic.expiry,
			   nat64_check_interval(config));
	nat64_event_born(nat, &dynmap->map);
	return 0;
}

/* nat64_dynamic_create() once the source has passed its quota. Needs nat->dynamic.lock. */
static enum nat64_verdict nat64_dynamic_assign(struct nat64 *nat, const struct nat64_config *config,
				const struct in6_addr *addr6, struct nat64_quota *quota,
				__be32 *addr4)
{
	*addr4 = nat64_dynamic_free_addr(nat, config, addr6) ?:
		 nat64_dynamic_reclaim(nat, config);
	if (!*addr4) {
		WRITE_ONCE(nat->dynamic.full, jiffies);
		return NAT64_DROP_POOL_FULL;
	}
	if (nat64_dynamic_insert(nat, config, addr6, *addr4, 0, quota))
		return NAT64_DROP_NOMEM;
	nat64_stats_inc(nat->stats, NAT64_STAT_MAP_CREATED);
	return NAT64_OK;
}

static bool nat64_quota_is_used_up(const struct nat64_config *config,
				   const struct nat64_quota *quota)
{
	return config->quota && quota->count > config->quota;
}

/* nat64_dynamic_create() for a host that is not refused at sight. Needs nat->dynamic.lock. */
static enum nat64_verdict nat64_dynamic_make(struct nat64 *nat, const struct in6_addr *addr6, __be32 *addr4)
{
	/* The configuration that the pools are of; it may be newer than the packet. */
	const struct nat64_config *config = nat64_config(nat);
	struct nat64_map *map = nat64_lookup6(nat, config, addr6);
	enum nat64_verdict verdict;
	struct nat64_quota *quota;

	if (map) {
		/* Another CPU was faster. */
		*addr4 = nat64_map_to4(map, addr6);
		return NAT64_OK;
	}
	quota = nat64_quota_get(nat, addr6);
	if (!quota)
		return NAT64_DROP_NOMEM;

	/* Held, lest reclaiming the last mapping of this /64 frees it. */
	nat64_quota_change(quota, 1);
	if (nat64_quota_is_used_up(config, quota))
		verdict = NAT64_DROP_QUOTA;
	else
		verdict = nat64_dynamic_assign(nat, config, addr6, quota, addr4);
	nat64_quota_change(quota, -1);
	nat64_quota_put(nat, quota);
	return verdict;
}

/*
 * Whether there is nothing to be had for a host, as far as can be told by looking. This is all that
 * a flood of new hosts costs, but for one of them in a jiffy.
 */
static enum nat64_verdict nat64_dynamic_refuse(struct nat64 *nat, const struct nat64_config *config,
				const struct in6_addr *addr6)
{
	const struct nat64_quota *quota;

	if (!config->n_pools)
		return NAT64_DROP_NO_MAPPING6;

	quota = config->quota ? nat64_quota_find(nat, addr6) : NULL;
	if (quota && READ_ONCE(quota->count) >= config->quota)
		return NAT64_DROP_QUOTA;
	/* In the jiffy in which they were found full; an older time may look like a later one. */
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
enum nat64_verdict nat64_dynamic_create(struct nat64 *nat, const struct in6_addr *addr6, __be32 *addr4)
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
enum nat64_verdict nat64_dynamic_preview(struct nat64 *nat, const struct nat64_config *config,
			  const struct in6_addr *addr6, __be32 *addr4)
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

/* What stands in the way of a dynamic mapping. Needs nat->dynamic.lock. */
static int nat64_dynamic_conflict(struct nat64 *nat, const struct nat64_config *config,
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
 * Return: 0, -ETIMEDOUT if it would have expired, -EALREADY if it is there, or another error
 */
int nat64_dynamic_add(struct nat64 *nat, const struct in6_addr *addr6, __be32 addr4, u32 idle,
		      struct netlink_ext_ack *extack)
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
	quota = nat64_quota_get(nat, addr6);
	if (!quota)
		goto out;

	nat64_quota_change(quota, 1);
	if (nat64_quota_is_used_up(config, quota)) {
		NL_SET_ERR_MSG(extack, "source /64 has its quota of dynamic mappings");
		err = -EDQUOT;
	} else {
		err = nat64_dynamic_insert(nat, config, addr6, addr4, idle, quota);
	}
	nat64_quota_change(quota, -1);
	nat64_quota_put(nat, quota);
out:
	spin_unlock_bh(&nat->dynamic.lock);
	rcu_read_unlock();
	return err;
}

/* Check what is due; whether there may be more of it. Needs nat->dynamic.lock. */
static bool nat64_dynamic_check(struct nat64 *nat, const struct nat64_config *config)
{
	struct nat64_dynmap *dynmap;
	unsigned int i;

	for (i = 0; i < NAT64_LOCK_BATCH; i++) {
		dynmap = list_first_entry_or_null(&nat->dynamic.maps, typeof(*dynmap), list);
		if (!dynmap || time_before(jiffies, dynmap->check))
			return false;
		if (nat64_map_idle(&dynmap->map) < config->idle_timeout) {
			nat64_postpone_check(nat, dynmap, config);
			continue;
		}
		nat64_dynamic_remove(nat, &dynmap->map);
		nat64_stats_inc(nat->stats, NAT64_STAT_MAP_EXPIRED);
	}
	return true;
}

static void nat64_dynamic_expire(struct work_struct *work)
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
 * For an idle timeout that is shorter than the wait that is under way.
 */
void nat64_dynamic_recheck(struct nat64 *nat)
{
	mod_delayed_work(system_power_efficient_wq, &nat->dynamic.expiry, 0);
}

/*
 * A mapping stays if it is of an address of the pools, and of a host that has neither prefix nor
 * static mapping.
 */
static void nat64_visit_settle(struct nat64 *nat, struct nat64_map *map, const void *data)
{
	const struct nat64_config *config = data;

	if (nat64_pool_set_contains(nat->dynamic.pools, map->addr4) &&
	    !nat64_config_find_prefix(config, &map->addr6) &&
	    !nat64_table_find6(config->table, &map->addr6) &&
	    !nat64_table_find4(config->table, map->addr4))
		nat64_dynamic_take(nat, map->addr4);
	else
		nat64_dynamic_remove(nat, map);
}

/**
 * nat64_dynamic_settle() - end the mappings that do not go with configuration and static mappings
 * @nat: the instance, with these in force
 * @old: the pools that the mappings are marked in: those before, where there are others now
 *
 * Context: process context, @nat->lock held.
 */
void nat64_dynamic_settle(struct nat64 *nat, const struct nat64_pool_set *old)
{
	nat64_dynamic_visit(nat, old, &nat64_all_of_ipv4, nat64_visit_settle, nat64_config(nat));
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

	err = rhashtable_init(&dynamic->quotas, &nat64_quota_params);
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
