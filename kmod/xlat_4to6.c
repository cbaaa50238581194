// SPDX-License-Identifier: GPL-2.0
/*
 * From IPv4 to IPv6: RFC 7915, section 4. ICMP is in icmp.c, fragmentation in frag.c.
 */

#include "xlat.h"

#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

/**
 * nat64_check_ipv4() - what ip_rcv() checks, for packets that it has not seen
 * @skb: the packet
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_check_ipv4(struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return NAT64_STAT_DROP_TRUNCATED;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl < 5)
		return NAT64_STAT_DROP_HEADER4;
	if (!pskb_may_pull(skb, iph->ihl * 4))
		return NAT64_STAT_DROP_HEADER4;
	iph = ip_hdr(skb);
	if (ip_fast_csum((u8 *)iph, iph->ihl))
		return NAT64_STAT_DROP_HEADER4;

	/* BIG TCP: it is split before anything else. */
	if (!iph->tot_len && skb_is_gso(skb) && skb->len > IP_MAX_MTU)
		return 0;

	len = ntohs(iph->tot_len);
	if (len > skb->len || len < iph->ihl * 4)
		return NAT64_STAT_DROP_HEADER4;
	if (!skb_is_gso(skb) && pskb_trim_rcsum(skb, len))
		return NAT64_STAT_DROP_NOMEM;
	return 0;
}

/**
 * nat64_parse_ipv4() - read an IPv4 header
 * @skb: the packet that has it; its payload may be cut off
 * @offset: where in the packet
 * @hdr: gets the result
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_parse_ipv4(const struct sk_buff *skb, unsigned int offset, struct nat64_iphdr *hdr)
{
	const struct iphdr *iph;
	unsigned int total;
	struct iphdr buf;

	iph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!iph)
		return NAT64_STAT_DROP_TRUNCATED;
	if (iph->version != 4 || iph->ihl < 5)
		return NAT64_STAT_DROP_HEADER4;

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
		return NAT64_STAT_DROP_HEADER4;
	hdr->payload_len = total - hdr->len;
	if (nat64_ends_too_far(hdr))
		return NAT64_STAT_DROP_HEADER4;
	return 0;
}

/*
 * Options are left behind, but a source route that is not used up says that this packet is not
 * where it has to go (RFC 7915, section 4.1).
 */
static int nat64_check_options(const struct sk_buff *skb, unsigned int hdr_len)
{
	u8 buf[MAX_IPOPTLEN];
	unsigned int len = hdr_len - sizeof(struct iphdr), optlen;
	const u8 *opt;

	opt = skb_header_pointer(skb, sizeof(struct iphdr), len, buf);
	if (!opt)
		return NAT64_STAT_DROP_TRUNCATED;

	for (; len && *opt != IPOPT_END; opt += optlen, len -= optlen) {
		optlen = 1;
		if (*opt == IPOPT_NOOP)
			continue;
		if (len < 2 || opt[IPOPT_OLEN] < 2 || opt[IPOPT_OLEN] > len)
			return NAT64_STAT_DROP_OPTIONS4;
		optlen = opt[IPOPT_OLEN];
		if (*opt != IPOPT_LSRR && *opt != IPOPT_SSRR)
			continue;
		if (optlen < 3)
			return NAT64_STAT_DROP_OPTIONS4;
		if (opt[IPOPT_OFFSET] <= optlen)
			return NAT64_STAT_DROP_SOURCE_ROUTE;
	}
	return 0;
}

/**
 * nat64_is_ipv4_only() - whether a protocol is something else, or nothing, in IPv6
 * @protocol: the IPv4 protocol
 */
bool nat64_is_ipv4_only(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_IGMP:
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_FRAGMENT:
	case NEXTHDR_ICMP:
	case NEXTHDR_DEST:
		return true;
	default:
		return false;
	}
}

/* The sum goes over the payload, which no other way leads around (RFC 7915, section 4.5). */
static int nat64_compute_udp_csum(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;
	struct udphdr *uh;
	__wsum sum;
	int reason;

	reason = nat64_complete_csum(skb, hdr);
	if (reason)
		return reason;
	if (skb_ensure_writable(skb, hdr->len + sizeof(*uh)))
		return NAT64_STAT_DROP_NOMEM;

	sum = skb_checksum(skb, hdr->len, hdr->payload_len, 0);
	uh = (struct udphdr *)(skb->data + hdr->len);
	uh->check = csum_ipv6_magic(&xlat->addrs.saddr6, &xlat->addrs.daddr6, hdr->payload_len,
				    IPPROTO_UDP, sum) ?: CSUM_MANGLED_0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_UDP_CSUM_COMPUTED);
	return 0;
}

static int nat64_udp_zero_csum(struct nat64_xlat *xlat, struct sk_buff *skb,
			       const struct udphdr *uh)
{
	switch (xlat->config->udp_zero_csum) {
	case NAT64_UDP_ZERO_CSUM_FORWARD:
		return 0;
	case NAT64_UDP_ZERO_CSUM_COMPUTE:
		if (xlat->hdr.fragment)
			return NAT64_STAT_DROP_UDP_ZERO_CSUM;
		if (ntohs(uh->len) != xlat->hdr.payload_len)
			return NAT64_STAT_DROP_TRUNCATED;
		return nat64_compute_udp_csum(xlat, skb);
	default:
		return NAT64_STAT_DROP_UDP_ZERO_CSUM;
	}
}

static int nat64_l4_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct nat64_iphdr *hdr = &xlat->hdr;

	if (hdr->protocol == IPPROTO_UDP && !nat64_l4_is_partial(skb, hdr)) {
		const struct udphdr *uh;
		struct udphdr buf;

		uh = skb_header_pointer(skb, hdr->len, sizeof(buf), &buf);
		if (!uh || hdr->payload_len < sizeof(*uh))
			return NAT64_STAT_DROP_TRUNCATED;
		if (!uh->check)
			return nat64_udp_zero_csum(xlat, skb, uh);
	}
	return nat64_l4_adjust(skb, hdr, nat64_csum_diff_4to6(&xlat->addrs));
}

/**
 * nat64_ipv6_len() - length of the IPv6 header that an IPv4 one becomes
 * @hdr: the IPv4 header
 *
 * Return: bytes, a fragment header included
 */
unsigned int nat64_ipv6_len(const struct nat64_iphdr *hdr)
{
	return sizeof(struct ipv6hdr) + (hdr->fragment ? sizeof(struct frag_hdr) : 0);
}

/**
 * nat64_write_ipv6() - write the IPv6 header for an IPv4 one (RFC 7915, section 4.1)
 * @ip6h: where to; nat64_ipv6_len() bytes
 * @hdr: the IPv4 header
 * @xlat: the translation
 * @addrs: the addresses, which are not those of @xlat for the packet within an ICMP error
 */
void nat64_write_ipv6(struct ipv6hdr *ip6h, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat, const struct nat64_addrs *addrs)
{
	u8 nexthdr = hdr->protocol == IPPROTO_ICMP ? NEXTHDR_ICMP : hdr->protocol;
	struct frag_hdr *fh = (struct frag_hdr *)(ip6h + 1);

	ip6_flow_hdr(ip6h, xlat->config->tos == NAT64_TOS_ZERO ? 0 : hdr->tos, 0);
	ip6h->payload_len = htons(nat64_ipv6_len(hdr) - sizeof(*ip6h) + hdr->payload_len);
	ip6h->nexthdr = nexthdr;
	ip6h->hop_limit = hdr->ttl;
	ip6h->saddr = addrs->saddr6;
	ip6h->daddr = addrs->daddr6;
	if (!hdr->fragment)
		return;

	ip6h->nexthdr = NEXTHDR_FRAGMENT;
	fh->nexthdr = nexthdr;
	fh->reserved = 0;
	fh->frag_off = htons(hdr->offset << 3 | (hdr->more ? IP6_MF : 0));
	fh->identification = htonl(hdr->id);
}

/**
 * nat64_swap_4to6() - put an IPv6 header in the place of the IPv4 one
 * @xlat: the translation, its header and addresses known
 * @skb: the packet, its payload translated already
 *
 * Context: softirqs off.
 * Return: 0 or NAT64_STAT_DROP_NOMEM
 */
int nat64_swap_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	if (nat64_replace_header(skb, xlat->hdr.len, nat64_ipv6_len(&xlat->hdr)))
		return NAT64_STAT_DROP_NOMEM;

	nat64_write_ipv6(ipv6_hdr(skb), &xlat->hdr, xlat, &xlat->addrs);
	skb_postpush_rcsum(skb, skb->data, nat64_ipv6_len(&xlat->hdr));
	skb->protocol = htons(ETH_P_IPV6);
	return 0;
}

/**
 * nat64_fragment_mtu() - the MTU that IPv4 packets without DF are made to fit
 * @xlat: the translation, its IPv6 destination known
 * @skb: the packet
 *
 * RFC 7915, section 4.1: that of every IPv6 path. Where it is configured to be larger than what
 * IPv6 demands, the way out may have less.
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes of an IPv6 packet
 */
unsigned int nat64_fragment_mtu(const struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	unsigned int lowest = xlat->config->lowest_ipv6_mtu;

	if (lowest > IPV6_MIN_MTU)
		lowest = clamp_t(unsigned int, nat64_out_mtu6(xlat, skb), IPV6_MIN_MTU, lowest);
	return lowest;
}

/*
 * The size of the IPv4 fragments into which a packet has to be cut, or 0: what was fragmented is
 * so again, and what may be fragmented fits every IPv6 path. What dies here stays whole: an error
 * is about a packet.
 */
static unsigned int nat64_fragment_size(const struct nat64_xlat *xlat, const struct sk_buff *skb)
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

/**
 * nat64_header_4to6() - replace the IPv4 header, the last step of a translation
 * @xlat: the translation, its header and addresses known
 * @skb: the packet, its payload translated already
 *
 * Context: softirqs off, RCU read side.
 * Return: 0, NAT64_TAKEN or a NAT64_STAT_DROP_*
 */
int nat64_header_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	unsigned int size = nat64_fragment_size(xlat, skb);
	int reason;

	if (unlikely(size))
		return nat64_fragment_4to6(xlat, skb, size);

	reason = nat64_swap_4to6(xlat, skb);
	if (!reason)
		nat64_stats_inc(xlat->nat->stats, NAT64_STAT_XLAT_4TO6);
	return reason;
}

/**
 * nat64_xlat_4to6() - translate an IPv4 packet
 * @xlat: the translation
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: 0, NAT64_TAKEN, or as long as the packet is as it was NAT64_NOT_COVERED or the
 * NAT64_STAT_DROP_* that says why not
 */
int nat64_xlat_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct nat64_addrs *addrs = &xlat->addrs;
	struct nat64_iphdr *hdr = &xlat->hdr;
	int reason;

	addrs->daddr4 = ip_hdr(skb)->daddr;
	reason = nat64_resolve_dst_4to6(xlat->nat, xlat->config, addrs);
	if (reason)
		return reason;

	reason = nat64_parse_ipv4(skb, 0, hdr);
	if (!reason && unlikely(hdr->len > sizeof(struct iphdr)))
		reason = nat64_check_options(skb, hdr->len);
	if (reason)
		return reason;

	addrs->saddr4 = ip_hdr(skb)->saddr;
	if (hdr->protocol == IPPROTO_ICMP)
		return nat64_icmp_4to6(xlat, skb);
	if (nat64_is_ipv4_only(hdr->protocol))
		return NAT64_STAT_DROP_PROTOCOL;

	reason = nat64_resolve_src_4to6(xlat->nat, xlat->config, addrs, xlat->hairpin);
	if (!reason && nat64_has_l4(hdr))
		reason = nat64_l4_4to6(xlat, skb);
	if (reason)
		return reason;
	return nat64_header_4to6(xlat, skb);
}
