// SPDX-License-Identifier: GPL-2.0
/*
 * The table of mappings: found by IPv6 and by IPv4 address, longest prefix
 * first, without locks.
 *
 * Prefixes are hashed together with their length, and a lookup tries the
 * lengths that occur. Nearly every table has hosts and a handful of prefix
 * lengths, so that this is one or two probes, and a host mapping costs 64 bytes
 * and its share of two bucket tables.
 */

#include "map.h"

#include <linux/jhash.h>
#include <linux/slab.h>

/*
 * Frees tables in the background: a million mappings take longer to free than
 * anybody should have to wait.
 */
static struct workqueue_struct *nat64_table_queue;

static u32 nat64_hash6(const struct in6_addr *addr, u8 len, u32 seed)
{
	return __ipv6_addr_jhash(addr, seed + len);
}

static u32 nat64_key6_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_prefix6 *key = data;

	return nat64_hash6(&key->addr, key->len, seed);
}

static u32 nat64_obj6_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_map *map = data;

	return nat64_hash6(&map->addr6, map->len6, seed);
}

static int nat64_obj6_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_prefix6 *key = arg->key;
	const struct nat64_map *map = obj;

	return map->len6 != key->len || !ipv6_addr_equal(&map->addr6, &key->addr);
}

static u32 nat64_hash4(__be32 addr, u8 len, u32 seed)
{
	return jhash_2words((__force u32)addr, len, seed);
}

static u32 nat64_key4_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_prefix4 *key = data;

	return nat64_hash4(key->addr, key->len, seed);
}

static u32 nat64_obj4_hash(const void *data, u32 len, u32 seed)
{
	const struct nat64_map *map = data;

	return nat64_hash4(map->addr4, map->len4, seed);
}

static int nat64_obj4_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_prefix4 *key = arg->key;
	const struct nat64_map *map = obj;

	return map->len4 != key->len || map->addr4 != key->addr;
}

static const struct rhashtable_params nat64_params6 = {
	.head_offset = offsetof(struct nat64_map, node6),
	.hashfn = nat64_key6_hash,
	.obj_hashfn = nat64_obj6_hash,
	.obj_cmpfn = nat64_obj6_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params nat64_params4 = {
	.head_offset = offsetof(struct nat64_map, node4),
	.hashfn = nat64_key4_hash,
	.obj_hashfn = nat64_obj4_hash,
	.obj_cmpfn = nat64_obj4_cmp,
	.automatic_shrinking = true,
};

/**
 * nat64_table_alloc() - make an empty table
 *
 * Context: process context, may sleep.
 * Return: the table, with one reference, or NULL
 */
struct nat64_table *nat64_table_alloc(void)
{
	struct nat64_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	refcount_set(&table->refs, 1);
	if (rhashtable_init(&table->by6, &nat64_params6))
		goto err_free;
	if (rhashtable_init(&table->by4, &nat64_params4))
		goto err_by6;
	return table;

err_by6:
	rhashtable_destroy(&table->by6);
err_free:
	kfree(table);
	return NULL;
}

/**
 * nat64_table_get() - take a reference
 * @table: the table
 *
 * Return: @table
 */
struct nat64_table *nat64_table_get(struct nat64_table *table)
{
	refcount_inc(&table->refs);
	return table;
}

static void nat64_map_free(void *map, void *unused)
{
	kfree(map);
}

static void nat64_table_free(struct work_struct *work)
{
	struct nat64_table *table = container_of(to_rcu_work(work), struct nat64_table, end);

	rhashtable_destroy(&table->by4);
	rhashtable_free_and_destroy(&table->by6, nat64_map_free, NULL);
	kfree(table);
}

/**
 * nat64_table_put() - drop a reference; the last one frees the table and its mappings
 * @table: the table, which packets may use until an RCU grace period is over
 *
 * Context: any.
 */
void nat64_table_put(struct nat64_table *table)
{
	if (!refcount_dec_and_test(&table->refs))
		return;
	INIT_RCU_WORK(&table->end, nat64_table_free);
	queue_rcu_work(nat64_table_queue, &table->end);
}

/**
 * nat64_tables_init() - prepare for tables
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM
 */
int nat64_tables_init(void)
{
	nat64_table_queue = alloc_workqueue("nat64", WQ_UNBOUND, 0);
	return nat64_table_queue ? 0 : -ENOMEM;
}

/**
 * nat64_tables_uninit() - undo nat64_tables_init(), and wait for the end of the last table
 *
 * Context: process context, may sleep.
 */
void nat64_tables_uninit(void)
{
	/* Tables that wait for their grace period are not in the queue yet. */
	rcu_barrier();
	destroy_workqueue(nat64_table_queue);
}

/*
 * Count a mapping that has come (@change 1) or gone (-1), and note which
 * lengths occur and have to be tried.
 */
static void nat64_table_count(struct nat64_table *table,
			      const struct nat64_map *map, int change)
{
	u64 lens4;

	table->count6[map->len6] += change;
	assign_bit(map->len6, table->lens6, table->count6[map->len6]);
	table->count4[map->len4] += change;
	lens4 = table->lens4 & ~BIT_ULL(map->len4);
	if (table->count4[map->len4])
		lens4 |= BIT_ULL(map->len4);
	WRITE_ONCE(table->lens4, lens4);
}

/**
 * nat64_table_insert() - add a mapping
 * @table: the table
 * @map: the mapping; the table refers to it until nat64_table_remove()
 *
 * The IPv4 side goes first, so that answers find the mapping as soon as a
 * packet finds it by its IPv6 address. If that fails later, packets may have
 * found @map: its memory has to stay for a grace period.
 *
 * Context: nat64_dynamic.lock held if packets use @table.
 * Return: 0, -EEXIST if one of the prefixes is taken, -ENOMEM or -E2BIG
 */
int nat64_table_insert(struct nat64_table *table, struct nat64_map *map)
{
	struct nat64_prefix6 prefix6 = nat64_map_prefix6(map);
	struct nat64_prefix4 prefix4 = nat64_map_prefix4(map);
	int err;

	err = rhashtable_lookup_insert_key(&table->by4, &prefix4, &map->node4, nat64_params4);
	if (err)
		return err;

	err = rhashtable_lookup_insert_key(&table->by6, &prefix6, &map->node6, nat64_params6);
	if (err) {
		rhashtable_remove_fast(&table->by4, &map->node4, nat64_params4);
		return err;
	}

	nat64_table_count(table, map, 1);
	return 0;
}

/**
 * nat64_table_replace() - add a mapping in the place of those that have its prefixes
 * @table: the table
 * @map: the mapping; the table refers to it until nat64_table_remove()
 * @old6: the mapping with the IPv6 prefix, or NULL
 * @old4: the mapping with the IPv4 prefix, or NULL
 *
 * There is no moment at which a prefix has no mapping. The caller frees @old6
 * and @old4 after an RCU grace period, or @map if this fails.
 *
 * Context: nat64_dynamic.lock held if packets use @table.
 * Return: 0, -ENOMEM or -E2BIG; then the table is as it was
 */
int nat64_table_replace(struct nat64_table *table, struct nat64_map *map,
			struct nat64_map *old6, struct nat64_map *old4)
{
	int err = 0;

	/* Do first whatever may fail. */
	if (!old4)
		err = rhashtable_insert_fast(&table->by4, &map->node4, nat64_params4);
	if (err)
		return err;
	if (!old6)
		err = rhashtable_insert_fast(&table->by6, &map->node6, nat64_params6);
	if (err) {
		if (!old4)
			rhashtable_remove_fast(&table->by4, &map->node4, nat64_params4);
		return err;
	}

	if (old4)
		rhashtable_replace_fast(&table->by4, &old4->node4, &map->node4, nat64_params4);
	if (old6)
		rhashtable_replace_fast(&table->by6, &old6->node6, &map->node6, nat64_params6);
	nat64_table_count(table, map, 1);

	/* Each was in the way on one side; remove it from the other, too. */
	if (old6) {
		if (old6 != old4)
			rhashtable_remove_fast(&table->by4, &old6->node4, nat64_params4);
		nat64_table_count(table, old6, -1);
	}
	if (old4 && old4 != old6) {
		rhashtable_remove_fast(&table->by6, &old4->node6, nat64_params6);
		nat64_table_count(table, old4, -1);
	}
	return 0;
}

/**
 * nat64_table_remove() - take a mapping out
 * @table: the table
 * @map: a mapping of it, which the caller frees after an RCU grace period
 *
 * Context: nat64_dynamic.lock held if packets use @table.
 */
void nat64_table_remove(struct nat64_table *table, struct nat64_map *map)
{
	rhashtable_remove_fast(&table->by6, &map->node6, nat64_params6);
	rhashtable_remove_fast(&table->by4, &map->node4, nat64_params4);
	nat64_table_count(table, map, -1);
}

/**
 * nat64_table_exact6() - find the mapping that has an IPv6 prefix
 * @table: the table
 * @prefix: the prefix, host bits zero
 *
 * Context: RCU read side or nat64_dynamic.lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_table_exact6(struct nat64_table *table,
				     const struct nat64_prefix6 *prefix)
{
	return rhashtable_lookup_fast(&table->by6, prefix, nat64_params6);
}

/**
 * nat64_table_exact4() - find the mapping that has an IPv4 prefix
 * @table: the table
 * @prefix: the prefix, host bits zero
 *
 * Context: RCU read side or nat64_dynamic.lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_table_exact4(struct nat64_table *table,
				     const struct nat64_prefix4 *prefix)
{
	return rhashtable_lookup_fast(&table->by4, prefix, nat64_params4);
}

/* The next shorter length that occurs, below @len, or -1. */
static int nat64_next_len(const unsigned long *lens, unsigned int len)
{
	unsigned long next = find_last_bit(lens, len);

	return next < len ? (int)next : -1;
}

/**
 * nat64_table_find6() - find the mapping of an IPv6 address, longest prefix first
 * @table: the table
 * @addr6: the address
 *
 * Context: RCU read side or nat64_dynamic.lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_table_find6(struct nat64_table *table,
				    const struct in6_addr *addr6)
{
	struct nat64_prefix6 key = { .addr = *addr6, .len = 128 };
	struct nat64_map *map;
	int len = 128;

	if (READ_ONCE(table->count6[128])) {
		map = nat64_table_exact6(table, &key);
		if (map)
			return map;
	}
	while ((len = nat64_next_len(table->lens6, len)) >= 0) {
		ipv6_addr_prefix(&key.addr, addr6, len);
		key.len = len;
		map = nat64_table_exact6(table, &key);
		if (map)
			return map;
	}
	return NULL;
}

/**
 * nat64_table_find4() - find the mapping of an IPv4 address, longest prefix first
 * @table: the table
 * @addr4: the address, network byte order
 *
 * Context: RCU read side or nat64_dynamic.lock.
 * Return: the mapping or NULL
 */
struct nat64_map *nat64_table_find4(struct nat64_table *table, __be32 addr4)
{
	u64 lens = READ_ONCE(table->lens4);
	struct nat64_prefix4 key;
	struct nat64_map *map;

	while (lens) {
		key.len = fls64(lens) - 1;
		key.addr = addr4 & inet_make_mask(key.len);
		map = nat64_table_exact4(table, &key);
		if (map)
			return map;
		lens &= ~BIT_ULL(key.len);
	}
	return NULL;
}

/*
 * Bits @first to @first + 31 of @addr, zeros behind its end, host byte order.
 */
static u32 nat64_get_bits(const struct in6_addr *addr, unsigned int first)
{
	unsigned int word = first / 32, shift = first % 32;
	u64 bits;

	if (word > 3)
		return 0;
	bits = (u64)ntohl(addr->s6_addr32[word]) << 32;
	if (word < 3)
		bits |= ntohl(addr->s6_addr32[word + 1]);
	return bits << shift >> 32;
}

/*
 * Write @value to @addr from bit @first on, leftmost bit first. These bits are
 * zero before.
 */
static void nat64_set_bits(struct in6_addr *addr, unsigned int first, u32 value)
{
	unsigned int word = first / 32, shift = first % 32;
	u64 bits = (u64)value << 32 >> shift;

	if (word > 3)
		return;
	addr->s6_addr32[word] |= htonl(bits >> 32);
	if (word < 3)
		addr->s6_addr32[word + 1] |= htonl((u32)bits);
}

/**
 * nat64_map_to4() - the IPv4 address of an IPv6 address (RFC 7757, section 3.3)
 * @map: the mapping that @addr6 lies in
 * @addr6: the IPv6 address; suffix bits that IPv4 has no room for are ignored
 *
 * Return: the IPv4 address, network byte order
 */
__be32 nat64_map_to4(const struct nat64_map *map, const struct in6_addr *addr6)
{
	if (map->len4 == 32)
		return map->addr4;
	return map->addr4 | htonl(nat64_get_bits(addr6, map->len6) >> map->len4);
}

/**
 * nat64_map_to6() - the IPv6 address of an IPv4 address (RFC 7757, section 3.3)
 * @map: the mapping that @addr4 lies in
 * @addr4: the IPv4 address, network byte order
 * @addr6: the result; suffix bits that IPv4 does not have are zero
 */
void nat64_map_to6(const struct nat64_map *map, __be32 addr4,
		   struct in6_addr *addr6)
{
	*addr6 = map->addr6;
	if (map->len4 < 32)
		nat64_set_bits(addr6, map->len6, ntohl(addr4) << map->len4);
}
