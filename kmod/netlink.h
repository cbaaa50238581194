/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_H
#define _NAT64_NETLINK_H

#include <linux/init.h>

int __init nat64_netlink_init(void);
void nat64_netlink_uninit(void);

#endif /* _NAT64_NETLINK_H */
