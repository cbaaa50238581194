// SPDX-License-Identifier: GPL-2.0
/*
 * Whom an IPv4 address of a pool belongs to. Addresses and routes come and go,
 * so they are asked for whenever it matters.
 */

#include "elsewhere.h"

#include <linux/inetdevice.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>

/*
 * A default route is often written as two halves, which go before one that is
 * already there.
 */
#define NAT64_DEFAULT_LEN 1

/**
 * nat64_addr4_is_elsewhere() - whether somebody else than a device's hosts has an IPv4 address
 * @dev: the device
 * @addr4: the address, network byte order
 * @len: gets the prefix length of the block around @addr4 of which the answer
 *	 is true
 *
 * That is the router, in whatever VRF; or who is behind a route that is more
 * specific than a default route, and leads to another device. A route that
 * leads nowhere (blackhole, unreachable) is nobody's: it is there to announce
 * the block. If the device is in a VRF, its routes count.
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
