// SPDX-License-Identifier: GPL-2.0
/*
 * Who an IPv4 address of a pool belongs to. Addresses and routes come and go,
 * so look them up whenever it matters.
 */

#include "elsewhere.h"

#include <linux/inetdevice.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>

/*
 * A default route is often written as two halves (/1), which take precedence
 * over an existing default route.
 */
#define NAT64_DEFAULT_LEN 1

/**
 * nat64_addr4_is_elsewhere() - whether somebody else than a device's hosts has an IPv4 address
 * @dev: the device
 * @addr4: the address, network byte order
 * @len: gets the prefix length of the block around @addr4 for which the answer
 *	 holds
 *
 * The address may belong to the router, in any VRF. Or a route that is more
 * specific than a default route may lead to another device. A route that leads
 * nowhere (blackhole, unreachable) does not count: it is there to announce the
 * block. If the device is in a VRF, the VRF's routes count.
 *
 * Context: RCU read side.
 */
bool nat64_addr4_is_elsewhere(const struct net_device *dev, __be32 addr4,
			      u8 *len)
{
	struct flowi4 flow = { .daddr = addr4, .flowi4_iif = LOOPBACK_IFINDEX };
	struct net *net = dev_net(dev);
	struct fib_result route = { };

	flow.flowi4_l3mdev = l3mdev_master_ifindex_rcu(dev);
	if (!fib_lookup(net, &flow, &route, 0)) {
		*len = route.prefixlen;
		if (route.type != RTN_UNICAST)
			return true;
		if (route.prefixlen > NAT64_DEFAULT_LEN && !fib_info_nh_uses_dev(route.fi, dev))
			return true;
	}
	*len = 32;
	return __ip_dev_find(net, addr4, false);
}
