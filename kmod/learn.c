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

/* Whether a flow that was started before will do for this packet, too. */
static bool nat64_learn_is_started(const struct nat64_flow *flow,
				   const struct nat64_fast *fast)
{
	return flow && flow->generation == fast->generation &&
	       flow->slots.src == fast->slots.src && flow->slots.dst == fast->slots.dst &&
	       flow->iif == fast->key.iif && flow->ports == fast->xlat.tuple.ports &&
	       flow->hops == fast->hops && flow->ttl == fast->xlat.hdr.ttl &&
	       flow->tos == (fast->xlat.hdr.tos & ~INET_ECN_MASK) &&
	       nat64_flow_addrs_equal(&flow->tuple, fast->key.tuple, fast->key.ipv6);
}

static struct nat64_flow *nat64_learn_alloc(const struct nat64_xlat *xlat,
					    const struct nat64_fast *fast)
{
	const struct nat64_flow_key *key = &fast->key;
	struct nat64_flow *flow = nat64_flow_alloc(xlat->ctx.nat);
	int growth = key->ipv6 ? -(int)NAT64_GROWTH : NAT64_GROWTH;

	if (!flow)
		return NULL;
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
	flow->mtu = clamp_t(int, fast->mtu + growth, 0, U16_MAX);
	flow->hops = fast->hops;
	flow->ttl = fast->xlat.hdr.ttl;
	flow->tos = fast->xlat.hdr.tos & ~INET_ECN_MASK;
	return flow;
}

/*
 * No flow is to be made of this packet, nor of one before it that was dropped
 * and left its flow behind.
 */
static void nat64_learn_none(struct nat64_flows *flows,
			     const struct nat64_xlat *xlat)
{
	struct nat64_flow *flow;

	if (likely(!READ_ONCE(flows->linger)))
		return;
	flow = nat64_flow_making(flows, &xlat->tuple, !xlat->ctx.ipv6);
	if (flow && nat64_flow_claim(flows, flow))
		kfree_rcu(flow, rcu);
}

static struct nat64_flow *nat64_learn_get(const struct nat64_xlat *xlat,
					  const struct nat64_fast *fast)
{
	struct nat64_flow *flow;

	if (!fast->known && nat64_flow_is_new(fast->flows, &fast->key))
		return NULL;
	flow = nat64_flow_making(fast->flows, &xlat->tuple, !xlat->ctx.ipv6);
	if (nat64_learn_is_started(flow, fast) && nat64_flow_claim(fast->flows, flow))
		return flow;
	return nat64_learn_alloc(xlat, fast);
}

/**
 * nat64_learn_start() - a translated packet is about to be received
 * @xlat: its translation
 * @fast: what the packet was before, or NULL if no flow may be made of it
 * @skb: the packet
 *
 * Only this very packet can finish the flow: a rule may drop another one that
 * is the same but for the device that it came by.
 *
 * Context: softirqs off, RCU read side.
 * Return: the flow that is made of it, or NULL
 */
struct nat64_flow *nat64_learn_start(const struct nat64_xlat *xlat,
				     const struct nat64_fast *fast,
				     const struct sk_buff *skb)
{
	struct nat64_flows *flows = fast ? fast->flows : rcu_dereference(xlat->ctx.nat->flows);
	struct nat64_flow *flow = fast ? nat64_learn_get(xlat, fast) : NULL;

	if (!flow) {
		if (flows)
			nat64_learn_none(flows, xlat);
		return NULL;
	}
	flow->skb = skb;
	nat64_flow_start(flows, flow);
	return flow;
}

/**
 * nat64_learn_stop() - a packet has been received, and is at its end
 * @flows: the flows of its instance
 * @flow: from nat64_learn_start(); if it is not finished, it has to wait for
 *	  another packet
 *
 * Context: softirqs off, the same RCU read side.
 */
void nat64_learn_stop(struct nat64_flows *flows, struct nat64_flow *flow)
{
	if (!nat64_flow_claim(flows, flow))
		return;
	flow->skb = NULL;
	nat64_flow_start(flows, flow);
}

/**
 * nat64_learn_linger() - a packet will be received later
 * @flows: the flows of its instance
 *
 * Nobody tells when it has come to its end.
 *
 * Context: any.
 */
void nat64_learn_linger(struct nat64_flows *flows)
{
	if (!READ_ONCE(flows->linger))
		WRITE_ONCE(flows->linger, true);
}

/* What a packet is like behind POSTROUTING. */
struct nat64_learned {
	struct nat64_tuple tuple;
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

/* Whether a packet is one of a flow, and of which one. */
static bool nat64_learn_read(const struct sk_buff *skb, bool ipv6,
			     struct nat64_learned *learned)
{
	unsigned int offset = skb_network_offset(skb);
	struct nat64_tuple *tuple = &learned->tuple;
	const __be32 *ports;

	if (!(ipv6 ? nat64_learn_read6(skb, learned) : nat64_learn_read4(skb, learned)))
		return false;
	if (tuple->protocol != IPPROTO_TCP && tuple->protocol != IPPROTO_UDP)
		return false;
	offset += ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	ports = skb_header_pointer(skb, offset, sizeof(tuple->ports), &tuple->ports);
	if (!ports)
		return false;
	tuple->ports = *ports;
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
					  const struct sk_buff *skb,
					  const struct net_device *out,
					  const struct nat64_flow *flow,
					  const struct nat64_learned *learned)
{
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
 * For how long a flow may live, however busy: so long that a mapping or
 * connection that is in use does not end meanwhile.
 */
static unsigned long nat64_learn_life(const struct nat64_config *config,
				      const struct sk_buff *skb,
				      const struct nat64_flow *flow)
{
	unsigned long life = min(flow->expires, nat64_ct_life(skb));
	u32 half_seconds = min(2 * config->fast_refresh, config->idle_timeout);

	return min(life, half_seconds * (unsigned long)HZ / 2);
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

static void nat64_learn_flow(const struct nat64 *nat, const struct sk_buff *skb,
			     const struct net_device *out, bool ipv6)
{
	struct nat64_flows *flows = rcu_dereference(nat->flows);
	struct nat64_learned learned;
	struct nat64_tuple tuple;
	enum nat64_stat why_not;
	struct nat64_flow *flow;

	if (!flows || !nat64_learn_read(skb, ipv6, &learned))
		return;
	tuple = learned.tuple;
	nat64_ct_undo_nat(skb, ipv6, &tuple);
	flow = nat64_flow_making(flows, &tuple, ipv6);
	if (!flow || READ_ONCE(flow->skb) != skb)
		return;
	why_not = nat64_learn_refuse(nat, skb, out, flow, &learned);
	if (why_not) {
		nat64_stats_inc(nat->stats, why_not);
		return;
	}
	if (!nat64_flow_claim(flows, flow))
		return;
	if (!dst_hold_safe(skb_dst(skb))) {
		kfree_rcu(flow, rcu);
		return;
	}
	nat64_ct_set_liberal(skb);
	nat64_learn_finish(nat64_config(nat), skb, &learned, flow);
	nat64_learn_add(nat, flows, flow);
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

	if (skb->skb_iif != nat->dev->ifindex)
		return NF_ACCEPT;
	/* nf_reinject() runs hooks in process context, with softirqs on. */
	local_bh_disable();
	nat64_learn_flow(nat, skb, state->out, state->pf == NFPROTO_IPV6);
	local_bh_enable();
	return NF_ACCEPT;
}
