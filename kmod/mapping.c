// SPDX-License-Identifier: GPL-2.0
/*
 * How static mappings come and go; dynamic ones are in dynamic.c.
 */

#include "mapping.h"
#include "dynamic_end.h"
#include "dynmap.h"
#include "generation.h"

#include <linux/slab.h>

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

/*
 * Whether a mapping has addresses of an RFC 6052 prefix. There it takes
 * precedence over the prefix.
 */
static bool nat64_overlaps_prefix(const struct nat64_config *config,
				  const struct nat64_map *map)
{
	struct nat64_prefix6 prefix = nat64_map_prefix6(map);
	unsigned int i;

	for (i = 0; i < config->n_prefixes; i++)
		if (nat64_prefix6_overlaps(&config->prefixes[i], &prefix))
			return true;
	return false;
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

/* Note whether a new mapping has addresses of a prefix. Needs nat->lock. */
static void nat64_note_prefix_mapped(struct nat64 *nat,
				     const struct nat64_map *map)
{
	struct nat64_config *config = nat64_config(nat);

	if (nat64_overlaps_prefix(config, map))
		WRITE_ONCE(config->prefix_mapped, true);
}

/**
 * nat64_mapping_insert() - add a static mapping, but leave dynamic ones alone
 * @nat: the instance
 * @prefix6: IPv6 prefix, host bits zero
 * @prefix4: IPv4 prefix, host bits zero, with no more suffix bits than @prefix6
 * @extack: says why not
 *
 * Packets use it from now on. The caller goes on with nat64_mapping_settle(),
 * or with nat64_dynamic_settle() and nat64_mapping_mark(), or takes it back
 * with nat64_mapping_withdraw().
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -EEXIST or -ENOMEM
 */
int nat64_mapping_insert(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
			 const struct nat64_prefix4 *prefix4,
			 struct netlink_ext_ack *extack)
{
	struct nat64_map *map = nat64_static_alloc(prefix6, prefix4);
	int err;

	if (!map)
		return -ENOMEM;

	spin_lock_bh(&nat->dynamic.lock);
	err = nat64_static_insert(nat64_config(nat)->table, map, extack);
	if (!err)
		nat64_note_prefix_mapped(nat, map);
	/* If memory ran out, packets may have found it for a moment. */
	if (err != -EEXIST)
		nat64_forget_flows(nat);
	spin_unlock_bh(&nat->dynamic.lock);
	if (err)
		kfree_rcu(map, rcu);
	return err;
}

/**
 * nat64_mapping_mark() - mark the addresses of a new static mapping in the pools
 * @nat: the instance
 * @prefix4: IPv4 prefix of the mapping; no dynamic mapping has an address of it
 *
 * Context: process context, @nat->lock held.
 */
void nat64_mapping_mark(struct nat64 *nat, const struct nat64_prefix4 *prefix4)
{
	spin_lock_bh(&nat->dynamic.lock);
	nat64_pool_set_take(nat->dynamic.pools, prefix4);
	spin_unlock_bh(&nat->dynamic.lock);
}

/**
 * nat64_mapping_settle() - end the dynamic mappings that a new static one replaces
 * @nat: the instance
 * @prefix6: IPv6 prefix of the mapping, which has been added
 * @prefix4: its IPv4 prefix
 *
 * Context: process context, @nat->lock held.
 */
void nat64_mapping_settle(struct nat64 *nat,
			  const struct nat64_prefix6 *prefix6,
			  const struct nat64_prefix4 *prefix4)
{
	nat64_dynamic_remove_covered(nat, prefix6, prefix4);
	nat64_mapping_mark(nat, prefix4);
}

/**
 * nat64_mapping_withdraw() - take back what nat64_mapping_insert() has just added
 * @nat: the instance
 * @prefix6: IPv6 prefix of the mapping
 *
 * Context: process context, @nat->lock held.
 */
void nat64_mapping_withdraw(struct nat64 *nat,
			    const struct nat64_prefix6 *prefix6)
{
	struct nat64_table *table = nat64_config(nat)->table;
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	map = nat64_table_exact6(table, prefix6);
	nat64_table_remove(table, map);
	nat64_forget_flows(nat);
	spin_unlock_bh(&nat->dynamic.lock);
	kfree_rcu(map, rcu);
}

/**
 * nat64_mapping_add() - add a static mapping
 * @nat: the instance
 * @prefix6: as for nat64_mapping_insert()
 * @prefix4: as for nat64_mapping_insert()
 * @extack: says why not
 *
 * Dynamic mappings of the same addresses end.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -EEXIST or -ENOMEM
 */
int nat64_mapping_add(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
		      const struct nat64_prefix4 *prefix4,
		      struct netlink_ext_ack *extack)
{
	int err = nat64_mapping_insert(nat, prefix6, prefix4, extack);

	if (!err)
		nat64_mapping_settle(nat, prefix6, prefix4);
	return err;
}

/**
 * nat64_mapping_stage() - add a static mapping to a table that no packet uses
 * @table: the table
 * @prefix6: as for nat64_mapping_insert()
 * @prefix4: as for nat64_mapping_insert()
 * @extack: says why not
 *
 * Context: process context; nobody else may change @table meanwhile.
 * Return: 0, -EEXIST or -ENOMEM
 */
int nat64_mapping_stage(struct nat64_table *table,
			const struct nat64_prefix6 *prefix6,
			const struct nat64_prefix4 *prefix4,
			struct netlink_ext_ack *extack)
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
 * @prefix6: as for nat64_mapping_insert()
 * @prefix4: as for nat64_mapping_insert()
 *
 * For packets of a prefix that was mapped before, this is one step.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -ENOMEM or -E2BIG; then the old ones are still there
 */
int nat64_mapping_replace(struct nat64 *nat,
			  const struct nat64_prefix6 *prefix6,
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
		nat64_note_prefix_mapped(nat, map);
	nat64_forget_flows(nat);
	if (!err && old6) {
		freed = nat64_map_prefix4(old6);
		nat64_dynmap_release(nat, &freed);
	}
	spin_unlock_bh(&nat->dynamic.lock);
	if (err) {
		kfree_rcu(map, rcu);
		return err;
	}

	if (old4 && old4 != old6)
		kfree_rcu(old4, rcu);
	if (old6)
		kfree_rcu(old6, rcu);
	nat64_mapping_settle(nat, prefix6, prefix4);
	return 0;
}

/* Needs nat->dynamic.lock. */
static void nat64_mapping_remove(struct nat64 *nat, struct nat64_map *map)
{
	struct nat64_prefix4 freed = nat64_map_prefix4(map);

	if (map->type == NAT64_MAP_DYNAMIC) {
		nat64_dynmap_remove(nat, map);
		return;
	}
	nat64_table_remove(nat64_config(nat)->table, map);
	nat64_forget_flows(nat);
	nat64_dynmap_release(nat, &freed);
	kfree_rcu(map, rcu);
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
		      const struct nat64_prefix4 *prefix4,
		      struct netlink_ext_ack *extack)
{
	struct nat64_table *table = nat64_config(nat)->table;
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	if (prefix6)
		map = nat64_table_exact6(table, prefix6) ?:
		      nat64_table_exact6(nat->dynamic.table, prefix6);
	else
		map = nat64_table_exact4(table, prefix4) ?:
		      nat64_table_exact4(nat->dynamic.table, prefix4);
	if (map && prefix4 && (map->addr4 != prefix4->addr || map->len4 != prefix4->len))
		map = NULL;
	if (map)
		nat64_mapping_remove(nat, map);
	spin_unlock_bh(&nat->dynamic.lock);

	if (!map) {
		NL_SET_ERR_MSG(extack, "no such mapping");
		return -ENOENT;
	}
	return 0;
}

/*
 * Mark the addresses of static mappings in a new configuration and its pools.
 * Static mappings do not change while nat->lock is held.
 */
static void nat64_mark_static(struct nat64_config *config,
			      struct nat64_pool_set *pools)
{
	struct rhashtable_iter iter;
	struct nat64_prefix4 prefix;
	struct nat64_map *map;
	unsigned int n = 0;

	config->prefix_mapped = false;
	rhashtable_walk_enter(&config->table->by4, &iter);
	rhashtable_walk_start(&iter);
	while ((map = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(map)) {
			prefix = nat64_map_prefix4(map);
			nat64_pool_set_take(pools, &prefix);
			config->prefix_mapped |= nat64_overlaps_prefix(config, map);
		}
		if (++n % NAT64_LOCK_BATCH == 0) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

/**
 * nat64_mapping_set_config() - put another configuration in force
 * @nat: the instance
 * @config: the configuration, with the static mappings
 * @pools: its pools, which the instance takes over; NULL to keep the old ones,
 *	   if table, prefixes and pools have not changed
 *
 * For packets this is one step. Dynamic mappings that fit the new configuration
 * stay; the others end one after another.
 *
 * Context: process context, @nat->lock held. Packets may use the old
 * configuration until a grace period is over.
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
	nat64_forget_flows(nat);
	if (pools) {
		swap(pools, nat->dynamic.pools);
		WRITE_ONCE(nat->dynamic.full, jiffies - 1);
	}
	spin_unlock_bh(&nat->dynamic.lock);

	if (pools)
		nat64_dynamic_settle(nat, pools);
	nat64_pool_set_free(pools);
	nat64_dynamic_recheck(nat);
}
