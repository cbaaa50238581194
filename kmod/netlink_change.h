/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_CHANGE_H
#define _NAT64_NETLINK_CHANGE_H

#include "addr.h"

#include <linux/nat64.h>
#include <net/genetlink.h>

extern const struct nla_policy nat64_map_policy[NAT64_MAP_A_MAX + 1];

/**
 * struct nat64_map_request - a mapping of a request
 * @prefix6: IPv6 prefix
 * @prefix4: IPv4 prefix
 * @has6: whether there is an IPv6 prefix
 * @has4: whether there is an IPv4 prefix
 * @type: enum nat64_map_type
 * @idle: seconds, of a dynamic one
 */
struct nat64_map_request {
	struct nat64_prefix6 prefix6;
	struct nat64_prefix4 prefix4;
	bool has6;
	bool has4;
	u8 type;
	u32 idle;
};

int nat64_netlink_parse_map(const struct nlattr *attr,
			    struct nat64_map_request *request,
			    struct netlink_ext_ack *extack);
int nat64_netlink_map_add(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_replace(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_del(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_map_flush(struct sk_buff *skb, struct genl_info *info);

#endif /* _NAT64_NETLINK_CHANGE_H */
