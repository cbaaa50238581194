// SPDX-License-Identifier: GPL-2.0
/*
 * From IPv6 to IPv4: RFC 7915, section 5. ICMPv6 is in icmp.c.
 */

#include "compat.h"
#include "xlat.h"

#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* As many as any sane packet has, besides a fragment header; each costs a look into the packet. */
#define NAT64_EXTHDRS_MAX 8

/**
 * nat64_check_ipv6() - what ipv6_rcv() checks, for packets that it has not seen
 * @skb: the packet
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_check_ipv6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return NAT64_STAT_DROP_TRUNCATED;
	ip6h = ipv6_hdr(skb);
	if (ip6h->version != 6)
		return NAT64_STAT_DROP_HEADER6;
	/* BIG TCP: it is split before anything else. */
	if (!ip6h->payload_len && skb_is_gso(skb) && skb->len > IP_MAX_MTU)
		return 0;
	if (!ip6h->payload_len && ip6h->nexthdr == NEXTHDR_HOP)
		return NAT64_STAT_DROP_JUMBOGRAM;

	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (len > skb->len)
		return NAT64_STAT_DROP_HEADER6;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, len))
		return NAT64_STAT_DROP_NOMEM;
	return 0;
}

/* RFC 7915, section 5.1.1: what may not be fragmented away from the IPv6 header. */
static bool nat64_is_exthdr(u8 nexthdr)
{
	switch (nexthdr) {
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_FRAGMENT:
	case NEXTHDR_AUTH:
	case NEXTHDR_DEST:
	case NEXTHDR_MOBILITY:
		return true;
	default:
		return false;
	}
}

static int nat64_parse_fragment(const struct sk_buff *skb, unsigned int offset,
				struct nat64_iphdr *hdr)
{
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	fh = skb_header_pointer(skb, offset + hdr->len, sizeof(buf), &buf);
	if (!fh)
		return NAT64_STAT_DROP_TRUNCATED;
	if (nat64_is_exthdr(fh->nexthdr))
		return NAT64_STAT_DROP_EXTHDR;

	hdr->fragment = true;
	hdr->offset = ntohs(fh->frag_off) >> 3;
	hdr->more = fh->frag_off & htons(IP6_MF);
	hdr->id = ntohl(fh->identification);
	hdr->protocol = fh->nexthdr;
	hdr->len += sizeof(*fh);
	return 0;
}

/* Step over one extension header that means nothing to IPv4. */
static int nat64_skip_exthdr(const struct sk_buff *skb, unsigned int offset,
			     struct nat64_iphdr *hdr, u32 *pointer)
{
	const struct ipv6_rt_hdr *opt;
	struct ipv6_rt_hdr buf;

	opt = skb_header_pointer(skb, offset + hdr->len, sizeof(buf), &buf);
	if (!opt)
		return NAT64_STAT_DROP_TRUNCATED;
	if (hdr->protocol == NEXTHDR_ROUTING && opt->segments_left) {
		*pointer = hdr->len + offsetof(struct ipv6_rt_hdr, segments_left);
		return NAT64_STAT_DROP_ROUTING6;
	}
	hdr->protocol = opt->nexthdr;
	hdr->len += (opt->hdrlen + 1) * 8;
	return 0;
}

static int nat64_parse_exthdrs(const struct sk_buff *skb, unsigned int offset,
			       struct nat64_iphdr *hdr, u32 *pointer)
{
	unsigned int i;
	int reason;

	for (i = 0; i <= NAT64_EXTHDRS_MAX; i++) {
		switch (hdr->protocol) {
		case NEXTHDR_HOP:
		case NEXTHDR_DEST:
		case NEXTHDR_ROUTING:
			reason = nat64_skip_exthdr(skb, offset, hdr, pointer);
			if (reason)
				return reason;
			break;
		case NEXTHDR_FRAGMENT:
			return nat64_parse_fragment(skb, offset, hdr);
		default:
			return 0;
		}
	}
	return NAT64_STAT_DROP_EXTHDR;
}

/**
 * nat64_parse_ipv6() - read an IPv6 header and its extension headers
 * @skb: the packet that has it; its payload may be cut off
 * @offset: where in the packet
 * @hdr: gets the result
 * @pointer: gets the offset of an offending field, for NAT64_STAT_DROP_ROUTING6
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_parse_ipv6(const struct sk_buff *skb, unsigned int offset, struct nat64_iphdr *hdr,
		     u32 *pointer)
{
	const struct ipv6hdr *ip6h;
	unsigned int total;
	struct ipv6hdr buf;
	int reason;

	ip6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6h)
		return NAT64_STAT_DROP_TRUNCATED;
	if (ip6h->version != 6)
		return NAT64_STAT_DROP_HEADER6;

	*hdr = (struct nat64_iphdr){
		.len = sizeof(*ip6h),
		.protocol = ip6h->nexthdr,
		.tos = ipv6_get_dsfield(ip6h),
		.ttl = ip6h->hop_limit,
	};
	total = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	reason = nat64_parse_exthdrs(skb, offset, hdr, pointer);
	if (reason)
		return reason;
	if (hdr->len > total)
		return NAT64_STAT_DROP_TRUNCATED;
	hdr->payload_len = total - hdr->len;
	if (nat64_ends_too_far(hdr))
		return NAT64_STAT_DROP_JUMBOGRAM;
	return 0;
}

/**
 * nat64_write_ipv4() - write the IPv4 header for an IPv6 one (RFC 7915, section 5.1)
 * @iph: where to
 * @hdr: the IPv6 header
 * @xlat: the translation
 * @addrs: the addresses, which are not those of @xlat for the packet within an ICMP error
 *
 * The identification is zero unless @hdr is a fragment. The checksum is left to the caller.
 */
void nat64_write_ipv4(struct iphdr *iph, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat, const struct nat64_addrs *addrs)
{
	unsigned int len = sizeof(*iph) + hdr->payload_len;

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = xlat->config->tos == NAT64_TOS_ZERO ? 0 : hdr->tos;
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
	iph->saddr = addrs->saddr4;
	iph->daddr = addrs->daddr4;
}

/*
 * The identification of what IPv4 may fragment. A packet that was fragmented on its way here may
 * be fragmented again; of a super-packet the segments count.
 */
static void nat64_set_id(const struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);
	unsigned int segs = 1;

	if (skb_is_gso(skb)) {
		segs = skb_shinfo(skb)->gso_segs ?: 1;
		if (skb_gso_validate_network_len(skb, NAT64_DF_CLEAR_MAX))
			iph->frag_off = 0;
	}
	if (xlat->frag_max_size)
		iph->frag_off = 0;
	if (!iph->frag_off)
		__ip_select_ident(dev_net(xlat->nat->dev), iph, segs);
}

/**
 * nat64_write_outer_ipv4() - write the header of a packet, identification and checksum included
 * @xlat: the translation, its header and addresses known
 * @skb: the packet, with room for the header at its beginning
 */
void nat64_write_outer_ipv4(const struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	nat64_write_ipv4(iph, &xlat->hdr, xlat, &xlat->addrs);
	if (!xlat->hdr.fragment)
		nat64_set_id(xlat, skb);
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

/**
 * nat64_header_6to4() - replace the IPv6 header, the last step of a translation
 * @xlat: the translation, its header and addresses known
 * @skb: the packet, its payload translated already
 *
 * Context: softirqs off, RCU read side.
 * Return: 0, NAT64_TAKEN or NAT64_STAT_DROP_NOMEM
 */
int nat64_header_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	if (nat64_replace_header(skb, xlat->hdr.len, sizeof(struct iphdr)))
		return NAT64_STAT_DROP_NOMEM;

	nat64_write_outer_ipv4(xlat, skb);
	/* What dies here stays whole: an error is about a packet. */
	if (unlikely(xlat->frag_max_size) && xlat->hdr.ttl > 1)
		return nat64_fragment_6to4(xlat, skb);
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_XLAT_6TO4);
	return 0;
}

/**
 * nat64_xlat_6to4() - translate an IPv6 packet
 * @xlat: the translation
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: 0, NAT64_TAKEN, or as long as the packet is as it was NAT64_NOT_COVERED or the
 * NAT64_STAT_DROP_* that says why not
 */
int nat64_xlat_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct nat64_addrs *addrs = &xlat->addrs;
	int reason;

	addrs->daddr6 = ipv6_hdr(skb)->daddr;
	reason = nat64_resolve_dst_6to4(xlat->nat, xlat->config, addrs);
	if (reason)
		return reason;

	reason = nat64_parse_ipv6(skb, 0, &xlat->hdr, &xlat->pointer);
	if (reason)
		return reason;

	addrs->saddr6 = ipv6_hdr(skb)->saddr;
	if (xlat->hdr.protocol == NEXTHDR_ICMP)
		return nat64_icmp_6to4(xlat, skb);
	if (xlat->hdr.protocol == IPPROTO_ICMP || xlat->hdr.protocol == IPPROTO_IGMP)
		return NAT64_STAT_DROP_PROTOCOL;

	reason = nat64_resolve_src_6to4(xlat->nat, xlat->config, addrs);
	if (reason)
		return reason;
	if (nat64_has_l4(&xlat->hdr)) {
		reason = nat64_l4_adjust(skb, &xlat->hdr, nat64_csum_diff_6to4(addrs));
		if (reason)
			return reason;
	}
	return nat64_header_6to4(xlat, skb);
}
