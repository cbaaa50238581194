// SPDX-License-Identifier: GPL-2.0
/*
 * From door to receive: how a packet enters the translator, and what becomes of it.
 */

#include "trace.h"

#include <linux/dccp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include "compat.h"

/* Nested receives: a translation, a hairpin, and as much for a second instance. */
#define NAT64_DEPTH_MAX 4

/* The hop-by-hop header of IPv6 BIG TCP. */
#define NAT64_JUMBO_LEN 8

#ifndef nat64_depth_of_task
static DEFINE_PER_CPU(u8, nat64_depth_of_cpu);
#endif

/* The counter of nested receives. Whoever has it keeps softirqs off, and so stays on this CPU. */
static u8 *nat64_depth(void)
{
#ifdef nat64_depth_of_task
	return nat64_depth_of_task();
#else
	return this_cpu_ptr(&nat64_depth_of_cpu);
#endif
}

/* Super-packets that stay whole; of these nothing but the IP version has to change. */
#define NAT64_GSO_KEPT (SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID | \
			SKB_GSO_UDP_L4 | SKB_GSO_SCTP | SKB_GSO_DODGY)

/**
 * nat64_l4_csum_offset() - where a transport protocol has its checksum over the pseudo-header
 * @protocol: the protocol; not ICMP, whose checksum is of another kind in either family
 * @min_len: gets the bytes that the transport header has at least
 *
 * Return: offset in the transport header, or -1 if there is no such checksum
 */
int nat64_l4_csum_offset(u8 protocol, unsigned int *min_len)
{
	switch (protocol) {
	case IPPROTO_TCP:
		*min_len = sizeof(struct tcphdr);
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		*min_len = sizeof(struct udphdr);
		return offsetof(struct udphdr, check);
	case IPPROTO_DCCP:
		*min_len = sizeof(struct dccp_hdr);
		return offsetof(struct dccp_hdr, dccph_checksum);
	default:
		return -1;
	}
}

/*
 * As inet_proto_csum_replace_by_diff(), whose arguments differ between stable kernels. The
 * receiver of CHECKSUM_COMPLETE sums the payload, where nothing but the checksum changes.
 */
static void nat64_csum_update(struct sk_buff *skb, __sum16 *check, __wsum diff, bool partial)
{
	if (partial) {
		*check = ~csum_fold(csum_add(diff, csum_unfold(*check)));
		return;
	}
	csum_replace_by_diff(check, diff);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_sub(skb->csum, diff);
}

/**
 * nat64_l4_is_partial() - whether the transport checksum is still to be completed
 * @skb: the packet, IP header at its beginning
 * @hdr: that header
 *
 * The checksum of CHECKSUM_PARTIAL may be that of a packet within, while the outer one is complete:
 * that is how tunnels in UDP leave this machine. It may be anywhere in what comes from a tun device
 * or the guest of a virtual machine.
 */
bool nat64_l4_is_partial(const struct sk_buff *skb, const struct nat64_iphdr *hdr)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == (int)hdr->len;
}

/**
 * nat64_complete_csum() - fill in what is missing of CHECKSUM_PARTIAL
 * @skb: the packet, IP header at its beginning
 * @hdr: that header
 *
 * A checksum that begins within a header that goes away is forgotten, as by skb_pull_rcsum().
 *
 * Return: 0, NAT64_STAT_DROP_GSO or NAT64_STAT_DROP_NOMEM
 */
int nat64_complete_csum(struct sk_buff *skb, const struct nat64_iphdr *hdr)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;
	if (skb_is_gso(skb))
		return NAT64_STAT_DROP_GSO;
	if (skb_checksum_start_offset(skb) < (int)hdr->len) {
		skb->ip_summed = CHECKSUM_NONE;
		return 0;
	}
	return skb_checksum_help(skb) ? NAT64_STAT_DROP_NOMEM : 0;
}

/**
 * nat64_l4_adjust() - adjust the transport checksum to other addresses
 * @skb: the packet, IP header at its beginning
 * @hdr: that header; the packet has its transport header
 * @diff: what the pseudo-header's sum changes by
 *
 * RFC 7915, sections 4.5 and 5.5. A UDP checksum of zero, which is none, stays.
 *
 * Return: 0, NAT64_STAT_DROP_TRUNCATED or NAT64_STAT_DROP_NOMEM
 */
int nat64_l4_adjust(struct sk_buff *skb, const struct nat64_iphdr *hdr, __wsum diff)
{
	bool partial = nat64_l4_is_partial(skb, hdr);
	unsigned int min_len;
	__sum16 *check;
	int offset;

	offset = nat64_l4_csum_offset(hdr->protocol, &min_len);
	if (offset < 0)
		return 0;
	if (hdr->payload_len < min_len || skb->len < hdr->len + min_len)
		return NAT64_STAT_DROP_TRUNCATED;
	if (skb_ensure_writable(skb, hdr->len + min_len))
		return NAT64_STAT_DROP_NOMEM;

	check = (__sum16 *)(skb->data + hdr->len + offset);
	if (hdr->protocol != IPPROTO_UDP) {
		nat64_csum_update(skb, check, diff, partial);
	} else if (*check || partial) {
		nat64_csum_update(skb, check, diff, partial);
		if (!*check && !partial)
			*check = CSUM_MANGLED_0;
	}
	return 0;
}

/**
 * nat64_replace_header() - make room for another IP header in place of the present one
 * @skb: the packet, IP header at its beginning
 * @old_len: bytes to take away
 * @new_len: bytes to make room for, left for the caller to fill in
 *
 * The super-packet's type changes to that of the other family.
 *
 * Return: 0 or -ENOMEM; then the packet is as it was
 */
int nat64_replace_header(struct sk_buff *skb, unsigned int old_len, unsigned int new_len)
{
	unsigned int grow = new_len > old_len ? new_len - old_len : 0;
	unsigned int *gso_type;

	if (!pskb_may_pull(skb, old_len) || skb_cow_head(skb, grow))
		return -ENOMEM;
	if (skb_is_gso(skb)) {
		if (skb_unclone(skb, GFP_ATOMIC))
			return -ENOMEM;
		gso_type = &skb_shinfo(skb)->gso_type;
		if (*gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
			*gso_type ^= SKB_GSO_TCPV4 | SKB_GSO_TCPV6;
		*gso_type &= ~SKB_GSO_TCP_FIXEDID;
	}

	skb_pull_rcsum(skb, old_len);
	skb_reset_transport_header(skb);
	__skb_push(skb, new_len);
	skb_reset_network_header(skb);
	return 0;
}

/* Of the old family or the old path, nothing may stay on the packet. */
static void nat64_scrub(struct nat64 *nat, struct sk_buff *skb)
{
	skb_scrub_packet(skb, false);
	skb_clear_tstamp(skb);
	skb_orphan(skb);
	__vlan_hwaccel_clear_tag(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->dev = nat->dev;
}

/**
 * nat64_deliver() - receive a translated packet from the device
 * @xlat: the translation
 * @skb: the packet, its protocol set, which is consumed
 *
 * Context: softirq or softirqs off.
 */
void nat64_deliver(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct nat64 *nat = xlat->nat;
	unsigned int len = skb->len;

	trace_nat64_xlat(xlat, skb);
	nat64_scrub(nat, skb);
	if (xlat->nested) {
		netif_receive_skb(skb);
	} else if (netif_rx(skb) != NET_RX_SUCCESS) {
		DEV_STATS_INC(nat->dev, rx_dropped);
		nat64_stats_inc(nat->stats, NAT64_STAT_DROP_QUEUE);
		return;
	}
	dev_sw_netstats_rx_add(nat->dev, len);
}

static int nat64_xlat_one(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		return nat64_xlat_6to4(xlat, skb);
	return nat64_xlat_4to6(xlat, skb);
}

static void nat64_finish(struct nat64_xlat *xlat, struct sk_buff *skb, int reason)
{
	if (!reason)
		nat64_deliver(xlat, skb);
	else if (reason != NAT64_TAKEN)
		nat64_drop(xlat, skb, reason);
}

/* What is not covered although it was routed here, or was covered a moment ago. */
static int nat64_require_covered(const struct sk_buff *skb, int reason)
{
	if (reason != NAT64_NOT_COVERED)
		return reason;
	return skb->protocol == htons(ETH_P_IPV6) ? NAT64_STAT_DROP_NOT_COVERED6 :
						    NAT64_STAT_DROP_NO_MAPPING4;
}

/*
 * Take the option away that has the length of BIG TCP over IPv6. skb_gso_segment() does the same,
 * but that of 6.1 fails without an Ethernet header in front.
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

/* Split a super-packet and translate its segments one by one. */
static int nat64_xlat_split(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM;
	struct sk_buff *segs, *seg, *next;
	struct nat64_xlat seg_xlat;

	if (nat64_strip_jumbo(skb))
		return NAT64_STAT_DROP_NOMEM;
	segs = skb_gso_segment(skb, features);
	if (IS_ERR_OR_NULL(segs))
		return NAT64_STAT_DROP_GSO;

	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_GSO_SPLIT);
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		seg_xlat = *xlat;
		nat64_finish(&seg_xlat, seg,
			     nat64_require_covered(seg, nat64_xlat_one(&seg_xlat, seg)));
	}
	return NAT64_TAKEN;
}

static bool nat64_covers(struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6)) {
		xlat->addrs.daddr6 = ipv6_hdr(skb)->daddr;
		return nat64_resolve_dst_6to4(xlat->nat, xlat->config, &xlat->addrs) !=
		       NAT64_NOT_COVERED;
	}
	xlat->addrs.daddr4 = ip_hdr(skb)->daddr;
	return nat64_resolve_dst_4to6(xlat->nat, xlat->config, &xlat->addrs) !=
	       NAT64_NOT_COVERED;
}

/* Whether each segment of an IPv4 super-packet has to be fragmented. */
static bool nat64_gso_must_fragment(struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	int shrink = iph->ihl * 4 - (int)sizeof(struct ipv6hdr);

	if (iph->frag_off & htons(IP_DF) ||
	    skb_gso_validate_network_len(skb, IPV6_MIN_MTU + shrink))
		return false;
	return nat64_covers(xlat, skb) &&
	       !skb_gso_validate_network_len(skb, nat64_fragment_mtu(xlat, skb) + shrink);
}

/*
 * Whether a super-packet has to be split: it is of a kind that has IP headers within, it is too
 * long for an IP header (BIG TCP), or each of its segments has to be fragmented or needs a
 * checksum of its own.
 */
static bool nat64_gso_must_split(struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	if (skb_shinfo(skb)->gso_type & ~NAT64_GSO_KEPT || skb->len > IP_MAX_MTU)
		return true;
	if (skb->protocol == htons(ETH_P_IPV6))
		return false;
	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4 && skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	return nat64_gso_must_fragment(xlat, skb);
}

static int nat64_xlat(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	if (likely(!skb_is_gso(skb) || !nat64_gso_must_split(xlat, skb)))
		return nat64_xlat_one(xlat, skb);
	if (!nat64_covers(xlat, skb))
		return NAT64_NOT_COVERED;
	return nat64_xlat_split(xlat, skb);
}

/**
 * nat64_receive() - the target's door: translate a packet in PREROUTING
 * @nat: the instance, its device up
 * @skb: the packet, validated by ip_rcv() or ipv6_rcv()
 *
 * Context: softirq or softirqs off, RCU read side.
 * Return: whether the packet was taken; otherwise it is as it was, and not covered
 */
bool nat64_receive(struct nat64 *nat, struct sk_buff *skb)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	struct nat64_xlat xlat = {
		.nat = nat,
		.config = nat64_config(nat),
		.nested = true,
		/* skb->dev is the VRF, the second time that a packet is in PREROUTING. */
		.hairpin = (ipv6 ? IP6CB(skb)->iif : IPCB(skb)->iif) == nat->dev->ifindex,
	};
	u8 *depth = nat64_depth();
	int reason;

	xlat.frag_max_size = ipv6 ? IP6CB(skb)->frag_max_size : IPCB(skb)->frag_max_size;
	/* There and back again is a hairpin; there, back and there again would have no end. */
	if (ipv6 && xlat.hairpin)
		return false;
	if (*depth >= NAT64_DEPTH_MAX) {
		if (!nat64_covers(&xlat, skb))
			return false;
		nat64_drop(&xlat, skb, NAT64_STAT_DROP_LOOP);
		return true;
	}

	++*depth;
	reason = nat64_xlat(&xlat, skb);
	if (reason != NAT64_NOT_COVERED)
		nat64_finish(&xlat, skb, reason);
	--*depth;
	return reason != NAT64_NOT_COVERED;
}
EXPORT_SYMBOL_GPL(nat64_receive);

static int nat64_xlat_transmitted(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	int reason;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		reason = nat64_check_ipv6(skb);
		if (!reason && xlat->hairpin)
			reason = NAT64_STAT_DROP_LOOP;
	} else if (skb->protocol == htons(ETH_P_IP)) {
		reason = nat64_check_ipv4(skb);
		if (!reason && unlikely(nat64_is_cut_icmp(skb)))
			reason = nat64_reassemble(xlat, skb);
	} else {
		return NAT64_STAT_DROP_PROTOCOL;
	}
	if (reason)
		return reason;
	return nat64_require_covered(skb, nat64_xlat(xlat, skb));
}

/**
 * nat64_transmit() - the route's door: translate a packet that is sent to the device
 * @nat: the instance
 * @skb: the packet, which is consumed; anything may be in it
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_transmit(struct nat64 *nat, struct sk_buff *skb)
{
	struct nat64_xlat xlat = {
		.nat = nat,
		.config = nat64_config(nat),
		.hairpin = skb->skb_iif == nat->dev->ifindex,
	};

	skb_reset_network_header(skb);
	nat64_finish(&xlat, skb, nat64_xlat_transmitted(&xlat, skb));
}
