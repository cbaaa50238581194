// SPDX-License-Identifier: GPL-2.0
/*
 * Makes flows of packets on the slow path: the translator starts one, and
 * POSTROUTING finishes it, where FORWARD, NAT and routing have agreed.
 */

#include "learn.h"
#include "conntrack.h"

#include <linux/netfilter.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip6_route.h>

/* All that is known before POSTROUTING. The translator does not change the mark. */
static void nat64_learn_fill(struct nat64_flow *flow, const struct nat64_xlat *xlat,
			     const struct nat64_fast *fast, const struct sk_buff *skb)
{
	const struct nat64_flow_key *key = &fast->key;
	int growth = key->ipv6 ? -(int)NAT64_GROWTH : NAT64_GROWTH;

	flow->tuple = xlat->tuple;
	if (key->ipv6) {
		flow->tuple.saddr6 = key->tuple->saddr6;
		flow->tuple.daddr6 = key->tuple->daddr6;
	} else {
		flow->tuple.saddr4 = key->tuple->saddr4;
		flow->tuple.daddr4 = key->tuple->daddr4;
	}
	flow->ports = key->tuple->ports;
	flow->iif = key->iif;
	flow->ipv6 = key->ipv6;
	flow->slots = fast->slots;
	flow->generation = fast->generation;
	flow->expires = fast->life;
	flow->mark_in = skb->mark;
	flow->mtu = clamp_t(int, fast->mtu + growth, 0, U16_MAX);
	flow->hops = fast->hops;
	flow->ttl = fast->xlat.hdr.ttl;
	flow->tos = fast->xlat.hdr.tos & ~INET_ECN_MASK;
	flow->ids = 0;
	flow->packets = 0;
}

/* Empty a place. The packet whose flow was there makes none. */
static void nat64_learn_clear(struct nat64_flow __rcu **place)
{
	struct nat64_flow *flow = rcu_dereference(*place);

	if (!flow || !READ_ONCE(flow->skb))
		return;
	flow = unrcu_pointer(xchg(place, NULL));
	if (flow)
		nat64_flow_give_up(place, flow);
}

/* The place for the flow of a packet, or NULL if none is to be made of it. */
static struct nat64_flow __rcu **nat64_learn_place(struct nat64_flows *flows,
						   const struct nat64_xlat *xlat,
						   const struct nat64_fast *fast,
						   const struct sk_buff *skb, bool late)
{
	if (!fast || fast->flows != flows)
		return NULL;
	if (!fast->known && nat64_flow_is_new(flows, &fast->key))
		return NULL;
	if (!late)
		return nat64_flow_place(flows, skb);
	if (!READ_ONCE(flows->late))
		WRITE_ONCE(flows->late, true);
	return nat64_flow_place_late(flows, &xlat->tuple, !xlat->ctx.ipv6);
}

/**
 * nat64_learn_start() - a translated packet is about to be received
 * @xlat: its translation
 * @fast: what the packet was before, or NULL if no flow may be made of it
 * @skb: the packet
 * @late: whether it is received later
 *
 * Only this very packet can finish the flow: a rule may drop another one that
 * is the same but for the device that it came by.
 *
 * Context: softirqs off, RCU read side.
 * Return: whether a flow is made of it; unless it is received later, call
 * nat64_learn_stop() then
 */
bool nat64_learn_start(const struct nat64_xlat *xlat, const struct nat64_fast *fast,
		       const struct sk_buff *skb, bool late)
{
	struct nat64_flows *flows = rcu_dereference(xlat->ctx.nat->flows);
	struct nat64_flow __rcu **place;
	struct nat64_flow *flow;

	if (!flows)
		return false;
	/* The flow of another packet, which was here or looked like this one. */
	nat64_learn_stop(flows, skb);
	if (READ_ONCE(flows->late))
		nat64_learn_clear(nat64_flow_place_late(flows, &xlat->tuple, !xlat->ctx.ipv6));

	place = nat64_learn_place(flows, xlat, fast, skb, late);
	flow = place ? nat64_flow_alloc(flows, place) : NULL;
	if (!flow)
		return false;
	nat64_learn_fill(flow, xlat, fast, skb);
	nat64_flow_start(place, flow, skb);
	return true;
}

/**
 * nat64_learn_stop() - take away the flow that is being made of a packet, if any
 * @flows: the flows of its instance
 * @skb: the packet, or where it was. If it has not finished its flow, that has
 *	 to wait for another packet.
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_learn_stop(struct nat64_flows *flows, const struct sk_buff *skb)
{
	struct nat64_flow __rcu **place = nat64_flow_place(flows, skb);
	struct nat64_flow *flow = nat64_flow_take(place, skb);

	if (unlikely(flow))
		nat64_flow_give_up(place, flow);
}

/**
 * struct nat64_learned - what a packet is like behind POSTROUTING
 * @tuple: as it leaves
 * @xlat: the same without NAT, as the translator has left it
 * @tos: type of service or traffic class, without ECN
 * @ttl: hop limit
 */
struct nat64_learned {
	struct nat64_tuple tuple;
	struct nat64_tuple xlat;
	u8 tos;
	u8 ttl;
};

static bool nat64_learn_read4(const struct sk_buff *skb,
			      struct nat64_learned *learned)
{
	const struct iphdr *iph = ip_hdr(skb);

	learned->tuple.saddr4 = iph->saddr;
	learned->tuple.daddr4 = iph->daddr;
	learned->tuple.protocol = iph->protocol;
	learned->tos = iph->tos & ~INET_ECN_MASK;
	learned->ttl = iph->ttl;
	return iph->ihl == 5 && !ip_is_fragment(iph);
}

static bool nat64_learn_read6(const struct sk_buff *skb,
			      struct nat64_learned *learned)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	learned->tuple.saddr6 = ip6h->saddr;
	learned->tuple.daddr6 = ip6h->daddr;
	learned->tuple.protocol = ip6h->nexthdr;
	learned->tos = ipv6_get_dsfield(ip6h) & ~INET_ECN_MASK;
	learned->ttl = ip6h->hop_limit;
	return true;
}

/*
 * Whether a packet may be one of a flow, and of which one. Fragments that have
 * been put together are another packet than those that the translator has seen,
 * but may be at the address of one.
 */
static bool nat64_learn_read(const struct sk_buff *skb, bool ipv6,
			     struct nat64_learned *learned)
{
	unsigned int offset = skb_network_offset(skb);
	struct nat64_tuple *tuple = &learned->tuple;
	const __be32 *ports;

	if (nat64_fast_was_fragmented(skb) ||
	    !(ipv6 ? nat64_learn_read6(skb, learned) : nat64_learn_read4(skb, learned)))
		return false;
	if (tuple->protocol != IPPROTO_TCP && tuple->protocol != IPPROTO_UDP)
		return false;
	offset += ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	ports = skb_header_pointer(skb, offset, sizeof(tuple->ports), &tuple->ports);
	if (!ports)
		return false;
	tuple->ports = *ports;
	learned->xlat = *tuple;
	nat64_ct_undo_nat(skb, ipv6, &learned->xlat);
	return true;
}

/* Whether only NAT and forwarding have changed the packet. */
static bool nat64_learn_is_unchanged(const struct nat64_config *config,
				     const struct nat64_flow *flow,
				     const struct nat64_learned *learned)
{
	u8 tos = config->tos == NAT64_TOS_ZERO ? 0 : flow->tos;

	return learned->ttl + flow->hops == flow->ttl && learned->tos == tos;
}

/*
 * Whether the way out is one that a packet with this destination alone would
 * take, and that nothing else is done to it.
 */
static bool nat64_learn_is_plain_way(const struct nat64 *nat,
				     const struct dst_entry *dst,
				     const struct net_device *out, bool ipv6)
{
	if (!dst || dst->dev != out || out == nat->dev || out->flags & IFF_LOOPBACK ||
	    netif_is_l3_master(out) || netif_is_l3_slave(out) || netif_is_l3_slave(nat->dev))
		return false;
	if (dst_xfrm(dst) || dst->lwtstate)
		return false;
	if (ipv6)
		return !(((const struct rt6_info *)dst)->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST));
	return ((const struct rtable *)dst)->rt_type == RTN_UNICAST;
}

/* The counter of the reason why no flow is made of a packet; 0 if there is none. */
static enum nat64_stat nat64_learn_refuse(const struct nat64 *nat,
					  struct nat64_flows *flows,
					  const struct sk_buff *skb,
					  const struct net_device *out,
					  const struct nat64_flow *flow,
					  const struct nat64_learned *learned)
{
	/* First, so that NAT of others is not overlooked. */
	if (nat64_fast_misses_nat(flows, skb, &learned->xlat, !flow->ipv6))
		return NAT64_STAT_FAST_CONNTRACK;
	if (!nat64_learn_is_unchanged(nat64_config(nat), flow, learned))
		return NAT64_STAT_FAST_CHANGED;
	if (!nat64_learn_is_plain_way(nat, skb_dst(skb), out, !flow->ipv6))
		return NAT64_STAT_FAST_WAY;
	return nat64_ct_agrees(skb) ? 0 : NAT64_STAT_FAST_CONNTRACK;
}

static __wsum nat64_learn_addrs_diff(const struct nat64_flow *flow)
{
	return flow->ipv6 ? nat64_csum_diff_6to4(&flow->tuple) :
			    nat64_csum_diff_4to6(&flow->tuple);
}

/*
 * For how long a flow may live, however busy: no longer than a mapping or
 * connection that is in use can do without packets.
 */
static u32 nat64_learn_life(const struct nat64_config *config, const struct sk_buff *skb,
			    const struct nat64_flow *flow)
{
	u32 life = min(flow->expires, nat64_ct_life(skb));
	u32 half_seconds = min(2 * config->fast_refresh, nat64_config_reclaim(config));

	return min_t(u64, life, half_seconds * (u64)HZ / 2);
}

static void nat64_learn_finish(const struct nat64_config *config,
			       const struct sk_buff *skb,
			       const struct nat64_learned *learned,
			       struct nat64_flow *flow)
{
	struct dst_entry *dst = skb_dst(skb);

	flow->expires = jiffies + nat64_learn_life(config, skb, flow);
	flow->tuple.ports = flow->ports;
	flow->ports = learned->tuple.ports;
	if (flow->ipv6) {
		flow->tuple.saddr4 = learned->tuple.saddr4;
		flow->tuple.daddr4 = learned->tuple.daddr4;
		flow->mtu = min_t(u32, flow->mtu, ip_dst_mtu_maybe_forward(dst, true));
	} else {
		flow->tuple.saddr6 = learned->tuple.saddr6;
		flow->tuple.daddr6 = learned->tuple.daddr6;
		flow->mtu = min_t(u32, flow->mtu, ip6_dst_mtu_maybe_forward(dst, true));
		/* Forwarding goes by the MTU of the device, but sending by that of the route. */
		flow->mtu = min_t(u32, flow->mtu, dst_mtu(dst));
		flow->cookie = rt6_get_cookie((struct rt6_info *)dst);
	}
	flow->addrs_diff = nat64_learn_addrs_diff(flow);
	flow->mark = skb->mark;
	flow->priority = skb->priority;
	flow->dst = dst;
}

static void nat64_learn_add(const struct nat64 *nat, struct nat64_flows *flows,
			    struct nat64_flow *flow)
{
	if (!nat64_flow_add(flows, flow)) {
		nat64_stats_inc(nat->stats, NAT64_STAT_FAST_MADE);
		return;
	}
	nat64_stats_inc(nat->stats, NAT64_STAT_FAST_FULL);
	nat64_flow_free(flow);
}

/* Returns whether the flow is the table's now, or gone. */
static bool nat64_learn_flow(const struct nat64 *nat, struct nat64_flows *flows,
			     struct nat64_flow *flow, const struct sk_buff *skb,
			     const struct net_device *out, const struct nat64_learned *learned)
{
	enum nat64_stat why_not;

	if (!nat64_flow_equals(&flow->tuple, &learned->xlat, !flow->ipv6))
		return false;
	why_not = nat64_learn_refuse(nat, flows, skb, out, flow, learned);
	if (why_not) {
		nat64_stats_inc(nat->stats, why_not);
		return false;
	}
	if (!dst_hold_safe(skb_dst(skb)))
		return false;
	nat64_ct_set_liberal(skb);
	nat64_learn_finish(nat64_config(nat), skb, learned, flow);
	nat64_learn_add(nat, flows, flow);
	return true;
}

/*
 * Find the flow of a packet, unless it is given, and finish it. Not inlined,
 * because nat64_learn() sees all packets that the router forwards, most of which
 * end there.
 */
static noinline void nat64_learn_packet(const struct nat64 *nat, struct nat64_flows *flows,
					struct nat64_flow *flow, const struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct nat64_flow __rcu **place = nat64_flow_place(flows, skb);
	bool ipv6 = state->pf == NFPROTO_IPV6;
	struct nat64_learned learned;
	bool ok;

	ok = nat64_learn_read(skb, ipv6, &learned);
	if (ok && !flow) {
		place = nat64_flow_place_late(flows, &learned.xlat, ipv6);
		flow = nat64_flow_take(place, skb);
	}
	if (!flow)
		return;
	if (!ok || flow->ipv6 == ipv6 ||
	    !nat64_learn_flow(nat, flows, flow, skb, state->out, &learned))
		nat64_flow_give_up(place, flow);
}

/**
 * nat64_learn() - the hook in POSTROUTING: make a flow of a translated packet
 * @priv: the instance
 * @skb: the packet
 * @state: what netfilter says
 *
 * Context: any but hard interrupts, RCU read side.
 * Return: NF_ACCEPT
 */
unsigned int nat64_learn(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const struct nat64 *nat = priv;
	struct nat64_flows *flows;
	struct nat64_flow *flow;

	/* Copies (TEE) have the index of the device, too, but not as @in. */
	if (state->in != nat->dev || skb->skb_iif != nat->dev->ifindex)
		return NF_ACCEPT;
	flows = rcu_dereference(nat->flows);
	if (!flows)
		return NF_ACCEPT;
	flow = nat64_flow_take(nat64_flow_place(flows, skb), skb);
	if (likely(!flow && !READ_ONCE(flows->late)))
		return NF_ACCEPT;
	/* nf_reinject() runs hooks in process context, with softirqs on. */
	local_bh_disable();
	nat64_learn_packet(nat, flows, flow, skb, state);
	local_bh_enable();
	return NF_ACCEPT;
}
