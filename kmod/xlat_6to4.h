/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_XLAT_6TO4_H
#define _NAT64_XLAT_6TO4_H

#include "packet.h"

enum nat64_verdict nat64_dst_6to4(struct nat64_xlat *xlat,
				  const struct sk_buff *skb);
enum nat64_verdict nat64_xlat_6to4(struct nat64_xlat *xlat,
				   struct sk_buff **pskb);

#endif /* _NAT64_XLAT_6TO4_H */
