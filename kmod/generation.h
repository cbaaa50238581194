/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_GENERATION_H
#define _NAT64_GENERATION_H

#include "nat64.h"

#include <linux/hash.h>
#include <net/ipv6.h>

/*
 * Whether flows still hold. What may concern any flow ends all of them: another
 * configuration, a static mapping, a device. The end of a dynamic mapping, of
 * which a busy router has several a second, ends those of its two addresses,
 * and of few others: addresses are told apart by 8 bits of a hash.
 */

/**
 * struct nat64_slots - where in nat64.ended the addresses of a packet are
 * @src: source
 * @dst: destination
 */
struct nat64_slots {
	u8 src;
	u8 dst;
};

static inline u8 nat64_slot6(const struct in6_addr *addr6)
{
	return hash_32(ipv6_addr_hash(addr6), NAT64_SLOT_BITS);
}

static inline u8 nat64_slot4(__be32 addr4)
{
	return hash_32((__force u32)addr4, NAT64_SLOT_BITS);
}

/*
 * End all flows, behind a change of mappings, configuration or devices. Needs
 * nat->dynamic.lock.
 */
static inline void nat64_forget_flows(struct nat64 *nat)
{
	/* Behind the change. */
	smp_store_release(&nat->generation, nat->generation + 1);
}

static inline void nat64_forget_slot(struct nat64 *nat, u8 slot)
{
	/* Behind the end of the mapping. */
	smp_store_release(&nat->ended[slot], nat->ended[slot] + 1);
}

/*
 * End the flows of packets with one of these addresses, whose dynamic mapping
 * has been removed. Needs nat->dynamic.lock.
 */
static inline void nat64_forget_host(struct nat64 *nat, const struct in6_addr *addr6,
				     __be32 addr4)
{
	nat64_forget_slot(nat, nat64_slot6(addr6));
	nat64_forget_slot(nat, nat64_slot4(addr4));
}

/* Read this before anything else that a flow depends on, except dynamic mappings. */
static inline u32 nat64_generation(const struct nat64 *nat)
{
	/* In front of what it depends on. */
	return smp_load_acquire(&nat->generation);
}

/*
 * What these addresses add to the generation. Read it before their mappings are
 * looked up.
 */
static inline u32 nat64_generation_of(const struct nat64 *nat, struct nat64_slots slots)
{
	/* In front of the look-ups. */
	return smp_load_acquire(&nat->ended[slots.src]) + smp_load_acquire(&nat->ended[slots.dst]);
}

/*
 * Whether nothing has ended since a generation, that of its addresses included,
 * was read. The counters only grow, so their sum is the same only if all are.
 */
static inline bool nat64_is_current(const struct nat64 *nat, struct nat64_slots slots,
				    u32 generation)
{
	return generation == READ_ONCE(nat->generation) + READ_ONCE(nat->ended[slots.src]) +
			     READ_ONCE(nat->ended[slots.dst]);
}

#endif /* _NAT64_GENERATION_H */
