// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP and ICMPv6: which messages are translated.
 */

#include "icmp.h"
#include "csum.h"
#include "icmp_echo.h"
#include "icmp_error.h"
#include "icmp_type.h"

/*
 * Fragmented ICMP is not translated. But an atomic fragment is a whole packet,
 * and is.
 */
static enum nat64_verdict nat64_check_icmp(struct nat64_xlat *xlat,
					   struct sk_buff *skb)
{
	if (xlat->hdr.offset || xlat->hdr.more)
		return NAT64_DROP_ICMP_FRAGMENT;
	if (xlat->hdr.payload_len < sizeof(struct icmphdr) ||
	    !pskb_may_pull(skb, xlat->hdr.len + sizeof(struct icmphdr)))
		return NAT64_DROP_TRUNCATED;
	/* No sane stack makes one, but a tun device or a guest may. */
	if (skb_is_gso(skb))
		return NAT64_DROP_GSO;
	return nat64_csum_complete(skb, xlat->hdr.len);
}

/**
 * nat64_icmp_4to6() - translate an ICMP message (RFC 7915, section 4.2)
 * @xlat: the translation; header and addresses known, except the IPv6 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or a NAT64_DROP_*; for an ICMP error, the IP header is done
 * as well
 */
enum nat64_verdict nat64_icmp_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct icmphdr *icmph;
	enum nat64_verdict verdict;

	verdict = nat64_check_icmp(xlat, skb);
	if (verdict)
		return verdict;

	icmph = (struct icmphdr *)(skb->data + xlat->hdr.len);
	switch (icmph->type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		return nat64_icmp_echo_4to6(xlat, skb);
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return nat64_icmp_error_4to6(xlat, skb);
	default:
		return NAT64_DROP_ICMP_TYPE;
	}
}

/**
 * nat64_icmp_6to4() - translate an ICMPv6 message (RFC 7915, section 5.2)
 * @xlat: the translation; header and addresses known, except the IPv4 source
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: as nat64_icmp_4to6()
 */
enum nat64_verdict nat64_icmp_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct icmp6hdr *icmp6h;
	enum nat64_verdict verdict;

	verdict = nat64_check_icmp(xlat, skb);
	if (verdict)
		return verdict;

	icmp6h = (struct icmp6hdr *)(skb->data + xlat->hdr.len);
	if (nat64_is_echo6(icmp6h->icmp6_type))
		return nat64_icmp_echo_6to4(xlat, skb);
	if (icmp6h->icmp6_type & ICMPV6_INFOMSG_MASK)
		return NAT64_DROP_ICMP_TYPE;
	return nat64_icmp_error_6to4(xlat, skb);
}
