// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 addresses for dynamic mappings: which are free, and which one a hash
 * leads to. Not all obstacles are marked here, so the caller checks that an
 * address is really free before handing it out.
 *
 * All functions but the constructor and destructor need the lock of the dynamic
 * mappings.
 */

#include "pool.h"

#include <linux/bitmap.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

/* A /31 (RFC 3021) and a /32 have neither network nor broadcast address. */
static bool nat64_pool_has_reserved(const struct nat64_pool *pool)
{
	return pool->prefix.len < 31;
}

static void nat64_pool_reserve(struct nat64_pool *pool)
{
	if (nat64_pool_has_reserved(pool)) {
		__set_bit(0, pool->taken);
		__set_bit(pool->size - 1, pool->taken);
	}
}

static int nat64_pool_init(struct nat64_pool *pool,
			   const struct nat64_prefix4 *prefix)
{
	pool->prefix = *prefix;
	pool->size = 1U << (32 - prefix->len);
	pool->usable = pool->size;
	pool->taken = kvcalloc(BITS_TO_LONGS(pool->size), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!pool->taken)
		return -ENOMEM;

	nat64_pool_reserve(pool);
	if (nat64_pool_has_reserved(pool))
		pool->usable -= 2;
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
struct nat64_pool_set *
nat64_pool_set_alloc(const struct nat64_prefix4 *prefixes, unsigned int n)
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

static const struct nat64_pool *
nat64_pool_find(const struct nat64_pool_set *set, __be32 addr)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (nat64_prefix4_contains(&set->pool[i].prefix, addr))
			return &set->pool[i];
	return NULL;
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
 * nat64_pool_set_reserves() - whether an address is never handed out
 * @set: the pools
 * @addr: the address, network byte order
 *
 * Return: whether it is the network or broadcast address of a pool
 */
bool nat64_pool_set_reserves(const struct nat64_pool_set *set, __be32 addr)
{
	const struct nat64_pool *pool = nat64_pool_find(set, addr);
	u32 bit;

	if (!pool || !nat64_pool_has_reserved(pool))
		return false;
	bit = ntohl(addr) - ntohl(pool->prefix.addr);
	return bit == 0 || bit == pool->size - 1;
}

/* How many bits of a pool belong to a prefix, beginning with bit @first. */
static u32 nat64_pool_range(const struct nat64_pool *pool,
			    const struct nat64_prefix4 *prefix, u32 *first)
{
	*first = 0;
	if (!nat64_prefix4_overlaps(&pool->prefix, prefix))
		return 0;
	if (prefix->len <= pool->prefix.len)
		return pool->size;
	*first = ntohl(prefix->addr) - ntohl(pool->prefix.addr);
	return 1U << (32 - prefix->len);
}

/**
 * nat64_pool_set_take() - keep the addresses of a prefix from being handed out
 * @set: the pools
 * @prefix: the prefix; it need not lie within a pool
 */
void nat64_pool_set_take(struct nat64_pool_set *set,
			 const struct nat64_prefix4 *prefix)
{
	unsigned int i;
	u32 first, n;

	for (i = 0; i < set->n; i++) {
		n = nat64_pool_range(&set->pool[i], prefix, &first);
		bitmap_set(set->pool[i].taken, first, n);
	}
}

/**
 * nat64_pool_set_release() - let the addresses of a prefix be handed out again
 * @set: the pools
 * @prefix: the prefix; no dynamic mapping has an address of it
 */
void nat64_pool_set_release(struct nat64_pool_set *set,
			    const struct nat64_prefix4 *prefix)
{
	unsigned int i;
	u32 first, n;

	for (i = 0; i < set->n; i++) {
		n = nat64_pool_range(&set->pool[i], prefix, &first);
		bitmap_clear(set->pool[i].taken, first, n);
		if (n)
			nat64_pool_reserve(&set->pool[i]);
	}
}

/**
 * nat64_pool_search_begin() - look for an address to hand out
 * @search: the search
 * @set: the pools
 * @hash: says which address is wanted; if that one is not free, the search
 *	  finds the next free one
 */
void nat64_pool_search_begin(struct nat64_pool_search *search,
			     const struct nat64_pool_set *set, u64 hash)
{
	search->set = set;
	search->index = mul_u64_u64_shr(hash, set->size, 64);
	search->left = set->size;
}

/* The pool that a search has arrived at, and the bit in it. */
static const struct nat64_pool *
nat64_pool_search_at(const struct nat64_pool_search *search, u32 *bit)
{
	const struct nat64_pool *pool = search->set->pool;

	for (*bit = search->index; *bit >= pool->size; pool++)
		*bit -= pool->size;
	return pool;
}

/* Must not go beyond the pool's end; after the last pool comes the first. */
static void nat64_pool_search_advance(struct nat64_pool_search *search, u32 n)
{
	search->left -= n;
	search->index += n;
	if (search->index == search->set->size)
		search->index = 0;
}

/**
 * nat64_pool_search_next() - the next address that is not marked as taken
 * @search: the search; it stays there until nat64_pool_search_skip()
 *
 * Return: the address in network byte order, or 0 if there is none
 */
__be32 nat64_pool_search_next(struct nat64_pool_search *search)
{
	const struct nat64_pool *pool;
	u32 bit, end, free;

	while (search->left) {
		pool = nat64_pool_search_at(search, &bit);
		end = bit + min(pool->size - bit, search->left);
		free = find_next_zero_bit(pool->taken, end, bit);
		nat64_pool_search_advance(search, free - bit);
		if (free < end)
			return htonl(ntohl(pool->prefix.addr) + free);
	}
	return 0;
}

/**
 * nat64_pool_search_skip() - skip a block in which nothing can be handed out
 * @search: the search, at an address of that block
 * @len: prefix length of the block
 */
void nat64_pool_search_skip(struct nat64_pool_search *search, u8 len)
{
	const struct nat64_pool *pool;
	u32 bit, addr, left;

	pool = nat64_pool_search_at(search, &bit);
	addr = ntohl(pool->prefix.addr) + bit;
	left = min(pool->size - bit, search->left);
	/* One less than the rest of the block, which may be all of IPv4. */
	nat64_pool_search_advance(search,
				  min(~addr & ~ntohl(inet_make_mask(len)), left - 1) + 1);
}

/**
 * nat64_pool_walk_next() - the next address that is marked as taken
 * @walk: the walk; to begin one, set @set and @within, and zero the rest
 *
 * Return: the address in network byte order, or 0 if there is none
 */
__be32 nat64_pool_walk_next(struct nat64_pool_walk *walk)
{
	const struct nat64_pool *pool;
	u32 first, n, bit;

	for (; walk->pool < walk->set->n; walk->pool++, walk->bit = 0) {
		pool = &walk->set->pool[walk->pool];
		n = nat64_pool_range(pool, &walk->within, &first);
		bit = find_next_bit(pool->taken, first + n, max(first, walk->bit));
		if (bit < first + n) {
			walk->bit = bit + 1;
			return htonl(ntohl(pool->prefix.addr) + bit);
		}
	}
	return 0;
}
