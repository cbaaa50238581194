/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_CSUM_H
#define _NAT64_CSUM_H

#include "verdict.h"

#include <linux/skbuff.h>
#include <net/checksum.h>

/**
 * nat64_csum_is_partial() - whether a transport checksum is to be completed yet
 * @skb: the packet
 * @offset: where its transport header begins
 *
 * The checksum of CHECKSUM_PARTIAL may be that of a packet within, while the
 * outer one is complete: that is how tunnels in UDP leave this machine. It may
 * be anywhere in what comes from a tun device or the guest of a virtual
 * machine.
 */
static inline bool nat64_csum_is_partial(const struct sk_buff *skb,
					 unsigned int offset)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == (int)offset;
}

int nat64_csum_offset(u8 protocol, unsigned int *min_len);
enum nat64_verdict nat64_csum_complete(struct sk_buff *skb,
				       unsigned int offset);
enum nat64_verdict nat64_csum_adjust(struct sk_buff *skb, unsigned int offset,
				     unsigned int len, u8 protocol,
				     __wsum diff);

#endif /* _NAT64_CSUM_H */
