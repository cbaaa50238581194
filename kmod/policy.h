/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_POLICY_H
#define _NAT64_POLICY_H

#include <linux/skbuff.h>
#include <net/xfrm.h>

#ifdef CONFIG_XFRM

/**
 * nat64_policy_exists() - whether policies of IPsec may forbid that a packet is forwarded
 * @skb: the packet
 *
 * Context: any.
 */
static inline bool nat64_policy_exists(struct sk_buff *skb)
{
	return !__xfrm_check_nopolicy(dev_net(skb->dev), skb, XFRM_POLICY_FWD);
}

bool nat64_policy_admits(const struct net_device *from, struct sk_buff *skb);

#else

static inline bool nat64_policy_exists(struct sk_buff *skb)
{
	return false;
}

static inline bool nat64_policy_admits(const struct net_device *from, struct sk_buff *skb)
{
	return true;
}

#endif

#endif /* _NAT64_POLICY_H */
