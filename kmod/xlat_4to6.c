// SPDX-License-Identifier: GPL-2.0
/*
 * From IPv4 to IPv6: RFC 7915, section 4.
 */

#include "xlat_4to6.h"
#include "csum.h"
#include "frag.h"
#include "header4.h"
#include "header6.h"
#include "icmp.h"
#include "mtu.h"

#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

/**
 * nat64_dst_4to6() - read an IPv4 packet, and find its IPv6 destination
 * @xlat: the translation, which gets both
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK, NAT64_NOT_COVERED or a NAT64_DROP_*
 */
enum nat64_verdict nat64_dst_4to6(struct nat64_xlat *xlat,
				  const struct sk_buff *skb)
{
	enum nat64_verdict parsed, verdict;

	parsed = nat64_parse_ipv4(skb, 0, &xlat->hdr);
	if (!parsed)
		nat64_read_l4(skb, 0, &xlat->hdr, &xlat->tuple);
	xlat->tuple.saddr4 = ip_hdr(skb)->saddr;
	xlat->tuple.daddr4 = ip_hdr(skb)->daddr;
	/* A malformed packet is ours to drop only if it is covered. */
	verdict = nat64_resolve(&xlat->ctx, NAT64_DST, &xlat->tuple);
	return verdict ?: parsed;
}

/* Must sum the whole datagram (RFC 7915, section 4.5), of @len bytes. */
static enum nat64_verdict nat64_compute_udp_csum(struct nat64_xlat *xlat,
						 struct sk_buff *skb,
						 unsigned int len)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;
	enum nat64_verdict verdict;
	struct udphdr *uh;
	__wsum sum;

	verdict = nat64_csum_complete(skb, hdr->len);
	if (verdict)
		return verdict;
	if (skb_ensure_writable(skb, hdr->len + sizeof(*uh)))
		return NAT64_DROP_NOMEM;

	sum = skb_checksum(skb, hdr->len, len, 0);
	uh = (struct udphdr *)(skb->data + hdr->len);
	uh->check = csum_ipv6_magic(&xlat->tuple.saddr6, &xlat->tuple.daddr6, len, IPPROTO_UDP,
				    sum) ?: CSUM_MANGLED_0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	nat64_stats_inc(xlat->ctx.nat->stats, NAT64_STAT_UDP_CSUM_COMPUTED);
	return NAT64_OK;
}

static enum nat64_verdict nat64_udp_zero_csum(struct nat64_xlat *xlat,
					      struct sk_buff *skb,
					      const struct udphdr *uh)
{
	unsigned int len = ntohs(uh->len);

	switch (xlat->ctx.config->udp_zero_csum) {
	case NAT64_UDP_ZERO_CSUM_FORWARD:
		return NAT64_OK;
	case NAT64_UDP_ZERO_CSUM_COMPUTE:
		if (xlat->hdr.fragment)
			return NAT64_DROP_UDP_ZERO_CSUM;
		/* There may be more behind the datagram (RFC 9868). */
		if (len < sizeof(*uh) || len > xlat->hdr.payload_len)
			return NAT64_DROP_TRUNCATED;
		return nat64_compute_udp_csum(xlat, skb, len);
	default:
		return NAT64_DROP_UDP_ZERO_CSUM;
	}
}

static enum nat64_verdict nat64_l4_4to6(struct nat64_xlat *xlat,
					struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;

	if (hdr->protocol == IPPROTO_UDP && !nat64_csum_is_partial(skb, hdr->len)) {
		const struct udphdr *uh;
		struct udphdr buf;

		uh = skb_header_pointer(skb, hdr->len, sizeof(buf), &buf);
		if (!uh || hdr->payload_len < sizeof(*uh))
			return NAT64_DROP_TRUNCATED;
		if (!uh->check)
			return nat64_udp_zero_csum(xlat, skb, uh);
	}
	return nat64_csum_adjust(skb, hdr->len, hdr->payload_len, hdr->protocol,
				 nat64_csum_diff_4to6(&xlat->tuple));
}

/* Translate the source and the payload, all but the IP header. */
static enum nat64_verdict nat64_payload_4to6(struct nat64_xlat *xlat,
					     struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;
	enum nat64_verdict verdict;

	if (unlikely(hdr->len > sizeof(struct iphdr))) {
		verdict = nat64_check_options(skb, hdr->len);
		if (verdict)
			return verdict;
	}
	if (hdr->protocol == IPPROTO_ICMP)
		return nat64_icmp_4to6(xlat, skb);
	if (nat64_is_ipv4_only(hdr->protocol))
		return NAT64_DROP_PROTOCOL;

	verdict = nat64_resolve(&xlat->ctx, NAT64_SRC, &xlat->tuple);
	if (verdict || !nat64_has_l4(hdr))
		return verdict;
	return nat64_l4_4to6(xlat, skb);
}

/*
 * The size of the IPv4 fragments into which a packet has to be cut, or 0. A
 * packet that came in fragments is fragmented again, and one without DF is made
 * to fit every IPv6 path. A packet whose TTL ends here stays whole, so that the
 * error is about the whole packet.
 */
static unsigned int nat64_fragment_size(const struct nat64_xlat *xlat,
					const struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;
	unsigned int len = nat64_ipv6_len(hdr) + hdr->payload_len, mtu, size = 0;

	if (skb_is_gso(skb) || hdr->ttl <= 1)
		return 0;
	if (xlat->frag_max_size && hdr->len + hdr->payload_len > xlat->frag_max_size)
		size = xlat->frag_max_size;
	if (hdr->df || len <= IPV6_MIN_MTU)
		return size;
	mtu = nat64_fragment_mtu(xlat, skb);
	if (len > mtu) {
		mtu -= sizeof(struct ipv6hdr) + sizeof(struct frag_hdr);
		size = min(size ?: UINT_MAX, hdr->len + mtu);
	}
	return size;
}

static enum nat64_verdict nat64_swap_4to6(const struct nat64_xlat *xlat,
					  const struct nat64_iphdr *hdr,
					  struct sk_buff *skb)
{
	unsigned int len = nat64_ipv6_len(hdr);

	if (nat64_replace_header(skb, hdr->len, len))
		return NAT64_DROP_NOMEM;

	nat64_write_ipv6(ipv6_hdr(skb), hdr, xlat, &xlat->tuple);
	skb_postpush_rcsum(skb, skb->data, len);
	skb->protocol = htons(ETH_P_IPV6);
	return NAT64_OK;
}

/*
 * Cut the packet into fragments of @size bytes, each with a header of its own.
 */
static enum nat64_verdict nat64_cut_4to6(const struct nat64_xlat *xlat,
					 struct sk_buff **pskb,
					 unsigned int size)
{
	enum nat64_verdict verdict;
	struct nat64_iphdr hdr;
	struct sk_buff *skb;

	/* ip_do_fragment() does so, too, but not for SCTP. */
	verdict = nat64_csum_complete(*pskb, xlat->hdr.len);
	if (verdict)
		return verdict;

	nat64_stats_inc(xlat->ctx.nat->stats, NAT64_STAT_FRAGMENTED);
	verdict = nat64_fragment(xlat->ctx.nat->dev, pskb, size);
	for (skb = *pskb; !verdict && skb; skb = skb->next) {
		verdict = nat64_parse_ipv4(skb, 0, &hdr);
		if (!verdict)
			verdict = nat64_swap_4to6(xlat, &hdr, skb);
	}
	if (!verdict)
		return NAT64_OK;

	kfree_skb_list(*pskb);
	*pskb = NULL;
	return NAT64_DROP_NOMEM;
}

static enum nat64_verdict nat64_header_4to6(const struct nat64_xlat *xlat,
					    struct sk_buff **pskb)
{
	unsigned int size = nat64_fragment_size(xlat, *pskb);

	if (unlikely(size))
		return nat64_cut_4to6(xlat, pskb, size);
	return nat64_swap_4to6(xlat, &xlat->hdr, *pskb);
}

/**
 * nat64_xlat_4to6() - translate an IPv4 packet
 * @xlat: the translation
 * @pskb: the packet; gets the translated one, or a list of its fragments
 *
 * Context: softirqs off, RCU read side.
 * Return: as nat64_xlat_6to4()
 */
enum nat64_verdict nat64_xlat_4to6(struct nat64_xlat *xlat,
				   struct sk_buff **pskb)
{
	enum nat64_verdict verdict;

	verdict = nat64_dst_4to6(xlat, *pskb);
	if (!verdict)
		verdict = nat64_payload_4to6(xlat, *pskb);
	if (verdict || xlat->done)
		return verdict;
	return nat64_header_4to6(xlat, pskb);
}
