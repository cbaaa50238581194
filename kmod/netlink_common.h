/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_COMMON_H
#define _NAT64_NETLINK_COMMON_H

#include "nat64.h"

#include <linux/nat64.h>
#include <net/genetlink.h>

extern struct genl_family nat64_netlink_family;

struct nat64 *nat64_netlink_get_device(struct net *net, struct nlattr **attrs,
				       struct netlink_ext_ack *extack);
void nat64_netlink_put_device(struct nat64 *nat);
int nat64_netlink_fill_name(struct sk_buff *skb, const struct nat64 *nat);
int nat64_netlink_refuse(struct netlink_ext_ack *extack,
			 const struct nlattr *attr, const char *why);

#endif /* _NAT64_NETLINK_COMMON_H */
