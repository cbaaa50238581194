// SPDX-License-Identifier: GPL-2.0
/*
 * How mappings are found and how static ones come and go; dynamic ones are in dynamic.c.
 */

#include "mapping.h"
#include "device.h"

#include <linux/slab.h>

/**
 * nat64_mapping_find6() - find the mapping of an IPv6 address
 * @nat: the instance
 * @config: its configuration
 * @addr6: the address
 *
 * A dynamic mapping never lies within a static one, so there is no longer prefix behind the first
 * that is found.
 *
 * Context: RCU read side or @nat->lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_mapping_find6(const struct nat64 *nat, const struct nat64_config *config,
				      const struct in6_addr *addr6)
{
	return nat64_table_find6(config->table, addr6) ?:
	       nat64_table_find6(nat->dynamic.table, addr6);
}

/**
 * nat64_mapping_find4() - find the mapping of an IPv4 address
 * @nat: the instance
 * @config: its configuration
 * @addr4: the address, network byte order
 *
 * Context: RCU read side or @nat->lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_mapping_find4(const struct nat64 *nat, const struct nat64_config *config,
				      __be32 addr4)
{
	return nat64_table_find4(config->table, addr4) ?:
	       nat64_table_find4(nat->dynamic.table, addr4);
}

static void nat64_static_remove(struct nat64 *nat, struct nat64_map *map)
{
	nat64_table_remove(nat64_config(nat)->table, map);
	kfree_rcu(map, rcu);
}

static void nat64_mapping_remove(struct nat64 *nat, struct nat64_map *map)
{
	if (map->type == NAT64_MAP_STATIC)
		nat64_static_remove(nat, map);
	else
		nat64_dynamic_remove(nat, map);
}

/*
 * Let the addresses of a prefix be handed out again, where no mapping has them. That can be many,
 * so the lock is let go of in between; who takes an address meanwhile is found in the table.
 */
static void nat64_release_range(struct nat64 *nat, const struct nat64_config *config,
				const struct nat64_prefix4 *prefix)
{
	u32 first = ntohl(prefix->addr), last = first | ~ntohl(inet_make_mask(prefix->len));
	u32 addr;

	spin_lock_bh(&nat->dynamic.lock);
	for (addr = first;; addr++) {
		if (!nat64_mapping_find4(nat, config, htonl(addr)))
			nat64_pool_set_release(nat->dynamic.pools, htonl(addr));
		if (addr == last)
			break;
		if (addr % NAT64_LOCK_BATCH == 0) {
			spin_unlock_bh(&nat->dynamic.lock);
			cond_resched();
			spin_lock_bh(&nat->dynamic.lock);
		}
	}
	spin_unlock_bh(&nat->dynamic.lock);
}

/* Give the pools back what a static mapping had that is gone. */
static void nat64_release_prefix(struct nat64 *nat, const struct nat64_prefix4 *prefix)
{
	const struct nat64_config *config = nat64_config(nat);
	unsigned int i;

	for (i = 0; i < config->n_pools; i++) {
		const struct nat64_prefix4 *pool = &config->pools[i];

		if (nat64_prefix4_overlaps(pool, prefix))
			nat64_release_range(nat, config, prefix->len > pool->len ? prefix : pool);
	}
}

/* Add a mapping to a table of static ones. */
static int nat64_static_insert(struct nat64_table *table, struct nat64_map *map,
			       struct netlink_ext_ack *extack)
{
	struct nat64_prefix6 prefix6 = nat64_map_prefix6(map);
	struct nat64_prefix4 prefix4 = nat64_map_prefix4(map);
	struct nat64_map *same6, *same4;

	same6 = nat64_table_exact6(table, &prefix6);
	same4 = nat64_table_exact4(table, &prefix4);
	if (same6 && same6 == same4) {
		NL_SET_ERR_MSG(extack, "mapping exists already");
		return -EEXIST;
	}
	if (same6) {
		NL_SET_ERR_MSG(extack, "IPv6 prefix is mapped already");
		return -EEXIST;
	}
	if (same4) {
		NL_SET_ERR_MSG(extack, "IPv4 prefix is mapped already");
		return -EEXIST;
	}

	return nat64_table_insert(table, map);
}

/* Whether a mapping has addresses of an RFC 6052 prefix, which it goes before. */
static bool nat64_overlaps_prefix(const struct nat64_config *config, const struct nat64_map *map)
{
	struct nat64_prefix6 prefix = nat64_map_prefix6(map);
	unsigned int i;

	for (i = 0; i < config->n_prefixes; i++)
		if (nat64_prefix6_overlaps(&config->prefixes[i], &prefix))
			return true;
	return false;
}

/* A mapping is in force now. Needs nat->lock and nat->dynamic.lock. */
static void nat64_static_added(struct nat64 *nat, const struct nat64_map *map)
{
	struct nat64_config *config = nat64_config(nat);
	struct nat64_prefix6 prefix6 = nat64_map_prefix6(map);
	struct nat64_prefix4 prefix4 = nat64_map_prefix4(map);

	if (nat64_overlaps_prefix(config, map))
		WRITE_ONCE(config->prefix_mapped, true);
	nat64_dynamic_remove_covered(nat, &prefix6, &prefix4);
	nat64_pool_set_take(nat->dynamic.pools, &prefix4);
}

static struct nat64_map *nat64_static_alloc(const struct nat64_prefix6 *prefix6,
					    const struct nat64_prefix4 *prefix4)
{
	struct nat64_map *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);

	if (!map)
		return NULL;
	map->type = NAT64_MAP_STATIC;
	map->addr6 = prefix6->addr;
	map->len6 = prefix6->len;
	map->addr4 = prefix4->addr;
	map->len4 = prefix4->len;
	return map;
}

/**
 * nat64_mapping_add() - add a static mapping
 * @nat: the instance
 * @prefix6: IPv6 prefix, host bits zero
 * @prefix4: IPv4 prefix, host bits zero, with no more suffix bits than @prefix6
 * @extack: says why not
 *
 * Dynamic mappings of the same addresses end.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -EEXIST or -ENOMEM
 */
int nat64_mapping_add(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
		      const struct nat64_prefix4 *prefix4, struct netlink_ext_ack *extack)
{
	struct nat64_map *map = nat64_static_alloc(prefix6, prefix4);
	int err;

	if (!map)
		return -ENOMEM;

	spin_lock_bh(&nat->dynamic.lock);
	err = nat64_static_insert(nat64_config(nat)->table, map, extack);
	if (!err)
		nat64_static_added(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);
	if (err)
		kfree(map);
	return err;
}

/**
 * nat64_mapping_stage() - add a static mapping to a table that no packet uses
 * @table: the table
 * @prefix6: as for nat64_mapping_add()
 * @prefix4: as for nat64_mapping_add()
 * @extack: says why not
 *
 * Context: process context, whoever else may change @table locked out.
 * Return: 0, -EEXIST or -ENOMEM
 */
int nat64_mapping_stage(struct nat64_table *table, const struct nat64_prefix6 *prefix6,
			const struct nat64_prefix4 *prefix4, struct netlink_ext_ack *extack)
{
	struct nat64_map *map = nat64_static_alloc(prefix6, prefix4);
	int err;

	if (!map)
		return -ENOMEM;
	err = nat64_static_insert(table, map, extack);
	if (err)
		kfree(map);
	return err;
}

/**
 * nat64_mapping_replace() - add a static mapping in place of those that are in its way
 * @nat: the instance
 * @prefix6: as for nat64_mapping_add()
 * @prefix4: as for nat64_mapping_add()
 *
 * To packets of a prefix that was mapped and is so again this is one step.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -ENOMEM or -E2BIG; then the old ones are still there
 */
int nat64_mapping_replace(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
			  const struct nat64_prefix4 *prefix4)
{
	struct nat64_map *map = nat64_static_alloc(prefix6, prefix4), *old6, *old4;
	struct nat64_table *table = nat64_config(nat)->table;
	struct nat64_prefix4 freed;
	int err;

	if (!map)
		return -ENOMEM;

	spin_lock_bh(&nat->dynamic.lock);
	old6 = nat64_table_exact6(table, prefix6);
	old4 = nat64_table_exact4(table, prefix4);
	err = nat64_table_replace(table, map, old6, old4);
	if (!err)
		nat64_static_added(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);
	if (err) {
		kfree(map);
		return err;
	}

	if (old4 && old4 != old6)
		kfree_rcu(old4, rcu);
	if (old6) {
		freed = nat64_map_prefix4(old6);
		kfree_rcu(old6, rcu);
		nat64_release_prefix(nat, &freed);
	}
	return 0;
}

/**
 * nat64_mapping_del() - remove a mapping, static or dynamic
 * @nat: the instance
 * @prefix6: its IPv6 prefix, or NULL
 * @prefix4: its IPv4 prefix, or NULL if @prefix6 is not
 * @extack: says why not
 *
 * Context: process context, @nat->lock held.
 * Return: 0 or -ENOENT
 */
int nat64_mapping_del(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
		      const struct nat64_prefix4 *prefix4, struct netlink_ext_ack *extack)
{
	struct nat64_prefix4 freed;
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	if (prefix6)
		map = nat64_table_exact6(nat64_config(nat)->table, prefix6) ?:
		      nat64_table_exact6(nat->dynamic.table, prefix6);
	else
		map = nat64_table_exact4(nat64_config(nat)->table, prefix4) ?:
		      nat64_table_exact4(nat->dynamic.table, prefix4);
	if (map && prefix4 && (map->addr4 != prefix4->addr || map->len4 != prefix4->len))
		map = NULL;
	if (map) {
		freed = nat64_map_prefix4(map);
		nat64_mapping_remove(nat, map);
	}
	spin_unlock_bh(&nat->dynamic.lock);

	if (!map) {
		NL_SET_ERR_MSG(extack, "no such mapping");
		return -ENOENT;
	}
	nat64_release_prefix(nat, &freed);
	return 0;
}

/*
 * Mark in a new configuration and its pools what static mappings have; these do not change while
 * nat->lock is held.
 */
static void nat64_mark_static(struct nat64_config *config, struct nat64_pool_set *pools)
{
	struct rhashtable_iter iter;
	struct nat64_prefix4 prefix;
	struct nat64_map *map;

	config->prefix_mapped = false;
	rhashtable_walk_enter(&config->table->by4, &iter);
	rhashtable_walk_start(&iter);
	while ((map = rhashtable_walk_next(&iter))) {
		if (IS_ERR(map))
			continue;
		prefix = nat64_map_prefix4(map);
		nat64_pool_set_take(pools, &prefix);
		config->prefix_mapped |= nat64_overlaps_prefix(config, map);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

/**
 * nat64_mapping_set_config() - put another configuration in force
 * @nat: the instance
 * @config: the configuration, with the static mappings
 * @pools: its pools, which the instance takes over; NULL to keep the old ones, as long as table,
 *	   prefixes and pools are as they were
 *
 * To packets this is one step. Dynamic mappings that go with the new configuration stay, the
 * others end.
 *
 * Context: process context, @nat->lock held. Packets may use the old configuration until a grace
 *	    period is over.
 */
void nat64_mapping_set_config(struct nat64 *nat, struct nat64_config *config,
			      struct nat64_pool_set *pools)
{
	if (pools)
		nat64_mark_static(config, pools);
	else
		config->prefix_mapped = nat64_config(nat)->prefix_mapped;

	spin_lock_bh(&nat->dynamic.lock);
	rcu_assign_pointer(nat->config, config);
	if (pools)
		pools = nat64_dynamic_set_pools(nat, config, pools);
	spin_unlock_bh(&nat->dynamic.lock);

	nat64_dynamic_recheck(nat);
	nat64_pool_set_free(pools);
}
