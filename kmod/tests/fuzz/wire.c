// SPDX-License-Identifier: GPL-2.0
/*
 * Packets as they are on the wire, read independently of the translator's own code.
 */

#include "fuzz.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/ip6_checksum.h>

static bool parse_ipv4(const u8 *data, unsigned int len, struct fuzz_view *view)
{
	const struct iphdr *iph = (const struct iphdr *)data;
	unsigned int total;

	if (len < sizeof(*iph) || iph->version != 4 || iph->ihl < 5 || iph->ihl * 4 > len)
		return false;
	/* BIG TCP; nothing else is that long. */
	total = !iph->tot_len && len > 65535 ? len : ntohs(iph->tot_len);
	if (total > len || total < iph->ihl * 4 || ip_fast_csum(iph, iph->ihl))
		return false;
	view->saddr4 = iph->saddr;
	view->daddr4 = iph->daddr;
	view->hdr.len = iph->ihl * 4;
	view->hdr.payload_len = total - iph->ihl * 4;
	view->hdr.id = ntohs(iph->id);
	view->hdr.offset = ntohs(iph->frag_off) & IP_OFFSET;
	view->hdr.more = iph->frag_off & htons(IP_MF);
	view->hdr.df = iph->frag_off & htons(IP_DF);
	view->hdr.fragment = view->hdr.offset || view->hdr.more;
	view->hdr.protocol = iph->protocol;
	view->hdr.tos = iph->tos;
	view->hdr.ttl = iph->ttl;
	return true;
}

static bool parse_ipv6(const u8 *data, unsigned int len, struct fuzz_view *view)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)data;
	unsigned int total, at = sizeof(*ip6h);
	const struct frag_hdr *fh;
	u8 nexthdr;

	if (len < sizeof(*ip6h) || ip6h->version != 6)
		return false;
	total = !ip6h->payload_len && len > 65575 ? len :
		sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (total > len)
		return false;
	nexthdr = ip6h->nexthdr;
	while (nexthdr == NEXTHDR_HOP || nexthdr == NEXTHDR_DEST || nexthdr == NEXTHDR_ROUTING) {
		if (at + 8 > total)
			return false;
		nexthdr = data[at];
		at += 8 + data[at + 1] * 8;
	}
	view->hdr.fragment = nexthdr == NEXTHDR_FRAGMENT;
	if (view->hdr.fragment) {
		if (at + sizeof(*fh) > total)
			return false;
		fh = (const struct frag_hdr *)(data + at);
		nexthdr = fh->nexthdr;
		view->hdr.offset = ntohs(fh->frag_off) >> 3;
		view->hdr.more = fh->frag_off & htons(IP6_MF);
		view->hdr.id = ntohl(fh->identification);
		at += sizeof(*fh);
	}
	if (at > total)
		return false;
	view->saddr6 = ip6h->saddr;
	view->daddr6 = ip6h->daddr;
	view->hdr.len = at;
	view->hdr.payload_len = total - at;
	view->hdr.protocol = nexthdr;
	view->hdr.tos = ipv6_get_dsfield(ip6h);
	view->hdr.ttl = ip6h->hop_limit;
	return true;
}

/**
 * fuzz_parse() - read a packet
 * @data: its bytes
 * @len: how many
 * @view: gets what it says
 *
 * Return: whether it is well-formed
 */
bool fuzz_parse(const u8 *data, unsigned int len, struct fuzz_view *view)
{
	memset(view, 0, sizeof(*view));
	if (!len)
		return false;
	view->ipv6 = data[0] >> 4 == 6;
	return view->ipv6 ? parse_ipv6(data, len, view) : parse_ipv4(data, len, view);
}

/**
 * fuzz_reaches_too_far() - whether the IPv4 packet that this belongs to would be too long
 * @view: the packet, or fragment
 */
bool fuzz_reaches_too_far(const struct fuzz_view *view)
{
	return 20 + view->hdr.offset * 8 + view->hdr.payload_len > 65535;
}

/**
 * fuzz_is_icmp() - whether a packet is of its family's ICMP
 * @view: the packet
 */
bool fuzz_is_icmp(const struct fuzz_view *view)
{
	return view->hdr.protocol == (view->ipv6 ? NEXTHDR_ICMP : IPPROTO_ICMP);
}

/**
 * fuzz_is_icmp_error() - whether it is not an echo, but about another packet
 * @view: the packet
 * @data: its bytes
 */
bool fuzz_is_icmp_error(const struct fuzz_view *view, const u8 *data)
{
	u8 type = data[view->hdr.len];

	if (!fuzz_is_icmp(view) || view->hdr.payload_len < 8 || view->hdr.offset)
		return false;
	return view->ipv6 ? type < 128 : type != ICMP_ECHO && type != ICMP_ECHOREPLY;
}

/**
 * fuzz_csum_offset() - where the transport header has a checksum that depends on the addresses
 * @view: the packet
 *
 * Return: the offset, or -1 if there is none
 */
int fuzz_csum_offset(const struct fuzz_view *view)
{
	unsigned int min_len = sizeof(struct icmphdr);
	int offset = fuzz_is_icmp(view) ? (int)offsetof(struct icmphdr, checksum) :
				     nat64_csum_offset(view->hdr.protocol, &min_len);

	if (offset < 0 || view->hdr.offset || view->hdr.payload_len < min_len)
		return -1;
	return offset;
}

/**
 * fuzz_csum_error() - by how much the transport checksum is wrong
 * @view: the packet
 * @payload: what is behind its IP header
 *
 * A fragment does not tell the length of the whole, but that is the same in both families.
 *
 * Return: zero if it is right
 */
u16 fuzz_csum_error(const struct fuzz_view *view, const u8 *payload)
{
	unsigned int len = view->hdr.offset || view->hdr.more ? 0 : view->hdr.payload_len;
	__wsum sum = csum_partial(payload, view->hdr.payload_len, 0);
	__sum16 error;

	if (view->ipv6)
		error = csum_ipv6_magic(&view->saddr6, &view->daddr6, len, view->hdr.protocol, sum);
	else if (fuzz_is_icmp(view))
		error = csum_fold(sum);
	else
		error = csum_tcpudp_magic(view->saddr4, view->daddr4, len, view->hdr.protocol, sum);
	return (__force u16)error == 0xffff ? 0 : (__force u16)error;
}

/**
 * fuzz_fill_csum() - fill in the checksum of CHECKSUM_PARTIAL
 * @data: the packet's bytes
 * @len: how many
 * @start: offset of the first that is summed
 * @offset: where the checksum is, from there
 */
void fuzz_fill_csum(u8 *data, unsigned int len, unsigned int start, unsigned int offset)
{
	__sum16 check = csum_fold(csum_partial(data + start, len - start, 0)) ?: CSUM_MANGLED_0;

	memcpy(data + start + offset, &check, sizeof(check));
}

/**
 * fuzz_flatten() - the bytes that an skb will have on the wire
 * @skb: the skb
 * @data: gets them; FUZZ_BUFFER bytes
 *
 * Return: how many, or 0
 */
unsigned int fuzz_flatten(const struct sk_buff *skb, u8 *data)
{
	if (skb->len > FUZZ_BUFFER || skb_copy_bits(skb, 0, data, skb->len))
		return 0;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		fuzz_fill_csum(data, skb->len, skb_checksum_start_offset(skb), skb->csum_offset);
	return skb->len;
}
