/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_HEADER4_H
#define _NAT64_HEADER4_H

#include "packet.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>

/*
 * IPv4 packets up to this length leave without DF, for an IPv4 path MTU below
 * 1280 (RFC 7915).
 */
#define NAT64_DF_CLEAR_MAX 1260

/**
 * nat64_is_ipv4_only() - whether a protocol number means something else, or
 *			  nothing, in IPv6
 * @protocol: the IPv4 protocol
 */
static inline bool nat64_is_ipv4_only(u8 protocol)
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

enum nat64_verdict nat64_check_ipv4(struct sk_buff *skb);
enum nat64_verdict nat64_parse_ipv4(const struct sk_buff *skb,
				    unsigned int offset,
				    struct nat64_iphdr *hdr);
enum nat64_verdict nat64_check_options(const struct sk_buff *skb,
				       unsigned int hdr_len);
void nat64_write_ipv4(struct iphdr *iph, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat,
		      const struct nat64_tuple *tuple);
void nat64_write_outer_ipv4(const struct nat64_xlat *xlat, struct sk_buff *skb);

#endif /* _NAT64_HEADER4_H */
