/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: every packet that is translated, and every one that is dropped.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nat64

#if !defined(_NAT64_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _NAT64_TRACE_H

#include "packet.h"

#include <linux/tracepoint.h>

#define NAT64_TRACE_ENUM(constant, name, text) TRACE_DEFINE_ENUM(NAT64_STAT_##constant);
NAT64_STATS(NAT64_TRACE_ENUM)

#define NAT64_TRACE_NAME(constant, name, text) , { NAT64_STAT_##constant, name }
#define nat64_trace_reason(reason) \
	__print_symbolic(reason, { NAT64_STAT_UNSPEC, "none" } NAT64_STATS(NAT64_TRACE_NAME))

/**
 * nat64_xlat - a packet was translated and is about to be received from the
 * device
 * @xlat: the translation
 * @skb: the packet, in its new family
 */
TRACE_EVENT(nat64_xlat,
	TP_PROTO(const struct nat64_xlat *xlat, const struct sk_buff *skb),

	TP_ARGS(xlat, skb),

	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__field(unsigned int, len)
		__field(u16, protocol)
		__field(u8, transport)
		__array(u8, saddr6, 16)
		__array(u8, daddr6, 16)
		__array(u8, saddr4, 4)
		__array(u8, daddr4, 4)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = xlat->ctx.nat->dev->ifindex;
		__entry->len = skb->len;
		__entry->protocol = ntohs(skb->protocol);
		__entry->transport = xlat->hdr.protocol;
		memcpy(__entry->saddr6, &xlat->tuple.saddr6, sizeof(__entry->saddr6));
		memcpy(__entry->daddr6, &xlat->tuple.daddr6, sizeof(__entry->daddr6));
		memcpy(__entry->saddr4, &xlat->tuple.saddr4, sizeof(__entry->saddr4));
		memcpy(__entry->daddr4, &xlat->tuple.daddr4, sizeof(__entry->daddr4));
	),

	TP_printk("skbaddr=%p ifindex=%d %s src6=%pI6c dst6=%pI6c src4=%pI4 dst4=%pI4 proto=%u len=%u",
		  __entry->skbaddr, __entry->ifindex,
		  __entry->protocol == ETH_P_IP ? "6to4" : "4to6",
		  __entry->saddr6, __entry->daddr6, __entry->saddr4, __entry->daddr4,
		  __entry->transport, __entry->len)
);

/**
 * nat64_drop - a packet is about to be freed
 * @nat: the instance
 * @skb: the packet
 * @reason: the counter that it goes to
 */
TRACE_EVENT(nat64_drop,
	TP_PROTO(const struct nat64 *nat, const struct sk_buff *skb, int reason),

	TP_ARGS(nat, skb, reason),

	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__field(unsigned int, len)
		__field(u16, protocol)
		__field(int, reason)
	),

	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = nat->dev->ifindex;
		__entry->len = skb->len;
		__entry->protocol = ntohs(skb->protocol);
		__entry->reason = reason;
	),

	TP_printk("skbaddr=%p ifindex=%d protocol=0x%04x len=%u reason=%s",
		  __entry->skbaddr, __entry->ifindex, __entry->protocol, __entry->len,
		  nat64_trace_reason(__entry->reason))
);

#endif /* _NAT64_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
