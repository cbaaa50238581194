/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_NETLINK_H
#define _NAT64_NETLINK_H

#include <linux/init.h>
#include <linux/nat64.h>

struct nat64;
struct nat64_map;

void nat64_netlink_notify(struct nat64 *nat, const struct nat64_map *map, enum nat64_cmd cmd);

int __init nat64_netlink_init(void);
void nat64_netlink_uninit(void);

#endif /* _NAT64_NETLINK_H */
