/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_HEADER6_H
#define _NAT64_HEADER6_H

#include "packet.h"

#include <linux/ipv6.h>
#include <net/ipv6.h>

/**
 * nat64_ipv6_len() - length of the IPv6 header that an IPv4 one becomes
 * @hdr: the IPv4 header
 *
 * Return: bytes, a fragment header included
 */
static inline unsigned int nat64_ipv6_len(const struct nat64_iphdr *hdr)
{
	return sizeof(struct ipv6hdr) +
	       (hdr->fragment ? sizeof(struct frag_hdr) : 0);
}

enum nat64_verdict nat64_check_ipv6(struct sk_buff *skb);
enum nat64_verdict nat64_parse_ipv6(const struct sk_buff *skb,
				    unsigned int offset,
				    struct nat64_iphdr *hdr, u32 *pointer);
void nat64_write_ipv6(struct ipv6hdr *ip6h, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat,
		      const struct nat64_tuple *tuple);

#endif /* _NAT64_HEADER6_H */
