// SPDX-License-Identifier: GPL-2.0
/*
 * From IPv6 to IPv4: RFC 7915, section 5.
 */

#include "xlat_6to4.h"
#include "csum.h"
#include "frag.h"
#include "header4.h"
#include "header6.h"
#include "icmp.h"

#include <linux/ipv6.h>

/**
 * nat64_dst_6to4() - read an IPv6 packet, and find its IPv4 destination
 * @xlat: the translation, which gets both
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK, NAT64_NOT_COVERED or a NAT64_DROP_*
 */
enum nat64_verdict nat64_dst_6to4(struct nat64_xlat *xlat,
				  const struct sk_buff *skb)
{
	enum nat64_verdict parsed, verdict;

	parsed = nat64_parse_ipv6(skb, 0, &xlat->hdr, &xlat->pointer);
	if (!parsed)
		nat64_read_l4(skb, 0, &xlat->hdr, &xlat->tuple);
	xlat->tuple.saddr6 = ipv6_hdr(skb)->saddr;
	xlat->tuple.daddr6 = ipv6_hdr(skb)->daddr;
	/* A malformed packet is ours to drop only if it is covered. */
	verdict = nat64_resolve(&xlat->ctx, NAT64_DST, &xlat->tuple);
	return verdict ?: parsed;
}

/* Translate the source and the payload, all but the IP header. */
static enum nat64_verdict nat64_payload_6to4(struct nat64_xlat *xlat,
					     struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;
	enum nat64_verdict verdict;

	if (hdr->protocol == NEXTHDR_ICMP)
		return nat64_icmp_6to4(xlat, skb);
	if (hdr->protocol == IPPROTO_ICMP || hdr->protocol == IPPROTO_IGMP)
		return NAT64_DROP_PROTOCOL;

	verdict = nat64_resolve(&xlat->ctx, NAT64_SRC, &xlat->tuple);
	if (verdict || !nat64_has_l4(hdr))
		return verdict;
	return nat64_csum_adjust(skb, hdr->len, hdr->payload_len, hdr->protocol,
				 nat64_csum_diff_6to4(&xlat->tuple));
}

/* A packet that came in fragments leaves in fragments that are no larger. */
static enum nat64_verdict nat64_refragment(const struct nat64_xlat *xlat,
					   struct sk_buff **pskb)
{
	unsigned int size = xlat->frag_max_size + sizeof(struct iphdr) -
			    sizeof(struct ipv6hdr) - sizeof(struct frag_hdr);

	/* It fits; and ip_do_fragment() loses a packet without payload. */
	if ((*pskb)->len <= size)
		return NAT64_OK;
	return nat64_fragment(xlat->ctx.nat->dev, pskb, size);
}

static enum nat64_verdict nat64_header_6to4(const struct nat64_xlat *xlat,
					    struct sk_buff **pskb)
{
	if (nat64_replace_header(*pskb, xlat->hdr.len, sizeof(struct iphdr)))
		return NAT64_DROP_NOMEM;

	nat64_write_outer_ipv4(xlat, *pskb);
	/* Do not cut it if its TTL ends here: the error is about the whole. */
	if (unlikely(xlat->frag_max_size) && xlat->hdr.ttl > 1)
		return nat64_refragment(xlat, pskb);
	return NAT64_OK;
}

/**
 * nat64_xlat_6to4() - translate an IPv6 packet
 * @xlat: the translation
 * @pskb: the packet; gets the translated one, or a list of its fragments
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK, NAT64_NOT_COVERED, or the NAT64_DROP_* that says why not.
 * In that case, @pskb gets NULL if the packet has been freed already, as it may
 * be when out of memory.
 */
enum nat64_verdict nat64_xlat_6to4(struct nat64_xlat *xlat,
				   struct sk_buff **pskb)
{
	enum nat64_verdict verdict;

	verdict = nat64_dst_6to4(xlat, *pskb);
	if (!verdict)
		verdict = nat64_payload_6to4(xlat, *pskb);
	if (verdict || xlat->done)
		return verdict;
	return nat64_header_6to4(xlat, pskb);
}
