// SPDX-License-Identifier: GPL-2.0
/*
 * The policies of IPsec, for packets that are translated instead of forwarded.
 */

#include "policy.h"

#ifdef CONFIG_XFRM

#include <linux/inetdevice.h>
#include <net/addrconf.h>

/* As in ip_forward() and ip6_forward(). */
static bool nat64_policy_is_disabled(const struct net_device *from, bool ipv6)
{
	const struct net *net = dev_net(from);
	const struct inet6_dev *idev;
	struct in_device *in_dev;

	if (!ipv6) {
		in_dev = __in_dev_get_rcu(from);
		return in_dev && IN_DEV_ORCONF(in_dev, NOPOLICY);
	}
	idev = __in6_dev_get(from);
	return READ_ONCE(net->ipv6.devconf_all->disable_policy) ||
	       (idev && READ_ONCE(idev->cnf.disable_policy));
}

/**
 * nat64_policy_admits() - whether the policies of IPsec let a packet through
 * @from: the device that it came from
 * @skb: the packet, of IPv4 or IPv6, not forwarded yet
 *
 * They may want it to have come encrypted.
 *
 * Context: softirqs off, RCU read side.
 */
bool nat64_policy_admits(const struct net_device *from, struct sk_buff *skb)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);

	return nat64_policy_is_disabled(from, ipv6) ||
	       xfrm_policy_check(NULL, XFRM_POLICY_FWD, skb, ipv6 ? AF_INET6 : AF_INET);
}

#endif
