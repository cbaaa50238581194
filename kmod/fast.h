/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_FAST_H
#define _NAT64_FAST_H

#include "flow.h"
#include "packet.h"

#include <linux/ipv6.h>
#include <net/ip.h>

struct nf_hook_state;

/**
 * struct nat64_fast - a packet that the fast path may take
 * @flows: the known flows, or NULL if the packet has to take the slow path; then
 *	   the rest is not valid
 * @xlat: its translation; at first its IP header, which has no options or
 *	  extension headers, and its own addresses and ports
 * @key: by what its flow is found: @xlat.tuple, while that has its own addresses
 * @slots: of its addresses, as the translator is given them
 * @generation: that of these addresses, before its translation
 * @life: for how long a flow may live, jiffies
 * @mtu: longest packet on the way to the translator, bytes
 * @hops: by how much the slow path lowers its hop limit
 * @ends: whether a connection begins or ends with it
 * @known: whether it has a flow, though one that is not good for it
 * @neigh: the neighbour to send it to
 * @other_family: whether that is one of the family that the packet had
 *
 * Variables of it are __uninitialized: they are large, and kernels with
 * CONFIG_INIT_STACK_ALL_ZERO would clear them for every packet.
 */
struct nat64_fast {
	struct nat64_flows *flows;
	struct nat64_xlat xlat;
	struct nat64_flow_key key;
	struct nat64_slots slots;
	u32 generation;
	u32 life;
	u32 mtu;
	u8 hops;
	bool ends;
	bool known;
	bool other_family;
	struct neighbour *neigh;
};

/* Whether a packet was put together from fragments. */
static inline bool nat64_fast_was_fragmented(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ? IP6CB(skb)->frag_max_size :
						    IPCB(skb)->frag_max_size;
}

bool nat64_fast_receive(struct nat64 *nat, struct sk_buff *skb, u32 generation,
			struct nat64_fast *fast);
bool nat64_fast_misses_nat(struct nat64_flows *flows, const struct sk_buff *skb,
			   const struct nat64_tuple *tuple, bool ipv6);
void nat64_fast_route(struct nat64 *nat, const struct sk_buff *skb,
		      u32 generation, struct nat64_fast *fast);
unsigned int nat64_fast_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);

#endif /* _NAT64_FAST_H */
