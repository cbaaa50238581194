// SPDX-License-Identifier: GPL-2.0
/*
 * How large a packet may be, on its way in and out.
 */

#include "mtu.h"

#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

/**
 * nat64_in_mtu() - the MTU of the link that a packet came in by
 * @xlat: the translation
 * @skb: the packet
 *
 * The router's own errors come in by no link; they already name the MTU of the
 * link that is too small.
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes; IP_MAX_MTU if it came in by no link
 */
unsigned int nat64_in_mtu(const struct nat64_xlat *xlat,
			  const struct sk_buff *skb)
{
	struct net_device *dev = dev_get_by_index_rcu(dev_net(xlat->ctx.nat->dev), skb->skb_iif);

	return dev ? dev->mtu : IP_MAX_MTU;
}

/**
 * nat64_out_mtu4() - the MTU of the path to a packet's IPv4 destination
 * @xlat: the translation, its IPv4 destination known
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes; IP_MAX_MTU if there is no route
 */
unsigned int nat64_out_mtu4(const struct nat64_xlat *xlat,
			    const struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr = xlat->tuple.daddr4,
		.flowi4_mark = skb->mark,
		.flowi4_oif = l3mdev_master_ifindex_rcu(xlat->ctx.nat->dev),
	};
	struct rtable *rt = ip_route_output_key(dev_net(xlat->ctx.nat->dev), &fl4);
	unsigned int mtu;

	if (IS_ERR(rt))
		return IP_MAX_MTU;
	mtu = dst_mtu(&rt->dst);
	ip_rt_put(rt);
	return mtu;
}

/**
 * nat64_out_mtu6() - the MTU of the path to a packet's IPv6 destination
 * @xlat: the translation, its IPv6 destination known
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes; IP_MAX_MTU if there is no route
 */
unsigned int nat64_out_mtu6(const struct nat64_xlat *xlat,
			    const struct sk_buff *skb)
{
	struct flowi6 fl6 = {
		.daddr = xlat->tuple.daddr6,
		.flowi6_mark = skb->mark,
		.flowi6_oif = l3mdev_master_ifindex_rcu(xlat->ctx.nat->dev),
	};
	struct dst_entry *dst = ip6_route_output(dev_net(xlat->ctx.nat->dev), NULL, &fl6);
	unsigned int mtu = dst->error ? IP_MAX_MTU : dst_mtu(dst);

	dst_release(dst);
	return mtu;
}

/**
 * nat64_fragment_mtu() - the MTU that IPv4 packets without DF are made to fit
 * @xlat: the translation, its IPv6 destination known
 * @skb: the packet
 *
 * RFC 7915, section 4.1: one that every IPv6 path has. If the configured one is
 * above the minimum of IPv6, this packet's path may still have less.
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes of an IPv6 packet
 */
unsigned int nat64_fragment_mtu(const struct nat64_xlat *xlat,
				const struct sk_buff *skb)
{
	unsigned int lowest = xlat->ctx.config->lowest_ipv6_mtu;

	if (lowest > IPV6_MIN_MTU)
		lowest = clamp_t(unsigned int, nat64_out_mtu6(xlat, skb), IPV6_MIN_MTU, lowest);
	return lowest;
}
