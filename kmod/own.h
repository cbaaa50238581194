/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_OWN_H
#define _NAT64_OWN_H

#include "nat64.h"

#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/route.h>

static inline unsigned int nat64_own4_hash(__be32 addr4)
{
	return hash_32((__force u32)addr4, NAT64_OWN4_BITS);
}

/*
 * Whether the router may have an IPv4 address, or routes of type local make it
 * the router's. To ask the routing table takes 400 instructions.
 */
static inline bool nat64_may_own4(const struct nat64 *nat, __be32 addr4)
{
	return test_bit(nat64_own4_hash(addr4), nat->own4) ||
	       unlikely(READ_ONCE(dev_net(nat->dev)->ipv4.fib_has_custom_local_routes));
}

static inline bool nat64_is_local4(const struct net_device *dev, __be32 addr4)
{
	return inet_addr_type_dev_table(dev_net(dev), dev, addr4) == RTN_LOCAL;
}

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
	return nat64_may_own4(nat, addr4) && nat64_is_local4(nat->dev, addr4);
}

/**
 * nat64_is_martian4() - whether routing would refuse an IPv4 source, as the router's own
 * @nat: the instance
 * @from: the device that the packet came from, in the same namespace
 * @addr4: the source, network byte order
 *
 * If @from is in a VRF, only the VRF's addresses count.
 *
 * Context: RCU read side.
 */
static inline bool nat64_is_martian4(const struct nat64 *nat, const struct net_device *from,
				     __be32 addr4)
{
	struct in_device *in_dev;

	if (likely(!nat64_may_own4(nat, addr4)) || !nat64_is_local4(from, addr4))
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
void nat64_own_find4(struct nat64 *nat);
void nat64_own_added4(struct nat64 *nat, const struct in_ifaddr *ifa);

#endif /* _NAT64_OWN_H */
