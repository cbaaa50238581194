/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_RESTORE_H
#define _NAT64_NETLINK_RESTORE_H

#include <linux/nat64.h>
#include <net/genetlink.h>

int nat64_netlink_map_stage(struct sk_buff *skb, struct genl_info *info);
int nat64_netlink_dev_restore(struct sk_buff *skb, struct genl_info *info);
int __init nat64_netlink_restore_init(void);
void nat64_netlink_restore_uninit(void);

#endif /* _NAT64_NETLINK_RESTORE_H */
