/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ICMP_ECHO_H
#define _NAT64_ICMP_ECHO_H

#include "packet.h"

__wsum nat64_echo_diff_4to6(const struct nat64_tuple *tuple, u8 type4, u8 type6,
			    unsigned int len);
enum nat64_verdict nat64_icmp_echo_4to6(struct nat64_xlat *xlat,
					struct sk_buff *skb);
enum nat64_verdict nat64_icmp_echo_6to4(struct nat64_xlat *xlat,
					struct sk_buff *skb);

#endif /* _NAT64_ICMP_ECHO_H */
