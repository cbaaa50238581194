/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_FLOW_H
#define _NAT64_NETLINK_FLOW_H

#include <net/genetlink.h>

int nat64_netlink_flow_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_netlink_flow_dump_done(struct netlink_callback *cb);
int nat64_netlink_flow_flush(struct sk_buff *skb, struct genl_info *info);

#endif /* _NAT64_NETLINK_FLOW_H */
