// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors of others: what they become in the other family (RFC 7915,
 * sections 4.2, 4.3, 5.2 and 5.3; RFC 4884). Errors that we send ourselves are
 * in drop.c.
 */

#include "icmp_error.h"
#include "header4.h"
#include "header6.h"
#include "icmp_quote.h"
#include "icmp_type.h"
#include "mtu.h"

#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#define NAT64_ICMPV4_MAX	576	/* of an ICMP error (RFC 1812, section 4.3.2.3) */
#define NAT64_HEADER_DIFF	(sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/*
 * RFC 1191, section 7: likely path MTUs, for errors of routers that do not tell
 * one.
 */
static const u16 nat64_plateaus[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
};

/* RFC 7915, section 4.2, the last item of destination unreachable. */
static u32 nat64_mtu_4to6(const struct nat64_xlat *xlat,
			  const struct sk_buff *skb, unsigned int mtu,
			  unsigned int quoted_total)
{
	unsigned int i;

	for (i = 0; !mtu && i < ARRAY_SIZE(nat64_plateaus); i++)
		if (nat64_plateaus[i] < quoted_total)
			mtu = nat64_plateaus[i];

	mtu = min(mtu, nat64_in_mtu(xlat, skb)) + NAT64_HEADER_DIFF;
	return max_t(u32, min(mtu, nat64_out_mtu6(xlat, skb)), IPV6_MIN_MTU);
}

/* RFC 7915, section 5.2, packet too big. */
static u32 nat64_mtu_6to4(const struct nat64_xlat *xlat,
			  const struct sk_buff *skb, u32 mtu, bool fragment)
{
	unsigned int growth = NAT64_HEADER_DIFF + (fragment ? sizeof(struct frag_hdr) : 0);

	mtu = min(mtu, nat64_in_mtu(xlat, skb));
	mtu = max_t(u32, mtu, IPV4_MIN_MTU + growth) - growth;
	return min(mtu, nat64_out_mtu4(xlat, skb));
}

/* RFC 4884: which ICMPv6 errors say how long the quoted packet is. */
static bool nat64_has_length6(const struct icmp6hdr *icmp6h)
{
	return icmp6h->icmp6_type == ICMPV6_DEST_UNREACH ||
	       icmp6h->icmp6_type == ICMPV6_TIME_EXCEED;
}

static enum nat64_verdict nat64_make_linear(struct sk_buff *skb)
{
	if (skb_linearize(skb) || skb_ensure_writable(skb, skb->len))
		return NAT64_DROP_NOMEM;
	return NAT64_OK;
}

/*
 * Read an error and the packet quoted in it; find what their types and
 * addresses become.
 */
static enum nat64_verdict nat64_read_error_4to6(struct nat64_xlat *xlat,
						const struct sk_buff *skb,
						struct icmp6hdr *icmp6h,
						struct nat64_quote *quote)
{
	const struct icmphdr *icmph = (struct icmphdr *)(skb->data + xlat->hdr.len);
	const struct iphdr *inner = (struct iphdr *)(icmph + 1);
	enum nat64_verdict verdict;

	if (csum_fold(skb_checksum(skb, xlat->hdr.len, xlat->hdr.payload_len, 0)))
		return NAT64_DROP_ICMP_CSUM;
	if (!nat64_icmp_type_4to6(icmph, icmp6h))
		return NAT64_DROP_ICMP_TYPE;

	quote->offset = xlat->hdr.len + sizeof(*icmph);
	quote->len = skb->len - quote->offset;
	if (nat64_parse_ipv4(skb, quote->offset, &quote->hdr) || quote->hdr.len > quote->len ||
	    nat64_is_ipv4_only(quote->hdr.protocol))
		return NAT64_DROP_ICMP_INNER;
	nat64_quote_split(quote, (ntohl(icmph->un.gateway) >> 16 & 0xff) * 4);

	nat64_read_l4(skb, quote->offset, &quote->hdr, &quote->tuple);
	quote->tuple.saddr4 = inner->saddr;
	quote->tuple.daddr4 = inner->daddr;
	verdict = nat64_resolve(&xlat->ctx, NAT64_INNER, &quote->tuple);
	if (verdict)
		return verdict;

	if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG)
		icmp6h->icmp6_mtu = htonl(nat64_mtu_4to6(xlat, skb, ntohs(icmph->un.frag.mtu),
							 quote->hdr.len + quote->hdr.payload_len));
	return nat64_resolve(&xlat->ctx, NAT64_ERROR_SRC, &xlat->tuple);
}

/* Replace all headers up to the quoted packet's payload. */
static enum nat64_verdict
nat64_write_error_4to6(struct nat64_xlat *xlat, struct sk_buff *skb,
		       const struct icmp6hdr *icmp6h,
		       const struct nat64_quote *quote)
{
	struct ipv6hdr *ip6h;

	if (nat64_replace_header(skb, quote->offset + quote->hdr.len, sizeof(*ip6h) +
				 sizeof(*icmp6h) + nat64_ipv6_len(&quote->hdr)))
		return NAT64_DROP_NOMEM;

	ip6h = ipv6_hdr(skb);
	nat64_write_ipv6((void *)(ip6h + 1) + sizeof(*icmp6h), &quote->hdr, xlat, &quote->tuple);
	xlat->hdr.fragment = false;
	xlat->hdr.payload_len = skb->len - sizeof(*ip6h);
	nat64_write_ipv6(ip6h, &xlat->hdr, xlat, &xlat->tuple);
	memcpy(ip6h + 1, icmp6h, sizeof(*icmp6h));
	skb_set_transport_header(skb, sizeof(*ip6h));
	icmp6_hdr(skb)->icmp6_cksum =
		csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, xlat->hdr.payload_len, NEXTHDR_ICMP,
				skb_checksum(skb, sizeof(*ip6h), xlat->hdr.payload_len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	skb->protocol = htons(ETH_P_IPV6);
	xlat->done = true;
	return NAT64_OK;
}

/**
 * nat64_icmp_error_4to6() - translate an ICMP error, with all its headers
 * @xlat: the translation; header and addresses known, except the IPv6 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_icmp_error_4to6(struct nat64_xlat *xlat,
					 struct sk_buff *skb)
{
	unsigned int room = IPV6_MIN_MTU - sizeof(struct ipv6hdr) - sizeof(struct icmp6hdr);
	struct nat64_quote quote = {};
	enum nat64_verdict verdict;
	struct icmp6hdr icmp6h;
	unsigned int words;

	verdict = nat64_make_linear(skb);
	if (!verdict)
		verdict = nat64_read_error_4to6(xlat, skb, &icmp6h, &quote);
	if (verdict)
		return verdict;

	if (quote.hdr.protocol != IPPROTO_ICMP)
		nat64_quote_adjust(skb, &quote, nat64_csum_diff_4to6(&quote.tuple));
	else if (!nat64_quote_echo_4to6(skb, &quote))
		return NAT64_DROP_ICMP_INNER;

	words = nat64_quote_fit(&quote, nat64_ipv6_len(&quote.hdr), room,
				nat64_has_length6(&icmp6h) ? 8 : 0);
	if (words)
		icmp6h.icmp6_dataun.un_data8[0] = words;
	verdict = nat64_quote_move(skb, &quote);
	if (verdict)
		return verdict;
	return nat64_write_error_4to6(xlat, skb, &icmp6h, &quote);
}

static bool nat64_csum6_is_right(const struct nat64_xlat *xlat,
				 const struct sk_buff *skb)
{
	return !csum_ipv6_magic(&xlat->tuple.saddr6, &xlat->tuple.daddr6, xlat->hdr.payload_len,
				NEXTHDR_ICMP,
				skb_checksum(skb, xlat->hdr.len, xlat->hdr.payload_len, 0));
}

/* As nat64_read_error_4to6(). */
static enum nat64_verdict nat64_read_error_6to4(struct nat64_xlat *xlat,
						const struct sk_buff *skb,
						struct icmphdr *icmph,
						struct nat64_quote *quote)
{
	const struct icmp6hdr *icmp6h = (struct icmp6hdr *)(skb->data + xlat->hdr.len);
	const struct ipv6hdr *inner = (struct ipv6hdr *)(icmp6h + 1);
	enum nat64_verdict verdict;
	u32 pointer;

	if (!nat64_csum6_is_right(xlat, skb))
		return NAT64_DROP_ICMP_CSUM;
	if (!nat64_icmp_type_6to4(icmp6h, icmph))
		return NAT64_DROP_ICMP_TYPE;

	quote->offset = xlat->hdr.len + sizeof(*icmp6h);
	quote->len = skb->len - quote->offset;
	if (nat64_parse_ipv6(skb, quote->offset, &quote->hdr, &pointer) ||
	    quote->hdr.len > quote->len ||
	    quote->hdr.protocol == IPPROTO_ICMP || quote->hdr.protocol == IPPROTO_IGMP)
		return NAT64_DROP_ICMP_INNER;
	if (nat64_has_length6(icmp6h))
		nat64_quote_split(quote, icmp6h->icmp6_dataun.un_data8[0] * 8);
	/*
	 * In IPv4 the router itself sends no errors about later fragments (RFC
	 * 1812, 4.3.2.7).
	 */
	if (!skb->skb_iif && quote->hdr.offset)
		return NAT64_DROP_ICMP_INNER;

	nat64_read_l4(skb, quote->offset, &quote->hdr, &quote->tuple);
	quote->tuple.saddr6 = inner->saddr;
	quote->tuple.daddr6 = inner->daddr;
	verdict = nat64_resolve(&xlat->ctx, NAT64_INNER, &quote->tuple);
	if (verdict)
		return verdict;

	if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG)
		icmph->un.frag.mtu = htons(nat64_mtu_6to4(xlat, skb, ntohl(icmp6h->icmp6_mtu),
							  quote->hdr.fragment));
	return nat64_resolve(&xlat->ctx, NAT64_ERROR_SRC, &xlat->tuple);
}

/* As nat64_write_error_4to6(). */
static enum nat64_verdict
nat64_write_error_6to4(struct nat64_xlat *xlat, struct sk_buff *skb,
		       const struct icmphdr *icmph,
		       const struct nat64_quote *quote)
{
	struct iphdr *iph, *inner;

	if (nat64_replace_header(skb, quote->offset + quote->hdr.len,
				 sizeof(*iph) + sizeof(*icmph) + sizeof(*inner)))
		return NAT64_DROP_NOMEM;

	iph = ip_hdr(skb);
	inner = (void *)(iph + 1) + sizeof(*icmph);
	nat64_write_ipv4(inner, &quote->hdr, xlat, &quote->tuple);
	ip_send_check(inner);
	xlat->hdr.fragment = false;
	xlat->hdr.payload_len = skb->len - sizeof(*iph);
	nat64_write_outer_ipv4(xlat, skb);
	memcpy(iph + 1, icmph, sizeof(*icmph));
	skb_set_transport_header(skb, sizeof(*iph));
	icmp_hdr(skb)->checksum = csum_fold(skb_checksum(skb, sizeof(*iph),
							 xlat->hdr.payload_len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	xlat->done = true;
	return NAT64_OK;
}

/**
 * nat64_icmp_error_6to4() - translate an ICMPv6 error, with all its headers
 * @xlat: the translation; header and addresses known, except the IPv4 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_icmp_error_6to4(struct nat64_xlat *xlat,
					 struct sk_buff *skb)
{
	unsigned int room = NAT64_ICMPV4_MAX - sizeof(struct iphdr) - sizeof(struct icmphdr);
	struct nat64_quote quote = {};
	enum nat64_verdict verdict;
	struct icmphdr icmph;
	unsigned int words;
	bool has_length;

	verdict = nat64_make_linear(skb);
	if (!verdict)
		verdict = nat64_read_error_6to4(xlat, skb, &icmph, &quote);
	if (verdict)
		return verdict;

	if (quote.hdr.protocol != NEXTHDR_ICMP)
		nat64_quote_adjust(skb, &quote, nat64_csum_diff_6to4(&quote.tuple));
	else if (!nat64_quote_echo_6to4(skb, &quote))
		return NAT64_DROP_ICMP_INNER;

	has_length = nat64_has_length6((struct icmp6hdr *)(skb->data + xlat->hdr.len));
	words = nat64_quote_fit(&quote, sizeof(struct iphdr), room, has_length ? 4 : 0);
	if (words)
		icmph.un.gateway |= htonl(words << 16);
	verdict = nat64_quote_move(skb, &quote);
	if (verdict)
		return verdict;
	return nat64_write_error_6to4(xlat, skb, &icmph, &quote);
}
