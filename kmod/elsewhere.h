/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ELSEWHERE_H
#define _NAT64_ELSEWHERE_H

#include <linux/netdevice.h>
#include <linux/types.h>

bool nat64_addr4_is_elsewhere(const struct net_device *dev, __be32 addr4,
			      u8 *len);

#endif /* _NAT64_ELSEWHERE_H */
