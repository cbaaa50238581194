// SPDX-License-Identifier: GPL-2.0
/*
 * The fast path: packets of a known flow are rewritten and sent at once, past
 * the second receive, routing and FORWARD.
 */

#include "fast.h"
#include "compat.h"
#include "conntrack.h"
#include "csum.h"
#include "header4.h"
#include "header6.h"

#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/arp.h>
#include <net/dsfield.h>
#include <net/dst_metadata.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/sch_generic.h>
#include <net/xfrm.h>

#include "trace.h"

/* For how many seconds, at least, it is remembered that a source has NAT. */
#define NAT64_NAT_MEMORY 60

/* A header without options. */
static bool nat64_fast_read4(const struct sk_buff *skb, struct nat64_fast *fast)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int len = ntohs(iph->tot_len);

	if (iph->ihl != 5 || ip_is_fragment(iph) || len < sizeof(*iph))
		return false;
	fast->xlat.hdr = (struct nat64_iphdr){
		.len = sizeof(*iph),
		.payload_len = len - sizeof(*iph),
		.protocol = iph->protocol,
		.tos = iph->tos,
		.ttl = iph->ttl,
		.df = iph->frag_off & htons(IP_DF),
	};
	fast->xlat.tuple.saddr4 = iph->saddr;
	fast->xlat.tuple.daddr4 = iph->daddr;
	return true;
}

/* A header without extension headers, and no jumbogram. */
static bool nat64_fast_read6(const struct sk_buff *skb, struct nat64_fast *fast)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (!ip6h->payload_len)
		return false;
	fast->xlat.hdr = (struct nat64_iphdr){
		.len = sizeof(*ip6h),
		.payload_len = ntohs(ip6h->payload_len),
		.protocol = ip6h->nexthdr,
		.tos = ipv6_get_dsfield(ip6h),
		.ttl = ip6h->hop_limit,
	};
	fast->xlat.tuple.saddr6 = ip6h->saddr;
	fast->xlat.tuple.daddr6 = ip6h->daddr;
	return !nat64_ends_too_far(&fast->xlat.hdr);
}

/* UDP without a checksum takes the slow path. */
static bool nat64_fast_read_l4(const struct sk_buff *skb,
			       struct nat64_fast *fast)
{
	const struct nat64_iphdr *hdr = &fast->xlat.hdr;
	union {
		struct tcphdr tcp;
		struct udphdr udp;
	} buf __uninitialized;
	const struct tcphdr *th;
	const struct udphdr *uh;

	if (hdr->protocol == IPPROTO_TCP) {
		th = skb_header_pointer(skb, hdr->len, sizeof(*th), &buf);
		if (!th || hdr->payload_len < sizeof(*th))
			return false;
		fast->xlat.tuple.sport = th->source;
		fast->xlat.tuple.dport = th->dest;
		fast->ends = th->syn || th->fin || th->rst;
		return true;
	}
	if (hdr->protocol != IPPROTO_UDP)
		return false;
	uh = skb_header_pointer(skb, hdr->len, sizeof(*uh), &buf);
	if (!uh || hdr->payload_len < sizeof(*uh))
		return false;
	if (!uh->check && !nat64_csum_is_partial(skb, hdr->len))
		return false;
	fast->xlat.tuple.sport = uh->source;
	fast->xlat.tuple.dport = uh->dest;
	fast->ends = false;
	return true;
}

/* Whether a packet, its IP header validated, is one that may be of a known flow. */
static bool nat64_fast_read(const struct sk_buff *skb, struct nat64_fast *fast)
{
	bool ipv6 = fast->xlat.ctx.ipv6;

	if (!(ipv6 ? nat64_fast_read6(skb, fast) : nat64_fast_read4(skb, fast)))
		return false;
	fast->xlat.tuple.protocol = fast->xlat.hdr.protocol;
	return nat64_fast_read_l4(skb, fast);
}

static bool nat64_fast_has_classifier(const struct net_device *dev)
{
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_ingress) || rcu_access_pointer(dev->tcx_egress);
#else
	return false;
#endif
}

/* A chain of nft's family netdev. */
static bool nat64_fast_has_chain(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	if (rcu_access_pointer(dev->nf_hooks_ingress))
		return true;
#endif
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return true;
#endif
	return false;
}

/*
 * Whether anybody looks at what passes the device itself: a packet socket, an
 * XDP program, a classifier, a chain or a queueing discipline.
 */
static bool nat64_fast_is_watched(const struct net_device *dev)
{
	return !list_empty(&dev->ptype_all) || !list_empty(&dev->ptype_specific) ||
	       rcu_access_pointer(dev->xdp_prog) || nat64_fast_has_classifier(dev) ||
	       nat64_fast_has_chain(dev) || rcu_dereference(dev->qdisc)->enqueue;
}

/*
 * Whether a packet fits the way out, and is of a kind that stays whole. An IPv4
 * packet that may be fragmented is one that fits any IPv6 path.
 */
static bool nat64_fast_fits(const struct sk_buff *skb,
			    const struct nat64_fast *fast,
			    const struct nat64_flow *flow)
{
	unsigned int mtu = flow->mtu;

	if (fast->xlat.ctx.ipv6) {
		mtu += NAT64_GROWTH;
	} else {
		if (!fast->xlat.hdr.df)
			mtu = min_t(unsigned int, mtu, IPV6_MIN_MTU);
		mtu -= NAT64_GROWTH;
	}
	if (!skb_is_gso(skb))
		return fast->xlat.hdr.len + fast->xlat.hdr.payload_len <= mtu;
	/* LRO has no type. It is not forwarded. */
	return skb_shinfo(skb)->gso_type && nat64_gso_is_kept(skb, fast->xlat.ctx.ipv6) &&
	       skb_gso_validate_network_len(skb, mtu);
}

/*
 * Whether what was decided about a flow still holds, and holds for this packet.
 * A rule may look at the mark, the hop limit and the type of service, or change
 * them.
 */
static bool nat64_fast_is_valid(const struct nat64 *nat,
				const struct sk_buff *skb,
				const struct nat64_fast *fast,
				const struct nat64_flow *flow)
{
	if (!nat64_flow_is_current(nat, flow))
		return false;
	if (fast->xlat.hdr.ttl != flow->ttl || (fast->xlat.hdr.tos & ~INET_ECN_MASK) != flow->tos)
		return false;
	if (skb->mark != flow->mark_in)
		return false;
	if (!flow->ipv6 && !READ_ONCE(dev_net(nat->dev)->ipv6.devconf_all->forwarding))
		return false;
	return dst_check(flow->dst, flow->ipv6 ? 0 : flow->cookie);
}

/* A route of IPv4 may have a next hop of IPv6 (RFC 8950). */
static struct neighbour *nat64_fast_neighbour4(const struct nat64_flow *flow,
					       bool *other_family)
{
	const struct rtable *rt = (const struct rtable *)flow->dst;
	__be32 nexthop;

	*other_family = rt->rt_gw_family == AF_INET6;
	if (*other_family)
		return __ipv6_neigh_lookup_noref(flow->dst->dev, &rt->rt_gw6);
	nexthop = rt_nexthop(rt, flow->tuple.daddr4);
	return __ipv4_neigh_lookup_noref(flow->dst->dev, (__force u32)nexthop);
}

static struct neighbour *nat64_fast_neighbour6(struct nat64_flow *flow)
{
	const struct rt6_info *rt = (const struct rt6_info *)flow->dst;

	return __ipv6_neigh_lookup_noref(flow->dst->dev, rt6_nexthop(rt, &flow->tuple.daddr6));
}

/* Whether the neighbour is known; if not, the slow path has to ask for its address. */
static bool nat64_fast_has_neighbour(struct nat64_fast *fast,
				     struct nat64_flow *flow)
{
	fast->other_family = false;
	fast->neigh = flow->ipv6 ? nat64_fast_neighbour4(flow, &fast->other_family) :
				   nat64_fast_neighbour6(flow);
	return fast->neigh && READ_ONCE(fast->neigh->nud_state) & NUD_VALID;
}

/* All that can fail, so that the rest of the packet is still whole if it does. */
static bool nat64_fast_prepare(struct sk_buff *skb,
			       const struct nat64_fast *fast,
			       const struct nat64_flow *flow)
{
	unsigned int l4_len = fast->xlat.hdr.protocol == IPPROTO_TCP ? sizeof(struct tcphdr) :
								  sizeof(struct udphdr);

	/* Padding of short frames. */
	if (pskb_trim_rcsum(skb, fast->xlat.hdr.len + fast->xlat.hdr.payload_len))
		return false;
	if (skb_ensure_writable(skb, fast->xlat.hdr.len + l4_len))
		return false;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(flow->dst->dev) + NAT64_GROWTH))
		return false;
	return !skb_is_gso(skb) || !skb_unclone(skb, GFP_ATOMIC);
}

/*
 * The transport header for other addresses and ports. The checksum of a packet
 * with CHECKSUM_PARTIAL has only the addresses in it.
 */
static void nat64_fast_rewrite_l4(struct sk_buff *skb,
				  const struct nat64_fast *fast,
				  const struct nat64_flow *flow)
{
	const struct nat64_iphdr *hdr = &fast->xlat.hdr;
	unsigned int field = hdr->protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
							    offsetof(struct udphdr, check);
	__wsum diff = flow->addrs_diff;

	if (unlikely(flow->ports != fast->xlat.tuple.ports)) {
		*(__be32 *)(skb->data + hdr->len) = flow->ports;
		if (!nat64_csum_is_partial(skb, hdr->len))
			diff = csum_add(diff, csum_sub((__force __wsum)flow->ports,
						       (__force __wsum)fast->xlat.tuple.ports));
	}
	nat64_csum_replace(skb, hdr->len, field, hdr->protocol, diff);
}

/* It does not fail: nat64_fast_prepare() has done what can. */
static inline void nat64_fast_swap_header(struct sk_buff *skb, unsigned int old_len,
					  unsigned int new_len)
{
	if (skb_is_gso(skb))
		nat64_replace_header(skb, old_len, new_len);
	else
		nat64_swap_header(skb, old_len, new_len);
}

/* The same packet as by the slow path. */
static void nat64_fast_rewrite(struct sk_buff *skb, struct nat64_fast *fast,
			       struct nat64_flow *flow)
{
	struct nat64_xlat *xlat = &fast->xlat;

	skb_forward_csum(skb);
	nat64_fast_rewrite_l4(skb, fast, flow);
	xlat->hdr.ttl -= flow->hops;
	if (flow->ipv6) {
		xlat->tuple.saddr4 = flow->tuple.saddr4;
		xlat->tuple.daddr4 = flow->tuple.daddr4;
		xlat->ids = &flow->ids;
		nat64_fast_swap_header(skb, sizeof(struct ipv6hdr), sizeof(struct iphdr));
		nat64_write_outer_ipv4(xlat, skb);
	} else {
		nat64_fast_swap_header(skb, sizeof(struct iphdr), sizeof(struct ipv6hdr));
		nat64_write_ipv6(ipv6_hdr(skb), &xlat->hdr, xlat, &flow->tuple);
		skb->protocol = htons(ETH_P_IPV6);
	}
	if (trace_nat64_xlat_enabled()) {
		xlat->tuple = flow->tuple;
		trace_nat64_xlat(xlat, skb);
	}
}

static void nat64_fast_count(struct nat64 *nat, const struct sk_buff *skb,
			     struct nat64_flow *flow)
{
	nat64_stats_inc(nat->stats, flow->ipv6 ? NAT64_STAT_XLAT_6TO4 : NAT64_STAT_XLAT_4TO6);
	nat64_stats_inc(nat->stats, NAT64_STAT_FAST_HIT);
	dev_sw_netstats_rx_add(nat->dev, skb->len);
	WRITE_ONCE(flow->packets, flow->packets + 1);
}

/* Send a packet, or return false if that takes more memory than there is. */
static bool nat64_fast_send(struct nat64 *nat, struct sk_buff *skb,
			    struct nat64_fast *fast, struct nat64_flow *flow)
{
	if (unlikely(!nat64_fast_prepare(skb, fast, flow)))
		return false;
	nat64_fast_rewrite(skb, fast, flow);
	nat64_fast_count(nat, skb, flow);
	nat64_scrub(skb, flow->dst->dev);
	skb->mark = flow->mark;
	skb->priority = flow->priority;
	skb_dst_set_noref(skb, flow->dst);
	neigh_output(fast->neigh, skb, fast->other_family);
	return true;
}

/*
 * A connection ends, or another one begins: conntrack has to see this packet
 * and all that follow. It may forget the connection soon, and others may have
 * its ports then.
 */
static void nat64_fast_end(struct nat64_fast *fast)
{
	struct nat64_flow *flow = nat64_flow_find(fast->flows, &fast->key);

	if (flow)
		nat64_flow_end_both(fast->flows, flow);
	fast->flows = NULL;
}

/* A flow that is good for a packet, or NULL. Counts why not. */
static struct nat64_flow *nat64_fast_find(struct nat64 *nat,
					  const struct sk_buff *skb,
					  struct nat64_fast *fast)
{
	struct nat64_flow *flow;

	if (unlikely(fast->ends)) {
		nat64_fast_end(fast);
		return NULL;
	}
	flow = nat64_flow_find(fast->flows, &fast->key);
	fast->known = flow;
	if (!flow)
		return NULL;
	if (!nat64_fast_is_valid(nat, skb, fast, flow)) {
		nat64_stats_inc(nat->stats, NAT64_STAT_FAST_STALE);
		return NULL;
	}
	if (!nat64_fast_fits(skb, fast, flow)) {
		nat64_stats_inc(nat->stats, NAT64_STAT_FAST_TOO_BIG);
		return NULL;
	}
	if (!nat64_fast_has_neighbour(fast, flow)) {
		nat64_stats_inc(nat->stats, NAT64_STAT_FAST_NEIGHBOUR);
		return NULL;
	}
	return flow;
}

/* Get ready to read a packet, if packets may take the fast path at all. */
static bool nat64_fast_begin(struct nat64 *nat, const struct sk_buff *skb,
			     u32 iif, struct nat64_fast *fast)
{
	fast->flows = rcu_dereference(nat->flows);
	if (!fast->flows)
		return false;
	if (unlikely(secpath_exists(skb) || skb_metadata_dst(skb) ||
		     nat64_fast_is_watched(nat->dev))) {
		fast->flows = NULL;
		return false;
	}
	fast->xlat.ctx = (struct nat64_context){
		.nat = nat,
		.config = nat64_config(nat),
		.ipv6 = skb->protocol == htons(ETH_P_IPV6),
	};
	fast->xlat.ids = NULL;
	fast->xlat.pointer = 0;
	fast->xlat.frag_max_size = 0;
	fast->xlat.done = false;
	fast->key = (struct nat64_flow_key){
		.tuple = &fast->xlat.tuple,
		.iif = iif,
		.ipv6 = fast->xlat.ctx.ipv6,
	};
	return true;
}

/* Call this while the packet has the addresses that the translator will look up. */
static void nat64_fast_set_generation(const struct nat64 *nat,
				      struct nat64_fast *fast, u32 generation)
{
	const struct nat64_tuple *tuple = &fast->xlat.tuple;

	if (fast->xlat.ctx.ipv6)
		fast->slots = (struct nat64_slots){ .src = nat64_slot6(&tuple->saddr6),
						    .dst = nat64_slot6(&tuple->daddr6) };
	else
		fast->slots = (struct nat64_slots){ .src = nat64_slot4(tuple->saddr4),
						    .dst = nat64_slot4(tuple->daddr4) };
	fast->generation = generation + nat64_generation_of(nat, fast->slots);
}

/**
 * nat64_fast_receive() - send a packet of a known flow
 * @nat: the instance
 * @skb: the packet, in PREROUTING
 * @generation: nat64.generation
 * @fast: gets what the slow path needs to make a flow of the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: whether the packet was taken; if not, it has not changed
 */
bool nat64_fast_receive(struct nat64 *nat, struct sk_buff *skb, u32 generation,
			struct nat64_fast *fast)
{
	struct nat64_flow *flow;

	if (!nat64_fast_begin(nat, skb, skb->dev->ifindex, fast))
		return false;
	if (nat64_fast_was_fragmented(skb) || !nat64_fast_read(skb, fast)) {
		fast->flows = NULL;
		return false;
	}
	flow = nat64_fast_find(nat, skb, fast);
	if (flow && nat64_fast_send(nat, skb, fast, flow))
		return true;
	nat64_fast_set_generation(nat, fast, generation);
	fast->life = INT_MAX;
	fast->mtu = IP_MAX_MTU;
	fast->hops = 1;
	return false;
}

/**
 * nat64_fast_misses_nat() - whether NAT may have left a packet alone that it has to change
 * @flows: the known flows
 * @skb: the packet
 * @tuple: its addresses, those before NAT
 * @ipv6: whether it is an IPv6 packet
 *
 * NAT of the same source, or of one with the same hash, is remembered for longer
 * than it takes until the next packet of a flow comes here.
 *
 * Context: any, RCU read side.
 */
bool nat64_fast_misses_nat(struct nat64_flows *flows, const struct sk_buff *skb,
			   const struct nat64_tuple *tuple, bool ipv6)
{
	u32 slot = hash_32(ipv6 ? ipv6_addr_hash(&tuple->saddr6) : (__force u32)tuple->saddr4,
			   NAT64_NATTED_BITS);
	u32 memory = (2 * nat64_config(flows->nat)->fast_refresh + NAT64_NAT_MEMORY) * HZ;

	return nat64_ct_misses_nat(skb, &flows->natted[ipv6][slot], memory);
}

/*
 * Whether a packet that was routed here is one that a flow may be made of. What tc
 * redirects has no route.
 */
static bool nat64_fast_read_routed(const struct nat64 *nat,
				   const struct sk_buff *skb,
				   struct nat64_fast *fast)
{
	if (!skb->skb_iif || skb->skb_iif == nat->dev->ifindex || skb->sk || !skb_valid_dst(skb) ||
	    nat64_fast_was_fragmented(skb) || !nat64_fast_read(skb, fast))
		return false;
	if (unlikely(fast->ends)) {
		nat64_ct_undo_nat(skb, fast->xlat.ctx.ipv6, &fast->xlat.tuple);
		nat64_fast_end(fast);
		return false;
	}
	if (nat64_ct_agrees(skb) && !nat64_ct_is_untracked(skb))
		return true;
	nat64_stats_inc(nat->stats, NAT64_STAT_FAST_CONNTRACK);
	return false;
}

/**
 * nat64_fast_route() - look whether a flow may be made of a packet that was routed here
 * @nat: the instance
 * @skb: the packet, validated
 * @generation: nat64.generation
 * @fast: gets what the slow path needs for that
 *
 * It has been forwarded once, to the device, and will be a second time.
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_fast_route(struct nat64 *nat, const struct sk_buff *skb,
		      u32 generation, struct nat64_fast *fast)
{
	const struct nat64_flow *flow;

	if (!nat64_fast_begin(nat, skb, skb->skb_iif, fast))
		return;
	if (!nat64_fast_read_routed(nat, skb, fast)) {
		fast->flows = NULL;
		return;
	}
	nat64_fast_set_generation(nat, fast, generation);
	nat64_ct_undo_nat(skb, fast->xlat.ctx.ipv6, &fast->xlat.tuple);
	if (nat64_fast_misses_nat(fast->flows, skb, &fast->xlat.tuple, fast->xlat.ctx.ipv6)) {
		nat64_stats_inc(nat->stats, NAT64_STAT_FAST_CONNTRACK);
		fast->flows = NULL;
		return;
	}
	/* While there is a flow, this has been done. */
	flow = nat64_flow_find(fast->flows, &fast->key);
	if (!flow || !nat64_flow_is_current(nat, flow))
		nat64_ct_set_liberal(skb);
	fast->xlat.hdr.ttl++;
	fast->life = nat64_ct_life(skb);
	fast->mtu = dst_mtu(skb_dst(skb));
	fast->hops = 2;
	fast->known = false;
}

/* The checks of ip_rcv() and ipv6_rcv(), as far as a flow does not imply them. */
static bool nat64_fast_check_ingress(const struct sk_buff *skb)
{
	unsigned int len = skb_headlen(skb);

	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb))
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return len >= sizeof(struct iphdr) && ip_hdr(skb)->version == 4 &&
		       ip_hdr(skb)->ihl == 5 && !ip_fast_csum(ip_hdr(skb), 5) &&
		       ntohs(ip_hdr(skb)->tot_len) <= skb->len;
	if (skb->protocol == htons(ETH_P_IPV6))
		return len >= sizeof(struct ipv6hdr) && ipv6_hdr(skb)->version == 6 &&
		       sizeof(struct ipv6hdr) + ntohs(ipv6_hdr(skb)->payload_len) <= skb->len;
	return false;
}

/**
 * nat64_fast_ingress() - the hook at the ingress of a device: send packets of known flows
 * @priv: the instance
 * @skb: the packet, as the driver has received it
 * @state: what netfilter says
 *
 * Context: softirqs off, RCU read side.
 * Return: NF_STOLEN, or NF_ACCEPT for all others
 */
unsigned int nat64_fast_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct nat64 *nat = priv;
	struct nat64_fast fast __uninitialized;
	struct nat64_flow *flow;

	if (!netif_running(nat->dev) || !nat64_fast_check_ingress(skb) ||
	    !nat64_fast_begin(nat, skb, skb->dev->ifindex, &fast) || !nat64_fast_read(skb, &fast))
		return NF_ACCEPT;
	/* As ip_rcv() and ipv6_rcv() would. Until then, the sender may have set it. */
	skb_set_transport_header(skb, fast.xlat.hdr.len);
	flow = nat64_fast_find(nat, skb, &fast);
	if (!flow)
		return NF_ACCEPT;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb || !nat64_fast_send(nat, skb, &fast, flow))) {
		nat64_stats_inc(nat->stats, NAT64_STAT_DROP_NOMEM);
		kfree_skb(skb);
	}
	return NF_STOLEN;
}
