/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_MAP_H
#define _NAT64_MAP_H

#include "addr.h"

#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <linux/nat64.h>

#define NAT64_LENS6 129
#define NAT64_LENS4 33

/**
 * struct nat64_map - one mapping: a pair of prefixes
 * @node6: link in the table by IPv6 prefix
 * @node4: link in the table by IPv4 prefix
 * @addr6: IPv6 prefix, host bits zero
 * @addr4: IPv4 prefix, host bits zero, network byte order
 * @len6: IPv6 prefix length
 * @len4: IPv4 prefix length; there are at least as many IPv6 suffix bits as
 *	  IPv4 ones
 * @type: enum nat64_map_type
 * @spoken: which of the instance's RFC 6052 prefixes the host has last sent a
 *	    packet to
 * @used: nat64_now() at the last packet from the host; kept for dynamic
 *	  mappings only
 * @untold: events of the mapping that event.c has yet to tell; changed under
 *	    nat64_dynamic.lock
 * @rcu: for the deferred free
 * @event: link in nat64_dynamic.events, as long as @rcu is not in use
 *
 * One cache line, on 64-bit machines.
 */
struct nat64_map {
	struct rhash_head node6;
	struct rhash_head node4;
	struct in6_addr addr6;
	__be32 addr4;
	u8 len6;
	u8 len4;
	u8 type;
	u8 spoken;
	u32 used;
	u8 untold;
	union {
		struct rcu_head rcu;
		struct list_head event;
	};
};

/**
 * struct nat64_table - mappings, static or dynamic ones
 * @refs: one for the instance, and one for each dump in progress; dumps may
 *	  outlive the instance
 * @by6: mappings hashed by IPv6 prefix and its length
 * @by4: mappings hashed by IPv4 prefix and its length
 * @lens6: IPv6 prefix lengths that occur, to be tried longest first
 * @lens4: IPv4 prefix lengths that occur, a bit each
 * @count6: how many mappings have an IPv6 prefix of that length
 * @count4: how many mappings have an IPv4 prefix of that length
 * @end: the work that frees the table
 *
 * Whoever changes a table that packets use holds nat64_dynamic.lock; readers
 * need RCU only.
 */
struct nat64_table {
	refcount_t refs;
	struct rhashtable by6;
	struct rhashtable by4;
	DECLARE_BITMAP(lens6, NAT64_LENS6);
	u64 lens4;
	u32 count6[NAT64_LENS6];
	u32 count4[NAT64_LENS4];
	struct rcu_work end;
};

/* The clock of nat64_map.used: seconds since boot, wrapping. */
static inline u32 nat64_now(void)
{
	return (u32)ktime_get_seconds();
}

/* Written once a second at most, so that the cache line stays shared. */
static inline void nat64_map_touch(struct nat64_map *map)
{
	u32 now;

	if (map->type != NAT64_MAP_DYNAMIC)
		return;

	now = nat64_now();
	if (READ_ONCE(map->used) != now)
		WRITE_ONCE(map->used, now);
}

/* Written when it changes only, for the same reason. */
static inline void nat64_map_speak(struct nat64_map *map, u8 prefix)
{
	if (unlikely(READ_ONCE(map->spoken) != prefix))
		WRITE_ONCE(map->spoken, prefix);
}

static inline struct nat64_prefix6
nat64_map_prefix6(const struct nat64_map *map)
{
	return (struct nat64_prefix6){ .addr = map->addr6, .len = map->len6 };
}

static inline struct nat64_prefix4
nat64_map_prefix4(const struct nat64_map *map)
{
	return (struct nat64_prefix4){ .addr = map->addr4, .len = map->len4 };
}

int nat64_tables_init(void);
void nat64_tables_uninit(void);
struct nat64_table *nat64_table_alloc(void);
struct nat64_table *nat64_table_get(struct nat64_table *table);
void nat64_table_put(struct nat64_table *table);
int nat64_table_insert(struct nat64_table *table, struct nat64_map *map);
int nat64_table_replace(struct nat64_table *table, struct nat64_map *map,
			struct nat64_map *old6, struct nat64_map *old4);
void nat64_table_remove(struct nat64_table *table, struct nat64_map *map);
struct nat64_map *nat64_table_find6(struct nat64_table *table,
				    const struct in6_addr *addr6);
struct nat64_map *nat64_table_find4(struct nat64_table *table, __be32 addr4);
struct nat64_map *nat64_table_exact6(struct nat64_table *table,
				     const struct nat64_prefix6 *prefix);
struct nat64_map *nat64_table_exact4(struct nat64_table *table,
				     const struct nat64_prefix4 *prefix);

__be32 nat64_map_to4(const struct nat64_map *map, const struct in6_addr *addr6);
void nat64_map_to6(const struct nat64_map *map, __be32 addr4,
		   struct in6_addr *addr6);

#endif /* _NAT64_MAP_H */
