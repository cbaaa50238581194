// SPDX-License-Identifier: GPL-2.0
/*
 * The IPv4 header: checked, read (RFC 7915, section 4.1), and written (section
 * 5.1).
 */

#include "header4.h"
#include "compat.h"

#include <net/ip.h>
#include <net/ipv6.h>

/* How many identifications a flow takes at a time. */
#define NAT64_RESERVED_IDS 16

/**
 * nat64_check_ipv4() - what ip_rcv() checks, for packets that it has not seen
 * @skb: the packet
 *
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_check_ipv4(struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return NAT64_DROP_TRUNCATED;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl < 5)
		return NAT64_DROP_HEADER4;
	if (!pskb_may_pull(skb, iph->ihl * 4))
		return NAT64_DROP_HEADER4;
	iph = ip_hdr(skb);
	if (ip_fast_csum((u8 *)iph, iph->ihl))
		return NAT64_DROP_HEADER4;

	/* BIG TCP: it is split before anything else. */
	if (!iph->tot_len && skb_is_gso(skb) && skb->len > IP_MAX_MTU)
		return NAT64_OK;

	len = ntohs(iph->tot_len);
	if (len > skb->len || len < iph->ihl * 4)
		return NAT64_DROP_HEADER4;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, len))
		return NAT64_DROP_NOMEM;
	return NAT64_OK;
}

/**
 * nat64_parse_ipv4() - read an IPv4 header
 * @skb: the packet that contains it; its payload may be cut off
 * @offset: where in the packet
 * @hdr: gets the result
 *
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_parse_ipv4(const struct sk_buff *skb,
				    unsigned int offset,
				    struct nat64_iphdr *hdr)
{
	const struct iphdr *iph;
	unsigned int total;
	struct iphdr buf;

	iph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!iph)
		return NAT64_DROP_TRUNCATED;
	if (iph->version != 4 || iph->ihl < 5)
		return NAT64_DROP_HEADER4;

	*hdr = (struct nat64_iphdr){
		.len = iph->ihl * 4,
		.id = ntohs(iph->id),
		.offset = ntohs(iph->frag_off) & IP_OFFSET,
		.protocol = iph->protocol,
		.tos = iph->tos,
		.ttl = iph->ttl,
		.fragment = ip_is_fragment(iph),
		.more = iph->frag_off & htons(IP_MF),
		.df = iph->frag_off & htons(IP_DF),
	};
	total = ntohs(iph->tot_len);
	if (total < hdr->len)
		return NAT64_DROP_HEADER4;
	hdr->payload_len = total - hdr->len;
	if (nat64_ends_too_far(hdr))
		return NAT64_DROP_HEADER4;
	return NAT64_OK;
}

/**
 * nat64_check_options() - whether a packet may lose its options
 * @skb: the packet
 * @hdr_len: length of its header, with options, in bytes
 *
 * Options are not translated. But a packet whose source route is not used up
 * has not reached its destination yet, and cannot go on (RFC 7915, section
 * 4.1).
 *
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_check_options(const struct sk_buff *skb,
				       unsigned int hdr_len)
{
	u8 buf[MAX_IPOPTLEN];
	unsigned int len = hdr_len - sizeof(struct iphdr), optlen;
	const u8 *opt;

	opt = skb_header_pointer(skb, sizeof(struct iphdr), len, buf);
	if (!opt)
		return NAT64_DROP_TRUNCATED;

	for (; len && *opt != IPOPT_END; opt += optlen, len -= optlen) {
		optlen = 1;
		if (*opt == IPOPT_NOOP)
			continue;
		if (len < 2 || opt[IPOPT_OLEN] < 2 || opt[IPOPT_OLEN] > len)
			return NAT64_DROP_OPTIONS4;
		optlen = opt[IPOPT_OLEN];
		if (*opt != IPOPT_LSRR && *opt != IPOPT_SSRR)
			continue;
		if (optlen < 3)
			return NAT64_DROP_OPTIONS4;
		if (opt[IPOPT_OFFSET] <= optlen)
			return NAT64_DROP_SOURCE_ROUTE;
	}
	return NAT64_OK;
}

/**
 * nat64_write_ipv4() - write the IPv4 header for an IPv6 one (RFC 7915, section 5.1)
 * @iph: where to
 * @hdr: the IPv6 header
 * @xlat: the translation
 * @tuple: the addresses; for the packet within an ICMP error they are not those
 *	   of @xlat
 *
 * The identification is zero unless @hdr is a fragment. The checksum is left to
 * the caller.
 */
void nat64_write_ipv4(struct iphdr *iph, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat,
		      const struct nat64_tuple *tuple)
{
	unsigned int len = sizeof(*iph) + hdr->payload_len;

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = xlat->ctx.config->tos == NAT64_TOS_ZERO ? 0 : hdr->tos;
	iph->tot_len = htons(len);
	if (hdr->fragment) {
		iph->id = htons(hdr->id);
		iph->frag_off = htons(hdr->offset | (hdr->more ? IP_MF : 0));
	} else {
		iph->id = 0;
		iph->frag_off = len > NAT64_DF_CLEAR_MAX ? htons(IP_DF) : 0;
	}
	iph->ttl = hdr->ttl;
	iph->protocol = hdr->protocol == NEXTHDR_ICMP ? IPPROTO_ICMP : hdr->protocol;
	iph->saddr = tuple->saddr4;
	iph->daddr = tuple->daddr4;
}

/*
 * The kernel hashes the addresses for an identification, so a flow reserves
 * several at a time. If another CPU takes one at the same moment, the packet
 * gets one that was not reserved.
 */
static void nat64_take_id(u32 *ids, struct net *net, struct iphdr *iph)
{
	u32 old = READ_ONCE(*ids);

	if (!(old & U16_MAX)) {
		__ip_select_ident(net, iph, NAT64_RESERVED_IDS);
		WRITE_ONCE(*ids, (ntohs(iph->id) + 1U) << 16 | (NAT64_RESERVED_IDS - 1));
	} else if (cmpxchg(ids, old, old + U16_MAX) == old) {
		iph->id = htons(old >> 16);
	} else {
		__ip_select_ident(net, iph, 1);
	}
}

/*
 * How many segments a super-packet has: each needs an identification if IPv4
 * may fragment it, which their size decides. Not inline, so that other packets
 * do not save registers for it.
 */
static noinline unsigned int nat64_gso_segs(struct sk_buff *skb, struct iphdr *iph)
{
	if (skb_gso_validate_network_len(skb, NAT64_DF_CLEAR_MAX))
		iph->frag_off = 0;
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/*
 * Give a packet that IPv4 may fragment an identification. A packet that was
 * fragmented on its way here may be fragmented again.
 */
static void nat64_set_id(const struct nat64_xlat *xlat, struct sk_buff *skb,
			 struct iphdr *iph)
{
	struct net *net = dev_net(xlat->ctx.nat->dev);
	unsigned int segs = skb_is_gso(skb) ? nat64_gso_segs(skb, iph) : 1;

	if (xlat->frag_max_size)
		iph->frag_off = 0;
	if (iph->frag_off)
		return;
	if (xlat->ids && segs == 1)
		nat64_take_id(xlat->ids, net, iph);
	else
		__ip_select_ident(net, iph, segs);
}

/**
 * nat64_write_outer_ipv4() - write the header of a packet, identification and checksum included
 * @xlat: the translation, its header and addresses known
 * @skb: the packet, with room for the header at its beginning
 */
void nat64_write_outer_ipv4(const struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	nat64_write_ipv4(iph, &xlat->hdr, xlat, &xlat->tuple);
	if (!xlat->hdr.fragment)
		nat64_set_id(xlat, skb, iph);
	iph->check = 0;
	iph->check = ip_fast_csum(iph, sizeof(*iph) / 4);
	skb->protocol = htons(ETH_P_IP);
}
