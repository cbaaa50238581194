/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_CSUM_H
#define _NAT64_CSUM_H

#include "verdict.h"

#include <linux/in.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

/**
 * nat64_csum_is_partial() - whether a transport checksum has yet to be completed
 * @skb: the packet
 * @offset: where its transport header begins
 *
 * CHECKSUM_PARTIAL may refer to an inner packet while the outer checksum is
 * complete: UDP tunnels send such packets from this machine. In packets from a
 * tun device or a virtual machine's guest, it may refer to any place.
 */
static inline bool nat64_csum_is_partial(const struct sk_buff *skb,
					 unsigned int offset)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == (int)offset;
}

/**
 * nat64_csum_is_never_zero() - whether a checksum of zero is written as ffff
 * @protocol: the transport protocol
 *
 * In UDP, zero means that there is no checksum; in UDP-Lite, it is invalid
 * (RFC 3828, section 3.1).
 */
static inline bool nat64_csum_is_never_zero(u8 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

int nat64_csum_offset(u8 protocol, unsigned int *min_len);
enum nat64_verdict nat64_csum_complete(struct sk_buff *skb,
				       unsigned int offset);
void nat64_csum_replace(struct sk_buff *skb, unsigned int offset,
			unsigned int field, u8 protocol, __wsum diff);
enum nat64_verdict nat64_csum_adjust(struct sk_buff *skb, unsigned int offset,
				     unsigned int len, u8 protocol,
				     __wsum diff);

#endif /* _NAT64_CSUM_H */
