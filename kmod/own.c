// SPDX-License-Identifier: GPL-2.0
/*
 * Does the router itself have addresses in the prefixes of an instance, or a
 * certain IPv4 address? Packets ask this before they look for it among the
 * router's addresses.
 */

#include "own.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/if_inet6.h>

/* Values of nat64.own6. While we are finding out, packets have to look. */
enum nat64_own6 {
	NAT64_OWN6_NONE,
	NAT64_OWN6_SOME,
	NAT64_OWN6_FINDING,
};

/**
 * nat64_own_begin() - get ready for other prefixes, or another namespace
 * @nat: the instance
 *
 * Context: process context, @nat->lock held until nat64_own_find().
 */
void nat64_own_begin(struct nat64 *nat)
{
	WRITE_ONCE(nat->own6, NAT64_OWN6_FINDING);
}

static bool nat64_own_in_prefix(const struct nat64_config *config,
				struct inet6_dev *idev)
{
	const struct inet6_ifaddr *ifa;
	bool found = false;

	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list)
		if (nat64_config_find_prefix(config, &ifa->addr)) {
			found = true;
			break;
		}
	read_unlock_bh(&idev->lock);
	return found;
}

/**
 * nat64_own_find() - find out whether the router has addresses in the prefixes
 * @nat: the instance, its prefixes in force
 *
 * An address that is added meanwhile is not overlooked: nat64_own_added() sees
 * the new prefixes.
 *
 * Context: process context, @nat->lock held since nat64_own_begin().
 */
void nat64_own_find(struct nat64 *nat)
{
	const struct nat64_config *config;
	struct net_device *dev;
	struct inet6_dev *idev;
	bool found = false;

	rcu_read_lock();
	config = nat64_config(nat);
	for_each_netdev_rcu(dev_net(nat->dev), dev) {
		if (!config->n_prefixes || found)
			break;
		idev = __in6_dev_get(dev);
		found = idev && nat64_own_in_prefix(config, idev);
	}
	rcu_read_unlock();
	cmpxchg(&nat->own6, NAT64_OWN6_FINDING, found ? NAT64_OWN6_SOME : NAT64_OWN6_NONE);
}

/**
 * nat64_own_added() - note that the router has got an address
 * @nat: the instance
 * @addr6: the address
 *
 * Context: any, in an RCU read side.
 */
void nat64_own_added(struct nat64 *nat, const struct in6_addr *addr6)
{
	if (nat64_config_find_prefix(nat64_config(nat), addr6))
		WRITE_ONCE(nat->own6, NAT64_OWN6_SOME);
}

/**
 * nat64_own_find4() - find the router's IPv4 addresses, when the device has come to a namespace
 * @nat: the instance
 *
 * Bits are never cleared, so none is missing while this runs.
 *
 * Context: process context.
 */
void nat64_own_find4(struct nat64 *nat)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(dev_net(nat->dev), dev) {
		in_dev = __in_dev_get_rcu(dev);
		if (!in_dev)
			continue;
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			nat64_own_added4(nat, ifa);
	}
	rcu_read_unlock();
}

/* On the device lo, all addresses of the network are the router's, or that of the peer. */
static bool nat64_own_is_network(const struct in_ifaddr *ifa)
{
	return ifa->ifa_dev->dev->flags & IFF_LOOPBACK &&
	       (ifa->ifa_prefixlen < 32 || ifa->ifa_address != ifa->ifa_local);
}

/**
 * nat64_own_added4() - note that the router has got an IPv4 address
 * @nat: the instance
 * @ifa: the address
 *
 * Context: any, in an RCU read side or under RTNL.
 */
void nat64_own_added4(struct nat64 *nat, const struct in_ifaddr *ifa)
{
	if (ipv4_is_loopback(ifa->ifa_local))
		return;
	if (nat64_own_is_network(ifa))
		bitmap_fill(nat->own4, 1 << NAT64_OWN4_BITS);
	else
		set_bit(nat64_own4_hash(ifa->ifa_local), nat->own4);
}
