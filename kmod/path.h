/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_PATH_H
#define _NAT64_PATH_H

#include "nat64.h"

#include <linux/skbuff.h>

bool nat64_receive(struct nat64 *nat, struct sk_buff *skb);
void nat64_transmit(struct nat64 *nat, struct sk_buff *skb);

#endif /* _NAT64_PATH_H */
