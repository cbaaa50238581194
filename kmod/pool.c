// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 addresses for dynamic mappings: which are free, and which one a hash leads to.
 *
 * All functions but the constructor and destructor need the lock of the mappings that these
 * are for.
 */

#include "pool.h"

#include <linux/bitmap.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/route.h>

static int nat64_pool_init(struct nat64_pool *pool, const struct nat64_prefix4 *prefix)
{
	pool->prefix = *prefix;
	pool->size = 1U << (32 - prefix->len);
	pool->usable = pool->size;
	pool->taken = kvcalloc(BITS_TO_LONGS(pool->size), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!pool->taken)
		return -ENOMEM;

	/* A /31 (RFC 3021) and a /32 have neither network nor broadcast address. */
	if (prefix->len < 31) {
		__set_bit(0, pool->taken);
		__set_bit(pool->size - 1, pool->taken);
		pool->usable -= 2;
	}
	return 0;
}

/**
 * nat64_pool_set_alloc() - make the pools of an instance
 * @prefixes: prefixes that do not overlap
 * @n: how many
 *
 * Context: process context, may sleep.
 * Return: pools with all addresses free but network and broadcast ones, or NULL
 */
struct nat64_pool_set *nat64_pool_set_alloc(const struct nat64_prefix4 *prefixes, unsigned int n)
{
	struct nat64_pool_set *set;

	set = kzalloc(struct_size(set, pool, n), GFP_KERNEL_ACCOUNT);
	if (!set)
		return NULL;

	for (; set->n < n; set->n++) {
		struct nat64_pool *pool = &set->pool[set->n];

		if (nat64_pool_init(pool, &prefixes[set->n])) {
			nat64_pool_set_free(set);
			return NULL;
		}
		set->size += pool->size;
		set->usable += pool->usable;
	}
	return set;
}

/**
 * nat64_pool_set_free() - free what nat64_pool_set_alloc() made
 * @set: the pools, or NULL
 *
 * Context: process context, may sleep.
 */
void nat64_pool_set_free(struct nat64_pool_set *set)
{
	unsigned int i;

	if (!set)
		return;
	for (i = 0; i < set->n; i++)
		kvfree(set->pool[i].taken);
	kfree(set);
}

static struct nat64_pool *nat64_pool_find(const struct nat64_pool_set *set, __be32 addr)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (nat64_prefix4_contains(&set->pool[i].prefix, addr))
			return (struct nat64_pool *)&set->pool[i];
	return NULL;
}

static u32 nat64_pool_bit(const struct nat64_pool *pool, __be32 addr)
{
	return ntohl(addr) - ntohl(pool->prefix.addr);
}

/* Network and broadcast address stay taken for good. */
static bool nat64_pool_bit_is_reserved(const struct nat64_pool *pool, u32 bit)
{
	return pool->prefix.len < 31 && (bit == 0 || bit == pool->size - 1);
}

/**
 * nat64_pool_set_contains() - whether an address belongs to a pool
 * @set: the pools
 * @addr: the address, network byte order
 */
bool nat64_pool_set_contains(const struct nat64_pool_set *set, __be32 addr)
{
	return nat64_pool_find(set, addr);
}

/**
 * nat64_pool_set_take() - keep the addresses of a prefix from being handed out
 * @set: the pools
 * @prefix: the prefix; it need not lie within a pool
 */
void nat64_pool_set_take(struct nat64_pool_set *set, const struct nat64_prefix4 *prefix)
{
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		struct nat64_pool *pool = &set->pool[i];

		if (!nat64_prefix4_overlaps(&pool->prefix, prefix))
			continue;
		if (prefix->len <= pool->prefix.len)
			bitmap_fill(pool->taken, pool->size);
		else
			bitmap_set(pool->taken, nat64_pool_bit(pool, prefix->addr),
				   1U << (32 - prefix->len));
	}
}

/**
 * nat64_pool_set_release() - let an address be handed out again
 * @set: the pools
 * @addr: an address that no mapping has, network byte order
 */
void nat64_pool_set_release(struct nat64_pool_set *set, __be32 addr)
{
	struct nat64_pool *pool = nat64_pool_find(set, addr);
	u32 bit;

	if (!pool)
		return;
	bit = nat64_pool_bit(pool, addr);
	if (!nat64_pool_bit_is_reserved(pool, bit))
		__clear_bit(bit, pool->taken);
}

/**
 * nat64_pool_set_take_addr() - take a given address, as if it had been handed out
 * @set: the pools
 * @net: namespace of the instance
 * @addr: the address, network byte order
 *
 * Context: RCU read side as well.
 * Return: whether it was free
 */
bool nat64_pool_set_take_addr(struct nat64_pool_set *set, struct net *net, __be32 addr)
{
	struct nat64_pool *pool = nat64_pool_find(set, addr);

	return pool && inet_addr_type(net, addr) == RTN_UNICAST &&
	       !__test_and_set_bit(nat64_pool_bit(pool, addr), pool->taken);
}

/* The first free address of a pool from bit @from up to @end, which gets taken; or 0. */
static __be32 nat64_pool_alloc_addr(struct nat64_pool *pool, struct net *net, u32 from, u32 end)
{
	__be32 addr;
	u32 bit;

	for (bit = find_next_zero_bit(pool->taken, end, from); bit < end;
	     bit = find_next_zero_bit(pool->taken, end, bit + 1)) {
		addr = htonl(ntohl(pool->prefix.addr) + bit);
		/* The router's own addresses come and go, so they are asked for, not marked. */
		if (inet_addr_type(net, addr) != RTN_UNICAST)
			continue;
		__set_bit(bit, pool->taken);
		return addr;
	}
	return 0;
}

/**
 * nat64_pool_set_alloc_addr() - hand out an address
 * @set: the pools
 * @net: namespace of the instance, whose own addresses are never handed out
 * @hash: says which address is wanted; the next free one is taken where that one is not free
 *
 * Context: RCU read side as well.
 * Return: the address in network byte order, or 0 if there is none
 */
__be32 nat64_pool_set_alloc_addr(struct nat64_pool_set *set, struct net *net, u64 hash)
{
	u32 index = mul_u64_u64_shr(hash, set->size, 64);
	unsigned int first = 0, i;
	__be32 addr;

	if (!set->n)
		return 0;

	while (index >= set->pool[first].size)
		index -= set->pool[first++].size;

	addr = nat64_pool_alloc_addr(&set->pool[first], net, index, set->pool[first].size);
	for (i = 1; !addr && i < set->n; i++) {
		struct nat64_pool *pool = &set->pool[(first + i) % set->n];

		addr = nat64_pool_alloc_addr(pool, net, 0, pool->size);
	}
	if (!addr)
		addr = nat64_pool_alloc_addr(&set->pool[first], net, 0, index);
	return addr;
}
