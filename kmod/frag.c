// SPDX-License-Identifier: GPL-2.0
/*
 * Fragmentation. It is done on the IPv4 side of the translation, by ip_do_fragment(): there the
 * header has room for it, and fragments of fragments come out right.
 */

#include "xlat.h"
#include "compat.h"

#include <net/ip.h>
#include <net/route.h>

/* Keeps the fragments apart from those of other users of ip_defrag(); "N64". */
#define NAT64_DEFRAG_USER 0x4e3634

/**
 * struct nat64_fragments - what ip_do_fragment() has to be given, and what its output needs
 * @rt: a route that leads nowhere; its device only says how large a fragment may be at most
 * @xlat: the translation
 */
struct nat64_fragments {
	struct rtable rt;
	struct nat64_xlat *xlat;
};

static unsigned int nat64_dst_mtu(const struct dst_entry *dst)
{
	return dst->dev->mtu;
}

static struct dst_ops nat64_dst_ops = {
	.family = AF_INET,
	.mtu = nat64_dst_mtu,
};

static struct nat64_xlat *nat64_fragment_xlat(struct sk_buff *skb)
{
	return container_of(skb_rtable(skb), struct nat64_fragments, rt)->xlat;
}

/* The packet ends in @stat, or as out of memory: nothing else can go wrong with valid headers. */
static int nat64_fragment(struct nat64_xlat *xlat, struct sk_buff *skb, unsigned int size,
			  enum nat64_stat stat,
			  int (*output)(struct net *net, struct sock *sk, struct sk_buff *skb))
{
	struct nat64_fragments fragments = { .xlat = xlat };
	struct net *net = dev_net(xlat->nat->dev);

	nat64_dst_init(&fragments.rt.dst, &nat64_dst_ops);
	fragments.rt.dst.dev = xlat->nat->dev;

	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &fragments.rt.dst);
	skb_orphan(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = size;
	/* Makes every fragment of a packet with DF have it too. */
	if (ip_hdr(skb)->frag_off & htons(IP_DF))
		IPCB(skb)->flags |= IPSKB_FRAG_PMTU;

	if (ip_do_fragment(net, NULL, skb, output))
		stat = NAT64_STAT_DROP_NOMEM;
	nat64_stats_inc(xlat->nat->stats, stat);
	return NAT64_TAKEN;
}

static int nat64_fragment_output_4to6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct nat64_xlat xlat = *nat64_fragment_xlat(skb);

	if (nat64_parse_ipv4(skb, 0, &xlat.hdr) || nat64_swap_4to6(&xlat, skb)) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	nat64_deliver(&xlat, skb);
	return 0;
}

/**
 * nat64_fragment_4to6() - translate and deliver an IPv4 packet in fragments
 * @xlat: the translation
 * @skb: the packet, its payload translated already, which is consumed
 * @size: of an IPv4 fragment, in bytes, header included
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_TAKEN
 */
int nat64_fragment_4to6(struct nat64_xlat *xlat, struct sk_buff *skb, unsigned int size)
{
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_FRAGMENTED);
	return nat64_fragment(xlat, skb, size, NAT64_STAT_XLAT_4TO6, nat64_fragment_output_4to6);
}

static int nat64_fragment_output_6to4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	nat64_deliver(nat64_fragment_xlat(skb), skb);
	return 0;
}

/**
 * nat64_is_cut_icmp() - whether a packet is a fragment of ICMP that was whole a moment ago
 * @skb: an IPv4 packet on its way into the device
 *
 * The kernel fragments on output again what conntrack has put together. IPCB() is as
 * ip_do_fragment() left it, unless the packet came another way; then the worst that follows is
 * that it waits for the rest of its fragments in vain.
 */
bool nat64_is_cut_icmp(const struct sk_buff *skb)
{
	return ip_hdr(skb)->protocol == IPPROTO_ICMP && ip_is_fragment(ip_hdr(skb)) &&
	       IPCB(skb)->flags & IPSKB_FRAG_COMPLETE;
}

/**
 * nat64_reassemble() - put together again what the kernel has just cut
 * @xlat: the translation, which gets the size of the fragments
 * @skb: a fragment
 *
 * Fragments of ICMP cannot be translated one by one: the checksum of ICMPv6 has the length of the
 * whole in it (RFC 7915, section 1.2).
 *
 * Context: softirqs off, RCU read side.
 * Return: 0 if it was the last one, @skb now being the whole; else NAT64_TAKEN
 */
int nat64_reassemble(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	int err = ip_defrag(dev_net(xlat->nat->dev), skb, NAT64_DEFRAG_USER);

	if (err) {
		if (err != -EINPROGRESS)
			nat64_stats_inc(xlat->nat->stats, NAT64_STAT_DROP_ICMP_FRAGMENT);
		return NAT64_TAKEN;
	}
	xlat->frag_max_size = IPCB(skb)->frag_max_size;
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_REASSEMBLED);
	return 0;
}

/**
 * nat64_fragment_6to4() - deliver an IPv4 packet as the fragments that it came in
 * @xlat: the translation; its frag_max_size is that of the IPv6 fragments
 * @skb: the translated packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_TAKEN, or 0 if @skb is not larger than they were
 */
int nat64_fragment_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	unsigned int size = xlat->frag_max_size + sizeof(struct iphdr) - sizeof(struct ipv6hdr) -
			    sizeof(struct frag_hdr);

	/* One without payload would vanish. */
	if (skb->len <= size) {
		nat64_stats_inc(xlat->nat->stats, NAT64_STAT_XLAT_6TO4);
		return 0;
	}
	return nat64_fragment(xlat, skb, size, NAT64_STAT_XLAT_6TO4, nat64_fragment_output_6to4);
}
