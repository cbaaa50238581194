// SPDX-License-Identifier: GPL-2.0
/*
 * The consequences of a drop: which counter it goes to, which reason the kernel
 * gets, and what the sender is told.
 */

#include "drop.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

/**
 * struct nat64_drop_kind - the consequences of a verdict
 * @stat: its counter
 * @reason: the reason that dropwatch and perf's skb:kfree_skb show
 * @type4: type of the ICMP error that answers an IPv4 packet; 0 for none
 * @code4: its code
 * @type6: type of the ICMPv6 error that answers an IPv6 packet; 0 for none
 * @code6: its code
 */
struct nat64_drop_kind {
	enum nat64_stat stat;
	enum skb_drop_reason reason;
	u8 type4;
	u8 code4;
	u8 type6;
	u8 code6;
};

#define NAT64_KIND(name, why, ...)				\
	[NAT64_DROP_##name] = {					\
		.stat = NAT64_STAT_DROP_##name,			\
		.reason = SKB_DROP_REASON_##why,		\
		__VA_ARGS__					\
	}
#define NAT64_UNREACH4(code) .type4 = ICMP_DEST_UNREACH, .code4 = ICMP_##code
#define NAT64_UNREACH6(code) .type6 = ICMPV6_DEST_UNREACH, .code6 = ICMPV6_##code

/*
 * These reasons are the kernel's own. Since 6.4 a subsystem may register
 * others, but only if the kernel's enum skb_drop_reason_subsys has a number for
 * it: drop_reasons_register_subsys() refuses any higher number, and none is
 * free. The tracepoint nat64_drop names the counter.
 *
 * The sender is told "administratively prohibited", unless something else fits
 * better (RFC 7915, sections 4.4 and 5.4). We send no error about malformed
 * packets, ICMP messages or loops, none to impossible sources, and none when
 * short of memory or time.
 */
static const struct nat64_drop_kind nat64_drop_kinds[__NAT64_VERDICT_MAX] = {
	NAT64_KIND(HEADER4, IP_INHDR),
	NAT64_KIND(HEADER6, IP_INHDR),
	NAT64_KIND(TRUNCATED, HDR_TRUNC),
	NAT64_KIND(OPTIONS4, IP_INHDR),
	NAT64_KIND(SOURCE_ROUTE, IP_INHDR, NAT64_UNREACH4(SR_FAILED)),
	NAT64_KIND(ROUTING6, IP_INHDR, .type6 = ICMPV6_PARAMPROB, .code6 = ICMPV6_HDR_FIELD),
	NAT64_KIND(EXTHDR, IP_INHDR, NAT64_UNREACH6(ADM_PROHIBITED)),
	NAT64_KIND(JUMBOGRAM, PKT_TOO_BIG, NAT64_UNREACH6(ADM_PROHIBITED)),
	NAT64_KIND(PROTOCOL, INVALID_PROTO, NAT64_UNREACH4(PKT_FILTERED),
		   NAT64_UNREACH6(ADM_PROHIBITED)),
	NAT64_KIND(SRC6, IP_INADDRERRORS, NAT64_UNREACH6(NOT_NEIGHBOUR)),
	NAT64_KIND(SRC4, IP_INADDRERRORS),
	NAT64_KIND(DST4, IP_INADDRERRORS, NAT64_UNREACH6(ADM_PROHIBITED)),
	NAT64_KIND(WKP_STRICT, IP_INADDRERRORS, NAT64_UNREACH4(PKT_FILTERED),
		   NAT64_UNREACH6(ADM_PROHIBITED)),
	NAT64_KIND(NO_PREFIX, IP_INNOROUTES, NAT64_UNREACH4(PKT_FILTERED)),
	NAT64_KIND(NO_MAPPING4, IP_INNOROUTES, NAT64_UNREACH4(HOST_UNREACH)),
	NAT64_KIND(NO_MAPPING6, IP_INNOROUTES, NAT64_UNREACH6(POLICY_FAIL)),
	NAT64_KIND(NOT_COVERED6, IP_INNOROUTES, NAT64_UNREACH6(NOROUTE)),
	NAT64_KIND(POOL_FULL, NOT_SPECIFIED, NAT64_UNREACH6(ADDR_UNREACH)),
	NAT64_KIND(QUOTA, NOT_SPECIFIED, NAT64_UNREACH6(ADDR_UNREACH)),
	NAT64_KIND(ICMP_TYPE, NOT_SPECIFIED),
	NAT64_KIND(ICMP_CSUM, ICMP_CSUM),
	NAT64_KIND(ICMP_FRAGMENT, NOT_SPECIFIED),
	NAT64_KIND(ICMP_INNER, NOT_SPECIFIED),
	NAT64_KIND(UDP_ZERO_CSUM, UDP_CSUM, NAT64_UNREACH4(PKT_FILTERED)),
	NAT64_KIND(LOOP, NOT_SPECIFIED),
	NAT64_KIND(GSO, SKB_GSO_SEG),
	NAT64_KIND(NOMEM, NOMEM),
	NAT64_KIND(FORGED6, IP_INADDRERRORS),
	NAT64_KIND(FORGED4, IP_INADDRERRORS),
	NAT64_KIND(POLICY, XFRM_POLICY),
};

/**
 * nat64_drop_stat() - the counter of a verdict
 * @verdict: the verdict, a NAT64_DROP_*
 */
enum nat64_stat nat64_drop_stat(enum nat64_verdict verdict)
{
	return nat64_drop_kinds[verdict].stat;
}

/**
 * nat64_drop_reason() - the reason to give to the kernel for a freed packet
 * @verdict: the verdict, a NAT64_DROP_*
 */
enum skb_drop_reason nat64_drop_reason(enum nat64_verdict verdict)
{
	return nat64_drop_kinds[verdict].reason;
}

/**
 * nat64_drop_answer_kind() - what the sender of a dropped packet is told
 * @ipv6: whether the packet is of IPv6
 * @verdict: the verdict, a NAT64_DROP_*
 * @type: gets the ICMP or ICMPv6 type
 * @code: gets the code
 *
 * Return: whether the sender is told anything
 */
bool nat64_drop_answer_kind(bool ipv6, enum nat64_verdict verdict, u8 *type,
			    u8 *code)
{
	const struct nat64_drop_kind *kind = &nat64_drop_kinds[verdict];

	*type = ipv6 ? kind->type6 : kind->type4;
	*code = ipv6 ? kind->code6 : kind->code4;
	return *type;
}

/* An error needs a route, which a packet in PREROUTING does not have yet. */
static bool nat64_find_route4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	return skb_valid_dst(skb) || !ip_route_input_noref(skb, iph->daddr, iph->saddr,
							   iph->tos, skb->dev);
}

/* Answer unicast sources only; the kernel would answer v4-mapped ones, too. */
static bool nat64_is_one_host6(const struct sk_buff *skb)
{
	return ipv6_addr_type(&ipv6_hdr(skb)->saddr) & IPV6_ADDR_UNICAST;
}

/**
 * nat64_drop_answer() - tell the sender why its packet is dropped, where RFCs want that
 * @xlat: the translation
 * @skb: the packet, as it came
 * @verdict: the verdict, a NAT64_DROP_*
 *
 * The kernel decides whether an error may be sent, and how often.
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_drop_answer(const struct nat64_xlat *xlat, struct sk_buff *skb,
		       enum nat64_verdict verdict)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	u8 type, code;

	if (!ipv6 && skb->protocol != htons(ETH_P_IP))
		return;
	if (!nat64_drop_answer_kind(ipv6, verdict, &type, &code))
		return;
	if (ipv6 ? !nat64_is_one_host6(skb) : !nat64_find_route4(skb))
		return;

	if (ipv6)
		icmpv6_ndo_send(skb, type, code, xlat->pointer);
	else
		icmp_ndo_send(skb, type, code, 0);
	nat64_stats_inc(xlat->ctx.nat->stats, NAT64_STAT_ICMP_SENT);
}
