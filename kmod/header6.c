// SPDX-License-Identifier: GPL-2.0
/*
 * The IPv6 header: checked, read (RFC 7915, section 5.1), and written (section
 * 4.1).
 */

#include "header6.h"

#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

/*
 * No sane packet has more than this many, besides a fragment header. Each costs
 * a look into the packet.
 */
#define NAT64_EXTHDRS_MAX 8

/**
 * nat64_check_ipv6() - what ipv6_rcv() checks, for packets that it has not seen
 * @skb: the packet
 *
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_check_ipv6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return NAT64_DROP_TRUNCATED;
	ip6h = ipv6_hdr(skb);
	if (ip6h->version != 6)
		return NAT64_DROP_HEADER6;
	/* BIG TCP: it is split before anything else. */
	if (!ip6h->payload_len && skb_is_gso(skb) && skb->len > IP_MAX_MTU)
		return NAT64_OK;
	if (!ip6h->payload_len && ip6h->nexthdr == NEXTHDR_HOP)
		return NAT64_DROP_JUMBOGRAM;

	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (len > skb->len)
		return NAT64_DROP_HEADER6;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, len))
		return NAT64_DROP_NOMEM;
	return NAT64_OK;
}

/*
 * RFC 7915, section 5.1.1: headers that must not be fragmented away from the
 * IPv6 header.
 */
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

static enum nat64_verdict nat64_parse_fragment(const struct sk_buff *skb,
					       unsigned int offset,
					       struct nat64_iphdr *hdr)
{
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	fh = skb_header_pointer(skb, offset + hdr->len, sizeof(buf), &buf);
	if (!fh)
		return NAT64_DROP_TRUNCATED;
	if (nat64_is_exthdr(fh->nexthdr))
		return NAT64_DROP_EXTHDR;

	hdr->fragment = true;
	hdr->offset = ntohs(fh->frag_off) >> 3;
	hdr->more = fh->frag_off & htons(IP6_MF);
	hdr->id = ntohl(fh->identification);
	hdr->protocol = fh->nexthdr;
	hdr->len += sizeof(*fh);
	return NAT64_OK;
}

/* Step over one extension header that means nothing to IPv4. */
static enum nat64_verdict nat64_skip_exthdr(const struct sk_buff *skb,
					    unsigned int offset,
					    struct nat64_iphdr *hdr,
					    u32 *pointer)
{
	const struct ipv6_rt_hdr *opt;
	struct ipv6_rt_hdr buf;

	opt = skb_header_pointer(skb, offset + hdr->len, sizeof(buf), &buf);
	if (!opt)
		return NAT64_DROP_TRUNCATED;
	if (hdr->protocol == NEXTHDR_ROUTING && opt->segments_left) {
		*pointer = hdr->len + offsetof(struct ipv6_rt_hdr, segments_left);
		return NAT64_DROP_ROUTING6;
	}
	hdr->protocol = opt->nexthdr;
	hdr->len += (opt->hdrlen + 1) * 8;
	return NAT64_OK;
}

static enum nat64_verdict nat64_parse_exthdrs(const struct sk_buff *skb,
					      unsigned int offset,
					      struct nat64_iphdr *hdr,
					      u32 *pointer)
{
	enum nat64_verdict verdict;
	unsigned int i;

	for (i = 0; i <= NAT64_EXTHDRS_MAX; i++) {
		switch (hdr->protocol) {
		case NEXTHDR_HOP:
		case NEXTHDR_DEST:
		case NEXTHDR_ROUTING:
			verdict = nat64_skip_exthdr(skb, offset, hdr, pointer);
			if (verdict)
				return verdict;
			break;
		case NEXTHDR_FRAGMENT:
			return nat64_parse_fragment(skb, offset, hdr);
		default:
			return NAT64_OK;
		}
	}
	return NAT64_DROP_EXTHDR;
}

/**
 * nat64_parse_ipv6() - read an IPv6 header and its extension headers
 * @skb: the packet that contains it; its payload may be cut off
 * @offset: where in the packet
 * @hdr: gets the result
 * @pointer: gets the offset of an offending field, for NAT64_DROP_ROUTING6
 *
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_parse_ipv6(const struct sk_buff *skb,
				    unsigned int offset,
				    struct nat64_iphdr *hdr, u32 *pointer)
{
	const struct ipv6hdr *ip6h;
	enum nat64_verdict verdict;
	unsigned int total;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6h)
		return NAT64_DROP_TRUNCATED;
	if (ip6h->version != 6)
		return NAT64_DROP_HEADER6;

	*hdr = (struct nat64_iphdr){
		.len = sizeof(*ip6h),
		.protocol = ip6h->nexthdr,
		.tos = ipv6_get_dsfield(ip6h),
		.ttl = ip6h->hop_limit,
	};
	total = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	verdict = nat64_parse_exthdrs(skb, offset, hdr, pointer);
	if (verdict)
		return verdict;
	if (hdr->len > total)
		return NAT64_DROP_TRUNCATED;
	hdr->payload_len = total - hdr->len;
	if (nat64_ends_too_far(hdr))
		return NAT64_DROP_JUMBOGRAM;
	return NAT64_OK;
}

/**
 * nat64_write_ipv6() - write the IPv6 header for an IPv4 one (RFC 7915, section 4.1)
 * @ip6h: where to; nat64_ipv6_len() bytes
 * @hdr: the IPv4 header
 * @xlat: the translation
 * @tuple: the addresses; for the packet within an ICMP error they are not those
 *	   of @xlat
 */
void nat64_write_ipv6(struct ipv6hdr *ip6h, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat,
		      const struct nat64_tuple *tuple)
{
	u8 nexthdr = hdr->protocol == IPPROTO_ICMP ? NEXTHDR_ICMP : hdr->protocol;
	struct frag_hdr *fh = (struct frag_hdr *)(ip6h + 1);

	ip6_flow_hdr(ip6h, xlat->ctx.config->tos == NAT64_TOS_ZERO ? 0 : hdr->tos, 0);
	ip6h->payload_len = htons(nat64_ipv6_len(hdr) - sizeof(*ip6h) + hdr->payload_len);
	ip6h->nexthdr = nexthdr;
	ip6h->hop_limit = hdr->ttl;
	ip6h->saddr = tuple->saddr6;
	ip6h->daddr = tuple->daddr6;
	if (!hdr->fragment)
		return;

	ip6h->nexthdr = NEXTHDR_FRAGMENT;
	fh->nexthdr = nexthdr;
	fh->reserved = 0;
	fh->frag_off = htons(hdr->offset << 3 | (hdr->more ? IP6_MF : 0));
	fh->identification = htonl(hdr->id);
}
