/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_OWN_H
#define _NAT64_OWN_H

#include "nat64.h"

#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/route.h>

/**
 * nat64_is_own4() - whether an IPv4 address belongs to the router itself
 * @nat: the instance
 * @addr4: the address, network byte order
 *
 * If the device is in a VRF, only the VRF's addresses count.
 *
 * Context: RCU read side.
 */
static inline bool nat64_is_own4(const struct nat64 *nat, __be32 addr4)
{
	return inet_addr_type_dev_table(dev_net(nat->dev), nat->dev, addr4) == RTN_LOCAL;
}

/**
 * nat64_is_martian4() - whether routing would refuse an IPv4 source, as the router's own
 * @from: the device that the packet came from
 * @addr4: the source, network byte order
 *
 * If the device is in a VRF, only the VRF's addresses count.
 *
 * Context: RCU read side.
 */
static inline bool nat64_is_martian4(const struct net_device *from, __be32 addr4)
{
	struct in_device *in_dev;

	if (likely(inet_addr_type_dev_table(dev_net(from), from, addr4) != RTN_LOCAL))
		return false;
	in_dev = __in_dev_get_rcu(from);
	return !in_dev || !IN_DEV_ACCEPT_LOCAL(in_dev);
}

/**
 * nat64_is_own6() - whether an IPv6 address belongs to the router itself
 * @nat: the instance
 * @addr6: the address
 *
 * As nat64_is_own4().
 */
static inline bool nat64_is_own6(const struct nat64 *nat,
				 const struct in6_addr *addr6)
{
	return ipv6_chk_addr(dev_net(nat->dev), addr6, nat->dev, 0);
}

/**
 * nat64_is_own6_in_prefix() - the same for an address that lies in a prefix of the instance
 * @nat: the instance
 * @addr6: the address
 *
 * The router nearly always has no address there; then packets need not look.
 */
static inline bool nat64_is_own6_in_prefix(const struct nat64 *nat,
					   const struct in6_addr *addr6)
{
	return unlikely(READ_ONCE(nat->own6)) && nat64_is_own6(nat, addr6);
}

void nat64_own_begin(struct nat64 *nat);
void nat64_own_find(struct nat64 *nat);
void nat64_own_added(struct nat64 *nat, const struct in6_addr *addr6);

#endif /* _NAT64_OWN_H */
