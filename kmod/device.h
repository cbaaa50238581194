/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DEVICE_H
#define _NAT64_DEVICE_H

#include "nat64.h"

struct nat64 *nat64_from_netdev(const struct net_device *dev);

int __init nat64_device_init(void);
void nat64_device_uninit(void);

#endif /* _NAT64_DEVICE_H */
