/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_FRAG_H
#define _NAT64_FRAG_H

#include "verdict.h"

#include <linux/netdevice.h>
#include <linux/skbuff.h>

enum nat64_verdict nat64_fragment(struct net_device *dev, struct sk_buff **pskb,
				  unsigned int size);
bool nat64_is_cut_icmp(const struct sk_buff *skb);
enum nat64_verdict nat64_reassemble(struct net *net, struct sk_buff **pskb,
				    u16 *frag_max_size);

#endif /* _NAT64_FRAG_H */
