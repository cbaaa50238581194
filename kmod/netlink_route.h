/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_ROUTE_H
#define _NAT64_NETLINK_ROUTE_H

#include <linux/nat64.h>
#include <net/genetlink.h>

extern const struct nla_policy nat64_end_policy[NAT64_END_A_MAX + 1];

int nat64_netlink_route_get(struct sk_buff *skb, struct genl_info *info);

#endif /* _NAT64_NETLINK_ROUTE_H */
