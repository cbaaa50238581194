// SPDX-License-Identifier: GPL-2.0
/*
 * The fast path: a flow is made of a packet that the slow path has translated, and the same packet
 * then has to leave by the fast path as it left by the slow one.
 */

#include "fuzz.h"

#include "../../flow.h"
#include "../../learn.h"

#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <net/arp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/route.h>

/* Where packets leave: a dummy device that scripts/uml/fuzz.sh has made. */
static struct net_device *way_out;
static struct sk_buff_head sent;

static int catch_sent(struct sk_buff *skb, struct net_device *dev, struct packet_type *type,
		      struct net_device *orig_dev)
{
	if (skb->pkt_type == PACKET_OUTGOING) {
		skb_pull(skb, skb_network_offset(skb));
		__skb_queue_tail(&sent, skb);
	} else {
		kfree_skb(skb);
	}
	return NET_RX_SUCCESS;
}

static struct packet_type sent_type = {
	.type = cpu_to_be16(ETH_P_ALL),
	.func = catch_sent,
};

/**
 * fuzz_fast_init() - get ready to make flows
 * @nat: the instance
 *
 * Return: 0 or -ENOMEM
 */
int fuzz_fast_init(struct nat64 *nat)
{
	static const struct nat64_config config = { .fast_flows = 1024 };
	struct nat64_flows *flows = nat64_flows_alloc(nat, &config);

	if (!flows)
		return -ENOMEM;
	rcu_assign_pointer(nat->flows, flows);
	__skb_queue_head_init(&sent);
	way_out = dev_get_by_name(&init_net, "fuzz0");
	if (way_out) {
		sent_type.dev = way_out;
		dev_add_pack(&sent_type);
	}
	return 0;
}

/**
 * fuzz_fast_exit() - undo fuzz_fast_init(); the device frees its flows
 */
void fuzz_fast_exit(void)
{
	if (!way_out)
		return;
	dev_remove_pack(&sent_type);
	dev_put(way_out);
}

/* The neighbour has to be known, or the packet would take the slow path. */
static struct dst_entry *route4(const struct sk_buff *skb)
{
	struct flowi4 fl4 = { .daddr = ip_hdr(skb)->daddr, .flowi4_oif = way_out->ifindex };
	struct rtable *rt = ip_route_output_key(&init_net, &fl4);

	if (IS_ERR(rt))
		return NULL;
	rcu_read_lock();
	ip_neigh_gw4(way_out, rt_nexthop(rt, fl4.daddr));
	rcu_read_unlock();
	return &rt->dst;
}

static struct dst_entry *route6(const struct sk_buff *skb)
{
	struct flowi6 fl6 = { .daddr = ipv6_hdr(skb)->daddr, .flowi6_oif = way_out->ifindex };
	struct dst_entry *dst = ip6_route_output(&init_net, NULL, &fl6);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	rcu_read_lock();
	ip_neigh_gw6(way_out, rt6_nexthop((struct rt6_info *)dst, &fl6.daddr));
	rcu_read_unlock();
	return dst;
}

/* As a router does between the device and POSTROUTING, or back. */
static void change_hop_limit(struct sk_buff *skb, int by)
{
	if (skb->protocol == htons(ETH_P_IPV6)) {
		ipv6_hdr(skb)->hop_limit += by;
	} else {
		ip_hdr(skb)->ttl += by;
		ip_send_check(ip_hdr(skb));
	}
}

/**
 * fuzz_fast_learn() - let the fast path see a translated packet behind POSTROUTING
 * @nat: the instance
 * @skb: the packet, while the device receives it; in the end it is as it was
 *
 * Context: softirqs off, RCU read side.
 */
void fuzz_fast_learn(struct nat64 *nat, struct sk_buff *skb)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	struct nf_hook_state state = {
		.pf = ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.in = nat->dev,
		.out = way_out,
	};
	struct dst_entry *dst;

	if (!way_out || skb_ensure_writable(skb, sizeof(struct iphdr)))
		return;
	dst = ipv6 ? route6(skb) : route4(skb);
	if (!dst)
		return;
	skb_dst_set(skb, dst);
	change_hop_limit(skb, -1);
	nat64_learn(nat, skb, &state);
	change_hop_limit(skb, 1);
	skb_dst_drop(skb);
}

/**
 * fuzz_fast_purge() - forget what has left so far: ICMP errors leave the same way
 */
void fuzz_fast_purge(void)
{
	__skb_queue_purge(&sent);
}

/* Whether a super-packet does not reach the device as it is, if at all. */
static bool is_segmented(const struct sk_buff *slow)
{
	return skb_is_gso(slow) && (slow->ip_summed != CHECKSUM_PARTIAL ||
				    skb_shinfo(slow)->gso_type & SKB_GSO_DODGY);
}

/* Both become what they are on the wire; but the identification is another each time. */
static bool is_same(const struct sk_buff *slow, const struct sk_buff *fast)
{
	unsigned int len = fuzz_flatten(slow, fuzz_in);
	struct ipv6hdr *ip6h = (struct ipv6hdr *)fuzz_in;
	struct iphdr *iph = (struct iphdr *)fuzz_in;

	if (len != fuzz_flatten(fast, fuzz_out))
		return false;
	if (iph->version == 4) {
		iph->ttl--;
		iph->id = ((struct iphdr *)fuzz_out)->id;
		ip_send_check(iph);
	} else {
		ip6h->hop_limit--;
	}
	return !memcmp(fuzz_in, fuzz_out, len) &&
	       skb_shinfo(slow)->gso_type == skb_shinfo(fast)->gso_type &&
	       skb_shinfo(slow)->gso_size == skb_shinfo(fast)->gso_size;
}

/**
 * fuzz_fast_check() - whether a packet left by the fast path as it did by the slow one
 * @slow: what came out of the device
 * @fast: what came out when there was a flow
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_fast_check(const struct sk_buff *slow, const struct fuzz_result *fast)
{
	bool hit = fast->counts[NAT64_STAT_FAST_HIT];
	struct sk_buff *skb = skb_peek(&sent);
	const char *wrong = NULL;

	hit = hit && !is_segmented(slow);
	if (hit && (skb_queue_len(&sent) != 1 || !skb_queue_empty(&fast->out)))
		wrong = "it took the fast path, but did not come out once";
	else if (hit && !is_same(slow, skb))
		wrong = "by the fast path it becomes something else";
	else if (hit && skb->ip_summed == CHECKSUM_COMPLETE)
		wrong = "a packet is sent with CHECKSUM_COMPLETE";
	return wrong;
}

/**
 * fuzz_fast_forget() - forget flows and what they sent, which could meddle with other cases
 * @nat: the instance
 */
void fuzz_fast_forget(struct nat64 *nat)
{
	fuzz_fast_purge();
	nat64_flows_flush(rcu_dereference_protected(nat->flows, true), NULL, NULL);
}
