/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_MAP_H
#define _NAT64_NETLINK_MAP_H

#include "map.h"
#include "nat64.h"

#include <linux/nat64.h>
#include <net/genetlink.h>

int nat64_netlink_fill_map(struct sk_buff *skb, int type,
			   const struct net_device *dev,
			   const struct nat64_map *map);
int nat64_netlink_fill_one_map(struct sk_buff *skb, struct nat64 *nat,
			       const struct nat64_map *map, u32 portid, u32 seq,
			       u8 cmd);
int nat64_netlink_map_get(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_netlink_map_dump_done(struct netlink_callback *cb);

#endif /* _NAT64_NETLINK_MAP_H */
