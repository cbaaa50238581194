// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet from a door to its end: it is gathered or split,
 * translated, and then received from the device, or answered and dropped.
 */

#include "path.h"
#include "compat.h"
#include "drop.h"
#include "fast.h"
#include "frag.h"
#include "header4.h"
#include "header6.h"
#include "learn.h"
#include "mtu.h"
#include "policy.h"
#include "xlat_4to6.h"
#include "xlat_6to4.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <net/dst_metadata.h>
#include <net/ip.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * Limit of nested receives: a translation and a hairpin, for two instances.
 */
#define NAT64_DEPTH_MAX 4

/* The hop-by-hop header of IPv6 BIG TCP. */
#define NAT64_JUMBO_LEN 8

#ifndef nat64_depth_of_task
static DEFINE_PER_CPU(u8, nat64_depth_of_cpu);
#endif

/*
 * The counter of nested receives. The caller keeps softirqs off, and so stays
 * on this CPU.
 */
static u8 *nat64_depth(void)
{
#ifdef nat64_depth_of_task
	return nat64_depth_of_task();
#else
	return this_cpu_ptr(&nat64_depth_of_cpu);
#endif
}

/**
 * struct nat64_path - a packet on its way
 * @xlat: its translation
 * @fast: what the fast path knows of it, if a flow may be made of it, or NULL
 * @route: whether it came by the route's door. If so, it counts as sent by the
 *	   device, and its translation waits in the backlog queue. If the target
 *	   or the hook has taken it, its translation is received right here, and
 *	   nests.
 */
struct nat64_path {
	struct nat64_xlat xlat;
	const struct nat64_fast *fast;
	bool route;
};

/* Receive a translated packet from the device, at once. */
static void nat64_receive_now(const struct nat64_path *path, struct sk_buff *skb)
{
	bool learning = nat64_learn_start(&path->xlat, path->fast, skb, false);

	netif_receive_skb(skb);
	if (learning)
		nat64_learn_stop(path->fast->flows, skb);
}

/* The same, when the backlog queue gets there. */
static int nat64_receive_later(const struct nat64_path *path, struct sk_buff *skb)
{
	nat64_learn_start(&path->xlat, path->fast, skb, true);
	return netif_rx(skb);
}

static void nat64_deliver(const struct nat64_path *path, struct sk_buff *skb)
{
	struct nat64 *nat = path->xlat.ctx.nat;
	unsigned int len = skb->len;

	trace_nat64_xlat(&path->xlat, skb);
	nat64_scrub(skb, nat->dev);
	if (!path->route) {
		nat64_receive_now(path, skb);
	} else if (nat64_receive_later(path, skb) != NET_RX_SUCCESS) {
		DEV_STATS_INC(nat->dev, rx_dropped);
		nat64_stats_inc(nat->stats, NAT64_STAT_DROP_QUEUE);
		return;
	}
	dev_sw_netstats_rx_add(nat->dev, len);
}

/* Count a packet as dropped; answer and free it, unless it is freed already. */
static void nat64_drop(const struct nat64_path *path, struct sk_buff *skb,
		       enum nat64_verdict verdict)
{
	enum nat64_stat stat = nat64_drop_stat(verdict);
	struct nat64 *nat = path->xlat.ctx.nat;

	nat64_stats_inc(nat->stats, stat);
	if (path->route)
		DEV_STATS_INC(nat->dev, tx_dropped);
	if (!skb)
		return;
	trace_nat64_drop(nat, skb, stat);
	nat64_drop_answer(&path->xlat, skb, verdict);
	kfree_skb_reason(skb, nat64_drop_reason(verdict));
}

/* Finish a covered packet; a translated one may be a list of fragments. */
static void nat64_finish(struct nat64_path *path, struct sk_buff *skb,
			 enum nat64_verdict verdict)
{
	struct sk_buff *next;

	if (verdict >= NAT64_DROP)
		nat64_drop(path, skb, verdict);
	if (verdict != NAT64_OK)
		return;

	nat64_stats_inc(path->xlat.ctx.nat->stats, path->xlat.ctx.ipv6 ?
			NAT64_STAT_XLAT_6TO4 : NAT64_STAT_XLAT_4TO6);
	if (skb->next)
		path->fast = NULL;
	skb_list_walk_safe(skb, skb, next) {
		skb_mark_not_on_list(skb);
		nat64_deliver(path, skb);
	}
}

/* Routed here, or covered until just now: turn "not covered" into a drop. */
static enum nat64_verdict nat64_require_covered(const struct nat64_path *path,
						enum nat64_verdict verdict)
{
	if (verdict != NAT64_NOT_COVERED)
		return verdict;
	return path->xlat.ctx.ipv6 ? NAT64_DROP_NOT_COVERED6 :
				     NAT64_DROP_NO_MAPPING4;
}

static enum nat64_verdict nat64_translate(struct nat64_path *path,
					  struct sk_buff **pskb)
{
	if (path->xlat.ctx.ipv6)
		return nat64_xlat_6to4(&path->xlat, pskb);
	return nat64_xlat_4to6(&path->xlat, pskb);
}

static bool nat64_covers(struct nat64_path *path, const struct sk_buff *skb)
{
	enum nat64_verdict verdict = path->xlat.ctx.ipv6 ?
				     nat64_dst_6to4(&path->xlat, skb) :
				     nat64_dst_4to6(&path->xlat, skb);

	return verdict != NAT64_NOT_COVERED;
}

/*
 * Remove the hop-by-hop header with the length of BIG TCP over IPv6.
 * skb_gso_segment() does the same, but in 6.1 it fails without an Ethernet
 * header in front.
 */
static int nat64_strip_jumbo(struct sk_buff *skb)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct ipv6_opt_hdr *hop;

	if (skb->protocol != htons(ETH_P_IPV6) || ip6h->payload_len ||
	    ip6h->nexthdr != NEXTHDR_HOP)
		return 0;
	if (!pskb_may_pull(skb, sizeof(*ip6h) + NAT64_JUMBO_LEN) || skb_cow_head(skb, 0))
		return -ENOMEM;

	ip6h = ipv6_hdr(skb);
	hop = (struct ipv6_opt_hdr *)(ip6h + 1);
	if (hop->hdrlen)
		return 0;
	ip6h->nexthdr = hop->nexthdr;
	memmove(skb->data + NAT64_JUMBO_LEN, ip6h, sizeof(*ip6h));
	__skb_pull(skb, NAT64_JUMBO_LEN);
	skb_reset_network_header(skb);
	return 0;
}

/* Split a super-packet; translate and finish its segments one by one. */
static enum nat64_verdict nat64_split(const struct nat64_path *path,
				      struct sk_buff *skb)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM;
	struct sk_buff *segs, *seg, *next;
	enum nat64_verdict verdict;
	struct nat64_path one;

	if (nat64_strip_jumbo(skb))
		return NAT64_DROP_NOMEM;
	segs = skb_gso_segment(skb, features);
	if (IS_ERR_OR_NULL(segs))
		return NAT64_DROP_GSO;

	nat64_stats_inc(path->xlat.ctx.nat->stats, NAT64_STAT_GSO_SPLIT);
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		one = *path;
		verdict = nat64_translate(&one, &seg);
		nat64_finish(&one, seg, nat64_require_covered(&one, verdict));
	}
	return NAT64_TAKEN;
}

/* Whether each segment of an IPv4 super-packet has to be fragmented. */
static bool nat64_gso_must_fragment(struct nat64_path *path,
				    const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	int shrink = iph->ihl * 4 - (int)sizeof(struct ipv6hdr);

	if (iph->frag_off & htons(IP_DF) ||
	    skb_gso_validate_network_len(skb, IPV6_MIN_MTU + shrink))
		return false;
	return nat64_covers(path, skb) &&
	       !skb_gso_validate_network_len(skb, nat64_fragment_mtu(&path->xlat, skb) + shrink);
}

/*
 * Whether a super-packet has to be split: its type has inner IP headers, it is
 * too long for an IP header (BIG TCP), or each of its segments has to be
 * fragmented or needs a checksum of its own.
 */
static bool nat64_gso_must_split(struct nat64_path *path,
				 const struct sk_buff *skb)
{
	if (!nat64_gso_is_kept(skb, path->xlat.ctx.ipv6) || skb->len > IP_MAX_MTU)
		return true;
	return !path->xlat.ctx.ipv6 && nat64_gso_must_fragment(path, skb);
}

/* Split a packet if necessary, translate it, and finish it if it is covered. */
static enum nat64_verdict nat64_go(struct nat64_path *path, struct sk_buff *skb)
{
	enum nat64_verdict verdict;

	if (likely(!skb_is_gso(skb) || !nat64_gso_must_split(path, skb)))
		verdict = nat64_translate(path, &skb);
	else if (nat64_covers(path, skb))
		verdict = nat64_split(path, skb);
	else
		verdict = NAT64_NOT_COVERED;

	if (path->route)
		verdict = nat64_require_covered(path, verdict);
	if (verdict != NAT64_NOT_COVERED)
		nat64_finish(path, skb, verdict);
	return verdict;
}

/*
 * The device that a packet in PREROUTING came from, if it has not been routed
 * yet. What the router itself sends by the device lo has. The second time in
 * PREROUTING, skb->dev is the VRF.
 */
static const struct net_device *nat64_unrouted_from(const struct sk_buff *skb, int iif)
{
	struct net_device *dev = skb->dev;

	if (dev->flags & IFF_LOOPBACK && skb_valid_dst(skb))
		return NULL;
	if (netif_is_l3_master(dev))
		dev = dev_get_by_index_rcu(dev_net(dev), iif);
	return dev ?: skb->dev;
}

static bool nat64_receive_softirq(struct nat64 *nat, struct sk_buff *skb)
{
	u32 generation = nat64_generation(nat);
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	int iif = ipv6 ? IP6CB(skb)->iif : IPCB(skb)->iif;
	struct nat64_path path = {
		.xlat.ctx = {
			.nat = nat,
			.config = nat64_config(nat),
			.from = nat64_unrouted_from(skb, iif),
			.ipv6 = ipv6,
			.hairpin = iif == nat->dev->ifindex,
		},
		.xlat.frag_max_size = ipv6 ? IP6CB(skb)->frag_max_size :
					     IPCB(skb)->frag_max_size,
	};
	struct nat64_fast fast __uninitialized;
	enum nat64_verdict verdict;
	u8 *depth = nat64_depth();

	/*
	 * A hairpin goes there and back. If it went there once more, it would
	 * never end.
	 */
	if (ipv6 && path.xlat.ctx.hairpin)
		return false;
	if (*depth >= NAT64_DEPTH_MAX) {
		if (!nat64_covers(&path, skb))
			return false;
		nat64_finish(&path, skb, NAT64_DROP_LOOP);
		return true;
	}

	if (nat64_fast_receive(nat, skb, generation, &fast))
		return true;
	if (fast.flows)
		path.fast = &fast;
	if (unlikely(nat64_policy_exists(skb)) && path.xlat.ctx.from &&
	    nat64_covers(&path, skb) && !nat64_policy_admits(path.xlat.ctx.from, skb)) {
		nat64_finish(&path, skb, NAT64_DROP_POLICY);
		return true;
	}

	++*depth;
	verdict = nat64_go(&path, skb);
	--*depth;
	return verdict != NAT64_NOT_COVERED;
}

/*
 * Whether a packet is addressed to this router. br_netfilter sends bridged
 * packets through PREROUTING, too, and says that they are for this host;
 * skb->dev is then the bridge.
 */
static bool nat64_is_for_us(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	if (nf_bridge_info_exists(skb))
		return ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr);
#endif
	return skb->pkt_type == PACKET_HOST;
}

/**
 * nat64_receive() - the door of the target and the hook: translate a packet in PREROUTING
 * @nat: the instance
 * @skb: the packet, validated by ip_rcv() or ipv6_rcv()
 *
 * Context: any but hard interrupts, RCU read side.
 * Return: whether the packet was taken; if not, it is not covered or not
 * addressed to this router, and has not changed
 */
bool nat64_receive(struct nat64 *nat, struct sk_buff *skb)
{
	bool taken;

	if (!netif_running(nat->dev) || unlikely(!nat64_is_for_us(skb)))
		return false;

	/* nf_reinject() runs hooks in process context, with softirqs on. */
	local_bh_disable();
	taken = nat64_receive_softirq(nat, skb);
	local_bh_enable();
	return taken;
}
EXPORT_SYMBOL_GPL(nat64_receive);

/*
 * The device that a packet came from which tc has redirected to the instance
 * without a route. What the router itself sends has a route or comes from no
 * device, unless a filter of a classful qdisc has redirected it.
 */
static const struct net_device *nat64_redirected_from(const struct nat64 *nat,
						      const struct sk_buff *skb)
{
	if (likely(skb_valid_dst(skb)) || !skb->skb_iif)
		return NULL;
	return dev_get_by_index_rcu(dev_net(nat->dev), skb->skb_iif);
}

/* Check a packet, whatever its origin; put fragments of ICMP together again. */
static enum nat64_verdict nat64_gather(struct nat64_path *path,
				       struct sk_buff **pskb)
{
	struct nat64_context *ctx = &path->xlat.ctx;
	enum nat64_verdict verdict;

	if (ctx->ipv6) {
		verdict = nat64_check_ipv6(*pskb);
		if (!verdict && ctx->hairpin)
			verdict = NAT64_DROP_LOOP;
		return verdict;
	}
	if ((*pskb)->protocol != htons(ETH_P_IP))
		return NAT64_DROP_PROTOCOL;

	verdict = nat64_check_ipv4(*pskb);
	if (verdict || likely(!nat64_is_cut_icmp(*pskb)))
		return verdict;
	verdict = nat64_reassemble(dev_net(ctx->nat->dev), pskb,
				   &path->xlat.frag_max_size);
	if (!verdict)
		nat64_stats_inc(ctx->nat->stats, NAT64_STAT_REASSEMBLED);
	return verdict;
}

/**
 * nat64_transmit() - the route's door: translate a packet that is sent to the device
 * @nat: the instance
 * @skb: the packet, which is consumed; it may contain anything
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_transmit(struct nat64 *nat, struct sk_buff *skb)
{
	u32 generation = nat64_generation(nat);
	struct nat64_path path = {
		.xlat.ctx = {
			.nat = nat,
			.config = nat64_config(nat),
			.from = nat64_redirected_from(nat, skb),
			.ipv6 = skb->protocol == htons(ETH_P_IPV6),
			.hairpin = skb->skb_iif == nat->dev->ifindex,
		},
		.route = true,
	};
	struct nat64_fast fast __uninitialized;
	enum nat64_verdict verdict;

	skb_reset_network_header(skb);
	verdict = nat64_gather(&path, &skb);
	if (verdict) {
		nat64_finish(&path, skb, verdict);
		return;
	}
	nat64_fast_route(nat, skb, generation, &fast);
	if (fast.flows)
		path.fast = &fast;
	nat64_go(&path, skb);
}
