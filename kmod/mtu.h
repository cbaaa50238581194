/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_MTU_H
#define _NAT64_MTU_H

#include "packet.h"

unsigned int nat64_in_mtu(const struct nat64_xlat *xlat,
			  const struct sk_buff *skb);
unsigned int nat64_out_mtu4(const struct nat64_xlat *xlat,
			    const struct sk_buff *skb);
unsigned int nat64_out_mtu6(const struct nat64_xlat *xlat,
			    const struct sk_buff *skb);
unsigned int nat64_fragment_mtu(const struct nat64_xlat *xlat,
				const struct sk_buff *skb);

#endif /* _NAT64_MTU_H */
