// SPDX-License-Identifier: GPL-2.0
/*
 * Echo requests and replies: what they become in the other family.
 */

#include "icmp_echo.h"
#include "icmp_type.h"

/**
 * nat64_echo_diff_4to6() - by how much the checksum of an echo changes
 * @tuple: its addresses
 * @type4: its ICMP type
 * @type6: its ICMPv6 type
 * @len: its length, in bytes
 *
 * The type in it changes, and in ICMPv6 it also covers a pseudo-header.
 *
 * Return: the difference
 */
__wsum nat64_echo_diff_4to6(const struct nat64_tuple *tuple, u8 type4, u8 type6,
			    unsigned int len)
{
	__wsum diff = csum_partial(&tuple->saddr6, 2 * sizeof(tuple->saddr6), 0);

	diff = csum_add(diff, (__force __wsum)htonl(len));
	diff = csum_add(diff, (__force __wsum)htonl(NEXTHDR_ICMP));
	diff = csum_add(diff, (__force __wsum)htons(type6 << 8));
	return csum_sub(diff, (__force __wsum)htons(type4 << 8));
}

/* Make the ICMP header of an echo writable; NULL if out of memory. */
static void *nat64_writable_echo(struct sk_buff *skb, unsigned int offset)
{
	if (skb_ensure_writable(skb, offset + sizeof(struct icmphdr)))
		return NULL;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return skb->data + offset;
}

/**
 * nat64_icmp_echo_4to6() - translate an echo, but for its IP header
 * @xlat: the translation; header and addresses known, except the IPv6 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_icmp_echo_4to6(struct nat64_xlat *xlat,
					struct sk_buff *skb)
{
	enum nat64_verdict verdict;
	struct icmphdr *icmph;
	u8 type6;

	verdict = nat64_resolve(&xlat->ctx, NAT64_SRC, &xlat->tuple);
	if (verdict)
		return verdict;
	icmph = nat64_writable_echo(skb, xlat->hdr.len);
	if (!icmph)
		return NAT64_DROP_NOMEM;

	type6 = nat64_echo_4to6(icmph->type);
	csum_replace_by_diff(&icmph->checksum,
			     nat64_echo_diff_4to6(&xlat->tuple, icmph->type, type6,
						  xlat->hdr.payload_len));
	icmph->type = type6;
	return NAT64_OK;
}

/**
 * nat64_icmp_echo_6to4() - the same for an ICMPv6 echo
 * @xlat: the translation; header and addresses known, except the IPv4 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or a NAT64_DROP_*
 */
enum nat64_verdict nat64_icmp_echo_6to4(struct nat64_xlat *xlat,
					struct sk_buff *skb)
{
	enum nat64_verdict verdict;
	struct icmp6hdr *icmp6h;
	u8 type4;

	verdict = nat64_resolve(&xlat->ctx, NAT64_SRC, &xlat->tuple);
	if (verdict)
		return verdict;
	icmp6h = nat64_writable_echo(skb, xlat->hdr.len);
	if (!icmp6h)
		return NAT64_DROP_NOMEM;

	type4 = nat64_echo_6to4(icmp6h->icmp6_type);
	csum_replace_by_diff(&icmp6h->icmp6_cksum,
			     ~nat64_echo_diff_4to6(&xlat->tuple, type4, icmp6h->icmp6_type,
						   xlat->hdr.payload_len));
	icmp6h->icmp6_type = type4;
	return NAT64_OK;
}
