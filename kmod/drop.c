// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a packet that cannot be translated: counted, answered, and told to who traces.
 */

#include "xlat.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* What dropwatch and perf's skb:kfree_skb say; not specified, for most reasons. */
static const enum skb_drop_reason nat64_skb_drop_reason[__NAT64_STAT_MAX] = {
	[NAT64_STAT_DROP_HEADER4]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_HEADER6]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_TRUNCATED]	= SKB_DROP_REASON_HDR_TRUNC,
	[NAT64_STAT_DROP_OPTIONS4]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_SOURCE_ROUTE]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_ROUTING6]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_EXTHDR]	= SKB_DROP_REASON_IP_INHDR,
	[NAT64_STAT_DROP_JUMBOGRAM]	= SKB_DROP_REASON_PKT_TOO_BIG,
	[NAT64_STAT_DROP_PROTOCOL]	= SKB_DROP_REASON_INVALID_PROTO,
	[NAT64_STAT_DROP_SRC6]		= SKB_DROP_REASON_IP_INADDRERRORS,
	[NAT64_STAT_DROP_DST6]		= SKB_DROP_REASON_IP_INADDRERRORS,
	[NAT64_STAT_DROP_SRC4]		= SKB_DROP_REASON_IP_INADDRERRORS,
	[NAT64_STAT_DROP_DST4]		= SKB_DROP_REASON_IP_INADDRERRORS,
	[NAT64_STAT_DROP_WKP_STRICT]	= SKB_DROP_REASON_IP_INADDRERRORS,
	[NAT64_STAT_DROP_NO_PREFIX]	= SKB_DROP_REASON_IP_INNOROUTES,
	[NAT64_STAT_DROP_NO_MAPPING4]	= SKB_DROP_REASON_IP_INNOROUTES,
	[NAT64_STAT_DROP_NO_MAPPING6]	= SKB_DROP_REASON_IP_INNOROUTES,
	[NAT64_STAT_DROP_NOT_COVERED6]	= SKB_DROP_REASON_IP_INNOROUTES,
	[NAT64_STAT_DROP_ICMP_CSUM]	= SKB_DROP_REASON_ICMP_CSUM,
	[NAT64_STAT_DROP_UDP_ZERO_CSUM]	= SKB_DROP_REASON_UDP_CSUM,
	[NAT64_STAT_DROP_GSO]		= SKB_DROP_REASON_SKB_GSO_SEG,
	[NAT64_STAT_DROP_NOMEM]		= SKB_DROP_REASON_NOMEM,
	[NAT64_STAT_DROP_FORGED6]	= SKB_DROP_REASON_IP_INADDRERRORS,
};

/**
 * nat64_drop() - count, answer and free a packet that cannot be translated
 * @xlat: the translation
 * @skb: the packet, as it came
 * @reason: the NAT64_STAT_DROP_*
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_drop(struct nat64_xlat *xlat, struct sk_buff *skb, int reason)
{
	nat64_stats_inc(xlat->nat->stats, reason);
	trace_nat64_drop(xlat->nat, skb, reason);
	nat64_icmp_answer(xlat, skb, reason);
	kfree_skb_reason(skb, nat64_skb_drop_reason[reason] ?: SKB_DROP_REASON_NOT_SPECIFIED);
}
