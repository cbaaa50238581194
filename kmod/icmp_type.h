/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ICMP_TYPE_H
#define _NAT64_ICMP_TYPE_H

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/types.h>

static inline bool nat64_is_echo6(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY;
}

u8 nat64_echo_4to6(u8 type);
u8 nat64_echo_6to4(u8 type);
bool nat64_icmp_type_4to6(const struct icmphdr *icmph, struct icmp6hdr *icmp6h);
bool nat64_icmp_type_6to4(const struct icmp6hdr *icmp6h, struct icmphdr *icmph);

#endif /* _NAT64_ICMP_TYPE_H */
