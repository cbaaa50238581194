/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ICMP_ERROR_H
#define _NAT64_ICMP_ERROR_H

#include "packet.h"

enum nat64_verdict nat64_icmp_error_4to6(struct nat64_xlat *xlat,
					 struct sk_buff *skb);
enum nat64_verdict nat64_icmp_error_6to4(struct nat64_xlat *xlat,
					 struct sk_buff *skb);

#endif /* _NAT64_ICMP_ERROR_H */
