/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_DEV_H
#define _NAT64_NETLINK_DEV_H

#include "nat64.h"

#include <linux/nat64.h>
#include <net/genetlink.h>

extern const struct nla_policy nat64_prefix_policy[NAT64_PREFIX_A_MAX + 1];
extern const struct nla_policy nat64_hook_policy[NAT64_HOOK_A_MAX + 1];

int nat64_netlink_fill_device(struct sk_buff *skb, struct nat64 *nat,
			      bool with_key);
int nat64_netlink_parse_config(struct nlattr **attrs,
			       struct nat64_config *config,
			       struct netlink_ext_ack *extack);
int nat64_netlink_fill_prefix6(struct sk_buff *skb, int type,
			       const struct nat64_prefix6 *prefix);
int nat64_netlink_fill_prefix4(struct sk_buff *skb, int type,
			       const struct nat64_prefix4 *prefix);
int nat64_netlink_dev_set(struct sk_buff *skb, struct genl_info *info);

#endif /* _NAT64_NETLINK_DEV_H */
