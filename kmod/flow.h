/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_FLOW_H
#define _NAT64_FLOW_H

#include "generation.h"
#include "resolve.h"

#include <linux/hash.h>
#include <linux/kref.h>
#include <linux/rhashtable.h>

/* There are places for 2^10 flows that are being made at the same time. */
#define NAT64_MAKING_BITS 10

/**
 * struct nat64_flow_key - a packet, as the fast path finds it in its first chain
 * @tuple: addresses of its own family, ports and protocol; what else there is
 *	   does not count
 * @iif: index of the incoming device
 * @ipv6: whether the packet is of IPv6
 */
struct nat64_flow_key {
	const struct nat64_tuple *tuple;
	u32 iif;
	bool ipv6;
};

/**
 * struct nat64_flow - what becomes of the packets of a known flow
 * @node: link in nat64_flows.table
 * @tuple: addresses and ports as packets come in, and the addresses of the
 *	   other family that they leave with; while the flow is being made, those
 *	   that the translator gave them
 * @iif: index of the incoming device
 * @ports: the ports that they leave with. While the flow is being made, this
 *	   and @tuple.ports are the other way round
 * @dst: the way out
 * @skb: while the flow is being made, the packet that it is made of, to compare; NULL if none
 *	 is made in this place
 * @expires: jiffies, the lower half; then a packet has to take the slow path again. While the
 *	     flow is being made, for how long it may live
 * @generation: that of its addresses (generation.h) when the flow was made;
 *		another one means that mappings or configuration have changed since
 * @cookie: for dst_check(), of a way out over IPv6
 * @ids: IPv4 identifications that are reserved for packets that leave: the next
 *	 one in the upper half, how many in the lower
 * @addrs_diff: by how much the sum of the addresses changes
 * @mtu: longest packet that may leave, bytes
 * @slots: of the addresses that the translator was given
 * @mark_in: mark that packets come in with
 * @mark: the one that they have behind POSTROUTING
 * @priority: likewise
 * @packets: how many have taken the fast path; not exact if several CPUs count
 * @ipv6: whether packets come in as IPv6
 * @tos: type of service or traffic class that they come in with, without ECN
 * @ttl: hop limit that they come in with
 * @hops: by how much the slow path lowers it
 * @rcu: for the deferred free
 *
 * A look-up needs the first half, which is one cache line.
 */
struct nat64_flow {
	struct rhash_head node;
	struct nat64_tuple tuple;
	u32 iif;
	__be32 ports;

	union {
		struct dst_entry *dst;
		const struct sk_buff *skb;
	};
	u32 expires;
	u32 generation;
	union {
		u32 cookie;
		u32 ids;
	};
	__wsum addrs_diff;
	u16 mtu;
	struct nat64_slots slots;
	u32 mark_in;
	u32 mark;
	u32 priority;
	u32 packets;
	bool ipv6;
	u8 tos;
	u8 ttl;
	u8 hops;
	struct rcu_head rcu;
};

/* Bits of an index into nat64_flows.natted. */
#define NAT64_NATTED_BITS 10

/**
 * struct nat64_flows - the known flows of an instance
 * @ref: its users: the instance, and dumps
 * @table: the flows
 * @max: how many there may be
 * @seed: key of hashes other than those of @table
 * @seen_mask: length of @seen, less one
 * @seen: upper halves of the hashes of flows of which one packet has come; short, so that they
 *	  stay in a CPU's cache while many flows begin
 * @making: places for flows whose packet is between the translator and POSTROUTING. A flow may
 *	    be read and changed by whoever has taken it from its place; others may read its
 *	    @skb.
 * @late: whether packets have been received later, see nat64_flow_place_late()
 * @natted: when NAT has last changed a packet, jiffies, or 0; of IPv4 and IPv6, by a hash of the
 *	    source
 * @collect: frees flows that have ended
 * @nat: the instance
 */
struct nat64_flows {
	struct kref ref;
	struct rhashtable table;
	u32 max;
	u32 seed;
	u32 seen_mask;
	u16 *seen;
	struct nat64_flow __rcu *making[1 << NAT64_MAKING_BITS];
	bool late;
	u32 natted[2][1 << NAT64_NATTED_BITS];
	struct delayed_work collect;
	const struct nat64 *nat;
};

/* Whether two packets of a family have the same addresses. */
static inline bool nat64_flow_addrs_equal(const struct nat64_tuple *a,
					  const struct nat64_tuple *b, bool ipv6)
{
	if (ipv6)
		return ipv6_addr_equal(&a->saddr6, &b->saddr6) &&
		       ipv6_addr_equal(&a->daddr6, &b->daddr6);
	return a->saddr4 == b->saddr4 && a->daddr4 == b->daddr4;
}

/* Whether two packets of a family are of the same flow. */
static inline bool nat64_flow_equals(const struct nat64_tuple *a,
				     const struct nat64_tuple *b, bool ipv6)
{
	return a->ports == b->ports && a->protocol == b->protocol &&
	       nat64_flow_addrs_equal(a, b, ipv6);
}

/**
 * nat64_flow_is_current() - whether a flow has not ended
 * @nat: the instance
 * @flow: the flow
 */
static inline bool nat64_flow_is_current(const struct nat64 *nat,
					 const struct nat64_flow *flow)
{
	return nat64_is_current(nat, flow->slots, flow->generation) &&
	       time_before32((u32)jiffies, READ_ONCE(flow->expires));
}

/**
 * nat64_flow_place() - the place of a flow that is being made of a packet
 * @flows: the table
 * @skb: the packet, which is received at once
 *
 * At the packet's end the flow has to leave its place, as another packet may get
 * the memory of this one.
 *
 * Return: the place, which others may have, too
 */
static inline struct nat64_flow __rcu **
nat64_flow_place(struct nat64_flows *flows, const struct sk_buff *skb)
{
	return &flows->making[hash_ptr(skb, NAT64_MAKING_BITS)];
}

struct nat64_flows *nat64_flows_alloc(const struct nat64 *nat,
				      const struct nat64_config *config);
u32 nat64_flows_count(const struct nat64 *nat);
struct nat64_flows *nat64_flows_get(struct nat64 *nat);
void nat64_flows_put(struct nat64_flows *flows);
void nat64_flows_end(struct nat64_flows *flows);
void nat64_flows_walk_on(struct rhashtable_iter *iter) __acquires(RCU);
void nat64_flows_flush(struct nat64_flows *flows, const struct in6_addr *addr6,
		       const __be32 *addr4);
void nat64_flows_empty(struct nat64_flows *flows);

struct nat64_flow *nat64_flow_find(struct nat64_flows *flows,
				   const struct nat64_flow_key *key);
bool nat64_flow_is_new(struct nat64_flows *flows,
		       const struct nat64_flow_key *key);

struct nat64_flow __rcu **nat64_flow_place_late(struct nat64_flows *flows,
						const struct nat64_tuple *tuple, bool ipv6);
struct nat64_flow *nat64_flow_alloc(const struct nat64_flows *flows,
				    struct nat64_flow __rcu **place);
void nat64_flow_start(struct nat64_flow __rcu **place, struct nat64_flow *flow,
		      const struct sk_buff *skb);
struct nat64_flow *nat64_flow_take(struct nat64_flow __rcu **place, const struct sk_buff *skb);
void nat64_flow_give_up(struct nat64_flow __rcu **place, struct nat64_flow *flow);
void nat64_flow_end_both(struct nat64_flows *flows, struct nat64_flow *flow);
int nat64_flow_add(struct nat64_flows *flows, struct nat64_flow *flow);
void nat64_flow_free(struct nat64_flow *flow);

#endif /* _NAT64_FLOW_H */
